/* SPDX-License-Identifier: MIT */
/* Lines of session descriptions by the map alone. The shape that is plain stands above each
 * function, in the words of RFC 8866 §9; TOKEN is the token of RFC 3261 here, which has a map and
 * is a part of RFC 8866's. A run of the map ends at the line's CR at the latest. */
#include "sdp/plain.h"

#include "grammar/plain.h"

/* What all values of a line share. */
typedef struct plain_line {
    const sc_cursor *c;
    const uint8_t *p, *end;
    uint32_t line;
} plain_line;

static inline void *take(const plain_line *in, size_t size)
{
    void *memory = sc_arena_take(in->c->faults->arena, size);
    if (!memory) in->c->faults->no_memory = true;
    return memory;
}

static inline void set_value(const plain_line *in, sipcheck_value *v, enum sipcheck_kind kind,
                             const uint8_t *raw)
{
    v->next = NULL;
    v->raw = sc_slice(raw, in->end);
    v->line = in->line;
    v->kind = (uint8_t)kind;
    v->valid = true;
}

/* --- what values are made of: each returns where it ends, or NULL */

/* 1*TOKEN, and `behind` behind it */
static inline const uint8_t *token(const plain_line *in, const uint8_t *p, uint8_t behind)
{
    const uint8_t *end = sc_plain_run(in->c, SC_MAP_TOKEN, p);
    return end > p && *end == behind ? end : NULL;
}

/* 1*16DIGIT, likewise */
static inline const uint8_t *digits(const plain_line *in, const uint8_t *p, uint8_t behind)
{
    const uint8_t *end = sc_plain_run(in->c, SC_MAP_DIGIT, p);
    return end > p && end - p <= 16 && *end == behind ? end : NULL;
}

/* zero-based-integer, likewise */
static inline const uint8_t *integer(const plain_line *in, const uint8_t *p, uint8_t behind)
{
    const uint8_t *end = digits(in, p, behind);
    return end && (*p != '0' || end == p + 1) ? end : NULL;
}

/* 1*( qdtext / SP ) up to the end of the line */
static inline bool is_text(const plain_line *in, const uint8_t *p)
{
    const uint8_t *start = p;
    for (;; p++) {
        p = sc_plain_run(in->c, SC_MAP_QDTEXT, p);
        if (p >= in->end || *p != ' ') return p == in->end && p > start;
    }
}

/* %s"IN IP4 ", and behind it all of the line a FQDN or an IP4-address, which does not begin as
 * those of groups do: with 23, or 224 to 229 */
static inline bool is_address(const plain_line *in, const uint8_t *p, uint8_t *kind)
{
    const uint8_t *host = p + 7;
    if (in->end - p < 8 || memcmp(p, "IN IP4 ", 7) != 0) return false;
    bool group = host[0] == '2' && ((host[1] == '2' && host[2] >= '4') || host[1] == '3');
    return !group && sc_plain_host(in->c, host, kind) == in->end;
}

/* Up to eight digits that end there, as a number. What stands in front of a description's digits,
 * the head of its message at the least, is longer than all that is read. */
static inline uint64_t last_eight(const uint8_t *end, size_t n)
{
    uint64_t word;
    memcpy(&word, end - 8, 8);
    word = n ? word >> (64 - n * 8) : 0;
    word = n ? word << (64 - n * 8) : 0;
    const uint64_t ones = UINT64_C(0x00ff00ff00ff00ff), twos = UINT64_C(0x0000ffff0000ffff);
    word &= UINT64_C(0x0f0f0f0f0f0f0f0f);
    word = (word & ones) * 10 + (word >> 8 & ones);
    word = (word & twos) * 100 + (word >> 16 & twos);
    return (uint64_t)(uint32_t)word * 10000 + (word >> 32);
}

/* 1 to 16 digits as a number. */
static inline uint64_t number(const uint8_t *p, const uint8_t *end)
{
    size_t n = (size_t)(end - p), low = n < 8 ? n : 8;
    return last_eight(end, low) + UINT64_C(100000000) * last_eight(end - 8, n - low);
}

/* --- lines */

static sipcheck_value *take_number(const plain_line *in, const uint8_t *p)
{
    sipcheck_number *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_NUMBER, p);
    out->number = number(p, in->end);
    out->overflow = false;
    out->digits = sc_slice(p, in->end);
    out->comment = (sipcheck_slice){ NULL, 0 };
    out->params = NULL;
    return &out->v;
}

/* Digits are all there is from p on. */
static bool is_number(const plain_line *in, const uint8_t *p)
{
    const uint8_t *end = digits(in, p, '\r');
    return end && end == in->end;
}

/* version-field  =  %s"v" "=" 1*16DIGIT CRLF */
static sipcheck_value *version(const plain_line *in)
{
    return is_number(in, in->p) ? take_number(in, in->p) : NULL;
}

