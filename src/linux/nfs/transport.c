/* SPDX-License-Identifier: MIT */
/*
 * What carries calls: a server inside of the program, TCP to this machine, recordings. Compiled
 * without the hooks: none of it is simulated.
 *
 * Messages over TCP and in recordings are records of one fragment or more, each with a mark of 4
 * bytes before it: its length, and whether it is the last one (RFC 5531, section 11).
 */
#include <arpa/inet.h>
#include <ccsan/nfs.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_RECORD_BYTES = 4 << 20, XID_BYTES = 4 };
#define LAST_FRAGMENT 0x80000000u

static void destroy(struct rpc_xprt *xprt)
{
	free(xprt);
}

/* --- a server inside of the program --- */

struct inside {
	struct rpc_xprt xprt; /* first */
	struct ccsan_nfs_server *server;
};

static ssize_t ask_inside(struct rpc_xprt *xprt, const void *call, size_t bytes, void **reply)
{
	return ccsan_linux_nfs_server_answer(((struct inside *)xprt)->server, call, bytes, reply);
}

struct rpc_xprt *ccsan_linux_nfs_server_xprt(struct ccsan_nfs_server *server)
{
	struct inside *inside = calloc(1, sizeof(*inside));

	if (!inside)
		return NULL;
	inside->xprt.exchange = ask_inside;
	inside->xprt.destroy = destroy;
	inside->server = server;
	return &inside->xprt;
}

/* --- TCP --- */

struct tcp {
	struct rpc_xprt xprt; /* first */
	int fd;
};

