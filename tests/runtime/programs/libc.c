/* SPDX-License-Identifier: MIT */
/* Functions of libc are seen with the bytes that they read and write, and do what they should. */
// build: $cc -D_GNU_SOURCE -I$lib -o p $src
// run: CCSAN_OPTIONS=cpu=arm926ej-s:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all seen$
#include "seen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Memory that is none of the probe's. */
static char other[512], text[] = "abcdefgh";
static volatile size_t eight = 8, nine = 9;

#define ACCESS(name, statement)                             \
	__attribute__((noinline)) static void name(char *p) \
	{                                                   \
		statement;                                  \
		__asm__ volatile("" ::"r"(p) : "memory");   \
	}

#define VALUE(name, value) ACCESS(name, seen_sink = (char)(uintptr_t)(value))

/* --- memory --- */

ACCESS(memcpy_from, memcpy(other, p, 40))
ACCESS(memcpy_to, memcpy(p, other, 40))
ACCESS(memcpy_n_from, memcpy(other, p, eight))
ACCESS(memcpy_n_to, memcpy(p, other, eight))
ACCESS(memcpy_small_from, memcpy(other, p, 4))
ACCESS(memcpy_small_to, memcpy(p, other, 4))
VALUE(mempcpy_from, mempcpy(other, p, 8))
VALUE(mempcpy_to, mempcpy(p, other, 8))
ACCESS(memmove_from, memmove(other, p, 40))
ACCESS(memmove_to, memmove(p, other, 40))
ACCESS(memmove_n_to, memmove(p, other, eight))
ACCESS(memset_to, memset(p, 3, 40))
ACCESS(memset_n_to, memset(p, 3, eight))
ACCESS(memset_small_to, memset(p, 3, 8))
VALUE(memcmp_first, memcmp(p, other, 8))
VALUE(memcmp_second, memcmp(other, p, 8))
VALUE(memcmp_equal, memcmp(other, p, eight) == 0)
VALUE(memchr_missing, memchr(p, 77, 8))
ACCESS(bzero_to, bzero(p, 8))
ACCESS(bcopy_from, bcopy(p, other, 8))
ACCESS(bcopy_to, bcopy(other, p, 8))
VALUE(bcmp_first, bcmp(p, other, eight))

/* --- strings: the probe's memory is all ones, so each access ends one first, out of sight --- */

__attribute__((no_sanitize_thread, noinline)) static char *ended(char *p, size_t length)
{
	p[length] = '\0';
	return p;
}

#define STRING(name, value) VALUE(name, (ended(p, 8), value))

STRING(strlen_of, strlen(p))
STRING(strnlen_of, strnlen(p, 100))
VALUE(strnlen_short, strnlen(p, nine))
STRING(strcpy_from, strcpy(other, p))
ACCESS(strcpy_to, strcpy(p, text))
STRING(stpcpy_from, stpcpy(other, p))
VALUE(stpcpy_to, stpcpy(p, text))
STRING(strncpy_from, strncpy(other, p, 100))
ACCESS(strncpy_to, strncpy(p, text, nine))
ACCESS(strncpy_pads_to, strncpy(p, text, 30))
ACCESS(strcat_from, (ended(p, 8), other[0] = 0, strcat(other, p)))
ACCESS(strcat_to, (ended(p, 0), strcat(p, text)))
ACCESS(strncat_from, (ended(p, 8), other[0] = 0, strncat(other, p, 100)))
ACCESS(strncat_to, (ended(p, 0), strncat(p, text, nine)))
STRING(strcmp_first, strcmp(p, "\1\1\1\1\1\1\1\1"))
STRING(strcmp_second, strcmp("\1\1\1\1\1\1\1\1", p))
STRING(strncmp_first, strncmp(p, "\1\1\1\1\1\1\1\1", 100))
VALUE(strncmp_short, strncmp(p, "\1\1\1\1\1\1\1\1\1\1\1", nine))
STRING(strcasecmp_first, strcasecmp(p, "\1\1\1\1\1\1\1\1"))
STRING(strncasecmp_second, strncasecmp("\1\1\1\1\1\1\1\1", p, 100))
STRING(strchr_missing, strchr(p, 'x'))
STRING(strrchr_missing, strrchr(p, 'x'))
STRING(strstr_missing, strstr(p, "xy"))
STRING(strstr_part, strstr(text, p))
STRING(strspn_of, strspn(p, "\1"))
STRING(strspn_set, strspn(text, p))
STRING(strcspn_of, strcspn(p, "x"))
STRING(strcspn_set, strcspn(text, p))
STRING(strpbrk_of, strpbrk(p, "x"))
STRING(strpbrk_set, strpbrk(text, p))
STRING(strdup_of, strdup(p))
STRING(strndup_of, strndup(p, 100))
STRING(strcasestr_of, strcasestr(p, "x"))
VALUE(stpncpy_to, stpncpy(p, text, nine))
VALUE(memrchr_of, memrchr(p, 77, 8))
VALUE(memmem_of, memmem(p, 8, "ab", 2))
VALUE(memmem_part, memmem(other, 100, p, 8))

/* --- formats --- */

