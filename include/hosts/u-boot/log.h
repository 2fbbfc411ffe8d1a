/* SPDX-License-Identifier: MIT */
/* U-Boot: messages. debug() is silent unless the file defines DEBUG, as there. */
#ifndef CCSAN_HOSTS_UBOOT_LOG_H
#define CCSAN_HOSTS_UBOOT_LOG_H

#include <stdio.h>

#ifdef DEBUG
#define CCSAN_UBOOT_DEBUG 1
#else
#define CCSAN_UBOOT_DEBUG 0
#endif

#define debug(...)                           \
	do {                                 \
		if (CCSAN_UBOOT_DEBUG)       \
			printf(__VA_ARGS__); \
	} while (0)
#define pr_debug(...)  debug(__VA_ARGS__)
#define pr_err(...)    printf(__VA_ARGS__)
#define pr_warn(...)   printf(__VA_ARGS__)
#define log_debug(...) debug(__VA_ARGS__)
#define log_err(...)   printf(__VA_ARGS__)

#endif
