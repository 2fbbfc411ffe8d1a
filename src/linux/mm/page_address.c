/* SPDX-License-Identifier: MIT */
/* Which page of highmem is mapped where in the window of kmap(): a hash table by page, with a lock
 * for each bucket that is taken with interrupts off, since any context may ask. */
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "linux/layer.h"
#include "kmap.h"

enum { HASH_BITS = 7 };

/** One slot of the window, in the bucket of its page. */
struct page_address_map {
	struct page *page;
	void *virtual;
	struct list_head list;
};

static struct {
	spinlock_t lock;
	struct list_head maps;
} buckets[1 << HASH_BITS];

/* By slot of the window. */
static struct page_address_map *maps;

int ccsan_page_address_init(unsigned int slots)
{
	maps = ccsan_kalloc(slots * sizeof(*maps));
	for (int i = 0; maps && i < 1 << HASH_BITS; i++)
		INIT_LIST_HEAD(&buckets[i].maps);
	return maps ? 0 : -ENOMEM;
}

static unsigned int bucket_of(const struct page *page)
{
	return (unsigned int)(page_to_pfn(page) * 0x9e3779b97f4a7c15ull >> (64 - HASH_BITS));
}

void *ccsan_highmem_address(const struct page *page)
{
	unsigned int bucket = bucket_of(page);
	struct page_address_map *map;
	void *address = NULL;
	unsigned long flags;

	if (!maps)
		return NULL;
	spin_lock_irqsave(&buckets[bucket].lock, flags);
	list_for_each_entry (map, &buckets[bucket].maps, list)
		if (map->page == page)
			address = map->virtual;
	spin_unlock_irqrestore(&buckets[bucket].lock, flags);
	return address;
}

void ccsan_set_page_address(struct page *page, void *address, unsigned int slot)
{
	unsigned int bucket = bucket_of(page);
	struct page_address_map *map = &maps[slot];
	unsigned long flags;

	spin_lock_irqsave(&buckets[bucket].lock, flags);
	if (address) {
		*map = (struct page_address_map){ .page = page, .virtual = address };
		list_add_tail(&map->list, &buckets[bucket].maps);
	} else {
		list_del(&map->list);
	}
	spin_unlock_irqrestore(&buckets[bucket].lock, flags);
}
