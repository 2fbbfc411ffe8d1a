/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: a fault, a page in fork(), a page's mappings among many others of its file.
 *
 * An alias is a mapping of the host, of which a process may have 65530; neighbours with
 * neighbouring frames are one. So pages are touched in order, and the mappings of the last question
 * are VMAs without pages.
 *
 * Sizes end where a fault takes more than a millisecond. That is the engine's: where tags are
 * virtual, a flush at an address looks at every frame that was ever mapped there, and all pages are
 * cleared through the same slot of kmap_atomic().
 *
 * usage: mm [MOST_PAGES [MOST_MAPPINGS]]
 */
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <stdlib.h>

#include "measure.h"

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "mm: %s failed\n", what);
	exit(1);
}

static volatile char *map_pages(unsigned long pages)
{
	unsigned long p = sys_mmap(0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);

	check(!IS_ERR_VALUE(p), "mmap()");
	return (volatile char *)p;
}

/* Return: nanoseconds of a fault. */
static double faults_and_fork(unsigned long pages)
{
	pid_t pid = ccsan_linux_process_new("bench"), child;
	double begun, fault;
	volatile char *p;

	check(pid > 0, "a process");
	ccsan_linux_enter(pid);
	p = map_pages(pages);
	begun = measure_now();
	for (unsigned long i = 0; i < pages; i++)
		p[i * PAGE_SIZE] = 1;
	fault = (measure_now() - begun) / (double)pages;
	measure_tell("fault, of so many pages", pages, begun, pages);
	begun = measure_now();
	child = ccsan_linux_fork_new();
	check(child > 0, "fork()");
	measure_tell("fork, each of so many pages", pages, begun, pages);
	ccsan_linux_end(child);
	begun = measure_now();
	check(!sys_munmap((unsigned long)p, pages * PAGE_SIZE), "munmap()");
	measure_tell("munmap, each of so many pages", pages, begun, pages);
	ccsan_linux_leave();
	ccsan_linux_end(pid);
	return fault;
}

/* So many other pages of the file are mapped, each once. */
static void find_among(struct rb_root_cached *i_mmap, unsigned long mappings)
{
	enum { LOOKS = 20000 };
	struct vm_area_struct *vma;
	unsigned long seed = 1, found = 0;
	double begun = measure_now();

	for (int i = 0; i < LOOKS; i++) {
		unsigned long page;

		seed = seed * 6364136223846793005 + 1442695040888963407;
		page = (seed >> 33) % mappings;
		vma_interval_tree_foreach (vma, i_mmap, page, page)
			found++;
	}
	check(found == LOOKS, "finding the one mapping");
	measure_tell("finding a page's mapping, of so many", mappings, begun, LOOKS);
}

static void many_mappings(unsigned long most)
{
	struct rb_root_cached i_mmap = RB_ROOT_CACHED;
	struct vm_area_struct *vmas = calloc(most, sizeof(*vmas));

	check(vmas, "memory for the mappings");
	for (unsigned long i = 0; i < most; i++) {
		vmas[i].vm_start = 0x10000000;
		vmas[i].vm_end = vmas[i].vm_start + PAGE_SIZE;
		vmas[i].vm_pgoff = i;
		vma_interval_tree_insert(&vmas[i], &i_mmap);
		if (i + 1 == 1 || i + 1 == 100 || i + 1 == 10000 || i + 1 == most)
			find_among(&i_mmap, i + 1);
	}
	free(vmas);
}

int main(int argc, char **argv)
{
	unsigned long most_pages = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
	unsigned long most_mappings = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000000;

	ccsan_linux_param("mem=960M");
	for (unsigned long pages = 100; pages <= most_pages; pages *= 10)
		if (faults_and_fork(pages) > 1e6)
			break;
	many_mappings(most_mappings);
	return 0;
}