VALUE(sprintf_to, sprintf(p, "%s", "abcdefgh"))
VALUE(sprintf_constant_to, sprintf(p, "abcdefgh"))
VALUE(snprintf_to, snprintf(p, 100, "%s", text))
VALUE(snprintf_cut_to, snprintf(p, nine, "%s%s", text, text))

__attribute__((no_sanitize_thread, noinline)) static char *digits(char *p)
{
	for (int i = 0; i < 8; i++)
		p[i] = '1';
	p[8] = ' ';
	return p;
}

#define NUMBER(name, value) VALUE(name, (digits(p), value))

NUMBER(atoi_of, atoi(p))
NUMBER(atol_of, atol(p))
NUMBER(strtol_of, strtol(p, NULL, 10))
NUMBER(strtoul_of, strtoul(p, NULL, 10))
NUMBER(strtoll_of, strtoll(p, NULL, 16))
NUMBER(strtoull_of, strtoull(p, NULL, 0))
NUMBER(strtod_of, strtod(p, NULL))

static void check_values(void)
{
	char buffer[16], *end;

	if (snprintf(buffer, 4, "%d-%s", 12, "abc") != 6 || strcmp(buffer, "12-") != 0 ||
	    sprintf(buffer, "%5.1f|", 2.25) != 6 || strcmp(buffer, "  2.2|") != 0 ||
	    strtol("-12x", &end, 10) != -12 || *end != 'x' || atoi("77") != 77 ||
	    strtoull("18446744073709551615", &end, 10) != UINT64_MAX || *end ||
	    strcmp(strpbrk("hello", "lo"), "llo") != 0 || stpncpy(buffer, "ab", 5) != buffer + 2 ||
	    buffer[4] || strtod("0.5e1", &end) != 5.0 || bcmp("ab", "ac", 2) == 0) {
		printf("a function computes something else than it does in libc\n");
		seen_failures++;
	}
}

#define AT 33

int main(void)
{
	READS(memcpy_from, AT, 40);
	WRITES(memcpy_to, AT, 40);
	READS(memcpy_n_from, AT, 8);
	WRITES(memcpy_n_to, AT, 8);
	READS(memcpy_small_from, AT, 4);
	WRITES(memcpy_small_to, AT, 4);
	READS(mempcpy_from, AT, 8);
	WRITES(mempcpy_to, AT, 8);
	READS(memmove_from, AT, 40);
	WRITES(memmove_to, AT, 40);
	WRITES(memmove_n_to, AT, 8);
	WRITES(memset_to, AT, 40);
	WRITES(memset_n_to, AT, 8);
	WRITES(memset_small_to, AT, 8);
	READS(memcmp_first, AT, 8);
	READS(memcmp_second, AT, 8);
	READS(memcmp_equal, AT, 8);
	READS(memchr_missing, AT, 8);
	WRITES(bzero_to, AT, 8);
	READS(bcopy_from, AT, 8);
	WRITES(bcopy_to, AT, 8);
	READS(bcmp_first, AT, 8);
	READS(strlen_of, AT, 9);
	READS(strnlen_of, AT, 9);
	READS(strnlen_short, AT, 9);
	READS(strcpy_from, AT, 9);
	WRITES(strcpy_to, AT, 9);
	READS(stpcpy_from, AT, 9);
	WRITES(stpcpy_to, AT, 9);
	READS(strncpy_from, AT, 9);
	WRITES(strncpy_to, AT, 9);
	WRITES(strncpy_pads_to, AT, 30);
	READS(strcat_from, AT, 9);
	WRITES(strcat_to, AT, 9);
	READS(strncat_from, AT, 9);
	WRITES(strncat_to, AT, 9);
	READS(strcmp_first, AT, 9);
	READS(strcmp_second, AT, 9);
	READS(strncmp_first, AT, 9);
	READS(strncmp_short, AT, 9);
	READS(strcasecmp_first, AT, 9);
	READS(strncasecmp_second, AT, 9);
	READS(strchr_missing, AT, 9);
	READS(strrchr_missing, AT, 9);
	READS(strstr_missing, AT, 9);
	READS(strstr_part, AT, 9);
	READS(strspn_of, AT, 9);
	READS(strspn_set, AT, 9);
	READS(strcspn_of, AT, 9);
	READS(strcspn_set, AT, 9);
	READS(strpbrk_of, AT, 9);
	READS(strpbrk_set, AT, 9);
	READS(strdup_of, AT, 9);
	READS(strndup_of, AT, 9);
	READS(strcasestr_of, AT, 9);
	WRITES(stpncpy_to, AT, 9);
	READS(memrchr_of, AT, 8);
	READS(memmem_of, AT, 8);
	READS(memmem_part, AT, 8);
	WRITES(sprintf_to, AT, 9);
	WRITES(sprintf_constant_to, AT, 9);
	WRITES(snprintf_to, AT, 9);
	WRITES(snprintf_cut_to, AT, 9);
	READS(atoi_of, AT, 9);
	READS(atol_of, AT, 9);
	READS(strtol_of, AT, 9);
	READS(strtoul_of, AT, 9);
	READS(strtoll_of, AT, 9);
	READS(strtoull_of, AT, 9);
	READS(strtod_of, AT, 9);
	check_values();
	return seen_result();
}
