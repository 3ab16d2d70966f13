/* SPDX-License-Identifier: MIT */
#ifndef SC_TEXT_COLD_H
#define SC_TEXT_COLD_H

/* What is seldom called: it stays out of the way of what calls it, and so do the instructions that
 * lead to the call. */
#define SC_COLD __attribute__((cold, noinline))

#endif
