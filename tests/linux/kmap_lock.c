/* SPDX-License-Identifier: MIT */
/* Prints how often kmap(), kunmap() and a recycling of the window take a lock, and how often with
 * interrupts off: linked with --wrap for these functions. */
#include <stdbool.h>
#include <stdio.h>

#include <ccsan/linux.h>
#include <linux/highmem.h>

static unsigned plain, irq;

void __real_ccsan_spin_lock(void *lock);
void __wrap_ccsan_spin_lock(void *lock);
void __real_ccsan_spin_lock_irq(void *lock);
void __wrap_ccsan_spin_lock_irq(void *lock);
bool __real_ccsan_spin_lock_irqsave(void *lock);
bool __wrap_ccsan_spin_lock_irqsave(void *lock);

/* The lock of kmap(), which is its first one; page_address() has locks of its own. */
static void *first;

static void count(void *lock, unsigned *counter)
{
	first = first ? first : lock;
	*counter += lock == first;
}

void __wrap_ccsan_spin_lock(void *lock)
{
	count(lock, &plain);
	__real_ccsan_spin_lock(lock);
}

void __wrap_ccsan_spin_lock_irq(void *lock)
{
	count(lock, &irq);
	__real_ccsan_spin_lock_irq(lock);
}

bool __wrap_ccsan_spin_lock_irqsave(void *lock)
{
	count(lock, &irq);
	return __real_ccsan_spin_lock_irqsave(lock);
}

int main(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	first = NULL;
	plain = irq = 0;
	kmap(page);
	kunmap(page);
	kmap_flush_unused();
	printf("%u locks, %u with interrupts off\n", plain + irq, irq);
	return 0;
}
