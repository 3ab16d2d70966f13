/* SPDX-License-Identifier: MIT */
/* The values of the headers of RFC 3261 §20 but for URIs (test_uri.c) and digest (test_auth.c). */
#define _GNU_SOURCE
#include "values.h"

static const value_case via[] = {
    { "the least", " SIP/2.0/UDP host", -1, NULL },
    { "all of it",
      " SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.2;rport=1;ttl=16;maddr=a.b", -1,
      NULL },
    { "white space wherever it may be", " SIP / 2.0 / UDP \t host : 5060 ; branch = z ; x", -1,
      NULL },
    { "folded", "\r\n SIP\r\n /\r\n 2.0/UDP\r\n host\r\n ;branch=\r\n z", -1, NULL },
    { "a list", " SIP/2.0/UDP a, SIP/2.0/UDP b , SIP/2.0/UDP c", -1, NULL },
    { "any protocol and transport", " x/y/z a", -1, NULL },
    { "received without brackets", " SIP/2.0/UDP a;received=2001:db8::1", -1, NULL },
    { "extension with an IPv6 host", " SIP/2.0/UDP a;x=[::1]", -1, NULL },
    { "extension with a quoted-string", " SIP/2.0/UDP a;x=\";,\\\"\"", -1, NULL },
    { "empty", "", 0, "token" },
    { "empty element", " SIP/2.0/UDP a,,SIP/2.0/UDP b", 15, "token" },
    { "comma at the end", " SIP/2.0/UDP a,", 15, "token" },
    { "comma in front", " ,SIP/2.0/UDP a", 1, "token" },
    { "empty parameter", " SIP/2.0/UDP a;;b", 15, "token" },
    { "semicolon at the end", " SIP/2.0/UDP a;", 15, "token" },
    { "no white space", " SIP/2.0/UDP/a", 12, "LWS" },
    { "underscore in the host", " SIP/2.0/UDP my_host", 15, "COMMA or end of field" },
    { "host ends with a hyphen", " SIP/2.0/UDP a-;branch=b", 15, "alphanum" },
    { "two fields of the protocol", " SIP/2.0 a", 9, "SLASH" },
    { "no host", " SIP/2.0/UDP", 12, "LWS" },
    { "branch without value", " SIP/2.0/UDP a;branch", 21, "EQUAL" },
    { "branch is a token", " SIP/2.0/UDP a;branch=\"x\"", 22, "token" },
    { "brackets around received", " SIP/2.0/UDP a;received=[::1]", 24, "digit" },
    { "a name in received", " SIP/2.0/UDP a;received=host", 24, "digit" },
    { "ttl of four digits", " SIP/2.0/UDP a;ttl=1000", 22, "at most three digits" },
    { "IPv6 without brackets", " SIP/2.0/UDP 2001:db8::1", 16, "end of dec-octet" },
    { "white space at the end", " SIP/2.0/UDP a ", 14, "COMMA or end of field" },
    { "two folds in a row", " SIP/2.0/UDP a;\r\n \r\n b", 18, "token" },
};

