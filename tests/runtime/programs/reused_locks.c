/* SPDX-License-Identifier: MIT */
/* Memory that held a spinlock holds a semaphore later: who has that may sleep. */
// compilers: gcc
// levels: -O2
// run: ./p
#include <ccsan/thread.h>

static long memory, mutex;

int main(void)
{
	ccsan_spin_lock(&memory);
	ccsan_spin_unlock(&memory);
	ccsan_rwsem_write_lock(&memory);
	ccsan_mutex_lock(&mutex);
	ccsan_mutex_unlock(&mutex);
	ccsan_rwsem_write_unlock(&memory);
	return 0;
}
