/* SPDX-License-Identifier: MIT */
/* What expressions see of bodies: values, what is absent, and what nobody can tell. */
#define _GNU_SOURCE
#include "bodies.h"
#include "expr.h"

typedef struct field_case {
    const char *expression;
    enum sc_outcome outcome;
} field_case;

static sc_scratch scratch;

static bool fails(const sc_context *context, const field_case *t)
{
    const sc_environment environment = EXPR_ENVIRONMENT;
    sc_program *program = expr_compile(t->expression, &environment, SC_WANT_TRUTH);
    sc_result result = sc_program_eval(program, context, &scratch);
    sc_program_free(program);
    if (result.outcome != t->outcome)
        print_error("%s is %s, not %s\n", t->expression, expr_outcomes[result.outcome],
                    expr_outcomes[t->outcome]);
    return result.outcome != t->outcome;
}

static void check(const char *head, const char *text, unsigned flags, const field_case *cases,
                  size_t count)
{
    body_bench b = body_bench_new();
    body_parse(&b, head, text, strlen(text), flags);
    const sc_observed observed = { .message = b.message, .body = b.body };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += fails(&context, &cases[i]);
    body_bench_free(&b);
    assert_int_equal(failures, 0);
}

#define CHECK(HEAD, TEXT, FLAGS, CASES)                                                            \
    check(HEAD, TEXT, FLAGS, CASES, sizeof(CASES) / sizeof *(CASES))

static void members_are_what_was_sent(void **state)
{
    (void)state;
    static const field_case cases[] = {
        { "sdp.version == 0 and sdp.descriptions == 1", SC_TRUE },
        { "sdp.owner.username == \"al\" and sdp.owner.sessionid == 7 and sdp.owner.version == 8",
          SC_TRUE },
        { "sdp.owner.is_ip6 and not sdp.owner.is_ip4 and not sdp.owner.is_name", SC_TRUE },
        { "sdp.owner.sessionid_fits and sdp.owner.version_fits", SC_TRUE },
        { "sdp.session_name == \"x\" and sdp.session_name_is_utf8", SC_TRUE },
        { "exists(sdp.session_info)", SC_FALSE },
        { "sdp.session_info_is_utf8", SC_ABSENT },
        { "sdp.contacts_are_utf8", SC_TRUE },
        { "\"a@b\" in sdp.email and count(sdp.phone) == 0", SC_TRUE },
        { "first(sdp.connection_info).ttl == 127 and first(sdp.connection_info).num_addr == 3",
          SC_TRUE },
        { "first(sdp.connection_info).is_multicast and sdp.uses_multicast", SC_TRUE },
        { "first(sdp.bandwidth).modifier == \"AS\" and first(sdp.bandwidth).value == 64", SC_TRUE },
        { "first(sdp.time).start == 0 and count(sdp.repeat_time) == 0", SC_TRUE },
        { "sdp.directions == 0 and first(sdp.media).directions == 2", SC_TRUE },
        { "count(sdp.media) == 2 and last(sdp.media).port == 0", SC_TRUE },
        { "first(sdp.media).is_rtp and not last(sdp.media).is_rtp", SC_TRUE },
        { "\"96\" in first(sdp.media).format", SC_TRUE },
        { "first(sdp.media).place == 1 and last(sdp.media).place == 2", SC_TRUE },
        { "first(sdp.media).portcount == 2", SC_TRUE },
        { "last(sdp.media).portcount == 2", SC_ABSENT },
        { "any(r in sdp.media.rtpmap: r.encoding == \"OPUS\" and r.clock_rate == 48000)", SC_TRUE },
        { "first(sdp.media).dynamic_formats_are_mapped", SC_TRUE },
        { "first(sdp.media).static_formats_are_mapped", SC_FALSE },
        { "first(sdp.media).formats_are_payload_types", SC_TRUE },
        { "last(sdp.media).formats_are_payload_types", SC_FALSE },
        { "first(sdp.media.fmtp).format == \"96\" and first(sdp.media.ptime) == 20", SC_TRUE },
        { "first(sdp.media.rtcp).port == 9 and not exists(sdp.media.rtcp.address)", SC_TRUE },
        { "all(a in sdp.media.media_attr: a.known or a.field == \"x\")", SC_TRUE },
        { "any(a in sdp.media.media_attr: a.value == \"y\")", SC_TRUE },
        { "first(sdp.group).semantics == \"bundle\" and \"m1\" in sdp.group.tags", SC_TRUE },
        { "count(sip.parts) == 1 and first(sip.parts).depth == 0", SC_TRUE },
        { "first(sip.parts).type.subtype == \"sdp\" and first(sip.parts).sdp.version == 0",
          SC_TRUE },
        { "exists(sip.parts.disposition) or exists(sip.parts.id)", SC_FALSE },
    };
    CHECK(TYPE_SDP,
          "v=0\r\no=al 7 8 IN IP6 ::1\r\ns=x\r\ne=a@b\r\nc=IN IP4 224.0.0.9/127/3\r\n"
          "b=AS:64\r\nt=0 0\r\na=group:BUNDLE m1 m2\r\nm=audio 9/2 RTP/AVP 0 96\r\n"
          "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 x\r\na=ptime:20\r\na=rtcp:9\r\n"
          "a=sendonly\r\na=inactive\r\na=x:y\r\nm=message 0 TCP/MSRP *\r\n",
          0, cases);
}

