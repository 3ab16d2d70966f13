/* SPDX-License-Identifier: MIT */
/* Who was given which nonce, and used it: by realm, the client's address and Call-ID, as other
 * calls may be tracked elsewhere. RFC 7616 §3.3, §3.4 */
#include "track/dialogs.h"

enum { GIVEN = 11, USED }; /* keys that are no others' */

void sc_nonce_release(sc_tracker *tracker, sc_nonce *nonce)
{
    sc_table_remove(&tracker->table, &nonce->by_key);
    sc_tracker_drop(tracker, nonce->message);
    tracker->nonces--;
}

static uint64_t host_hash(uint64_t key, const sipcheck_address_port *address)
{
    key = sc_mix_word(key, address->family);
    return sc_mix(key, address->bytes, sizeof address->bytes);
}

/* What a nonce is given by. */
static uint64_t given_key(const sc_step *step, uint64_t nonce, uint64_t realm,
                          const sipcheck_address_port *client)
{
    uint64_t key = sc_mix_word(sc_mix_word(GIVEN, nonce), realm);
    return host_hash(sc_mix_word(key, step->call_id), client);
}

/* Two devices behind one address may have been given one nonce: by user and port, too. */
static uint64_t used_key(uint64_t given, uint64_t user, const sipcheck_address_port *client)
{
    return sc_mix_word(sc_mix_word(sc_mix_word(USED, given), user), client->port);
}

static sc_nonce *find(const sc_step *step, uint64_t key)
{
    sc_node *node = sc_table_find(&step->tracker->table, key, SC_SCOPE_NONCE);
    return node != NULL ? (sc_nonce *)node->owner : NULL;
}

/* NULL: no memory, and it is not remembered. */
static sc_nonce *make(sc_step *step, uint64_t key, bool used)
{
    sc_tracker *tracker = step->tracker;
    if (sc_chain_is_full(tracker, key)) return NULL;
    if (tracker->spares[SC_SCOPE_NONCE] == NULL)
        tracker->spares[SC_SCOPE_NONCE] = sc_tracker_take(tracker, sizeof(sc_nonce));
    if (tracker->spares[SC_SCOPE_NONCE] == NULL) return NULL;
    sc_nonce *nonce = sc_tracker_make(step, SC_SCOPE_NONCE, SC_RING_NONCE);
    nonce->used = used;
    tracker->nonces++;
    sc_table_add(&tracker->table, &nonce->by_key, &nonce->tracked, key);
    return nonce;
}

static uint64_t hash_of(sc_getter *get, const sipcheck_auth *auth)
{
    sc_value v = get(NULL, auth);
    return v.state == SC_VALUE ? sc_hash_text(v.raw) : 0;
}

/* --- given */

static bool refuses_outside(const sc_step *step)
{
    const sc_transaction *t = step->transaction;
    return step->message->status >= 400 && t != NULL && t->request != NULL && t->to_tag == 0;
}

static void give(sc_step *step, uint64_t key, uint64_t said)
{
    sc_nonce *nonce = find(step, key);
    if (nonce != NULL) nonce->outside = nonce->outside && refuses_outside(step);
    if (nonce != NULL && nonce->message == step->tracker->current) return;
    if (nonce != NULL) {
        nonce->vague = nonce->vague || nonce->said != said;
        sc_touch(step->tracker, &nonce->tracked, SC_RING_NONCE);
        return;
    }
    nonce = make(step, key, false);
    if (nonce == NULL) return;
    nonce->said = said;
    nonce->outside = refuses_outside(step);
    sc_keep_fed(step, &nonce->message);
}

/* All that is said beside a nonce. */
static uint64_t challenge_hash(uint64_t hash, const sipcheck_value *value)
{
    for (unsigned i = 0; value != NULL && i < SC_CHALLENGES_MAX; value = value->next, i++)
        hash = sc_mix_text(hash, value->raw);
    return hash;
}

static void give_challenges(sc_step *step, enum sipcheck_header_id header)
{
    const sipcheck_value *value = step->message->values[header];
    uint64_t said = challenge_hash(header, value);
    for (unsigned i = 0; value != NULL && i < SC_CHALLENGES_MAX; value = value->next, i++) {
        const sipcheck_auth *auth = (const sipcheck_auth *)value;
        uint64_t nonce = hash_of(sc_field_auth_nonce, auth);
        if (!auth->digest || nonce == 0) continue;
        uint64_t realm = hash_of(sc_field_auth_realm, auth);
        give(step, given_key(step, nonce, realm, &step->packet->dst), said);
    }
}

