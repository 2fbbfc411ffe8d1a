/* SPDX-License-Identifier: MIT */
/* A superfluous call is told of by its place in the driver, not by that in the host's header. */
// compilers: gcc clang-14
// build: $cc --host=cmsis -o p $src
// run: ccsan run --cpu cortex-m7,cortex-a8 ./p
// expect: redundant-maintenance: clean in send_twice \(.*redundant\.c:@again\)
// absent: redundant-maintenance: .*cachel1
#include <core_cm7.h>

static char buffer[64] __ALIGNED(64);

__attribute__((noinline)) static void send_twice(void)
{
	buffer[0] = 1;
	SCB_CleanDCache_by_Addr(buffer, sizeof(buffer));
	SCB_CleanDCache_by_Addr(buffer, sizeof(buffer)); /* @again */
}

int main(void)
{
	send_twice();
	return 0;
}
