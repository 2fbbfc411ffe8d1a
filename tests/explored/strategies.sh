#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Strategies and budgets on one program: each finds the race, and does what its options say; a search
# that is saved and resumed makes the executions of one that is not.
#
# usage: strategies.sh BUILD
set -eu

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

ccsan()
{
	"$build/bin/ccsan" "$@"
}

fail()
{
	echo "$1"
	cat report
	exit 1
}

explore() # EXIT-STATUS OPTIONS…
{
	wanted=$1
	shift
	status=0
	ccsan explore "$@" ./program >report 2>&1 || status=$?
	[ $status = "$wanted" ] || fail "ccsan explore $*: exit status $status, not $wanted"
}

has() # TEXT
{
	grep -qF -- "$1" report || fail "no line has: $1"
}

executions() # all those of the report
{
	sed -n 's/.* on [a-z0-9-]*: \([0-9]*\) execution.*/\1/p' report
}

ccsan cc -O1 -o program "$here/programs/granularity.c"

explore 1 --granularity access --test unlocked
dpor=$(executions)
explore 1 --granularity access --test unlocked --strategy brute
brute=$(executions)
[ "$dpor" -lt "$brute" ] || fail "dpor: $dpor executions, brute: $brute"
has 'check failed: counter == 2'

explore 0 --granularity access --test locked --strategy brute
has '(all there are)'

for strategy in pct random; do
	explore 1 --granularity access --test unlocked --strategy $strategy --budget 300
	has 'on worst: 300 executions (the budget is used up)'
	has 'check failed: counter == 2'
	cp report first
	explore 1 --granularity access --test unlocked --strategy $strategy --budget 300
	sed 's/[0-9.]* s;//' first >a
	sed 's/[0-9.]* s;//' report >b
	cmp -s a b || fail "$strategy: the same seed made other executions"
done

# No preemption, no race: the threads only change places where one waits or ends.
explore 0 --granularity access --test unlocked --strategy bounded --preemptions 0
explore 1 --granularity access --test unlocked --strategy bounded --preemptions 1
explore 1 --granularity access --test unlocked --failures 1
has '(the budget is used up)'

# Parts of the work find what the whole finds.
explore 1 --granularity access --test unlocked --jobs 2
has 'check failed: counter == 2'
has 'ccsan: 1 distinct failure'

# Saved after a few, resumed: together as many as in one go.
explore 0 --granularity access --test locked --strategy brute
whole=$(executions)
explore 0 --granularity access --test locked --strategy brute --budget 5 --checkpoint saved
has '(the budget is used up)'
explore 0 --granularity access --test locked --strategy brute --resume saved
[ "$(executions)" = "$whole" ] || fail "resumed: $(executions) executions in all, not $whole"

# JSON carries the token.
explore 1 --granularity access --test unlocked --format json
grep -q '"schedule": "1:' report || fail 'no schedule in the JSON'
