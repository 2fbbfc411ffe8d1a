/* SPDX-License-Identifier: MIT */
/*
 * Four processes store, write, write directly, read, synchronise and invalidate, each as chance has
 * it, in the same few pages of one file; and no byte gets lost.
 *
 * The model: every byte of the file is written by one process only, which knows what it has written
 * last, and must read that, whichever way it looks; at the end the disk must have it. In each page
 * the first half belongs to all, byte by byte in turn; the other blocks, which direct transfers can
 * reach, to one process each.
 *
 * STRESS_SEED in the environment chooses other operations. tests/linux/pagecache explores this.
 */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/writeback.h>
#include <stdlib.h>
#include <string.h>

enum { PROCESSES = 4, PAGES = 2, BLOCK = 512, HALF = 2048, STEPS = 6 };

struct player {
	unsigned int number, random;
	char *file;   /**< the shared mapping */
	char *memory; /**< for transfers: two blocks */
	int fd, direct_fd;
	char model[PAGES][4096];
	char next;
};

static struct inode *inode;
static struct player players[PROCESSES];

static unsigned int any(struct player *me, unsigned int count)
{
	me->random = me->random * 1103515245u + 12345u;
	return (me->random >> 16) % count;
}

/* --- where this process may write --- */

struct place {
	unsigned int page, offset, bytes;
};

static struct place my_byte(struct player *me)
{
	unsigned int turn = any(me, HALF / PROCESSES);

	return (struct place){ any(me, PAGES), turn * PROCESSES + me->number, 1 };
}

static struct place my_block(struct player *me)
{
	return (struct place){ any(me, PAGES), HALF + me->number * BLOCK, BLOCK };
}

static loff_t position(const struct place *at)
{
	return (loff_t)(at->page * PAGE_SIZE + at->offset);
}

static void note(struct player *me, const struct place *at)
{
	me->next++;
	memset(&me->model[at->page][at->offset], me->next, at->bytes);
	memset(me->memory, me->next, at->bytes);
}

static void compare(struct player *me, const struct place *at, const char *found)
{
	CCSAN_CHECK(!memcmp(found, &me->model[at->page][at->offset], at->bytes));
}

/* --- what it does --- */

static void store(struct player *me)
{
	struct place at = any(me, 2) ? my_byte(me) : my_block(me);

	note(me, &at);
	memset(me->file + position(&at), me->next, at.bytes);
}

static void write_buffered(struct player *me)
{
	struct place at = any(me, 2) ? my_byte(me) : my_block(me);

	note(me, &at);
	CCSAN_CHECK(sys_pwrite64((unsigned)me->fd, me->memory, at.bytes, position(&at)) ==
		    at.bytes);
}

static void write_direct(struct player *me)
{
	struct place at = my_block(me);

	note(me, &at);
	CCSAN_CHECK(sys_pwrite64((unsigned)me->direct_fd, me->memory, BLOCK, position(&at)) ==
		    BLOCK);
}

static void load(struct player *me)
{
	struct place at = any(me, 2) ? my_byte(me) : my_block(me);

	compare(me, &at, me->file + position(&at));
}

static void read_buffered(struct player *me)
{
	struct place at = any(me, 2) ? my_byte(me) : my_block(me);
	char *memory = me->memory + BLOCK;

	CCSAN_CHECK(sys_pread64((unsigned)me->fd, memory, at.bytes, position(&at)) == at.bytes);
	compare(me, &at, memory);
}

static void read_direct(struct player *me)
{
	struct place at = my_block(me);
	char *memory = me->memory + BLOCK;

	CCSAN_CHECK(sys_pread64((unsigned)me->direct_fd, memory, BLOCK, position(&at)) == BLOCK);
	compare(me, &at, memory);
}

static void synchronise(struct player *me)
{
	CCSAN_CHECK(sys_fsync((unsigned)me->fd) == 0);
}

static void flush(struct player *me)
{
	(void)me;
	filemap_flush(inode->i_mapping);
}

static void invalidate(struct player *me)
{
	int error = invalidate_inode_pages2(inode->i_mapping);

	(void)me;
	CCSAN_CHECK(!error || error == -EIO);
}

