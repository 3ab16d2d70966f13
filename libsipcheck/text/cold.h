/* SPDX-License-Identifier: MIT */
#ifndef SC_TEXT_COLD_H
#define SC_TEXT_COLD_H

/* What is seldom called: it stays out of the way of what calls it, and so do the instructions that
 * lead to the call. */
#define SC_COLD __attribute__((cold, noinline))

/* What most messages run: it lies side by side, whatever else is linked in between. A processor
 * keeps some 6,000 decoded instructions, in 64 rows by their address; scattered code needs more of
 * some rows than there is. */
#define SC_HOT __attribute__((hot))

#endif
