/* SPDX-License-Identifier: MIT */
/* Members that no byte of the message says, but that follow from its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fields/fields.h"

enum outcome { NO, YES, ABSENT, UNKNOWN };

static sipcheck_slice slice(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

static enum outcome outcome_of(sc_value value)
{
    if (value.state == SC_VALUE) return value.truth ? YES : NO;
    return value.state == SC_ABSENT_VALUE ? ABSENT : UNKNOWN;
}

static const char *text_of(sc_value value)
{
    static char buffer[8];
    if (value.state != SC_VALUE) return value.state == SC_ABSENT_VALUE ? "absent" : "unknown";
    snprintf(buffer, sizeof buffer, "%.*s", (int)value.raw.n, (const char *)value.raw.p);
    return buffer;
}

struct user_case {
    const char *what, *user;
    enum outcome phone, canonical;
};

static const struct user_case users[] = {
    { "a global number", "+12125551212", YES, YES },
    { "visual separators", "+1-212-555.1212", YES, YES },
    { "brackets are separators too", "+1(212)5551212", YES, YES },
    { "a number with parameters", "+358-555-1234567;postd=pp22", YES, YES },
    { "isub, postd, then the others by name", "+1;isub=1;postd=2;phone-context=a;tsp=b", YES, YES },
    { "postd before isub", "+1;postd=2;isub=1", YES, NO },
    { "isub behind another", "+1;phone-context=a;isub=1", YES, NO },
    { "names out of order", "+1;tsp=a.b;phone-context=5", YES, NO },
    { "a name that begins another comes first", "+1;tsp=a;tspx=b", YES, YES },
    { "an upper-case name", "+1;POSTD=pp22", YES, NO },
    { "an upper-case value", "+1;postd=PP22", YES, NO },
    { "an extension has no case either", "+1;x=ABC", YES, NO },
    { "the digits of an escape have no case", "+1;phone-context=%2Ba", YES, YES },
    { "an escape at the end", "+1;tsp=%2", YES, YES },
    { "an empty parameter", "+1;", YES, YES },
    { "a local number looks like a user", "5551212", NO, ABSENT },
    { "no digits", "+", NO, ABSENT },
    { "separators only", "+-.", NO, ABSENT },
    { "letters behind the plus", "+alice", NO, ABSENT },
    { "letters behind the digits", "+1alice", NO, ABSENT },
    { "a name", "alice", NO, ABSENT },
    { "empty", "", NO, ABSENT },
    { "no user at all", NULL, ABSENT, ABSENT },
};

static void a_user_that_is_a_telephone_number_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        const struct user_case *c = &users[i];
        const sipcheck_uri uri = { .user = slice(c->user), .valid = true };
        print_message("%s\n", c->what);
        assert_int_equal(outcome_of(sc_field_uri_user_is_phone(NULL, &uri)), c->phone);
        assert_int_equal(outcome_of(sc_field_uri_phone_is_canonical(NULL, &uri)), c->canonical);
    }
}

struct maddr_case {
    const char *maddr; /* NULL: no such parameter */
    enum outcome wanted;
    enum outcome is_ip; /* in a Via */
};

static const struct maddr_case maddrs[] = {
    { "224.0.0.1", YES, YES },
    { "239.255.255.255", YES, YES },
    { "223.255.255.255", NO, YES },
    { "240.0.0.1", NO, YES },
    { "192.0.2.9", NO, YES },
    { "22.4.0.1", NO, YES },
    { "[ff02::1]", YES, YES },
    { "[FF0E::1]", YES, YES },
    { "[2001:db8::1]", NO, YES },
    { "[f]", NO, NO },
    { "mcast.example.com", ABSENT, NO },
    { "224.example", ABSENT, NO },
    { "", ABSENT, NO },
    { NULL, ABSENT, ABSENT },
};

static void a_multicast_address_is_known_and_a_name_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maddrs / sizeof *maddrs; i++) {
        const char *text = maddrs[i].maddr;
        const sipcheck_param param = { .name = slice("maddr"), .value = slice(text) };
        const sipcheck_uri uri = { .params = text ? &param : NULL, .valid = true };
        print_message("maddr %s\n", text ? text : "(none)");
        assert_int_equal(outcome_of(sc_field_uri_maddr_is_multicast(NULL, &uri)), maddrs[i].wanted);
        const sipcheck_via via = { .params = text ? &param : NULL, .v = { .valid = true } };
        assert_int_equal(outcome_of(sc_field_via_maddr_is_ip(NULL, &via)), maddrs[i].is_ip);
    }
}

static sipcheck_date date_of(uint32_t day, const char *month, uint32_t year)
{
    return (
        sipcheck_date){ .v = { .valid = true }, .day = day, .month = slice(month), .year = year };
}

static const struct {
    uint32_t day;
    const char *month;
    uint32_t year;
    const char *wanted;
} dates[] = {
    { 13, "Nov", 2010, "Sat" },    { 1, "Jan", 1970, "Thu" },     { 1, "Jan", 2026, "Thu" },
    { 29, "Feb", 2024, "Thu" },    { 29, "Feb", 2000, "Tue" },    { 29, "Feb", 1900, "absent" },
    { 29, "Feb", 2023, "absent" }, { 30, "Feb", 2024, "absent" }, { 31, "Apr", 2024, "absent" },
    { 0, "Jan", 2026, "absent" },  { 32, "Jan", 2026, "absent" }, { 31, "Dec", 9999, "Fri" },
    { 1, "Jan", 0, "absent" },     { 1, "Foo", 2026, "absent" },
};

