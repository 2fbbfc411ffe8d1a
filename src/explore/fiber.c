/* SPDX-License-Identifier: MIT */
/* See fiber.h. Reference: System V ABI, AMD64 supplement, 3.2.1 "Registers": rbx, rbp, r12 to r15,
 * the control bits of mxcsr and the x87 control word belong to the caller. */
#include "fiber.h"

#include <stdint.h>

_Static_assert(sizeof(struct ccsan_fiber) == 8, "the switch below knows its only field");

__asm__(".text\n"
	".globl ccsan_fiber_switch\n"
	".hidden ccsan_fiber_switch\n"
	".type ccsan_fiber_switch, @function\n"
	"ccsan_fiber_switch:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	sub $8, %rsp\n"
	"	stmxcsr (%rsp)\n"
	"	fnstcw 4(%rsp)\n"
	"	mov %rsp, (%rdi)\n"
	"	mov (%rsi), %rsp\n"
	"	ldmxcsr (%rsp)\n"
	"	fldcw 4(%rsp)\n"
	"	add $8, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n"
	".size ccsan_fiber_switch, . - ccsan_fiber_switch\n"
	/* The first switch to a context comes here: rbx is the body, rbp its argument. */
	".type ccsan_fiber_start, @function\n"
	"ccsan_fiber_start:\n"
	"	mov %rbp, %rdi\n"
	"	xor %ebp, %ebp\n"
	"	call *%rbx\n"
	"	ud2\n"
	".size ccsan_fiber_start, . - ccsan_fiber_start\n");

void ccsan_fiber_start(void) __attribute__((visibility("hidden")));

/* What ccsan_fiber_switch() leaves on a stack, from the lowest address. */
struct frame {
	uint32_t mxcsr;
	uint16_t control_word, unused;
	uint64_t r15, r14, r13, r12, rbx, rbp;
	void (*resume)(void);
	uint64_t end_of_stack[2];
};

/* After the `ret` the stack is aligned to 16, as before a call. */
_Static_assert(sizeof(struct frame) % 16 == 0 && offsetof(struct frame, end_of_stack) % 16 == 0,
	       "the first call of a context has an aligned stack");

enum { DEFAULT_MXCSR = 0x1f80, DEFAULT_CONTROL_WORD = 0x37f };

void ccsan_fiber_make(struct ccsan_fiber *fiber, void *stack, size_t size,
		      void (*body)(void *argument), void *argument)
{
	uintptr_t top = ((uintptr_t)stack + size) & ~(uintptr_t)15;
	struct frame *frame = (struct frame *)(top - sizeof(*frame)); // NOLINT: a stack is made

	*frame = (struct frame){ .mxcsr = DEFAULT_MXCSR,
				 .control_word = DEFAULT_CONTROL_WORD,
				 .rbx = (uint64_t)(uintptr_t)body,
				 .rbp = (uint64_t)(uintptr_t)argument,
				 .resume = ccsan_fiber_start };
	fiber->stack_pointer = frame;
}
