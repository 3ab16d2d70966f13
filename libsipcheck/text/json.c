/* SPDX-License-Identifier: MIT */
#include "text/json.h"

#include <stddef.h>
#include <string.h>

typedef struct reader {
    const uint8_t *p, *end;
} reader;

/* ws  =  *( SP / HTAB / LF / CR )      RFC 8259 §2 */
static void skip_space(reader *r)
{
    while (r->p < r->end && *r->p && strchr(" \t\n\r", *r->p))
        r->p++;
}

static bool take(reader *r, uint8_t byte)
{
    skip_space(r);
    if (r->p == r->end || *r->p != byte) return false;
    r->p++;
    return true;
}

/* string  =  quotation-mark *char quotation-mark      RFC 8259 §7 */
static bool skip_string(reader *r)
{
    if (!take(r, '"')) return false;
    for (; r->p < r->end; r->p++) {
        if (*r->p == '"') {
            r->p++;
            return true;
        }
        if (*r->p == '\\' && r->end - r->p > 1) r->p++;
    }
    return false;
}

static bool is_one_of(uint8_t byte, const char *bytes)
{
    return byte && strchr(bytes, byte) != NULL;
}

/* To behind the bracket that closes the one here; which kind closes which is not looked at. */
static bool skip_brackets(reader *r)
{
    size_t depth = 0;
    while (r->p < r->end) {
        uint8_t byte = *r->p;
        if (byte == '"') {
            if (!skip_string(r)) return false;
            continue;
        }
        r->p++;
        depth += is_one_of(byte, "{[");
        depth -= is_one_of(byte, "}]");
        if (depth == 0) return true;
    }
    return false;
}

/* number, true, false, null: up to what can follow a value */
static bool skip_scalar(reader *r)
{
    const uint8_t *start = r->p;
    while (r->p < r->end && !is_one_of(*r->p, ",:{}[]\" \t\n\r"))
        r->p++;
    return r->p > start;
}

static bool take_value(reader *r, sipcheck_slice *out)
{
    skip_space(r);
    const uint8_t *start = r->p;
    if (start == r->end) return false;
    bool ok = *start == '"'             ? skip_string(r)
              : is_one_of(*start, "{[") ? skip_brackets(r)
                                        : skip_scalar(r);
    *out = sc_slice(start, r->p);
    return ok;
}

static bool at_end(reader *r)
{
    skip_space(r);
    return r->p == r->end;
}

static bool is_name(sipcheck_slice key, const char *name)
{
    return key.n == strlen(name) + 2 && memcmp(key.p + 1, name, key.n - 2) == 0;
}

/* It may be any name: escapes would have to be resolved. RFC 8259 §8.3 */
static bool is_escaped(sipcheck_slice key)
{
    return memchr(key.p, '\\', key.n) != NULL;
}

/* member  =  string name-separator value      RFC 8259 §4 */
static bool take_member(reader *r, sipcheck_slice *key, sipcheck_slice *value)
{
    skip_space(r);
    const uint8_t *start = r->p;
    if (!skip_string(r)) return false;
    *key = sc_slice(start, r->p);
    return take(r, ':') && take_value(r, value);
}

enum sc_json sc_json_member(sipcheck_slice object, const char *name, sipcheck_slice *ret_value)
{
    if (!object.p) return SC_JSON_BROKEN;
    reader r = { object.p, object.p + object.n };
    sipcheck_slice key, value, found = { NULL, 0 };
    if (!take(&r, '{')) return SC_JSON_BROKEN;
    bool empty = take(&r, '}'), escaped = false;
    while (!empty) {
        if (!take_member(&r, &key, &value)) return SC_JSON_BROKEN;
        if (!found.p && is_name(key, name)) found = value;
        escaped = escaped || is_escaped(key);
        if (!take(&r, ',')) break;
    }
    if ((!empty && !take(&r, '}')) || !at_end(&r)) return SC_JSON_BROKEN;
    if (!found.p) return escaped ? SC_JSON_BROKEN : SC_JSON_NONE;
    *ret_value = found;
    return SC_JSON_FOUND;
}

enum sc_json sc_json_only_element(sipcheck_slice array, sipcheck_slice *ret_value)
{
    if (!array.p) return SC_JSON_BROKEN;
    reader r = { array.p, array.p + array.n };
    sipcheck_slice value = { NULL, 0 };
    size_t count = 0;
    if (!take(&r, '[')) return SC_JSON_BROKEN;
    bool empty = take(&r, ']');
    while (!empty) {
        if (!take_value(&r, &value)) return SC_JSON_BROKEN;
        count++;
        if (!take(&r, ',')) break;
    }
    if ((!empty && !take(&r, ']')) || !at_end(&r)) return SC_JSON_BROKEN;
    if (count != 1) return SC_JSON_NONE;
    *ret_value = value;
    return SC_JSON_FOUND;
}
