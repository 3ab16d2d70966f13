/* SPDX-License-Identifier: MIT */
/* Expressions over messages: every field, every function of lists, marks, templates, and what is
 * unknown of messages that are cut or broken. */
#include "expr.h"

static const char invite[] =
    "INVITE sip:bob@example.com:5070;transport=tcp;lr?Subject=x SIP/2.0\n"
    "Via: SIP/2.0/UDP p1.example.com:5060;branch=z9hG4bK1;received=192.0.2.7;rport=5061\n"
    "Via: SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2, SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n"
    "Max-Forwards: 70\n"
    "From: \"Alice \\\"A\\\"\" <sips:alice@Example.com>;tag=abc\n"
    "t: <tel:+358-555-1234567;phone-context=x>\n"
    "Call-ID: d72c7f43c48111@desk.example.com\n"
    "CSeq: 283611 INVITE\n"
    "Contact: <sip:alice@desk.example.com>;q=0.7;expires=60, <sip:alice@192.0.2.1;lr>;+foo\n"
    "Supported: 100rel, timer\n"
    "Supported:\n"
    "Allow: INVITE, ACK\n"
    "Require: 100rel\n"
    "Require: 100REL\n"
    "Subject:\n"
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\n"
    "Authorization: Digest username=\"alice\", realm=\"a b\", nonce=\"\", nc=00000001\n"
    "Warning: 301 gw1.org \"No \\\"x\\\"\"\n"
    "Timestamp: 54.21 0.5\n"
    "Retry-After: 120 (on the train);duration=60\n"
    "Content-Type: application/sdp;charset=\"u\"\n"
    "X-Odd: 1\n"
    "Content-Length: 3\n"
    "\n"
    "abcdef";

static const char busy[] = "SIP/2.0 486 Busy Here\n"
                           "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK1\n"
                           "From: <sip:a@x>;tag=1\n"
                           "To: <sip:b@x>\n"
                           "Call-ID: 1\n"
                           "CSeq: 2 BYE\n"
                           "Content-Length: 0\n"
                           "\n";

/* What stands broken in it: Contact's second element, CSeq's number, From's URI. */
static const char broken[] = "OPTIONS sip:x SIP/2.0\n"
                             "Via: SIP/2.0/UDP\n"
                             "From: <sip:a b@x>;tag=1\n"
                             "To: <sip:b@x>\n"
                             "Call-ID: 1\n"
                             "CSeq: x OPTIONS\n"
                             "Contact: <sip:a@x>, @, <sip:c@x>\n"
                             "Max-Forwards: 99999999999999999999999\n"
                             "Expires: 9223372036854775808\n"
                             "\n";

static const char resources[] = "OPTIONS sip:x SIP/2.0\n"
                                "Resource-Priority: wps.3, WPS.0\n"
                                "Accept-Resource-Priority: wps\n"
                                "Require: resource-priority\n"
                                "\n";

static const char garbage[] = "HELLO\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nCSeq: 1 INVITE\n\n";

/* The capture kept so much. */
static const char cut_in_headers[] = "INVITE sip:b@x SIP/2.0\n"
                                     "Via: SIP/2.0/UDP h;branch=1\n"
                                     "Call-ID: abc\n"
                                     "Contact: <sip:a";
static const char cut_in_name[] = "INVITE sip:b@x SIP/2.0\nCall-ID: abc\nS";
static const char cut_in_start_line[] = "INVITE sip:b@exam";
static const char cut_in_body[] = "INVITE sip:b@x SIP/2.0\nContent-Length: 20\n\nabc";

typedef struct row {
    const char *message;
    const char *expression;
    enum sc_outcome wanted;
} row;

