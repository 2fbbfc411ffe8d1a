/* SPDX-License-Identifier: MIT */
/* The contract between the .c files of this folder. */
#ifndef CCSAN_LINUX_LINUX_H
#define CCSAN_LINUX_LINUX_H

#include <linux/dma-mapping.h>

#include "machine/hosted.h"

#define CCSAN_PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

/* --- memory.c --- */

/** What a pointer points to, as the DMA API sees it. */
enum ccsan_memory {
	CCSAN_MEMORY_DIRECT, /**< the direct map: pages and kmalloc() */
	CCSAN_MEMORY_VMALLOC,
	CCSAN_MEMORY_KMAP, /**< kmap(), kmap_local_page() and the like */
	CCSAN_MEMORY_USER,
	CCSAN_MEMORY_STACK,
	CCSAN_MEMORY_CONSTANT, /**< code and constants of the program */
	CCSAN_MEMORY_IMAGE,    /**< its variables */
	CCSAN_MEMORY_HEAP,     /**< malloc(): counts as the kernel's */
};

enum ccsan_memory ccsan_memory_of(const volatile void *p);

/* --- slab.c --- */

/** The heap object around an address. Return: false if there is none. */
bool ccsan_heap_object(const void *p, uint64_t *start, size_t *bytes);

/* --- one call of the API, and what is wrong with it --- */

struct ccsan_mapping;

struct ccsan_call {
	const char *verb; /**< "dma_map_single()" */
	struct device *device;
	uint64_t pc;
	const void *p;    /**< the memory it is about, NULL if unknown or without an address */
	phys_addr_t phys; /**< of memory without an address, 0 otherwise */
	size_t bytes;
	const struct ccsan_mapping *mapping; /**< whose stack to show as well */
	struct ccsan_machine *machine;       /**< from begin to end */
	char text[CCSAN_TEXT_BYTES];
	size_t length;
};

