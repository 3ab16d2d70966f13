/* SPDX-License-Identifier: MIT */
/* What rules of wider scopes can read: of each message when and between whom it was seen, of each
 * tracked thing its facts. */
#include <stdio.h>

#include "expr.h"
#include "fields/scopes.h"

static sc_scratch scratch;

static sc_environment environment_of(enum sipcheck_scope scope, sc_binding *bindings)
{
    return (sc_environment){ .bindings = bindings,
                             .binding_count =
                                 sc_scope_bindings(scope, SC_BIND_NEXT | SC_BIND_MACHINE, bindings),
                             .scope = scope };
}

static sc_result asked(enum sipcheck_scope scope, const char *expression, const sc_value *slots)
{
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment = environment_of(scope, bindings);
    const sc_context context = { .slots = slots, .slot_count = SC_SLOT_COUNT };
    sc_program *program = expr_compile(expression, &environment, SC_WANT_TRUTH);
    sc_result result = sc_program_eval(program, &context, &scratch);
    sc_program_free(program);
    return result;
}

static void clear(sc_value slots[SC_SLOT_COUNT])
{
    for (size_t i = 0; i < SC_SLOT_COUNT; i++)
        slots[i] = (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_MESSAGE };
}

static const char message[] =
    "OPTIONS sip:b@example.com SIP/2.0\nAuthentication-Info: rspauth=\"0a\"\n\n";

static const struct {
    const char *expression;
    enum sc_outcome wanted;
} of_messages[] = {
    { "request.frame == 7 and response.frame == 9", SC_TRUE },
    { "response.time - request.time == 200ms", SC_TRUE },
    { "request.time < response.time", SC_TRUE },
    { "request.time + 200ms == response.time", SC_TRUE },
    { "request.time - 1s < request.time", SC_TRUE },
    { "request.src.address == \"192.0.2.1\" and request.src.port == 5060", SC_TRUE },
    { "request.dst.address == \"[2001:db8::1]\" and request.dst.port == 5070", SC_TRUE },
    { "request.transport == \"UDP\" and request.sip.transport == \"udp\"", SC_TRUE },
    { "request.sip.Method == \"OPTIONS\" and exists(request.sip)", SC_TRUE },
    { "exists(request.sdp)", SC_FALSE },
    /* nobody asked, or not known */
    { "ack.frame == 7", SC_ABSENT },
    { "ack.time > request.time", SC_ABSENT },
    { "ack.src.port == 5060", SC_ABSENT },
    { "exists(ack.dst)", SC_FALSE },
    { "exists(response.src)", SC_FALSE },
    { "response.dst.port == 0", SC_TRUE },
    { "exists(cancel.frame)", SC_FALSE },
    { "previous.frame == 1", SC_UNKNOWN },
    /* the argument in the middle alone is not there */
    { "rspauth_valid(first(response.sip.Authentication-Info), first(request.sip.Authorization), "
      "response.sip)",
      SC_ABSENT },
    { "rspauth_valid(first(response.sip.Authentication-Info), first(previous.sip.Authorization), "
      "response.sip)",
      SC_UNKNOWN },
};

