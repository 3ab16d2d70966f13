/* SPDX-License-Identifier: MIT */
/* Attributes of RFC 8866 §6, RFC 3605, 3312, 4145, 5888 and 8122, and attributes.def expanded. */
#include "sdp/sdp.h"

_Static_assert(SIPCHECK_ATTRIBUTE_COUNT <= 64, "a bit each of sipcheck_sdp.attributes_seen");

/* --- the table */

typedef struct attribute_grammar {
    bool (*parse)(sc_cursor *c, sipcheck_value *out);
    size_t size;
    uint8_t kind; /* enum sipcheck_kind */
    bool flag;    /* it has no value */
    sc_production production;
} attribute_grammar;

/* Rules read the values of attributes by their own records: to the parser they are texts. */
#define SIZE_TEXT sizeof(sipcheck_value)
#define SIZE_FLAG sizeof(sipcheck_value)
#define SIZE_NUMBER sizeof(sipcheck_number)
#define SIZE_RTPMAP sizeof(sipcheck_rtpmap)
#define SIZE_FMTP sizeof(sipcheck_fmtp)
#define SIZE_RTCP sizeof(sipcheck_rtcp)
#define SIZE_PRECONDITION sizeof(sipcheck_precondition)
#define SIZE_CRYPTO sizeof(sipcheck_crypto)
#define SIZE_FINGERPRINT sizeof(sipcheck_fingerprint)
#define SIZE_GROUP sizeof(sipcheck_group)
#define SIZE_CANDIDATE sizeof(sipcheck_candidate)
enum {
    KIND_FLAG,
    KIND_TEXT,
    KIND_NUMBER,
    KIND_RTPMAP,
    KIND_FMTP,
    KIND_RTCP,
    KIND_PRECONDITION,
    KIND_CRYPTO,
    KIND_FINGERPRINT,
    KIND_GROUP,
    KIND_CANDIDATE
};

static const attribute_grammar grammars[SIPCHECK_ATTRIBUTE_COUNT] = {
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC)                                        \
    [SIPCHECK_ATTRIBUTE_##ID] = {                                                                  \
        sc_sdp_##PARSER,                                                                           \
        SIZE_##KIND,                                                                               \
        KIND_##KIND == KIND_NUMBER ? SIPCHECK_KIND_NUMBER : SIPCHECK_KIND_TEXT,                    \
        KIND_##KIND == KIND_FLAG,                                                                  \
        { NAME, SECTION, RFC },                                                                    \
    },
#include <sipcheck/attributes.def>
#undef X
};

const sipcheck_attribute_info *sipcheck_attribute_info_of(enum sipcheck_attribute_id id)
{
    static const sipcheck_attribute_info infos[SIPCHECK_ATTRIBUTE_COUNT] = {
        { "", 8866, "5.13", "an attribute the library does not know" },
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC) { NAME, RFC, SECTION, DOC },
#include <sipcheck/attributes.def>
#undef X
    };
    return (unsigned)id < SIPCHECK_ATTRIBUTE_COUNT ? &infos[id] : NULL;
}

enum sipcheck_attribute_id sipcheck_attribute_lookup(sipcheck_slice name)
{
    if (name.n == 0) return SIPCHECK_ATTRIBUTE_UNKNOWN;
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC)                                        \
    if (name.n == sizeof NAME - 1 && name.p[0] == (uint8_t)NAME[0] && sc_same(name, NAME))         \
        return SIPCHECK_ATTRIBUTE_##ID;
#include <sipcheck/attributes.def>
#undef X
    return SIPCHECK_ATTRIBUTE_UNKNOWN;
}

static bool parse_value(sc_cursor *c, const attribute_grammar *grammar,
                        const sipcheck_attribute *attribute, sipcheck_value *out)
{
    if (grammar->flag) return !attribute->value.p || sc_miss_at(c, c->p - 1, "end of line");
    if (!attribute->value.p) return sc_miss(c, "\":\"");
    return grammar->parse(c, out) && sc_sdp_end(c);
}

bool sc_sdp_parse_attribute(sc_faults *faults, sipcheck_attribute *attribute)
{
    const attribute_grammar *grammar = &grammars[attribute->id];
    sipcheck_slice text = attribute->value;
    if (!text.p) text = (sipcheck_slice){ attribute->name.p + attribute->name.n, 0 };
    faults->attribute = attribute->id;
    sc_cursor c = sc_cursor_over(text.p, text.p + text.n, faults, &grammar->production);
    sipcheck_value *out = sc_take_memory(&c, grammar->size);
    if (!out) return false;
    out->kind = grammar->kind;
    out->line = attribute->v.line;
    out->raw = attribute->value.p ? attribute->value : attribute->name;
    out->valid = parse_value(&c, grammar, attribute, out);
    if (!out->valid) sc_report(&c);
    faults->attribute = SIPCHECK_ATTRIBUTE_UNKNOWN;
    attribute->parsed = out;
    return !faults->no_memory;
}

/* --- values */

