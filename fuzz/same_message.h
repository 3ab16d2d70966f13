/* SPDX-License-Identifier: MIT */
/* Are two parses of the same bytes the same? */
#ifndef FUZZ_SAME_MESSAGE_H
#define FUZZ_SAME_MESSAGE_H

#include <string.h>

#include <sipcheck/message.h>

static inline bool same_place(sipcheck_slice a, sipcheck_slice b)
{
    return a.p == b.p && a.n == b.n;
}

static inline bool same_params(const sipcheck_param *a, const sipcheck_param *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_place(a->name, b->name) || !same_place(a->value, b->value) ||
            a->quoted != b->quoted)
            return false;
    return !a && !b;
}

static inline bool same_uri(const sipcheck_uri *a, const sipcheck_uri *b)
{
    return same_place(a->raw, b->raw) && same_place(a->scheme, b->scheme) &&
           same_place(a->user, b->user) && same_place(a->password, b->password) &&
           same_place(a->host, b->host) && same_place(a->port_text, b->port_text) &&
           a->port == b->port && a->host_kind == b->host_kind && a->valid == b->valid &&
           a->is_sip == b->is_sip && a->is_sips == b->is_sips && a->is_tel == b->is_tel &&
           same_place(a->headers_text, b->headers_text) && same_params(a->params, b->params) &&
           same_params(a->headers, b->headers);
}

static inline bool same_via(const sipcheck_via *a, const sipcheck_via *b)
{
    return same_place(a->protocol, b->protocol) && same_place(a->version, b->version) &&
           same_place(a->transport, b->transport) && same_place(a->host, b->host) &&
           same_place(a->port_text, b->port_text) && a->port == b->port &&
           a->host_kind == b->host_kind && same_params(a->params, b->params) &&
           same_place(a->branch, b->branch) && same_place(a->received, b->received) &&
           same_place(a->maddr, b->maddr) && same_place(a->ttl, b->ttl) &&
           same_place(a->rport, b->rport) && a->has_rport == b->has_rport;
}

static inline bool same_address(const sipcheck_address *a, const sipcheck_address *b)
{
    return same_place(a->display, b->display) && same_uri(&a->uri, &b->uri) &&
           a->brackets == b->brackets && a->star == b->star && same_params(a->params, b->params);
}

static inline bool same_cseq(const sipcheck_cseq *a, const sipcheck_cseq *b)
{
    return a->seq == b->seq && same_place(a->digits, b->digits) &&
           same_place(a->method, b->method) && a->method_id == b->method_id;
}

static inline bool same_number(const sipcheck_number *a, const sipcheck_number *b)
{
    return a->number == b->number && a->overflow == b->overflow &&
           same_place(a->digits, b->digits) && same_params(a->params, b->params);
}

static inline bool same_media(const sipcheck_media *a, const sipcheck_media *b)
{
    return same_place(a->type, b->type) && same_place(a->subtype, b->subtype) &&
           same_params(a->params, b->params);
}

static inline bool same_date(const sipcheck_date *a, const sipcheck_date *b)
{
    return same_place(a->weekday, b->weekday) && same_place(a->month, b->month) &&
           same_place(a->zone, b->zone) && a->day == b->day && a->year == b->year &&
           a->hour == b->hour && a->minute == b->minute && a->second == b->second;
}

static inline bool same_call_id(const sipcheck_call_id *a, const sipcheck_call_id *b)
{
    return same_place(a->local, b->local) && same_place(a->host, b->host) &&
           same_params(a->params, b->params);
}

static inline bool same_auth(const sipcheck_auth *a, const sipcheck_auth *b)
{
    return same_place(a->scheme, b->scheme) && a->digest == b->digest &&
           same_params(a->params, b->params);
}

