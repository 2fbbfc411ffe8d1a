/* SPDX-License-Identifier: MIT */
/*
 * User memory from the kernel: what copies, strings, iterators, get_user_pages() and ptrace say
 * about holes, read-only pages and wrong calls; and that the right ones are silent on every CPU.
 */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <string.h>

static pid_t user;

/* Three pages of a new process: readable and writable, read-only, and a hole. */
static char *begin(void)
{
	char *p;

	user = ccsan_linux_process_new("user");
	ccsan_linux_enter(user);
	p = (char *)sys_mmap(0, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1ul, 0);
	memset(p, 'a', 2 * PAGE_SIZE);
	CCSAN_CHECK(!sys_mprotect((unsigned long)p + PAGE_SIZE, PAGE_SIZE, PROT_READ));
	CCSAN_CHECK(!sys_munmap((unsigned long)p + 2 * PAGE_SIZE, PAGE_SIZE));
	return p;
}

static void end(void)
{
	ccsan_linux_leave();
	ccsan_linux_end(user);
}

/* --- uaccess.h --- */

CCSAN_TEST(copy_from)
{
	char *p = begin(), text[64];

	CCSAN_CHECK(copy_from_user(text, p, 64) == 0 && text[63] == 'a');
	CCSAN_CHECK(copy_from_user(text, p + PAGE_SIZE - 32, 64) == 0);
	memset(text, 'x', sizeof(text));
	CCSAN_CHECK(copy_from_user(text, p + 2 * PAGE_SIZE - 10, 64) == 54);
	CCSAN_CHECK(text[9] == 'a' && text[10] == 0 && text[63] == 0);
	memset(text, 'x', sizeof(text));
	CCSAN_CHECK(__copy_from_user(text, p + 2 * PAGE_SIZE - 10, 64) == 54);
	CCSAN_CHECK(text[9] == 'a' && text[10] == 'x');
	CCSAN_CHECK(copy_from_user(text, NULL, 8) == 8);
	CCSAN_CHECK(copy_from_user(text, p, 0) == 0);
	/* by simulated address, too */
	CCSAN_CHECK(copy_from_user(text, (void *)untagged_addr((unsigned long)p), 64) == 0);
	end();
}

CCSAN_TEST(copy_to)
{
	char *p = begin(), text[64];

	memset(text, 'k', sizeof(text));
	CCSAN_CHECK(copy_to_user(p, text, 64) == 0 && p[63] == 'k');
	CCSAN_CHECK(copy_to_user(p + PAGE_SIZE - 10, text, 64) == 54); /* read-only from there on */
	CCSAN_CHECK(p[PAGE_SIZE - 1] == 'k' && p[PAGE_SIZE] == 'a');
	CCSAN_CHECK(copy_in_user(p + 100, p, 64) == 0 && p[163] == 'k');
	CCSAN_CHECK(copy_in_user(p, p + 2 * PAGE_SIZE - 4, 64) == 60 && p[3] == 'a');
	CCSAN_CHECK(clear_user(p + PAGE_SIZE - 5, 10) == 5 && !p[PAGE_SIZE - 1]);
	end();
}

CCSAN_TEST(kernel_addresses)
{
	char *p = begin(), text[8] = "kernel", *kernel = kmalloc(8, GFP_KERNEL);

	CCSAN_CHECK(access_ok(p, PAGE_SIZE) && !access_ok(kernel, 8) && !access_ok(text, 8));
	CCSAN_CHECK(!access_ok(p, ~0ul));
	CCSAN_CHECK(copy_to_user(kernel, text, 8) == 8);
	CCSAN_CHECK(copy_from_user(text, kernel, 8) == 8 && !text[0]);
	CCSAN_CHECK(clear_user(kernel, 8) == 8);
	CCSAN_CHECK(strncpy_from_user(text, kernel, 8) == -EFAULT);
	memset(kernel, 'k', 8);
	CCSAN_CHECK(copy_from_kernel_nofault(text, kernel, 8) == 0 && text[7] == 'k');
	CCSAN_CHECK(copy_from_kernel_nofault(text, p, 8) == -ERANGE);
	kfree(kernel);
	end();
}

CCSAN_TEST(values)
{
	char *p = begin();
	u64 wide = 0;
	u16 narrow;
	int error;

	CCSAN_CHECK(put_user(0x1122334455667788ull, (u64 *)p) == 0);
	CCSAN_CHECK(get_user(wide, (u64 *)p) == 0 && wide == 0x1122334455667788ull);
	CCSAN_CHECK(get_user(narrow, (u16 *)(p + 6)) == 0 && narrow == 0x1122);
	error = get_user(wide, (u64 *)(p + 2 * PAGE_SIZE));
	CCSAN_CHECK(error == -EFAULT && wide == 0);
	CCSAN_CHECK(put_user((u8)1, (u8 *)(p + PAGE_SIZE)) == -EFAULT);
	CCSAN_CHECK(put_user((u32)1, (u32 *)NULL) == -EFAULT);
	end();
}

