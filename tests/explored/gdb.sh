#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `ccsan replay --gdb`: stops at a breakpoint in the thread that the schedule brings there (in both runs:
# the second one is to see that the program is a function of its schedule), and comes to its end.
#
# usage: gdb.sh BUILD
set -eu

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$build/bin/ccsan" cc -O0 -o program "$here/programs/races.c"
token=$("$build/bin/ccsan" explore --cpu arm926ej-s --test dirty_again_before_invalidate ./program |
	sed -n 's/^  ccsan replay \([^ ]*\) .*/\1/p' | head -1)
printf 'break races.c:dirty_again\nrun\nbacktrace 1\ncontinue\ncontinue\nquit\n' |
	"$build/bin/ccsan" replay --gdb "$token" ./program >out 2>&1 || :
for text in 'Breakpoint 1, dirty_again' '#0  dirty_again' 'exited'; do
	grep -qF -- "$text" out || {
		echo "no line has: $text"
		cat out
		exit 1
	}
done
if grep -q 'SIGSEGV,' out; then
	echo 'gdb stops at a signal that is ours'
	cat out
	exit 1
fi
