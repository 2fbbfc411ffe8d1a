/* SPDX-License-Identifier: MIT */
/* Crashes and endless loops of explored runs. */
#ifndef CCSAN_RUNTIME_SIGNALS_H
#define CCSAN_RUNTIME_SIGNALS_H

/** Takes the signals over, and starts to look for runs that do not get on. */
void ccsan_signals_begin(void);

/** A run begins. */
void ccsan_signals_run(void);

#endif
