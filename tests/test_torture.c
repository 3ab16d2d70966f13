/* SPDX-License-Identifier: MIT */
/* What the grammar says to the messages of RFC 4475 and RFC 5118. The table of ../shared also calls
 * invalid what is wrong by its meaning only: the grammar takes these, and a rule refuses them. */
#define _GNU_SOURCE
#include "sample.h"

#include <sipcheck/message.h>

typedef struct torture_case {
    const char *file;
    int offset; /* of the first fault; -1: none */
    const char *production, *wanted;
    const char *left_to_rules; /* why: expected.csv calls it invalid, the grammar does not */
} torture_case;

static const torture_case cases[] = {
    { "rfc4475/wsinv.dat", -1, NULL, NULL, NULL },
    { "rfc4475/intmeth.dat", -1, NULL, NULL, NULL },
    { "rfc4475/esc01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/escnull.dat", -1, NULL, NULL, NULL },
    { "rfc4475/esc02.dat", -1, NULL, NULL, NULL },
    { "rfc4475/lwsdisp.dat", -1, NULL, NULL, NULL },
    { "rfc4475/longreq.dat", -1, NULL, NULL, NULL },
    { "rfc4475/dblreq.dat", -1, NULL, NULL, NULL },
    { "rfc4475/semiuri.dat", -1, NULL, NULL, NULL },
    { "rfc4475/transports.dat", -1, NULL, NULL, NULL },
    { "rfc4475/mpart01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/unreason.dat", -1, NULL, NULL, NULL },
    { "rfc4475/noreason.dat", -1, NULL, NULL, NULL },
    { "rfc4475/badinv01.dat", 217, "via-params", "token", NULL },
    { "rfc4475/clerr.dat", -1, NULL, NULL, "Content-Length is larger than the datagram: §18.3" },
    { "rfc4475/ncl.dat", 326, "Content-Length", "digit", NULL },
    { "rfc4475/scalar02.dat", -1, NULL, NULL, "numbers out of range: §8.1.1.5, §20.19, §20.22" },
    { "rfc4475/scalarlg.dat", 338, "warning-value", "3DIGIT", NULL },
    { "rfc4475/quotbal.dat", 78, "quoted-string", "DQUOTE or qdtext", NULL },
    { "rfc4475/ltgtruri.dat", 7, "addr-spec", "scheme", NULL },
    { "rfc4475/lwsruri.dat", 28, "uri-parameter", "uri-parameter", NULL },
    { "rfc4475/lwsstart.dat", 7, "addr-spec", "scheme", NULL },
    { "rfc4475/trws.dat", 45, "Request-Line", "CRLF", NULL },
    { "rfc4475/escruri.dat", -1, NULL, NULL, "a Request-URI with headers: §19.1.1, table 1" },
    { "rfc4475/baddate.dat", 282, "rfc1123-date", "\"GMT\"", NULL },
    { "rfc4475/regbadct.dat", 265, "contact-params", "COMMA or end of field", NULL },
    { "rfc4475/badaspec.dat", 206, "addr-spec", "scheme", NULL },
    { "rfc4475/baddn.dat", 139, "name-addr", "\"<\"", NULL },
    { "rfc4475/badvers.dat", -1, NULL, NULL, "version 7.0 fits SIP-Version: §7.1, 505" },
    { "rfc4475/mismatch01.dat", -1, NULL, NULL, "CSeq method: §8.1.1.5" },
    { "rfc4475/mismatch02.dat", -1, NULL, NULL, "CSeq method: §8.1.1.5" },
    { "rfc4475/bigcode.dat", 11, "Status-Code", "SP", NULL },
    { "rfc4475/badbranch.dat", -1, NULL, NULL,
      "branch of nothing but the cookie is a token: §8.1.1.7" },
    { "rfc4475/insuf.dat", -1, NULL, NULL, "mandatory headers are missing: §8.1.1" },
    { "rfc4475/unkscm.dat", -1, NULL, NULL, NULL },
    { "rfc4475/novelsc.dat", -1, NULL, NULL, NULL },
    { "rfc4475/unksm2.dat", -1, NULL, NULL, NULL },
    { "rfc4475/bext01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/invut.dat", -1, NULL, NULL, NULL },
    { "rfc4475/regaut01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/multi01.dat", -1, NULL, NULL, "headers that may stand once: §7.3.1" },
    { "rfc4475/mcl01.dat", -1, NULL, NULL, "two Content-Length: §7.3.1" },
    { "rfc4475/bcast.dat", -1, NULL, NULL, NULL },
    { "rfc4475/zeromf.dat", -1, NULL, NULL, NULL },
    { "rfc4475/cparam01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/cparam02.dat", -1, NULL, NULL, NULL },
    { "rfc4475/regescrt.dat", -1, NULL, NULL, NULL },
    { "rfc4475/sdp01.dat", -1, NULL, NULL, NULL },
    { "rfc4475/inv2543.dat", -1, NULL, NULL, NULL },
    { "rfc4475/test.dat", 26, "Request-Line", "SP", NULL },
    { "rfc5118-wire/ipv6-good.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/ipv6-bad.dat", 16, "IPv4address", "end of dec-octet", NULL },
    { "rfc5118-wire/port-ambiguous.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/port-unambiguous.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/via-received-param-with-delim.dat", 148, "IPv4address", "digit", NULL },
    { "rfc5118-wire/via-received-param-no-delim.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/ipv6-in-sdp.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/mult-ip-in-header.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/mult-ip-in-sdp.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/ipv4-mapped-ipv6.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/ipv6-bug-abnf-3-colons.dat", -1, NULL, NULL, NULL },
    { "rfc5118-wire/ipv6-correct-abnf-2-colons.dat", -1, NULL, NULL, NULL },
};

