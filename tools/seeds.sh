#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs every variant of every scenario in examples/linux on every CPU, explored where its list says
# so, compares each verdict with its expectation, and writes the matrix as Markdown.
#
# usage: tools/seeds.sh [-q] [-d DIR] [-j JOBS] [-o FILE] [-t SECONDS] BUILD [SCENARIO…]
#
#   -q   a sample, for tests: five CPUs; two searches of each scenario on one, that end after 15
#        executions and may then have found less
#   -d   where the scenarios and their Makefile are (examples/linux)
#   -t   no search on a further CPU is begun after so many seconds (240); four CPUs are always searched
#
# Exit status: 0 as expected, 1 a verdict that is not, 2 something cannot be built or run.
set -eu
usage='usage: tools/seeds.sh [-q] [-d DIR] [-j JOBS] [-o FILE] [-t SECONDS] BUILD [SCENARIO...]'
quick= from=examples/linux jobs=$(nproc) output=/dev/null seconds=240
while getopts qd:j:o:t: option; do
	case $option in
	q) quick=yes ;;
	d) from=$OPTARG ;;
	j) jobs=$OPTARG ;;
	o) output=$OPTARG ;;
	t) seconds=$OPTARG ;;
	*) echo "$usage" >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || { echo "$usage" >&2 && exit 2; }
build=$(realpath "$1")
shift
tools=$(dirname "$(realpath "$0")")
case $from in /*) ;; *) from=$tools/../$from ;; esac
PATH=$build/bin:$PATH
unset CCSAN_OPTIONS CCSAN_LINUX
work=$build/seeds${quick:+-quick}-$(basename "$from")
bin=$work/bin
tab=$(printf '\t')
begun=$(date +%s)
export PATH bin work seconds begun quick

# Searches have so many seconds, on the first and last CPU of the first line and on others, and are told
# from complete ones. On CPUs of the second line they are begun while there is time.
whole=40 part=5
first='arm926ej-s mips-24kc cortex-a9 x86'
further='worst arm1176 arm11-mpcore xscale pa-risc ultrasparc-ii'

rm -rf "$work"
mkdir -p "$work"
make -s -j"$jobs" -C "$from" OUT="$bin" || exit 2
[ $# -gt 0 ] || set -- $(make -s -C "$from" list)

# --- one run or search: a line `CPU kinds measure` for each CPU, into a file of its own ---

# Kinds that were found, by blanks; `silent`; what else may become of a program.
kinds='def kinds: ([.findings[].kind] | unique | join(" ") | if . == "" then "silent" else . end);'

# usage: run_variant SCENARIO VARIANT CPUS
cat >"$work/run_variant" <<'END'
set -eu
out=$work/$1.$2
status=0
ccsan run --jobs=1 --cpu "$3" --format json "$bin/$1" "--fix=$2" >"$out.json" 2>"$out.err" || status=$?
if [ "$status" -gt 1 ] && ! [ -s "$out.json" ]; then
	echo "$1 $2: ccsan run failed: $(head -3 "$out.err")" >"$out.failed"
	exit 0
fi
jq -r "$kinds"'
	.results[] | [.cpu,
		(if .stats.outcome == "ended" then kinds
		elif .stats.outcome == "exited" and .stats.status == 1 then
			[kinds | select(. != "silent"), "failure"] | join(" ")
		else .stats.outcome end), .stats.maintained_lines] | @tsv' "$out.json" >"$out.run"
END

# usage: explore_variant SCENARIO VARIANT CPU OPTIONS SECONDS now|later
cat >"$work/explore_variant" <<'END'
set -eu
out=$work/$1.$2.$3
[ "$6" != later ] || [ $(($(date +%s) - begun)) -lt "$seconds" ] || exit 0
status=0
ccsan explore --cpu "$3" ${quick:+--budget=15} $4 "--seconds=$5" --format json "$bin/$1" "--fix=$2" >"$out.json" \
	2>"$out.err" || status=$?
if [ "$status" -gt 1 ] || ! [ -s "$out.json" ]; then
	echo "$1 $2 on $3: ccsan explore failed: $(head -3 "$out.err")" >"$out.failed"
	exit 0
fi
jq -r "$kinds"'.results[] | [.cpu, kinds, .stats.executions, .stats.state, .stats.seconds] | @tsv' \
	"$out.json" >"$out.explored"
END
export kinds

# --- what there is to do ---

sample=worst,arm926ej-s,mips-24kc,cortex-a9,x86
for name; do
	"$bin/$name" --list >"$work/$name.list"
	"$bin/$name" --expect >"$work/$name.expect"
	"$bin/$name" --classes >"$work/classes"
	grep -v '^#' "$work/$name.list" | while IFS=$tab read -r variant how expectation reason; do
		cpus=all
		[ -z "$quick" ] || cpus=$sample
		printf "sh '%s/run_variant' %s %s %s\n" "$work" "$name" "$variant" "$cpus" >>"$work/jobs"
		case $how in explore*) ;; *) continue ;; esac
		options=${how#explore} searched=$((${searched:-0} + 1))
		[ -z "$quick" ] || [ "$searched" -le 2 ] || continue
		for cpu in $first; do
			[ -z "$quick" ] || [ "$cpu" = "${first%% *}" ] || continue
			printf "sh '%s/explore_variant' %s %s %s '%s' %s now\n" "$work" "$name" \
				"$variant" "$cpu" "$options" \
				"$(case $cpu in "${first%% *}" | "${first##* }") echo $whole ;; *) echo $part ;; esac)" \
				>>"$work/jobs.$cpu"
		done
		[ -z "$quick" ] || continue
		for cpu in $further; do
			printf "sh '%s/explore_variant' %s %s %s '%s' %s later\n" "$work" "$name" \
				"$variant" "$cpu" "$options" $part >>"$work/jobs.$cpu"
		done
	done
done
for cpu in $first $further; do
	[ ! -f "$work/jobs.$cpu" ] || cat "$work/jobs.$cpu" >>"$work/jobs"
done
tr '\n' '\0' <"$work/jobs" | xargs -0 -n1 -P"$jobs" sh -c

# --- verdicts against expectations, and the matrix ---

status=0
for failed in "$work"/*.failed; do
	[ ! -f "$failed" ] || { cat "$failed" && status=2; }
done
[ "$status" = 0 ] || exit "$status"

for name; do
	sed -n 's/^# //p' "$work/$name.list" | sed "s/^/scenario$tab$name$tab/"
	grep -v '^#' "$work/$name.list" | sed "s/^/variant$tab/"
	sed "s/^/expect$tab/" "$work/$name.expect"
	for variant in $(grep -v '^#' "$work/$name.list" | cut -f1); do
		sed "s/^/run$tab$variant$tab/" "$work/$name.$variant.run"
		for explored in "$work/$name.$variant".*.explored; do
			[ ! -f "$explored" ] || sed "s/^/explored$tab$variant$tab/" "$explored"
		done
	done
done >"$work/facts"
awk -v quick="$quick" -v classes="$work/classes" -f "$tools/seeds.awk" "$work/facts" >"$work/seeds.md" ||
	status=$?
[ "$status" -le 1 ] || exit 2
[ "$output" = /dev/null ] || cp "$work/seeds.md" "$output"
echo "$(wc -l <"$work/jobs") runs and searches in $(($(date +%s) - begun)) s," \
	"$(grep -c '^explored' "$work/facts" || true) of them searches"
exit "$status"
