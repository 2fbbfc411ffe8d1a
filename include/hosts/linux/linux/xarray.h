/* SPDX-License-Identifier: MIT */
/* Arrays of pointers by any index, with three marks on each entry (Documentation/core-api/
 * xarray.rst). Finding, storing and marking are O(log64 of the largest index); looking for the next
 * entry, or the next with a mark, leaves out what is empty or unmarked. Fidelity: exact, where
 * nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_XARRAY_H
#define CCSAN_HOSTS_LINUX_XARRAY_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct ccsan_xa_node;

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	struct ccsan_xa_node *xa_head; /* NULL: empty */
};

typedef unsigned int xa_mark_t;

#define XA_MARK_0  0u
#define XA_MARK_1  1u
#define XA_MARK_2  2u
#define XA_PRESENT 8u /* any entry */

#define XA_FLAGS_LOCK_IRQ 1u
#define XA_FLAGS_LOCK_BH  2u
#define XA_FLAGS_ALLOC    4u

#define XARRAY_INIT(name, flags)   \
	{                          \
		{ 0 }, flags, NULL \
	}
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)              DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)        DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)

static inline void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	*xa = (struct xarray){ .xa_flags = flags };
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return !xa->xa_head;
}

#define xa_lock(xa)                     spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)                   spin_unlock(&(xa)->xa_lock)
#define xa_trylock(xa)                  spin_trylock(&(xa)->xa_lock)
#define xa_lock_irq(xa)                 spin_lock_irq(&(xa)->xa_lock)
#define xa_unlock_irq(xa)               spin_unlock_irq(&(xa)->xa_lock)
#define xa_lock_bh(xa)                  spin_lock_bh(&(xa)->xa_lock)
#define xa_unlock_bh(xa)                spin_unlock_bh(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags)      spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags) spin_unlock_irqrestore(&(xa)->xa_lock, flags)

/* --- values and errors in place of pointers --- */

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)(v << 1 | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

/** What a store that failed returned: 0, -ENOMEM, -EBUSY. */
static inline int xa_err(const void *entry)
{
	return IS_ERR(entry) ? (int)PTR_ERR(entry) : 0;
}

static inline bool xa_is_err(const void *entry)
{
	return IS_ERR(entry);
}

/* --- one entry --- */

/** Fidelity: exact. Takes no lock, and may run beside one writer. Return: NULL if there is none. */
void *xa_load(struct xarray *xa, unsigned long index);

/** Marks of an empty entry cannot be set. Fidelity: exact */
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/** Some entry has it. O(1) */
bool xa_marked(const struct xarray *xa, xa_mark_t mark);

/** Under xa_lock. NULL erases, and takes the marks away. Fidelity: exact
 *  Return: what was there; xa_err() tells -ENOMEM, which an existing entry never meets. */
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_erase(struct xarray *xa, unsigned long index);

/** Stores if `old` is what is there. Return: what was there. */
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);

/** Return: -EBUSY if there is an entry. */
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);

struct xa_limit {
	u32 max, min;
};
#define XA_LIMIT(low, high)                 \
	(struct xa_limit)                   \
	{                                   \
		.min = (low), .max = (high) \
	}
#define xa_limit_32b XA_LIMIT(0, ~0u)
#define xa_limit_31b XA_LIMIT(0, ~0u >> 1)

/** Stores at the first free index within the limits. Return: -EBUSY if there is none. */
int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);

void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/** The same, which take the lock themselves. */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/** Erases all. */
void xa_destroy(struct xarray *xa);

/* --- walking; the lock may be held or not --- */

/** The first entry from *index up to `max` that has the mark, or XA_PRESENT. Fidelity: exact
 *  @param index in and out. Return: NULL if there is none, and *index is what it was. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

/** The same beyond *index. */
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

#define xa_for_each_range(xa, index, entry, start, last)                            \
	for (index = (start), entry = xa_find(xa, &index, last, XA_PRESENT); entry; \
	     entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start) xa_for_each_range (xa, index, entry, start, ~0ul)
#define xa_for_each(xa, index, entry)              xa_for_each_start (xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter)                      \
	for (index = 0, entry = xa_find(xa, &index, ~0ul, filter); entry; \
	     entry = xa_find_after(xa, &index, ~0ul, filter))

/** Copies up to n entries of this range. Return: how many. */
unsigned int xa_extract(struct xarray *xa, void **to, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter);

#endif
