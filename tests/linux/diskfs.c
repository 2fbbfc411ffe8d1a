/* SPDX-License-Identifier: MIT */
/* The disk file system on both disks: against a model, after power failures, with errors, without
 * memory, on damaged disks. All tests are correct use: silent on every CPU. */
#include <ccsan/ccsan.h>
#include <ccsan/disk.h>
#include <ccsan/diskfs.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include <stdio.h>

enum { DISK_BYTES = 512 << 10, FILES = 20, BYTES = 96 << 10 };

static u64 state;

static unsigned draw(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)(state * 0x2545f4914f6cdd1dull >> 32) % below;
}

/* --- steps --- */

static struct block_device *new_disk(unsigned int flags)
{
	struct block_device *disk = ccsan_linux_disk(NULL, DISK_BYTES, flags);

	CCSAN_CHECK(!IS_ERR(disk) && ccsan_linux_diskfs_make(disk, FILES) == 0);
	return disk;
}

static struct dentry *mount_disk(struct block_device *disk)
{
	struct dentry *root = ccsan_linux_mount(&ccsan_diskfs, NULL, disk);

	CCSAN_CHECK(!IS_ERR(root));
	return root;
}

static struct file *open_file(struct dentry *root, const char *name)
{
	struct file *file = ccsan_linux_diskfs_open(root, name, O_RDWR | O_CREAT);

	CCSAN_CHECK(!IS_ERR(file));
	return file;
}

static ssize_t move(struct file *file, loff_t pos, void *p, size_t bytes, bool write)
{
	struct kvec vec = { p, bytes };
	struct iov_iter iter;

	iov_iter_kvec(&iter, write ? WRITE : READ, &vec, 1, bytes);
	return write ? vfs_iter_write(file, &iter, &pos) : vfs_iter_read(file, &iter, &pos);
}

static char text[BYTES], wanted[BYTES];

static void write_all(struct file *file, char c, size_t bytes)
{
	memset(text, c, bytes);
	CCSAN_CHECK(move(file, 0, text, bytes, true) == (ssize_t)bytes);
}

static bool has_all(struct file *file, char c, size_t bytes)
{
	memset(wanted, c, bytes);
	memset(text, 0, sizeof(text));
	return move(file, 0, text, sizeof(text), false) == (ssize_t)bytes &&
	       !memcmp(text, wanted, bytes);
}

static long set_size(struct file *file, loff_t size)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE, .ia_size = size };
	struct inode *inode = file_inode(file);
	int error;

	inode_lock(inode);
	error = inode->i_op->setattr(file->f_dentry, &attr);
	inode_unlock(inode);
	return error;
}

/* --- there and back --- */

static void write_and_read(unsigned int flags)
{
	struct block_device *disk = new_disk(flags);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a"), *other = open_file(root, "b");
	u32 free_blocks = ccsan_linux_diskfs_free_blocks(root);

	write_all(file, 'a', 40000);
	write_all(other, 'b', 700);
	CCSAN_CHECK(has_all(file, 'a', 40000) && has_all(other, 'b', 700));
	fput(file);
	fput(other);
	ccsan_linux_unmount(root);

	root = mount_disk(disk);
	file = open_file(root, "a");
	other = open_file(root, "b");
	CCSAN_CHECK(has_all(file, 'a', 40000) && has_all(other, 'b', 700));
	fput(file);
	fput(other);
	CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "a") == 0);
	CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "b") == 0);
	CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "b") == -ENOENT);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_diskfs_open(root, "a", O_RDWR)) == -ENOENT);
	CCSAN_CHECK(ccsan_linux_diskfs_free_blocks(root) == free_blocks);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_dma)
{
	write_and_read(CCSAN_DISK_DMA);
}

CCSAN_TEST(ok_pio)
{
	write_and_read(CCSAN_DISK_PIO);
}

