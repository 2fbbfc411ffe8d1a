#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runtime is linked with strangers' code: every global name of libccsan_rt.a is ours, one of the
# compilers' entry points, or one that a program asks for by its host's name. The last are in an
# objects of their own, and declared in that host's headers.
#
# usage: symbols.sh BUILD
set -eu

archive=$1/lib/ccsan/libccsan_rt.a
cd "$(dirname "$0")/../.."

# "MEMBER NAME" for each.
nm -A -g --defined-only "$archive" | sed 's/^[^:]*:\([^:]*\):/\1 /' |
	awk '{ print $1, $NF }' >"$1/made/symbols.txt"
[ "$(wc -l <"$1/made/symbols.txt")" -gt 100 ] || {
	echo "symbols.sh: saw too few names in $archive"
	exit 1
}

declared() { # HOST NAME
	[ -d "include/hosts/$1" ] && grep -rqw -- "$2" "include/hosts/$1"
}

faults=$(while read -r member name; do
	case $name in
	ccsan_* | __tsan_* | __wrap_*) continue ;;
	main) # runs the tests of a program that has none of its own
		[ "$member" != main.c.o ] || continue
		;;
	*)
		case $member in
		runtime.o | main.c.o) ;;
		*) ! declared linux "$name" || continue ;;
		esac
		;;
	esac
	echo "$archive: $member: the name '$name' is not ours to define"
done <"$1/made/symbols.txt")
[ -z "$faults" ] || {
	echo "$faults"
	exit 1
}
