/* SPDX-License-Identifier: MIT */
/* Which ccsan this is. CMakeLists.txt reads it from here. */
#ifndef CCSAN_VERSION_H
#define CCSAN_VERSION_H

#define CCSAN_VERSION "0.1.0"

#endif
