/* SPDX-License-Identifier: MIT */
/* Arguments of mmap() and its like; the C library's values, which are Linux's. */
#ifndef CCSAN_HOSTS_LINUX_MMAN_H
#define CCSAN_HOSTS_LINUX_MMAN_H

#include <linux/mm.h>

#ifndef PROT_READ
#define PROT_NONE  0x0ul
#define PROT_READ  0x1ul
#define PROT_WRITE 0x2ul
#define PROT_EXEC  0x4ul
#endif
#ifndef MAP_SHARED
#define MAP_SHARED    0x01ul
#define MAP_PRIVATE   0x02ul
#define MAP_FIXED     0x10ul
#define MAP_ANONYMOUS 0x20ul
#endif
#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 0x03ul
#endif
#ifndef MAP_POPULATE
#define MAP_POPULATE 0x8000ul
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000ul
#endif
#define MAP_TYPE 0x0ful
#ifndef MS_SYNC
#define MS_ASYNC      1
#define MS_INVALIDATE 2
#define MS_SYNC       4
#endif
#ifndef MREMAP_MAYMOVE
#define MREMAP_MAYMOVE 1ul
#define MREMAP_FIXED   2ul
#endif

/** VM_ flags of PROT_ bits. Fidelity: exact */
static inline unsigned long calc_vm_prot_bits(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

#endif
