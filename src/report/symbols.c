/* SPDX-License-Identifier: MIT */
/* See symbols.h. */
#include "symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct known_module {
	struct ccsan_module module;
	struct known_module *next;
};

struct ccsan_symbols {
	Dwfl *dwfl;
	const char *strip;
	bool symbolize;
	struct known_module *modules;
};

static int no_debuginfo(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)module, (void)userdata, (void)name, (void)base, (void)file, (void)link, (void)crc;
	*path = NULL;
	return -1; /* what the file itself has is enough; nothing is searched or downloaded */
}

static const Dwfl_Callbacks callbacks = { .find_elf = dwfl_build_id_find_elf,
					  .find_debuginfo = no_debuginfo,
					  .section_address = dwfl_offline_section_address };

struct ccsan_symbols *ccsan_symbols_new(const char *strip, bool symbolize)
{
	struct ccsan_symbols *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->strip = strip;
	s->symbolize = symbolize;
	s->dwfl = dwfl_begin(&callbacks);
	return s;
}

void ccsan_symbols_free(struct ccsan_symbols *s)
{
	struct known_module *next;

	if (!s)
		return;
	for (struct known_module *m = s->modules; m; m = next) {
		next = m->next;
		free(m);
	}
	dwfl_end(s->dwfl);
	free(s);
}

/* A fixed-address program has bias 0; others are where the loader put them. */
void ccsan_symbols_add(struct ccsan_symbols *s, const struct ccsan_module *module)
{
	struct known_module *m;

	for (m = s->modules; m; m = m->next)
		if (m->module.start == module->start && !strcmp(m->module.path, module->path))
			return;
	m = calloc(1, sizeof(*m));
	if (!m)
		return;
	m->module = *module;
	m->next = s->modules;
	s->modules = m;
	if (s->dwfl && s->symbolize) {
		dwfl_report_begin_add(s->dwfl);
		dwfl_report_elf(s->dwfl, module->path, module->path, -1, module->bias, true);
		dwfl_report_end(s->dwfl, NULL, NULL);
	}
}

/* --- one address --- */

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *stripped(const struct ccsan_symbols *s, const char *file)
{
	size_t n = strlen(s->strip);

	if (file && n && !strncmp(file, s->strip, n)) {
		file += n;
		while (*file == '/')
			file++;
	}
	return file;
}

static void place_in_module(const struct ccsan_symbols *s, uint64_t address,
			    struct ccsan_frame *frame)
{
	for (const struct known_module *m = s->modules; m; m = m->next)
		if (address >= m->module.start && address < m->module.end) {
			frame->module = last_name(m->module.path);
			frame->offset = address - m->module.bias;
			return;
		}
	frame->module = "?";
	frame->offset = address;
}

uint64_t ccsan_symbols_key(const struct ccsan_symbols *s, const struct ccsan_actor *actor)
{
	uint64_t key = 14695981039346656037u;

	for (unsigned i = 0; i < actor->depth; i++) {
		struct ccsan_frame frame = { 0 };

		place_in_module(s, actor->stack[i], &frame);
		for (const char *c = frame.module; *c; c++)
			key = (key ^ (unsigned char)*c) * 1099511628211u;
		key = (key ^ frame.offset) * 1099511628211u;
	}
	return key;
}

static void go_out(struct ccsan_symbols *s, Dwarf_Die *inlined, Dwarf_Files *files,
		   struct ccsan_frame *caller)
{
	Dwarf_Attribute attribute;
	Dwarf_Word file = 0, line = 0;

	if (dwarf_attr(inlined, DW_AT_call_file, &attribute))
		dwarf_formudata(&attribute, &file);
	if (dwarf_attr(inlined, DW_AT_call_line, &attribute))
		dwarf_formudata(&attribute, &line);
	caller->function = NULL;
	caller->file = files ? stripped(s, dwarf_filesrc(files, file, NULL, NULL)) : NULL;
	caller->line = (int)line;
}

