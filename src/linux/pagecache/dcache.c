/* SPDX-License-Identifier: MIT */
/* Names of inodes: linux/dcache.h. Entries stay while their parent or somebody has them. */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "linux/layer.h"

static DEFINE_MUTEX(tree_lock); /* d_child, d_subdirs */

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry = ccsan_kalloc(sizeof(*dentry) + name->len + 1);
	char *copy;

	if (!dentry)
		return NULL;
	copy = (char *)(dentry + 1);
	memcpy(copy, name->name, name->len);
	dentry->d_name = (struct qstr)QSTR_INIT(copy, name->len);
	dentry->d_parent = parent ? dget(parent) : dentry;
	dentry->d_sb = parent ? parent->d_sb : NULL;
	atomic_set(&dentry->d_count, 1);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_child);
	return dentry;
}

struct dentry *d_alloc_name(struct dentry *parent, const char *name)
{
	struct qstr string = QSTR_INIT(name, (u32)strlen(name));

	return d_alloc(parent, &string);
}

struct dentry *d_make_root(struct inode *root)
{
	struct dentry *dentry;

	if (!root)
		return NULL;
	dentry = d_alloc_name(NULL, "/");
	if (!dentry) {
		iput(root);
		return NULL;
	}
	dentry->d_sb = root->i_sb;
	dentry->d_inode = root;
	return dentry;
}

void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	dentry->d_inode = inode;
}

/* The tree's own reference is the name's: it is dropped by d_drop(). */
void d_add(struct dentry *dentry, struct inode *inode)
{
	mutex_lock(&tree_lock);
	dentry->d_inode = inode;
	if (list_empty(&dentry->d_child)) {
		dget(dentry);
		list_add_tail(&dentry->d_child, &dentry->d_parent->d_subdirs);
	}
	mutex_unlock(&tree_lock);
}

static bool is_called(const struct dentry *dentry, const struct qstr *name)
{
	return dentry->d_name.len == name->len &&
	       !memcmp(dentry->d_name.name, name->name, name->len);
}

struct dentry *d_lookup(const struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry, *found = NULL;

	mutex_lock(&tree_lock);
	list_for_each_entry (dentry, &parent->d_subdirs, d_child)
		if (is_called(dentry, name)) {
			found = dget(dentry);
			break;
		}
	mutex_unlock(&tree_lock);
	return found;
}

void d_drop(struct dentry *dentry)
{
	bool was_there;

	mutex_lock(&tree_lock);
	was_there = !list_empty(&dentry->d_child);
	if (was_there)
		list_del_init(&dentry->d_child);
	mutex_unlock(&tree_lock);
	if (was_there)
		dput(dentry);
}

void d_delete(struct dentry *dentry)
{
	d_drop(dentry);
}

struct dentry *dget(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	return dentry;
}

void dput(struct dentry *dentry)
{
	while (dentry && atomic_dec_and_test(&dentry->d_count)) {
		struct dentry *parent = dentry->d_parent;

		iput(dentry->d_inode);
		kfree(dentry);
		dentry = parent == dentry ? NULL : parent;
	}
}

void shrink_dcache_parent(struct dentry *parent)
{
	struct dentry *dentry, *next;

	list_for_each_entry_safe (dentry, next, &parent->d_subdirs, d_child) {
		shrink_dcache_parent(dentry);
		d_drop(dentry);
	}
}

/* Return: the entry, with a reference, and with its inode if there is one. */
static struct dentry *look_up(struct dentry *base, const struct qstr *name)
{
	struct inode *dir = d_inode(base);
	struct dentry *dentry = d_alloc(base, name), *other = NULL;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	if (dir->i_op->lookup)
		other = dir->i_op->lookup(dir, dentry, 0);
	if (!other)
		return dentry;
	dput(dentry);
	return other;
}

struct dentry *lookup_one_len(const char *name, struct dentry *base, int len)
{
	struct qstr string = QSTR_INIT(name, (u32)len);
	struct dentry *dentry = d_lookup(base, &string);

	if (!dentry)
		dentry = look_up(base, &string);
	if (IS_ERR(dentry) || d_really_is_positive(dentry))
		return dentry;
	d_drop(dentry);
	dput(dentry); // NOLINT(clang-analyzer-unix.Malloc): another reference
	return ERR_PTR(-ENOENT);
}