static const value_case from[] = {
    { "quoted display-name", "\"A. \\\"B\\\" \xc3\xa9\" <sip:a@b>;tag=1", -1, NULL },
    { "tokens", " A. B.  C <sip:a@b>", -1, NULL },
    { "tokens without white space behind: erratum 5598", " Bob<sip:a@b>", -1, NULL },
    { "quotes without white space behind", "\"Bob\"<sip:a@b>", -1, NULL },
    { "no display-name", "<sip:a@b>", -1, NULL },
    { "white space behind '>'", "<sip:a@b> ", -1, NULL },
    { "white space around ';' and '='", "<sip:a@b> ; tag = 1", -1, NULL },
    { "parameters without value", "<sip:a@b>;x;y", -1, NULL },
    { "NUL in a quoted-pair is tried elsewhere; a tab", "\"\\\t\" <sip:a@b>", -1, NULL },
    { "folds in a quoted-string", "\"a\r\n b\r\n\tc\" <sip:a@b>", -1, NULL },
    { "two folds where two SWS meet", "\r\n \r\n <sip:a@b>", -1, NULL },
    { "two folds in front of a token", "\r\n \r\n Bob <sip:a@b>", 3, NULL },
    { "what is in front of a colon is a scheme", "Bob:sip:a@b", -1, NULL },
    { "comma in a display-name", "Bell, Alexander <sip:a@b>", 4, "\"<\"" },
    { "dot and quote", "A\"B\" <sip:a@b>", 1, "\"<\"" },
    { "quotes not closed", "\"Bob <sip:a@b>", 14, "DQUOTE or qdtext" },
    { "two quoted-strings", "\"a\" \"b\" <sip:a@b>", 4, "\"<\"" },
    { "control byte in quotes", "\"a\x01\" <sip:a@b>", 2, "DQUOTE or qdtext" },
    { "DEL in quotes", "\"a\x7f\" <sip:a@b>", 2, "DQUOTE or qdtext" },
    { "CR in a quoted-pair", "\"\\\r\n \" <sip:a@b>", 2, "any ASCII character but CR and LF" },
    { "UTF-8 in a quoted-pair", "\"\\\xc3\xa9\" <sip:a@b>", 2,
      "any ASCII character but CR and LF" },
    { "bare CR in quotes", "\"a\rb\" <sip:a@b>", 2, "DQUOTE or qdtext" },
    { "UTF-8: no lead byte", "\"\x80\" <sip:a@b>", 1, "UTF-8 character" },
    { "UTF-8: too long a form", "\"\xc0\xaf\" <sip:a@b>", 1, "UTF-8 character" },
    { "UTF-8: too long a form of three", "\"\xe0\x9f\xbf\" <sip:a@b>", 2,
      "rest of a UTF-8 character" },
    { "UTF-8: surrogate", "\"\xed\xa0\x80\" <sip:a@b>", 2, "rest of a UTF-8 character" },
    { "UTF-8: beyond U+10FFFF", "\"\xf4\x90\x80\x80\" <sip:a@b>", 2, "rest of a UTF-8 character" },
    { "UTF-8: five bytes", "\"\xf8\x88\x80\x80\x80\" <sip:a@b>", 1, "UTF-8 character" },
    { "UTF-8: cut", "\"\xe2\x82\" <sip:a@b>", 3, "rest of a UTF-8 character" },
    { "UTF-8: the last one", "\"\xf4\x8f\xbf\xbf\xc2\x85\" <sip:a@b>", -1, NULL },
    { "UTF-8 in a token", "B\xc3\xa9 <sip:a@b>", 1, "\"<\"" },
    { "a second address", "<sip:a@b>, <sip:c@d>", 9, "end of field" },
    { "tag without value", "<sip:a@b>;tag", 13, "EQUAL" },
    { "empty tag", "<sip:a@b>;tag=", 14, "token" },
    { "quoted tag", "<sip:a@b>;tag=\"1\"", 14, "token" },
    { "empty parameter", "<sip:a@b>;;tag=1", 10, "token" },
    { "parameter value is missing", "<sip:a@b>;x=", 12, "quoted-string" },
    { "no LWS is in a parameter", "<sip:a@b>;x y", 11, "end of field" },
    { "empty", "", 0, "\"<\"" },
    { "star", "*", 1, "\"<\"" },
};

static const value_case contact[] = {
    { "star", " *", -1, NULL },
    { "star and white space", " * ", -1, NULL },
    { "star is a display-name too", "* <sip:a@b>", -1, NULL },
    { "several", "<sip:a@b>, \"x,y\" <sip:c,d@e> , sip:f@g", -1, NULL },
    { "absolute URI", "<http://www.example.com/a,b>", -1, NULL },
    { "q and expires", "<sip:a@b>;q=0.7;expires=3600", -1, NULL },
    { "q of three digits", "<sip:a@b>;q=0.123", -1, NULL },
    { "q ends with a dot", "<sip:a@b>;q=0.", -1, NULL },
    { "q is one", "<sip:a@b>;q=1.000", -1, NULL },
    { "q above one", "<sip:a@b>;q=1.001", 16, "end of qvalue" },
    { "q of four digits", "<sip:a@b>;q=0.1234", 17, "end of qvalue" },
    { "q is two", "<sip:a@b>;q=2", 12, "0 or 1" },
    { "q without a zero", "<sip:a@b>;q=.5", 12, "0 or 1" },
    { "quoted q", "<sip:a@b>;q=\"1\"", 12, "0 or 1" },
    { "expires is made of digits", "<sip:a@b>;expires=x", 18, "digit" },
    { "expires needs a value", "<sip:a@b>;expires", 17, "EQUAL" },
    { "star in a list", "*, <sip:a@b>", 1, "\"<\"" },
    { "star behind an address", "<sip:a@b>, *", 12, "\"<\"" },
    { "star with parameters", "*;expires=0", 1, "\"<\"" },
    { "'?' without brackets", "sip:a@b?x=y", 7, "COMMA or end of field" },
    { "empty", "", 0, "\"<\"" },
    { "empty element", "<sip:a@b>,,<sip:c@d>", 10, "\"<\"" },
    { "empty brackets", "<>", 1, "scheme" },
};

