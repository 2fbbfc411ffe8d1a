/* SPDX-License-Identifier: MIT */
/*
 * kmap_coherent(): a slot for each colour, CPU and kind of context, at an address of the user's
 * colour, so that a physically tagged cache finds the lines of both in the same place.
 * Documentation/core-api/cachetlb.rst says what it is for; MIPS and SH have it.
 */
#include <linux/highmem.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

#include <ccsan/behaviour.h>

#include "linux/layer.h"
#include "kmap.h"

enum { CONTEXTS = 2, DEPTH = 4 };

/* What is mapped, the last on top. Interrupts have slots of their own. */
static struct {
	int depth;
	u64 addresses[DEPTH];
	u32 mappers[DEPTH];
} stacks[CCSAN_CPU_LIMIT][CONTEXTS];

static int context(void)
{
	return in_interrupt() ? 1 : 0;
}

/* Each level of a stack has a set of colours, so that two pages of one colour may be mapped. */
static u64 slot_address(unsigned int cpu, int level, unsigned int colour)
{
	u64 set = ((u64)cpu * CONTEXTS + (u64)context()) * DEPTH + (u64)level;

	return CCSAN_KMAP_COHERENT_BASE + (set * ccsan_kmap_colours() + colour) * PAGE_SIZE;
}

bool ccsan_kmap_coherent_works(void)
{
	return ccsan_arch()->kmap_coherent;
}

/* The kernel's lines may hold what flush_dcache_page() left to do: on the user's colour nobody
 * would see it. */
static bool is_refused(struct page *page)
{
	if (ccsan_behaviour.kmap_coherent == CCSAN_KMAP_COHERENT_TRUSTS ||
	    !ccsan_arch_flush_deferred(page))
		return false;
	ccsan_misuse(page_address(page), PAGE_SIZE, page->dirtied_by,
		     "kmap_coherent() of a page whose flush_dcache_page() was put off: it has to "
		     "be done "
		     "first");
	return true;
}

void *kmap_coherent(struct page *page, unsigned long addr)
{
	unsigned int cpu, colour = (unsigned int)((addr >> PAGE_SHIFT) % ccsan_kmap_colours());
	int level;
	u64 at;

	if (!page || is_refused(page))
		return NULL;
	preempt_disable();
	pagefault_disable();
	cpu = smp_processor_id();
	level = stacks[cpu][context()].depth;
	if (level == DEPTH) {
		ccsan_misuse(NULL, 0, stacks[cpu][context()].mappers[DEPTH - 1],
			     "kmap_coherent(): all slots of this CPU are in use");
		pagefault_enable();
		preempt_enable();
		return NULL;
	}
	at = slot_address(cpu, level, colour);
	stacks[cpu][context()].addresses[level] = at;
	stacks[cpu][context()].mappers[level] = ccsan_hosted_here();
	stacks[cpu][context()].depth++;
	return ccsan_hosted_map(page_to_phys(page), 1, 0, at);
}

void kunmap_coherent(void)
{
	unsigned int cpu = smp_processor_id();
	int level = stacks[cpu][context()].depth - 1;

	if (level < 0) {
		ccsan_misuse(NULL, 0, 0, "kunmap_coherent() without a kmap_coherent()");
		return;
	}
	if (!ccsan_kmap_coherent_works())
		ccsan_arch_kmap_local_pre_unmap(
			ccsan_hosted_pointer(0, stacks[cpu][context()].addresses[level]));
	ccsan_hosted_unmap(0, stacks[cpu][context()].addresses[level], 1);
	stacks[cpu][context()].depth--;
	pagefault_enable();
	preempt_enable();
}
