/* SPDX-License-Identifier: MIT */
/* Barriers. Model: cache operations and stores are complete anyway; registers are settled. */
#ifndef CCSAN_HOSTS_LINUX_ASM_BARRIER_H
#define CCSAN_HOSTS_LINUX_ASM_BARRIER_H

#include <ccsan/cache.h>

#define mb()      ccsan_barrier()
#define rmb()     ccsan_barrier()
#define wmb()     ccsan_barrier()
#define dma_mb()  ccsan_barrier()
#define dma_rmb() ccsan_barrier()
#define dma_wmb() ccsan_barrier()
#define smp_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#endif
