#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs the programs of `rows` under every tool, round by round, each tool in each round, so that
# what disturbs the machine disturbs all alike; then prints the table. In the folder where the
# programs are.
#
# usage: speed.sh ROUNDS VALGRIND-ROUNDS
set -eu

bench=$(realpath "$(dirname "$0")")
rounds=$1
valgrind_rounds=$2
file=speed.tsv
rm -f $file

# The thread sanitizer of gcc 12 does not start where the kernel randomises more than 28 bits.
fixed=env
! setarch -R true 2>/dev/null || fixed='setarch -R'

run() # PROGRAM TOOL ARG…
{
	program=$1 tool=$2
	shift 2
	label="$program	$tool"
	# shellcheck disable=SC2086 # words are wanted
	case $tool in
	cachegrind) ./measure $file "$label" valgrind -q --tool=cachegrind \
		--LL=8388608,16,64 --cachegrind-out-file=/dev/null "./$program.native" "$@" ;;
	memcheck) ./measure $file "$label" valgrind -q --leak-check=no "./$program.native" "$@" ;;
	*) ./measure $file "$label" $fixed "./$program.$tool" "$@" ;;
	esac
}

all_tools() # ROUND PROGRAM ARG…
{
	round=$1 program=$2
	shift 2
	tools='native ccsan tsan asan'
	[ "$round" -gt "$valgrind_rounds" ] || tools="$tools cachegrind memcheck"
	for tool in $tools; do
		run "$program" "$tool" "$@"
	done
}

round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	echo "bench: speed, round $round of $rounds" >&2
	sed '/^#/d' "$bench/rows" >rows
	while IFS='|' read -r program arguments _; do
		program=${program% }
		[ -e "$program.native" ] || continue
		# shellcheck disable=SC2086 # words are wanted
		all_tools $round "$program" $arguments
	done <rows
done

awk -f "$bench/tools/medians.awk" $file
