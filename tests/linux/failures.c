/* SPDX-License-Identifier: MIT */
/*
 * Every allocation of a workload fails once: the n-th one in the n-th round, until there is no n-th
 * one. Nothing crashes, nothing is found, nothing leaks, and afterwards everything works. User
 * memory is touched by copies of the kernel's, which can fail; a process's own access would end it.
 */
#include "fuse_daemon.h"

#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <ccsan/thread.h>
#include <linux/dcache.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ROUNDS = 2000 };

/** @param work returns 0, or a negative error, which must be -ENOMEM or follow from it */
static void fail_each(int (*work)(void))
{
	unsigned long pages, objects;
	unsigned int before, n;
	int error;

	/* caches that fill once */
	for (n = 0; n < 2; n++) {
		error = work();
		CCSAN_CHECK(!error);
	}
	pages = nr_free_pages();
	objects = ccsan_linux_live_objects();
	for (n = 1; n < MOST_ROUNDS; n++) {
		before = ccsan_linux_allocations();
		ccsan_linux_fail_allocation(n);
		error = work();
		ccsan_linux_fail_allocation(0);
		if (ccsan_is_atomic()) {
			fprintf(stderr, "allocation %u: a lock is still held\n", n);
			CCSAN_CHECK(!"a lock is held");
			return;
		}
		if (nr_free_pages() < pages || ccsan_linux_live_objects() > objects) {
			fprintf(stderr, "allocation %u: %lu pages and %lu objects are lost\n", n,
				pages - nr_free_pages(), ccsan_linux_live_objects() - objects);
			CCSAN_CHECK(!"a leak");
			pages = nr_free_pages();
			objects = ccsan_linux_live_objects();
		}
		if (ccsan_linux_allocations() - before < n)
			break;
		if (error && error != -ENOMEM && error != -EFAULT && error != -EIO) {
			fprintf(stderr, "allocation %u: error %d\n", n, error);
			CCSAN_CHECK(!"another error");
		}
	}
	CCSAN_CHECK(n > 1 && n < MOST_ROUNDS);
	CCSAN_CHECK(!error);
	CCSAN_CHECK(!work());
	CCSAN_CHECK(nr_free_pages() == pages && ccsan_linux_live_objects() == objects);
}

static unsigned long anonymous(unsigned long pages)
{
	return sys_mmap(0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1ul, 0);
}

/** Stores a byte as the kernel does for a process. */
static int put(unsigned long at, char byte)
{
	return copy_to_user((char *)at, &byte, 1) ? -EFAULT : 0;
}

/* --- processes --- */

static int use_memory(unsigned long p)
{
	int error = put(p, 'a');

	if (!error)
		error = put(p + 3 * PAGE_SIZE, 'b');
	if (!error)
		error = (int)sys_mprotect(p + PAGE_SIZE, PAGE_SIZE, PROT_READ);
	if (!error)
		error = (int)sys_munmap(p + 2 * PAGE_SIZE, PAGE_SIZE);
	return error;
}

static int share_and_copy(unsigned long p)
{
	pid_t child = ccsan_linux_fork_new();
	int error;

	if (child < 0)
		return child;
	error = put(p, 'c');
	ccsan_linux_enter(child);
	if (!error)
		error = put(p, 'd');
	ccsan_linux_leave();
	ccsan_linux_end(child);
	return error;
}

static int move(unsigned long p)
{
	unsigned long to = sys_mremap(p, PAGE_SIZE, 8 * PAGE_SIZE, MREMAP_MAYMOVE, 0);

	return IS_ERR_VALUE(to) ? (int)to : put(to + 7 * PAGE_SIZE, 'e');
}

static int processes(void)
{
	pid_t pid = ccsan_linux_process_new("user");
	unsigned long p;
	int error;

	if (pid < 0)
		return pid;
	ccsan_linux_enter(pid);
	p = anonymous(4);
	error = IS_ERR_VALUE(p) ? (int)p : use_memory(p);
	if (!error)
		error = share_and_copy(p);
	if (!error)
		error = move(p);
	ccsan_linux_leave();
	ccsan_linux_end(pid);
	return error;
}

CCSAN_TEST(ok_processes)
{
	fail_each(processes);
}

/* --- files --- */

static int read_and_write(int fd, unsigned long p)
{
	long n = sys_write((unsigned)fd, (char *)p, 3 * PAGE_SIZE - 5);

	if (n >= 0)
		n = sys_pread64((unsigned)fd, (char *)p, PAGE_SIZE, 100);
	if (n >= 0)
		n = sys_fsync((unsigned)fd);
	return n < 0 ? (int)n : 0;
}

static int map_file(int fd)
{
	unsigned long p = sys_mmap(0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				   (unsigned long)fd, 0);
	int error;

	if (IS_ERR_VALUE(p))
		return (int)p;
	error = put(p + PAGE_SIZE, 'm');
	if (!error)
		error = (int)sys_msync(p, 2 * PAGE_SIZE, MS_SYNC);
	sys_munmap(p, 2 * PAGE_SIZE);
	return error;
}

static int use_file(struct inode *inode, int flags)
{
	unsigned long p = anonymous(3);
	int fd = ccsan_linux_open_fd(inode, O_RDWR | flags), error;

	if (fd < 0)
		return fd;
	error = IS_ERR_VALUE(p) ? (int)p : 0;
	if (!error && flags & O_DIRECT)
		error = (int)sys_pread64((unsigned)fd, (char *)p, PAGE_SIZE, 0);
	else if (!error)
		error = read_and_write(fd, p);
	if (error >= 0 && !(flags & O_DIRECT))
		error = map_file(fd);
	sys_close((unsigned)fd);
	return error < 0 ? error : 0;
}

