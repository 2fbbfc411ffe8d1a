/* SPDX-License-Identifier: MIT */
/* The functions that take the place of libc's: one --wrap option for each (link.options). */
#ifndef CCSAN_INTERPOSE_H
#define CCSAN_INTERPOSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_mempcpy(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);
void *__wrap_memset(void *to, int byte, size_t n);
int __wrap_memcmp(const void *a, const void *b, size_t n);
int __wrap_bcmp(const void *a, const void *b, size_t n);
void *__wrap_memrchr(const void *p, int byte, size_t n);
void *__wrap_memmem(const void *p, size_t n, const void *part, size_t part_bytes);
void *__wrap_memchr(const void *p, int byte, size_t n);
void __wrap_bzero(void *to, size_t n);
void __wrap_bcopy(const void *from, void *to, size_t n);

size_t __wrap_strlen(const char *s);
size_t __wrap_strnlen(const char *s, size_t n);
char *__wrap_strcpy(char *to, const char *from);
char *__wrap_stpcpy(char *to, const char *from);
char *__wrap_strncpy(char *to, const char *from, size_t n);
char *__wrap_stpncpy(char *to, const char *from, size_t n);
char *__wrap_strcat(char *to, const char *from);
char *__wrap_strncat(char *to, const char *from, size_t n);
int __wrap_strcmp(const char *a, const char *b);
int __wrap_strncmp(const char *a, const char *b, size_t most);
int __wrap_strcasecmp(const char *a, const char *b);
int __wrap_strncasecmp(const char *a, const char *b, size_t most);
char *__wrap_strchr(const char *s, int c);
char *__wrap_strrchr(const char *s, int c);
char *__wrap_strstr(const char *s, const char *part);
size_t __wrap_strspn(const char *s, const char *set);
size_t __wrap_strcspn(const char *s, const char *set);
char *__wrap_strcasestr(const char *s, const char *part);
char *__wrap_strpbrk(const char *s, const char *set);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t most);

int __wrap_sprintf(char *to, const char *format, ...);
int __wrap_snprintf(char *to, size_t size, const char *format, ...);
int __wrap_vsprintf(char *to, const char *format, va_list arguments);
int __wrap_vsnprintf(char *to, size_t size, const char *format, va_list arguments);

int __wrap_atoi(const char *s);
long __wrap_atol(const char *s);
long long __wrap_atoll(const char *s);
long __wrap_strtol(const char *s, char **end, int base);
unsigned long __wrap_strtoul(const char *s, char **end, int base);
long long __wrap_strtoll(const char *s, char **end, int base);
unsigned long long __wrap_strtoull(const char *s, char **end, int base);
double __wrap_strtod(const char *s, char **end);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

void ccsan_note_setjmp(const void *env);
void __wrap_longjmp(jmp_buf env, int value) __attribute__((noreturn));
void __wrap__longjmp(jmp_buf env, int value) __attribute__((noreturn));
void __wrap_siglongjmp(sigjmp_buf env, int value) __attribute__((noreturn));
/* setjmp, _setjmp and __sigsetjmp are written in assembly */

void __wrap__exit(int status) __attribute__((noreturn));
void __wrap__Exit(int status) __attribute__((noreturn));

#endif
