#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A page with a tutorial, followed literally. In its order, the blocks of these languages:
#
#	c, litmus, ini	is saved under the name in its first line
#	diff		is applied
#	console		`$ COMMAND` is run; what is printed there has to have the lines that
#			follow, in their order. A … stands for anything, a blank for any number
#			of them. TOKEN in a command is that of the last `ccsan replay` line.
#
# usage: follow.sh BUILD PAGE.md
set -eu

build=$(realpath "$1")
page=$(realpath "$2")
PATH=$build/bin:$PATH
unset CCSAN_OPTIONS NO_COLOR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() # WHAT
{
	echo "$page: $1"
	[ ! -f out ] || cat out
	exit 1
}

# Blocks into files: 01.c, 02.console …; the language is the suffix.
awk '/^```$/ && name { close(name); name = ""; next }
	/^```(c|litmus|ini|diff|console)$/ { name = sprintf("%02d.%s", ++count, substr($0, 4)); next }
	name { print > name }' "$page"

# The lines of `wanted`, in their order, in `out`; the … in a line is anything.
check_output()
{
	awk 'function matches(line, wish,   parts, count, i, at) {
			count = split(wish, parts, "…")
			for (i = 1; i <= count; i++) {
				at = index(line, parts[i])
				if (!at || (i == 1 && at != 1)) return 0
				line = substr(line, at + length(parts[i]))
			}
			return parts[count] == "" || line == ""
		}
		{ gsub(/ +/, " "); sub(/ $/, "") }
		FILENAME == "wanted" { if ($0 != "…") wish[++wishes] = $0; next }
		found < wishes && matches($0, wish[found + 1]) { found++ }
		END { if (found < wishes) { print wish[found + 1]; exit 1 } }' wanted out >missing ||
		fail "after '$command', no line is: $(cat missing)"
}

run() # COMMAND
{
	command=$(printf '%s\n' "$1" | sed "s/TOKEN/${token:-TOKEN}/")
	status=0
	sh -c "$command" >out 2>&1 || status=$?
	[ "$status" -le 1 ] || fail "'$command': exit status $status"
	found=$(sed -n 's/^  ccsan replay \([^ ]*\).*/\1/p' out | head -1)
	token=${found:-${token:-}}
}

follow() # FILE: commands, each with its output behind it
{
	command=
	: >wanted
	while IFS= read -r line; do
		case $line in
		'$ '*)
			[ -z "$command" ] || check_output
			: >wanted
			run "${line#??}"
			commands=$((commands + 1))
			;;
		*) printf '%s\n' "$line" >>wanted ;;
		esac
	done <"$1"
	check_output
}

commands=0
for block in [0-9]*; do
	case $block in
	*.diff) git apply -p0 "$block" || fail "$block does not apply" ;;
	*.console) follow "$block" ;;
	*) cp "$block" "$(sed -n '1s|^[;#/* ]*\([a-z-]*\.[a-z]*\).*|\1|p' "$block")" ;;
	esac
done
[ "$commands" -gt 0 ] || fail 'nothing to follow'