static int files(void)
{
	struct inode *inode = ccsan_linux_testfs(4 * PAGE_SIZE, 0);
	pid_t pid;
	int error;

	if (!inode)
		return -ENOMEM;
	pid = ccsan_linux_process_new("user");
	if (pid < 0) {
		ccsan_linux_testfs_free(inode);
		return pid;
	}
	ccsan_linux_enter(pid);
	error = use_file(inode, 0);
	if (!error)
		error = use_file(inode, O_DIRECT);
	ccsan_linux_leave();
	ccsan_linux_end(pid);
	ccsan_linux_testfs_free(inode);
	return error;
}

CCSAN_TEST(ok_files)
{
	fail_each(files);
}

/* --- the kernel's mappings --- */

static int use_mappings(struct page **pages)
{
	char *p = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	char *q;

	if (!p)
		return -ENOMEM;
	p[PAGE_SIZE] = 'v';
	flush_kernel_vmap_range(p, (int)(2 * PAGE_SIZE));
	vunmap(p);
	q = vm_map_ram(pages, 2, -1);
	if (!q)
		return -ENOMEM;
	q[0] = 'r';
	flush_kernel_vmap_range(q, (int)(2 * PAGE_SIZE));
	vm_unmap_ram(q, 2);
	p = kmap(pages[1]);
	p[0] = 'k';
	kunmap(pages[1]);
	p = vmalloc(3 * PAGE_SIZE);
	if (!p)
		return -ENOMEM;
	p[2 * PAGE_SIZE] = 'x';
	vfree(p);
	return 0;
}

static int kernel_mappings(void)
{
	struct page *pages[2] = { alloc_page(GFP_HIGHUSER), NULL };
	int error = -ENOMEM;

	if (pages[0])
		pages[1] = alloc_page(GFP_HIGHUSER);
	if (pages[1])
		error = use_mappings(pages);
	vm_unmap_aliases(); /* what was unmapped is purged lazily */
	if (pages[1])
		__free_page(pages[1]);
	if (pages[0])
		__free_page(pages[0]);
	return error;
}

CCSAN_TEST(ok_kernel_mappings)
{
	fail_each(kernel_mappings);
}

/* --- DMA --- */

static int dma(void)
{
	static u64 mask = DMA_BIT_MASK(32);
	static struct device nic = { .init_name = "nic0",
				     .dma_mask = &mask,
				     .coherent_dma_mask = DMA_BIT_MASK(32) };
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at, ring_at;
	char *ring;

	if (!page)
		return -ENOMEM;
	at = dma_map_page(&nic, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	if (dma_mapping_error(&nic, at)) {
		__free_page(page);
		return -ENOMEM;
	}
	dma_unmap_page(&nic, at, PAGE_SIZE, DMA_FROM_DEVICE);
	__free_page(page);
	ring = dma_alloc_coherent(&nic, 2 * PAGE_SIZE, &ring_at, GFP_KERNEL);
	if (!ring)
		return -ENOMEM;
	dma_free_coherent(&nic, 2 * PAGE_SIZE, ring, ring_at);
	return 0;
}

CCSAN_TEST(ok_dma)
{
	fail_each(dma);
}

/* --- threads --- */

static int wait_for_the_end(void *data)
{
	(void)data;
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static void count(struct work_struct *work)
{
	(void)work;
}

static int threads(void)
{
	struct workqueue_struct *queue = alloc_workqueue("test", 0, 0);
	struct work_struct work;
	struct task_struct *task;

	if (!queue)
		return -ENOMEM;
	INIT_WORK(&work, count);
	queue_work(queue, &work);
	flush_workqueue(queue);
	destroy_workqueue(queue);
	task = kthread_run(wait_for_the_end, NULL, "thread");
	if (IS_ERR(task))
		return (int)PTR_ERR(task);
	kthread_stop(task);
	return 0;
}

CCSAN_TEST(ok_threads)
{
	fail_each(threads);
}

/* --- FUSE: the daemon's allocations fail as well --- */

static struct fuse_daemon d;

static int make_file(void)
{
	struct dentry *dentry = d_alloc_name(d.root, "file");
	struct inode *dir = d.root->d_inode;
	int error = -ENOMEM, fd;
	unsigned long p;

	if (!dentry)
		return -ENOMEM;
	error = dir->i_op->create(dir, dentry, S_IFREG | 0644, true);
	if (!error) {
		fd = ccsan_linux_open_fd(dentry->d_inode, O_RDWR);
		p = fd < 0 ? 0 : anonymous(3);
		error = fd < 0 ? fd : IS_ERR_VALUE(p) ? (int)p : read_and_write(fd, p);
		if (!error)
			error = map_file(fd);
		if (fd >= 0)
			sys_close((unsigned)fd);
	}
	dput(dentry);
	return error;
}

/* Whatever the daemon could not do ends as an error of the connection. */
static int as_no_memory(int error)
{
	return error == -ENOTCONN || error == -ECONNABORTED ? -ENOMEM : error;
}

static int fuse(void)
{
	pid_t daemon, user;
	int error;

	memset(&d, 0, sizeof(d));
	init_completion(&d.ready);
	daemon = ccsan_linux_process("fused", 0, fuse_daemon_run, &d);
	if (daemon < 0)
		return daemon;
	wait_for_completion(&d.ready);
	user = d.root ? ccsan_linux_process_new("user") : -ENOMEM;
	error = user;
	if (user >= 0) {
		ccsan_linux_enter(user);
		error = make_file();
		ccsan_linux_leave();
		ccsan_linux_end(user);
	}
	if (d.root)
		ccsan_linux_unmount(d.root);
	ccsan_linux_wait(daemon);
	return as_no_memory(error);
}

CCSAN_TEST(ok_fuse)
{
	fail_each(fuse);
}
