/* SPDX-License-Identifier: MIT */
/*
 * kmap_local_page(), kmap_atomic(): a stack of slots for each task, at addresses of the CPU it runs
 * on. Documentation/vm/highmem.rst.
 *
 * The address belongs to CPU and depth (and the colour of the page's frame), so tasks of one CPU
 * that take turns use the same ones: at a switch the slots of one are flushed and unmapped, and
 * those of the other mapped. Interrupts nest on the stack of whom they interrupt.
 */
#include <linux/highmem.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "linux/layer.h"
#include "kmap.h"

/* Who mapped: by CPU and depth. */
static u32 mappers[CCSAN_CPU_LIMIT][KM_MAX_IDX];

/* Whose slots are mapped on a CPU. */
static struct task_struct *whose_slots[CCSAN_CPU_LIMIT];

static void watch_switches(void);

/* --- where slots are --- */

/* Simulated. @param depth from 0 */
static u64 slot_address(unsigned int cpu, int depth, unsigned int colour)
{
	return CCSAN_KMAP_LOCAL_BASE +
	       ((u64)(cpu * KM_MAX_IDX + (unsigned int)depth) * ccsan_kmap_colours() + colour) *
		       PAGE_SIZE;
}

static u64 address_of(unsigned long pfn, int depth)
{
	return slot_address(smp_processor_id(), depth, ccsan_kmap_colour(pfn_to_page(pfn)));
}

static bool is_slot(u64 address)
{
	return address >= CCSAN_KMAP_LOCAL_BASE && address < slot_address(CCSAN_CPU_LIMIT, 0, 0);
}

struct page *ccsan_kmap_local_slot_page(unsigned long address)
{
	unsigned int space;
	u64 at = ccsan_hosted_address((void *)address, &space);
	phys_addr_t phys = space || !is_slot(at) ? 0 : virt_to_phys((void *)address);

	return phys ? phys_to_page(phys) : NULL;
}

/* --- mapping --- */

static bool forces_map(void)
{
	static long forced = -1;

	if (forced < 0)
		forced = (long)ccsan_param("force_map", 0);
	return forced;
}

static void *map_slot(unsigned long pfn, int depth)
{
	void *address =
		ccsan_hosted_map((phys_addr_t)pfn << PAGE_SHIFT, 1, 0, address_of(pfn, depth));

	if (address)
		ccsan_arch_kmap_local_post_map(address);
	return address;
}

static void *push(struct page *page, bool atomic)
{
	struct kmap_ctrl *stack = &current->kmap_ctrl;
	unsigned int cpu = smp_processor_id();
	void *address;
	int depth;

	if (stack->idx == KM_MAX_IDX) {
		ccsan_misuse(NULL, 0, mappers[cpu][KM_MAX_IDX - 1],
			     "kmap_local_page(): all %d slots are in use", KM_MAX_IDX);
		return NULL;
	}
	preempt_disable();
	if (!atomic)
		watch_switches();
	depth = stack->idx++; /* first: an interrupt takes the next one */
	mappers[cpu][depth] = ccsan_hosted_here();
	address = map_slot(page_to_pfn(page), depth);
	stack->pteval[depth] = page_to_pfn(page) + 1; /* last: resume() maps what it sees */
	preempt_enable();
	return address;
}

/* A mapping that exists is used where two of one page would not agree. */
static void *existing(struct page *page)
{
	return ccsan_kmap_pins() && PageHighMem(page) ? kmap_high_get(page) : NULL;
}

static void *map_page(struct page *page, bool atomic, const char *verb)
{
	void *address;

	if (!page) {
		ccsan_misuse(NULL, 0, 0, "%s: no page", verb);
		return NULL;
	}
	if (ccsan_page_was_freed(page))
		ccsan_page_is_free(page, verb);
	if (!PageHighMem(page) && !forces_map())
		return page_address(page);
	address = existing(page);
	return address ? address : push(page, atomic);
}

void *kmap_local_page(struct page *page)
{
	return map_page(page, false, "kmap_local_page()");
}

/* --- unmapping --- */

