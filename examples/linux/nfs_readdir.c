/* SPDX-License-Identifier: MIT */
/*
 * NFS reads a directory: replies are collected into several pages, each written through its own
 * address in the direct map, and entries of any size are decoded from all of them, through a second
 * mapping that was set up before the first reply came. Linux 2.6.37 did so; Trond Myklebust and
 * Russell King talked about it on linux-kernel in January 2011 ("still nfs problems").
 *
 * The replies are those of a real server, nfs-ganesha 4.3 with a directory of 100 files, recorded
 * by tests/linux/with_ganesha and nfs_live.c; the requests are compared with the recorded ones.
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/nfs.h>
#include <string.h>

enum { REPLY_BYTES = 12 << 10, FILES = 100 };

/* The first one is the mount, then there are two replies with entries. */
__asm__(".pushsection .rodata\n"
	"recording_begin: .incbin \"nfs_readdir.rpc\"\n"
	"recording_end:\n"
	".popsection\n");
extern const u8 recording_begin[], recording_end[];

struct seen {
	unsigned int files, directories, handles;
	u64 bytes, cookie;
};

/* All of an entry is looked at. */
static bool see_entry(void *context, const struct nfs_entry *entry)
{
	struct seen *seen = context;

	SCENARIO_CHECK(entry->len > 0 && !memchr(entry->name, '/', entry->len));
	SCENARIO_CHECK(entry->fattr->valid & NFS_ATTR_FATTR && entry->fattr->fileid == entry->ino);
	if (entry->len > 2 && !memcmp(entry->name + entry->len - 2, ".o", 2))
		seen->files++;
	else
		seen->directories++;
	seen->handles += entry->fh->size != 0;
	seen->bytes += entry->fattr->size;
	seen->cookie = entry->cookie;
	return true;
}

static void run(const struct scenario_variant *variant)
{
	struct ccsan_rpc_recording recording = { recording_begin,
						 (size_t)(recording_end - recording_begin) };
	struct rpc_xprt *xprt = ccsan_linux_rpc_replay(&recording);
	struct seen seen = { 0 };
	struct nfs_fh dir;

	ccsan_behaviour.nfs_readdir = variant->way;
	if (variant->with)
		ccsan_behaviour.xdr_flush = CCSAN_XDR_FORGETS;
	SCENARIO_CHECK(!ccsan_linux_nfs_mount_handle(xprt, "/srv/export", &dir));
	SCENARIO_CHECK(!ccsan_linux_nfs_readdir(xprt, &dir, REPLY_BYTES, see_entry, &seen));
	SCENARIO_CHECK(seen.files == FILES && seen.directories == 2);
	SCENARIO_CHECK(seen.handles == seen.files + seen.directories);
	xprt->destroy(xprt);
}

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = run,
	  .way = CCSAN_READDIR_VMAP,
	  .expect = "ultrasparc-ii: silent; aliasing: stale-read",
	  .reason =
		  "the second reply is in memory, but the mapping has the first one's lines still "
		  "(UltraSPARC's flush_dcache_page() finds those, too: by the physical tag)" },
	{ .name = "invalidate",
	  .run = run,
	  .way = CCSAN_READDIR_VMAP_INVALIDATED,
	  .expect = "silent",
	  .reason =
		  "invalidate_kernel_vmap_range() before each decode: the lines are fetched anew" },
	{ .name = "no-flush",
	  .run = run,
	  .way = CCSAN_READDIR_VMAP_INVALIDATED,
	  .with = "",
	  .expect = "pa-risc | write-through: silent; aliasing: stale-read",
	  .reason = "without flush_dcache_page() after the copy, memory does not have the reply "
		    "(PA-RISC's kunmap_atomic() flushes; a write-through cache need not)" },
	{ .name = "pagewise",
	  .run = run,
	  .way = CCSAN_READDIR_PAGEWISE,
	  .expect = "silent",
	  .reason =
		  "each page is read where it was written; entries across a boundary are copied" },
	{ .name = "contiguous",
	  .run = run,
	  .way = CCSAN_READDIR_CONTIGUOUS,
	  .expect = "silent",
	  .reason = "\"arbitrary sized pages\": the direct map is one mapping of all of them" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "nfs_readdir",
	.summary = "A directory's entries are decoded through a second mapping of the pages they "
		   "came into (linux-kernel, January 2011)",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
