/* SPDX-License-Identifier: MIT */
/*
 * Included by `ccsan cc` before everything else in each file it compiles: makes the compiler's
 * hooks fast. Nothing here is for people to call.
 *
 * The compilers' -fsanitize=thread puts a call of __tsan_read4() and the like before every access.
 * Calling costs more than checking, so on x86-64 the calls are replaced where they stand, by the
 * assembler: `call` becomes a macro that turns a call of such a hook into the check itself, and
 * leaves all other calls as they are. A hook that was not replaced (other assemblers, Intel syntax,
 * link-time optimisation) is called and does the same, slower.
 *
 * The check: one permission byte stands for 16 bytes of the program's address space. Its bit 0 says
 * that reads have to go through the slow path, bit 1 that writes have to. Beside it, one 32-bit
 * cell for each 64 bytes keeps the low half of the code address of the last write: it says who
 * wrote, and that somebody did.
 */
#ifndef CCSAN_INSTRUMENT_H
#define CCSAN_INSTRUMENT_H

/* Permission byte of address A: CCSAN_PERMITS + (A >> 4). Below 2^31, to fit into an instruction.
 */
#define CCSAN_PERMITS 0x7fff8000
/* Writer cell of address A: CCSAN_WRITERS_AT + ((A >> 6) << 2). */
#define CCSAN_WRITERS_AT 0x0a0000000000
/* The user part of the x86-64 address space, divided by 16. */
#define CCSAN_SHADOW_BYTES (1ull << 43)

#ifndef __ASSEMBLER__

#ifdef CCSAN_COMMAND
#ifdef __cplusplus
extern "C" {
#endif
/* Where to find the ccsan command, and whose headers the program uses: for reports. */
extern const char ccsan_built_by[] __attribute__((weak));
extern const char ccsan_built_for[] __attribute__((weak));
const char ccsan_built_by[] = CCSAN_COMMAND;
const char ccsan_built_for[] = CCSAN_HOST;
#ifdef __cplusplus
}
#endif
#endif

#define CCSAN_TEXT_OF(value) CCSAN_TEXT(value)
#define CCSAN_TEXT(value)    #value

#if defined(__x86_64__) && defined(CCSAN_INLINE_HOOKS)

#ifdef __clang__
#define CCSAN_CALL       "callq"
#define CCSAN_PLAIN_CALL "call"
#else
#define CCSAN_CALL       "call"
#define CCSAN_PLAIN_CALL "callq"
#endif

/*
 * The slow way out of line, at the end of the same section. It looks to the hook as if it were
 * called from the place of the check: the return address names the source line.
 */
#define CCSAN_SLOW_WAY                                     \
	".Lccsan_on\\@:\n"                                 \
	".subsection 1\n"                                  \
	".Lccsan_slow\\@: lea .Lccsan_on\\@(%rip), %rax\n" \
	"push %rax\n"                                      \
	"jmp \\hook\n"                                     \
	".previous\n"

/* Address in %rdi. All caller-saved registers are free, the compiler sees a call. */
#define CCSAN_CHECK_BYTE(bit)                                       \
	"shr $4, %rax\n"                                            \
	"testb $" #bit ", " CCSAN_TEXT_OF(CCSAN_PERMITS) "(%rax)\n" \
							 "jne .Lccsan_slow\\@\n"

#define CCSAN_NOTE_WRITER                                                            \
	"movabs $" CCSAN_TEXT_OF(CCSAN_WRITERS_AT) ", %rcx\n"                        \
						   "lea .Lccsan_on\\@(%rip), %rdx\n" \
						   "and $-4, %rax\n"                 \
						   "mov %edx, (%rcx, %rax)\n"

/* %rax becomes the address of the last byte. No bytes at all are not few. */
#define CCSAN_LAST_OF_FEW      \
	"lea -1(%rsi), %rcx\n" \
	"cmp $15, %rcx\n"      \
	"ja .Lccsan_slow\\@\n" \
	"lea (%rdi, %rcx), %rax\n"