static void messages_are_seen_at_a_time_between_two(void **state)
{
    (void)state;
    static char bytes[256];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_packet packets[3] = { { .frame = 7, .ns = 5000000000 },
                                         { .frame = 9, .ns = 5200000000 },
                                         { .ns = 1 } };
    const sipcheck_address_port four = { 4, { 192, 0, 2, 1 }, 5060 }, none = { 0 };
    const sipcheck_address_port six = { 6, { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 5070 };
    const sipcheck_address_port zero = { 4, { 10 }, 0 };
    sc_endpoint ends[4] = {
        { .address = four }, { .address = six }, { .address = none }, { .address = zero }
    };
    const sc_observed plain = { .message = expr_parse(arena, message, 0, bytes, sizeof bytes) };
    sc_observed request = plain, response = plain, cancel = plain;
    request.packet = &packets[0];
    request.source = &ends[0];
    request.destination = &ends[1];
    request.transport = (sipcheck_slice){ (const uint8_t *)"udp", 3 };
    response.packet = &packets[1];
    response.source = &ends[2];
    response.destination = &ends[3];
    cancel.packet = &packets[2];
    sc_value slots[SC_SLOT_COUNT];
    clear(slots);
    slots[SC_NAME_REQUEST] = sc_value_observed(&request);
    slots[SC_NAME_RESPONSE] = sc_value_observed(&response);
    slots[SC_NAME_CANCEL] = sc_value_observed(&cancel);
    slots[SC_NAME_ACK] = sc_value_observed(&plain);
    for (size_t i = 0; i < sizeof of_messages / sizeof *of_messages; i++) {
        sc_result got = asked(SIPCHECK_SCOPE_TRANSACTION, of_messages[i].expression, slots);
        if (got.outcome != of_messages[i].wanted)
            fail_msg("%s is %s", of_messages[i].expression, expr_outcomes[got.outcome]);
    }
    sipcheck_arena_free(arena);
}

enum { BOOL, INT, DURATION, TOKEN, STRING, URI, LIST_ADDRESS, PARTY };
static const struct fact {
    const char *record, *name;
    unsigned type, index;
} facts[] = {
#define X(RECORD, ID, NAME, TYPE, DOC) { #RECORD, NAME, TYPE, SC_FACT_##RECORD##_##ID },
#define SC_FACTS_END(RECORD)
#include "fields/facts.def"
#undef SC_FACTS_END
#undef X
};

/* Where a rule finds the record. */
static const struct {
    const char *record, *path;
    enum sipcheck_scope scope;
    unsigned slot;
} paths[] = {
    { "TRANSACTION", "transaction", SIPCHECK_SCOPE_TRANSACTION, SC_SLOT_TRANSACTION },
    { "PARTY", "dialog.sender", SIPCHECK_SCOPE_DIALOG, SC_SLOT_DIALOG },
    { "DIALOG", "dialog", SIPCHECK_SCOPE_DIALOG, SC_SLOT_DIALOG },
    { "SESSION", "session", SIPCHECK_SCOPE_SESSION, SC_SLOT_SESSION },
    { "REGISTRATION", "registration", SIPCHECK_SCOPE_REGISTRATION, SC_SLOT_REGISTRATION },
    { "SUBSCRIPTION", "subscription", SIPCHECK_SCOPE_SUBSCRIPTION, SC_SLOT_SUBSCRIPTION },
    { "HOP", "hop", SIPCHECK_SCOPE_HOP, SC_SLOT_HOP },
    { "MACHINE", "machine", SIPCHECK_SCOPE_DIALOG, SC_SLOT_MACHINE },
};

static const sipcheck_uri uri = { .raw = { (const uint8_t *)"sip:a@b", 7 }, .valid = true };
static const sipcheck_address address = { .v = { .raw = { (const uint8_t *)"<sip:a@b>", 9 } } };
static const void *const addresses[2] = { &address, &address };
static const sc_value nobody[SC_FACTS_OF_PARTY];

static sc_value value_of(unsigned type)
{
    sc_value v = { .truth = false };
    switch (type) {
    case BOOL:
        v.truth = true;
        break;
    case INT:
        v.number = 3;
        break;
    case DURATION:
        v.number = 1500000000;
        break;
    case URI:
        v.raw = uri.raw;
        v.record = &uri;
        break;
    case LIST_ADDRESS:
        v = (sc_value){ .record = addresses, .raw.n = 2, .list = SC_LIST_RECORDS };
        break;
    case PARTY:
        v.record = nobody;
        break;
    default:
        v.raw = (sipcheck_slice){ (const uint8_t *)"abc", 3 };
        break;
    }
    return v;
}

static void ask_of(const struct fact *fact, const sc_value *slots, enum sipcheck_scope scope,
                   const char *path, enum sc_outcome wanted)
{
    static const char *const questions[] = {
        [BOOL] = "%s.%s",
        [INT] = "%s.%s == 3",
        [DURATION] = "%s.%s == 1500ms",
        [TOKEN] = "%s.%s == \"ABC\"",
        [STRING] = "%s.%s == \"abc\"",
        [URI] = "%s.%s == \"sip:a@b\"",
        [LIST_ADDRESS] = "count(%s.%s) == 2",
        [PARTY] = "exists(%s.%s)",
    };
    char expression[128];
    snprintf(expression, sizeof expression, questions[fact->type], path, fact->name);
    sc_result got = asked(scope, expression, slots);
    if (got.outcome != wanted) fail_msg("%s is %s", expression, expr_outcomes[got.outcome]);
}

/* One fact is known, the others lack something. */
static void facts_are_found_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        sc_value record[64], dialog[SC_FACTS_OF_DIALOG], slots[SC_SLOT_COUNT];
        size_t k = 0;
        assert_true(facts[i].index < sizeof record / sizeof *record);
        while (strcmp(paths[k].record, facts[i].record) != 0)
            k++;
        clear(slots);
        for (size_t f = 0; f < sizeof record / sizeof *record; f++)
            record[f] = (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_LOST };
        slots[paths[k].slot] = (sc_value){ .record = record };
        dialog[SC_FACT_DIALOG_SENDER] = (sc_value){ .record = record };
        if (strcmp(facts[i].record, "PARTY") == 0)
            slots[SC_SLOT_DIALOG] = (sc_value){ .record = dialog };
        ask_of(&facts[i], slots, paths[k].scope, paths[k].path, SC_UNKNOWN);
        record[facts[i].index] = value_of(facts[i].type);
        ask_of(&facts[i], slots, paths[k].scope, paths[k].path, SC_TRUE);
    }
}

