/* SPDX-License-Identifier: MIT */
/* headers.def and the way to it. RFC 3261 §7.3.3, §20 */
#define _GNU_SOURCE
#include "sample.h"

#include <sipcheck/message.h>

#include <ctype.h>

static enum sipcheck_header_id lookup(const char *name)
{
    return sipcheck_header_lookup((sipcheck_slice){ (const uint8_t *)name, strlen(name) });
}

static void every_name_is_found_in_any_case(void **state)
{
    (void)state;
    for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++) {
        const sipcheck_header_info *info = sipcheck_header_info_of((enum sipcheck_header_id)id);
        char name[64], longer[80];
        for (size_t i = 0; i <= strlen(info->name); i++) {
            int byte = info->name[i];
            name[i] = (char)(i % 2 ? toupper(byte) : tolower(byte));
        }
        assert_int_equal(lookup(info->name), id);
        assert_int_equal(lookup(name), id);
        snprintf(longer, sizeof longer, "%sx", name);
        assert_int_equal(lookup(longer), SIPCHECK_HEADER_UNKNOWN);
        name[strlen(name) - 1] ^= 1;
        assert_int_equal(lookup(name), SIPCHECK_HEADER_UNKNOWN);
    }
}

static void a_name_ends_where_its_length_says(void **state)
{
    (void)state;
    static const uint8_t via[] = { 'V', 'i', 'a', '\0', '\0' }, nul[] = { '\0' };
    assert_int_equal(sipcheck_header_lookup((sipcheck_slice){ via, 3 }), SIPCHECK_HEADER_VIA);
    assert_int_equal(sipcheck_header_lookup((sipcheck_slice){ via, 4 }), SIPCHECK_HEADER_UNKNOWN);
    assert_int_equal(sipcheck_header_lookup((sipcheck_slice){ via, 5 }), SIPCHECK_HEADER_UNKNOWN);
    assert_int_equal(sipcheck_header_lookup((sipcheck_slice){ nul, 1 }), SIPCHECK_HEADER_UNKNOWN);
}

static void compact_forms(void **state)
{
    (void)state;
    static const char forms[] = "abcdefijklmnorstuvxy";
    static const char *const names[] = {
        "Accept-Contact",
        "Referred-By",
        "Content-Type",
        "Request-Disposition",
        "Content-Encoding",
        "From",
        "Call-ID",
        "Reject-Contact",
        "Supported",
        "Content-Length",
        "Contact",
        "Identity-Info",
        "Event",
        "Refer-To",
        "Subject",
        "To",
        "Allow-Events",
        "Via",
        "Session-Expires",
        "Identity",
    };
    for (int byte = 1; byte < 256; byte++) {
        uint8_t text[1] = { (uint8_t)byte };
        enum sipcheck_header_id id = sipcheck_header_lookup((sipcheck_slice){ text, 1 });
        const char *form = byte < 128 ? strchr(forms, tolower(byte)) : NULL;
        assert_int_equal(id, form ? (int)lookup(names[form - forms]) : SIPCHECK_HEADER_UNKNOWN);
        if (form) assert_int_equal(sipcheck_header_info_of(id)->compact, tolower(byte));
    }
}

static void what_is_known_of_headers(void **state)
{
    (void)state;
    const sipcheck_header_info *via = sipcheck_header_info_of(SIPCHECK_HEADER_VIA);
    assert_true(via->list && via->kind == SIPCHECK_KIND_VIA && via->rfc == 3261);
    assert_string_equal(via->section, "20.42");
    assert_false(sipcheck_header_info_of(SIPCHECK_HEADER_CSEQ)->list);
    assert_null(sipcheck_header_info_of(SIPCHECK_HEADER_COUNT));
    assert_int_equal(sipcheck_header_lookup((sipcheck_slice){ NULL, 0 }), SIPCHECK_HEADER_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found_in_any_case),
        cmocka_unit_test(a_name_ends_where_its_length_says),
        cmocka_unit_test(compact_forms),
        cmocka_unit_test(what_is_known_of_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
