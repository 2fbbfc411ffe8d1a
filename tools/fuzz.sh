#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzzes each target for a while, from its corpus and what earlier runs have found (kept in
# build/fuzz/found/). An input that breaks a property is named and kept in build/fuzz/broken/; once
# mended it belongs into tests/fuzz/corpus/NAME/.
#
# usage: tools/fuzz.sh [NAME…]     FUZZ_SECONDS=60 for each
set -eu

cd "$(dirname "$0")/.."
tools/build.sh fuzz
mkdir -p build/fuzz/found build/fuzz/broken
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
broken=
for name in "$@"; do
	mkdir -p "build/fuzz/found/$name"
	echo "ccsan: fuzzing $name for ${FUZZ_SECONDS:-60} s"
	log=build/fuzz/$name.log
	if ! "build/fuzz/fuzz/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=20 \
		-rss_limit_mb=1024 -max_len=4096 -artifact_prefix="build/fuzz/broken/$name-" \
		"build/fuzz/found/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
		tail -n 40 "$log"
		broken="$broken $name"
	fi
	grep -E '^(Done|#[0-9]+.*DONE)' "$log" | tail -n 1 || true
done
if [ -n "$broken" ]; then
	echo "ccsan: broken:$broken" >&2
	exit 1
fi