static void parameters_are_durations_and_a_ratio(void **state)
{
    (void)state;
    static const char *const holds[] = {
        "T1 == 500ms and T2 == 4s and T4 == 5s and TIMER_C == 3min",
        "T1 * 2 ** 3 * (1 - tolerance) == 3200ms",
        "64 * T1 == 32s",
        "TIMER_C > T4 + T2 - T1 and reorder * 10 == T1",
        "T1 * (1 + tolerance) == 600ms",
    };
    sc_value slots[SC_SLOT_COUNT];
    clear(slots);
    slots[SC_SLOT_T1] = sc_value_number(500000000);
    slots[SC_SLOT_T2] = sc_value_number(4000000000);
    slots[SC_SLOT_T4] = sc_value_number(5000000000);
    slots[SC_SLOT_TIMER_C] = sc_value_number(180000000000);
    slots[SC_SLOT_REORDER] = sc_value_number(50000000);
    slots[SC_SLOT_TOLERANCE] = sc_value_number(200000);
    for (enum sipcheck_scope s = SIPCHECK_SCOPE_TRANSACTION; s <= SIPCHECK_SCOPE_HOP; s++)
        for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
            if (asked(s, holds[i], slots).outcome != SC_TRUE) fail_msg("%s", holds[i]);
}

/* An engine reads a kept message again only where a program needs it. */
static void programs_tell_the_slots_that_they_read(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        uint64_t slots;
        bool gap;
    } cases[] = {
        { "true", 0, false },
        { "request.sip.Method == \"BYE\"", 1u << SC_NAME_REQUEST, false },
        { "exists(response) and count(ack.sip.Via) == 1",
          1u << SC_NAME_RESPONSE | 1u << SC_NAME_ACK, false },
        { "lines(cancel.sip.Via) == 1 and any(v in previous.sip.Via: exists(v.branch))",
          1u << SC_NAME_CANCEL | 1u << SC_NAME_PREVIOUS, false },
        { "transaction.gap > T1", 1u << SC_SLOT_TRANSACTION | 1u << SC_SLOT_T1, true },
        { "transaction.age > T1", 1u << SC_SLOT_TRANSACTION | 1u << SC_SLOT_T1, false },
    };
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment = environment_of(SIPCHECK_SCOPE_TRANSACTION, bindings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (enum sc_want want = SC_WANT_CONDITION; want <= SC_WANT_TRUTH; want++) {
            sc_program *program = expr_compile(cases[i].expression, &environment, want);
            if (sc_program_slots(program) != cases[i].slots) fail_msg("%s", cases[i].expression);
            assert_int_equal(sc_program_reads_gap(program), cases[i].gap);
            sc_program_free(program);
        }
    }
    assert_int_equal(sc_program_slots(NULL), 0);
}

/* What the index and the plans go by is of message scope alone. */
static void nothing_is_foreseen_in_wider_scopes(void **state)
{
    (void)state;
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment = environment_of(SIPCHECK_SCOPE_SESSION, bindings);
    sc_program *program =
        expr_compile("offer.sdp.owner.username == \"x\"", &environment, SC_WANT_CONDITION);
    sc_preconditions needs = sc_program_preconditions(program);
    assert_int_equal(needs.header_count, 0);
    assert_int_equal(needs.kinds, SC_REQUEST | SC_RESPONSE);
    assert_true(sc_program_shortcuts(program).false_without == 0);
    assert_true(sc_program_reads_body(program));
    sc_program_free(program);
}

