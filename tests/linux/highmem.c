/* SPDX-License-Identifier: MIT */
/* Mappings of highmem pages: bug_… makes one finding, which highmem.expect knows; ok_… is silent on
 * all CPUs. The window has four slots of each colour. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/thread.h>
#include <linux/completion.h>
#include <linux/highmem.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <stdio.h>

#include <asm/cacheflush.h>

enum { SLOTS = 4 };

static __attribute__((constructor)) void parameters(void)
{
	char parameter[32];

	snprintf(parameter, sizeof(parameter), "pkmap=%u", SLOTS * ccsan_colour_count());
	ccsan_linux_param(parameter);
	ccsan_linux_param("mem=128M highmem=64M"); /* PA-RISC has 1024 colours */
}

static struct page *high(void)
{
	struct page *page = ccsan_linux_alloc_colour(GFP_HIGHUSER, 0);

	CCSAN_CHECK(page && PageHighMem(page));
	return page;
}

static void fill(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		char *p;

		pages[i] = high();
		p = kmap(pages[i]);
		memset(p, (int)('a' + i), PAGE_SIZE);
		kunmap(pages[i]);
	}
}

static void free_all(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		__free_page(pages[i]);
	kmap_flush_unused();
}

/* --- the window --- */

CCSAN_TEST(ok_kmap_of_lowmem_is_its_address)
{
	struct page *page = alloc_page(GFP_KERNEL);

	CCSAN_CHECK(kmap(page) == page_address(page));
	kunmap(page);
	__free_page(page);
}

CCSAN_TEST(ok_a_mapping_stays_until_it_is_recycled)
{
	struct page *page = high();
	char *p = kmap(page), *again;

	CCSAN_CHECK((unsigned long)p >= PKMAP_BASE && PKMAP_NR((unsigned long)p) < LAST_PKMAP);
	CCSAN_CHECK(page_address(page) == p && kmap_to_page(p + 5) == page);
	memset(p, 'x', PAGE_SIZE);
	kunmap(page);
	CCSAN_CHECK(page_address(page) == p);
	again = kmap(page);
	CCSAN_CHECK(again == p && again[7] == 'x');
	kunmap(page);
	kmap_flush_unused();
	CCSAN_CHECK(!page_address(page));
	again = kmap(page);
	CCSAN_CHECK(again[9] == 'x');
	kunmap(page);
	free_all(&page, 1);
}

CCSAN_TEST(ok_users_are_counted)
{
	struct page *page = high();
	char *p = kmap(page);

	CCSAN_CHECK(kmap(page) == p);
	kunmap(page);
	kmap_flush_unused();
	CCSAN_CHECK(page_address(page) == p);
	p[3] = 1;
	kunmap(page);
	kmap_flush_unused();
	CCSAN_CHECK(!page_address(page));
	free_all(&page, 1);
}

CCSAN_TEST(ok_more_pages_than_slots)
{
	struct page *pages[3 * SLOTS];

	fill(pages, ARRAY_SIZE(pages));
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		char *p = kmap(pages[i]);

		CCSAN_CHECK(p[100] == (char)('a' + i));
		kunmap(pages[i]);
	}
	free_all(pages, ARRAY_SIZE(pages));
}

CCSAN_TEST(ok_slots_are_given_out_in_turn)
{
	struct page *pages[SLOTS];
	unsigned long seen = 0;

	kmap_flush_unused();
	for (unsigned int i = 0; i < SLOTS; i++) {
		pages[i] = high();
		seen |= 1ul << PKMAP_NR((unsigned long)kmap(pages[i])) / ccsan_colour_count();
	}
	CCSAN_CHECK(seen == (1ul << SLOTS) - 1);
	for (unsigned int i = 0; i < SLOTS; i++)
		kunmap(pages[i]);
	free_all(pages, SLOTS);
}

/* While all slots are used, the next one waits for the first that is not. */
static struct page *pages_in_use[SLOTS], *one_more;

static void *waits(void *unused)
{
	char *p = kmap(one_more);

	(void)unused;
	p[0] = 1;
	kunmap(one_more);
	return NULL;
}

