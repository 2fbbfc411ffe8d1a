/* SPDX-License-Identifier: MIT */
/* `ccsan run` is stopped by a signal: it reports what was found until then, and leaves nothing
 * running. */
// compilers: gcc
// levels: -O2
// build: $cc -o p $src
// build: echo 'kill -0 $(cat alive) 2>&- && echo runs || echo gone' >still.sh
//
// run: ccsan run --cpu worst,x86,cortex-m7 -j 1 ./p; echo "status $?"; sh still.sh
// exit: 0
// findings: 1
// expect: ^worst +stale-dma, stopped before its end$
// expect: ^x86 +stopped before its end$
// expect: ^status 143$
// expect: ^gone$
#include <ccsan/ccsan.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static char buffer[64] __attribute__((aligned(64)));

int main(void)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);
	FILE *file = fopen("alive", "w");
	char wire[64];

	fprintf(file, "%d\n", (int)getpid());
	fclose(file);
	buffer[0] = 1;
	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, sizeof(wire));
	kill(getppid(), SIGTERM);
	for (;;)
		pause();
}
