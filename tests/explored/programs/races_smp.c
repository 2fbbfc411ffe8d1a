// SPDX-License-Identifier: MIT
// Two CPUs: a cache operation reaches the cache of the CPU that executes it, and no other.
// explore: --cpu arm11-mpcore
// exit: 1
// has: ERROR: ccsan: stale-dma in send / write_buffer (test flush_all_on_the_wrong_cpu)
// has: by writer on CPU 1
// has: (test clean_by_address)
// has: flush the whole cache
// hasnt: (test flush_all_on_its_own_cpu)
#include <ccsan/ccsan.h>

#include <string.h>

static _Alignas(64) char buffer[64];
static int written; /* a completion */

static void *write_buffer(void *unused)
{
	memset(buffer, 1, sizeof(buffer));
	ccsan_complete(&written);
	return unused;
}

static void *write_and_flush(void *unused)
{
	memset(buffer, 1, sizeof(buffer));
	ccsan_flush_all();
	ccsan_complete(&written);
	return unused;
}

static void send(void)
{
	char sent[sizeof(buffer)];

	ccsan_device_read(ccsan_device_new("nic", 0), ccsan_physical_address(buffer), sent,
			  sizeof(sent));
}

CCSAN_TEST(flush_all_on_the_wrong_cpu)
{
	ccsan_cpus(2);
	ccsan_thread_new("writer", 1, write_buffer, NULL);
	ccsan_wait_for_completion(&written);
	ccsan_flush_all();
	send();
}

CCSAN_TEST(flush_all_on_its_own_cpu)
{
	ccsan_cpus(2);
	ccsan_thread_new("writer", 1, write_and_flush, NULL);
	ccsan_wait_for_completion(&written);
	send();
}

/* On this CPU operations by address stay where they are executed, too. */
CCSAN_TEST(clean_by_address)
{
	ccsan_cpus(2);
	ccsan_thread_new("writer", 1, write_buffer, NULL);
	ccsan_wait_for_completion(&written);
	ccsan_dma_clean(buffer, sizeof(buffer));
	send();
}
