/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode_text.h"

#include "text_line.h"
#include "text_meta.h"
#include "text_prefix.h"

#include <sipcheck/message.h>

#include <stdlib.h>
#include <string.h>

enum state {
    BETWEEN, /* no message is open */
    FIRST,   /* a start line was seen, the line behind it tells whether it was one */
    HEAD,
    BODY,
};

struct capture_text {
    capture_decoder *decoder;
    unsigned source;
    uint64_t messages;
    char line[CAPTURE_TEXT_LINE_MAX]; /* of which the end has not come */
    size_t line_n;
    bool line_cut;
    uint8_t *message;
    size_t n, allocated;
    size_t head;   /* bytes of it, when state is BODY */
    size_t wanted; /* of the body */
    bool nests;    /* the body is SIP's own: a start line in it begins no other message */
    enum state state;
    text_prefix prefix;
    text_meta meta; /* of the open message */
    text_meta next; /* of the one that will come */
};

/* --- the message */

static bool reserve(capture_text *t, size_t n)
{
    return capture_grow(t->decoder, &t->message, &t->allocated, n);
}

static bool add(capture_text *t, text_line l)
{
    if (t->n + l.n + 2 > SIPCHECK_MESSAGE_MAX) {
        capture_note(t->decoder, CAPTURE_TCP_TOO_BIG);
        return false;
    }
    if (!reserve(t, t->n + l.n + 2)) return false;
    if (l.n) memcpy(t->message + t->n, l.p, l.n);
    memcpy(t->message + t->n + l.n, "\r\n", 2);
    t->n += l.n + 2;
    return true;
}

/* n bytes of it are handed on. */
static void hand_on(capture_text *t, size_t n, bool cut)
{
    capture_origin origin = { { ++t->messages, t->source }, t->meta.ns };
    t->decoder->origin = origin;
    if (!t->meta.time) capture_note(t->decoder, CAPTURE_TEXT_NO_TIME);
    if (!t->meta.path.src.family || !t->meta.path.dst.family)
        capture_note(t->decoder, CAPTURE_TEXT_NO_ADDRESS);
    capture_hand_on(t->decoder, (sipcheck_slice){ t->message, n }, cut ? SIPCHECK_CUT : 0u, origin,
                    &t->meta.path, SIPCHECK_TRANSPORT_UNKNOWN);
    t->state = BETWEEN;
}

/* A line, or the log's end, shows that nothing more of the message comes. */
static void give_up(capture_text *t)
{
    if (t->state == FIRST) capture_note_bytes(t->decoder, CAPTURE_TEXT_OTHER, t->n);
    if (t->state == HEAD) hand_on(t, t->n - 2, true); /* its last line may lack its end, too */
    if (t->state == BODY) {
        /* The last line of a body need not have an end. */
        size_t body = t->n - t->head;
        if (body == t->wanted + 2)
            hand_on(t, t->n - 2, false);
        else
            hand_on(t, t->head, true);
    }
    t->state = BETWEEN;
}

/* A header of the head by its name or compact form: its value; absent: there is none. */
static text_line value_of(const capture_text *t, enum sipcheck_header_id id)
{
    text_line rest = { (const char *)t->message, t->n };
    while (rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) + 1 : rest.n, name;
        text_line l = { rest.p, n };
        if (text_header_name(l, &name) &&
            sipcheck_header_lookup((sipcheck_slice){ (const uint8_t *)l.p, name }) == id) {
            const char *colon = memchr(l.p, ':', l.n);
            return (text_line){ colon + 1, l.n - (size_t)(colon + 1 - l.p) };
        }
        rest = (text_line){ rest.p + n, rest.n - n };
    }
    return (text_line){ NULL, 0 };
}

/* What Content-Length says; false: nothing that is a number. */
static bool content_length(const capture_text *t, size_t *ret)
{
    text_line value = value_of(t, SIPCHECK_HEADER_CONTENT_LENGTH);
    *ret = 0;
    if (!value.p) return false;
    size_t at = text_indentation(value), digits = at;
    while (at < value.n && value.p[at] >= '0' && value.p[at] <= '9' && at < digits + 7)
        *ret = *ret * 10 + (size_t)(value.p[at++] - '0');
    return at > digits && (value.p[at] == '\r' || text_is_blank(value.p[at]));
}

