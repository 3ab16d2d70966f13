/* SPDX-License-Identifier: MIT */
/* Which faults the sender of a message may have copied from another's: it is blamed for none. */
#include <string.h>

#include "engine/internal.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool lies_in(const sipcheck_fault *fault, const uint16_t *headers, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || fault->header == headers[i];
    }
    return fault->in_header && found;
}

/* The remote UUID is the peer's. RFC 7989 §6 */
static bool lies_in_remote_uuid(const sipcheck_fault *fault)
{
    return fault->header == SIPCHECK_HEADER_SESSION_ID &&
           strcmp(fault->production, "remote-param") == 0;
}

/* Who answers repeats these as the request had them; a registrar and a redirect server list what
 * others registered. RFC 3261 §8.2.6, §8.3, §10.3, §12.1.1; RFC 3327 §5.3, RFC 7044 §9.4,
 * RFC 7315 §4.6 */
static bool answers_with_it(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const uint16_t repeated[] = {
        SIPCHECK_HEADER_CALL_ID,
        SIPCHECK_HEADER_CSEQ,
        SIPCHECK_HEADER_FROM,
        SIPCHECK_HEADER_HISTORY_INFO,
        SIPCHECK_HEADER_P_CHARGING_VECTOR,
        SIPCHECK_HEADER_RECORD_ROUTE,
        SIPCHECK_HEADER_TIMESTAMP,
        SIPCHECK_HEADER_TO,
        SIPCHECK_HEADER_VIA,
    };
    static const uint16_t listed[] = { SIPCHECK_HEADER_CONTACT, SIPCHECK_HEADER_PATH };
    bool lists = message->method_id == SIPCHECK_METHOD_REGISTER || message->status / 100 == 3;
    return lies_in(fault, repeated, COUNT(repeated)) || lies_in_remote_uuid(fault) ||
           (lists && lies_in(fault, listed, COUNT(listed)));
}

static bool is_in_dialog(const sipcheck_message *message)
{
    const sipcheck_address *to = (const sipcheck_address *)message->values[SIPCHECK_HEADER_TO];
    return to != NULL && sipcheck_param_find(to->params, "tag") != NULL;
}

static size_t end_of(const sipcheck_message *message, sipcheck_slice text)
{
    return text.p != NULL ? (size_t)(text.p - message->bytes) + text.n : 0;
}

/* What has a space in it was never a URI: the line is at fault. */
static bool lies_in_request_uri(const sipcheck_message *message, const sipcheck_fault *fault)
{
    sipcheck_slice uri = message->request_uri.raw;
    return !fault->in_header && uri.p != NULL && memchr(uri.p, ' ', uri.n) == NULL &&
           fault->offset >= (size_t)(uri.p - message->bytes) &&
           fault->offset <= end_of(message, uri);
}

/* In a dialog the peer may have written both URIs and the Call-ID, and did write the route set and
 * the remote target. A CANCEL has all of them from its request, and a proxy that makes one from
 * what a client wrote. RFC 3261 §9.1, §12.1, §12.2.1.1 */
static bool repeats_it(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const uint16_t learnt[] = { SIPCHECK_HEADER_CALL_ID, SIPCHECK_HEADER_FROM,
                                       SIPCHECK_HEADER_ROUTE, SIPCHECK_HEADER_TO };
    return (is_in_dialog(message) || message->method_id == SIPCHECK_METHOD_CANCEL) &&
           (lies_in(fault, learnt, COUNT(learnt)) || lies_in_remote_uuid(fault) ||
            lies_in_request_uri(message, fault));
}

/* A proxy writes one Via, one Record-Route or Path and one Diversion, above those that came.
 * RFC 3261 §16.6, RFC 3327 §5.2, RFC 5806 §5.4 */
static bool found_it_below(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const uint16_t stacked[] = { SIPCHECK_HEADER_DIVERSION, SIPCHECK_HEADER_PATH,
                                        SIPCHECK_HEADER_RECORD_ROUTE, SIPCHECK_HEADER_VIA };
    const sipcheck_value *top = message->values[fault->header];
    return sipcheck_count(message, SIPCHECK_HEADER_VIA) > 1 &&
           lies_in(fault, stacked, COUNT(stacked)) && top != NULL &&
           end_of(message, top->raw) < fault->offset;
}

/* The Call-ID is the other dialog's, what is behind it the sender's. RFC 4538 §4 */
static bool names_other_call(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const uint16_t naming[] = { SIPCHECK_HEADER_TARGET_DIALOG };
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_TARGET_DIALOG];
    if (!lies_in(fault, naming, COUNT(naming)) || value == NULL || value->raw.p == NULL) {
        return false;
    }
    const uint8_t *semicolon = memchr(value->raw.p, ';', value->raw.n);
    return semicolon == NULL || fault->offset <= (size_t)(semicolon - message->bytes);
}

/* A reference's URI brings Replaces and Join, the referrer is passed on, an entity-tag is the
 * server's, so are the mechanisms of Security-Verify, and a CANCEL has the reason of the CANCEL
 * before it. RFC 3515 §2.1, RFC 3892 §2.2, RFC 3903 §4.1, RFC 5839 §5, RFC 3329 §2.3.1, RFC 3326 §2
 */
static bool was_given_it(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const uint16_t always[] = { SIPCHECK_HEADER_REPLACES, SIPCHECK_HEADER_JOIN,
                                       SIPCHECK_HEADER_SECURITY_VERIFY,
                                       SIPCHECK_HEADER_SIP_IF_MATCH,
                                       SIPCHECK_HEADER_SUPPRESS_IF_MATCH };
    static const uint16_t referrer[] = { SIPCHECK_HEADER_REFERRED_BY };
    static const uint16_t reason[] = { SIPCHECK_HEADER_REASON };
    return lies_in(fault, always, COUNT(always)) || names_other_call(message, fault) ||
           (message->method_id != SIPCHECK_METHOD_REFER &&
            lies_in(fault, referrer, COUNT(referrer))) ||
           (message->method_id == SIPCHECK_METHOD_CANCEL && lies_in(fault, reason, COUNT(reason)));
}

bool sc_may_be_copied(const sipcheck_message *message, const sipcheck_fault *fault)
{
    if (message->is_response) {
        return answers_with_it(message, fault);
    }
    return message->is_request && (repeats_it(message, fault) || found_it_below(message, fault) ||
                                   was_given_it(message, fault));
}
