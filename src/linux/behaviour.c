/* SPDX-License-Identifier: MIT */
/* See ccsan/behaviour.h. */
#include <ccsan/behaviour.h>

struct ccsan_behaviour ccsan_behaviour;
