/* SPDX-License-Identifier: MIT */
/* See text.h. */
#include "text.h"

#include <inttypes.h>
#include <string.h>

#include "words.h"

struct page {
	FILE *to;
	const struct ccsan_finding *finding;
	struct ccsan_symbols *symbols;
	bool colour;
};

static const char *red(const struct page *p)
{
	return p->colour ? "\033[1;31m" : "";
}

static const char *bold(const struct page *p)
{
	return p->colour ? "\033[1m" : "";
}

static const char *plain(const struct page *p)
{
	return p->colour ? "\033[0m" : "";
}

/* --- words --- */

static bool is_device(const struct ccsan_actor *actor)
{
	return actor->deed == CCSAN_DEED_DEVICE_READ || actor->deed == CCSAN_DEED_DEVICE_WRITE;
}

static bool has_device(const struct ccsan_finding *f)
{
	return is_device(&f->access) || is_device(&f->cause);
}

/* A hosted system's own helper says less than the function of that system that called it. */
static bool is_helper(const char *function)
{
	return function && !strncmp(function, "ccsan_", 6) &&
	       strncmp(function, "ccsan_test_", 11) != 0 &&
	       strncmp(function, "ccsan_linux_", 12) != 0;
}

/* The frame that a headline names: the innermost that is no helper, if there is one. */
static struct ccsan_frame frame_to_name(struct ccsan_symbols *symbols,
					const struct ccsan_actor *actor)
{
	struct ccsan_frame frames[CCSAN_FRAMES];

	for (unsigned depth = 0; depth < actor->depth; depth++) {
		int count = ccsan_symbols_find(symbols, actor->stack[depth], frames, CCSAN_FRAMES);

		for (int i = 0; i < count; i++)
			if (!is_helper(frames[i].function))
				return frames[i];
	}
	ccsan_symbols_find(symbols, actor->stack[0], frames, CCSAN_FRAMES);
	return frames[0];
}

static const char *function_of(const struct page *p, const struct ccsan_actor *actor)
{
	static char name[2][128];
	static int turn;
	struct ccsan_frame frame;

	if (!actor->depth)
		return NULL;
	frame = frame_to_name(p->symbols, actor);
	turn = !turn;
	if (frame.function)
		snprintf(name[turn], sizeof(name[turn]), "%s", frame.function);
	else
		snprintf(name[turn], sizeof(name[turn]), "%s+%#" PRIx64, frame.module,
			 frame.offset);
	return name[turn];
}

/* --- stacks --- */

static void print_frame(const struct page *p, int number, const struct ccsan_frame *frame)
{
	fprintf(p->to, "    #%d ", number);
	if (frame->function)
		fprintf(p->to, "%s%s%s ", bold(p), frame->function, plain(p));
	if (frame->file)
		fprintf(p->to, "%s:%d\n", frame->file, frame->line);
	else
		fprintf(p->to, "(%s+%#" PRIx64 ")\n", frame->module, frame->offset);
}

static void print_stack(const struct page *p, const struct ccsan_actor *actor)
{
	struct ccsan_frame frames[CCSAN_FRAMES];
	int count = ccsan_symbols_stack(p->symbols, actor, frames, CCSAN_FRAMES);

	for (int i = 0; i < count; i++)
		print_frame(p, i, &frames[i]);
	if (actor->callers_unknown && count)
		fprintf(p->to, "    (its callers were not recorded: an ordinary store)\n");
}

/* --- who did what --- */

static bool has_several_cpus(const struct ccsan_finding *f)
{
	return f->access.on_cpu || f->cause.on_cpu || f->keeper.on_cpu;
}

static void print_deed(const struct page *p, const struct ccsan_actor *actor)
{
	fprintf(p->to, "%s", ccsan_deed_name(actor->deed));
	if (actor->bytes)
		fprintf(p->to, " of %u byte%s", actor->bytes, actor->bytes == 1 ? "" : "s");
	if (actor->va)
		fprintf(p->to, " at %#" PRIx64 " (%s)", actor->va, actor->alias);
	if (actor->pa)
		fprintf(p->to, "%s physical %#" PRIx64, actor->va ? "," : " at", actor->pa);
	if (*actor->who)
		fprintf(p->to, " by %s%s", is_device(actor) ? "device " : "", actor->who);
	if (has_several_cpus(p->finding) && !is_device(actor))
		fprintf(p->to, " on CPU %u", actor->on_cpu);
	fputc('\n', p->to);
}

static void print_access(const struct page *p)
{
	print_deed(p, &p->finding->access);
	print_stack(p, &p->finding->access);
}

