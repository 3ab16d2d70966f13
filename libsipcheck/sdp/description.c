/* SPDX-License-Identifier: MIT */
/* A session description line by line: which lines may follow which, and where each is kept.
 *
 * session-description  =  version-field origin-field session-name-field [information-field]
 *                         [uri-field] *email-field *phone-field [connection-field]
 *                         *bandwidth-field 1*time-description [key-field] *attribute-field
 *                         *media-description
 * time-description     =  time-field [repeat-description]
 * repeat-description   =  1*repeat-field [zone-field]
 * media-description    =  media-field [information-field] *connection-field *bandwidth-field
 *                         [key-field] *attribute-field      RFC 8866 §9
 * RFC 4566 had the zone-field behind time-fields that do not repeat, too, and both are in use. */
#include <string.h>

#include "sdp/plain.h"
#include "sdp/sdp.h"

typedef struct line_grammar {
    uint8_t kind; /* enum sipcheck_kind */
    size_t size;
    bool (*parse)(sc_cursor *c, sipcheck_value *out);
    sc_production production;
} line_grammar;

/* clang-format off */
static const line_grammar grammars[SIPCHECK_SDP_LINES] = {
    [SIPCHECK_SDP_V] = { SIPCHECK_KIND_NUMBER, sizeof(sipcheck_number), sc_sdp_version, { "version-field", "9", 8866 } },
    [SIPCHECK_SDP_O] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_origin), sc_sdp_origin, { "origin-field", "9", 8866 } },
    [SIPCHECK_SDP_S] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_value), sc_sdp_free_text, { "session-name-field", "9", 8866 } },
    [SIPCHECK_SDP_I] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_value), sc_sdp_free_text, { "information-field", "9", 8866 } },
    [SIPCHECK_SDP_U] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_value), sc_sdp_uri, { "uri-field", "9", 8866 } },
    [SIPCHECK_SDP_E] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_value), sc_sdp_email, { "email-field", "9", 8866 } },
    [SIPCHECK_SDP_P] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_value), sc_sdp_phone, { "phone-field", "9", 8866 } },
    [SIPCHECK_SDP_C] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_connection), sc_sdp_connection, { "connection-field", "9", 8866 } },
    [SIPCHECK_SDP_B] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_bandwidth), sc_sdp_bandwidth, { "bandwidth-field", "9", 8866 } },
    [SIPCHECK_SDP_T] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_time), sc_sdp_time, { "time-field", "9", 8866 } },
    [SIPCHECK_SDP_R] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_repeat), sc_sdp_repeat, { "repeat-field", "9", 8866 } },
    [SIPCHECK_SDP_Z] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_zone), sc_sdp_zone, { "zone-field", "9", 8866 } },
    [SIPCHECK_SDP_K] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_key), sc_sdp_key, { "key-field", "9", 8866 } },
    [SIPCHECK_SDP_A] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_attribute), sc_sdp_attribute, { "attribute-field", "9", 8866 } },
    [SIPCHECK_SDP_M] = { SIPCHECK_KIND_TEXT, sizeof(sipcheck_sdp_media), sc_sdp_media, { "media-field", "9", 8866 } },
};

/* What may follow the line read last. */
typedef struct state {
    uint32_t next; /* bits of enum sipcheck_sdp_line */
    bool end;      /* the description may end */
    const char *wanted;
} state;

