/* SPDX-License-Identifier: MIT */
/* See frames.h. References: RFC 791, 792, 768, 9293, 1071 (checksum). */
#include "frames.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TRAFFIC
#define TRAFFIC "traffic.pcap"
#endif

enum { MOST_FRAMES = 256, ETHERNET = 14, IPV4 = 0x0800, ICMP = 1, TCP = 6, UDP = 17 };

static struct frame frames[MOST_FRAMES];
static unsigned frame_count;

static void complain(const char *file, const char *problem)
{
	fprintf(stderr, "%s: %s (TRAFFIC names another file)\n", file, problem);
	exit(2);
}

static void load(const char *file)
{
	char problem[PCAP_ERRBUF_SIZE];
	pcap_t *capture = pcap_open_offline(file, problem);
	struct pcap_pkthdr *header;
	const u_char *bytes;

	if (!capture)
		complain(file, problem);
	if (pcap_datalink(capture) != DLT_EN10MB)
		complain(file, "not a capture of Ethernet");
	while (frame_count < MOST_FRAMES && pcap_next_ex(capture, &header, &bytes) == 1) {
		if (header->caplen != header->len || header->len < ETHERNET ||
		    header->len > sizeof(frames->bytes))
			complain(file, "has a frame that is cut off or too long");
		frames[frame_count].length = header->caplen;
		memcpy(frames[frame_count++].bytes, bytes, header->caplen);
	}
	pcap_close(capture);
	if (!frame_count)
		complain(file, "no frames");
}

const struct frame *frames_load(unsigned *count)
{
	const char *file = getenv("TRAFFIC");

	if (!frame_count)
		load(file ? file : TRAFFIC);
	*count = frame_count;
	return frames;
}

/* --- checksums --- */

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t sum(const uint8_t *p, uint32_t n, uint32_t start)
{
	for (; n > 1; p += 2, n -= 2)
		start += word(p);
	if (n)
		start += (uint32_t)*p << 8;
	return start;
}

static bool is_right(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total == 0xffff;
}

bool frame_is_good(const uint8_t *frame, uint32_t length)
{
	const uint8_t *ip = frame + ETHERNET;
	uint32_t header, total, pseudo;

	if (length < ETHERNET + 20 || word(frame + 12) != IPV4)
		return true;
	header = (ip[0] & 0xfu) * 4;
	total = word(ip + 2);
	if (header < 20 || total < header || total > length - ETHERNET ||
	    !is_right(sum(ip, header, 0)))
		return false;
	pseudo = sum(ip + 12, 8, ip[9] + total - header);
	if (ip[9] == TCP || ip[9] == UDP)
		return is_right(sum(ip + header, total - header, pseudo));
	return ip[9] != ICMP || is_right(sum(ip + header, total - header, 0));
}
