/* SPDX-License-Identifier: MIT */
/* Attributes of RFC 4568 (keys of SRTP) and RFC 8839 (ICE). */
#include "sdp/sdp.h"

/* 1*WSP */
static bool wsp(sc_cursor *c)
{
    const uint8_t *start = c->p;
    while (sc_skip(c, ' ') || sc_skip(c, '\t'))
        ;
    return c->p > start || sc_miss(c, "WSP");
}

/* 1*(ALPHA / DIGIT / "_") */
static bool name(sc_cursor *c, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    while (sc_at_class(c, SC_ALNUM) || sc_at(c, '_'))
        c->p++;
    if (c->p == start) return sc_miss(c, "letter, digit or \"_\"");
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* key-params  =  key-param *(";" key-param)
 * key-param   =  key-method ":" key-info
 * key-method  =  "inline" / key-method-ext
 * key-info    =  1*(%x21-3A / %x3C-7E) */
static bool key_params(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "key-params", "9.1", 4568 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok;
    do {
        ok = name(c, NULL) && sc_take(c, ':', "\":\"");
        const uint8_t *info = c->p;
        while (ok && sc_at_class(c, SC_TEXT) && *c->p != ';')
            c->p++;
        if (ok && c->p == info) ok = sc_miss(c, "key-info");
    } while (ok && sc_skip(c, ';'));
    if (ok) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* *(1*WSP session-param)
 * session-param  =  1*(VCHAR) */
static bool session_params(sc_cursor *c, const sipcheck_value **out)
{
    sc_sdp_words list = { out };
    while (c->p < c->end) {
        if (!wsp(c)) return false;
        const uint8_t *start = c->p;
        if (!sc_take_span(c, SC_TEXT, "session-param", NULL)) return false;
        if (!sc_sdp_add_word(c, &list, start)) return false;
    }
    return true;
}

/* "a=crypto:" tag 1*WSP crypto-suite 1*WSP key-params *(1*WSP session-param)
 * tag           =  1*9DIGIT
 * crypto-suite  =  1*(ALPHA / DIGIT / "_")      RFC 4568 §9.1 */
bool sc_sdp_crypto(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production tag = { "tag", "9.1", 4568 };
    sipcheck_crypto *out = (sipcheck_crypto *)value;
    const sc_production *outer = sc_enter(c, &tag);
    bool ok = sc_take_count(c, SC_DIGIT, 1, 9, "one to nine digits", &out->tag);
    sc_leave(c, outer, ok);
    return ok && wsp(c) && name(c, &out->suite) && wsp(c) && key_params(c, &out->keys) &&
           session_params(c, &out->session);
}

/* --- RFC 8839 §5 */

static bool digits(sc_cursor *c, const sc_production *self, size_t most, const char *wanted,
                   sipcheck_slice *out)
{
    const sc_production *outer = sc_enter(c, self);
    return sc_leave(c, outer, sc_take_count(c, SC_DIGIT, 1, most, wanted, out));
}

/* foundation  =  1*32ice-char
 * ice-char    =  ALPHA / DIGIT / "+" / "/" */
static bool foundation(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "foundation", "5.1", 8839 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_sdp_count(c, SC_SDP_BASE64, 1, 32, "one to 32 ice-chars", out);
    return sc_leave(c, outer, ok);
}

/* component-id  =  1*3DIGIT */
static bool component(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "component-id", "5.1", 8839 };
    return digits(c, &self, 3, "one to three digits", out);
}

/* connection-address SP port */
static bool transport_address(sc_cursor *c, sipcheck_slice *host, sipcheck_slice *port)
{
    static const sc_production address = { "connection-address", "9", 8866 };
    static const sc_production number = { "port", "9", 8866 };
    return sc_sdp_address(c, &address, host) && sc_sdp_sp(c) && sc_sdp_digits(c, &number, port);
}

/* cand-type        =  "typ" SP candidate-types
 * candidate-types  =  "host" / "srflx" / "prflx" / "relay" / token */
static bool cand_type(sc_cursor *c, sipcheck_slice *out)
{
    static const char *const typ[] = { "typ", NULL };
    static const sc_production self = { "cand-type", "5.1", 8839 };
    const sc_production *outer = sc_enter(c, &self);
    sipcheck_slice word;
    bool ok = sc_sdp_one_of(c, typ, true, "\"typ\"", &word) && sc_sdp_sp(c) &&
              sc_sdp_take(c, SC_SDP_TOKEN, "token", out);
    return sc_leave(c, outer, ok);
}

/* [SP rel-addr] [SP rel-port] *(SP cand-extension)
 * rel-addr             =  "raddr" SP connection-address
 * rel-port             =  "rport" SP port
 * cand-extension       =  extension-att-name SP extension-att-value
 * extension-att-name   =  token
 * extension-att-value  =  *VCHAR
 * But for bytes outside of ASCII in an address, an extension takes what the first two do. */
static bool extensions(sc_cursor *c, sipcheck_candidate *out)
{
    static const sc_production self = { "cand-extension", "5.1", 8839 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = true, first = true;
    for (; ok && c->p < c->end; first = false) {
        sipcheck_slice word;
        ok = sc_sdp_sp(c) && sc_sdp_take(c, SC_SDP_TOKEN, "token", &word) && sc_sdp_sp(c);
        const uint8_t *start = c->p;
        bool raddr = ok && sc_same_nocase(word, "raddr"),
             rport = ok && sc_same_nocase(word, "rport");
        if (raddr && first)
            sc_sdp_span(c, SC_SDP_WORD);
        else if (ok)
            sc_span(c, SC_TEXT);
        if (raddr && !out->related_address.p) out->related_address = sc_slice(start, c->p);
        if (rport && !out->related_port.p) out->related_port = sc_slice(start, c->p);
    }
    return sc_leave(c, outer, ok);
}

/* candidate-attribute  =  "candidate" ":" foundation SP component-id SP transport SP priority SP
 *                         connection-address SP port SP cand-type [SP rel-addr] [SP rel-port]
 *                         *(SP cand-extension)
 * transport            =  "UDP" / transport-extension
 * transport-extension  =  token
 * priority             =  1*10DIGIT */
bool sc_sdp_candidate(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production transport = { "transport", "5.1", 8839 };
    static const sc_production priority = { "priority", "5.1", 8839 };
    sipcheck_candidate *out = (sipcheck_candidate *)value;
    return foundation(c, &out->foundation) && sc_sdp_sp(c) && component(c, &out->component) &&
           sc_sdp_sp(c) && sc_sdp_part(c, &transport, SC_SDP_TOKEN, "token", &out->transport) &&
           sc_sdp_sp(c) && digits(c, &priority, 10, "one to ten digits", &out->priority) &&
           sc_sdp_sp(c) && transport_address(c, &out->address, &out->port) && sc_sdp_sp(c) &&
           cand_type(c, &out->type) && extensions(c, out);
}

/* remote-candidate-att  =  "remote-candidates:" remote-candidate 0*(SP remote-candidate)
 * remote-candidate      =  component-id SP connection-address SP port */
bool sc_sdp_remote_candidates(sc_cursor *c, sipcheck_value *out)
{
    sipcheck_slice unused;
    bool ok;
    (void)out;
    do
        ok = component(c, &unused) && sc_sdp_sp(c) && transport_address(c, &unused, &unused);
    while (ok && sc_skip(c, ' '));
    return ok;
}

/* ice-pwd-att  =  "ice-pwd:" password
 * password     =  22*256ice-char */
bool sc_sdp_ice_pwd(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_count(c, SC_SDP_BASE64, 22, 256, "22 to 256 ice-chars", NULL);
}

/* ice-ufrag-att  =  "ice-ufrag:" ufrag
 * ufrag          =  4*256ice-char */
bool sc_sdp_ice_ufrag(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_count(c, SC_SDP_BASE64, 4, 256, "4 to 256 ice-chars", NULL);
}

/* ice-pacing-att  =  "ice-pacing:" pacing-value
 * pacing-value    =  1*10DIGIT */
bool sc_sdp_ice_pacing(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_number *out = (sipcheck_number *)value;
    if (!sc_take_count(c, SC_DIGIT, 1, 10, "one to ten digits", &out->digits)) return false;
    sc_number(out->digits, &out->number);
    return true;
}

/* ice-options     =  "ice-options:" ice-option-tag *(SP ice-option-tag)
 * ice-option-tag  =  1*ice-char */
bool sc_sdp_ice_options(sc_cursor *c, sipcheck_value *value)
{
    sc_sdp_words list = { &((sipcheck_group *)value)->tags };
    do {
        const uint8_t *start = c->p;
        if (!sc_sdp_take(c, SC_SDP_BASE64, "ice-char", NULL)) return false;
        if (!sc_sdp_add_word(c, &list, start)) return false;
    } while (sc_skip(c, ' '));
    return true;
}
