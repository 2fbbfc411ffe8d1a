#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every case of the bug list is a pair of litmus files, or the README says why not; no file is there
# without a case; and the cure of a superfluous call has no superfluous call.
#
# usage: cases.sh BUILD
set -eu

ccsan=$1/bin/ccsan
corpus=litmus/corpus
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

# How many files are called ID-*-KIND.litmus.
count() {
	set -- "$corpus/$1"-*-"$2".litmus
	if [ -e "$1" ]; then echo $#; else echo 0; fi
}

check_case() {
	case $3 in
	twin)
		[ "$(count "$1" bug) $(count "$1" ok)" = "1 1" ] || complain "$1: no pair of files"
		;;
	not-expressible)
		[ "$(count "$1" bug) $(count "$1" ok)" = "0 0" ] || complain "$1: a file, but no twin"
		grep -q "^| \(.*, \)\{0,1\}$1[ ,]" litmus/README.md ||
			complain "$1: litmus/README.md does not tell why it is missing"
		;;
	*) complain "$1: status '$3'" ;;
	esac
}

check_file() {
	id=$(basename "$1" | cut -d- -f1)
	grep -q "^$id [a-j] twin$" $corpus/cases.txt || complain "$1: no such case"
	grep -q "^# Source: " "$1" || complain "$1: no source"
	grep -q "^litmus $(basename "$1" .litmus)$" "$1" || complain "$1: its name is another one"
}

cases=0
while read -r id class status; do
	case $id in '#'*) continue ;; esac
	check_case "$id" "$class" "$status"
	cases=$((cases + 1))
done <$corpus/cases.txt
[ $cases -gt 0 ] || complain "no cases"

for file in $corpus/*.litmus; do
	check_file "$file"
done

for file in $corpus/j*-ok.litmus; do
	if "$ccsan" litmus "$file" | grep "advice: redundant-maintenance"; then
		complain "$file: a superfluous call is left"
	fi
done
exit $bad
