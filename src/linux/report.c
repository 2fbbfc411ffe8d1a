/* SPDX-License-Identifier: MIT */
/* Findings of the instrumented files; itself compiled without hooks, so that it is in no stack. */
#include <stdarg.h>
#include <stdio.h>

#include <linux/highmem.h>

#include "layer.h"
#include "linux/dma/dma.h"
#include "linux/pagecache/pagecache.h"

void ccsan_misuse(const volatile void *p, size_t bytes, u32 cause, const char *format, ...)
{
	char text[CCSAN_TEXT_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	ccsan_hosted_report_at(CCSAN_PC, CCSAN_KIND_API_MISUSE, p, bytes, cause, text);
}

void ccsan_lost_page(struct page *page, u32 cause, const char *text)
{
	void *p = kmap_atomic(page);

	ccsan_hosted_report_at(CCSAN_PC, CCSAN_KIND_LOST_DIRTY_PAGE, p, PAGE_SIZE, cause, text);
	kunmap_atomic(p);
}

void ccsan_misuse_of_freed(const volatile void *p, size_t bytes, u32 cause, const char *format, ...)
{
	char text[CCSAN_TEXT_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (cause)
		ccsan_hosted_report_freed(CCSAN_PC, p, bytes, cause, text);
	else
		ccsan_hosted_report_at(CCSAN_PC, CCSAN_KIND_API_MISUSE, p, bytes, 0, text);
}
