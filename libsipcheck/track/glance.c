/* SPDX-License-Identifier: MIT */
#include "track/glance.h"

#include <string.h>

#include "track/hash.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STRETCH = 64 };

typedef struct look {
    const uint8_t *p, *end;
    const uint8_t *at; /* a stretch of bytes; those behind it were not looked at */
    uint64_t feeds;    /* its line feeds that were not passed yet, a bit a byte */
    bool via_seen;
    sc_glance found;
} look;

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_end(uint8_t c)
{
    return c == '\r' || c == '\n';
}

static uint64_t feeds_in(const uint8_t bytes[STRETCH])
{
    uint64_t feeds = 0;
#if defined(__SSE2__)
    for (unsigned i = 0; i < STRETCH; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        __m128i equal = _mm_cmpeq_epi8(part, _mm_set1_epi8('\n'));
        feeds |= (uint64_t)(unsigned)_mm_movemask_epi8(equal) << i;
    }
#else
    for (unsigned i = 0; i < STRETCH; i++)
        feeds |= (uint64_t)(bytes[i] == '\n') << i;
#endif
    return feeds;
}

/* Fewer bytes. */
static uint64_t feeds_at_end(const uint8_t *bytes, size_t n)
{
    uint8_t last[STRETCH] = { 0 };
    memcpy(last, bytes, n);
    return feeds_in(last);
}

static void look_at_stretch(look *in, const uint8_t *at)
{
    size_t n = (size_t)(in->end - at);
    in->at = at;
    in->feeds = n < STRETCH ? feeds_at_end(at, n) : feeds_in(at);
}

/* Behind the line feed that no continuation follows; NULL: there is none. */
static const uint8_t *next_line(look *in)
{
    for (;;) {
        while (in->feeds == 0) {
            if ((size_t)(in->end - in->at) <= STRETCH) return NULL;
            look_at_stretch(in, in->at + STRETCH);
        }
        const uint8_t *p = in->at + __builtin_ctzll(in->feeds) + 1;
        in->feeds &= in->feeds - 1;
        if (p == in->end || !is_space(*p)) return p;
    }
}

/* Without what is white in front: sc_is_blank or, `spaces`, SP and HTAB alone. */
static sipcheck_slice behind(sipcheck_slice text, bool spaces)
{
    while (text.n > 0 && (spaces ? is_space(*text.p) : sc_is_blank(*text.p)))
        text.p++, text.n--;
    return text;
}

static sipcheck_slice rest_of(sipcheck_slice text, size_t n)
{
    return (sipcheck_slice){ text.p + n, text.n - n };
}

/* `name` is of lower-case letters and hyphens, which the bit of the case does not change. */
static bool begins_with(sipcheck_slice text, const char *name, size_t n)
{
    if (text.n <= n) return false;
    for (size_t i = 0; i < n; i++)
        if ((text.p[i] | 0x20) != (uint8_t)name[i]) return false;
    return true;
}

/* Where a name of so many bytes and a colon begin the line: what is behind it. */
static bool take_value(sipcheck_slice line, size_t name, sipcheck_slice *ret)
{
    const sipcheck_slice rest = behind(rest_of(line, name), true);
    if (rest.n == 0 || *rest.p != ':') return false;
    *ret = behind(rest_of(rest, 1), false);
    return true;
}

/* Without white space at its end; absent: nothing is left. */
static sipcheck_slice trimmed(sipcheck_slice text)
{
    while (text.n > 0 && sc_is_blank(text.p[text.n - 1]))
        text.n--;
    return text.n > 0 ? text : (sipcheck_slice){ 0 };
}

static sipcheck_slice up_to(sipcheck_slice text, uint8_t stop)
{
    const uint8_t *p = text.n > 0 ? memchr(text.p, stop, text.n) : NULL;
    return p != NULL ? sc_slice(text.p, p) : text;
}