/* recvonly, ice-lite ... : a name is all there is */
bool sc_sdp_flag(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_end(c);
}

/* keywds-value  =  text
 * tool-value    =  text */
bool sc_sdp_any_value(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_take(c, SC_SDP_TEXT, "text", NULL);
}

/* cat-value  =  non-ws-string */
bool sc_sdp_word(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_take(c, SC_SDP_WORD, "non-ws-string", NULL);
}

/* mid-attribute  =  "a=mid:" token      RFC 5888 §4 */
bool sc_sdp_token_value(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_take(c, SC_SDP_TOKEN, "token", NULL);
}

static void note_number(sc_cursor *c, const uint8_t *start, sipcheck_number *out)
{
    out->digits = sc_slice(start, c->p);
    out->overflow = !sc_number(out->digits, &out->number);
}

/* quality-value  =  zero-based-integer */
bool sc_sdp_zero_or_more(sc_cursor *c, sipcheck_value *out)
{
    const uint8_t *start = c->p;
    bool ok = sc_sdp_zero_based_integer(c, NULL);
    if (ok) note_number(c, start, (sipcheck_number *)out);
    return ok;
}

static bool has_other_than_zero(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == '0' || *p == '.'))
        p++;
    return p < end;
}

/* ptime-value           =  non-zero-int-or-real
 * non-zero-int-or-real  =  integer / non-zero-real
 * non-zero-real         =  zero-based-integer "." *DIGIT POS-DIGIT
 * RFC 4566 §6 took any decimal number, and so zeros at its end are borne with. */
bool sc_sdp_positive(sc_cursor *c, sipcheck_value *out)
{
    const uint8_t *start = c->p;
    bool ok = sc_sdp_zero_based_integer(c, NULL);
    if (ok) note_number(c, start, (sipcheck_number *)out);
    if (ok && sc_skip(c, '.')) ok = sc_digits(c, NULL);
    return ok && (has_other_than_zero(start, c->p) || sc_miss_at(c, start, "number above 0"));
}

/* rtpmap-value     =  payload-type SP encoding-name "/" clock-rate [ "/" encoding-params ]
 * payload-type     =  zero-based-integer
 * encoding-name    =  token
 * clock-rate       =  integer
 * encoding-params  =  channels
 * channels         =  integer */
bool sc_sdp_rtpmap(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_rtpmap *out = (sipcheck_rtpmap *)value;
    return sc_sdp_zero_based_integer(c, &out->payload_type) && sc_sdp_sp(c) &&
           sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->encoding) && sc_take(c, '/', "\"/\"") &&
           sc_sdp_integer(c, &out->clock_rate) &&
           (!sc_skip(c, '/') || sc_sdp_integer(c, &out->channels));
}

/* fmtp-value              =  fmt SP format-specific-params
 * format-specific-params  =  byte-string */
bool sc_sdp_fmtp(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_fmtp *out = (sipcheck_fmtp *)value;
    return sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->format) && sc_sdp_sp(c) &&
           sc_sdp_take(c, SC_SDP_TEXT, "format-specific-params", &out->parameters);
}

/* orient-value  =  %s"portrait" / %s"landscape" / %s"seascape" */
bool sc_sdp_orient(sc_cursor *c, sipcheck_value *out)
{
    static const char *const words[] = { "portrait", "landscape", "seascape", NULL };
    sipcheck_slice word;
    (void)out;
    return sc_sdp_one_of(c, words, false, "portrait, landscape or seascape", &word);
}

/* type-value  =  %s"broadcast" / %s"meeting" / %s"moderated" / %s"test" / %s"H332" */
bool sc_sdp_conference_type(sc_cursor *c, sipcheck_value *out)
{
    static const char *const words[] = {
        "broadcast", "meeting", "moderated", "test", "H332", NULL
    };
    sipcheck_slice word;
    (void)out;
    return sc_sdp_one_of(c, words, false, "broadcast, meeting, moderated, test or H332", &word);
}

/* mime-charset        =  1*mime-charset-chars      RFC 2978 §2.3
 * mime-charset-chars  =  ALPHA / DIGIT / "!" / "#" / "$" / "%" / "&" / "'" / "+" / "-" / "^" /
 *                        "_" / "`" / "{" / "}" / "~"
 * That is token without "*", "." and "|". */
bool sc_sdp_charset(sc_cursor *c, sipcheck_value *out)
{
    const uint8_t *start = c->p;
    (void)out;
    while (sc_sdp_at(c, SC_SDP_TOKEN) && *c->p != '*' && *c->p != '.' && *c->p != '|')
        c->p++;
    return c->p > start || sc_miss(c, "mime-charset");
}

/* Language-Tag  =  1*8ALPHA *( "-" 1*8( ALPHA / DIGIT ) )
 * RFC 3066's, which RFC 4566 named: all that RFC 5646's takes is of this form. */
bool sc_sdp_language(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    bool ok = sc_take_count(c, SC_ALPHA, 1, 8, "one to eight letters", NULL);
    while (ok && sc_skip(c, '-'))
        ok = sc_take_count(c, SC_ALNUM, 1, 8, "one to eight letters or digits", NULL);
    return ok;
}

