/* SPDX-License-Identifier: MIT */
/* The parser against the RFCs' own grammar: random derivations and mutations of every header and
 * start line, matched once by the library and once by an independent reading of the ABNF text in
 * ../shared/rfc. Fixed seed; SIPCHECK_ORACLE_RUNS and SIPCHECK_ORACLE_SEED change it. Every
 * amendment of the text below has its reason beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oracle/abnf.h"

#include <sipcheck/message.h>

#define RFC(number) SIPCHECK_SHARED_DIR "/rfc/rfc" #number ".txt"

enum { RUNS = 700, DERIVED_MAX = 260, SHOWN_MAX = 6 };

/* What replaces the text of RFC 3261 §25.1. */
static const char amendments[] =
    /* erratum 1051: the "@" is in userinfo already */
    "srvr = [ [ userinfo ] hostport ]\n"
    /* erratum 316: HTTP's request-uri with its authority takes nearly any text of URI characters,
       and so does the parser */
    "digest-uri-value = 1*( uric / \"[\" / \"]\" )\n"
    /* RFC 7616 3.3: an empty domain may be met; RFC 2396 3: an abs-path may have a query */
    "domain = \"domain\" EQUAL LDQUOT [ URI *( 1*SP URI ) ] RDQUOT\n"
    "URI = absoluteURI / SIP-URI / SIPS-URI / abs-path [ \"?\" query ]\n"
    /* erratum 5598 and the text as it was: both are readings */
    "display-name = *(token LWS) / token *(LWS token) / quoted-string\n"
    /* RFC 3629 instead of RFC 2279: no overlong forms, no surrogates, nothing above U+10FFFF, no
       stray continuation */
    "UTF8-NONASCII = %xC2-DF UTF8-CONT / %xE0 %xA0-BF UTF8-CONT / %xE1-EC 2UTF8-CONT / %xED "
    "%x80-9F UTF8-CONT"
    " / %xEE-EF 2UTF8-CONT / %xF0 %x90-BF 2UTF8-CONT / %xF1-F3 3UTF8-CONT / %xF4 %x80-8F "
    "2UTF8-CONT\n"
    "header-value = *(TEXT-UTF8char / LWS)\n"
    "Reason-Phrase = *(reserved / unreserved / escaped / UTF8-NONASCII / SP / HTAB)\n"
    /* what RFC 2806's subscriber may hold beyond user is to be escaped (3261 25.1), so user says it
       all */
    "userinfo = user [ \":\" password ] \"@\"\n"
    /* 3261 19.1.1, RFC 3966: what claims to be a sip, sips or tel URI is held to that scheme's
       grammar */
    "scheme-of-others = scheme\n"
    "absoluteURI = scheme-of-others \":\" ( hier-part / opaque-part ) / telephone-uri\n"
    /* RFC 3966 3: its pname is not that of RFC 3261; erratum 203: isub is not of uric, which has
       the semicolon */
    "parameter = \";\" tel-pname [\"=\" pvalue ]\n"
    "tel-pname = 1*( alphanum / \"-\" )\n"
    "isdn-subaddress = \";isub=\" 1*paramchar\n"
    "global-number = global-number-digits *( par / context )\n"
    /* erratum 4376: a phonedigit is never nothing */
    "phonedigit = DIGIT / visual-separator\n"
    "phonedigit-hex = HEXDIG / \"*\" / \"#\" / visual-separator\n"
    /* 20.10, 20.20, 20.31, 20.39: outside of <> what follows a ; or ? belongs to the header, and a
       comma ends the value */
    "bare-addr-spec = addr-spec\n"
    "contact-param = (name-addr / bare-addr-spec) *(SEMI contact-params)\n"
    "from-spec = ( name-addr / bare-addr-spec ) *( SEMI from-param )\n"
    "rplyto-spec = ( name-addr / bare-addr-spec ) *( SEMI rplyto-param )\n"
    "To = ( \"To\" / \"t\" ) HCOLON ( name-addr / bare-addr-spec ) *( SEMI to-param )\n"
    /* erratum 832: q parts the media range's parameters from Accept's own */
    "range-parameter = m-attribute EQUAL m-value\n"
    "media-range = ( \"*/*\" / ( m-type SLASH \"*\" ) / ( m-type SLASH m-subtype ) ) *( SEMI "
    "range-parameter )\n"
    /* RFC 7615 3, which takes the field over: any auth-param */
    "ainfo = nextnonce / message-qop / response-auth / cnonce / nonce-count / auth-param\n"
    /* RFC 7616 3.9.1: its example has white space behind the comma */
    "qop-options = \"qop\" EQUAL LDQUOT qop-value *(COMMA qop-value) RDQUOT\n"
    /* RFC 5118 4.10 asks to bear with the colon too many that RFC 3261 led to and RFC 5954 took
     * away */
    "three-colons = [ h16 *4( \":\" h16 ) ] \":::\" IPv4address\n"
    "IPv6reference = \"[\" ( IPv6address / three-colons ) \"]\"\n"
    "via-received = \"received\" EQUAL (IPv4address / IPv6address / three-colons)\n"
    /* RFC 8760 2.6 (and 7616): digests of any length */
    "request-digest = LDQUOT *LHEX RDQUOT\n";

