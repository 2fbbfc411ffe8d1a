#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Third-party sources, from npm packages of pinned versions: lz4 and SQLite's amalgamation.
#
# usage: fetch.sh FOLDER
set -eu

mkdir -p "$1"
cd "$1"

fetch() # PACKAGE@VERSION SHA256 FOLDER-IN-IT FILE…
{
	package=$1 sum=$2 folder=$3
	shift 3
	archive=$(npm pack --silent "$package")
	if ! echo "$sum  $archive" | sha256sum --check --status; then
		echo "bench: $archive is not the one that was measured: its checksum differs" >&2
		exit 2
	fi
	for file; do
		tar -xOf "$archive" "package/$folder/$file" >"$file.new"
		mv "$file.new" "$file"
	done
	rm "$archive"
}

[ -e lz4.c ] || fetch lz4@0.6.5 \
	fdb90b41c5a56d27f74b2c42a9861b0893f225ddb637f79e1b67a4e4b5f5f93f \
	deps/lz4/lib lz4.h lz4.c
[ -e sqlite3.c ] || fetch better-sqlite3@12.11.1 \
	ebf0ed75a7a59dbcb3b24bbd014ef49d9f15bc328e4adcbf516f2a8fadfa2835 \
	deps/sqlite3 sqlite3.h sqlite3.c
