#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Looks at the machine code of the fast path: where an access passes, no call, nothing put on the
# stack or taken from it, and at most so many instructions. Inlined (instrument.h): 6 for a read, 10
# for a write, which notes who wrote; without the two of the alignment check for single bytes. As
# functions (hooks.c), return included: 8 and 12.
#
# usage: fast_path.sh BUILD
set -eu

build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >probe.c <<'END'
#define PROBE(name, type)                      \
	type read_##name(type *p)              \
	{                                      \
		return *p;                     \
	}                                      \
	void write_##name(type *p, type value) \
	{                                      \
		*p = value;                    \
	}

PROBE(1, char)
PROBE(2, short)
PROBE(4, int)
PROBE(8, long)

struct few {
	char bytes[12];
};

void copy_few(struct few *to, const struct few *from)
{
	*to = *from;
}
END

failures=0
complain()
{
	failures=$((failures + 1))
	echo "$1:"
	cat passing
}

# Instructions of a function that are run when all checks pass, up to its return.
passing() # FILE FUNCTION
{
	objdump -d --no-show-raw-insn "$1" | awk -v name="<$2>:" '
		$2 == name { inside = 1; next }
		inside { sub(/^[^\t]*\t/, ""); print }
		inside && /^ret/ { exit }' >passing
	[ -s passing ] || complain "$2 is not in $1"
}

check_code() # WHAT BOUND
{
	count=$(wc -l <passing)
	[ "$count" -gt 0 ] && [ "$count" -le "$2" ] || complain "$1: $count instructions, not 1 to $2"
	! grep -qE '^(call|push|pop|jmp|sub .*rsp|mov .*,-?(0x[0-9a-f]+)?\(%rsp\))' passing ||
		complain "$1: a call, or the stack is used"
}

# From the first instruction of the check to the jump of a read, or to the note of a write.
check_inlined() # FUNCTION BOUND LAST-INSTRUCTION
{
	passing probe.o "$1"
	! grep -q '^call' passing || complain "$1: a hook was not inlined"
	awk -v last="$3" '
		/^test +\$0x[137],%dil/ || /^mov +%rdi,%rax/ { inside = 1 }
		inside { print }
		checked && $0 ~ last { exit }
		/7fff8000/ { checked = 1 }' passing >check
	mv check passing
	check_code "$compiler: $1" "$2"
}

for compiler in gcc clang-14 clang-16 clang-19; do
	case $compiler in
	gcc) flags='--param=tsan-instrument-func-entry-exit=0' ;;
	*) flags='-mllvm -tsan-instrument-func-entry-exit=0' ;;
	esac
	CCSAN_CC=$compiler "$build/bin/ccsan" cc -O2 $flags -c -o probe.o probe.c
	check_inlined read_1 4 '^jne'
	check_inlined write_1 8 '^mov +%edx,\(%rcx,%rax'
	for size in 2 4 8; do
		check_inlined read_$size 6 '^jne'
		check_inlined write_$size 10 '^mov +%edx,\(%rcx,%rax'
	done
	[ $compiler = gcc ] || continue # clang calls memcpy()
	passing probe.o copy_few
	! grep -q '^call' passing || complain 'copy_few: a hook was not inlined'
done

for size in 1 2 4 8 16; do
	passing "$build/lib/ccsan/libccsan_rt.a" __tsan_read$size
	check_code __tsan_read$size 8
	passing "$build/lib/ccsan/libccsan_rt.a" __tsan_write$size
	check_code __tsan_write$size 12
done
[ "$failures" = 0 ]
