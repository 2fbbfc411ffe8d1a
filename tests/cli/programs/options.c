/* SPDX-License-Identifier: MIT */
/* CCSAN_OPTIONS: what each does, and what is said of nonsense. */
// compilers: gcc clang-19
// levels: -O2
// build: $cc -DDEFAULTS -o defaults $src
// build: $cc -o p $src
// build: cp p stripped && strip stripped
// build: printf '# known\nstale-dma:send_*\nhomonym:never\n' >known && printf 'stale-dmas:x\n' >bad
//
// run: ./p
// exit: 66
// findings: 2
// expect: ^ccsan: 2 distinct findings, 4 occurrences$
// run: CCSAN_OPTIONS=exitcode=7 ./p
// exit: 7
// run: CCSAN_OPTIONS=exitcode=0 ./p; echo "status $?"
// findings: 2
// expect: ^status 0$
// run: CCSAN_OPTIONS=halt_on_error=1 ./p
// exit: 66
// findings: 1
// absent: ^end of main$
// run: CCSAN_OPTIONS=log_path=log.$$ ./p 2>errors || test ! -s errors && cat log.$$.*
// findings: 2
// expect: ^end of main$
// expect: ^ccsan: 2 distinct findings, 4 occurrences$
// run: CCSAN_OPTIONS=log_path=stdout ./p 2>/dev/null
// exit: 66
// findings: 2
// run: CCSAN_OPTIONS=log_path=/nowhere/log ./p
// exit: 2
// expect: ^ccsan: log_path: cannot write /nowhere/log\.[0-9]+: No such file or directory$
// run: CCSAN_OPTIONS=strip_path_prefix=$here ./p
// exit: 66
// expect: ^    #0 send_first options.c:@first$
// expect: ^SUMMARY: ccsan: stale-dma options.c:@first in send_first$
// run: CCSAN_OPTIONS=symbolize=0 ./p
// exit: 66
// findings: 2
// expect: ^    #0 \(p\+0x[0-9a-f]+\)$
// absent: options\.c
// run: ./stripped
// exit: 66
// findings: 2
// expect: ^    #0 \(stripped\+0x[0-9a-f]+\)$
// run: CCSAN_OPTIONS=color=always ./p
// exit: 66
// findings: 2
// expect: .\[1;31mERROR: ccsan: stale-dma.\[0m
// run: CCSAN_OPTIONS=color=never ./p
// exit: 66
// absent: .\[1;31m
// run: CCSAN_OPTIONS=external_symbolizer_path=/nowhere/ccsan ./p
// exit: 66
// findings: 2
// expect: ^ERROR: ccsan: stale-dma \(on CPU worst; no ccsan command was found to say more\)$
// expect: ^  access: device read of 64 bytes at .* by nic$
// run: CCSAN_OPTIONS=suppressions=known:print_suppressions=1 ./p
// findings: 0
// expect: ^ccsan: 2 findings suppressed$
// expect: ^ccsan: suppression 'stale-dma:send_\*' matched 2 findings$
// expect: ^ccsan: warning: known:3: suppression 'homonym:never' matched nothing$
// run: CCSAN_OPTIONS=suppressions=bad ./p
// exit: 2
// expect: ^ccsan: bad:1: no such kind
// run: CCSAN_OPTIONS=suppressions=/nowhere/file ./p
// exit: 2
// expect: ^ccsan: /nowhere/file: No such file or directory$
// run: CCSAN_OPTIONS=help=1 ./p
// exit: 66
// expect: ^  exitcode=66: exit status of a program with findings
// expect: ^  strip_path_prefix=: to be
// run: CCSAN_OPTIONS=verbosity=1:cpu=cortex-m7 ./p
// exit: 66
// expect: ^ccsan: process [0-9]+ runs on cortex-m7, with 268435456 bytes of simulated memory$
// expect: ^ccsan: [0-9]+ accesses came to the model
// run: CCSAN_OPTIONS=cpu=x86 ./p
// run: CCSAN_OPTIONS=cpu=x86 ./p misuse
// exit: 66
// findings: 1
// expect: ^ERROR: ccsan: api-misuse in main
// run: ./defaults
// exit: 9
// findings: 2
// run: CCSAN_OPTIONS=exitcode=8 ./defaults
// exit: 8
//
// run: CCSAN_OPTIONS=nonsense ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: 'nonsense' is not key=value$
// run: CCSAN_OPTIONS=cpus=x86 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: unknown option 'cpus'
// run: CCSAN_OPTIONS=exitcode=many ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: exitcode=many: a number was expected$
// run: CCSAN_OPTIONS=exitcode=256 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: exitcode=256: 0 to 255 was expected$
// run: CCSAN_OPTIONS=exitcode=-1 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: exitcode=-1: a number was expected$
// run: CCSAN_OPTIONS=memory=99999999999999999999 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: memory=99999999999999999999: a number was expected$
// run: CCSAN_OPTIONS=halt_on_error=perhaps ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: halt_on_error=perhaps: 0 or 1 was expected$
// run: CCSAN_OPTIONS=color=blue ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: color=blue: always, never or auto was expected$
// run: CCSAN_OPTIONS=engine=steam ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: engine=steam:
// run: CCSAN_OPTIONS=cpu=z80 ./p
// exit: 2
// expect: ^ccsan: .*z80
// run: CCSAN_OPTIONS="suppressions='a" ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: 'suppressions=
// run: CCSAN_OPTIONS=memory=3G ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: memory=3221225472: 64K to 2G was expected$
// run: CCSAN_OPTIONS=memory=12 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: memory=12: 64K to 2G was expected$
// run: ulimit -v 1000000; ./p
// exit: 2
// expect: ^ccsan: cannot reserve 8 TiB of address space at .*ulimit -v
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char buffer[64] __attribute__((aligned(64)));
static volatile int two = 2;

#ifdef DEFAULTS
const char *ccsan_default_options(void)
{
	return "exitcode=9";
}
#endif

__attribute__((noinline)) static void send_first(struct ccsan_device *nic)
{
	char wire[64];

	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @first */
}

__attribute__((noinline)) static void send_second(struct ccsan_device *nic)
{
	char wire[64];

	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64);
}

int main(int argc, char **argv)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);

	if (argc > 1 && !strcmp(argv[1], "misuse"))
		ccsan_unmap(buffer, 1);
	for (int i = 0; i < two; i++) {
		buffer[0] = 1;
		send_first(nic);
		buffer[0] = 2;
		send_second(nic);
	}
	puts("end of main");
	return 0;
}
