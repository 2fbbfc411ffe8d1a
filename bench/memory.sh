#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Memory and how cost grows. In the bench's folder of the build tree.
#
# usage: memory.sh BUILD ROUNDS
set -eu

bench=$(realpath "$(dirname "$0")")
build=$1
rounds=$2
file=memory.tsv
rm -f $file
gcc -O2 -o touch.native "$bench/memory/touch.c"
"$build/bin/ccsan" cc -O2 -o touch.ccsan "$bench/memory/touch.c"
"$build/bin/ccsan" cc -O2 -o maintain "$bench/memory/maintain.c"

for round in $(seq "$rounds"); do
	for arguments in '64 64 0' '256 256 0' '1024 1024 0' '64 1 200' '64 1 400' '4096 1 200'; do
		for tool in native ccsan; do
			# shellcheck disable=SC2086 # words are wanted
			./measure $file "$arguments	$tool" "./touch.$tool" $arguments
		done
	done
done

# MAPPED TOUCHED ACCESSES: the median of a column.
median() # ARGUMENTS TOOL COLUMN
{
	awk -F '\t' -v a="$1" -v t="$2" -v c="$3" '$1 == a && $2 == t { print $c }' $file | sort -n |
		awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
}

echo '| MiB touched | native, peak KiB | ccsan, peak KiB | more, of what was touched |'
echo '| ---: | ---: | ---: | ---: |'
for mib in 64 256 1024; do
	native=$(median "$mib $mib 0" native 4)
	ccsan=$(median "$mib $mib 0" ccsan 4)
	awk -v m=$mib -v n="$native" -v c="$ccsan" 'BEGIN {
		printf "| %d | %d | %d | %.2f %% |\n", m, n, c, (c - n) / (m * 1024) * 100 }'
done
echo
echo '| accesses, millions | MiB mapped | ccsan, user s |'
echo '| ---: | ---: | ---: |'
for arguments in '64 1 200' '64 1 400' '4096 1 200'; do
	echo "| ${arguments##* } | ${arguments%% *} | $(median "$arguments" ccsan 3) |"
done
echo
echo '| cache maintenance (cpu=arm926ej-s) | |'
echo '| --- | ---: |'
CCSAN_OPTIONS=cpu=arm926ej-s ./maintain