static const char *cause_label(const struct ccsan_finding *f)
{
	switch (f->kind) {
	case CCSAN_KIND_CLOBBER:
		return is_device(&f->access)
			       ? "The dirty bytes that may land on top were written by:"
			       : "The newer bytes that may be overwritten were written by:";
	case CCSAN_KIND_LOST_WRITE:
		return "The bytes that are lost were written by:";
	case CCSAN_KIND_HOMONYM:
		return "The other page's line was written by:";
	case CCSAN_KIND_DMA_OWNERSHIP:
		return "The device was given the memory by:";
	case CCSAN_KIND_LOST_DIRTY_PAGE:
		return "The page was made dirty by:";
	case CCSAN_KIND_DEADLOCK:
		return "What it waits for is held since:";
	case CCSAN_KIND_API_MISUSE:
		return f->cause.deed == CCSAN_DEED_FREE ? "It was freed by:"
		       : f->cause.deed == CCSAN_DEED_TAKE || f->cause.deed == CCSAN_DEED_EARLIER
			       ? "The other one involved:"
			       : "The memory was mapped by:";
	default:
		return "The newer bytes were written by:";
	}
}

static void print_cause(const struct page *p)
{
	const struct ccsan_actor *cause = &p->finding->cause;

	if (!p->finding->line.bytes && cause->deed == CCSAN_DEED_NOTHING)
		return;
	fprintf(p->to, "\n%s\n", cause_label(p->finding));
	if (cause->deed != CCSAN_DEED_NOTHING) {
		fprintf(p->to, "  ");
		print_deed(p, cause);
		print_stack(p, cause);
	} else if (!strcmp(cause->who, "start-up")) {
		fprintf(p->to, "  start-up: initialised data is written through the cache\n");
	} else {
		fprintf(p->to, "  nobody that ccsan has seen\n");
	}
}

static void print_keeper(const struct page *p)
{
	const struct ccsan_actor *keeper = &p->finding->keeper;

	if (!p->finding->line.bytes)
		return;
	if (keeper->deed == CCSAN_DEED_NOTHING) {
		fprintf(p->to, "\nNothing has cleaned or invalidated the line so far.\n");
		return;
	}
	fprintf(p->to, "\nThe line was last maintained by:\n  ");
	print_deed(p, keeper);
	print_stack(p, keeper);
}

/* --- which bytes, which versions --- */

static unsigned count_bits(uint64_t set)
{
	return (unsigned)__builtin_popcountll(set);
}

/* "0x40..0x4f, 0x52": runs of a set, as addresses. */
static void print_runs(const struct page *p, uint64_t set)
{
	const struct ccsan_line_seen *line = &p->finding->line;
	const char *before = "";

	for (unsigned i = 0; i < 64; i++) {
		unsigned from = i;

		if (!(set >> i & 1))
			continue;
		while (i < 63 && set >> (i + 1) & 1)
			i++;
		fprintf(p->to, "%s+%u..%u", before, from * line->granule,
			(i + 1) * line->granule - 1);
		before = ", ";
	}
}

static const char *fate(const struct ccsan_finding *f)
{
	switch (f->kind) {
	case CCSAN_KIND_STALE_READ:
	case CCSAN_KIND_STALE_FETCH:
		return "may be an older version than the newest";
	case CCSAN_KIND_STALE_DMA:
		return "may be an older version in memory than the newest, which is still in a "
		       "cache";
	case CCSAN_KIND_LOST_WRITE:
		return "had their newest version only in a cache, and it was discarded";
	case CCSAN_KIND_CLOBBER:
		return "may be overwritten in memory by an older version from a cache";
	case CCSAN_KIND_MISSING_BARRIER:
		return "may be on their way to memory still: nothing waited for that";
	default:
		return "may come from another page that was mapped at this address before";
	}
}

static void print_versions(const struct page *p)
{
	const struct ccsan_line_seen *line = &p->finding->line;
	unsigned bytes = count_bits(line->wrong) * line->granule;

	if (!line->bytes)
		return;
	fprintf(p->to, "\n%u byte%s (", bytes, bytes == 1 ? "" : "s");
	print_runs(p, line->wrong);
	fprintf(p->to, " of the line at physical %#" PRIx64 ") %s.\n", line->pa, fate(p->finding));
}

/* --- the picture --- */

/* One column for each 1, 2 or 4 granules, so that a line is at most 64 columns wide. */
static void print_row(const struct page *p, const char *name, uint64_t marked, char mark,
		      char other, const char *note)
{
	const struct ccsan_line_seen *line = &p->finding->line;
	unsigned columns = line->bytes / line->granule;

	fprintf(p->to, "  %-24.24s ", name);
	for (unsigned i = 0; i < columns; i++)
		fputc(marked >> i & 1 ? mark : other, p->to);
	fprintf(p->to, "  %s\n", note);
}

