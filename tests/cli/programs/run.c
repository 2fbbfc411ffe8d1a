/* SPDX-License-Identifier: MIT */
/* `ccsan run`: the matrix, exit statuses, JSON, and what is said when something is wrong. */
// compilers: gcc
// levels: -O2
// build: $cc -o p $src
// build: $cc -DTESTS -o tests $src
// build: echo 'int main(void) { return 0; }' >foreign.c && gcc -o foreign foreign.c
// build: echo text >text && printf '[cpu]\n' >bad.ini && cp $lib/../../cpus/cortex-m7.ini mine.ini
//
// run: ccsan run ./p
// exit: 1
// findings: 1
// expect: ^worst +stale-dma$
// expect: ^On: worst\.$
// expect: ^ccsan: 1 distinct finding on 1 of 1 CPU$
// run: ccsan run --cpu all ./p
// exit: 1
// findings: 1
// expect: ^x86 +nothing found$
// expect: ^cortex-m7 +stale-dma$
// expect: ^On: .*worst.* CPUs\)\.$
// run: ccsan run --cpu all -j 1 ./p fine
// exit: 0
// expect: ^ccsan: 0 distinct findings on 0 of [0-9]+ CPUs$
// run: ccsan run --cpu x86,mine.ini,arm926ej-s ./p
// exit: 1
// findings: 1
// expect: ^cortex-m7 +stale-dma$
// expect: ^On: cortex-m7, arm926ej-s \(2 of 3 CPUs\)\.$
// expect: ^ccsan: 1 distinct finding on 2 of 3 CPUs$
// run: ccsan run ./tests
// exit: 1
// findings: 1
// expect: ^sends +D$
// expect: ^computes +\.$
// expect: ^fails +x$
// run: ccsan run --cpu x86,worst ./tests sends
// exit: 1
// expect: ^sends +\. +D$
// absent: ^ccsan: output on
// run: ccsan run --cpu x86,worst ./tests fails
// exit: 1
// expect: ^ccsan: output on x86:$
// expect: ^ccsan: output on worst:$
// run: echo 'stale-dma:send' >known; ccsan run --suppressions known ./tests sends
// exit: 0
// run: ccsan run ./tests fails
// exit: 1
// findings: 0
// run: ccsan run ./tests nothing
// exit: 3
// expect: no test is called 'nothing'
//
// run: ccsan run ./p status
// exit: 3
// expect: ^worst +exit status 5$
// run: ccsan run --cpu worst,x86 ./p status
// exit: 3
// run: ccsan run --timeout 0.3 ./p hang
// exit: 3
// findings: 1
// expect: ^worst +stale-dma, hung, killed$
// run: ccsan run --timeout 0.3 --cpu worst,x86,arm920t ./p hang
// exit: 3
// findings: 1
// expect: ^x86 +hung, killed$
// run: ccsan run ./p crash
// exit: 3
// findings: 1
// expect: ^worst +stale-dma, crashed: Aborted$
//
// run: ccsan run --format json ./p >out.json; test $? = 1 && python3 -m json.tool out.json | grep -E '"(kind|cpu|program|function|outcome)"'
// expect: "kind": "stale-dma"
// expect: "cpu": "worst"
// expect: "function": "send"
// expect: "outcome": "ended"
// run: ccsan run --format json --cpu all -o all.json ./tests; test $? = 1 && python3 -m json.tool all.json >/dev/null && grep -c '"test": "sends"' all.json
// expect: ^[23][0-9]$
// run: ccsan run -o report.txt ./p; test $? = 1 && cat report.txt
// findings: 1
// run: ccsan run -o /nowhere/report ./p
// exit: 2
// expect: ^ccsan: /nowhere/report: No such file or directory$
// run: ccsan run -o /dev/full ./p
// exit: 2
// expect: ^ccsan: /dev/full: the report could not be written: No space left on device$
// run: ccsan run --suppressions=/nowhere/file ./p
// exit: 2
// expect: ^ccsan: /nowhere/file: No such file or directory$
// run: echo 'stale-dma:send' >known; ccsan run --suppressions known ./p
// expect: ^ccsan: 0 distinct findings on 0 of 1 CPU, 1 suppressed$
// run: ccsan run --strip-path-prefix=$here ./p
// exit: 1
// expect: ^    #0 send run.c:@send$
// run: ccsan run --no-symbolize ./p
// exit: 1
// expect: ^    #0 \(p\+0x[0-9a-f]+\)$
// run: ccsan run --color=always ./p
// exit: 1
// expect: .\[1;31mERROR
//
// run: ccsan run --color=blue ./p
// exit: 2
// expect: --color=blue: auto, always or never was expected
// run: ccsan run --cpu z80 ./p
// exit: 2
// expect: ^ccsan: run: no CPU is called 'z80'
// run: ccsan run --cpu= ./p
// exit: 2
// expect: ^ccsan: run: no CPU is called ''
// run: ccsan run --cpu ./missing.ini ./p
// exit: 2
// expect: ^ccsan: .*missing.ini.*No such file
// run: ccsan run --cpu ./bad.ini ./p
// exit: 2
// expect: ^ccsan: .*bad.ini
// run: ccsan run --engine steam ./p
// exit: 2
// expect: --engine=steam
// run: ccsan run --format yaml ./p
// exit: 2
// expect: --format=yaml
// run: ccsan run --jobs 0 ./p
// exit: 2
// expect: --jobs=0: 1 to 1024 was expected
// run: ccsan run --timeout never ./p
// exit: 2
// expect: --timeout=never: seconds were expected
// run: ccsan run --nonsense ./p
// exit: 2
// expect: nonsense
// run: ccsan run
// exit: 2
// expect: no program was named
// run: ccsan run ./absent
// exit: 2
// expect: ^ccsan: run: cannot start './absent': No such file or directory$
// run: ccsan run ./text
// exit: 2
// expect: ^ccsan: run: cannot start './text': Permission denied$
// run: ccsan run .
// exit: 2
// expect: ^ccsan: run: cannot start '.': Is a directory$
// run: ccsan run --cpu all ./foreign
// exit: 2
// expect: ^ccsan: run: './foreign' was not built with `ccsan cc`: its runtime is missing$
// run: TMPDIR=/nowhere ccsan run ./p
// exit: 2
// expect: ^ccsan: run: cannot make a folder in /nowhere: No such file or directory$
// run: CCSAN_OPTIONS=nonsense=1 ccsan run ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: unknown option 'nonsense'
// run: CCSAN_OPTIONS=nonsense=1 ccsan run --cpu worst,x86 ./p
// exit: 2
// expect: ^ccsan: CCSAN_OPTIONS: unknown option 'nonsense'
//
// run: ccsan nonsense
// exit: 2
// expect: ^ccsan: no such command: 'nonsense'
// run: ccsan
// exit: 2
// expect: ccsan run
// run: ccsan --help
// expect: ccsan run
// run: ccsan run --help
// expect: Exit status: 0 nothing found, 1 findings, 2 usage
// run: ccsan --version
// expect: ^ccsan [0-9]+\.[0-9]+
// run: ccsan cc --help
// expect: CCSAN_CC
// run: ccsan cc
// exit: 2
// expect: ^ccsan: cc: no arguments
// run: ccsan cc --host=amiga -c $src
// exit: 2
// expect: ^ccsan: cc: --host=amiga: no such host
// run: CCSAN_CC=/nowhere/gcc ccsan cc -c $src
// exit: 2
// expect: ^ccsan: cc: cannot start '/nowhere/gcc': No such file or directory
// run: ccsan cc -c missing.c
// exit: 1
// expect: missing.c: No such file
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buffer[64] __attribute__((aligned(64)));

static struct ccsan_device *nic(void)
{
	return ccsan_device_new("nic", 0);
}

__attribute__((noinline)) static void send(void)
{
	char wire[64];

	buffer[0] = 1;
	ccsan_device_read(nic(), (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @send */
}

#ifdef TESTS
CCSAN_TEST(sends)
{
	send();
}

CCSAN_TEST(computes)
{
	CCSAN_CHECK(2 * 2 == 4);
}

CCSAN_TEST(fails)
{
	CCSAN_CHECK(2 * 2 == 5);
}
#else
int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "fine"))
		return 0;
	if (!strcmp(what, "status"))
		return 5;
	send();
	if (!strcmp(what, "hang"))
		pause();
	if (!strcmp(what, "crash"))
		abort();
	return 0;
}
#endif
