// SPDX-License-Identifier: MIT
// A file that is left open is no part of memory: it is named.
// explore:
// exit: 0
// has: a run leaves open what is not put back: /dev/zero
#include <ccsan/ccsan.h>

#include <fcntl.h>

CCSAN_TEST(opens_a_file)
{
	CCSAN_CHECK(open("/dev/zero", O_RDONLY) > 2);
	ccsan_thread_yield();
}
