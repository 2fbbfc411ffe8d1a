# SPDX-License-Identifier: MIT
#
# From lines of `measure` (program, tool, seconds, KiB, output): the table of times as Markdown.
# Times are medians; a program whose output differs between tools ends the run.

BEGIN {
	FS = "\t"
	tools = split("native ccsan tsan asan cachegrind memcheck", tool, " ")
}

{
	if (!($1 in output)) {
		program[++programs] = $1
		output[$1] = $5
	}
	if (output[$1] != $5) {
		print "bench: " $1 " prints \"" $5 "\" under " $2 ", not \"" output[$1] "\"" \
			>"/dev/stderr"
		failed = 1
		exit
	}
	seconds[$1, $2, ++count[$1, $2]] = $3
}

function median(p, t,    n, i, k, x, sorted) {
	n = count[p, t]
	for (i = 1; i <= n; i++) {
		x = seconds[p, t, i]
		for (k = i; k > 1 && sorted[k - 1] > x; k--)
			sorted[k] = sorted[k - 1]
		sorted[k] = x
	}
	return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# Over all programs, or all that do no DMA.
function geometric_mean(t, dma,    p, sum, n) {
	for (p = 1; p <= programs; p++) {
		if (!dma && program[p] ~ /^ethernet/)
			continue
		sum += log(median(program[p], t) / median(program[p], "native"))
		n++
	}
	return exp(sum / n)
}

function mean_row(name, dma,    t) {
	printf "| %s | |", name
	for (t = 2; t <= tools; t++)
		printf " %s |", (program[1], tool[t]) in count ? \
			sprintf("%.2f", geometric_mean(tool[t], dma)) : ""
	print " |"
}

END {
	if (failed)
		exit 1
	printf "| program | native, s |"
	for (t = 2; t <= tools; t++)
		printf " %s |", tool[t]
	print " ccsan / tsan |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	for (p = 1; p <= programs; p++) {
		native = median(program[p], "native")
		printf "| %s | %.3f |", program[p], native
		for (t = 2; t <= tools; t++)
			printf " %s |", (program[p], tool[t]) in count ? \
				sprintf("%.2f", median(program[p], tool[t]) / native) : ""
		printf " %.2f |\n", median(program[p], "ccsan") / median(program[p], "tsan")
		has_dma = has_dma || program[p] ~ /^ethernet/
	}
	mean_row(has_dma ? "geometric mean without DMA" : "geometric mean", 0)
	if (has_dma)
		mean_row("geometric mean of all", 1)
}
