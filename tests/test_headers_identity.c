/* SPDX-License-Identifier: MIT */
/* The values of Identity, Identity-Info, History-Info, Session-ID, Geolocation*, Content-ID, and
 * what RFC 7044 adds to Contact. The digest headers are in test_auth.c. */
#define _GNU_SOURCE
#include "values.h"

#define INFO ";info=<https://cert.example.com/a.cer>"
#define UUID "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define NIL "00000000000000000000000000000000"

static const value_case identity[] = {
    { "full form", " eyJ0.eyJp-_9.c2ln" INFO ";alg=ES256;ppt=shaken", -1, NULL },
    { "compact form", " ..c2ln" INFO, -1, NULL },
    { "the type in quotes: erratum 6519", " ..c2ln" INFO ";ppt=\"shaken\"", -1, NULL },
    { "extensions", " ..c2ln" INFO ";x;y=\"z\"", -1, NULL },
    { "white space", " ..c2ln ; info = <https://cert.example.com> ; alg = ES256", -1, NULL },
    { "folds", " ..c2ln\r\n ;info=\r\n <https://cert.example.com>\r\n ;\r\n alg=ES256", -1, NULL },
    { "quoted: RFC 4474", "\"ZYNB+lIH/sw==\"", -1, NULL },
    { "bare, as RFC 4475 prints it", " ZYNB+lIH/sw=", -1, NULL },
    { "empty", "", 0, "base64url-char" },
    { "a PASSporT without info", "eyJ0.eyJp.c2ln", 14, "SEMI" },
    { "info is not first", "..c2ln;alg=ES256" INFO, 7, "info" },
    { "a parameter of another name", "..c2ln;infos=<https://a.b>", 7, "info" },
    { "no URI", "..c2ln;info=<>", 13, "scheme" },
    { "no brackets", "..c2ln;info=https://a.b", 12, "\"<\"" },
    { "brackets not closed", "..c2ln;info=<https://a.b", 24, "\">\"" },
    { "info without value", "..c2ln;info", 11, "EQUAL" },
    { "base64 of another alphabet: erratum 6499", "ey/0.eyJp.c2ln" INFO, 2, "SEMI" },
    { "padding", "eyJ0.eyJp.c2ln=" INFO, 14, "SEMI" },
    { "alg without value", "..c2ln" INFO ";alg", 48, "EQUAL" },
    { "alg in quotes", "..c2ln" INFO ";alg=\"ES256\"", 49, "token" },
    { "a type of two words", "..c2ln" INFO ";ppt=\"a b\"", 51, "DQUOTE" },
    { "quoted with parameters", "\"ZYNB\"" INFO, 6, "end of field" },
    { "two in a line", "..c2ln" INFO ", ..c2ln" INFO, 44, "end of field" },
};

static const value_case identity_info[] = {
    { "all of it", " <https://cert.example.com/a.cer>;alg=rsa-sha1;x=y", -1, NULL },
    { "no brackets", "https://a.b", 0, "\"<\"" },
    { "alg without value", "<https://a.b>;alg", 17, "EQUAL" },
    { "a list", "<https://a.b>, <https://c.d>", 13, "end of field" },
};

static const value_case history_info[] = {
    { "a request's way",
      " <sip:a@b>;index=1, \"C\" <sip:c@d?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1", -1, NULL },
    { "numbers", "<sip:a@b>;index=0.10.2;mp=1.0;np=1;x=\"y\"", -1, NULL },
    { "no parameters", "<tel:+1-212-555-0123>", -1, NULL },
    { "white space", "<sip:a@b> ; index = 1 , <sip:c@d>", -1, NULL },
    { "brackets are needed", "sip:a@b;index=1", 3, "\"<\"" },
    { "index without value", "<sip:a@b>;index", 15, "EQUAL" },
    { "index without number", "<sip:a@b>;index=x", 16, "digit" },
    { "a zero in front", "<sip:a@b>;index=1.01", 19, "end of number" },
    { "dot at the end", "<sip:a@b>;index=1.", 18, "digit" },
    { "two dots", "<sip:a@b>;index=1..1", 18, "digit" },
    { "rc in quotes", "<sip:a@b>;rc=\"1\"", 13, "digit" },
    { "np without value", "<sip:a@b>;np", 12, "EQUAL" },
    { "empty element", "<sip:a@b>;index=1,,<sip:c@d>", 18, "\"<\"" },
};

