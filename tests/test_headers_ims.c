/* SPDX-License-Identifier: MIT */
/* The values of the headers of identity, privacy, outbound, GRUU and the 3GPP. */
#define _GNU_SOURCE
#include "values.h"

static const value_case privacy[] = {
    { "semicolons: RFC 3323 4.2", "header;user;critical", -1, NULL },
    { "commas: erratum 5184", "id, user", -1, NULL },
    { "white space around the semicolon", " header ; user", -1, NULL },
    { "any token", "id;history;x-new", -1, NULL },
    { "empty", "", 0, "token" },
    { "nothing behind the semicolon", "header;", 7, "token" },
    { "nothing between two", "header;;user", 7, "token" },
    { "no separator", "header user", 6, "SEMI, COMMA or end of field" },
    { "quotes", "\"id\"", 0, "token" },
    { "a fault, and a second one", "id user, \"x\"", 2, "SEMI, COMMA or end of field" },
};

static const value_case asserted[] = {
    { "a SIP URI and a tel URI", "\"Zed\" <sip:zed@a.example>, tel:+4930123", -1, NULL },
    { "white space behind the bracket", "<sip:zed@a.example> ", -1, NULL },
    { "a fold in front of the bracket", "\r\n <sip:zed@a.example>", -1, NULL },
    { "no parameters behind it", "<sip:zed@a.example>;x=y", 19, "COMMA or end of field" },
    { "a bare URI has no semicolon: RFC 8217", "sip:zed@a.example;user=phone", 17,
      "COMMA or end of field" },
    { "a bare URI has no comma", "sip:z,d@a.example", 7, "\"<\"" },
    { "no URI", "Zed", 3, "\"<\"" },
    { "not closed", "<sip:zed@a.example", 18, NULL },
    { "empty element", "<sip:zed@a.example>,", 20, "\"<\"" },
};

static const value_case charge_info[] = {
    { "one address", "<sip:+4930123@a.example;user=phone>", -1, NULL },
    { "no list", "<sip:a@b.example>, <sip:c@d.example>", 17, "end of field" },
};

static const value_case associated[] = {
    { "several", "<sip:a@b.example>, \"A\" <tel:+1>;x=y", -1, NULL },
    { "empty", "", -1, NULL },
    { "a bare URI", "sip:a@b.example", 3, "\"<\"" },
    { "only a comma", ",", 0, "\"<\"" },
};

static const value_case called[] = {
    { "with parameters", "<sip:a@b.example>;x", -1, NULL },
    { "one only", "<sip:a@b.example>, <sip:c@d.example>", 17, "end of field" },
};

static const value_case visited[] = {
    { "token and quoted-string", "visited.example, \"Visited network\";x=y", -1, NULL },
    { "folds in front of quotes", "\r\n \"Visited\"", -1, NULL },
    { "a space is no token character", "visited network", 7, "COMMA or end of field" },
    { "empty", "", 0, "quoted-string" },
    { "a URI", "<sip:a.example>", 0, "quoted-string" },
};

static const value_case access_network[] = {
    { "a cell", "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2620100010019c01", -1, NULL },
    { "provided by the network, with a time zone",
      "IEEE-802.11;i-wlan-node-id=0a1b2c;local-time-zone=\"UTC+01:00\";network-provided", -1,
      NULL },
    { "several", "3GPP-GERAN;cgi-3gpp=\"26201x\" , DOCSIS", -1, NULL },
    { "a value without a name", "GPON;\"here\";[2001:db8::1];there", -1, NULL },
    { "an extension with a value: erratum 4474", "GPON;x-new=1", -1, NULL },
    { "a cell without a value", "3GPP-GERAN;cgi-3gpp", 19, "EQUAL" },
    { "a time zone needs its quotes", "GPON;local-time-zone=UTC", 21, "quoted-string" },
    { "space in the access type", "3GPP GERAN", 4, "COMMA or end of field" },
    { "no access type", ";network-provided", 0, "token" },
};

static const value_case functions[] = {
    { "names and addresses", "ccf=192.0.2.1;ecf=\"aaa://b.example\", ccf-2=[2001:db8::1];x", -1,
      NULL },
    { "ccf needs a value", "ccf", 3, "EQUAL" },
    { "IPv6 needs brackets", "ccf=2001:db8::1", 8, "COMMA or end of field" },
    { "empty", "", 0, "token" },
};