static struct abnf *grammar;

static int load_grammar(void **state)
{
    (void)state;
    grammar = abnf_new();
    if (abnf_load(grammar, RFC(5234), 600, "ALPHA ", "B.2") < 0) return 0;
    int core = abnf_load(grammar, RFC(3966), 200, "telephone-uri", "Each parameter");
    int sip = abnf_load(grammar, RFC(3261), 12000, "25.1 Basic", "26 Security");
    int ipv6 = abnf_load(grammar, RFC(5954), 150, "IPv6address   =", "5.");
    if (core < 10 || sip < 250 || ipv6 < 4) return -1;
    abnf_add(grammar, amendments);
    abnf_refuse_words(grammar, "scheme-of-others", "sip|sips|tel");
    abnf_refuse_words(grammar, "range-parameter", "q");
    abnf_refuse_words(grammar, "auth-scheme",
                      "Digest"); /* other-response and other-challenge are for the others */
    abnf_refuse_words(grammar, "tel-pname", "ext|isub|phone-context");
    abnf_refuse_bytes(grammar, "bare-addr-spec", ";?,");
    /* A parameter that has a grammar of its own is held to it; its name does not make it an
     * extension as well. */
    abnf_specific_first(grammar, "generic-param");
    abnf_specific_first(grammar, "auth-param");
    abnf_specific_first(grammar, "other-param");
    return abnf_complete(grammar, "SIP-message") ? 0 : -1;
}

static int free_grammar(void **state)
{
    (void)state;
    abnf_free(grammar);
    return 0;
}

static bool absent(void)
{
    FILE *file = fopen(RFC(3261), "r");
    if (file) fclose(file);
    if (!file) printf("SKIPPED: %s is not there\n", RFC(3261));
    return !file;
}

/* --- one text, judged twice
 * ------------------------------------------------------------------------------------------ */

struct subject {
    const char *production;     /* of the whole line */
    const char *before, *after; /* what makes a message of it */
};

static bool library_says(const struct subject *subject, const uint8_t *text, size_t n)
{
    static uint8_t bytes[ABNF_TEXT_MAX + 200];
    size_t before = strlen(subject->before), after = strlen(subject->after);
    memcpy(bytes, subject->before, before);
    memcpy(bytes + before, text, n);
    memcpy(bytes + before + n, subject->after, after);
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = NULL;
    assert_int_equal(sipcheck_parse(arena, bytes, before + n + after, 0, &message), 0);
    bool valid = message->valid;
    sipcheck_arena_free(arena);
    return valid;
}

