/* SPDX-License-Identifier: MIT */
/* The contract between the .c files of this folder. */
#ifndef CCSAN_LINUX_NFS_NFS_H
#define CCSAN_LINUX_NFS_NFS_H

#include <ccsan/nfs.h>

#include "../kernel.h"

/* --- xdr_buf.c: a message is laid out anew; what then has no place is cut off --- */

/** The last bytes of the head become the first ones of the page data. */
void ccsan_xdr_shrink_head(struct xdr_buf *buf, unsigned int bytes);

/** The last bytes of the page data become the first ones of the tail. */
void ccsan_xdr_shrink_pages(struct xdr_buf *buf, unsigned int bytes);

/* --- rpc_msg.c --- */

struct ccsan_rpc_header {
	u32 xid, prog, vers, proc;
};

/** Headers, units of 4 bytes: of a call; of a reply up to its results, without verifier. */
enum { CCSAN_RPC_CALL_WORDS = 17, CCSAN_RPC_REPLY_WORDS = 6 };

/** Return: behind it. */
__be32 *ccsan_rpc_encode_header(__be32 *p, const struct ccsan_rpc_header *header);

/** Return: 0 if the results follow, or -errno. */
int ccsan_rpc_decode_header(struct xdr_stream *xdr, u32 xid);

/* --- nfs3proc.c: each waits for its reply. Return: 0, -errno. --- */

int ccsan_nfs3_null(struct rpc_xprt *xprt);
int ccsan_nfs3_getattr(struct rpc_xprt *xprt, const struct nfs_fh *fh, struct nfs_fattr *fattr);
int ccsan_nfs3_setsize(struct rpc_xprt *xprt, const struct nfs_fh *fh, u64 size,
		       struct nfs_fattr *fattr);
int ccsan_nfs3_lookup(struct rpc_xprt *xprt, const struct nfs3_diropargs *args, struct nfs_fh *fh,
		      struct nfs_fattr *fattr);
int ccsan_nfs3_read(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		    struct nfs_pgio_res *res);
int ccsan_nfs3_write(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		     struct nfs_pgio_res *res);
int ccsan_nfs3_commit(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		      struct nfs_pgio_res *res);
int ccsan_nfs3_readdirplus(struct rpc_xprt *xprt, const struct nfs3_readdirargs *args,
			   struct nfs3_readdirres *res);

#endif