/* RFC 3261's; without it a branch does not count. In a word, of which the last byte is anything. */
static bool has_cookie(sipcheck_slice branch)
{
    static const uint8_t small[8] = { 32, 32, 32, 32, 32, 32, 32, 255 };
    static const uint8_t cookie[8] = { 'z', '9', 'h', 'g', '4', 'b', 'k', 255 };
    return branch.n >= 8 && (sc_word_at(branch.p) | sc_word_at(small)) == sc_word_at(cookie);
}

/* SEMI "branch" EQUAL token */
static sipcheck_slice branch_of(sipcheck_slice via)
{
    sipcheck_slice rest = via;
    for (const uint8_t *p; rest.n > 0 && (p = memchr(rest.p, ';', rest.n)) != NULL;) {
        rest = behind(rest_of(rest, (size_t)(p - rest.p) + 1), false);
        if (!begins_with(rest, "branch", 6)) continue;
        rest = behind(rest_of(rest, 6), false);
        if (rest.n == 0 || *rest.p != '=') continue;
        const sipcheck_slice branch =
            trimmed(up_to(up_to(behind(rest_of(rest, 1), false), ';'), ','));
        return has_cookie(branch) ? branch : (sipcheck_slice){ 0 };
    }
    return (sipcheck_slice){ 0 };
}

/* Within the last angle brackets, or as it stands; what is behind the host's ; or ? is left out. */
static sipcheck_slice uri_of(sipcheck_slice value)
{
    sipcheck_slice uri = value;
    for (size_t i = value.n; i > 0; i--) {
        if (value.p[i - 1] != '<') continue;
        uri = rest_of(value, i);
        break;
    }
    uri = trimmed(up_to(uri, '>'));
    const uint8_t *host = uri.n > 0 ? memchr(uri.p, '@', uri.n) : NULL;
    size_t from = host != NULL ? (size_t)(host - uri.p) : 0;
    for (size_t i = from; i < uri.n; i++)
        if (uri.p[i] == ';' || uri.p[i] == '?') uri.n = i;
    return uri;
}

static bool is_start(sipcheck_slice line, const char *word, size_t n)
{
    return line.n > n && memcmp(line.p, word, n) == 0;
}

static void look_at_start(sc_glance *found, sipcheck_slice line)
{
    found->is_response = is_start(line, "SIP/", 4);
    found->is_register = is_start(line, "REGISTER ", 9);
    found->follows = is_start(line, "ACK ", 4) || is_start(line, "CANCEL ", 7);
}

static void look_at_cseq(sc_glance *found, sipcheck_slice value)
{
    static const char method[] = "REGISTER";
    const sipcheck_slice cseq = trimmed(value);
    size_t n = sizeof method - 1;
    found->cseq = cseq;
    found->is_register = cseq.n > n && memcmp(cseq.p + cseq.n - n, method, n) == 0 &&
                         sc_is_blank(cseq.p[cseq.n - n - 1]);
}

static void look_at_via(look *in, sipcheck_slice line)
{
    sipcheck_slice value;
    if (in->via_seen || !take_value(line, begins_with(line, "via", 3) ? 3 : 1, &value)) return;
    in->via_seen = true;
    in->found.branch = branch_of(value);
}

/* The first letters of names that look_at_line knows. */
static bool may_tell(uint8_t letter)
{
    unsigned at = (letter | 0x20u) - 'a';
    return at < 32 &&
           (1u << ('v' - 'a') | 1u << ('c' - 'a') | 1u << ('i' - 'a') | 1u << ('t' - 'a')) >> at &
               1u;
}

static void look_at_line(look *in, sipcheck_slice line)
{
    sc_glance *found = &in->found;
    sipcheck_slice value;
    switch (line.p[0] | 0x20) {
    case 'v':
        look_at_via(in, line);
        return;
    case 'c':
        if (begins_with(line, "call-id", 7)) {
            if (take_value(line, 7, &value)) found->call_id = trimmed(value);
        } else if (found->is_response && begins_with(line, "cseq", 4)) {
            if (take_value(line, 4, &value)) look_at_cseq(found, value);
        }
        return;
    case 'i':
        if (take_value(line, 1, &value)) found->call_id = trimmed(value);
        return;
    case 't':
        if (!found->is_response && !found->is_register) return;
        if (take_value(line, begins_with(line, "to", 2) ? 2 : 1, &value)) found->to = value;
        return;
    default:
        return;
    }
}

