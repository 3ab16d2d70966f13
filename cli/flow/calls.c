/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"
#include "step.h"

#include <string.h>

GBytes *call_key(sipcheck_slice id)
{
    if (id.n <= CALL_TEXT_MAX) return g_bytes_new(id.p, id.n);
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, id.p, id.n);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, id.p, CALL_TEXT_MAX - 32);
    g_byte_array_append(bytes, (const guint8 *)digest, 32);
    return g_byte_array_free_to_bytes(bytes);
}

sipcheck_slice call_id_of(const sipcheck_message *message)
{
    const sipcheck_value *id = sipcheck_first(message, SIPCHECK_HEADER_CALL_ID);
    return id ? id->raw : (sipcheck_slice){ 0 };
}

GBytes *call_transaction(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq =
        (const sipcheck_cseq *)sipcheck_first(message, SIPCHECK_HEADER_CSEQ);
    guint64 number = cseq ? cseq->seq : 0;
    gsize n = 0;
    g_autoptr(GBytes) call = call_key(call_id_of(message));
    const guint8 *p = g_bytes_get_data(call, &n);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)&number, sizeof number);
    if (n) g_byte_array_append(bytes, p, (guint)n);
    return g_byte_array_free_to_bytes(bytes);
}

static sipcheck_slice kept(sipcheck_slice text)
{
    gsize n = MIN(text.n, CALL_TEXT_MAX);
    return (sipcheck_slice){ text.p ? g_memdup2(text.p, MAX(n, 1)) : NULL, n };
}

static void call_free(gpointer data)
{
    struct call *call = data;
    g_free((gpointer)call->id.p);
    g_free((gpointer)call->from.p);
    g_free((gpointer)call->to.p);
    g_free((gpointer)call->method.p);
    g_free(call->reason);
    g_free(call);
}

void calls_init(struct calls *calls, guint64 max)
{
    *calls = (struct calls){ .max = max };
    calls->by_id =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    calls->list = g_ptr_array_new_with_free_func(call_free);
}

void calls_clear(struct calls *calls)
{
    g_clear_pointer(&calls->by_id, g_hash_table_unref);
    g_clear_pointer(&calls->list, g_ptr_array_unref);
}

static sipcheck_slice uri_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_address *address = (const sipcheck_address *)sipcheck_first(message, id);
    if (!address) return (sipcheck_slice){ 0 };
    return address->uri.raw.p ? address->uri.raw : address->v.raw;
}

static const sipcheck_cseq *cseq_of(const sipcheck_message *message)
{
    return (const sipcheck_cseq *)sipcheck_first(message, SIPCHECK_HEADER_CSEQ);
}

static sipcheck_slice method_of(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq = cseq_of(message);
    if (message->is_request) return message->method;
    return cseq ? cseq->method : (sipcheck_slice){ 0 };
}

static void insert(struct calls *calls, GBytes *key, struct call *call)
{
    struct call *head = g_hash_table_lookup(calls->by_id, key);
    g_ptr_array_add(calls->list, call);
    call->first_of_id = !head;
    if (!head) {
        g_hash_table_insert(calls->by_id, g_bytes_ref(key), call);
        return;
    }
    call->next = head->next;
    head->next = call;
}

static struct call *call_new(struct calls *calls, GBytes *key, const sipcheck_packet *packet,
                             const sipcheck_message *message, unsigned source)
{
    struct call *call = g_new0(struct call, 1);
    gsize n = 0;
    const guint8 *p = g_bytes_get_data(key, &n);
    call->id = kept((sipcheck_slice){ p, n });
    call->from = kept(uri_of(message, SIPCHECK_HEADER_FROM));
    call->to = kept(uri_of(message, SIPCHECK_HEADER_TO));
    call->method = kept(method_of(message));
    call->method_id = message->method_id;
    call->first = (capture_place){ packet->frame, source };
    call->first_ns = packet->ns;
    call->expires = -1;
    insert(calls, key, call);
    return call;
}

