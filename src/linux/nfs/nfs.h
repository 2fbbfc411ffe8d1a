/* SPDX-License-Identifier: MIT */
/* The contract between the .c files of this folder. */
#ifndef CCSAN_LINUX_NFS_NFS_H
#define CCSAN_LINUX_NFS_NFS_H

#include <ccsan/nfs.h>

#include "linux/layer.h"

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

#endif
