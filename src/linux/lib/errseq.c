/* SPDX-License-Identifier: MIT */
/* linux/errseq.h */
#include <linux/errno.h>
#include <linux/errseq.h>

enum { ERROR_MASK = 4095, SEEN = 4096, ONE = 8192 };

errseq_t errseq_set(errseq_t *eseq, int err)
{
	errseq_t old = *eseq, new;

	if (!err || -err > ERROR_MASK)
		return old;
	new = (old & ~(errseq_t)(ERROR_MASK | SEEN)) | (errseq_t)-err;
	if (old & SEEN) /* a reader would not notice the same error again */
		new += ONE;
	*eseq = new;
	return new;
}

errseq_t errseq_sample(errseq_t *eseq)
{
	return *eseq & SEEN ? *eseq : 0;
}

int errseq_check(errseq_t *eseq, errseq_t since)
{
	return *eseq == since ? 0 : -(int)(*eseq & ERROR_MASK);
}

int errseq_check_and_advance(errseq_t *eseq, errseq_t *since)
{
	int error = 0;

	if (*eseq != *since) {
		*eseq |= SEEN;
		error = -(int)(*eseq & ERROR_MASK);
		*since = *eseq;
	}
	return error;
}