#define NAMED(NAME) (1u << SC_NAME_##NAME)
enum {
    A_REQUEST = NAMED(REQUEST),
    A_RESPONSE = NAMED(RESPONSE),
    BOTH = A_REQUEST | A_RESPONSE,
    A_PREVIOUS = NAMED(PREVIOUS),
    A_TRIED = NAMED(TRIED),
};

/* The header that has to be in each, whether other requests than INVITE, and other responses than
 * 2xx, are left out, and the messages that must have been sent. */
typedef struct narrowing {
    const char *condition;
    uint16_t request, response; /* the only header; 0: none */
    bool invite, ok;
    uint32_t names; /* bits */
} narrowing;

static const narrowing narrowings[] = {
    { "request.sip.Method == \"INVITE\" and response.sip.Status-Code in {200..299}", 0, 0, true,
      true, BOTH },
    { "exists(request.sip.Subject) and lines(response.sip.RSeq) > 0", SIPCHECK_HEADER_SUBJECT,
      SIPCHECK_HEADER_RSEQ, false, false, BOTH },
    { "exists(request.sdp) and not exists(response.sdp)", SIPCHECK_HEADER_CONTENT_TYPE, 0, false,
      false, A_REQUEST },
    { "exists(request.sip.Subject) or exists(response.sip.Subject)", 0, 0, false, false, 0 },
    { "exists(ack.sip.Subject) and previous.sip.Status-Code == 200", 0, 0, false, false,
      NAMED(ACK) | A_PREVIOUS },
    { "response.sip.CSeq.method == \"INVITE\"", 0, SIPCHECK_HEADER_CSEQ, false, false, A_RESPONSE },
    { "exists(tried) and tried.time + 1s < request.time", 0, 0, false, false, A_TRIED | A_REQUEST },
    { "not exists(tried) and not (previous.sip.Status-Code == 200)", 0, 0, false, false,
      A_PREVIOUS },
    { "count(tried.sip.Via) == 0 or lines(previous.sip.Via) == 0", 0, 0, false, false, 0 },
    { "tried.transport == \"udp\" or (tried.src.port > 5060 and exists(previous))", 0, 0, false,
      false, A_TRIED },
    { "\"timer\" in tried.sip.Supported and \"timer\" not in previous.sip.Supported", 0, 0, false,
      false, A_TRIED },
    { "any(c in tried.sip.Contact: c.uri.is_sip) and all(c in previous.sip.Contact: c.uri.is_sip)",
      0, 0, false, false, A_TRIED },
    { "uri_equal(first(previous.sip.Contact), first(tried.sip.Contact)) and transaction.age > 1s",
      0, 0, false, false, A_TRIED | A_PREVIOUS },
};

static bool demands(const sc_preconditions *needs, uint16_t header)
{
    return header == 0 ? needs->header_count == 0
                       : needs->header_count == 1 && needs->headers[0] == header;
}

static void request_and_response_are_narrowed_each_by_itself(void **state)
{
    (void)state;
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment = environment_of(SIPCHECK_SCOPE_TRANSACTION, bindings);
    for (size_t i = 0; i < sizeof narrowings / sizeof *narrowings; i++) {
        const narrowing *n = &narrowings[i];
        sc_program *program = expr_compile(n->condition, &environment, SC_WANT_CONDITION);
        sc_preconditions request = sc_program_preconditions(program);
        sc_preconditions response = sc_program_preconditions_of_response(program);
        bool bye = request.methods >> SIPCHECK_METHOD_BYE & 1;
        bool busy = response.statuses[486 / 8] >> 486 % 8 & 1;
        if (!demands(&request, n->request) || !demands(&response, n->response) ||
            bye == n->invite || busy == n->ok || request.names != n->names ||
            response.names != n->names)
            fail_msg("not as it should: %s", n->condition);
        sc_program_free(program);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_and_response_are_narrowed_each_by_itself),
        cmocka_unit_test(messages_are_seen_at_a_time_between_two),
        cmocka_unit_test(facts_are_found_by_their_names),
        cmocka_unit_test(parameters_are_durations_and_a_ratio),
        cmocka_unit_test(programs_tell_the_slots_that_they_read),
        cmocka_unit_test(nothing_is_foreseen_in_wider_scopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