/* Blocks of one level of pointers, of two, and holes. */
CCSAN_TEST(ok_far_away)
{
	struct block_device *disk = new_disk(CCSAN_DISK_DMA | CCSAN_DISK_IMMEDIATE);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");
	loff_t places[] = { 5000, 200 << 10, 300 << 10, 20 << 20, (64 << 20) - 100 };
	u32 free_blocks = ccsan_linux_diskfs_free_blocks(root);
	char c, zero = 1;

	for (int i = 0; i < 5; i++) {
		c = (char)('0' + i);
		CCSAN_CHECK(move(file, places[i], &c, 1, true) == 1);
	}
	CCSAN_CHECK(move(file, 70 << 20, &c, 1, true) == -EFBIG);
	fput(file);
	ccsan_linux_unmount(root);
	root = mount_disk(disk);
	file = open_file(root, "a");
	for (int i = 0; i < 5; i++) {
		CCSAN_CHECK(move(file, places[i], &c, 1, false) == 1 && c == '0' + i);
		CCSAN_CHECK(move(file, places[i] - 1, &zero, 1, false) == 1 && !zero);
	}
	CCSAN_CHECK(set_size(file, 250 << 10) == 0 && i_size_read(file_inode(file)) == 250 << 10);
	CCSAN_CHECK(move(file, 200 << 10, &c, 1, false) == 1 && c == '1');
	CCSAN_CHECK(move(file, 300 << 10, &c, 1, false) == 0);
	CCSAN_CHECK(set_size(file, 30 << 20) == 0);
	CCSAN_CHECK(move(file, 20 << 20, &c, 1, false) == 1 && !c);
	CCSAN_CHECK(set_size(file, 0) == 0);
	CCSAN_CHECK(ccsan_linux_diskfs_free_blocks(root) == free_blocks);
	fput(file);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* Random writes, sizes, syncs and remounts. */
CCSAN_TEST(ok_model)
{
	static char model[BYTES];
	struct block_device *disk = new_disk(CCSAN_DISK_DMA | CCSAN_DISK_IMMEDIATE);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");
	size_t size = 0;

	state = 3;
	memset(model, 0, sizeof(model));
	for (int step = 0; step < 120; step++) {
		size_t pos = draw(BYTES - 6000), bytes = 1 + draw(draw(2) ? 6000 : 50);

		switch (draw(8)) {
		case 0:
			CCSAN_CHECK(set_size(file, (loff_t)pos) == 0);
			if (pos < size)
				memset(model + pos, 0, size - pos);
			size = pos;
			break;
		case 1:
			CCSAN_CHECK(vfs_fsync(file, 0) == 0);
			break;
		case 2:
			fput(file);
			ccsan_linux_unmount(root);
			root = mount_disk(disk);
			file = open_file(root, "a");
			break;
		default:
			memset(model + pos, 'a' + step % 26, bytes);
			CCSAN_CHECK(move(file, (loff_t)pos, model + pos, bytes, true) ==
				    (ssize_t)bytes);
			size = max(size, pos + bytes);
		}
		CCSAN_CHECK(move(file, 0, text, BYTES, false) == (ssize_t)size);
		CCSAN_CHECK(!memcmp(text, model, size));
	}
	fput(file);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* --- by system calls of a process: O_DIRECT and mmap() --- */

static void use_as_process(struct dentry *root)
{
	int fd = ccsan_linux_diskfs_open_fd(root, "a", O_RDWR | O_CREAT);
	int direct = ccsan_linux_diskfs_open_fd(root, "a", O_RDWR | O_DIRECT);
	unsigned long bytes = 2 * PAGE_SIZE;
	char *p = (char *)sys_mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0,
				   0);
	char *shared;

	CCSAN_CHECK(fd >= 0 && direct >= 0 && !IS_ERR(p));
	memset(p, 'd', bytes);
	CCSAN_CHECK(sys_pwrite64((unsigned)direct, p, bytes, 0) == (long)bytes);
	CCSAN_CHECK(sys_pwrite64((unsigned)direct, p, 512, 0) == -EINVAL);
	memset(p, 0, bytes);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, bytes, 0) == (long)bytes && p[bytes - 1] == 'd');
	memcpy(p, "xyz", 3);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, p, 3, 1) == 3);
	CCSAN_CHECK(sys_pread64((unsigned)direct, p, 1024, 0) == 1024 && !memcmp(p, "dxyzd", 5));
	CCSAN_CHECK(sys_pread64((unsigned)direct, p, 1024, (loff_t)bytes) == 0);

	shared = (char *)sys_mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (unsigned)fd, 0);
	CCSAN_CHECK(!IS_ERR(shared) && shared[2] == 'y');
	shared[PAGE_SIZE + 5] = 'm';
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 1, (loff_t)PAGE_SIZE + 5) == 1 && p[0] == 'm');
	CCSAN_CHECK(sys_msync((unsigned long)shared, bytes, MS_SYNC) == 0);
	CCSAN_CHECK(sys_munmap((unsigned long)shared, bytes) == 0);
	CCSAN_CHECK(sys_munmap((unsigned long)p, bytes) == 0);
	CCSAN_CHECK(sys_ftruncate((unsigned)fd, 100) == 0 &&
		    sys_lseek((unsigned)fd, 0, SEEK_END) == 100);
	sys_close((unsigned)fd);
	sys_close((unsigned)direct);
}

