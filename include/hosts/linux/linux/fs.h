/* SPDX-License-Identifier: MIT */
/*
 * Inodes, open files and what file systems fill in (filesystems/vfs.rst, filesystems/locking.rst),
 * as far as data and its way through caches is concerned. No names: dcache.h has the few there are;
 * no permissions, no time.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_FS_H
#define CCSAN_HOSTS_LINUX_FS_H

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include <linux/atomic.h>
#include <linux/errseq.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct dentry;
struct dir_context;
struct file;
struct inode;
struct iov_iter;
struct page;
struct readahead_control;
struct super_block;
struct vm_area_struct;
struct writeback_control;

#ifndef O_DIRECT
#define O_DIRECT 040000
#endif

typedef unsigned int fmode_t;
typedef unsigned short umode_t;
#define FMODE_READ  1u
#define FMODE_WRITE 2u

#define MAX_LFS_FILESIZE ((loff_t)__LONG_LONG_MAX__)

/* --- one transfer --- */

#define IOCB_APPEND 2
#define IOCB_DSYNC  4
#define IOCB_SYNC   8
#define IOCB_WRITE  16
#define IOCB_NOWAIT 32
#define IOCB_DIRECT 64

/** One read or write. All are synchronous here. */
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;
	void *private;
};

/* --- the pages of a file --- */

/** The page cache of an inode: see pagemap.h for its marks and locks. */
struct address_space {
	struct inode *host;
	struct xarray i_pages;               /**< its lock is taken with interrupts off */
	struct rw_semaphore invalidate_lock; /**< since 5.15: filemap_invalidate_lock() */
	gfp_t gfp_mask;
	atomic_t i_mmap_writable;     /**< mappings that are shared and writable */
	struct rb_root_cached i_mmap; /**< user mappings by page offset */
	struct rw_semaphore i_mmap_rwsem;
	unsigned long nrpages;
	pgoff_t writeback_index;
	const struct address_space_operations *a_ops;
	unsigned long flags; /**< enum mapping_flags */
	errseq_t wb_err;
	void *private_data;

	unsigned long nr_dirtied; /**< calls of balance_dirty_pages_ratelimited() */
};

/* --- what file systems fill in --- */

struct address_space_operations {
	/** Writes a locked page; unlocks it. Between set_page_writeback() and end_page_writeback()
	 *  its bytes are on their way. */
	int (*writepage)(struct page *page, struct writeback_control *wbc);
	/** Reads a locked page; unlocks it when it is up to date or has failed. */
	int (*readpage)(struct file *file, struct page *page);
	int (*writepages)(struct address_space *mapping, struct writeback_control *wbc);
	/** Return: whether it was clean. NULL: __set_page_dirty_nobuffers(). */
	int (*set_page_dirty)(struct page *page);
	void (*readahead)(struct readahead_control *ractl);
	int (*write_begin)(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned int len, unsigned int flags, struct page **pagep,
			   void **fsdata);
	int (*write_end)(struct file *file, struct address_space *mapping, loff_t pos,
			 unsigned int len, unsigned int copied, struct page *page, void *fsdata);
	void (*invalidatepage)(struct page *page, unsigned int offset, unsigned int length);
	int (*releasepage)(struct page *page, gfp_t gfp);
	void (*freepage)(struct page *page);
	ssize_t (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);
	/** Writes a dirty page that is about to be invalidated; it stays locked. */
	int (*launder_page)(struct page *page);
};

struct file_operations {
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate_shared)(struct file *file, struct dir_context *ctx);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, void *id);
	int (*release)(struct inode *inode, struct file *file);
	int (*fsync)(struct file *file, loff_t start, loff_t end, int datasync);
};

/** A change of attributes; only the size is looked at here. */
struct iattr {
	unsigned int ia_valid;
	umode_t ia_mode;
	loff_t ia_size;
	struct file *ia_file;
};
#define ATTR_MODE 1
#define ATTR_SIZE 8

