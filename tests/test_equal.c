/* SPDX-License-Identifier: MIT */
/* What means the same in two messages: hosts, Vias, addresses, and lists of them in order. */
#include "expr.h"
#include "fields/scopes.h"

#define IN                                                                                         \
    "INVITE sip:b@example.com SIP/2.0\n"                                                           \
    "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1;rport;keep;oc;oc-algo=\"loss,A\"\n"            \
    "Via: SIP/2.0/TCP [2001:db8::1]:5070;branch=z9hG4bK0\n"                                        \
    "Record-Route: <sip:p1.example.com;lr>, <sip:p0.example.com;lr>\n"                             \
    "From: \"Alice\" <sip:a@example.com>;tag=1;x=2\n"                                              \
    "To: <sip:b@example.com>\n"                                                                    \
    "Allow: INVITE, ACK\n"                                                                         \
    "Supported: timer, 100rel\n\n"

#define OUT                                                                                        \
    "INVITE sip:b@192.0.2.4 SIP/2.0\n"                                                             \
    "Via: SIP/2.0/UDP p.example.com;branch=z9hG4bK2\n"                                             \
    "Via: SIP/2.0/udp A.example.com:5060;rport=5060;branch=z9hG4bK1;received=192.0.2.1;"           \
    "received-realm=\"x:y\";keep=30;oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1.7\n"           \
    "Via: SIP/2.0/TCP [2001:DB8:0::1]:5070;branch=Z9HG4BK0\n"                                      \
    "Record-Route: <sip:p2.example.com;lr>\n"                                                      \
    "Record-Route: <sip:p1.EXAMPLE.com;lr>, <sip:P0.example.com;lr>\n"                             \
    "From: sip:a@example.com;tag=1\n"                                                              \
    "To: Bob <sip:b@EXAMPLE.com>\n"                                                                \
    "Allow: INVITE\nAllow: ACK\n"                                                                  \
    "Supported: 100rel, timer\n\n"

