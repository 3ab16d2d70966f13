/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs that Wireshark exported, and TLS that tshark decrypted. */
#ifndef SIPCHECK_CAPTURE_EXPORTED_H
#define SIPCHECK_CAPTURE_EXPORTED_H

#include "decoder.h"

/* One record of WTAP_ENCAP_WIRESHARK_UPPER_PDU. */
void capture_exported(capture_decoder *decoder, capture_span span);

/* Likewise, from a tshark that was asked for the bytes within TLS: its frames are those of the
 * capture that it read. */
void capture_decrypted(capture_decoder *decoder, capture_span span);
/* The connection that it came from lacks bytes here. */
void capture_secret_gap(capture_decoder *decoder, const capture_path *path);
/* Another connection begins between the two. */
void capture_forget_secrets(capture_decoder *decoder, const capture_path *path);
void capture_end_secrets(capture_decoder *decoder);
void capture_drop_secrets(capture_decoder *decoder);

#endif
