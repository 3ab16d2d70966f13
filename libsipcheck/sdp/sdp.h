/* SPDX-License-Identifier: MIT */
/* The productions of RFC 8866 §9 and of the RFCs that define attributes; each stands above its
 * function. As in grammar/: a function takes what it can, moves the cursor behind it and says
 * whether the grammar was kept. The cursor is over one line, without its line end. */
#ifndef SC_SDP_SDP_H
#define SC_SDP_SDP_H

#include <sipcheck/body.h>

#include "grammar/grammar.h"
#include "sdp/chars.h"

/* --- words: bytes of one class (enum sc_sdp_class) */

static inline bool sc_sdp_at(const sc_cursor *c, unsigned classes)
{
    return c->p < c->end && sc_sdp_classes[*c->p] & classes;
}

static inline void sc_sdp_span(sc_cursor *c, unsigned classes)
{
    while (sc_sdp_at(c, classes))
        c->p++;
}

/* 1*class; out may be NULL. */
static inline bool sc_sdp_take(sc_cursor *c, unsigned classes, const char *wanted,
                               sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_sdp_span(c, classes);
    if (c->p == start) return sc_miss(c, wanted);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

static inline bool sc_sdp_sp(sc_cursor *c)
{
    return sc_take(c, ' ', "SP");
}

static inline bool sc_sdp_end(sc_cursor *c)
{
    return c->p == c->end || sc_miss(c, "end of line");
}

/* --- words.c */

/* A word of which `self` says what it is. */
bool sc_sdp_part(sc_cursor *c, const sc_production *self, unsigned classes, const char *wanted,
                 sipcheck_slice *out);
/* 1*DIGIT, likewise. */
bool sc_sdp_digits(sc_cursor *c, const sc_production *self, sipcheck_slice *out);
/* least*mostDIGIT */
bool sc_sdp_count(sc_cursor *c, unsigned classes, size_t least, size_t most, const char *wanted,
                  sipcheck_slice *out);
bool sc_sdp_integer(sc_cursor *c, sipcheck_slice *out);
bool sc_sdp_zero_based_integer(sc_cursor *c, sipcheck_slice *out);
bool sc_sdp_text(sc_cursor *c, const sc_production *self);
/* nettype SP addrtype SP */
bool sc_sdp_network(sc_cursor *c, sipcheck_slice *nettype, sipcheck_slice *addrtype);
/* unicast-address, and connection-address as a word. */
bool sc_sdp_address(sc_cursor *c, const sc_production *self, sipcheck_slice *out);
/* enum sipcheck_host_kind of a whole text; IPv6 has no brackets here. */
uint8_t sc_sdp_address_kind(sipcheck_slice text);
/* One of the words, NULL-terminated; nocase: in any case. */
bool sc_sdp_one_of(sc_cursor *c, const char *const *words, bool nocase, const char *wanted,
                   sipcheck_slice *out);

/* A list of words that grows at its end. */
typedef struct sc_sdp_words {
    const sipcheck_value **tail;
} sc_sdp_words;
/* The bytes from `start` to the cursor are one word, which white space or the end follows; false
 * where it does not, and when there is no memory. */
bool sc_sdp_add_word(sc_cursor *c, sc_sdp_words *list, const uint8_t *start);

/* URI-reference of RFC 3986 and addr-spec of RFC 5322, up to the end of the line or what ends them.
 */
bool sc_sdp_uri_reference(sc_cursor *c);
bool sc_sdp_addr_spec(sc_cursor *c);

/* --- lines: values of v= to z=, and of m=. out is the structure of body.h, cleared. */
bool sc_sdp_version(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_origin(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_free_text(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_uri(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_email(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_phone(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_connection(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_bandwidth(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_time(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_repeat(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_zone(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_key(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_attribute(sc_cursor *c, sipcheck_value *out);
bool sc_sdp_media(sc_cursor *c, sipcheck_value *out);

/* --- attributes: the PARSER column of attributes.def */
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC)                                        \
    bool sc_sdp_##PARSER(sc_cursor *c, sipcheck_value *out);
#include <sipcheck/attributes.def>
#undef X

/* The value of an attribute by its own grammar, into attribute->parsed. false: no memory. */
bool sc_sdp_parse_attribute(sc_faults *faults, sipcheck_attribute *attribute);

/* --- description.c */

/* A whole description: text lies in the message of `faults`. open_end: its last line may go without
 * CRLF, which then belongs to a boundary. simd: no more than that machine code. false: no memory.
 */
bool sc_sdp_parse(sc_faults *faults, sipcheck_slice text, bool open_end, enum sc_simd simd,
                  sipcheck_sdp *out);

#endif