static const value_case contact[] = {
    { "what made the target", "<sip:a@b>;rc=1.1;q=0.5, <sip:c@d>;mp=1", -1, NULL },
    { "rc of no number", "<sip:a@b>;rc=a", 13, "digit" },
    { "mp without value", "<sip:a@b>;mp", 12, "EQUAL" },
    { "np with a zero in front", "<sip:a@b>;np=01", 14, "end of number" },
};

static const value_case session_id[] = {
    { "both", " " UUID ";remote=" NIL, -1, NULL },
    { "one: RFC 7329", UUID, -1, NULL },
    { "extensions", UUID " ; remote = " UUID ";x;logme=y", -1, NULL },
    { "empty", "", 0, "32 digits of lower-case hex" },
    { "upper case", "0F1E2D3C4B5A69788796A5B4C3D2E1F0", 1, "32 digits of lower-case hex" },
    { "a UUID with hyphens", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", 8,
      "32 digits of lower-case hex" },
    { "33 digits", UUID "0;remote=" NIL, 32, "32 digits of lower-case hex" },
    { "remote is short", UUID ";remote=0", 41, "32 digits of lower-case hex" },
    { "remote is empty", UUID ";remote=", 40, "32 digits of lower-case hex" },
    { "remote without value", UUID ";remote", 39, "EQUAL" },
    { "a list", UUID "," UUID, 32, "end of field" },
};

static const value_case geolocation[] = {
    { "by reference and by value",
      " <sips:x3f@geo.example.com>, <cid:here@desk.example.com>;a=b , <https://geo.example.com/x>",
      -1, NULL },
    { "no brackets", "cid:here@desk.example.com", 0, "\"<\"" },
    { "empty", "", 0, "\"<\"" },
    { "no URI", "<here>", 5, "\":\" behind a scheme" },
};

static const value_case georouting[] = {
    { "yes", " yes", -1, NULL },
    { "any case", "No", -1, NULL },
    { "an extension", "within = \"5 km\"", -1, NULL },
    { "a host", "via=[::1]", -1, NULL },
    { "empty", "", 0, "token" },
    { "value is missing", "a=", 2, "quoted-string" },
    { "parameters", "yes;a=b", 3, "end of field" },
    { "two words", "y es", 1, "end of field" },
};

static const value_case geoerror[] = {
    { "code and text", " 100 ; code = \"Cannot Process Location\";x", -1, NULL },
    { "one digit", "1", -1, NULL },
    { "four digits", "1000", 3, "one to three digits" },
    { "no digit", "x", 0, "one to three digits" },
    { "text without quotes", "100;code=Permission", 9, "quoted-string" },
    { "code without value", "100;code", 8, "EQUAL" },
    { "a list", "100,200", 3, "end of field" },
};

static const value_case content_id[] = {
    { "the usual", " <part1.7f@desk.example.com>", -1, NULL },
    { "all of atext", "<a!#$%&'*+-/=?^_`{|}~@b>", -1, NULL },
    { "a literal", "<a@[2001:db8::1]>", -1, NULL },
    { "an empty literal", "<a@[]>", -1, NULL },
    { "no brackets", "a@b", 0, "\"<\"" },
    { "no @", "<a>", 2, "\"@\"" },
    { "nothing in front of @", "<@b>", 1, "atext" },
    { "nothing behind @", "<a@>", 3, "atext" },
    { "two dots", "<a..b@c>", 3, "atext" },
    { "dot at the end", "<a@b.>", 5, "atext" },
    { "quoted: obsolete", "<\"a\"@b>", 1, "atext" },
    { "a bracket in a literal", "<a@[b[]>", 5, "dtext or \"]\"" },
    { "white space", "<a @b>", 2, "\"@\"" },
    { "not closed", "<a@b", 4, "\">\"" },
    { "white space behind", "<a@b> ", 5, "end of field" },
};

static void who_sent_it(void **state)
{
    (void)state;
    CHECK_VALUES("Identity", identity);
    CHECK_VALUES("y", identity);
    CHECK_VALUES("Identity-Info", identity_info);
    CHECK_VALUES("n", identity_info);
    CHECK_VALUES("Session-ID", session_id);
    CHECK_VALUES("Content-ID", content_id);
}

static void which_way_it_came(void **state)
{
    (void)state;
    CHECK_VALUES("History-Info", history_info);
    CHECK_VALUES("Contact", contact);
}

