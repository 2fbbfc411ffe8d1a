/* SPDX-License-Identifier: MIT */
/* What all versions of NFS share. Fidelity: exact, where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_NFS_H
#define CCSAN_HOSTS_LINUX_NFS_H

#include <linux/string.h>
#include <linux/types.h>

#define NFS_PROGRAM     100003u
#define NFS_MNT_PROGRAM 100005u
#define NFS_PORT        2049
#define NFS_MAXFHSIZE   128
#define NFS_MAXNAMLEN   255

/** A file handle: the server's name of a file, nothing the client understands. */
struct nfs_fh {
	unsigned short size;
	unsigned char data[NFS_MAXFHSIZE];
};

static inline bool nfs_compare_fh(const struct nfs_fh *a, const struct nfs_fh *b)
{
	return a->size != b->size || memcmp(a->data, b->data, a->size) != 0;
}

/** Status of a reply (RFC 1813, 2.6): those of errno.h have its numbers. */
enum nfs_stat {
	NFS_OK = 0,
	NFSERR_PERM = 1,
	NFSERR_NOENT = 2,
	NFSERR_IO = 5,
	NFSERR_ACCES = 13,
	NFSERR_EXIST = 17,
	NFSERR_NOTDIR = 20,
	NFSERR_ISDIR = 21,
	NFSERR_INVAL = 22,
	NFSERR_FBIG = 27,
	NFSERR_NOSPC = 28,
	NFSERR_ROFS = 30,
	NFSERR_NAMETOOLONG = 63,
	NFSERR_NOTEMPTY = 66,
	NFSERR_DQUOT = 69,
	NFSERR_STALE = 70,
	NFSERR_BADHANDLE = 10001,
	NFSERR_NOT_SYNC = 10002,
	NFSERR_BAD_COOKIE = 10003,
	NFSERR_NOTSUPP = 10004,
	NFSERR_TOOSMALL = 10005,
	NFSERR_SERVERFAULT = 10006,
	NFSERR_JUKEBOX = 10008,
};

/** How far a WRITE went (RFC 1813, 3.3.7). */
enum nfs3_stable_how { NFS_UNSTABLE, NFS_DATA_SYNC, NFS_FILE_SYNC };

#endif
