#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Everything that is measured, in one run, as Markdown on standard output: docs/performance.md has
# it. The programs, the third-party sources and the raw numbers are left in build/bench.
#
# usage: run.sh BUILD [ROUNDS]
set -eu

cd "$(dirname "$0")/.."
build=$(realpath "$1")
rounds=${2:-5}
valgrind_rounds=1
bench=$(realpath bench)
mkdir -p build/bench
cd build/bench

echo "bench: building the programs" >&2
"$bench/fetch.sh" source
make -f "$bench/programs.mk" BENCH="$bench" BUILD="$build" -j "$(nproc)" >build.log 2>&1 ||
	{ cat build.log >&2; exit 2; }

echo "$(date -u +%Y-%m-%d), $(uname -srm), $(nproc) ×" \
	"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1);"
echo "$(gcc --version | head -1), $(valgrind --version);" \
	"commit $(git -C "$bench" rev-parse --short HEAD)."
echo "Load average at the start: $(cut -d' ' -f1-3 /proc/loadavg)."
echo
echo '### Time'
echo
echo "User CPU time, medians of $rounds rounds (Valgrind: $valgrind_rounds), as multiples of native" \
	"(gcc -O2)."
echo
"$bench/speed.sh" "$rounds" "$valgrind_rounds"
echo
echo '### False alarms'
echo
"$bench/control.sh" "$build"
echo
echo '### Memory, and how cost grows'
echo
"$bench/memory.sh" "$build" "$rounds"
echo
echo '### The Linux layer'
echo
"$bench/linux.sh" "$build"
echo '### Exploration'
echo
"$bench/search.sh" "$build" "$rounds"
