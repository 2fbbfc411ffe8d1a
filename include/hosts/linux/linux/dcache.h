/* SPDX-License-Identifier: MIT */
/* Names of inodes: as many as a file system of one directory or two needs (filesystems/vfs.rst).
 * No hash table, no lockless walk, no negative entries that stay. Fidelity: exact, where nothing
 * else is said. */
#ifndef CCSAN_HOSTS_LINUX_DCACHE_H
#define CCSAN_HOSTS_LINUX_DCACHE_H

#include <linux/fs.h>
#include <linux/list.h>

struct qstr {
	u32 len;
	const unsigned char *name;
};

#define QSTR_INIT(n, l)                                        \
	{                                                      \
		.len = (l), .name = (const unsigned char *)(n) \
	}

struct dentry {
	struct dentry *d_parent; /**< itself at the root */
	struct qstr d_name;      /**< its own copy, ends with 0 */
	struct inode *d_inode;   /**< NULL: there is no such file */
	struct super_block *d_sb;
	atomic_t d_count;
	unsigned long d_time; /**< the file system's: when it was last looked at */
	void *d_fsdata;
	struct list_head d_child, d_subdirs;
};

/** A new name in a directory, without an inode. Return: NULL without memory. Owns: a reference to
 *  its parent. Fidelity: exact */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_name(struct dentry *parent, const char *name);

/** The root of a super block; takes over the reference to the inode, also on failure (NULL).
 *  Fidelity: exact */
struct dentry *d_make_root(struct inode *root);

/** The name stands for this inode; takes over the reference. Fidelity: exact */
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_add(struct dentry *dentry, struct inode *inode);

/** Return: the entry of a directory, with a reference, or NULL. O(entries).
 *  Fidelity: simplified: no hash table */
struct dentry *d_lookup(const struct dentry *parent, const struct qstr *name);

/** The name is gone; its inode lives as long as others use it. Fidelity: exact */
void d_delete(struct dentry *dentry);
void d_drop(struct dentry *dentry);

/** All names below are gone; entries that somebody uses stay. For unmounting.
 *  Fidelity: simplified: no list of unused ones
 */
void shrink_dcache_parent(struct dentry *parent);

struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);

static inline struct inode *d_inode(const struct dentry *dentry)
{
	return dentry->d_inode;
}

static inline bool d_really_is_positive(const struct dentry *dentry)
{
	return dentry->d_inode != NULL;
}

/** The entry, by the directory's lookup() if it is not known. Return: with a reference; -ENOENT.
 *  Fidelity: simplified. Also in the place of a path walk. */
struct dentry *lookup_one_len(const char *name, struct dentry *base, int len);

#endif