/* rtcp-attribute  =  "a=rtcp:" port [SP nettype SP addrtype SP connection-address] CRLF
 * RFC 3605 §2.1, erratum 1050 */
bool sc_sdp_rtcp(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production address = { "connection-address", "9", 8866 };
    sipcheck_rtcp *out = (sipcheck_rtcp *)value;
    if (!sc_digits(c, &out->port)) return false;
    return !sc_skip(c, ' ') || (sc_sdp_network(c, &out->nettype, &out->addrtype) &&
                                sc_sdp_address(c, &address, &out->address));
}

/* status-type    =  ("e2e" / "local" / "remote")
 * direction-tag  =  ("none" / "send" / "recv" / "sendrecv") */
static bool status_and_direction(sc_cursor *c, sipcheck_precondition *out)
{
    static const char *const statuses[] = { "e2e", "local", "remote", NULL };
    static const char *const directions[] = { "none", "send", "recv", "sendrecv", NULL };
    return sc_sdp_one_of(c, statuses, true, "e2e, local or remote", &out->status) && sc_sdp_sp(c) &&
           sc_sdp_one_of(c, directions, true, "none, send, recv or sendrecv", &out->direction);
}

/* current-status     =  "a=curr:" precondition-type SP status-type SP direction-tag
 * precondition-type  =  "qos" / token */
bool sc_sdp_current_status(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_precondition *out = (sipcheck_precondition *)value;
    return sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->type) && sc_sdp_sp(c) &&
           status_and_direction(c, out);
}

/* desired-status  =  "a=des:" precondition-type SP strength-tag SP status-type SP direction-tag
 * strength-tag    =  ("mandatory" / "optional" / "none" / "failure" / "unknown") */
bool sc_sdp_desired_status(sc_cursor *c, sipcheck_value *value)
{
    static const char *const strengths[] = { "mandatory", "optional", "none",
                                             "failure",   "unknown",  NULL };
    sipcheck_precondition *out = (sipcheck_precondition *)value;
    return sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->type) && sc_sdp_sp(c) &&
           sc_sdp_one_of(c, strengths, true, "mandatory, optional, none, failure or unknown",
                         &out->strength) &&
           sc_sdp_sp(c) && status_and_direction(c, out);
}

/* confirm-status  =  "a=conf:" precondition-type SP status-type SP direction-tag */
bool sc_sdp_confirm_status(sc_cursor *c, sipcheck_value *value)
{
    return sc_sdp_current_status(c, value);
}

/* fingerprint-attribute  =  "fingerprint" ":" hash-func SP fingerprint
 * hash-func              =  "sha-1" / "sha-224" / "sha-256" / "sha-384" / "sha-512" / "md5" /
 *                           "md2" / token
 * fingerprint            =  2UHEX *(":" 2UHEX)
 * UHEX                   =  DIGIT / %x41-46      RFC 8122 §5 */
bool sc_sdp_fingerprint(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_fingerprint *out = (sipcheck_fingerprint *)value;
    if (!sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->hash) || !sc_sdp_sp(c)) return false;
    out->fingerprint = sc_slice(c->p, c->end);
    do {
        for (int i = 0; i < 2; i++) {
            bool upper = sc_at_class(c, SC_HEXDIG) && (*c->p < 'a' || *c->p > 'f');
            if (!upper) return sc_miss(c, "digit or A to F");
            c->p++;
        }
    } while (sc_skip(c, ':'));
    return true;
}

/* role  =  "active" / "passive" / "actpass" / "holdconn"      RFC 4145 §4 */
bool sc_sdp_setup(sc_cursor *c, sipcheck_value *out)
{
    static const char *const roles[] = { "active", "passive", "actpass", "holdconn", NULL };
    sipcheck_slice word;
    (void)out;
    return sc_sdp_one_of(c, roles, true, "active, passive, actpass or holdconn", &word);
}

/* conn-value  =  "new" / "existing"      RFC 4145 §5 */
bool sc_sdp_connection_value(sc_cursor *c, sipcheck_value *out)
{
    static const char *const values[] = { "new", "existing", NULL };
    sipcheck_slice word;
    (void)out;
    return sc_sdp_one_of(c, values, true, "new or existing", &word);
}

/* group-attribute      =  "a=group:" semantics *(SP identification-tag)
 * semantics            =  "LS" / "FID" / semantics-extension
 * semantics-extension  =  token
 * identification-tag   =  token      RFC 5888 §5 */
bool sc_sdp_group(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_group *out = (sipcheck_group *)value;
    sc_sdp_words list = { &out->tags };
    if (!sc_sdp_take(c, SC_SDP_TOKEN, "token", &out->semantics)) return false;
    while (sc_skip(c, ' ')) {
        const uint8_t *start = c->p;
        if (!sc_sdp_take(c, SC_SDP_TOKEN, "token", NULL)) return false;
        if (!sc_sdp_add_word(c, &list, start)) return false;
    }
    return true;
}
