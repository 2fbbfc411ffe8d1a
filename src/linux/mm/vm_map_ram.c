/* SPDX-License-Identifier: MIT */
/*
 * vm_map_ram(): short mappings out of blocks, one after the other, without a lock that other CPUs
 * want. A block is given back as a whole, once all of it has been used and unmapped.
 */
#include <asm/cacheflush.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "linux/layer.h"
#include "vmap.h"

/* Blocks of a CPU that have room. Order of locks: the queue's, then a block's. */
struct vmap_block_queue {
	spinlock_t lock;
	struct list_head free;
};

struct vmap_block {
	spinlock_t lock;
	struct vmap_area *va;
	unsigned int cpu; /* whose queue */
	/* Pages that were not yet given out, and those that were given back. */
	unsigned int free, dirty;
	unsigned char taken[VMAP_BBMAP_BITS]; /* the pages of the mapping that starts there */
	struct list_head free_list, purge;
};

static DEFINE_PER_CPU(struct vmap_block_queue, vmap_block_queue);

static unsigned long block_bytes(void)
{
	return (unsigned long)VMAP_BBMAP_BITS << PAGE_SHIFT;
}

static unsigned int slots_of(unsigned int count)
{
	return (unsigned int)roundup_pow_of_two(count);
}

/* The queue of a CPU, locked. */
static struct vmap_block_queue *lock_queue(unsigned int cpu)
{
	struct vmap_block_queue *queue = &per_cpu(vmap_block_queue, cpu);

	spin_lock(&queue->lock);
	if (!queue->free.next)
		INIT_LIST_HEAD(&queue->free);
	return queue;
}

/* --- taking --- */

/* How many pages to leave out so that a mapping does not start with its page's own colour. */
static unsigned int pages_to_skip(const struct vmap_block *block, int not_colour)
{
	unsigned long next = VMAP_BBMAP_BITS - block->free;
	unsigned long page = (block->va->va_start >> PAGE_SHIFT) + next;

	return not_colour >= 0 && page % ccsan_colour_count() == (unsigned long)not_colour;
}

/* Under both locks. Return: the address, 0 if the block has no room. */
static unsigned long take_from_block(struct vmap_block *block, unsigned int count, int not_colour)
{
	unsigned int skip = pages_to_skip(block, not_colour), slots = slots_of(count), at;

	if (block->free < skip + slots)
		return 0;
	at = VMAP_BBMAP_BITS - block->free + skip;
	block->free -= skip + slots;
	block->dirty += skip;
	block->taken[at] = (unsigned char)count;
	if (!block->free)
		list_del(&block->free_list);
	return block->va->va_start + ((unsigned long)at << PAGE_SHIFT);
}

static unsigned long take_from_queue(unsigned int cpu, unsigned int count, int not_colour)
{
	struct vmap_block_queue *queue = lock_queue(cpu);
	struct vmap_block *block, *next;
	unsigned long address = 0;

	list_for_each_entry_safe (block, next, &queue->free, free_list) {
		spin_lock(&block->lock);
		address = take_from_block(block, count, not_colour);
		spin_unlock(&block->lock);
		if (address)
			break;
	}
	spin_unlock(&queue->lock);
	return address;
}

/* Return: whether the CPU has one block more. */
static bool add_block(unsigned int cpu)
{
	struct ccsan_vmap_wish wish = { block_bytes(), block_bytes(), -1 };
	struct vmap_block *block = ccsan_kalloc(sizeof(*block));
	struct vmap_block_queue *queue;

	if (!block)
		return false;
	block->va = ccsan_vmap_take(&wish);
	if (!block->va) {
		kfree(block);
		return false;
	}
	block->cpu = cpu;
	block->free = VMAP_BBMAP_BITS;
	block->va->block = block;
	queue = lock_queue(cpu);
	list_add_tail(&block->free_list, &queue->free);
	spin_unlock(&queue->lock);
	return true;
}

/* --- giving back --- */

static void release_block(struct vmap_block *block)
{
	ccsan_vmap_release(block->va);
	kfree(block);
}

