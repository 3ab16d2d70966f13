/* SPDX-License-Identifier: MIT */
/* Is this SIP? Asked of every payload of a capture, so that other text protocols (SSDP, RTSP, HTTP,
 * MSRP) must be told from it by little. */
#include "message/likeness.h"

#include "text/chars.h"
#include "text/plain.h"
#include "text/slice.h"

#include <string.h>

/* How many header lines are looked at behind a broken start line. */
enum { LINES_MAX = 40 };

static size_t span(sipcheck_slice text, size_t from, uint32_t classes)
{
    while (from < text.n && sc_classes[text.p[from]] & classes)
        from++;
    return from;
}

/* How long "NAME/1*DIGIT.1*DIGIT" at the end of a line is; 0: it is not there. */
static size_t version_at_end(sipcheck_slice line)
{
    size_t n = line.n;
    while (n && (sc_classes[line.p[n - 1]] & SC_ALNUM || strchr("./", line.p[n - 1])))
        n--;
    sipcheck_slice last = { line.p + n, line.n - n };
    size_t slash = span(last, 0, SC_ALPHA), dot = span(last, slash + 1, SC_DIGIT);
    if (!slash || slash >= last.n || last.p[slash] != '/') return 0;
    if (dot == slash + 1 || dot >= last.n || last.p[dot] != '.') return 0;
    size_t end = span(last, dot + 1, SC_DIGIT);
    return end == last.n && end > dot + 1 ? last.n : 0;
}

static bool begins_sip(sipcheck_slice text)
{
    return text.n >= 4 && sc_same_nocase((sipcheck_slice){ text.p, 4 }, "SIP/");
}

/* SIP/2.0 200 ... */
static bool is_status_line(sipcheck_slice line)
{
    if (!begins_sip(line)) return false;
    size_t dot = span(line, 4, SC_DIGIT), end = span(line, dot + 1, SC_DIGIT);
    if (dot == 4 || dot >= line.n || line.p[dot] != '.' || end == dot + 1) return false;
    size_t code = end + 1;
    return end < line.n && line.p[end] == ' ' && span(line, code, SC_DIGIT) == code + 3;
}

/* token SP scheme: ... SP SIP/2.0 */
static bool is_request_line(sipcheck_slice line)
{
    size_t method = span(line, 0, SC_TOKEN), version = version_at_end(line);
    if (!method || method >= line.n || line.p[method] != ' ') return false;
    if (!version || version >= line.n || line.p[line.n - version - 1] != ' ') return false;
    if (!begins_sip((sipcheck_slice){ line.p + line.n - version, version })) return false;
    return line.n > method + version + 2 &&
           memchr(line.p + method + 1, ':', line.n - version - method - 2) != NULL;
}

bool sc_is_start_line(sipcheck_slice line)
{
    return is_status_line(line) || is_request_line(line);
}

static sipcheck_slice take_line(sipcheck_slice *rest)
{
    const uint8_t *end = rest->p + rest->n;
    const uint8_t *lf = memchr(rest->p, '\n', rest->n);
    sipcheck_slice line = sc_slice(rest->p, lf ? lf : end);
    *rest = sc_slice(lf ? lf + 1 : end, end);
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

/* A bit for each of the headers that every SIP message has. */
static unsigned core_header(sipcheck_slice line)
{
    const uint8_t *colon = memchr(line.p, ':', line.n);
    if (!colon) return 0;
    switch (sipcheck_header_lookup(sc_trim(sc_slice(line.p, colon)))) {
    case SIPCHECK_HEADER_VIA:
        return 1;
    case SIPCHECK_HEADER_FROM:
        return 2;
    case SIPCHECK_HEADER_TO:
        return 4;
    case SIPCHECK_HEADER_CALL_ID:
        return 8;
    case SIPCHECK_HEADER_CSEQ:
        return 16;
    default:
        return 0;
    }
}

static unsigned count_core_headers(sipcheck_slice rest)
{
    unsigned seen = 0, count = 0;
    for (int i = 0; i < LINES_MAX && rest.n; i++) {
        sipcheck_slice line = take_line(&rest);
        if (!line.n) break;
        seen |= core_header(line);
    }
    for (; seen; seen &= seen - 1)
        count++;
    return count;
}

static bool contains_sip(sipcheck_slice line)
{
    for (size_t i = 0; i + 4 <= line.n; i++) {
        sipcheck_slice at = { line.p + i, 4 };
        if (begins_sip(at) || sc_same_nocase(at, "sip:") || sc_same_nocase(at, "sips")) return true;
    }
    return false;
}

static bool printable(sipcheck_slice line)
{
    for (size_t i = sc_printable_length(line.p, line.n); i < line.n; i++)
        if (line.p[i] < 0x20 && line.p[i] != '\t' && line.p[i] != '\r') return false;
    return line.n > 0;
}

/* The version stands where a start line has it, whatever else is in the line. */
static bool names_sip(sipcheck_slice line)
{
    size_t version = version_at_end(line);
    return begins_sip(line) ||
           (version && begins_sip((sipcheck_slice){ line.p + line.n - version, version }));
}

enum sipcheck_likeness sipcheck_looks_like_sip(const uint8_t *bytes, size_t len)
{
    sipcheck_slice rest = { bytes, len };
    while (rest.n && sc_is_blank(*rest.p))
        rest = sc_slice(rest.p + 1, bytes + len);
    if (!rest.n || *rest.p < 0x20 || *rest.p > 0x7e) return SIPCHECK_NOT_SIP;
    sipcheck_slice line = take_line(&rest);
    if (!printable(line)) return names_sip(line) ? SIPCHECK_MAYBE_SIP : SIPCHECK_NOT_SIP;
    if (sc_is_start_line(line)) return SIPCHECK_IS_SIP;
    size_t version = version_at_end(sc_trim(line));
    line = sc_trim(line);
    bool other = version && !begins_sip((sipcheck_slice){ line.p + line.n - version, version });
    if (other) return SIPCHECK_NOT_SIP;
    unsigned headers = count_core_headers(rest);
    if (contains_sip(line)) return headers >= 2 ? SIPCHECK_IS_SIP : SIPCHECK_MAYBE_SIP;
    return headers >= 3 ? SIPCHECK_MAYBE_SIP : SIPCHECK_NOT_SIP;
}