static const row rows[] = {
    /* the message */
    { invite, "sip.is_request", SC_TRUE },
    { invite, "sip.is_response", SC_FALSE },
    { invite, "sip.Method == \"INVITE\"", SC_TRUE },
    { invite, "sip.Method == \"invite\"", SC_FALSE },
    { invite, "SIP.METHOD == \"INVITE\"", SC_TRUE },
    { invite, "sip.Version == \"sip/2.0\"", SC_TRUE },
    { invite, "sip.Status-Code == 200", SC_ABSENT },
    { invite, "exists(sip.Reason-Phrase)", SC_FALSE },
    { invite, "starts_with(sip.Request-Line, \"INVITE sip:bob\")", SC_TRUE },
    { invite, "exists(sip.Status-Line)", SC_FALSE },
    { invite, "sip.transport == \"UDP\"", SC_TRUE },
    { invite, "sip.msg_body == \"abc\"", SC_TRUE },
    { invite, "sip.body_length == 6", SC_TRUE },
    { invite, "sip.length > 800", SC_TRUE },
    { invite, "count(sip.headers) == 22", SC_TRUE },
    { invite, "any(h in sip.headers: h.name == \"x-odd\" and h.value == \"1\")", SC_TRUE },
    { invite, "count(sip.headers.name) == 22", SC_TRUE },
    { invite, "all(h in sip.headers: h.known or h.name == \"X-Odd\")", SC_TRUE },
    { invite, "any(h in sip.headers: h.compact)", SC_TRUE },
    { busy, "sip.Status-Code == 486", SC_TRUE },
    { busy, "sip.Reason-Phrase == \"Busy Here\"", SC_TRUE },
    { busy, "sip.Method == \"BYE\"", SC_ABSENT },
    { busy, "sip.r-uri == \"x\"", SC_ABSENT },
    { busy, "exists(sip.msg_body)", SC_FALSE },
    { busy, "sip.body_length == 0", SC_TRUE },

    /* URIs */
    { invite, "sip.r-uri.scheme == \"SIP\"", SC_TRUE },
    { invite, "sip.r-uri.user == \"bob\"", SC_TRUE },
    { invite, "sip.r-uri.host == \"EXAMPLE.com\"", SC_TRUE },
    { invite, "sip.r-uri.port == 5070", SC_TRUE },
    { invite, "sip.r-uri.transport == \"TCP\"", SC_TRUE },
    { invite, "sip.r-uri.lr", SC_TRUE },
    { invite, "sip.r-uri.is_sip and not sip.r-uri.is_sips", SC_TRUE },
    { invite, "sip.r-uri.is_ip", SC_FALSE },
    { invite, "count(sip.r-uri.params) == 2", SC_TRUE },
    { invite, "any(h in sip.r-uri.headers: h.name == \"subject\" and h.value == \"x\")", SC_TRUE },
    { invite, "sip.r-uri == \"sip:bob@example.com:5070;transport=tcp;lr?Subject=x\"", SC_TRUE },
    { invite, "sip.From.uri.is_sips", SC_TRUE },
    { invite, "sip.To.uri.is_tel", SC_TRUE },
    { invite, "sip.To.uri.user_is_phone", SC_TRUE },
    { invite, "sip.From.uri.user_is_phone", SC_FALSE },
    { invite, "sip.r-uri.ttl == 1", SC_ABSENT },
    { invite, "any(c in sip.Contact: c.uri.is_ip)", SC_TRUE },
    { invite, "uri_equal(sip.From, sip.From.uri)", SC_TRUE },
    { invite, "uri_equal(sip.From.uri, sip.r-uri)", SC_FALSE },

    /* headers and their members */
    { invite, "sip.From.display == \"\\\"Alice \\\\\\\"A\\\\\\\"\\\"\"", SC_TRUE },
    { invite, "unquote(sip.From.display) == \"Alice \\\"A\\\"\"", SC_TRUE },
    { invite, "sip.From.tag == \"abc\"", SC_TRUE },
    { invite, "sip.From.host == \"example.COM\"", SC_TRUE },
    { invite, "sip.From.brackets", SC_TRUE },
    { invite, "exists(sip.To.tag)", SC_FALSE },
    { invite, "sip.To.tag == \"\"", SC_ABSENT },
    { invite, "sip.Max-Forwards == 70", SC_TRUE },
    { invite, "sip.Max-Forwards - 1 == 69", SC_TRUE },
    { invite, "sip.CSeq.seq == 283611 and sip.CSeq.method == sip.Method", SC_TRUE },
    { invite, "sip.Call-ID == \"d72c7f43c48111@desk.example.com\"", SC_TRUE },
    { invite, "sip.Call-ID.host == \"desk.example.com\"", SC_TRUE },
    { invite, "sip.Call-ID.local == \"d72c7f43c48111\"", SC_TRUE },
    { invite, "exists(sip.Subject) and sip.Subject == \"\"", SC_TRUE },
    { invite, "sip.Date.true_weekday == sip.Date.weekday", SC_TRUE },
    { invite, "sip.Date.year == 2010 and sip.Date.hour == 23", SC_TRUE },
    { invite, "any(a in sip.Authorization: a.username == \"alice\" and a.nonce == \"\")", SC_TRUE },
    { invite, "any(a in sip.Authorization: exists(a.opaque))", SC_FALSE },
    { invite, "any(w in sip.Warning: w.code == 301 and w.agent == \"gw1.org\")", SC_TRUE },
    { invite, "any(w in sip.Warning: w.text == \"No \\\\\\\"x\\\\\\\"\")", SC_TRUE },
    { invite, "sip.Timestamp.whole == 54 and sip.Timestamp.fraction == \"21\"", SC_TRUE },
    { invite, "sip.Retry-After == 120 and has_param(sip.Retry-After, \"duration\")", SC_TRUE },
    { invite, "sip.Retry-After.comment == \"(on the train)\"", SC_TRUE },
    { invite, "sip.Content-Type.type == \"Application\"", SC_TRUE },
    { invite, "param(sip.Content-Type, \"CHARSET\") == \"u\"", SC_TRUE },
    { invite, "exists(sip.Server)", SC_FALSE },
    { invite, "sip.Server == \"x\"", SC_ABSENT },

    /* Via */
    { invite, "first(sip.Via).sent-by.port == 5060", SC_TRUE },
    { invite, "first(sip.Via).sent-by.address == \"P1.example.com\"", SC_TRUE },
    { invite, "first(sip.Via).received == \"192.0.2.7\" and first(sip.Via).rport == 5061",
      SC_TRUE },
    { invite, "last(sip.Via).transport == \"udp\"", SC_TRUE },
    { invite, "exists(last(sip.Via).sent-by.port)", SC_FALSE },
    { invite, "last(sip.Via).rport == 1", SC_ABSENT },
    { invite, "any(v in sip.Via: v.is_ip)", SC_TRUE },
    { invite, "first(sip.Via.branch) == \"z9hG4bK1\"", SC_TRUE },
    { invite, "all(b in sip.Via.branch: starts_with(b, \"z9hG4bK\"))", SC_TRUE },
    { invite, "has_param(first(sip.Via), \"rport\")", SC_TRUE },

    /* counts */
    { invite, "count(sip.Via) == 3 and lines(sip.Via) == 2", SC_TRUE },
    { invite, "count(sip.Via.branch) == 3", SC_TRUE },
    { invite, "count(sip.Via.received) == 1", SC_TRUE },
    { invite, "exists(sip.Via.received)", SC_TRUE },
    { invite, "exists(sip.Via.maddr)", SC_FALSE },
    { invite, "count(sip.Supported) == 2 and lines(sip.Supported) == 2", SC_TRUE },
    { invite, "count(sip.Call-ID) == 1 and count(sip.Server) == 0", SC_TRUE },
    { invite, "count(sip.Contact.uri.params) == 1", SC_TRUE },
    { invite, "count(sip.Contact.params) == 3", SC_TRUE },
    { invite, "count(sip.From.params) == 1", SC_TRUE },

    /* lists */
    { invite, "\"100REL\" in sip.Supported", SC_TRUE },
    { invite, "\"gruu\" in sip.Supported", SC_FALSE },
    { invite, "\"gruu\" not in sip.Supported", SC_TRUE },
    { invite, "\"x\" in sip.Proxy-Require", SC_FALSE },
    { invite, "sip.Method in sip.Allow", SC_TRUE },
    { busy, "sip.Method in sip.Allow", SC_ABSENT },
    { invite, "5060 in sip.Via.sent-by.port", SC_TRUE },
    { invite, "distinct(sip.Require)", SC_FALSE },
    { invite, "distinct(sip.Supported)", SC_TRUE },
    { invite, "distinct(sip.Via.branch)", SC_FALSE },
    { invite, "distinct(sip.Proxy-Require)", SC_TRUE },
    { invite, "any(v in sip.Proxy-Require: true)", SC_FALSE },
    { invite, "all(v in sip.Proxy-Require: false)", SC_TRUE },
    { invite, "first(sip.Proxy-Require) == \"x\"", SC_ABSENT },
    { invite, "any(c in sip.Contact: c.expires == 60)", SC_TRUE },
    { invite, "all(c in sip.Contact: c.expires == 60)", SC_TRUE }, /* absent is "not false" */
    { invite, "any(c in sip.Contact: not exists(c.expires))", SC_TRUE },
    { invite, "any(c in sip.Contact: has_param(c, \"+foo\"))", SC_TRUE },
    { invite, "any(c in sip.Contact: exists(param(c, \"+foo\")))", SC_FALSE },
    { invite, "any(c in sip.Contact: has_param(c.uri, \"lr\"))", SC_TRUE },
    { invite, "any(c in sip.Contact: any(p in c.uri.params: p.name == \"LR\"))", SC_TRUE },
    { invite, "any(r in sip.Require: any(s in sip.Supported: r == s))", SC_TRUE },
    { invite, "all(r in sip.Require: r in sip.Supported)", SC_TRUE },

    /* what the syntax leaves unreadable is unknown, not absent */
    { broken, "exists(sip.CSeq)", SC_TRUE },
    { broken, "sip.CSeq.seq == 1", SC_UNKNOWN },
    { broken, "sip.From.tag == \"1\"", SC_TRUE },
    { broken, "count(sip.Contact) == 3", SC_TRUE },
    { broken, "any(c in sip.Contact: c.uri.user == \"c\")", SC_TRUE },
    { broken, "any(c in sip.Contact: c.uri.user == \"d\")", SC_UNKNOWN },
    { broken, "all(c in sip.Contact: c.uri.user == \"a\")", SC_FALSE },
    { broken, "all(c in sip.Contact: c.uri.host == \"x\")", SC_UNKNOWN },
    { broken, "\"d\" in sip.Contact.uri.user", SC_UNKNOWN },
    { broken, "\"a\" in sip.Contact.uri.user", SC_TRUE },
    { broken, "count(sip.Contact.uri.user) == 2", SC_UNKNOWN },
    { broken, "exists(sip.Contact.uri.user)", SC_TRUE },
    { broken, "distinct(sip.Contact.uri.user)", SC_UNKNOWN },
    { resources, "first(sip.Resource-Priority).namespace == \"WPS\"", SC_TRUE },
    { resources, "first(sip.Resource-Priority).priority == \"3\"", SC_TRUE },
    { resources, "distinct(sip.Resource-Priority.namespace)", SC_FALSE },
    { resources, "distinct(sip.Resource-Priority.priority)", SC_TRUE },
    { resources, "last(sip.Require).namespace == \"x\"", SC_ABSENT },
    { resources, "last(sip.Require).priority == \"x\"", SC_ABSENT },
    { resources, "first(sip.Accept-Resource-Priority).priority == \"1\"", SC_UNKNOWN },
    { broken, "first(sip.Via).branch == \"x\"", SC_UNKNOWN },
    { broken, "exists(first(sip.Via).branch)", SC_UNKNOWN },
    { broken, "has_param(first(sip.Via), \"branch\")", SC_UNKNOWN },
    { broken, "sip.Max-Forwards > 255", SC_TRUE },
    { broken, "sip.Expires > 4294967295", SC_TRUE },
    { broken, "sip.Max-Forwards + 1 > 255", SC_UNKNOWN },

    /* no start line */
    { garbage, "sip.is_request or sip.is_response", SC_FALSE },
    { garbage, "sip.Method == \"INVITE\"", SC_UNKNOWN },
    { garbage, "sip.Status-Code == 200", SC_UNKNOWN },
    { garbage, "sip.CSeq.method == \"INVITE\"", SC_TRUE },

    /* cut */
    { cut_in_headers, "sip.Method == \"INVITE\"", SC_TRUE },
    { cut_in_headers, "exists(sip.Call-ID)", SC_TRUE },
    { cut_in_headers, "sip.Call-ID == \"abc\"", SC_TRUE },
    { cut_in_headers, "exists(sip.Contact)", SC_TRUE },
    { cut_in_headers, "any(c in sip.Contact: c.uri.user == \"a\")", SC_UNKNOWN },
    { cut_in_headers, "exists(sip.To)", SC_UNKNOWN },
    { cut_in_headers, "sip.To.tag == \"x\"", SC_UNKNOWN },
    { cut_in_headers, "count(sip.Via) == 1", SC_UNKNOWN },
    { cut_in_headers, "lines(sip.Via) == 1", SC_UNKNOWN },
    { cut_in_headers, "any(v in sip.Via: v.branch == \"1\")", SC_TRUE },
    { cut_in_headers, "any(v in sip.Via: v.branch == \"2\")", SC_UNKNOWN },
    { cut_in_headers, "all(v in sip.Via: v.branch == \"2\")", SC_FALSE },
    { cut_in_headers, "all(v in sip.Via: v.branch == \"1\")", SC_UNKNOWN },
    { cut_in_headers, "first(sip.Via).branch == \"1\"", SC_TRUE },
    { cut_in_headers, "last(sip.Via).branch == \"1\"", SC_UNKNOWN },
    { cut_in_headers, "\"1\" in sip.Via.branch", SC_TRUE },
    { cut_in_headers, "\"100rel\" in sip.Require", SC_UNKNOWN },
    { cut_in_headers, "distinct(sip.Via.branch)", SC_UNKNOWN },
    { cut_in_headers, "any(h in sip.headers: h.name == \"via\")", SC_TRUE },
    { cut_in_headers, "any(h in sip.headers: h.name == \"x\")", SC_UNKNOWN },
    { cut_in_headers, "exists(sip.msg_body)", SC_UNKNOWN },
    { cut_in_headers, "sip.length == 1", SC_UNKNOWN },
    { cut_in_name, "exists(sip.Subject)", SC_UNKNOWN },
    { cut_in_name, "sip.Call-ID == \"abc\"", SC_TRUE },
    { cut_in_start_line, "sip.is_request", SC_UNKNOWN },
    { cut_in_start_line, "sip.r-uri.host == \"exam\"", SC_UNKNOWN },
    { cut_in_start_line, "exists(sip.Via)", SC_UNKNOWN },
    { cut_in_body, "exists(sip.Via)", SC_FALSE },
    { cut_in_body, "sip.Content-Length == 20", SC_TRUE },
    { cut_in_body, "sip.msg_body == \"abc\"", SC_UNKNOWN },
    { cut_in_body, "sip.body_length == 20", SC_UNKNOWN },
};