static const value_case route[] = {
    { "display-name", "\"P\" <sip:p;lr>, Q <sip:q;lr>;x=y", -1, NULL },
    { "brackets are needed", "sip:p;lr", 3, "\"<\"" },
    { "empty", "", 0, "\"<\"" },
};

static const value_case alert_info[] = {
    { "URIs", "<http://a.example/b.wav>;x=y , <sip:a@b>", -1, NULL },
    { "no display-name", "\"a\" <http://b>", 0, "\"<\"" },
    { "brackets are needed", "http://a", 0, "\"<\"" },
};

static const value_case call_info[] = {
    { "purpose", "<http://a/b.jpg> ;purpose=icon,<http://c>;purpose=x", -1, NULL },
    { "purpose needs a value", "<http://a>;purpose", 18, "EQUAL" },
};

static const value_case cseq[] = {
    { "the usual", " 4711 INVITE", -1, NULL },
    { "extension method is a token", "1 X-PING", -1, NULL },
    { "folded before the method", " 0009\r\n  INVITE", -1, NULL },
    { "any number", "99999999999999999999999 A", -1, NULL },
    { "LWS is mandatory", "1INVITE", 1, "LWS" },
    { "'(' is not a token character", "1 INV(ITE", 5, "end of field" },
    { "no method", "1", 1, "LWS" },
    { "no method behind white space", "1 ", 2, "token" },
    { "no number", "INVITE", 0, "digit" },
    { "sign", "-1 A", 0, "digit" },
    { "more behind", "1 A B", 3, "end of field" },
    { "white space at the end", "1 A ", 3, "end of field" },
};

static const value_case call_id[] = {
    { "no host", "abc", -1, NULL },
    { "all of word", "aZ0-.!%*_+`'~()<>:\\\"/[]?{}@()<>", -1, NULL },
    { "white space in front", " \t a@b", -1, NULL },
    { "two @", "a@b@c", 3, "end of field" },
    { "space", "a b", 1, "end of field" },
    { "comma", "a,b", 1, "end of field" },
    { "semicolon", "a;b", 1, "end of field" },
    { "nothing behind @", "a@", 2, "word" },
    { "nothing before @", "@a", 0, "word" },
    { "empty", "", 0, "word" },
    { "bare CR", "a\rb", 1, "end of field" },
    { "white space at the end", "a@b ", 3, "end of field" },
};

static const value_case in_reply_to[] = {
    { "several", "a@b, c , d@e", -1, NULL },
    { "empty element", "a, ,b", 3, "word" },
};

static const value_case digits[] = {
    { "zeros in front", " 0068", -1, NULL },
    { "empty", "", 0, "digit" },
    { "sign", "-1", 0, "digit" },
    { "hex", "0x10", 1, "end of field" },
    { "two numbers", "1 2", 1, "end of field" },
    { "list", "1,1", 1, "end of field" },
    { "parameter", "1;a", 1, "end of field" },
    { "white space at the end", "1 ", 1, "end of field" },
    { "quoted", "\"1\"", 0, "digit" },
};

