/* SPDX-License-Identifier: MIT */
/*
 * Simulated processes: an address space, and threads that are actors running C functions.
 *
 * Their user memory comes from sys_mmap() (linux/syscalls.h) and is dereferenced by plain pointers;
 * the first touch of a page is a fault. The functions' own variables are registers, so to say: no
 * part of the address space.
 */
#ifndef CCSAN_LINUX_PROCESS_H
#define CCSAN_LINUX_PROCESS_H

#include <linux/sched.h>
#include <linux/types.h>

/** What a process or thread runs; its result is the exit code. */
typedef int ccsan_linux_main(void *argument);

/** Starts a process with an empty address space, on a CPU. The caller is its parent.
 *  Return: its pid, or -ENOMEM. */
pid_t ccsan_linux_process(const char *name, unsigned cpu, ccsan_linux_main *run, void *argument);

/** fork(): the current process's copy runs the function, on the parent's CPU. With pages shared
 *  until one of them writes. Return: the child's pid, or -ENOMEM. Fidelity: simplified. The child
 *  does not return from fork(): C has no second return on another stack. */
pid_t ccsan_linux_fork(ccsan_linux_main *run, void *argument);

/** One more thread of the current process, on a CPU. Return: its pid, or -ENOMEM. */
pid_t ccsan_linux_thread(const char *name, unsigned cpu, ccsan_linux_main *run, void *argument);

/** Waits for the end of a process or thread that the current process started.
 *  Return: its exit code, or -ECHILD. */
int ccsan_linux_wait(pid_t pid);

/* --- without threads of their own: for plain, sequential tests --- */

/** A process that runs nothing, until somebody enters it; with an empty address space, or as a copy
 *  of the current one. Return: its pid, or -ENOMEM. */
pid_t ccsan_linux_process_new(const char *name);
pid_t ccsan_linux_fork_new(void);

/** The caller goes on as that process, as if the CPU had switched to it, and back. Calls nest. */
void ccsan_linux_enter(pid_t pid);
void ccsan_linux_leave(void);

/** Ends such a process, which nobody may be in. */
void ccsan_linux_end(pid_t pid);

/** Its task. Return: NULL if there is none (any more). */
struct task_struct *ccsan_linux_task(pid_t pid);

#endif
