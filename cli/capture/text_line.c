/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_line.h"

#include <sipcheck/message.h>

#include <string.h>

#define SIP_VERSION "SIP/2.0"

text_line text_trimmed(text_line l)
{
    while (l.n && text_is_blank(l.p[l.n - 1]))
        l.n--;
    return l;
}

size_t text_cr_mark(text_line l)
{
    static const char *const marks[] = { ".", "^M", "#015" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (l.n >= n && memcmp(l.p + l.n - n, marks[i], n) == 0) return n;
    }
    return 0;
}

bool text_may_hide_tab(text_line l, size_t mark)
{
    const char *colon = memchr(l.p, ':', l.n);
    if (mark == TEXT_CR_DOT)
        return l.p[0] == '.' || (colon && colon + 1 < l.p + l.n && colon[1] == '.');
    for (size_t i = 0; mark && i + 4 <= l.n; i++)
        if (memcmp(l.p + i, "#011", 4) == 0) return true;
    return false;
}

size_t text_indentation(text_line l)
{
    size_t n = 0;
    while (n < l.n && text_is_blank(l.p[n]))
        n++;
    return n;
}

/* RFC 3261 §25.1 */
static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("-.!%*_+`'~", c));
}

size_t text_count_words(text_line l)
{
    size_t words = 0;
    for (size_t i = 0; i < l.n; i++)
        words += !text_is_blank(l.p[i]) && (i == 0 || text_is_blank(l.p[i - 1]));
    return words;
}

/* Where a status line begins; false: there is none. */
static bool find_status(text_line l, size_t *ret_at)
{
    static const size_t version = sizeof SIP_VERSION - 1;
    for (size_t i = 0; i + version + 4 <= l.n; i++) {
        const char *p = l.p + i;
        if (memcmp(p, SIP_VERSION " ", version + 1) != 0 || (i && is_token(p[-1]))) continue;
        p += version + 1;
        if (p[0] < '1' || p[0] > '6' || p[1] < '0' || p[1] > '9' || p[2] < '0' || p[2] > '9')
            continue;
        if (i + version + 4 < l.n && p[3] != ' ') continue;
        *ret_at = i;
        return true;
    }
    return false;
}

/* Where a request line begins that ends the line: METHOD SP URI SP SIP/2.0 */
static bool find_request(text_line l, size_t *ret_at)
{
    static const size_t version = sizeof SIP_VERSION;
    l = text_trimmed(l);
    l.n -= text_cr_mark(l);
    if (l.n <= version || memcmp(l.p + l.n - version, " " SIP_VERSION, version) != 0) return false;
    size_t at = l.n - version, uri = at;
    while (uri && !text_is_blank(l.p[uri - 1]))
        uri--;
    if (uri == at || !memchr(l.p + uri, ':', at - uri) || uri < 2) return false;
    size_t method = uri - 1;
    while (method && l.p[method - 1] >= 'A' && l.p[method - 1] <= 'Z')
        method--;
    if (method == uri - 1 || (method && is_token(l.p[method - 1]))) return false;
    *ret_at = method;
    return true;
}

bool text_find_start(text_line l, size_t *ret_at)
{
    return find_status(l, ret_at) || find_request(l, ret_at);
}

/* name HCOLON, and no clock */
bool text_header_name(text_line l, size_t *ret_name)
{
    size_t name = 0;
    while (name < l.n && is_token(l.p[name]))
        name++;
    size_t colon = name;
    while (colon < l.n && text_is_blank(l.p[colon]))
        colon++;
    *ret_name = name;
    return name && colon < l.n && l.p[colon] == ':' && !(l.p[0] >= '0' && l.p[0] <= '9');
}

bool text_is_known_header(text_line l)
{
    size_t name;
    if (!text_header_name(l, &name)) return false;
    return sipcheck_header_lookup((sipcheck_slice){ (const uint8_t *)l.p, name }) !=
           SIPCHECK_HEADER_UNKNOWN;
}

bool text_leaves_open(text_line l)
{
    bool quoted = false, angle = false;
    for (size_t i = 0; i < l.n; i++) {
        if (l.p[i] == '"') quoted = !quoted;
        if (!quoted && l.p[i] == '<') angle = true;
        if (!quoted && l.p[i] == '>') angle = false;
    }
    return quoted || angle;
}

bool text_is_masked(text_line l)
{
    l = text_trimmed(l);
    if (l.n >= 3 && memcmp(l.p + l.n - 3, "...", 3) == 0) return true;
    for (size_t i = 0; i + 3 <= l.n; i++)
        if (memcmp(l.p + i, "***", 3) == 0) return true;
    return false;
}
