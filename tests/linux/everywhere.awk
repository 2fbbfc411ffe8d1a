# SPDX-License-Identifier: MIT
# See everywhere. Reads classes, expectations, and what was found.
FNR == 1 { file++ }
file == 1 { classes[$1] = " " $2 " " $1 " "; next }
/^#/ { next }
file == 2 { n = ++rules[$1]; class[$1, n] = $2; kinds[$1, n] = $3; next }

function fits(cpu, wanted,    i, n, word, part) {
	n = split(wanted, part, / *& */)
	for (i = 1; i <= n; i++) {
		word = part[i]
		if (sub(/^!/, "", word) == (index(classes[cpu], " " word " ") > 0))
			return 0
	}
	return 1
}

# Each kind that was found must be named, each that is named without `?` be found.
function agrees(expected, found,    i, n, part, all, word) {
	all = "+" found "+"
	n = split(expected, part, "+")
	for (i = 1; i <= n; i++) {
		word = part[i]
		if (!sub(/\?$/, "", word) && !index(all, "+" word "+"))
			return 0
		sub("\\+" word "\\+", "+", all)
	}
	return all == "+" || all == "++"
}

{
	expected = ""
	for (i = 1; i <= rules[$2]; i++)
		if (fits($1, class[$2, i])) {
			expected = kinds[$2, i]
			break
		}
	seen[$2]++
	if (!agrees(expected, $3)) {
		printf "%s on %s: '%s', expected '%s'\n", $2, $1, $3, expected
		wrong++
	}
	if ($3 != "")
		bugs[$2]++
}

END {
	for (test in rules)
		if (!seen[test]) {
			printf "%s: no such test\n", test
			wrong++
		}
	for (test in seen)
		if (test ~ /^bug_/ && !bugs[test]) {
			printf "%s: found nowhere\n", test
			wrong++
		}
	exit wrong > 0
}
