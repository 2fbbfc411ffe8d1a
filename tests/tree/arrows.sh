#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Who includes whom in src/: arrows point inward, to model/, never back.
#
# usage: arrows.sh
set -eu

# FOLDER: folders whose headers it may include | public headers it may include | system headers;
# "*" is all of them. These are the README files' sentences "who may include it".
allowed='
model:   | | stdbool.h stddef.h stdint.h
shadow:  model | | stdbool.h stddef.h stdint.h
machine: shadow | * | *
explore: | | *
runtime: machine explore | * | *
linux:   machine explore | * | *
litmus:  machine explore | * | *
report:  | ccsan/finding.h ccsan/stream.h ccsan/version.h | *
cli:     litmus report explore | * | *
'

cd "$(dirname "$0")/../.."
find src -name '*.[ch]' -o -name '*.inc' | sort | xargs awk -v allowed="$allowed" '
function split_table(   lines, n, i, parts, folder) {
	n = split(allowed, lines, "\n")
	for (i = 1; i <= n; i++) {
		if (!index(lines[i], ":"))
			continue
		folder = substr(lines[i], 1, index(lines[i], ":") - 1)
		split(substr(lines[i], index(lines[i], ":") + 1), parts, "|")
		known[folder] = 1
		ours[folder] = " " parts[1] " "
		public[folder] = " " parts[2] " "
		system_ones[folder] = " " parts[3] " "
	}
}
function has(list, word) {
	return index(list, " * ") || index(list, " " word " ")
}
function wrong(reason) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, reason
	faults++
}
BEGIN { split_table() }
FNR == 1 {
	delete path
	split(FILENAME, path, "/")
	folder = path[2]
	if (!(folder in known)) {
		printf "src/%s: add this folder to the table in tests/tree/arrows.sh\n", folder
		known[folder] = 1
		faults++
	}
}
/^#[ \t]*include/ {
	name = $0
	sub(/^#[ \t]*include[ \t]*["<]/, "", name)
	sub(/[">].*/, "", name)
	includes++
	if (name ~ /\.\./) {
		# out of a room of a folder, to its other files; no further
		if (!(4 in path) || name !~ /^\.\.\/[^\/.]+\.h$/)
			wrong("no way up: name the folder")
	}
	else if ($0 ~ /"/ && index(name, "/")) {
		split(name, target, "/")
		# what is no folder of src is a room of this one
		if (target[1] in known && target[1] != folder && !has(ours[folder], target[1]))
			wrong("src/" folder " may not include src/" target[1])
	} else if ($0 ~ /"/) {
		if (name ~ /\.c$/)
			wrong("a .c file is not included")
	} else if (name ~ /^ccsan\//) {
		if (!has(public[folder], name))
			wrong("src/" folder " may not include this public header")
	} else if (!has(system_ones[folder], name))
		wrong("src/" folder " is freestanding")
}
END {
	if (includes < 50) {
		print "arrows.sh: saw only " includes + 0 " includes"
		faults++
	}
	exit faults > 0
}'
