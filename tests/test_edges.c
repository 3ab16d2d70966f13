/* SPDX-License-Identifier: MIT */
/* The public functions at the edge of their arguments: nothing, too far, too early, twice. */
#include "ruleset.h"

#include <sipcheck/body.h>
#include <sipcheck/report.h>

static void nothing_can_be_freed(void **state)
{
    (void)state;
    sipcheck_free(NULL);
    sipcheck_rules_free(NULL);
    sipcheck_filter_free(NULL);
    sipcheck_arena_free(NULL);
}

static void tables_end(void **state)
{
    (void)state;
    assert_null(sipcheck_builtin_at(SIZE_MAX));
    assert_null(sipcheck_field_info_at(SIZE_MAX));
    assert_null(sipcheck_header_info_of(SIPCHECK_HEADER_COUNT));
    assert_null(sipcheck_attribute_info_of(SIPCHECK_ATTRIBUTE_COUNT));
}

static void names_are_never_null(void **state)
{
    (void)state;
    for (int i = -1000; i < 1000; i++) {
        assert_non_null(sipcheck_strerror(i));
        if (i < 0) continue;
        assert_non_null(sipcheck_level_name((enum sipcheck_level)i));
        assert_non_null(sipcheck_severity_name((enum sipcheck_severity)i));
        assert_non_null(sipcheck_scope_name((enum sipcheck_scope)i));
        assert_non_null(sipcheck_verdict_name((enum sipcheck_verdict)i));
        assert_non_null(sipcheck_role_name((enum sipcheck_role)i));
        assert_non_null(sipcheck_transport_name((enum sipcheck_transport)i));
    }
}

static void no_bytes_are_no_message(void **state)
{
    (void)state;
    const sipcheck_message *message = NULL;
    const sipcheck_body *body = NULL;
    const uint8_t nothing[1] = { 0 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    assert_int_equal(sipcheck_parse(arena, NULL, 0, 0, &message), SIPCHECK_OK);
    assert_int_equal(sipcheck_looks_like_sip(NULL, 0), SIPCHECK_NOT_SIP);
    assert_int_equal(sipcheck_frame_next(NULL, 0, true).length, 0);
    assert_int_equal(sipcheck_parse(arena, nothing, 0, 0, &message), SIPCHECK_OK);
    assert_true(!message->is_request && !message->is_response && !message->valid);
    assert_int_equal(sipcheck_body_parse(arena, message, &body), SIPCHECK_OK);
    assert_null(body->parts);
    assert_int_equal(sipcheck_looks_like_sip(nothing, 0), SIPCHECK_NOT_SIP);
    assert_int_equal(sipcheck_frame_next(nothing, 0, true).length, 0);
    sipcheck_arena_free(arena);
}

static void a_set_and_an_engine_in_any_order(void **state)
{
    (void)state;
    sipcheck_error error;
    const sipcheck_options options = { .verdicts = 0 };
    const char *profile = "name: p\nrules: {a-b: {enabled: false}}\n";
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b"));
    assert_null(sipcheck_new(rules, &options)); /* not sealed */
    assert_int_equal(sipcheck_rules_use_profile(rules, "p", NULL, NULL), SIPCHECK_INVALID);
    assert_int_equal(sipcheck_rules_add_profile(rules, "x/p.yaml", profile, strlen(profile), NULL),
                     SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x/p.yaml", NULL, NULL), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, NULL), SIPCHECK_OK);
    assert_false(sipcheck_rules_find(rules, "a-b", NULL)->enabled);
    assert_int_equal(ruleset_add(rules, RULE_CSEQ("a-c"), &error), SIPCHECK_INVALID);
    assert_null(sipcheck_rules_at(rules, SIZE_MAX));
    assert_null(sipcheck_rules_find(rules, "", NULL));
    assert_non_null(sipcheck_rules_find(rules, "a-b", NULL));
    sipcheck *engine = sipcheck_new(rules, &options);
    const uint8_t nothing[1] = { 0 };
    const sipcheck_packet packet = { .bytes = nothing }, zeros = { .bytes = NULL };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    assert_int_equal(sipcheck_feed(engine, &zeros), SIPCHECK_OK);
    assert_int_equal(sipcheck_rule_counts(engine, SIZE_MAX).verdict[SIPCHECK_FAIL], 0);
    assert_int_equal(sipcheck_deadline(engine), UINT64_MAX);
    assert_int_equal(sipcheck_advance(engine, UINT64_MAX), SIPCHECK_OK);
    assert_int_equal(sipcheck_finish(engine), SIPCHECK_OK);
    assert_int_equal(sipcheck_finish(engine), SIPCHECK_OK);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_can_be_freed),
        cmocka_unit_test(tables_end),
        cmocka_unit_test(names_are_never_null),
        cmocka_unit_test(no_bytes_are_no_message),
        cmocka_unit_test(a_set_and_an_engine_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
