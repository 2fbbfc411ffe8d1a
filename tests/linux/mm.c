/* SPDX-License-Identifier: MIT */
/* Address spaces: mapping, faults, copies, fork, reverse maps. ok_… is silent on every CPU; bug_…
 * makes the finding that mm.expect says. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>
#include <linux/syscalls.h>

#define ANYWHERE 0

static char *map_anonymous(size_t pages)
{
	unsigned long p = sys_mmap(ANYWHERE, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);

	CCSAN_CHECK(!IS_ERR_VALUE(p));
	return (char *)p;
}

/* Where another process has what this one has at `p`. */
static char *here(const char *p)
{
	return ccsan_user_pointer(current->mm, untagged_addr((unsigned long)p));
}

static void enter_new(const char *name)
{
	pid_t pid = ccsan_linux_process_new(name);

	CCSAN_CHECK(pid > 0);
	ccsan_linux_enter(pid);
}

static void leave_and_end(void)
{
	pid_t pid = current->tgid;

	ccsan_linux_leave();
	ccsan_linux_end(pid);
}

static void fill(char *p, size_t pages, char with)
{
	for (size_t i = 0; i < pages; i++)
		memset(p + i * PAGE_SIZE, with + (char)i, PAGE_SIZE);
}

static bool has(const char *p, size_t pages, char with)
{
	for (size_t i = 0; i < pages; i++)
		if (p[i * PAGE_SIZE] != (char)(with + (char)i) ||
		    p[(i + 1) * PAGE_SIZE - 1] != (char)(with + (char)i))
			return false;
	return true;
}

/* --- mapping --- */

CCSAN_TEST(ok_anonymous)
{
	char *p;

	enter_new("one");
	p = map_anonymous(3);
	CCSAN_CHECK(p[0] == 0);
	p[0] = 1;
	CCSAN_CHECK(p[0] == 1 && p[1] == 0);
	fill(p, 3, 'a');
	CCSAN_CHECK(has(p, 3, 'a'));
	CCSAN_CHECK(current->mm->map_count == 1 && current->mm->total_vm == 3);
	leave_and_end();
}

CCSAN_TEST(ok_accesses_across_pages)
{
	unsigned long value = 0x0102030405060708, back;
	char *p;

	enter_new("one");
	p = map_anonymous(2);
	memcpy(p + PAGE_SIZE - 3, &value, sizeof(value));
	memcpy(&back, p + PAGE_SIZE - 3, sizeof(back));
	CCSAN_CHECK(back == value);
	leave_and_end();
}

CCSAN_TEST(ok_unmapped_is_zero_again)
{
	char *p, *again;

	enter_new("one");
	p = map_anonymous(2);
	fill(p, 2, 'a');
	CCSAN_CHECK(sys_munmap((unsigned long)p, 2 * PAGE_SIZE) == 0);
	CCSAN_CHECK(!current->mm->mmap);
	again = map_anonymous(2);
	CCSAN_CHECK(again == p && again[0] == 0 && again[PAGE_SIZE] == 0);
	leave_and_end();
}

CCSAN_TEST(ok_neighbours_become_one)
{
	unsigned long page, p;

	enter_new("one");
	page = PAGE_SIZE;
	p = (unsigned long)map_anonymous(4);
	fill((char *)p, 4, 'a');
	CCSAN_CHECK(current->mm->map_count == 1);
	CCSAN_CHECK(sys_mprotect(p + page, 2 * page, PROT_READ) == 0);
	CCSAN_CHECK(current->mm->map_count == 3);
	CCSAN_CHECK(has((char *)p, 4, 'a'));
	CCSAN_CHECK(sys_mprotect(p + page, page, PROT_READ | PROT_WRITE) == 0);
	CCSAN_CHECK(current->mm->map_count == 3);
	CCSAN_CHECK(sys_mprotect(p + 2 * page, page, PROT_READ | PROT_WRITE) == 0);
	CCSAN_CHECK(current->mm->map_count == 1);
	fill((char *)p, 4, 'k');
	CCSAN_CHECK(sys_munmap(p + page, page) == 0);
	CCSAN_CHECK(current->mm->map_count == 2 && current->mm->total_vm == 3);
	CCSAN_CHECK(sys_mmap(p + page, page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0) == p + page);
	CCSAN_CHECK(current->mm->map_count == 1);
	CCSAN_CHECK(((char *)p)[page] == 0 && ((char *)p)[2 * page] == 'm');
	leave_and_end();
}

