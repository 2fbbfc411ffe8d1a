/* SPDX-License-Identifier: MIT */
/* Arguments and results of NFS version 3 (RFC 1813). Decoders trust nothing that they read. */
#include <dirent.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/nfs_xdr.h>
#include <linux/sunrpc/clnt.h>
#include <sys/stat.h>

#include "nfs.h"

/* Sizes on the wire, units of 4 bytes: RFC 1813, 2.5 and 2.6. */
enum {
	FH_WORDS = 1 + NFS3_FHSIZE / 4,
	NAME_WORDS = 1 + (NFS_MAXNAMLEN + 3) / 4,
	PATH_WORDS = 1 + NFS3_MAXPATHLEN / 4,
	COOKIEVERF_WORDS = NFS3_COOKIEVERFSIZE / 4,
	WRITEVERF_WORDS = NFS3_WRITEVERFSIZE / 4,
	FATTR_WORDS = 21,
	POST_OP_ATTR_WORDS = 1 + FATTR_WORDS,
	WCC_DATA_WORDS = 1 + 6 + POST_OP_ATTR_WORDS,
	PADDING_WORDS = 1,
};

/* --- status --- */

int nfs3_stat_to_errno(u32 status)
{
	static const struct {
		u32 status;
		int error;
	} table[] = {
		{ NFSERR_BADHANDLE, -EBADHANDLE },  { NFSERR_NOT_SYNC, -ENOTSYNC },
		{ NFSERR_BAD_COOKIE, -EBADCOOKIE }, { NFSERR_NOTSUPP, -EOPNOTSUPP },
		{ NFSERR_TOOSMALL, -ETOOSMALL },    { NFSERR_SERVERFAULT, -EREMOTEIO },
		{ NFSERR_JUKEBOX, -EJUKEBOX },      { NFSERR_NAMETOOLONG, -ENAMETOOLONG },
		{ NFSERR_NOTEMPTY, -ENOTEMPTY },    { NFSERR_DQUOT, -EDQUOT },
		{ NFSERR_STALE, -ESTALE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].status == status)
			return table[i].error;
	return status && status < NFSERR_NAMETOOLONG ? -(int)status : status ? -EIO : 0;
}

/* Return: 0, the status as an errno, or -EIO if the reply ends before it. What a failure carries
 * follows it. */
static int decode_status(struct xdr_stream *xdr)
{
	__u32 status;

	return xdr_stream_decode_u32(xdr, &status) ? -EIO : nfs3_stat_to_errno(status);
}

/* --- file handles, names --- */

static void encode_fh(struct xdr_stream *xdr, const struct nfs_fh *fh)
{
	__be32 *p = xdr_reserve_space(xdr, XDR_UNIT + fh->size);

	xdr_encode_opaque(p, fh->data, fh->size);
}

static int decode_fh(struct xdr_stream *xdr, struct nfs_fh *fh)
{
	void *data;
	ssize_t bytes = xdr_stream_decode_opaque_inline(xdr, &data, NFS3_FHSIZE);

	if (bytes <= 0) /* an empty one names nothing */
		return -EIO;
	if (!fh)
		return 0;
	fh->size = (unsigned short)bytes;
	memcpy(fh->data, data, (size_t)bytes);
	return 0;
}

static void encode_name(struct xdr_stream *xdr, const char *name, unsigned int len)
{
	xdr_encode_opaque(xdr_reserve_space(xdr, XDR_UNIT + len), name, len);
}

/* --- attributes --- */

static unsigned short mode_of_type(u32 type)
{
	static const unsigned short modes[] = {
		[NF3REG] = S_IFREG, [NF3DIR] = S_IFDIR,   [NF3BLK] = S_IFBLK, [NF3CHR] = S_IFCHR,
		[NF3LNK] = S_IFLNK, [NF3SOCK] = S_IFSOCK, [NF3FIFO] = S_IFIFO
	};

	return type < ARRAY_SIZE(modes) ? modes[type] : 0;
}

static __be32 *get_u32(__be32 *p, u32 *value)
{
	*value = be32_to_cpup(p);
	return p + 1;
}

static __be32 *get_time(__be32 *p, struct nfs_time *time)
{
	return get_u32(get_u32(p, &time->seconds), &time->nseconds);
}

