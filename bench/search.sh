#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Executions per second of `ccsan explore`, of the search in it, and of other tools, on two threads
# of 2 and of 20 stores to one variable. In the bench's folder of the build tree.
#
# usage: search.sh BUILD ROUNDS
set -eu

bench=$(realpath "$(dirname "$0")")
build=$1
rounds=$2
budget=200000 # and three times as many: the difference is free of the start of the process

for n in 2 20; do
	"$build/bin/ccsan" cc -O2 -DOPERATIONS=$n -o two_$n "$bench/explore/two.c"
	g++ -O2 -w -DOPERATIONS=$n -o relacy_$n "$bench/explore/relacy.cc"
	spin -DOPERATIONS=$n -a "$bench/explore/two.pml"
	gcc -O2 -w -DSAFETY -o pan_$n pan.c
done
"$build/bin/ccsan" cc -O2 -DOPERATIONS=2 -DGIB=4 -o two_2_gib "$bench/explore/two.c"
gcc -O2 -I"$bench/../include" -I"$bench/../src" -o switches "$bench/explore/switches.c" \
	"$bench/../src/explore/fiber.c"
gcc -O2 -I"$bench/../include" -I"$bench/../src" -o search "$bench/explore/search.c" \
	"$build/src/libccsan_search.a"

# The median of ROUNDS times in seconds, by the clock: a child of the command does the work.
seconds() # COMMAND…
{
	for round in $(seq "$rounds"); do
		start=$(date +%s%N)
		"$@" >search.log 2>&1 || { cat search.log >&2; exit 1; }
		echo $(($(date +%s%N) - start))
	done | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] / 1e9 }'
}

row() # NAME COUNT SECONDS
{
	echo "| $1 | $(awk -v n="$2" -v s="$3" 'BEGIN { printf "%.0f", n / s }') |"
}

explore() # PROGRAM STRATEGY
{
	few=$(seconds "$build/bin/ccsan" explore --strategy="$2" --budget=$budget "./$1")
	many=$(seconds "$build/bin/ccsan" explore --strategy="$2" --budget=$((3 * budget)) "./$1")
	row "\`ccsan explore --strategy=$2\`, $1" $((2 * budget)) \
		"$(awk -v a="$few" -v b="$many" 'BEGIN { print b - a }')"
}

echo '| | executions/s |'
echo '| --- | ---: |'
explore two_2 random
explore two_2_gib random
explore two_20 random
explore two_20 dpor
for n in 2 20; do
	row "relacy, random scheduler, 2 × $n" 200000 "$(seconds ./relacy_$n 200000)"
done
echo
echo "\`two_N\` has two threads of N stores; \`two_2_gib\` maps 4 GiB as well and never touches them."
echo 'Two threads of 2 stores have 6 orders, so the exhaustive strategy is measured with 20 only.'
echo
echo '| SPIN | states | transitions | s |'
echo '| --- | ---: | ---: | ---: |'
for n in 2 20; do
	time=$(seconds ./pan_$n -n)
	awk -v n=$n -v time="$time" '
		/states, stored/ { states = $1 }
		/transitions \(=/ { transitions = $1 }
		END { printf "| 2 × %d | %d | %d | %.3f |\n", n, states, transitions, time }' search.log
done
echo
echo 'The search alone, with a program that is a few array accesses:'
echo
echo '```'
./search 1000000
echo '```'
echo
echo '| contexts | |'
echo '| --- | ---: |'
./switches
