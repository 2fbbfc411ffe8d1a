/* SPDX-License-Identifier: MIT */
/* Buffers in pieces. Fidelity: exact, where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_SCATTERLIST_H
#define CCSAN_HOSTS_LINUX_SCATTERLIST_H

#include <linux/mm.h>
#include <linux/types.h>

/** One piece. The low bits of page_link: 1 the next entry points to another array, 2 the last. */
struct scatterlist {
	unsigned long page_link;
	unsigned int offset, length;
	dma_addr_t dma_address;
	unsigned int dma_length;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents, orig_nents;
};

#define SG_CHAIN 1ul
#define SG_END   2ul

#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg)     ((sg)->dma_length)

static inline struct page *sg_page(const struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~3ul);
}

static inline bool sg_is_last(const struct scatterlist *sg)
{
	return sg->page_link & SG_END;
}

static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	if (sg_is_last(sg))
		return NULL;
	sg++;
	return sg->page_link & SG_CHAIN ? (struct scatterlist *)(sg->page_link & ~3ul) : sg;
}

static inline void *sg_virt(const struct scatterlist *sg)
{
	return (char *)page_address(sg_page(sg)) + sg->offset;
}

static inline phys_addr_t sg_phys(const struct scatterlist *sg)
{
	return page_to_phys(sg_page(sg)) + sg->offset;
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int length,
			       unsigned int offset)
{
	sg->page_link = (sg->page_link & 3) | (unsigned long)page;
	sg->offset = offset;
	sg->length = length;
}

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->page_link = (sg->page_link | SG_END) & ~SG_CHAIN;
}

/** Fidelity: exact */
void sg_init_table(struct scatterlist *sg, unsigned int nents);
void sg_set_buf(struct scatterlist *sg, const void *buffer, unsigned int length);
void sg_init_one(struct scatterlist *sg, const void *buffer, unsigned int length);
int sg_nents(struct scatterlist *sg);

/** Fidelity: simplified. One array however long; no chain. */
int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp);
void sg_free_table(struct sg_table *table);

#define for_each_sg(list, sg, nents, i)       for (i = 0, sg = (list); i < (nents); i++, sg = sg_next(sg))
#define for_each_sgtable_sg(table, sg, i)     for_each_sg ((table)->sgl, sg, (table)->orig_nents, i)
#define for_each_sgtable_dma_sg(table, sg, i) for_each_sg ((table)->sgl, sg, (table)->nents, i)

#endif
