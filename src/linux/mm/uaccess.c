/* SPDX-License-Identifier: MIT */
/*
 * linux/uaccess.h. A user's byte is an ordinary load or store through the process's alias; faults
 * come to the fault handler, as for the process itself. Where it cannot help, it leaves by
 * current->fault_fixup: what the kernel has an exception table for.
 *
 * Faults come by pages, so nothing of a page has been copied when it faults: counts are exact.
 */
#include <setjmp.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "linux/layer.h"

/* --- what a fault may do --- */

void pagefault_disable(void)
{
	current->pagefault_disabled++;
}

void pagefault_enable(void)
{
	struct task_struct *task = current;

	if (task->pagefault_disabled)
		task->pagefault_disabled--;
	else
		ccsan_misuse(NULL, 0, 0, "pagefault_enable() without pagefault_disable()");
}

bool pagefault_disabled(void)
{
	return current->pagefault_disabled != 0;
}

static void might_fault(void)
{
	if (!pagefault_disabled())
		might_sleep();
}

/* --- addresses --- */

bool ccsan_linux_access_ok(const volatile void *p, size_t bytes)
{
	unsigned long address = untagged_addr((unsigned long)p);

	return bytes <= TASK_SIZE && address <= TASK_SIZE - bytes;
}

/* Return: NULL for a kernel thread, which has no user memory. */
static char *reachable(const volatile void *p)
{
	struct mm_struct *mm = current->mm;

	return mm ? ccsan_user_pointer(mm, untagged_addr((unsigned long)p)) : NULL;
}

/* Where nothing has ever been mapped, the runtime has to be told that a fault may come. */
static void expect_fault(const volatile void *p)
{
	unsigned long address = untagged_addr((unsigned long)p) & PAGE_MASK;

	if (address < TASK_SIZE && !ccsan_physical_address(p))
		ccsan_hosted_expect_faults(current->mm->space, address, PAGE_SIZE);
}

/* --- copies --- */

/* Within a page of each user side. Return: whether it could be reached. */
static bool copy_piece(char *to, const char *from, size_t bytes)
{
	jmp_buf fixup, *outer = current->fault_fixup;

	if (setjmp(fixup)) {
		current->fault_fixup = outer;
		return false;
	}
	current->fault_fixup = &fixup;
	expect_fault(from);
	expect_fault(to);
	memcpy(to, from, bytes);
	current->fault_fixup = outer;
	return true;
}

static bool clear_piece(char *to, size_t bytes)
{
	jmp_buf fixup, *outer = current->fault_fixup;

	if (setjmp(fixup)) {
		current->fault_fixup = outer;
		return false;
	}
	current->fault_fixup = &fixup;
	expect_fault(to);
	memset(to, 0, bytes);
	current->fault_fixup = outer;
	return true;
}

static size_t rest_of_page(const void *p, size_t bytes)
{
	size_t rest = PAGE_SIZE - offset_in_page(p);

	return rest < bytes ? rest : bytes;
}

/* Either side may be the user's: pieces end where a page of one of them does.
 * Return: bytes not copied. */
static unsigned long copy(char *to, const char *from, size_t bytes)
{
	size_t piece;

	for (; bytes; bytes -= piece, to += piece, from += piece) {
		piece = rest_of_page(to, rest_of_page(from, bytes));
		if (!copy_piece(to, from, piece))
			break;
	}
	return bytes;
}

unsigned long __copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	const char *source = reachable(from);

	might_fault();
	return source ? copy(to, source, bytes) : bytes;
}

unsigned long __copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	char *target = reachable(to);

	might_fault();
	return target ? copy(target, from, bytes) : bytes;
}

unsigned long __copy_from_user_inatomic(void *to, const void __user *from, unsigned long bytes)
{
	unsigned long left;

	pagefault_disable();
	left = __copy_from_user(to, from, bytes);
	pagefault_enable();
	return left;
}

unsigned long __copy_to_user_inatomic(void __user *to, const void *from, unsigned long bytes)
{
	unsigned long left;

	pagefault_disable();
	left = __copy_to_user(to, from, bytes);
	pagefault_enable();
	return left;
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	unsigned long left = access_ok(from, bytes) ? __copy_from_user(to, from, bytes) : bytes;

	if (left)
		memset((char *)to + (bytes - left), 0, left);
	return left;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	return access_ok(to, bytes) ? __copy_to_user(to, from, bytes) : bytes;
}