static const struct row {
    const char *expression;
    enum sc_outcome wanted;
} rows[] = {
    /* hosts */
    { "host_equal(\"a.example.com\", \"A.EXAMPLE.COM.\")", SC_TRUE },
    { "host_equal(\"a.example.com\", \"b.example.com\")", SC_FALSE },
    { "host_equal(\"192.0.2.1\", \"192.0.2.1\")", SC_TRUE },
    { "host_equal(\"192.0.2.1\", \"192.0.2.10\")", SC_FALSE },
    { "host_equal(\"[2001:db8::1]\", \"2001:0db8:0:0::1\")", SC_TRUE },
    { "host_equal(\"2001:db8::1\", \"2001:db8::2\")", SC_FALSE },
    { "host_equal(\"[192.0.2.1]\", \"192.0.2.1\")", SC_FALSE },
    { "host_equal(\"\", \"\")", SC_TRUE },
    { "host_equal(\"[]\", \"\")", SC_FALSE },
    { "host_equal(last(in.sip.Via).sent-by.address, last(out.sip.Via).sent-by.address)", SC_TRUE },
    { "host_equal(in.sip.r-uri.host, in.sip.To.uri.user)", SC_FALSE },
    { "host_equal(in.sip.To.uri.password, in.sip.To.uri.host)", SC_ABSENT },
    /* Vias */
    { "via_equal(first(in.sip.Via), first(in.sip.Via))", SC_TRUE },
    { "via_equal(first(in.sip.Via), first(out.sip.Via))", SC_FALSE },
    { "via_equal(last(in.sip.Via), last(out.sip.Via))", SC_TRUE },
    { "any(v in out.sip.Via: via_equal(v, first(in.sip.Via)))", SC_TRUE },
    { "via_equal(first(in.sip.Via), last(in.sip.Via))", SC_FALSE },
    /* addresses */
    { "address_equal(in.sip.From, out.sip.From)", SC_TRUE },
    { "address_equal(in.sip.To, out.sip.To)", SC_TRUE },
    { "address_equal(in.sip.From, in.sip.To)", SC_FALSE },
    { "address_equal(in.sip.From, hop.x.sip.From)", SC_FALSE }, /* another x */
    { "address_equal(in.sip.To, hop.x.sip.To)", SC_FALSE },     /* a tag */
    { "address_equal(in.sip.Reply-To, in.sip.From)", SC_ABSENT },
    /* lists in order */
    { "list_equal(in.sip.Allow, out.sip.Allow)", SC_TRUE },
    { "list_equal(in.sip.Supported, out.sip.Supported)", SC_FALSE },
    { "list_equal(in.sip.Allow, in.sip.Supported)", SC_FALSE },
    { "list_equal(in.sip.Require, out.sip.Require)", SC_TRUE },
    { "list_equal(in.sip.Allow, out.sip.Require)", SC_FALSE },
    { "list_equal(in.sip.Via.branch, out.sip.Via.branch)", SC_FALSE },
    { "uri_list_equal(in.sip.Record-Route, in.sip.Record-Route.uri)", SC_TRUE },
    { "uri_list_equal(in.sip.Record-Route, out.sip.Record-Route)", SC_FALSE },
    { "via_list_equal(in.sip.Via, out.sip.Via)", SC_FALSE },
    { "via_list_equal(in.sip.Via, in.sip.Via)", SC_TRUE },
    { "not via_list_equal(in.sip.Via, in.sip.Via)", SC_FALSE },
    { "via_list_equal(in.sip.Via, in.sip.Via) and list_equal(in.sip.Allow, out.sip.Allow)",
      SC_TRUE },
    { "any(v in in.sip.Via: via_list_equal(in.sip.Via, out.sip.Via) or exists(v.branch))",
      SC_TRUE },
    /* their ends */
    { "via_list_ends_with(out.sip.Via, in.sip.Via)", SC_TRUE },
    { "via_list_ends_with(in.sip.Via, out.sip.Via)", SC_FALSE },
    { "uri_list_ends_with(out.sip.Record-Route, in.sip.Record-Route)", SC_TRUE },
    { "uri_list_ends_with(in.sip.Record-Route, out.sip.Record-Route)", SC_FALSE },
    { "list_ends_with(in.sip.Allow, in.sip.Allow)", SC_TRUE },
    { "list_ends_with(in.sip.Allow, in.sip.Require)", SC_TRUE },
    { "list_ends_with(in.sip.Require, in.sip.Allow)", SC_FALSE },
    { "list_ends_with(out.sip.Supported, out.sip.Allow)", SC_FALSE },
    /* a message that was not sent, one that was not captured */
    { "via_list_equal(previous.sip.Via, in.sip.Via)", SC_ABSENT },
    { "via_list_equal(in.sip.Via, previous.sip.Via)", SC_ABSENT },
    { "via_list_equal(next.sip.Via, in.sip.Via)", SC_UNKNOWN },
    { "uri_list_ends_with(in.sip.Record-Route, next.sip.Record-Route)", SC_UNKNOWN },
    { "via_equal(first(next.sip.Via), first(in.sip.Via))", SC_UNKNOWN },
    /* what could not be read may stand anywhere */
    { "via_list_equal(broken.sip.Via, in.sip.Via)", SC_UNKNOWN },
    { "uri_list_equal(broken.sip.Record-Route, in.sip.Record-Route)", SC_UNKNOWN },
    { "via_equal(first(in.sip.Via), last(broken.sip.Via))", SC_UNKNOWN },
    { "address_equal(in.sip.From, broken.sip.From)", SC_UNKNOWN },
    { "uri_equal(in.sip.From, broken.sip.From)", SC_UNKNOWN },
};

static const char other[] = "OPTIONS sip:x SIP/2.0\nFrom: <sip:a@example.com>;tag=1;x=3\n"
                            "To: <sip:b@example.com>;tag=2\n\n";
