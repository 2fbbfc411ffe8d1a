/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads of a program that is explored: the linker sends the program's calls here (--wrap).
 * Outside of exploring they go on to libc, and threads are real.
 *
 * Model: attributes are left out, but for the type of a mutex. Time does not pass, a time-out may
 * come at any time. A signalled condition variable wakes any of those that wait for it; none wakes
 * by itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "explore.h"
#include "posix.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

static bool explored(void)
{
	return ccsan_acting() && ccsan_is_exploring();
}

static uint64_t address_of(const volatile void *p)
{
	return (uint64_t)(uintptr_t)p;
}

/* --- threads --- */

/* A thread's number is its actor's, plus 1: 0 is no thread. */
static unsigned actor_of(pthread_t thread)
{
	return (unsigned)thread - 1;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
			  void *argument)
{
	struct ccsan_role_of_code code = { .run = run, .argument = argument };
	char name[CCSAN_ACTOR_NAME] = "thread ";
	unsigned count;

	if (!explored())
		return pthread_create(thread, attributes, run, argument);
	ccsan_point();
	count = ccsan_stage_actor_count(ccsan_rt.stage);
	name[7] = (char)('0' + count / 10);
	name[8] = (char)('0' + count % 10);
	*thread = ccsan_add_code(CCSAN_THREAD, count, name, 0, &code) + 1;
	return 0;
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
	if (!explored())
		return pthread_join(thread, result);
	if (actor_of(thread) >= ccsan_stage_actor_count(ccsan_rt.stage))
		return ESRCH;
	ccsan_obtain(CCSAN_WANTS_END, CCSAN_MUTEX, actor_of(thread), false, PC);
	if (result)
		*result = ccsan_code_of(actor_of(thread))->result;
	return 0;
}

int __wrap_pthread_detach(pthread_t thread)
{
	return explored() ? 0 : pthread_detach(thread);
}

pthread_t __wrap_pthread_self(void)
{
	return explored() ? ccsan_stage_current(ccsan_rt.stage) + 1 : pthread_self();
}

void __wrap_pthread_exit(void *result)
{
	if (!explored())
		pthread_exit(result);
	ccsan_code_of(ccsan_stage_current(ccsan_rt.stage))->result = result;
	ccsan_end_actor();
}

static int yield(void)
{
	ccsan_point();
	return 0;
}

int __wrap_sched_yield(void)
{
	return explored() ? yield() : sched_yield();
}

unsigned __wrap_sleep(unsigned seconds)
{
	return explored() ? (unsigned)yield() : sleep(seconds);
}

int __wrap_usleep(useconds_t microseconds)
{
	return explored() ? yield() : usleep(microseconds);
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	return explored() ? yield() : nanosleep(time, left);
}

/* --- mutexes --- */

static enum ccsan_object_kind kind_of(const pthread_mutex_t *mutex)
{
	return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP ? CCSAN_RECURSIVE_MUTEX
									: CCSAN_MUTEX;
}

static bool checks_errors(const pthread_mutex_t *mutex)
{
	return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP;
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
	if (explored()) {
		ccsan_self.pc = PC;
		ccsan_stage_renew(ccsan_rt.stage, CCSAN_MUTEX, address_of(mutex), 0);
	}
	return pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	if (!explored())
		return pthread_mutex_destroy(mutex);
	return ccsan_stage_held(ccsan_rt.stage, address_of(mutex), false) ? EBUSY : 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (!explored())
		return pthread_mutex_lock(mutex);
	if (checks_errors(mutex) && ccsan_stage_held(ccsan_rt.stage, address_of(mutex), true))
		return EDEADLK;
	ccsan_obtain(CCSAN_WANTS_EXCLUSIVE, kind_of(mutex), address_of(mutex), false, PC);
	return 0;
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	if (!explored())
		return pthread_mutex_trylock(mutex);
	ccsan_point();
	return ccsan_stage_try(ccsan_rt.stage, CCSAN_WANTS_EXCLUSIVE, kind_of(mutex),
			       address_of(mutex), ccsan_origin(PC))
		       ? 0
		       : EBUSY;
}

