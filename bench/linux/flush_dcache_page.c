/* SPDX-License-Identifier: MIT */
/*
 * flush_dcache_page() of a page that the running process has mapped, among up to a million mappings
 * of other pages of the same file; the same for a page that k processes' mappings have. Prints
 * "what  mappings  ns per call".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <asm/cacheflush.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>

enum { ROUNDS = 200, MOST = 1000000, SHARERS = 64, FIRST_OTHER = 16 };

static struct inode *inode;
static struct file *file;
static struct page *page;
static struct vm_area_struct *others;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void measure(const char *what, unsigned mappings)
{
	double start = now();

	for (int i = 0; i < ROUNDS; i++)
		flush_dcache_page(page);
	printf("%s\t%u\t%.0f\n", what, mappings, (now() - start) / ROUNDS);
}

/* In the tree of the file like any mapping of one page. No page table knows of it, and no other
 * test of this program walks them. */
static void add_mapping(unsigned i)
{
	struct vm_area_struct *vma = &others[i];

	vma->vm_mm = current->mm;
	vma->vm_flags = VM_READ | VM_SHARED | VM_MAYREAD | VM_MAYSHARE;
	vma->vm_pgoff = FIRST_OTHER + i;
	vma->vm_start = (1ul << 32) + i * PAGE_SIZE;
	vma->vm_end = vma->vm_start + PAGE_SIZE;
	flush_dcache_mmap_lock(inode->i_mapping);
	vma_interval_tree_insert(vma, &inode->i_mapping->i_mmap);
	flush_dcache_mmap_unlock(inode->i_mapping);
}

static void remove_mappings(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		vma_interval_tree_remove(&others[i], &inode->i_mapping->i_mmap);
}

static void map_page(void)
{
	unsigned long at = vm_mmap(file, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);

	*(volatile char *)ccsan_user_pointer(current->mm, at) = 1;
}

static void among_others(void)
{
	unsigned mappings = 0;

	others = calloc(MOST, sizeof(*others));
	for (unsigned size = 1; others && size <= MOST; size *= 10) {
		for (; mappings < size; mappings++)
			add_mapping(mappings);
		measure("mapped once, others' mappings", size);
	}
	remove_mappings(mappings);
	free(others);
}

static void by_many(void)
{
	pid_t sharers[SHARERS];
	unsigned made = 1;

	for (unsigned size = 1; size <= SHARERS; size *= 4) {
		for (; made < size; made++) {
			sharers[made] = ccsan_linux_process_new("sharer");
			ccsan_linux_enter(sharers[made]);
			map_page();
			ccsan_linux_leave();
		}
		measure("its own mappings", size);
	}
	while (--made)
		ccsan_linux_end(sharers[made]);
}

int main(void)
{
	pid_t process;

	inode = ccsan_linux_testfs(16 * PAGE_SIZE, 0);
	file = ccsan_linux_open(inode, O_RDWR);
	process = ccsan_linux_process_new("maps");
	ccsan_linux_enter(process);
	page = read_mapping_page(inode->i_mapping, 0, NULL);
	map_page();
	among_others();
	by_many();
	put_page(page);
	ccsan_linux_leave();
	ccsan_linux_end(process);
	filp_close(file, NULL);
	ccsan_linux_testfs_free(inode);
	return 0;
}
