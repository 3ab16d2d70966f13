/* SPDX-License-Identifier: MIT */
/* The parser against the grammar of the RFCs about dialogs, references and published state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oracle/oracle.h"

static const struct oracle_source sources[] = {
    { RFC(3262), 600, "PRACKm", "11 Ack", 6 },
    { RFC(3326), 100, "Reason            =", "The following values", 8 },
    { RFC(3515), 100, "Refer-To =", "The following should", 1 },
    { RFC(3891), 380, "Replaces        =", "A Replaces header", 5 },
    { RFC(3892), 250, "Referred-By  =", "Since the", 6 },
    { RFC(3903), 1100, "PUBLISHm", "13.", 5 },
    { RFC(3911), 380, "Join            =", "A Join header", 4 },
    { RFC(4488), 150, "Refer-Sub       =", "where the syntax", 3 },
    { RFC(4538), 440, "Target-Dialog      =", "Figures 3", 4 },
    { RFC(5839), 1200, "Suppress-If-Match  =", "; entity-tag", 1 },
    { NULL, 0, NULL, NULL, 0 },
};

static const char amendments[] =
    /* RFC 8217 4: outside of <> a comma, semicolon or question mark is not the URI's */
    "Refer-To = (\"Refer-To\" / \"r\") HCOLON ( name-addr / bare-addr-spec ) *(SEMI "
    "generic-param)\n"
    "referrer-uri = ( name-addr / bare-addr-spec )\n"
    /* one name for all that is asked for below */
    "dialog-header = RAck / RSeq / Refer-To / Refer-Sub / Referred-By / Replaces / Join / "
    "Target-Dialog / SIP-ETag / SIP-If-Match / Suppress-If-Match / Reason\n";

static struct abnf *grammar;

static int load_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) return 0;
    grammar = oracle_base();
    if (!grammar || !oracle_load(grammar, sources)) return -1;
    abnf_add(grammar, amendments);
    return oracle_finish(grammar, "dialog-header") ? 0 : -1;
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
        "RAck", "RSeq",          "Refer-To", "Refer-Sub",    "Referred-By",       "Replaces",
        "Join", "Target-Dialog", "SIP-ETag", "SIP-If-Match", "Suppress-If-Match", "Reason",
        NULL,
    };
    assert_int_equal(oracle_run_headers(grammar, headers), 0);
}

/* The grammar that was loaded can tell right from wrong itself. */
static void the_oracle_knows_plain_cases(void **state)
{
    (void)state;
    if (!grammar) skip();
    static const struct oracle_case cases[] = {
        { "RAck", "RAck: 7 12\tINVITE", true, 0 },
        { "RAck", "RAck: 7 INVITE", false, 0 },
        { "Reason", "Reason: Q.850 ;cause=31;text=\"x\", SIP;cause=603", true, 0 },
        { "Reason", "Reason: SIP;cause=\"603\"", false, 0 },
        { "Refer-To", "r: <sip:dora@example.net?Subject=x>", true, 0 },
        { "Refer-To", "r: sip:dora@example.net?Subject=x", false, 0 },
        { "Replaces", "Replaces: k3@h;from-tag=a;to-tag=b;early-only", true, 0 },
        { "Replaces", "Replaces: k3@h;from-tag;to-tag=b", false, 0 },
        { "Referred-By", "b: sip:h@i.example;cid=\"p.q@[2001:db8::5]\"", true, 0 },
        { "Referred-By", "b: sip:h@i.example;cid=p.q@r", false, 0 },
        { "Suppress-If-Match", "Suppress-If-Match: *", true, 0 },
        { "SIP-ETag", "SIP-ETag: \"x\"", false, 0 },
        { "Refer-Sub", "Refer-Sub: TRUE;x", true, 0 },
        { "Refer-Sub", "Refer-Sub: maybe", false, 0 },
        { NULL, NULL, false, 0 },
    };
    assert_int_equal(oracle_check(grammar, cases), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_knows_plain_cases),
        cmocka_unit_test(every_header_agrees_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
