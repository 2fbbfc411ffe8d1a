/* SPDX-License-Identifier: MIT */
/*
 * Simulated threads, interrupt handlers and devices, on simulated CPUs, one at a time on one host
 * thread; and the locks of kernels. Who goes on where several could is a decision: `ccsan explore`
 * tries all of them that matter; a plain run takes the first, and changes only where one waits.
 *
 * A switch may happen at every function here, at atomic and volatile accesses, before every line of
 * a cache operation, at device accesses and barriers; under `--granularity=access` before every
 * access but those to an actor's own stack.
 *
 * Locks and the like are known by their address, whatever is kept there: zeroed memory is a free
 * lock, a count of 0, an empty queue.
 *
 * Misuse (an unlock by a stranger, sleeping where one must not, unbalanced switches) is
 * `api-misuse`; actors that all wait for each other, or to be woken by nobody, are `deadlock`.
 */
#ifndef CCSAN_THREAD_H
#define CCSAN_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Threads, handlers and devices together. */
enum { CCSAN_ACTOR_LIMIT = 64, CCSAN_CPU_LIMIT = 8 };

/* --- CPUs --- */

/** How many CPUs there are; before the first thread. @param count 1 (the default) to
 *  CCSAN_CPU_LIMIT */
void ccsan_cpus(unsigned count);
unsigned ccsan_cpus_online(void);
unsigned ccsan_cpu_current(void);

/* --- threads --- */

/**
 * Starts a thread.
 *
 * @param name for reports; copied
 * @param cpu  where it runs, taken modulo the number of CPUs; it stays there
 * Return: its number, from 1 (0 is the thread that runs the test).
 * Errors: more than CCSAN_ACTOR_LIMIT actors end the program with a message.
 */
unsigned ccsan_thread_new(const char *name, unsigned cpu, void *(*run)(void *argument),
			  void *argument);

/** Waits for a thread's end. Return: what it returned. */
void *ccsan_thread_join(unsigned thread);
unsigned ccsan_thread_self(void);
void ccsan_thread_yield(void);

/** Model: time does not pass; any number of steps of others may come in between, or none. */
void ccsan_thread_sleep(unsigned milliseconds);

/* --- what comes by itself --- */

/** An interrupt handler of a CPU: may come up to `times` times wherever interrupts are on, and runs
 *  to its end before its CPU goes on. With times 0 it comes only when raised.
 *  Return: its number. */
unsigned ccsan_irq_handler(const char *name, unsigned cpu, void (*run)(void *argument),
			   void *argument, unsigned times);

/** A soft interrupt: a handler that hard ones interrupt. */
unsigned ccsan_softirq_handler(const char *name, unsigned cpu, void (*run)(void *argument),
			       void *argument, unsigned times);

/** A device that acts by itself, up to `times` times, whenever it likes. */
unsigned ccsan_device_activity(const char *name, void (*run)(void *argument), void *argument,
			       unsigned times);

/** One more round of a handler or device may come from now on. */
void ccsan_raise(unsigned actor);

/* --- switches of this CPU; calls nest --- */

void ccsan_irq_off(void);
void ccsan_irq_on(void);
void ccsan_softirq_off(void);
void ccsan_softirq_on(void);
void ccsan_preempt_off(void);
void ccsan_preempt_on(void);
bool ccsan_irqs_are_off(void);
bool ccsan_is_atomic(void);

/** In the handler of an interrupt, of a soft one; the latter also with those switched off. */
bool ccsan_in_irq(void);
bool ccsan_in_softirq_handler(void);
bool ccsan_in_softirq(void);

/* --- locks --- */

/** Spinning: switches preemption off while it is held. */
void ccsan_spin_lock(void *lock);
bool ccsan_spin_try(void *lock);
void ccsan_spin_unlock(void *lock);

/** With interrupts, or soft ones, off while it is held. */
void ccsan_spin_lock_irq(void *lock);
void ccsan_spin_unlock_irq(void *lock);
void ccsan_spin_lock_softirq(void *lock);
void ccsan_spin_unlock_softirq(void *lock);

/** As irq, remembering nothing: calls nest anyway. Return: whether interrupts were off before. */
bool ccsan_spin_lock_irqsave(void *lock);
void ccsan_spin_unlock_irqrestore(void *lock, bool were_off);

void ccsan_read_lock(void *rwlock);
bool ccsan_read_try(void *rwlock);
void ccsan_read_unlock(void *rwlock);
void ccsan_write_lock(void *rwlock);
bool ccsan_write_try(void *rwlock);
void ccsan_write_unlock(void *rwlock);