/* A CRLF that no fold follows would begin another line: such a text is not one field. */
static bool is_one_field(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '\r' && text[i + 1] == '\n' &&
            (i + 2 == n || (text[i + 2] != ' ' && text[i + 2] != '\t')))
            return false;
    return n == 0 || text[n - 1] != '\r';
}

static void show(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf(text[i] < 0x20 || text[i] > 0x7e || text[i] == '\\' ? "\\x%02x" : "%c", text[i]);
}

static unsigned judge(const struct subject *subject, const uint8_t *text, size_t n, unsigned shown)
{
    if (!is_one_field(text, n)) return 0;
    bool grammar_says = abnf_match(grammar, subject->production, text, n);
    if (grammar_says == library_says(subject, text, n)) return 0;
    if (shown < SHOWN_MAX) {
        printf("%s: the grammar says %s: ", subject->production,
               grammar_says ? "valid" : "invalid");
        show(text, n);
        printf("\n");
    }
    return 1;
}

/* --- mutations
 * ----------------------------------------------------------------------------------------------------------
 */

static const char *const snippets[] = {
    " ",     "\t",     "\r\n ", "\r\n\t", "\r\n",     "\r",     "\n",   "\"",       "\\",
    "<",     ">",      "(",     ")",      ",",        ";",      ";;",   ",,",       "=",
    ":",     "@",      "?",     "&",      "%",        "%41",    "%4",   "[",        "]",
    "[::1]", "[1:2]",  "::",    ".",      "..",       "-",      "*",    "/",        "0",
    "9",     "99999",  "1.5",   "q=0.5",  "q=1.001",  ";tag=x", ";lr",  ";ttl=1",   "sip:",
    "sips:", "tel:+1", "a",     "Z",      "\xc3\xa9", "\xff",   "\x80", "\xc0\x80", "\xed\xa0\x80",
    "\x7f",  "\x01",   "{",     "'",      "$",        "!",      "#",    "1.2.3.4",  "256.1.1.1",
};

static size_t splice(uint8_t *text, size_t n, size_t at, size_t drop, const char *in, size_t in_n)
{
    if (n - drop + in_n > DERIVED_MAX + 60) return n;
    memmove(text + at + in_n, text + at + drop, n - at - drop);
    memcpy(text + at, in, in_n);
    return n - drop + in_n;
}

/* from: bytes before it (the header's name) stay. */
static size_t mutate(uint8_t *text, size_t n, size_t from, uint64_t *seed)
{
    if (n <= from) return n;
    size_t at = from + (size_t)(abnf_random(seed) >> 20) % (n - from);
    const char *snippet =
        snippets[(abnf_random(seed) >> 20) % (sizeof snippets / sizeof *snippets)];
    char copy[16];
    size_t span = 1 + (size_t)(abnf_random(seed) >> 20) % 4;
    if (span > n - at) span = n - at;
    switch (abnf_random(seed) >> 20 & 3) {
    case 0:
        return splice(text, n, at, span, "", 0);
    case 1:
        return splice(text, n, at, 0, snippet, strlen(snippet));
    case 2:
        return splice(text, n, at, 1, snippet, strlen(snippet));
    default:
        memcpy(copy, text + at, span);
        return splice(text, n, at, 0, copy, span);
    }
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

/* Each derivation as it is, then with one, two ... changes. */
static unsigned run_subject(const struct subject *subject, size_t from_colon, unsigned shown)
{
    uint64_t seed = setting("SIPCHECK_ORACLE_SEED", 20260101);
    unsigned long runs = setting("SIPCHECK_ORACLE_RUNS", RUNS);
    for (const char *c = subject->production; *c; c++)
        seed = seed * 31 + (uint8_t)*c;
    unsigned wrong = 0;
    uint8_t text[ABNF_TEXT_MAX];
    for (unsigned long run = 0; run < runs;) {
        size_t n = abnf_derive(grammar, subject->production, &seed, text, DERIVED_MAX);
        if (!n) continue;
        const uint8_t *colon = memchr(text, ':', n);
        size_t from = from_colon && colon ? (size_t)(colon - text) + 1 : 0;
        wrong += judge(subject, text, n, shown + wrong);
        for (size_t changes = abnf_random(&seed) >> 20 & 3; changes; changes--, run++) {
            n = mutate(text, n, from, &seed);
            wrong += judge(subject, text, n, shown + wrong);
        }
        run++;
    }
    return wrong;
}

static void every_header_agrees_with_the_grammar(void **state)
{
    (void)state;
    if (absent()) skip();
    static const char *const headers[] = {
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, SECTION, DOC) NAME,
#include <sipcheck/headers.def>
#undef X
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct subject subject = { headers[i], "OPTIONS sip:a@example.com SIP/2.0\r\n",
                                   "\r\n\r\n" };
        unsigned more = run_subject(&subject, 1, 0);
        if (more) printf("%s: %u disagreements\n", headers[i], more);
        wrong += more;
    }
    assert_int_equal(wrong, 0);
}