static void what_could_not_be_read_is_unknown(void **state)
{
    (void)state;
    static const field_case cases[] = {
        { "sdp.owner.sessionid == 1", SC_TRUE },
        { "sdp.owner.version == 1", SC_UNKNOWN },
        { "sdp.owner.version_fits", SC_UNKNOWN },
        { "sdp.owner.is_ip4", SC_UNKNOWN },
        { "first(sdp.media).port == 9", SC_TRUE },
        { "first(sdp.media).proto == \"RTP/AVP\"", SC_TRUE },
        { "\"0\" in first(sdp.media).format", SC_TRUE },
        { "\"8\" in first(sdp.media).format", SC_UNKNOWN },
        { "first(sdp.media).formats_are_payload_types", SC_UNKNOWN },
        { "first(sdp.media).static_formats_are_mapped", SC_UNKNOWN },
        { "first(sdp.media.rtpmap).clock_rate == 8000", SC_UNKNOWN },
        { "exists(sdp.uri)", SC_FALSE },
        /* a line of the second medium may have been anything */
        { "count(last(sdp.media).rtpmap) == 0", SC_UNKNOWN },
        { "last(sdp.media).directions == 0", SC_UNKNOWN },
        { "sdp.uses_multicast", SC_UNKNOWN },
    };
    CHECK(TYPE_SDP,
          "v=0\r\no=- 1 x IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8/x\r\n"
          "a=rtpmap:\r\nm=audio 9 RTP/AVP 0\r\nrtpmap\r\n",
          0, cases);
}

static void other_bodies_have_no_description(void **state)
{
    (void)state;
    static const field_case absent[] = {
        { "exists(sdp)", SC_FALSE },
        { "sdp.version == 0", SC_ABSENT },
        { "count(sip.parts) == 1", SC_TRUE },
    };
    CHECK("Content-Type: text/plain\r\n", "v=0\r\n", 0, absent);
    static const field_case unknown[] = {
        { "exists(sdp)", SC_UNKNOWN },
        { "sdp.version == 0", SC_UNKNOWN },
        { "all(m in sdp.media: m.port == 1)", SC_UNKNOWN },
    };
    CHECK(TYPE_SDP "Content-Length: 99\r\n", "v=0\r\n", 0, unknown);
    CHECK(TYPE_SDP "Content-Length: 99\r\n", "v=0\r\n", SIPCHECK_CUT, unknown);
    CHECK(TYPE_SDP "Content-Length: 1\r\n", "v=0\r\n", 0, unknown);
    CHECK(TYPE_SDP "Content-Encoding: gzip\r\n", "v=0\r\n", 0, unknown);
    CHECK("Content-Type: multipart\r\n", "v=0\r\n", 0, unknown);
    static const field_case no_type[] = { { "exists(sdp)", SC_FALSE },
                                          { "count(sip.parts) == 1", SC_UNKNOWN } };
    CHECK("Content-Length: 99\r\n", "v=0\r\n", SIPCHECK_CUT, no_type);
}

static void the_session_s_part_is_chosen(void **state)
{
    (void)state;
    static const field_case cases[] = {
        { "sdp.session_name == \"second\"", SC_TRUE },
        { "count(sip.parts) == 4 and count(sip.parts.sdp) == 3", SC_TRUE },
        { "any(p in sip.parts: p.disposition == \"early-session\" and p.id == \"<1@h>\")",
          SC_TRUE },
        { "any(p in sip.parts: any(h in p.headers: h.name == \"content-id\"))", SC_TRUE },
        { "any(p in sip.parts: starts_with(p.content, \"v=0\"))", SC_TRUE },
    };
#define PART(HEAD, NAME)                                                                           \
    "--b\r\n" TYPE_SDP HEAD "\r\nv=0\r\no=- 1 1 IN IP4 h\r\ns=" NAME "\r\nt=0 0\r\n\r\n"
    CHECK("Content-Type: multipart/mixed;boundary=b\r\n",
          PART("Content-Disposition: early-session\r\nContent-ID: <1@h>\r\n", "first")
              PART("", "second") PART("", "third") "--b--\r\n",
          0, cases);
}

static void fragments_say_what_their_bodies_are(void **state)
{
    (void)state;
    static const char head[] = "Content-Type: message/sipfrag\r\n";
    static const field_case none[] = { { "exists(sip.parts.fragment_is_described)", SC_FALSE } };
    static const field_case told[] = { { "first(sip.parts).fragment_is_described", SC_TRUE } };
    static const field_case untold[] = { { "first(sip.parts).fragment_is_described", SC_FALSE } };
    CHECK(head, "SIP/2.0 200 OK\r\n", 0, none);
    CHECK(head, "SIP/2.0 200 OK\r\n\r\n", 0, none);
    CHECK(head, "SIP/2.0 200 OK\r\n\r\n\r\n", 0, none);
    CHECK(head, "c: text/plain\r\n\r\nx", 0, told);
    CHECK(head, "\r\nx", 0, untold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_what_was_sent),
        cmocka_unit_test(what_could_not_be_read_is_unknown),
        cmocka_unit_test(other_bodies_have_no_description),
        cmocka_unit_test(the_session_s_part_is_chosen),
        cmocka_unit_test(fragments_say_what_their_bodies_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