static void as_process(unsigned int flags)
{
	struct block_device *disk = new_disk(flags);
	struct dentry *root = mount_disk(disk);
	pid_t pid = ccsan_linux_process_new("user");

	ccsan_linux_enter(pid);
	use_as_process(root);
	ccsan_linux_leave();
	ccsan_linux_end(pid);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_process_dma)
{
	as_process(CCSAN_DISK_DMA);
}

CCSAN_TEST(ok_process_pio)
{
	as_process(CCSAN_DISK_PIO);
}

/* --- several at once; explored by tests/linux/diskfs --- */

static struct dentry *shared_root;

static int write_and_sync(void *name)
{
	char data[1500];
	struct file *file = open_file(shared_root, name);

	memset(data, 'w', sizeof(data));
	CCSAN_CHECK(move(file, 0, data, sizeof(data), true) == sizeof(data));
	CCSAN_CHECK(vfs_fsync(file, 0) == 0);
	fput(file);
	return 0;
}

static int read_back(void *name)
{
	char data[1500];
	struct file *file = open_file(shared_root, name);
	ssize_t n = move(file, 0, data, sizeof(data), false);

	for (ssize_t i = 0; i < n; i++)
		CCSAN_CHECK(data[i] == 'w' || data[i] == 0);
	fput(file);
	return 0;
}

static int cut(void *name)
{
	struct file *file = open_file(shared_root, name);

	CCSAN_CHECK(set_size(file, 700) == 0);
	fput(file);
	return 0;
}

CCSAN_TEST(ok_at_once)
{
	struct block_device *disk = new_disk(CCSAN_DISK_DMA);
	struct task_struct *tasks[4];
	struct file *file;
	ssize_t n;

	shared_root = mount_disk(disk);
	fput(open_file(shared_root, "a"));
	tasks[0] = kthread_run(write_and_sync, "a", "writer");
	tasks[1] = kthread_run(read_back, "a", "reader");
	tasks[2] = kthread_run(cut, "a", "cutter");
	tasks[3] = kthread_run(write_and_sync, "b", "other");
	for (int i = 0; i < 4; i++)
		ccsan_kthread_join(tasks[i]);
	ccsan_linux_unmount(shared_root);
	shared_root = mount_disk(disk);
	file = open_file(shared_root, "a");
	n = move(file, 0, text, BYTES, false);
	CCSAN_CHECK(n == 700 || n == 1500);
	for (ssize_t i = 0; i < n; i++)
		CCSAN_CHECK(text[i] == 'w' || text[i] == 0);
	fput(file);
	file = open_file(shared_root, "b");
	CCSAN_CHECK(has_all(file, 'w', 1500));
	fput(file);
	ccsan_linux_unmount(shared_root);
	ccsan_linux_disk_free(disk);
}

/* --- power fails --- */

/* The process that uses the disk is gone with the power: what the layer still has is dropped. */
static struct dentry *after_power_failure(struct block_device *disk, struct dentry *root,
					  unsigned int seed)
{
	ccsan_linux_disk_power_fails(disk, seed);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_power_on(disk);
	return mount_disk(disk);
}

