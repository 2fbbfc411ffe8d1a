/* SPDX-License-Identifier: MIT */
/* Sequence counts (Documentation/locking/seqlock.rst). A reader that finds a writer at work waits
 * for it. Fidelity: exact. */
#ifndef CCSAN_HOSTS_LINUX_SEQLOCK_H
#define CCSAN_HOSTS_LINUX_SEQLOCK_H

#include <ccsan/thread.h>
#include <linux/spinlock.h>

typedef struct seqcount {
	unsigned sequence;
} seqcount_t;

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define SEQCNT_ZERO(name) \
	{                 \
		0         \
	}
#define seqcount_init(s)     ((void)(*(s) = (seqcount_t){ 0 }))
#define DEFINE_SEQLOCK(name) seqlock_t name = { { 0 }, { 0 } }
#define seqlock_init(sl)     ((void)(*(sl) = (seqlock_t){ { 0 }, { 0 } }))

#define read_seqcount_begin(s)        ccsan_seq_begin(&(s)->sequence)
#define read_seqcount_retry(s, begun) ccsan_seq_retry(&(s)->sequence, begun)
#define write_seqcount_begin(s)       ccsan_seq_write_begin(&(s)->sequence)
#define write_seqcount_end(s)         ccsan_seq_write_end(&(s)->sequence)

#define read_seqbegin(sl)        read_seqcount_begin(&(sl)->seqcount)
#define read_seqretry(sl, begun) read_seqcount_retry(&(sl)->seqcount, begun)

static inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	write_seqcount_begin(&sl->seqcount);
}

static inline void write_sequnlock(seqlock_t *sl)
{
	write_seqcount_end(&sl->seqcount);
	spin_unlock(&sl->lock);
}

#endif
