/* SPDX-License-Identifier: MIT */
/*
 * Copies of pages that two processes share, as they were before the ports' own ("Fix COW D-cache
 * aliasing on fork", linux-mips 2006): ccsan_behaviour.fork_copy.
 */
#include <linux/highmem.h>
#include <linux/string.h>

#include "parts.h"

/* What nobody has mapped may have been written by the kernel, and not be flushed yet. */
static bool may_be_coherent(struct page *from)
{
	if (ccsan_behaviour.fork_copy == CCSAN_FORK_COPY_COHERENT)
		return page_mapped(from) && !ccsan_arch_flush_deferred(from);
	return ccsan_behaviour.fork_copy == CCSAN_FORK_COPY_UNCHECKED;
}

static void copy_coherent(struct page *to, struct page *from, unsigned long address,
			  struct vm_area_struct *vma)
{
	char *target = kmap_atomic(to), *source = kmap_coherent(from, address);

	memcpy(target, source, PAGE_SIZE);
	kunmap_coherent();
	if (ccsan_pages_alias((unsigned long)target, address) || vma->vm_flags & VM_EXEC)
		ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(target);
}

void ccsan_copy_as_before(struct page *to, struct page *from, unsigned long address,
			  struct vm_area_struct *vma)
{
	if (may_be_coherent(from))
		copy_coherent(to, from, address, vma);
	else
		ccsan_copy_and_flush(to, from, address, vma);
}