static void print_scale(const struct page *p)
{
	const struct ccsan_line_seen *line = &p->finding->line;
	unsigned columns = line->bytes / line->granule;

	fprintf(p->to, "  %-24s ", "byte");
	for (unsigned i = 0; i < columns; i += 8)
		fprintf(p->to, "%-8u", i * line->granule);
	fprintf(p->to, "\n");
}

static void print_place(const struct page *p, const struct ccsan_place_seen *seen)
{
	char note[96], name[CCSAN_NAME_BYTES + 8];

	snprintf(name, sizeof(name), "%s%s", seen->instruction ? "I: " : "", seen->alias);
	snprintf(note, sizeof(note), "%s%s%s",
		 !seen->present         ? "not present"
		 : seen->by_speculation ? "may have been fetched unasked"
					: "present",
		 seen->dirty ? ", dirty" : "", seen->stale ? ", partly old" : "");
	print_row(p, name, seen->stale, 'o', seen->present ? (seen->dirty ? 'D' : '=') : '-', note);
}

static void print_picture(const struct page *p)
{
	const struct ccsan_line_seen *line = &p->finding->line;

	if (!line->bytes)
		return;
	fprintf(p->to, "\nThe line before that (= newest, D newest and dirty, o old, - absent):\n");
	print_scale(p);
	for (unsigned i = 0; i < line->place_count && i < CCSAN_PLACES_SEEN; i++)
		print_place(p, &line->places[i]);
	if (line->place_count > CCSAN_PLACES_SEEN)
		fprintf(p->to, "  (%u more places)\n", line->place_count - CCSAN_PLACES_SEEN);
	if (line->outer)
		print_row(p, "outer cache", line->outer_stale, 'o',
			  line->outer_present ? (line->outer_dirty ? 'D' : '=') : '-',
			  line->outer_dirty ? "may have to be written back" : "");
	print_row(p, "memory", line->memory_lacks, 'o', '=',
		  line->memory_lacks ? "lacks the newest bytes" : "");
	print_row(p, "this access", line->touched, '^', ' ', "");
}

/* --- certainty, CPUs, advice --- */

static void print_certainty(const struct page *p, const char *cpus)
{
	const struct ccsan_finding *f = p->finding;

	fputc('\n', p->to);
	if (f->line.bytes)
		fprintf(p->to, "Goes wrong %s.\n", ccsan_words_needs(f));
	if (cpus)
		fprintf(p->to, "On: %s.\n", cpus);
	else
		fprintf(p->to, "On: %s (`ccsan run --cpu all` tells about the others).\n", f->cpu);
}

static bool shares_the_line(const struct ccsan_finding *f)
{
	return f->kind == CCSAN_KIND_LOST_WRITE && f->access.deed == CCSAN_DEED_INVALIDATE &&
	       !(f->line.wrong & f->line.touched);
}

static void print_place_of_advice(const struct page *p)
{
	const struct ccsan_finding *f = p->finding;
	const char *writer = function_of(p, &f->cause), *reader;

	if (f->kind == CCSAN_KIND_LOST_WRITE || f->kind == CCSAN_KIND_HOMONYM) {
		fprintf(p->to, ", before the %s", ccsan_deed_name(f->access.deed));
		return;
	}
	if (writer)
		fprintf(p->to, ", after the %s in %s()", ccsan_deed_name(f->cause.deed), writer);
	reader = function_of(p, &f->access);
	fprintf(p->to, "%s before the %s", writer ? " and" : ",", ccsan_deed_name(f->access.deed));
	if (reader && !is_device(&f->access))
		fprintf(p->to, " in %s()", reader);
}

static void print_call(const struct page *p, unsigned index, const char *before)
{
	const struct ccsan_finding *f = p->finding;
	const struct ccsan_advised_call *call = &f->advised[index];
	struct ccsan_words words = ccsan_words_for(f->host, call->deed, call->alias, has_device(f));

	fprintf(p->to, "%s%s%s%s (%s)", before, bold(p), words.call, plain(p),
		ccsan_deed_name(call->deed));
	if (call->va)
		fprintf(p->to, " on the line at %#" PRIx64 " (%s)", call->va, call->alias);
	else
		fprintf(p->to, " on the line at physical %#" PRIx64, call->pa);
}

/* The outer cache's part of a call that does both levels is not named twice. */
static bool same_call(const struct ccsan_finding *f, unsigned a, unsigned b)
{
	struct ccsan_words first =
		ccsan_words_for(f->host, f->advised[a].deed, f->advised[a].alias, has_device(f));
	struct ccsan_words second =
		ccsan_words_for(f->host, f->advised[b].deed, f->advised[b].alias, has_device(f));

	return !strcmp(first.call, second.call);
}