/** Between these two the tables below may be used. The end makes one finding of all problems. */
void ccsan_call_begin(struct ccsan_call *call);
void ccsan_call_problem(struct ccsan_call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ccsan_call_end(struct ccsan_call *call);

const char *ccsan_direction_name(enum dma_data_direction direction);

/* --- record.c: inside a call --- */

enum ccsan_dma_type {
	CCSAN_DMA_SINGLE, /**< and page: one may be unmapped as the other */
	CCSAN_DMA_SG,
	CCSAN_DMA_COHERENT,
	CCSAN_DMA_RESOURCE,
};

/** Bytes that the device owns. */
struct ccsan_hold {
	struct ccsan_owned owned;
	struct ccsan_hold *next;
};

struct ccsan_page_node {
	struct ccsan_mapping *mapping;
	struct ccsan_page_node *next, **here;
};

/** One mapping. */
struct ccsan_mapping {
	struct device *device;
	enum ccsan_dma_type type;
	enum dma_data_direction direction;
	dma_addr_t address;
	char *p;          /**< NULL for resources, and for memory without an address */
	phys_addr_t phys; /**< of that */
	char *bounce;     /**< a copy that the device reaches, NULL if it reaches the memory */
	size_t bytes;
	unsigned long attrs;
	bool error_checked, in_test;
	int nents;                        /**< of the list, in each of its records */
	struct ccsan_mapping *next_entry; /**< of the same list */
	struct ccsan_event event;         /**< who mapped it */
	struct ccsan_hold *holds;
	struct ccsan_mapping *next, **here;
	unsigned node_count;
	struct ccsan_page_node nodes[];
};

/** What to look for, and the arguments to be checked. */
struct ccsan_mapping_args {
	enum ccsan_dma_type type;
	dma_addr_t address;
	size_t bytes;
	enum dma_data_direction direction;
	unsigned long attrs;
	int nents;
	void *p;
	phys_addr_t phys;
	char *bounce;
};

/** Owns: the tables, until ccsan_record_remove(). Return: NULL without memory. */
struct ccsan_mapping *ccsan_record_add(struct ccsan_call *call,
				       const struct ccsan_mapping_args *args);
void ccsan_record_remove(struct ccsan_call *call, struct ccsan_mapping *mapping);

/** The mapping at this address that fits the arguments best; of equal ones the last. */
struct ccsan_mapping *ccsan_record_find(const struct device *dev,
					const struct ccsan_mapping_args *args);

/** dma_mapping_error() was asked about the mappings at this address. */
void ccsan_record_check_error(const struct device *dev, dma_addr_t address);

/** The mapping that contains the bytes, or else the address. */
struct ccsan_mapping *ccsan_record_around(const struct device *dev, dma_addr_t address,
					  size_t bytes);

/** A mapping of memory that has some of these bytes. @param written only if the device writes it */
struct ccsan_mapping *ccsan_record_meeting(dma_addr_t from, dma_addr_t to, bool written);

struct ccsan_mapping *ccsan_record_first(void);

/** Hands bytes of a mapping to the device, or takes them back. */
void ccsan_record_hold(struct ccsan_call *call, struct ccsan_mapping *mapping, size_t offset,
		       size_t bytes);
void ccsan_record_release(struct ccsan_call *call, struct ccsan_mapping *mapping, size_t offset,
			  size_t bytes);

/** How many of the bytes the device owns. */
size_t ccsan_record_held(const struct ccsan_mapping *mapping, size_t offset, size_t bytes);

/* --- dma_debug.c: inside a call --- */

/** Return: whether the mapping can be made; problems are noted in any case. */
bool ccsan_check_map(struct ccsan_call *call, enum dma_data_direction direction);
void ccsan_check_overlap(struct ccsan_call *call, const struct ccsan_mapping_args *args);
void ccsan_check_unmap(struct ccsan_call *call, const struct ccsan_mapping *mapping,
		       const struct ccsan_mapping_args *args);
void ccsan_check_sync(struct ccsan_call *call, const struct ccsan_mapping *mapping,
		      const struct ccsan_mapping_args *args, bool for_cpu);

/** Memory is freed that a device may still have. */
void ccsan_check_free(struct ccsan_call *call, const void *p, size_t bytes);
void ccsan_check_free_frames(struct ccsan_call *call, phys_addr_t at, size_t bytes);

/** Leaks are looked for at the end of tests and of the program. */
void ccsan_watch_leaks(void);

/* --- dma.c --- */

/** What the call is about: bytes of a page. */
void ccsan_call_at_page(struct ccsan_call *call, struct page *page, size_t offset);

/** One sync of bytes that lie in one mapping. */
void ccsan_dma_sync(struct ccsan_call *call, const struct ccsan_mapping_args *args, bool for_cpu);

/** Whether the test asked for this mapping to fail. */
bool ccsan_dma_fails(void);

/** Fills in the address of a mapping, and the copy if the device cannot reach the memory itself.
 *  Return: false if there is no room for one. */
bool ccsan_dma_reach(const struct ccsan_call *call, struct ccsan_mapping_args *args);

/* --- dma_memory.c: outside a call --- */

/** Memory of a mapping, by its kernel address or without one. */
struct ccsan_place {
	const char *p;
	phys_addr_t phys; /**< where p is NULL */
	char *bounce;
};

struct ccsan_place ccsan_place_of(const struct ccsan_mapping *mapping, size_t offset);

/** Copies what the device does not reach: before the device owns it. */
void ccsan_place_copy(const struct ccsan_call *call, struct ccsan_place place, size_t bytes);

/** What the caches are told when memory goes to the device or comes back; then it is copied back.
 */
void ccsan_place_for_device(const struct ccsan_call *call, struct ccsan_place place, size_t bytes,
			    enum dma_data_direction direction);
void ccsan_place_for_cpu(const struct ccsan_call *call, struct ccsan_place place, size_t bytes,
			 enum dma_data_direction direction);

/* --- swiotlb.c --- */

/** The last physical address that a device needs to reach for DMA to be possible at all. */
phys_addr_t ccsan_swiotlb_end(void);

/** A buffer that such a device reaches, in the direct map. Return: NULL if there is no room. */
char *ccsan_swiotlb_alloc(size_t bytes);
void ccsan_swiotlb_free(const char *bounce, size_t bytes);

/* --- arch/dma.c --- */

bool ccsan_arch_coherent(const struct device *dev);

/** Bytes that one cache operation reaches: the largest line of all levels. */
size_t ccsan_arch_line(void);

void ccsan_arch_for_device(const struct device *dev, const char *p, size_t bytes,
			   enum dma_data_direction direction, uint64_t pc);
void ccsan_arch_for_cpu(const struct device *dev, const char *p, size_t bytes,
			enum dma_data_direction direction, uint64_t pc);

#endif