int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
	if (!explored())
		return pthread_mutex_timedlock(mutex, until);
	return ccsan_obtain(CCSAN_WANTS_EXCLUSIVE, kind_of(mutex), address_of(mutex), true, PC)
		       ? 0
		       : ETIMEDOUT;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	if (!explored())
		return pthread_mutex_unlock(mutex);
	if (checks_errors(mutex) && !ccsan_stage_held(ccsan_rt.stage, address_of(mutex), true))
		return EPERM;
	ccsan_point();
	ccsan_self.pc = PC;
	ccsan_stage_release(ccsan_rt.stage, CCSAN_WANTS_EXCLUSIVE, kind_of(mutex),
			    address_of(mutex));
	return 0;
}

/* --- condition variables --- */

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
	if (explored()) {
		ccsan_self.pc = PC;
		ccsan_stage_renew(ccsan_rt.stage, CCSAN_WAIT_QUEUE, address_of(condition), 0);
	}
	return pthread_cond_init(condition, attributes);
}

int __wrap_pthread_cond_destroy(pthread_cond_t *condition)
{
	return explored() ? 0 : pthread_cond_destroy(condition);
}

static bool wait_for(pthread_cond_t *condition, pthread_mutex_t *mutex, bool timed, uint64_t pc)
{
	bool woken;

	ccsan_point();
	ccsan_self.pc = pc;
	ccsan_stage_join(ccsan_rt.stage, address_of(condition));
	ccsan_stage_release(ccsan_rt.stage, CCSAN_WANTS_EXCLUSIVE, kind_of(mutex),
			    address_of(mutex));
	woken = ccsan_obtain(CCSAN_WANTS_WAKE, CCSAN_WAIT_QUEUE, address_of(condition), timed, pc);
	ccsan_obtain(CCSAN_WANTS_EXCLUSIVE, kind_of(mutex), address_of(mutex), false, pc);
	return woken;
}

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	if (!explored())
		return pthread_cond_wait(condition, mutex);
	wait_for(condition, mutex, false, PC);
	return 0;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until)
{
	if (!explored())
		return pthread_cond_timedwait(condition, mutex, until);
	return wait_for(condition, mutex, true, PC) ? 0 : ETIMEDOUT;
}

static int wake(pthread_cond_t *condition, bool all)
{
	ccsan_point();
	ccsan_stage_wake(ccsan_rt.stage, address_of(condition), all, true);
	return 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
	return explored() ? wake(condition, false) : pthread_cond_signal(condition);
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
	return explored() ? wake(condition, true) : pthread_cond_broadcast(condition);
}

/* --- read-write locks --- */

static int lock_shared(pthread_rwlock_t *lock, enum ccsan_want want, uint64_t pc)
{
	ccsan_obtain(want, CCSAN_RW_SEMAPHORE, address_of(lock), false, pc);
	return 0;
}

static int try_shared(pthread_rwlock_t *lock, enum ccsan_want want, uint64_t pc)
{
	ccsan_point();
	return ccsan_stage_try(ccsan_rt.stage, want, CCSAN_RW_SEMAPHORE, address_of(lock),
			       ccsan_origin(pc))
		       ? 0
		       : EBUSY;
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return explored() ? lock_shared(lock, CCSAN_WANTS_SHARED, PC) : pthread_rwlock_rdlock(lock);
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return explored() ? lock_shared(lock, CCSAN_WANTS_EXCLUSIVE, PC)
			  : pthread_rwlock_wrlock(lock);
}

int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	return explored() ? try_shared(lock, CCSAN_WANTS_SHARED, PC)
			  : pthread_rwlock_tryrdlock(lock);
}

int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	return explored() ? try_shared(lock, CCSAN_WANTS_EXCLUSIVE, PC)
			  : pthread_rwlock_trywrlock(lock);
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	if (!explored())
		return pthread_rwlock_unlock(lock);
	ccsan_point();
	ccsan_self.pc = PC;
	ccsan_stage_release(ccsan_rt.stage, CCSAN_WANTS_NOTHING, CCSAN_RW_SEMAPHORE,
			    address_of(lock));
	return 0;
}

/* --- semaphores --- */

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
	if (!explored())
		return sem_init(semaphore, shared, value);
	ccsan_self.pc = PC;
	ccsan_stage_renew(ccsan_rt.stage, CCSAN_SEMAPHORE, address_of(semaphore), value);
	return 0;
}

int __wrap_sem_destroy(sem_t *semaphore)
{
	return explored() ? 0 : sem_destroy(semaphore);
}

