/* SPDX-License-Identifier: MIT */
/* The cheap facts of a message. */
#include "rules/facts.h"

#include "text/slice.h"

/* --- the key */

static uint64_t bit(bool set, unsigned at)
{
    return (uint64_t)set << at;
}

static enum key_tag tag_of(const sipcheck_message *msg)
{
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    if (!to || !to->v.valid) return TAG_ANY;
    for (const sipcheck_param *p = to->params; p; p = p->next)
        if (p->name.n == 3 && sc_equal_nocase(p->name.p, "tag", 3))
            return p->value.p ? TAG_THERE : TAG_ABSENT;
    return TAG_ABSENT;
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

static const sipcheck_via *top_via(const sipcheck_message *msg)
{
    return (const sipcheck_via *)msg->values[SIPCHECK_HEADER_VIA];
}

static bool is_ip(uint8_t host_kind)
{
    return host_kind == SIPCHECK_HOST_IPV4 || host_kind == SIPCHECK_HOST_IPV6;
}

uint64_t sc_class_key(const sc_observed *observed, uint8_t transport, bool passed_on)
{
    const sipcheck_message *msg = observed->message;
    bool read =
        msg->is_request ? msg->method.p != NULL : msg->is_response && msg->status_text.p != NULL;
    uint32_t vias = msg->value_count[SIPCHECK_HEADER_VIA];
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

/* --- traits */

static unsigned kind_bit(enum sc_trait_kind kind, bool set)
{
    return (unsigned)set << kind;
}

typedef struct common_name {
    const char *text;
    size_t length;
} common_name;

/* The parameters are the three known ones, or some of them, each once. */
static bool has_rare(const sipcheck_param *params, const common_name known[3])
{
    unsigned seen = 0;
    for (const sipcheck_param *p = params; p; p = p->next) {
        unsigned k = 0;
        while (k < 3 && !(p->name.n == known[k].length &&
                          sc_equal_nocase(p->name.p, known[k].text, known[k].length)))
            k++;
        if (k == 3 || seen >> k & 1) return true;
        seen |= 1u << k;
    }
    return false;
}

static unsigned traits_of_uri(const sipcheck_uri *uri)
{
    static const common_name common[3] = { { "transport", 9 }, { "lr", 2 }, { "user", 4 } };
    bool odd = !uri->raw.p || !uri->valid || !uri->is_sip || uri->is_sips || uri->password.p ||
               uri->headers_text.p || uri->headers || !uri->host.p;
    return kind_bit(SC_TRAIT_ODD, odd) | kind_bit(SC_TRAIT_PORT, uri->port_text.p != NULL) |
           kind_bit(SC_TRAIT_PARAMS, uri->params != NULL) |
           kind_bit(SC_TRAIT_RARE, has_rare(uri->params, common)) |
           kind_bit(SC_TRAIT_PHONE, uri->user.n == 0 || uri->user.p[0] == '+');
}

static unsigned traits_of_address(const sipcheck_value *value)
{
    const sipcheck_address *address = (const sipcheck_address *)value;
    static const common_name common[3] = { { "tag", 3 }, { "expires", 7 }, { "q", 1 } };
    if (!address) return kind_bit(SC_TRAIT_ODD, true);
    return traits_of_uri(&address->uri) | kind_bit(SC_TRAIT_ODD, !value->valid || address->star) |
           kind_bit(SC_TRAIT_HEADER_PARAMS, address->params != NULL) |
           kind_bit(SC_TRAIT_HEADER_RARE, has_rare(address->params, common));
}

static unsigned traits_of_contacts(const sipcheck_value *first)
{
    unsigned traits = kind_bit(SC_TRAIT_ODD, first == NULL);
    for (const sipcheck_value *contact = first; contact; contact = contact->next)
        traits |= traits_of_address(contact);
    return traits;
}

static unsigned traits_of_via(const sipcheck_via *via)
{
    static const common_name common[3] = { { "branch", 6 }, { "rport", 5 }, { "received", 8 } };
    if (!via) return kind_bit(SC_TRAIT_ODD, true);
    bool plain = via->v.valid && via->protocol.n == 3 && memcmp(via->protocol.p, "SIP", 3) == 0 &&
                 via->version.n == 3 && memcmp(via->version.p, "2.0", 3) == 0 && via->host.p;
    bool udp = via->transport.n == 3 && memcmp(via->transport.p, "UDP", 3) == 0;
    return kind_bit(SC_TRAIT_ODD, !plain) | kind_bit(SC_TRAIT_IP, is_ip(via->host_kind)) |
           kind_bit(SC_TRAIT_UDP, udp) | kind_bit(SC_TRAIT_RARE, has_rare(via->params, common)) |
           kind_bit(SC_TRAIT_HEADER_PARAMS, via->params != NULL) |
           kind_bit(SC_TRAIT_NO_BRANCH, !via->branch.p);
}

static unsigned traits_of_media(const sipcheck_value *value)
{
    const sipcheck_media *media = (const sipcheck_media *)value;
    if (!media) return kind_bit(SC_TRAIT_ODD, true);
    bool sdp = value->valid && media->type.n == 11 && media->subtype.n == 3 &&
               memcmp(media->type.p, "application", 11) == 0 &&
               memcmp(media->subtype.p, "sdp", 3) == 0;
    return kind_bit(SC_TRAIT_ODD, !sdp) | kind_bit(SC_TRAIT_PARAMS, media->params != NULL);
}

static void put_traits(sc_marks *marks, enum sc_trait_owner owner, unsigned traits)
{
    unsigned at = sc_trait(owner, SC_TRAIT_ODD);
    for (unsigned kind = 0; traits != 0; kind++, traits >>= 1)
        if (traits & 1) sc_mark_put(marks, at + kind);
}

static void note_traits(const sipcheck_message *msg, sc_marks *marks)
{
    if (msg->is_request) put_traits(marks, SC_OWNER_REQUEST_URI, traits_of_uri(&msg->request_uri));
    put_traits(marks, SC_OWNER_FROM, traits_of_address(msg->values[SIPCHECK_HEADER_FROM]));
    put_traits(marks, SC_OWNER_TO, traits_of_address(msg->values[SIPCHECK_HEADER_TO]));
    put_traits(marks, SC_OWNER_CONTACT, traits_of_contacts(msg->values[SIPCHECK_HEADER_CONTACT]));
    put_traits(marks, SC_OWNER_TOP_VIA, traits_of_via(top_via(msg)));
    put_traits(marks, SC_OWNER_CONTENT_TYPE,
               traits_of_media(msg->values[SIPCHECK_HEADER_CONTENT_TYPE]));
}

static void note_body(const sc_observed *observed, sc_marks *marks)
{
    sc_value parts = sc_field_parts(NULL, observed), sdp = sc_field_observed_sdp(NULL, observed);
    if (parts.record || parts.missing) sc_mark_put(marks, SC_MARK_PARTS);
    if (sdp.state != SC_ABSENT_VALUE) sc_mark_put(marks, SC_MARK_SDP);
}

void sc_note_marks(const sc_observed *observed, sc_marks *sent, sc_marks *more)
{
    const sipcheck_message *msg = observed->message;
    *sent = *more = (sc_marks){ 0 };
    for (size_t i = 0; i < msg->header_count; i++) {
        unsigned id = msg->headers[i].id;
        uint64_t mark = (uint64_t)1 << (id % 64);
        more->word[id / 64] |= sent->word[id / 64] & mark;
        sent->word[id / 64] |= mark;
    }
    note_traits(msg, sent);
    note_body(observed, sent);
}
