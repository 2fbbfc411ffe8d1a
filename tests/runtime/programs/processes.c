/* SPDX-License-Identifier: MIT */
/* Processes that fork, jump, are interrupted and end in every way: no finding that was made is
 * lost, and stacks stay right. */
// run: ./p fork
// exit: 66
// findings: 2
// expect: ^    #1 child .*/processes.c:@child$
// expect: ^    #1 parent .*/processes.c:@parent$
// expect: ^child ended with 66$
//
// run: ccsan run ./p fork
// exit: 1
// findings: 2
// expect: ^child ended with 66$
// expect: ^ccsan: 2 distinct findings on 1 of 1 CPU$
//
// run: ./p jump
// exit: 66
// findings: 1
// expect: ^    #0 send .*/processes.c:@send$
// expect: ^    #1 jump .*/processes.c:@jump$
// expect: ^    #2 main .*/processes.c:@main$
// absent: ^    #3
//
// run: ./p signal
// exit: 66
// findings: 1
// expect: ^200 signals$
// expect: ^    #0 send .*/processes.c:@send$
// expect: ^    #1 handler .*/processes.c:@handler$
//
// run: ./p _exit
// exit: 66
// findings: 1
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ./p _Exit
// exit: 66
// findings: 1
//
// run: ./p quick_exit
// exit: 66
// findings: 1
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ./p exit
// exit: 66
// findings: 1
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ./p abort
// exit: 134
// findings: 1
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ccsan run ./p abort
// exit: 3
// findings: 1
// expect: crashed: Aborted
//
// run: ./p segv
// exit: 139
// findings: 1
//
// run: ccsan run --cpu worst,x86 ./p segv
// exit: 3
// findings: 1
// expect: crashed: Segmentation fault
//
// run: ./p exec
// exit: 66
// findings: 2
//
// run: ./p thread_exits
// exit: 66
// findings: 1
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ./p status
// exit: 5
// findings: 0
//
// run: ./p closed
// exit: 66
#include <ccsan/ccsan.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[64] __attribute__((aligned(64)));
static struct ccsan_device *nic;

__attribute__((noinline)) static void send(void)
{
	char wire[64];

	buffer[0]++;
	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @send */
}

__attribute__((noinline)) static void child(void)
{
	send(); /* @child */
}

__attribute__((noinline)) static void parent(void)
{
	send(); /* @parent */
}

static void try_fork(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		child();
		exit(0);
	}
	waitpid(pid, &status, 0);
	printf("child ended with %d\n", WEXITSTATUS(status));
	parent();
}

/* --- jumps --- */

static jmp_buf place;
static sigjmp_buf other_place;

__attribute__((noinline)) static void dig(int depth)
{
	if (depth == 0 && buffer[1])
		longjmp(place, 1);
	if (depth == 0)
		siglongjmp(other_place, 1);
	dig(depth - 1);
	buffer[2]++;
}

__attribute__((noinline)) static void jump(void)
{
	for (volatile int i = 0; i < 1000; i++) {
		buffer[1] = (char)(i % 2);
		if (setjmp(place) || sigsetjmp(other_place, 1))
			continue;
		dig(9);
	}
	send(); /* @jump */
}

/* --- signals --- */

static volatile sig_atomic_t signals, wanted;
static volatile int table[64];

static void handler(int number)
{
	(void)number;
	signals++;
	table[signals % 64]++;
	if (signals == wanted)
		send(); /* @handler */
}

/* The handler comes while the program is in its own code and, mostly, in the runtime. */
static void try_signals(void)
{
	struct sigaction action = { .sa_handler = handler };
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; signals < 200; i++) {
		table[i % 64] += i;
		if (i % 16 == 0) {
			buffer[3] = (char)i;
			ccsan_clean(buffer, 64);
		}
	}
	setitimer(ITIMER_REAL, &never, NULL);
	printf("%d signals\n", 200);
	wanted = signals + 1;
	raise(SIGALRM);
}

static void *exits(void *unused)
{
	exit(0);
	return unused;
}

static void end(const char *how)
{
	pthread_t thread;

	if (!strcmp(how, "_exit"))
		_exit(0);
	if (!strcmp(how, "_Exit"))
		_Exit(0);
	if (!strcmp(how, "quick_exit"))
		quick_exit(0);
	if (!strcmp(how, "exit"))
		exit(3);
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "segv"))
		raise(SIGSEGV);
	if (!strcmp(how, "exec"))
		execl("./p", "p", "last", (char *)NULL);
	if (!strcmp(how, "thread_exits")) {
		pthread_create(&thread, NULL, exits, NULL);
		pthread_join(thread, NULL);
	}
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "exit";

	nic = ccsan_device_new("nic", 0);
	if (!strcmp(how, "status"))
		return 5;
	if (!strcmp(how, "closed"))
		close(2);
	if (!strcmp(how, "fork")) {
		try_fork();
	} else if (!strcmp(how, "jump")) {
		jump(); /* @main */
	} else if (!strcmp(how, "signal")) {
		try_signals();
	} else {
		send();
		end(how);
	}
	return 0;
}
