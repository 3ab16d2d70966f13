/* SPDX-License-Identifier: MIT */
/* Any bytes as a URI, wherever one may stand: Request-URI, name-addr, addr-spec, behind "tel:",
 * with and without SIMD. */
#include "hostile.h"
#include "same_message.h"

enum { LONGEST = 8192 };

typedef struct context {
    const char *before, *behind;
    enum sipcheck_header_id header; /* of which it is the first value; UNKNOWN: the Request-URI */
} context;

static const context contexts[] = {
    { "OPTIONS ", " SIP/2.0\r\n\r\n", SIPCHECK_HEADER_UNKNOWN },
    { "OPTIONS sip:a SIP/2.0\r\nContact: <", ">;q=1\r\n\r\n", SIPCHECK_HEADER_CONTACT },
    { "OPTIONS sip:a SIP/2.0\r\nRoute: \"a\" <", ">, <sip:b>\r\n\r\n", SIPCHECK_HEADER_ROUTE },
    { "OPTIONS sip:a SIP/2.0\r\nFrom: ", ";tag=1\r\n\r\n", SIPCHECK_HEADER_FROM },
    { "OPTIONS sip:a SIP/2.0\r\nTo: <tel:", ">\r\n\r\n", SIPCHECK_HEADER_TO },
    { "OPTIONS sip:a SIP/2.0\r\nContact: tel:", "\r\n\r\n", SIPCHECK_HEADER_CONTACT },
};

static void check_params(const sipcheck_message *message, const sipcheck_param *param)
{
    for (; param; param = param->next) {
        within(message, param->name);
        within(message, param->value);
    }
}

static void check_uri(const sipcheck_message *message, const sipcheck_uri *uri)
{
    const sipcheck_slice parts[] = { uri->raw,  uri->scheme,    uri->user,        uri->password,
                                     uri->host, uri->port_text, uri->headers_text };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        within(message, parts[i]);
    check_params(message, uri->params);
    check_params(message, uri->headers);
    demand(!uri->valid || uri->scheme.n);
    demand(uri->is_sip + uri->is_sips + uri->is_tel <= 1);
}

static const sipcheck_uri *uri_of(const sipcheck_message *message, enum sipcheck_header_id header)
{
    if (header == SIPCHECK_HEADER_UNKNOWN) return &message->request_uri;
    const sipcheck_value *value = sipcheck_first(message, header);
    return value ? &((const sipcheck_address *)value)->uri : NULL;
}

static void parse_within(sipcheck_arena *arena, const context *where, const uint8_t *data,
                         size_t size)
{
    const size_t before = strlen(where->before), behind = strlen(where->behind);
    const sipcheck_message *message = NULL, *scalar = NULL;
    uint8_t *text = malloc(before + size + behind);
    demand(text);
    memcpy(text, where->before, before);
    memcpy(text + before, data, size);
    memcpy(text + before + size, where->behind, behind);
    size_t length = before + size + behind;
    sipcheck_arena_reset(arena);
    demand(sipcheck_parse(arena, text, length, 0, &message) == 0);
    demand(sipcheck_parse(arena, text, length, SIPCHECK_SCALAR, &scalar) == 0);
    demand(same_message(message, scalar));
    check_faults(message, message->faults);
    const sipcheck_uri *uri = uri_of(message, where->header);
    if (uri) check_uri(message, uri);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];
    if (size > LONGEST) return 0;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    demand(arena);
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
        parse_within(arena, &contexts[i], size ? data : nothing, size);
    sipcheck_arena_free(arena);
    return 0;
}
