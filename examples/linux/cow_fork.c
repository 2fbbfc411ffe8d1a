/* SPDX-License-Identifier: MIT */
/*
 * A process with two threads forks. fork() flushes the cache, and then write-protects the pages
 * that parent and child are going to share; the other thread may store in between. What it stored
 * is in the cache under the user's address only; who copies the page later, on the first write of
 * either, has to see it.
 *
 * "Fix COW D-cache aliasing on fork" (linux-mips, 2006) introduced kmap_coherent() for it, as Ralf
 * Baechle tells in "O_DIRECT patch for processors with VIPT cache" (linux-kernel, 2008-11-20).
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/shmem_fs.h>
#include <linux/syscalls.h>

enum { OLD = 'o', NEW = 'n', OTHER = 'x' };

/* --- fork --- */

static char *here(char *p)
{
	return ccsan_user_pointer(current->mm, untagged_addr((unsigned long)p));
}

static unsigned colour_of_frame(char *p)
{
	unsigned long pfn = 0;
	spinlock_t *ptl;
	pte_t *pte;

	if (!follow_pte(current->mm, (unsigned long)p, &pte, &ptl)) {
		pfn = pte_pfn(*pte);
		pte_unmap_unlock(pte, ptl);
	}
	return pfn % ccsan_colour_count();
}

/* A page whose user address has another colour than the kernel's. The page that is freed last is
 * the next one to be had. */
static char *map_page(void)
{
	char *p = NULL;

	for (unsigned long at = 0x10000000; !p && at < 0x10400000; at += PAGE_SIZE) {
		p = (char *)sys_mmap(at, PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0);
		SCENARIO_CHECK(!IS_ERR(p));
		p[0] = OLD;
		if (ccsan_colour_count() == 1 || colour_of_frame(p) != ccsan_colour_of(p))
			break;
		sys_munmap((unsigned long)p, PAGE_SIZE);
		p = NULL;
	}
	SCENARIO_CHECK(p);
	return p;
}

static int store(void *argument)
{
	char *p = argument;

	p[0] = NEW;
	SCENARIO_CHECK(p[0] == NEW);
	return 0;
}

/* Old or new is right, depending on who was first; but it is one of them for ever. */
static void look_at_child(pid_t child, char *parents)
{
	char *p, before;

	ccsan_linux_enter(child);
	p = here(parents);
	before = p[0];
	SCENARIO_CHECK(before == OLD || before == NEW);
	p[PAGE_SIZE - 1] = OTHER; /* copied here, if the parent has not done it */
	SCENARIO_CHECK(p[0] == before && p[1] == 0);
	ccsan_linux_leave();
}

enum who_copies { CHILD, PARENT, EITHER };

static int child(void *argument)
{
	char *p = here(argument), before = p[0];

	p[PAGE_SIZE - 1] = OTHER;
	SCENARIO_CHECK(p[0] == before && (before == OLD || before == NEW));
	return 0;
}

/* All three run at the same time. */
static void fork_and_go_on(char *p, pid_t thread)
{
	pid_t forked = ccsan_linux_fork(child, p);

	p[PAGE_SIZE - 1] = OTHER;
	SCENARIO_CHECK(forked > 0 && ccsan_linux_wait(forked) == 0);
	SCENARIO_CHECK(ccsan_linux_wait(thread) == 0);
}

/* The child runs when the two threads are done: what is wrong has happened by then. */
static void fork_and_look(char *p, pid_t thread, bool parent_copies)
{
	pid_t forked = ccsan_linux_fork_new();

	SCENARIO_CHECK(forked > 0);
	SCENARIO_CHECK(ccsan_linux_wait(thread) == 0);
	if (parent_copies)
		p[PAGE_SIZE - 1] = OTHER;
	look_at_child(forked, p);
	SCENARIO_CHECK(p[PAGE_SIZE - 1] == (parent_copies ? OTHER : 0));
	ccsan_linux_end(forked);
}

static int process(void *argument)
{
	const enum who_copies *who = argument;
	char *p = map_page();
	pid_t thread = ccsan_linux_thread("thread", 0, store, p);

	SCENARIO_CHECK(thread > 0);
	if (*who == EITHER)
		fork_and_go_on(p, thread);
	else
		fork_and_look(p, thread, *who == PARENT);
	SCENARIO_CHECK(p[0] == NEW);
	return 0;
}

static void fork_while_storing(const struct scenario_variant *variant)
{
	pid_t pid;

	ccsan_behaviour.fork_copy = variant->way;
	pid = ccsan_linux_process("process", 0, process, (void *)variant->with);
	SCENARIO_CHECK(pid > 0 && ccsan_linux_wait(pid) == 0);
}

