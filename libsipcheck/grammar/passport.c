/* SPDX-License-Identifier: MIT */
/* The PASSporT inside Identity: base64url JSON, dot, base64url JSON, dot, signature. None of it is
 * SIP's grammar: what can't be read is no fault here. RFC 8225, RFC 7515 §7.1 */
#include "grammar/grammar.h"

#include <string.h>

#include "text/json.h"

static int sextet(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z') return byte - 'A';
    if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9') return byte - '0' + 52;
    if (byte == '-') return 62;
    return byte == '_' ? 63 : -1;
}

/* Base64url without padding. RFC 4648 §5. Returns how many bytes, 0: it is none. */
static size_t decode(sipcheck_slice in, uint8_t *out)
{
    size_t n = 0;
    uint32_t bits = 0;
    if (in.n % 4 == 1) return 0;
    for (size_t i = 0; i < in.n; i++) {
        int six = sextet(in.p[i]);
        if (six < 0) return 0;
        bits = bits << 6 | (uint32_t)six;
        if (i % 4 != 0) out[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    return n;
}

/* "\/" is "/" in JSON, and there are writers that never leave the backslash out. RFC 8259 §7 */
static size_t plain_slashes(uint8_t *text, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        bool pair = text[i] == '\\' && i + 1 < n;
        if (pair && text[i + 1] != '/') text[to++] = text[i];
        text[to++] = text[i += pair];
    }
    return to;
}

static sipcheck_slice decoded(sc_cursor *c, sipcheck_slice part)
{
    sipcheck_slice none = { NULL, 0 };
    uint8_t *out = part.n ? sc_take_memory(c, part.n) : NULL;
    size_t n = out ? decode(part, out) : 0;
    return n ? (sipcheck_slice){ out, plain_slashes(out, n) } : none;
}

/* The parts between dots; how many there are, at most one too many. */
static size_t cut(sipcheck_slice digest, sipcheck_slice parts[4])
{
    size_t count = 0;
    const uint8_t *p = digest.p, *end = digest.p + digest.n;
    while (count < 4) {
        const uint8_t *dot = memchr(p, '.', (size_t)(end - p));
        parts[count++] = sc_slice(p, dot ? dot : end);
        if (!dot) break;
        p = dot + 1;
    }
    return count;
}

/* "uri" is one string in orig, and an array in dest. RFC 8225 §5.2.1, erratum 5715 of RFC 8224 */
static void read_uri(sc_cursor *c, sipcheck_slice claims, const char *claim, sipcheck_uri *out)
{
    sipcheck_slice identity, uri, only;
    if (sc_json_member(claims, claim, &identity) != SC_JSON_FOUND) return;
    if (sc_json_member(identity, "uri", &uri) != SC_JSON_FOUND) return;
    if (sc_json_only_element(uri, &only) == SC_JSON_FOUND) uri = only;
    if (uri.n < 2 || uri.p[0] != '"' || memchr(uri.p, '\\', uri.n)) return;
    /* It lies in memory of its own, so neither places nor maps of the message are its. */
    sc_faults nowhere = {
        .arena = c->faults->arena, .base = uri.p, .end = uri.p + uri.n, .muted = true
    };
    sc_cursor inside = sc_cursor_over(uri.p + 1, uri.p + uri.n - 1, &nowhere, c->production);
    inside.quiet = true;
    if (!sc_uri(&inside, false, out) || inside.p < inside.end)
        sc_uri_salvage(&inside, sc_slice(uri.p + 1, inside.end), out);
    c->faults->no_memory |= nowhere.no_memory;
}

void sc_read_passport(sc_cursor *c, sipcheck_identity *out)
{
    sipcheck_slice parts[4];
    if (cut(out->digest, parts) != 3 || !parts[2].n) return;
    out->compact = !parts[0].n && !parts[1].n;
    out->full = parts[0].n && parts[1].n;
    if (!out->full) return;
    out->header = decoded(c, parts[0]);
    out->claims = decoded(c, parts[1]);
    read_uri(c, out->claims, "orig", &out->orig);
    read_uri(c, out->claims, "dest", &out->dest);
}
