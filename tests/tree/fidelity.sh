#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every function of the hosted Linux says how true to Linux it is, none is a stub, and docs/fidelity.md
# is what the docstrings say.
#
# usage: fidelity.sh
set -eu

cd "$(dirname "$0")/../.."
tools/fidelity.sh --check

# The check itself: what says nothing, and what is a stub, is refused.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0
refuse() { # HEADER'S TEXT
	printf '/* SPDX-License-Identifier: MIT */\n/* A header. */\n%s\n' "$1" >"$work/header.h"
	if (cd "$work" && awk -f "$OLDPWD/tools/fidelity.awk" header.h >out 2>&1); then
		echo "accepted: $1"
		faults=$((faults + 1))
	fi
}
refuse 'void f(void);'
refuse '/** Does it. */
void f(void);'
refuse '/** Does it. Fidelity: stub */
void f(void);'
refuse '/** Does it. Fidelity: simplified */
static inline int f(int x)
{
	return x;
}'
exit $((faults > 0))