static bool body_is_sip(const capture_text *t)
{
    text_line value = value_of(t, SIPCHECK_HEADER_CONTENT_TYPE);
    for (size_t i = 0; i + 3 <= value.n; i++)
        if (memcmp(value.p + i, "sip", 3) == 0 || memcmp(value.p + i, "multipart", 3) == 0)
            return true;
    return false;
}

/* The empty line came. */
static void end_head(capture_text *t)
{
    size_t length;
    bool known = content_length(t, &length);
    t->head = t->n;
    t->wanted = length;
    t->nests = body_is_sip(t);
    if (known && !length)
        hand_on(t, t->n, false);
    else if (known && length <= SIPCHECK_MESSAGE_MAX)
        t->state = BODY;
    else
        hand_on(t, t->n, value_of(t, SIPCHECK_HEADER_CONTENT_TYPE).p || length);
}

/* --- line by line */

/* The space behind a status code without a phrase (RFC 3261 §7.2) is what logs lose. */
static bool add_start(capture_text *t, text_line l)
{
    static const char bare[] = "SIP/2.0 200 ";
    char line[sizeof bare];
    l = text_trimmed(l);
    if (l.n != sizeof bare - 2) return add(t, l);
    memcpy(line, l.p, l.n);
    line[l.n] = ' ';
    return add(t, (text_line){ line, l.n + 1 });
}

static void take_between(capture_text *t, text_line l)
{
    size_t at;
    if (!text_find_start(l, &at)) {
        if (!text_meta_take(&t->next, l.p, l.n) && text_trimmed(l).n)
            capture_note_bytes(t->decoder, CAPTURE_TEXT_OTHER, l.n);
        return;
    }
    text_meta_take(&t->next, l.p, at);
    t->meta = t->next;
    t->next = (text_meta){ .ns = t->meta.ns };
    t->n = 0;
    t->prefix = text_prefix_before(l, at);
    t->state = add_start(t, (text_line){ l.p + at, l.n - at }) ? FIRST : BETWEEN;
}

/* The log may have broken the last line of the head. */
static bool is_open(const capture_text *t)
{
    size_t from = t->n - 2;
    while (from && t->message[from - 1] != '\n')
        from--;
    return text_leaves_open((text_line){ (const char *)t->message + from, t->n - from });
}

/* False: the message ends before that line. */
static bool take_header(capture_text *t, text_line l)
{
    size_t name, at;
    bool folded = text_is_blank(l.p[0]);
    if (folded ? text_find_start(l, &at) : !text_header_name(l, &name)) return false;
    if (text_is_masked(l) || text_may_hide_tab(l, t->prefix.mark)) return false;
    if (!folded && is_open(t) && !text_is_known_header(l)) return false;
    if (!add(t, l)) return false;
    if (l.n >= CAPTURE_TEXT_LINE_SURE) give_up(t);
    return true;
}

/* That of the start line. False: it is no end of a start line. */
static bool drop_mark(capture_text *t)
{
    static const char version[] = " SIP/2.0";
    size_t mark = t->prefix.mark, n = t->n - 2;
    if (!mark) {
        n -= text_cr_mark((text_line){ (const char *)t->message, n });
        return n == t->n - 2 || memcmp(t->message + n + 1 - sizeof version, version, 8) != 0;
    }
    memcpy(t->message + n - mark, "\r\n", 2);
    t->n -= mark;
    return true;
}

static void take_first(capture_text *t, text_line l)
{
    text_line rest = l;
    text_line start = { (const char *)t->message, t->n - 2 };
    if (text_prefix_learn(&t->prefix, &rest, text_cr_mark(start)) && drop_mark(t)) {
        t->state = HEAD;
        if (!take_header(t, rest)) give_up(t);
        return;
    }
    /* A sentence about a message: its address and time are the next one's. */
    capture_note_bytes(t->decoder, CAPTURE_TEXT_OTHER, t->n);
    t->next = t->meta;
    t->state = BETWEEN;
    take_between(t, l);
}

