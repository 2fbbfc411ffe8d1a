#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes docs/fidelity.md from the docstrings of the hosted Linux, or with --check says whether it is
# up to date. Exit status 1 if it is not, or if a function does not say how true to Linux it is.
#
# usage: tools/fidelity.sh [--check]
set -eu

cd "$(dirname "$0")/../include/hosts/linux"
made=$(mktemp)
trap 'rm -f "$made"' EXIT
awk -f ../../../tools/fidelity.awk $(find . -name '*.h' | sed 's|^\./||' | LC_ALL=C sort) >"$made"
if [ "${1:-}" = --check ]; then
	cmp -s "$made" ../../../docs/fidelity.md && exit
	echo "docs/fidelity.md is not what tools/fidelity.sh makes of the headers: run it"
	exit 1
fi
cp "$made" ../../../docs/fidelity.md
