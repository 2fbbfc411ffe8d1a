/* SPDX-License-Identifier: MIT */
/* What the client knows of files, and when it stops to believe it: linux/nfs_fs.h. */
#include <ccsan/behaviour.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/nfs_fs.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/writeback.h>
#include <sys/stat.h>

#include "nfs.h"

/* --- attributes --- */

static bool time_differs(const struct nfs_time *a, const struct nfs_time *b)
{
	return a->seconds != b->seconds || a->nseconds != b->nseconds;
}

static bool has_dirty_pages(struct inode *inode)
{
	return xa_marked(&inode->i_mapping->i_pages, PAGECACHE_TAG_DIRTY) ||
	       xa_marked(&inode->i_mapping->i_pages, PAGECACHE_TAG_WRITEBACK);
}

/* The server does not know yet what dirty pages behind its end of the file hold. */
static bool size_changed(struct inode *inode, u64 size)
{
	loff_t known = i_size_read(inode);

	return (loff_t)size != known && ((loff_t)size > known || !has_dirty_pages(inode));
}

static void take_attributes(struct inode *inode, const struct nfs_fattr *fattr)
{
	struct nfs_inode *nfsi = NFS_I(inode);
	bool resized = S_ISREG(inode->i_mode) && size_changed(inode, fattr->size);
	bool changed = resized || time_differs(&nfsi->mtime, &fattr->mtime);

	spin_lock(&inode->i_lock);
	nfsi->cache_validity &= ~(unsigned int)NFS_INO_INVALID_ATTR;
	if (changed && S_ISREG(inode->i_mode))
		nfsi->cache_validity |= NFS_INO_INVALID_DATA;
	nfsi->mtime = fattr->mtime;
	nfsi->ctime = fattr->ctime;
	inode->i_mode = (umode_t)((inode->i_mode & S_IFMT) | (fattr->mode & 07777));
	inode->i_nlink = fattr->nlink;
	spin_unlock(&inode->i_lock);
	if (resized)
		i_size_write(inode, (loff_t)fattr->size);
}

int nfs_refresh_inode(struct inode *inode, const struct nfs_fattr *fattr)
{
	if (!(fattr->valid & NFS_ATTR_FATTR))
		return 0;
	if (fattr->fileid != NFS_I(inode)->fileid ||
	    (fattr->mode & S_IFMT) != (inode->i_mode & S_IFMT))
		return -ESTALE;
	take_attributes(inode, fattr);
	return 0;
}

int nfs_post_op_update_inode(struct inode *inode, const struct nfs_fattr *fattr)
{
	struct nfs_inode *nfsi = NFS_I(inode);
	bool own;

	spin_lock(&inode->i_lock);
	own = fattr->valid & NFS_ATTR_FATTR && fattr->valid & NFS_ATTR_FATTR_PRE &&
	      !time_differs(&nfsi->mtime, &fattr->pre_mtime);
	if (own) /* as if we had known */
		nfsi->mtime = fattr->mtime;
	if (!(fattr->valid & NFS_ATTR_FATTR))
		nfsi->cache_validity |= NFS_INO_INVALID_ATTR;
	spin_unlock(&inode->i_lock);
	if (own && size_changed(inode, fattr->size))
		i_size_write(inode, (loff_t)fattr->size);
	return nfs_refresh_inode(inode, fattr);
}

int __nfs_revalidate_inode(struct nfs_server *server, struct inode *inode)
{
	struct nfs_fattr fattr;
	int error = ccsan_nfs3_getattr(server->client, NFS_FH(inode), &fattr);

	return error ? error : nfs_refresh_inode(inode, &fattr);
}

static bool attributes_are_old(const struct nfs_server *server, const struct inode *inode)
{
	return server->flags & NFS_MOUNT_NOAC ||
	       NFS_I(inode)->cache_validity & NFS_INO_INVALID_ATTR;
}

int nfs_revalidate_inode(struct nfs_server *server, struct inode *inode)
{
	return attributes_are_old(server, inode) ? __nfs_revalidate_inode(server, inode) : 0;
}

/* --- pages --- */

int nfs_wb_all(struct inode *inode)
{
	return filemap_write_and_wait(inode->i_mapping);
}

static int drop_pages(struct inode *inode, struct address_space *mapping)
{
	int error = 0;

	if (S_ISREG(inode->i_mode)) {
		unmap_mapping_range(mapping, 0, 0, 0);
		error = nfs_wb_all(inode);
	}
	return error ? error : invalidate_inode_pages2(mapping);
}

/* Whoever finds that the pages are old meanwhile says so again. */
static int invalidate(struct inode *inode, struct address_space *mapping)
{
	struct nfs_inode *nfsi = NFS_I(inode);
	int error = 0;
	bool old;

	mutex_lock(&nfsi->invalidating);
	spin_lock(&inode->i_lock);
	old = nfsi->cache_validity & NFS_INO_INVALID_DATA;
	nfsi->cache_validity &= ~(unsigned int)NFS_INO_INVALID_DATA;
	spin_unlock(&inode->i_lock);
	if (old && mapping->nrpages)
		error = drop_pages(inode, mapping);
	if (error) {
		spin_lock(&inode->i_lock);
		nfsi->cache_validity |= NFS_INO_INVALID_DATA;
		spin_unlock(&inode->i_lock);
	}
	mutex_unlock(&nfsi->invalidating);
	return error;
}

