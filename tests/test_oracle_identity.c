/* SPDX-License-Identifier: MIT */
/* The parser against the grammars of RFC 8224, 4474, 7044, 7989, 6442, 8262, 7616 and 8760. Each
 * RFC has a grammar of its own: names of their rules collide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "oracle/oracle.h"

static unsigned disagreements(const struct oracle_source *sources, const char *amendments,
                              const char *const *names)
{
    struct abnf *grammar = oracle_base();
    if (!grammar) return 1;
    bool whole = oracle_load(grammar, sources);
    abnf_add(grammar, amendments);
    whole = oracle_finish(grammar, *names) && whole;
    for (const char *const *name = names + 1; *name; name++)
        whole = abnf_complete(grammar, *name) && whole;
    unsigned wrong = whole ? oracle_run_headers(grammar, names) : 1;
    abnf_free(grammar);
    return wrong;
}

/* An absoluteURI of the base is of no scheme that has a grammar of its own; in angle brackets a SIP
 * URI is one, too (RFC 3261 §25.1 takes it as absoluteURI, §19.1.1 gives it its grammar). */
#define ANY_URI "( absoluteURI / SIP-URI / SIPS-URI )"

static void identity_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(8224), 300, "Identity = ", "In addition", 9 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] =
        /* erratum 6499: PASSporT is base64url */
        "base64-char = ALPHA / DIGIT / \"-\" / \"_\"\n"
        "ident-info-uri = LAQUOT " ANY_URI " RAQUOT\n"
        /* erratum 6519: with quotes is what was meant and what is sent */
        "ident-type = \"ppt\" EQUAL ( token / LDQUOT token RDQUOT )\n"
        "passport = signed-identity-digest SEMI ident-info *( SEMI ident-info-params )\n"
        /* RFC 4474 with erratum 1058; and its drafts, as RFC 4475 3.1.1.11 has it. The registry of
           RFC 4474 gives the compact form */
        "bare-digest = 1*( ALPHA / DIGIT / \"+\" / \"/\" ) *\"=\"\n"
        "Identity = ( \"Identity\" / \"y\" ) HCOLON ( passport / quoted-string / bare-digest )\n";
    static const char *const names[] = { "Identity", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

static void identity_info_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(4474), 690, "Identity-Info = ", "The signed", 5 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] = "ident-info = LAQUOT " ANY_URI " RAQUOT\n";
    static const char *const names[] = { "Identity-Info", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

static void history_info_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(7044), 420, "History-Info = ", "The ABNF definitions", 11 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] =
        /* RFC 7044 5 extends Contact: that is so in the base already */
        "contact-params = params-of-contact\n"
        "contact-param = (name-addr / bare-addr-spec) *(SEMI contact-params)\n";
    static const char *const names[] = { "History-Info", "Contact", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

static void session_id_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(7989), 420, "session-id  ", "The productions", 8 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char *const names[] = { "session-id", NULL };
    assert_int_equal(disagreements(sources, "", names), 0);
}

static void location_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(6442), 430, "Geolocation-header = ", "HCOLON", 4 },
        { RFC(6442), 570, "Georouting-header ", "HCOLON", 2 },
        { RFC(6442), 815, "Geolocation-Error  ", "HCOLON", 5 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] =
        /* pres:, http:, https: and cid: URIs are absoluteURIs */
        "locationURI = " ANY_URI "\n"
        /* behind "yes" and "no": they are tokens as well */
        "Georouting-header = \"Geolocation-Routing\" HCOLON generic-value\n"
        "generic-value = generic-param\n";
    static const char *const names[] = { "Geolocation-header", "Georouting-header",
                                         "Geolocation-Error", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

static void content_id_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(5322), 670, "atext  ", "atom ", 1 },
        { RFC(5322), 690, "dot-atom-text ", "dot-atom ", 1 },
        { RFC(5322), 1380, "no-fold-literal ", "The \"Message", 1 },
        { RFC(8262), 400, "Content-ID = ", "Note:", 2 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] =
        /* without the obsolete forms, which RFC 5322 4 forbids to generate */
        "dtext = %d33-90 / %d94-126\n"
        "id-left = dot-atom-text\n"
        "id-right = dot-atom-text / no-fold-literal\n";
    static const char *const names[] = { "Content-ID", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

static void digest_agrees_with_its_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) skip();
    static const struct oracle_source sources[] = {
        { RFC(8760), 300, "request-digest = ", "The number", 1 },
        { NULL, 0, NULL, NULL, 0 },
    };
    static const char amendments[] =
        /* RFC 8760 2.7, whose lines are broken where no rule may be */
        "algorithm = \"algorithm\" EQUAL ( \"MD5\" / \"MD5-sess\" / \"SHA-256\" / "
        "\"SHA-256-sess\" / \"SHA-512-256\" / \"SHA-512-256-sess\" / token )\n"
        /* RFC 7616 3.4, of RFC 5987 3.2.1: not in quotes */
        "extended-username = \"username*\" EQUAL 1*mime-charsetc \"'\" *( ALPHA / DIGIT / \"-\" ) "
        "\"'\" *( pct-encoded / attr-char )\n"
        "pct-encoded = \"%\" HEXDIG HEXDIG\n"
        "mime-charsetc = ALPHA / DIGIT / \"!\" / \"#\" / \"$\" / \"%\" / \"&\" / \"+\" / \"-\" / "
        "\"^\" / \"_\" / \"`\" / \"{\" / \"}\" / \"~\"\n"
        "attr-char = ALPHA / DIGIT / \"!\" / \"#\" / \"$\" / \"&\" / \"+\" / \"-\" / \".\" / \"^\" "
        "/ \"_\" / \"`\" / \"|\" / \"~\"\n"
        "dig-resp = username / extended-username / realm / nonce / digest-uri / dresponse / "
        "algorithm / cnonce / opaque / message-qop / nonce-count / auth-param\n";
    static const char *const names[] = { "Authorization",       "Proxy-Authorization",
                                         "WWW-Authenticate",    "Proxy-Authenticate",
                                         "Authentication-Info", NULL };
    assert_int_equal(disagreements(sources, amendments, names), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_agrees_with_its_grammar),
        cmocka_unit_test(identity_info_agrees_with_its_grammar),
        cmocka_unit_test(history_info_agrees_with_its_grammar),
        cmocka_unit_test(session_id_agrees_with_its_grammar),
        cmocka_unit_test(location_agrees_with_its_grammar),
        cmocka_unit_test(content_id_agrees_with_its_grammar),
        cmocka_unit_test(digest_agrees_with_its_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