/* --- a page of a file that the kernel has written, copied on the first store to it --- */

enum { FILE_PAGES = 16 };

static bool agrees(const struct page *page)
{
	return ccsan_colour_count() > 1 &&
	       (page_to_pfn(page) - page->index) % ccsan_colour_count() == 0;
}

/* One whose colour as the kernel has it is not that of its users: they agree with its index. Frames
 * come one after the other; one that is taken in between makes the difference. */
static struct page *other_coloured(struct file *file)
{
	struct page *page = read_mapping_page(file->f_mapping, 0, file), *spare;

	for (unsigned long index = 1; agrees(page) && index < FILE_PAGES; index++) {
		put_page(page);
		spare = alloc_page(GFP_HIGHUSER);
		page = read_mapping_page(file->f_mapping, index, file);
		put_page(spare);
	}
	SCENARIO_CHECK(!agrees(page));
	return page;
}

static unsigned long write_file(struct file *file)
{
	struct page *page = other_coloured(file);
	unsigned long index = page->index;
	char *p;

	lock_page(page);
	p = kmap(page);
	p[0] = NEW;
	flush_dcache_page(page); /* nobody has it mapped: put off */
	kunmap(page);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return index;
}

static int mapper(void *argument)
{
	struct file *file = argument;
	unsigned long index = write_file(file);
	unsigned long at = vm_mmap(file, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				   index << PAGE_SHIFT);
	char *p = ccsan_user_pointer(current->mm, at);

	SCENARIO_CHECK(!IS_ERR_VALUE(at));
	p[PAGE_SIZE - 1] = OTHER;
	SCENARIO_CHECK(p[0] == NEW);
	return 0;
}

static void copy_deferred(const struct scenario_variant *variant)
{
	struct file *file = shmem_file_setup("file", (loff_t)(FILE_PAGES * PAGE_SIZE), 0);
	pid_t pid;

	ccsan_behaviour.fork_copy = variant->way;
	ccsan_behaviour.kmap_coherent = CCSAN_KMAP_COHERENT_TRUSTS;
	SCENARIO_CHECK(!IS_ERR(file));
	pid = ccsan_linux_process("process", 0, mapper, file);
	SCENARIO_CHECK(pid > 0 && ccsan_linux_wait(pid) == 0);
	fput(file);
}

static const enum who_copies by_child = CHILD, by_parent = PARENT, by_either = EITHER;

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = fork_while_storing,
	  .explore = "",
	  .way = CCSAN_FORK_COPY_KMAP,
	  .with = &by_parent,
	  .expect = "aliasing: stale-read",
	  .reason = "the parent copies through the kernel's address what is under the user's" },
	{ .name = "child-copies",
	  .run = fork_while_storing,
	  .explore = "",
	  .way = CCSAN_FORK_COPY_KMAP,
	  .with = &by_child,
	  .expect = "vipt-aliasing & !speculative: stale-read",
	  .reason = "the same in the child; a switch (VIVT) or a new entry (speculative) flushes "
		    "first" },
	{ .name = "kmap_coherent",
	  .run = fork_while_storing,
	  .explore = "",
	  .way = CCSAN_FORK_COPY_COHERENT,
	  .with = &by_parent,
	  .expect = "vivt: stale-read",
	  .reason = "the same colour is the same line; with virtual tags no second address is" },
	{ .name = "port",
	  .run = fork_while_storing,
	  .explore = "",
	  .way = CCSAN_FORK_COPY_PORT,
	  .with = &by_parent,
	  .expect = "silent",
	  .reason = "VIVT ports flush the user's page before they copy it" },
	{ .name = "port-child",
	  .run = fork_while_storing,
	  .explore = "",
	  .way = CCSAN_FORK_COPY_PORT,
	  .with = &by_child,
	  .expect = "silent",
	  .reason = "the same in the child" },
	{ .name = "port-all",
	  .run = fork_while_storing,
	  .explore = "--strategy=pct --budget=1000",
	  .way = CCSAN_FORK_COPY_PORT,
	  .with = &by_either,
	  .expect = "silent",
	  .reason = "the same with parent, thread and child at the same time" },
	{ .name = "deferred",
	  .run = copy_deferred,
	  .way = CCSAN_FORK_COPY_UNCHECKED,
	  .expect = "aliasing & !speculative & !write-through: stale-read",
	  .reason = "what flush_dcache_page() put off is under the kernel's address only" },
	{ .name = "deferred-checked",
	  .run = copy_deferred,
	  .way = CCSAN_FORK_COPY_COHERENT,
	  .expect = "silent",
	  .reason = "a page that is not flushed yet is copied from where it was written" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "cow_fork",
	.summary =
		"A process forks while another thread of it stores to a page that is copied later",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
