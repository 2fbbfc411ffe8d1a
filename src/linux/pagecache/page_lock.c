/* SPDX-License-Identifier: MIT */
/*
 * The page's lock, and waiting for its bits: linux/pagemap.h.
 *
 * PG_locked says whether the page is locked; who waits for it waits for a bit lock at the address
 * of the flags, which whoever ends a transfer may give back. Writeback has a queue one byte
 * further.
 */
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/sched.h>

#include "linux/layer.h"

static void *lock_of(struct page *page)
{
	return &page->flags;
}

static void *writeback_queue(struct page *page)
{
	return (char *)&page->flags + 1;
}

static __always_inline void locked(struct page *page)
{
	SetPageLocked(page);
	page->locked_by = ccsan_hosted_here();
}

void lock_page(struct page *page)
{
	page = compound_head(page);
	ccsan_bit_lock(lock_of(page));
	locked(page);
}

int lock_page_killable(struct page *page)
{
	lock_page(page);
	return 0;
}

int trylock_page(struct page *page)
{
	page = compound_head(page);
	if (!ccsan_bit_try(lock_of(page)))
		return 0;
	locked(page);
	return 1;
}

void unlock_page(struct page *page)
{
	page = compound_head(page);
	if (!PageLocked(page)) {
		ccsan_misuse(page_address(page), PAGE_SIZE, page->locked_by,
			     "unlock_page() of a page that is not locked");
		return;
	}
	ClearPageLocked(page);
	ccsan_bit_unlock(lock_of(page));
}

int lock_page_or_retry(struct page *page, struct mm_struct *mm, unsigned int flags)
{
	if (trylock_page(page))
		return 1;
	if (!(flags & FAULT_FLAG_ALLOW_RETRY)) {
		lock_page(page);
		return 1;
	}
	mmap_read_unlock(mm);
	wait_on_page_locked(page);
	return 0;
}

void wait_on_page_bit(struct page *page, int bit_nr)
{
	page = compound_head(page);
	if (bit_nr == PG_locked) {
		ccsan_bit_lock(lock_of(page));
		ccsan_bit_unlock(lock_of(page));
		return;
	}
	CCSAN_WAIT_EVENT(writeback_queue(page), !test_bit(bit_nr, &page->flags));
}

void wait_on_page_writeback(struct page *page)
{
	while (PageWriteback(page))
		wait_on_page_bit(page, PG_writeback);
}

/* Who reads the page for the disk, be it the CPU or a device, has flushed what users stored so far:
 * a store that comes in between would be found as one that it does not see, although it is written
 * out later. So nobody stores to what is under writeback, as where the disk wants checksums. */
void wait_for_stable_page(struct page *page)
{
	wait_on_page_writeback(page);
}

void end_page_writeback(struct page *page)
{
	if (PageReclaim(page))
		ClearPageReclaim(page);
	if (!test_clear_page_writeback(page)) {
		ccsan_misuse(page_address(page), PAGE_SIZE, 0,
			     "end_page_writeback() of a page that is not under writeback");
		return;
	}
	ccsan_queue_wake_all(writeback_queue(page));
}
