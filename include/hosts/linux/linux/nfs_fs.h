/* SPDX-License-Identifier: MIT */
/*
 * NFS as a file system: what a client knows of a file, and when it believes it.
 *
 * No time passes here, so attributes are never too old by themselves: they are asked for when a
 * file is opened (close-to-open consistency), when NFS_INO_INVALID_ATTR is set, and on each use
 * with the mount option noac.
 */
#ifndef CCSAN_HOSTS_LINUX_NFS_FS_H
#define CCSAN_HOSTS_LINUX_NFS_FS_H

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/nfs_xdr.h>
#include <linux/sunrpc/clnt.h>

#define NFS_MOUNT_NOAC 0x0020

/** A mounted directory of a server. */
struct nfs_server {
	struct rpc_xprt *client;
	unsigned int flags;        /**< NFS_MOUNT_* */
	unsigned int rsize, wsize; /**< bytes of one READ or WRITE, at most */
	struct nfs_fh root;
};

/** Bits of cache_validity. */
#define NFS_INO_INVALID_ATTR 0x0001 /**< ask for attributes before they are used */
#define NFS_INO_INVALID_DATA 0x0002 /**< the pages are older than the attributes */

struct nfs_inode {
	struct nfs_fh fh;
	u64 fileid;
	unsigned int cache_validity;
	struct nfs_time mtime, ctime;
	struct mutex invalidating; /**< one thread drops the pages of a file */
	struct inode vfs_inode;
};

/** What is around an inode. Fidelity: exact */
static inline struct nfs_inode *NFS_I(const struct inode *inode)
{
	return container_of(inode, struct nfs_inode, vfs_inode);
}

/** Fidelity: exact */
static inline struct nfs_server *NFS_SERVER(const struct inode *inode)
{
	return inode->i_sb->s_fs_info;
}

/** Fidelity: exact */
static inline struct nfs_fh *NFS_FH(const struct inode *inode)
{
	return &NFS_I(inode)->fh;
}

/** The inode of a handle, with these attributes. Return: an ERR_PTR() if they make no sense, or
 *  without memory. Fidelity: exact */
struct inode *nfs_fhget(struct super_block *sb, const struct nfs_fh *fh,
			const struct nfs_fattr *fattr);

/**
 * Attributes came with a reply. Where they show a change that is not the client's own, pages are
 * not believed any more; while there are dirty pages, a smaller size is not.
 *
 * Fidelity: simplified: by times and size, as without change attributes. Return: 0, -ESTALE for
 * another file.
 */
int nfs_refresh_inode(struct inode *inode, const struct nfs_fattr *fattr);

/** The same after a WRITE or SETATTR: what was before it tells whether the change is our own alone
 *  (weak cache consistency, RFC 1813, 2.6). Fidelity: exact */
int nfs_post_op_update_inode(struct inode *inode, const struct nfs_fattr *fattr);

/** Asks for attributes. Fidelity: exact. Return: 0, -errno */
int __nfs_revalidate_inode(struct nfs_server *server, struct inode *inode);

/** The same, if they are not believed. Fidelity: exact */
int nfs_revalidate_inode(struct nfs_server *server, struct inode *inode);

/**
 * Before pages are used: asks for attributes if need be, and drops the pages if they are too old:
 * user mappings are taken away, dirty pages written, then invalidate_inode_pages2(), or what
 * ccsan_behaviour.invalidate says.
 *
 * Fidelity: exact. Return: 0, -errno; -EBUSY from somebody who used a page meanwhile.
 */
int nfs_revalidate_mapping(struct inode *inode, struct address_space *mapping);

/** Writes all dirty pages and waits. Return: 0, -errno. Fidelity: exact */
int nfs_wb_all(struct inode *inode);

extern const struct file_operations nfs_file_operations;
extern const struct inode_operations nfs_dir_inode_operations, nfs_file_inode_operations;
extern const struct address_space_operations nfs_file_aops;
extern struct file_system_type nfs_fs_type;

#endif