struct inode_operations {
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry, unsigned int flags);
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode, bool excl);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
};

struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*free_inode)(struct inode *inode);
	int (*write_inode)(struct inode *inode, struct writeback_control *wbc);
	void (*evict_inode)(struct inode *inode);
	void (*put_super)(struct super_block *sb);
	int (*sync_fs)(struct super_block *sb, int wait);
};

struct file_system_type {
	const char *name;
	struct dentry *(*mount)(struct file_system_type *type, int flags, const char *dev_name,
				void *data);
	void (*kill_sb)(struct super_block *sb);
};

/* --- a mounted file system --- */

struct block_device;

struct super_block {
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	unsigned long s_blocksize;
	unsigned char s_blocksize_bits;
	loff_t s_maxbytes;
	struct dentry *s_root;
	struct block_device *s_bdev;
	void *s_fs_info;
	spinlock_t s_inode_list_lock;
	struct list_head s_inodes;
	struct list_head s_list; /**< all of them, for the writeback thread */
};

/** A super block that belongs to no device. Return: its root, or an ERR_PTR(). Fidelity: exact */
struct dentry *mount_nodev(struct file_system_type *type, int flags, void *data,
			   int (*fill_super)(struct super_block *sb, void *data, int silent));

/** Writes all out, drops all inodes, calls put_super(); frees it. Fidelity: simplified. Files that
 *  are still open keep their inodes, with a warning. */
void kill_anon_super(struct super_block *sb);

/** type->mount(). Return: the root, or an ERR_PTR(). Fidelity: simplified. No namespaces. */
struct dentry *ccsan_linux_mount(struct file_system_type *type, const char *dev_name, void *data);
void ccsan_linux_unmount(struct dentry *root);

/** Sets s_blocksize. Return: it, 0 if it is no power of two from 512 to a page. Fidelity: exact */
int sb_set_blocksize(struct super_block *sb, int size);

/* --- inodes --- */

#define I_NEW         (1ul << 3)
#define I_DIRTY_SYNC  (1ul << 0)
#define I_DIRTY_PAGES (1ul << 2)
#define I_FREEING     (1ul << 5)

struct inode {
	umode_t i_mode;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	struct address_space *i_mapping; /**< i_data, or a block device's */
	struct address_space i_data;
	unsigned long i_ino;
	unsigned int i_nlink;
	loff_t i_size; /**< bytes; i_size_read(), i_size_write() */
	spinlock_t i_lock;
	u64 i_version;
	unsigned long i_state;
	/** Taken for writing by who writes or truncates: the first lock of all here. */
	struct rw_semaphore i_rwsem;
	atomic_t i_count;
	atomic_t i_dio_count; /**< direct transfers under way */
	struct list_head i_sb_list;
	void *i_private;
};

/** A new inode with one reference, in the list of its super block, which may be NULL. Return: NULL
 *  without memory. Fidelity: exact */
struct inode *new_inode(struct super_block *sb);

/** The inode of this number, or a new one with I_NEW set, for unlock_new_inode() or iget_failed().
 *  O(inodes of the super block). Fidelity: simplified. No hash table. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
void unlock_new_inode(struct inode *inode);
void iget_failed(struct inode *inode);

/** Initialises what every inode has; for alloc_inode(). Fidelity: exact */
void inode_init_once(struct inode *inode);

/** References. The last one of an inode without links, or without a super block, truncates its
 *  pages and frees it; others stay cached until unmount. Fidelity: exact */
void ihold(struct inode *inode);
struct inode *igrab(struct inode *inode);
void iput(struct inode *inode);
void clear_nlink(struct inode *inode);

/** The last steps of evict_inode(): no pages may be left. Fidelity: exact */
void clear_inode(struct inode *inode);

static inline void inode_lock(struct inode *inode)
{
	down_write(&inode->i_rwsem);
}

static inline void inode_unlock(struct inode *inode)
{
	up_write(&inode->i_rwsem);
}

