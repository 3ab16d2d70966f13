/* SPDX-License-Identifier: MIT */
/* Functions of texts. */
#include <string.h>

#include "text/chars.h"
#include "text/slice.h"

#include "rules/ops.h"

static sc_value too_long(void)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_BUDGET };
}

static bool same_text(sipcheck_slice a, sipcheck_slice b, bool nocase)
{
    return nocase ? sc_slices_same_nocase(a, b) : sc_slices_same(a, b);
}

static bool has_at(sipcheck_slice text, size_t at, sipcheck_slice part, bool nocase)
{
    if (part.n > text.n || at > text.n - part.n) return false;
    return same_text((sipcheck_slice){ text.p + at, part.n }, part, nocase);
}

static bool contains(sipcheck_slice text, sipcheck_slice part, bool nocase)
{
    for (size_t i = 0; part.n <= text.n && i <= text.n - part.n; i++)
        if (has_at(text, i, part, nocase)) return true;
    return false;
}

static bool is_hex(sipcheck_slice text, bool lower_only)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t b = lower_only ? text.p[i] : sc_lower(text.p[i]);
        if (!(b >= '0' && b <= '9') && !(b >= 'a' && b <= 'f')) return false;
    }
    return text.n > 0;
}

/* Base64 of either alphabet, padded or not. RFC 4648 §4, §5 */
static bool is_base64(sipcheck_slice text)
{
    size_t n = text.n;
    for (unsigned i = 0; i < 2 && n > 0 && text.p[n - 1] == '='; i++)
        n--;
    for (size_t i = 0; i < n; i++)
        if (!(sc_classes[text.p[i]] & SC_ALNUM) && !memchr("+/-_", text.p[i], 4)) return false;
    return n > 0;
}

/* The version that 32 hex digits name as a UUID, their thirteenth; absent when they are none.
 * RFC 9562 §4.2 */
static sc_value uuid_version(sipcheck_slice text)
{
    if (text.n != 32 || !is_hex(text, false)) return (sc_value){ .state = SC_ABSENT_VALUE };
    sipcheck_slice digit = { text.p + 12, 1 };
    uint8_t b = sc_lower(*digit.p);
    return (sc_value){ .raw = digit, .number = b > '9' ? b - 'a' + 10 : b - '0' };
}

static bool is_lower(sipcheck_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (sc_lower(text.p[i]) != text.p[i]) return false;
    return true;
}

static sc_value number_of(sipcheck_slice text)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return (sc_value){ .state = SC_ABSENT_VALUE };
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, text.p[i] - '0', &number))
            number = INT64_MAX;
    }
    return text.n > 0 ? (sc_value){ .raw = text, .number = number }
                      : (sc_value){ .state = SC_ABSENT_VALUE };
}

/* As number_of, of hex digits. */
static sc_value hex_number_of(sipcheck_slice text)
{
    int64_t number = 0;
    if (!is_hex(text, false)) return (sc_value){ .state = SC_ABSENT_VALUE };
    for (size_t i = 0; i < text.n; i++) {
        uint8_t b = sc_lower(text.p[i]);
        number =
            number > INT64_MAX >> 4 ? INT64_MAX : number << 4 | (b > '9' ? b - 'a' + 10 : b - '0');
    }
    return (sc_value){ .raw = text, .number = number };
}

/* Only a text with backslashes has to be written anew. */
static sc_value unquoted(sipcheck_slice text, sc_scratch *scratch)
{
    if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"')
        return (sc_value){ .raw = text };
    sipcheck_slice inner = { text.p + 1, text.n - 2 };
    if (inner.n == 0 || !memchr(inner.p, '\\', inner.n)) return (sc_value){ .raw = inner };
    if (inner.n > SC_TEXT_MAX - scratch->text_used) return too_long();
    uint8_t *to = scratch->text + scratch->text_used;
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        if (inner.p[i] == '\\' && i + 1 < inner.n) i++;
        to[n++] = inner.p[i];
    }
    scratch->text_used += (uint32_t)n;
    return (sc_value){ .raw = { to, n } };
}

/* How much looking at the arguments may cost, in stretches of 64 bytes. */
static uint64_t cost(enum sc_function function, const sc_value *arguments)
{
    switch (function) {
    case SC_FUNCTION_CONTAINS:
        return (uint64_t)arguments[0].raw.n * arguments[1].raw.n / 64;
    case SC_FUNCTION_LENGTH:
    case SC_FUNCTION_URI_EQUAL:
    case SC_FUNCTION_VIA_EQUAL:
    case SC_FUNCTION_ADDRESS_EQUAL:
        return 0;
    case SC_FUNCTION_STARTS_WITH:
    case SC_FUNCTION_ENDS_WITH:
        return arguments[1].raw.n / 64;
    case SC_FUNCTION_DIGEST_VALID:
        return sc_digest_cost(arguments[1].record);
    case SC_FUNCTION_RSPAUTH_VALID:
        return sc_digest_cost(arguments[2].record);
    default:
        return arguments[0].raw.n / 64;
    }
}