/* All there is to find. A response may be one to REGISTER, which its CSeq tells. */
static bool is_done(const look *in)
{
    const sc_glance *found = &in->found;
    bool to = !found->is_register || found->to.p != NULL;
    bool cseq = !found->is_response || found->cseq.p != NULL;
    return in->via_seen && found->call_id.p != NULL && to && cseq;
}

static void look_at(look *in, sipcheck_slice line, bool start)
{
    if (start)
        look_at_start(&in->found, line);
    else
        look_at_line(in, line);
}

sc_glance sc_glance_at(const uint8_t *bytes, size_t n)
{
    look in = { .p = bytes, .end = n > 0 ? bytes + n : bytes };
    while (in.p < in.end && is_end(*in.p))
        in.p++;
    if (in.p == in.end) return in.found;
    look_at_stretch(&in, in.p);
    for (bool start = true, done = false; !done && in.p < in.end && !is_end(*in.p); start = false) {
        const uint8_t *next = next_line(&in);
        if (next == NULL) break;
        if (start || may_tell(*in.p)) {
            look_at(&in, sc_slice(in.p, next), start);
            done = is_done(&in);
        }
        in.p = next;
    }
    in.found.to = in.found.is_register ? uri_of(in.found.to) : (sipcheck_slice){ 0 };
    return in.found;
}

/* --- of a message that was parsed */

/* Behind the name of the first line of that header. */
static sipcheck_slice line_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_value *first = message->values[id];
    return first != NULL ? message->headers[first->line].value : (sipcheck_slice){ 0 };
}

static sipcheck_slice value_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_value *first = message->values[id];
    return first != NULL ? first->raw : (sipcheck_slice){ 0 };
}

/* What looks like a branch in a quoted string in front of it, or in a later Via of the line, is for
 * branch_of. */
static sipcheck_slice parsed_branch(const sipcheck_message *message)
{
    const sipcheck_via *via = (const sipcheck_via *)message->values[SIPCHECK_HEADER_VIA];
    bool plain = via != NULL && via->branch.p != NULL;
    const sipcheck_param *p = plain ? via->params : NULL;
    for (; p != NULL && p->value.p != via->branch.p; p = p->next)
        plain = plain && !p->quoted;
    if (!plain || (p != NULL && p->quoted)) return branch_of(line_of(message, SIPCHECK_HEADER_VIA));
    return has_cookie(via->branch) ? via->branch : (sipcheck_slice){ 0 };
}

/* Where the grammar took all of the head and no name is there twice, both see the same. */
static bool is_plain(const sipcheck_message *message)
{
    const uint16_t *lines = message->line_count;
    return message->valid && !message->cut && message->headers_whole &&
           lines[SIPCHECK_HEADER_CALL_ID] <= 1 && lines[SIPCHECK_HEADER_CSEQ] <= 1 &&
           lines[SIPCHECK_HEADER_TO] <= 1;
}

bool sc_glance_of(const sipcheck_message *message, sc_glance *ret)
{
    if (!is_plain(message)) return false;
    unsigned method = message->method_id;
    *ret = (sc_glance){ 0 };
    ret->is_response = is_start(message->start_line, "SIP/", 4);
    ret->is_register =
        method == SIPCHECK_METHOD_REGISTER && (message->is_request || ret->is_response);
    ret->follows =
        message->is_request && (method == SIPCHECK_METHOD_ACK || method == SIPCHECK_METHOD_CANCEL);
    ret->call_id = value_of(message, SIPCHECK_HEADER_CALL_ID);
    if (ret->is_response) ret->cseq = value_of(message, SIPCHECK_HEADER_CSEQ);
    if (ret->is_register) ret->to = uri_of(line_of(message, SIPCHECK_HEADER_TO));
    ret->branch = parsed_branch(message);
    return true;
}
