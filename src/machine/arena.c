/* SPDX-License-Identifier: MIT */
/* See arena.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int make_memory(uint64_t bytes)
{
	int fd = memfd_create("ccsan", MFD_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	if (!ftruncate(fd, (off_t)bytes))
		return fd;
	error = errno;
	close(fd);
	return -error;
}

static int map_frames(struct ccsan_arena *arena, int fd, uint64_t bytes)
{
	void *frames = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

	if (frames == MAP_FAILED)
		return -errno;
	*arena = (struct ccsan_arena){ .memory_fd = fd, .bytes = bytes, .frames = frames };
	return 0;
}

int ccsan_arena_open(struct ccsan_arena *arena, uint64_t bytes)
{
	int fd = make_memory(bytes), error;

	if (fd < 0)
		return fd;
	error = map_frames(arena, fd, bytes);
	if (error)
		close(fd);
	return error;
}

bool ccsan_arena_place(struct ccsan_arena *arena, size_t page_bytes, uint32_t space, uint64_t va,
		       uint64_t pa, unsigned pages)
{
	void *at = (void *)(uintptr_t)ccsan_hosted(space, va); // NOLINT: an address is made
	size_t bytes = pages * page_bytes;

	if (!pa)
		return !munmap(at, bytes);
	return mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, arena->memory_fd,
		    (off_t)(pa - CCSAN_RAM_BASE)) != MAP_FAILED;
}

/* Only what was touched: holes of the parent's memory stay holes. */
static void copy_frames(const struct ccsan_arena *from, const struct ccsan_arena *to)
{
	off_t start, end;

	for (start = lseek(from->memory_fd, 0, SEEK_DATA); start >= 0;
	     start = lseek(from->memory_fd, end, SEEK_DATA)) {
		end = lseek(from->memory_fd, start, SEEK_HOLE);
		memcpy(to->frames + start, from->frames + start, (size_t)(end - start));
	}
}

int ccsan_arena_part(struct ccsan_arena *arena)
{
	struct ccsan_arena parents = *arena;
	int error = ccsan_arena_open(arena, parents.bytes);

	if (error)
		return error;
	copy_frames(&parents, arena);
	munmap(parents.frames, parents.bytes);
	close(parents.memory_fd);
	return 0;
}
