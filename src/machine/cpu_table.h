/* SPDX-License-Identifier: MIT */
/* The built-in CPUs: made from cpus/ by tools/cpu_table.c when ccsan is built. */
#ifndef CCSAN_CPU_TABLE_H
#define CCSAN_CPU_TABLE_H

#include <ccsan/cpu.h>

extern const struct ccsan_cpu ccsan_cpu_table[];
extern const size_t ccsan_cpu_count;

#endif