static bool is_cut(const char *message)
{
    return message == cut_in_headers || message == cut_in_name || message == cut_in_start_line ||
           message == cut_in_body;
}

static sc_scratch scratch;

static void rows_have_their_outcome(void **state)
{
    (void)state;
    static char bytes[8192];
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        unsigned flags = is_cut(r->message) ? SIPCHECK_CUT : 0;
        sipcheck_arena_reset(arena);
        const sc_observed observed = { .message = expr_parse(arena, r->message, flags, bytes,
                                                             sizeof bytes),
                                       .transport = { (const uint8_t *)"udp", 3 } };
        const sc_value slot = sc_value_observed(&observed);
        const sc_context context = { .slots = &slot, .slot_count = 1 };
        sc_program *program = expr_compile(r->expression, &environment, SC_WANT_TRUTH);
        enum sc_outcome got = sc_program_eval(program, &context, &scratch).outcome;
        sc_program_free(program);
        if (got != r->wanted)
            print_error("%.20s...: %s is %s, wanted %s\n", r->message, r->expression,
                        expr_outcomes[got], expr_outcomes[r->wanted]);
        wrong += got != r->wanted;
    }
    assert_int_equal(wrong, 0);
    sipcheck_arena_free(arena);
}

/* What a finding points at: bytes of the message, or "" for none. */
static void findings_point_at_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *bytes;
        enum sc_want want;
    } cases[] = {
        { "sip.CSeq.method == \"BYE\"", "INVITE", SC_WANT_TRUTH },
        { "sip.CSeq.seq == 1", "283611", SC_WANT_TRUTH },
        { "sip.Max-Forwards < 10", "70", SC_WANT_TRUTH },
        { "exists(sip.Server)", "", SC_WANT_TRUTH },
        { "exists(sip.Server) or sip.Max-Forwards == 1", "70", SC_WANT_TRUTH },
        { "\"tcp\" == sip.transport", "", SC_WANT_TRUTH },
        { "all(v in sip.Via: v.branch == \"z9hG4bK1\")",
          "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2", SC_WANT_TRUTH },
        { "all(v in sip.Via: v.branch == \"z9hG4bK1\") and true",
          "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2", SC_WANT_TRUTH },
        { "not (all(v in sip.Via: v.is_ip) or true)",
          "SIP/2.0/UDP "
          "p1.example.com:5060;branch=z9hG4bK1;received=192.0.2.7;rport=5061",
          SC_WANT_TRUTH },
        { "all(c in sip.Contact: all(p in c.params: p.name != \"expires\"))", "expires",
          SC_WANT_TRUTH },
        { "distinct(sip.Require)", "100REL", SC_WANT_TRUTH },
        { "count(sip.Call-ID) == 2", "d72c7f43c48111@desk.example.com", SC_WANT_TRUTH },
        { "has_param(sip.Content-Type, \"x\")", "application/sdp;charset=\"u\"", SC_WANT_TRUTH },
        { "sip.CSeq.method", "INVITE", SC_WANT_ANY },
        { "sip.Contact", "<sip:alice@desk.example.com>;q=0.7;expires=60", SC_WANT_ANY },
        { "last(sip.Via).branch", "z9hG4bK2", SC_WANT_ANY },
        { "sip.Contact.uri.host", "desk.example.com", SC_WANT_ANY },
        { "sip.Server", "", SC_WANT_ANY },
        { "unquote(sip.From.display)", "\"Alice \\\"A\\\"\"", SC_WANT_ANY },
    };
    static char bytes[8192];
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_observed observed = { .message = expr_parse(arena, invite, 0, bytes, sizeof bytes),
                                   .transport = { (const uint8_t *)"udp", 3 } };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_program *program = expr_compile(cases[i].expression, &environment, cases[i].want);
        if (cases[i].want == SC_WANT_TRUTH)
            assert_int_equal(sc_program_eval(program, &context, &scratch).outcome, SC_FALSE);
        sipcheck_slice mark = sc_program_mark(program, &context, &scratch);
        size_t n = strlen(cases[i].bytes);
        if (mark.n != n || (n > 0 && memcmp(mark.p, cases[i].bytes, n) != 0))
            fail_msg("%s points at %.*s", cases[i].expression, (int)mark.n, (const char *)mark.p);
        sc_program_free(program);
    }
    sipcheck_arena_free(arena);
}

