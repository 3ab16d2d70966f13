/* SPDX-License-Identifier: MIT */
/* v=, o=, s=, i=, c=, b=, k=, a= and m=. RFC 8866 §5, §9 */
#include "sdp/sdp.h"

#include <string.h>

/* version-field  =  %s"v" "=" 1*DIGIT CRLF */
bool sc_sdp_version(sc_cursor *c, sipcheck_value *out)
{
    sipcheck_number *version = (sipcheck_number *)out;
    if (!sc_digits(c, &version->digits)) return false;
    version->overflow = !sc_number(version->digits, &version->number);
    return true;
}

/* origin-field  =  %s"o" "=" username SP sess-id SP sess-version SP nettype SP addrtype SP
 *                  unicast-address CRLF
 * username      =  non-ws-string
 * sess-id       =  1*DIGIT
 * sess-version  =  1*DIGIT */
bool sc_sdp_origin(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production username = { "username", "9", 8866 };
    static const sc_production sess_id = { "sess-id", "9", 8866 };
    static const sc_production sess_version = { "sess-version", "9", 8866 };
    static const sc_production address = { "unicast-address", "9", 8866 };
    sipcheck_origin *out = (sipcheck_origin *)value;
    bool ok = sc_sdp_part(c, &username, SC_SDP_WORD, "non-ws-string", &out->username) &&
              sc_sdp_sp(c) && sc_sdp_digits(c, &sess_id, &out->sess_id) && sc_sdp_sp(c) &&
              sc_sdp_digits(c, &sess_version, &out->sess_version) && sc_sdp_sp(c) &&
              sc_sdp_network(c, &out->nettype, &out->addrtype) &&
              sc_sdp_address(c, &address, &out->address);
    sc_number(out->sess_id, &out->id);
    sc_number(out->sess_version, &out->version);
    out->address_kind = sc_sdp_address_kind(out->address);
    return ok;
}

/* session-name-field  =  %s"s" "=" text CRLF
 * information-field   =  %s"i" "=" text CRLF */
bool sc_sdp_free_text(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "text", "9", 8866 };
    (void)out;
    return sc_sdp_text(c, &self);
}

static bool is_multicast(const sipcheck_connection *out)
{
    sipcheck_slice text = out->address;
    if (out->address_kind == SIPCHECK_HOST_IPV6) return sc_equal_nocase(text.p, "ff", 2);
    if (out->address_kind != SIPCHECK_HOST_IPV4) return false;
    const uint8_t *dot = memchr(text.p, '.', text.n);
    uint32_t first = dot ? sc_number32(sc_slice(text.p, dot)) : 0;
    return first >= 224 && first <= 239;
}

/* Cut `text` at its first slash; what is behind it, absent where there is none. */
static sipcheck_slice behind_slash(sipcheck_slice *text)
{
    const uint8_t *slash = text->p ? memchr(text->p, '/', text->n) : NULL;
    if (!slash) return (sipcheck_slice){ NULL, 0 };
    sipcheck_slice rest = sc_slice(slash + 1, text->p + text->n);
    text->n = (size_t)(slash - text->p);
    return rest;
}

/* IP4-multicast  =  m1 3( "." decimal-uchar ) "/" ttl [ "/" numaddr ]
 * IP6-multicast  =  IP6-address [ "/" numaddr ]
 * As extn-addr is any word, these only say what its parts are. */
static void split_address(sipcheck_connection *out)
{
    sipcheck_slice rest = behind_slash(&out->address);
    out->address_kind = sc_sdp_address_kind(out->address);
    out->multicast = is_multicast(out);
    if (out->address_kind == SIPCHECK_HOST_IPV6) {
        out->count_text = rest;
        return;
    }
    out->count_text = behind_slash(&rest);
    out->ttl = rest;
}

/* connection-field  =  %s"c" "=" nettype SP addrtype SP connection-address CRLF */
bool sc_sdp_connection(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production address = { "connection-address", "9", 8866 };
    sipcheck_connection *out = (sipcheck_connection *)value;
    bool ok = sc_sdp_network(c, &out->nettype, &out->addrtype) &&
              sc_sdp_address(c, &address, &out->address);
    split_address(out);
    return ok;
}

/* bandwidth-field  =  %s"b" "=" bwtype ":" bandwidth CRLF
 * bwtype           =  token
 * bandwidth        =  1*DIGIT */
