#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What operations of the Linux layer cost, and how that grows: each program of bench/linux prints
# rows "what, size, ns". One column for each CPU: virtually tagged, aliasing, neither, coherent.
#
# usage: linux.sh BUILD
set -eu

build=$(realpath "$1")
from=$(dirname "$(realpath "$0")")/linux
work=$build/bench-linux
cpus='arm926ej-s mips-24kc cortex-a9 x86'
mkdir -p "$work"

for source in "$from"/*.c; do
	name=$(basename "$source" .c)
	"$build/bin/ccsan" cc --host=linux -O2 -I"$from" -o "$work/$name" "$source"
	for cpu in $cpus; do
		CCSAN_OPTIONS=cpu=$cpu:memory=2G "$work/$name" | sed "s/^/$cpu	/"
	done >"$work/$name.rows"
	echo "$name, ns per operation:"
	echo
	awk -F '\t' -v cpus="$cpus" '
	BEGIN {
		n = split(cpus, names, " ")
		printf "| operation | size |"
		for (i = 1; i <= n; i++) printf " %s |", names[i]
		printf "\n|---|---|"
		for (i = 1; i <= n; i++) printf "---|"
		print ""
	}
	{
		key = $2 "\t" $3
		if (!(key in seen)) { seen[key] = 1; order[++keys] = key }
		ns[key, $1] = $4
	}
	END {
		for (k = 1; k <= keys; k++) {
			split(order[k], part, "\t")
			printf "| %s | %s |", part[1], part[2]
			for (i = 1; i <= n; i++) printf " %s |", ns[order[k], names[i]]
			print ""
		}
	}' "$work/$name.rows"
	echo
done

# A million pages, where it does not take all day.
echo "pagecache on x86, ns per page:"
echo
echo '| operation | pages | ns |'
echo '|---|---|---|'
CCSAN_OPTIONS=cpu=x86:memory=2G "$work/pagecache" 1000000 | sed 's/	/ | /g; s/^/| /; s/$/ |/'
echo
