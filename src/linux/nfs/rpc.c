/* SPDX-License-Identifier: MIT */
/* One remote procedure call from its arguments to its results: linux/sunrpc/clnt.h. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sunrpc/clnt.h>
#include <stdlib.h>

#include "nfs.h"

enum { MAX_VERIFIER_WORDS = 1 + 400 / 4 };

/* Room for a header, and for what the procedure has besides page data. */
static bool make_buffer(struct xdr_buf *buf, unsigned int words)
{
	void *memory = kzalloc((size_t)words * XDR_UNIT, GFP_KERNEL);

	if (!memory)
		return false;
	xdr_buf_init(buf, memory, (size_t)words * XDR_UNIT);
	return true;
}

static bool make_buffers(struct rpc_rqst *req, const struct rpc_procinfo *proc)
{
	if (!make_buffer(&req->rq_snd_buf, CCSAN_RPC_CALL_WORDS + proc->p_arglen))
		return false;
	if (make_buffer(&req->rq_rcv_buf,
			CCSAN_RPC_REPLY_WORDS + proc->p_replen + MAX_VERIFIER_WORDS)) {
		req->rq_rcv_buf.head[0].iov_len = req->rq_rcv_buf.buflen;
		return true;
	}
	kfree(req->rq_snd_buf.head[0].iov_base);
	return false;
}

static void encode(struct rpc_clnt *clnt, struct rpc_rqst *req, const struct rpc_message *msg)
{
	struct ccsan_rpc_header header = { req->rq_xid, clnt->cl_prog, clnt->cl_vers,
					   msg->rpc_proc->p_proc };
	struct xdr_stream xdr;
	__be32 *p;

	xdr_init_encode(&xdr, &req->rq_snd_buf, NULL, req);
	p = xdr_reserve_space(&xdr, (size_t)CCSAN_RPC_CALL_WORDS * XDR_UNIT);
	ccsan_rpc_encode_header(p, &header);
	msg->rpc_proc->p_encode(req, &xdr, msg->rpc_argp);
}

/* The message as it goes out: pages are read through the kernel's mapping. Return: Owns: the
 * caller, kfree(); NULL without memory. */
static void *gather(const struct xdr_buf *buf)
{
	void *message = kmalloc(buf->len, GFP_KERNEL);

	if (message && read_bytes_from_xdr_buf(buf, 0, message, buf->len)) {
		kfree(message);
		return NULL;
	}
	return message;
}

static int exchange(struct rpc_clnt *clnt, struct rpc_rqst *req)
{
	struct xdr_buf *rcv = &req->rq_rcv_buf;
	struct xdr_skb_reader desc = { 0 };
	void *message = gather(&req->rq_snd_buf), *reply = NULL;
	ssize_t bytes;

	if (!message)
		return -ENOMEM;
	mutex_lock(&clnt->cl_xprt->lock);
	bytes = clnt->cl_xprt->exchange(clnt->cl_xprt, message, req->rq_snd_buf.len, &reply);
	mutex_unlock(&clnt->cl_xprt->lock);
	kfree(message);
	if (bytes < 0)
		return (int)bytes;
	desc.data = reply;
	desc.count = (size_t)bytes;
	rcv->len = (unsigned int)xdr_partial_copy_from_skb(rcv, 0, &desc, xdr_skb_read_bits);
	free(reply);
	return 0;
}

static int decode(struct rpc_rqst *req, const struct rpc_message *msg)
{
	struct xdr_stream xdr;
	int status;

	xdr_init_decode(&xdr, &req->rq_rcv_buf, NULL, req);
	status = ccsan_rpc_decode_header(&xdr, req->rq_xid);
	return status ? status : msg->rpc_proc->p_decode(req, &xdr, msg->rpc_resp);
}

int rpc_call_sync(struct rpc_clnt *clnt, const struct rpc_message *msg, int flags)
{
	struct rpc_rqst req = { .rq_xid = ++clnt->cl_xprt->xid };
	int status;

	(void)flags;
	might_sleep();
	if (!make_buffers(&req, msg->rpc_proc))
		return -ENOMEM;
	encode(clnt, &req, msg);
	status = exchange(clnt, &req);
	if (!status)
		status = decode(&req, msg);
	kfree(req.rq_snd_buf.head[0].iov_base);
	kfree(req.rq_rcv_buf.head[0].iov_base);
	return status;
}