/** Sleeping. */
void ccsan_mutex_lock(void *mutex);
bool ccsan_mutex_try(void *mutex);
void ccsan_mutex_unlock(void *mutex);

/** Sleeping; anybody may unlock it, a handler too: the lock of a page that is being read. */
void ccsan_bit_lock(void *lock);
bool ccsan_bit_try(void *lock);
void ccsan_bit_unlock(void *lock);

void ccsan_rwsem_read_lock(void *rwsem);
bool ccsan_rwsem_read_try(void *rwsem);
void ccsan_rwsem_read_unlock(void *rwsem);
void ccsan_rwsem_write_lock(void *rwsem);
bool ccsan_rwsem_write_try(void *rwsem);
void ccsan_rwsem_write_unlock(void *rwsem);
void ccsan_rwsem_downgrade(void *rwsem);

/** Held by anybody; by the caller. */
bool ccsan_is_locked(const void *lock);
bool ccsan_is_locked_by_me(const void *lock);

/* --- counts --- */

void ccsan_semaphore_init(void *semaphore, unsigned count);
void ccsan_semaphore_down(void *semaphore);
bool ccsan_semaphore_try(void *semaphore);

/** Return: false if the time-out came first, which it may at any time. */
bool ccsan_semaphore_down_timeout(void *semaphore);
void ccsan_semaphore_up(void *semaphore);

void ccsan_complete(void *completion);
void ccsan_complete_all(void *completion);
void ccsan_wait_for_completion(void *completion);
bool ccsan_wait_for_completion_timeout(void *completion);
void ccsan_reinit_completion(void *completion);

/* --- wait queues: join, look at the condition, wait; leave --- */

void ccsan_queue_join(void *queue);

/** Waits to be woken since ccsan_queue_join(). Return: false if `timed` and the time-out came
 *  first. */
bool ccsan_queue_wait(void *queue, bool timed);
void ccsan_queue_leave(void *queue);

/** Somebody waits in it, or has joined. */
bool ccsan_queue_is_waited(const void *queue);

/** Wakes the first that came, or all. */
void ccsan_queue_wake(void *queue);
void ccsan_queue_wake_all(void *queue);

#define CCSAN_WAIT_EVENT(queue, condition)              \
	do {                                            \
		for (;;) {                              \
			ccsan_queue_join(queue);        \
			if (condition)                  \
				break;                  \
			ccsan_queue_wait(queue, false); \
		}                                       \
		ccsan_queue_leave(queue);               \
	} while (0)

/* --- counters and bits --- */

/* As atomic operations, but only orders that somebody could tell apart are tried: two additions are
 * in none, nor are two bits of a word. What else is done to the same bytes is in an order with all
 * of these; plain loads are not, and must not be used. @param bytes 4 or 8 */

void ccsan_count_add(volatile void *count, unsigned bytes, long n);
long ccsan_count_read(const volatile void *count, unsigned bytes);

/** A count of references, held by whoever counted itself in: nobody but a holder adds one, so that
 *  an order matters only where the count was or becomes 0 (or less).
 *  Return: the new value, of which only that may be looked at. */
long ccsan_count_references(volatile void *count, unsigned bytes, long n);

/** The same, unless there are none. Return: 0 then. */
long ccsan_count_references_unless_none(volatile void *count, unsigned bytes, long n);

/** Puts `wanted` in the place of `old`, if it is that. Return: what it was. */
long ccsan_count_exchange_if(volatile void *count, unsigned bytes, long old, long wanted);

enum ccsan_bit_change { CCSAN_BIT_SET, CCSAN_BIT_CLEAR, CCSAN_BIT_FLIP };

/** @param bit 0 to 63. Return: what it was. */
bool ccsan_bit_change(volatile unsigned long *word, unsigned bit, enum ccsan_bit_change change);
bool ccsan_bit_test(const volatile unsigned long *word, unsigned bit);

/* --- sequence counts, RCU --- */

/** @param sequence starts at 0; odd while somebody writes */
unsigned ccsan_seq_begin(const volatile unsigned *sequence);
bool ccsan_seq_retry(const volatile unsigned *sequence, unsigned begun);
void ccsan_seq_write_begin(volatile unsigned *sequence);
void ccsan_seq_write_end(volatile unsigned *sequence);

void ccsan_rcu_read_lock(void);
void ccsan_rcu_read_unlock(void);

/** Waits until all read sides of now are over. */
void ccsan_rcu_synchronize(void);

#ifdef __cplusplus
}
#endif
#endif
