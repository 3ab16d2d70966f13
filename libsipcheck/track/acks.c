/* SPDX-License-Identifier: MIT */
/* ACKs: of which transactions they are. RFC 3261 §13.2.2.4, §17.1.1.3 */
#include "track/internal.h"

static size_t answer_of(const sc_transaction *t, uint64_t to_tag)
{
    size_t i = 0;
    while (i < t->answered && t->replies->answer_tags[i] != to_tag)
        i++;
    return i;
}

/* A 2xx of that tag, or the last response. */
const sc_kept *sc_acknowledged(const sc_transaction *t, uint64_t to_tag)
{
    size_t i = answer_of(t, to_tag);
    if (i < t->answered) return t->replies->answers[i];
    return t->answered > 0 ? NULL : t->response;
}

static void ack(sc_step *step, sc_transaction *t)
{
    sc_transaction_set(t, NULL, step, false);
    sc_event *event = sc_transaction_tell(step->events, t, SC_EVENT_ACK);
    sc_bind_fed(event, SC_NAME_ACK);
    sc_bind_lost(event, SC_NAME_RESPONSE, sc_acknowledged(t, step->to_tag));
    if (t->finals == 0) /* what it acknowledges comes later */
        t->tracked.object.damaged = step->disordered = true;
    if (t->state == SC_STATE_COMPLETED) t->state = SC_STATE_CONFIRMED;
    sc_keep_fed(step, &t->ack);
    if (step->transaction == NULL) step->transaction = t;
    sc_transaction_touch(step, t);
}

/* How an ACK that goes its own way from caller to callee can belong to a transaction, the surest
 * first: it went as the INVITE went; from its host to its host; whoever sent or got the ACK stands
 * at that end of it. Else (an address was translated) it may have been any's. */
enum ack_way { ACK_SAME_WAY, ACK_SAME_HOSTS, ACK_SAME_END, ACK_ANY_WAY, ACK_WAYS };

static enum ack_way ack_way(const sc_transaction *t, const sipcheck_packet *packet)
{
    bool client = sc_same_host(&t->client, &packet->src);
    bool server = sc_same_host(&t->server, &packet->dst);
    if (!client && !server) return ACK_ANY_WAY;
    if (!client || !server) return ACK_SAME_END;
    return t->client.port == packet->src.port && t->server.port == packet->dst.port
               ? ACK_SAME_WAY
               : ACK_SAME_HOSTS;
}

static void ack_answers(sc_step *step)
{
    const sc_table *table = &step->tracker->table;
    bool found = false;
    for (unsigned way = 0; way < ACK_WAYS && !found; way++) {
        sc_node *node = sc_table_find(table, step->call_key, SIPCHECK_SCOPE_TRANSACTION);
        for (; node != NULL; node = sc_table_more(node)) {
            sc_transaction *t = (sc_transaction *)node->owner;
            if (t->call_id != step->call_id || t->cseq != step->cseq || t->answered == 0) continue;
            if (ack_way(t, step->packet) != way) continue;
            if (way == ACK_ANY_WAY) t->tracked.object.damaged = true;
            ack(step, t);
            found = true;
        }
    }
}

/* Streams may be captured one direction after the other: the 2xx comes later. Where another hop's
 * came already, it is the hop that the ACK goes; else the 2xx that comes tells. */
static void ack_ahead(sc_step *step)
{
    const sc_table *table = &step->tracker->table;
    sc_node *node = sc_table_find(table, step->call_key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (t->method != SIPCHECK_METHOD_INVITE || t->call_id != step->call_id ||
            t->cseq != step->cseq || answer_of(t, step->to_tag) < t->answered)
            continue;
        t->acked_ahead = step->to_tag;
        if (t->finals == 0 &&
            (step->transaction == NULL || ack_way(t, step->packet) == ACK_SAME_WAY))
            t->tracked.object.damaged = step->disordered = true;
    }
}

/* Of a 2xx: the INVITE, or a copy of it, may be seen behind it. */
static void note_ack(const sc_step *step)
{
    sc_tracker *tracker = step->tracker;
    tracker->acks[tracker->next_ack++ % SC_ACKS_MAX] =
        (sc_acked){ step->call_key, step->packet->ns };
}

void sc_acks_track(sc_step *step)
{
    bool vague;
    sc_transaction *t = sc_match_followup(step, &vague);
    if (t != NULL && t->answered == 0)
        ack(step, t);
    else if (!vague)
        ack_answers(step);
    if (t != NULL) return;
    ack_ahead(step);
    note_ack(step);
}
