/* SPDX-License-Identifier: MIT */
/* What a client asked before its request: that is tried again behind a redirection or a refusal
 * under the same names with the next number (RFC 3261 §8.1.3.4, §8.1.3.5), and a CANCEL has the
 * branch of what it cancels (§9.1). And whether the server had the same request on another way
 * (§8.2.2.2). */
#include "track/internal.h"

static bool has_names(const sc_transaction *t, const sc_step *step, uint64_t cseq)
{
    return t->request != NULL && t->call_id == step->call_id && t->from_tag == step->from_tag &&
           t->cseq == cseq;
}

static bool is_asked_before(const sc_transaction *t, const sc_step *step)
{
    return has_names(t, step, step->cseq - 1) && t->to_tag == step->to_tag &&
           sc_same_host(&t->client, &step->packet->src);
}

static bool is_cancelled(const sc_transaction *t, const sc_step *step)
{
    return has_names(t, step, step->cseq) &&
           t->by_branch.key == sc_branch_key(step, t->method_hash) &&
           sc_same_host(&t->client, &step->packet->src);
}

typedef bool is_wanted(const sc_transaction *t, const sc_step *step);

/* Of several that were sent at once nobody knows which it was. */
static sc_transaction *only_one(const sc_step *step, uint64_t key, is_wanted *wanted)
{
    sc_transaction *found = NULL;
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (!wanted(t, step)) continue;
        if (found != NULL) return NULL;
        found = t;
    }
    return found;
}

/* Another branch of the request, which came to the server before and has no final response. */
static bool is_merged(const sc_step *step)
{
    const sc_table *table = &step->tracker->table;
    uint64_t key = sc_client_key(step, step->cseq);
    sc_node *node = sc_table_find(table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (has_names(t, step, step->cseq) && t->method_hash == step->method_hash &&
            t->to_tag == step->to_tag && t->finals == 0 && t->by_branch.key != step->branch_key &&
            t->server.port == step->packet->dst.port &&
            sc_same_host(&t->server, &step->packet->dst))
            return true;
    }
    return false;
}

void sc_find_tried(sc_step *step, sc_transaction *made)
{
    const sc_transaction *t;
    if (step->method == SIPCHECK_METHOD_CANCEL) {
        t = only_one(step, sc_client_key(step, step->cseq), is_cancelled);
        if (t == NULL) t = only_one(step, sc_leg_key(step->call_id, step->from_tag), is_cancelled);
    } else {
        t = step->cseq > 0 ? only_one(step, sc_client_key(step, step->cseq - 1), is_asked_before)
                           : NULL;
        made->merged = is_merged(step);
    }
    if (t == NULL) return;
    bool over = step->method == SIPCHECK_METHOD_CANCEL || t->finals > 0;
    sc_keep_other(step->tracker, &made->tried, t->request);
    sc_keep_other(step->tracker, &made->outcome, over ? t->response : NULL);
    made->outcome_lost = t->tracked.object.damaged;
}
