/* SPDX-License-Identifier: MIT */
/* The false-alarm control: ordinary programs find nothing on any CPU, whether they touch ccsan's
 * world beside it or not, and compute what they compute without it. */
// run: ./p
// expect: ^right$
// absent: ccsan
//
// run: ccsan run --cpu all ./p dma
// expect: ^ccsan: 0 distinct findings on 0 of [0-9]+ CPUs$
// absent: changed without a recorded writer
#include <ccsan/ccsan.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- sorting --- */

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void quicksort(int *v, int n)
{
	int last = 0;

	if (n <= 1)
		return;
	for (int i = 1; i < n; i++)
		if (v[i] < v[0]) {
			int t = v[++last];

			v[last] = v[i];
			v[i] = t;
		}
	int t = v[0];

	v[0] = v[last];
	v[last] = t;
	quicksort(v, last);
	quicksort(v + last + 1, n - last - 1);
}

static int sorting_works(void)
{
	int a[500], b[500];

	for (int i = 0; i < 500; i++)
		a[i] = b[i] = i * 7919 % 1009;
	quicksort(a, 500);
	qsort(b, 500, sizeof(*b), compare);
	return memcmp(a, b, sizeof(a)) == 0;
}

/* --- a hash table of words --- */

struct word {
	struct word *next;
	unsigned count;
	char text[];
};

static struct word *buckets[64];

static struct word *find(const char *text)
{
	unsigned hash = 5381;
	struct word *w;

	for (const char *c = text; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	for (w = buckets[hash % 64]; w; w = w->next)
		if (!strcmp(w->text, text))
			return w;
	w = calloc(1, sizeof(*w) + strlen(text) + 1);
	if (!w)
		abort();
	strcpy(w->text, text);
	w->next = buckets[hash % 64];
	buckets[hash % 64] = w;
	return w;
}

static int hashing_works(void)
{
	unsigned distinct = 0;
	char text[16];

	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "word %d", i % 300);
		find(text)->count++;
	}
	for (int i = 0; i < 64; i++)
		while (buckets[i]) {
			struct word *w = buckets[i];

			distinct += w->count == 10;
			buckets[i] = w->next;
			free(w);
		}
	return distinct == 300;
}

/* --- a parser --- */

static const char *at;

static long sum(void);

static long factor(void)
{
	long value;

	while (isspace((unsigned char)*at))
		at++;
	if (*at != '(')
		return strtol(at, (char **)&at, 10);
	at++;
	value = sum();
	at++;
	return value;
}

static long product(void)
{
	long value = factor();

	while (*at == '*') {
		at++;
		value *= factor();
	}
	return value;
}

static long sum(void)
{
	long value = product();

	while (*at == '+') {
		at++;
		value += product();
	}
	return value;
}

static int parsing_works(void)
{
	char *copy = strdup("(1+2)*(3+4*(5+6))+7");
	int right;

	at = copy;
	right = sum() == 148;
	free(copy);
	return right;
}

/* --- compression: copies of earlier bytes, and bit by bit --- */

static uint8_t plain[4096], packed[8192], again[4096];
static unsigned bit;

static void put(unsigned value, int bits)
{
	for (int i = 0; i < bits; i++, bit++)
		packed[bit / 8] |= (uint8_t)((value >> i & 1) << bit % 8);
}

static unsigned get(int bits)
{
	unsigned value = 0;

	for (int i = 0; i < bits; i++, bit++)
		value |= (unsigned)(packed[bit / 8] >> bit % 8 & 1) << i;
	return value;
}

static unsigned longest(unsigned here, unsigned *from)
{
	unsigned best = 0;

	for (unsigned back = 1; back <= here && back < 64; back++) {
		unsigned n = 0;

		while (n < 15 && here + n < sizeof(plain) &&
		       plain[here + n] == plain[here - back + n])
			n++;
		if (n > best) {
			best = n;
			*from = back;
		}
	}
	return best;
}

static int compression_works(void)
{
	unsigned from = 0, n;

	for (unsigned i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)("the cat sat on the mat "[i % 23] + (i % 97 == 0));
	memset(packed, 0, sizeof(packed));
	bit = 0;
	for (unsigned i = 0; i < sizeof(plain); i += n) {
		n = longest(i, &from);
		put(n, 4);
		put(n ? from : plain[i], n ? 6 : 8);
		n += !n;
	}
	bit = 0;
	for (unsigned i = 0; i < sizeof(again); i += n) {
		n = get(4);
		from = get(n ? 6 : 8);
		if (!n)
			again[i] = (uint8_t)from;
		for (unsigned k = 0; k < n; k++)
			again[i + k] = again[i + k - from];
		n += !n;
	}
	return memcmp(plain, again, sizeof(plain)) == 0;
}

/* --- a driver beside them that makes no mistake --- */

static void transfer(struct ccsan_device *nic)
{
	static char buffer[1024] __attribute__((aligned(256)));
	static char wire[1024];

	for (int i = 0; i < 3; i++) {
		memset(buffer, i, sizeof(buffer));
		ccsan_dma_clean(buffer, sizeof(buffer));
		ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, sizeof(buffer));
		ccsan_dma_invalidate(buffer, sizeof(buffer));
		ccsan_device_write(nic, (ccsan_phys)(uintptr_t)buffer, wire, sizeof(buffer));
		ccsan_dma_invalidate(buffer, sizeof(buffer));
		if (buffer[7] != i)
			abort();
	}
}

int main(int argc, char **argv)
{
	int right = 1;

	for (int round = 0; round < 2; round++) {
		if (argc > 1 && !strcmp(argv[1], "dma"))
			transfer(ccsan_device_new("nic", 0));
		right &= sorting_works() & hashing_works() & parsing_works() & compression_works();
	}
	puts(right ? "right" : "wrong");
	return !right;
}
