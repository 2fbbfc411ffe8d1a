/* SPDX-License-Identifier: MIT */
/*
 * Replies of an NFS server, cut short or lying about lengths: nothing outside of the pages and the
 * buffers is touched (each page is an allocation of its own), and a directory that is read page by
 * page has the entries that it has when it lies in one piece.
 *
 * The first byte of an input is the procedure, the second says how many pages there are and where
 * in the first one the data starts; the rest is the reply, from its xid on.
 */
#include <asm/cacheflush.h>
#include <ccsan/behaviour.h>
#include <ccsan/machine.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/nfs_xdr.h>
#include <linux/sunrpc/clnt.h>

#include "fuzz.h"
#include "linux/nfs/nfs.h"

/* Small ones: as many boundaries as there can be, but no more than one in an entry. */
enum { PAGE_BYTES = 512, MOST_PAGES = 8, HEAD_BYTES = 512 };

static struct page pages[MOST_PAGES], *page_list[MOST_PAGES];
static unsigned flushed;
struct ccsan_behaviour ccsan_behaviour;

/* --- what the decoder uses of the rest of the layer --- */

size_t ccsan_page_size(void)
{
	return PAGE_BYTES;
}

void *page_address(const struct page *page)
{
	return page->virtual;
}

void *kmap_atomic(struct page *page)
{
	return page->virtual;
}

void kunmap_atomic(const void *vaddr)
{
	ensure(vaddr);
}

void flush_dcache_page(struct page *page)
{
	ensure(page->virtual);
	flushed++;
}

void ccsan_misuse(const volatile void *p, size_t bytes, u32 cause, const char *format, ...)
{
	(void)p, (void)bytes, (void)cause;
	ensure(!format); /* all pages have an address */
}

/* --- one reply --- */

struct results {
	struct nfs_fattr fattr, dir_attr;
	struct nfs_fh fh;
	struct nfs_pgio_res pgio;
	struct nfs3_diropres lookup;
	struct nfs3_readdirres readdir;
	struct nfs3_mntres mnt;
};

struct procedure {
	const struct rpc_procinfo *info;
	void *result;
	bool pages;
};

static struct procedure choose(uint8_t number, struct results *r)
{
	const struct procedure table[] = {
		{ &nfs3_procedures[NFS3PROC_READDIRPLUS], &r->readdir, true },
		{ &nfs3_procedures[NFS3PROC_READ], &r->pgio, true },
		{ &nfs3_procedures[NFS3PROC_GETATTR], &r->fattr, false },
		{ &nfs3_procedures[NFS3PROC_SETATTR], &r->fattr, false },
		{ &nfs3_procedures[NFS3PROC_LOOKUP], &r->lookup, false },
		{ &nfs3_procedures[NFS3PROC_WRITE], &r->pgio, false },
		{ &nfs3_procedures[NFS3PROC_COMMIT], &r->pgio, false },
		{ &nfs3_mnt_procedures[MOUNTPROC3_MNT], &r->mnt, false },
		{ &nfs3_procedures[NFS3PROC_NULL], NULL, false },
	};

	r->lookup = (struct nfs3_diropres){ &r->dir_attr, &r->fattr, &r->fh };
	r->pgio.fattr = &r->fattr;
	r->readdir.dir_attr = &r->dir_attr;
	r->mnt.fh = &r->fh;
	return table[number % ARRAY_SIZE(table)];
}

static void make_pages(void)
{
	for (int i = 0; i < MOST_PAGES; i++) {
		pages[i].virtual = malloc(PAGE_BYTES);
		ensure(pages[i].virtual);
		memset(pages[i].virtual, 0, PAGE_BYTES);
		page_list[i] = &pages[i];
	}
}

static void free_pages_again(void)
{
	for (int i = 0; i < MOST_PAGES; i++)
		free(pages[i].virtual);
}

/* --- entries --- */

enum { SCRATCH_BYTES = PAGE_BYTES };

static int next_entry(struct xdr_stream *xdr, struct nfs_entry *entry)
{
	int result = nfs3_decode_dirent(xdr, entry, true);
	unsigned sum = 0;

	for (unsigned i = 0; !result && i < entry->len; i++)
		sum += (unsigned char)entry->name[i];
	ensure(sum <= NFS_MAXNAMLEN * 255u);
	return result;
}

