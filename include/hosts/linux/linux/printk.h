/* SPDX-License-Identifier: MIT */
/* Messages: to stderr, without what is below the level of a notice. */
#ifndef CCSAN_HOSTS_LINUX_PRINTK_H
#define CCSAN_HOSTS_LINUX_PRINTK_H

#include <linux/compiler.h>

#define KERN_SOH     "\001"
#define KERN_ERR     KERN_SOH "3"
#define KERN_WARNING KERN_SOH "4"
#define KERN_NOTICE  KERN_SOH "5"
#define KERN_INFO    KERN_SOH "6"
#define KERN_DEBUG   KERN_SOH "7"

/** Fidelity: simplified. Levels info and debug are not printed. */
int printk(const char *format, ...) __printf(1, 2);

#ifndef pr_fmt
#define pr_fmt(format) format
#endif
#define pr_err(format, ...)    printk(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...)   printk(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice(format, ...) printk(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...)   printk(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_debug(format, ...)  printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)

#endif
