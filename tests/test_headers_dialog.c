/* SPDX-License-Identifier: MIT */
/* The values of headers about dialogs, references, published state and reasons. */
#define _GNU_SOURCE
#include "values.h"

static const value_case rack[] = {
    { "the usual", " 911 4 INVITE", -1, NULL },
    { "any white space", "911\t\r\n 4  \t INVITE", -1, NULL },
    { "extension method", "1 2 X-PING", -1, NULL },
    { "any number", "99999999999999999999999 88888888888888888888888 A", -1, NULL },
    { "no second number", "911 INVITE", 4, "digit" },
    { "no white space", "911,4 INVITE", 3, "LWS" },
    { "no method", "911 4", 5, "LWS" },
    { "no method behind white space", "911 4 ", 6, "token" },
    { "sign", "-1 4 INVITE", 0, "digit" },
    { "more behind", "911 4 INVITE 5", 12, "end of field" },
    { "parameter", "911 4 INVITE;x", 12, "end of field" },
    { "a list", "911 4 INVITE, 912 4 INVITE", 12, "end of field" },
    { "empty", "", 0, "digit" },
};

static const value_case rseq[] = {
    { "the usual", " 4242", -1, NULL },
    { "too large for anybody", "99999999999999999999999", -1, NULL },
    { "zero is of the grammar", "0", -1, NULL },
    { "sign", "+1", 0, "digit" },
    { "parameter", "1;x", 1, "end of field" },
    { "two numbers", "1 2", 1, "end of field" },
    { "empty", "", 0, "digit" },
};

static const value_case refer_to[] = {
    { "no brackets", " sip:dora@example.net", -1, NULL },
    { "name and headers", "\"Dora\" <sip:dora@example.net?Subject=tea>;x=y", -1, NULL },
    { "another scheme", "https://www.example.net/page", -1, NULL },
    { "tel", "<tel:+4930123456>", -1, NULL },
    { "what follows a bare URI is of the header", "sip:dora@example.net;method=BYE", -1, NULL },
    { "question mark without brackets", "sip:dora@example.net?Subject=tea", 20, "end of field" },
    { "comma without brackets", "sip:a,b@example.net", 5, NULL },
    { "two of them", "<sip:a@example.net>, <sip:b@example.net>", 19, "end of field" },
    { "no scheme", "dora@example.net", 4, "\"<\"" },
    { "brackets not closed", "<sip:dora@example.net", 21, NULL },
    { "header without value is none", "<sip:dora@example.net?Subject>", 29, "\"=\"" },
    { "empty", "", 0, "\"<\"" },
    { "empty parameter", "<sip:dora@example.net>;", 23, "token" },
};

static const value_case referred_by[] = {
    { "URI alone", " sip:hugo@example.org", -1, NULL },
    { "cid", "<sip:hugo@example.org>;cid=\"t0k.3n@mail.example.org\"", -1, NULL },
    { "white space around cid", "<sip:hugo@example.org> ; CID = \"a@b\" ; x", -1, NULL },
    { "atoms of odd characters", "<sip:h@i>;cid=\"-!%*_+'`~.0@~\"", -1, NULL },
    { "hosts", "<sip:h@i>;cid=\"a@192.0.2.4\"", -1, NULL },
    { "hostname that ends with a dot", "<sip:h@i>;cid=\"a@example.org.\"", -1, NULL },
    { "IPv6", "<sip:h@i>;cid=\"a@[2001:db8::4]\"", -1, NULL },
    { "other parameters", "<sip:h@i>;purpose=\"x y\"", -1, NULL },
    { "no quotes", "<sip:h@i>;cid=a@b", 14, "DQUOTE" },
    { "no value", "<sip:h@i>;cid", 13, "EQUAL" },
    { "angle brackets are of the body part", "<sip:h@i>;cid=\"<a@b>\"", 15, "atom" },
    { "no at", "<sip:h@i>;cid=\"ab\"", 17, "\"@\"" },
    { "two dots", "<sip:h@i>;cid=\"a..b@c\"", 17, "atom" },
    { "dot in front", "<sip:h@i>;cid=\".a@b\"", 15, "atom" },
    { "dot in front of at", "<sip:h@i>;cid=\"a.@b\"", 17, "atom" },
    { "dot behind what is no hostname", "<sip:h@i>;cid=\"a@b_c.\"", 21, "atom" },
    { "nothing behind at", "<sip:h@i>;cid=\"a@\"", 17, "host" },
    { "white space in it", "<sip:h@i>;cid=\"a @b\"", 16, "\"@\"" },
    { "quotes not closed", "<sip:h@i>;cid=\"a@b", 18, "DQUOTE" },
    { "brackets not closed", "<sip:h@i>;cid=\"a@[::1\"", 21, NULL },
    { "question mark without brackets", "sip:h@i?x=y", 7, "end of field" },
    { "two of them", "<sip:h@i>, <sip:j@k>", 9, "end of field" },
    { "no scheme", "hugo", 4, "\"<\"" },
};