static gboolean is_call(uint8_t method)
{
    switch ((enum sipcheck_method_id)method) {
    case SIPCHECK_METHOD_INVITE:
    case SIPCHECK_METHOD_ACK:
    case SIPCHECK_METHOD_BYE:
    case SIPCHECK_METHOD_CANCEL:
    case SIPCHECK_METHOD_PRACK:
    case SIPCHECK_METHOD_UPDATE:
    case SIPCHECK_METHOD_INFO:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean in_dialog(const sipcheck_message *message)
{
    const sipcheck_address *to =
        (const sipcheck_address *)sipcheck_first(message, SIPCHECK_HEADER_TO);
    return to && sipcheck_param_find(to->params, "tag");
}

/* A number in a parameter or header; -1: none that fits. */
static gint64 number_of(sipcheck_slice digits)
{
    g_autofree char *text = g_strndup((const char *)digits.p, MIN(digits.n, 12));
    guint64 number = 0;
    return digits.n && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL)
               ? (gint64)number
               : -1;
}

/* The shortest expiry of the Contacts, else that of Expires; -1: none is said. */
static gint64 expires_of(const sipcheck_message *message)
{
    gint64 least = -1;
    const sipcheck_value *value = sipcheck_first(message, SIPCHECK_HEADER_CONTACT);
    for (; value; value = value->next) {
        const sipcheck_param *param =
            sipcheck_param_find(((const sipcheck_address *)value)->params, "expires");
        gint64 expires = param ? number_of(param->value) : -1;
        if (expires >= 0 && (least < 0 || expires < least)) least = expires;
    }
    const sipcheck_number *header =
        (const sipcheck_number *)sipcheck_first(message, SIPCHECK_HEADER_EXPIRES);
    if (least >= 0 || !header) return least;
    return header->overflow || !header->digits.n ? -1 : (gint64)MIN(header->number, G_MAXUINT32);
}

/* A request that begins anew, as behind a challenge, is what the outcome is about from then on. */
static void take_request(struct call *call, const sipcheck_message *message, guint64 seq)
{
    gboolean inside = is_call(call->method_id) &&
                      (call->method_id != SIPCHECK_METHOD_INVITE || in_dialog(message));
    if (message->method_id != call->method_id || inside || call->answered_ns) return;
    call->begun = TRUE;
    if (call->asked && seq <= call->seq) return;
    call->asked = TRUE;
    call->seq = seq;
    call->status = call->provisional = 0;
    call->expires = -1;
    call->leaves = expires_of(message) == 0;
}

static void take_response(struct call *call, const sipcheck_packet *packet,
                          const sipcheck_message *message, guint64 seq)
{
    gboolean counts = message->method_id == call->method_id && (!call->asked || seq == call->seq);
    guint status = message->status;
    if (!counts || call->answered_ns || status > 699) return;
    if (status < 200) {
        call->provisional = MAX(call->provisional, status);
        return;
    }
    /* A fork that answers is what its caller hears of. */
    if (call->status / 100 == 2 && status >= 300) return;
    call->status = status;
    g_free(call->reason);
    call->reason = step_text(message->reason);
    if (status >= 300) return;
    if (call->method_id == SIPCHECK_METHOD_INVITE)
        call->answered_ns = packet->ns;
    else
        call->expires = expires_of(message);
}

static void take_end(struct call *call, const sipcheck_packet *packet,
                     const sipcheck_message *message)
{
    const sipcheck_value *state = sipcheck_first(message, SIPCHECK_HEADER_SUBSCRIPTION_STATE);
    if (message->method_id == SIPCHECK_METHOD_BYE && !call->bye_ns) call->bye_ns = packet->ns;
    if (is_call(call->method_id)) return; /* its NOTIFY ends what a REFER began */
    if (message->method_id == SIPCHECK_METHOD_NOTIFY && state && state->raw.n >= 10 &&
        !g_ascii_strncasecmp((const char *)state->raw.p, "terminated", 10))
        call->over = TRUE;
}

/* A call that was met in its middle is about its INVITE once that comes. */
static void settle_method(struct call *call, const sipcheck_message *message)
{
    gboolean better = message->is_request && message->method_id == SIPCHECK_METHOD_INVITE &&
                      is_call(call->method_id) && call->method_id != SIPCHECK_METHOD_INVITE;
    if (!better) return;
    g_free((gpointer)call->method.p);
    call->method = kept(message->method);
    call->method_id = SIPCHECK_METHOD_INVITE;
}

static const char *kind_of(uint8_t method)
{
    static const struct {
        enum sipcheck_method_id method;
        const char *name;
    } kinds[] = {
        { SIPCHECK_METHOD_REGISTER, "registration" }, { SIPCHECK_METHOD_SUBSCRIBE, "subscription" },
        { SIPCHECK_METHOD_NOTIFY, "subscription" },   { SIPCHECK_METHOD_MESSAGE, "message" },
        { SIPCHECK_METHOD_OPTIONS, "options" },       { SIPCHECK_METHOD_PUBLISH, "publication" },
        { SIPCHECK_METHOD_REFER, "referral" },
    };
    if (is_call(method)) return "call";
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].method == method) return kinds[i].name;
    return "other";
}

