/* SPDX-License-Identifier: MIT */
/* Functions of libc between texts and values: what they write of a buffer, what they read of one.
 * Their other arguments (a string for %s, where the end goes) are not looked at. */
#include <stdio.h>
#include <stdlib.h>

#include "interpose.h"
#include "runtime.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

/* --- values to texts: how much is written is known afterwards, and so is who did --- */

static int printed(char *to, size_t size, const char *format, va_list arguments, uint64_t pc)
{
	int length = vsnprintf(to, size, format, arguments);

	if (length >= 0 && size)
		ccsan_range(CCSAN_WRITE, to, (size_t)length < size ? (size_t)length + 1 : size, pc);
	return length;
}

int __wrap_vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
	return printed(to, size, format, arguments, PC);
}

int __wrap_vsprintf(char *to, const char *format, va_list arguments)
{
	return printed(to, INT32_MAX, format, arguments, PC);
}

int __wrap_snprintf(char *to, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = printed(to, size, format, arguments, PC);
	va_end(arguments);
	return length;
}

int __wrap_sprintf(char *to, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = printed(to, INT32_MAX, format, arguments, PC);
	va_end(arguments);
	return length;
}

/* --- texts to values: read up to the first character that does not belong to it --- */

#define SCAN(type, call)                                        \
	char *stop;                                             \
	type value = call;                                      \
                                                                \
	ccsan_range(CCSAN_READ, s, (size_t)(stop - s) + 1, PC); \
	if (end)                                                \
		*end = stop;                                    \
	return value

#define SCAN_WHOLE(type, name)                                  \
	type __wrap_##name(const char *s, char **end, int base) \
	{                                                       \
		SCAN(type, name(s, &stop, base));               \
	}

SCAN_WHOLE(long, strtol)
SCAN_WHOLE(unsigned long, strtoul)
SCAN_WHOLE(long long, strtoll)
SCAN_WHOLE(unsigned long long, strtoull)

double __wrap_strtod(const char *s, char **end)
{
	SCAN(double, strtod(s, &stop));
}

#define ATO(type, name, whole)                         \
	type __wrap_##name(const char *s)              \
	{                                              \
		char **end = NULL;                     \
                                                       \
		SCAN(type, (type)whole(s, &stop, 10)); \
	}

ATO(int, atoi, strtol)
ATO(long, atol, strtol)
ATO(long long, atoll, strtoll)
