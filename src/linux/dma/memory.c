/* SPDX-License-Identifier: MIT */
/* What a pointer points to: which part of the simulated addresses, or of the program itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <link.h>
#include <pthread.h>

#include <asm/cachetype.h>

#include "dma.h"
#include "machine/arena.h"

static bool is_on_stack(const volatile void *p)
{
	static _Thread_local const char *end;
	pthread_attr_t attr;
	void *low;
	size_t bytes;

	if (!end && !pthread_getattr_np(pthread_self(), &attr)) {
		if (!pthread_attr_getstack(&attr, &low, &bytes))
			end = (const char *)low + bytes;
		pthread_attr_destroy(&attr);
	}
	return (const char *)p >= (const char *)__builtin_frame_address(0) && (const char *)p < end;
}

struct search {
	uint64_t address;
	enum ccsan_memory found;
};

/* Read-only after relocation lies inside a writable segment. */
static int look_at_module(struct dl_phdr_info *module, size_t size, void *context)
{
	struct search *search = context;

	(void)size;
	for (int i = 0; i < module->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &module->dlpi_phdr[i];
		bool constant = part->p_type == PT_GNU_RELRO ||
				(part->p_type == PT_LOAD && !(part->p_flags & PF_W));

		if ((part->p_type != PT_LOAD && part->p_type != PT_GNU_RELRO) ||
		    search->address - (module->dlpi_addr + part->p_vaddr) >= part->p_memsz)
			continue;
		if (constant)
			search->found = CCSAN_MEMORY_CONSTANT;
		else if (search->found == CCSAN_MEMORY_HEAP)
			search->found = CCSAN_MEMORY_IMAGE;
	}
	return search->found != CCSAN_MEMORY_HEAP;
}

enum ccsan_memory ccsan_memory_of(const volatile void *p)
{
	struct search search = { (uint64_t)(uintptr_t)p, CCSAN_MEMORY_HEAP };
	struct ccsan_address at;

	if (ccsan_is_alias(search.address)) {
		at = ccsan_simulated(search.address);
		return at.space || at.va < CCSAN_USER_END ? CCSAN_MEMORY_USER
		       : at.va < CCSAN_VMAP_BASE          ? CCSAN_MEMORY_DIRECT
		       : at.va < CCSAN_KMAP_BASE          ? CCSAN_MEMORY_VMALLOC
							  : CCSAN_MEMORY_KMAP;
	}
	if (is_on_stack(p))
		return CCSAN_MEMORY_STACK;
	dl_iterate_phdr(look_at_module, &search);
	return search.found;
}

bool cache_is_vivt(void)
{
	return ccsan_hosted_cpu()->data.type == CCSAN_CACHE_VIVT;
}

bool object_is_on_stack(const void *p)
{
	return ccsan_memory_of(p) == CCSAN_MEMORY_STACK;
}

bool is_vmalloc_addr(const void *p)
{
	return ccsan_memory_of(p) == CCSAN_MEMORY_VMALLOC;
}

bool virt_addr_valid(const volatile void *p)
{
	return ccsan_memory_of(p) == CCSAN_MEMORY_DIRECT && ccsan_physical_address(p) != 0;
}
