/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipcheck/base.h>

static void every_code_has_its_own_text(void **state)
{
    (void)state;
    static const int codes[] = { SIPCHECK_OK, SIPCHECK_NOMEM, SIPCHECK_TOO_BIG, SIPCHECK_INVALID,
                                 -99 };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(sipcheck_strerror(codes[i]), sipcheck_strerror(codes[j]));
}

static void the_version_is_three_numbers(void **state)
{
    (void)state;
    int dots = 0;
    for (const char *p = sipcheck_version(); *p; p++) {
        assert_true((*p >= '0' && *p <= '9') || *p == '.');
        dots += *p == '.';
    }
    assert_int_equal(dots, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_text),
        cmocka_unit_test(the_version_is_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
