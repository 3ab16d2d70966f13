/* SPDX-License-Identifier: MIT */
/* The torture messages of RFC 4475 and 5118, judged as datagrams: what expected.csv calls invalid
 * is told of the very fault it names; what it calls valid is not accused, but where the table says
 * why. */
#define _GNU_SOURCE
#include "sample.h"

#include <sipcheck/engine.h>

/* A message and the errors that it has to get, which are all it may get. Of an invalid one the
 * first is about the fault that expected.csv names. */
typedef struct torture_audit {
    const char *file;
    bool valid;
    const char *errors[8];
    const char *why; /* a valid message: why the accusation stands; else what else is wrong */
} torture_audit;

#define VIA_TRANSPORT "rfc3261-18.1.1-via-transport"
#define MOVED "§18.1.1: its Via names another transport; RFC 4475 prints it for that one"

#define RTPMAP "rfc8866-syntax-sdp-rtpmap"
#define NO_CLOCK_RATE "RFC 8866 §6.6: its body has an rtpmap without clock rate"

static const torture_audit cases[] = {
    { "rfc4475/wsinv.dat",
      true,
      { "rfc3261-8.1.1.7-branch-cookie" },
      "§8.1.1.7: 390skdjuw has no cookie; RFC 4475 §3.1.1.1 speaks of its syntax only" },
    { "rfc4475/intmeth.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/esc01.dat", true, { RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/escnull.dat", true, { NULL }, NULL },
    { "rfc4475/esc02.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/lwsdisp.dat", true, { NULL }, NULL },
    { "rfc4475/longreq.dat",
      true,
      { VIA_TRANSPORT, "rfc3261-8.1.1.7-branch" },
      MOVED "; §8.1.1.7: the top Via has no branch" },
    { "rfc4475/dblreq.dat", true, { NULL }, NULL },
    { "rfc4475/semiuri.dat", true, { NULL }, NULL },
    { "rfc4475/transports.dat", true, { NULL }, NULL },
    { "rfc4475/mpart01.dat",
      true,
      { "rfc3428-4-no-contact" },
      "RFC 3428 §4: a MESSAGE has no Contact; RFC 4475 §3.1.1.11 speaks of its body only" },
    { "rfc4475/unreason.dat", true, { RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/noreason.dat", true, { NULL }, NULL },
    { "rfc4475/badinv01.dat", false, { "rfc3261-syntax-via" }, NULL },
    { "rfc4475/clerr.dat", false, { "rfc3261-18.3-body-shorter-than-content-length" }, NULL },
    { "rfc4475/ncl.dat", false, { "rfc3261-syntax-content-length", RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/scalar02.dat",
      false,
      { "rfc3261-8.1.1.5-cseq-range", "rfc3261-20.22-max-forwards-range",
        "rfc3261-20.19-expires-range", "rfc3261-20.10-contact-expires-range", VIA_TRANSPORT },
      MOVED },
    { "rfc4475/scalarlg.dat",
      false,
      { "rfc3261-syntax-warning", "rfc3261-8.2.6.2-to-tag" },
      "§8.2.6.2: the 503 has no To tag. CSeq is the request's, Retry-After gets a warning" },
    { "rfc4475/quotbal.dat", false, { "rfc3261-syntax-to", RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/ltgtruri.dat",
      false,
      { "rfc3261-syntax-request-line", "rfc3261-8.1.1.7-branch", RTPMAP },
      "§8.1.1.7: Via without branch" },
    { "rfc4475/lwsruri.dat", false, { "rfc3261-syntax-request-line", RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/lwsstart.dat", false, { "rfc3261-syntax-request-line", RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/trws.dat", false, { "rfc3261-syntax-request-line", VIA_TRANSPORT }, MOVED },
    { "rfc4475/escruri.dat",
      false,
      { "rfc3261-19.1.1-request-uri-headers", RTPMAP },
      NO_CLOCK_RATE },
    { "rfc4475/baddate.dat", false, { "rfc3261-syntax-date", RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/regbadct.dat", false, { "rfc3261-syntax-contact" }, NULL },
    { "rfc4475/badaspec.dat", false, { "rfc3261-syntax-to" }, NULL },
    { "rfc4475/baddn.dat",
      false,
      { "rfc3261-syntax-from", "rfc3261-syntax-to", "rfc3261-syntax-empty-line" },
      "§7: the archived file has no empty line" },
    { "rfc4475/badvers.dat",
      false,
      { "rfc3261-7.1-sip-version", "rfc3261-8.1.1.7-via-protocol" },
      "§8.1.1.7: so says its Via" },
    { "rfc4475/mismatch01.dat", false, { "rfc3261-8.1.1.5-cseq-method" }, NULL },
    { "rfc4475/mismatch02.dat",
      false,
      { "rfc3261-8.1.1.5-cseq-method", "rfc8866-syntax-sdp-lines", RTPMAP },
      NO_CLOCK_RATE },
    { "rfc4475/bigcode.dat", false, { "rfc3261-syntax-status-line" }, NULL },
    { "rfc4475/badbranch.dat", false, { "rfc3261-8.1.1.7-branch-unique" }, NULL },
    { "rfc4475/insuf.dat",
      false,
      { "rfc3261-8.1.1-call-id", "rfc3261-8.1.1-from", "rfc3261-8.1.1-to",
        "rfc3261-8.1.1.6-max-forwards", "rfc3261-8.1.1.8-contact", RTPMAP },
      "§8.1.1.6, §8.1.1.8: nor has it Max-Forwards and Contact" },
    { "rfc4475/unkscm.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/novelsc.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/unksm2.dat",
      true,
      { "rfc3261-10.2-to-is-sip" },
      "§10.2: the To of REGISTER is a SIP or SIPS URI; RFC 4475 §3.3.4 has the registrar refuse "
      "it" },
    { "rfc4475/bext01.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/invut.dat", true, { NULL }, NULL },
    { "rfc4475/regaut01.dat", true, { VIA_TRANSPORT }, MOVED },
    { "rfc4475/multi01.dat",
      false,
      { "rfc3261-7.3.1-one-call-id", "rfc3261-7.3.1-one-to", "rfc3261-7.3.1-one-from",
        "rfc3261-7.3.1-one-cseq", "rfc3261-7.3.1-one-max-forwards", "rfc3261-8.1.1.8-one-contact",
        RTPMAP, "rfc8866-syntax-sdp-lines" },
      "§8.1.1.8: two Contacts as well" },
    { "rfc4475/mcl01.dat", false, { "rfc3261-7.3.1-one-content-length" }, NULL },
    { "rfc4475/bcast.dat", true, { RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/zeromf.dat", true, { NULL }, NULL },
    { "rfc4475/cparam01.dat", true, { NULL }, NULL },
    { "rfc4475/cparam02.dat", true, { NULL }, NULL },
    { "rfc4475/regescrt.dat", true, { NULL }, NULL },
    { "rfc4475/sdp01.dat", true, { RTPMAP }, NO_CLOCK_RATE },
    { "rfc4475/inv2543.dat",
      true,
      { "rfc3261-8.1.1.7-branch", "rfc3261-8.1.1.3-from-tag", "rfc3261-8.1.1.6-max-forwards",
        "rfc3261-8.1.1.8-contact" },
      "§8.1.1: it is of RFC 2543. RFC 4475 §3.4.1 asks receivers to take it, which binds no "
      "sender" },
    { "rfc4475/test.dat",
      false,
      { "rfc3261-syntax-request-line", "rfc3261-syntax-header-line", "rfc3261-8.1.1-via",
        "rfc3261-8.1.1-cseq", "rfc3261-syntax-to", "rfc3261-syntax-from",
        "rfc8866-syntax-sdp-lines" },
      "RFC 8866 §5: its body is called SDP and is none" },
    { "rfc5118-wire/ipv6-good.dat", true, { NULL }, NULL },
    { "rfc5118-wire/ipv6-bad.dat", false, { "rfc3261-syntax-request-line" }, NULL },
    { "rfc5118-wire/port-ambiguous.dat", true, { NULL }, NULL },
    { "rfc5118-wire/port-unambiguous.dat", true, { NULL }, NULL },
    { "rfc5118-wire/via-received-param-with-delim.dat", false, { "rfc3261-syntax-via" }, NULL },
    { "rfc5118-wire/via-received-param-no-delim.dat", true, { NULL }, NULL },
    { "rfc5118-wire/ipv6-in-sdp.dat",
      true,
      { "rfc3261-18.3-body-shorter-than-content-length" },
      "§18.3: 268 announced, 251 bytes there: a defect of the archive" },
    { "rfc5118-wire/mult-ip-in-header.dat", true, { NULL }, NULL },
    { "rfc5118-wire/mult-ip-in-sdp.dat", true, { NULL }, NULL },
    { "rfc5118-wire/ipv4-mapped-ipv6.dat", true, { NULL }, NULL },
    { "rfc5118-wire/ipv6-bug-abnf-3-colons.dat", true, { NULL }, NULL },
    { "rfc5118-wire/ipv6-correct-abnf-2-colons.dat", true, { NULL }, NULL },
};

/* --- the errors of one message, each rule once */

typedef struct errors {
    const char *rule[32];
    size_t count;
} errors;

static bool has(const errors *found, const char *rule)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->rule[i], rule) == 0) return true;
    return false;
}

static void keep_error(void *user, const sipcheck_finding *finding)
{
    errors *found = user;
    if (finding->severity != SIPCHECK_ERROR || has(found, finding->rule->id)) return;
    assert_true(found->count < sizeof found->rule / sizeof *found->rule);
    found->rule[found->count++] = finding->rule->id;
}

static errors judge(const sipcheck_rules *rules, const sample *s)
{
    errors found = { .count = 0 };
    const sipcheck_options options = { .on_finding = keep_error, .user = &found };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    const sipcheck_packet packet = { .bytes = s->bytes,
                                     .length = s->n,
                                     .frame = 1,
                                     .src = { 4, { 192, 0, 2, 200 }, 5060 },
                                     .dst = { 4, { 192, 0, 2, 201 }, 5060 },
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    sipcheck_free(engine);
    return found;
}

static void compare(const torture_audit *t, const errors *found)
{
    size_t wanted = 0;
    for (; wanted < sizeof t->errors / sizeof *t->errors && t->errors[wanted]; wanted++)
        if (!has(found, t->errors[wanted])) fail_msg("%s: no %s", t->file, t->errors[wanted]);
    for (size_t i = 0; i < found->count; i++) {
        bool told = false;
        for (size_t k = 0; k < wanted; k++)
            told = told || strcmp(found->rule[i], t->errors[k]) == 0;
        if (!told) fail_msg("%s: %s, of which the table says nothing", t->file, found->rule[i]);
    }
}

static sipcheck_rules *all_rules(void)
{
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    return rules;
}

static sample sample_of(const torture_audit *t)
{
    char name[256];
    snprintf(name, sizeof name, "torture/%s", t->file);
    return sample_read(name);
}

static bool shared_is_absent(void)
{
    sample s = sample_of(&cases[0]);
    free(s.bytes);
    if (!s.bytes) print_message("SKIPPED: no %s\n", SIPCHECK_SHARED_DIR);
    return !s.bytes;
}

static void each_fault_is_told_and_no_other(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sipcheck_rules *rules = all_rules();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = sample_of(&cases[i]);
        assert_non_null(s.bytes);
        errors found = judge(rules, &s);
        compare(&cases[i], &found);
        free(s.bytes);
    }
    sipcheck_rules_free(rules);
}

/* Every row of expected.csv, with its verdict: an invalid message has an error, a valid one that
 * has any says why. file,rfc_section,verdict,... */
static void the_table_agrees_with_expected_csv(void **state)
{
    (void)state;
    if (shared_is_absent()) skip();
    sample csv = sample_read("torture/expected.csv");
    assert_non_null(csv.bytes);
    csv.bytes[csv.n - 1] = 0;
    size_t rows = 0;
    for (const char *at = (char *)csv.bytes; (at = strchr(at, '\n')) != NULL && at[1]; at++)
        rows++;
    assert_int_equal(rows, sizeof cases / sizeof *cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const torture_audit *t = &cases[i];
        const char *row = strstr((char *)csv.bytes, t->file);
        const char *verdict = row ? strchr(strchr(row, ',') + 1, ',') + 1 : "";
        if (strncmp(verdict, t->valid ? "valid," : "invalid,", t->valid ? 6 : 8) != 0)
            fail_msg("%s: not what expected.csv says", t->file);
        if (!t->valid && !t->errors[0]) fail_msg("%s: invalid, but without error", t->file);
        if (t->valid && t->errors[0] && !t->why) fail_msg("%s: why?", t->file);
    }
    free(csv.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_told_and_no_other),
        cmocka_unit_test(the_table_agrees_with_expected_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
