/* SPDX-License-Identifier: MIT */
/* RFC 3261 §16.7: what the response context of a proxy holds, as far as an observer can tell. */
#include "track/branches.h"

bool sc_hop_same_names(const sc_transaction *t, const sc_transaction *other)
{
    return t->call_id == other->call_id && t->from_tag == other->from_tag &&
           t->cseq == other->cseq && t->method == other->method;
}

/* The nodes of what was sent on, by the transaction that it was received in. */
static uint64_t upper_key(uint64_t branch_key)
{
    return sc_mix_word(4, branch_key);
}

static sc_node *branch_from(const sc_transaction *upper, sc_node *node)
{
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (node == &t->by_upper && t->vias == upper->vias + 1 && sc_hop_same_names(t, upper))
            break;
    }
    return node;
}

sc_node *sc_hop_branch(const sc_tracker *tracker, const sc_transaction *upper)
{
    if (sc_branches(upper) == 0) return NULL;
    return branch_from(upper, sc_table_find(&tracker->table, upper_key(upper->by_branch.key),
                                            SIPCHECK_SCOPE_TRANSACTION));
}

sc_node *sc_hop_more(const sc_transaction *upper, sc_node *node)
{
    return branch_from(upper, sc_table_more(node));
}

static sc_node *upper_from(const sc_transaction *branch, sc_node *node)
{
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (node == &t->by_branch && sc_branches(t) > 0 && t->vias + 1 == branch->vias &&
            sc_hop_same_names(t, branch))
            break;
    }
    return node;
}

static sc_node *first_upper(const sc_tracker *tracker, const sc_transaction *branch)
{
    if (branch->by_upper.owner == NULL) return NULL;
    return upper_from(branch,
                      sc_table_find(&tracker->table, branch->upper, SIPCHECK_SCOPE_TRANSACTION));
}

sc_transaction *sc_hop_upper(const sc_tracker *tracker, const sc_transaction *branch)
{
    const sc_node *node = first_upper(tracker, branch);
    bool one = node != NULL && upper_from(branch, sc_table_more(node)) == NULL;
    return one ? (sc_transaction *)node->owner : NULL;
}

void sc_hop_lose(const sc_tracker *tracker, const sc_transaction *branch)
{
    sc_node *node = first_upper(tracker, branch);
    for (; node != NULL; node = upper_from(branch, sc_table_more(node)))
        ((sc_transaction *)node->owner)->hop->object.damaged = true;
}

void sc_hop_join(sc_step *step, sc_transaction *upper, sc_transaction *branch)
{
    sc_table *table = &step->tracker->table;
    uint64_t key = upper_key(upper->by_branch.key);
    sc_table_remove(table, &branch->by_upper);
    if (sc_chain_is_full(step->tracker, key)) {
        upper->hop->object.damaged = true;
        return;
    }
    branch->upper = upper->by_branch.key;
    sc_table_add(table, &branch->by_upper, &branch->tracked, key);
}

/* --- what is seen of the branches when a message is fed */

/* RFC 3261 §16.7 item 10 */
bool sc_hop_is_open(const sc_transaction *t)
{
    return t->method == SIPCHECK_METHOD_INVITE && t->finals == 0 && t->provisionals > 0 &&
           t->cancel == NULL;
}

static bool has_status(const sc_hop *hop, uint32_t status)
{
    for (size_t i = 0; i < hop->status_count; i++) {
        if (hop->statuses[i] == status) return true;
    }
    return false;
}

static bool has_declined(const sc_hop *hop)
{
    for (size_t i = 0; i < hop->status_count; i++) {
        if (hop->statuses[i] >= 600) return true;
    }
    return false;
}

/* Which of the targets it is; a bit, or 0. */
static uint8_t target_of(const sc_hop *hop, const sipcheck_uri *uri)
{
    uint64_t hash = sc_uri_hash(uri);
    for (size_t i = 0; i < hop->target_count; i++) {
        if (hash != 0 && hop->targets[i] == hash) return (uint8_t)(1u << i);
    }
    return 0;
}

static bool lists_tried(const sc_hop *hop, const sipcheck_message *message)
{
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_CONTACT];
    for (; value != NULL; value = value->next) {
        if (target_of(hop, &((const sipcheck_address *)value)->uri) & hop->tried) return true;
    }
    return false;
}

/* One that was seen at two places counts once. */
static bool was_counted(const sc_tracker *tracker, const sc_transaction *upper, const sc_node *upto)
{
    const sc_transaction *branch = (const sc_transaction *)upto->owner;
    for (sc_node *node = sc_hop_branch(tracker, upper); node != upto;
         node = sc_hop_more(upper, node)) {
        if (((const sc_transaction *)node->owner)->by_branch.key == branch->by_branch.key)
            return true;
    }
    return false;
}

static void add_breadth(sc_hop *hop, const sc_transaction *branch)
{
    bool known = hop->breadth != UINT64_MAX && branch->breadth != UINT32_MAX;
    if (branch->finals == 0) hop->breadth = known ? hop->breadth + branch->breadth : UINT64_MAX;
}

/* What the element sent right behind its answer may have been sent before it; two answers are two
 * in any order. */
