/* SPDX-License-Identifier: MIT */
/* CMSIS names this header per compiler; here one serves all. */
#ifndef CCSAN_CMSIS_GCC_H
#define CCSAN_CMSIS_GCC_H

#include <cmsis_compiler.h>

#endif
