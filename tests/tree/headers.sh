#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every public header compiles alone: those of include/ccsan as C11 and C++17, with gcc and clang,
# with and without `ccsan cc`; those of a host as its programs are compiled. Linux is written in C
# only.
#
# usage: headers.sh BUILD
set -eu

ccsan=$1/bin/ccsan
cd "$(dirname "$0")/../.."
warnings='-Wall -Wextra -Werror -fsyntax-only'
tried=0
faults=0

try() { # HEADER COMMAND…
	header=$1
	shift
	tried=$((tried + 1))
	if ! printf '#include <%s>\nextern int something;\n' "$header" | "$@" -; then
		echo "<$header> does not compile alone: $*"
		faults=$((faults + 1))
	fi
}

# shellcheck disable=SC2086 # words are wanted
plain() { # HEADER
	for cc in gcc clang-14; do
		try "$1" $cc -xc -std=c11 -Wpedantic $warnings -Iinclude
	done
	for cxx in g++ clang++-14; do
		try "$1" $cxx -xc++ -std=c++17 -Wpedantic $warnings -Iinclude
	done
}

# shellcheck disable=SC2086
hooked() { # HEADER [HOST]
	option=${2:+--host=$2}
	for cc in gcc clang-14; do
		try "$1" env CCSAN_CC=$cc "$ccsan" cc $option -xc -std=gnu11 $warnings
	done
	case ${2:-} in
	linux) return ;;
	esac
	for cxx in g++ clang++-14; do
		try "$1" env CCSAN_CC=$cxx "$ccsan" cc $option -xc++ -std=c++17 $warnings
	done
}

for file in include/ccsan/*.h; do
	plain "${file#include/}"
	hooked "${file#include/}"
done
for folder in include/hosts/*/; do
	[ -d "$folder" ] || continue
	host=$(basename "$folder")
	for header in $(cd "$folder" && find . -name '*.h' | sed 's,^\./,,' | sort); do
		hooked "$header" "$host"
	done
done
[ "$tried" -gt 50 ] || {
	echo "headers.sh: tried only $tried"
	exit 1
}
[ "$faults" -eq 0 ]
