/* SPDX-License-Identifier: MIT */
/* The root directory: entries of equal size in the blocks of its file. */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/string.h>

#include "diskfs.h"

enum { IN_BLOCK = DISKFS_BLOCK / sizeof(struct diskfs_entry) };

/** An entry and the block that it is in. */
struct place {
	struct diskfs_entry *entry;
	u32 block;
};

/* The index-th entry, made if wanted. Return: 0; -ENOENT beyond the end; or -Exxx. */
static int look_at(struct inode *dir, u64 index, bool create, struct place *place)
{
	struct diskfs *fs = diskfs_of(dir->i_sb);
	struct diskfs_entry *entries;
	int error = ccsan_diskfs_map(dir, index / IN_BLOCK, create, &place->block);

	if (error || !place->block)
		return error ? error : -ENOENT;
	mutex_lock(&fs->lock);
	entries = ccsan_diskfs_block(fs, place->block);
	mutex_unlock(&fs->lock);
	if (IS_ERR(entries))
		return (int)PTR_ERR(entries);
	place->entry = &entries[index % IN_BLOCK];
	return 0;
}

/* Under the directory's i_rwsem. Return: 0 or -ENOENT, or -Exxx. @param name NULL: a free one */
static int find(struct inode *dir, const char *name, struct place *place)
{
	u64 count = (u64)i_size_read(dir) / sizeof(struct diskfs_entry);

	for (u64 index = 0; index < count; index++) {
		int error = look_at(dir, index, false, place);

		if (error)
			return error;
		if (name ? place->entry->ino && !strncmp(place->entry->name, name, DISKFS_NAME)
			 : !place->entry->ino)
			return 0;
	}
	return -ENOENT;
}

static void change(struct inode *dir, const struct place *place, u32 ino, const char *name)
{
	struct diskfs *fs = diskfs_of(dir->i_sb);

	mutex_lock(&fs->lock);
	memset(place->entry, 0, sizeof(*place->entry));
	place->entry->ino = ino;
	if (name)
		memcpy(place->entry->name, name, strlen(name));
	ccsan_diskfs_dirty(fs, place->block);
	mutex_unlock(&fs->lock);
}

/* Into the table at once: the next sync of any file writes it. */
static int update(struct inode *dir)
{
	struct diskfs *fs = diskfs_of(dir->i_sb);
	int error;

	mutex_lock(&fs->lock);
	error = ccsan_diskfs_update(dir);
	mutex_unlock(&fs->lock);
	return error;
}

static int add(struct inode *dir, u32 ino, const char *name)
{
	struct place place;
	int error = find(dir, NULL, &place);
	loff_t size = i_size_read(dir);

	if (error == -ENOENT) {
		error = look_at(dir, (u64)size / sizeof(struct diskfs_entry), true, &place);
		if (!error) {
			i_size_write(dir, size + (loff_t)sizeof(struct diskfs_entry));
			error = update(dir);
		}
	}
	if (!error)
		change(dir, &place, ino, name);
	return error;
}

static const char *name_of(const struct dentry *dentry)
{
	return (const char *)dentry->d_name.name;
}

static struct dentry *lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	struct place place;
	struct inode *inode;
	int error;

	(void)flags;
	if (dentry->d_name.len >= DISKFS_NAME)
		return ERR_PTR(-ENAMETOOLONG);
	inode_lock_shared(dir);
	error = find(dir, name_of(dentry), &place);
	inode = error ? ERR_PTR(error) : ccsan_diskfs_iget(dir->i_sb, place.entry->ino);
	inode_unlock_shared(dir);
	if (!IS_ERR(inode))
		d_add(dentry, inode);
	else if (PTR_ERR(inode) != -ENOENT && PTR_ERR(inode) != -ESTALE)
		return ERR_PTR(PTR_ERR(inode));
	return NULL;
}

static int create(struct inode *dir, struct dentry *dentry, umode_t mode, bool excl)
{
	struct inode *inode;
	int error;

	(void)excl;
	if (dentry->d_name.len >= DISKFS_NAME)
		return -ENAMETOOLONG;
	inode = ccsan_diskfs_new_inode(dir->i_sb, mode);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode_lock(dir);
	error = add(dir, (u32)inode->i_ino, name_of(dentry));
	inode_unlock(dir);
	if (!error) {
		d_add(dentry, inode);
		return 0;
	}
	clear_nlink(inode);
	iput(inode);
	return error;
}

static int unlink_entry(struct inode *dir, struct dentry *dentry)
{
	struct place place;
	int error;

	inode_lock(dir);
	error = find(dir, name_of(dentry), &place);
	if (!error)
		change(dir, &place, 0, NULL);
	inode_unlock(dir);
	if (error)
		return error;
	clear_nlink(d_inode(dentry));
	mark_inode_dirty(d_inode(dentry));
	d_delete(dentry);
	return 0;
}

const struct inode_operations ccsan_diskfs_dir_ops = {
	.lookup = lookup,
	.create = create,
	.unlink = unlink_entry,
};

/* --- by name --- */

static struct dentry *make(struct dentry *root, const char *name)
{
	struct dentry *dentry = d_alloc_name(root, name);
	int error;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	error = create(d_inode(root), dentry, S_IFREG | 0644, true);
	if (!error)
		return dentry;
	dput(dentry);
	return ERR_PTR(error);
}

/* Return: with a reference, and an inode. */
static struct dentry *look_up(struct dentry *root, const char *name, bool create)
{
	struct dentry *dentry = lookup_one_len(name, root, (int)strlen(name));

	if (create && IS_ERR(dentry) && PTR_ERR(dentry) == -ENOENT)
		dentry = make(root, name);
	return dentry;
}

static int cut(struct dentry *dentry)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE };
	struct inode *inode = d_inode(dentry);
	int error;

	inode_lock(inode);
	error = inode->i_op->setattr(dentry, &attr);
	inode_unlock(inode);
	return error;
}

struct file *ccsan_linux_diskfs_open(struct dentry *root, const char *name, int flags)
{
	struct dentry *dentry = look_up(root, name, flags & O_CREAT);
	struct file *file;
	int error = 0;

	if (IS_ERR(dentry))
		return ERR_PTR(PTR_ERR(dentry));
	if (flags & O_TRUNC)
		error = cut(dentry);
	file = error ? ERR_PTR(error) : ccsan_linux_open(d_inode(dentry), flags & ~O_TRUNC);
	if (IS_ERR(file))
		dput(dentry);
	else
		file->f_dentry = dentry;
	return file;
}

int ccsan_linux_diskfs_open_fd(struct dentry *root, const char *name, int flags)
{
	struct file *file = ccsan_linux_diskfs_open(root, name, flags);
	int fd;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	fd = get_unused_fd_flags(0);
	if (fd < 0)
		fput(file);
	else
		fd_install((unsigned int)fd, file);
	return fd;
}

int ccsan_linux_diskfs_unlink(struct dentry *root, const char *name)
{
	struct dentry *dentry = lookup_one_len(name, root, (int)strlen(name));
	int error;

	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	error = d_inode(root)->i_op->unlink(d_inode(root), dentry);
	dput(dentry);
	return error;
}
