#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Lays out the C code as .clang-format says; with --check it only tells which files are not.
#
# usage: tools/format.sh [--check]
set -eu

cd "$(dirname "$0")/.."
how=-i
[ "${1:-}" != --check ] || how='--dry-run -Werror'
folders=
for folder in src include tests tools bench examples; do
	[ ! -d "$folder" ] || folders="$folders $folder"
done
# shellcheck disable=SC2086 # words are wanted
find $folders -name '*.[ch]' -o -name '*.inc' | sort | xargs clang-format-14 $how