static const char broken[] = "OPTIONS sip:x SIP/2.0\n"
                             "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\nVia: ((\n"
                             "Record-Route: <sip:p1.example.com;lr>, <si p:x>\n"
                             "From: <sip:a@exa mple.com>;tag=1\n\n";

enum { MESSAGES = 4, SLOTS = 6 };
static const sc_binding bindings[SLOTS] = {
    { "in", SC_TYPE_OBSERVED, 0 },       { "out", SC_TYPE_OBSERVED, 1 },
    { "hop.x", SC_TYPE_OBSERVED, 2 },    { "broken", SC_TYPE_OBSERVED, 3 },
    { "previous", SC_TYPE_OBSERVED, 4 }, { "next", SC_TYPE_OBSERVED, 5 },
};

static sc_scratch scratch;

static const sc_environment environment = { .bindings = bindings,
                                            .binding_count = SLOTS,
                                            .scope = SIPCHECK_SCOPE_HOP };

typedef struct bed {
    sipcheck_arena *arena;
    char bytes[MESSAGES][2048];
    sc_observed observed[MESSAGES];
    sc_value slots[SLOTS];
    sc_context context;
} bed;

static void open_bed(bed *b)
{
    static const char *const texts[MESSAGES] = { IN, OUT, other, broken };
    b->arena = sipcheck_arena_new(NULL);
    for (size_t i = 0; i < MESSAGES; i++) {
        b->observed[i] = (sc_observed){ .message = expr_parse(b->arena, texts[i], 0, b->bytes[i],
                                                              sizeof b->bytes[i]) };
        b->slots[i] = sc_value_observed(&b->observed[i]);
    }
    b->slots[4] = sc_value_observed(NULL);
    b->slots[5] = (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_OUT };
    b->context = (sc_context){ .slots = b->slots, .slot_count = SLOTS };
}

static void rows_have_their_outcome(void **state)
{
    (void)state;
    bed b;
    unsigned failures = 0;
    open_bed(&b);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sc_program *program = expr_compile(rows[i].expression, &environment, SC_WANT_TRUTH);
        sc_result got = sc_program_eval(program, &b.context, &scratch);
        if (got.outcome != rows[i].wanted) {
            print_error("%s is %s\n", rows[i].expression, expr_outcomes[got.outcome]);
            failures++;
        }
        sc_program_free(program);
    }
    sipcheck_arena_free(b.arena);
    assert_int_equal(failures, 0);
}

/* Where two lists part, the finding points. */
static void findings_point_at_the_first_that_differs(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *mark;
    } cases[] = {
        { "list_equal(out.sip.Supported, in.sip.Supported)", "100rel" },
        { "via_list_ends_with(in.sip.Via, hop.x.sip.Via) and "
          "list_equal(out.sip.Via.branch, out.sip.Via.sent-by.address)",
          "z9hG4bK2" },
    };
    bed b;
    open_bed(&b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_program *program = expr_compile(cases[i].expression, &environment, SC_WANT_TRUTH);
        assert_int_equal(sc_program_eval(program, &b.context, &scratch).outcome, SC_FALSE);
        sipcheck_slice mark = sc_program_mark(program, &b.context, &scratch);
        assert_int_equal(mark.n, strlen(cases[i].mark));
        assert_memory_equal(mark.p, cases[i].mark, mark.n);
        sc_program_free(program);
    }
    sipcheck_arena_free(b.arena);
}

