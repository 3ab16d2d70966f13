/* SPDX-License-Identifier: MIT */
/* Which truths of two messages are known where headers of both are the same bytes, and when they
 * are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expr.h"
#include "rules/alike.h"

enum { REQUEST, RESPONSE };

static const sc_binding names[] = {
    { "response", SC_TYPE_OBSERVED, RESPONSE },
    { "request", SC_TYPE_OBSERVED, REQUEST },
};
static const sc_environment environment = { .bindings = names,
                                            .binding_count = 2,
                                            .scope = SIPCHECK_SCOPE_TRANSACTION };

static void some_truths_follow_from_headers_that_are_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *truth;
        unsigned headers; /* 0: it does not follow */
    } cases[] = {
        { "address_equal(response.sip.From, request.sip.From)", 1 },
        { "uri_equal(request.sip.To, response.sip.To)", 1 },
        { "response.sip.Call-ID == request.sip.Call-ID", 1 },
        { "via_list_equal(response.sip.Via, request.sip.Via)", 1 },
        { "response.sip.CSeq.seq == request.sip.CSeq.seq and "
          "response.sip.CSeq.method == request.sip.CSeq.method",
          1 },
        { "response.sip.CSeq.seq == request.sip.CSeq.seq and "
          "response.sip.Call-ID == request.sip.Call-ID",
          2 },
        { "response.sip.CSeq.seq == request.sip.CSeq.seq and "
          "response.sip.Call-ID == request.sip.Call-ID and "
          "address_equal(response.sip.From, request.sip.From)",
          0 },
        { "not exists(request.sip.To.tag) or response.sip.To.tag == request.sip.To.tag", 1 },
        /* absent where the tag is */
        { "response.sip.To.tag == request.sip.To.tag", 0 },
        { "not exists(request.sip.From.tag) or response.sip.To.tag == request.sip.To.tag", 0 },
        { "exists(request.sip.To.tag) or response.sip.To.tag == request.sip.To.tag", 0 },
        /* other parts, or of the same message */
        { "response.sip.To.uri.host == request.sip.From.uri.host", 0 },
        { "uri_equal(response.sip.From, request.sip.To)", 0 },
        { "request.sip.Call-ID == request.sip.Call-ID", 0 },
        { "not (response.sip.Call-ID == request.sip.Call-ID)", 0 },
        { "response.sip.CSeq.seq != request.sip.CSeq.seq", 0 },
        { "response.sip.CSeq.seq > request.sip.CSeq.seq", 0 },
        { "response.sip.Call-ID == \"a\"", 0 },
        { "via_list_equal(response.sip.Via, request.sip.Via) and response.sip.Status-Code == 200",
          0 },
        { "via_equal(first(response.sip.Via), first(request.sip.Via))", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_program *program = expr_compile(cases[i].truth, &environment, SC_WANT_TRUTH);
        unsigned got = sc_alike_of(program).count;
        if (got != cases[i].headers) fail_msg("%s: %u headers", cases[i].truth, got);
        sc_program_free(program);
    }
    assert_int_equal(sc_alike_of(NULL).count, 0);
}

#define LONG_TEXT                                                                                  \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaa"
#define LONG_VIA "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK" LONG_TEXT LONG_TEXT "\n"

static void headers_are_the_same_where_all_bytes_are(void **state)
{
    (void)state;
    static const char via[] = "via_list_equal(response.sip.Via, request.sip.Via)";
    static const char to[] = "uri_equal(response.sip.To, request.sip.To)";
    static const struct {
        const char *truth, *request, *response;
        bool alike;
    } cases[] = {
        { to, "To: <sip:a@b>\n", "To: <sip:a@b>\n", true },
        { to, "To: <sip:a@b>\n", "t:  <sip:a@b>\n", true },
        { to, "To: <sip:a@b>\n", "To: <sip:a@B>\n", false },
        { to, "To: <sip:a@b>\n", "To: <sip:a@b>;tag=1\n", false },
        { to, "To: <sip:a@b>\n", "", false },
        { to, "", "", false },
        { to, "To: <sip:a b>\n", "To: <sip:a b>\n", false },
        { to, "To: <sip:a@b>\nTo: x y\n", "To: <sip:a@b>\nTo: x y\n", false },
        { via, "Via: SIP/2.0/UDP a\n", "Via: SIP/2.0/UDP a\n", true },
        { via, "Via: SIP/2.0/UDP a\n", "Via: SIP/2.0/UDP a;received=192.0.2.1\n", false },
        { via, "Via: SIP/2.0/UDP a\n", "Via: SIP/2.0/UDP a, SIP/2.0/UDP b\n", false },
        { via, "Via: SIP/2.0/UDP a, SIP/2.0/UDP b\n", "Via: SIP/2.0/UDP a\n", false },
        { via, "Via: SIP/2.0/UDP a, SIP/2.0/UDP b\n", "Via: SIP/2.0/UDP b, SIP/2.0/UDP a\n",
          false },
        { via, LONG_VIA, LONG_VIA, true },
        { via, LONG_VIA LONG_VIA LONG_VIA, LONG_VIA LONG_VIA LONG_VIA, false },
    };
    static char bytes[2][8192], text[2][4096];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipcheck_arena_reset(arena);
        snprintf(text[0], sizeof text[0], "OPTIONS sip:b@a SIP/2.0\n%s\n", cases[i].request);
        snprintf(text[1], sizeof text[1], "SIP/2.0 200 OK\n%s\n", cases[i].response);
        const sc_observed observed[2] = {
            { .message = expr_parse(arena, text[0], 0, bytes[0], sizeof bytes[0]) },
            { .message = expr_parse(arena, text[1], 0, bytes[1], sizeof bytes[1]) }
        };
        const sc_value slots[2] = { sc_value_observed(&observed[0]),
                                    sc_value_observed(&observed[1]) };
        const sc_context context = { .slots = slots, .slot_count = 2 };
        sc_program *program = expr_compile(cases[i].truth, &environment, SC_WANT_TRUTH);
        const sc_alike alike = sc_alike_of(program);
        assert_int_equal(alike.count, 1);
        if (sc_are_alike(&alike, &context) != cases[i].alike)
            fail_msg("%s%s", cases[i].request, cases[i].response);
        sc_program_free(program);
    }
    sipcheck_arena_free(arena);
}

static void what_is_not_there_is_not_the_same(void **state)
{
    (void)state;
    const sc_alike alike = { { REQUEST, RESPONSE }, 1, { SIPCHECK_HEADER_FROM } };
    const sc_alike nothing = { .count = 0 };
    const sc_value slots[2] = { { .state = SC_ABSENT_VALUE }, { .state = SC_UNKNOWN_VALUE } };
    const sc_context context = { .slots = slots, .slot_count = 2 };
    assert_false(sc_are_alike(&alike, &context));
    assert_false(sc_are_alike(&nothing, &context));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_truths_follow_from_headers_that_are_the_same),
        cmocka_unit_test(headers_are_the_same_where_all_bytes_are),
        cmocka_unit_test(what_is_not_there_is_not_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