static const value_case replaces[] = {
    { "both tags", " 9f3c@192.0.2.8;to-tag=u1;from-tag=u2", -1, NULL },
    { "the flag", "9f3c;from-tag=0;to-tag=0;early-only", -1, NULL },
    { "white space around", "9f3c@h ; to-tag = u1\r\n ;from-tag=u2", -1, NULL },
    { "tags are demanded by a rule, not here", "9f3c@h", -1, NULL },
    { "a flag with a value is an extension", "9f3c@h;early-only=1", -1, NULL },
    { "words have brackets and quotes", "<\"{9f}\">?@[h]\\;to-tag=1;from-tag=2", -1, NULL },
    { "tag without value", "9f3c@h;to-tag;from-tag=u2", 13, "EQUAL" },
    { "empty tag", "9f3c@h;to-tag=u1;from-tag=", 26, "token" },
    { "quoted tag", "9f3c@h;to-tag=\"u1\";from-tag=u2", 14, "token" },
    { "at twice", "9f@3c@h;to-tag=u1;from-tag=u2", 5, "end of field" },
    { "a comma is no separator", "9f3c@h;to-tag=1;from-tag=2, 9f@i;to-tag=1;from-tag=2", 26,
      "end of field" },
    { "escaped as in a URI", "9f3c%40h%3Bto-tag%3D1", -1, NULL },
    { "empty parameter", "9f3c@h;;to-tag=u1", 7, "token" },
    { "no callid", ";to-tag=u1", 0, "word" },
    { "empty", "", 0, "word" },
};

static const value_case target_dialog[] = {
    { "both tags", "9f3c@192.0.2.8;local-tag=u1;remote-tag=u2", -1, NULL },
    { "others", "9f3c;x;y=\"z\"", -1, NULL },
    { "tag without value", "9f3c;local-tag", 14, "EQUAL" },
    { "quoted tag", "9f3c;remote-tag=\"u\"", 16, "token" },
    { "white space in callid", "9f 3c;local-tag=u1", 2, "end of field" },
    { "empty", "", 0, "word" },
};