static void templates_print_fields(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "request line says {sip.Method}, CSeq says {sip.CSeq.method}",
          "request line says INVITE, CSeq says INVITE" },
        { "{sip.CSeq}", "283611 INVITE" },
        { "{sip.Max-Forwards} {sip.Max-Forwards - 1}", "70 69" },
        { "{first(sip.Require)}", "100rel" },
        { "{count(sip.Via)} Via, {sip.Server}", "3 Via, (absent)" },
        { "{sip.From.uri}", "sips:alice@Example.com" },
    };
    static char bytes[8192];
    char buf[256];
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_observed observed = { .message = expr_parse(arena, invite, 0, bytes, sizeof bytes) };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_template *template = NULL;
        sipcheck_error error;
        const sc_source source = expr_source(cases[i][0]);
        assert_int_equal(sc_template_compile(NULL, &source, &environment, &template, &error), 0);
        sc_template_render(template, &context, &scratch, buf, sizeof buf);
        assert_string_equal(buf, cases[i][1]);
        sc_template_free(template);
    }
    sipcheck_arena_free(arena);
}

static void definitions_stand_for_expressions(void **state)
{
    (void)state;
    const sc_definition definitions[] = {
        { .name = "is_invite", .source = expr_source("sip.Method == \"INVITE\"") },
        { .name = "vias", .source = expr_source("sip.Via") },
        { .name = "top", .source = expr_source("first(vias)") },
        { .name = "initial", .source = expr_source("is_invite and not exists(sip.To.tag)") },
    };
    const sc_environment environment = { .bindings = sc_message_bindings,
                                         .binding_count = 1,
                                         .definitions = definitions,
                                         .definition_count = 4 };
    static const row cases[] = {
        { invite, "initial", SC_TRUE },
        { invite, "any(is in vias: is.branch == top.branch)", SC_TRUE },
        { invite, "count(vias) == 3 and lines(vias) == 2", SC_TRUE },
        { invite, "count(vias.branch) == 3", SC_TRUE },
        { invite, "top.sent-by.port == 5060", SC_TRUE },
        { busy, "initial", SC_ABSENT },
    };
    static char bytes[8192];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipcheck_arena_reset(arena);
        const sc_observed observed = { .message = expr_parse(arena, cases[i].message, 0, bytes,
                                                             sizeof bytes) };
        const sc_value slot = sc_value_observed(&observed);
        const sc_context context = { .slots = &slot, .slot_count = 1 };
        sc_program *program = expr_compile(cases[i].expression, &environment, SC_WANT_TRUTH);
        assert_int_equal(sc_program_eval(program, &context, &scratch).outcome, cases[i].wanted);
        sc_program_free(program);
    }
    sipcheck_arena_free(arena);
}

