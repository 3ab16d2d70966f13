/* SPDX-License-Identifier: MIT */
/* URIs and hosts. RFC 3261 §19.1, §25.1; RFC 5954; RFC 3966 */
#define _GNU_SOURCE
#include "values.h"

static const value_case bracketed[] = {
    { "a host is all a SIP URI needs", "<sip:example.com>", -1, NULL },
    { "everything at once", "<sips:a%20b:p,w@h.example:5061;transport=tcp;x?s=%41&p=>", -1, NULL },
    { "the scheme in any case", "<SiP:a@b>", -1, NULL },
    { "user with all its odd characters", "<sip:a&=+$,;?/-_.!~*'()@b>", -1, NULL },
    { "password may be empty", "<sip:a:@b>", -1, NULL },
    { "the last dot of a domain", "<sip:a@example.com.>", -1, NULL },
    { "labels may begin with digits", "<sip:a@1.2a.3com.example>", -1, NULL },
    { "uri-parameter without value", "<sip:a@b;lr;x>", -1, NULL },
    { "lr=on fits other-param", "<sip:a@b;lr=on>", -1, NULL },
    { "odd characters of uri-parameter", "<sip:a@b;[]/:&+$=()*~'[]>", -1, NULL },
    { "escapes in a parameter name", "<sip:a@b;%6Cr;n%61me=v%61lue%25>", -1, NULL },
    { "extension transport", "<sip:a@b;transport=x-5>", -1, NULL },
    { "a header may be empty", "<sip:a@b?Subject=>", -1, NULL },
    { "odd characters of headers", "<sip:a@b?a[]/?:+$=[]/?:+$>", -1, NULL },
    { "a URI without host", "<sip:>", 5, "host" },
    { "user is not empty", "<sip:@b>", 5, "host" },
    { "two @", "<sip:a@b@c>", 8, "\">\"" },
    { "space in the user", "<sip:a b@c>", 6, "\">\"" },
    { "half an escape", "<sip:a%4@b>", 8, "HEXDIG" },
    { "not an escape", "<sip:a%zz@b>", 7, "HEXDIG" },
    { "'#' is not a user character", "<sip:a#b@c>", 6, "\">\"" },
    { "underscore in a host", "<sip:a@my_host>", 9, "\">\"" },
    { "host begins with a hyphen", "<sip:a@-b>", 7, "alphanum" },
    { "host ends with a hyphen", "<sip:a@b->", 9, "alphanum" },
    { "empty label", "<sip:a@b..c>", 9, "alphanum" },
    { "the last label begins with a letter", "<sip:a@b.3c>", 11,
      "toplabel, which begins with a letter" },
    { "port without digits", "<sip:a@b:>", 9, "digit" },
    { "port of letters", "<sip:a@b:sip>", 9, "digit" },
    { "empty uri-parameter", "<sip:a@b;;lr>", 9, "uri-parameter" },
    { "empty parameter value", "<sip:a@b;x=>", 11, "paramchar" },
    { "transport is a token", "<sip:a@b;transport=[x]>", 19, "token" },
    { "transport needs a value", "<sip:a@b;transport>", 18, "\"=\"" },
    { "ttl has three digits at most", "<sip:a@b;ttl=1234>", 16, "at most three digits" },
    { "maddr is a host", "<sip:a@b;maddr=a_b>", 16, "\">\"" },
    { "header without value", "<sip:a@b?Subject>", 16, "\"=\"" },
    { "empty headers", "<sip:a@b?>", 9, "hname" },
    { "two '?' start no second list", "<sip:a@b?a=b&>", 13, "hname" },
    { "parameters behind headers", "<sip:a@b?a=b;c>", 12, "\">\"" },
    { "quotes", "<sip:a@b\">", 8, "\">\"" },
    { "white space in front of the scheme", "< sip:a@b>", 1, "scheme" },
    { "white space behind", "<sip:a@b >", 8, "\">\"" },
    { "no scheme", "<a@b>", 2, "\":\" behind a scheme" },
    { "a scheme begins with a letter", "<1sip:a@b>", 1, "scheme" },
    { "not closed", "<sip:a@b", 8, "\">\"" },
};

