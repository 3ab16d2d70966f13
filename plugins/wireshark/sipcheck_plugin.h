/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rooms of the plugin: dissector.c finds SIP and shows findings, judge.c runs the engine and
 * keeps what it said. */
#ifndef SIPCHECK_PLUGIN_H
#define SIPCHECK_PLUGIN_H

#include <wireshark.h>

#include <epan/packet.h>

#include <sipcheck/engine.h>

void sipcheck_register(void);
void sipcheck_handoff(void);

/* A finding as it is kept for the file's life. */
typedef struct kept_finding {
    const sipcheck_rule *rule;
    enum sipcheck_severity severity;
    const char *text, *fix, *culprit, *role;
    unsigned offset, length; /* in the message */
} kept_finding;

/* What was said of one message of a packet. */
typedef struct kept_message {
    int start; /* in its tvb */
    unsigned length;
    wmem_array_t *findings; /* of kept_finding */
    gboolean refused;       /* by Wireshark's own dissector: there is no "sip" item for it */
} kept_message;

/* Where a message was found. */
typedef struct found_message {
    tvbuff_t *tvb;
    int start;
    unsigned length;
    enum sipcheck_transport transport;
    unsigned flags; /* of enum sipcheck_parse_flag */
    gboolean refused;
} found_message;

/* New engine for a new file, and its end. */
void judge_init(void);
void judge_cleanup(void);

/* Judge on the first pass, and keep; NULL without memory or rules. */
const kept_message *judge_message(packet_info *pinfo, const found_message *found);

/* What was kept of that message on the first pass, NULL: nothing. */
const kept_message *judge_recall(packet_info *pinfo, int start, unsigned length);

/* All that was kept of the packet, of kept_message *; NULL: nothing. */
wmem_list_t *judge_kept(packet_info *pinfo);

/* The ids of what the packet data is kept under. */
void judge_set_proto(int proto);

#endif
