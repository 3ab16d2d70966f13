/* SPDX-License-Identifier: MIT */
/* Where the body ends. RFC 3261 §7.4, §18.3, §20.14 */
#include "message/parse.h"

uint64_t sc_content_length(const sipcheck_message *msg)
{
    const sipcheck_value *v = msg->values[SIPCHECK_HEADER_CONTENT_LENGTH];
    for (; v; v = v->next) {
        const sipcheck_number *number = (const sipcheck_number *)v;
        if (number->digits.n && !number->overflow) return number->number;
    }
    return UINT64_MAX;
}

SC_HOT void sc_split_body(sipcheck_message *msg, const uint8_t *rest, bool cut)
{
    msg->cut = cut && !msg->headers_whole;
    if (!msg->headers_whole) return;
    const uint8_t *end = msg->bytes + msg->length;
    size_t there = (size_t)(end - rest);
    uint64_t wanted = sc_content_length(msg);
    size_t taken = wanted < there ? (size_t)wanted : there;
    msg->body = sc_slice(rest, rest + taken);
    if (taken < there) msg->surplus = sc_slice(rest + taken, end);
    if (cut && wanted > there) msg->cut = true;
}