#define V (1u << SIPCHECK_SDP_V)
#define O (1u << SIPCHECK_SDP_O)
#define S (1u << SIPCHECK_SDP_S)
#define I (1u << SIPCHECK_SDP_I)
#define U (1u << SIPCHECK_SDP_U)
#define E (1u << SIPCHECK_SDP_E)
#define P (1u << SIPCHECK_SDP_P)
#define C (1u << SIPCHECK_SDP_C)
#define B (1u << SIPCHECK_SDP_B)
#define T (1u << SIPCHECK_SDP_T)
#define R (1u << SIPCHECK_SDP_R)
#define Z (1u << SIPCHECK_SDP_Z)
#define K (1u << SIPCHECK_SDP_K)
#define A (1u << SIPCHECK_SDP_A)
#define M (1u << SIPCHECK_SDP_M)
static const state at_begin = { V, false, "v=" };
static const state in_session[SIPCHECK_SDP_LINES] = {
    [SIPCHECK_SDP_V] = { O, false, "o=" },
    [SIPCHECK_SDP_O] = { S, false, "s=" },
    [SIPCHECK_SDP_S] = { I|U|E|P|C|B|T, false, "i=, u=, e=, p=, c=, b= or t=" },
    [SIPCHECK_SDP_I] = { U|E|P|C|B|T, false, "u=, e=, p=, c=, b= or t=" },
    [SIPCHECK_SDP_U] = { E|P|C|B|T, false, "e=, p=, c=, b= or t=" },
    [SIPCHECK_SDP_E] = { E|P|C|B|T, false, "e=, p=, c=, b= or t=" },
    [SIPCHECK_SDP_P] = { P|C|B|T, false, "p=, c=, b= or t=" },
    [SIPCHECK_SDP_C] = { B|T, false, "b= or t=" },
    [SIPCHECK_SDP_B] = { B|T, false, "b= or t=" },
    [SIPCHECK_SDP_T] = { T|R|Z|K|A|M, true, "t=, r=, z=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_R] = { T|R|Z|K|A|M, true, "t=, r=, z=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_Z] = { T|K|A|M, true, "t=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_K] = { A|M, true, "a=, m= or the end" },
    [SIPCHECK_SDP_A] = { A|M, true, "a=, m= or the end" },
};
static const state in_media[SIPCHECK_SDP_LINES] = {
    [SIPCHECK_SDP_M] = { I|C|B|K|A|M, true, "i=, c=, b=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_I] = { C|B|K|A|M, true, "c=, b=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_C] = { C|B|K|A|M, true, "c=, b=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_B] = { B|K|A|M, true, "b=, k=, a=, m= or the end" },
    [SIPCHECK_SDP_K] = { A|M, true, "a=, m= or the end" },
    [SIPCHECK_SDP_A] = { A|M, true, "a=, m= or the end" },
};
#undef V
#undef O
#undef S
#undef I
#undef U
#undef E
#undef P
#undef C
#undef B
#undef T
#undef R
#undef Z
#undef K
#undef A
#undef M
/* clang-format on */

typedef struct reader {
    sc_faults *faults;
    sipcheck_sdp *sdp;
    sipcheck_sdp_section *section;
    const state *state;
    int last;             /* enum sipcheck_sdp_line; -1: none */
    uint32_t line, media; /* how many so far */
    bool bare;            /* a LF without CR was reported: one finding says it all */
    sc_cursor plain;      /* for plain lines: nothing but its map and where faults go is set */
    enum sc_simd simd;
    size_t lf; /* map.lf from here on are in front */
    /* Not cleared at the beginning: */
    const sipcheck_value **line_tail[SIPCHECK_SDP_LINES];
    const sipcheck_value **attribute_tail[SIPCHECK_ATTRIBUTE_COUNT];
    sc_classmap map;
} reader;

static const sc_production description = { "session-description", "9", 8866 };

static void fault(reader *r, const uint8_t *at, size_t length, const sc_production *self,
                  const char *wanted)
{
    r->faults->sdp_line = SIPCHECK_SDP_LINES;
    sc_fault_add(r->faults, at, length, self, wanted);
}

/* --- order */

/* A line that came too late is kept, and the order goes on as if it had not been there; before one
 * that came too early something is missing. */
static void check_order(reader *r, const uint8_t *at, int type)
{
    bool media = type == SIPCHECK_SDP_M || r->section != &r->sdp->session;
    const state *behind = media ? &in_media[type] : &in_session[type];
    bool fits = r->state->next >> type & 1u;
    if (!fits) fault(r, at, 1, &description, r->state->wanted);
    if (!fits && (type < r->last || !behind->wanted)) return;
    r->state = behind;
    r->last = type;
}

/* --- keeping */

static void append(const sipcheck_value **first, const sipcheck_value ***tail,
                   sipcheck_value *value)
{
    if (!*first) *tail = first;
    **tail = value;
    *tail = (const sipcheck_value **)&value->next;
}

static void keep_line(reader *r, int type, sipcheck_value *value)
{
    sipcheck_sdp_section *section = type == SIPCHECK_SDP_M ? &r->sdp->session : r->section;
    append(&section->lines[type], &r->line_tail[type], value);
    r->sdp->lines_seen |= 1u << type;
}

static bool keep_attribute(reader *r, sipcheck_attribute *attribute)
{
    if (!attribute->parsed) {
        attribute->id = (uint16_t)sipcheck_attribute_lookup(attribute->name);
        if (attribute->id == SIPCHECK_ATTRIBUTE_UNKNOWN) return true;
        if (!sc_sdp_parse_attribute(r->faults, attribute)) return false;
    }
    sipcheck_value *parsed = (sipcheck_value *)attribute->parsed;
    append(&r->section->attributes[attribute->id], &r->attribute_tail[attribute->id], parsed);
    r->sdp->attributes_seen |= (uint64_t)1 << attribute->id;
    attribute->v.valid &= parsed->valid;
    return true;
}

static void enter_media(reader *r, sipcheck_value *value)
{
    sipcheck_sdp_media *media = (sipcheck_sdp_media *)value;
    r->section = &media->section;
    media->place = ++r->media;
}

/* --- lines */

/* false: no memory */
static bool keep(reader *r, int type, sipcheck_value *value)
{
    keep_line(r, type, value);
    if (type == SIPCHECK_SDP_M) enter_media(r, value);
    return type != SIPCHECK_SDP_A || keep_attribute(r, (sipcheck_attribute *)value);
}

static bool parse_line(reader *r, int type, const uint8_t *p, const uint8_t *end)
{
    const line_grammar *grammar = &grammars[type];
    r->faults->sdp_line = (uint8_t)type;
    sc_cursor c = sc_cursor_over(p, end, r->faults, &grammar->production);
    sipcheck_value *value = sc_take_memory(&c, grammar->size);
    if (!value) return false;
    value->raw = sc_slice(p, end);
    value->line = r->line;
    value->kind = grammar->kind;
    value->valid = grammar->parse(&c, value) && sc_sdp_end(&c);
    if (!value->valid) sc_report(&c);
    return keep(r, type, value) && !r->faults->no_memory;
}

/* SIPCHECK_SDP_LINES: none. */
static int type_of(uint8_t letter)
{
    static const uint8_t behind[26] = {
        ['v' - 'a'] = SIPCHECK_SDP_V + 1, ['o' - 'a'] = SIPCHECK_SDP_O + 1,
        ['s' - 'a'] = SIPCHECK_SDP_S + 1, ['i' - 'a'] = SIPCHECK_SDP_I + 1,
        ['u' - 'a'] = SIPCHECK_SDP_U + 1, ['e' - 'a'] = SIPCHECK_SDP_E + 1,
        ['p' - 'a'] = SIPCHECK_SDP_P + 1, ['c' - 'a'] = SIPCHECK_SDP_C + 1,
        ['b' - 'a'] = SIPCHECK_SDP_B + 1, ['t' - 'a'] = SIPCHECK_SDP_T + 1,
        ['r' - 'a'] = SIPCHECK_SDP_R + 1, ['z' - 'a'] = SIPCHECK_SDP_Z + 1,
        ['k' - 'a'] = SIPCHECK_SDP_K + 1, ['a' - 'a'] = SIPCHECK_SDP_A + 1,
        ['m' - 'a'] = SIPCHECK_SDP_M + 1,
    };
    unsigned at = letter - (unsigned)'a';
    return at < 26 && behind[at] > 0 ? behind[at] - 1 : SIPCHECK_SDP_LINES;
}

static bool is_second(const reader *r, int type)
{
    return type == SIPCHECK_SDP_V && r->sdp->descriptions > 0;
}

static bool is_full(const reader *r, int type)
{
    return r->line == SIPCHECK_SDP_LINE_MAX ||
           (type == SIPCHECK_SDP_M && r->media == SIPCHECK_SDP_MEDIA_MAX);
}

/* Stops in front of a second description and at the limits. */
static bool stops(reader *r, int type, const uint8_t *at)
{
    bool second = is_second(r, type), full = is_full(r, type);
    r->sdp->descriptions += type == SIPCHECK_SDP_V;
    if (second) {
        fault(r, at, 1, &description, r->state->wanted);
        return true;
    }
    r->sdp->limited |= full;
    r->section->damaged |= full;
    r->sdp->session.damaged |= full;
    return full;
}

/* type "=" value. *ret_more: false where reading stops. Returns false without memory. */
static bool read_line(reader *r, const uint8_t *p, const uint8_t *end, bool *ret_more)
{
    int type = p < end ? type_of(*p) : SIPCHECK_SDP_LINES;
    *ret_more = !stops(r, type, p);
    if (!*ret_more) return true;
    r->line++;
    if (type == SIPCHECK_SDP_LINES) {
        r->section->damaged |= p < end;
        fault(r, p, p < end, &description, r->state->wanted);
        return true;
    }
    if (p + 1 == end || p[1] != '=') {
        r->section->damaged = true;
        fault(r, p + 1, p + 1 < end, &grammars[type].production, "\"=\"");
        return true;
    }
    check_order(r, p, type);
    return parse_line(r, type, p + 2, end);
}

/* CRLF; a LF alone is borne with, and reported once a description. */
static const uint8_t *line_end(reader *r, const uint8_t *p, const uint8_t *lf)
{
    static const sc_production crlf = { "CRLF", "9", 8866 };
    if (lf > p && lf[-1] == '\r') return lf - 1;
    if (!r->bare) fault(r, lf, 1, &crlf, "CRLF");
    r->bare = true;
    return lf;
}

/* --- plain lines */

/* The line feed that ends the line at p; NULL: none. It is mapped where *ret_mapped says so. */
static const uint8_t *find_line_feed(reader *r, const uint8_t *p, const uint8_t *end,
                                     bool *ret_mapped)
{
    if ((size_t)(p - r->map.base) >= r->map.n) {
        sc_classmap_fill(&r->map, p, end, r->simd);
        r->lf = 0;
    }
    *ret_mapped = r->lf < r->map.lf_count;
    return *ret_mapped ? r->map.base + r->map.lf[r->lf++] : memchr(p, '\n', (size_t)(end - p));
}

/* The line at p, where its type may stand there and its value is plain; else nothing is read.
 * *ret_ok: there was memory. */
static bool read_plain(reader *r, const uint8_t *p, const uint8_t *lf, bool *ret_ok)
{
    if (lf - p < 4 || p[1] != '=' || lf[-1] != '\r') return false;
    int type = type_of(*p);
    if (!(r->state->next >> type & 1u) || is_full(r, type) || is_second(r, type)) return false;
    sipcheck_value *value =
        sc_sdp_plain(&r->plain, (enum sipcheck_sdp_line)type, r->line + 1, p + 2, lf - 1);
    *ret_ok = !r->faults->no_memory;
    if (!value) return !*ret_ok;
    r->line++;
    r->sdp->descriptions += type == SIPCHECK_SDP_V;
    r->faults->sdp_line = (uint8_t)type;
    check_order(r, p, type);
    *ret_ok = keep(r, type, value) && !r->faults->no_memory;
    return true;
}

static bool read_lines(reader *r, const uint8_t *p, const uint8_t *end, bool *ret_more)
{
    bool ok = true, mapped;
    while (ok && *ret_more && p < end) {
        const uint8_t *lf = find_line_feed(r, p, end, &mapped);
        if (!mapped || !read_plain(r, p, lf, &ok))
            ok = read_line(r, p, lf ? line_end(r, p, lf) : end, ret_more);
        p = lf ? lf + 1 : end;
    }
    return ok;
}

/* The last line has a line end, and is one that may be the last. */
static void check_end(reader *r, sipcheck_slice text, bool open_end)
{
    static const sc_production crlf = { "CRLF", "9", 8866 };
    const uint8_t *end = text.p + text.n;
    if (text.n && end[-1] != '\n' && !open_end) fault(r, end, 0, &crlf, "CRLF");
    if (!r->state->end) fault(r, end, 0, &description, r->state->wanted);
}

static void begin(reader *r, sc_faults *faults, sipcheck_slice text, enum sc_simd simd,
                  sipcheck_sdp *out)
{
    bool plain = text.p - faults->base >= SC_SDP_PLAIN_BEFORE;
    r->faults = faults;
    r->sdp = out;
    r->section = &out->session;
    r->state = &at_begin;
    r->last = -1;
    r->line = r->media = 0;
    r->bare = false;
    r->plain.faults = faults;
    r->plain.map = &r->map;
    r->simd = plain ? simd : SC_SIMD_NONE;
    r->map.base = text.p;
    r->map.n = 0;
}

bool sc_sdp_parse(sc_faults *faults, sipcheck_slice text, bool open_end, enum sc_simd simd,
                  sipcheck_sdp *out)
{
    reader r;
    begin(&r, faults, text, simd, out);
    size_t before = faults->count;
    bool more = true;
    out->raw = text;
    bool ok = read_lines(&r, text.p, text.p + text.n, &more);
    if (ok && more) check_end(&r, text, open_end);
    faults->sdp_line = 0;
    out->valid = faults->count == before && !faults->lost;
    return ok && !faults->no_memory;
}
