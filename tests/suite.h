/* SPDX-License-Identifier: MIT */
/* cmocka, which asks for these headers first. */
#ifndef CCSAN_TEST_SUITE_H
#define CCSAN_TEST_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
