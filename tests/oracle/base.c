/* SPDX-License-Identifier: MIT */
/* The grammar of RFC 3261 and what stands in for parts of it. Every amendment has its reason beside
 * it. */
#include "oracle/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    /* there a context is a parameter like others */
    "global-number = global-number-digits *( global-parameter / extension / isdn-subaddress )\n"
    "global-parameter = \";\" global-pname [\"=\" pvalue ]\n"
    "global-pname = 1*( alphanum / \"-\" )\n"
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
    /* RFC 3581 5, RFC 7339 9: in one place what each adds to RFC 3261; two alternatives tell that
       the value is held to its own grammar, too */
    "via-params = via-ttl / via-maddr / via-received / via-branch / response-port / oc / "
    "oc-validity / oc-seq / oc-algo / via-extension\n"
    "response-port = \"rport\" / \"rport\" EQUAL 1*DIGIT\n"
    "oc = \"oc\" / \"oc\" EQUAL oc-num\n"
    "oc-validity = \"oc-validity\" / \"oc-validity\" EQUAL delta-ms\n"
    /* RFC 3840 9: what begins with a plus sign, or has the name of a base tag, is a feature-param
       and nothing else; RFC 5626 10, with white space as in RFC 3840's LDQUOT and RDQUOT; RFC 5627,
       RFC 7044 5 */
    "c-p-instance = \"+sip.instance\" EQUAL LDQUOT \"<\" instance-val \">\" RDQUOT\n"
    "contact-params = params-of-contact\n"
    "params-of-contact = c-p-q / c-p-expires / c-p-reg / c-p-instance / temp-gruu / pub-gruu / "
    "index-of-contact / feature-of-contact / plain-param\n"
    "feature-of-contact = feature-param\n"
    "temp-gruu = \"temp-gruu\" EQUAL quoted-string\n"
    "pub-gruu = \"pub-gruu\" EQUAL quoted-string\n"
    "index-of-contact = \"rc\" EQUAL contact-index / \"mp\" EQUAL contact-index / "
    "\"np\" EQUAL contact-index\n"
    "contact-index = contact-number *(\".\" contact-number)\n"
    "contact-number = [ %x31-39 *DIGIT ] DIGIT\n"
    /* RFC 3840 9, where RFC 7044 means something else by the name number */
    "numeric = \"#\" numeric-relation feature-number\n"
    "numeric-relation = \">=\" / \"<=\" / \"=\" / (feature-number \":\")\n"
    "feature-number = [ \"+\" / \"-\" ] 1*DIGIT [\".\" *DIGIT]\n"
    "plain-param = plain-name [ EQUAL gen-value ]\n"
    "plain-name = plain-char *( plain-char / \"+\" )\n"
    "plain-char = alphanum / \"-\" / \".\" / \"!\" / \"%\" / \"*\" / \"_\" / \"`\" / \"'\" / "
    "\"~\"\n"
    /* RFC 8760 2.6 (and 7616): digests of any length */
    "request-digest = LDQUOT *LHEX RDQUOT\n";

bool oracle_absent(void)
{
    FILE *file = fopen(RFC(3261), "r");
    if (file) fclose(file);
    if (!file) printf("SKIPPED: %s is not there\n", RFC(3261));
    return !file;
}

struct abnf *oracle_base(void)
{
    struct abnf *grammar = abnf_new();
    int letters = abnf_load(grammar, RFC(5234), 600, "ALPHA ", "B.2");
    int tel = abnf_load(grammar, RFC(3966), 200, "telephone-uri", "Each parameter");
    int sip = abnf_load(grammar, RFC(3261), 12000, "25.1 Basic", "26 Security");
    int rport = abnf_load(grammar, RFC(3581), 230, "response-port", "This extends");
    int overload = abnf_load(grammar, RFC(7339), 1300, "via-params", "10.");
    int features = abnf_load(grammar, RFC(3840), 700, "feature-param", "Note that");
    int outbound = abnf_load(grammar, RFC(5626), 2195, "c-p-reg  ", "The value");
    int ipv6 = abnf_load(grammar, RFC(5954), 150, "IPv6address   =", "5.");
    if (letters < 1 || tel < 10 || sip < 250 || ipv6 < 4 || rport < 1 || overload < 8 ||
        features < 12 || outbound < 3) {
        abnf_free(grammar);
        return NULL;
    }
    abnf_add(grammar, amendments);
    abnf_refuse_words(grammar, "scheme-of-others", "sip|sips|tel");
    abnf_refuse_words(grammar, "range-parameter", "q");
    /* other-response and other-challenge are for the others */
    abnf_refuse_words(grammar, "auth-scheme", "Digest");
    abnf_refuse_words(grammar, "tel-pname", "ext|isub|phone-context");
    abnf_refuse_words(grammar, "global-pname", "ext|isub");
    abnf_refuse_words(grammar, "plain-name",
                      "q|expires|reg-id|temp-gruu|pub-gruu|rc|mp|np|"
                      "audio|automata|class|duplex|data|control|mobility|description|"
                      "events|priority|methods|schemes|application|video|language|type|isfocus|"
                      "actor|text|extensions");
    abnf_refuse_words(grammar, "feature-of-contact", "+sip.instance");
    abnf_refuse_bytes(grammar, "bare-addr-spec", ";?,");
    return grammar;
}

bool oracle_finish(struct abnf *grammar, const char *root)
{
    /* A parameter that has a grammar of its own is held to it; its name does not make it an
     * extension as well. */
    abnf_specific_first(grammar, "generic-param");
    abnf_specific_first(grammar, "auth-param");
    abnf_specific_first(grammar, "other-param");
    return abnf_complete(grammar, root);
}

bool oracle_load(struct abnf *grammar, const struct oracle_source *sources)
{
    for (; sources->path; sources++) {
        int rules = abnf_load(grammar, sources->path, sources->skip, sources->from, sources->to);
        if (rules >= sources->rules) continue;
        printf("%s: %d rules from \"%s\" on, not %d\n", sources->path, rules, sources->from,
               sources->rules);
        return false;
    }
    return true;
}

unsigned oracle_check(struct abnf *grammar, const struct oracle_case *cases)
{
    unsigned wrong = 0;
    for (; cases->production; cases++) {
        size_t n = cases->n ? cases->n : strlen(cases->text);
        if (abnf_match(grammar, cases->production, (const uint8_t *)cases->text, n) == cases->valid)
            continue;
        printf("the oracle is wrong about: %s\n", cases->text);
        wrong++;
    }
    return wrong;
}