static const value_case vector[] = {
    { "the least", "icid-value=a1", -1, NULL },
    { "all of it",
      "icid-value=\"a:1\";icid-generated-at=[2001:db8::1];orig-ioi=a.example;term-ioi=b;"
      "transit-ioi=\"c.1, void,d2.33\";related-icid=x;related-icid-generated-at=h.example;y=z",
      -1, NULL },
    { "icid-value comes first", "orig-ioi=a;icid-value=b", 0, "icid-value" },
    { "icid-value has a value", "icid-value", 10, "EQUAL" },
    { "icid-value twice is still a value", "icid-value=a;icid-value", 23, "EQUAL" },
    { "generated at a host", "icid-value=a;icid-generated-at=\"h\"", 31, NULL },
    { "transit-ioi has quotes", "icid-value=a;transit-ioi=b.1", 25, "DQUOTE" },
    { "transit-ioi has an index", "icid-value=a;transit-ioi=\"b\"", 27, "\".\"" },
    { "a name may begin with void", "icid-value=a;transit-ioi=\"voids.1\"", -1, NULL },
    { "an index is digits", "icid-value=a;transit-ioi=\"b.x\"", 28, "digit" },
    { "a name begins with a letter", "icid-value=a;transit-ioi=\"1b.1\"", 26, "ALPHA" },
    { "one value only", "icid-value=a, icid-value=b", 12, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case served[] = {
    { "all of it", "<sip:a@b.example>; sescase=orig; regstate=REG;orig-cdiv", -1, NULL },
    { "bare", "sip:a@b.example;sescase=term", -1, NULL },
    { "another case", "<sip:a@b.example>;sescase=both", 26, "orig or term" },
    { "another state", "<sip:a@b.example>;regstate=registered", 27, "unreg or reg" },
    { "sescase needs a value", "<sip:a@b.example>;sescase", 25, "EQUAL" },
};

static const value_case database[] = {
    { "a Diameter URI", "<aaa://hss.example:3868;transport=tcp>;x=y", -1, NULL },
    { "brackets are needed", "aaa://hss.example", 0, "\"<\"" },
};

static const value_case refused_uris[] = {
    { "members", "<sip:list@a.example>; members=\"<cid:x@a.example>\", sip:b@c.example", -1, NULL },
    { "members are in quotes", "<sip:list@a.example>;members=x", 29, "quoted-string" },
};

static const value_case diversions[] = {
    { "all of it",
      "\"Zed\" <sip:z@a.example>;reason=user-busy;counter=1;limit=12;privacy=\"full\";screen=no;x, "
      "<tel:+1>",
      -1, NULL },
    { "a counter of three digits", "<sip:z@a.example>;counter=100", 28, "one or two digits" },
    { "no counter", "<sip:z@a.example>;counter=x", 26, "one or two digits" },
    { "a reason needs a value", "<sip:z@a.example>;reason", 24, "EQUAL" },
    { "bare", "sip:z@a.example", 3, "\"<\"" },
};

static const value_case services[] = {
    { "two", "urn:urn-7:3gpp-service.ims.icsi.mmtel, URN:urn-7:x", -1, NULL },
    { "27 characters", "urn:urn-7:abcdefghijklmnopqrstuvwxyz1.x", -1, NULL },
    { "28 characters", "urn:urn-7:abcdefghijklmnopqrstuvwxyz12", 37, "end of top-level" },
    { "another URN", "urn:service:sos", 4, "urn:urn-7:" },
    { "nothing behind the dot", "urn:urn-7:x.", 12, "let-dig" },
    { "nothing behind the colon", "urn:urn-7:", 10, "let-dig" },
};

static const value_case media_tokens[] = {
    { "two", "00a1F, 9", -1, NULL },
    { "no hex digit", "12g", 2, "COMMA or end of field" },
    { "empty", "", 0, "HEXDIG" },
};

static const value_case answer_state[] = {
    { "with a parameter", "Unconfirmed;x", -1, NULL },
    { "empty", "", 0, "token" },
};

static const value_case early_media[] = {
    { "several", "sendrecv, gated", -1, NULL },
    { "empty", "", -1, NULL },
    { "parameters have no place", "sendrecv;x", 8, "COMMA or end of field" },
};

static const value_case resource_priority[] = {
    { "several", "wps.3, q735.0", -1, NULL },
    { "every character", "a-!%*_+`'~.0", -1, NULL },
    { "no priority", "wps", 3, "\".\"" },
    { "nothing behind the dot", "wps.", 4, "token-nodot" },
    { "a second dot", "wps.1.2", 5, "COMMA or end of field" },
    { "empty", "", 0, "token-nodot" },
    { "no namespace", ".3", 0, "token-nodot" },
};

static const value_case security[] = {
    { "several", "tls;q=0.2, digest;d-alg=MD5;d-qop=auth, x-new;y=\"z\"", -1, NULL },
    { "a digest of 32", "digest;d-ver=\"0123456789abcdef0123456789abcdef\"", -1, NULL },
    { "ipsec-3gpp",
      "ipsec-3gpp; alg=hmac-sha-1-96; ealg=aes-cbc; prot=esp; mod=trans; spi-c=1; spi-s=2; "
      "port-c=5062; port-s=5064; spi=4294967295; port1=1; port2=2",
      -1, NULL },
    { "a digest of 31", "digest;d-ver=\"0123456789abcdef0123456789abcde\"", 45, "32LHEX" },
    { "a digest in capitals", "digest;d-ver=\"0123456789ABCDEF0123456789abcdef\"", 24, "32LHEX" },
    { "q above one", "tls;q=1.1", 8, "end of qvalue" },
    { "spi of eleven digits", "ipsec-3gpp;spi=12345678901", 25, "one to ten digits" },
    { "quoted algorithm", "digest;d-alg=\"MD5\"", 13, "token" },
    { "no mechanism", ";q=1", 0, "token" },
    { "empty", "", 0, "token" },
};

static const value_case outbound_contact[] = {
    { "an instance",
      "<sip:z@192.0.2.3;ob>;reg-id=1;+sip.instance=\"<urn:uuid:5f3c0c1e-1111-4a6b-9d5e-"
      "0242ac120002>\"",
      -1, NULL },
    { "GRUUs", "<sip:z@192.0.2.3>;pub-gruu=\"sip:z@a.example;gr=x\";temp-gruu=\"sip:q@a;gr\"", -1,
      NULL },
    { "a URI with gr", "<sip:z@a.example;gr>, <sip:z@a.example;gr=urn:uuid:1>", -1, NULL },
    { "reg-id is a number", "<sip:z@192.0.2.3>;reg-id=a", 25, "digit" },
    { "reg-id needs a value", "<sip:z@192.0.2.3>;reg-id", 24, "EQUAL" },
    { "an instance without quotes", "<sip:z@192.0.2.3>;+sip.instance=urn:x", 32, "DQUOTE" },
    { "an instance without brackets", "<sip:z@192.0.2.3>;+sip.instance=\"urn:x\"", 33, "\"<\"" },
    { "an empty instance", "<sip:z@192.0.2.3>;+sip.instance=\"<>\"", 34, "instance-val" },
    { "a GRUU without quotes", "<sip:z@192.0.2.3>;pub-gruu=sip:z@a", 27, "quoted-string" },
    { "gr without its value", "<sip:z@a.example;gr=>", 20, "paramchar" },
};

static const value_case web_socket_via[] = {
    { "WS", "SIP/2.0/WS k3v7.invalid;branch=z9hG4bKw1", -1, NULL },
    { "WSS", "SIP/2.0/WSS a.invalid;branch=z9hG4bKw2;received=192.0.2.7", -1, NULL },
};

static const value_case flow_timer[] = {
    { "digits", "120", -1, NULL },
    { "a unit", "120s", 3, "end of field" },
    { "empty", "", 0, "digit" },
};

static const value_case trace_party[] = {
    { "a timestamp", "<tel:+4930123>;timestamp=3434688831.2327;x=y", -1, NULL },
    { "no fraction behind the dot", "<tel:+4930123>;timestamp=1.", 27, "digit" },
};

static const value_case billing_info[] = {
    { "all of it",
      "0f/1A@rks.example;rksgroup=g;charge=\"sip:a@b.example\";jip=\"972-03;jip-context=+1.972\"",
      -1, NULL },
    { "49 digits", "0000000000111111111122222222223333333333444444444/1@h", 48,
      "at most 48 HEXDIG" },
    { "no slash", "0f@h", 2, "\"/\"" },
    { "no host", "0f/1@", 5, NULL },
    { "a URI without quotes", "0f/1@h;charge=sip:a@b", 14, "DQUOTE" },
    { "a jip without context", "0f/1@h;jip=\"972\"", 15, ";jip-context=" },
};

static const value_case laes[] = {
    { "all of it", "192.0.2.9:7000;content=df.example:6111;cccid=1a;bcid=0f", -1, NULL },
    { "a cccid of nine digits", "h;cccid=123456789", 16, "at most eight HEXDIG" },
};

static const value_case redirect[] = {
    { "all of it", "\"tel:+4930123\";redirector-uri=\"sip:a@b.example\";count=2", -1, NULL },
    { "no quotes", "<tel:+4930123>", 0, "DQUOTE" },
    { "count is a number", "\"tel:+1\";count=two", 15, "digit" },
};

/* --- what was read -------------------------------------------------------------------------- */

static void a_bad_identity_keeps_what_could_be_read(void **state)
{
    (void)state;
    value_bench b = bench_new();
    static const char value[] = "Z\xc3\xa9 <sip:z@a.example>;x, <tel:+1>";
    const sipcheck_message *msg = bench_parse(&b, "P-Asserted-Identity", value, sizeof value - 1);
    const sipcheck_address *first =
        (const sipcheck_address *)sipcheck_first(msg, SIPCHECK_HEADER_P_ASSERTED_IDENTITY);
    assert_int_equal(msg->fault_count, 1);
    assert_false(first->v.valid);
    assert_slice(first->uri.user, "z");
    const sipcheck_address *second = (const sipcheck_address *)first->v.next;
    assert_true(second && second->v.valid && second->uri.is_tel);
    bench_free(&b);
}

static void privacy_is_a_list_however_it_is_parted(void **state)
{
    (void)state;
    value_bench b = bench_new();
    static const char value[] = "header; user,id";
    const sipcheck_message *msg = bench_parse(&b, "Privacy", value, sizeof value - 1);
    assert_int_equal(sipcheck_count(msg, SIPCHECK_HEADER_PRIVACY), 3);
    const sipcheck_token *last =
        (const sipcheck_token *)sipcheck_first(msg, SIPCHECK_HEADER_PRIVACY)->next->next;
    assert_slice(last->token, "id");
    bench_free(&b);
}

static void a_value_without_a_name_is_no_parameter(void **state)
{
    (void)state;
    value_bench b = bench_new();
    static const char value[] = "GPON;\"x\";network-provided";
    const sipcheck_message *msg = bench_parse(&b, "P-Access-Network-Info", value, sizeof value - 1);
    const sipcheck_token *access =
        (const sipcheck_token *)sipcheck_first(msg, SIPCHECK_HEADER_P_ACCESS_NETWORK_INFO);
    assert_slice(access->params->name, "network-provided");
    assert_null(access->params->next);
    bench_free(&b);
}

static void every_value_is_taken_or_refused_at_its_byte(void **state)
{
    (void)state;
    CHECK_VALUES("Privacy", privacy);
    CHECK_VALUES("P-Asserted-Identity", asserted);
    CHECK_VALUES("P-Preferred-Identity", asserted);
    CHECK_VALUES("P-Charge-Info", charge_info);
    CHECK_VALUES("P-Associated-URI", associated);
    CHECK_VALUES("P-Called-Party-ID", called);
    CHECK_VALUES("P-Visited-Network-ID", visited);
    CHECK_VALUES("P-Access-Network-Info", access_network);
    CHECK_VALUES("P-Charging-Function-Addresses", functions);
    CHECK_VALUES("P-Charging-Vector", vector);
    CHECK_VALUES("P-Served-User", served);
    CHECK_VALUES("P-User-Database", database);
    CHECK_VALUES("P-Refused-URI-List", refused_uris);
    CHECK_VALUES("Diversion", diversions);
    CHECK_VALUES("P-Asserted-Service", services);
    CHECK_VALUES("P-Media-Authorization", media_tokens);
    CHECK_VALUES("P-Answer-State", answer_state);
    CHECK_VALUES("P-Early-Media", early_media);
    CHECK_VALUES("Resource-Priority", resource_priority);
    CHECK_VALUES("Security-Client", security);
    CHECK_VALUES("Contact", outbound_contact);
    CHECK_VALUES("Via", web_socket_via);
    CHECK_VALUES("Flow-Timer", flow_timer);
    CHECK_VALUES("P-DCS-Trace-Party-ID", trace_party);
    CHECK_VALUES("P-DCS-Billing-Info", billing_info);
    CHECK_VALUES("P-DCS-LAES", laes);
    CHECK_VALUES("P-DCS-Redirect", redirect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_taken_or_refused_at_its_byte),
        cmocka_unit_test(a_bad_identity_keeps_what_could_be_read),
        cmocka_unit_test(privacy_is_a_list_however_it_is_parted),
        cmocka_unit_test(a_value_without_a_name_is_no_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