/* @param fattr NULL to pass over it */
static int decode_fattr(struct xdr_stream *xdr, struct nfs_fattr *fattr)
{
	__be32 *p = xdr_inline_decode(xdr, (size_t)FATTR_WORDS * XDR_UNIT);
	u32 type, mode;

	if (!p)
		return -EIO;
	if (!fattr)
		return 0;
	p = get_u32(get_u32(p, &type), &mode);
	fattr->mode = (unsigned short)((mode & 07777) | mode_of_type(type));
	p = get_u32(p, &fattr->nlink);
	p = get_u32(get_u32(p, &fattr->uid), &fattr->gid);
	p = xdr_decode_hyper(xdr_decode_hyper(p, (__u64 *)&fattr->size), (__u64 *)&fattr->used);
	p = get_u32(get_u32(p, &fattr->rdev[0]), &fattr->rdev[1]);
	p = xdr_decode_hyper(p, (__u64 *)&fattr->fsid.major);
	p = xdr_decode_hyper(p, (__u64 *)&fattr->fileid);
	get_time(get_time(get_time(p, &fattr->atime), &fattr->mtime), &fattr->ctime);
	fattr->valid |= NFS_ATTR_FATTR;
	return 0;
}

static int decode_post_op_attr(struct xdr_stream *xdr, struct nfs_fattr *fattr)
{
	__u32 follows;

	if (xdr_stream_decode_u32(xdr, &follows))
		return -EIO;
	return follows ? decode_fattr(xdr, fattr) : 0;
}

static int decode_pre_op_attr(struct xdr_stream *xdr, struct nfs_fattr *fattr)
{
	__u32 follows;
	__be32 *p;

	if (xdr_stream_decode_u32(xdr, &follows))
		return -EIO;
	if (!follows)
		return 0;
	p = xdr_inline_decode(xdr, (size_t)6 * XDR_UNIT);
	if (!p)
		return -EIO;
	p = xdr_decode_hyper(p, (__u64 *)&fattr->pre_size);
	get_time(get_time(p, &fattr->pre_mtime), &fattr->pre_ctime);
	fattr->valid |= NFS_ATTR_FATTR_PRE;
	return 0;
}

static int decode_wcc_data(struct xdr_stream *xdr, struct nfs_fattr *fattr)
{
	int error = decode_pre_op_attr(xdr, fattr);

	return error ? error : decode_post_op_attr(xdr, fattr);
}

/* --- arguments --- */

static void encode_null(struct rpc_rqst *req, struct xdr_stream *xdr, const void *args)
{
	(void)req, (void)xdr, (void)args;
}

static void encode_getattr(struct rpc_rqst *req, struct xdr_stream *xdr, const void *args)
{
	(void)req;
	encode_fh(xdr, args);
}

/* All other attributes stay; no guard. */
static void encode_setattr(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs3_sattrargs *args = data;
	__be32 *p;

	(void)req;
	encode_fh(xdr, args->fh);
	p = xdr_reserve_space(xdr, (size_t)9 * XDR_UNIT);
	*p++ = 0; /* mode */
	*p++ = 0; /* uid */
	*p++ = 0; /* gid */
	*p++ = cpu_to_be32(1);
	p = xdr_encode_hyper(p, args->size);
	*p++ = 0; /* atime */
	*p++ = 0; /* mtime */
	*p = 0;   /* guard */
}

static void encode_lookup(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs3_diropargs *args = data;

	(void)req;
	encode_fh(xdr, args->fh);
	encode_name(xdr, args->name, args->len);
}

static void encode_read(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs_pgio_args *args = data;
	__be32 *p;

	encode_fh(xdr, args->fh);
	p = xdr_reserve_space(xdr, (size_t)3 * XDR_UNIT);
	p = xdr_encode_hyper(p, args->offset);
	*p = cpu_to_be32(args->count);
	rpc_prepare_reply_pages(req, args->pages, args->pgbase, args->count,
				1 + POST_OP_ATTR_WORDS + 3);
}

static void encode_write(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs_pgio_args *args = data;
	__be32 *p;

	(void)req;
	encode_fh(xdr, args->fh);
	p = xdr_reserve_space(xdr, (size_t)5 * XDR_UNIT);
	p = xdr_encode_hyper(p, args->offset);
	*p++ = cpu_to_be32(args->count);
	*p++ = cpu_to_be32(args->stable);
	*p = cpu_to_be32(args->count);
	xdr_write_pages(xdr, args->pages, args->pgbase, args->count);
}

static void encode_commit(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs_pgio_args *args = data;
	__be32 *p;

	(void)req;
	encode_fh(xdr, args->fh);
	p = xdr_reserve_space(xdr, (size_t)3 * XDR_UNIT);
	*xdr_encode_hyper(p, args->offset) = cpu_to_be32(args->count);
}