CCSAN_TEST(ok_a_full_window_waits)
{
	unsigned thread;

	one_more = high();
	for (unsigned int i = 0; i < SLOTS; i++) {
		pages_in_use[i] = high();
		memset(kmap(pages_in_use[i]), 2, 64);
	}
	thread = ccsan_thread_new("waits", 0, waits, NULL);
	ccsan_thread_yield();
	CCSAN_CHECK(!page_address(one_more));
	kunmap(pages_in_use[2]);
	ccsan_thread_join(thread);
	CCSAN_CHECK(page_address(one_more));
	for (unsigned int i = 0; i < SLOTS; i++)
		if (i != 2)
			kunmap(pages_in_use[i]);
	free_all(pages_in_use, SLOTS);
	free_all(&one_more, 1);
}

/* --- pins --- */

CCSAN_TEST(ok_a_pin_keeps_the_mapping)
{
	struct page *page = high();
	char *p;

	CCSAN_CHECK(!kmap_high_get(page));
	p = kmap(page);
	p[0] = 1;
	CCSAN_CHECK(kmap_high_get(page) == p);
	kunmap(page);
	kmap_flush_unused();
	CCSAN_CHECK(page_address(page) == p);
	kunmap_high(page);
	kmap_flush_unused();
	CCSAN_CHECK(!page_address(page));
	free_all(&page, 1);
}

/* --- slots of this CPU --- */

CCSAN_TEST(ok_local_mappings_nest)
{
	struct page *pages[3];
	char *a, *b, *c;

	fill(pages, 3);
	kmap_flush_unused();
	a = kmap_local_page(pages[0]);
	b = kmap_local_page(pages[1]);
	c = kmap_atomic(pages[2]);
	CCSAN_CHECK(a != b && b != c && a[1] == 'a' && b[1] == 'b' && c[1] == 'c');
	CCSAN_CHECK(kmap_to_page(b) == pages[1]);
	memcpy(a, c, 64);
	kunmap_atomic(c);
	kunmap_local(b);
	kunmap_local(a);
	a = kmap(pages[0]);
	CCSAN_CHECK(a[1] == 'c' && a[64] == 'a');
	kunmap(pages[0]);
	free_all(pages, 3);
}

CCSAN_TEST(ok_lowmem_needs_no_slot)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = kmap_atomic(page);

	CCSAN_CHECK(p == page_address(page));
	kunmap_atomic(p);
	p = kmap_local_page(page);
	CCSAN_CHECK(p == page_address(page));
	kunmap_local(p);
	__free_page(page);
}

/* kmap_local_page() of a page that kmap() has: the same bytes, wherever. */
CCSAN_TEST(ok_local_mapping_of_a_mapped_page)
{
	struct page *page = high();
	char *p = kmap(page), *local;

	memset(p, 'x', PAGE_SIZE);
	kunmap(page);
	local = kmap_local_page(page);
	kmap_flush_unused();
	CCSAN_CHECK(local[5] == 'x');
	local[5] = 'y';
	kunmap_local(local);
	p = kmap(page);
	CCSAN_CHECK(p[5] == 'y');
	kunmap(page);
	free_all(&page, 1);
}

static struct page *of_thread[2];
static struct completion turn[2];

static void *keeps_its_slot(void *argument)
{
	int me = (int)(long)argument;
	char *p = kmap_local_page(of_thread[me]);

	for (int i = 0; i < 3; i++) {
		p[i] = (char)('0' + me);
		complete(&turn[!me]);
		wait_for_completion(&turn[me]);
		CCSAN_CHECK(p[i] == (char)('0' + me));
	}
	kunmap_local(p);
	complete(&turn[!me]);
	return NULL;
}

CCSAN_TEST(ok_threads_of_one_cpu_keep_their_slots)
{
	unsigned threads[2];
	char *p;

	of_thread[0] = high();
	of_thread[1] = high();
	for (long i = 0; i < 2; i++)
		threads[i] = ccsan_thread_new(i ? "one" : "zero", 0, keeps_its_slot, (void *)i);
	ccsan_thread_join(threads[0]);
	ccsan_thread_join(threads[1]);
	for (int i = 0; i < 2; i++) {
		p = kmap(of_thread[i]);
		CCSAN_CHECK(p[2] == (char)('0' + i));
		kunmap(of_thread[i]);
	}
	free_all(of_thread, 2);
}

static void interrupt(void *argument)
{
	char *p = kmap_atomic(argument);

	p[1]++;
	kunmap_atomic(p);
}