static void invalidate_atomically(struct player *me)
{
	(void)me;
	CCSAN_CHECK(filemap_write_and_invalidate_range(inode->i_mapping, 0, LLONG_MAX) == 0);
}

static void (*const operations[])(struct player *) = {
	store,        store, write_buffered,        write_buffered,
	write_direct, load,  read_buffered,         read_direct,
	synchronise,  flush, invalidate_atomically, invalidate,
};

/* --- processes --- */

static void begin(struct player *me)
{
	me->fd = ccsan_linux_open_fd(inode, O_RDWR);
	me->direct_fd = ccsan_linux_open_fd(inode, O_RDWR | O_DIRECT);
	me->file = (char *)sys_mmap(0, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				    (unsigned long)me->fd, 0);
	me->memory = (char *)sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);
}

static void finish(struct player *me)
{
	CCSAN_CHECK(sys_close((unsigned)me->direct_fd) == 0);
	CCSAN_CHECK(sys_close((unsigned)me->fd) == 0);
}

static int play(void *argument)
{
	struct player *me = argument;

	begin(me);
	for (unsigned int i = 0; i < STEPS; i++)
		operations[any(me, sizeof(operations) / sizeof(*operations))](me);
	finish(me);
	return 0;
}

/* Two of them in the first page: one writes its block directly, the other one stores a byte. */
static int play_direct(void *argument)
{
	struct player *me = argument;
	struct place at = { 0, HALF + me->number * BLOCK, BLOCK };

	begin(me);
	note(me, &at);
	CCSAN_CHECK(sys_pwrite64((unsigned)me->direct_fd, me->memory, BLOCK, position(&at)) ==
		    BLOCK);
	finish(me);
	return 0;
}

static int play_store(void *argument)
{
	struct player *me = argument;
	struct place at = { 0, me->number, 1 };

	begin(me);
	note(me, &at);
	me->file[at.offset] = me->next;
	finish(me);
	return 0;
}

static void compare_disk(const struct player *me)
{
	const char *disk = ccsan_linux_testfs_store(inode);

	for (unsigned int page = 0; page < PAGES; page++) {
		const char *at = disk + page * PAGE_SIZE;
		unsigned int block = HALF + me->number * BLOCK;

		for (unsigned int i = me->number; i < HALF; i += PROCESSES)
			CCSAN_CHECK(at[i] == me->model[page][i]);
		CCSAN_CHECK(!memcmp(at + block, &me->model[page][block], BLOCK));
	}
}

static void run(unsigned int count, ccsan_linux_main *const *mains)
{
	const char *seed = getenv("STRESS_SEED");
	pid_t pids[PROCESSES];

	inode = ccsan_linux_testfs(PAGES * PAGE_SIZE, CCSAN_TESTFS_SLEEPS);
	for (unsigned int i = 0; i < count; i++) {
		players[i] =
			(struct player){ .number = i,
					 .random = (seed ? (unsigned)atoi(seed) : 1) * 97 + i };
		pids[i] = ccsan_linux_process("player", 0, mains[i], &players[i]);
	}
	for (unsigned int i = 0; i < count; i++)
		CCSAN_CHECK(ccsan_linux_wait(pids[i]) == 0);
	CCSAN_CHECK(filemap_write_and_wait(inode->i_mapping) == 0);
	for (unsigned int i = 0; i < count; i++)
		compare_disk(&players[i]);
	ccsan_linux_testfs_free(inode);
}

static ccsan_linux_main *const all[PROCESSES] = { play, play, play, play };
static ccsan_linux_main *const two[2] = { play_direct, play_store };

CCSAN_TEST(ok_stress)
{
	run(PROCESSES, all);
}

CCSAN_TEST(bug_destructive_invalidate)
{
	ccsan_behaviour.invalidate = CCSAN_INVALIDATE_DESTRUCTIVE;
	run(PROCESSES, all);
}

CCSAN_TEST(ok_direct_write)
{
	run(2, two);
}

/* A page that is brought in and stored to during the transfer has the old block, and undoes it. */
CCSAN_TEST(bug_direct_write_around)
{
	ccsan_behaviour.direct_write = CCSAN_DIRECT_WRITE_AROUND;
	run(2, two);
}
