/* SPDX-License-Identifier: MIT */
/* The parser against the grammar of the RFCs about dialogs, references and published state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oracle/oracle.h"

/* Where an RFC's ABNF stands, and how many rules it has. */
static const struct source {
    const char *path, *from, *to;
    unsigned skip;
    int rules;
} sources[] = {
    { RFC(3262), "PRACKm", "11 Ack", 600, 6 },
    { RFC(3326), "Reason            =", "The following values", 100, 8 },
    { RFC(3515), "Refer-To =", "The following should", 100, 1 },
    { RFC(3891), "Replaces        =", "A Replaces header", 380, 5 },
    { RFC(3892), "Referred-By  =", "Since the", 250, 6 },
    { RFC(3903), "PUBLISHm", "13.", 1100, 5 },
    { RFC(3911), "Join            =", "A Join header", 380, 4 },
    { RFC(4488), "Refer-Sub       =", "where the syntax", 150, 3 },
    { RFC(4538), "Target-Dialog      =", "Figures 3", 440, 4 },
    { RFC(5839), "Suppress-If-Match  =", "; entity-tag", 1200, 1 },
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
    for (size_t i = 0; grammar && i < sizeof sources / sizeof *sources; i++) {
        const struct source *s = &sources[i];
        int rules = abnf_load(grammar, s->path, s->skip, s->from, s->to);
        if (rules == s->rules) continue;
        printf("%s: %d rules, not %d\n", s->path, rules, s->rules);
        return -1;
    }
    if (!grammar) return -1;
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
    static const struct {
        const char *production, *text;
        bool valid;
    } cases[] = {
        { "RAck", "RAck: 7 12\tINVITE", true },
        { "RAck", "RAck: 7 INVITE", false },
        { "Reason", "Reason: Q.850 ;cause=31;text=\"x\", SIP;cause=603", true },
        { "Reason", "Reason: SIP;cause=\"603\"", false },
        { "Refer-To", "r: <sip:dora@example.net?Subject=x>", true },
        { "Refer-To", "r: sip:dora@example.net?Subject=x", false },
        { "Replaces", "Replaces: k3@h;from-tag=a;to-tag=b;early-only", true },
        { "Replaces", "Replaces: k3@h;from-tag;to-tag=b", false },
        { "Referred-By", "b: sip:h@i.example;cid=\"p.q@[2001:db8::5]\"", true },
        { "Referred-By", "b: sip:h@i.example;cid=p.q@r", false },
        { "Suppress-If-Match", "Suppress-If-Match: *", true },
        { "SIP-ETag", "SIP-ETag: \"x\"", false },
        { "Refer-Sub", "Refer-Sub: TRUE;x", true },
        { "Refer-Sub", "Refer-Sub: maybe", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (abnf_match(grammar, cases[i].production, (const uint8_t *)cases[i].text,
                       strlen(cases[i].text)) != cases[i].valid)
            fail_msg("the oracle is wrong about: %s", cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_knows_plain_cases),
        cmocka_unit_test(every_header_agrees_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
