/* SPDX-License-Identifier: MIT */
/* Open files and descriptors: linux/file.h, linux/fs.h. */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "linux/layer.h"
#include "pagecache.h"

/* --- files --- */

static fmode_t mode_of(int flags)
{
	int access = flags & O_ACCMODE;

	return (access != O_WRONLY ? FMODE_READ : 0) | (access != O_RDONLY ? FMODE_WRITE : 0);
}

static void free_file(struct file *file)
{
	struct inode *inode = file->f_inode;

	if (file->f_op->release)
		file->f_op->release(inode, file);
	dput(file->f_dentry);
	kfree(file);
	iput(inode);
}

/* The file system hears of a name, which files that were opened by their inode do not have. Without
 * one that looks at sizes: only the pages. */
int ccsan_set_size(struct file *file, loff_t length)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE, .ia_size = length, .ia_file = file };
	struct inode *inode = file_inode(file);
	struct dentry nameless = { .d_inode = inode, .d_sb = inode->i_sb };
	int error = inode_newsize_ok(inode, length);

	if (error)
		return error;
	inode_lock(inode);
	if (inode->i_op && inode->i_op->setattr) {
		error = inode->i_op->setattr(file->f_dentry ? file->f_dentry : &nameless, &attr);
	} else {
		truncate_setsize(inode, length);
		mark_inode_dirty(inode);
	}
	inode_unlock(inode);
	return error;
}

struct file *ccsan_linux_open(struct inode *inode, int flags)
{
	struct file *file = ccsan_kalloc(sizeof(*file));
	int error = 0;

	if (!file)
		return ERR_PTR(-ENOMEM);
	ihold(inode);
	file->f_inode = inode;
	file->f_op = inode->i_fop;
	file->f_mapping = inode->i_mapping;
	file->f_flags = (unsigned int)flags;
	file->f_mode = mode_of(flags);
	file->f_wb_err = errseq_sample(&inode->i_mapping->wb_err);
	file_ra_state_init(&file->f_ra, inode->i_mapping);
	atomic_set(&file->f_count, 1);
	if (file->f_op->open)
		error = file->f_op->open(inode, file);
	if (error) {
		kfree(file);
		iput(inode);
		return ERR_PTR(error);
	}
	error = flags & O_TRUNC ? ccsan_set_size(file, 0) : 0;
	if (error) {
		fput(file);
		return ERR_PTR(error);
	}
	return file;
}

void fput(struct file *file)
{
	if (!file)
		return;
	if (atomic_read(&file->f_count) <= 0)
		ccsan_misuse(file, sizeof(*file), 0, "fput() of a file without references");
	else if (atomic_dec_and_test(&file->f_count))
		free_file(file);
}

int filp_close(struct file *file, void *id)
{
	int error = file->f_op->flush ? file->f_op->flush(file, id) : 0;

	fput(file);
	return error;
}

/* --- descriptors --- */

enum { MOST_FILES = 64 };

struct files_struct {
	atomic_t count;
	spinlock_t lock;
	u64 used; /**< one bit each: reserved or installed */
	struct file *files[MOST_FILES];
};

static struct files_struct *make_files(void)
{
	struct files_struct *files = ccsan_kalloc(sizeof(*files));

	if (files)
		atomic_set(&files->count, 1);
	return files;
}

/* The current process's; made for its first file. */
static struct files_struct *my_files(void)
{
	struct task_struct *leader = current->group_leader ? current->group_leader : current;

	if (!leader->files)
		leader->files = make_files();
	return leader->files;
}

struct file *fget(unsigned int fd)
{
	struct files_struct *files = my_files();
	struct file *file;

	if (!files || fd >= MOST_FILES)
		return NULL;
	spin_lock(&files->lock);
	file = files->files[fd];
	if (file)
		get_file(file);
	spin_unlock(&files->lock);
	return file;
}

int get_unused_fd_flags(unsigned int flags)
{
	struct files_struct *files = my_files();
	int fd = -EMFILE;

	(void)flags;
	if (!files)
		return -ENOMEM;
	spin_lock(&files->lock);
	if (~files->used) {
		fd = __builtin_ctzll(~files->used);
		files->used |= 1ull << fd;
	}
	spin_unlock(&files->lock);
	return fd;
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = my_files();

	spin_lock(&files->lock);
	files->used &= ~(1ull << fd);
	spin_unlock(&files->lock);
}

void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = my_files();

	spin_lock(&files->lock);
	files->files[fd] = file;
	spin_unlock(&files->lock);
}

int close_fd(unsigned int fd)
{
	struct files_struct *files = my_files();
	struct file *file;

	if (!files || fd >= MOST_FILES)
		return -EBADF;
	spin_lock(&files->lock);
	file = files->files[fd];
	if (file) {
		files->files[fd] = NULL;
		files->used &= ~(1ull << fd);
	}
	spin_unlock(&files->lock);
	return file ? filp_close(file, files) : -EBADF;
}

struct files_struct *ccsan_files_copy(struct files_struct *files)
{
	struct files_struct *copy = make_files();

	if (!copy || !files)
		return copy;
	spin_lock(&files->lock);
	for (unsigned int fd = 0; fd < MOST_FILES; fd++)
		if (files->files[fd]) {
			copy->files[fd] = get_file(files->files[fd]);
			copy->used |= 1ull << fd;
		}
	spin_unlock(&files->lock);
	return copy;
}

void ccsan_files_put(struct files_struct *files)
{
	if (!files || !atomic_dec_and_test(&files->count))
		return;
	for (unsigned int fd = 0; fd < MOST_FILES; fd++)
		if (files->files[fd])
			filp_close(files->files[fd], files);
	kfree(files);
}

int ccsan_linux_open_fd(struct inode *inode, int flags)
{
	struct file *file = ccsan_linux_open(inode, flags);
	int fd;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd < 0)
		fput(file);
	else
		fd_install((unsigned int)fd, file);
	return fd;
}