static const char *file_of(const torture_case *t)
{
    static char name[256];
    snprintf(name, sizeof name, "torture/%s", t->file);
    return name;
}

static bool shared_is_absent(void)
{
    sample s = sample_read(file_of(&cases[0]));
    free(s.bytes);
    if (!s.bytes) print_message("SKIPPED: no %s\n", SIPCHECK_SHARED_DIR);
    return !s.bytes;
}

static void check_fault(const torture_case *t, const sipcheck_message *msg)
{
    const sipcheck_fault *fault = msg->faults;
    int offset = fault ? (int)fault->offset : -1;
    if (offset != t->offset) fail_msg("%s: fault at %d, not %d", t->file, offset, t->offset);
    assert_int_equal(msg->valid, t->offset == -1);
    if (!fault) return;
    assert_string_equal(fault->production, t->production);
    assert_string_equal(fault->wanted, t->wanted);
}

static void each_message_gets_its_verdict(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = sample_read(file_of(&cases[i]));
        const sipcheck_message *msg = NULL;
        assert_non_null(s.bytes);
        assert_int_equal(sipcheck_parse(arena, s.bytes, s.n, 0, &msg), 0);
        check_fault(&cases[i], msg);
        sipcheck_arena_reset(arena);
        free(s.bytes);
    }
    sipcheck_arena_free(arena);
}

/* file,rfc_section,verdict,... */
static void the_table_agrees_with_expected_csv(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sample csv = sample_read("torture/expected.csv");
    assert_non_null(csv.bytes);
    csv.bytes[csv.n - 1] = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *row = strstr((char *)csv.bytes, cases[i].file);
        const char *verdict = row ? strchr(strchr(row, ',') + 1, ',') + 1 : "";
        bool valid = strncmp(verdict, "valid,", 6) == 0;
        bool refused = cases[i].offset >= 0 || cases[i].left_to_rules;
        if (valid == refused) fail_msg("%s: not what expected.csv says", cases[i].file);
    }
    free(csv.bytes);
}

/* Every prefix, as if the capture had cut it there: nothing is read behind the end, and what is
 * valid has no valid beginning that is called wrong. */
static void no_prefix_of_a_valid_message_has_a_fault(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new((size_t)1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = sample_read(file_of(&cases[i]));
        for (size_t n = 0; n <= s.n; n++) {
            const sipcheck_message *msg = NULL;
            const uint8_t *bytes = fence_put(&fence, s.bytes, n);
            assert_int_equal(sipcheck_parse(arena, bytes, n, SIPCHECK_CUT, &msg), 0);
            if (cases[i].offset < 0 && !msg->valid)
                fail_msg("%s cut at %zu: wanted %s", cases[i].file, n, msg->faults->wanted);
            sipcheck_arena_reset(arena);
        }
        free(s.bytes);
    }
    fence_free(&fence);
    sipcheck_arena_free(arena);
}

/* Every prefix as a message of its own: the empty line at least is missing. */
static void no_prefix_of_the_headers_is_a_message(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new((size_t)1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = sample_read(file_of(&cases[i]));
        for (size_t n = 0; n < s.n; n++) {
            const sipcheck_message *msg = NULL;
            const uint8_t *bytes = fence_put(&fence, s.bytes, n);
            assert_int_equal(sipcheck_parse(arena, bytes, n, 0, &msg), 0);
            if (!msg->headers_whole) assert_false(msg->valid);
            sipcheck_arena_reset(arena);
        }
        free(s.bytes);
    }
    fence_free(&fence);
    sipcheck_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_gets_its_verdict),
        cmocka_unit_test(the_table_agrees_with_expected_csv),
        cmocka_unit_test(no_prefix_of_a_valid_message_has_a_fault),
        cmocka_unit_test(no_prefix_of_the_headers_is_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
