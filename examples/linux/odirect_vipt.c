/* SPDX-License-Identifier: MIT */
/*
 * O_DIRECT into and out of a user's page, where the kernel has to touch the data itself (PIO,
 * bounce buffers, checksums): through which address? On linux-arch, November 2008, "O_DIRECT patch
 * for processors with VIPT cache": the kernel's own one aliases with the user's; the user's own one
 * may be read-only, or belong to another process; kmap_coherent() makes one that agrees with it.
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <string.h>

enum { SECTOR = 512 };

/* How the kernel reaches the page. */
enum {
	OWN_ADDRESS,  /* page_address(), nothing flushed */
	OWN_FLUSHED,  /* the same, between flush_anon_page() and flush_dcache_page() */
	COHERENT,     /* kmap_coherent() */
	USER_ADDRESS, /* copy_to_user() */
};

static volatile char *map_page(void)
{
	return (volatile char *)sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);
}

static struct page *get_page_at(volatile char *user, bool write)
{
	struct page *page = NULL;

	mmap_read_lock(current->mm);
	SCENARIO_CHECK(
		get_user_pages((unsigned long)user, 1, write ? FOLL_WRITE : 0, &page, NULL) == 1);
	mmap_read_unlock(current->mm);
	return page;
}

/* A page whose colour in the kernel is another one than here, where there are colours. */
static volatile char *make_buffer(void)
{
	volatile char *user;
	struct page *page;
	bool differs;

	for (int i = 0; i < 64; i++) {
		user = map_page();
		memset((char *)user, 'u', SECTOR);
		page = get_page_at(user, true);
		differs = ccsan_colour_of(page_address(page)) != ccsan_colour_of(user);
		put_page(page);
		if (differs || ccsan_colour_count() == 1)
			break;
	}
	return user;
}

/* --- the transfer: PIO moves a sector between a disk's register and the page --- */

struct transfer {
	struct page *page;
	volatile char *user;
	int how;
	bool to_memory;
	char sector[SECTOR]; /* what goes through the register */
};

static void move(struct transfer *t, void *at)
{
	if (t->to_memory)
		memcpy(at, t->sector, SECTOR);
	else
		memcpy(t->sector, at, SECTOR);
}

static void move_through_own(struct transfer *t)
{
	char *kernel;

	if (t->how == OWN_FLUSHED)
		flush_dcache_page(t->page);
	kernel = kmap_atomic(t->page);
	move(t, kernel);
	kunmap_atomic(kernel);
	if (t->how == OWN_FLUSHED)
		flush_dcache_page(t->page);
}

static void move_coherently(struct transfer *t)
{
	char *kernel = kmap_coherent(t->page, untagged_addr((unsigned long)t->user));

	if (!kernel)
		return;
	move(t, kernel);
	kunmap_coherent();
}

static unsigned long move_through_user(struct transfer *t)
{
	if (t->to_memory)
		return copy_to_user((void *)t->user, t->sector, SECTOR);
	return copy_from_user(t->sector, (const void *)t->user, SECTOR);
}

/* Return: bytes that could not be reached. */
static unsigned long run_transfer(struct transfer *t)
{
	if (t->how == USER_ADDRESS)
		return move_through_user(t);
	if (t->how == COHERENT)
		move_coherently(t);
	else
		move_through_own(t);
	return 0;
}

/* With the flush of get_user_pages() as it was before 2.6.20, but where that is the fix. */
static struct transfer begin(volatile char *user, int how, bool to_memory)
{
	struct transfer t = { .user = user, .how = how, .to_memory = to_memory };

	ccsan_behaviour.anon_flush =
		how == OWN_FLUSHED ? CCSAN_ANON_FLUSH_WALK : CCSAN_ANON_FLUSH_NONE;
	t.page = get_page_at(user, to_memory);
	memset(t.sector, 'd', SECTOR);
	return t;
}

/* --- read(2) and write(2) of the running process --- */

static int transfers(void *argument)
{
	const struct scenario_variant *variant = argument;
	volatile char *user = make_buffer();
	struct transfer t = begin(user, variant->way, true);

	SCENARIO_CHECK(!run_transfer(&t));
	put_page(t.page);
	SCENARIO_CHECK(user[0] == 'd');

	memset((char *)user, 'w', SECTOR);
	t = begin(user, variant->way, false);
	SCENARIO_CHECK(!run_transfer(&t));
	put_page(t.page);
	SCENARIO_CHECK(t.sector[0] == 'w');
	return 0;
}

static void in_process(const struct scenario_variant *variant)
{
	SCENARIO_CHECK(!ccsan_linux_wait(ccsan_linux_process("dd", 0, transfers, (void *)variant)));
}

/* --- into a page that the process may not write: mprotect() while the transfer is on its way ---
 */

static int transfers_read_only(void *argument)
{
	const struct scenario_variant *variant = argument;
	volatile char *user = make_buffer();
	struct transfer t = begin(user, variant->way, true);

	SCENARIO_CHECK(!sys_mprotect((unsigned long)user, PAGE_SIZE, PROT_READ));
	SCENARIO_CHECK(user[0] == 'u');
	SCENARIO_CHECK(!run_transfer(&t));
	put_page(t.page);
	SCENARIO_CHECK(user[0] == 'd');
	return 0;
}

static void read_only(const struct scenario_variant *variant)
{
	SCENARIO_CHECK(!ccsan_linux_wait(
		ccsan_linux_process("dd", 0, transfers_read_only, (void *)variant)));
}

/* --- asynchronous: another process runs when the data arrive --- */

static struct transfer arriving;

