/* SPDX-License-Identifier: MIT */
/*
 * Remote procedure calls (RFC 5531) and what carries them.
 *
 * Fidelity: simplified. A call waits for its reply; who calls is root by AUTH_SYS; nothing is sent
 * again, since the transports here lose nothing.
 */
#ifndef CCSAN_HOSTS_LINUX_SUNRPC_CLNT_H
#define CCSAN_HOSTS_LINUX_SUNRPC_CLNT_H

#include <linux/mutex.h>
#include <linux/sunrpc/xdr.h>
#include <linux/types.h>

struct page;

/** A call and its reply. */
struct rpc_rqst {
	struct xdr_buf rq_snd_buf, rq_rcv_buf;
	u32 rq_xid;
};

typedef void (*kxdreproc_t)(struct rpc_rqst *rqstp, struct xdr_stream *xdr, const void *args);
typedef int (*kxdrdproc_t)(struct rpc_rqst *rqstp, struct xdr_stream *xdr, void *result);

/** A procedure. */
struct rpc_procinfo {
	u32 p_proc;
	kxdreproc_t p_encode;
	kxdrdproc_t p_decode;
	unsigned int p_arglen, p_replen; /**< at most, without page data; units of 4 bytes */
	const char *p_name;
};

struct rpc_message {
	const struct rpc_procinfo *rpc_proc;
	const void *rpc_argp;
	void *rpc_resp;
};

/** Carries messages. Embedded in what a transport needs. */
struct rpc_xprt {
	/**
	 * Sends a call and takes its reply, both without record marks, in memory that no device
	 * and no other mapping sees.
	 *
	 * @param reply out: Owns: the caller free()s it
	 * Return: bytes of the reply, -errno.
	 */
	ssize_t (*exchange)(struct rpc_xprt *xprt, const void *call, size_t bytes, void **reply);
	void (*destroy)(struct rpc_xprt *xprt);
	u32 xid;           /**< of the last call */
	struct mutex lock; /**< one call after the other */
};

struct rpc_clnt {
	struct rpc_xprt *cl_xprt;
	u32 cl_prog, cl_vers;
};

/** Calls, waits, decodes. Fidelity: exact. Return: what p_decode() returned, -EIO for a reply that
 *  makes no sense, or the transport's error. */
int rpc_call_sync(struct rpc_clnt *clnt, const struct rpc_message *msg, int flags);

/** For p_encode(): what the reply has beyond hdrsize (units of 4 bytes, behind the RPC header) goes
 *  into pages. Fidelity: exact */
void rpc_prepare_reply_pages(struct rpc_rqst *req, struct page **pages, unsigned int base,
			     unsigned int len, unsigned int hdrsize);

#endif
