/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 8259 */
#include "json.h"

#include <string.h>

/* ws = *( %x20 / %x09 / %x0A / %x0D )     RFC 8259 §2 */
static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static gboolean take_hex(const char **p, gunichar *ret)
{
    gunichar code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(**p);
        if (digit < 0) return FALSE;
        code = code * 16 + (gunichar)digit;
        ++*p;
    }
    *ret = code;
    return TRUE;
}

/* Behind "\u". Of surrogates both halves, or U+FFFD. RFC 8259 §7 */
static gboolean take_code(const char **p, GString *out)
{
    gunichar code, low;
    if (!take_hex(p, &code)) return FALSE;
    if (code >= 0xD800 && code < 0xDC00 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        const char *at = *p + 2;
        if (take_hex(&at, &low) && low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            *p = at;
        }
    }
    gboolean lost = !code || (code >= 0xD800 && code < 0xE000);
    g_string_append_unichar(out, lost ? 0xFFFD : code);
    return TRUE;
}

static gboolean take_escape(const char **p, GString *out)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = **p;
    const char *at = c ? strchr(names, c) : NULL;
    if (c != 'u' && !at) return FALSE;
    ++*p;
    if (c == 'u') return take_code(p, out);
    g_string_append_c(out, meant[at - names]);
    return TRUE;
}

/* string = %x22 *char %x22     RFC 8259 §7 */
static gboolean take_string(const char **p, GString *out)
{
    if (**p != '"') return FALSE;
    for (++*p; **p != '"';) {
        if ((guchar) * *p < 0x20) return FALSE;
        if (**p == '\\') {
            ++*p;
            if (!take_escape(p, out)) return FALSE;
        } else {
            g_string_append_c(out, *(*p)++);
        }
    }
    ++*p;
    return TRUE;
}

/* To behind a list or an object; strings in it may hold brackets. */
static gboolean skip_nested(const char **p)
{
    unsigned depth = 0;
    g_autoptr(GString) ignored = g_string_new(NULL);
    do {
        char c = **p;
        if (c == '"') {
            if (!take_string(p, ignored)) return FALSE;
            continue;
        }
        if (!c) return FALSE;
        if (c == '[' || c == '{') depth++;
        if (c == ']' || c == '}') depth--;
        if (depth > JSON_DEPTH_MAX) return FALSE;
        ++*p;
    } while (depth);
    return TRUE;
}

/* A value whose text is put into out. */
static gboolean take_value(const char **p, GString *out, enum json_kind *kind)
{
    const char *from = *p;
    *kind = *from == '"'                             ? JSON_STRING
            : *from == '['                           ? JSON_LIST
            : *from == '{'                           ? JSON_OBJECT
            : *from == '-' || g_ascii_isdigit(*from) ? JSON_NUMBER
                                                     : JSON_WORD;
    if (*kind == JSON_STRING) return take_string(p, out);
    if (*kind == JSON_LIST || *kind == JSON_OBJECT) {
        if (!skip_nested(p)) return FALSE;
    } else {
        *p += strspn(*p, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
    }
    g_string_append_len(out, from, *p - from);
    return *p > from;
}

static gboolean take_member(const char **p, json_fn fn, void *user)
{
    g_autoptr(GString) name = g_string_new(NULL), text = g_string_new(NULL);
    enum json_kind kind;
    *p = skip_space(*p);
    if (!take_string(p, name)) return FALSE;
    *p = skip_space(*p);
    if (*(*p)++ != ':') return FALSE;
    *p = skip_space(*p);
    if (!take_value(p, text, &kind)) return FALSE;
    *p = skip_space(*p);
    fn(user, name->str, kind, text->str);
    return TRUE;
}

gboolean json_object(const char *line, json_fn fn, void *user)
{
    const char *p = skip_space(line);
    if (*p++ != '{') return FALSE;
    p = skip_space(p);
    if (*p == '}') return *skip_space(p + 1) == '\0';
    do {
        if (!take_member(&p, fn, user)) return FALSE;
    } while (*p++ == ',');
    return p[-1] == '}' && *skip_space(p) == '\0';
}

gboolean json_number(const char *text, const char **end, guint64 *number)
{
    char *behind = NULL;
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &behind, 10) : 0;
    if (!behind || value == G_MAXUINT64) return FALSE;
    *number = value;
    *end = behind;
    return TRUE;
}
