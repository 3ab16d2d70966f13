/* SPDX-License-Identifier: MIT */
/* The headers of events, Info Packages, session timers, caller preferences, features, consent and
 * policies against their RFCs' own grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "oracle/oracle.h"

static const struct oracle_source sources[] = {
    { RFC(6665), 2450, "Event  ", "9.", 1 },
    { RFC(4028), 360, "Session-Expires  =", "Note that", 1 },
    { RFC(4028), 425, "Min-SE  =", "6.", 1 },
    { RFC(6086), 1045, "Info-Package  ", "10.", 1 },
    { RFC(5393), 850, "Max-Breadth  =", "6.", 1 },
    { RFC(7433), 300, "UUI  ", "Each package", 1 },
    { RFC(3841), 1180, "Request-Disposition   =", "Despite", 1 },
    { RFC(6809), 650, "Feature-Caps =", "NOTE", 1 },
    { RFC(6809), 680, "feature-cap  ", "NOTE", 1 },
    { RFC(5373), 250, "Answer-Mode =", "The SIP", 1 },
    { RFC(5360), 1195, "Permission-Missing  =", "The following", 1 },
    { RFC(5360), 1380, "Trigger-Consent  ", "The target", 1 },
    { RFC(6794), 1195, "Policy-ID  ", "4.4.5.2", 1 },
    { RFC(6794), 1235, "Policy-Contact  ", "Tables", 1 },
    { NULL, 0, NULL, NULL, 0 },
};

/* What the RFCs' texts leave open. */
static const char amendments[] =
    /* RFC 7433 calls the header UUI */
    "User-to-User = UUI\n"
    /* as for Contact: what has the form of a feature-param is nothing else */
    "ac-params = feature-param / featureless-param\n"
    "rc-params = feature-param / featureless-param\n"
    "featureless-param = featureless-name [ EQUAL gen-value ]\n"
    "featureless-name = plain-char *( plain-char / \"+\" )\n"
    /* the comma of an absoluteURI is that of the list */
    "policyURI = ( SIP-URI / SIPS-URI / comma-free-uri ) [ SEMI token-param ] "
    "*( SEMI generic-param )\n"
    "comma-free-uri = absoluteURI\n"
    /* RFC 8217 3: without brackets a ";", "?" or "," ends the URI of every such header */
    "per-miss-spec = ( name-addr / bare-addr-spec ) *( SEMI generic-param )\n";

static struct abnf *grammar;

static int load_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) return 0;
    grammar = oracle_base();
    if (!grammar || !oracle_load(grammar, sources)) return -1;
    abnf_add(grammar, amendments);
    abnf_refuse_bytes(grammar, "comma-free-uri", ",");
    abnf_refuse_words(grammar, "featureless-name",
                      "audio|automata|class|duplex|data|control|mobility|description|events|"
                      "priority|methods|schemes|application|video|language|type|isfocus|actor|"
                      "text|extensions");
    return oracle_finish(grammar, "Event") ? 0 : -1;
}

static int free_grammar(void **state)
{
    (void)state;
    if (grammar) abnf_free(grammar);
    return 0;
}

static void every_header_agrees_with_the_grammar(void **state)
{
    (void)state;
    if (!grammar) skip();
    static const char *const headers[] = {
        "Event",
        "Allow-Events",
        "Subscription-State",
        "Info-Package",
        "Recv-Info",
        "Session-Expires",
        "Min-SE",
        "Max-Breadth",
        "User-to-User",
        "Accept-Contact",
        "Reject-Contact",
        "Request-Disposition",
        "Feature-Caps",
        "Answer-Mode",
        "Priv-Answer-Mode",
        "Trigger-Consent",
        "Permission-Missing",
        "Policy-Contact",
        "Policy-ID",
        "Contact",
        "Via",
        NULL,
    };
    for (const char *const *name = headers; *name; name++)
        assert_true(abnf_complete(grammar, *name));
    assert_int_equal(oracle_run_headers(grammar, headers), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_header_agrees_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
