/* SPDX-License-Identifier: MIT */
/* U-Boot: what older drivers include first. */
#ifndef CCSAN_HOSTS_UBOOT_COMMON_H
#define CCSAN_HOSTS_UBOOT_COMMON_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpu_func.h>
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <log.h>

#endif
