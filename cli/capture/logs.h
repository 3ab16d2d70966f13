/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text logs, read one after another. */
#ifndef SIPCHECK_CAPTURE_LOGS_H
#define SIPCHECK_CAPTURE_LOGS_H

#include "capture.h"

/* The sources of stats say which; "-": standard input. False with *error where one could not be
 * opened: none is read then. */
bool capture_read_logs(capture_decoder *decoder, capture_stats *stats,
                       const capture_options *options, GError **error);

#endif
