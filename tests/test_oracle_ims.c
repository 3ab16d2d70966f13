/* SPDX-License-Identifier: MIT */
/* The parser against the grammar of the RFCs of identity, privacy, outbound and the 3GPP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "oracle/oracle.h"

static struct abnf *grammar;

static const struct oracle_source sources[] = {
    { RFC(3313), 200, "P-Media-Authorization   =", "Table 1", 2 },
    { RFC(3323), 500, "Privacy-hdr", "user:", 2 },
    { RFC(3325), 390, "PAssertedID =", "A P-Asserted", 2 },
    { RFC(3325), 420, "PPreferredID =", "A P-Preferred", 2 },
    { RFC(3327), 180, "Path =", "Note that", 2 },
    { RFC(3329), 200, "security-client", "Note that", 12 },
    { RFC(3608), 240, "Service-Route =", "Note that", 2 },
    { RFC(4412), 340, "Resource-Priority  =", "An example", 5 },
    { RFC(4412), 400, "Accept-Resource-Priority =", "An example", 1 },
    { RFC(4457), 200, "P-User-Database     =", "DiameterURI is", 2 },
    { RFC(4964), 755, "P-Answer-State =", "7.2.", 2 },
    { RFC(5002), 170, "P-Profile-Key     =", "The format", 1 },
    { RFC(5009), 590, "P-Early-Media =", "10.", 2 },
    { RFC(5318), 310, "P-Refused-URI-List =", "The members", 4 },
    { RFC(5502), 460, "P-Served-User            =", "EQUAL,", 5 },
    { RFC(5503), 400, "P-DCS-Trace-Party-ID =", "This document", 3 },
    { RFC(5503), 600, "P-DCS-OSPS      =", "Andreasen", 2 },
    { RFC(5503), 840, "P-DCS-Billing-Info      =", "This document", 24 },
    { RFC(5503), 1240, "P-DCS-LAES        =", "This document", 13 },
    { RFC(5626), 2195, "Flow-Timer     =", "The value", 5 },
    { RFC(5627), 1245, "temp-gruu       =", "The quoted", 4 },
    { RFC(6050), 320, "PAssertedService =", "See Section", 2 },
    { RFC(6050), 370, "PPreferredService =", "See Section", 2 },
    { RFC(6050), 480, "Service-ID      =", "While the", 5 },
    { RFC(7044), 420, "History-Info = ", "The ABNF definitions", 12 },
    { RFC(7315), 1575, "P-Associated-URI       =", "6.  Security", 51 },
    { RFC(8496), 350, "P-Charge-Info =", "The SIP URI", 1 },
    { NULL, 0, NULL, NULL, 0 },
};

/* What the texts mean, and what was amended later. */
static const char amendments[] =
    /* RFC 8217 4: without brackets no comma, semicolon or question mark, in any header */
    "PAssertedID-value = name-addr / bare-addr-spec\n"
    "PPreferredID-value = name-addr / bare-addr-spec\n"
    "PServedUser-value = name-addr / bare-addr-spec\n"
    "uri-list-entry = ( name-addr / bare-addr-spec ) *( SEMI refused-param )\n"
    "P-Profile-Key = \"P-Profile-Key\" HCOLON (name-addr / bare-addr-spec) *( SEMI generic-param "
    ")\n"
    "P-Charge-Info = \"P-Charge-Info\" HCOLON (name-addr / bare-addr-spec)\n"
    /* what the RFCs call otherwise */
    "P-Asserted-Identity = PAssertedID\n"
    "P-Preferred-Identity = PPreferredID\n"
    "P-Asserted-Service = PAssertedService\n"
    "P-Preferred-Service = PPreferredService\n"
    "P-Charging-Function-Addresses = P-Charging-Addresses\n"
    /* RFC 3323's text and its erratum 5184, both with the white space that SEMI and COMMA have */
    "Privacy = \"Privacy\" HCOLON priv-value *((SEMI / COMMA) priv-value)\n"
    /* RFC 3329 appendix A with erratum 3799; the algorithms are no closed list (3GPP TS 33.203) */
    "mech-parameters = preference / digest-algorithm / digest-qop / digest-verify / ipsec / "
    "generic-param\n"
    "extension = \";ext=\" 1*phonedigit\n" /* RFC 3966's again */
    "ipsec = \"alg\" EQUAL token / \"prot\" EQUAL token / \"mod\" EQUAL token / \"ealg\" EQUAL "
    "token / "
    "\"spi\" EQUAL 1*10DIGIT / \"port1\" EQUAL 1*DIGIT / \"port2\" EQUAL 1*DIGIT\n"
    /* a DiameterURI (RFC 3588, RFC 6733) is an absoluteURI */
    "DiameterURI = absoluteURI\n"
    /* RFC 5502's erratum 4827 */
    "sessioncase-param = \"sescase\" EQUAL ( \"orig\" / \"term\" )\n"
    "registration-state-param = \"regstate\" EQUAL ( \"unreg\" / \"reg\" )\n"
    /* one quoted-string */
    "members-param = \"members\" EQUAL quoted-string\n"
    /* RFC 5806 with erratum 3177; its extension as RFC 4485 4.3 asks for */
    "Diversion = \"Diversion\" HCOLON diversion-value *(COMMA diversion-value)\n"
    "diversion-value = name-addr *(SEMI diversion-param)\n"
    "diversion-param = (\"reason\" EQUAL (token / quoted-string)) / (\"counter\" EQUAL 1*2DIGIT) / "
    "(\"limit\" EQUAL 1*2DIGIT) / (\"privacy\" EQUAL (token / quoted-string)) / "
    "(\"screen\" EQUAL (token / quoted-string)) / generic-param\n"
    /* RFC 5503: a timestamp is one, wherever it stands; a slash is missing in Laes-param; a
       phonedigit is never nothing (erratum 4376 of RFC 3966) */
    "P-DCS-Trace-Party-ID = \"P-DCS-Trace-Party-ID\" HCOLON name-addr *(SEMI trace-param)\n"
    "timestamp-param = \"timestamp\" EQUAL 1*DIGIT [\".\" 1*DIGIT]\n"
    "trace-param = timestamp-param / generic-param\n"
    "Laes-param = Laes-content / Laes-cccid / Laes-bcid / generic-param\n"
    "phonedigit = DIGIT / visual-separator\n"
    "phonedigit-hex = HEXDIG / \"*\" / \"#\" / visual-separator\n"
    /* what the text of RFC 5626 replaces */
    "c-p-instance = \"+sip.instance\" EQUAL LDQUOT \"<\" instance-val \">\" RDQUOT\n"
    "contact-params = params-of-contact\n"
    "uri-parameter = transport-param / user-param / method-param / ttl-param / maddr-param / "
    "lr-param / gr-param / other-param\n"
    /* RFC 7315: a list that begins with a comma is nobody's intent (erratum 4540); what 5.4 defines
       and forgot to name is access-info; erratum 4474 besides the text; icid-value is itself
       wherever it stands */
    "P-Associated-URI = \"P-Associated-URI\" HCOLON [p-aso-uri-spec *(COMMA p-aso-uri-spec)]\n"
    "access-info = cgi-3gpp / utran-cell-id-3gpp / dsl-location / i-wlan-node-id / ci-3gpp2 / "
    "eth-location / ci-3gpp2-femto / fiber-location / gstn-location / local-time-zone / "
    "dvb-rcs2-node-id / operator-specific-GI / utran-sai-3gpp / host-alone / quoted-string / "
    "generic-param\n"
    "host-alone = IPv6reference\n"
    "charge-params = icid-value / icid-gen-addr / orig-ioi / term-ioi / transit-ioi / related-icid "
    "/ "
    "related-icid-gen-addr / generic-param\n";

