#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The programs of bench/linux on small input: each prints rows of an operation, a size and a time, for
# several sizes, and finds nothing.
#
# usage: linux.sh BUILD
set -eu

build=$(realpath "$1")
from=$(realpath "$(dirname "$0")/../../bench/linux")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
count=0
for source in "$from"/*.c; do
	name=$(basename "$source" .c)
	case $name in
	mm) set -- 100 100 ;;
	pagecache) set -- 1000 ;;
	*) set -- ;;
	esac
	"$build/bin/ccsan" cc --host=linux -O2 -I"$from" -o "$name" "$source"
	CCSAN_OPTIONS=cpu=x86:memory=2G "./$name" "$@" >rows || { cat rows; echo "$name: status $?"; exit 1; }
	awk -F '\t' -v name="$name" 'NF != 3 || $2 !~ /^[0-9]+$/ || $3 + 0 <= 0 { print name ": not a row: " $0; bad = 1 }
		END { exit bad || NR < 3 }' rows || { echo "$name: too few rows"; exit 1; }
	count=$((count + 1))
done
[ "$count" -ge 4 ]
