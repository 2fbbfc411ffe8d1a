/* SPDX-License-Identifier: MIT */
/* See signals.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "signals.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include "explore.h"
#include "restore.h"

enum {
	STACK_BYTES = 256 << 10,
	/* A run that neither ends nor comes to a decision for so many ticks of a second hangs. */
	PATIENCE = 3,
};

static struct {
	uint64_t run;   /* the run under way */
	uint64_t seen;  /* what the last tick saw of runs and steps */
	unsigned ticks; /* that saw no change */
} * watch;

static bool in_a_run(void)
{
	return ccsan_acting() && ccsan_is_exploring();
}

/* The handler's frame is left as by longjmp(); the signal is not blocked (SA_NODEFER). */
static void leave_run(enum ccsan_run_end how, const char *text)
{
	ccsan_fail_run(text);
	ccsan_end_run(how, 0);
}

static void crash(int number, uint64_t address, uint64_t pc)
{
	const char *overflown = ccsan_stack_overflow(address);
	char text[CCSAN_TEXT_BYTES];

	if (!in_a_run()) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	snprintf(text, sizeof(text), "%s crashed: %s%s%s",
		 ccsan_stage_name(ccsan_rt.stage, ccsan_stage_current(ccsan_rt.stage)),
		 strsignal(number), overflown ? ", at the end of the stack of " : "",
		 overflown ? overflown : "");
	ccsan_self.pc = pc;
	ccsan_trace_event(pc, "crashes:", strsignal(number), 0);
	leave_run(CCSAN_RUN_CRASHED, text);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
	const ucontext_t *at = context;

	if (number == SIGSEGV && info->si_code == SEGV_ACCERR && ccsan_restore_fault(address))
		return;
	crash(number, address, (uint64_t)at->uc_mcontext.gregs[REG_RIP]);
}

static void on_tick(int number)
{
	uint64_t now = watch->run + ccsan_steps_so_far();

	(void)number;
	if (!in_a_run() || now != watch->seen) {
		watch->seen = now;
		watch->ticks = 0;
		return;
	}
	if (++watch->ticks >= PATIENCE && !ccsan_self.inside) {
		char text[CCSAN_TEXT_BYTES];

		watch->ticks = 0;
		snprintf(text, sizeof(text),
			 "%s does not get on: an endless loop without a point to switch at, or a "
			 "system call that waits",
			 ccsan_stage_name(ccsan_rt.stage, ccsan_stage_current(ccsan_rt.stage)));
		leave_run(CCSAN_RUN_HUNG, text);
	}
}

void ccsan_signals_begin(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP };
	stack_t stack = { .ss_sp = ccsan_keep(STACK_BYTES), .ss_size = STACK_BYTES };
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	struct sigaction tick = { .sa_handler = on_tick,
				  .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART };
	struct itimerval second = { { 1, 0 }, { 1, 0 } };

	watch = ccsan_keep(sizeof(*watch));
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
	sigaction(SIGALRM, &tick, NULL);
	setitimer(ITIMER_REAL, &second, NULL);
}

void ccsan_signals_run(void)
{
	watch->run += 1ull << 32;
}
