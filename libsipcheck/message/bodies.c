/* SPDX-License-Identifier: MIT */
/* What a body is, by its Content-Type, and its parts. RFC 3261 §7.4, RFC 5621 */
#include "message/bodies.h"

#include "sdp/sdp.h"
#include "text/arena.h"

sipcheck_part *sc_add_part(sc_bodies *in, sipcheck_slice content, const sipcheck_message *head,
                           uint8_t depth)
{
    if (in->parts == SIPCHECK_PART_MAX) {
        in->body->readable = false;
        return NULL;
    }
    sipcheck_part *part = sc_arena_alloc(in->faults.arena, sizeof *part);
    if (!part) {
        in->error = sc_arena_error(in->faults.arena);
        return NULL;
    }
    part->v.raw = content;
    part->v.line = (uint32_t)in->parts++;
    part->v.valid = true;
    part->head = head;
    part->depth = depth;
    *in->tail = part;
    in->tail = (const sipcheck_part **)&part->v.next;
    return part;
}

static bool one_of(sipcheck_slice text, const char *const *words)
{
    while (*words && !sc_same_nocase(text, *words))
        words++;
    return *words;
}

/* A coding lies over the content. RFC 3261 §20.12, RFC 2045 §6 */
static bool is_encoded(const sipcheck_message *head)
{
    static const char *const plain[] = { "7bit", "8bit", "binary", NULL };
    const sipcheck_value *v = head->values[SIPCHECK_HEADER_CONTENT_ENCODING];
    for (; v; v = v->next)
        if (!sc_same_nocase(v->raw, "identity")) return true;
    size_t lines = head->line_count[SIPCHECK_HEADER_UNKNOWN] ? head->header_count : 0;
    for (size_t i = 0; i < lines; i++)
        if (sc_same_nocase(head->headers[i].name, "Content-Transfer-Encoding") &&
            !one_of(head->headers[i].value, plain))
            return true;
    return false;
}

static uint8_t kind_of(const sipcheck_media *type)
{
    if (!type) return SIPCHECK_BODY_OTHER;
    if (sc_same_nocase(type->type, "multipart")) return SIPCHECK_BODY_MULTIPART;
    if (sc_same_nocase(type->type, "application") && sc_same_nocase(type->subtype, "sdp"))
        return SIPCHECK_BODY_SDP;
    if (!sc_same_nocase(type->type, "message")) return SIPCHECK_BODY_OTHER;
    if (sc_same_nocase(type->subtype, "sip")) return SIPCHECK_BODY_SIP;
    return sc_same_nocase(type->subtype, "sipfrag") ? SIPCHECK_BODY_SIPFRAG : SIPCHECK_BODY_OTHER;
}

static void classify(sc_bodies *in, sipcheck_part *part)
{
    const sipcheck_value *first = part->head->values[SIPCHECK_HEADER_CONTENT_TYPE];
    const sipcheck_media *type = (const sipcheck_media *)first;
    if (type && type->subtype.p) part->type = type;
    if (!part->type && part->head->line_count[SIPCHECK_HEADER_CONTENT_TYPE])
        in->body->readable = false;
    part->body = kind_of(part->type);
    if (is_encoded(part->head)) {
        part->body = SIPCHECK_BODY_ENCODED;
        in->body->readable = false;
    }
}

/* A description stands for the session unless its disposition says otherwise. RFC 5621 §8.3 */
static bool is_session(const sipcheck_part *part)
{
    const sipcheck_token *disposition =
        (const sipcheck_token *)part->head->values[SIPCHECK_HEADER_CONTENT_DISPOSITION];
    return !disposition || sc_same_nocase(disposition->token, "session");
}

static void parse_sdp(sc_bodies *in, sipcheck_part *part)
{
    sipcheck_sdp *sdp = sc_arena_alloc(in->faults.arena, sizeof *sdp);
    if (!sdp || !sc_sdp_parse(&in->faults, part->v.raw, part->depth > 0, in->simd, sdp)) {
        in->error = sc_arena_error(in->faults.arena);
        return;
    }
    part->sdp = sdp;
    if (!in->body->sdp && is_session(part)) in->body->sdp = sdp;
}

/* sipfrag  =  [ start-line ] *message-header [ CRLF [ message-body ] ]      RFC 3420 §2
 * Each line ends in CRLF; in a multipart body the last one's may belong to the boundary. */
static void check_last_line(sc_bodies *in, const sipcheck_part *part)
{
    static const sc_production self = { "sipfrag", "2", 3420 };
    const uint8_t *end = part->v.raw.p + part->v.raw.n;
    if (part->depth == 0 && part->message && !part->message->headers_whole && end[-1] != '\n')
        sc_fault_add(&in->faults, end, 0, &self, "CRLF");
}

static void parse_message(sc_bodies *in, sipcheck_part *part)
{
    bool any = part->body == SIPCHECK_BODY_SIPFRAG;
    int error = sc_parse_fragment(&in->faults, part->v.raw, any ? SC_FRAGMENT_ANY : SC_FRAGMENT_ALL,
                                  &part->message);
    if (error) in->error = error;
    if (any) check_last_line(in, part);
}

void sc_parse_part(sc_bodies *in, sipcheck_part *part)
{
    classify(in, part);
    in->faults.body = part->body;
    size_t before = in->faults.count;
    switch ((enum sipcheck_body_kind)part->body) {
    case SIPCHECK_BODY_SDP:
        parse_sdp(in, part);
        break;
    case SIPCHECK_BODY_SIP:
    case SIPCHECK_BODY_SIPFRAG:
        parse_message(in, part);
        break;
    case SIPCHECK_BODY_MULTIPART:
        sc_parse_multipart(in, part);
        break;
    default:
        break;
    }
    part->v.valid = in->faults.count == before;
}

static bool is_whole(const sipcheck_message *message)
{
    uint64_t wanted = sc_content_length(message);
    return message->headers_whole && !message->cut && !message->surplus.n &&
           (wanted == UINT64_MAX || wanted == message->body.n);
}

int sipcheck_body_parse(sipcheck_arena *arena, const sipcheck_message *message,
                        const sipcheck_body **ret_body)
{
    sipcheck_body *body = sc_arena_alloc(arena, sizeof *body);
    if (!body) return sc_arena_error(arena);
    body->whole = is_whole(message);
    body->readable = true;
    sc_bodies in = { .faults = { .arena = arena,
                                 .base = message->bytes,
                                 .end = message->bytes + message->length },
                     .body = body,
                     .simd = message->scalar ? SC_SIMD_NONE : SC_SIMD_BEST,
                     .tail = &body->parts };
    sipcheck_part *part = NULL;
    if (body->whole && message->body.n) part = sc_add_part(&in, message->body, message, 0);
    if (part) sc_parse_part(&in, part);
    if (in.faults.no_memory) in.error = sc_arena_error(arena);
    if (in.error) return in.error;
    body->faults = in.faults.first;
    body->fault_count = in.faults.count;
    body->faults_lost = in.faults.lost;
    body->valid = !in.faults.count;
    *ret_body = body;
    return SIPCHECK_OK;
}
