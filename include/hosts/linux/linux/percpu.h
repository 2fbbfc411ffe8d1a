/* SPDX-License-Identifier: MIT */
/* Variables of which each CPU has its own (Documentation/core-api/this_cpu_ops.rst).
 * Fidelity: simplified. An array with an element for each CPU there can be, which name[cpu] is. */
#ifndef CCSAN_HOSTS_LINUX_PERCPU_H
#define CCSAN_HOSTS_LINUX_PERCPU_H

#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/smp.h>

#define __percpu
#define DEFINE_PER_CPU(type, name)                __typeof__(type) name[NR_CPUS]
#define DECLARE_PER_CPU(type, name)               extern __typeof__(type) name[NR_CPUS]
#define DEFINE_PER_CPU_ALIGNED(type, name)        DEFINE_PER_CPU(type, name)
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU(type, name)

#define per_cpu(name, cpu)  ((name)[cpu])
#define per_cpu_ptr(p, cpu) (&(*(p))[cpu])
#define this_cpu_ptr(p)     per_cpu_ptr(p, smp_processor_id())
#define raw_cpu_ptr(p)      this_cpu_ptr(p)
#define get_cpu_ptr(p)      (preempt_disable(), this_cpu_ptr(p))
#define put_cpu_ptr(p)      ((void)(p), preempt_enable())
#define get_cpu_var(name)   (*(preempt_disable(), &(name)[smp_processor_id()]))
#define put_cpu_var(name)   preempt_enable()

#define this_cpu_read(name)         ((name)[smp_processor_id()])
#define this_cpu_write(name, v)     ((void)((name)[smp_processor_id()] = (v)))
#define this_cpu_add(name, v)       ((void)((name)[smp_processor_id()] += (v)))
#define this_cpu_inc(name)          this_cpu_add(name, 1)
#define this_cpu_dec(name)          this_cpu_add(name, -1)
#define this_cpu_inc_return(name)   (++(name)[smp_processor_id()])
#define this_cpu_dec_return(name)   (--(name)[smp_processor_id()])
#define __this_cpu_read(name)       this_cpu_read(name)
#define __this_cpu_write(name, v)   this_cpu_write(name, v)
#define __this_cpu_add(name, v)     this_cpu_add(name, v)
#define __this_cpu_inc(name)        this_cpu_inc(name)
#define __this_cpu_dec(name)        this_cpu_dec(name)
#define __this_cpu_inc_return(name) this_cpu_inc_return(name)
#define __this_cpu_dec_return(name) this_cpu_dec_return(name)

/** Owns: free_percpu(). Return: what per_cpu_ptr() takes. */
#define alloc_percpu(type) \
	((__typeof__(type)(*)[NR_CPUS])kcalloc(NR_CPUS, sizeof(type), GFP_KERNEL))
#define free_percpu(p) kfree(p)

#endif
