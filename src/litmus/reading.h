/* SPDX-License-Identifier: MIT */
/* Reading a file word by word: the contract between words.c, parse.c and threads.c. What fails has
 * told why, and returns false. */
#ifndef CCSAN_LITMUS_READING_H
#define CCSAN_LITMUS_READING_H

#include "program.h"

enum { CCSAN_MOST_WORDS = 64 };

struct ccsan_word {
	char *text;
	int column;
};

/* `join NAME`: the thread may come later in the file. */
struct ccsan_join {
	char name[CCSAN_LITMUS_NAME];
	unsigned statement;
	int line, column;
};

/* Where we are. The words of one statement are words[at] to the end or to the next `;`. */
struct ccsan_reading {
	struct ccsan_litmus *litmus;
	const char *file;
	int line;
	struct ccsan_word words[CCSAN_MOST_WORDS];
	int count, at;
	bool in_thread, named, failed;
	bool acts;                    /* a statement that is no declaration was there */
	char text[CCSAN_LITMUS_NAME]; /* of the statement */
	struct ccsan_join *joins;
	unsigned joins_count;
	char *problem;
	size_t problem_size;
};

/* NAME or NAME+number. */
struct ccsan_reference {
	char name[CCSAN_LITMUS_NAME];
	uint64_t plus;
	bool has_plus;
	int column;
};

#define CCSAN_APPEND(litmus, name, ...)                                              \
	((litmus)->name = ccsan_reading_grow((litmus)->name, (litmus)->name##_count, \
					     sizeof(*(litmus)->name)),               \
	 (litmus)->name[(litmus)->name##_count++] = __VA_ARGS__)

#define CCSAN_FIND(litmus, list, wanted, index)                                \
	do {                                                                   \
		for ((index) = 0; (index) < (litmus)->list##_count; (index)++) \
			if (!strcmp((litmus)->list[index].name, (wanted)))     \
				break;                                         \
	} while (0)

/** Room for one more in a list: it doubles at powers of two. */
void *ccsan_reading_grow(void *list, unsigned count, size_t size);

/* --- words.c --- */

/** The file has a mistake at this column of the line: the first one counts. Return: false. */
bool ccsan_reading_fail(struct ccsan_reading *r, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The column of the next word, or of the end of the line. */
int ccsan_reading_column(const struct ccsan_reading *r);

bool ccsan_reading_cut(struct ccsan_reading *r, const char *line, char *buffer);

/** `;`, `{`, `}`: words wherever they stand. */
bool ccsan_reading_is_single(char c);

/** The statement has no further words. */
bool ccsan_reading_at_end(const struct ccsan_reading *r);
bool ccsan_reading_next_is(const struct ccsan_reading *r, const char *text);

/** @param what the word is, for messages. Return: NULL if there is none */
char *ccsan_reading_take(struct ccsan_reading *r, const char *what);
bool ccsan_reading_take_name(struct ccsan_reading *r, const char *what,
			     char name[CCSAN_LITMUS_NAME]);
bool ccsan_reading_take_number(struct ccsan_reading *r, const char *what, uint64_t *number);
bool ccsan_reading_take_reference(struct ccsan_reading *r, const char *what,
				  struct ccsan_reference *reference);

/* --- threads.c --- */

/** `thread` or `irq`, up to its `{`; and its `}`. */
bool ccsan_reading_begin_thread(struct ccsan_reading *r, int at, bool irq);
bool ccsan_reading_end_thread(struct ccsan_reading *r, int at);

bool ccsan_reading_cpus(struct ccsan_reading *r);

/** A statement about who runs when. */
bool ccsan_reading_on_order(struct ccsan_reading *r, struct ccsan_statement *s, int at);

/** When all is read: what the threads of `join` are, and whether init comes first. */
bool ccsan_reading_finish_threads(struct ccsan_reading *r);

#endif
