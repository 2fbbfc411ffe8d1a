/* SPDX-License-Identifier: MIT */
/* Where the linker sends the program's calls of POSIX threads; see posix.c. */
#ifndef CCSAN_RUNTIME_POSIX_H
#define CCSAN_RUNTIME_POSIX_H

#include <pthread.h>
#include <semaphore.h>
#include <sys/types.h>
#include <time.h>

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
			  void *argument);
int __wrap_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_detach(pthread_t thread);
pthread_t __wrap_pthread_self(void);
void __wrap_pthread_exit(void *result) __attribute__((noreturn));
int __wrap_sched_yield(void);
unsigned __wrap_sleep(unsigned seconds);
int __wrap_usleep(useconds_t microseconds);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_destroy(pthread_cond_t *condition);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_broadcast(pthread_cond_t *condition);
int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock);
int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value);
int __wrap_sem_destroy(sem_t *semaphore);
int __wrap_sem_wait(sem_t *semaphore);
int __wrap_sem_timedwait(sem_t *semaphore, const struct timespec *until);
int __wrap_sem_trywait(sem_t *semaphore);
int __wrap_sem_post(sem_t *semaphore);
int __wrap_sem_getvalue(sem_t *semaphore, int *value);
int __wrap_pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
				unsigned count);
int __wrap_pthread_barrier_destroy(pthread_barrier_t *barrier);
int __wrap_pthread_barrier_wait(pthread_barrier_t *barrier);
int __wrap_pthread_once(pthread_once_t *once, void (*run)(void));
void *__wrap_pthread_getspecific(pthread_key_t key);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);
void __wrap_exit(int status) __attribute__((noreturn));
pid_t __wrap_fork(void);

#endif