CCSAN_TEST(ok_holes_are_found)
{
	unsigned long page, p[8];

	enter_new("one");
	page = PAGE_SIZE;
	for (int i = 0; i < 8; i++)
		p[i] = sys_mmap(ANYWHERE, page, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);
	CCSAN_CHECK(current->mm->map_count == 8);
	CCSAN_CHECK(sys_munmap(p[2], page) == 0 && sys_munmap(p[5], 2 * page) == 0);
	CCSAN_CHECK(sys_mmap(ANYWHERE, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0) ==
		    p[5]);
	CCSAN_CHECK(sys_mmap(ANYWHERE, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0) == p[2]);
	CCSAN_CHECK(sys_mmap(ANYWHERE, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0) ==
		    p[7] + page);
	CCSAN_CHECK(find_vma(current->mm, p[3] + 1)->vm_start == untagged_addr(p[3]));
	CCSAN_CHECK(!find_vma(current->mm, p[7] + 3 * page));
	leave_and_end();
}

CCSAN_TEST(ok_wrong_arguments)
{
	const unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS;
	unsigned long page, p;

	enter_new("one");
	page = PAGE_SIZE;
	p = (unsigned long)map_anonymous(2);
	CCSAN_CHECK(sys_mmap(0, 0, PROT_READ, flags, 0, 0) == (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_mmap(0, -1ul, PROT_READ, flags, 0, 0) == (unsigned long)-ENOMEM);
	CCSAN_CHECK(sys_mmap(0, TASK_SIZE + page, PROT_READ, flags, 0, 0) ==
		    (unsigned long)-ENOMEM);
	CCSAN_CHECK(sys_mmap(0, page, PROT_READ, MAP_ANONYMOUS, 0, 0) == (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_mmap(0, page, PROT_READ, flags, 0, 1) == (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_mmap(0, page, PROT_READ, MAP_PRIVATE, 7, 0) == (unsigned long)-EBADF);
	CCSAN_CHECK(sys_mmap(p, page, PROT_READ, flags | MAP_FIXED_NOREPLACE, 0, 0) ==
		    (unsigned long)-EEXIST);
	CCSAN_CHECK(sys_mmap(p + 1, page, PROT_READ, flags | MAP_FIXED, 0, 0) ==
		    (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_mmap(TASK_SIZE, page, PROT_READ, flags | MAP_FIXED, 0, 0) ==
		    (unsigned long)-ENOMEM);
	CCSAN_CHECK(sys_munmap(p + 1, page) == -EINVAL && sys_munmap(p, 0) == -EINVAL);
	CCSAN_CHECK(sys_munmap(0, -page) == -EINVAL);
	CCSAN_CHECK(sys_munmap(p + 8 * page, page) == 0);
	CCSAN_CHECK(sys_mprotect(p + 1, page, PROT_READ) == -EINVAL);
	CCSAN_CHECK(sys_mprotect(p, 3 * page, PROT_READ) == -ENOMEM);
	CCSAN_CHECK(sys_mprotect(p, page, 0x100) == -EINVAL);
	CCSAN_CHECK(sys_mremap(p + 1, page, page, 0, 0) == (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_mremap(p + 8 * page, page, 2 * page, 0, 0) == (unsigned long)-EFAULT);
	CCSAN_CHECK(sys_mremap(p, page, 3 * page, 0, 0) == (unsigned long)-ENOMEM);
	CCSAN_CHECK(sys_mremap(p, page, page, MREMAP_FIXED, p) == (unsigned long)-EINVAL);
	CCSAN_CHECK(sys_msync(p, 3 * page, MS_SYNC) == -ENOMEM);
	CCSAN_CHECK(sys_msync(p, page, MS_SYNC | MS_ASYNC) == -EINVAL);
	leave_and_end();
}

CCSAN_TEST(ok_mremap)
{
	unsigned long page, old, p, to;

	enter_new("one");
	page = PAGE_SIZE;
	p = (unsigned long)map_anonymous(3);
	fill((char *)p, 3, 'a');
	CCSAN_CHECK(sys_mremap(p, 3 * page, 5 * page, 0, 0) == p);
	CCSAN_CHECK(has((char *)p, 3, 'a') && ((char *)p)[4 * page] == 0);
	sys_mmap(p + 5 * page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0);
	fill((char *)p, 5, 'b');
	old = p;
	p = sys_mremap(old, 5 * page, 7 * page, MREMAP_MAYMOVE, 0);
	CCSAN_CHECK(p == old + 6 * page);
	CCSAN_CHECK(has((char *)p, 5, 'b') && ((char *)p)[5 * page] == 0);
	to = old;
	CCSAN_CHECK(sys_mremap(p + page, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
		    to);
	CCSAN_CHECK(has((char *)to, 2, 'c') && ((char *)p)[0] == 'b');
	CCSAN_CHECK(!ccsan_vma_around(current->mm, p + page));
	CCSAN_CHECK(sys_mremap(p + 3 * page, 4 * page, page, 0, 0) == p + 3 * page);
	CCSAN_CHECK(has((char *)p + 3 * page, 1, 'e'));
	leave_and_end();
}

/* --- processes --- */

CCSAN_TEST(ok_same_address_in_two_processes)
{
	pid_t one = ccsan_linux_process_new("one"), other = ccsan_linux_process_new("other");
	char *p, *q;

	ccsan_linux_enter(one);
	p = map_anonymous(1);
	ccsan_linux_leave();
	ccsan_linux_enter(other);
	q = map_anonymous(1);
	ccsan_linux_leave();
	CCSAN_CHECK(p != q && untagged_addr((unsigned long)p) == untagged_addr((unsigned long)q));
	for (int i = 1; i < 4; i++) {
		ccsan_linux_enter(one);
		CCSAN_CHECK(p[0] == i - 1);
		p[0] = (char)i;
		ccsan_linux_leave();
		ccsan_linux_enter(other);
		CCSAN_CHECK(q[0] == 20 * (i - 1));
		q[0] = (char)(20 * i);
		ccsan_linux_leave();
	}
	ccsan_linux_end(one);
	ccsan_linux_end(other);
}

CCSAN_TEST(ok_fork_copies_on_write)
{
	pid_t child;
	char *p, *q;

	enter_new("parent");
	p = map_anonymous(3);
	fill(p, 3, 'a');
	child = ccsan_linux_fork_new();
	CCSAN_CHECK(child > 0);
	p[0] = 'P';
	ccsan_linux_enter(child);
	q = here(p);
	CCSAN_CHECK(q != p && has(q, 3, 'a'));
	q[PAGE_SIZE] = 'C';
	CCSAN_CHECK(q[PAGE_SIZE + 1] == 'b');
	ccsan_linux_leave();
	CCSAN_CHECK(p[0] == 'P' && p[PAGE_SIZE] == 'b');
	p[PAGE_SIZE] = 'Q';
	ccsan_linux_enter(child);
	CCSAN_CHECK(q[0] == 'a' && q[PAGE_SIZE] == 'C');
	ccsan_linux_leave();
	ccsan_linux_end(child);
	p[2 * PAGE_SIZE] = 'R'; /* alone again: no copy */
	CCSAN_CHECK(p[2 * PAGE_SIZE] == 'R' && p[2 * PAGE_SIZE + 1] == 'c');
	leave_and_end();
}

/* Each one forked by the last; who is in between ends. */
CCSAN_TEST(ok_generations)
{
	pid_t next, now = ccsan_linux_process_new("first");
	char *p, *q;

	ccsan_linux_enter(now);
	p = map_anonymous(2);
	fill(p, 2, 'a');
	for (char i = 1; i < 6; i++) {
		next = ccsan_linux_fork_new();
		CCSAN_CHECK(next > 0);
		ccsan_linux_leave();
		ccsan_linux_end(now);
		ccsan_linux_enter(next);
		now = next;
		q = here(p);
		CCSAN_CHECK(q[0] == 'a' + i - 1 && q[PAGE_SIZE] == 'b');
		q[0]++;
	}
	leave_and_end();
}

static int child(void *argument)
{
	char *p = here(argument);

	p[0]++;
	return p[0] + p[1];
}

static int parent(void *argument)
{
	char *p = map_anonymous(1);
	pid_t pid;

	p[0] = 1;
	p[1] = *(char *)argument;
	pid = ccsan_linux_fork(child, p);
	CCSAN_CHECK(pid > 0 && ccsan_linux_wait(pid) == 2 + *(char *)argument);
	CCSAN_CHECK(p[0] == 1);
	CCSAN_CHECK(ccsan_linux_wait(pid) == -ECHILD);
	sys_exit(p[1]);
}

CCSAN_TEST(ok_processes_that_run)
{
	char five = 5;
	pid_t pid = ccsan_linux_process("parent", 0, parent, &five);

	CCSAN_CHECK(pid > 0 && ccsan_linux_wait(pid) == 5);
	CCSAN_CHECK(!ccsan_linux_task(pid));
}

static int add_one(void *argument)
{
	char *p = argument;

	for (int i = 0; i < 3; i++)
		p[64 * (sys_getpid() == current->pid)]++;
	return 0;
}

static int with_threads(void *argument)
{
	char *p = map_anonymous(1);
	pid_t threads[2];

	(void)argument;
	for (int i = 0; i < 2; i++)
		threads[i] = ccsan_linux_thread("thread", i, add_one, p);
	for (int i = 0; i < 2; i++)
		CCSAN_CHECK(ccsan_linux_wait(threads[i]) == 0);
	CCSAN_CHECK(p[0] == 6);
	return 7;
}

CCSAN_TEST(ok_threads_share_memory)
{
	CCSAN_CHECK(ccsan_linux_wait(ccsan_linux_process("main", 0, with_threads, NULL)) == 7);
}

CCSAN_TEST(ok_kernel_thread_in_a_process)
{
	pid_t pid = ccsan_linux_process_new("one");
	struct mm_struct *mm = get_task_mm(ccsan_linux_task(pid));
	char *p;

	ccsan_linux_enter(pid);
	p = map_anonymous(1);
	p[0] = 'a';
	ccsan_linux_leave();
	kthread_use_mm(mm);
	CCSAN_CHECK(p[0] == 'a');
	p[1] = 'b';
	kthread_unuse_mm(mm);
	mmput(mm);
	ccsan_linux_end(pid);
}

/* --- files --- */

static char *map_file(struct file *file, size_t pages, unsigned long flags, size_t first)
{
	unsigned long at = vm_mmap(file, 0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, flags,
				   first * PAGE_SIZE);

	CCSAN_CHECK(!IS_ERR_VALUE(at));
	return ccsan_user_pointer(current->mm, at);
}

CCSAN_TEST(ok_shared_between_processes)
{
	pid_t other;
	char *p, *q;

	enter_new("one");
	p = (char *)sys_mmap(ANYWHERE, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, 0, 0);
	p[0] = 'a';
	other = ccsan_linux_fork_new();
	ccsan_linux_enter(other);
	q = here(p);
	CCSAN_CHECK(q[0] == 'a' && q[PAGE_SIZE] == 0);
	q[PAGE_SIZE] = 'b';
	ccsan_linux_leave();
	CCSAN_CHECK(p[PAGE_SIZE] == 'b');
	p[0] = 'c';
	ccsan_linux_enter(other);
	CCSAN_CHECK(q[0] == 'c');
	ccsan_linux_leave();
	ccsan_linux_end(other);
	leave_and_end();
}

/* Two processes have a file at different addresses. */
CCSAN_TEST(ok_file_in_two_processes)
{
	struct file *file = shmem_file_setup("file", (loff_t)(4 * PAGE_SIZE), 0);
	pid_t pids[2] = { ccsan_linux_process_new("one"), ccsan_linux_process_new("other") };
	char *p[2];

	for (int i = 0; i < 2; i++) {
		ccsan_linux_enter(pids[i]);
		map_anonymous((size_t)i + 1);
		p[i] = map_file(file, (size_t)(4 - i), MAP_SHARED, (size_t)i);
		ccsan_linux_leave();
	}
	for (int round = 0; round < 8; round++) {
		int i = round & 1;

		ccsan_linux_enter(pids[i]);
		CCSAN_CHECK(p[i][PAGE_SIZE * (size_t)!i] == round);
		p[i][PAGE_SIZE * (size_t)!i] = (char)(round + 1);
		ccsan_linux_leave();
	}
	for (int i = 0; i < 2; i++)
		ccsan_linux_end(pids[i]);
	fput(file);
}

/* Mappings of one page at two addresses of one process, and of another. Where no flush helps the
 * port makes them uncached, and that is not enough on `worst`: its outer cache fetches through
 * other processes' mappings by itself. */
CCSAN_TEST(ok_not_on_worst_two_addresses_in_one_process)
{
	struct file *file = shmem_file_setup("file", (loff_t)(4 * PAGE_SIZE), 0);
	pid_t pids[2] = { ccsan_linux_process_new("one"), ccsan_linux_process_new("other") };
	char *p[2][2];

	for (int i = 0; i < 2; i++) {
		ccsan_linux_enter(pids[i]);
		map_anonymous((size_t)i + 1);
		p[i][0] = map_file(file, 4, MAP_SHARED, 0);
		p[i][1] = map_file(file, 2, MAP_SHARED, 1);
		ccsan_linux_leave();
	}
	for (int round = 0; round < 8; round++) {
		int i = round & 1, j = round >> 1 & 1;

		ccsan_linux_enter(pids[i]);
		CCSAN_CHECK(p[i][!j][PAGE_SIZE * (size_t)j] == round);
		p[i][j][PAGE_SIZE * (size_t)!j] = (char)(round + 1);
		ccsan_linux_leave();
	}
	for (int i = 0; i < 2; i++)
		ccsan_linux_end(pids[i]);
	fput(file);
}

CCSAN_TEST(ok_private_copy_of_a_file)
{
	struct file *file = shmem_file_setup("file", (loff_t)(2 * PAGE_SIZE), 0);
	char *shared, *private;

	enter_new("one");
	shared = map_file(file, 2, MAP_SHARED, 0);
	private = map_file(file, 2, MAP_PRIVATE, 0);
	fill(shared, 2, 'a');
	CCSAN_CHECK(sys_munmap((unsigned long)shared, 2 * PAGE_SIZE) == 0);
	CCSAN_CHECK(has(private, 2, 'a'));
	private[0] = 'X'; /* copied after it was read */
	CCSAN_CHECK(private[1] == 'a');
	shared = map_file(file, 2, MAP_SHARED, 0);
	CCSAN_CHECK(shared[0] == 'a');
	shared[1] = 'Y';
	CCSAN_CHECK(private[1] == 'a');
	CCSAN_CHECK(sys_munmap((unsigned long)private, 2 * PAGE_SIZE) == 0);
	private = map_file(file, 2, MAP_PRIVATE, 0);
	private[PAGE_SIZE] = 'Z'; /* copied at once */
	CCSAN_CHECK(private[PAGE_SIZE + 1] == 'b' && shared[PAGE_SIZE] == 'b');
	leave_and_end();
	fput(file);
}

/* --- reverse maps --- */

static struct page *page_at(struct mm_struct *mm, unsigned long address)
{
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t *pte;

	if (!follow_pte(mm, address, &pte, &ptl)) {
		page = pte_page(*pte);
		pte_unmap_unlock(pte, ptl);
	}
	CCSAN_CHECK(page);
	return page;
}

static bool count_one(struct page *page, struct vm_area_struct *vma, unsigned long address,
		      void *arg)
{
	*(int *)arg += page_mapped_in_vma(page, vma);
	(void)address;
	return true;
}

static int count_entries(struct page *page)
{
	int count = 0;
	struct rmap_walk_control rwc = { .arg = &count, .rmap_one = count_one };

	rmap_walk(page, &rwc);
	return count;
}

CCSAN_TEST(ok_who_maps_an_anonymous_page)
{
	pid_t children[3];
	struct page *page, *copy;
	char *p;

	enter_new("parent");
	p = map_anonymous(8);
	fill(p, 8, 'a');
	page = page_at(current->mm, (unsigned long)p + 3 * PAGE_SIZE);
	CCSAN_CHECK(PageAnon(page) && page_mapcount(page) == 1 && count_entries(page) == 1);
	for (int i = 0; i < 3; i++)
		children[i] = ccsan_linux_fork_new();
	CCSAN_CHECK(page_mapcount(page) == 4 && count_entries(page) == 4);
	ccsan_linux_enter(children[1]);
	here(p)[3 * PAGE_SIZE] = 'X';
	copy = page_at(current->mm, (unsigned long)p + 3 * PAGE_SIZE);
	CCSAN_CHECK(copy != page && count_entries(copy) == 1);
	CCSAN_CHECK(sys_munmap((unsigned long)p, 3 * PAGE_SIZE) == 0);
	CCSAN_CHECK(count_entries(copy) == 1 && count_entries(page) == 3);
	ccsan_linux_leave();
	for (int i = 0; i < 3; i++)
		ccsan_linux_end(children[i]);
	CCSAN_CHECK(page_mapcount(page) == 1 && count_entries(page) == 1);
	CCSAN_CHECK(!IS_ERR_VALUE(sys_mremap((unsigned long)p, 8 * PAGE_SIZE, 9 * PAGE_SIZE,
					     MREMAP_MAYMOVE | MREMAP_FIXED,
					     (unsigned long)p + 64 * PAGE_SIZE)));
	CCSAN_CHECK(count_entries(page) == 1);
	leave_and_end();
}

CCSAN_TEST(ok_who_maps_a_page_of_a_file)
{
	struct file *file = shmem_file_setup("file", (loff_t)(8 * PAGE_SIZE), 0);
	struct page *page;
	pid_t pids[5];
	char *p;

	for (int i = 0; i < 5; i++) {
		pids[i] = ccsan_linux_process_new("one");
		ccsan_linux_enter(pids[i]);
		p = map_file(file, 3, MAP_SHARED, (size_t)i);
		p[0] = 'a';
		p[PAGE_SIZE] = 'b';
		page = page_at(current->mm, (unsigned long)p);
		ccsan_linux_leave();
	}
	CCSAN_CHECK(page->index == 4 && page_mapcount(page) == 2);
	lock_page(page);
	CCSAN_CHECK(count_entries(page) == 2);
	CCSAN_CHECK(page_mkclean(page) == 2 && page_mkclean(page) == 0);
	unlock_page(page);
	ccsan_linux_enter(pids[4]);
	p[0] = 'c';
	ccsan_linux_leave();
	lock_page(page);
	CCSAN_CHECK(page_mkclean(page) == 1);
	CCSAN_CHECK(try_to_unmap(page, 0) && !page_mapped(page));
	CCSAN_CHECK(PageDirty(page));
	unlock_page(page);
	ccsan_linux_enter(pids[4]);
	CCSAN_CHECK(p[0] == 'c');
	ccsan_linux_leave();
	for (int i = 0; i < 5; i++)
		ccsan_linux_end(pids[i]);
	fput(file);
}

/* --- memory runs out --- */

static void whole_life(void)
{
	pid_t pid = ccsan_linux_process_new("one"), forked = 0;
	unsigned long p;

	if (pid < 0)
		return;
	ccsan_linux_enter(pid);
	p = sys_mmap(0, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, 0, 0);
	if (!IS_ERR_VALUE(p)) {
		forked = ccsan_linux_fork_new();
		sys_mprotect(p + PAGE_SIZE, PAGE_SIZE, PROT_READ);
		sys_mremap(p, PAGE_SIZE, 9 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
		sys_munmap(p + 2 * PAGE_SIZE, PAGE_SIZE);
	}
	if (forked > 0)
		ccsan_linux_end(forked);
	leave_and_end();
}

CCSAN_TEST(ok_every_allocation_fails_once)
{
	unsigned long before;

	whole_life();
	before = nr_free_pages();
	for (unsigned int nth = 1; nth < 80; nth++) {
		ccsan_linux_fail_allocation(nth);
		whole_life();
		ccsan_linux_fail_allocation(0);
		CCSAN_CHECK(nr_free_pages() == before);
	}
}

/* --- what must be found --- */

CCSAN_TEST(bug_write_to_read_only)
{
	char *p;

	enter_new("one");
	p = map_anonymous(1);
	p[0] = 1;
	CCSAN_CHECK(sys_mprotect((unsigned long)p, PAGE_SIZE, PROT_READ) == 0);
	p[0] = 2;
}

CCSAN_TEST(bug_leave_without_enter)
{
	ccsan_linux_leave();
}

CCSAN_TEST(bug_fork_in_no_process)
{
	CCSAN_CHECK(ccsan_linux_fork_new() < 0);
}