CCSAN_TEST(strings)
{
	char *p = begin(), text[32];

	strcpy(p + PAGE_SIZE - 3, ""); /* ends in front of the next page */
	memcpy(p, "hello", 6);
	CCSAN_CHECK(strncpy_from_user(text, p, 32) == 5 && !strcmp(text, "hello"));
	CCSAN_CHECK(strncpy_from_user(text, p, 3) == 3);
	CCSAN_CHECK(strncpy_from_user(text, p + 2 * PAGE_SIZE - 4, 32) == -EFAULT);
	CCSAN_CHECK(strncpy_from_user(text, p + 2 * PAGE_SIZE - 4, 4) == 4);
	CCSAN_CHECK(strnlen_user(p, 32) == 6 && strnlen_user(p, 3) == 4);
	CCSAN_CHECK(strnlen_user(p + 2 * PAGE_SIZE - 4, 32) == 0);
	end();
}

/* Nothing is faulted in, so a page that was never touched cannot be reached. */
CCSAN_TEST(without_faults)
{
	char *p = begin(), text[8];
	char *fresh = (char *)sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);

	CCSAN_CHECK(__copy_from_user_inatomic(text, p, 8) == 0);
	CCSAN_CHECK(__copy_from_user_inatomic(text, fresh, 8) == 8);
	CCSAN_CHECK(copy_from_user(text, fresh, 8) == 0 && !text[0]);
	CCSAN_CHECK(__copy_from_user_inatomic(text, fresh, 8) == 0);
	CCSAN_CHECK(!pagefault_disabled());
	end();
}

CCSAN_TEST(without_process)
{
	char text[8];

	CCSAN_CHECK(copy_from_user(text, (void *)0x10000, 8) == 8);
	CCSAN_CHECK(get_user_pages_fast(0x10000, 1, 0, NULL) == -EFAULT);
}

/* --- uio.h --- */

static void check_vectors(char *p)
{
	struct iovec iov[3] = { { p, 10 }, { p + PAGE_SIZE, 0 }, { p + 2 * PAGE_SIZE - 20, 40 } };
	struct iov_iter i;
	char text[64];

	iov_iter_init(&i, WRITE, iov, 3, 50);
	CCSAN_CHECK(iov_iter_single_seg_count(&i) == 10 && iov_iter_npages(&i, 9) == 3);
	CCSAN_CHECK(iov_iter_fault_in_readable(&i, 30) == 0);
	CCSAN_CHECK(iov_iter_fault_in_readable(&i, 31) == -EFAULT);
	CCSAN_CHECK(copy_from_iter(text, 5, &i) == 5 && iov_iter_count(&i) == 45);
	CCSAN_CHECK(copy_from_iter(text, 64, &i) == 25 && i.count == 20); /* up to the hole */
	iov_iter_revert(&i, 30);
	CCSAN_CHECK(i.count == 50 && i.iov_offset == 0 && i.iov == iov);
	CCSAN_CHECK(!copy_from_iter_full(text, 50, &i) && i.count == 50);
	CCSAN_CHECK(copy_from_iter_full(text, 30, &i) && i.count == 20);
}

CCSAN_TEST(user_vectors)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast, given[2];
	struct iov_iter i;
	char *p = begin();

	check_vectors(p);
	given[0] = (struct iovec){ p, 8 };
	given[1] = (struct iovec){ p + 100, 8 };
	CCSAN_CHECK(import_iovec(READ, given, 2, UIO_FASTIOV, &iov, &i) == 16 && !iov);
	CCSAN_CHECK(copy_to_iter("0123456789abcdef", 16, &i) == 16 && p[107] == 'f');
	iov = fast;
	CCSAN_CHECK(import_iovec(READ, given, 2, 1, &iov, &i) == 16 && iov);
	kfree(iov);
	given[1].iov_len = ~0ul;
	iov = fast;
	CCSAN_CHECK(import_iovec(READ, given, 2, UIO_FASTIOV, &iov, &i) == -EINVAL);
	given[1] = (struct iovec){ &i, 8 }; /* no user address */
	iov = fast;
	CCSAN_CHECK(import_iovec(READ, given, 2, UIO_FASTIOV, &iov, &i) == -EFAULT);
	CCSAN_CHECK(import_iovec(READ, given, UIO_MAXIOV + 1, 8, &iov, &i) == -EINVAL);
	CCSAN_CHECK(import_single_range(READ, p, 8, fast, &i) == 0 && i.count == 8);
	CCSAN_CHECK(import_single_range(READ, NULL, ~0ul, fast, &i) == 0);
	end();
}