static void take_head(capture_text *t, text_line l)
{
    text_line rest = l;
    bool ours = text_prefix_strip(&t->prefix, &rest);
    if (ours && text_trimmed(rest).n == 0) {
        if (add(t, (text_line){ rest.p, 0 }))
            end_head(t);
        else
            give_up(t);
        return;
    }
    if (ours && take_header(t, rest)) return;
    give_up(t);
    take_between(t, l);
}

/* The last line of a body need not end as the others do. */
static bool strip_last(const capture_text *t, text_line *l)
{
    text_prefix unmarked = t->prefix;
    unmarked.mark = 0;
    return text_prefix_strip(&unmarked, l) && t->n - t->head + l->n == t->wanted;
}

static void take_body(capture_text *t, text_line l)
{
    text_line rest = l;
    size_t at;
    bool other = !t->nests && text_find_start(l, &at);
    bool ours = !other && (text_prefix_strip(&t->prefix, &rest) || strip_last(t, &rest));
    if (!ours || !add(t, rest)) {
        give_up(t);
        take_between(t, l);
        return;
    }
    size_t body = t->n - t->head;
    if (body == t->wanted) {
        t->next = (text_meta){ .ns = t->meta.ns };
        hand_on(t, t->n, false);
        return;
    }
    text_meta_take(&t->next, l.p, l.n); /* should it turn out that there is no body */
    if (body >= t->wanted + 2) give_up(t);
}

static void take_text(capture_text *t, text_line l)
{
    if (t->state == BETWEEN)
        take_between(t, l);
    else if (t->state == FIRST)
        take_first(t, l);
    else if (t->state == HEAD)
        take_head(t, l);
    else
        take_body(t, l);
}

/* Up to what rsyslog has for a LF. */
static text_line piece_of(text_line l)
{
    for (size_t i = 0; i + 4 <= l.n; i++)
        if (memcmp(l.p + i, "#012", 4) == 0) return (text_line){ l.p, i };
    return l;
}

/* A line may be a whole message, for syslog has no lines in what it carries. */
static void take_pieces(capture_text *t, text_line l)
{
    size_t at;
    text_line piece = piece_of(l);
    if (piece.n == l.n || !text_find_start(piece, &at)) {
        take_text(t, l);
        return;
    }
    for (; piece.n < l.n; piece = piece_of(l)) {
        take_text(t, piece);
        l = (text_line){ l.p + piece.n + 4, l.n - piece.n - 4 };
    }
    if (l.n) take_text(t, l);
    give_up(t);
}

static void take_line(capture_text *t)
{
    text_line l = { t->line, t->line_n };
    if (l.n && l.p[l.n - 1] == '\r') l.n--;
    bool cut = t->line_cut;
    t->line_n = 0;
    t->line_cut = false;
    if (cut) {
        capture_note_bytes(t->decoder, CAPTURE_TEXT_OTHER, l.n);
        give_up(t);
    } else {
        take_pieces(t, l);
    }
}

capture_text *capture_text_new(capture_decoder *decoder, unsigned source)
{
    capture_text *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->decoder = decoder;
    t->source = source;
    decoder->origin = (capture_origin){ { 0, source }, 0 };
    return t;
}

void capture_text_feed(capture_text *text, const uint8_t *bytes, size_t n)
{
    while (n && !text->decoder->stopped) {
        const uint8_t *lf = memchr(bytes, '\n', n);
        size_t part = lf ? (size_t)(lf - bytes) : n;
        size_t room = sizeof text->line - text->line_n;
        size_t taken = part < room ? part : room;
        memcpy(text->line + text->line_n, bytes, taken);
        text->line_n += taken;
        text->line_cut = text->line_cut || taken < part;
        if (lf) take_line(text);
        bytes += part + (lf ? 1 : 0);
        n -= part + (lf ? 1 : 0);
    }
}

void capture_text_end(capture_text *text)
{
    if (text->decoder->stopped) return;
    if (text->line_n || text->line_cut) take_line(text);
    if (!text->decoder->stopped) give_up(text);
}

uint64_t capture_text_messages(const capture_text *text)
{
    return text->messages;
}

void capture_text_free(capture_text *text)
{
    if (!text) return;
    free(text->message);
    free(text);
}