unsigned long copy_in_user(void __user *to, const void __user *from, unsigned long bytes)
{
	char *target = reachable(to), *source = reachable(from);

	might_fault();
	if (!target || !source || !access_ok(to, bytes) || !access_ok(from, bytes))
		return bytes;
	return copy(target, source, bytes);
}

unsigned long __clear_user(void __user *to, unsigned long bytes)
{
	char *target = reachable(to);
	size_t piece;

	might_fault();
	for (; target && bytes; bytes -= piece, target += piece) {
		piece = rest_of_page(target, bytes);
		if (!clear_piece(target, piece))
			break;
	}
	return bytes;
}

unsigned long clear_user(void __user *to, unsigned long bytes)
{
	return access_ok(to, bytes) ? __clear_user(to, bytes) : bytes;
}

/* --- strings --- */

/* Up to the end of a page. Return: bytes before the zero, `bytes` if there is none, -EFAULT.
 * @param to NULL: only count */
static long string_piece(char *to, const char *from, size_t bytes)
{
	jmp_buf fixup, *outer = current->fault_fixup;
	size_t length = 0;
	char c;

	if (setjmp(fixup)) {
		current->fault_fixup = outer;
		return -EFAULT;
	}
	current->fault_fixup = &fixup;
	expect_fault(from);
	for (; length < bytes; length++) {
		c = from[length];
		if (to)
			to[length] = c;
		if (!c)
			break;
	}
	current->fault_fixup = outer;
	return (long)length;
}

/* Return: as string_piece(). */
static long string(char *to, const char __user *from, size_t bytes)
{
	const char *source = reachable(from);
	size_t done = 0, piece;
	long length;

	might_fault();
	for (; done < bytes; done += piece) {
		if (!source || !access_ok(source + done, 1))
			return -EFAULT;
		piece = rest_of_page(source + done, bytes - done);
		length = string_piece(to ? to + done : NULL, source + done, piece);
		if (length < 0)
			return length;
		if ((size_t)length < piece)
			return (long)(done + (size_t)length);
	}
	return (long)bytes;
}

long strncpy_from_user(char *to, const char __user *from, long count)
{
	return count > 0 ? string(to, from, (size_t)count) : 0;
}

long strnlen_user(const char __user *from, long count)
{
	long length = count > 0 ? string(NULL, from, (size_t)count) : -EFAULT;

	return length < 0 ? 0 : length + 1;
}

/* --- one value: one access, of its size --- */

static void move(volatile void *to, const volatile void *from, size_t bytes)
{
	switch (bytes) {
	case 1:
		*(volatile u8 *)to = *(const volatile u8 *)from;
		break;
	case 2:
		*(volatile u16 *)to = *(const volatile u16 *)from;
		break;
	case 4:
		*(volatile u32 *)to = *(const volatile u32 *)from;
		break;
	case 8:
		*(volatile u64 *)to = *(const volatile u64 *)from;
		break;
	default:
		ccsan_misuse(from, bytes, 0, "get_user() or put_user() of %zu bytes", bytes);
	}
}

static int move_checked(volatile void *to, const volatile void *from, size_t bytes)
{
	jmp_buf fixup, *outer = current->fault_fixup;

	if (setjmp(fixup)) {
		current->fault_fixup = outer;
		return -EFAULT;
	}
	current->fault_fixup = &fixup;
	expect_fault(from);
	expect_fault((const char *)from + bytes - 1);
	expect_fault(to);
	expect_fault((const char *)to + bytes - 1);
	move(to, from, bytes);
	current->fault_fixup = outer;
	return 0;
}

int ccsan_linux_get_user(void *to, const volatile void *from, size_t bytes)
{
	const char *source = reachable(from);

	might_fault();
	return source && access_ok(from, bytes) ? move_checked(to, source, bytes) : -EFAULT;
}

int ccsan_linux_put_user(volatile void *to, const void *from, size_t bytes)
{
	char *target = reachable(to);

	might_fault();
	return target && access_ok(to, bytes) ? move_checked(target, from, bytes) : -EFAULT;
}

/* --- kernel addresses that may be none --- */

long copy_from_kernel_nofault(void *to, const void *from, size_t bytes)
{
	const char *source = from;
	char *target = to;
	size_t piece;

	if (ccsan_linux_access_ok(from, 1))
		return -ERANGE;
	for (; bytes; bytes -= piece, source += piece, target += piece) {
		piece = rest_of_page(source, bytes);
		if (!ccsan_physical_address(source))
			return -EFAULT;
		memcpy(target, source, piece);
	}
	return 0;
}
