/* SPDX-License-Identifier: MIT */
/* Headers of calls and replies: RFC 5531, sections 8 and 9, and appendix A for AUTH_SYS. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sunrpc/clnt.h>

#include "nfs.h"

enum { RPC_CALL, RPC_REPLY };
enum { RPC_MSG_ACCEPTED, RPC_MSG_DENIED };
enum { RPC_SUCCESS, RPC_PROG_UNAVAIL, RPC_PROG_MISMATCH, RPC_PROC_UNAVAIL, RPC_GARBAGE_ARGS };
enum { RPC_AUTH_NULL, RPC_AUTH_SYS };
enum { RPC_VERSION = 2, RPC_MAX_AUTH_BYTES = 400 };

static const char machine_name[] = "ccsan";

__be32 *ccsan_rpc_encode_header(__be32 *p, const struct ccsan_rpc_header *header)
{
	unsigned int name = sizeof(machine_name) - 1;

	*p++ = cpu_to_be32(header->xid);
	*p++ = cpu_to_be32(RPC_CALL);
	*p++ = cpu_to_be32(RPC_VERSION);
	*p++ = cpu_to_be32(header->prog);
	*p++ = cpu_to_be32(header->vers);
	*p++ = cpu_to_be32(header->proc);
	*p++ = cpu_to_be32(RPC_AUTH_SYS);
	*p++ = cpu_to_be32((size_t)5 * XDR_UNIT + (u32)xdr_align_size(name));
	*p++ = 0; /* stamp: any */
	p = xdr_encode_opaque(p, machine_name, name);
	*p++ = 0; /* user */
	*p++ = 0; /* group */
	*p++ = 0; /* no more groups */
	*p++ = cpu_to_be32(RPC_AUTH_NULL);
	*p++ = 0;
	return p;
}

static int accept_errno(u32 status)
{
	switch (status) {
	case RPC_SUCCESS:
		return 0;
	case RPC_PROG_UNAVAIL:
		return -EPFNOSUPPORT;
	case RPC_PROG_MISMATCH:
		return -EPROTONOSUPPORT;
	case RPC_PROC_UNAVAIL:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

int ccsan_rpc_decode_header(struct xdr_stream *xdr, u32 xid)
{
	__be32 *p = xdr_inline_decode(xdr, (size_t)3 * XDR_UNIT);
	u32 status;
	void *verifier;

	if (!p || be32_to_cpu(p[0]) != xid || be32_to_cpu(p[1]) != RPC_REPLY)
		return -EIO;
	if (be32_to_cpu(p[2]) != RPC_MSG_ACCEPTED)
		return be32_to_cpu(p[2]) == RPC_MSG_DENIED ? -EACCES : -EIO;
	if (xdr_stream_decode_u32(xdr, &status) || /* the verifier's flavour: none is asked for */
	    xdr_stream_decode_opaque_inline(xdr, &verifier, RPC_MAX_AUTH_BYTES) < 0 ||
	    xdr_stream_decode_u32(xdr, &status))
		return -EIO;
	return accept_errno(status);
}

void rpc_prepare_reply_pages(struct rpc_rqst *req, struct page **pages, unsigned int base,
			     unsigned int len, unsigned int hdrsize)
{
	unsigned int header = (size_t)(CCSAN_RPC_REPLY_WORDS + hdrsize) * XDR_UNIT;

	xdr_inline_pages(&req->rq_rcv_buf, header, pages, base, len);
}