/* Return: the pages that were mapped at this address at once, 0 if none were. */
static unsigned int taken_at(struct vmap_block *block, unsigned long address)
{
	unsigned long at = (address - block->va->va_start) >> PAGE_SHIFT;
	unsigned int count;

	spin_lock(&block->lock);
	count = block->taken[at];
	spin_unlock(&block->lock);
	return count;
}

static void give_back_to_block(struct vmap_block *block, unsigned long address, unsigned int count)
{
	bool over;

	flush_cache_vunmap(address, address + ((unsigned long)count << PAGE_SHIFT));
	ccsan_vmap_unmap(address, address + ((unsigned long)count << PAGE_SHIFT));
	spin_lock(&block->lock);
	block->taken[(address - block->va->va_start) >> PAGE_SHIFT] = 0;
	block->dirty += slots_of(count);
	over = block->dirty == VMAP_BBMAP_BITS;
	spin_unlock(&block->lock);
	if (over)
		release_block(block);
}

/* Blocks of which all that was given out came back, but which have room left: they would never be
 * released otherwise. */
static void collect_fragmented(unsigned int cpu, struct list_head *purge)
{
	struct vmap_block_queue *queue = lock_queue(cpu);
	struct vmap_block *block, *next;

	list_for_each_entry_safe (block, next, &queue->free, free_list) {
		spin_lock(&block->lock);
		if (block->dirty && block->free + block->dirty == VMAP_BBMAP_BITS) {
			block->free = 0;
			block->dirty = VMAP_BBMAP_BITS;
			list_del(&block->free_list);
			list_add(&block->purge, purge);
		}
		spin_unlock(&block->lock);
	}
	spin_unlock(&queue->lock);
}

void vm_unmap_aliases(void)
{
	struct vmap_block *block, *next;
	LIST_HEAD(purge);

	might_sleep();
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		collect_fragmented(cpu, &purge);
	list_for_each_entry_safe (block, next, &purge, purge)
		release_block(block);
	ccsan_vmap_purge();
}

/* --- the two functions --- */

static void *map_large(struct page **pages, unsigned int count)
{
	struct ccsan_vmap_wish wish = { (unsigned long)count << PAGE_SHIFT, PAGE_SIZE,
					ccsan_vmap_colour_of(pages[0]) };
	struct vmap_area *area = ccsan_vmap_take(&wish);

	if (!area)
		return NULL;
	if (!ccsan_vmap_map(area->va_start, pages, count, PAGE_KERNEL))
		return (void *)area->va_start;
	ccsan_vmap_release(area);
	return NULL;
}

static void *map_small(struct page **pages, unsigned int count)
{
	unsigned int cpu = raw_smp_processor_id();
	int not_colour = ccsan_vmap_colour_of(pages[0]);
	unsigned long address;

	do
		address = take_from_queue(cpu, count, not_colour);
	while (!address && add_block(cpu));
	if (!address)
		return NULL;
	if (!ccsan_vmap_map(address, pages, count, PAGE_KERNEL))
		return (void *)address;
	give_back_to_block(ccsan_vmap_find(address)->block, address, count);
	return NULL;
}

void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	(void)node;
	might_sleep();
	if (!count)
		return NULL;
	return count <= VMAP_MAX_ALLOC ? map_small(pages, count) : map_large(pages, count);
}

void vm_unmap_ram(const void *mem, unsigned int count)
{
	struct vmap_area *area = ccsan_vmap_find((unsigned long)mem);
	unsigned int mapped = 0;

	might_sleep();
	if (area && area->block && !offset_in_page(mem))
		mapped = taken_at(area->block, (unsigned long)mem);
	else if (area && !area->vm && area->va_start == (unsigned long)mem)
		mapped = (unsigned int)((area->va_end - area->va_start) >> PAGE_SHIFT);
	if (!mapped)
		ccsan_misuse(mem, 1, 0, "vm_unmap_ram(): no mapping of vm_map_ram() starts here");
	else if (mapped != count)
		ccsan_misuse(mem, 1, 0, "vm_unmap_ram(): %u pages, mapped with %u", count, mapped);
	if (!mapped)
		return;
	if (area->block)
		give_back_to_block(area->block, (unsigned long)mem, mapped);
	else
		ccsan_vmap_release(area);
}
