# SPDX-License-Identifier: MIT
# The front door. Everything is built by CMake (CMakePresets.json); each goal does its own set-up.

PREFIX ?= /usr/local

.PHONY: all release demo seeds test proof bench fuzz format install clean

all: release

release:
	@tools/setup.sh
	@tools/build.sh release

test:
	@tools/setup.sh test
	@tools/build.sh test
	ctest --preset test

# A driver and its mistakes on every CPU, in a minute.
demo: release
	@tools/demo.sh build/release

# Linux's coherence discussions: every scenario, every fix, every CPU; writes docs/seeds.md.
seeds:
	@tools/setup.sh seeds
	@tools/build.sh release
	@tools/seeds.sh -o docs/seeds.md build/release

proof:
	@tools/setup.sh test
	@tools/build.sh test
	ctest --preset proof

# ROUNDS=5 by default; prints Markdown.
bench:
	@tools/setup.sh bench
	@tools/build.sh release
	@bench/run.sh build/release $(ROUNDS)

# FUZZ_SECONDS=600 make fuzz: each target for so long.
fuzz:
	@tools/setup.sh test
	@tools/fuzz.sh

format:
	@tools/setup.sh test
	@tools/format.sh

install: release
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build