static inline bool same_value(const sipcheck_value *a, const sipcheck_value *b)
{
    if (!same_place(a->raw, b->raw) || a->line != b->line || a->kind != b->kind ||
        a->valid != b->valid)
        return false;
    switch (a->kind) {
    case SIPCHECK_KIND_VIA:
        return same_via((const sipcheck_via *)a, (const sipcheck_via *)b);
    case SIPCHECK_KIND_ADDRESS:
        return same_address((const sipcheck_address *)a, (const sipcheck_address *)b);
    case SIPCHECK_KIND_CSEQ:
        return same_cseq((const sipcheck_cseq *)a, (const sipcheck_cseq *)b);
    case SIPCHECK_KIND_NUMBER:
        return same_number((const sipcheck_number *)a, (const sipcheck_number *)b);
    case SIPCHECK_KIND_TOKEN:
        return same_place(((const sipcheck_token *)a)->token, ((const sipcheck_token *)b)->token) &&
               same_params(((const sipcheck_token *)a)->params,
                           ((const sipcheck_token *)b)->params);
    case SIPCHECK_KIND_AUTH:
        return same_auth((const sipcheck_auth *)a, (const sipcheck_auth *)b);
    case SIPCHECK_KIND_MEDIA:
        return same_media((const sipcheck_media *)a, (const sipcheck_media *)b);
    case SIPCHECK_KIND_DATE:
        return same_date((const sipcheck_date *)a, (const sipcheck_date *)b);
    case SIPCHECK_KIND_CALL_ID:
        return same_call_id((const sipcheck_call_id *)a, (const sipcheck_call_id *)b);
    default:
        return true;
    }
}

static inline bool same_values(const sipcheck_message *a, const sipcheck_message *b)
{
    for (int id = 0; id < SIPCHECK_HEADER_COUNT; id++) {
        const sipcheck_value *v = a->values[id], *w = b->values[id];
        for (; v && w; v = v->next, w = w->next)
            if (!same_value(v, w)) return false;
        if (v || w ||
            sipcheck_count(a, (enum sipcheck_header_id)id) !=
                sipcheck_count(b, (enum sipcheck_header_id)id) ||
            a->line_count[id] != b->line_count[id])
            return false;
    }
    return true;
}

static inline bool same_headers(const sipcheck_message *a, const sipcheck_message *b)
{
    if (a->header_count != b->header_count) return false;
    for (size_t i = 0; i < a->header_count; i++) {
        const sipcheck_header *g = &a->headers[i], *h = &b->headers[i];
        if (!same_place(g->name, h->name) || !same_place(g->value, h->value) ||
            !same_place(g->raw, h->raw) || g->values != h->values || g->id != h->id ||
            g->compact != h->compact || g->valid != h->valid)
            return false;
    }
    return true;
}

static inline bool same_faults(const sipcheck_message *a, const sipcheck_message *b)
{
    const sipcheck_fault *f = a->faults, *g = b->faults;
    for (; f && g; f = f->next, g = g->next)
        if (f->offset != g->offset || f->length != g->length || f->header != g->header ||
            f->production != g->production || f->wanted != g->wanted)
            return false;
    return !f && !g && a->faults_lost == b->faults_lost;
}

/* Every part but what is made of these: of the same bytes, parsed twice. */
static inline bool same_message(const sipcheck_message *a, const sipcheck_message *b)
{
    return a->is_request == b->is_request && a->is_response == b->is_response &&
           a->valid == b->valid && a->cut == b->cut && a->headers_whole == b->headers_whole &&
           same_place(a->start_line, b->start_line) && same_place(a->method, b->method) &&
           same_uri(&a->request_uri, &b->request_uri) && same_place(a->version, b->version) &&
           a->status == b->status && same_place(a->reason, b->reason) &&
           a->method_id == b->method_id && same_place(a->head, b->head) &&
           same_place(a->body, b->body) && same_place(a->surplus, b->surplus) &&
           same_headers(a, b) && same_values(a, b) && same_faults(a, b);
}

#endif
