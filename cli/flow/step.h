/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message as a ladder shows it: an arrow, and few words. What is kept of one is bounded. */
#ifndef SIPCHECK_CLI_FLOW_STEP_H
#define SIPCHECK_CLI_FLOW_STEP_H

#include "../capture/capture.h"

enum {
    STEP_TEXT_MAX = 64,  /* characters of a text that are shown, "…" behind them */
    STEP_MARKS_MAX = 16, /* rules at a message that are named; more are counted */
};

/* Texts are UTF-8 that can be printed: hostile bytes stand there as \xNN. */
struct step {
    capture_place place;
    guint64 bytes; /* hash: of several messages in a frame it tells which */
    guint64 ns;
    sipcheck_address_port src, dst;
    gboolean is_request;
    gboolean sdp;     /* it carries a description of a session */
    gboolean again;   /* sent before */
    gboolean cut;     /* by the capture */
    char *word;       /* method, or reason phrase; "" where there is none */
    char *uri;        /* of a request */
    char *cseq;       /* "1 INVITE"; "": none */
    guint status;     /* of a response */
    GPtrArray *marks; /* ids of rules, as long as the rules live; NULL: none */
    guint more_marks;
};

struct step *step_new(const sipcheck_packet *packet, const sipcheck_message *message,
                      unsigned source);
void step_free(gpointer data);
struct step *step_copy(const struct step *step); /* without its marks */

/* A rule that the message broke. Once each. */
void step_mark(struct step *step, const char *rule);

/* The message of that packet: its frame and, in there, its bytes. */
gboolean step_is(const struct step *step, const sipcheck_packet *packet);
guint64 step_bytes(const sipcheck_packet *packet);

/* What tells a repetition: the same of the same sender and receiver. A request's transaction, and
 * a final response's; of other messages the bytes. */
guint64 step_digest(const sipcheck_packet *packet, const sipcheck_message *message);

/* The most words about it that fit into `room` columns: "180 Ringing (1 INVITE) SDP". */
char *step_label(const struct step *step, gsize room);

/* Bytes as text that can be printed; of step_text at most STEP_TEXT_MAX characters. To be freed. */
char *text_visible(sipcheck_slice bytes);
char *step_text(sipcheck_slice bytes);

/* Columns of a text on a terminal; one that takes more than `room` ends in "…". */
gsize text_columns(const char *text);
char *text_fit(const char *text, gsize room);

/* "+0.012345" since `from`. */
#define STEP_OFFSET_TEXT 32
const char *step_offset(guint64 ns, guint64 from, char text[STEP_OFFSET_TEXT]);

#endif
