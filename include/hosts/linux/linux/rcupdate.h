/* SPDX-License-Identifier: MIT */
/* Read-copy-update (Documentation/RCU/whatisRCU.rst). */
#ifndef CCSAN_HOSTS_LINUX_RCUPDATE_H
#define CCSAN_HOSTS_LINUX_RCUPDATE_H

#include <ccsan/thread.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define __rcu

/** Fidelity: exact. Read sides may be preempted, as with CONFIG_PREEMPT_RCU. */
#define rcu_read_lock()   ccsan_rcu_read_lock()
#define rcu_read_unlock() ccsan_rcu_read_unlock()
#define synchronize_rcu() ccsan_rcu_synchronize()

#define rcu_dereference(p)              READ_ONCE(p)
#define rcu_dereference_raw(p)          READ_ONCE(p)
#define rcu_dereference_protected(p, c) (p)
#define rcu_dereference_check(p, c)     READ_ONCE(p)
#define rcu_access_pointer(p)           READ_ONCE(p)
#define rcu_assign_pointer(p, v)        smp_store_release(&(p), v)
#define RCU_INIT_POINTER(p, v)          WRITE_ONCE(p, v)

/** Calls back when all read sides of now are over. Fidelity: exact; by a thread that is started
 *  for the first of several. */
void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head));

/** Waits for the callbacks of all call_rcu() before. Fidelity: exact */
void rcu_barrier(void);

void ccsan_kfree_rcu(struct rcu_head *head, size_t offset);
#define kfree_rcu(p, member) ccsan_kfree_rcu(&(p)->member, offsetof(__typeof__(*(p)), member))

#endif
