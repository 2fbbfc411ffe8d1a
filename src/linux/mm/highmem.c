/* SPDX-License-Identifier: MIT */
/*
 * kmap(): a window of slots that all CPUs share. Documentation/vm/highmem.rst.
 *
 * A slot's count: 0, nothing is mapped; 1, a page is mapped and nobody uses it, so that it may be
 * unmapped after the next flush; n + 1, n users. Slots are looked for from the last one that was
 * given out; when the search comes to the start again, all unused ones are unmapped at once, after
 * one flush of the caches.
 */
#include <linux/highmem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <ccsan/behaviour.h>

#include "linux/layer.h"
#include "kmap.h"

enum { DEFAULT_SLOTS = 512, MOST_SLOTS = 1 << 16 };

static struct {
	unsigned int slots, colours;
	int *counts;
	struct page **pages;       /* by slot */
	u32 *users;                /* origins: the last one that mapped or unmapped, by slot */
	unsigned int *last;        /* slot given out last, by colour */
	wait_queue_head_t *queues; /* for a slot, by colour */
} window;

static DEFINE_SPINLOCK(kmap_lock);

/* --- setting up --- */

static unsigned int wanted_slots(void)
{
	unsigned long wanted = ccsan_param("pkmap", DEFAULT_SLOTS), slots = 2ul * window.colours;

	while (slots < wanted && slots < MOST_SLOTS)
		slots *= 2;
	return (unsigned int)slots;
}

/* Return: false without memory: another call tries again. */
static bool make_window(void)
{
	if (window.queues)
		return true;
	window.colours = ccsan_kmap_colours();
	window.slots = wanted_slots();
	window.counts = ccsan_kalloc(window.slots * sizeof(*window.counts));
	window.pages = ccsan_kalloc(window.slots * sizeof(struct page *));
	window.users = ccsan_kalloc(window.slots * sizeof(*window.users));
	window.last = ccsan_kalloc(window.colours * sizeof(*window.last));
	if (window.counts && window.pages && window.users && window.last &&
	    !ccsan_page_address_init(window.slots))
		window.queues = ccsan_kalloc(window.colours * sizeof(*window.queues));
	if (window.queues)
		return true;
	kfree(window.counts);
	kfree(window.pages);
	kfree(window.users);
	kfree(window.last);
	return false;
}

unsigned long ccsan_pkmap_base(void)
{
	return (unsigned long)ccsan_hosted_pointer(0, CCSAN_PKMAP_BASE);
}

unsigned int ccsan_last_pkmap(void)
{
	make_window();
	return window.slots;
}

/* --- the lock. It is also taken by interrupts where these pin mappings, and only there it is held
 * with interrupts off: elsewhere kmap() costs no more than a lock. --- */

bool ccsan_kmap_pins(void)
{
	return ccsan_arch()->needs_kmap_high_get;
}

static bool locks_irqs(void)
{
	return ccsan_kmap_pins() && ccsan_behaviour.kmap_lock == CCSAN_KMAP_LOCK_AS_NEEDED;
}

static void lock_kmap(void)
{
	if (locks_irqs())
		spin_lock_irq(&kmap_lock);
	else
		spin_lock(&kmap_lock);
}

static void unlock_kmap(void)
{
	if (locks_irqs())
		spin_unlock_irq(&kmap_lock);
	else
		spin_unlock(&kmap_lock);
}

static void lock_kmap_any(unsigned long *flags)
{
	if (locks_irqs())
		spin_lock_irqsave(&kmap_lock, *flags);
	else
		spin_lock(&kmap_lock);
}

static void unlock_kmap_any(unsigned long flags)
{
	if (locks_irqs())
		spin_unlock_irqrestore(&kmap_lock, flags);
	else
		spin_unlock(&kmap_lock);
}

/* --- slots. With the lock. --- */

static unsigned int slot_of(const void *address)
{
	return (unsigned int)PKMAP_NR((unsigned long)address);
}

/* All slots that nobody uses, of all colours, after one flush of what caches hold of them. */
static void flush_all_zero_pkmaps(void)
{
	flush_cache_kmaps();
	for (unsigned int i = 0; i < window.slots; i++) {
		struct page *page = window.pages[i];

		if (window.counts[i] != 1)
			continue;
		window.counts[i] = 0;
		window.pages[i] = NULL;
		ccsan_hosted_unmap(0, CCSAN_PKMAP_BASE + i * PAGE_SIZE, 1);
		ccsan_set_page_address(page, NULL, i);
	}
}

static unsigned int next_slot(unsigned int colour)
{
	window.last[colour] = (window.last[colour] + window.colours) & (window.slots - 1);
	return window.last[colour] + colour;
}

static bool is_wrapped(unsigned int slot)
{
	return slot < window.colours;
}

/* Return: a free slot, or `slots`. */
static unsigned int find_slot(unsigned int colour)
{
	unsigned int left = window.slots / window.colours;

	while (left) {
		unsigned int slot = next_slot(colour);

		if (is_wrapped(slot)) {
			flush_all_zero_pkmaps();
			left = window.slots / window.colours;
		}
		if (!window.counts[slot])
			return slot;
		left--;
	}
	return window.slots;
}

