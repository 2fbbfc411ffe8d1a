# SPDX-License-Identifier: MIT
#
# The verdicts of tools/seeds.sh against their expectations (complaints on stderr), and the matrix on
# stdout. Exit status 1 if a verdict is not as expected.
#
# usage: awk -v classes=FILE [-v quick=yes] -f seeds.awk FACTS
#
# FACTS, fields by tabs, scenario by scenario:
#   scenario NAME SUMMARY
#   variant NAME HOW EXPECTATION REASON
#   expect VARIANT CPU KINDS              kinds by blanks, with ? where they may be missing
#   run VARIANT CPU KINDS LINES
#   explored VARIANT CPU KINDS EXECUTIONS STATE SECONDS

BEGIN {
	FS = "\t"
	columns = split("vivt vipt pipt coherent", column, " ")
	title["vivt"] = "VIVT"
	title["vipt"] = "aliasing VIPT"
	title["pipt"] = "PIPT"
	title["coherent"] = "coherent"
	while ((getline line < classes) > 0)
		sort_into_column(line)
	print_introduction()
}

function sort_into_column(line,   part, of) {
	split(line, part, "\t")
	of = "pipt"
	if (part[2] ~ / vivt/)
		of = "vivt"
	else if (part[2] ~ / vipt-aliasing/)
		of = "vipt"
	else if (part[2] ~ / coherent/)
		of = "coherent"
	member[of, ++members[of]] = part[1]
	if (part[1] != "worst")
		names[of] = names[of] (names[of] ? ", " : "") part[1]
}

function print_introduction(   i) {
	print "# Every fix on every CPU"
	print ""
	print "Written by `make seeds`, which fails if a verdict is not the expected one. Each scenario is a"
	print "program in [`examples/linux`](../examples/linux/README.md); a variant is run by `PROG --fix=VARIANT`."
	print ""
	print "A cell says what is found on the CPUs of its column: – is nothing; where they differ, most of them"
	print "come first. ∥: explored, all interleavings, on so many CPUs with so many executions on each (\"not"
	print "all\": so many searches were stopped after a time); the others are run once on every CPU. The lines"
	print "are those that cache operations named, in one run, on arm926ej-s / mips-24kc / cortex-a9."
	print ""
	print "| column | CPUs |"
	print "|---|---|"
	for (i = 1; i <= columns; i++)
		print "| " title[column[i]] " | " names[column[i]] (i == 1 ? ", worst" : "") " |"
}

$1 == "scenario" {
	finish()
	scenario = $2
	print "\n## " $2 "\n\n" $3 ".\n"
	print "| variant | VIVT | aliasing VIPT | PIPT | coherent | executions | lines | why |"
	print "|---|---|---|---|---|---|---|---|"
	count = 0
	split("", how)
	split("", expected)
	split("", found)
	split("", lines)
	split("", fewest)
	split("", most)
	split("", searches)
	split("", partial)
}

$1 == "variant" {
	variant[++count] = $2
	how[$2] = $3
	reason[$2] = $5
}

$1 == "expect" {
	expected[$2, $3] = $4
}

$1 == "run" {
	judge($2, $3, $4, how[$2] ~ /^explore/)
	if (how[$2] !~ /^explore/)
		found[$2, $3] = $4
	lines[$2, $3] = $5
}

$1 == "explored" {
	if ($6 != "all" && $6 != "budget")
		complain($2, $3, "the search went wrong: " $6)
	judge($2, $3, $4, $6 == "budget" && (quick || how[$2] == "explore"))
	if ($6 == "budget" && how[$2] == "explore")
		partial[$2]++
	found[$2, $3] = $4
	searches[$2]++
	if (!fewest[$2] || $5 < fewest[$2])
		fewest[$2] = $5
	if ($5 > most[$2])
		most[$2] = $5
}

END {
	finish()
	exit wrong > 0
}

# some: less than what is expected may have been found
function judge(v, cpu, kinds, some,   wanted, n, i, may) {
	if (!((v, cpu) in expected)) {
		complain(v, cpu, "no expectation")
		return
	}
	wanted = expected[v, cpu]
	n = split(wanted, may, " ")
	for (i = 1; i <= n; i++)
		if (may[i] !~ /\?$/ && may[i] != "silent" && !some &&
			index(" " kinds " ", " " may[i] " ") == 0) {
			complain(v, cpu, "found " kinds ", expected " wanted)
			return
		}
	gsub(/\?/, "", wanted)
	n = split(kinds, may, " ")
	for (i = 1; i <= n; i++)
		if (may[i] != "silent" && index(" " wanted " ", " " may[i] " ") == 0) {
			complain(v, cpu, "found " kinds ", expected " expected[v, cpu])
			return
		}
}

function complain(v, cpu, what) {
	print scenario " --fix=" v " on " cpu ": " what >"/dev/stderr"
	wrong++
}

function words(kinds) {
	gsub(/ /, ", ", kinds)
	return kinds == "silent" ? "–" : kinds
}

function cell(v, of,   i, cpu, kinds, tally, who, told, common, text) {
	for (i = 1; i <= members[of]; i++) {
		cpu = member[of, i]
		if (!((v, cpu) in found))
			continue
		kinds = found[v, cpu]
		tally[kinds]++
		who[kinds] = who[kinds] (who[kinds] ? ", " : "") cpu
		if (common == "" || tally[kinds] > tally[common])
			common = kinds
	}
	if (common == "")
		return "not run"
	text = words(common)
	for (i = 1; i <= members[of]; i++) { # in the order of CPUs
		cpu = member[of, i]
		if (!((v, cpu) in found) || found[v, cpu] == common || found[v, cpu] in told)
			continue
		kinds = found[v, cpu]
		told[kinds]
		text = text "; " who[kinds] ": " words(kinds)
	}
	return text
}

function finish(   n, v, i, row) {
	for (n = 1; n <= count; n++) {
		v = variant[n]
		if (!quick && searches[v] && partial[v] == searches[v])
			complain(v, "every CPU", "no search came to its end")
		row = "| " v (how[v] ~ /^explore/ ? " ∥" : "")
		for (i = 1; i <= columns; i++)
			row = row " | " cell(v, column[i])
		row = row " | "
		if (searches[v])
			row = row searches[v] " × " fewest[v] (most[v] != fewest[v] ? "–" most[v] : "") \
				(partial[v] ? ", " partial[v] " not all" : "")
		row = row " | " lines[v, "arm926ej-s"] " / " lines[v, "mips-24kc"] " / " lines[v, "cortex-a9"]
		print row " | " reason[v] " |"
	}
}