/* Each parameter of Authentication-Info is a value of its own. */
static const sipcheck_param *next_nonce(const sipcheck_message *message)
{
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_AUTHENTICATION_INFO];
    const sipcheck_param *next = NULL;
    for (; value != NULL && next == NULL; value = value->next)
        next = sipcheck_param_find(((const sipcheck_auth *)value)->params, "nextnonce");
    return next;
}

/* It is of the realm that the request was for. */
static void give_next(sc_step *step)
{
    static const sipcheck_slice quotes = { (const uint8_t *)"\"\"", 2 };
    const sc_transaction *t = step->transaction;
    const sipcheck_param *next = next_nonce(step->message);
    if (next == NULL || t == NULL || !t->authorised || next->value.n <= quotes.n) return;
    sipcheck_slice text = { next->value.p + 1, next->value.n - 2 };
    give(step, given_key(step, sc_hash_text(text), t->realm, &step->packet->dst), 0);
}

void sc_nonces_respond(sc_step *step)
{
    if (!step->message->is_response) return;
    give_challenges(step, SIPCHECK_HEADER_WWW_AUTHENTICATE);
    give_challenges(step, SIPCHECK_HEADER_PROXY_AUTHENTICATE);
    give_next(step);
}

/* --- used */

/* The first Digest credentials. */
static const sipcheck_auth *credentials_of(const sipcheck_message *message)
{
    static const enum sipcheck_header_id headers[] = { SIPCHECK_HEADER_AUTHORIZATION,
                                                       SIPCHECK_HEADER_PROXY_AUTHORIZATION };
    for (unsigned i = 0; i < 2; i++) {
        const sipcheck_value *value = message->values[headers[i]];
        for (unsigned n = 0; value != NULL && n < SC_CHALLENGES_MAX; value = value->next, n++)
            if (((const sipcheck_auth *)value)->digest) return (const sipcheck_auth *)value;
    }
    return NULL;
}

/* It was not used before only if all uses since it was given are remembered. */
static enum sc_presence unused(const sc_step *step, const sc_nonce *given)
{
    const sc_tracker *tracker = step->tracker;
    bool seen = given != NULL && !given->tracked.object.damaged && !given->vague &&
                given->message->serial > tracker->forgotten;
    return seen ? SC_NOT_SENT : SC_NOT_CAPTURED;
}

/* Only an author counts: copies of its request have the same credentials. An ACK and a CANCEL have
 * those of the INVITE. */
static void use(sc_step *step, sc_transaction *t, uint64_t key, const sc_nonce *given)
{
    bool counts = !step->passed_on && step->vias == 1 && step->method != SIPCHECK_METHOD_CANCEL;
    sc_nonce *used = counts ? find(step, key) : NULL;
    t->earlier_presence = (uint8_t)(used != NULL ? SC_THERE
                                    : counts     ? unused(step, given)
                                                 : SC_NOT_CAPTURED);
    if (used != NULL) sc_keep_other(step->tracker, &t->earlier, used->message);
    if (used != NULL)
        sc_touch(step->tracker, &used->tracked, SC_RING_NONCE);
    else if (counts)
        used = make(step, key, true);
    if (used != NULL)
        sc_keep_fed(step, &used->message);
    else if (counts)
        step->tracker->forgotten = step->tracker->serial;
}

void sc_nonces_request(sc_step *step, sc_transaction *t)
{
    const sipcheck_auth *auth = credentials_of(step->message);
    uint64_t nonce = auth != NULL ? hash_of(sc_field_auth_nonce, auth) : 0;
    t->challenge_presence = t->earlier_presence = SC_NOT_SENT;
    if (auth == NULL) return;
    t->authorised = true;
    t->realm = hash_of(sc_field_auth_realm, auth);
    const sipcheck_address_port *client = &step->packet->src;
    uint64_t key = given_key(step, nonce, t->realm, client);
    const sc_nonce *given = find(step, key);
    bool told = given != NULL && !given->vague;
    t->challenge_presence = told ? SC_THERE : SC_NOT_CAPTURED;
    if (told) sc_keep_other(step->tracker, &t->challenge, given->message);
    t->outside = told && given->outside && sc_dialog_find(step) == NULL;
    if (given != NULL) sc_touch(step->tracker, (sc_tracked *)&given->tracked, SC_RING_NONCE);
    use(step, t, used_key(key, hash_of(sc_field_auth_username, auth), client), given);
}