static int arrives(void *unused)
{
	(void)unused;
	SCENARIO_CHECK(!run_transfer(&arriving));
	return 0;
}

static int waits(void *argument)
{
	const struct scenario_variant *variant = argument;
	volatile char *user = make_buffer();

	arriving = begin(user, variant->way, true);
	user[0] = 'u';
	SCENARIO_CHECK(!ccsan_linux_wait(ccsan_linux_process("other", 0, arrives, NULL)));
	put_page(arriving.page);
	SCENARIO_CHECK(user[0] == 'd');
	return 0;
}

static void in_other_process(const struct scenario_variant *variant)
{
	SCENARIO_CHECK(!ccsan_linux_wait(ccsan_linux_process("aio", 0, waits, (void *)variant)));
}

/* --- kmap_coherent() of a page whose flush was put off --- */

static const int trusts = CCSAN_KMAP_COHERENT_TRUSTS, checks = CCSAN_KMAP_COHERENT_CHECKS;
enum { FORGETS, FLUSHES_FIRST };

/* The page of a file: written by the kernel while nobody has it mapped, and then by a direct read
 * at the address where it is going to be. */
static int put_off(void *argument)
{
	const struct scenario_variant *variant = argument;
	struct inode *inode = ccsan_linux_testfs(64 * PAGE_SIZE, 0);
	pgoff_t index = 0;
	struct page *page;
	char *kernel;

	for (; index < 63; index++) {
		page = read_mapping_page(inode->i_mapping, index, NULL);
		if (ccsan_colour_count() == 1 ||
		    ccsan_colour_of(page_address(page)) != index % ccsan_colour_count())
			break;
		put_page(page);
	}
	kernel = kmap(page);
	memset(kernel, 'k', SECTOR);
	flush_dcache_page(page);
	if (variant->way == FLUSHES_FIRST)
		ccsan_flush(kernel, PAGE_SIZE);
	kunmap(page);

	ccsan_behaviour.kmap_coherent = *(const int *)variant->with;
	kernel = kmap_coherent(page, index << PAGE_SHIFT);
	if (kernel) {
		SCENARIO_CHECK(kernel[0] == 'k');
		kunmap_coherent();
	}
	put_page(page);
	ccsan_linux_testfs_free(inode);
	return 0;
}

static void deferred(const struct scenario_variant *variant)
{
	SCENARIO_CHECK(!ccsan_linux_wait(ccsan_linux_process("fs", 0, put_off, (void *)variant)));
}

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = in_process,
	  .way = OWN_ADDRESS,
	  .expect = "aliasing & !sparc: stale-read + clobber?",
	  .reason = "the kernel's address and the user's are two places; SPARC's "
		    "flush_dcache_page() goes by physical address, for all colours" },
	{ .name = "flush",
	  .run = in_process,
	  .way = OWN_FLUSHED,
	  .expect = "silent",
	  .reason = "flush_dcache_page() before and after: the patch's alternative" },
	{ .name = "kmap_coherent",
	  .run = in_process,
	  .way = COHERENT,
	  .expect = "vivt: stale-read + clobber?",
	  .reason =
		  "an address of the user's colour is the user's place; VIVT has no such address" },
	{ .name = "user_address",
	  .run = in_process,
	  .way = USER_ADDRESS,
	  .expect = "silent",
	  .reason = "the user's own address is right wherever it can be used" },
	{ .name = "read_only-user_address",
	  .run = read_only,
	  .way = USER_ADDRESS,
	  .expect = "all: failure",
	  .reason = "the user's address is read-only by now: the data do not arrive" },
	{ .name = "read_only-kmap_coherent",
	  .run = read_only,
	  .way = COHERENT,
	  .expect = "vivt: stale-read + clobber?",
	  .reason = "a mapping of the kernel's own is writable" },
	{ .name = "other_process-user_address",
	  .run = in_other_process,
	  .way = USER_ADDRESS,
	  .expect = "all: failure",
	  .reason = "the address means nothing, or something else, in the process that runs" },
	{ .name = "other_process-none",
	  .run = in_other_process,
	  .way = OWN_ADDRESS,
	  .expect =
		  "vipt-aliasing & write-through: stale-read; vipt-aliasing: clobber + stale-read?",
	  .reason = "lines of the one that waits are still there; a VIVT cache was flushed by the "
		    "switch, twice" },
	{ .name = "other_process-kmap_coherent",
	  .run = in_other_process,
	  .way = COHERENT,
	  .expect = "silent",
	  .reason = "the same place whoever runs; VIVT caches are flushed by the switch" },
	{ .name = "deferred-trusted",
	  .run = deferred,
	  .way = FORGETS,
	  .with = &trusts,
	  .expect = "aliasing & !speculative & !write-through: stale-read",
	  .reason = "what flush_dcache_page() put off is still in the kernel's lines; where CPUs "
		    "speculate it is never put off" },
	{ .name = "deferred-checked",
	  .run = deferred,
	  .way = FORGETS,
	  .with = &checks,
	  .expect = "aliasing & !speculative: api-misuse",
	  .reason = "kmap_coherent() refuses: its callers have to know" },
	{ .name = "deferred-flushed",
	  .run = deferred,
	  .way = FLUSHES_FIRST,
	  .with = &trusts,
	  .expect = "silent",
	  .reason = "the caller does first what was put off" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "odirect_vipt",
	.summary = "O_DIRECT data that the kernel itself moves to or from a user's page (2008)",
	.variants = variants,
};

int main(int argc, char **argv)
{
	ccsan_linux_param("highmem=0"); /* ports for aliasing VIPT caches have none */
	return scenario_main(&scenario, argc, argv);
}
