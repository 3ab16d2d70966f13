/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS is left to tshark: it is run on a file and asked for the bytes within TLS, record by record.
 */
#ifndef SIPCHECK_CAPTURE_DECRYPT_H
#define SIPCHECK_CAPTURE_DECRYPT_H

#include <glib.h>

typedef struct capture_decrypt capture_decrypt;

/* keylog: a file of NSS key log lines; NULL: the secrets are in the capture. Returns NULL with
 * *ret_problem set (to be freed) where tshark could not be started. */
capture_decrypt *capture_decrypt_start(const char *path, const char *keylog, char **ret_problem);

/* The file, good for one opening, to read what it writes: records of CAPTURE_LINK_DECRYPTED. */
const char *capture_decrypt_output(const capture_decrypt *decrypt);

/* What it wrote is open: it gets to know when nobody reads it any more. */
void capture_decrypt_opened(capture_decrypt *decrypt);

/* Waits for its end. Returns what it complained of when it failed (to be freed), else NULL. It is
 * stopped before where nobody wants the rest: that is no failure. */
char *capture_decrypt_finish(capture_decrypt *decrypt, gboolean stopped);

#endif
