/* SPDX-License-Identifier: MIT */
/*
 * What a CPU's caches are like: the plain values of a file in cpus/.
 */
#ifndef CCSAN_CPU_H
#define CCSAN_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ccsan_cache_type {
	CCSAN_CACHE_PIPT, /**< physically indexed, physically tagged */
	CCSAN_CACHE_VIPT, /**< virtually indexed, physically tagged */
	CCSAN_CACHE_VIVT, /**< virtually indexed, virtually tagged */
};

/** One cache. Sizes in bytes; all but `ways` and `size` are powers of two. */
struct ccsan_cache {
	enum ccsan_cache_type type;
	uint32_t size; /**< 0: there is no such cache */
	uint32_t ways;
	uint32_t line;      /**< 16 to 256 */
	uint32_t alias;     /**< aliases agree modulo this (way size unless the manual says more) */
	bool write_through; /**< otherwise write-back */
	bool tagged;        /**< VIVT lines carry an address-space id */
	bool coherent;      /**< instruction caches: see data stores by themselves */
};

/** A CPU as the engines know it. Plain: may be copied. */
struct ccsan_cpu {
	char name[32];
	char title[64];
	char family[16];
	struct ccsan_cache data, instruction, outer;
	uint32_t page;    /**< bytes, 4096 to 65536 */
	bool speculative; /**< may fill data lines that no instruction asked for */
	bool snooping;    /**< bus masters see the caches */
	/** Cache operations by address reach the caches of the CPU that executes them only. By set
	 * and way they do on every CPU. */
	bool local_maintenance;
	/** A read by another CPU may leave a dirty line where it is (MOESI). */
	bool shares_dirty;
	bool ordered; /**< bus masters see cache operations and uncached stores without barriers */
};

/** Return: the CPU of this name among those built in, NULL if there is none. */
const struct ccsan_cpu *ccsan_cpu_find(const char *name);

/** Return: the built-in CPU number `index`, `worst` first and then by name; NULL past the end. */
const struct ccsan_cpu *ccsan_cpu_at(size_t index);

/** How many aliases of one page can be in the data cache under different places; 1 if they always
 *  share one. For VIVT caches every virtual address is a place of its own: 0. */
uint32_t ccsan_cpu_data_colours(const struct ccsan_cpu *cpu);

/** Return: NULL, or what contradicts itself, as `key: reason`. Lives for ever. */
const char *ccsan_cpu_problem(const struct ccsan_cpu *cpu);

/**
 * One line of text that says all of a CPU, and back: how a CPU from a file reaches the program that
 * runs on it.
 *
 * Return: what snprintf() would; reading: whether the text was one.
 */
int ccsan_cpu_print(const struct ccsan_cpu *cpu, char *text, size_t size);
bool ccsan_cpu_scan(const char *text, struct ccsan_cpu *cpu);

#ifdef __cplusplus
}
#endif
#endif
