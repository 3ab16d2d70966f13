/* SPDX-License-Identifier: MIT */
/* Expressions over messages: every field, every function of lists, and what is unknown of messages
 * that are cut or broken. */
#include "expr_samples.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_their_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
