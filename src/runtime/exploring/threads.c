/* SPDX-License-Identifier: MIT */
/* ccsan/thread.h: each function wants something of the stage, or changes it. */
#include <ccsan/thread.h>

#include "explore.h"
#include "machine/hosted.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

static uint64_t address_of(const volatile void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static struct ccsan_stage *stage(void)
{
	ccsan_start();
	ccsan_begin_acting();
	ccsan_settle_registers();
	return ccsan_rt.stage;
}

/* A change of something that others may wait for: they may go on before it, or after. */
static struct ccsan_stage *stage_at_point(void)
{
	stage();
	ccsan_point();
	return ccsan_rt.stage;
}

/* --- CPUs and actors --- */

void ccsan_cpus(unsigned count)
{
	ccsan_start();
	ccsan_set_cpus(count);
}

unsigned ccsan_cpus_online(void)
{
	return ccsan_stage_cpu_count(stage());
}

unsigned ccsan_cpu_current(void)
{
	unsigned current = ccsan_stage_current(stage());

	return ccsan_stage_cpu(ccsan_rt.stage, current);
}

unsigned ccsan_thread_new(const char *name, unsigned cpu, void *(*run)(void *argument),
			  void *argument)
{
	struct ccsan_role_of_code code = { .run = run, .argument = argument };

	stage_at_point();
	return ccsan_add_code(CCSAN_THREAD, cpu, name, 0, &code);
}

void *ccsan_thread_join(unsigned thread)
{
	stage();
	ccsan_obtain(CCSAN_WANTS_END, CCSAN_MUTEX, thread, false, PC);
	return ccsan_code_of(thread)->result;
}

unsigned ccsan_hosted_thread(void)
{
	unsigned current = ccsan_stage_current(stage());

	if (ccsan_stage_role(ccsan_rt.stage, current) == CCSAN_THREAD)
		return current;
	return ccsan_stage_thread_of(ccsan_rt.stage, ccsan_stage_cpu(ccsan_rt.stage, current));
}

unsigned ccsan_thread_self(void)
{
	return ccsan_stage_current(stage());
}

void ccsan_thread_yield(void)
{
	stage_at_point();
}

void ccsan_thread_sleep(unsigned milliseconds)
{
	(void)milliseconds;
	stage_at_point();
}

static unsigned add_handler(enum ccsan_role role, unsigned cpu, const char *name,
			    void (*run)(void *argument), void *argument, unsigned times)
{
	struct ccsan_role_of_code code = { .handle = run, .argument = argument };

	stage_at_point();
	return ccsan_add_code(role, cpu, name, times, &code);
}

unsigned ccsan_irq_handler(const char *name, unsigned cpu, void (*run)(void *argument),
			   void *argument, unsigned times)
{
	return add_handler(CCSAN_INTERRUPT, cpu, name, run, argument, times);
}

unsigned ccsan_softirq_handler(const char *name, unsigned cpu, void (*run)(void *argument),
			       void *argument, unsigned times)
{
	return add_handler(CCSAN_SOFT_INTERRUPT, cpu, name, run, argument, times);
}

unsigned ccsan_device_activity(const char *name, void (*run)(void *argument), void *argument,
			       unsigned times)
{
	return add_handler(CCSAN_BUS_MASTER, 0, name, run, argument, times);
}

void ccsan_raise(unsigned actor)
{
	ccsan_stage_raise(stage_at_point(), actor);
}

/* --- switches --- */

void ccsan_irq_off(void)
{
	ccsan_stage_off(stage_at_point(), CCSAN_SWITCH_IRQ);
}

void ccsan_irq_on(void)
{
	ccsan_stage_on(stage(), CCSAN_SWITCH_IRQ);
	ccsan_point();
}

void ccsan_softirq_off(void)
{
	ccsan_stage_off(stage_at_point(), CCSAN_SWITCH_SOFT_IRQ);
}

void ccsan_softirq_on(void)
{
	ccsan_stage_on(stage(), CCSAN_SWITCH_SOFT_IRQ);
	ccsan_point();
}

void ccsan_preempt_off(void)
{
	ccsan_stage_off(stage_at_point(), CCSAN_SWITCH_PREEMPTION);
}

void ccsan_preempt_on(void)
{
	ccsan_stage_on(stage(), CCSAN_SWITCH_PREEMPTION);
	ccsan_point();
}

bool ccsan_irqs_are_off(void)
{
	return ccsan_stage_is_off(stage(), CCSAN_SWITCH_IRQ);
}

bool ccsan_is_atomic(void)
{
	return ccsan_stage_is_atomic(stage());
}

static enum ccsan_role my_role(void)
{
	unsigned current = ccsan_stage_current(stage());

	return ccsan_stage_role(ccsan_rt.stage, current);
}

bool ccsan_in_irq(void)
{
	return my_role() == CCSAN_INTERRUPT;
}

bool ccsan_in_softirq_handler(void)
{
	return my_role() == CCSAN_SOFT_INTERRUPT;
}

bool ccsan_in_softirq(void)
{
	return ccsan_in_softirq_handler() ||
	       ccsan_stage_is_off(ccsan_rt.stage, CCSAN_SWITCH_SOFT_IRQ);
}

/* --- locks --- */

static void lock(enum ccsan_want want, enum ccsan_object_kind kind, const void *p, uint64_t pc)
{
	stage();
	ccsan_obtain(want, kind, address_of(p), false, pc);
}

static void unlock(enum ccsan_want want, enum ccsan_object_kind kind, const void *p, uint64_t pc)
{
	stage_at_point();
	ccsan_self.pc = pc;
	ccsan_stage_release(ccsan_rt.stage, want, kind, address_of(p));
}

static bool try(enum ccsan_want want, enum ccsan_object_kind kind, const void *p, uint64_t pc)
{
	stage_at_point();
	ccsan_self.pc = pc;
	return ccsan_stage_try(ccsan_rt.stage, want, kind, address_of(p), ccsan_origin(pc));
}

/* One that spins may not be preempted meanwhile, nor while it holds the lock. */
static void spin(enum ccsan_want want, enum ccsan_object_kind kind, const void *p,
		 enum ccsan_switch which, uint64_t pc)
{
	ccsan_stage_off(stage_at_point(), which);
	lock(want, kind, p, pc);
}

static void end_spin(enum ccsan_want want, enum ccsan_object_kind kind, const void *p,
		     enum ccsan_switch which, uint64_t pc)
{
	unlock(want, kind, p, pc);
	ccsan_stage_on(ccsan_rt.stage, which);
	ccsan_point();
}

void ccsan_spin_lock(void *p)
{
	spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

static bool try_to_spin(enum ccsan_want want, enum ccsan_object_kind kind, const void *p,
			uint64_t pc)
{
	bool got = try(want, kind, p, pc);

	if (got)
		ccsan_stage_off(ccsan_rt.stage, CCSAN_SWITCH_PREEMPTION);
	return got;
}

bool ccsan_spin_try(void *p)
{
	return try_to_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, PC);
}

void ccsan_spin_unlock(void *p)
{
	end_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

void ccsan_spin_lock_irq(void *p)
{
	spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_IRQ, PC);
}

void ccsan_spin_unlock_irq(void *p)
{
	end_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_IRQ, PC);
}

