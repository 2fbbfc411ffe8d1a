/* SPDX-License-Identifier: MIT */
/* What a schedule or a saved search belongs to; checkpoints; files that a run leaves open. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explored.h"
#include "restore.h"

/* --- which program this is: a number over its code --- */

/* The file's, not that in memory: a debugger puts breakpoints there. */
static uint64_t hash_file(const char *file, size_t bytes)
{
	const ElfW(Ehdr) *head = (const void *)file;
	const ElfW(Phdr) *p = (const void *)(file + head->e_phoff);
	uint64_t hash = 0, word;

	for (int i = 0; i < head->e_phnum; i++)
		for (size_t at = p[i].p_offset, end = at + p[i].p_filesz;
		     p[i].p_type == PT_LOAD && p[i].p_flags & PF_X && at + sizeof(word) <= end &&
		     end <= bytes;
		     at += sizeof(word)) {
			memcpy(&word, file + at, sizeof(word));
			hash = ((hash ^ word) * 0x9e3779b97f4a7c15u) ^ hash >> 23;
		}
	return hash;
}

static uint64_t program_hash(void)
{
	static uint64_t hash;
	int file = hash ? -1 : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat info;
	void *content;

	if (file < 0)
		return hash;
	content = fstat(file, &info)
			  ? MAP_FAILED
			  : mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (content == MAP_FAILED)
		return hash;
	hash = hash_file(content, (size_t)info.st_size);
	munmap(content, (size_t)info.st_size);
	return hash;
}

/* A token keeps letters, digits, '-' and '.' of a name. */
static void put_plainly(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; *from && n + 1 < size; from++, n++)
		to[n] = (*from >= '0' && *from <= '9') || (*from >= 'a' && *from <= 'z') ||
					(*from >= 'A' && *from <= 'Z') || *from == '.'
				? *from
				: '-';
	to[n] = '\0';
}

void ccsan_token_head(struct ccsan_token_head *head, const char *test,
		      enum ccsan_granularity granularity)
{
	static const char letters[] = {
		[CCSAN_AT_SYNC] = 's', [CCSAN_AT_ACCESS] = 'a', [CCSAN_AT_ALL] = 'l'
	};
	char name[CCSAN_NAME_BYTES * 2];

	memset(head, 0, sizeof(*head));
	put_plainly(name, sizeof(name), test);
	snprintf(head->program, sizeof(head->program), "%08" PRIx32 "%s%.50s",
		 (uint32_t)(program_hash() ^ program_hash() >> 32), *name ? "." : "", name);
	put_plainly(name, sizeof(name), ccsan_machine_cpu(ccsan_rt.machine)->name);
	snprintf(head->cpu, sizeof(head->cpu), "%.28s.%c", name, letters[granularity]);
}

bool ccsan_is_for_other_test(const struct ccsan_token_head *head,
			     const struct ccsan_token_head *own)
{
	return !strncmp(head->program, own->program, 8) && strcmp(head->program, own->program) != 0;
}

void ccsan_check_head(const char *what, const struct ccsan_token_head *head,
		      const struct ccsan_token_head *own)
{
	if (strncmp(head->program, own->program, 8) != 0)
		ccsan_die("%s is for another build of the program, or another program: %.8s, this "
			  "one is %.8s",
			  what, head->program, own->program);
	if (strcmp(head->program, own->program) != 0)
		ccsan_die("%s is for the test '%s', not '%s'", what,
			  head->program[8] ? head->program + 9 : "",
			  own->program[8] ? own->program + 9 : "");
	if (strcmp(head->cpu, own->cpu) != 0)
		ccsan_die("%s is for CPU and granularity %s, not %s", what, head->cpu, own->cpu);
}

/* --- checkpoints --- */

static const char magic[8] = "ccsanck1";

struct file_head {
	char magic[8];
	struct ccsan_token_head head;
	uint64_t bytes;
};

static bool write_file(const char *path, const struct file_head *head, const void *saved)
{
	FILE *file = fopen(path, "we");
	bool good = file && fwrite(head, sizeof(*head), 1, file) == 1 &&
		    (!head->bytes || fwrite(saved, head->bytes, 1, file) == 1);

	if (file)
		good &= !fclose(file);
	return good;
}

void ccsan_write_checkpoint(const char *path, const struct ccsan_token_head *head,
			    const void *saved, size_t bytes)
{
	struct file_head file_head = { .head = *head, .bytes = bytes };
	char unfinished[CCSAN_PLAN_TEXT + 16];

	memcpy(file_head.magic, magic, sizeof(magic));
	snprintf(unfinished, sizeof(unfinished), "%s.new", path);
	if (!write_file(unfinished, &file_head, saved) || rename(unfinished, path))
		ccsan_say("ccsan: %s: the checkpoint could not be written: %s\n", path,
			  strerror(errno));
}

void *ccsan_read_checkpoint(const char *path, const struct ccsan_token_head *own, size_t *bytes)
{
	FILE *file = fopen(path, "re");
	struct file_head head;
	void *saved;

	if (!file)
		ccsan_die("%s: %s", path, strerror(errno));
	if (fread(&head, sizeof(head), 1, file) != 1 ||
	    memcmp(head.magic, magic, sizeof(magic)) != 0)
		ccsan_die("%s: not a checkpoint of this version", path);
	ccsan_check_head(path, &head.head, own);
	if (head.bytes > 1ull << 34)
		ccsan_die("%s: a damaged checkpoint", path);
	saved = ccsan_keep(head.bytes + 1);
	if (head.bytes && fread(saved, head.bytes, 1, file) != 1)
		ccsan_die("%s: the checkpoint is cut short", path);
	fclose(file);
	*bytes = head.bytes;
	return saved;
}

/* --- files that a run leaves open --- */

enum { MOST_FILES = 1024 };

static bool *were_open;

static void each_file(void (*see)(int fd, const char *path, void *context), void *context)
{
	char link[32], path[512];

	for (int fd = 3; fd < MOST_FILES; fd++) {
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, path, sizeof(path) - 1);
		if (n < 0)
			continue;
		path[n] = '\0';
		see(fd, path, context);
	}
}

static void note(int fd, const char *path, void *context)
{
	(void)path;
	(void)context;
	were_open[fd] = true;
}

void ccsan_note_open_files(void)
{
	were_open = ccsan_keep(MOST_FILES * sizeof(*were_open));
	each_file(note, NULL);
}

struct listing {
	char *text;
	size_t size, used;
};

static void list_new(int fd, const char *path, void *context)
{
	struct listing *l = context;

	if (were_open[fd] || l->used >= l->size)
		return;
	l->used +=
		(size_t)snprintf(l->text + l->used, l->size - l->used, "%s%s",
				 l->used ? ", " : "a run leaves open what is not put back: ", path);
}

void ccsan_find_open_files(char *text, size_t size)
{
	struct listing listing = { text, size, 0 };

	*text = '\0';
	each_file(list_new, &listing);
}