/* The message that a finding is about may be named last. */
static void findings_point_into_the_message_that_is_asked_for(void **state)
{
    (void)state;
    bed b;
    open_bed(&b);
    sc_program *program =
        expr_compile("in.sip.From.tag == out.sip.To.uri.user", &environment, SC_WANT_TRUTH);
    for (size_t i = 0; i < 2; i++) {
        const sipcheck_message *message = b.observed[i].message;
        assert_int_equal(sc_program_eval(program, &b.context, &scratch).outcome, SC_FALSE);
        sipcheck_slice mark = sc_program_mark_in(program, &b.context, message, &scratch);
        assert_memory_equal(mark.p, i == 0 ? "1" : "b", 1);
        assert_true(mark.p > message->bytes && mark.p < message->bytes + message->length);
    }
    assert_null(sc_program_mark_in(program, &b.context, b.observed[2].message, &scratch).p);
    sc_program_free(program);
    sipcheck_arena_free(b.arena);
}

/* Lists and parameters as long as a message can hold: soon unknown, never long. */
static void budgets_end_long_looks(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static char text[300000], bytes[400000];
    static const char *const heads[] = { "Allow: a", "Via: SIP/2.0/UDP h;branch=z" };
    static const char *const again[] = { ",a", ";p" };
    static const char *const expressions[] = {
        "any(a in in.sip.Allow: any(b in in.sip.Allow: list_equal(in.sip.Allow, in.sip.Allow)\n"
        "and a != b))",
        "via_equal(first(in.sip.Via), first(in.sip.Via))",
    };
    for (size_t i = 0; i < 2; i++) {
        size_t n = (size_t)snprintf(text, sizeof text, "OPTIONS sip:x SIP/2.0\n%s", heads[i]);
        for (size_t k = 0; k < MANY; k++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", again[i]);
        snprintf(text + n, sizeof text - n, "\n\n");
        sipcheck_arena *arena = sipcheck_arena_new(NULL);
        const sc_observed observed = { .message = expr_parse(arena, text, 0, bytes, sizeof bytes) };
        const sc_value slot = sc_value_observed(&observed);
        const sc_context context = { .slots = &slot, .slot_count = 1 };
        sc_program *program = expr_compile(expressions[i], &environment, SC_WANT_TRUTH);
        sc_result got = sc_program_eval(program, &context, &scratch);
        assert_int_equal(got.outcome, SC_UNKNOWN);
        assert_int_equal(got.missing, SC_MISSING_BUDGET);
        sc_program_free(program);
        sipcheck_arena_free(arena);
    }
}

static void arguments_are_of_their_kind(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *message;
    } cases[] = {
        { "via_equal(in.sip.Via, in.sip.Via)", "via_equal() wants one Via; this is a list of via" },
        { "via_equal(in.sip.From, in.sip.From)", "via_equal() wants one Via; this is an address" },
        { "address_equal(in.sip.From.uri, in.sip.To)", "wants one address; this is a uri" },
        { "host_equal(in.sip.r-uri.port, \"x\")", "host_equal() wants a text; this is an int" },
        { "list_equal(in.sip.From, in.sip.To)", "list_equal() wants a list; this is an address" },
        { "list_equal(in.sip.Via.sent-by.port, in.sip.Via)",
          "list_equal() wants a list of texts; this is a list of int" },
        { "uri_list_equal(in.sip.Via, in.sip.Route)",
          "wants a list of URIs or addresses; this is a list of via" },
        { "via_list_ends_with(in.sip.Via, in.sip.Route)",
          "wants a list of Vias, as sip.Via; this is a list of address" },
        { "list_equal(in.sip.Via)", "list_equal() takes 2 arguments; here is 1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipcheck_error error = { .line = 0 };
        sc_program *program = NULL;
        const sc_source source = expr_source(cases[i].expression);
        int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error);
        if (code != SIPCHECK_INVALID || !strstr(error.message, cases[i].message))
            fail_msg("%s: %s", cases[i].expression, error.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_their_outcome),
        cmocka_unit_test(findings_point_at_the_first_that_differs),
        cmocka_unit_test(findings_point_into_the_message_that_is_asked_for),
        cmocka_unit_test(budgets_end_long_looks),
        cmocka_unit_test(arguments_are_of_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