CCSAN_TEST(kernel_vectors)
{
	char one[8], two[8], text[17] = "0123456789abcdef";
	struct kvec kvec[2] = { { one, 8 }, { two, 8 } };
	struct iov_iter i, copy;
	struct page *page;
	const void *vectors;
	size_t start;

	iov_iter_kvec(&i, READ, kvec, 2, 16);
	CCSAN_CHECK(copy_to_iter(text, 12, &i) == 12 && !memcmp(two, "89ab", 4));
	CCSAN_CHECK(iov_iter_zero(8, &i) == 4 && !two[7]);
	CCSAN_CHECK(iov_iter_get_pages(&i, &page, 8, 1, &start) == -EFAULT);
	iov_iter_kvec(&i, WRITE, kvec, 2, 16);
	vectors = dup_iter(&copy, &i, GFP_KERNEL);
	CCSAN_CHECK(vectors && copy_from_iter(text, 16, &copy) == 16 && i.count == 16);
	kfree(vectors);
	iov_iter_discard(&i, READ, 100);
	CCSAN_CHECK(copy_to_iter(text, 16, &i) == 16 && i.count == 84);
}

CCSAN_TEST(page_vectors)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, 1), *got;
	struct bio_vec bvec[2] = { { page, 20, (unsigned int)PAGE_SIZE - 10 }, { page, 10, 0 } };
	char text[31] = "0123456789abcdefghijABCDEFGHIJ";
	struct iov_iter i;
	size_t start;

	iov_iter_bvec(&i, READ, bvec, 2, 30);
	CCSAN_CHECK(copy_to_iter(text, 30, &i) == 30 && !i.count);
	CCSAN_CHECK(!memcmp((char *)page_address(page) + PAGE_SIZE - 10, text, 20));
	CCSAN_CHECK(!memcmp(page_address(page), "ABCDEFGHIJ", 10));
	iov_iter_revert(&i, 15);
	CCSAN_CHECK(i.bvec == bvec && i.iov_offset == 15);
	CCSAN_CHECK(iov_iter_get_pages(&i, &got, 100, 1, &start) == 5 && start == 5);
	put_page(got);
	iov_iter_bvec(&i, WRITE, bvec, 2, 30);
	CCSAN_CHECK(copy_page_from_iter(page, PAGE_SIZE - 15, 30, &i) == 30);
	CCSAN_CHECK(!memcmp((char *)page_address(page) + PAGE_SIZE - 15, "0123456789", 10));
	__free_pages(page, 1);
}

CCSAN_TEST(pages_to_users)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	char *p = begin();
	struct iovec iov = { p, 100 };
	struct page *pages[2], **list;
	struct iov_iter i;
	size_t start;

	memcpy(page_address(page), "kernel", 6);
	iov_iter_init(&i, READ, &iov, 1, 100);
	CCSAN_CHECK(copy_page_to_iter(page, 0, 100, &i) == 100 && !memcmp(p, "kernel", 6));
	memcpy(p, "user", 5);
	iov_iter_init(&i, WRITE, &iov, 1, 100);
	CCSAN_CHECK(iov_iter_copy_from_user_atomic(page, &i, 8, 5) == 5 && i.count == 100);
	CCSAN_CHECK(!strcmp((char *)page_address(page) + 8, "user"));
	CCSAN_CHECK(copy_page_from_iter(page, 0, 100, &i) == 100);

	iov = (struct iovec){ p + PAGE_SIZE - 4, 8 };
	iov_iter_init(&i, WRITE, &iov, 1, 8);
	CCSAN_CHECK(iov_iter_get_pages(&i, pages, 8, 2, &start) == 8 && start == PAGE_SIZE - 4);
	put_page(pages[0]);
	put_page(pages[1]);
	CCSAN_CHECK(iov_iter_get_pages_alloc(&i, &list, 8, &start) == 8);
	put_page(list[0]);
	put_page(list[1]);
	kfree(list);
	iov_iter_init(&i, READ, &iov, 1, 8); /* the second one cannot be written */
	CCSAN_CHECK(iov_iter_get_pages(&i, pages, 8, 2, &start) == 4);
	put_page(pages[0]);
	__free_page(page);
	end();
}

/* --- get_user_pages() --- */

static long get(char *p, unsigned long count, unsigned int flags, struct page **pages)
{
	long got;

	mmap_read_lock(current->mm);
	got = get_user_pages((unsigned long)p, count, flags, pages, NULL);
	mmap_read_unlock(current->mm);
	return got;
}