int nfs_revalidate_mapping(struct inode *inode, struct address_space *mapping)
{
	int error = nfs_revalidate_inode(NFS_SERVER(inode), inode);

	if (error || !(READ_ONCE(NFS_I(inode)->cache_validity) & NFS_INO_INVALID_DATA))
		return error;
	return invalidate(inode, mapping);
}

/* --- inodes --- */

static struct inode *nfs_alloc_inode(struct super_block *sb)
{
	struct nfs_inode *nfsi = ccsan_kalloc(sizeof(*nfsi));

	(void)sb;
	if (!nfsi)
		return NULL;
	inode_init_once(&nfsi->vfs_inode);
	mutex_init(&nfsi->invalidating);
	return &nfsi->vfs_inode;
}

static void nfs_free_inode(struct inode *inode)
{
	kfree(NFS_I(inode));
}

static void nfs_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
}

static void fill_inode(struct inode *inode, const struct nfs_fh *fh, const struct nfs_fattr *fattr)
{
	struct nfs_inode *nfsi = NFS_I(inode);

	nfsi->fh = *fh;
	nfsi->fileid = fattr->fileid;
	nfsi->mtime = fattr->mtime;
	inode->i_mode = fattr->mode;
	if (S_ISREG(inode->i_mode)) {
		inode->i_size = (loff_t)fattr->size;
		inode->i_op = &nfs_file_inode_operations;
		inode->i_fop = &nfs_file_operations;
		inode->i_data.a_ops = &nfs_file_aops;
	} else {
		inode->i_op = &nfs_dir_inode_operations;
	}
}

struct inode *nfs_fhget(struct super_block *sb, const struct nfs_fh *fh,
			const struct nfs_fattr *fattr)
{
	struct inode *inode;
	int error;

	if (!(fattr->valid & NFS_ATTR_FATTR) || !fh->size)
		return ERR_PTR(-EIO);
	inode = iget_locked(sb, fattr->fileid);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (inode->i_state & I_NEW) {
		fill_inode(inode, fh, fattr);
		unlock_new_inode(inode);
	}
	error = nfs_refresh_inode(inode, fattr);
	if (!error)
		return inode;
	iput(inode);
	return ERR_PTR(error);
}

/* --- names --- */

static struct dentry *nfs_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	struct nfs3_diropargs args = { NFS_FH(dir), (const char *)dentry->d_name.name,
				       dentry->d_name.len };
	struct nfs_fattr fattr;
	struct nfs_fh fh = { 0 };
	struct inode *inode;
	int error = ccsan_nfs3_lookup(NFS_SERVER(dir)->client, &args, &fh, &fattr);

	(void)flags;
	if (error == -ENOENT) {
		d_add(dentry, NULL);
		return NULL;
	}
	if (!error && !(fattr.valid & NFS_ATTR_FATTR))
		error = ccsan_nfs3_getattr(NFS_SERVER(dir)->client, &fh, &fattr);
	if (error)
		return ERR_PTR(error);
	inode = nfs_fhget(dir->i_sb, &fh, &fattr);
	if (IS_ERR(inode))
		return (struct dentry *)inode;
	d_add(dentry, inode);
	return NULL;
}

static int nfs_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	struct nfs_fattr fattr;
	int error;

	if (!(attr->ia_valid & ATTR_SIZE))
		return 0;
	error = nfs_wb_all(inode);
	if (!error)
		error = ccsan_nfs3_setsize(NFS_SERVER(inode)->client, NFS_FH(inode),
					   (u64)attr->ia_size, &fattr);
	if (error)
		return error;
	truncate_setsize(inode, attr->ia_size);
	return nfs_post_op_update_inode(inode, &fattr);
}

const struct inode_operations nfs_dir_inode_operations = { .lookup = nfs_lookup };
const struct inode_operations nfs_file_inode_operations = { .setattr = nfs_setattr };

/* --- mounting --- */

static void nfs_put_super(struct super_block *sb)
{
	kfree(sb->s_fs_info);
	sb->s_fs_info = NULL;
}

static const struct super_operations nfs_sops = {
	.alloc_inode = nfs_alloc_inode,
	.free_inode = nfs_free_inode,
	.evict_inode = nfs_evict_inode,
	.put_super = nfs_put_super,
};

static int nfs_fill_super(struct super_block *sb, void *data, int silent)
{
	const struct nfs_server *given = data;
	struct nfs_server *server = kmemdup(given, sizeof(*given), GFP_KERNEL);
	struct nfs_fattr fattr;
	struct inode *root;
	int error;

	(void)silent;
	if (!server)
		return -ENOMEM;
	sb->s_fs_info = server;
	sb->s_op = &nfs_sops;
	error = ccsan_nfs3_getattr(server->client, &server->root, &fattr);
	if (error)
		return error;
	root = nfs_fhget(sb, &server->root, &fattr);
	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *nfs_mount(struct file_system_type *type, int flags, const char *dev_name,
				void *data)
{
	(void)dev_name;
	return mount_nodev(type, flags, data, nfs_fill_super);
}

struct file_system_type nfs_fs_type = {
	.name = "nfs",
	.mount = nfs_mount,
	.kill_sb = kill_anon_super,
};

struct dentry *ccsan_linux_nfs_mount(struct rpc_xprt *nfs, const struct nfs_fh *fh,
				     unsigned int flags)
{
	struct nfs_server server = {
		.client = nfs, .flags = flags, .rsize = 32 << 10, .wsize = 32 << 10, .root = *fh
	};

	return ccsan_linux_mount(&nfs_fs_type, "nfs", &server);
}
