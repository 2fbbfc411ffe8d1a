#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every folder of src/ has a README of at most 20 lines that says who may include it.
#
# usage: readmes.sh
set -eu

cd "$(dirname "$0")/../.."
faults=0
wrong() {
	echo "$*"
	faults=$((faults + 1))
}

for folder in src/*/ src/*/*/; do
	readme=${folder}README.md
	if [ ! -f "$readme" ]; then
		wrong "$readme: is missing"
		continue
	fi
	lines=$(wc -l <"$readme")
	[ "$lines" -le 20 ] || wrong "$readme: has $lines lines, more than 20"
	grep -q '^Reading order:' "$readme" || wrong "$readme: has no reading order"
	grep -q '^Who may include it:' "$readme" || wrong "$readme: does not say who may include it"
done
[ "$faults" -eq 0 ]
