/* SPDX-License-Identifier: MIT */
/* Which simulated address a pointer of the program is, and back. */
#include "layer.h"

unsigned long untagged_addr(unsigned long address)
{
	unsigned int space;

	return (unsigned long)ccsan_hosted_address((const void *)address, &space); // NOLINT
}
