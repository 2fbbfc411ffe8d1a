#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The false-alarm control: programs that use no DMA and no alias find nothing on any CPU, nor do
# those whose driver is right. In the folder where the programs are.
#
# usage: control.sh BUILD
set -eu

bench=$(realpath "$(dirname "$0")")
build=$1
echo '| program | findings, on every CPU |'
echo '| --- | --- |'
sed '/^#/d' "$bench/rows" >rows
while IFS='|' read -r program _ control; do
	program=${program% }
	[ -e "$program.ccsan" ] || continue
	# shellcheck disable=SC2086 # words are wanted
	"$build/bin/ccsan" run --cpu all "./$program.ccsan" $control </dev/null >control.txt ||
		{ cat control.txt >&2; exit 1; }
	echo "| $program $control | $(sed -n 's/^ccsan: //p' control.txt) |"
done <rows
