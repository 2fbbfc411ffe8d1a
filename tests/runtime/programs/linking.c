/* SPDX-License-Identifier: MIT */
/* However a program is linked: position-independent or not, with instrumented shared libraries
 * (linked or opened later), with link-time optimisation, in files that are compiled one by one,
 * some of them without ccsan. */
// compilers: gcc clang-14 clang-19
// levels: -O2
// build: $cc -DLIBRARY -shared -fPIC -o libsend.so $src
// build: $cc -DMAIN -o p $src -L. -lsend -Wl,-rpath,$PWD
// build: $cc -DMAIN -DOPENS -o opens $src -ldl
// build: $cc -DMAIN -DLIBRARY -no-pie -fno-pie -o fixed $src
// build: $cc -DMAIN -c -o main.o $src && $cc -DLIBRARY -c -o send.o $src && $cc -o parts main.o send.o
// build: $cc -DMAIN -c -o main.o $src && ${compiler} -DPLAIN -DLIBRARY -I$lib/../../include -c -o plain.o $src && $cc -o plain main.o plain.o
// build: for part in MAIN LIBRARY; do $cc -flto -D$part -c -o $part.o $src; done; $cc -flto -o lto MAIN.o LIBRARY.o
// build: $cc -masm=intel -DMAIN -DLIBRARY -o intel $src
//
// run: ./lto
// exit: 66
// findings: 1
// expect: ^    #0 send .*/linking.c:@send$
// run: ./intel
// exit: 66
// findings: 1
// expect: ^    #0 send .*/linking.c:@send$
// run: ./p
// exit: 66
// findings: 1
// expect: ^    #0 send .*/linking.c:@send$
// expect: ^    #1 main .*/linking.c:@main$
// run: ./opens
// exit: 66
// findings: 1
// expect: ^    #0 send .*/linking.c:@send$
// expect: ^    #1 main .*/linking.c:@main$
// run: ./fixed
// exit: 66
// findings: 1
// expect: ^    #0 send .*/linking.c:@send$
// run: ./parts
// exit: 66
// findings: 1
// run: ./plain
// exit: 66
// findings: 1
// run: ccsan run --cpu worst,x86 ./p
// exit: 1
// findings: 1
// run: $cc -DMAIN -DLIBRARY -static -o static $src
// exit: 2
// expect: ^ccsan: cc: -static: libc has to be a shared library under ccsan$
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef OPENS
#include <dlfcn.h>
#endif

int send(struct ccsan_device *nic, char *buffer);

#ifdef LIBRARY
_Thread_local int sent; /* reached through __tls_get_addr() in a library */

__attribute__((noinline)) int send(struct ccsan_device *nic, char *buffer)
{
	char wire[64];

	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @send */
	sent++;
	return wire[1] == 3 ? sent : -1;
}
#endif

#ifdef MAIN
static char buffer[64] __attribute__((aligned(64)));

int main(void)
{
	int (*call)(struct ccsan_device * nic, char *buffer) = NULL;

#ifdef OPENS
	void *library = dlopen("./libsend.so", RTLD_NOW);

	if (!library) {
		puts(dlerror());
		return 9;
	}
	call = (int (*)(struct ccsan_device *, char *))dlsym(library, "send");
#else
	call = send;
#endif
	buffer[1] = 3;
	if (call(ccsan_device_new("nic", 0), buffer) != 1) /* @main */
		abort();
	return 0;
}
#endif
