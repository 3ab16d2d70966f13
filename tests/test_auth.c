/* SPDX-License-Identifier: MIT */
/* Challenges, credentials, Authentication-Info. RFC 3261 §25.1, RFC 7616, RFC 8760 */
#define _GNU_SOURCE
#include "values.h"

#define MD5 "0123456789abcdef0123456789abcdef"

static const value_case credentials[] = {
    { "all of digest",
      " Digest username=\"a\",realm=\"b\" , nonce=\"c\",\r\n uri=\"sip:d@e;f?g\",response=\"" MD5
      "\", algorithm=MD5-sess,cnonce=\"\",opaque=\"\", qop=auth-int,nc=0000000a,x=y,z=\"\"",
      -1, NULL },
    { "SHA-256", "Digest algorithm=SHA-256,response=\"" MD5 MD5 "\"", -1, NULL },
    { "no response yet: RFC 8760 §2.7", "Digest response=\"\"", -1, NULL },
    { "names in any case", "dIGEST NC=00000001,Qop=AUTH", -1, NULL },
    { "white space around quotes", "Digest uri = \"*\" , nonce = \"a\"", -1, NULL },
    { "another scheme", "NoOneKnowsThisScheme opaque-data=here, a=\"b\"", -1, NULL },
    { "digest's names are free there", "Other nc=1,qop=\"a\",uri=b", -1, NULL },
    { "Bearer: RFC 8898", "Bearer eyJhbGciOi.JIUzI1-_~+/==", -1, NULL },
    { "username*: RFC 7616 §3.4", "Digest username*=UTF-8'de-AT'J%C3%B6rg.1,userhash=false", -1,
      NULL },
    { "username* without a language", "Digest username*=UTF-8''a", -1, NULL },
    { "username* is not quoted", "Digest username*=\"a\"", 17, "charset" },
    { "username* is percent-encoded", "Digest username*=UTF-8''J%C3%ZZ", 29, "HEXDIG" },
    { "username* has a charset", "Digest username*=alice", 22, "\"'\"" },
    { "no parameters", "Digest", 6, "LWS" },
    { "no parameters behind white space", "Digest ", 7, "token" },
    { "Basic has no auth-param", "Basic YTpi", 10, "EQUAL" },
    { "empty", "", 0, "token" },
    { "empty element", "Digest nc=00000001,,qop=auth", 19, "token" },
    { "comma at the end", "Digest nc=00000001,", 19, "token" },
    { "comma is missing", "Digest qop=auth nc=00000001", 15, "COMMA or end of field" },
    { "semicolon", "Digest qop=auth;nc=00000001", 15, "COMMA or end of field" },
    { "username is quoted", "Digest username=bob", 16, "quoted-string" },
    { "realm is quoted", "Digest realm=a", 13, "quoted-string" },
    { "nonce is quoted", "Digest nonce=a", 13, "quoted-string" },
    { "uri is quoted", "Digest uri=sip:a@b", 11, "DQUOTE" },
    { "uri is not empty", "Digest uri=\"\"", 12, "URI" },
    { "uri has no space", "Digest uri=\"sip:a b\"", 17, "DQUOTE" },
    { "response is quoted", "Digest response=" MD5, 16, "DQUOTE" },
    { "response in upper case", "Digest response=\"0A\"", 18, "DQUOTE" },
    { "algorithm is not quoted", "Digest algorithm=\"MD5\"", 17, "token" },
    { "qop is not quoted", "Digest qop=\"auth\"", 11, "token" },
    { "nc is not quoted", "Digest nc=\"00000001\"", 10, "8LHEX" },
    { "nc has eight digits", "Digest nc=1", 11, "8LHEX" },
    { "nc of nine digits", "Digest nc=000000001", 18, "8LHEX" },
    { "nc in upper case", "Digest nc=0000000A", 17, "8LHEX" },
    { "value is missing", "Digest opaque", 13, "EQUAL" },
    { "any value is a token or quoted", "Digest x=", 9, "quoted-string" },
    { "quotes not closed", "Digest realm=\"a", 15, "DQUOTE or qdtext" },
};

static const value_case challenges[] = {
    { "all of digest",
      "Digest realm=\"a\",domain=\"sip:b /c http://d\",nonce=\"\",opaque=\"e\",stale=FALSE,"
      "algorithm=SHA-512-256-sess,qop=\"auth,auth-int,x\",charset=UTF-8,userhash=true",
      -1, NULL },
    { "white space in qop: RFC 7616 §3.9.1", "Digest qop=\"auth, auth-int\"", -1, NULL },
    { "empty domain: RFC 7616 §3.3", "Digest domain=\"\"", -1, NULL },
    { "another scheme", "Other a=b", -1, NULL },
    { "qop is quoted", "Digest qop=auth", 11, "DQUOTE" },
    { "empty qop", "Digest qop=\"\"", 12, "token" },
    { "stale is not quoted", "Digest stale=\"false\"", 13, "true or false" },
    { "stale is true or false", "Digest stale=maybe", 13, "true or false" },
    { "algorithm is not quoted", "Digest algorithm=\"MD5\"", 17, "token" },
    { "nonce is quoted", "Digest nonce=a", 13, "quoted-string" },
    { "domain is quoted", "Digest domain=sip:a", 14, "DQUOTE" },
    { "a second challenge in a line", "Digest realm=\"a\", Basic realm=\"b\"", 24, "EQUAL" },
};

static const value_case info[] = {
    { "all of it", "nextnonce=\"a\", qop=auth,rspauth=\"0a\" ,cnonce=\"b\",nc=00000001", -1, NULL },
    { "others: RFC 7615", "x=y", -1, NULL },
    { "rspauth is quoted", "rspauth=0a", 8, "DQUOTE" },
    { "qop is not quoted", "qop=\"auth\"", 4, "token" },
    { "empty", "", 0, "token" },
    { "empty element", "qop=auth,,x=y", 9, "token" },
};

static void credentials_of_requests(void **state)
{
    (void)state;
    CHECK_VALUES("Authorization", credentials);
    CHECK_VALUES("Proxy-Authorization", credentials);
}

static void challenges_of_responses(void **state)
{
    (void)state;
    CHECK_VALUES("WWW-Authenticate", challenges);
    CHECK_VALUES("Proxy-Authenticate", challenges);
}

static void authentication_info(void **state)
{
    (void)state;
    CHECK_VALUES("Authentication-Info", info);
}

/* A fault in one parameter does not hide the others, and each fault is told. */
static void parameters_behind_a_fault(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const char *text = "Digest username=bob,,nc=1,realm=\"a,b\"";
    const sipcheck_message *msg = bench_parse(&b, "Authorization", text, strlen(text));
    const sipcheck_auth *auth = (const sipcheck_auth *)msg->values[SIPCHECK_HEADER_AUTHORIZATION];
    assert_int_equal(msg->fault_count, 3);
    assert_true(auth->digest && !auth->v.valid);
    assert_slice(sipcheck_param_find(auth->params, "USERNAME")->value, "bob");
    assert_slice(sipcheck_param_find(auth->params, "nc")->value, "1");
    assert_slice(sipcheck_param_find(auth->params, "realm")->value, "\"a,b\"");
    assert_true(sipcheck_param_find(auth->params, "realm")->quoted);
    assert_null(sipcheck_param_find(auth->params, "uri"));
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_of_requests),
        cmocka_unit_test(challenges_of_responses),
        cmocka_unit_test(authentication_info),
        cmocka_unit_test(parameters_behind_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