static int send_all(int fd, const void *from, size_t bytes)
{
	const char *at = from;
	ssize_t sent;

	for (; bytes; at += sent, bytes -= (size_t)sent) {
		sent = send(fd, at, bytes, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			sent = 0;
		else if (sent < 0)
			return -errno;
	}
	return 0;
}

static int receive_all(int fd, void *to, size_t bytes)
{
	char *at = to;
	ssize_t got;

	for (; bytes; at += got, bytes -= (size_t)got) {
		got = recv(fd, at, bytes, 0);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return got ? -errno : -ECONNRESET;
	}
	return 0;
}

static int send_record(int fd, const void *from, size_t bytes)
{
	u32 mark = htonl((u32)bytes | LAST_FRAGMENT);
	int error = send_all(fd, &mark, sizeof(mark));

	return error ? error : send_all(fd, from, bytes);
}

/* Appends one fragment. Return: 1 after the last one, 0, -errno. */
static int receive_fragment(int fd, char **record, size_t *bytes)
{
	u32 mark, more;
	char *longer;
	int error = receive_all(fd, &mark, sizeof(mark));

	if (error)
		return error;
	mark = ntohl(mark);
	more = mark & ~LAST_FRAGMENT;
	if (more > MOST_RECORD_BYTES - *bytes)
		return -EMSGSIZE;
	longer = realloc(*record, *bytes + more + 1);
	if (!longer)
		return -ENOMEM;
	*record = longer;
	error = receive_all(fd, longer + *bytes, more);
	*bytes += more;
	return error ? error : !!(mark & LAST_FRAGMENT);
}

static ssize_t ask_tcp(struct rpc_xprt *xprt, const void *call, size_t bytes, void **reply)
{
	int fd = ((struct tcp *)xprt)->fd, result = send_record(fd, call, bytes);
	char *record = NULL;
	size_t size = 0;

	while (!result)
		result = receive_fragment(fd, &record, &size);
	if (result < 0) {
		free(record);
		return result;
	}
	*reply = record;
	return (ssize_t)size;
}

static void close_tcp(struct rpc_xprt *xprt)
{
	close(((struct tcp *)xprt)->fd);
	free(xprt);
}

struct rpc_xprt *ccsan_linux_rpc_tcp(unsigned short port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct tcp *tcp = calloc(1, sizeof(*tcp));
	int on = 1;

	if (!tcp)
		return NULL;
	tcp->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (tcp->fd < 0 || connect(tcp->fd, (struct sockaddr *)&to, sizeof(to))) {
		if (tcp->fd >= 0)
			close(tcp->fd);
		free(tcp);
		return NULL;
	}
	setsockopt(tcp->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	tcp->xprt.exchange = ask_tcp;
	tcp->xprt.destroy = close_tcp;
	return &tcp->xprt;
}

/* --- recordings --- */

struct replay {
	struct rpc_xprt xprt; /* first */
	struct ccsan_rpc_recording rest;
};

/* Return: the next record and its bytes; NULL at the end. */
static const u8 *next_record(struct ccsan_rpc_recording *rest, size_t *bytes)
{
	const u8 *record;
	u32 mark;

	if (rest->size < sizeof(mark))
		return NULL;
	memcpy(&mark, rest->bytes, sizeof(mark));
	*bytes = ntohl(mark) & ~LAST_FRAGMENT;
	if (*bytes > rest->size - sizeof(mark))
		return NULL;
	record = rest->bytes + sizeof(mark);
	rest->bytes = record + *bytes;
	rest->size -= sizeof(mark) + *bytes;
	return record;
}

/* The reply gets the xid of the call. */
static ssize_t ask_replay(struct rpc_xprt *xprt, const void *call, size_t bytes, void **reply)
{
	struct ccsan_rpc_recording *rest = &((struct replay *)xprt)->rest;
	size_t call_bytes = 0, reply_bytes = 0;
	const u8 *recorded = next_record(rest, &call_bytes);
	const u8 *answer = recorded ? next_record(rest, &reply_bytes) : NULL;

	if (!answer || call_bytes != bytes || reply_bytes < XID_BYTES ||
	    memcmp(recorded + XID_BYTES, (const u8 *)call + XID_BYTES, bytes - XID_BYTES) != 0) {
		fprintf(stderr, "the call of xid %u is not the one that was recorded\n",
			(unsigned)xprt->xid);
		return -EIO;
	}
	*reply = malloc(reply_bytes);
	if (!*reply)
		return -ENOMEM;
	memcpy(*reply, answer, reply_bytes);
	memcpy(*reply, call, XID_BYTES);
	return (ssize_t)reply_bytes;
}

struct rpc_xprt *ccsan_linux_rpc_replay(const struct ccsan_rpc_recording *recording)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return NULL;
	replay->xprt.exchange = ask_replay;
	replay->xprt.destroy = destroy;
	replay->rest = *recording;
	return &replay->xprt;
}

struct recorder {
	struct rpc_xprt xprt; /* first */
	struct rpc_xprt *to;
	FILE *file;
};

static bool write_record(FILE *file, const void *from, size_t bytes)
{
	u32 mark = htonl((u32)bytes | LAST_FRAGMENT);

	return fwrite(&mark, sizeof(mark), 1, file) == 1 && fwrite(from, bytes, 1, file) == 1;
}

static ssize_t ask_recorder(struct rpc_xprt *xprt, const void *call, size_t bytes, void **reply)
{
	struct recorder *recorder = (struct recorder *)xprt;
	ssize_t result = recorder->to->exchange(recorder->to, call, bytes, reply);

	if (result < 0)
		return result;
	if (write_record(recorder->file, call, bytes) &&
	    write_record(recorder->file, *reply, (size_t)result) && !fflush(recorder->file))
		return result;
	free(*reply);
	return -EIO;
}

static void close_recorder(struct rpc_xprt *xprt)
{
	struct recorder *recorder = (struct recorder *)xprt;

	fclose(recorder->file);
	recorder->to->destroy(recorder->to);
	free(recorder);
}

struct rpc_xprt *ccsan_linux_rpc_record(struct rpc_xprt *xprt, const char *file)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder)
		return NULL;
	recorder->file = fopen(file, "ae");
	if (!recorder->file) {
		free(recorder);
		return NULL;
	}
	recorder->xprt.exchange = ask_recorder;
	recorder->xprt.destroy = close_recorder;
	recorder->to = xprt;
	return &recorder->xprt;
}
