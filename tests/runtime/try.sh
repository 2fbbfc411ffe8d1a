#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds a program with `ccsan cc` by every compiler that is named in it, runs it, and compares with
# what its own comments say. They start a line:
#
#   // compilers: gcc clang-14     gcc clang-14 clang-16 clang-19 unless said; g++ and clang++ in .cc
#   // levels: -O2                 -O0 -O2 unless said
#   // build: COMMAND              `$cc -o p $src -lpthread` unless said; may be repeated
#   // run: COMMAND                a case: everything up to the next `run` belongs to it
#   // exit: N                     its exit status, 0 unless said
#   // findings: N                 reports in its output; 0 unless said, if the exit status is 0
#   // expect: REGEX               some line of its output matches (ERE)
#   // absent: REGEX               no line does
#
# Commands are run by sh in an empty folder, with $cc (the compiler, hooks, level), $src, $lib (the
# folder of this script), $here (that of the program) and ccsan on PATH. `@name` in a regex becomes
# the number of the line with the comment `/* @name */`.
#
# usage: try.sh BUILD PROGRAM
set -eu

build=$(realpath "$1")
src=$(realpath "$2")
lib=$(realpath "$(dirname "$0")")
here=$(dirname "$src")
PATH=$build/bin:$PATH
unset CCSAN_OPTIONS NO_COLOR
export src lib here PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Lines "key value" of the comments, with @names replaced.
marks=$(sed -n 's|.*/\* \(@[a-z_]*\) \*/.*|\1|p' "$src")
script=
for mark in $marks; do
	script="$script;s/$mark\\([^a-z_]\\|\$\\)/$(grep -n "/\\* $mark \\*/" "$src" | head -1 |
		cut -d: -f1)\\1/g"
done
sed -n 's|^// \([a-z]*\): *|\1 |p' "$src" | sed "s/^\$//$script" >says

say() # KEY DEFAULT: the values of a key before the first run
{
	sed '/^run /,$d' says | sed -n "s/^$1 //p" >said
	[ -s said ] && cat said || printf '%s\n' "$2"
}

failures=0
fail() # WHAT
{
	failures=$((failures + 1))
	printf '%s: %s %s: %s\n  %s\n' "$(basename "$src")" "$compiler" "$level" "$command" "$1"
	[ ! -f out ] || [ "$failures" -gt 3 ] || sed 's/^/  | /' out | head -50
}

check_run() # the case in the file `case`
{
	command=$(sed -n 's/^run //p' case)
	wanted=$(sed -n 's/^exit //p' case)
	reports=$(sed -n 's/^findings //p' case)
	status=0
	timeout 120 sh -c "$command" >out 2>&1 </dev/null || status=$?
	[ "$status" = "${wanted:-0}" ] || fail "exit status $status, not ${wanted:-0}"
	[ -n "$reports" ] || [ "${wanted:-0}" != 0 ] || reports=0
	got=$(grep -ac '^.\{0,7\}ERROR: ccsan: ' out || :)
	[ "$got" = "${reports:-$got}" ] || fail "$got findings, not $reports"
	sed -n 's/^expect //p' case | while IFS= read -r regex; do
		grep -aqE -e "$regex" out || printf 'nothing matches: %s\n' "$regex"
	done >missing
	sed -n 's/^absent //p' case | while IFS= read -r regex; do
		! grep -aqE -e "$regex" out || printf 'must not match: %s\n' "$regex"
	done >>missing
	[ ! -s missing ] || fail "$(cat missing)"
}

check_runs()
{
	sed -n '/^run /,$p' says | awk '/^run /{n++} {print > ("case." n)}'
	for case in $(ls case.* | sort -t. -k2n); do
		mv "$case" case
		check_run
	done
}

try() # COMPILER LEVEL
{
	compiler=$1 level=$2
	export CCSAN_CC="$compiler" cc="ccsan cc $level" compiler level
	rm -f out p
	say build '$cc -o p $src -lpthread' >builds
	while IFS= read -r command; do
		if ! sh -ec "$command" >out 2>&1 </dev/null; then
			fail 'does not build'
			return
		fi
	done <builds
	check_runs
}

case $src in
*.cc) all='g++ clang++-14 clang++-16 clang++-19' ;;
*) all='gcc clang-14 clang-16 clang-19' ;;
esac
if ! grep -q '^run ' says; then
	echo "$src says nothing about what to run" >&2
	exit 2
fi
for compiler in $(say compilers "$all"); do
	for level in $(say levels '-O0 -O2'); do
		try "$compiler" "$level"
	done
done
[ "$failures" = 0 ]
