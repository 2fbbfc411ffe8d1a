#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runtime defines every function that a compiler may call under -fsanitize=thread: those in the
# objects that compilers make of programs with every kind of access, and those that are known of
# gcc 12 (sanitizer.def) and of LLVM 14 to 19 (ThreadSanitizer.cpp).
#
# usage: entry_points.sh BUILD
set -eu

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

known()
{
	for n in 1 2 4 8 16; do
		for kind in read write volatile_read volatile_write read_write unaligned_read \
			unaligned_write unaligned_volatile_read unaligned_volatile_write \
			unaligned_read_write; do
			case $kind-$n in
			unaligned*-1) ;;
			*) echo "__tsan_$kind$n" ;;
			esac
		done
		for operation in load store exchange fetch_add fetch_sub fetch_and fetch_or \
			fetch_xor fetch_nand compare_exchange_strong compare_exchange_weak \
			compare_exchange_val; do
			echo "__tsan_atomic$((n * 8))_$operation"
		done
	done
	for name in init func_entry func_exit vptr_update vptr_read read_range write_range memcpy \
		memmove memset ignore_thread_begin ignore_thread_end atomic_thread_fence \
		atomic_signal_fence; do
		echo "__tsan_$name"
	done
}

called() # COMPILER LEVEL SOURCE: what its object leaves undefined
{
	CCSAN_CC=$1 "$build/bin/ccsan" cc "$2" -mcx16 -D_GNU_SOURCE -I"$here" -c -o one.o "$3"
	nm -u one.o | sed -n 's/.*\(__tsan_[a-z0-9_]*\).*/\1/p'
}

cat >classes.cc <<'END'
struct shape {
	shape();
	virtual ~shape();
	virtual int area();
	int side;
};
shape::shape() : side(1)
{
}
shape::~shape()
{
}
int shape::area()
{
	return side;
}
int area_of(shape *s)
{
	return s->area();
}
END

{
	for source in accesses atomics libc; do
		for compiler in gcc clang-14 clang-16 clang-19; do
			called "$compiler" -O1 "$here/programs/$source.c"
		done
	done
	for compiler in g++ clang++-14 clang++-16 clang++-19; do
		called "$compiler" -O1 classes.cc
	done
} >calls
known | sort -u >wanted
sort -u calls >>wanted
sort -u wanted -o wanted
nm -g --defined-only "$build/lib/ccsan/libccsan_rt.a" | sed -n 's/.* T \(__tsan_.*\)/\1/p' |
	sort -u >defined
comm -23 wanted defined >missing
if [ -s missing ]; then
	echo 'not defined in libccsan_rt.a:'
	cat missing
	exit 1
fi
# The programs really make the compilers call what they are meant to test.
for name in volatile_read8 volatile_write4 unaligned_volatile_read4 write_range read_range \
	atomic128_fetch_add atomic8_compare_exchange_val atomic8_compare_exchange_strong memcpy \
	atomic_thread_fence vptr_update vptr_read; do
	grep -q "^__tsan_$name\$" calls || { echo "no program calls __tsan_$name"; exit 1; }
done
