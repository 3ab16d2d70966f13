/* SPDX-License-Identifier: MIT */
/* Long messages of small things through all rules: none takes long, and findings lie within it. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sipcheck/engine.h>

enum { LONG = 40000, LONGEST = 2 * LONG };
static const double seconds = 5; /* a hundred times what it takes, for slow machines and builds */

typedef struct bench {
    sipcheck_rules *rules;
    sipcheck *engine;
    uint64_t findings;
    char text[LONGEST];
    size_t n;
} bench;

static void on_finding(void *user, const sipcheck_finding *f)
{
    bench *b = user;
    b->findings++;
    assert_true(f->offset <= f->packet->length && f->length <= f->packet->length - f->offset);
}

static bench *bench_new(void)
{
    bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    sipcheck_error error;
    b->rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add_builtin(b->rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(b->rules, &error), SIPCHECK_OK);
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = on_finding,
                                       .user = b };
    b->engine = sipcheck_new(b->rules, &options);
    assert_non_null(b->engine);
    return b;
}

static void bench_free(bench *b)
{
    sipcheck_free(b->engine);
    sipcheck_rules_free(b->rules);
    free(b);
}

static void begin(bench *b)
{
    static const char head[] = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
                               "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n"
                               "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";
    b->n = sizeof head - 1;
    memcpy(b->text, head, b->n);
}

static void put(bench *b, const char *text)
{
    size_t n = strlen(text);
    assert_true(n <= LONGEST - b->n);
    memcpy(b->text + b->n, text, n);
    b->n += n;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void judge(bench *b, const char *what, const char *unit)
{
    const sipcheck_packet packet = { .bytes = (const uint8_t *)b->text,
                                     .length = b->n,
                                     .frame = 1,
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    double before = now();
    int code = sipcheck_feed(b->engine, &packet);
    double took = now() - before;
    assert_true(code == SIPCHECK_OK || code == SIPCHECK_TOO_BIG);
    if (took > seconds) fail_msg("%s: %s: %.1f s", what, unit, took);
}

static void headers_of_small_things(void **state)
{
    (void)state;
    static const char *const units[] = { "<sip:a@b>,",     "a,",         "\"a\" <sip:a>;x,",
                                         ";a=b",           "(",          "\"\\\"",
                                         "a/b;q=1,",       "Digest a=b", "\r\n a;x",
                                         "SIP/2.0/UDP a,", "?a=b&%41@",  "eyJ" };
    bench *b = bench_new();
    for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++)
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            const char *name = sipcheck_header_info_of((enum sipcheck_header_id)id)->name;
            begin(b);
            put(b, name);
            put(b, ": ");
            while (b->n < LONG)
                put(b, units[i]);
            put(b, "\r\nContent-Length: 0\r\n\r\n");
            judge(b, name, units[i]);
        }
    assert_true(b->findings > SIPCHECK_HEADER_COUNT);
    bench_free(b);
}

static void bodies_of_small_things(void **state)
{
    (void)state;
    static const char *const types[] = { "application/sdp", "multipart/mixed;boundary=b",
                                         "message/sipfrag", "message/sip" };
    static const char *const units[] = {
        "a=x\r\n",
        "a=rtpmap:0 a/1\r\n",
        "m=audio 1 RTP/AVP 0\r\n",
        "m=audio 1 RTP/AVP 0 1 2 3 4 5 6 7 8 9\r\na=rtpmap:0 a/1\r\na=fmtp:0 x\r\na=mid:1\r\n",
        "a=candidate:1 1 UDP 1 1.1.1.1 1 typ host\r\n",
        "a=group:X a b c d e f g h\r\n",
        "c=IN IP4 1.1.1.1\r\n",
        "r=1 1 1 1 1 1 1 1 1 1 1\r\n",
        "--b\r\n",
        "--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n",
        "Via: a\r\n",
    };
    bench *b = bench_new();
    for (size_t type = 0; type < sizeof types / sizeof *types; type++)
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            begin(b);
            put(b, "Content-Type: ");
            put(b, types[type]);
            put(b, "\r\n\r\n");
            if (type == 0) put(b, "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n");
            while (b->n < LONG)
                put(b, units[i]);
            judge(b, types[type], units[i]);
        }
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_small_things),
        cmocka_unit_test(bodies_of_small_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