CCSAN_TEST(get_pages)
{
	struct page *pages[4];
	char *p = begin();

	CCSAN_CHECK(get(p, 3, 0, pages) == 2); /* up to the hole */
	CCSAN_CHECK(page_count(pages[0]) == 2 && page_mapcount(pages[0]) == 1);
	put_page(pages[0]);
	put_page(pages[1]);
	CCSAN_CHECK(get(p, 2, FOLL_WRITE, pages) == 1); /* up to the read-only one */
	put_page(pages[0]);
	CCSAN_CHECK(get(p + PAGE_SIZE, 1, FOLL_WRITE, pages) == -EFAULT);
	CCSAN_CHECK(get(p + 2 * PAGE_SIZE, 1, 0, pages) == -EFAULT);
	CCSAN_CHECK(get(p, 0, 0, pages) == 0);
	CCSAN_CHECK(get(p, 2, 0, NULL) == 2);
	CCSAN_CHECK(get_user_pages_unlocked((unsigned long)p, 1, pages, FOLL_WRITE) == 1);
	put_page(pages[0]);
	CCSAN_CHECK(page_count(pages[0]) == 1);
	end();
}

CCSAN_TEST(get_pages_fast)
{
	struct page *pages[3];
	char *p = begin(), *fresh;

	CCSAN_CHECK(get_user_pages_fast((unsigned long)p, 3, 0, pages) == 2);
	put_page(pages[0]);
	put_page(pages[1]);
	fresh = (char *)sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1ul, 0);
	CCSAN_CHECK(get_user_pages_fast_only((unsigned long)fresh, 1, FOLL_WRITE, pages) == 0);
	CCSAN_CHECK(get_user_pages_fast((unsigned long)fresh, 1, FOLL_WRITE, pages) == 1);
	put_page(pages[0]);
	end();
}

CCSAN_TEST(pins)
{
	char *p = begin();
	struct page *page;

	CCSAN_CHECK(pin_user_pages_fast((unsigned long)p, 1, FOLL_WRITE | FOLL_LONGTERM, &page) ==
		    1);
	CCSAN_CHECK(page_maybe_dma_pinned(page) && page_count(page) > GUP_PIN_COUNTING_BIAS);
	unpin_user_pages_dirty_lock(&page, 1, true);
	CCSAN_CHECK(PageDirty(page) && !page_maybe_dma_pinned(page) && page_count(page) == 1);
	end();
}

CCSAN_TEST(bug_unpinned)
{
	char *p = begin();
	struct page *page;

	CCSAN_CHECK(get(p, 1, 0, &page) == 1);
	unpin_user_page(page);
	put_page(page);
	end();
}

CCSAN_TEST(bug_no_lock)
{
	char *p = begin();
	struct page *page;

	CCSAN_CHECK(get_user_pages((unsigned long)p, 1, 0, &page, NULL) == 1);
	put_page(page);
	end();
}

CCSAN_TEST(bug_flags)
{
	char *p = begin();
	struct page *page;

	CCSAN_CHECK(get(p, 1, FOLL_PIN, &page) == -EINVAL);
	end();
}

CCSAN_TEST(bug_flush_of_null)
{
	flush_dcache_page(NULL);
}

CCSAN_TEST(bug_flush_of_freed)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	flush_dcache_page(page);
}

CCSAN_TEST(bug_fault_enable)
{
	pagefault_enable();
}

/* --- ptrace --- */

CCSAN_TEST(debugger)
{
	char *p = begin(), text[64];
	struct task_struct *task = ccsan_linux_task(user);

	ccsan_linux_leave();
	memset(text, 'd', sizeof(text));
	CCSAN_CHECK(access_process_vm(task, (unsigned long)p, text, 64, FOLL_WRITE) == 64);
	/* read-only: only by force, and into a copy */
	CCSAN_CHECK(access_process_vm(task, (unsigned long)p + PAGE_SIZE - 4, text, 8,
				      FOLL_WRITE) == 4);
	CCSAN_CHECK(access_process_vm(task, (unsigned long)p + PAGE_SIZE - 4, text, 8,
				      FOLL_WRITE | FOLL_FORCE) == 8);
	CCSAN_CHECK(access_process_vm(task, (unsigned long)p + 2 * PAGE_SIZE - 4, text, 8, 0) == 4);
	CCSAN_CHECK(generic_ptrace_pokedata(task, untagged_addr((unsigned long)p), 0x42) == 0);
	CCSAN_CHECK(generic_ptrace_pokedata(task, 0, 0x42) == -EIO);
	ccsan_linux_enter(user);
	CCSAN_CHECK(p[0] == 0x42 && p[1] == 0 && p[63] == 'd' && p[PAGE_SIZE + 3] == 'd');
	end();
}
