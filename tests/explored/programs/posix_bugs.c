// SPDX-License-Identifier: MIT
// What goes wrong with POSIX threads in some schedules only.
// explore:
// exit: 1
// has: ERROR: ccsan: deadlock in forth / back (test lock_order)
// has: and nobody will
// has: (test lost_wakeup)
// has: ERROR: ccsan: api-misuse in stranger / ccsan_test_unlock_by_stranger
// has: which unlock_by_stranger holds
// has: check failed: balance == 2
// has: check failed: got == 1
// hasnt: test correct)
// runs: correct 2
#include <ccsan/ccsan.h>

#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int balance, is_ready;

static void run_two(void *(*first)(void *), void *(*second)(void *))
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, first, NULL);
	pthread_create(&threads[1], NULL, second, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

static void *forth(void *unused)
{
	pthread_mutex_lock(&a);
	pthread_mutex_lock(&b);
	pthread_mutex_unlock(&b);
	pthread_mutex_unlock(&a);
	return unused;
}

static void *back(void *unused)
{
	pthread_mutex_lock(&b);
	pthread_mutex_lock(&a);
	pthread_mutex_unlock(&a);
	pthread_mutex_unlock(&b);
	return unused;
}

CCSAN_TEST(lock_order)
{
	run_two(forth, back);
}

/* The condition is looked at before the lock is taken. */
static void *wait_ready(void *unused)
{
	volatile int *look = &is_ready;

	if (*look)
		return unused;
	pthread_mutex_lock(&a);
	pthread_cond_wait(&ready, &a);
	pthread_mutex_unlock(&a);
	return unused;
}

static void *make_ready(void *unused)
{
	pthread_mutex_lock(&a);
	*(volatile int *)&is_ready = 1;
	pthread_cond_signal(&ready);
	pthread_mutex_unlock(&a);
	return unused;
}

CCSAN_TEST(lost_wakeup)
{
	run_two(wait_ready, make_ready);
}

static void *stranger(void *unused)
{
	pthread_mutex_unlock(&a);
	return unused;
}

CCSAN_TEST(unlock_by_stranger)
{
	pthread_t thread;

	pthread_mutex_lock(&a);
	pthread_create(&thread, NULL, stranger, NULL);
	pthread_join(thread, NULL);
	pthread_mutex_unlock(&a);
}

static void *pay(void *unused)
{
	int seen;

	pthread_mutex_lock(&a);
	seen = balance;
	pthread_mutex_unlock(&a);
	pthread_mutex_lock(&a);
	balance = seen + 1;
	pthread_mutex_unlock(&a);
	return unused;
}

CCSAN_TEST(lock_released_too_early)
{
	run_two(pay, pay);
	CCSAN_CHECK(balance == 2);
}

static sem_t items;
static int got;

static void *try_one(void *unused)
{
	if (!sem_trywait(&items))
		__atomic_fetch_add(&got, 1, __ATOMIC_SEQ_CST);
	return unused;
}

static void *post_one(void *unused)
{
	sem_post(&items);
	return unused;
}

CCSAN_TEST(trywait_may_come_first)
{
	sem_init(&items, 0, 0);
	run_two(try_one, post_one);
	CCSAN_CHECK(got == 1);
}

static void *pay_well(void *unused)
{
	pthread_mutex_lock(&a);
	balance++;
	pthread_mutex_unlock(&a);
	return unused;
}

CCSAN_TEST(correct)
{
	CCSAN_CHECK(balance == 0); /* every execution begins as the first one did */
	run_two(pay_well, pay_well);
	CCSAN_CHECK(balance == 2);
}
