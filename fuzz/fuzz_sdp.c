/* SPDX-License-Identifier: MIT */
/* Any bytes as a body: as a session description, as parts, as fragments of a message. The first
 * byte chooses the type. What is said of it must lie within the bytes, and be said by the fast ways
 * as byte by byte. */
#include <string.h>

#include <sipcheck/body.h>

#include "hostile.h"
#include "same_body.h"

enum { BODY_MAX = 64 * 1024 };

static const char *const heads[] = {
    "INFO sip:a SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n",
    "INFO sip:a SIP/2.0\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n",
    "INFO sip:a SIP/2.0\r\nContent-Type: message/sipfrag\r\n\r\n",
    "INFO sip:a SIP/2.0\r\nContent-Type: message/sip\r\n\r\n",
};

static void check_section(const sipcheck_message *message, const sipcheck_sdp_section *section)
{
    for (int i = 0; i < SIPCHECK_SDP_LINES; i++)
        check_values(message, section->lines[i], SIZE_MAX);
    for (int i = 1; i < SIPCHECK_ATTRIBUTE_COUNT; i++)
        check_values(message, section->attributes[i], SIZE_MAX);
}

static void check_sdp(const sipcheck_message *message, const sipcheck_sdp *sdp)
{
    const sipcheck_value *v = sdp->session.lines[SIPCHECK_SDP_M];
    within(message, sdp->raw);
    check_section(message, &sdp->session);
    for (; v; v = v->next) {
        const sipcheck_sdp_media *media = (const sipcheck_sdp_media *)v;
        check_values(message, media->formats, SIZE_MAX);
        check_section(message, &media->section);
    }
}

static void check_body(const sipcheck_message *message, const sipcheck_body *body)
{
    size_t faults = check_faults(message, body->faults), parts = 0;
    demand(faults == body->fault_count && body->valid == (faults == 0));
    for (const sipcheck_part *part = body->parts; part;
         part = (const sipcheck_part *)part->v.next, parts++) {
        within(message, part->v.raw);
        demand(part->head && part->depth <= SIPCHECK_PART_DEPTH_MAX);
        if (part->sdp) check_sdp(message, part->sdp);
        if (part->message) within(message, part->message->start_line);
    }
    demand(parts <= SIPCHECK_PART_MAX);
}

static const sipcheck_body *parse(sipcheck_arena *arena, const uint8_t *bytes, size_t length,
                                  unsigned flags)
{
    const sipcheck_message *message = NULL;
    const sipcheck_body *body = NULL;
    if (sipcheck_parse(arena, bytes, length, flags, &message) ||
        sipcheck_body_parse(arena, message, &body))
        return NULL;
    check_body(message, body);
    return body;
}

static void check(const uint8_t *bytes, size_t length)
{
    sipcheck_arena *slow = sipcheck_arena_new(NULL), *fast = sipcheck_arena_new(NULL);
    if (!slow || !fast) abort();
    const sipcheck_body *a = parse(slow, bytes, length, SIPCHECK_SCALAR);
    const sipcheck_body *b = parse(fast, bytes, length, 0);
    demand(!a == !b && (!a || same_body(a, b)));
    sipcheck_arena_free(slow);
    sipcheck_arena_free(fast);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || size > BODY_MAX) return 0;
    const char *head = heads[data[0] % (sizeof heads / sizeof *heads)];
    size_t length = strlen(head);
    uint8_t *bytes = malloc(length + size - 1);
    if (!bytes) abort();
    memcpy(bytes, head, length);
    if (size > 1) memcpy(bytes + length, data + 1, size - 1);
    check(bytes, length + size - 1);
    free(bytes);
    return 0;
}