static const value_case entity_tag[] = {
    { "token", " w5.h~!", -1, NULL },
    { "star is a token", "*", -1, NULL },
    { "HTTP's quotes", "\"w5h\"", 0, "token" },
    { "weak, as HTTP has it", "W/\"w5h\"", 1, "end of field" },
    { "a list", "w5h, w5i", 3, "end of field" },
    { "parameter", "w5h;x", 3, "end of field" },
    { "slash", "w5/h", 2, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case refer_sub[] = {
    { "false", " false", -1, NULL },
    { "true, in any case", "TrUe ; x = \"y\"", -1, NULL },
    { "a longer word", "falsely", 5, "end of field" },
    { "another word", "no", 0, "true or false" },
    { "half of it", "tru", 3, "true or false" },
    { "empty parameter", "true;", 5, "token" },
    { "a list", "true, false", 4, "end of field" },
    { "empty", "", 0, "true or false" },
};

static const value_case reason[] = {
    { "the least", "SIP", -1, NULL },
    { "two", " Q.850 ;cause=31 ;text=\"Normal, unspecified\",SIP;cause=480", -1, NULL },
    { "another protocol and parameter", "FOO;cause=7;location=LN", -1, NULL },
    { "no range is of the grammar", "SIP;cause=00000000000000000000000042", -1, NULL },
    { "text folded", "SIP;text=\r\n \"a\r\n b\"", -1, NULL },
    { "cause is digits", "SIP;cause=x", 10, "digit" },
    { "quoted cause", "SIP;cause=\"480\"", 10, "digit" },
    { "cause without value", "SIP;cause", 9, "EQUAL" },
    { "text is quoted", "SIP;cause=480;text=gone", 19, "quoted-string" },
    { "text without value", "SIP;text", 8, "EQUAL" },
    { "quotes not closed", "SIP;text=\"gone", 14, "DQUOTE or qdtext" },
    { "a code as protocol's value", "Q.850=31", 5, "COMMA or end of field" },
    { "words behind the code", "SIP;cause=480 gone", 13, "COMMA or end of field" },
    { "no protocol", ";cause=480", 0, "token" },
    { "empty element", "SIP;cause=1,,SIP;cause=2", 12, "token" },
    { "empty", "", 0, "token" },
};

static void reliable_responses(void **state)
{
    (void)state;
    CHECK_VALUES("RAck", rack);
    CHECK_VALUES("RSeq", rseq);
}

static void references(void **state)
{
    (void)state;
    CHECK_VALUES("Refer-To", refer_to);
    CHECK_VALUES("r", refer_to);
    CHECK_VALUES("Refer-Sub", refer_sub);
    CHECK_VALUES("Referred-By", referred_by);
    CHECK_VALUES("b", referred_by);
}

static void other_dialogs(void **state)
{
    (void)state;
    CHECK_VALUES("Replaces", replaces);
    CHECK_VALUES("Join", replaces);
    CHECK_VALUES("Target-Dialog", target_dialog);
}

static void published_state(void **state)
{
    (void)state;
    CHECK_VALUES("SIP-ETag", entity_tag);
    CHECK_VALUES("SIP-If-Match", entity_tag);
    CHECK_VALUES("Suppress-If-Match", entity_tag);
}

static void reasons(void **state)
{
    (void)state;
    CHECK_VALUES("Reason", reason);
}

/* What could be read of a bad value is kept. */
static void bad_values_keep_what_could_be_read(void **state)
{
    (void)state;
    value_bench b = bench_new();
#define PARSE(NAME, TEXT) bench_parse(&b, NAME, TEXT, sizeof TEXT - 1)
    const sipcheck_message *msg = PARSE("RAck", "911 4");
    const sipcheck_rack *ack = (const sipcheck_rack *)msg->values[SIPCHECK_HEADER_RACK];
    assert_int_equal(ack->rseq, 911);
    assert_int_equal(ack->cseq, 4);
    assert_absent(ack->method);

    msg = PARSE("Replaces", "9f 3c@h;to-tag=\"u1\";from-tag=u2");
    const sipcheck_call_id *dialog =
        (const sipcheck_call_id *)msg->values[SIPCHECK_HEADER_REPLACES];
    assert_slice(dialog->local, "9f");
    assert_slice(sipcheck_param_find(dialog->params, "from-tag")->value, "u2");

    msg = PARSE("Reason", "SIP;cause=\"480\";text=\"gone\", Q.850;cause=31");
    const sipcheck_token *why = (const sipcheck_token *)msg->values[SIPCHECK_HEADER_REASON];
    assert_slice(sipcheck_param_find(why->params, "text")->value, "\"gone\"");
    assert_slice(((const sipcheck_token *)why->v.next)->token, "Q.850");

    msg = PARSE("Refer-Sub", "no;x=1");
    const sipcheck_token *sub = (const sipcheck_token *)msg->values[SIPCHECK_HEADER_REFER_SUB];
    assert_slice(sub->token, "no");
    assert_slice(sipcheck_param_find(sub->params, "x")->value, "1");

    msg = PARSE("Referred-By", "\"Hugo\" <sip:hugo@example.org>;cid=a@b;x=1");
    const sipcheck_address *by = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_REFERRED_BY];
    assert_slice(by->uri.host, "example.org");
    assert_slice(sipcheck_param_find(by->params, "cid")->value, "a@b");
    assert_slice(sipcheck_param_find(by->params, "x")->value, "1");
#undef PARSE
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reliable_responses),
        cmocka_unit_test(references),
        cmocka_unit_test(other_dialogs),
        cmocka_unit_test(published_state),
        cmocka_unit_test(reasons),
        cmocka_unit_test(bad_values_keep_what_could_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
