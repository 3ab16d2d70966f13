/* SPDX-License-Identifier: MIT */
/* Are two parses of the same body the same? */
#ifndef FUZZ_SAME_BODY_H
#define FUZZ_SAME_BODY_H

#include <sipcheck/body.h>

#include "same_message.h"

static inline bool same_head(const sipcheck_value *a, const sipcheck_value *b)
{
    return same_place(a->raw, b->raw) && a->line == b->line && a->kind == b->kind &&
           a->valid == b->valid;
}

static inline bool same_words(const sipcheck_value *a, const sipcheck_value *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_head(a, b)) return false;
    return !a && !b;
}

static inline bool same_origin(const sipcheck_origin *a, const sipcheck_origin *b)
{
    return same_place(a->username, b->username) && same_place(a->sess_id, b->sess_id) &&
           same_place(a->sess_version, b->sess_version) && same_place(a->nettype, b->nettype) &&
           same_place(a->addrtype, b->addrtype) && same_place(a->address, b->address) &&
           a->id == b->id && a->version == b->version && a->address_kind == b->address_kind;
}

static inline bool same_connection(const sipcheck_connection *a, const sipcheck_connection *b)
{
    return same_place(a->nettype, b->nettype) && same_place(a->addrtype, b->addrtype) &&
           same_place(a->address, b->address) && same_place(a->ttl, b->ttl) &&
           same_place(a->count_text, b->count_text) && a->address_kind == b->address_kind &&
           a->multicast == b->multicast;
}

static inline bool same_bandwidth(const sipcheck_bandwidth *a, const sipcheck_bandwidth *b)
{
    return same_place(a->type, b->type) && same_place(a->digits, b->digits) &&
           a->number == b->number;
}

static inline bool same_time(const sipcheck_time *a, const sipcheck_time *b)
{
    return same_place(a->start_text, b->start_text) && same_place(a->stop_text, b->stop_text) &&
           a->start == b->start && a->stop == b->stop;
}

static inline bool same_rtpmap(const sipcheck_rtpmap *a, const sipcheck_rtpmap *b)
{
    return same_place(a->payload_type, b->payload_type) && same_place(a->encoding, b->encoding) &&
           same_place(a->clock_rate, b->clock_rate) && same_place(a->channels, b->channels);
}

static inline bool same_fmtp(const sipcheck_fmtp *a, const sipcheck_fmtp *b)
{
    return same_place(a->format, b->format) && same_place(a->parameters, b->parameters);
}

static inline bool same_parsed(unsigned id, const sipcheck_value *a, const sipcheck_value *b)
{
    if (!same_head(a, b)) return false;
    if (a->kind == SIPCHECK_KIND_NUMBER)
        return same_number((const sipcheck_number *)a, (const sipcheck_number *)b);
    if (id == SIPCHECK_ATTRIBUTE_RTPMAP)
        return same_rtpmap((const sipcheck_rtpmap *)a, (const sipcheck_rtpmap *)b);
    return id != SIPCHECK_ATTRIBUTE_FMTP ||
           same_fmtp((const sipcheck_fmtp *)a, (const sipcheck_fmtp *)b);
}

static inline bool same_attribute(const sipcheck_attribute *a, const sipcheck_attribute *b)
{
    return same_place(a->name, b->name) && same_place(a->value, b->value) && a->id == b->id &&
           !a->parsed == !b->parsed && (!a->parsed || same_parsed(a->id, a->parsed, b->parsed));
}

static inline bool same_section(const sipcheck_sdp_section *a, const sipcheck_sdp_section *b);

static inline bool same_stream(const sipcheck_sdp_media *a, const sipcheck_sdp_media *b)
{
    return same_place(a->media, b->media) && same_place(a->port_text, b->port_text) &&
           same_place(a->count_text, b->count_text) && same_place(a->protocol, b->protocol) &&
           a->port == b->port && a->place == b->place && same_words(a->formats, b->formats) &&
           same_section(&a->section, &b->section);
}

static inline bool same_line(int type, const sipcheck_value *a, const sipcheck_value *b)
{
    if (!same_head(a, b)) return false;
    switch (type) {
    case SIPCHECK_SDP_V:
        return same_number((const sipcheck_number *)a, (const sipcheck_number *)b);
    case SIPCHECK_SDP_O:
        return same_origin((const sipcheck_origin *)a, (const sipcheck_origin *)b);
    case SIPCHECK_SDP_C:
        return same_connection((const sipcheck_connection *)a, (const sipcheck_connection *)b);
    case SIPCHECK_SDP_B:
        return same_bandwidth((const sipcheck_bandwidth *)a, (const sipcheck_bandwidth *)b);
    case SIPCHECK_SDP_T:
        return same_time((const sipcheck_time *)a, (const sipcheck_time *)b);
    case SIPCHECK_SDP_A:
        return same_attribute((const sipcheck_attribute *)a, (const sipcheck_attribute *)b);
    case SIPCHECK_SDP_M:
        return same_stream((const sipcheck_sdp_media *)a, (const sipcheck_sdp_media *)b);
    default:
        return true;
    }
}

static inline bool same_section(const sipcheck_sdp_section *a, const sipcheck_sdp_section *b)
{
    const sipcheck_value *v, *w;
    for (int type = 0; type < SIPCHECK_SDP_LINES; type++) {
        for (v = a->lines[type], w = b->lines[type]; v && w; v = v->next, w = w->next)
            if (!same_line(type, v, w)) return false;
        if (v || w) return false;
    }
    for (unsigned id = 0; id < SIPCHECK_ATTRIBUTE_COUNT; id++) {
        for (v = a->attributes[id], w = b->attributes[id]; v && w; v = v->next, w = w->next)
            if (!same_parsed(id, v, w)) return false;
        if (v || w) return false;
    }
    return a->damaged == b->damaged;
}

static inline bool same_sdp(const sipcheck_sdp *a, const sipcheck_sdp *b)
{
    return same_place(a->raw, b->raw) && same_section(&a->session, &b->session) &&
           a->descriptions == b->descriptions && a->lines_seen == b->lines_seen &&
           a->attributes_seen == b->attributes_seen && a->limited == b->limited &&
           a->valid == b->valid;
}

static inline bool same_body_faults(const sipcheck_body *a, const sipcheck_body *b)
{
    const sipcheck_fault *f = a->faults, *g = b->faults;
    for (; f && g; f = f->next, g = g->next)
        if (f->offset != g->offset || f->length != g->length || f->production != g->production ||
            f->wanted != g->wanted || f->body != g->body || f->sdp_line != g->sdp_line ||
            f->attribute != g->attribute)
            return false;
    return !f && !g && a->fault_count == b->fault_count && a->faults_lost == b->faults_lost;
}

/* Of the same bytes, parsed twice: what is said of parts, their descriptions and their faults. */
static inline bool same_body(const sipcheck_body *a, const sipcheck_body *b)
{
    const sipcheck_part *p = a->parts, *q = b->parts;
    for (; p && q; p = (const sipcheck_part *)p->v.next, q = (const sipcheck_part *)q->v.next)
        if (!same_head(&p->v, &q->v) || p->body != q->body || p->depth != q->depth ||
            !p->sdp != !q->sdp || (p->sdp && !same_sdp(p->sdp, q->sdp)))
            return false;
    return !p && !q && same_body_faults(a, b) && a->whole == b->whole &&
           a->readable == b->readable && a->valid == b->valid && !a->sdp == !b->sdp;
}

#endif