/* Wider scopes bind several messages by name, and one that was not seen is absent. */
static const sc_binding side_by_side[] = {
    { "request", SC_TYPE_OBSERVED, 0 },  { "response", SC_TYPE_OBSERVED, 1 },
    { "previous", SC_TYPE_OBSERVED, 2 }, { "dialog.sender.route_set", SC_TYPE_URI | SC_LIST, 3 },
    { "in", SC_TYPE_OBSERVED, 0 },
};

static void several_messages_stand_side_by_side(void **state)
{
    (void)state;
    static const char ringing[] = "SIP/2.0 180 Ringing\n"
                                  "Call-ID: d72c7f43c48111@desk.example.com\n"
                                  "CSeq: 283612 INVITE\n"
                                  "Max-Forwards: 69\n\n";
    static const row cases[] = {
        { 0, "response.sip.Call-ID == request.sip.Call-ID", SC_TRUE },
        { 0, "request.sip.Max-Forwards - 1 == response.sip.Max-Forwards", SC_TRUE },
        { 0, "in.sip.Max-Forwards - 1 == response.sip.Max-Forwards", SC_TRUE },
        { 0, "response.sip.CSeq.seq == request.sip.CSeq.seq + 1", SC_TRUE },
        { 0, "response.sip.CSeq.seq == request.sip.CSeq.seq", SC_FALSE },
        { 0, "exists(previous)", SC_FALSE },
        { 0, "exists(request)", SC_TRUE },
        { 0, "request.sip.CSeq.seq == previous.sip.CSeq.seq + 1", SC_ABSENT },
        { 0, "exists(previous.sip.Via)", SC_FALSE },
        { 0, "count(previous.sip.Via) == 0", SC_TRUE },
        { 0, "count(dialog.sender.route_set) == 2", SC_TRUE },
        { 0, "\"sip:bob@example.com:5070;transport=tcp;lr?Subject=x\" in dialog.sender.route_set",
          SC_TRUE },
        { 0, "any(u in dialog.sender.route_set: uri_equal(u, request.sip.r-uri))", SC_TRUE },
        { 0, "all(h in dialog.sender.route_set.host: h == \"example.com\")", SC_TRUE },
    };
    static char bytes[2][8192];
    const sc_environment environment = { .bindings = side_by_side, .binding_count = 5 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_observed observed[2] = {
        { .message = expr_parse(arena, invite, 0, bytes[0], sizeof bytes[0]) },
        { .message = expr_parse(arena, ringing, 0, bytes[1], sizeof bytes[1]) }
    };
    const sipcheck_message *request = observed[0].message;
    const void *routes[2] = {
        &request->request_uri,
        &((const sipcheck_address *)sipcheck_first(request, SIPCHECK_HEADER_FROM))->uri
    };
    const sc_value slots[4] = { sc_value_observed(&observed[0]),
                                sc_value_observed(&observed[1]),
                                sc_value_observed(NULL),
                                { .record = routes, .raw.n = 2, .list = SC_LIST_RECORDS } };
    const sc_context context = { .slots = slots, .slot_count = 4 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_program *program = expr_compile(cases[i].expression, &environment, SC_WANT_TRUTH);
        enum sc_outcome got = sc_program_eval(program, &context, &scratch).outcome;
        if (got != cases[i].wanted) fail_msg("%s is %s", cases[i].expression, expr_outcomes[got]);
        sc_program_free(program);
    }
    sc_program *program = expr_compile("response.sip.CSeq.seq == 1", &environment, SC_WANT_TRUTH);
    assert_int_equal(sc_program_eval(program, &context, &scratch).outcome, SC_FALSE);
    sipcheck_slice mark = sc_program_mark(program, &context, &scratch);
    assert_ptr_equal(mark.p, strstr(bytes[1], "283612"));
    sc_program_free(program);
    sipcheck_arena_free(arena);
}

static void filters_match_what_is_true(void **state)
{
    (void)state;
    static char bytes[8192];
    sipcheck_filter *filter = NULL;
    sipcheck_error error = { .line = 0 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_observed observed = { .message = expr_parse(arena, broken, 0, bytes, sizeof bytes) };
    static const struct {
        const char *expression;
        bool matches;
    } cases[] = { { "sip.Method == \"OPTIONS\"", true },
                  { "sip.Method == \"INVITE\"", false },
                  { "sip.Status-Code == 200", false },
                  { "sip.CSeq.seq == 1", false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sipcheck_filter_new(NULL, cases[i].expression, &filter, &error), 0);
        assert_int_equal(sc_filter_match(filter, &observed, &scratch), cases[i].matches);
        sipcheck_filter_free(filter);
    }
    assert_int_equal(sipcheck_filter_new(NULL, "sip.Foo", &filter, &error), SIPCHECK_INVALID);
    assert_int_equal(error.column, 5);
    assert_string_equal(error.excerpt, "sip.Foo");
    sipcheck_filter_free(NULL);
    sipcheck_arena_free(arena);
}

/* A message that makes an expression look too long gets "unknown", and soon. */
static void budgets_end_long_looks(void **state)
{
    (void)state;
    static char text[60000], bytes[80000];
    static const char *const expressions[] = {
        "all(a in sip.Require: all(b in sip.Require: any(c in sip.Require: a == c or b == c)))",
        "distinct(sip.Require)",
        "all(a in sip.Require: contains(sip.Subject, sip.Subject))",
    };
    strcpy(text, "OPTIONS sip:x SIP/2.0\nSubject: ");
    for (int i = 0; i < 3000; i++)
        strcat(text, "x");
    for (int i = 0; i < 1500; i++)
        snprintf(text + strlen(text), 32, "%so%d", i % 500 ? "," : "\nRequire: ", i);
    strcat(text, "\n\n");
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_observed observed = { .message = expr_parse(arena, text, 0, bytes, sizeof bytes) };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        sc_program *program = expr_compile(expressions[i], &environment, SC_WANT_TRUTH);
        sc_result result = sc_program_eval(program, &context, &scratch);
        assert_int_equal(result.outcome, SC_UNKNOWN);
        assert_int_equal(result.missing, SC_MISSING_BUDGET);
        sc_program_free(program);
    }
    sipcheck_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_their_outcome),
        cmocka_unit_test(findings_point_at_bytes),
        cmocka_unit_test(templates_print_fields),
        cmocka_unit_test(definitions_stand_for_expressions),
        cmocka_unit_test(several_messages_stand_side_by_side),
        cmocka_unit_test(filters_match_what_is_true),
        cmocka_unit_test(budgets_end_long_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