static const value_case retry_after[] = {
    { "comment and parameters", "120 (I'm (not) in) ;duration=3600;x", -1, NULL },
    { "comment at once", "1(a)", -1, NULL },
    { "duration is made of digits", "1;duration=x", 11, "digit" },
    { "comment not closed", "1 (a (b)", 8, "RPAREN or ctext" },
    { "two comments", "1 (a) (b)", 6, "end of field" },
    { "no number", "(a)", 0, "digit" },
};

static const value_case token_list[] = {
    { "several", "100rel , timer,x", -1, NULL },
    { "folds", "a\r\n ,\r\n b", -1, NULL },
    { "empty element", "a,,b", 2, "token" },
    { "comma at the end", "a,", 2, "token" },
    { "space between", "a b", 1, "COMMA or end of field" },
    { "quoted", "\"a\"", 0, "token" },
    { "parameter", "a;b", 1, "COMMA or end of field" },
};

static const value_case empty[] = { { "empty", "", -1, NULL },
                                    { "blank", "  ", -1, NULL },
                                    { "folded", "\r\n ", -1, NULL } };
static const value_case not_empty[] = { { "empty", "", 0, "token" } };

static const value_case priority[] = {
    { "extension", "my-priority", -1, NULL },
    { "empty", "", 0, "token" },
    { "list", "urgent, normal", 6, "end of field" },
};

static const value_case accept[] = {
    { "everything", "*/*, text/*;q=0.5 ,application/sdp;level=1;q=1;x", -1, NULL },
    { "white space around the slash", "text / plain", -1, NULL },
    { "no subtype", "text", 4, "SLASH" },
    { "empty subtype", "text/", 5, "token" },
    { "q", "*/*;q=1.1", 8, "end of qvalue" },
    { "empty element", "a/b,", 4, "token" },
};

static const value_case accept_encoding[] = {
    { "codings", "gzip;q=0.5, *;x=y, identity", -1, NULL },
    { "no token", "gzip, /", 6, "token" },
};

static const value_case accept_language[] = {
    { "ranges", "nl, fr-be;q=0.8, *;q=0.1, x-abcdefgh-ij", -1, NULL },
    { "nine letters", "abcdefghi", 8, "one to eight letters" },
    { "empty subtag", "en-", 3, "one to eight letters" },
    { "digits", "es-419", 3, "one to eight letters" },
};

static const value_case content_language[] = {
    { "tags", "fr, en-us", -1, NULL },
    { "'*' is no tag", "*", 0, "one to eight letters" },
    { "empty", "", 0, "one to eight letters" },
};