static sc_value call_of_records(enum sc_function function, const sc_value *arguments,
                                uint32_t *budget)
{
    const void *a = arguments[0].record, *b = arguments[1].record;
    switch (function) {
    case SC_FUNCTION_URI_EQUAL:
        return sc_uris_equal(a, b, budget);
    case SC_FUNCTION_VIA_EQUAL:
        return sc_vias_equal(a, b, budget);
    case SC_FUNCTION_ADDRESS_EQUAL:
        return sc_addresses_equal(a, b, budget);
    case SC_FUNCTION_DIGEST_VALID:
        return sc_digest_valid(a, b);
    default:
        return sc_rspauth_valid(a, b, arguments[2].record);
    }
}

/* The functions of one text that say whether. */
static bool is_so(enum sc_function function, sipcheck_slice text)
{
    if (function == SC_FUNCTION_IS_BASE64) return is_base64(text);
    if (function == SC_FUNCTION_IS_LOWER) return is_lower(text);
    if (function == SC_FUNCTION_KNOWN_METHOD) return sc_method_of(text) > SIPCHECK_METHOD_OTHER;
    if (function == SC_FUNCTION_KNOWN_OPTION_TAG) return sc_known_option_tag(text);
    return is_hex(text, function == SC_FUNCTION_IS_LHEX);
}

sc_value sc_call(enum sc_function function, bool nocase, const sc_value *arguments,
                 sc_scratch *scratch)
{
    sipcheck_slice a = arguments[0].raw;
    if (!sc_charge(&scratch->budget, cost(function, arguments))) return too_long();
    switch (function) {
    case SC_FUNCTION_LENGTH:
        return (sc_value){ .raw = a, .number = (int64_t)a.n };
    case SC_FUNCTION_STARTS_WITH:
        return sc_value_truth(has_at(a, 0, arguments[1].raw, nocase));
    case SC_FUNCTION_ENDS_WITH:
        return sc_value_truth(a.n >= arguments[1].raw.n &&
                              has_at(a, a.n - arguments[1].raw.n, arguments[1].raw, nocase));
    case SC_FUNCTION_CONTAINS:
        return sc_value_truth(contains(a, arguments[1].raw, nocase));
    case SC_FUNCTION_UNQUOTE:
        return unquoted(a, scratch);
    case SC_FUNCTION_NUMBER:
        return number_of(a);
    case SC_FUNCTION_HEX_NUMBER:
        return hex_number_of(a);
    case SC_FUNCTION_UUID_VERSION:
        return uuid_version(a);
    case SC_FUNCTION_IS_HEX:
    case SC_FUNCTION_IS_LHEX:
    case SC_FUNCTION_IS_BASE64:
    case SC_FUNCTION_IS_LOWER:
    case SC_FUNCTION_KNOWN_METHOD:
    case SC_FUNCTION_KNOWN_OPTION_TAG:
        return sc_value_truth(is_so(function, a));
    case SC_FUNCTION_HOST_EQUAL:
        return sc_hosts_equal(a, arguments[1].raw);
    case SC_FUNCTION_URI_EQUAL:
    case SC_FUNCTION_VIA_EQUAL:
    case SC_FUNCTION_ADDRESS_EQUAL:
    case SC_FUNCTION_DIGEST_VALID:
    case SC_FUNCTION_RSPAUTH_VALID:
        return call_of_records(function, arguments, &scratch->budget);
    case SC_FUNCTION_EXISTS: /* these have instructions of their own */
    case SC_FUNCTION_COUNT:
    case SC_FUNCTION_LINES:
    case SC_FUNCTION_FIRST:
    case SC_FUNCTION_LAST:
    case SC_FUNCTION_DISTINCT:
    case SC_FUNCTION_HAS_PARAM:
    case SC_FUNCTION_PARAM:
    case SC_FUNCTION_LIST_EQUAL:
    case SC_FUNCTION_URI_LIST_EQUAL:
    case SC_FUNCTION_VIA_LIST_EQUAL:
    case SC_FUNCTION_LIST_ENDS_WITH:
    case SC_FUNCTION_URI_LIST_ENDS_WITH:
    case SC_FUNCTION_VIA_LIST_ENDS_WITH:
    case SC_FUNCTIONS:
        break;
    }
    return (sc_value){ .state = SC_UNKNOWN_VALUE };
}