static void the_start_lines_agree_with_the_grammar(void **state)
{
    (void)state;
    if (absent()) skip();
    abnf_add(grammar, "Request-Line-text = Method SP Request-URI SP SIP-Version\n"
                      "Status-Line-text = SIP-Version SP Status-Code SP Reason-Phrase\n"
                      "start-line-text = Request-Line-text / Status-Line-text\n");
    static const struct subject subject = { "start-line-text", "", "\r\nSubject: x\r\n\r\n" };
    assert_int_equal(run_subject(&subject, 0, 0), 0);
}

static void unknown_headers_agree_with_the_grammar(void **state)
{
    (void)state;
    if (absent()) skip();
    abnf_add(grammar, "X-extension = \"X-Never-Heard-Of\" HCOLON header-value\n");
    static const struct subject subject = { "X-extension", "OPTIONS sip:a@example.com SIP/2.0\r\n",
                                            "\r\n\r\n" };
    assert_int_equal(run_subject(&subject, 1, 0), 0);
}

/* The oracle can tell right from wrong itself. */
static void the_oracle_knows_plain_cases(void **state)
{
    (void)state;
    if (absent()) skip();
    static const struct {
        const char *production, *text;
        bool valid;
    } cases[] = {
        { "CSeq", "CSeq: 1 INVITE", true },
        { "CSeq", "cseq\t:\r\n 0009\r\n  INVITE", true },
        { "CSeq", "CSeq: 1INVITE", false },
        { "Via",
          "v: SIP / 2.0 / UDP h.example ; branch = z9hG4bKx , SIP/2.0/TCP [2001:db8::1]:5060",
          true },
        { "Via", "Via: SIP/2.0/UDP a_b.example", false },
        { "Via", "Via: SIP/2.0/UDP h;branch=\"x\"", false },
        { "Contact", "Contact: *", true },
        { "Contact", "Contact: <sip:a@b>;q=1.001", false },
        { "Contact", "Contact: sip:a@b?x=y", false },
        { "Contact", "Contact: \"x\\\x00\" <sip:a@b>", true },
        { "From", "From: a@b", false },
        { "Route", "Route: <sip:p.example;lr=on>", true },
        { "Supported", "Supported:", true },
        { "Require", "Require:", false },
        { "To", "To: <tel:+49-30;isub=1>", true },
        { "To", "To: <tel:abc>", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].text);
        if (i == 9) n = sizeof "Contact: \"x\\\x00\" <sip:a@b>" - 1;
        if (abnf_match(grammar, cases[i].production, (const uint8_t *)cases[i].text, n) !=
            cases[i].valid)
            fail_msg("the oracle is wrong about: %s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_knows_plain_cases),
        cmocka_unit_test(every_header_agrees_with_the_grammar),
        cmocka_unit_test(the_start_lines_agree_with_the_grammar),
        cmocka_unit_test(unknown_headers_agree_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
