/* SPDX-License-Identifier: MIT */
/*
 * linux/slab.h: objects of a power of two of bytes in pages of their own; larger ones are pages.
 * What is known of an object is kept beside the simulated memory, so that no cache line of it is
 * ever touched by the allocator.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "linux/layer.h"
#include "linux/dma/dma.h"

struct slab {
	struct page *page; /* its `private` points here */
	char *base;        /* its address: page_address() may let others run */
	size_t object;     /* bytes; more than a page for large ones */
	unsigned int order, used;
	struct slab *next; /* of the same size */
	uint64_t taken[];  /* a bit for each object */
};

enum { SIZES = 24 };

static struct slab *slabs[SIZES];
static pthread_mutex_t heap = PTHREAD_MUTEX_INITIALIZER;

static unsigned int object_count(const struct slab *slab)
{
	return slab->object < PAGE_SIZE ? (unsigned int)(PAGE_SIZE / slab->object) : 1;
}

static struct slab *new_slab(size_t object)
{
	unsigned int order = 0;
	struct slab *slab;

	while (PAGE_SIZE << order < object)
		order++;
	slab = calloc(1, sizeof(*slab) + (PAGE_SIZE / object / 64 + 1) * sizeof(uint64_t));
	if (!slab)
		return NULL;
	slab->object = object;
	slab->order = order;
	slab->page = alloc_pages(0, order);
	if (!slab->page) {
		free(slab);
		return NULL;
	}
	slab->base = page_address(slab->page);
	for (unsigned int i = 0; i < 1u << order; i++) {
		slab->page[i].private = (unsigned long)slab;
		slab->page[i].flags |= 1ul << PG_slab;
	}
	return slab;
}

static char *take_object(struct slab *slab)
{
	for (unsigned int i = 0; i < object_count(slab); i++)
		if (!(slab->taken[i / 64] >> i % 64 & 1)) {
			slab->taken[i / 64] |= 1ull << i % 64;
			slab->used++;
			return slab->base + i * slab->object;
		}
	return NULL;
}

static char *take_from(unsigned int size)
{
	for (struct slab *slab = slabs[size]; slab; slab = slab->next)
		if (slab->used < object_count(slab))
			return take_object(slab);
	return NULL;
}

/* The lock is not held where the machine or the kernel is called: another thread may run there. */
static char *allocate(size_t bytes, size_t align)
{
	unsigned int size = 3;
	struct slab *slab;
	char *p;

	while (1ull << size < bytes || 1ull << size < align)
		size++;
	if (size >= SIZES)
		return NULL;
	pthread_mutex_lock(&heap);
	p = take_from(size);
	pthread_mutex_unlock(&heap);
	if (p)
		return p;
	slab = new_slab((size_t)1 << size);
	if (!slab)
		return NULL;
	pthread_mutex_lock(&heap);
	slab->next = slabs[size];
	slabs[size] = slab;
	p = take_object(slab);
	pthread_mutex_unlock(&heap);
	return p;
}

static void *get(size_t bytes, gfp_t gfp, size_t align, uint64_t pc)
{
	char *p = ccsan_should_fail() ? NULL : allocate(bytes, align);

	if (p)
		ccsan_count_object(1);
	if (p && gfp & __GFP_ZERO) {
		ccsan_hosted_writes(p, bytes, pc);
		memset(p, 0, bytes);
	}
	return p;
}

void *ccsan_kmalloc(size_t bytes, gfp_t gfp, size_t align)
{
	return get(bytes, gfp, align, CCSAN_PC);
}

/* --- what is there --- */

static struct slab *slab_of(const void *p, unsigned int *index)
{
	struct page *page;
	struct slab *slab;

	if (!virt_addr_valid(p))
		return NULL;
	page = phys_to_page(ccsan_physical_address(p));
	if (!(page->flags & 1ul << PG_slab))
		return NULL;
	slab = (struct slab *)page->private;
	*index = (unsigned int)(((const char *)p - slab->base) / (ptrdiff_t)slab->object);
	return slab;
}

static bool is_taken(const struct slab *slab, unsigned int index)
{
	return slab->taken[index / 64] >> index % 64 & 1;
}

bool ccsan_heap_object(const void *p, uint64_t *start, size_t *bytes)
{
	unsigned int index;
	const struct slab *slab = slab_of(p, &index);

	if (!slab || !is_taken(slab, index))
		return false;
	*start = (uint64_t)(uintptr_t)slab->base + index * slab->object;
	*bytes = slab->object;
	return true;
}

size_t ksize(const void *p)
{
	uint64_t start;
	size_t bytes;

	if (!p)
		return 0;
	return ccsan_heap_object(p, &start, &bytes) ? bytes : ccsan_kalloc_size(p);
}

/* --- freeing. An empty slab stays for the next object of its size. --- */

static void put(const void *p, uint64_t pc)
{
	struct ccsan_call call = { .verb = "kfree()", .pc = pc, .p = p };
	uint64_t start;
	size_t bytes = 0;
	bool known = ccsan_heap_object(p, &start, &bytes) && start == (uint64_t)(uintptr_t)p;
	unsigned int index;
	struct slab *slab;

	call.bytes = bytes;
	ccsan_call_begin(&call);
	if (!known)
		ccsan_call_problem(&call, "no object of the heap starts here (any more)");
	else
		ccsan_check_free(&call, p, bytes);
	ccsan_call_end(&call);
	if (!known)
		return;
	ccsan_forget(p, bytes);
	slab = slab_of(p, &index);
	if (!slab)
		return;
	pthread_mutex_lock(&heap);
	slab->taken[index / 64] &= ~(1ull << index % 64);
	slab->used--;
	pthread_mutex_unlock(&heap);
	ccsan_count_object(-1);
}

void kfree(const void *p)
{
	if (p && !ccsan_kalloc_free(p))
		put(p, CCSAN_PC);
}

void *ccsan_kmemdup(const void *p, size_t bytes, gfp_t gfp, size_t align)
{
	char *copy = get(bytes, gfp & ~__GFP_ZERO, align, CCSAN_PC);

	if (!copy)
		return NULL;
	ccsan_hosted_reads(p, bytes, CCSAN_PC);
	ccsan_hosted_writes(copy, bytes, CCSAN_PC);
	return memcpy(copy, p, bytes);
}

void *ccsan_krealloc(const void *p, size_t bytes, gfp_t gfp, size_t align)
{
	size_t before = ksize(p);
	char *moved;

	if (p && bytes <= before)
		return (void *)(uintptr_t)p;
	moved = get(bytes, gfp, align, CCSAN_PC);
	if (!moved || !p)
		return moved;
	ccsan_hosted_reads(p, before, CCSAN_PC);
	ccsan_hosted_writes(moved, before, CCSAN_PC);
	memcpy(moved, p, before);
	put(p, CCSAN_PC);
	return moved;
}
