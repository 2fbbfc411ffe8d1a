/* SPDX-License-Identifier: MIT */
/*
 * FUSE's daemon reads requests into a buffer of its anonymous memory, and writes replies from it;
 * the kernel gets at the buffer by get_user_pages(), and touches it through an address of its own.
 * On linux-kernel, January 2007, "fuse, get_user_pages, flush_anon_page, aliasing caches and all
 * that again": flush_dcache_page() did nothing for anonymous pages, so requests arrived garbled on
 * ARM. O_DIRECT's buffers are reached in the same way.
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/highmem.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <string.h>

enum { REQUEST = 128 };

/* The buffer's address against the kernel's: of another colour, or of the same one. */
enum { ANY_ADDRESS, CONGRUENT = 1 };

static volatile char *map(size_t bytes, unsigned long prot)
{
	return (volatile char *)sys_mmap(0, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);
}

/* The kernel's side of a transfer: what fs/fuse/dev.c does for each page. */
static struct page *get_buffer(volatile char *buffer, bool write)
{
	struct page *page = NULL;

	mmap_read_lock(current->mm);
	SCENARIO_CHECK(
		get_user_pages((unsigned long)buffer, 1, write ? FOLL_WRITE : 0, &page, NULL) == 1);
	mmap_read_unlock(current->mm);
	return page;
}

static void send_request(volatile char *buffer, char c)
{
	struct page *page = get_buffer(buffer, true);
	char *kernel = kmap_atomic(page);

	memset(kernel, c, REQUEST);
	kunmap_atomic(kernel);
	flush_dcache_page(page);
	put_page(page);
}

static char take_reply(volatile char *buffer)
{
	struct page *page = get_buffer(buffer, false);
	volatile char *kernel;
	char c;

	flush_dcache_page(page);
	kernel = kmap_atomic(page);
	c = kernel[0];
	kunmap_atomic((char *)kernel);
	put_page(page);
	return c;
}

/* --- where the buffer is --- */

static unsigned int kernel_colour(volatile char *buffer)
{
	struct page *page = get_buffer(buffer, true);
	unsigned int colour = ccsan_colour_of(page_address(page));

	put_page(page);
	return colour;
}

/* Moves the buffer to where its colour is the wanted one; which pages have that nobody can choose
 * in Linux, so this is what the fix would have to do. */
static volatile char *move_to(volatile char *buffer, unsigned int colour)
{
	unsigned int colours = ccsan_colour_count();
	volatile char *room = map(colours * PAGE_SIZE, PROT_NONE);

	for (unsigned int i = 0; i < colours; i++, room += PAGE_SIZE)
		if (ccsan_colour_of(room) == colour % colours)
			break;
	return (volatile char *)sys_mremap((unsigned long)buffer, PAGE_SIZE, PAGE_SIZE,
					   MREMAP_MAYMOVE | MREMAP_FIXED, (unsigned long)room);
}

static volatile char *make_buffer(int where)
{
	volatile char *buffer = map(PAGE_SIZE, PROT_READ | PROT_WRITE);
	unsigned int colour;

	buffer[0] = 0;
	if (ccsan_colour_count() == 1)
		return buffer;
	colour = kernel_colour(buffer);
	return move_to(buffer, where == CONGRUENT ? colour : colour + 1);
}

static int daemon_runs(void *argument)
{
	const struct scenario_variant *variant = argument;
	int flush = ccsan_behaviour.anon_flush;
	volatile char *buffer;

	ccsan_behaviour.anon_flush =
		CCSAN_ANON_FLUSH_WALK; /* until the buffer is where it shall be */
	buffer = make_buffer(variant->way);
	ccsan_behaviour.anon_flush = flush;
	for (char c = 'a'; c < 'd'; c++) {
		send_request(buffer, c);
		SCENARIO_CHECK(buffer[0] == c);
		memset((char *)buffer, c - 'a' + 'A', REQUEST);
		SCENARIO_CHECK(take_reply(buffer) == c - 'a' + 'A');
	}
	return 0;
}

static void talk(const struct scenario_variant *variant)
{
	ccsan_behaviour.anon_flush = *(const int *)variant->with;
	SCENARIO_CHECK(
		!ccsan_linux_wait(ccsan_linux_process("daemon", 0, daemon_runs, (void *)variant)));
}

/* --- O_DIRECT: the transfer ends in an interrupt, where flush_dcache_page() has to walk as well
 * --- */