/* Drops the lock meanwhile. */
static void wait_for_slot(unsigned int colour)
{
	DECLARE_WAITQUEUE(wait, current);

	__set_current_state(TASK_UNINTERRUPTIBLE);
	add_wait_queue(&window.queues[colour], &wait);
	unlock_kmap();
	schedule();
	remove_wait_queue(&window.queues[colour], &wait);
	lock_kmap();
}

static void *fill_slot(struct page *page, unsigned int slot)
{
	void *address =
		ccsan_hosted_map(page_to_phys(page), 1, 0, CCSAN_PKMAP_BASE + slot * PAGE_SIZE);

	if (!address)
		return NULL;
	ccsan_arch_kmap_local_post_map(address);
	window.counts[slot] = 1;
	window.pages[slot] = page;
	ccsan_set_page_address(page, address, slot);
	return address;
}

/* May sleep; somebody else may map the page meanwhile. */
static void *map_new_virtual(struct page *page)
{
	unsigned int colour = ccsan_kmap_colour(page);
	void *address;

	for (;;) {
		unsigned int slot = find_slot(colour);

		if (slot < window.slots)
			return fill_slot(page, slot);
		wait_for_slot(colour);
		address = page_address(page);
		if (address)
			return address;
	}
}

static void use(void *address)
{
	unsigned int slot = slot_of(address);

	if (window.counts[slot]++ == 1)
		ccsan_hosted_revive_alias(address, 1);
	window.users[slot] = ccsan_hosted_here();
}

/* --- the functions --- */

/* Return: false after a report. */
static bool is_usable(const struct page *page, const char *verb)
{
	if (!page) {
		ccsan_misuse(NULL, 0, 0, "%s: no page", verb);
		return false;
	}
	if (ccsan_page_was_freed(page))
		ccsan_page_is_free((struct page *)(uintptr_t)page, verb);
	return true;
}

void *kmap_high(struct page *page)
{
	void *address;

	if (!make_window())
		return NULL;
	lock_kmap();
	address = page_address(page);
	if (!address)
		address = map_new_virtual(page);
	if (address)
		use(address);
	unlock_kmap();
	return address;
}

void *kmap(struct page *page)
{
	might_sleep();
	if (!is_usable(page, "kmap()"))
		return NULL;
	return PageHighMem(page) ? kmap_high(page) : page_address(page);
}

/* From a context where the lock could be held by whom we interrupt. */
static bool is_wrong_context(const char *verb, const void *address)
{
	if (ccsan_kmap_pins() || (!in_interrupt() && !irqs_disabled()))
		return false;
	ccsan_misuse(address, PAGE_SIZE, 0,
		     "%s with interrupts off or in one: the port of this CPU (%s) does not allow "
		     "that, its "
		     "lock leaves them on",
		     verb, ccsan_arch()->name);
	return true;
}

void *kmap_high_get(struct page *page)
{
	unsigned long flags = 0;
	void *address;

	if (!window.queues || is_wrong_context("kmap_high_get()", NULL))
		return NULL;
	lock_kmap_any(&flags);
	address = page_address(page);
	if (address)
		use(address);
	unlock_kmap_any(flags);
	return address;
}

/* With the lock. Return: what the count was; after 2, nobody uses the slot any more. */
static int drop(void *address, u32 *last)
{
	unsigned int slot = slot_of(address);
	int count = window.counts[slot];

	*last = window.users[slot];
	if (count < 2)
		return count;
	window.users[slot] = ccsan_hosted_here();
	window.counts[slot]--;
	if (count == 2)
		ccsan_hosted_retire_alias(address, 1, window.users[slot]);
	return count;
}

void kunmap_high(struct page *page)
{
	wait_queue_head_t *queue;
	unsigned long flags = 0;
	bool wake = false;
	int count = 0;
	u32 last = 0;
	void *address;

	if (!make_window())
		return;
	queue = &window.queues[ccsan_kmap_colour(page)];
	lock_kmap_any(&flags);
	address = page_address(page);
	if (address)
		count = drop(address, &last);
	if (count == 2)
		wake = waitqueue_active(queue);
	unlock_kmap_any(flags);
	if (wake)
		wake_up(queue);
	if (count < 2)
		ccsan_misuse_of_freed(address, PAGE_SIZE, last,
				      "kunmap() of a page that nobody has mapped");
}

void kunmap(struct page *page)
{
	if (!is_usable(page, "kunmap()"))
		return;
	if (in_interrupt())
		ccsan_misuse(NULL, 0, 0, "kunmap() in an interrupt");
	if (PageHighMem(page))
		kunmap_high(page);
	else
		ccsan_arch_flush_on_kunmap(page_address(page));
}

void kmap_flush_unused(void)
{
	if (!make_window())
		return;
	lock_kmap();
	flush_all_zero_pkmaps();
	unlock_kmap();
}

/* --- from address to page --- */

struct page *ccsan_pkmap_page(unsigned long address)
{
	unsigned long slot = PKMAP_NR(address);

	return window.queues && address >= PKMAP_BASE && slot < window.slots ? window.pages[slot]
									     : NULL;
}

struct page *ccsan_kmap_page(unsigned long address)
{
	struct page *page = ccsan_pkmap_page(address);

	return page ? page : ccsan_kmap_local_slot_page(address);
}

struct page *kmap_to_page(void *vaddr)
{
	struct page *page = ccsan_kmap_page((unsigned long)vaddr);

	return page ? page : virt_to_page(vaddr);
}
