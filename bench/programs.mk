# SPDX-License-Identifier: MIT
#
# Every program of `rows`, built once per tool, as PROGRAM.TOOL in the current folder. Third-party
# sources are in source/.
#
# usage: make -f …/bench/programs.mk BENCH=…/bench BUILD=build/release [TARGET…]

TOOLS = native ccsan tsan asan
COMPILE_native = gcc
COMPILE_ccsan = $(BUILD)/bin/ccsan cc
COMPILE_tsan = gcc -fsanitize=thread
COMPILE_asan = gcc -fsanitize=address

KERNELS = checksum hash quicksort
PROGRAMS = $(KERNELS) lz4_files sqlite_rows ethernet
RUNTIME = $(wildcard $(BUILD)/bin/ccsan $(BUILD)/lib/ccsan/*)

CFLAGS = -O2 -g
SQLITE = -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION

all: $(foreach tool,$(TOOLS),$(PROGRAMS:=.$(tool))) measure
small: $(foreach tool,$(TOOLS),$(KERNELS:=.$(tool)) ethernet.$(tool)) measure

measure: $(BENCH)/tools/measure.c
	gcc -O2 -Wall -Wextra -o $@ $<

# The compiler of a target is the one that its suffix names.
COMPILE = $(COMPILE_$(subst .,,$(suffix $@))) $(CFLAGS)

define rules
%.$(1): $(BENCH)/kernels/%.c
	$$(COMPILE) -Wall -Wextra -o $$@ $$<

lz4_files.$(1): $(BENCH)/programs/lz4_files.c source/lz4.c
	$$(COMPILE) -Isource -o $$@ $$(filter %.c,$$^)

sqlite_rows.$(1): $(BENCH)/programs/sqlite_rows.c source/sqlite3.c
	$$(COMPILE) $$(SQLITE) -Isource -o $$@ $$(filter %.c,$$^) -lm

ethernet.$(1): $(addprefix $(BENCH)/programs/,ethernet.c $(if $(filter ccsan,$(1)),,coherent.c))
	$$(COMPILE) -Wall -Wextra -I$(BENCH)/../include -o $$@ $$(filter %.c,$$^)

$(PROGRAMS:=.$(1)): $(if $(filter ccsan,$(1)),$(RUNTIME))
endef
$(foreach tool,$(TOOLS),$(eval $(call rules,$(tool))))
