/* SPDX-License-Identifier: MIT */
/*
 * Reading a directory. Its entries have any size, replies lie in several pages, and what is a
 * record for the decoder may begin in one page and end in the next.
 *
 * Replies come into the pages through the kernel's own mapping of each (xdr_buf.c). How they are
 * read is a switch: the choices that were weighed in January 2011.
 */
#include <asm/cacheflush.h>
#include <ccsan/behaviour.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "nfs.h"

struct listing {
	struct rpc_xprt *xprt;
	struct page **pages;
	unsigned int page_count, order;
	bool contiguous; /* of one allocation */
	struct page *scratch;
	char *mapping; /* vm_map_ram(); NULL if pages are read otherwise */
	struct nfs3_readdirargs args;
	ccsan_nfs_see_entry see;
	void *context;
};

static bool reads_mapping(void)
{
	return ccsan_behaviour.nfs_readdir == CCSAN_READDIR_VMAP ||
	       ccsan_behaviour.nfs_readdir == CCSAN_READDIR_VMAP_INVALIDATED;
}

/* --- pages --- */

static void free_listing_pages(struct listing *listing)
{
	if (listing->contiguous && listing->pages[0])
		__free_pages(listing->pages[0], listing->order);
	for (unsigned int i = 0; i < listing->page_count && !listing->contiguous; i++)
		if (listing->pages[i])
			__free_page(listing->pages[i]);
}

/* An "arbitrary sized page": larger than is needed, if need be. */
static bool take_contiguous(struct listing *listing)
{
	struct page *first;

	listing->order = (unsigned int)get_order(listing->page_count * PAGE_SIZE);
	first = alloc_pages(GFP_KERNEL | __GFP_COMP, listing->order);
	for (unsigned int i = 0; first && i < listing->page_count; i++)
		listing->pages[i] = first + i;
	return first;
}

static bool take_pages(struct listing *listing)
{
	for (unsigned int i = 0; i < listing->page_count; i++) {
		listing->pages[i] = alloc_page(GFP_KERNEL);
		if (!listing->pages[i])
			return false;
	}
	return true;
}

static int take_all(struct listing *listing)
{
	listing->contiguous = ccsan_behaviour.nfs_readdir == CCSAN_READDIR_CONTIGUOUS;
	listing->pages = kcalloc(listing->page_count, sizeof(struct page *), GFP_KERNEL);
	listing->scratch = alloc_page(GFP_KERNEL);
	if (!listing->pages || !listing->scratch ||
	    !(listing->contiguous ? take_contiguous(listing) : take_pages(listing)))
		return -ENOMEM;
	listing->args.pages = listing->pages;
	if (!reads_mapping())
		return 0;
	listing->mapping = vm_map_ram(listing->pages, listing->page_count, -1);
	return listing->mapping ? 0 : -ENOMEM;
}

static void give_back_all(struct listing *listing)
{
	if (listing->mapping)
		vm_unmap_ram(listing->mapping, listing->page_count);
	if (listing->pages)
		free_listing_pages(listing);
	if (listing->scratch)
		__free_page(listing->scratch);
	kfree(listing->pages);
}

/* --- one reply --- */

static void read_in_one(struct xdr_stream *xdr, struct xdr_buf *buf, void *start,
			unsigned int bytes)
{
	xdr_buf_init(buf, start, bytes);
	buf->head[0].iov_len = bytes;
	buf->len = bytes;
	xdr_init_decode(xdr, buf, NULL, NULL);
}

/* Starts reading `bytes` bytes of entries. */
static void start_decoding(struct listing *listing, struct xdr_stream *xdr, struct xdr_buf *buf,
			   unsigned int bytes)
{
	switch (ccsan_behaviour.nfs_readdir) {
	case CCSAN_READDIR_VMAP_INVALIDATED:
		invalidate_kernel_vmap_range(listing->mapping, (int)bytes);
		read_in_one(xdr, buf, listing->mapping, bytes);
		break;
	case CCSAN_READDIR_VMAP:
		read_in_one(xdr, buf, listing->mapping, bytes);
		break;
	case CCSAN_READDIR_CONTIGUOUS:
		read_in_one(xdr, buf, page_address(listing->pages[0]), bytes);
		break;
	case CCSAN_READDIR_PAGEWISE:
		xdr_init_decode_pages(xdr, buf, listing->pages, bytes);
		xdr_set_scratch_buffer(xdr, page_address(listing->scratch), PAGE_SIZE);
		break;
	}
}

/* Shows the entries of a reply. Return: 1 after the last one of the directory or if no more are
 * wanted, 0 if there may be more, -errno. */
static int decode(struct listing *listing, unsigned int bytes)
{
	struct nfs_fattr fattr = { 0 };
	struct nfs_fh fh = { 0 };
	struct nfs_entry entry = { .cookie = listing->args.cookie, .fh = &fh, .fattr = &fattr };
	struct xdr_stream xdr;
	struct xdr_buf buf;
	int status;

	start_decoding(listing, &xdr, &buf, bytes);
	for (;;) {
		status = nfs3_decode_dirent(&xdr, &entry, true);
		if (status)
			break;
		if (entry.cookie == entry.prev_cookie)
			return -ELOOP; /* the server would never come to an end */
		if (!listing->see(listing->context, &entry))
			return 1;
	}
	if (status == -EBADCOOKIE && entry.eof)
		return 1;
	if (status != -EAGAIN || entry.cookie == listing->args.cookie)
		return -EIO; /* nonsense, or not one entry */
	listing->args.cookie = entry.cookie;
	return 0;
}

/* Return: as decode(). */
static int next_reply(struct listing *listing)
{
	struct nfs_fattr dir_attr;
	struct nfs3_readdirres res = { .dir_attr = &dir_attr };
	int error = ccsan_nfs3_readdirplus(listing->xprt, &listing->args, &res);

	if (error)
		return error;
	memcpy(listing->args.verf, res.verf, sizeof(res.verf));
	return decode(listing, res.pglen);
}

int ccsan_linux_nfs_readdir(struct rpc_xprt *xprt, const struct nfs_fh *dir, size_t bytes,
			    ccsan_nfs_see_entry see, void *context)
{
	struct listing listing = { .xprt = xprt,
				   .page_count = (unsigned int)(PAGE_ALIGN(bytes) >> PAGE_SHIFT),
				   .args = { .fh = dir, .count = (u32)bytes },
				   .see = see,
				   .context = context };
	int result = bytes ? take_all(&listing) : -EINVAL;

	while (!result)
		result = next_reply(&listing);
	give_back_all(&listing);
	return result < 0 ? result : 0;
}
