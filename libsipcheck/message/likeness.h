/* SPDX-License-Identifier: MIT */
#ifndef SC_MESSAGE_LIKENESS_H
#define SC_MESSAGE_LIKENESS_H

#include <sipcheck/message.h>

/* A line that has the shape of a Request-Line or a Status-Line: its ends are right, what is between
 * may not be. */
bool sc_is_start_line(sipcheck_slice line);

#endif