static const value_case content_type[] = {
    { "type", "application/sdp", -1, NULL },
    { "parameters", "multipart/mixed ; boundary = \"a;b\" ;x=y", -1, NULL },
    { "a parameter has a value", "text/plain;charset", 18, "EQUAL" },
    { "a value is no host", "text/plain;a=[::1]", 13, "quoted-string" },
    { "no subtype", "text", 4, "SLASH" },
    { "list", "a/b,c/d", 3, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case disposition[] = {
    { "handling", "session;handling=optional;x;y=z", -1, NULL },
    { "handling needs a value", "session;handling", 16, "EQUAL" },
    { "handling is a token", "session;handling=\"x\"", 17, "token" },
};

static const value_case date[] = {
    { "date", " Sat, 13 Nov 2010 23:29:00 GMT", -1, NULL },
    { "literals in any case", "sAT, 13 nOV 2010 23:29:00 gmt", -1, NULL },
    { "another zone", "Sat, 13 Nov 2010 23:29:00 EST", 26, "\"GMT\"" },
    { "offset", "Sat, 13 Nov 2010 23:29:00 +0000", 26, "\"GMT\"" },
    { "no comma", "Sat 13 Nov 2010 23:29:00 GMT", 3, "\",\"" },
    { "one digit of a day", "Sat, 3 Nov 2010 23:29:00 GMT", 6, "2DIGIT" },
    { "two spaces", "Sat,  13 Nov 2010 23:29:00 GMT", 5, "2DIGIT" },
    { "no such day of the week", "Som, 13 Nov 2010 23:29:00 GMT", 1, "wkday" },
    { "no such month", "Sat, 13 Nox 2010 23:29:00 GMT", 10, "month" },
    { "two digits of a year", "Sat, 13 Nov 10 23:29:00 GMT", 14, "4DIGIT" },
    { "no seconds", "Sat, 13 Nov 2010 23:29 GMT", 22, "\":\"" },
    { "cut", "Sat, 13 Nov 2010 23:29:00 G", 27, "\"GMT\"" },
    { "more behind", "Sat, 13 Nov 2010 23:29:00 GMT+1", 29, "end of field" },
};

static const value_case warning[] = {
    { "host", "307 gw1.org \"a 'b'\"", -1, NULL },
    { "host and port", "301 gw1.org:5060 \"\" , 399 [::1]:5060 \"x\"", -1, NULL },
    { "pseudonym", "399 my_proxy! \"x\"", -1, NULL },
    { "four digits", "1812 a \"b\"", 3, "3DIGIT" },
    { "two digits", "30 a \"b\"", 2, "3DIGIT" },
    { "two spaces", "300  a \"b\"", 4, "host" },
    { "text is quoted", "300 a b", 6, "quoted-string" },
    { "no text", "300 a", 5, "SP" },
    { "a pseudonym has no port", "300 a_b:1 \"x\"", 5, NULL },
    { "port", "300 a: \"x\"", 6, "digit" },
};

static const value_case timestamp[] = {
    { "whole", "54", -1, NULL },
    { "all of it", "54.21 0.5", -1, NULL },
    { "nothing behind the dots", "54. .", -1, NULL },
    { "a delay may be empty", "54 ", -1, NULL },
    { "no number", ".5", 0, "digit" },
    { "three numbers", "1 2 3", 3, "end of field" },
    { "two dots", "1.2.3", 3, "end of field" },
};

static const value_case mime_version[] = {
    { "1.0", "1.0", -1, NULL },
    { "no fraction", "1", 1, "\".\"" },
    { "comment", "1.0 (x)", 3, "end of field" },
    { "no digits", "1.", 2, "digit" },
};

static const value_case products[] = {
    { "products and comments", "a/1.0 b (c (d) \\) \xc3\xa9) e / 2", -1, NULL },
    { "comment alone", "(a)", -1, NULL },
    { "white space behind a comment", "a (b) ", -1, NULL },
    { "folds", "a\r\n b\r\n (c\r\n d)", -1, NULL },
    { "comments nested deeply", "((((((((((a))))))))))", -1, NULL },
    { "comment at once", "a(b)", 1, "end of field" },
    { "nothing between comments", "(a)(b)", 3, "end of field" },
    { "no version", "a/", 2, "token" },
    { "version of a version", "a/1/2", 3, "end of field" },
    { "bracket", "a [b]", 2, "token" },
    { "at", "a@b", 1, "end of field" },
    { "comma", "a, b", 1, "end of field" },
    { "comment not closed", "a (b", 4, "RPAREN or ctext" },
    { "closed twice", "(a))", 3, "end of field" },
    { "control byte in a comment", "(a\x02)", 2, "RPAREN or ctext" },
    { "white space at the end", "a ", 1, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case text[] = {
    { "text", " Budget for 2027: now; \"please\", \\o/ ", 36, "end of field" },
    { "UTF-8", "\xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x93\x9e", -1, NULL },
    { "folds", "a\r\n b\r\n \r\n c", -1, NULL },
    { "tab", "a\tb", -1, NULL },
    { "control byte",
      "a\x01"
      "b",
      1, "end of field" },
    { "escape", "\x1b[1m", 0, "end of field" },
    { "DEL", "a\x7f", 1, "end of field" },
    { "bare CR", "a\rb", 1, "end of field" },
    { "bare LF in a fold", "a\n b", 1, "CRLF" },
    { "Latin 1",
      "Gr\xfc\xdf"
      "e",
      2, "UTF-8 character" },
    { "continuation alone", "a\x80", 1, "UTF-8 character" },
    { "white space at the end", "a ", 1, "end of field" },
};

static const value_case extension[] = {
    { "anything", ";;,,;;,; \"(<[ \\ \xc3\xa9", -1, NULL },
    { "empty", "", -1, NULL },
    { "blank", "  ", -1, NULL },
    { "white space at the end", "a \t", -1, NULL },
    { "folds", "\r\n a\r\n \r\n b", -1, NULL },
    { "control byte",
      "a\x02"
      "b",
      1, "TEXT-UTF8char or LWS" },
    { "DEL", "\x7f", 0, "TEXT-UTF8char or LWS" },
    { "bare CR", "a\rb", 1, "TEXT-UTF8char or LWS" },
    { "not UTF-8", "\xff", 0, "UTF-8 character" },
    { "continuation alone", "a\xbf", 1, "UTF-8 character" },
};

static void lists_of_addresses(void **state)
{
    (void)state;
    CHECK_VALUES("Via", via);
    CHECK_VALUES("v", via);
    CHECK_VALUES("From", from);
    CHECK_VALUES("t", from);
    CHECK_VALUES("Contact", contact);
    CHECK_VALUES("Route", route);
    CHECK_VALUES("Record-Route", route);
    CHECK_VALUES("Alert-Info", alert_info);
    CHECK_VALUES("Error-Info", alert_info);
    CHECK_VALUES("Call-Info", call_info);
}

static void numbers(void **state)
{
    (void)state;
    static const char *const names[] = { "Content-Length", "l", "Expires", "Max-Forwards",
                                         "Min-Expires" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_VALUES(names[i], digits);
    CHECK_VALUES("CSeq", cseq);
    CHECK_VALUES("Retry-After", retry_after);
    CHECK_VALUES("Timestamp", timestamp);
    CHECK_VALUES("MIME-Version", mime_version);
}

static void tokens(void **state)
{
    (void)state;
    static const char *const lists[] = { "Allow",   "Content-Encoding", "Proxy-Require",
                                         "Require", "Supported",        "Unsupported" };
    static const char *const may_be_empty[] = { "Accept", "Accept-Encoding", "Accept-Language",
                                                "Allow",  "Supported",       "k" };
    static const char *const may_not[] = { "Content-Encoding", "Proxy-Require", "Require",
                                           "Unsupported" };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        CHECK_VALUES(lists[i], token_list);
    for (size_t i = 0; i < sizeof may_be_empty / sizeof *may_be_empty; i++)
        CHECK_VALUES(may_be_empty[i], empty);
    for (size_t i = 0; i < sizeof may_not / sizeof *may_not; i++)
        CHECK_VALUES(may_not[i], not_empty);
    CHECK_VALUES("Priority", priority);
    CHECK_VALUES("Accept", accept);
    CHECK_VALUES("Accept-Encoding", accept_encoding);
    CHECK_VALUES("Accept-Language", accept_language);
    CHECK_VALUES("Content-Language", content_language);
    CHECK_VALUES("Content-Type", content_type);
    CHECK_VALUES("Content-Disposition", disposition);
}

static void texts(void **state)
{
    (void)state;
    CHECK_VALUES("Call-ID", call_id);
    CHECK_VALUES("In-Reply-To", in_reply_to);
    CHECK_VALUES("Date", date);
    CHECK_VALUES("Warning", warning);
    CHECK_VALUES("Server", products);
    CHECK_VALUES("User-Agent", products);
    CHECK_VALUES("Subject", text);
    CHECK_VALUES("Organization", text);
    CHECK_VALUES("Subject", empty);
    CHECK_VALUES("Organization", empty);
    CHECK_VALUES("X-Unknown", extension);
}

static void nul_may_be_quoted_but_not_stand_alone(void **state)
{
    (void)state;
    value_bench b = bench_new();
    static const char quoted[] = "\"\\\0\" <sip:a@b>", bare[] = "\"\0\" <sip:a@b>";
    assert_true(bench_parse(&b, "To", quoted, sizeof quoted - 1)->valid);
    const sipcheck_message *msg = bench_parse(&b, "To", bare, sizeof bare - 1);
    assert_int_equal(msg->faults->offset, b.at + 1);
    assert_true(bench_parse(&b, "Server", "(\\\0)", 4)->valid);
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_addresses),
        cmocka_unit_test(numbers),
        cmocka_unit_test(tokens),
        cmocka_unit_test(texts),
        cmocka_unit_test(nul_may_be_quoted_but_not_stand_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