int __wrap_sem_wait(sem_t *semaphore)
{
	if (!explored())
		return sem_wait(semaphore);
	ccsan_obtain(CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, address_of(semaphore), false, PC);
	return 0;
}

static int failed(bool had, int error)
{
	if (had)
		return 0;
	errno = error;
	return -1;
}

int __wrap_sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
	if (!explored())
		return sem_timedwait(semaphore, until);
	return failed(
		ccsan_obtain(CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, address_of(semaphore), true, PC),
		ETIMEDOUT);
}

int __wrap_sem_trywait(sem_t *semaphore)
{
	if (!explored())
		return sem_trywait(semaphore);
	ccsan_point();
	return failed(ccsan_stage_try(ccsan_rt.stage, CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE,
				      address_of(semaphore), ccsan_origin(PC)),
		      EAGAIN);
}

int __wrap_sem_post(sem_t *semaphore)
{
	if (!explored())
		return sem_post(semaphore);
	ccsan_point();
	ccsan_stage_add_count(ccsan_rt.stage, CCSAN_SEMAPHORE, address_of(semaphore), 1, false);
	return 0;
}

int __wrap_sem_getvalue(sem_t *semaphore, int *value)
{
	if (!explored())
		return sem_getvalue(semaphore, value);
	ccsan_point();
	ccsan_touch(CCSAN_NAMES_OBJECT, address_of(semaphore), CCSAN_LOOKS);
	*value = (int)ccsan_stage_count(ccsan_rt.stage, address_of(semaphore));
	return 0;
}

/* --- barriers: who comes last wakes the others --- */

struct barrier {
	unsigned needed, arrived;
};

_Static_assert(sizeof(struct barrier) <= sizeof(pthread_barrier_t), "ours fits into libc's");

int __wrap_pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
				unsigned count)
{
	struct barrier *ours = (struct barrier *)barrier;

	if (!explored())
		return pthread_barrier_init(barrier, attributes, count);
	*ours = (struct barrier){ .needed = count };
	return count ? 0 : EINVAL;
}

int __wrap_pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	return explored() ? 0 : pthread_barrier_destroy(barrier);
}

int __wrap_pthread_barrier_wait(pthread_barrier_t *barrier)
{
	struct barrier *ours = (struct barrier *)barrier;

	if (!explored())
		return pthread_barrier_wait(barrier);
	ccsan_point();
	ccsan_stage_join(ccsan_rt.stage, address_of(barrier));
	if (++ours->arrived == ours->needed) {
		ours->arrived = 0;
		ccsan_stage_leave(ccsan_rt.stage, address_of(barrier));
		ccsan_stage_wake(ccsan_rt.stage, address_of(barrier), true, false);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	ccsan_obtain(CCSAN_WANTS_WAKE, CCSAN_WAIT_QUEUE, address_of(barrier), false, PC);
	return 0;
}

/* --- once, keys --- */

enum { ONCE_DONE = 2 }; /* as libc marks it */

int __wrap_pthread_once(pthread_once_t *once, void (*run)(void))
{
	if (!explored())
		return pthread_once(once, run);
	ccsan_obtain(CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, address_of(once), false, PC);
	if (*once != ONCE_DONE)
		run();
	*once = ONCE_DONE;
	ccsan_stage_release(ccsan_rt.stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, address_of(once));
	return 0;
}

enum { MOST_KEYS = 128 };

/* Values that one actor keeps under its keys; made when the first is. */
static void **values(void)
{
	struct ccsan_role_of_code *code = ccsan_code_of(ccsan_stage_current(ccsan_rt.stage));

	if (!code->values)
		code->values = ccsan_run_memory(NULL, MOST_KEYS * sizeof(*code->values));
	return code->values;
}

void *__wrap_pthread_getspecific(pthread_key_t key)
{
	if (!explored() || key >= MOST_KEYS)
		return pthread_getspecific(key);
	return values()[key];
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
	if (!explored() || key >= MOST_KEYS)
		return pthread_setspecific(key, value);
	values()[key] = (void *)(uintptr_t)value; // NOLINT: as libc keeps it
	return 0;
}

/* --- the process --- */

void __wrap_exit(int status)
{
	if (explored())
		ccsan_end_run(CCSAN_RUN_EXITED, status);
	exit(status);
}

pid_t __wrap_fork(void)
{
	if (explored())
		ccsan_die("the program forks: only threads of one process can be explored");
	return fork();
}