/* origin-field  =  %s"o" "=" TOKEN SP 1*16DIGIT SP 1*16DIGIT SP address CRLF */
static sipcheck_value *origin(const plain_line *in)
{
    uint8_t kind;
    const uint8_t *user = token(in, in->p, ' ');
    const uint8_t *id = user ? digits(in, user + 1, ' ') : NULL;
    const uint8_t *end = id ? digits(in, id + 1, ' ') : NULL;
    if (!end || !is_address(in, end + 1, &kind)) return NULL;
    sipcheck_origin *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->username = sc_slice(in->p, user);
    out->sess_id = sc_slice(user + 1, id);
    out->sess_version = sc_slice(id + 1, end);
    out->nettype = (sipcheck_slice){ end + 1, 2 };
    out->addrtype = (sipcheck_slice){ end + 4, 3 };
    out->address = sc_slice(end + 8, in->end);
    out->id = number(user + 1, id);
    out->version = number(id + 1, end);
    out->address_kind = kind;
    return &out->v;
}

/* session-name-field  =  %s"s" "=" text CRLF */
static sipcheck_value *text(const plain_line *in)
{
    sipcheck_value *out = is_text(in, in->p) ? take(in, sizeof *out) : NULL;
    if (out) set_value(in, out, SIPCHECK_KIND_TEXT, in->p);
    return out;
}

/* connection-field  =  %s"c" "=" address CRLF */
static sipcheck_value *connection(const plain_line *in)
{
    uint8_t kind;
    if (!is_address(in, in->p, &kind)) return NULL;
    sipcheck_connection *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->nettype = (sipcheck_slice){ in->p, 2 };
    out->addrtype = (sipcheck_slice){ in->p + 3, 3 };
    out->address = sc_slice(in->p + 7, in->end);
    out->ttl = out->count_text = (sipcheck_slice){ NULL, 0 };
    out->address_kind = kind;
    out->multicast = false;
    return &out->v;
}

/* bandwidth-field  =  %s"b" "=" TOKEN ":" 1*16DIGIT CRLF */
static sipcheck_value *bandwidth(const plain_line *in)
{
    const uint8_t *type = token(in, in->p, ':');
    if (!type || !is_number(in, type + 1)) return NULL;
    sipcheck_bandwidth *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->type = sc_slice(in->p, type);
    out->digits = sc_slice(type + 1, in->end);
    out->number = number(type + 1, in->end);
    return &out->v;
}

/* time-field  =  %s"t=0 0" CRLF */
static sipcheck_value *time_of(const plain_line *in)
{
    if (in->end - in->p != 3 || memcmp(in->p, "0 0", 3) != 0) return NULL;
    sipcheck_time *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->start_text = (sipcheck_slice){ in->p, 1 };
    out->stop_text = (sipcheck_slice){ in->p + 2, 1 };
    out->start = out->stop = 0;
    return &out->v;
}

/* 1*( SP TOKEN ) CRLF: as values; false: not plain, or no memory */
static inline bool take_formats(const plain_line *in, const uint8_t *p, const sipcheck_value **tail)
{
    while (p < in->end) {
        const uint8_t *start = p + 1;
        if (*p != ' ') return false;
        p = sc_plain_run(in->c, SC_MAP_TOKEN, start);
        sipcheck_value *word = p > start ? take(in, sizeof *word) : NULL;
        if (!word) return false;
        word->raw = sc_slice(start, p);
        word->line = 0;
        word->kind = SIPCHECK_KIND_TEXT;
        word->valid = true;
        *tail = word;
        tail = (const sipcheck_value **)&word->next;
    }
    *tail = NULL;
    return true;
}

/* media-field  =  %s"m" "=" TOKEN SP 1*8DIGIT SP TOKEN *( "/" TOKEN ) 1*( SP TOKEN ) CRLF */
static sipcheck_value *media(const plain_line *in)
{
    const uint8_t *type = token(in, in->p, ' ');
    const uint8_t *port = type ? digits(in, type + 1, ' ') : NULL, *proto = port;
    if (!port || port - type > 9) return NULL;
    do {
        const uint8_t *start = proto + 1;
        proto = sc_plain_run(in->c, SC_MAP_TOKEN, start);
        if (proto == start) return NULL;
    } while (*proto == '/');
    if (*proto != ' ') return NULL;
    sipcheck_sdp_media *out = sc_arena_alloc(in->c->faults->arena, sizeof *out);
    if (!out) in->c->faults->no_memory = true;
    if (!out || !take_formats(in, proto, &out->formats)) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->media = sc_slice(in->p, type);
    out->port_text = sc_slice(type + 1, port);
    out->protocol = sc_slice(port + 1, proto);
    out->port = (uint32_t)last_eight(port, (size_t)(port - type - 1));
    return &out->v;
}

/* --- attributes: the values of the commonest ones */