static void where_it_comes_from(void **state)
{
    (void)state;
    CHECK_VALUES("Geolocation", geolocation);
    CHECK_VALUES("Geolocation-Routing", georouting);
    CHECK_VALUES("Geolocation-Error", geoerror);
}

static const sipcheck_value *first_of(value_bench *b, const char *name, enum sipcheck_header_id id,
                                      const char *text)
{
    return bench_parse(b, name, text, strlen(text))->values[id];
}

/* Where info is not in its place, it is found all the same, and one fault is told. */
static void a_bad_identity_keeps_its_parameters(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const char *text = "..c2ln;alg=ES256;info=<https://a.b>;ppt=div";
    const sipcheck_identity *t =
        (const sipcheck_identity *)first_of(&b, "Identity", SIPCHECK_HEADER_IDENTITY, text);
    assert_false(t->v.valid);
    assert_true(t->compact && !t->full);
    assert_slice(t->digest, "..c2ln");
    assert_slice(sipcheck_param_find(t->params, "alg")->value, "ES256");
    assert_slice(sipcheck_param_find(t->params, "info")->value, "<https://a.b>");
    assert_slice(sipcheck_param_find(t->params, "ppt")->value, "div");
    bench_free(&b);
}

/* The claims are decoded, and "\/" is "/". What is no base64url is absent, and no fault. */
static void a_passport_is_decoded(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const sipcheck_identity *i = (const sipcheck_identity *)first_of(
        &b, "Identity", SIPCHECK_HEADER_IDENTITY,
        "eyJ4IjoiYVwvXFwvIn0.eyJvcmlnIjp7InVyaSI6InNpcDphQGI7eD15In19.c" INFO);
    assert_true(i->v.valid && i->full);
    assert_slice(i->header, "{\"x\":\"a/\\\\/\"}");
    assert_slice(i->claims, "{\"orig\":{\"uri\":\"sip:a@b;x=y\"}}");
    assert_slice(i->orig.host, "b");
    assert_slice(sipcheck_param_find(i->orig.params, "x")->value, "y");
    assert_absent(i->dest.raw);
    i = (const sipcheck_identity *)first_of(&b, "Identity", SIPCHECK_HEADER_IDENTITY,
                                            "e.eyJ4IjoxfQ.c" INFO);
    assert_true(i->v.valid && i->full);
    assert_absent(i->header);
    assert_slice(i->claims, "{\"x\":1}");
    i = (const sipcheck_identity *)first_of(&b, "Identity", SIPCHECK_HEADER_IDENTITY,
                                            "a.b.c.d" INFO);
    assert_true(i->v.valid && !i->full && !i->compact);
    bench_free(&b);
}

static void members_of_good_values(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const sipcheck_identity *i = (const sipcheck_identity *)first_of(
        &b, "Identity", SIPCHECK_HEADER_IDENTITY, "a.b.c ; info = <https://a.b> ;alg=ES256");
    assert_true(i->v.valid && i->full && !i->compact);
    assert_slice(i->digest, "a.b.c");
    assert_absent(i->header); /* one character is no byte */
    assert_slice(i->params->name, "info");
    assert_slice(i->params->value, "<https://a.b>");
    assert_slice(i->params->next->value, "ES256");
    const sipcheck_token *t = (const sipcheck_token *)first_of(
        &b, "Session-ID", SIPCHECK_HEADER_SESSION_ID, UUID ";remote=" NIL);
    assert_slice(t->token, UUID);
    assert_slice(sipcheck_param_find(t->params, "remote")->value, NIL);
    const sipcheck_call_id *id = (const sipcheck_call_id *)first_of(
        &b, "Content-ID", SIPCHECK_HEADER_CONTENT_ID, "<a.b@[c]>");
    assert_slice(id->local, "a.b");
    assert_slice(id->host, "[c]");
    const sipcheck_number *n = (const sipcheck_number *)first_of(
        &b, "Geolocation-Error", SIPCHECK_HEADER_GEOLOCATION_ERROR, "202;code=\"x\"");
    assert_int_equal(n->number, 202);
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sent_it),
        cmocka_unit_test(which_way_it_came),
        cmocka_unit_test(where_it_comes_from),
        cmocka_unit_test(a_bad_identity_keeps_its_parameters),
        cmocka_unit_test(a_passport_is_decoded),
        cmocka_unit_test(members_of_good_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
