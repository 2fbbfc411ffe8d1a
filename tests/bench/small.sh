#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The programs of the bench that need nothing from elsewhere, on small input: built for each tool,
# the same output, no finding on any CPU; and the table of times is made of it.
#
# usage: small.sh BUILD
set -eu

build=$(realpath "$1")
bench=$(realpath "$(dirname "$0")/../../bench")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail()
{
	echo "$1"
	exit 1
}

make -s -f "$bench/programs.mk" BENCH="$bench" BUILD="$build" TOOLS='native ccsan' small

"$bench/control.sh" "$build" >control
for program in checksum hash quicksort ethernet; do
	grep -q "^| $program .*| 0 distinct findings on 0 of [1-9][0-9]* CPUs |$" control ||
		{ cat control; fail "$program: not a row without findings"; }
	# shellcheck disable=SC2046 # words are wanted
	set -- $(sed -n "s/^$program |.*|//p" "$bench/rows")
	for tool in native ccsan; do
		./measure times "$program	$tool" "./$program.$tool" "$@"
	done
done
sed 's/	[0-9]*\.[0-9]*	/	2.0	/' times >even # as if all took as long
sed -n 's/	native	/	tsan	/p' even >tsan
cat tsan >>even

awk -f "$bench/tools/medians.awk" even >table
grep -q '^| geometric mean of all | | 1.00 |' table || { cat table; fail 'not a mean of 1.00'; }
grep -q '^| ethernet | 2.000 | 1.00 | 1.00 |' table || { cat table; fail 'not 1.00 for ethernet'; }

sed '$s/[^	]*$/another/' even >differs
! awk -f "$bench/tools/medians.awk" differs >table 2>&1 || fail 'another output passes'

"$build/bin/ccsan" cc -O2 -o two "$bench/explore/two.c"
"$build/bin/ccsan" explore ./two >explored
grep -q ': 6 executions (all there are)' explored || { cat explored; fail 'not 6 executions'; }
"$build/bin/ccsan" cc -O2 -c "$bench/memory/maintain.c"
gcc -O2 -c "$bench/memory/touch.c"
