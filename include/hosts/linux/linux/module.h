/* SPDX-License-Identifier: MIT */
/* A module is part of the program: its init function runs before main(), its exit function at exit.
 */
#ifndef CCSAN_HOSTS_LINUX_MODULE_H
#define CCSAN_HOSTS_LINUX_MODULE_H

#include <stdlib.h>

#include <linux/init.h>
#include <linux/kernel.h>

struct module;

#define THIS_MODULE ((struct module *)0)

#define CCSAN_MODULE_PASTE2(a, b) a##b
#define CCSAN_MODULE_PASTE(a, b)  CCSAN_MODULE_PASTE2(a, b)
#define CCSAN_MODULE_NOTHING      struct CCSAN_MODULE_PASTE(ccsan_module_info_, __COUNTER__)

#define MODULE_LICENSE(text)            CCSAN_MODULE_NOTHING
#define MODULE_AUTHOR(text)             CCSAN_MODULE_NOTHING
#define MODULE_DESCRIPTION(text)        CCSAN_MODULE_NOTHING
#define MODULE_VERSION(text)            CCSAN_MODULE_NOTHING
#define MODULE_ALIAS(text)              CCSAN_MODULE_NOTHING
#define MODULE_DEVICE_TABLE(type, name) CCSAN_MODULE_NOTHING
#define MODULE_PARM_DESC(name, text)    CCSAN_MODULE_NOTHING
#define EXPORT_SYMBOL(name)             CCSAN_MODULE_NOTHING
#define EXPORT_SYMBOL_GPL(name)         CCSAN_MODULE_NOTHING
#define module_param(name, type, mode)  CCSAN_MODULE_NOTHING

#define module_init(function)                                                       \
	__attribute__((constructor)) static void ccsan_module_init_##function(void) \
	{                                                                           \
		if (function())                                                     \
			exit(1);                                                    \
	}                                                                           \
	CCSAN_MODULE_NOTHING

#define module_exit(function)                                                       \
	__attribute__((constructor)) static void ccsan_module_exit_##function(void) \
	{                                                                           \
		atexit(function);                                                   \
	}                                                                           \
	CCSAN_MODULE_NOTHING

#endif