const char *call_kind(const struct call *call)
{
    return kind_of(call->method_id);
}

static gboolean makes_dialog(const struct call *call)
{
    return is_call(call->method_id) || call->method_id == SIPCHECK_METHOD_SUBSCRIBE ||
           call->method_id == SIPCHECK_METHOD_NOTIFY;
}

/* NULL: a new one. In a dialog any method may be sent but REGISTER. RFC 3261 §12.2 */
static struct call *call_of(struct call *head, const sipcheck_message *message)
{
    const char *kind = kind_of(message->method_id);
    struct call *dialog = NULL;
    for (struct call *call = head; call; call = call->next) {
        if (!strcmp(call_kind(call), kind)) return call;
        if (!dialog && makes_dialog(call)) dialog = call;
    }
    gboolean inside = message->is_response || in_dialog(message);
    return inside && message->method_id != SIPCHECK_METHOD_REGISTER ? dialog : NULL;
}

struct call *calls_take(struct calls *calls, const sipcheck_packet *packet,
                        const sipcheck_message *message, unsigned source)
{
    g_autoptr(GBytes) key = call_key(call_id_of(message));
    struct call *call = call_of(g_hash_table_lookup(calls->by_id, key), message);
    const sipcheck_cseq *cseq = cseq_of(message);
    calls->messages++;
    if (!call && calls->list->len >= calls->max) {
        calls->lost++;
        return NULL;
    }
    if (!call) call = call_new(calls, key, packet, message, source);
    call->messages++;
    call->last = (capture_place){ packet->frame, source };
    call->last_ns = packet->ns;
    settle_method(call, message);
    if (message->is_request) {
        take_request(call, message, cseq ? cseq->seq : 0);
        take_end(call, packet, message);
    } else if (message->is_response) {
        take_response(call, packet, message, cseq ? cseq->seq : 0);
    }
    return call;
}

static enum call_outcome outcome_of_status(guint status)
{
    switch (status) {
    case 401:
    case 407:
        return CALL_CHALLENGED;
    case 486:
    case 600:
        return CALL_BUSY;
    case 487:
        return CALL_CANCELLED;
    case 603:
        return CALL_DECLINED;
    default:
        return status < 400 ? CALL_REDIRECTED : status < 500 ? CALL_REFUSED : CALL_FAILED;
    }
}

enum call_outcome call_outcome_of(const struct call *call)
{
    if (!call->begun) return CALL_PARTIAL;
    if (!call->status) return call->provisional > 100 ? CALL_RINGING : CALL_UNANSWERED;
    if (call->status >= 300) return outcome_of_status(call->status);
    if (call->method_id != SIPCHECK_METHOD_REGISTER) return CALL_ANSWERED;
    return call->leaves || call->expires == 0 ? CALL_UNREGISTERED : CALL_REGISTERED;
}

const char *call_outcome_name(enum call_outcome outcome)
{
    static const char *const names[] = {
        "unanswered", "ringing",    "partial", "answered", "busy",       "cancelled",    "declined",
        "challenged", "redirected", "refused", "failed",   "registered", "unregistered",
    };
    return names[outcome];
}

gboolean call_duration(const struct call *call, guint64 *ns)
{
    if (!call->answered_ns || call->bye_ns < call->answered_ns) return FALSE;
    *ns = call->bye_ns - call->answered_ns;
    return TRUE;
}