static void print_trial(const struct page *p)
{
	if (p->finding->trial == CCSAN_TRIAL_GONE)
		fprintf(p->to, "  Tried: with it at that point, this finding is gone.\n");
	if (p->finding->trial == CCSAN_TRIAL_STAYS)
		fprintf(p->to,
			"  Tried: it is not enough by itself; something else is wrong too.\n");
}

/* Misuse has no call that would mend it; where a device owns the memory there is one. */
static void print_contract(const struct page *p)
{
	const struct ccsan_finding *f = p->finding;
	struct ccsan_words words = ccsan_words_for(f->host, CCSAN_DEED_INVALIDATE, "", true);

	if (f->kind == CCSAN_KIND_DMA_OWNERSHIP)
		fprintf(p->to, "\nAdvice: a missing call may be %s%s%s, before the %s.\n", bold(p),
			words.call, plain(p), ccsan_deed_name(f->access.deed));
	if (f->kind == CCSAN_KIND_DMA_OWNERSHIP ||
	    (f->kind == CCSAN_KIND_API_MISUSE && f->cause.deed == CCSAN_DEED_MAP))
		fprintf(p->to, "  Contract: %s.\n", words.source);
}

static void print_advice(const struct page *p)
{
	const struct ccsan_finding *f = p->finding;

	if (shares_the_line(f))
		fprintf(p->to,
			"\nAdvice: the range to be invalidated shares this line with other data. "
			"Align "
			"the buffer and\n  round its size to whole lines of %u bytes, or use a "
			"bounce "
			"buffer; no cache operation is right\n  for a line that CPU and device "
			"both "
			"write.\n",
			f->line.bytes);
	if (!f->advised_count && f->kind == CCSAN_KIND_LOST_WRITE)
		fprintf(p->to,
			"\nAdvice: an invalidate gave these bytes up while they were dirty and "
			"nothing has written them\n  since: clean instead, or do not read them "
			"before the device has written them.\n");
	if (!f->advised_count) {
		print_contract(p);
		return;
	}
	print_call(p, 0,
		   shares_the_line(f) ? "  Otherwise, a missing call may be "
				      : "\nAdvice: a missing call may be ");
	for (unsigned i = 1; i < f->advised_count; i++)
		if (!same_call(f, i - 1, i))
			print_call(p, i, "\n  and ");
	print_place_of_advice(p);
	fprintf(p->to, ".\n  Contract: %s.\n",
		ccsan_words_for(f->host, f->advised[0].deed, f->advised[0].alias, has_device(f))
			.source);
	print_trial(p);
}

/* --- the whole --- */

void ccsan_text_summary(const struct ccsan_finding *finding, struct ccsan_symbols *symbols,
			char *text, size_t size)
{
	const char *kind = ccsan_kind_name(finding->kind);
	struct ccsan_frame frame;

	if (!finding->access.depth) {
		snprintf(text, size, "%s", kind);
		return;
	}
	frame = frame_to_name(symbols, &finding->access);
	if (frame.file)
		snprintf(text, size, "%s %s:%d in %s", kind, frame.file, frame.line,
			 frame.function ? frame.function : "?");
	else
		snprintf(text, size, "%s (%s+%#" PRIx64 ")%s%s", kind, frame.module, frame.offset,
			 frame.function ? " in " : "", frame.function ? frame.function : "");
}

static void print_head(const struct page *p)
{
	const char *access = function_of(p, &p->finding->access);
	const char *cause = function_of(p, &p->finding->cause);

	fprintf(p->to, "==================================================================\n");
	fprintf(p->to, "%sERROR: ccsan: %s%s", red(p), ccsan_kind_name(p->finding->kind), plain(p));
	if (access)
		fprintf(p->to, " in %s", access);
	if (cause)
		fprintf(p->to, " / %s", cause);
	if (*p->finding->test)
		fprintf(p->to, " (test %s)", p->finding->test);
	fprintf(p->to, "\n\n");
}

void ccsan_text_print(FILE *to, const struct ccsan_finding *finding, struct ccsan_symbols *symbols,
		      bool colour, const char *cpus)
{
	struct page page = { to, finding, symbols, colour };
	char summary[1024];

	print_head(&page);
	if (*finding->text)
		fprintf(to, "%s\n", finding->text);
	print_access(&page);
	print_versions(&page);
	print_cause(&page);
	print_keeper(&page);
	print_picture(&page);
	print_certainty(&page, cpus);
	print_advice(&page);
	ccsan_text_summary(finding, symbols, summary, sizeof(summary));
	fprintf(to, "\nSUMMARY: ccsan: %s\n", summary);
	if (finding->count > 1)
		fprintf(to, "(%" PRIu64 " times with the same stacks)\n", finding->count);
	fprintf(to, "==================================================================\n");
	fflush(to);
}
