/* SPDX-License-Identifier: MIT */
/*
 * Runs a command and appends what it took to a file: one line of tab-separated fields, the label
 * first, then user CPU seconds, peak resident KiB, and its first line of output.
 *
 * usage: measure FILE LABEL COMMAND ARG…
 * Exit status: 1 if the command failed, with a message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static pid_t start(char **command, int *output)
{
	int pipes[2];
	pid_t child;

	if (pipe(pipes) || (child = fork()) < 0)
		die("measure");
	if (!child) {
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	close(pipes[1]);
	*output = pipes[0];
	return child;
}

/* The first line stays, the rest is read so that the command can go on. */
static void first_line(int from, char *line, size_t room)
{
	FILE *file = fdopen(from, "r");
	char rest[4096];

	if (!file || !fgets(line, (int)room, file))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	while (file && fgets(rest, sizeof(rest), file))
		;
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	char line[256];
	struct rusage used;
	int status, output;
	pid_t child;
	FILE *file;

	if (argc < 4) {
		fprintf(stderr, "usage: measure FILE LABEL COMMAND ARG...\n");
		return 2;
	}
	child = start(argv + 3, &output);
	first_line(output, line, sizeof(line));
	if (wait4(child, &status, 0, &used) < 0)
		die("measure");
	if (status) {
		fprintf(stderr, "measure: %s failed, status %#x\n", argv[3], (unsigned)status);
		return 1;
	}
	file = fopen(argv[1], "a");
	if (!file)
		die(argv[1]);
	fprintf(file, "%s\t%ld.%06ld\t%ld\t%s\n", argv[2], (long)used.ru_utime.tv_sec,
		(long)used.ru_utime.tv_usec, used.ru_maxrss, line);
	return fclose(file) ? 1 : 0;
}