/* rtpmap-value  =  zero-based-integer SP TOKEN "/" integer [ "/" integer ] */
static sipcheck_value *rtpmap(const plain_line *in, const uint8_t *p)
{
    const uint8_t *type = integer(in, p, ' '), *name = type ? token(in, type + 1, '/') : NULL;
    const uint8_t *rate = name ? sc_plain_run(in->c, SC_MAP_DIGIT, name + 1) : NULL;
    if (!rate || rate == name + 1 || name[1] == '0') return NULL;
    bool channels = *rate == '/' && rate[1] != '0';
    if (channels ? digits(in, rate + 1, '\r') != in->end : rate != in->end) return NULL;
    sipcheck_rtpmap *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, p);
    out->payload_type = sc_slice(p, type);
    out->encoding = sc_slice(type + 1, name);
    out->clock_rate = sc_slice(name + 1, rate);
    out->channels = (sipcheck_slice){ NULL, 0 };
    if (channels) out->channels = sc_slice(rate + 1, in->end);
    return &out->v;
}

/* fmtp-value  =  TOKEN SP text */
static sipcheck_value *fmtp(const plain_line *in, const uint8_t *p)
{
    const uint8_t *format = token(in, p, ' ');
    if (!format || !is_text(in, format + 1)) return NULL;
    sipcheck_fmtp *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, p);
    out->format = sc_slice(p, format);
    out->parameters = sc_slice(format + 1, in->end);
    return &out->v;
}

/* ptime-value  =  integer */
static sipcheck_value *milliseconds(const plain_line *in, const uint8_t *p)
{
    return *p != '0' && is_number(in, p) ? take_number(in, p) : NULL;
}

/* Nothing: the name is all. */
static sipcheck_value *flag(const plain_line *in, const uint8_t *p)
{
    sipcheck_value *out = p == in->end ? take(in, sizeof *out) : NULL;
    if (out) set_value(in, out, SIPCHECK_KIND_TEXT, in->p);
    return out;
}

/* p is behind the name and, where there is one, its colon. */
static void parse_common(const plain_line *in, sipcheck_attribute *out, const uint8_t *p)
{
    static const struct {
        char name[16];
        uint16_t id;
        bool colon;
        sipcheck_value *(*parse)(const plain_line *in, const uint8_t *p);
    } common[] = {
        { "rtpmap", SIPCHECK_ATTRIBUTE_RTPMAP, true, rtpmap },
        { "fmtp", SIPCHECK_ATTRIBUTE_FMTP, true, fmtp },
        { "ptime", SIPCHECK_ATTRIBUTE_PTIME, true, milliseconds },
        { "sendrecv", SIPCHECK_ATTRIBUTE_SENDRECV, false, flag },
        { "sendonly", SIPCHECK_ATTRIBUTE_SENDONLY, false, flag },
        { "recvonly", SIPCHECK_ATTRIBUTE_RECVONLY, false, flag },
        { "inactive", SIPCHECK_ATTRIBUTE_INACTIVE, false, flag },
        { "maxptime", SIPCHECK_ATTRIBUTE_MAXPTIME, true, milliseconds },
    };
    uint64_t word = 0, known;
    if (out->name.n > sizeof word) return;
    memcpy(&word, out->name.p + out->name.n - 8, sizeof word);
    word >>= 64 - out->name.n * 8;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        memcpy(&known, common[i].name, sizeof known);
        if (word != known) continue;
        if (common[i].colon == (out->value.p != NULL)) out->parsed = common[i].parse(in, p);
        if (out->parsed) out->id = common[i].id;
        return;
    }
}

/* attribute-field  =  %s"a" "=" TOKEN [ ":" text ] CRLF */
static sipcheck_value *attribute(const plain_line *in)
{
    const uint8_t *name = sc_plain_run(in->c, SC_MAP_TOKEN, in->p), *p = name;
    if (name == in->p || (name < in->end && *p++ != ':')) return NULL;
    sipcheck_attribute *out = take(in, sizeof *out);
    if (!out) return NULL;
    set_value(in, &out->v, SIPCHECK_KIND_TEXT, in->p);
    out->name = sc_slice(in->p, name);
    out->value = (sipcheck_slice){ NULL, 0 };
    if (p > name) out->value = sc_slice(p, in->end);
    out->id = SIPCHECK_ATTRIBUTE_UNKNOWN;
    out->parsed = NULL;
    parse_common(in, out, p);
    return out->parsed || p == name || is_text(in, p) ? &out->v : NULL;
}

sipcheck_value *sc_sdp_plain(const sc_cursor *c, enum sipcheck_sdp_line type, uint32_t line,
                             const uint8_t *p, const uint8_t *end)
{
    const plain_line in = { c, p, end, line };
    switch (type) {
    case SIPCHECK_SDP_V:
        return version(&in);
    case SIPCHECK_SDP_O:
        return origin(&in);
    case SIPCHECK_SDP_S:
        return text(&in);
    case SIPCHECK_SDP_C:
        return connection(&in);
    case SIPCHECK_SDP_B:
        return bandwidth(&in);
    case SIPCHECK_SDP_T:
        return time_of(&in);
    case SIPCHECK_SDP_A:
        return attribute(&in);
    case SIPCHECK_SDP_M:
        return media(&in);
    default:
        return NULL;
    }
}
