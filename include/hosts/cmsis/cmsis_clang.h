/* SPDX-License-Identifier: MIT */
/* CMSIS names this header per compiler; here one serves all. */
#ifndef CCSAN_CMSIS_CLANG_H
#define CCSAN_CMSIS_CLANG_H

#include <cmsis_compiler.h>

#endif
