# SPDX-License-Identifier: MIT
#
# What the headers of the hosted Linux say about their functions' fidelity, as Markdown on stdout;
# functions that say nothing, or are stubs, on stderr and exit status 1.
#
# A docstring holds for every function up to the next one, or up to a section comment `/* --- … --- */`.
# What it does not say, the section may, and else the first comment of the file. Functions that Linux
# does not have (ccsan_…) have no fidelity.
#
# usage: cd include/hosts/linux && awk -f fidelity.awk HEADER…

FNR == 1 {
	end_of_header()
	header = FILENAME
	doc = section = file_says = declaration = ""
	depth = in_comment = comments = 0
}

# Comments, which begin a line in headers, or follow code (and are then cut off).
in_comment {
	comment = comment " " $0
	if (/\*\//)
		take_comment()
	next
}

/^[ \t]*\/\*/ {
	comment = $0
	in_comment = 1
	if (/\*\//)
		take_comment()
	next
}

/^#/ || continued {
	continued = /\\$/
	next
}

{
	gsub(/\/\*[^*]*\*\//, "")
	take_code($0)
}

END {
	end_of_header()
	print_all()
	exit faults > 0
}

function take_comment() {
	in_comment = 0
	if (depth || declaration != "")
		return
	gsub(/[ \t]\*\/?[ \t]/, " ", comment)
	gsub(/\*\/|\/\*\*?/, "", comment)
	gsub(/[ \t]+/, " ", comment)
	if (comment ~ /^ ?SPDX/)
		return
	comments++
	if (comments == 1)
		file_says = fidelity_in(comment)
	if (comment ~ /^ ?---/) {
		section = fidelity_in(comment)
		doc = ""
	} else if (comments > 1) {
		doc = fidelity_in(comment)
		if (doc == "")
			doc = "nothing"
	}
}

function take_code(line,   i, c) {
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "{") {
			if (!depth)
				take_declaration()
			depth++
		} else if (c == "}") {
			depth--
			declaration = ""
		} else if (!depth && c == ";") {
			take_declaration()
		} else if (!depth)
			declaration = declaration c
	}
	if (!depth && declaration !~ /^[ \t]*$/)
		declaration = declaration " "
}

function take_declaration(   text, name) {
	text = declaration
	declaration = ""
	gsub(/__attribute__ *\(\(.*\)\)/, "", text)
	gsub(/^[ \t]+/, "", text)
	if (text ~ /^(typedef|struct [a-z_0-9]+ *$|enum|extern [^(]*$|_Static_assert|static_assert)/ ||
		text !~ /\(/ || text ~ /\( *\*/ && text !~ /[a-z_0-9] *\([^*]/)
		return
	name = substr(text, 1, index(text, "(") - 1)
	if (name ~ /=|^ *(DECLARE|DEFINE)/)
		return
	sub(/[ \t]*$/, "", name)
	sub(/.*[ \t*]/, "", name)
	if (name ~ /^(ccsan_|CCSAN_|__aligned)/ || name == "")
		return
	note(name)
}

function note(name,   says) {
	says = doc
	if (says == "" || says == "nothing")
		says = section
	if (says == "")
		says = file_says
	if (says == "" || says ~ /stub/) {
		print header ": " name "(): " (says ? says : "no `Fidelity:`") >"/dev/stderr"
		faults++
		return
	}
	sub(/,? where nothing else is said$/, "", says)
	if (says !~ /^(exact|simplified|ours)/ || says ~ /^simplified$/) {
		print header ": " name "(): neither exact nor simplified, with what: " says >"/dev/stderr"
		faults++
		return
	}
	sub(/^exact[.,;:]? */, "exact: ", says)
	sub(/^simplified[.,;:]? */, "simplified: ", says)
	sub(/: $/, "", says)
	if (name in counted)
		return
	counted[name]
	kind = says
	sub(/[^a-z].*/, "", kind)
	total[kind]++
	if (!(says in who))
		order[++kinds] = says
	who[says] = who[says] (who[says] ? ", " : "") "`" name "`"
}

# What follows "Fidelity:", up to what else a docstring has.
function fidelity_in(text,   says) {
	if (!match(text, /Fidelity: */))
		return ""
	says = substr(text, RSTART + RLENGTH)
	sub(/ (Return|Owns|Reference|Model|Errors|Choices|@param|O\(|---).*/, "", says)
	sub(/[ .]+$/, "", says)
	if (says ~ /^as above/)
		says = last
	last = says
	return says
}

function end_of_header(   i, text) {
	if (header == "" || !kinds)
		return
	text = "\n## " header "\n\n"
	for (i = 1; i <= kinds; i++)
		if (order[i] == "exact")
			text = text "- exact: " who["exact"] "\n"
	for (i = 1; i <= kinds; i++)
		if (order[i] != "exact") {
			says = order[i]
			what = says
			sub(/: .*/, "", what)
			sub(/^[a-z]+: /, "", says)
			text = text "- " what ": " who[order[i]] ". " toupper(substr(says, 1, 1)) \
				substr(says, 2) "\n"
		}
	all = all text
	split("", who)
	split("", order)
	kinds = 0
}

function print_all() {
	print "# How true to Linux each function is"
	print ""
	print "Written by `tools/fidelity.sh` from the docstrings in `include/hosts/linux`, which have the contracts."
	print "*Exact*: callers see what Linux's documentation promises. *Simplified*: with the difference that is"
	print "named. *Ours*: under a name as Linux would give it. There are no stubs. Functions whose name begins with"
	print "ccsan are not listed."
	print ""
	printf "%d functions: %d exact, %d simplified, %d ours.\n",
		total["exact"] + total["simplified"] + total["ours"], total["exact"], total["simplified"],
		total["ours"]
	printf "%s", all
}
