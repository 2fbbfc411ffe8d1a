// SPDX-License-Identifier: MIT
// The correct twins: every lock, queue and switch as it is meant, silent over the whole space.
// explore:
// exit: 0
// has: ccsan: 0 distinct failures
// hasnt: budget
#include <ccsan/ccsan.h>

static int lock, mutex, rwsem, rwlock, completion, semaphore, queue, shared, flag;
static unsigned sequence;

static unsigned two(void *(*first)(void *), void *(*second)(void *))
{
	unsigned a = ccsan_thread_new("A", 0, first, NULL),
		 b = ccsan_thread_new("B", 0, second, NULL);

	ccsan_thread_join(a);
	ccsan_thread_join(b);
	return a + b;
}

static void handler(void *unused)
{
	(void)unused;
	ccsan_spin_lock(&lock);
	shared++;
	ccsan_spin_unlock(&lock);
}

CCSAN_TEST(lock_and_handler)
{
	ccsan_irq_handler("irq", 0, handler, NULL, 2);
	ccsan_spin_lock_irq(&lock);
	shared++;
	ccsan_spin_unlock_irq(&lock);
	CCSAN_CHECK(shared >= 1 && shared <= 3);
}

CCSAN_TEST(lock_and_soft_handler)
{
	bool were_off;

	ccsan_softirq_handler("softirq", 0, handler, NULL, 1);
	ccsan_spin_lock_softirq(&lock);
	shared++;
	ccsan_spin_unlock_softirq(&lock);
	were_off = ccsan_spin_lock_irqsave(&lock);
	CCSAN_CHECK(!were_off && ccsan_is_atomic() && ccsan_irqs_are_off());
	ccsan_spin_unlock_irqrestore(&lock, were_off);
	CCSAN_CHECK(!ccsan_is_atomic());
}

static void *add_locked(void *unused)
{
	ccsan_mutex_lock(&mutex);
	shared++;
	ccsan_mutex_unlock(&mutex);
	return unused;
}

CCSAN_TEST(mutex_)
{
	two(add_locked, add_locked);
	CCSAN_CHECK(shared == 2);
}

static void *read_twice(void *unused)
{
	ccsan_rwsem_read_lock(&rwsem);
	CCSAN_CHECK(shared % 2 == 0);
	ccsan_rwsem_read_unlock(&rwsem);
	return unused;
}

static void *write_twice(void *unused)
{
	ccsan_rwsem_write_lock(&rwsem);
	shared++;
	ccsan_thread_yield();
	shared++;
	ccsan_rwsem_downgrade(&rwsem);
	CCSAN_CHECK(shared % 2 == 0);
	ccsan_rwsem_read_unlock(&rwsem);
	return unused;
}

CCSAN_TEST(rwsem_)
{
	two(read_twice, write_twice);
}

static void *read_spinning(void *unused)
{
	ccsan_read_lock(&rwlock);
	CCSAN_CHECK(shared % 2 == 0);
	ccsan_read_unlock(&rwlock);
	return unused;
}

static void *write_spinning(void *unused)
{
	ccsan_write_lock(&rwlock);
	shared += 2;
	ccsan_write_unlock(&rwlock);
	return unused;
}

CCSAN_TEST(rwlock_)
{
	ccsan_cpus(2);
	two(read_spinning, write_spinning);
}

static void *finish(void *unused)
{
	shared = 7;
	ccsan_complete(&completion);
	return unused;
}

static void *wait_finished(void *unused)
{
	ccsan_wait_for_completion(&completion);
	CCSAN_CHECK(shared == 7);
	return unused;
}

CCSAN_TEST(completion_)
{
	two(wait_finished, finish);
}

CCSAN_TEST(completion_timeout)
{
	unsigned thread = ccsan_thread_new("A", 0, finish, NULL);

	if (ccsan_wait_for_completion_timeout(&completion))
		CCSAN_CHECK(shared == 7);
	ccsan_thread_join(thread);
}

static void *down_up(void *unused)
{
	ccsan_semaphore_down(&semaphore);
	shared++;
	ccsan_semaphore_up(&semaphore);
	return unused;
}

CCSAN_TEST(semaphore_)
{
	ccsan_semaphore_init(&semaphore, 1);
	two(down_up, down_up);
	CCSAN_CHECK(shared == 2 && ccsan_semaphore_try(&semaphore));
}

static void *wait_flag(void *unused)
{
	CCSAN_WAIT_EVENT(&queue, __atomic_load_n(&flag, __ATOMIC_SEQ_CST));
	return unused;
}

static void *set_flag(void *unused)
{
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	ccsan_queue_wake(&queue);
	return unused;
}

CCSAN_TEST(queue_)
{
	two(wait_flag, set_flag);
}

static int left, right;

static void *write_pair(void *unused)
{
	ccsan_seq_write_begin(&sequence);
	left = 1;
	ccsan_thread_yield();
	right = 1;
	ccsan_seq_write_end(&sequence);
	return unused;
}

static void *read_pair(void *unused)
{
	unsigned begun;
	int l, r;

	do {
		begun = ccsan_seq_begin(&sequence);
		l = left;
		ccsan_thread_yield();
		r = right;
	} while (ccsan_seq_retry(&sequence, begun));
	CCSAN_CHECK(l == r);
	return unused;
}

CCSAN_TEST(seqcount_)
{
	two(write_pair, read_pair);
}

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

CCSAN_TEST(rcu_)
{
	unsigned reader = ccsan_thread_new("reader", 0, read_current, NULL);

	__atomic_store_n(&current, &values[1], __ATOMIC_SEQ_CST);
	ccsan_rcu_synchronize();
	*(volatile int *)&values[0] = 0;
	ccsan_thread_join(reader);
}

static void unlock_page(void *page)
{
	shared++;
	ccsan_bit_unlock(page);
}

static void *read_page(void *page)
{
	ccsan_bit_lock(page);
	shared++;
	ccsan_raise(ccsan_irq_handler("end of transfer", 0, unlock_page, page, 0));
	return NULL;
}

static void *wait_for_page(void *page)
{
	int before;

	ccsan_bit_lock(page);
	before = shared;
	ccsan_thread_yield();
	CCSAN_CHECK(shared == before && before % 2 == 0);
	ccsan_bit_unlock(page);
	return NULL;
}

CCSAN_TEST(bit_lock_given_back_by_handler)
{
	static int page;
	unsigned reader = ccsan_thread_new("reader", 0, read_page, &page);
	unsigned waiter = ccsan_thread_new("waiter", 0, wait_for_page, &page);

	ccsan_thread_join(reader);
	ccsan_thread_join(waiter);
}
