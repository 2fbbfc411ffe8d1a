/* SPDX-License-Identifier: MIT */
/* Random small programs: what they are made of, and a way to say them. */
#ifndef CCSAN_TEST_RANDOM_PROGRAM_H
#define CCSAN_TEST_RANDOM_PROGRAM_H

#include <stdio.h>

#include "program.h"

/** 2 to 4 threads of 1 to 4 steps over 1 to 3 variables, locks and semaphores. What is in it
 * depends on the number only. @param plain only steps whose touches do not depend on races, and no
 * values */
void random_program(struct program *p, uint64_t number, bool plain);
void print_program(const struct program *p, FILE *to);

#endif