static const value_case addresses_of_hosts[] = {
    { "IPv4", "<sip:192.0.2.255>", -1, NULL },
    { "zeros", "<sip:0.0.0.0>", -1, NULL },
    { "256 is no octet", "<sip:192.0.2.256>", 15, "end of dec-octet" },
    { "no leading zero", "<sip:192.0.2.01>", 14, "end of dec-octet" },
    { "three octets", "<sip:192.0.2>", 12, "\".\"" },
    { "five octets", "<sip:1.2.3.4.5>", 12, "end of IPv4address" },
    { "IPv6", "<sip:[2001:db8::9:1]:5060>", -1, NULL },
    { "unspecified", "<sip:[::]>", -1, NULL },
    { "loopback", "<sip:[::1]>", -1, NULL },
    { "eight groups", "<sip:[1:2:3:4:5:6:7:8]>", -1, NULL },
    { "seven groups and a gap at the end", "<sip:[1:2:3:4:5:6:7::]>", -1, NULL },
    { "seven groups and a gap in front", "<sip:[::1:2:3:4:5:6:7]>", -1, NULL },
    { "mapped IPv4", "<sip:[::ffff:192.0.2.1]>", -1, NULL },
    { "six groups and IPv4", "<sip:[1:2:3:4:5:6:192.0.2.1]>", -1, NULL },
    { "three colons in front of IPv4: RFC 5118 §4.10", "<sip:[2001:db8:::192.0.2.1]>", -1, NULL },
    { "three colons alone", "<sip:[:::192.0.2.1]>", -1, NULL },
    { "three colons elsewhere", "<sip:[2001:::1]>", 12, "h16 or end of IPv6address" },
    { "four colons", "<sip:[2001::::192.0.2.1]>", 12, "h16 or end of IPv6address" },
    { "empty", "<sip:[]>", 6, "h16" },
    { "one colon", "<sip:[:]>", 6, "h16" },
    { "begins with one colon", "<sip:[:1:2:3:4:5:6:7]>", 6, "h16" },
    { "ends with one colon", "<sip:[1:2:3:4:5:6:7:]>", 20, "h16" },
    { "seven groups", "<sip:[1:2:3:4:5:6:7]>", 19, "\":\"" },
    { "nine groups", "<sip:[1:2:3:4:5:6:7:8:9]>", 22, "end of IPv6address" },
    { "two gaps", "<sip:[1::2::3]>", 11, "h16" },
    { "five hex digits", "<sip:[12345::]>", 10, "h16" },
    { "not hex", "<sip:[g::]>", 6, "h16" },
    { "a gap of nothing", "<sip:[1:2:3:4:5:6:7::8]>", 22, "at most 7 groups beside \"::\"" },
    { "IPv4 in the middle", "<sip:[1:192.0.2.1::]>", 17, "\":\"" },
    { "IPv4 behind seven groups", "<sip:[1:2:3:4:5:6:7:192.0.2.1]>", 20, "end of IPv6address" },
    { "bad IPv4 inside", "<sip:[::192.0.2.300]>", 18, "end of dec-octet" },
    { "zone", "<sip:[fe80::1%25eth0]>", 13, "\"]\"" },
    { "no brackets", "<sip:2001:db8::10>", 8, NULL },
    { "not closed", "<sip:[::1>", 9, "\"]\"" },
};

static const value_case other_schemes[] = {
    { "mail", "<mailto:a@b.example>", -1, NULL },
    { "opaque", "<urn:service:sos>", -1, NULL },
    { "net-path", "<http://www.example.com:80/a/b;c?d=e>", -1, NULL },
    { "IPv6 server", "<http://u:p@[2001:db8::1]:80/a?b>", -1, NULL },
    { "empty authority", "<file:///etc/x>", -1, NULL },
    { "abs-path", "<x:/a/b>", -1, NULL },
    { "odd scheme", "<soap.beep://192.0.2.1:3002>", -1, NULL },
    { "nothing behind the scheme", "<x:>", 3, "uric" },
    { "fragment", "<http://a/b#c>", 11, "\">\"" },
    { "brackets elsewhere", "<http://a/[::1]>", 10, "\">\"" },
    { "bad IPv6 server", "<http://[::g]/>", 11, NULL },
    { "quote", "<x:\">", 3, "uric" },
};

static const value_case tel[] = {
    { "global", "<tel:+1-201-555-0123>", -1, NULL },
    { "global with parameters", "<tel:+358-555-1234567;ext=12;isub=a%20b;x-y=z>", -1, NULL },
    { "local with context", "<tel:7042;phone-context=example.com>", -1, NULL },
    { "local with a global context", "<tel:*31#;phone-context=+1-914-555>", -1, NULL },
    { "local without context", "<tel:7042>", 9, "context" },
    { "no digit", "<tel:+(-)>", 9, "digit" },
    { "two contexts", "<tel:1;phone-context=a;phone-context=b>", 23, NULL },
    { "two contexts of a global number", "<tel:+1;phone-context=a;phone-context=b>", -1, NULL },
    { "what is a context of local numbers only", "<tel:+1;phone-context=5>", -1, NULL },
    { "... and needs no value then", "<tel:+1;phone-context>", -1, NULL },
    { "letters", "<tel:+1800x>", 10, "\">\"" },
    { "empty", "<tel:>", 5, "\"+\", HEXDIG, \"*\" or \"#\"" },
    { "ext is made of digits", "<tel:+1;ext=x>", 12, "phonedigit" },
    { "context needs a value", "<tel:1;phone-context>", 20, "\"=\"" },
    { "a context is no IPv4 address", "<tel:1;phone-context=1.2.3.4>", 28,
      "toplabel, which begins with a letter" },
    { "pname", "<tel:+1;a_b=c>", 9, "\">\"" },
};

