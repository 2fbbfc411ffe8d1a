/* SPDX-License-Identifier: MIT */
/* Pieces of pages. */
#ifndef CCSAN_HOSTS_LINUX_BVEC_H
#define CCSAN_HOSTS_LINUX_BVEC_H

#include <linux/types.h>

struct page;

/** bv_offset may be beyond the first page: the piece then lies in those that follow. */
struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

#endif