CCSAN_TEST(ok_fsync_survives)
{
	for (unsigned int seed = 0; seed < 12; seed++) {
		struct block_device *disk =
			new_disk(CCSAN_DISK_DMA | CCSAN_DISK_IMMEDIATE | CCSAN_DISK_WRITE_CACHE);
		struct dentry *root = mount_disk(disk);
		struct file *a = open_file(root, "a"), *b = open_file(root, "b"), *c;

		write_all(a, 'a', 60000);
		write_all(b, 'b', 20000);
		CCSAN_CHECK(vfs_fsync(a, 0) == 0 && vfs_fsync(b, 0) == 0);
		CCSAN_CHECK(set_size(b, 0) == 0);
		fput(b);
		CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "b") == 0);
		c = open_file(root, "c");
		write_all(c, 'c', 90000);
		CCSAN_CHECK(filemap_write_and_wait(c->f_mapping) == 0);
		fput(a);
		fput(c);
		root = after_power_failure(disk, root, seed);
		a = open_file(root, "a");
		CCSAN_CHECK(has_all(a, 'a', 60000));
		b = ccsan_linux_diskfs_open(root, "b", O_RDWR);
		CCSAN_CHECK(IS_ERR(b) || i_size_read(file_inode(b)) == 0 || has_all(b, 'b', 20000));
		if (!IS_ERR(b))
			fput(b);
		fput(a);
		ccsan_linux_unmount(root);
		ccsan_linux_disk_free(disk);
	}
}

/* The twin: what was only written, and not synced, is gone. */
CCSAN_TEST(ok_without_fsync_it_is_gone)
{
	struct block_device *disk = new_disk(CCSAN_DISK_PIO | CCSAN_DISK_WRITE_CACHE);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");

	write_all(file, 'a', 5000);
	CCSAN_CHECK(filemap_write_and_wait(file->f_mapping) == 0);
	fput(file);
	root = after_power_failure(disk, root, 0);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_diskfs_open(root, "a", O_RDWR)) == -ENOENT);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* --- errors --- */

CCSAN_TEST(ok_no_space)
{
	struct block_device *disk = new_disk(CCSAN_DISK_DMA | CCSAN_DISK_IMMEDIATE);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");
	u32 free_blocks = ccsan_linux_diskfs_free_blocks(root);
	loff_t pos = 0;
	ssize_t n;

	memset(text, 'f', BYTES);
	while ((n = move(file, pos, text, 5000, true)) > 0)
		pos += n;
	CCSAN_CHECK(n == -ENOSPC && pos > (DISK_BYTES - 16384));
	CCSAN_CHECK(pos <= DISK_BYTES && vfs_fsync(file, 0) == 0);
	fput(file);
	CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "a") == 0);
	CCSAN_CHECK(ccsan_linux_diskfs_free_blocks(root) == free_blocks);
	file = open_file(root, "again"); /* blocks that were freed are of use again */
	write_all(file, 'g', BYTES);
	CCSAN_CHECK(has_all(file, 'g', BYTES));
	fput(file);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_too_many_files)
{
	struct block_device *disk = new_disk(CCSAN_DISK_PIO | CCSAN_DISK_IMMEDIATE);
	struct dentry *root = mount_disk(disk);
	struct file *file;
	char name[30];
	int i = 0;

	for (;; i++) {
		snprintf(name, sizeof(name), "file %d", i);
		file = ccsan_linux_diskfs_open(root, name, O_RDWR | O_CREAT);
		if (IS_ERR(file))
			break;
		fput(file);
	}
	CCSAN_CHECK(PTR_ERR(file) == -ENOSPC && i >= FILES);
	CCSAN_CHECK(ccsan_linux_diskfs_unlink(root, "file 3") == 0);
	file = open_file(root, "another");
	fput(file);
	file = ccsan_linux_diskfs_open(root, "a name of twenty-eight bytes", O_RDWR | O_CREAT);
	CCSAN_CHECK(PTR_ERR(file) == -ENAMETOOLONG);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* The disk fails while data are written out: who syncs is told, once, and may write again. */
static void fsync_tells(unsigned int flags, int error)
{
	struct block_device *disk = new_disk(flags);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");

	write_all(file, 'a', 3000);
	CCSAN_CHECK(vfs_fsync(file, 0) == 0);
	write_all(file, 'b', 3000);
	ccsan_linux_disk_fail(disk, 1, error);
	CCSAN_CHECK(vfs_fsync(file, 0) == error);
	CCSAN_CHECK(vfs_fsync(file, 0) == 0);
	write_all(file, 'c', 3000);
	CCSAN_CHECK(vfs_fsync(file, 0) == 0);
	ccsan_linux_disk_fail(disk, 2, error); /* the flush */
	write_all(file, 'd', 3000);
	CCSAN_CHECK(vfs_fsync(file, 0) == error && vfs_fsync(file, 0) == 0);
	fput(file);
	ccsan_linux_unmount(root);
	root = mount_disk(disk);
	file = open_file(root, "a");
	CCSAN_CHECK(has_all(file, 'd', 3000));
	ccsan_linux_disk_power_fails(disk, 0);
	invalidate_mapping_pages(file->f_mapping, 0, ~0ul);
	CCSAN_CHECK(move(file, 0, text, 100, false) == -EIO);
	ccsan_linux_disk_power_on(disk);
	CCSAN_CHECK(has_all(file, 'd', 3000));
	fput(file);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_fsync_tells)
{
	fsync_tells(CCSAN_DISK_DMA, -EIO);
	fsync_tells(CCSAN_DISK_PIO, -ENOSPC);
}

CCSAN_TEST(ok_host_is_full)
{
	struct block_device *disk = ccsan_linux_disk("/dev/full", DISK_BYTES, CCSAN_DISK_DMA);

	CCSAN_CHECK(ccsan_linux_diskfs_make(disk, FILES) == -ENOSPC);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_mount(&ccsan_diskfs, NULL, disk)) == -EINVAL);
	ccsan_linux_disk_free(disk);
}

