/* SPDX-License-Identifier: MIT */
/* What a program says beside its outcome: the bytes that a finding points at, and the texts of
 * templates. */
#include "expr_samples.h"

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
        cmocka_unit_test(findings_point_at_bytes),
        cmocka_unit_test(templates_print_fields),
        cmocka_unit_test(definitions_stand_for_expressions),
        cmocka_unit_test(several_messages_stand_side_by_side),
        cmocka_unit_test(filters_match_what_is_true),
        cmocka_unit_test(budgets_end_long_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