/* The size of names and cookies alone is asked for to be the same as that of all. */
static void encode_readdirplus(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs3_readdirargs *args = data;
	__be32 *p;

	encode_fh(xdr, args->fh);
	p = xdr_reserve_space(xdr, (size_t)(4 + COOKIEVERF_WORDS) * XDR_UNIT);
	p = xdr_encode_hyper(p, args->cookie);
	p = xdr_encode_opaque_fixed(p, args->verf, NFS3_COOKIEVERFSIZE);
	*p++ = cpu_to_be32(args->count);
	*p = cpu_to_be32(args->count);
	rpc_prepare_reply_pages(req, args->pages, 0, args->count,
				1 + POST_OP_ATTR_WORDS + COOKIEVERF_WORDS);
}

static void encode_path(struct rpc_rqst *req, struct xdr_stream *xdr, const void *data)
{
	const struct nfs3_mntargs *args = data;

	(void)req;
	encode_name(xdr, args->path, (unsigned int)strlen(args->path));
}

/* --- results --- */

static int decode_null(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	(void)req, (void)xdr, (void)result;
	return 0;
}

static int decode_getattr(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	int error = decode_status(xdr);

	(void)req;
	return error ? error : decode_fattr(xdr, result);
}

static int decode_setattr(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	int status = decode_status(xdr), error = decode_wcc_data(xdr, result);

	(void)req;
	return status ? status : error;
}

static int decode_lookup(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs3_diropres *res = result;
	int error = decode_status(xdr);

	(void)req;
	if (error) {
		decode_post_op_attr(xdr, res->dir_attr);
		return error;
	}
	error = decode_fh(xdr, res->fh);
	if (!error)
		error = decode_post_op_attr(xdr, res->fattr);
	return error ? error : decode_post_op_attr(xdr, res->dir_attr);
}

static int decode_read(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs_pgio_res *res = result;
	int status = decode_status(xdr), error = decode_post_op_attr(xdr, res->fattr);
	__be32 *p;

	(void)req;
	if (status || error)
		return status ? status : error;
	p = xdr_inline_decode(xdr, (size_t)3 * XDR_UNIT);
	if (!p)
		return -EIO;
	res->count = be32_to_cpu(p[0]);
	res->eof = p[1] != 0;
	if (be32_to_cpu(p[2]) != res->count)
		return -EIO;
	status = (int)xdr_read_pages(xdr, res->count);
	if ((u32)status < res->count) {
		res->count = (u32)status; /* it was cut short */
		res->eof = false;
	}
	return 0;
}

static int decode_write(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs_pgio_res *res = result;
	int status = decode_status(xdr), error = decode_wcc_data(xdr, res->fattr);
	__be32 *p;
	u32 how;

	(void)req;
	if (status || error)
		return status ? status : error;
	p = xdr_inline_decode(xdr, (size_t)(2 + WRITEVERF_WORDS) * XDR_UNIT);
	if (!p)
		return -EIO;
	p = get_u32(get_u32(p, &res->count), &how);
	if (how > NFS_FILE_SYNC)
		return -EIO;
	res->committed = (enum nfs3_stable_how)how;
	memcpy(res->verf, p, NFS3_WRITEVERFSIZE);
	return 0;
}

static int decode_commit(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs_pgio_res *res = result;
	int status = decode_status(xdr), error = decode_wcc_data(xdr, res->fattr);
	__be32 *p;

	(void)req;
	if (status || error)
		return status ? status : error;
	p = xdr_inline_decode(xdr, NFS3_WRITEVERFSIZE);
	if (!p)
		return -EIO;
	memcpy(res->verf, p, NFS3_WRITEVERFSIZE);
	return 0;
}

static int decode_readdirplus(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs3_readdirres *res = result;
	int status = decode_status(xdr), error = decode_post_op_attr(xdr, res->dir_attr);
	__be32 *p;

	(void)req;
	if (status || error)
		return status ? status : error;
	p = xdr_inline_decode(xdr, NFS3_COOKIEVERFSIZE);
	if (!p)
		return -EIO;
	memcpy(res->verf, p, NFS3_COOKIEVERFSIZE);
	res->pglen = xdr_read_pages(xdr, xdr->buf->page_len);
	return 0;
}

/* Which ways to authenticate there are does not matter: AUTH_SYS it is. */
static int decode_mnt(struct rpc_rqst *req, struct xdr_stream *xdr, void *result)
{
	struct nfs3_mntres *res = result;
	int error = decode_status(xdr);

	(void)req;
	return error ? error : decode_fh(xdr, res->fh);
}

