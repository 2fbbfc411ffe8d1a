#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `make demo`: an Ethernet driver and its mistakes on every CPU, then one finding in full.
# Exit status: 0 if the matrix is the one that was predicted.
#
# usage: tools/demo.sh BUILD
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")/.."
example=examples/ethernet-cmsis
export PATH="$build/bin:$PATH"
unset CCSAN_OPTIONS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat <<'EOF'

A driver hands a buffer to a network chip. The chip reads and writes memory by itself, but on many
boards it does not see the CPU's cache: what the CPU wrote may still be in the cache only, and what
the chip wrote may be hidden behind an old copy in it. The driver has to *clean* (write back) before
the chip reads, and to *invalidate* (throw away) around what the chip writes. A PC's caches look after
themselves, so on a PC nobody sees a call that is missing.

Building examples/ethernet-cmsis, a driver for a Cortex-M7, with `ccsan cc`. It runs on this PC, with
real frames, once right and then with one mistake at a time, as every CPU that ccsan knows:

EOF
# As a user would, in a folder of the user's own.
tests/examples/matrix.sh "$build" "$example" tests/examples/ethernet-cmsis.expect \
	"${CCSAN_CC:-gcc}" >"$work/verdict" && status=0 || status=$?
cp -r "$example" "$work/ethernet"
make -s -C "$work/ethernet" clean
make -s -C "$work/ethernet" ethernet
cd "$work/ethernet"
ccsan run --cpu all ./ethernet >"$work/out" 2>&1 || [ $? = 1 ]
grep -n 'SUMMARY: ' "$work/out" | tail -1 | cut -d: -f1 >"$work/end"
sed "1,$(cat "$work/end")d" "$work/out" |
	sed '/^=*$/d; /^(/d; /^ccsan: advice/d; /^ccsan: on /d'
cat <<'EOF'

A row is one driver, a column one CPU, a dot: nothing found. Both right drivers are silent everywhere.
Some mistakes bite on some boards only: `invalidate_before_only` where the CPU fetches memory unasked,
`aligned_to_32` where lines are longer than that. On ultrasparc-ii and x86 devices do see the cache.

One finding in full, as a Cortex-M7, of the driver that forgets to clean what it sends:

EOF
ccsan run --cpu cortex-m7 --strip-path-prefix "$work/" ./ethernet no_clean >"$work/one" 2>&1 ||
	[ $? = 1 ]
sed -n '/^ERROR: /,/^SUMMARY: /p' "$work/one" | sed '/^SUMMARY: /q'
echo
if [ "$status" -ne 0 ]; then
	echo "This is not the matrix that was predicted (tests/examples/ethernet-cmsis.expect):"
	cat "$work/verdict"
	exit 1
fi
echo "The matrix is the one that was predicted. Yours: \`ccsan cc -o test driver.c test.c\`,"
echo "\`ccsan run --cpu all ./test\`; examples/ethernet-cmsis/README.md says what is in this one."
