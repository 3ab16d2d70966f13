/* SPDX-License-Identifier: MIT */
/* Call-ID, Content-ID, Date, Warning, Server, Subject. RFC 3261 §20.8, §20.17, §20.25, §20.35,
 * §20.43, §25.1 */
#include "grammar/plain.h"

#include <string.h>

/* callid  =  word [ "@" word ] */
SC_HOT bool sc_parse_call_id(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "callid", "25.1", 3261 };
    sipcheck_call_id *out = (sipcheck_call_id *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take_span(c, SC_WORD, "word", &out->local) &&
              (!sc_skip(c, '@') || sc_take_span(c, SC_WORD, "word", &out->host));
    return sc_leave(c, outer, ok);
}

/* atext  =  ALPHA / DIGIT / "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "/" / "=" / "?" /
 *           "^" / "_" / "`" / "{" / "|" / "}" / "~"      RFC 5322 §3.2.3 */
static bool is_atext(uint8_t byte)
{
    return sc_classes[byte] & SC_ALNUM || (byte && strchr("!#$%&'*+-/=?^_`{|}~", byte));
}

/* dtext  =  %d33-90 / %d94-126      RFC 5322 §3.4.1 */
static bool is_dtext(uint8_t byte)
{
    return sc_classes[byte] & SC_TEXT && (byte < '[' || byte > ']');
}

/* dot-atom-text  =  1*atext *( "." 1*atext ) */
static bool dot_atom_text(sc_cursor *c)
{
    do {
        const uint8_t *start = c->p;
        while (c->p < c->end && is_atext(*c->p))
            c->p++;
        if (c->p == start) return sc_miss(c, "atext");
    } while (sc_skip(c, '.'));
    return true;
}

/* id-right         =  dot-atom-text / no-fold-literal
 * no-fold-literal  =  "[" *dtext "]" */
static bool id_right(sc_cursor *c)
{
    if (!sc_skip(c, '[')) return dot_atom_text(c);
    while (c->p < c->end && is_dtext(*c->p))
        c->p++;
    return sc_take(c, ']', "dtext or \"]\"");
}

/* msg-id   =  "<" id-left "@" id-right ">"      RFC 8262 §3.2
 * id-left  =  dot-atom-text
 * RFC 5322 §3.6.4 has obsolete forms besides, which nobody is to send (§4). */
bool sc_parse_msg_id(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "msg-id", "3.2", 8262 };
    sipcheck_call_id *out = (sipcheck_call_id *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take(c, '<', "\"<\"");
    const uint8_t *left = c->p;
    ok = ok && dot_atom_text(c);
    if (ok) out->local = sc_slice(left, c->p);
    ok = ok && sc_take(c, '@', "\"@\"");
    const uint8_t *right = c->p;
    ok = ok && id_right(c);
    if (ok) out->host = sc_slice(right, c->p);
    return sc_leave(c, outer, ok && sc_take(c, '>', "\">\""));
}

/* One of the names, any case; each is three letters long. */
static bool one_of(sc_cursor *c, const char *const *names, size_t count, const char *wanted,
                   sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    for (size_t i = 0; i < count; i++) {
        if (!sc_literal_nocase(c, names[i], wanted)) continue;
        *out = sc_slice(start, c->p);
        return true;
    }
    return false;
}

static bool number(sc_cursor *c, size_t digits, const char *wanted, uint32_t *out)
{
    sipcheck_slice text;
    if (!sc_take_count(c, SC_DIGIT, digits, digits, wanted, &text)) return false;
    *out = sc_number32(text);
    return true;
}

/* wkday  =  "Mon" / "Tue" / "Wed" / "Thu" / "Fri" / "Sat" / "Sun" */
static bool wkday(sc_cursor *c, sipcheck_date *out)
{
    static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    return one_of(c, names, 7, "wkday", &out->weekday);
}

/* date1  =  2DIGIT SP month SP 4DIGIT
 * month  =  "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" / "Aug" / "Sep" / "Oct" / "Nov" /
 *           "Dec" */
static bool date1(sc_cursor *c, sipcheck_date *out)
{
    static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    return number(c, 2, "2DIGIT", &out->day) && sc_take(c, ' ', "SP") &&
           one_of(c, names, 12, "month", &out->month) && sc_take(c, ' ', "SP") &&
           number(c, 4, "4DIGIT", &out->year);
}

/* time  =  2DIGIT ":" 2DIGIT ":" 2DIGIT */
static bool time_of_day(sc_cursor *c, sipcheck_date *out)
{
    return number(c, 2, "2DIGIT", &out->hour) && sc_take(c, ':', "\":\"") &&
           number(c, 2, "2DIGIT", &out->minute) && sc_take(c, ':', "\":\"") &&
           number(c, 2, "2DIGIT", &out->second);
}