__asm__(".macro ccsan_aligned_read hook, bytes\n"
	".if \\bytes > 1\n"
	"testb $\\bytes - 1, %dil\n"
	"jne .Lccsan_slow\\@\n"
	".endif\n"
	"mov %rdi, %rax\n" CCSAN_CHECK_BYTE(1) CCSAN_SLOW_WAY
	".endm\n"

	".macro ccsan_aligned_write hook, bytes\n"
	".if \\bytes > 1\n"
	"testb $\\bytes - 1, %dil\n"
	"jne .Lccsan_slow\\@\n"
	".endif\n"
	"mov %rdi, %rax\n" CCSAN_CHECK_BYTE(2) CCSAN_NOTE_WRITER CCSAN_SLOW_WAY
	".endm\n"

	".macro ccsan_unaligned_read hook, bytes\n"
	"mov %rdi, %rax\n" CCSAN_CHECK_BYTE(1) "lea \\bytes - 1(%rdi), %rax\n" CCSAN_CHECK_BYTE(1)
		CCSAN_SLOW_WAY ".endm\n"

			       ".macro ccsan_unaligned_write hook, bytes\n"
			       "lea \\bytes - 1(%rdi), %rax\n" CCSAN_CHECK_BYTE(2) CCSAN_NOTE_WRITER
	"mov %rdi, %rax\n" CCSAN_CHECK_BYTE(
		2) "and $-4, %rax\n"
		   "mov %edx, (%rcx, %rax)\n" CCSAN_SLOW_WAY ".endm\n"

		   /* Of %rsi bytes, which are checked here if two permission bytes are enough. */
		   ".macro ccsan_range_read hook\n" CCSAN_LAST_OF_FEW CCSAN_CHECK_BYTE(
			   1) "mov %rdi, %rax\n" CCSAN_CHECK_BYTE(1) CCSAN_SLOW_WAY
	".endm\n"

	".macro ccsan_range_write hook\n" CCSAN_LAST_OF_FEW CCSAN_CHECK_BYTE(2) CCSAN_NOTE_WRITER
	"mov %rdi, %rax\n" CCSAN_CHECK_BYTE(
		2) "and $-4, %rax\n"
		   "mov %edx, (%rcx, %rax)\n" CCSAN_SLOW_WAY ".endm\n"

		   /* The shadow call stack: the caller's address, in %rdi, is pushed. */
		   ".macro ccsan_entry hook\n"
		   "mov ccsan_stack_top@gottpoff(%rip), %rax\n"
		   "mov %fs:(%rax), %rcx\n"
		   "test %rcx, %rcx\n"
		   "je .Lccsan_slow\\@\n"
		   "mov %rdi, (%rcx)\n"
		   "add $8, %rcx\n"
		   "mov %rcx, %fs:(%rax)\n" CCSAN_SLOW_WAY ".endm\n"

		   ".macro ccsan_exit\n"
		   "mov ccsan_stack_top@gottpoff(%rip), %rax\n"
		   "subq $8, %fs:(%rax)\n"
		   ".endm\n"

		   ".macro ccsan_try_hook target, name, kind, bytes\n"
		   ".ifeqs \"\\target\",\"\\name\"\n"
		   "\\kind \\target \\bytes\n"
		   ".set ccsan_done, 1\n"
		   ".else\n"
		   ".ifeqs \"\\target\",\"\\name@PLT\"\n"
		   "\\kind \\target \\bytes\n"
		   ".set ccsan_done, 1\n"
		   ".endif\n"
		   ".endif\n"
		   ".endm\n"

		   ".macro " CCSAN_CALL " target:vararg\n"
		   ".set ccsan_done, 0\n"
		   ".irp n, 8, 4, 1, 2, 16\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_read\\n, ccsan_aligned_read, \\n\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_write\\n, ccsan_aligned_write, \\n\n"
		   ".endif\n"
		   ".endr\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_func_entry, ccsan_entry\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_func_exit, ccsan_exit_of\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n"
		   ".irp n, 2, 4, 8, 16\n"
		   "ccsan_try_hook \"\\target\", __tsan_unaligned_read\\n, ccsan_unaligned_read, "
		   "\\n\n"
		   "ccsan_try_hook \"\\target\", __tsan_unaligned_write\\n, ccsan_unaligned_write, "
		   "\\n\n"
		   ".endr\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_read_range, ccsan_range_read\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n"
		   "ccsan_try_hook \"\\target\", __tsan_write_range, ccsan_range_write\n"
		   ".endif\n"
		   ".if ccsan_done == 0\n" CCSAN_PLAIN_CALL " \\target\n"
		   ".endif\n"
		   ".endm\n"

		   ".macro ccsan_exit_of hook\n"
		   "ccsan_exit\n"
		   ".endm\n");

#endif /* inline hooks */

#endif /* !__ASSEMBLER__ */
#endif
