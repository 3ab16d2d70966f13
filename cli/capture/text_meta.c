/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_meta.h"

#include "text_cursor.h"

#include <string.h>

static bool take_ipv4(text_cursor *c, uint8_t bytes[16])
{
    text_cursor at = *c;
    for (int i = 0; i < 4; i++) {
        uint32_t part;
        if ((i && !text_take_char(&at, '.')) || !text_take_number(&at, 1, 3, &part) || part > 255)
            return false;
        bytes[i] = (uint8_t)part;
    }
    *c = at;
    return true;
}

static bool take_group(text_cursor *c, uint8_t *to)
{
    uint32_t value = 0;
    int n = 0;
    for (; c->p < c->end && text_is_hex(*c->p) && n < 5; c->p++, n++) {
        char lower = (char)(*c->p | 32);
        value = value * 16 + (uint32_t)(text_is_digit(*c->p) ? *c->p - '0' : lower - 'a' + 10);
    }
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
    return n >= 1 && n <= 4;
}

/* RFC 4291 §2.2, without the form that ends in IPv4 */
static bool take_ipv6(text_cursor *c, uint8_t bytes[16])
{
    uint8_t groups[16] = { 0 };
    int count = 0, gap = -1;
    if (c->end - c->p >= 2 && c->p[0] == ':' && c->p[1] == ':') {
        gap = 0;
        c->p += 2;
    }
    while (count < 8 && c->p < c->end && text_is_hex(*c->p)) {
        if (!take_group(c, groups + (ptrdiff_t)2 * count++)) return false;
        if (c->p == c->end || *c->p != ':') break;
        c->p++;
        if (c->p == c->end || *c->p != ':') continue;
        if (gap >= 0) return false;
        gap = count;
        c->p++;
    }
    if (gap < 0 ? count != 8 : count == 8) return false;
    size_t before = 2 * (size_t)(gap < 0 ? 8 : gap), after = 2 * (size_t)count - before;
    if (gap < 0) after = 0;
    memset(bytes, 0, 16);
    memcpy(bytes, groups, before);
    memcpy(bytes + 16 - after, groups + before, after);
    return true;
}

static bool take_words(text_cursor *c, const char *words)
{
    size_t n = strlen(words);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, words, n) != 0) return false;
    c->p += n;
    return true;
}

/* ":5060", "/5060", " port 5060", " on port 5060", and ".5060" as tcpdump has it */
static bool take_port(text_cursor *c, uint16_t *ret)
{
    uint32_t port;
    if (!take_words(c, " port ") && !take_words(c, " on port ") && !text_take_char(c, ':') &&
        !text_take_char(c, '/') && !text_take_char(c, '.'))
        return false;
    if (!text_take_number(c, 1, 5, &port) || port > 65535) return false;
    *ret = (uint16_t)port;
    return true;
}

/* 192.0.2.1:5060, [192.0.2.1]:5060, [2001:db8::1]:5060 and the like: an address with a port */
static bool take_address(text_cursor *c, sipcheck_address_port *ret)
{
    text_cursor at = *c;
    sipcheck_address_port address = { .family = 4 };
    bool bracket = text_take_char(&at, '[');
    if (!take_ipv4(&at, address.bytes)) {
        address.family = 6;
        if (!bracket || !take_ipv6(&at, address.bytes)) return false;
    }
    if (bracket && !text_take_char(&at, ']')) return false;
    if (!take_port(&at, &address.port)) return false;
    *c = at;
    *ret = address;
    return true;
}

static bool take_lone_address(text_cursor *c, sipcheck_address_port *ret)
{
    sipcheck_address_port address = { .family = 4, .port = ret->port };
    bool bracket = text_take_char(c, '[');
    if (!take_ipv4(c, address.bytes)) {
        address.family = 6;
        if (!take_ipv6(c, address.bytes)) return false;
    }
    if (bracket && !text_take_char(c, ']')) return false;
    *ret = address;
    return true;
}

/* --- who is who */

enum role { NOBODY, SOURCE, DESTINATION };

typedef struct roles {
    enum role next;                        /* of the next address, by the last word about it */
    enum role other;                       /* of the element that is not the logging one */
    const sipcheck_address_port *unplaced; /* an address before an arrow */
    sipcheck_address_port first;
    bool here;                   /* the next address is the logging element's */
    sipcheck_address_port local; /* that of one of which was not known whether it sends */
} roles;

static enum role opposite(enum role role)
{
    return role == NOBODY ? NOBODY : role == SOURCE ? DESTINATION : SOURCE;
}

enum word_kind { FROM, TO, RECEIVED, SENT, HERE, THERE };

static bool same_word(const char *p, size_t n, const char *word)
{
    if (strlen(word) != n) return false;
    for (size_t i = 0; i < n; i++)
        if ((p[i] | 32) != word[i]) return false;
    return true;
}

static void place(text_meta *meta, const sipcheck_address_port *address, enum role role)
{
    if (role == SOURCE) meta->path.src = *address;
    if (role == DESTINATION) meta->path.dst = *address;
}