/* What an address is in, innermost first. dwarf_getscopes() goes on with where an inlined function
 * was defined; the tree goes on with where it was inlined. Return: how many, 0 if unknown. */
static int scopes_of(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
	Dwarf_Die *defined = NULL;
	int count = 0;

	*scopes = NULL;
	if (dwarf_getscopes(unit, address, &defined) > 0)
		count = dwarf_getscopes_die(&defined[0], scopes);
	free(defined);
	return count > 0 ? count : 0;
}

/* The functions inlined at an address, innermost first; the scopes come in that order. Each gives
 * the place where it was inlined, which is the line of the next one. Return: the number of frames
 * before that of the function that is there, which is named too. */
static int add_inlined(struct ccsan_symbols *s, Dwarf_Die *unit, Dwarf_Addr address,
		       struct ccsan_frame *frames, int most)
{
	Dwarf_Die *scopes;
	int scope_count = scopes_of(unit, address, &scopes), used = 0;
	Dwarf_Files *files = NULL;
	size_t file_count;

	dwarf_getsrcfiles(unit, &files, &file_count);
	for (int i = 0; i < scope_count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag == DW_TAG_subprogram)
			frames[used].function = dwarf_diename(&scopes[i]);
		if (tag == DW_TAG_subprogram)
			break;
		if (tag != DW_TAG_inlined_subroutine || used + 1 >= most)
			continue;
		frames[used].function = dwarf_diename(&scopes[i]);
		frames[used + 1] = frames[used];
		go_out(s, &scopes[i], files, &frames[used + 1]);
		used++;
	}
	free(scopes);
	return used;
}

/* The compilation unit of an address. clang writes no .debug_aranges, by which libdw finds it at
 * once, and where others do, libdw takes what lies between theirs for the one before: then each
 * unit is asked for its own ranges. */
static Dwarf_Die *find_unit(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);

	if (unit && dwarf_haspc(unit, address - *bias) > 0)
		return unit;
	unit = NULL;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, address - *bias) > 0)
			return unit;
	return NULL;
}

int ccsan_symbols_find(struct ccsan_symbols *s, uint64_t return_address, struct ccsan_frame *frames,
		       int most)
{
	uint64_t address = return_address - 1;
	Dwfl_Module *module = s->dwfl && s->symbolize ? dwfl_addrmodule(s->dwfl, address) : NULL;
	Dwarf_Addr bias;
	Dwarf_Die *unit;
	Dwarf_Line *line;
	int inlined = 0;

	memset(&frames[0], 0, sizeof(frames[0]));
	place_in_module(s, address, &frames[0]);
	if (!module)
		return 1;
	unit = find_unit(module, address, &bias);
	line = unit ? dwarf_getsrc_die(unit, address - bias) : NULL;
	if (line) {
		frames[0].file = stripped(s, dwarf_linesrc(line, NULL, NULL));
		dwarf_lineno(line, &frames[0].line);
	}
	if (unit)
		inlined = add_inlined(s, unit, address - bias, frames, most);
	if (!frames[inlined].function) /* no debug information: what the linker knows */
		frames[inlined].function = dwfl_module_addrname(module, address);
	return inlined + 1;
}

/* What calls tests and threads is ours, and called ccsan_run_…: no news for the reader. */
static bool is_ours(const struct ccsan_frame *frame)
{
	return frame->function && !strncmp(frame->function, "ccsan_run_", 10);
}

int ccsan_symbols_stack(struct ccsan_symbols *s, const struct ccsan_actor *actor,
			struct ccsan_frame *frames, int most)
{
	int used = 0;

	for (unsigned i = 0; i < actor->depth && used < most; i++) {
		used += ccsan_symbols_find(s, actor->stack[i], frames + used, most - used);
		if (frames[used - 1].function && !strcmp(frames[used - 1].function, "main"))
			break;
	}
	while (used > 1 && is_ours(&frames[used - 1]))
		used--;
	return used;
}
