#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every relative link in a .md file leads to a file, and its #anchor to a heading.
#
# usage: links.sh
set -eu

cd "$(dirname "$0")/../.."

# GitHub's way to make an anchor from a heading.
anchors() { # FILE
	sed -n 's/^#\{1,6\}  *//p' "$1" | tr '[:upper:]' '[:lower:]' |
		sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

links() { # FILE: "LINE TARGET" for each
	awk '/^```/ { code = !code; next }
	!code {
		rest = $0
		gsub(/`[^`]*`/, "", rest)
		while (match(rest, /\]\([^) ]+\)/)) {
			print FNR, substr(rest, RSTART + 2, RLENGTH - 3)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}' "$1"
}

faults=$(
	find . -path ./build -prune -o -path ./.git -prune -o -name '*.md' -print | sort |
		while read -r file; do
			links "$file" | while read -r line target; do
				case $target in
				*://* | mailto:*) continue ;;
				esac
				path=${target%%#*}
				anchor=
				[ "$path" = "$target" ] || anchor=${target#*#}
				to=$file
				[ -z "$path" ] || to=$(dirname "$file")/$path
				if [ ! -e "$to" ]; then
					echo "$file:$line: no such file: $target"
				elif [ -n "$anchor" ] && ! anchors "$to" | grep -qx -- "$anchor"; then
					echo "$file:$line: no such heading: $target"
				fi
			done
		done
)
[ -z "$faults" ] || {
	echo "$faults"
	exit 1
}
