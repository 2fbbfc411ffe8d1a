/* SPDX-License-Identifier: MIT */
/*
 * The tests' own NFS server as a process of its own, on a TCP port of this machine: where no other
 * one is installed. Serves one connection after the other, on one port for both protocols; the
 * files it has are named by its arguments, each with its name as content.
 *
 * usage: nfs_server NAME…       prints its port
 */
#include <arpa/inet.h>
#include <ccsan/nfs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CLIENTS = 8, MOST_BYTES = 1 << 20 };

static bool receive(int fd, void *to, size_t bytes)
{
	ssize_t got;

	for (char *at = to; bytes; at += got, bytes -= (size_t)got) {
		got = read(fd, at, bytes);
		if (got <= 0)
			return false;
	}
	return true;
}

/* A reply goes out in fragments of 1000 bytes: records may have any number (RFC 5531, 11). */
static bool send_reply(int fd, const char *reply, size_t bytes)
{
	while (bytes) {
		size_t part = bytes < 1000 ? bytes : 1000;
		u32 mark = htonl((u32)part | (part == bytes ? 0x80000000u : 0));

		if (write(fd, &mark, 4) != 4 || write(fd, reply, part) != (ssize_t)part)
			return false;
		reply += part;
		bytes -= part;
	}
	return true;
}

/* Calls of this client come in one fragment. Return: false at the end of the connection. */
static bool serve_one(struct ccsan_nfs_server *server, int fd)
{
	static char call[MOST_BYTES];
	void *reply;
	ssize_t size;
	bool sent;
	u32 mark;

	if (!receive(fd, &mark, 4))
		return false;
	mark = ntohl(mark);
	if (!(mark & 0x80000000u) || (mark & 0x7fffffff) > MOST_BYTES ||
	    !receive(fd, call, mark & 0x7fffffff))
		return false;
	size = ccsan_linux_nfs_server_answer(server, call, mark & 0x7fffffff, &reply);
	if (size < 0)
		return false;
	sent = send_reply(fd, reply, (size_t)size);
	free(reply);
	return sent;
}

static int listen_on_any_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, MOST_CLIENTS) ||
	    getsockname(fd, (struct sockaddr *)&at, &bytes))
		exit(2);
	printf("%u\n", (unsigned)ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

/* Ends when the last client has left. */
static void serve(struct ccsan_nfs_server *server, int listening)
{
	struct pollfd fds[1 + MOST_CLIENTS] = { { listening, POLLIN, 0 } };
	nfds_t count = 1;

	do {
		if (poll(fds, count, -1) < 0)
			exit(2);
		for (nfds_t i = count - 1; i >= 1; i--)
			if (fds[i].revents && !serve_one(server, fds[i].fd)) {
				close(fds[i].fd);
				fds[i] = fds[--count];
			}
		if (fds[0].revents && count <= MOST_CLIENTS)
			fds[count++] = (struct pollfd){ accept(listening, NULL, NULL), POLLIN, 0 };
	} while (count > 1);
}

int main(int argc, char **argv)
{
	struct ccsan_nfs_server *server = ccsan_linux_nfs_server();

	for (int i = 1; i < argc; i++)
		if (!ccsan_linux_nfs_server_write(server, argv[i], 0, argv[i], strlen(argv[i])))
			return 2;
	serve(server, listen_on_any_port());
	return 0;
}
