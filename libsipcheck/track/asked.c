/* SPDX-License-Identifier: MIT */
/* What a transaction remembers of its request besides the bytes. */
#include "track/internal.h"

uint64_t sc_uri_hash(const sipcheck_uri *uri)
{
    uint64_t hash = sc_mix_nocase(SC_HASH_SEED, uri->scheme);
    if (uri->raw.p == NULL) return 0;
    if (!uri->is_sip && !uri->is_sips) return sc_hash_text(uri->raw);
    hash = sc_mix_text(hash, uri->user);
    hash = sc_mix_nocase(hash, uri->host);
    hash = sc_mix_word(hash, uri->port);
    return hash != 0 ? hash : 1;
}

uint64_t sc_seconds(sipcheck_slice digits)
{
    uint64_t seconds;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') return UINT64_MAX;
    }
    if (digits.n == 0 || !sc_number(digits, &seconds)) return UINT64_MAX;
    return (seconds > UINT32_MAX ? UINT32_MAX : seconds) * SC_SECOND;
}

uint64_t sc_refer_package(void)
{
    static const uint8_t name[] = { 'r', 'e', 'f', 'e', 'r' };
    return sc_hash_text((sipcheck_slice){ name, sizeof name });
}

/* RFC 7614 §4.1, §5.1 */
static bool wants_no_subscription(const sipcheck_message *message)
{
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_REQUIRE];
    for (; value != NULL; value = value->next) {
        const sipcheck_token *tag = (const sipcheck_token *)value;
        if (sc_same_nocase(tag->token, "nosub") || sc_same_nocase(tag->token, "explicitsub"))
            return true;
    }
    return false;
}

/* Event and its id. A REFER has none: its id is its number. RFC 3515 §2.4.6 */
static void note_event(const sc_step *step, sc_transaction *t)
{
    const sipcheck_message *message = step->message;
    const sipcheck_token *event = (const sipcheck_token *)message->values[SIPCHECK_HEADER_EVENT];
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)message->values[SIPCHECK_HEADER_CSEQ];
    if (step->method == SIPCHECK_METHOD_REFER) {
        t->package = sc_refer_package();
        t->no_subscription = wants_no_subscription(message);
        t->package_id = sc_hash_text(cseq->digits);
    } else if (event != NULL) {
        const sipcheck_param *id = sipcheck_param_find(event->params, "id");
        t->package = sc_hash_text(event->token);
        t->package_id = id != NULL ? sc_hash_text(id->value) : 0;
    }
}

static void note_contact(const sipcheck_message *message, sc_transaction *t)
{
    const sipcheck_address *contact =
        (const sipcheck_address *)message->values[SIPCHECK_HEADER_CONTACT];
    t->contact = sc_contact_hash(message);
    t->contacts = sipcheck_count(message, SIPCHECK_HEADER_CONTACT);
    if (t->method == SIPCHECK_METHOD_REGISTER && contact != NULL)
        t->contact_uri = sc_uri_hash(&contact->uri);
}

static uint32_t breadth_of(const sipcheck_message *message)
{
    const sipcheck_number *breadth =
        (const sipcheck_number *)message->values[SIPCHECK_HEADER_MAX_BREADTH];
    bool small = breadth != NULL && breadth->v.valid && breadth->number < UINT32_MAX;
    return small ? (uint32_t)breadth->number : UINT32_MAX;
}

static uint64_t route_hash(const sipcheck_message *message)
{
    uint64_t hash = 0;
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_ROUTE];
    for (; value != NULL; value = value->next)
        hash = sc_mix_text(hash, value->raw);
    return hash;
}

void sc_note_asked(const sc_step *step, sc_transaction *t)
{
    const sipcheck_message *message = step->message;
    enum sipcheck_transport transport = step->packet->transport;
    bool secret = transport == SIPCHECK_TRANSPORT_TLS || transport == SIPCHECK_TRANSPORT_WSS;
    t->to_tag = step->to_tag;
    t->vias = step->vias;
    t->described = step->described;
    t->route_count = sipcheck_count(message, SIPCHECK_HEADER_RECORD_ROUTE);
    t->routes = sc_routes_hash(message, t->route_count);
    t->secure = secret && message->request_uri.is_sips;
    t->min_se = sc_min_se(message);
    t->allow = sc_allow_of(message);
    t->knows_timers = sc_knows_timers(message);
    if (step->method == SIPCHECK_METHOD_INVITE) sc_timer_retry(step, t);
    if (t->method == SIPCHECK_METHOD_MESSAGE || !step->cookie)
        t->target = sc_hash_text(message->request_uri.raw);
    if (t->to_tag == 0) t->route = route_hash(message);
    t->breadth = breadth_of(message);
    note_contact(message, t);
    note_event(step, t);
    t->registrar = sc_uri_hash(&message->request_uri);
}
