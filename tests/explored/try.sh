#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compiles a program with gcc and with clang, explores it, and compares with what its comments say:
#
#	// explore: OPTIONS	of `ccsan explore`
#	// exit: N		the exit status
#	// has: TEXT		a line of the report has it
#	// hasnt: TEXT		no line does
#	// runs: TEST N		so many executions of a test ("main" for main()), all there are
#
# Every token in the report is replayed: the same failure, 100 %.
#
# usage: try.sh BUILD PROGRAM.c
set -eu

build=$(realpath "$1")
source=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

said() # KEY: the values of a comment
{
	sed -n "s,^// $1: *,,p" "$source"
}

fail()
{
	echo "$source, $compiler: $1"
	cat report
	exit 1
}

# Of one failure of the report: the line that names it, and its token.
failures()
{
	awk '/^ERROR: ccsan: / { name = $0 } /^  ccsan replay / { print $3 "\t" name }' report
}

replay_all()
{
	failures >failures
	while IFS="	" read -r token name; do
		status=0
		"$build/bin/ccsan" replay "$token" ./program >again 2>&1 || status=$?
		[ $status = 1 ] || fail "replay of $token: exit status $status, not 1"
		grep -qF -- "$name" again || fail "replay of $token: not \"$name\""
	done <failures
}

try()
{
	status=0
	# shellcheck disable=SC2046 # words are wanted
	"$build/bin/ccsan" explore $(said explore) ./program >report 2>&1 || status=$?
	[ $status = "$(said exit)" ] || fail "exit status $status, not $(said exit)"
	said has >wanted
	while read -r text; do
		grep -qF -- "$text" report || fail "no line has: $text"
	done <wanted
	said hasnt >unwanted
	while read -r text; do
		! grep -qF -- "$text" report || fail "a line has: $text"
	done <unwanted
	said runs >runs
	while read -r test count; do
		[ "$test" = main ] || test="$test "
		[ "$test" != main ] || test=
		grep -q "^${test}on [a-z0-9-]*: $count executions* (all there are)" report ||
			fail "not $count executions: $test"
	done <runs
	replay_all
}

for compiler in gcc clang-14; do
	CCSAN_CC=$compiler "$build/bin/ccsan" cc -O1 -Wall -o program "$source" -pthread
	try
done
