#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Man pages: they render without a warning, and have every command, every option that --help prints,
# every option of CCSAN_OPTIONS (docs/ci.md too), and no option that does not exist.
#
# usage: man.sh BUILD
set -eu

PATH=$(realpath "$1")/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() # WHAT
{
	echo "$1"
	failures=$((failures + 1))
}

render() # PAGE: to $work/page
{
	LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" \
		>/dev/null 2>"$work/warnings" || fail "$1 does not render"
	[ ! -s "$work/warnings" ] || fail "$1: $(head -3 "$work/warnings")"
	LC_ALL=C.UTF-8 MANWIDTH=80 man -P cat -l "$1" >"$work/page" 2>/dev/null
}

has() # PAGE WORD
{
	grep -qE -e "(^|[^a-z-])$2([^a-z-]|\$)" "$work/page" || fail "$1 lacks $2"
}

# The options under a heading, as they begin a line.
options_of_page()
{
	sed -n '/^OPTIONS/,/^[A-Z]/s/^ \{7\}\(-.*\)/\1/p' "$work/page" | grep -oE -e '--[a-z-]+' | sort -u
}

options_of_help() # COMMAND
{
	ccsan "$1" --help | grep -oE -e '(^|[ ,])--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u
}

check_command() # COMMAND
{
	page=docs/man/ccsan-$1.1
	[ -f "$page" ] || { fail "ccsan $1 has no man page"; return; }
	render "$page"
	options_of_help "$1" >"$work/help"
	while read -r option; do
		has "$page" "$option"
	done <"$work/help"
	options_of_page | grep -vx -e --help >"$work/options" || :
	while read -r option; do
		grep -qx -e "$option" "$work/help" || fail "$page has $option, which does not exist"
	done <"$work/options"
}

commands=$(ccsan --help | sed -n 's/^  ccsan \([a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 7 ] || fail 'ccsan --help lists too few commands'
for command in $commands; do
	check_command "$command"
done

render docs/man/ccsan.1
for command in $commands; do
	has docs/man/ccsan.1 "ccsan-$command"
done
sed -n 's/^CCSAN_OPTION([a-z0-9_]*, \([a-z_]*\),.*/\1/p; s/^CCSAN_TEXT_OPTION(\([a-z_]*\),.*/\1/p' \
	src/runtime/options.inc >"$work/names"
[ "$(wc -l <"$work/names")" -ge 15 ] || fail 'too few options found in options.inc'
while read -r name; do
	has docs/man/ccsan.1 "$name"
	grep -qF "| \`$name\` |" docs/ci.md || fail "docs/ci.md lacks the option $name"
done <"$work/names"
[ "$failures" = 0 ]