/* rfc1123-date  =  wkday "," SP date1 SP time SP "GMT" */
SC_HOT bool sc_parse_sip_date(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "rfc1123-date", "25.1", 3261 };
    sipcheck_date *out = (sipcheck_date *)value;
    if (c->mapped && sc_plain_date(c, out)) return true;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = wkday(c, out) && sc_take(c, ',', "\",\"") && sc_take(c, ' ', "SP") && date1(c, out) &&
              sc_take(c, ' ', "SP") && time_of_day(c, out) && sc_take(c, ' ', "SP");
    const uint8_t *zone = c->p;
    if (ok) sc_resync(c, ' ');
    if (ok) out->zone = sc_slice(zone, c->p);
    if (ok) c->p = zone;
    ok = ok && sc_literal_nocase(c, "GMT", "\"GMT\"");
    return sc_leave(c, outer, ok);
}

/* warn-agent  =  hostport / pseudonym
 * A token may be a host as well; a port can only follow a host. */
static bool warn_agent(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "warn-agent", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    sc_hostport found = { .port = 0 };
    sc_span(c, SC_TOKEN);
    bool ok = c->p > start && !sc_at(c, ':');
    if (!ok) {
        c->p = start;
        ok = sc_hostport_tight(c, &found);
    }
    if (ok) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* warning-value  =  warn-code SP warn-agent SP warn-text
 * warn-code      =  3DIGIT
 * warn-text      =  quoted-string */
bool sc_parse_warning(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "warning-value", "25.1", 3261 };
    sipcheck_warning *out = (sipcheck_warning *)value;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_take_count(c, SC_DIGIT, 3, 3, "3DIGIT", NULL);
    out->code_text = sc_slice(start, c->p);
    out->code = sc_number32(out->code_text);
    ok = ok && sc_take(c, ' ', "SP") && warn_agent(c, &out->agent) && sc_take(c, ' ', "SP") &&
         sc_quoted_string(c, &out->text);
    return sc_leave(c, outer, ok);
}

/* product          =  token [SLASH product-version]
 * product-version  =  token */
static bool product(sc_cursor *c)
{
    static const sc_production self = { "product", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_token(c, NULL) && (!sc_separator(c, '/') || sc_token(c, NULL));
    return sc_leave(c, outer, ok);
}

/* LWS, and the SWS that comments at either side of it bring along. White space that nothing follows
 * belongs to a comment in front of it, or else to nothing. */
static bool between_products(sc_cursor *c, bool comment)
{
    const uint8_t *start = c->p;
    bool any = sc_lws(c, comment ? 2 : 1);
    if (any) sc_fold_before(c, "(");
    if (any && c->p == c->end) {
        c->p = start;
        if (comment) sc_lws(c, 1);
        return false;
    }
    return any;
}

/* "(" *( ctext / SP ) ")": the end of it, or NULL */
static inline const uint8_t *plain_comment(const sc_cursor *c, const uint8_t *p)
{
    do
        p = sc_plain_run(c, SC_MAP_TOKEN, p + 1);
    while (*p == ' ' || sc_classes[*p] & SC_CTEXT);
    return *p == ')' ? p + 1 : NULL;
}

/* token [ "/" token ]: the end of it, or NULL */
static inline const uint8_t *plain_product(const sc_cursor *c, const uint8_t *p)
{
    const uint8_t *end = sc_plain_run(c, SC_MAP_TOKEN, p);
    if (end == p || *end != '/') return end > p ? end : NULL;
    p = end + 1;
    end = sc_plain_run(c, SC_MAP_TOKEN, p);
    return end > p ? end : NULL;
}

/* Products and comments, one space between, by the map: see plain.h */
static bool plain_products(sc_cursor *c)
{
    const uint8_t *p = c->p;
    for (;; p++) {
        p = *p == '(' ? plain_comment(c, p) : plain_product(c, p);
        if (!p || p == c->end) break;
        if (*p != ' ') return false;
    }
    if (p) c->p = p;
    return p != NULL;
}

/* Server      =  "Server" HCOLON server-val *(LWS server-val)
 * server-val  =  product / comment */
SC_HOT bool sc_parse_products(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "server-val", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok, comment;
    (void)out;
    if (c->mapped && plain_products(c)) return sc_leave(c, outer, true);
    /* LPAREN begins with SWS of its own. */
    sc_fold_before(c, "(");
    do {
        comment = sc_at(c, '(');
        ok = comment ? sc_comment(c, NULL) : product(c);
    } while (ok && between_products(c, comment));
    return sc_leave(c, outer, ok);
}

/* Subject  =  ( "Subject" / "s" ) HCOLON [TEXT-UTF8-TRIM] */
SC_HOT bool sc_parse_optional_text(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "TEXT-UTF8-TRIM", "25.1", 3261 };
    (void)out;
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_text_utf8_trim(c));
}

/* extension-header: its name is known, its grammar is not */
bool sc_parse_any_text(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_header_value(c);
}
