/* SPDX-License-Identifier: MIT */
/* Whether a message has a description of the session. RFC 3261 §13.2.1, RFC 5621 */
#include <sipcheck/body.h>

#include "track/internal.h"

static bool may_describe(const sc_step *step)
{
    return step->method == SIPCHECK_METHOD_INVITE || step->method == SIPCHECK_METHOD_ACK ||
           step->method == SIPCHECK_METHOD_PRACK || step->method == SIPCHECK_METHOD_UPDATE;
}

/* Bytes that are cut or encoded may be a description all the same. */
static enum sc_certainty of_whole_body(const sipcheck_message *message, bool sdp)
{
    if (sdp && message->values[SIPCHECK_HEADER_CONTENT_ENCODING] == NULL) return SC_YES;
    return sdp || message->cut ? SC_UNSURE : SC_NO;
}

/* An early session is not the session. RFC 3959 §4 */
static enum sc_certainty of_parts(const sipcheck_body *body)
{
    if (body->sdp == NULL) return body->readable && body->whole ? SC_NO : SC_UNSURE;
    return SC_YES;
}

static int describe_parts(sc_step *step)
{
    sc_tracker *tracker = step->tracker;
    const sipcheck_body *body;
    if (tracker->arena == NULL) tracker->arena = sipcheck_arena_new(&tracker->allocator);
    if (tracker->arena == NULL) return SIPCHECK_NOMEM;
    sipcheck_arena_reset(tracker->arena);
    int code = sipcheck_body_parse(tracker->arena, step->message, &body);
    step->described = (uint8_t)(code == 0 ? of_parts(body) : SC_UNSURE);
    return code == SIPCHECK_NOMEM ? code : 0;
}

int sc_step_describe(sc_step *step)
{
    const sipcheck_message *message = step->message;
    const sipcheck_media *type =
        (const sipcheck_media *)message->values[SIPCHECK_HEADER_CONTENT_TYPE];
    step->described = SC_NO;
    if (!may_describe(step)) return 0;
    if (!message->headers_whole) {
        step->described = SC_UNSURE;
    } else if (type != NULL && (message->body.n > 0 || message->cut)) {
        if (sc_same_nocase(type->type, "multipart")) return describe_parts(step);
        bool sdp =
            sc_same_nocase(type->type, "application") && sc_same_nocase(type->subtype, "sdp");
        step->described = (uint8_t)of_whole_body(message, sdp);
    }
    return 0;
}