static inline void inode_lock_shared(struct inode *inode)
{
	down_read(&inode->i_rwsem);
}

static inline void inode_unlock_shared(struct inode *inode)
{
	up_read(&inode->i_rwsem);
}

static inline loff_t i_size_read(const struct inode *inode)
{
	return READ_ONCE(inode->i_size);
}

/** Under i_rwsem. */
static inline void i_size_write(struct inode *inode, loff_t size)
{
	WRITE_ONCE(inode->i_size, size);
}

/** Something but the data changed; write_inode() will be called. Fidelity: simplified. No lists by
 *  age: the writeback thread looks at all inodes. */
void mark_inode_dirty(struct inode *inode);

/** write_inode() now, if the inode is dirty. Fidelity: exact */
int write_inode_now(struct inode *inode, int sync);

/** For setattr(): checks a new size, takes attributes over. Fidelity: simplified. Size and mode. */
int setattr_prepare(struct dentry *dentry, struct iattr *attr);
void setattr_copy(struct inode *inode, const struct iattr *attr);
int inode_newsize_ok(const struct inode *inode, loff_t offset);

/* --- open files --- */

struct file_ra_state {
	pgoff_t start;           /**< of the last readahead */
	unsigned int size;       /**< its pages */
	unsigned int async_size; /**< the next one starts when so many are left */
	unsigned int ra_pages;   /**< at most; 0: none */
	loff_t prev_pos;         /**< of the last read */
};

struct file {
	struct inode *f_inode;
	struct dentry *f_dentry; /**< NULL for a file without a name */
	const struct file_operations *f_op;
	struct address_space *f_mapping;
	atomic_t f_count;
	unsigned int f_flags; /**< O_DIRECT, O_APPEND, O_SYNC … */
	fmode_t f_mode;
	struct mutex f_pos_lock;
	loff_t f_pos;
	struct file_ra_state f_ra;
	errseq_t f_wb_err;
	void *private_data;
};

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

static inline struct file *get_file(struct file *file)
{
	atomic_inc(&file->f_count);
	return file;
}

/** The last one calls release() and frees the file. Fidelity: simplified. At once, not from a task
 *  work. */
void fput(struct file *file);

/** Opens an inode. @param flags O_RDONLY …, O_DIRECT, O_APPEND, O_SYNC, O_TRUNC. Return: a file
 *  with one reference, or an ERR_PTR(). Owns: a reference to the inode, from its own.
 *  Fidelity: simplified. In the place of open() by name. */
struct file *ccsan_linux_open(struct inode *inode, int flags);

/** Calls flush() and drops the reference, as close() does. Return: flush()'s error */
int filp_close(struct file *file, void *id);

static inline void init_sync_kiocb(struct kiocb *iocb, struct file *file)
{
	*iocb = (struct kiocb){ .ki_filp = file };
	if (file->f_flags & O_APPEND)
		iocb->ki_flags |= IOCB_APPEND;
	if (file->f_flags & O_DIRECT)
		iocb->ki_flags |= IOCB_DIRECT;
	if (file->f_flags & O_DSYNC)
		iocb->ki_flags |= IOCB_DSYNC;
}

/* --- reading and writing --- */

/** Fidelity: exact. Partial counts, -EINVAL for a bad position, -EFAULT only for no byte at all. */
ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *ppos);
ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *ppos);
int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync);
int vfs_fsync(struct file *file, int datasync);

ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter);
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from);
ssize_t generic_write_sync(struct kiocb *iocb, ssize_t count);
ssize_t generic_perform_write(struct file *file, struct iov_iter *i, loff_t pos);
ssize_t generic_file_direct_write(struct kiocb *iocb, struct iov_iter *from);
ssize_t generic_file_buffered_read(struct kiocb *iocb, struct iov_iter *iter, ssize_t already_read);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
int generic_file_fsync(struct file *file, loff_t start, loff_t end, int datasync);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
int generic_file_readonly_mmap(struct file *file, struct vm_area_struct *vma);