static void take_direction(text_meta *meta, roles *r, enum role other)
{
    r->other = other;
    if (r->local.family) place(meta, &r->local, opposite(other));
    r->local.family = 0;
}

static void take_word(text_meta *meta, roles *r, const char *p, size_t n)
{
    static const struct {
        const char *word;
        enum word_kind kind;
    } words[] = {
        { "from", FROM },
        { "src", FROM },
        { "source", FROM },
        { "to", TO },
        { "dst", TO },
        { "dest", TO },
        { "destination", TO },
        { "received", RECEIVED },
        { "receiving", RECEIVED },
        { "recv", RECEIVED },
        { "rcvd", RECEIVED },
        { "rx", RECEIVED },
        { "read", RECEIVED },
        { "incoming", RECEIVED },
        { "inbound", RECEIVED },
        { "sent", SENT },
        { "send", SENT },
        { "sending", SENT },
        { "tx", SENT },
        { "transmitting", SENT },
        { "outgoing", SENT },
        { "outbound", SENT },
        { "on", HERE },
        { "at", HERE },
        { "local", HERE },
        { "remote", THERE },
        { "peer", THERE },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!same_word(p, n, words[i].word)) continue;
        if (words[i].kind == RECEIVED) take_direction(meta, r, SOURCE);
        if (words[i].kind == SENT) take_direction(meta, r, DESTINATION);
        r->here = words[i].kind == HERE;
        r->next = words[i].kind == FROM   ? SOURCE
                  : words[i].kind == TO   ? DESTINATION
                  : words[i].kind == HERE ? opposite(r->other)
                                          : r->other;
    }
}

/* "-->", "=>", "<-", ">>": between two addresses, or before the only one */
static void take_arrow(text_meta *meta, roles *r, const char *p, size_t n)
{
    bool right = memchr(p, '>', n), left = memchr(p, '<', n);
    if (right == left) return;
    if (r->unplaced) place(meta, r->unplaced, right ? SOURCE : DESTINATION);
    r->unplaced = NULL;
    r->next = right ? DESTINATION : SOURCE;
}

static void take_found(text_meta *meta, roles *r, const sipcheck_address_port *address)
{
    place(meta, address, r->next);
    if (r->next == NOBODY && r->here) {
        r->local = *address;
    } else if (r->next == NOBODY) {
        r->first = *address;
        r->unplaced = &r->first;
    }
    r->next = NOBODY;
    r->here = false;
}

static bool in_arrow(char c)
{
    return c == '-' || c == '=' || c == '<' || c == '>';
}

/* A word, a number or an arrow that begins at c: steps over it. */
static void take_token(text_meta *meta, roles *r, text_cursor *c)
{
    const char *from = c->p;
    if (text_is_letter(*c->p)) {
        while (c->p < c->end && text_is_letter(*c->p))
            c->p++;
        take_word(meta, r, from, (size_t)(c->p - from));
    } else if (in_arrow(*c->p)) {
        while (c->p < c->end && in_arrow(*c->p))
            c->p++;
        take_arrow(meta, r, from, (size_t)(c->p - from));
    } else if (text_is_digit(*c->p)) {
        while (c->p < c->end && text_is_digit(*c->p))
            c->p++;
    } else {
        c->p++;
    }
}

/* A clock says less than a date with one, and that less than seconds since 1970, which have no zone
 * and no need to be rounded. */
static void take_time(text_meta *meta, uint64_t ns, enum text_time kind)
{
    if (meta->time > kind) return;
    meta->ns = ns;
    meta->time = kind;
}

/* "srcip: 192.0.2.1", "dstport: 5060": an address and its port on lines of their own. */
static bool take_key(text_meta *meta, text_cursor c)
{
    static const char *const keys[] = { "srcip: ", "dstip: ", "srcport: ", "dstport: " };
    size_t key = 0;
    while (key < 4 && !take_words(&c, keys[key]))
        key++;
    sipcheck_address_port *to = key & 1 ? &meta->path.dst : &meta->path.src;
    if (key < 2) return take_lone_address(&c, to);
    uint32_t port;
    if (key == 4 || !text_take_number(&c, 1, 5, &port) || port > 65535) return false;
    to->port = (uint16_t)port;
    return true;
}

bool text_meta_take(text_meta *meta, const char *line, size_t n)
{
    text_cursor c = { line, line + n };
    roles r = { .next = NOBODY };
    bool any = take_key(meta, c), timed = false;
    enum text_time kind;
    uint64_t ns;
    while (c.p < c.end) {
        sipcheck_address_port address;
        if (take_address(&c, &address)) {
            take_found(meta, &r, &address);
            any = true;
        } else if (!timed && text_take_time(&c, &ns, &kind)) {
            any = timed = true;
            take_time(meta, ns, kind);
        } else {
            take_token(meta, &r, &c);
        }
    }
    return any;
}
