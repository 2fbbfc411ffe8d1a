/* SPDX-License-Identifier: MIT */
/* As two.c: two threads of OPERATIONS stores each to one shared variable. */
#ifndef OPERATIONS
#define OPERATIONS 2
#endif

int shared;

active [2] proctype work()
{
	int i;

	do
	:: i < OPERATIONS -> atomic { shared = i; i++ }
	:: else -> break
	od
}
