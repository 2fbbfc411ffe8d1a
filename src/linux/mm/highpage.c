/* SPDX-License-Identifier: MIT */
/* What the kernel does with the content of pages: linux/highmem.h. */
#include <linux/highmem.h>
#include <linux/string.h>

#include <asm/cacheflush.h>

void clear_highpage(struct page *page)
{
	char *p = kmap_atomic(page);

	memset(p, 0, PAGE_SIZE);
	kunmap_atomic(p);
}

void copy_highpage(struct page *to, struct page *from)
{
	char *source = kmap_atomic(from), *target = kmap_atomic(to);

	memcpy(target, source, PAGE_SIZE);
	kunmap_atomic(target);
	kunmap_atomic(source);
}

void zero_user_segments(struct page *page, unsigned start1, unsigned end1, unsigned start2,
			unsigned end2)
{
	char *p = kmap_atomic(page);

	if (end1 > start1)
		memset(p + start1, 0, end1 - start1);
	if (end2 > start2)
		memset(p + start2, 0, end2 - start2);
	kunmap_atomic(p);
	flush_dcache_page(page);
}

void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len)
{
	char *from = kmap_local_page(page);

	memcpy(to, from + offset, len);
	kunmap_local(from);
}

void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t len)
{
	char *to = kmap_local_page(page);

	memcpy(to + offset, from, len);
	flush_dcache_page(page);
	kunmap_local(to);
}

void memzero_page(struct page *page, size_t offset, size_t len)
{
	char *p = kmap_local_page(page);

	memset(p + offset, 0, len);
	flush_dcache_page(page);
	kunmap_local(p);
}
