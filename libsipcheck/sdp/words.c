/* SPDX-License-Identifier: MIT */
/* What lines and attributes are made of. RFC 8866 §9, "generic sub-rules" */
#include "sdp/sdp.h"

#include <string.h>

bool sc_sdp_part(sc_cursor *c, const sc_production *self, unsigned classes, const char *wanted,
                 sipcheck_slice *out)
{
    const sc_production *outer = sc_enter(c, self);
    return sc_leave(c, outer, sc_sdp_take(c, classes, wanted, out));
}

bool sc_sdp_digits(sc_cursor *c, const sc_production *self, sipcheck_slice *out)
{
    const sc_production *outer = sc_enter(c, self);
    return sc_leave(c, outer, sc_digits(c, out));
}

bool sc_sdp_count(sc_cursor *c, unsigned classes, size_t least, size_t most, const char *wanted,
                  sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_sdp_span(c, classes);
    size_t n = (size_t)(c->p - start);
    if (n < least) return sc_miss(c, wanted);
    if (n > most) return sc_miss_at(c, start + most, wanted);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* integer  =  POS-DIGIT *DIGIT */
bool sc_sdp_integer(sc_cursor *c, sipcheck_slice *out)
{
    if (sc_at(c, '0')) return sc_miss(c, "digit from 1 to 9");
    return sc_digits(c, out);
}

/* zero-based-integer  =  "0" / integer */
bool sc_sdp_zero_based_integer(sc_cursor *c, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    if (!sc_skip(c, '0')) return sc_digits(c, out);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* One of eight bytes is `byte`. */
static bool has_byte(uint64_t word, uint8_t byte)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t others = word ^ byte * each;
    return (others - each) & ~others & 0x80 * each;
}

/* All of the line is byte-string: eight bytes at a time. */
static bool takes_rest(sc_cursor *c)
{
    const uint8_t *p = c->p;
    for (; c->end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        if (has_byte(word, '\0') || has_byte(word, '\r') || has_byte(word, '\n')) return false;
    }
    while (p < c->end && sc_sdp_classes[*p] & SC_SDP_TEXT)
        p++;
    if (p < c->end || p == c->p) return false;
    c->p = p;
    return true;
}

/* text         =  byte-string
 * byte-string  =  1*(%x01-09/%x0B-0C/%x0E-FF) */
bool sc_sdp_text(sc_cursor *c, const sc_production *self)
{
    if (takes_rest(c)) return true;
    return sc_sdp_part(c, self, SC_SDP_TEXT, "byte but NUL, CR and LF", NULL);
}

/* nettype   =  token
 * addrtype  =  token */
bool sc_sdp_network(sc_cursor *c, sipcheck_slice *nettype, sipcheck_slice *addrtype)
{
    static const sc_production net = { "nettype", "9", 8866 };
    static const sc_production addr = { "addrtype", "9", 8866 };
    return sc_sdp_part(c, &net, SC_SDP_TOKEN, "token", nettype) && sc_sdp_sp(c) &&
           sc_sdp_part(c, &addr, SC_SDP_TOKEN, "token", addrtype) && sc_sdp_sp(c);
}

/* unicast-address     =  IP4-address / IP6-address / FQDN / extn-addr
 * connection-address  =  multicast-address / unicast-address
 * multicast-address   =  IP4-multicast / IP6-multicast / FQDN / extn-addr
 * extn-addr           =  non-ws-string
 * The last one takes what any of the others does. */
bool sc_sdp_address(sc_cursor *c, const sc_production *self, sipcheck_slice *out)
{
    return sc_sdp_part(c, self, SC_SDP_WORD, "address", out);
}

static bool takes_all(sipcheck_slice text, bool take(sc_cursor *c))
{
    static const sc_production self = { "unicast-address", "9", 8866 };
    sc_faults nowhere = { .muted = true };
    sc_cursor c = sc_cursor_over(text.p, text.p + text.n, &nowhere, &self);
    return take(&c) && c.p == c.end;
}

/* FQDN  =  4*(alpha-numeric / "-" / ".") ; a shorter name is an extn-addr, and a name all the same
 */
static bool name(sc_cursor *c)
{
    return sc_take_span(c, SC_HOST, "name", NULL);
}

uint8_t sc_sdp_address_kind(sipcheck_slice text)
{
    if (!text.p) return SIPCHECK_HOST_NONE;
    if (takes_all(text, sc_ipv4)) return SIPCHECK_HOST_IPV4;
    if (takes_all(text, sc_ipv6)) return SIPCHECK_HOST_IPV6;
    return takes_all(text, name) ? SIPCHECK_HOST_NAME : SIPCHECK_HOST_NONE;
}

bool sc_sdp_one_of(sc_cursor *c, const char *const *words, bool nocase, const char *wanted,
                   sipcheck_slice *out)
{
    sc_cursor look = *c;
    sc_sdp_span(&look, SC_SDP_TOKEN);
    sipcheck_slice word = sc_slice(c->p, look.p);
    for (; *words; words++) {
        if (!(nocase ? sc_same_nocase(word, *words) : sc_same(word, *words))) continue;
        *out = word;
        c->p = look.p;
        return true;
    }
    return sc_miss(c, wanted);
}

bool sc_sdp_add_word(sc_cursor *c, sc_sdp_words *list, const uint8_t *start)
{
    if (c->p < c->end && *c->p != ' ' && *c->p != '\t') return sc_miss(c, "SP or end of line");
    sipcheck_value *word = sc_take_memory(c, sizeof *word);
    if (!word) return false;
    word->raw = sc_slice(start, c->p);
    word->kind = SIPCHECK_KIND_TEXT;
    word->valid = true;
    *list->tail = word;
    list->tail = &word->next;
    return true;
}
