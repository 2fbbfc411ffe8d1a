/* SPDX-License-Identifier: MIT */
/* CPUs: simulated ones, as many as ccsan_cpus() said. */
#ifndef CCSAN_HOSTS_LINUX_SMP_H
#define CCSAN_HOSTS_LINUX_SMP_H

#include <ccsan/thread.h>
#include <linux/preempt.h>
#include <linux/types.h>

#define NR_CPUS    CCSAN_CPU_LIMIT
#define nr_cpu_ids ccsan_cpus_online()

/** Fidelity: exact, but that asking where one may be preempted is no mistake: threads stay. */
#define smp_processor_id()     ccsan_cpu_current()
#define raw_smp_processor_id() ccsan_cpu_current()
#define get_cpu()              (ccsan_preempt_off(), ccsan_cpu_current())
#define put_cpu()              ccsan_preempt_on()
#define num_online_cpus()      ccsan_cpus_online()
#define num_possible_cpus()    ccsan_cpus_online()

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (unsigned)(cpu) < ccsan_cpus_online(); (cpu)++)
#define for_each_online_cpu(cpu)   for_each_possible_cpu (cpu)

typedef void (*smp_call_func_t)(void *info);

/** Runs a function on other CPUs in an interrupt, and here if it is asked for.
 *  Fidelity: exact. With interrupts off here it may deadlock, as in the kernel, and is misuse.
 *  @param wait for their ends */
int smp_call_function_single(int cpu, smp_call_func_t function, void *info, int wait);
void smp_call_function(smp_call_func_t function, void *info, int wait);
void on_each_cpu(smp_call_func_t function, void *info, int wait);

#endif
