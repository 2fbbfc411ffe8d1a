/* SPDX-License-Identifier: MIT */
/*
 * Makes traffic.pcap: address resolution, pings of several sizes, a name query, and a page over
 * TCP. Addresses and names are those kept for documentation (RFC 5737, RFC 2606).
 *
 * usage: make_traffic FILE
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ACK = 16, PUSH = 8, SYN = 2, FIN = 1 };

static const uint8_t macs[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
static const uint8_t hosts[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
static pcap_dumper_t *dumper;
static uint32_t sequence[2] = { 1000, 70000 };

static void put(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put_long(uint8_t *p, uint32_t value)
{
	put(p, value >> 16);
	put(p + 2, value);
}

static uint32_t sum(const uint8_t *p, uint32_t n, uint32_t total)
{
	for (; n > 1; p += 2, n -= 2)
		total += (uint32_t)p[0] << 8 | p[1];
	if (n)
		total += (uint32_t)*p << 8;
	return total;
}

static uint32_t folded(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total & 0xffff;
}

static void dump(const uint8_t *frame, uint32_t length)
{
	static int tick;
	struct pcap_pkthdr header = { .caplen = length, .len = length };

	header.ts.tv_sec = 1000000000;
	header.ts.tv_usec = 100 * tick++;
	pcap_dump((u_char *)dumper, &header, frame);
}

static void ethernet(uint8_t *frame, int from, uint32_t type)
{
	memcpy(frame, macs[!from], 6);
	memcpy(frame + 6, macs[from], 6);
	put(frame + 12, type);
}

static void arp(int from, uint32_t operation)
{
	uint8_t frame[60] = { 0 }, *p = frame + 14;

	ethernet(frame, from, 0x0806);
	if (operation == 1)
		memset(frame, 0xff, 6);
	memcpy(p, "\0\1\10\0\6\4", 6);
	put(p + 6, operation);
	memcpy(p + 8, macs[from], 6);
	memcpy(p + 14, hosts[from], 4);
	if (operation == 2)
		memcpy(p + 18, macs[!from], 6);
	memcpy(p + 24, hosts[!from], 4);
	dump(frame, sizeof(frame));
}

/* `segment`, of `n` bytes, has room for its checksum at `at`. */
static void ip(int from, int protocol, uint8_t *segment, uint32_t n, uint32_t at)
{
	static uint32_t id = 1;
	uint8_t frame[1514] = { 0 }, *p = frame + 14;
	uint32_t pseudo;

	ethernet(frame, from, 0x0800);
	p[0] = 0x45;
	put(p + 2, 20 + n);
	put(p + 4, id++);
	p[8] = 64;
	p[9] = (uint8_t)protocol;
	memcpy(p + 12, hosts[from], 4);
	memcpy(p + 16, hosts[!from], 4);
	put(p + 10, folded(sum(p, 20, 0)));
	pseudo = protocol == ICMP ? 0 : sum(p + 12, 8, (uint32_t)protocol + n);
	put(segment + at, 0);
	put(segment + at, folded(sum(segment, n, pseudo)));
	memcpy(p + 20, segment, n);
	dump(frame, n + 34 < 60 ? 60 : n + 34);
}

static void ping(uint32_t number, uint32_t bytes)
{
	uint8_t segment[1480] = { 8 };

	put(segment + 4, 7);
	put(segment + 6, number);
	for (uint32_t i = 0; i < bytes; i++)
		segment[8 + i] = (uint8_t)(i * 7 + number);
	ip(0, ICMP, segment, 8 + bytes, 2);
	segment[0] = 0;
	ip(1, ICMP, segment, 8 + bytes, 2);
}

static void udp(int from, const void *data, uint32_t bytes)
{
	uint8_t segment[1480] = { 0 };

	put(segment, from ? 53 : 40000);
	put(segment + 2, from ? 40000 : 53);
	put(segment + 4, 8 + bytes);
	memcpy(segment + 8, data, bytes);
	ip(from, UDP, segment, 8 + bytes, 6);
}

static void tcp(int from, int flags, const char *data, uint32_t bytes)
{
	uint8_t segment[1480] = { 0 };

	put(segment, from ? 80 : 50000);
	put(segment + 2, from ? 50000 : 80);
	put_long(segment + 4, sequence[from]);
	put_long(segment + 8, flags & ACK ? sequence[!from] : 0);
	segment[12] = 5 << 4;
	segment[13] = (uint8_t)flags;
	put(segment + 14, 8192);
	memcpy(segment + 20, data, bytes);
	ip(from, TCP, segment, 20 + bytes, 16);
	sequence[from] += bytes + !!(flags & (SYN | FIN));
}

static void page(void)
{
	static const char request[] = "GET / HTTP/1.0\r\nHost: www.example.com\r\n\r\n";
	char text[1460];

	tcp(0, SYN, "", 0);
	tcp(1, SYN | ACK, "", 0);
	tcp(0, ACK, "", 0);
	tcp(0, PUSH | ACK, request, sizeof(request) - 1);
	for (unsigned part = 0; part < 8; part++) {
		for (unsigned i = 0; i < sizeof(text); i++)
			text[i] = (char)('a' + (i * (part + 1)) % 26);
		tcp(1, ACK, text, part < 7 ? sizeof(text) : 613);
		if (part % 2)
			tcp(0, ACK, "", 0);
	}
	tcp(1, FIN | ACK, "", 0);
	tcp(0, FIN | ACK, "", 0);
	tcp(1, ACK, "", 0);
}

int main(int argc, char **argv)
{
	static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1";
	pcap_t *capture = pcap_open_dead(DLT_EN10MB, 1514);

	dumper = argc == 2 ? pcap_dump_open(capture, argv[1]) : NULL;
	if (!dumper) {
		fprintf(stderr, "usage: make_traffic FILE (%s)\n", pcap_geterr(capture));
		return 2;
	}
	arp(0, 1);
	arp(1, 2);
	for (uint32_t i = 0; i < 6; i++)
		ping(i, i < 5 ? i * 295 : 1472);
	udp(0, query, sizeof(query) - 1);
	udp(1, query, sizeof(query) - 1);
	page();
	pcap_dump_close(dumper);
	pcap_close(capture);
	return 0;
}
