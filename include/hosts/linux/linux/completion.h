/* SPDX-License-Identifier: MIT */
/* Completions (Documentation/scheduler/completion.rst). Fidelity: exact; no signal ever comes, a
 * time-out may at any time. */
#ifndef CCSAN_HOSTS_LINUX_COMPLETION_H
#define CCSAN_HOSTS_LINUX_COMPLETION_H

#include <ccsan/thread.h>

struct completion {
	unsigned long ccsan_unused;
};

#define COMPLETION_INITIALIZER(work) \
	{                            \
		0                    \
	}
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
#define COMPLETION_INITIALIZER_ONSTACK(work) \
	(*({                                 \
		init_completion(&work);      \
		&work;                       \
	}))
#define DECLARE_COMPLETION_ONSTACK(work) \
	struct completion work = COMPLETION_INITIALIZER_ONSTACK(work)

#define init_completion(work)                   ccsan_reinit_completion(work)
#define reinit_completion(work)                 ccsan_reinit_completion(work)
#define complete(work)                          ccsan_complete(work)
#define complete_all(work)                      ccsan_complete_all(work)
#define wait_for_completion(work)               ccsan_wait_for_completion(work)
#define wait_for_completion_io(work)            ccsan_wait_for_completion(work)
#define wait_for_completion_interruptible(work) (ccsan_wait_for_completion(work), 0)
#define wait_for_completion_killable(work)      (ccsan_wait_for_completion(work), 0)
#define wait_for_completion_timeout(work, jiffies) \
	(ccsan_wait_for_completion_timeout(work) ? 1ul : 0ul)

#endif