static void compare(const struct nfs_entry *a, const struct nfs_entry *b)
{
	ensure(a->ino == b->ino && a->cookie == b->cookie && a->len == b->len);
	ensure(!memcmp(a->name, b->name, a->len) && !nfs_compare_fh(a->fh, b->fh));
	ensure(a->d_type == b->d_type && a->fattr->valid == b->fattr->valid);
	ensure(!(a->fattr->valid & NFS_ATTR_FATTR) || a->fattr->size == b->fattr->size);
}

/* @param bytes of entries in the pages */
static void read_entries(unsigned bytes)
{
	struct xdr_stream by_page, in_one;
	struct xdr_buf page_buf, one_buf = { 0 };
	struct nfs_fh fh[2] = { { 0 } };
	struct nfs_fattr fattr[2] = { { 0 } };
	struct nfs_entry a = { .fh = &fh[0], .fattr = &fattr[0] };
	struct nfs_entry b = { .fh = &fh[1], .fattr = &fattr[1] };
	char *scratch = malloc(SCRATCH_BYTES), *copy = malloc(bytes ? bytes : 1);
	int result;

	ensure(scratch && copy);
	xdr_init_decode_pages(&by_page, &page_buf, page_list, bytes);
	xdr_set_scratch_buffer(&by_page, scratch, SCRATCH_BYTES);
	ensure(!read_bytes_from_xdr_buf(&page_buf, 0, copy, bytes));
	one_buf.head[0] = (struct kvec){ copy, bytes };
	one_buf.len = one_buf.buflen = bytes;
	xdr_init_decode(&in_one, &one_buf, NULL, NULL);
	do {
		result = next_entry(&by_page, &a);
		ensure(result == next_entry(&in_one, &b));
		ensure(xdr_stream_pos(&by_page) == xdr_stream_pos(&in_one));
		if (!result)
			compare(&a, &b);
	} while (!result);
	free(copy);
	free(scratch);
}

static void decode(const struct procedure *procedure, struct rpc_rqst *req, struct results *results)
{
	struct xdr_stream xdr;
	int status;

	xdr_init_decode(&xdr, &req->rq_rcv_buf, NULL, req);
	status = ccsan_rpc_decode_header(&xdr, req->rq_xid);
	if (!status)
		status = procedure->info->p_decode(req, &xdr, procedure->result);
	if (status || !procedure->pages)
		return;
	if (procedure->result == &results->readdir) {
		ensure(results->readdir.pglen <= req->rq_rcv_buf.page_len);
		read_entries(results->readdir.pglen);
	} else {
		ensure(results->pgio.count <= req->rq_rcv_buf.page_len);
	}
}

/* What arrived of a reply, in memory as the RPC layer lays it out. Owns: the head. */
static void receive(struct rpc_rqst *req, const struct procedure *procedure, uint8_t layout,
		    struct xdr_skb_reader *desc)
{
	unsigned count = 1 + layout % MOST_PAGES, base = layout >> 3;
	char *head = malloc(HEAD_BYTES);
	ssize_t copied;

	ensure(head);
	memset(head, 0, HEAD_BYTES);
	xdr_buf_init(&req->rq_rcv_buf, head, HEAD_BYTES);
	req->rq_rcv_buf.head[0].iov_len = HEAD_BYTES;
	if (procedure->info->p_proc == NFS3PROC_READDIRPLUS)
		base = 0;
	if (procedure->pages)
		rpc_prepare_reply_pages(req, page_list, base, count * PAGE_BYTES - base,
					procedure->info->p_replen - 1);
	copied = xdr_partial_copy_from_skb(&req->rq_rcv_buf, 0, desc, xdr_skb_read_bits);
	ensure(copied >= 0 && copied <= req->rq_rcv_buf.buflen);
	req->rq_rcv_buf.len = (unsigned)copied;
	memcpy(&req->rq_xid, head, sizeof(req->rq_xid));
	req->rq_xid = be32_to_cpu((__force __be32)req->rq_xid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results results = { 0 };
	struct rpc_rqst req = { 0 };
	struct xdr_skb_reader desc = { .data = data + 2, .count = size - 2 };
	struct procedure procedure;

	if (size < 2)
		return -1;
	procedure = choose(data[0], &results);
	make_pages();
	receive(&req, &procedure, data[1], &desc);
	decode(&procedure, &req, &results);
	free(req.rq_rcv_buf.head[0].iov_base);
	free_pages_again();
	return 0;
}