bool sc_sdp_bandwidth(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production bwtype = { "bwtype", "9", 8866 };
    static const sc_production bandwidth = { "bandwidth", "9", 8866 };
    sipcheck_bandwidth *out = (sipcheck_bandwidth *)value;
    bool ok = sc_sdp_part(c, &bwtype, SC_SDP_TOKEN, "token", &out->type) &&
              sc_take(c, ':', "\":\"") && sc_sdp_digits(c, &bandwidth, &out->digits);
    sc_number(out->digits, &out->number);
    return ok;
}

/* base64      =  *base64-unit [base64-pad]
 * base64-pad  =  2base64-char "==" / 3base64-char "=" */
static bool base64(sc_cursor *c)
{
    static const sc_production self = { "base64", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    sc_sdp_span(c, SC_SDP_BASE64);
    size_t over = (size_t)(c->p - start) % 4;
    bool ok = over != 1 || sc_miss(c, "base64-char");
    for (size_t pad = over >= 2 ? 4 - over : 0; ok && pad; pad--)
        ok = sc_take(c, '=', "base64-char or \"=\"");
    return sc_leave(c, outer, ok);
}

static bool key_text(sc_cursor *c)
{
    static const sc_production self = { "text", "9", 8866 };
    return sc_sdp_text(c, &self);
}

/* key-field  =  %s"k" "=" key-type CRLF
 * key-type   =  %s"prompt" / %s"clear:" text / %s"base64:" base64 / %s"uri:" uri */
bool sc_sdp_key(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "key-type", "9", 8866 };
    static const char *const methods[] = { "prompt", "clear", "base64", "uri", NULL };
    sipcheck_key *out = (sipcheck_key *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_sdp_one_of(c, methods, false, "prompt, clear:, base64: or uri:", &out->method);
    if (ok && !sc_same(out->method, "prompt")) {
        ok = sc_take(c, ':', "\":\"");
        const uint8_t *start = c->p;
        bool (*key)(sc_cursor *) = *out->method.p == 'b'   ? base64
                                   : *out->method.p == 'u' ? sc_sdp_uri_reference
                                                           : key_text;
        ok = ok && key(c);
        if (c->p > start) out->key = sc_slice(start, c->p);
    }
    return sc_leave(c, outer, ok);
}

/* attribute-field  =  %s"a" "=" attribute CRLF
 * attribute        =  (attribute-name ":" attribute-value) / attribute-name
 * attribute-name   =  token
 * attribute-value  =  byte-string */
bool sc_sdp_attribute(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production name = { "attribute-name", "9", 8866 };
    static const sc_production text = { "attribute-value", "9", 8866 };
    sipcheck_attribute *out = (sipcheck_attribute *)value;
    if (!sc_sdp_part(c, &name, SC_SDP_TOKEN, "token", &out->name)) return false;
    if (c->p == c->end) return true;
    if (!sc_take(c, ':', "\":\" or end of line")) return false;
    out->value = sc_slice(c->p, c->end);
    return sc_sdp_text(c, &text);
}

/* proto  =  token *("/" token) */
static bool proto(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "proto", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok;
    do
        ok = sc_sdp_take(c, SC_SDP_TOKEN, "token", NULL);
    while (ok && sc_skip(c, '/'));
    if (c->p > start) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* 1*(SP fmt)
 * fmt  =  token */
static bool formats(sc_cursor *c, const sipcheck_value **out)
{
    static const sc_production self = { "fmt", "9", 8866 };
    sc_sdp_words list = { out };
    do {
        if (!sc_sdp_sp(c)) return false;
        const uint8_t *start = c->p;
        if (!sc_sdp_part(c, &self, SC_SDP_TOKEN, "token", NULL)) return false;
        if (!sc_sdp_add_word(c, &list, start)) return false;
    } while (c->p < c->end);
    return true;
}

/* media-field  =  %s"m" "=" media SP port ["/" integer] SP proto 1*(SP fmt) CRLF
 * media        =  token
 * port         =  1*DIGIT */
bool sc_sdp_media(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production media = { "media", "9", 8866 };
    static const sc_production port = { "port", "9", 8866 };
    sipcheck_sdp_media *out = (sipcheck_sdp_media *)value;
    bool ok = sc_sdp_part(c, &media, SC_SDP_TOKEN, "token", &out->media) && sc_sdp_sp(c) &&
              sc_sdp_digits(c, &port, &out->port_text) &&
              (!sc_skip(c, '/') || sc_sdp_integer(c, &out->count_text)) && sc_sdp_sp(c) &&
              proto(c, &out->protocol) && formats(c, &out->formats);
    out->port = sc_number32(out->port_text);
    return ok;
}