/* The depth of an address in the stack, -1 if it is not there. */
static int depth_of(const struct kmap_ctrl *stack, u64 address)
{
	int depth = stack->idx - 1;

	while (depth >= 0 && address_of(stack->pteval[depth] - 1, depth) != address)
		depth--;
	return depth;
}

static void unmap_slot(u64 address)
{
	ccsan_arch_kmap_local_pre_unmap(ccsan_hosted_pointer(0, address));
	ccsan_hosted_unmap(0, address, 1);
}

/* What is above goes first in any case: nobody can unmap it in order any more. */
static void pop(const void *p, u64 address, const char *verb)
{
	struct kmap_ctrl *stack = &current->kmap_ctrl;
	unsigned int cpu = smp_processor_id();
	int depth = depth_of(stack, address);

	if (depth < 0) {
		ccsan_misuse(p, PAGE_SIZE, 0, "%s of an address that this task has not mapped",
			     verb);
		return;
	}
	if (depth != stack->idx - 1)
		ccsan_misuse(p, PAGE_SIZE, mappers[cpu][stack->idx - 1],
			     "%s out of order: what was mapped last goes first", verb);
	preempt_disable();
	stack->pteval[depth] = 0; /* first: see push() */
	unmap_slot(address);
	while (stack->idx && !stack->pteval[stack->idx - 1])
		stack->idx--;
	if (!stack->idx && whose_slots[cpu] == current)
		whose_slots[cpu] = NULL; /* the task may end now */
	preempt_enable();
}

static void unmap_page(const void *p, const char *verb)
{
	const void *page = (const void *)((unsigned long)p & PAGE_MASK);
	unsigned int space;
	u64 address = ccsan_hosted_address(page, &space);
	struct page *pinned = ccsan_pkmap_page((unsigned long)page);

	if (pinned)
		kunmap_high(pinned);
	else if (is_slot(address))
		pop(page, address, verb);
	else if (!virt_addr_valid(p))
		ccsan_misuse(p, PAGE_SIZE, 0, "%s of an address that no page is mapped at", verb);
	else
		ccsan_arch_flush_on_kunmap((void *)(uintptr_t)page);
}

void kunmap_local(const void *vaddr)
{
	unmap_page(vaddr, "kunmap_local()");
}

/* --- the same where nobody else runs --- */

void *kmap_atomic(struct page *page)
{
	preempt_disable();
	pagefault_disable();
	return map_page(page, true, "kmap_atomic()");
}

void kunmap_atomic(const void *vaddr)
{
	unmap_page(vaddr, "kunmap_atomic()");
	pagefault_enable();
	preempt_enable();
}

/* --- a switch of tasks --- */

static void unmap_all(const struct kmap_ctrl *stack)
{
	for (int i = stack->idx - 1; i >= 0; i--)
		if (stack->pteval[i])
			unmap_slot(address_of(stack->pteval[i] - 1, i));
}

static void map_all(const struct kmap_ctrl *stack)
{
	for (int i = 0; i < stack->idx; i++) {
		if (stack->pteval[i])
			map_slot(stack->pteval[i] - 1, i);
	}
}

/* Only tasks in kmap_local_page() are noted, since nobody else runs while a slot of kmap_atomic()
 * is in use: steps that have nothing to do with slots must not depend on each other. Return:
 * whether the task has slots, which others of its CPU may have flushed. */
static bool resume(void)
{
	struct task_struct *next = current, **mapped = &whose_slots[smp_processor_id()];
	struct task_struct *before = *mapped;

	if (before != next && (before || next->kmap_ctrl.idx)) {
		if (before)
			unmap_all(&before->kmap_ctrl);
		map_all(&next->kmap_ctrl);
		*mapped = next->kmap_ctrl.idx ? next : NULL;
	}
	return next->kmap_ctrl.idx;
}

static void watch_switches(void)
{
	struct task_struct **mapped = &whose_slots[smp_processor_id()];

	if (*mapped == current)
		return;
	ccsan_hosted_on_switch(resume);
	resume();
	*mapped = current;
}
