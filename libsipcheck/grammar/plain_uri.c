/* SPDX-License-Identifier: MIT */
/* SIP URIs in angle brackets, in quotes, or in a Request-Line:
 *
 *     "sip:" [ user "@" ] host [ ":" port ] *( ";" name [ "=" value ] )
 *
 * without a password, escapes and headers, with up to 8 parameters; ">", a quote or a space is
 * next. A name may have a grammar of its own in uri.c, which is told by its length here. */
#include "grammar/plain.h"

enum { PARAMS_MAX = 8 };

/* A name of the length of user, method or transport may be one of these, and has a value then,
 * which is a token; of the length of ttl or maddr, whose values are no such runs, none. */
enum { VALUE_NEEDED = 1u << 4 | 1u << 6 | 1u << 9, VALUE_ODD = 1u << 3 | 1u << 5 };

static inline bool has_length(sipcheck_slice name, unsigned lengths)
{
    return name.n < 32 && (lengths >> name.n & 1);
}

/* *( ";" name [ "=" value ] ) */
static inline const uint8_t *params(sc_cursor *c, const uint8_t *p, const sipcheck_param **tail)
{
    for (int left = PARAMS_MAX; *p == ';'; left--) {
        const uint8_t *start = p + 1;
        p = sc_plain_run(c, SC_MAP_HOST, start);
        sipcheck_slice name = sc_slice(start, p), value = { NULL, 0 };
        if (!name.n || !left || has_length(name, VALUE_ODD)) return NULL;
        if (*p == '=') {
            start = p + 1;
            p = sc_plain_run(c, SC_MAP_HOST, start);
            if (p == start) return NULL;
            value = sc_slice(start, p);
        } else if (has_length(name, VALUE_NEEDED)) {
            return NULL;
        }
        sipcheck_param *param = sc_arena_take(c->faults->arena, sizeof *param);
        if (!param) return NULL;
        param->next = NULL;
        param->name = name;
        param->value = value;
        param->quoted = false;
        *tail = param;
        tail = &param->next;
    }
    return p;
}

/* [ user "@" ]: where the host begins. A colon may be that of a password: not if behind digits the
 * URI, or its host and port, are over. */
static inline const uint8_t *user(const sc_cursor *c, const uint8_t *p, sipcheck_slice *out)
{
    const uint8_t *end = sc_plain_run(c, SC_MAP_USER, p);
    *out = (sipcheck_slice){ NULL, 0 };
    if (*end == '@' && end > p) {
        *out = sc_slice(p, end);
        return end + 1;
    }
    if (*end == '%') return NULL;
    if (*end != ':') return p;
    end = sc_plain_run(c, SC_MAP_DIGIT, end + 1);
    return *end == ';' || *end == '>' || *end == ' ' || *end == '"' ? p : NULL;
}

static inline bool at_sip(const sc_cursor *c, const uint8_t *p)
{
    static const uint8_t text[4] = "sip:", small[4] = { 0x20, 0x20, 0x20, 0 };
    uint32_t there, wanted, mask;
    if (c->end - p < 4) return false;
    memcpy(&there, p, 4);
    memcpy(&wanted, text, 4);
    memcpy(&mask, small, 4);
    return (there | mask) == wanted;
}

SC_HOT const uint8_t *sc_plain_uri(sc_cursor *c, const uint8_t *p, sipcheck_uri *out)
{
    sipcheck_slice name, port_text;
    uint32_t port;
    uint8_t kind;
    const sipcheck_param *list = NULL;
    const uint8_t *start = p;
    if (!at_sip(c, p)) return NULL;
    const uint8_t *host = user(c, p + 4, &name), *host_end;
    if (!host || !(host_end = sc_plain_host(c, host, &kind))) return NULL;
    if (!(p = sc_plain_port(c, host_end, &port_text, &port)) || !(p = params(c, p, &list)))
        return NULL;
    if (*p != '>' && *p != ' ' && *p != '"') return NULL;
    out->raw = sc_slice(start, p);
    out->scheme = sc_slice(start, start + 3);
    out->user = name;
    out->host = sc_slice(host, host_end);
    out->port_text = port_text;
    out->port = port;
    out->host_kind = kind;
    out->is_sip = true;
    out->valid = true;
    out->params = list;
    return p;
}