/* RFC 3261 §20: "," ";" and "?" need angle brackets around the URI. */
static const value_case bare[] = {
    { "SIP URI", "sip:a@b", -1, NULL },
    { "what follows ';' is the header's", "sip:a@b;tag=1", -1, NULL },
    { "white space in front of ';'", "sip:a@b  ; tag = 1", -1, NULL },
    { "other URI", "mailto:a@b;tag=1", -1, NULL },
    { "'?'", "sip:a@b?Subject=x", 7, "end of field" },
    { "',' in the user", "sip:a,b@c", 5, "end of field" },
    { "';' in the user", "sip:a;b@c", 7, "end of field" },
    { "'?' in another URI", "http://a/b?c", 10, "end of field" },
};

static void uris_in_brackets(void **state)
{
    (void)state;
    CHECK_VALUES("Route", bracketed);
}

static void hosts(void **state)
{
    (void)state;
    CHECK_VALUES("Route", addresses_of_hosts);
}

static void absolute_uris(void **state)
{
    (void)state;
    CHECK_VALUES("To", other_schemes);
    CHECK_VALUES("Alert-Info", other_schemes);
}

static void tel_uris(void **state)
{
    (void)state;
    CHECK_VALUES("From", tel);
}

static void uris_without_brackets(void **state)
{
    (void)state;
    CHECK_VALUES("To", bare);
    CHECK_VALUES("Reply-To", bare);
}

static void the_parts_of_a_uri(void **state)
{
    (void)state;
    static const char text[] = "<SIPS:a%40:pw@[2001:db8::1]:5061;transport=tcp;lr?Subject=x&p=>";
    value_bench b = bench_new();
    const sipcheck_message *msg = bench_parse(&b, "Route", text, sizeof text - 1);
    const sipcheck_uri *uri = &((const sipcheck_address *)msg->values[SIPCHECK_HEADER_ROUTE])->uri;
    assert_true(uri->valid && uri->is_sips && !uri->is_sip);
    assert_slice(uri->scheme, "SIPS");
    assert_slice(uri->user, "a%40");
    assert_slice(uri->password, "pw");
    assert_slice(uri->host, "[2001:db8::1]");
    assert_int_equal(uri->host_kind, SIPCHECK_HOST_IPV6);
    assert_int_equal(uri->port, 5061);
    assert_slice(uri->params->name, "transport");
    assert_slice(uri->params->value, "tcp");
    assert_slice(uri->params->next->name, "lr");
    assert_absent(uri->params->next->value);
    assert_slice(uri->headers_text, "Subject=x&p=");
    assert_slice(uri->headers->next->name, "p");
    assert_slice(uri->headers->next->value, "");
    bench_free(&b);
}

static void a_port_too_large_is_no_matter_of_grammar(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const char *text = "<sip:a:99999999999999999999>";
    const sipcheck_message *msg = bench_parse(&b, "Route", text, strlen(text));
    assert_true(msg->valid);
    const sipcheck_address *route = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_ROUTE];
    assert_int_equal(route->uri.port, UINT32_MAX);
    bench_free(&b);
}

/* What is refused is read all the same. */
static void parts_of_a_bad_uri(void **state)
{
    (void)state;
    value_bench b = bench_new();
    const char *text = "\"Bob\" < sip:bob@my_host:5070;lr;;x=y >;tag=1";
    const sipcheck_message *msg = bench_parse(&b, "To", text, strlen(text));
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    assert_false(to->v.valid);
    assert_false(to->uri.valid);
    assert_true(to->brackets && to->uri.is_sip);
    assert_slice(to->display, "\"Bob\"");
    assert_slice(to->uri.user, "bob");
    assert_slice(to->uri.host, "my_host");
    assert_int_equal(to->uri.port, 5070);
    assert_slice(to->uri.params->next->name, "x");
    assert_slice(to->params->value, "1");
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_in_brackets),
        cmocka_unit_test(hosts),
        cmocka_unit_test(absolute_uris),
        cmocka_unit_test(tel_uris),
        cmocka_unit_test(uris_without_brackets),
        cmocka_unit_test(the_parts_of_a_uri),
        cmocka_unit_test(a_port_too_large_is_no_matter_of_grammar),
        cmocka_unit_test(parts_of_a_bad_uri),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