#define PROC(number, name, args, result)                                     \
	[number] = {                                                         \
		number, encode_##name, decode_##name, args, result, #number, \
	}

const struct rpc_procinfo nfs3_procedures[NFS3PROC_COMMIT + 1] = {
	PROC(NFS3PROC_NULL, null, 0, 0),
	PROC(NFS3PROC_GETATTR, getattr, FH_WORDS, 1 + FATTR_WORDS),
	PROC(NFS3PROC_SETATTR, setattr, FH_WORDS + 9, 1 + WCC_DATA_WORDS),
	PROC(NFS3PROC_LOOKUP, lookup, FH_WORDS + NAME_WORDS, 1 + FH_WORDS + 2 * POST_OP_ATTR_WORDS),
	PROC(NFS3PROC_READ, read, FH_WORDS + 3, 1 + POST_OP_ATTR_WORDS + 3 + PADDING_WORDS),
	PROC(NFS3PROC_WRITE, write, FH_WORDS + 5 + PADDING_WORDS,
	     1 + WCC_DATA_WORDS + 2 + WRITEVERF_WORDS),
	PROC(NFS3PROC_READDIRPLUS, readdirplus, FH_WORDS + 4 + COOKIEVERF_WORDS,
	     1 + POST_OP_ATTR_WORDS + COOKIEVERF_WORDS + PADDING_WORDS),
	PROC(NFS3PROC_COMMIT, commit, FH_WORDS + 3, 1 + WCC_DATA_WORDS + WRITEVERF_WORDS),
};

#define encode_mnt  encode_path
#define encode_umnt encode_path
#define decode_umnt decode_null

const struct rpc_procinfo nfs3_mnt_procedures[MOUNTPROC3_UMNT + 1] = {
	PROC(MOUNTPROC3_NULL, null, 0, 0),
	PROC(MOUNTPROC3_MNT, mnt, PATH_WORDS, 1 + FH_WORDS + 16),
	PROC(MOUNTPROC3_UMNT, umnt, PATH_WORDS, 0),
};

/* --- entries of a directory --- */

static unsigned char dirent_type(unsigned short mode)
{
	return (unsigned char)IFTODT(mode);
}

/* No entry follows: the end of the directory, or of what this reply had room for. */
static int decode_end(struct xdr_stream *xdr, struct nfs_entry *entry)
{
	__u32 eof;

	if (xdr_stream_decode_u32(xdr, &eof))
		return -EAGAIN;
	entry->eof = eof != 0;
	return eof ? -EBADCOOKIE : -EAGAIN;
}

/* Fills in the handle and attributes of an entry, where the server told them. */
static int decode_plus(struct xdr_stream *xdr, struct nfs_entry *entry)
{
	__u32 follows;

	if (entry->fattr)
		entry->fattr->valid = 0;
	if (entry->fh)
		entry->fh->size = 0;
	if (decode_post_op_attr(xdr, entry->fattr) || xdr_stream_decode_u32(xdr, &follows))
		return -EAGAIN;
	if (entry->fattr && entry->fattr->valid & NFS_ATTR_FATTR)
		entry->d_type = dirent_type(entry->fattr->mode);
	return follows && decode_fh(xdr, entry->fh) ? -EAGAIN : 0;
}

int nfs3_decode_dirent(struct xdr_stream *xdr, struct nfs_entry *entry, bool plus)
{
	struct nfs_entry old = *entry;
	ssize_t bytes;
	void *name;
	__u32 follows;

	if (xdr_stream_decode_u32(xdr, &follows))
		return -EAGAIN;
	if (!follows)
		return decode_end(xdr, entry);
	if (xdr_stream_decode_u64(xdr, (__u64 *)&entry->ino))
		return -EAGAIN;
	bytes = xdr_stream_decode_opaque_inline(xdr, &name, NFS_MAXNAMLEN);
	if (bytes == 0 || bytes == -EMSGSIZE)
		return -EBADMSG;
	if (bytes < 0)
		return -EAGAIN;
	entry->name = name;
	entry->len = (unsigned int)bytes;
	entry->prev_cookie = old.cookie;
	entry->d_type = DT_UNKNOWN;
	if (xdr_stream_decode_u64(xdr, (__u64 *)&entry->cookie) ||
	    (plus && decode_plus(xdr, entry))) {
		*entry = old;
		return -EAGAIN;
	}
	return 0;
}