CCSAN_TEST(ok_interrupts_nest_on_the_stack)
{
	struct page *pages[2] = { high(), high() };
	char *p = kmap_atomic(pages[0]);
	unsigned irq = ccsan_irq_handler("irq", 0, interrupt, pages[1], 0);

	clear_highpage(pages[1]);
	p[1] = 'a';
	ccsan_raise(irq);
	ccsan_thread_yield();
	CCSAN_CHECK(p[1] == 'a');
	kunmap_atomic(p);
	ccsan_thread_yield();
	free_all(pages, 2);
}

CCSAN_TEST(ok_content_of_pages)
{
	struct page *from = high(), *to = high();
	char text[] = "highmem", back[8] = "";

	clear_highpage(from);
	memcpy_to_page(from, 100, text, sizeof(text));
	copy_highpage(to, from);
	zero_user(to, 104, 4);
	memcpy_from_page(back, to, 100, 7);
	CCSAN_CHECK(!strcmp(back, "high"));
	memzero_page(to, 0, PAGE_SIZE);
	__free_page(from);
	__free_page(to);
}

/* --- misuse --- */

CCSAN_TEST(bug_kunmap_twice)
{
	struct page *page = high();

	kmap(page);
	kunmap(page);
	kunmap(page);
}

CCSAN_TEST(bug_kunmap_of_a_page_that_was_never_mapped)
{
	kunmap(high());
}

CCSAN_TEST(bug_read_after_kunmap)
{
	struct page *page = high();
	volatile char *p = kmap(page);

	p[0] = 1;
	kunmap(page);
	(void)p[1];
}

CCSAN_TEST(bug_kmap_in_atomic_context)
{
	struct page *page = high();

	preempt_disable();
	kmap(page);
	preempt_enable();
	kunmap(page);
}

CCSAN_TEST(bug_kmap_of_a_free_page)
{
	struct page *page = high();

	__free_page(page);
	kmap(page);
}

CCSAN_TEST(bug_kmap_of_nothing)
{
	kmap(NULL);
}

CCSAN_TEST(bug_local_out_of_order)
{
	struct page *pages[2] = { high(), high() };
	char *a = kmap_local_page(pages[0]), *b = kmap_local_page(pages[1]);

	kunmap_local(a);
	kunmap_local(b);
}

CCSAN_TEST(bug_local_twice)
{
	struct page *page = high();
	char *p = kmap_local_page(page);

	kunmap_local(p);
	kunmap_local(p);
}

CCSAN_TEST(bug_read_after_kunmap_local)
{
	struct page *page = high();
	char *p = kmap_local_page(page);

	p[0] = 1;
	kunmap_local(p);
	kmap_local_page(page);
	kunmap_local(p);
	memcpy_from_page((char[1]){ 0 }, page, 0, 1);
	(void)*(volatile char *)p;
}

CCSAN_TEST(bug_too_many_local_mappings)
{
	struct page *pages[KM_MAX_IDX];
	char *p[KM_MAX_IDX];

	for (int i = 0; i < KM_MAX_IDX; i++)
		p[i] = kmap_local_page(pages[i] = high());
	CCSAN_CHECK(!kmap_local_page(pages[0]));
	for (int i = KM_MAX_IDX - 1; i >= 0; i--)
		kunmap_local(p[i]);
}

CCSAN_TEST(bug_sleep_with_an_atomic_mapping)
{
	struct page *page = high();
	char *p = kmap_atomic(page);

	might_sleep();
	kunmap_atomic(p);
}

CCSAN_TEST(bug_virt_to_page_of_the_window)
{
	struct page *page = high();
	char *p = kmap(page);

	CCSAN_CHECK(virt_to_page(p) == page);
	kunmap(page);
}

CCSAN_TEST(bug_pin_with_interrupts_off)
{
	struct page *page = high();

	kmap(page);
	local_irq_disable();
	kmap_high_get(page);
	local_irq_enable();
	kunmap(page);
}

/* --- agreeing with a user --- */

CCSAN_TEST(bug_coherent_unbalanced)
{
	kunmap_coherent();
}

CCSAN_TEST(ok_coherent_mapping_has_the_wanted_colour)
{
	struct page *page = high();
	unsigned long user = 3 * PAGE_SIZE;
	char *p = kmap_coherent(page, user);

	CCSAN_CHECK(ccsan_colour_of(p) == 3 % ccsan_colour_count());
	p[0] = 1;
	CCSAN_CHECK(in_atomic());
	kunmap_coherent();
	CCSAN_CHECK(!in_atomic());
	__free_page(page);
}