static void a_day_has_the_weekday_of_the_calendar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        const sipcheck_date date = date_of(dates[i].day, dates[i].month, dates[i].year);
        print_message("%u %s %u\n", (unsigned)date.day, dates[i].month, (unsigned)date.year);
        assert_string_equal(text_of(sc_field_date_true_weekday(NULL, &date)), dates[i].wanted);
    }
}

static void a_date_has_its_second_since_1970(void **state)
{
    (void)state;
    static const struct {
        uint32_t day, year, hour;
        const char *month;
        int64_t seconds;
    } cases[] = {
        { 1, 1970, 0, "Jan", 0 },
        { 31, 1969, 23, "Dec", -3600 },
        { 1, 2026, 10, "jan", 1767261600 },
        { 29, 2024, 0, "Feb", 1709164800 },
        { 1, 2024, 0, "Mar", 1709251200 },
        { 1, 2100, 0, "Mar", 4107542400 },
        { 31, 9999, 23, "Dec", INT64_C(253402297200) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipcheck_date date = date_of(cases[i].day, cases[i].month, cases[i].year);
        date.hour = cases[i].hour;
        const sc_value v = sc_field_date_unix(NULL, &date);
        assert_int_equal(v.state, SC_VALUE);
        assert_true(v.number == cases[i].seconds);
    }
    sipcheck_date none = date_of(30, "Feb", 2024), late = date_of(1, "Jan", 2024);
    late.hour = 24;
    assert_int_equal(sc_field_date_unix(NULL, &none).state, SC_ABSENT_VALUE);
    assert_int_equal(sc_field_date_unix(NULL, &late).state, SC_ABSENT_VALUE);
}

static enum outcome order_of(const char *number, const char *const names[3])
{
    sipcheck_param params[3];
    size_t n = 0;
    for (; n < 3 && names[n]; n++) {
        params[n] = (sipcheck_param){ .name = slice(names[n]) };
        if (n > 0) params[n - 1].next = &params[n];
    }
    const sipcheck_uri uri = {
        .valid = true, .is_tel = true, .user = slice(number), .params = n ? params : NULL
    };
    return outcome_of(sc_field_uri_tel_in_order(NULL, &uri));
}

static void the_parameters_of_a_tel_uri_have_an_order(void **state)
{
    (void)state;
    static const struct {
        const char *names[3];
        enum outcome in_order, if_global;
    } cases[] = {
        { { NULL }, YES, YES },
        { { "rn" }, YES, YES },
        { { "ext", "phone-context", "a" }, YES, YES },
        { { "ISUB", "a", "B" }, YES, YES },
        { { "npdi", "rn" }, YES, YES },
        { { "a", "ab", "b" }, YES, YES },
        { { "rn", "npdi" }, NO, NO },
        { { "ab", "a" }, NO, NO },
        { { "phone-context", "ext" }, NO, NO },
        { { "a", "phone-context" }, NO, YES },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(order_of("1", cases[i].names), cases[i].in_order);
        assert_int_equal(order_of("+1", cases[i].names), cases[i].if_global);
    }
    const sipcheck_uri sip = { .valid = true, .is_sip = true }, broken = { .is_tel = true };
    assert_int_equal(outcome_of(sc_field_uri_tel_in_order(NULL, &sip)), ABSENT);
    assert_int_equal(outcome_of(sc_field_uri_tel_in_order(NULL, &broken)), UNKNOWN);
}

static void a_feature_names_what_is_known_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum outcome methods, tags;
    } cases[] = {
        { "\"INVITE,BYE\"", YES, NO },
        { "\"invite,!Message\"", YES, NO },
        { "\"INVITE,X-CALL\"", NO, NO },
        { "\"INVITE,\"", NO, NO },
        { "\"\"", NO, NO },
        { "\"A-METHOD-OF-MANY-LETTERS\"", NO, NO },
        { "\"100rel,timer\"", NO, YES },
        { "100rel", NO, YES },
        { "\"!x-new\"", NO, NO },
        { NULL, ABSENT, ABSENT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sipcheck_param param = { .name = slice("methods"), .value = slice(cases[i].value) };
        assert_int_equal(outcome_of(sc_field_param_names_methods(NULL, &param)), cases[i].methods);
        assert_int_equal(outcome_of(sc_field_param_names_option_tags(NULL, &param)), cases[i].tags);
    }
}

static void what_the_grammar_did_not_take_is_unknown(void **state)
{
    (void)state;
    const sipcheck_uri uri = { .valid = false };
    const sipcheck_date date = { .v = { .valid = false } };
    assert_int_equal(outcome_of(sc_field_uri_user_is_phone(NULL, &uri)), UNKNOWN);
    assert_int_equal(outcome_of(sc_field_uri_phone_is_canonical(NULL, &uri)), UNKNOWN);
    assert_int_equal(outcome_of(sc_field_uri_maddr_is_multicast(NULL, &uri)), UNKNOWN);
    const sipcheck_via via = { .v = { .valid = false } };
    assert_int_equal(outcome_of(sc_field_via_maddr_is_ip(NULL, &via)), UNKNOWN);
    assert_string_equal(text_of(sc_field_date_true_weekday(NULL, &date)), "unknown");
    assert_string_equal(text_of(sc_field_date_unix(NULL, &date)), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_that_is_a_telephone_number_is_known),
        cmocka_unit_test(a_multicast_address_is_known_and_a_name_is_not),
        cmocka_unit_test(a_day_has_the_weekday_of_the_calendar),
        cmocka_unit_test(a_date_has_its_second_since_1970),
        cmocka_unit_test(the_parameters_of_a_tel_uri_have_an_order),
        cmocka_unit_test(a_feature_names_what_is_known_or_not),
        cmocka_unit_test(what_the_grammar_did_not_take_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