void ccsan_spin_lock_softirq(void *p)
{
	spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_SOFT_IRQ, PC);
}

void ccsan_spin_unlock_softirq(void *p)
{
	end_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_SOFT_IRQ, PC);
}

bool ccsan_spin_lock_irqsave(void *p)
{
	bool were_off = ccsan_irqs_are_off();

	spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_IRQ, PC);
	return were_off;
}

void ccsan_spin_unlock_irqrestore(void *p, bool were_off)
{
	(void)were_off; /* switches nest */
	end_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, p, CCSAN_SWITCH_IRQ, PC);
}

void ccsan_read_lock(void *p)
{
	spin(CCSAN_WANTS_SHARED, CCSAN_RW_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

bool ccsan_read_try(void *p)
{
	return try_to_spin(CCSAN_WANTS_SHARED, CCSAN_RW_SPINLOCK, p, PC);
}

void ccsan_read_unlock(void *p)
{
	end_spin(CCSAN_WANTS_SHARED, CCSAN_RW_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

void ccsan_write_lock(void *p)
{
	spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

bool ccsan_write_try(void *p)
{
	return try_to_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SPINLOCK, p, PC);
}

void ccsan_write_unlock(void *p)
{
	end_spin(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SPINLOCK, p, CCSAN_SWITCH_PREEMPTION, PC);
}

void ccsan_mutex_lock(void *p)
{
	lock(CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, p, PC);
}

bool ccsan_mutex_try(void *p)
{
	return try(CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, p, PC);
}

void ccsan_mutex_unlock(void *p)
{
	unlock(CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, p, PC);
}

void ccsan_bit_lock(void *p)
{
	lock(CCSAN_WANTS_EXCLUSIVE, CCSAN_BIT_LOCK, p, PC);
}

bool ccsan_bit_try(void *p)
{
	return try(CCSAN_WANTS_EXCLUSIVE, CCSAN_BIT_LOCK, p, PC);
}

void ccsan_bit_unlock(void *p)
{
	unlock(CCSAN_WANTS_EXCLUSIVE, CCSAN_BIT_LOCK, p, PC);
}

void ccsan_rwsem_read_lock(void *p)
{
	lock(CCSAN_WANTS_SHARED, CCSAN_RW_SEMAPHORE, p, PC);
}

bool ccsan_rwsem_read_try(void *p)
{
	return try(CCSAN_WANTS_SHARED, CCSAN_RW_SEMAPHORE, p, PC);
}

void ccsan_rwsem_read_unlock(void *p)
{
	unlock(CCSAN_WANTS_SHARED, CCSAN_RW_SEMAPHORE, p, PC);
}

void ccsan_rwsem_write_lock(void *p)
{
	lock(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SEMAPHORE, p, PC);
}

bool ccsan_rwsem_write_try(void *p)
{
	return try(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SEMAPHORE, p, PC);
}

void ccsan_rwsem_write_unlock(void *p)
{
	unlock(CCSAN_WANTS_EXCLUSIVE, CCSAN_RW_SEMAPHORE, p, PC);
}

void ccsan_rwsem_downgrade(void *p)
{
	stage_at_point();
	ccsan_self.pc = PC;
	ccsan_stage_downgrade(ccsan_rt.stage, address_of(p));
}

bool ccsan_is_locked(const void *p)
{
	return ccsan_stage_held(stage_at_point(), address_of(p), false);
}

bool ccsan_is_locked_by_me(const void *p)
{
	return ccsan_stage_held(stage(), address_of(p), true);
}

/* --- counts --- */

void ccsan_semaphore_init(void *p, unsigned count)
{
	ccsan_self.pc = PC;
	ccsan_stage_renew(stage(), CCSAN_SEMAPHORE, address_of(p), count);
}

void ccsan_semaphore_down(void *p)
{
	lock(CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, p, PC);
}

bool ccsan_semaphore_try(void *p)
{
	return try(CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, p, PC);
}

bool ccsan_semaphore_down_timeout(void *p)
{
	stage();
	return ccsan_obtain(CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, address_of(p), true, PC);
}

void ccsan_semaphore_up(void *p)
{
	ccsan_stage_add_count(stage_at_point(), CCSAN_SEMAPHORE, address_of(p), 1, false);
}

void ccsan_complete(void *p)
{
	ccsan_stage_add_count(stage_at_point(), CCSAN_COMPLETION, address_of(p), 1, false);
}

void ccsan_complete_all(void *p)
{
	ccsan_stage_add_count(stage_at_point(), CCSAN_COMPLETION, address_of(p), 0, true);
}

void ccsan_wait_for_completion(void *p)
{
	lock(CCSAN_WANTS_COUNT, CCSAN_COMPLETION, p, PC);
}

bool ccsan_wait_for_completion_timeout(void *p)
{
	stage();
	return ccsan_obtain(CCSAN_WANTS_COUNT, CCSAN_COMPLETION, address_of(p), true, PC);
}

void ccsan_reinit_completion(void *p)
{
	ccsan_self.pc = PC;
	ccsan_stage_renew(stage_at_point(), CCSAN_COMPLETION, address_of(p), 0);
}

/* --- queues --- */

void ccsan_queue_join(void *p)
{
	ccsan_stage_join(stage_at_point(), address_of(p));
}

bool ccsan_queue_wait(void *p, bool timed)
{
	stage();
	return ccsan_obtain(CCSAN_WANTS_WAKE, CCSAN_WAIT_QUEUE, address_of(p), timed, PC);
}

void ccsan_queue_leave(void *p)
{
	ccsan_stage_leave(stage(), address_of(p));
}

void ccsan_queue_wake(void *p)
{
	ccsan_stage_wake(stage_at_point(), address_of(p), false, false);
}

void ccsan_queue_wake_all(void *p)
{
	ccsan_stage_wake(stage_at_point(), address_of(p), true, false);
}

bool ccsan_queue_is_waited(const void *p)
{
	return ccsan_stage_is_waited(stage_at_point(), address_of(p));
}

/* --- sequence counts, RCU --- */

static void look_at(const volatile unsigned *sequence, enum ccsan_touch touch)
{
	stage_at_point();
	ccsan_touch(CCSAN_NAMES_OBJECT, address_of(sequence), touch);
}

/* A reader that finds a writer at work waits for it: going round and round would be a run without
 * an end. */
unsigned ccsan_seq_begin(const volatile unsigned *sequence)
{
	look_at(sequence, CCSAN_LOOKS);
	if (*sequence & 1)
		ccsan_obtain(CCSAN_WANTS_ZERO, CCSAN_SPINLOCK, address_of(sequence) + 1, false, PC);
	return *sequence & ~1u;
}

bool ccsan_seq_retry(const volatile unsigned *sequence, unsigned begun)
{
	look_at(sequence, CCSAN_LOOKS);
	return *sequence != begun;
}

void ccsan_seq_write_begin(volatile unsigned *sequence)
{
	look_at(sequence, CCSAN_CHANGES);
	++*sequence;
	ccsan_stage_renew(ccsan_rt.stage, CCSAN_SPINLOCK, address_of(sequence) + 1, 1);
}

void ccsan_seq_write_end(volatile unsigned *sequence)
{
	look_at(sequence, CCSAN_CHANGES);
	++*sequence;
	ccsan_stage_renew(ccsan_rt.stage, CCSAN_SPINLOCK, address_of(sequence) + 1, 0);
}

void ccsan_rcu_read_lock(void)
{
	ccsan_stage_read_side(stage_at_point(), true);
}

void ccsan_rcu_read_unlock(void)
{
	ccsan_self.pc = PC;
	ccsan_stage_read_side(stage_at_point(), false);
}

void ccsan_rcu_synchronize(void)
{
	stage();
	ccsan_obtain(CCSAN_WANTS_GRACE, CCSAN_MUTEX, 0, false, PC);
}
