/* SPDX-License-Identifier: MIT */
/*
 * dma_map_page() of a highmem page that is still mapped in the window of kmap(), though nobody uses
 * the mapping. The cache operations need an address, and page_address() has one; but whoever needs
 * a slot may recycle it between two of their lines: from then on the loop works on another page.
 * kmap_high_get() came for that: it takes one more use of the mapping, or says that there is none.
 * Interrupts map for DMA as well, so its lock has to switch them off.
 *
 * The window has two slots (of each colour), so that two other pages make the search wrap around.
 * Virtually tagged caches never had a second CPU: there, both threads run on one.
 */
#include <stdio.h>

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/thread.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/string.h>

#include <asm/cachetype.h>

#include "scenario.h"

enum who { PREEMPTED, OTHER_CPU, INTERRUPT };

static u64 mask = DMA_BIT_MASK(32);
static struct device nic = { .init_name = "nic",
			     .dma_mask = &mask,
			     .coherent_dma_mask = DMA_BIT_MASK(32) };
static struct ccsan_device *bus;

static struct page *received, *others[2];

/* Two lines are enough for something to come in between. */
static size_t frame_bytes(void)
{
	return 2 * ccsan_line_size();
}

/* --- the driver: a frame arrives in a page whose last content was looked at by kmap() --- */

static void receive(void)
{
	char frame[512];
	dma_addr_t at;

	memset(frame, 'f', frame_bytes());
	at = dma_map_page(&nic, received, 0, frame_bytes(), DMA_FROM_DEVICE);
	if (dma_mapping_error(&nic, at))
		return;
	ccsan_device_write(bus, at, frame, frame_bytes());
	dma_unmap_page(&nic, at, frame_bytes(), DMA_FROM_DEVICE);
}

static void look_at_frame(void)
{
	char *p = kmap(received);

	SCENARIO_CHECK(p[0] == 'f' && p[frame_bytes() - 1] == 'f');
	kunmap(received);
}

static void *driver(void *unused)
{
	receive();
	look_at_frame();
	return unused;
}

static void driver_in_interrupt(void *unused)
{
	receive();
}

/* --- somebody else, who maps other pages --- */

static void *user(void *unused)
{
	for (int i = 0; i < 2; i++) {
		char *p = kmap(others[i]);

		memset(p, 'a' + i, frame_bytes());
		SCENARIO_CHECK(p[0] == 'a' + i);
		kunmap(others[i]);
	}
	return unused;
}

static void look_at_others(void)
{
	for (int i = 0; i < 2; i++) {
		char *p = kmap(others[i]);

		SCENARIO_CHECK(p[0] == 'a' + i && p[frame_bytes() - 1] == 'a' + i);
		kunmap(others[i]);
	}
}

/* --- variants --- */

static void prepare(void)
{
	char window[32];

	snprintf(window, sizeof(window), "pkmap=%u", 2 * ccsan_colour_count());
	ccsan_linux_param(window);
	bus = ccsan_device_new("nic", 0);
	received = ccsan_linux_alloc_colour(GFP_HIGHUSER, 0);
	for (int i = 0; i < 2; i++)
		others[i] = ccsan_linux_alloc_colour(GFP_HIGHUSER, 0);
	memset(kmap(received), 'o', frame_bytes());
	kunmap(received);
}

static void run(const struct scenario_variant *variant)
{
	unsigned threads[2] = { 0 }, cpu = variant->way == OTHER_CPU && !cache_is_vivt();

	if (cpu)
		ccsan_cpus(2);
	prepare();
	ccsan_behaviour = *(const struct ccsan_behaviour *)variant->with;
	if (variant->way == INTERRUPT)
		ccsan_irq_handler("nic", 0, driver_in_interrupt, NULL, 1);
	else
		threads[0] = ccsan_thread_new("driver", 0, driver, NULL);
	threads[1] = ccsan_thread_new("user", cpu, user, NULL);
	if (variant->way != INTERRUPT)
		ccsan_thread_join(threads[0]);
	ccsan_thread_join(threads[1]);
	look_at_others();
}

static const struct ccsan_behaviour fixed = { 0 };
static const struct ccsan_behaviour by_page_address = { .dma_highmem =
								CCSAN_DMA_HIGHMEM_PAGE_ADDRESS };
static const struct ccsan_behaviour plain_lock = { .kmap_lock = CCSAN_KMAP_LOCK_PLAIN };

static const struct scenario_variant variants[] = {
	{ "none", run, "", "snooping: silent; lost-write + api-misuse + stale-read? + clobber?",
	  "the slot is given to another page between two lines, whose dirty data the rest of the "
	  "loop "
	  "invalidates",
	  PREEMPTED, &by_page_address },
	{ "none-smp", run, "",
	  "snooping: silent; local-maintenance: stale-read + api-misuse + clobber?; "
	  "lost-write + api-misuse + stale-read? + clobber?",
	  "the same from another CPU: switching preemption off would not help", OTHER_CPU,
	  &by_page_address },
	{ "kmap_high_get", run, "", "silent", "the use that it takes keeps the slot from recycling",
	  PREEMPTED, &fixed },
	{ "kmap_high_get-smp", run, "", "silent", "on another CPU as well", OTHER_CPU, &fixed },
	{ "plain-lock", run, "", "vivt: deadlock; silent",
	  "the interrupt waits for the lock that its own CPU holds, where DMA takes it at all",
	  INTERRUPT, &plain_lock },
	{ "irq-lock", run, "", "silent", "interrupts are off while the lock is held", INTERRUPT,
	  &fixed },
	{ 0 },
};

static const struct scenario scenario = {
	"kmap_dma",
	"DMA invalidates a page of highmem by an address that kmap()'s window recycles meanwhile",
	variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
