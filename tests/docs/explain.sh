#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `ccsan explain`: every kind has a page; the example in it makes this finding and no other with the
# command that the page names, and the fixed example makes none.
#
# usage: explain.sh BUILD
set -eu

build=$(realpath "$1")
PATH=$build/bin:$PATH
unset CCSAN_OPTIONS NO_COLOR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() # WHAT
{
	echo "$1"
	[ ! -f out ] || head -50 out
	exit 1
}

block() # NUMBER: a block of C of the page
{
	awk -v number="$1" '/^```$/ { inside = 0 } inside == number
		/^```c$/ { inside = ++count }' page
}

# Kinds of the findings in the output, and of the advice.
kinds()
{
	sed -n -e 's/^ERROR: ccsan: \([a-z-]*\).*/\1/p' -e 's/^ccsan: advice: \([a-z-]*\).*/\1/p' out |
		sort -u | tr '\n' ' '
}

run() # the command of the page on it.c
{
	status=0
	sh -ec "$command" >out 2>&1 || status=$?
}

check_page() # KIND
{
	ccsan explain "$1" >page || fail "$1: no page"
	[ "$(head -1 page)" = "# $1" ] || fail "$1: the page has another heading"
	command=$(sed -n 's/^    \(ccsan cc .*\)/\1/p' page)
	[ -n "$command" ] || fail "$1: no command in the page"
	for heading in Example 'Which CPUs' Sources; do
		grep -q "^## $heading\$" page || fail "$1: nothing under '$heading'"
	done
	for host in Linux CMSIS U-Boot Zephyr; do
		grep -q "^| .*$host" page || fail "$1: nothing about $host"
	done
	block 1 >it.c
	run
	[ "$(kinds)" = "$1 " ] || fail "$1: the example gives '$(kinds)'"
	[ "$status" = 1 ] || [ "$1" = redundant-maintenance ] || fail "$1: exit status $status"
	block 2 >it.c
	run
	[ "$status" = 0 ] && [ -z "$(kinds)" ] || fail "$1: the fix: $status, '$(kinds)'"
}

ccsan explain >list
count=0
for kind in $(sed -n '/^$/q; s/ .*//p' list); do
	grep -q "^$kind  *[A-Z].*\.\$" list || fail "$kind: no summary in the list"
	check_page "$kind"
	count=$((count + 1))
done
[ "$count" -ge 10 ] || fail "only $count kinds"

status=0
ccsan explain stale-milk >out 2>&1 || status=$?
[ "$status" = 2 ] && [ "$(wc -l <out)" = 1 ] || fail 'an unknown kind is not refused in one line'
