#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs into a prefix, moves that elsewhere, and builds a project outside of the tree against it in
# the three ways there are, with gcc and clang. Each program has to report the planted finding, with
# the source lines of both sides.
#
# usage: outside.sh BUILD
set -eu

build=$1
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset CFLAGS LDFLAGS CCSAN_OPTIONS CCSAN_CC MAKEFLAGS MAKELEVEL DESTDIR

cmake --install "$build" --prefix "$folder/first" >"$folder/log"
prefix=$folder/moved
mv "$folder/first" "$prefix"
cp -r project "$folder/project"
cd "$folder/project"
here=$(awk '/ccsan_device_read\(/ { print FNR }' send.c)
there=$(awk '/written here/ { print FNR }' send.c)
[ -n "$here" ] && [ -n "$there" ]

wrong() {
	echo "$*"
	cat "$folder/report" 2>/dev/null || true
	exit 1
}

reports() { # PROGRAM
	status=0
	"$1" >"$folder/report" 2>&1 || status=$?
	[ "$status" -eq 66 ] || wrong "$1: exit status $status, not 66"
	grep -q 'ERROR: ccsan: stale-dma in send' "$folder/report" || wrong "$1: no stale-dma"
	for line in "$here" "$there"; do
		grep -q "send\.c:$line" "$folder/report" || wrong "$1: send.c:$line is not named"
	done
	[ "$(grep -c 'ERROR: ccsan' "$folder/report")" -eq 1 ] || wrong "$1: more than was planted"
}

for compiler in gcc clang-14; do
	suffix=
	[ "$compiler" = gcc ] || suffix=-clang

	rm -f send send.o send-by-pkg-config
	CCSAN_CC=$compiler make -s CC="$prefix/bin/ccsan cc" send
	reports ./send

	PKG_CONFIG_PATH=$prefix/lib/pkgconfig make -s CC=$compiler PACKAGE=ccsan$suffix \
		send-by-pkg-config
	reports ./send-by-pkg-config

	if ! { CC=$compiler cmake -S . -B "build$suffix" -DCMAKE_PREFIX_PATH="$prefix" &&
		cmake --build "build$suffix"; } >"$folder/report" 2>&1; then
		wrong "CMake with $compiler failed"
	fi
	reports "build$suffix/send"
	reports "build$suffix/send_cmsis"
done
