/* SPDX-License-Identifier: MIT */
/* System calls on files, and what they are made of: linux/syscalls.h, linux/fs.h. */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "pagecache.h"

/* --- by file --- */

static ssize_t check_transfer(struct file *file, fmode_t mode, const struct iov_iter *iter,
			      loff_t pos)
{
	if (!(file->f_mode & mode))
		return -EBADF;
	if (mode == FMODE_READ ? !file->f_op->read_iter : !file->f_op->write_iter)
		return -EINVAL;
	if (pos < 0 || pos + (loff_t)iov_iter_count(iter) < pos)
		return -EINVAL;
	return 0;
}

ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *ppos)
{
	ssize_t done = check_transfer(file, FMODE_READ, iter, *ppos);
	struct kiocb kiocb;

	if (done)
		return done;
	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = *ppos;
	done = file->f_op->read_iter(&kiocb, iter);
	if (done > 0)
		*ppos = kiocb.ki_pos;
	return done;
}

ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *ppos)
{
	ssize_t done = check_transfer(file, FMODE_WRITE, iter, *ppos);
	struct kiocb kiocb;

	if (done)
		return done;
	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = *ppos;
	kiocb.ki_flags |= IOCB_WRITE;
	done = file->f_op->write_iter(&kiocb, iter);
	if (done > 0)
		*ppos = kiocb.ki_pos;
	return done;
}

int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync)
{
	if (!file->f_op->fsync)
		return -EINVAL;
	return file->f_op->fsync(file, start, end, datasync);
}

int vfs_fsync(struct file *file, int datasync)
{
	return vfs_fsync_range(file, 0, LLONG_MAX, datasync);
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	loff_t base = whence == SEEK_SET   ? 0
		      : whence == SEEK_CUR ? file->f_pos
		      : whence == SEEK_END ? i_size_read(file_inode(file))
					   : -1;

	if (base < 0 || base + offset < 0)
		return -EINVAL;
	file->f_pos = base + offset;
	return file->f_pos;
}

/* --- by descriptor --- */

static ssize_t transfer(struct file *file, struct iov_iter *iter, loff_t *pos)
{
	return iov_iter_rw(iter) == READ ? vfs_iter_read(file, iter, pos)
					 : vfs_iter_write(file, iter, pos);
}

/* @param pos NULL: the file's own */
static ssize_t transfer_by_fd(unsigned int fd, struct iov_iter *iter, loff_t *pos)
{
	struct file *file = fget(fd);
	ssize_t done;

	if (!file)
		return -EBADF;
	if (pos) {
		done = transfer(file, iter, pos);
	} else {
		mutex_lock(&file->f_pos_lock);
		done = transfer(file, iter, &file->f_pos);
		mutex_unlock(&file->f_pos_lock);
	}
	fput(file);
	return done;
}

static long one_range(int direction, unsigned int fd, char __user *buf, size_t count, loff_t *pos)
{
	struct iov_iter iter;
	struct iovec iov;
	int error = import_single_range(direction, buf, count, &iov, &iter);

	return error ? error : transfer_by_fd(fd, &iter, pos);
}

static char *plain(const char __user *buf)
{
	return (char *)(unsigned long)buf; // NOLINT: only read
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	return one_range(READ, fd, buf, count, NULL);
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	return one_range(WRITE, fd, plain(buf), count, NULL);
}

long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos)
{
	return one_range(READ, fd, buf, count, &pos);
}

long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos)
{
	return one_range(WRITE, fd, plain(buf), count, &pos);
}

static long ranges(int direction, unsigned long fd, const struct iovec __user *vec,
		   unsigned long vlen)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	ssize_t done = import_iovec(direction, vec, (unsigned int)vlen, UIO_FASTIOV, &iov, &iter);

	if (done >= 0)
		done = transfer_by_fd((unsigned int)fd, &iter, NULL);
	kfree(iov);
	return done;
}

long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen)
{
	return ranges(READ, fd, vec, vlen);
}

long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen)
{
	return ranges(WRITE, fd, vec, vlen);
}

long sys_lseek(unsigned int fd, loff_t offset, unsigned int whence)
{
	struct file *file = fget(fd);
	loff_t pos;

	if (!file)
		return -EBADF;
	mutex_lock(&file->f_pos_lock);
	pos = file->f_op->llseek ? file->f_op->llseek(file, offset, (int)whence)
				 : generic_file_llseek(file, offset, (int)whence);
	mutex_unlock(&file->f_pos_lock);
	fput(file);
	return pos;
}

static long sync_by_fd(unsigned int fd, int datasync)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = vfs_fsync(file, datasync);
	fput(file);
	return error;
}

long sys_fsync(unsigned int fd)
{
	return sync_by_fd(fd, 0);
}

long sys_fdatasync(unsigned int fd)
{
	return sync_by_fd(fd, 1);
}

long sys_ftruncate(unsigned int fd, loff_t length)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = file->f_mode & FMODE_WRITE ? ccsan_set_size(file, length) : -EINVAL;
	fput(file);
	return error;
}

long sys_close(unsigned int fd)
{
	return close_fd(fd);
}

long sys_sync(void)
{
	ccsan_linux_writeback();
	return 0;
}
