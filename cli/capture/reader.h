/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file by libwiretap, and the record that comes next from it. */
#ifndef SIPCHECK_CAPTURE_READER_H
#define SIPCHECK_CAPTURE_READER_H

#include "capture.h"
#include "decrypt.h"

#include <wiretap/wtap.h>

typedef struct capture_reader {
    wtap *file; /* NULL: parked, or closed */
    wtap_rec record;
    Buffer buffer;
    capture_source *source;
    capture_source hidden;    /* of a reader that is not one of the run's files */
    capture_decrypt *decrypt; /* what tshark makes of one of those; else NULL */
    uint64_t ns;
    uint64_t clock_ns; /* the latest time since the clock was set */
    bool has_secrets;  /* of TLS, seen so far */
    bool has_time;     /* the record has */
    bool set_back;     /* the clock was, before this record */
    bool parked;       /* closed behind its first record, of which only the time is known */
} capture_reader;

void capture_reader_init(void);

/* Opened by libwiretap; "-": standard input. */
bool capture_reader_open(capture_reader *r, const char *path, GError **error);

/* The next record. False at the end of the file, or where it is damaged: *ret_damage (to be freed)
 * says how, NULL: it is not. */
bool capture_reader_next(capture_reader *r, char **ret_damage);

/* libwiretap also reads pictures, programs and so on, as one record without a time. */
bool capture_reader_is_packets(const capture_reader *r);

/* Else it is one of the blocks that say something about packets. */
bool capture_reader_is_packet(const capture_reader *r);

/* The record is a PDU that Wireshark exported. */
bool capture_reader_is_exported(const capture_reader *r);

/* The record as a frame, without its place; false: it is no packet. */
bool capture_reader_frame(capture_reader *r, capture_frame *frame);

/* Behind its first record: close the file until that record's turn comes, then read it again. As
 * capture_reader_next. */
void capture_reader_park(capture_reader *r);
bool capture_reader_wake(capture_reader *r, char **ret_damage);

void capture_reader_close(capture_reader *r);

#endif
