/* SPDX-License-Identifier: MIT */
/* The files of cpus/ as they are, in the order of ccsan_cpu_table. Made when ccsan is built. */
#ifndef CCSAN_CLI_CPU_TEXTS_H
#define CCSAN_CLI_CPU_TEXTS_H

extern const char *const ccsan_cpu_texts[];

#endif
