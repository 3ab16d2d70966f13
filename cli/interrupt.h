/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ^C ends the reading, not the report. A file is read no further.
 * Of a live capture a terminal sends it to the writer of the pipe as well, which then says what it
 * still holds and closes: that end is waited for. Where it does not come, reading is interrupted
 * after a second. A second ^C ends the program as ever. */
#ifndef SIPCHECK_CLI_INTERRUPT_H
#define SIPCHECK_CLI_INTERRUPT_H

#include <glib.h>

/* Standard input, a named pipe or a device is among the paths: it may not have an end. */
gboolean interrupt_is_live(char *const *paths, gsize count);

/* From here on SIGINT and SIGTERM are taken so. live: something that is read may not have an end.
 */
void interrupt_catch(gboolean live);

/* Read no more. */
gboolean interrupt_came(void);

/* Reading is over: nothing is interrupted any more. */
void interrupt_done(void);

#endif
