/* SPDX-License-Identifier: MIT */
/* Arguments and results of NFS calls. */
#ifndef CCSAN_HOSTS_LINUX_NFS_XDR_H
#define CCSAN_HOSTS_LINUX_NFS_XDR_H

#include <linux/nfs3.h>
#include <linux/sunrpc/clnt.h>
#include <linux/types.h>

struct page;

struct nfs_fsid {
	u64 major, minor;
};

struct nfs_time {
	u32 seconds, nseconds;
};

/** Attributes of a file, and of a file before a change (fattr3, wcc_attr). */
struct nfs_fattr {
	unsigned int valid;  /**< NFS_ATTR_FATTR_* */
	unsigned short mode; /**< with its type, S_IF* */
	u32 nlink;
	u32 uid, gid;
	u64 size, used; /**< bytes */
	u32 rdev[2];
	struct nfs_fsid fsid;
	u64 fileid;
	struct nfs_time atime, mtime, ctime;
	u64 pre_size;
	struct nfs_time pre_mtime, pre_ctime;
};
#define NFS_ATTR_FATTR     1u
#define NFS_ATTR_FATTR_PRE 2u

/** One entry of a directory (entryplus3). */
struct nfs_entry {
	u64 ino, cookie;
	u64 prev_cookie;  /**< of the entry before it */
	const char *name; /**< in the reply or its copy; not terminated */
	unsigned int len;
	bool eof;
	struct nfs_fh *fh;       /**< where to put the handle; NULL: not wanted */
	struct nfs_fattr *fattr; /**< the same */
	unsigned char d_type;    /**< DT_* */
};

struct nfs3_diropargs {
	const struct nfs_fh *fh;
	const char *name;
	unsigned int len;
};

struct nfs3_diropres {
	struct nfs_fattr *dir_attr, *fattr;
	struct nfs_fh *fh;
};

struct nfs3_sattrargs {
	const struct nfs_fh *fh;
	u64 size; /**< the only attribute that is set here */
};

struct nfs_pgio_args {
	const struct nfs_fh *fh;
	u64 offset;
	u32 count; /**< bytes */
	unsigned int pgbase;
	struct page **pages;
	enum nfs3_stable_how stable;
};

struct nfs_pgio_res {
	struct nfs_fattr *fattr;
	u32 count; /**< bytes */
	bool eof;
	enum nfs3_stable_how committed;
	u8 verf[NFS3_WRITEVERFSIZE];
};

struct nfs3_readdirargs {
	const struct nfs_fh *fh;
	u64 cookie;
	u8 verf[NFS3_COOKIEVERFSIZE];
	u32 count; /**< bytes of the reply */
	struct page **pages;
};

struct nfs3_readdirres {
	struct nfs_fattr *dir_attr;
	u8 verf[NFS3_COOKIEVERFSIZE];
	u32 pglen; /**< bytes of entries in the pages */
};

struct nfs3_mntargs {
	const char *path;
};

struct nfs3_mntres {
	struct nfs_fh *fh;
};

/** By number of procedure; those without p_encode are not there. */
extern const struct rpc_procinfo nfs3_procedures[NFS3PROC_COMMIT + 1];
extern const struct rpc_procinfo nfs3_mnt_procedures[MOUNTPROC3_UMNT + 1];

/**
 * Reads one entry of a READDIRPLUS reply (RFC 1813, 3.3.17), or of READDIR (3.3.16).
 *
 * Return: 0; -EBADCOOKIE at the end of the directory (with entry->eof), -EAGAIN at the end of this
 *         reply or where it is cut short, -EBADMSG if it makes no sense.
 * Fidelity: exact, but for the last, which kernels have as -EAGAIN, too.
 */
int nfs3_decode_dirent(struct xdr_stream *xdr, struct nfs_entry *entry, bool plus);

/** The errno that a status stands for, 0 for NFS_OK. Fidelity: exact */
int nfs3_stat_to_errno(u32 status);

#endif
