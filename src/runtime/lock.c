/* SPDX-License-Identifier: MIT */
/* One thread at a time, and signal handlers after it. */
#include <sched.h>
#include <stdatomic.h>

#include "runtime.h"

_Thread_local struct ccsan_thread ccsan_self __attribute__((tls_model("initial-exec")));

static atomic_flag locked = ATOMIC_FLAG_INIT;

/* What a signal handler did while its thread was in here. Few: handlers do little. */
enum { MOST_WAITING = 32 };

struct waiting {
	enum ccsan_operation operation;
	uint64_t address, pc;
	size_t bytes;
};

static _Thread_local struct waiting waiting[MOST_WAITING]
	__attribute__((tls_model("initial-exec")));

bool ccsan_enter(uint64_t pc)
{
	if (ccsan_self.inside)
		return false;
	ccsan_self.inside = true;
	atomic_signal_fence(memory_order_seq_cst);
	while (atomic_flag_test_and_set_explicit(&locked, memory_order_acquire))
		sched_yield();
	ccsan_self.pc = pc;
	return true;
}

void ccsan_put_off(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	if (ccsan_self.waiting < MOST_WAITING)
		waiting[ccsan_self.waiting++] = (struct waiting){ operation, address, pc, bytes };
}

void ccsan_leave(void)
{
	while (ccsan_self.waiting) {
		struct waiting late = waiting[--ccsan_self.waiting];

		ccsan_do_access(late.operation, late.address, late.bytes, late.pc);
	}
	atomic_flag_clear_explicit(&locked, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
	ccsan_self.inside = false;
}

size_t ccsan_put_off_list(void **list)
{
	*list = waiting;
	return sizeof(waiting);
}