/** For file systems in memory. Fidelity: exact */
int simple_readpage(struct file *file, struct page *page);
int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
		       unsigned int len, unsigned int flags, struct page **pagep, void **fsdata);
int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos, unsigned int len,
		     unsigned int copied, struct page *page, void *fsdata);

/** The copy into the page is over: dirty, and part of the file; unlocks and drops it.
 *  Fidelity: exact (fs/buffer.c) */
int generic_write_end(struct file *file, struct address_space *mapping, loff_t pos,
		      unsigned int len, unsigned int copied, struct page *page, void *fsdata);

/** Direct transfers of an inode: begun, over, waited for. Fidelity: exact */
void inode_dio_begin(struct inode *inode);
void inode_dio_end(struct inode *inode);
void inode_dio_wait(struct inode *inode);

/* --- mappings that are written, that are mapped --- */

void address_space_init_once(struct address_space *mapping);
int mapping_mapped(struct address_space *mapping);
int mapping_writably_mapped(struct address_space *mapping);

static inline void i_mmap_lock_write(struct address_space *mapping)
{
	down_write(&mapping->i_mmap_rwsem);
}

static inline void i_mmap_unlock_write(struct address_space *mapping)
{
	up_write(&mapping->i_mmap_rwsem);
}

static inline void i_mmap_lock_read(struct address_space *mapping)
{
	down_read(&mapping->i_mmap_rwsem);
}

static inline void i_mmap_unlock_read(struct address_space *mapping)
{
	up_read(&mapping->i_mmap_rwsem);
}

/**
 * Kept by who takes pages out of a mapping for longer than one page lock: shared by who brings them
 * in or makes them writable for a user. Between mmap_lock and the page lock.
 * Fidelity: simplified. Linux has had it since 5.15.
 */
void filemap_invalidate_lock(struct address_space *mapping);
void filemap_invalidate_unlock(struct address_space *mapping);
void filemap_invalidate_lock_shared(struct address_space *mapping);
void filemap_invalidate_unlock_shared(struct address_space *mapping);

/* --- writing out; writeback.h has more --- */

int filemap_fdatawrite(struct address_space *mapping);
int filemap_flush(struct address_space *mapping);
int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait(struct address_space *mapping);
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_write_and_wait(struct address_space *mapping);
bool filemap_range_has_page(struct address_space *mapping, loff_t start, loff_t end);
int filemap_check_errors(struct address_space *mapping);
int file_check_and_advance_wb_err(struct file *file);
int file_write_and_wait_range(struct file *file, loff_t start, loff_t end);

/* --- dropping pages --- */

/** Drops clean pages that nobody uses; never waits. Return: how many. Fidelity: exact */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);

/**
 * Drops the pages from start to end, inclusive, with user mappings; dirty ones stay. Tries all.
 *
 * Return: 0, or the error of a page that could not be dropped: -EIO, or launder_page()'s.
 * Fidelity: exact, but for -EIO, which Linux has called -EBUSY since 2.6.27; and
 * ccsan_behaviour.invalidate makes it what it was before.
 */
int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end);
int invalidate_inode_pages2(struct address_space *mapping);

/**
 * Writes the pages of these bytes out and drops them, atomically with respect to page faults,
 * buffered and direct writes: no store, write() or transfer that ends before it returns is lost,
 * and none that comes in between makes it fail.
 *
 * @param end the last byte, inclusive
 * The caller holds no lock of the file; may sleep. O(pages in range).
 * Fidelity: ours: Linux has no such function
 * Return: 0, or the error of writing out, and then the pages that failed are still there.
 */
int filemap_write_and_invalidate_range(struct address_space *mapping, loff_t start, loff_t end);

/** The same, for callers that hold i_rwsem for writing. Fidelity: ours: Linux has no such function
 */
int filemap_write_and_invalidate_range_locked(struct address_space *mapping, loff_t start,
					      loff_t end);

#endif