/* Every allocation fails once: an error, or success; and afterwards everything works. */
CCSAN_TEST(ok_without_memory)
{
	struct block_device *disk = new_disk(CCSAN_DISK_PIO | CCSAN_DISK_IMMEDIATE);
	struct dentry *root;
	struct file *file;
	unsigned int nth, before;

	for (nth = 1;; nth++) {
		before = ccsan_linux_allocations();
		ccsan_linux_fail_allocation(nth);
		root = ccsan_linux_mount(&ccsan_diskfs, NULL, disk);
		file = IS_ERR(root) ? ERR_PTR(-ENOMEM)
				    : ccsan_linux_diskfs_open(root, "a", O_RDWR | O_CREAT);
		if (!IS_ERR(file)) {
			memset(text, 'a', 20000);
			move(file, 0, text, 20000, true);
			vfs_fsync(file, 0);
			fput(file);
		}
		if (!IS_ERR(root))
			ccsan_linux_unmount(root);
		ccsan_linux_fail_allocation(0);
		if (ccsan_linux_allocations() - before < nth)
			break;
	}
	CCSAN_CHECK(nth > 20);
	root = mount_disk(disk);
	file = open_file(root, "a");
	write_all(file, 'z', 30000);
	CCSAN_CHECK(vfs_fsync(file, 0) == 0 && has_all(file, 'z', 30000));
	fput(file);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* --- damaged disks: errors, and nothing else --- */

CCSAN_TEST(ok_damaged)
{
	static char image[DISK_BYTES];
	struct block_device *disk = new_disk(CCSAN_DISK_PIO | CCSAN_DISK_IMMEDIATE);
	struct dentry *root = mount_disk(disk);
	struct file *file = open_file(root, "a");
	unsigned int mounted = 0;

	write_all(file, 'a', 60000);
	fput(file);
	ccsan_linux_unmount(root);
	CCSAN_CHECK(ccsan_linux_disk_peek(disk, 0, image, DISK_BYTES) == 0);
	state = 5;
	for (int round = 0; round < 60; round++) {
		CCSAN_CHECK(ccsan_linux_disk_poke(disk, 0, image, DISK_BYTES) == 0);
		for (int i = 0; i < 40; i++) {
			char c = (char)draw(256);

			ccsan_linux_disk_poke(
				disk, draw(round % 2 ? 80 : 16384) + (round % 2 ? 1024 : 0), &c, 1);
		}
		root = ccsan_linux_mount(&ccsan_diskfs, NULL, disk);
		if (IS_ERR(root))
			continue;
		mounted++;
		file = ccsan_linux_diskfs_open(root, "a", O_RDWR | O_CREAT);
		if (!IS_ERR(file)) {
			move(file, 0, text, BYTES, false);
			move(file, 0, text, BYTES, true);
			vfs_fsync(file, 0);
			fput(file);
		}
		ccsan_linux_unmount(root);
	}
	CCSAN_CHECK(mounted > 10);
	ccsan_linux_disk_free(disk);
}
