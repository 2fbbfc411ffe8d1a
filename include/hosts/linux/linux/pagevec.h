/* SPDX-License-Identifier: MIT */
/* A handful of pages with a reference to each. Fidelity: exact, where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_PAGEVEC_H
#define CCSAN_HOSTS_LINUX_PAGEVEC_H

#include <linux/types.h>
#include <linux/mm_types.h>
#include <linux/xarray.h>

enum { PAGEVEC_SIZE = 15 };

struct pagevec {
	unsigned int nr;
	struct page *pages[PAGEVEC_SIZE];
};

static inline void pagevec_init(struct pagevec *pvec)
{
	pvec->nr = 0;
}

static inline unsigned int pagevec_count(const struct pagevec *pvec)
{
	return pvec->nr;
}

/** Drops the references. Fidelity: exact */
void pagevec_release(struct pagevec *pvec);

/** The next pages from *start to end, inclusive; *start goes behind the last one found.
 *  Return: how many. Fidelity: exact */
unsigned int pagevec_lookup_range(struct pagevec *pvec, struct address_space *mapping,
				  pgoff_t *start, pgoff_t end);
unsigned int pagevec_lookup_range_tag(struct pagevec *pvec, struct address_space *mapping,
				      pgoff_t *start, pgoff_t end, xa_mark_t tag);

#endif
