// SPDX-License-Identifier: MIT
// Misuse of kernel locks, handlers and switches; the schedules that show it.
// explore:
// exit: 1
// has: ERROR: ccsan: deadlock in handler / ccsan_test_lock_against_handler
// has: may sleep where it must not: mutex, a spinlock is held
// has: may sleep where it must not: mutex, preemption is off
// has: may sleep where it must not: completion, in an interrupt handler
// has: interrupts switched on that are on
// has: ends and holds a spinlock
// has: leaves a read side it is not in
// has: waits for all read sides inside of one
// has: (test completion_never_comes)
// has: shared unlock of rwsem
// has: check failed: *(volatile int *)seen != 0
// has: unlock of bit lock
// has: which nobody holds
#include <ccsan/ccsan.h>

static int lock, mutex, rwsem, completion, shared;

static void handler(void *unused)
{
	(void)unused;
	ccsan_spin_lock(&lock);
	shared++;
	ccsan_spin_unlock(&lock);
}

CCSAN_TEST(lock_against_handler)
{
	ccsan_irq_handler("irq", 0, handler, NULL, 1);
	ccsan_spin_lock(&lock);
	shared++;
	ccsan_spin_unlock(&lock);
}

CCSAN_TEST(sleep_under_spinlock)
{
	ccsan_spin_lock(&lock);
	ccsan_mutex_lock(&mutex);
	ccsan_mutex_unlock(&mutex);
	ccsan_spin_unlock(&lock);
}

CCSAN_TEST(sleep_without_preemption)
{
	ccsan_preempt_off();
	ccsan_mutex_lock(&mutex);
	ccsan_mutex_unlock(&mutex);
	ccsan_preempt_on();
}

static void waiting_handler(void *unused)
{
	(void)unused;
	ccsan_complete(&completion);
	ccsan_wait_for_completion(&completion);
}

CCSAN_TEST(sleep_in_handler)
{
	ccsan_irq_handler("irq", 0, waiting_handler, NULL, 1);
	ccsan_thread_yield();
}

CCSAN_TEST(unbalanced_switch)
{
	ccsan_irq_off();
	ccsan_irq_on();
	ccsan_irq_on();
}

static void *keep_lock(void *unused)
{
	ccsan_spin_lock(&lock);
	return unused;
}

CCSAN_TEST(end_with_spinlock)
{
	ccsan_thread_join(ccsan_thread_new("keeper", 0, keep_lock, NULL));
}

CCSAN_TEST(unbalanced_read_side)
{
	ccsan_rcu_read_unlock();
}

CCSAN_TEST(synchronize_inside_of_read_side)
{
	ccsan_rcu_read_lock();
	ccsan_rcu_synchronize();
	ccsan_rcu_read_unlock();
}

CCSAN_TEST(completion_never_comes)
{
	ccsan_wait_for_completion(&completion);
}

CCSAN_TEST(unlock_of_the_other_kind)
{
	ccsan_rwsem_write_lock(&rwsem);
	ccsan_rwsem_read_unlock(&rwsem);
	ccsan_rwsem_write_unlock(&rwsem);
}

/* Freed without waiting for the read sides. */
static int values[2] = { 1, 2 }, *current = &values[0];

static void *read_current(void *unused)
{
	int *seen;

	ccsan_rcu_read_lock();
	seen = __atomic_load_n(&current, __ATOMIC_SEQ_CST);
	ccsan_thread_yield();
	CCSAN_CHECK(*(volatile int *)seen != 0);
	ccsan_rcu_read_unlock();
	return unused;
}

CCSAN_TEST(free_without_grace)
{
	unsigned reader = ccsan_thread_new("reader", 0, read_current, NULL);

	__atomic_store_n(&current, &values[1], __ATOMIC_SEQ_CST);
	*(volatile int *)&values[0] = 0;
	ccsan_thread_join(reader);
}

CCSAN_TEST(bit_lock_of_nobody)
{
	ccsan_bit_lock(&lock);
	ccsan_bit_unlock(&lock);
	ccsan_bit_unlock(&lock);
}
