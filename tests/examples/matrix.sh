#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An example gives the matrix that was predicted, built by its own Makefile in a folder of its own:
# no cell that was not foreseen is filled, none that was is empty.
#
# usage: matrix.sh BUILD EXAMPLE EXPECTED COMPILER
#
# A line of EXPECTED: TEST WHERE LETTERS. The letters that each CPU's cell contains, at least; all
# other CPUs' cells are empty. WHERE: nowhere; incoherent, CPUs that do not snoop; of those:
# speculative; line64, line32 (with that or longer lines).
set -eu

build=$(realpath "$1")
example=$(realpath "$2")
expected=$(realpath "$3")
export CCSAN_CC="$4" PATH="$build/bin:$PATH"
unset CCSAN_OPTIONS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$example" "$work/example"
cd "$work/example"
make -s clean
make -s
make -s run >"$work/out" 2>&1 || [ $? = 2 ] # make's status for findings
ccsan cpus | sed '1d;/^$/,$d' >"$work/cpus"
awk '
FILENAME == ARGV[1] { # ccsan cpus
	cpu[++cpus] = $1
	split($2, size, "/")
	line[cpus] = size[3]
	snoops[cpus] = / snoops/
	speculates[cpus] = / speculates/
	next
}
FILENAME == ARGV[2] {
	if (/^#/ || !NF)
		next
	where[$1] = $2
	letters[$1] = $3
	next
}
$1 in where && NF == cpus + 1 {
	seen[$1] = 1
	for (i = 1; i <= cpus; i++)
		judge($1, i, $(i + 1))
}
function applies(place, i) {
	if (place == "nowhere" || snoops[i])
		return 0
	return place == "incoherent" || (place == "speculative" && speculates[i]) ||
		(place ~ /^line/ && line[i] >= substr(place, 5))
}
function judge(test, i, cell,   n) {
	if (!applies(where[test], i)) {
		if (cell != ".")
			fault(test " on " cpu[i] ": " cell " where nothing was expected")
		return
	}
	for (n = 1; n <= length(letters[test]); n++)
		if (!index(cell, substr(letters[test], n, 1)))
			fault(test " on " cpu[i] ": " cell ", without " substr(letters[test], n, 1))
	if (cell ~ /[!x-]/)
		fault(test " on " cpu[i] ": " cell)
}
function fault(what) {
	print what
	faults++
}
END {
	for (test in where)
		if (!seen[test])
			fault(test ": no such row")
	if (cpus < 20)
		fault("only " cpus " CPUs")
	exit faults > 0
}' "$work/cpus" "$expected" "$work/out" || {
	cat "$work/out" | tail -40
	exit 1
}
