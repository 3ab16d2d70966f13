/* SPDX-License-Identifier: MIT */
/* text/json.h: members of objects and elements of arrays, and texts that are no JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/json.h"

typedef struct json_case {
    const char *text;
    enum sc_json found;
    const char *value;
} json_case;

static const json_case members[] = {
    { "{\"a\":1}", SC_JSON_FOUND, "1" },
    { " { \"b\" : true , \"a\" : \"x\\\"}\" } ", SC_JSON_FOUND, "\"x\\\"}\"" },
    { "{\"b\":{\"a\":1},\"a\":[1,{\"a\":2}]}", SC_JSON_FOUND, "[1,{\"a\":2}]" },
    { "{\"a\":1,\"a\":2}", SC_JSON_FOUND, "1" },
    { "{\"b\":\"]\",\"a\":[\"]\"]}", SC_JSON_FOUND, "[\"]\"]" },
    { "{}", SC_JSON_NONE, NULL },
    { "{\"A\":1}", SC_JSON_NONE, NULL },
    { "{\"ab\":1}", SC_JSON_NONE, NULL },
    { "{\"b\":{\"a\":1}}", SC_JSON_NONE, NULL },
    { "{\"\\u0061\":2,\"a\":1}", SC_JSON_FOUND, "1" },
    { "{\"\\u0061\":1}", SC_JSON_BROKEN, NULL }, /* that is "a" */
    { "{\"b\":{\"\\u0061\":1}}", SC_JSON_NONE, NULL },
    { "", SC_JSON_BROKEN, NULL },
    { "[\"a\"]", SC_JSON_BROKEN, NULL },
    { "{\"a\":1", SC_JSON_BROKEN, NULL },
    { "{\"a\":1,}", SC_JSON_BROKEN, NULL },
    { "{\"a\":}", SC_JSON_BROKEN, NULL },
    { "{\"a\" 1}", SC_JSON_BROKEN, NULL },
    { "{\"a\":\"x}", SC_JSON_BROKEN, NULL },
    { "{\"a\":[1}}", SC_JSON_FOUND, "[1}" }, /* which bracket closes is not looked at */
    { "{\"a\":[[1]}", SC_JSON_BROKEN, NULL },
    { "{a:1}", SC_JSON_BROKEN, NULL },
    { "{\"a\":1}x", SC_JSON_BROKEN, NULL },
    { "{\"a\":\"\\", SC_JSON_BROKEN, NULL },
    { "{\"a\":[\"x}", SC_JSON_BROKEN, NULL },
};

static const json_case elements[] = {
    { "[1]", SC_JSON_FOUND, "1" },     { " [ \"a,b\" ] ", SC_JSON_FOUND, "\"a,b\"" },
    { "[]", SC_JSON_NONE, NULL },      { "[1,2]", SC_JSON_NONE, NULL },
    { "\"a\"", SC_JSON_BROKEN, NULL }, { "[1", SC_JSON_BROKEN, NULL },
    { "[1,]", SC_JSON_BROKEN, NULL },  { "[1]]", SC_JSON_BROKEN, NULL },
};

static sipcheck_slice slice_of(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

static void check(const json_case *t, enum sc_json found, sipcheck_slice value)
{
    bool right = found == t->found &&
                 (found != SC_JSON_FOUND ||
                  (value.n == strlen(t->value) && memcmp(value.p, t->value, value.n) == 0));
    if (!right) fail_msg("%s: %d, %.*s", t->text, (int)found, (int)value.n, (const char *)value.p);
}

static void members_of_objects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        sipcheck_slice value = { NULL, 0 };
        enum sc_json found = sc_json_member(slice_of(members[i].text), "a", &value);
        check(&members[i], found, value);
    }
}

static void elements_of_arrays(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        sipcheck_slice value = { NULL, 0 };
        enum sc_json found = sc_json_only_element(slice_of(elements[i].text), &value);
        check(&elements[i], found, value);
    }
}

static void nothing_is_no_json(void **state)
{
    (void)state;
    sipcheck_slice none = { NULL, 0 }, value;
    assert_int_equal(sc_json_member(none, "a", &value), SC_JSON_BROKEN);
    assert_int_equal(sc_json_only_element(none, &value), SC_JSON_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_objects),
        cmocka_unit_test(elements_of_arrays),
        cmocka_unit_test(nothing_is_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
