// SPDX-License-Identifier: MIT
// Races of cache maintenance that real kernels had, and their fixed versions, over all schedules.
// explore: --cpu arm926ej-s
// exit: 1
// has: lost-write in ccsan_test_invalidate_of_recycled_address / recycle
// has: lost-write in ccsan_test_dirty_again_before_invalidate / dirty_again
// has: dirty_again (test dirty_again_before_invalidate)
// hasnt: (test invalidate_of_pinned_address)
// hasnt: (test dirty_again_is_locked_out)
// hasnt: (test device_completes_in_between)
#include <ccsan/ccsan.h>

#include <string.h>

enum { PAGE = 4096, LINE = 32 };

static char *window;             /* a kmap slot */
static ccsan_phys first, second; /* two highmem pages */
static int slot_lock, page_lock;
static struct ccsan_device *device;

/* --- (a) the slot of a mapped page is recycled while it is invalidated by its address --- */

static void set_up_window(void)
{
	first = ccsan_page_alloc(1);
	second = ccsan_page_alloc(1);
	window = ccsan_map(first, 1, CCSAN_KMAP);
	device = ccsan_device_new("disk", 0);
}

static void *recycle(void *unused)
{
	ccsan_flush(window, PAGE); /* flush_cache_kmaps() */
	ccsan_remap(window, 1, second);
	window[LINE] = 1;
	return unused;
}

static void *recycle_unpinned(void *unused)
{
	ccsan_mutex_lock(&slot_lock);
	recycle(NULL);
	ccsan_mutex_unlock(&slot_lock);
	return unused;
}

CCSAN_TEST(invalidate_of_recycled_address)
{
	unsigned other;

	set_up_window();
	other = ccsan_thread_new("recycler", 0, recycle, NULL);
	ccsan_invalidate(window, (size_t)2 * LINE);
	ccsan_thread_join(other);
	ccsan_clean(window, PAGE);
	CCSAN_CHECK(window[LINE] == 1);
}

CCSAN_TEST(invalidate_of_pinned_address)
{
	unsigned other;

	set_up_window();
	other = ccsan_thread_new("recycler", 0, recycle_unpinned, NULL);
	ccsan_mutex_lock(&slot_lock); /* kmap_high_get() */
	if (ccsan_physical_address(window) == first)
		ccsan_invalidate(window, (size_t)2 * LINE);
	ccsan_mutex_unlock(&slot_lock);
	ccsan_thread_join(other);
	CCSAN_CHECK(window[LINE] == 1);
}

/* --- (b) a page is dirtied again between its write-out and its invalidation --- */

static void *dirty_again(void *unused)
{
	window[0] = 2;
	ccsan_thread_yield();
	return unused;
}

static void *dirty_again_locked(void *unused)
{
	ccsan_mutex_lock(&page_lock);
	window[0] = 2;
	ccsan_mutex_unlock(&page_lock);
	return unused;
}

static void write_out(void)
{
	static char sector[LINE];

	ccsan_clean(window, LINE);
	ccsan_device_read(device, first, sector, LINE);
}

CCSAN_TEST(dirty_again_before_invalidate)
{
	unsigned other;

	set_up_window();
	window[0] = 1;
	other = ccsan_thread_new("user", 0, dirty_again, NULL);
	write_out();
	ccsan_invalidate(window, LINE);
	ccsan_thread_join(other);
	CCSAN_CHECK(window[0] != 0);
}

CCSAN_TEST(dirty_again_is_locked_out)
{
	unsigned other;

	set_up_window();
	window[0] = 1;
	other = ccsan_thread_new("user", 0, dirty_again_locked, NULL);
	ccsan_mutex_lock(&page_lock);
	write_out();
	ccsan_invalidate(window, LINE);
	ccsan_mutex_unlock(&page_lock);
	ccsan_thread_join(other);
	CCSAN_CHECK(window[0] != 0);
}

/* --- (c) a device completes between invalidate and read: no harm on a CPU that fetches only what
 * it is asked to; races_speculating.c has the other kind --- */

static void receive(void *unused)
{
	static const char frame[LINE] = { 3 };

	(void)unused;
	ccsan_device_write(device, first, frame, LINE);
}

CCSAN_TEST(device_completes_in_between)
{
	set_up_window();
	ccsan_invalidate(window, LINE);
	ccsan_device_activity("nic", receive, NULL, 1);
	ccsan_thread_yield();
}
