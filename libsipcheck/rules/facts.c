/* SPDX-License-Identifier: MIT */
/* The cheap facts of a message. */
#include "rules/facts.h"

#include "fields/tag.h"

/* --- the key */

static uint64_t bit(bool set, unsigned at)
{
    return (uint64_t)set << at;
}

static enum key_tag tag_of(const sipcheck_message *msg)
{
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    if (!to || !to->v.valid) return TAG_ANY;
    return sc_tag_of(msg, SIPCHECK_HEADER_TO).p ? TAG_THERE : TAG_ABSENT;
}

static unsigned cseq_of(const sipcheck_message *msg)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)msg->values[SIPCHECK_HEADER_CSEQ];
    return cseq && cseq->method.p ? cseq->method_id : SIPCHECK_METHOD_NONE;
}

static bool is_plain(sipcheck_slice version)
{
    return version.n == 7 && memcmp(version.p, "SIP/2.0", 7) == 0;
}

uint64_t sc_class_key(const sc_observed *observed, uint8_t transport, bool passed_on)
{
    const sipcheck_message *msg = observed->message;
    bool read =
        msg->is_request ? msg->method.p != NULL : msg->is_response && msg->status_text.p != NULL;
    uint32_t vias = sipcheck_count(msg, SIPCHECK_HEADER_VIA);
    if (!read || msg->cut || msg->status > STATUS_MAX || transport > 7) return 0;
    return (uint64_t)msg->status << KEY_STATUS | (uint64_t)msg->method_id << KEY_METHOD |
           (uint64_t)cseq_of(msg) << KEY_CSEQ | (uint64_t)transport << KEY_TRANSPORT |
           (uint64_t)(msg->valid && vias < VIAS_ANY ? vias : VIAS_ANY) << KEY_VIAS |
           (uint64_t)tag_of(msg) << KEY_TAG | bit(msg->is_request, KEY_IS_REQUEST) |
           bit(msg->valid, KEY_VALID) | bit(msg->is_request && msg->request_uri.is_sips, KEY_SIPS) |
           bit(is_plain(msg->version), KEY_PLAIN_VERSION) | bit(msg->body.n > 0, KEY_BODY) |
           bit(observed->group.p != NULL, KEY_GROUP) | bit(passed_on, KEY_PASSED_ON) |
           bit(true, KEY_IN_CLASS);
}

void sc_note_headers(const sipcheck_message *message, sc_marks *sent, sc_marks *more)
{
    *sent = *more = (sc_marks){ 0 };
    for (size_t i = 0; i < message->header_count; i++) {
        unsigned id = message->headers[i].id;
        uint64_t mark = (uint64_t)1 << (id % 64);
        more->word[id / 64] |= sent->word[id / 64] & mark;
        sent->word[id / 64] |= mark;
    }
}
