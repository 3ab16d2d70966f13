/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rooms of the plugin: dissector.c finds SIP and shows findings, judge.c runs the engine and
 * keeps what it said, copies.c knows datagrams that were captured twice, losses.c what the capture
 * lacks, ruleset.c reads rules. */
#ifndef SIPCHECK_PLUGIN_H
#define SIPCHECK_PLUGIN_H

#include <wireshark.h>

#include <epan/packet.h>

#include <sipcheck/engine.h>

void sipcheck_register(void);
void sipcheck_handoff(void);

/* An ICMP error: what else is dissected of the packet is a quotation of another one. */
gboolean packet_quotes(packet_info *pinfo);

/* A finding as it is kept for the file's life. */
typedef struct kept_finding {
    const sipcheck_rule *rule;
    enum sipcheck_severity severity;
    const char *text, *fix, *culprit, *role;
    unsigned offset, length; /* in the message */
    const guint32 *related;  /* other frames that matter */
    unsigned related_count;
} kept_finding;

/* What was said of one message of a packet. */
typedef struct kept_message {
    int start; /* in its tvb */
    unsigned length;
    wmem_array_t *findings; /* of kept_finding; a copy of a datagram has those of the first */
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

/* The preferences: rules over several messages are judged, and what may be kept for them. */
typedef struct judge_preferences {
    gboolean sequences;
    guint memory;                /* MiB */
    const char *rules, *profile; /* a folder, or ""; as audit's --profile */
} judge_preferences;
judge_preferences *judge_prefs(void);

/* NULL: they can't be used, which was told. To be freed with sipcheck_rules_free. */
sipcheck_rules *ruleset_load(const char *folder, const char *profile);

/* New engine for a new file, the end of its first pass, its end. */
void judge_init(void);
void judge_pass_ended(void);
void judge_cleanup(void);

/* Judge on the first pass, and keep; NULL without memory or rules. More may be said of it later. */
const kept_message *judge_message(packet_info *pinfo, const found_message *found);

/* Every packet of the first pass: its time has come, and it may show that others were lost. */
void judge_packet(packet_info *pinfo, gboolean lost);

/* What was kept of the packet, of kept_message *, in the order of its messages; NULL: nothing. */
wmem_list_frame_t *judge_kept(packet_info *pinfo);

/* What was kept of that message, from *at on, which is put behind it; NULL: nothing. Chunks and
 * reassembled segments of a packet may have the same place and length. */
const kept_message *judge_recall(wmem_list_frame_t **at, int start, unsigned length);

/* The ids of what the packet data is kept under. */
void judge_set_proto(int proto);

/* --- copies.c: one a file */
typedef struct copies copies;
copies *copies_new(void);
void copies_free(copies *all); /* NULL is allowed */
/* What was said of the same datagram that another tap or a mirror port saw a moment ago; NULL: this
 * is the first, and `kept` is remembered for it. */
kept_message *copies_find(copies *all, const sipcheck_packet *packet, kept_message *kept);

/* --- losses.c */
/* What has to be looked for in each packet: appended to an array of field ids. */
void losses_want(GArray *fields);
/* The packet shows that a segment of a stream with SIP, or the rest of a datagram, may be missing.
 */
gboolean losses_shown(packet_info *pinfo, proto_tree *tree);
/* A stream with SIP is known. */
void losses_note_stream(packet_info *pinfo);
void losses_init(void);
void losses_cleanup(void);

#endif