static int load_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) return 0;
    grammar = oracle_base();
    if (!grammar || !oracle_load(grammar, sources)) return -1;
    abnf_add(grammar, amendments);
    return oracle_finish(grammar, "SIP-message") ? 0 : -1;
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
        "Accept-Resource-Priority",
        "Contact",
        "Diversion",
        "Flow-Timer",
        "P-Access-Network-Info",
        "P-Answer-State",
        "P-Asserted-Identity",
        "P-Asserted-Service",
        "P-Associated-URI",
        "P-Called-Party-ID",
        "P-Charge-Info",
        "P-Charging-Function-Addresses",
        "P-Charging-Vector",
        "P-DCS-Billing-Info",
        "P-DCS-LAES",
        "P-DCS-OSPS",
        "P-DCS-Redirect",
        "P-DCS-Trace-Party-ID",
        "P-Early-Media",
        "P-Media-Authorization",
        "P-Preferred-Identity",
        "P-Preferred-Service",
        "P-Profile-Key",
        "P-Refused-URI-List",
        "P-Served-User",
        "P-User-Database",
        "P-Visited-Network-ID",
        "Path",
        "Privacy",
        "Resource-Priority",
        "Security-Client",
        "Security-Server",
        "Security-Verify",
        "Service-Route",
        NULL,
    };
    for (size_t i = 0; headers[i]; i++)
        assert_true(abnf_complete(grammar, headers[i]));
    assert_int_equal(oracle_run_headers(grammar, headers), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_header_agrees_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
