#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is wrong with options, tokens, checkpoints and programs is told in one line that names it.
#
# usage: bad_input.sh BUILD
set -eu

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

refused() # EXIT-STATUS TEXT COMMAND…
{
	wanted=$1
	text=$2
	shift 2
	status=0
	"$build/bin/ccsan" "$@" >out 2>&1 || status=$?
	if [ $status != "$wanted" ] || ! grep -qF -- "$text" out; then
		echo "ccsan $*: exit status $status, not $wanted, or not: $text"
		cat out
		exit 1
	fi
}

"$build/bin/ccsan" cc -O1 -o program "$here/programs/granularity.c"
"$build/bin/ccsan" cc -O1 -o other "$here/programs/files.c"
cat >many.c <<-'END'
	#include <ccsan/ccsan.h>
	static void *nothing(void *p) { return p; }
	CCSAN_TEST(many)
	{
		for (int i = 0; i < 64; i++)
			ccsan_thread_new("one", 0, nothing, 0);
	}
END
"$build/bin/ccsan" cc -o many many.c
cat >forks.c <<-'END'
	#include <unistd.h>
	int main(void) { return fork() < 0; }
END
"$build/bin/ccsan" cc -o forks forks.c
cat >waits.c <<-'END'
	#include <unistd.h>
	int main(void)
	{
		int ends[2];
		char c;

		return pipe(ends) || read(ends[0], &c, 1) != 1;
	}
END
"$build/bin/ccsan" cc -o waits waits.c
gcc -x c -o plain - <<-'END'
	int main(void) { return 0; }
END

refused 2 '--strategy=magic' explore --strategy magic ./program
refused 2 '--budget=many: a number was expected' explore --budget many ./program
refused 2 '--granularity=fine' explore --granularity fine ./program
refused 2 '--jobs=0' explore --jobs 0 ./program
refused 2 "no CPU is called 'z80'" explore --cpu z80 ./program
refused 2 'no program was named' explore
refused 2 "cannot start './absent'" explore ./absent
refused 2 'was not built with' explore ./plain
refused 2 'has no such test' explore --test absent ./program
refused 2 'the limit is 64 threads, handlers and devices' explore ./many
refused 2 'the program forks' explore ./forks
refused 3 'a system call that waits' explore ./waits

token=$("$build/bin/ccsan" explore --granularity access --test unlocked ./program |
	sed -n 's/^  ccsan replay \([^ ]*\) .*/\1/p')
refused 1 'check failed' replay "$token" ./program
refused 2 'not a token of a schedule' replay nonsense ./program
refused 2 'not a token of a schedule' replay "${token%?}%" ./program
refused 2 'another build of the program, or another program' replay "$token" ./other
refused 2 'no token was given' replay
refused 3 'did not do what the schedule says' replay "${token}z" ./program

"$build/bin/ccsan" explore --granularity access --test locked --strategy brute --budget 3 \
	--checkpoint saved ./program >/dev/null
refused 2 'not a checkpoint' explore --granularity access --test locked --resume many.c ./program
refused 2 'absent: No such file' explore --granularity access --test locked --resume absent ./program
refused 2 "for the test 'locked', not 'unlocked'" explore --granularity access --test unlocked \
	--strategy brute --resume saved ./program
refused 2 'for CPU and granularity' explore --test locked --strategy brute --resume saved ./program
refused 2 'another plan' explore --granularity access --test locked --resume saved ./program
head -c 200 saved >short
refused 2 'cut short' explore --granularity access --test locked --strategy brute --resume short \
	./program