static struct page *in_flight;
static bool ended;

/* A controller that wants each word from the CPU: PIO. */
static void transfer_ends(void *unused)
{
	char *kernel;

	(void)unused;
	if (!in_flight)
		return;
	kernel = kmap_atomic(in_flight);
	kernel[REQUEST] = 'd';
	kunmap_atomic(kernel);
	flush_dcache_page(in_flight);
	ended = true;
}

/* A read into the buffer is on its way while the kernel uses the same page for something else. */
static int reader_runs(void *unused)
{
	volatile char *buffer = map(PAGE_SIZE, PROT_READ | PROT_WRITE);
	unsigned long flags;
	struct page *page;

	(void)unused;
	buffer[0] = 0;
	page = get_buffer(buffer, true);
	in_flight = page;
	ccsan_irq_handler("controller", 0, transfer_ends, NULL, 1);
	flush_dcache_page(page);
	local_irq_save(flags);
	in_flight = NULL;
	local_irq_restore(flags);
	SCENARIO_CHECK(!ended || buffer[REQUEST] == 'd');
	put_page(page);
	return 0;
}

static void walk_in_interrupt(const struct scenario_variant *variant)
{
	ccsan_behaviour.anon_lock = *(const int *)variant->with;
	SCENARIO_CHECK(!ccsan_linux_wait(ccsan_linux_process("reader", 0, reader_runs, NULL)));
}

static const int none = CCSAN_ANON_FLUSH_NONE, gup = CCSAN_ANON_FLUSH_GUP,
		 walk = CCSAN_ANON_FLUSH_WALK, hints = CCSAN_ANON_FLUSH_HINTS;
static const int irq = CCSAN_ANON_LOCK_IRQ, plain = CCSAN_ANON_LOCK_PLAIN,
		 rwsem = CCSAN_ANON_LOCK_RWSEM;

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = talk,
	  .with = &none,
	  .expect = "aliasing & !sparc: stale-read + clobber?",
	  .reason = "the daemon's lines and the kernel's know nothing of each other; SPARC's "
		    "flush_dcache_page() goes by physical address, for all colours" },
	{ .name = "flush_anon_page",
	  .run = talk,
	  .with = &gup,
	  .expect = "aliasing & speculative: stale-read + clobber?",
	  .reason = "get_user_pages() drops the daemon's lines; a CPU that speculates fetches them "
		    "again before the kernel has written" },
	{ .name = "anon_vma_walk",
	  .run = talk,
	  .with = &walk,
	  .expect = "silent",
	  .reason = "flush_dcache_page() finds the daemon's address by the page's anon_vma" },
	{ .name = "hints",
	  .run = talk,
	  .with = &hints,
	  .expect = "vivt: stale-read + clobber?",
	  .reason = "the page remembers the colours of its users; a virtual tag has no colour" },
	{ .name = "congruent",
	  .run = talk,
	  .with = &none,
	  .way = CONGRUENT,
	  .expect = "vivt: stale-read + clobber?",
	  .reason =
		  "one colour is one place; XScale has 32 ways, an index of bits within the page, "
		  "and a tag that is virtual: congruence does not help" },
	{ .name = "walk_in_interrupt",
	  .run = walk_in_interrupt,
	  .with = &irq,
	  .explore = "",
	  .expect = "silent",
	  .reason = "the tree is kept still by a lock that switches interrupts off" },
	{ .name = "walk_in_interrupt_plain",
	  .run = walk_in_interrupt,
	  .with = &plain,
	  .explore = "",
	  .expect = "aliasing & !csky & !sparc: deadlock",
	  .reason =
		  "anon_vma's own spinlock of 2007: the interrupt waits for what it interrupted" },
	{ .name = "walk_in_interrupt_rwsem",
	  .run = walk_in_interrupt,
	  .with = &rwsem,
	  .explore = "",
	  .expect = "aliasing & !csky & !sparc: api-misuse + deadlock?",
	  .reason = "the lock that anon_vma has had since: an interrupt may not sleep" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "gup_anon",
	.summary =
		"The kernel writes into a daemon's anonymous memory through its own address (2007)",
	.variants = variants,
};

int main(int argc, char **argv)
{
	ccsan_linux_param("highmem=0"); /* ports for aliasing VIPT caches have none */
	return scenario_main(&scenario, argc, argv);
}
