/* SPDX-License-Identifier: MIT */
/* Session timers: what the last 2xx agreed on. RFC 4028 §7, §9 */
#include "track/dialogs.h"

static bool refreshes(const sc_step *step)
{
    return step->method == SIPCHECK_METHOD_INVITE || step->method == SIPCHECK_METHOD_UPDATE;
}

static const sipcheck_number *number_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    return (const sipcheck_number *)message->values[id];
}

static uint32_t seconds(const sipcheck_number *number)
{
    return number->number > UINT32_MAX ? UINT32_MAX : (uint32_t)number->number;
}

uint32_t sc_min_se(const sipcheck_message *message)
{
    const sipcheck_number *min = number_of(message, SIPCHECK_HEADER_MIN_SE);
    return min != NULL && min->v.valid ? seconds(min) : 0;
}

bool sc_knows_timers(const sipcheck_message *message)
{
    const sipcheck_value *v = message->values[SIPCHECK_HEADER_SUPPORTED];
    while (v != NULL &&
           !sc_slices_same_nocase(((const sipcheck_token *)v)->token, sc_slice_of("timer")))
        v = v->next;
    return v != NULL;
}

/* RFC 4028 §7.3: the retry has the Call-ID and From of what was refused, and the next number. */
void sc_timer_retry(const sc_step *step, sc_transaction *retry)
{
    uint64_t key = sc_call_key(step->call_id, step->from_tag, step->cseq - 1);
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->call_id != step->call_id || t->from_tag != step->from_tag ||
            t->cseq + 1 != step->cseq)
            continue;
        if (retry->too_small < t->too_small) retry->too_small = t->too_small;
        if (retry->too_small < t->refused_min) retry->too_small = t->refused_min;
    }
}

void sc_timer_refused(const sc_step *step, sc_transaction *t)
{
    uint32_t min = step->message->status == 422 ? sc_min_se(step->message) : 0;
    if (t->refused_min < min) t->refused_min = min;
}

void sc_timer_request(const sc_step *step, sc_dialog *dialog)
{
    if (refreshes(step)) dialog->timer.tried = true;
}

/* A client that does not say that it supports timers can't be asked to refresh. */
static void set_refresher(sc_timer *timer, const sc_step *step, unsigned client_is,
                          const sipcheck_number *expires)
{
    const sipcheck_param *who = sipcheck_param_find(expires->params, "refresher");
    if (who == NULL) return;
    bool client = sc_slices_same_nocase(who->value, sc_slice_of("uac")),
         server = sc_slices_same_nocase(who->value, sc_slice_of("uas"));
    if (!server && !(client && step->transaction->knows_timers)) return;
    timer->caller_refreshes = client == (client_is == SC_CALLER);
    timer->callee_refreshes = !timer->caller_refreshes;
}

/* The timer that a 2xx sets. A copy of one may come when others were told of since. */
static sc_timer told_by(const sc_step *step, const sc_dialog *dialog)
{
    const sipcheck_number *expires = number_of(step->message, SIPCHECK_HEADER_SESSION_EXPIRES);
    uint64_t ns = step->packet->ns;
    unsigned client = dialog->party[SC_CALLER].tag == step->from_tag ? SC_CALLER : SC_CALLEE;
    sc_timer timer = { .refreshed_ns = ns != 0 ? ns : 1, .unsure = step->message->cut };
    if (expires == NULL) return timer;
    timer.interval = seconds(expires);
    set_refresher(&timer, step, client, expires);
    timer.unsure = timer.unsure || timer.interval == 0 || !expires->v.valid;
    return timer;
}

static void note_min_se(const sc_step *step, sc_dialog *dialog)
{
    uint32_t *asker = &dialog->timer.min_se[dialog->sender],
             *other = &dialog->timer.min_se[!dialog->sender];
    uint32_t of_request = step->transaction->min_se, of_response = sc_min_se(step->message);
    if (*other < of_request) *other = of_request;
    if (step->message->status == 422 && *asker < of_response) *asker = of_response;
}

static void note_refusal(sc_timer *timer, uint16_t status)
{
    if (timer->refused != status) timer->refusals = 0;
    timer->refused = status;
    if (timer->refusals < UINT8_MAX) timer->refusals++;
}

void sc_timer_response(const sc_step *step, sc_dialog *dialog)
{
    uint32_t status = step->message->status;
    if (!refreshes(step) || status < 200) return;
    note_min_se(step, dialog);
    if (status >= 300) {
        note_refusal(&dialog->timer, (uint16_t)status);
        return;
    }
    sc_timer told = told_by(step, dialog);
    memcpy(told.min_se, dialog->timer.min_se, sizeof told.min_se);
    dialog->timer = told;
}

/* Where a proxy set the timer, or changed it, the two ends differ. */
void sc_timer_copy(const sc_step *step, sc_dialog *dialog)
{
    sc_timer *timer = &dialog->timer;
    if (!refreshes(step) || step->message->status / 100 != 2) return;
    sc_timer told = told_by(step, dialog);
    if (told.interval != timer->interval || told.caller_refreshes != timer->caller_refreshes ||
        told.callee_refreshes != timer->callee_refreshes)
        timer->unsure = true;
}