static enum sc_certainty answered(const sc_step *step, const sc_hop *hop)
{
    uint64_t ns = step->packet->ns;
    if (hop->answered_ns == 0) return SC_NO;
    bool final = step->message->is_response && step->message->status >= 200;
    bool close = ns < sc_sum(hop->answered_ns, step->tracker->options.reorder);
    return close && !final ? SC_UNSURE : SC_YES;
}

void sc_hop_look(const sc_step *step, sc_transaction *upper)
{
    sc_hop *hop = upper->hop;
    const sipcheck_message *message = step->message;
    hop->waiting = hop->open = 0;
    hop->breadth = 0;
    for (sc_node *node = sc_hop_branch(step->tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        hop->waiting += t->finals == 0;
        hop->open += sc_hop_is_open(t);
        if (!was_counted(step->tracker, upper, node)) add_breadth(hop, t);
        hop->object.damaged = hop->object.damaged || t->tracked.object.damaged;
    }
    hop->object.last_ns = step->packet->ns;
    hop->object.damaged = hop->object.damaged || upper->tracked.object.damaged;
    hop->answered_before = (uint8_t)answered(step, hop);
    hop->accepted_before = hop->accepted;
    hop->waited = UINT64_MAX;
    hop->declined = has_declined(hop);
    hop->known = message->is_response && has_status(hop, message->status);
    hop->to_target = !message->is_response && target_of(hop, &message->request_uri) != 0;
    hop->lists_tried = message->is_response && lists_tried(hop, message);
}

/* --- what is remembered of it */

static bool was_redirected(const sc_hop *hop)
{
    for (size_t i = 0; i < hop->status_count; i++) {
        if (hop->statuses[i] / 100 == 3) return true;
    }
    return false;
}

void sc_hop_note_branch(const sc_step *step, sc_hop *hop)
{
    hop->tried |= target_of(hop, &step->message->request_uri);
    hop->followed = hop->followed || was_redirected(hop);
    hop->challenge_count = 0;
    hop->informed = false;
}

static void note_status(sc_hop *hop, uint32_t status)
{
    if (has_status(hop, status)) return;
    hop->statuses_lost = hop->statuses_lost || hop->status_count == SC_HOP_STATUSES_MAX;
    if (hop->status_count < SC_HOP_STATUSES_MAX)
        hop->statuses[hop->status_count++] = (uint16_t)status;
}

static void note_targets(sc_hop *hop, const sipcheck_message *message)
{
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_CONTACT];
    for (; value != NULL && hop->target_count < SC_HOP_TARGETS_MAX; value = value->next) {
        const sipcheck_uri *uri = &((const sipcheck_address *)value)->uri;
        if (uri->raw.p != NULL && target_of(hop, uri) == 0)
            hop->targets[hop->target_count++] = sc_uri_hash(uri);
    }
}

static void note_challenge(sc_hop *hop, uint64_t hash)
{
    for (size_t i = 0; i < hop->challenge_count; i++) {
        if (hop->challenges[i] == hash) return;
    }
    if (hop->challenge_count < SC_HOP_CHALLENGES_MAX)
        hop->challenges[hop->challenge_count++] = hash;
}

static void note_challenges(sc_hop *hop, const sipcheck_message *message)
{
    static const enum sipcheck_header_id ids[] = { SIPCHECK_HEADER_WWW_AUTHENTICATE,
                                                   SIPCHECK_HEADER_PROXY_AUTHENTICATE };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        for (const sipcheck_value *v = message->values[ids[i]]; v != NULL; v = v->next)
            note_challenge(hop, sc_hash_text(v->raw));
    }
}

/* RFC 3261 §16.7 item 6 */
static bool informs(uint32_t status)
{
    return status == 401 || status == 407 || status == 415 || status == 420 || status == 484;
}

/* A branch to one of them began: the 3xx that it follows is seen behind it. */
static bool goes_to_target(const sc_step *step, const sc_transaction *upper)
{
    for (sc_node *node = sc_hop_branch(step->tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        uint64_t hash = ((const sc_transaction *)node->owner)->registrar;
        for (size_t i = 0; i < upper->hop->target_count; i++)
            if (hash != 0 && upper->hop->targets[i] == hash) return true;
    }
    return false;
}

void sc_hop_note_response(const sc_step *step, sc_transaction *upper)
{
    sc_hop *hop = upper->hop;
    const sipcheck_message *message = step->message;
    uint32_t status = message->status;
    if (status < 200) return;
    hop->finals++;
    note_status(hop, status);
    if (status / 100 == 3) {
        note_targets(hop, message);
        hop->followed = hop->followed || goes_to_target(step, upper);
    }
    if (status == 401 || status == 407) note_challenges(hop, message);
    hop->informed = hop->informed || informs(status);
}

/* --- bodies */

/* The last bytes of a message are its body, and the empty line is before them. */
bool sc_hop_rewritten(const sc_step *step, const sc_kept *in)
{
    const sipcheck_message *message = step->message;
    if (in == NULL || message->cut || (in->packet.flags & SIPCHECK_CUT) != 0) return false;
    size_t n = message->body.n, length = in->packet.length;
    if (length < n + 4 || in->packet.bytes[length - n - 1] != '\n') return true;
    return n > 0 ? memcmp(in->packet.bytes + length - n, message->body.p, n) != 0
                 : in->packet.bytes[length - 2] != '\r' || in->packet.bytes[length - 3] != '\n';
}
