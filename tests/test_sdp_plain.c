/* SPDX-License-Identifier: MIT */
/* Session descriptions of the shapes that are read by the map alone, and what is next to them: each
 * is read as the productions read it byte by byte, and so is what becomes of it by one byte. */
#define _GNU_SOURCE
#include "../fuzz/same_body.h"
#include "bodies.h"

#define VOST "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define HEAD "INFO sip:a.example SIP/2.0\r\n" TYPE_SDP "\r\n"

static const char *const descriptions[] = {
    "v=0\r\no=alice 2890844526 18446744073709551615 IN IP4 host.example.com\r\ns=A call of 2\r\n"
    "c=IN IP4 192.0.2.255\r\nb=AS:128\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 8 97\r\n"
    "a=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=30; x=1\r\na=ptime:20\r\na=sendrecv\r\n",
    "v=00\r\no=x 1234567890123456 12345678901234567 IN IP4 10.0.0.01\r\ns=\"q\"\r\n"
    "c=IN IP4 224.2.1.1/127\r\nt=3034423619 0\r\na=recvonly\r\na=X-own:a b\r\n"
    "m=video 0/2 UDP/TLS/RTP/SAVPF 31\r\nc=IN IP6 2001:db8::1\r\na=inactive\r\na=maxptime:0\r\n",
    VOST "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 L16/44100/2\r\na=rtpmap:00 x/1\r\na=mid:1\r\n"
         "a=sendonly:x\r\na=ptime\r\na=fmtp\r\na=rtcp:53020\r\na=candidate:1\r\na=maxptime:040\r\n",
    VOST "a=sendrecv\r\nm=image 123456789 udptl t38\r\nc=IN IP4 230.1.1.1\r\nc=IN IP4 23.1.1.1\r\n"
         "b=X-y:99999999\r\nb=CT:123456789\r\na=ptime:20.5\r\na=rtpmap:9 a/8000/0\r\n",
};

static void compare(body_bench *second, body_bench *first, const char *text, size_t n)
{
    /* The same bytes: places are pointers. */
    static char bytes[8192];
    size_t head = strlen(HEAD);
    memcpy(bytes, HEAD, head);
    memcpy(bytes + head, text, n);
    const uint8_t *at = fence_put(&first->fence, bytes, head + n);
    for (body_bench *b = first; b; b = b == first ? second : NULL) {
        unsigned flags = b == first ? SIPCHECK_SCALAR : 0;
        sipcheck_arena_reset(b->arena);
        assert_int_equal(sipcheck_parse(b->arena, at, head + n, flags, &b->message), 0);
        assert_int_equal(sipcheck_body_parse(b->arena, b->message, &b->body), 0);
    }
    if (!same_body(first->body, second->body)) fail_msg("not the same: %.*s", (int)n, text);
}

static const char odd[] = "\r\n\t \",;:<=>/.-\\0z239+_\x80";

/* Each byte replaced, each put in front of each, and the end anywhere. */
static void what_is_plain_is_read_alike(void **state)
{
    (void)state;
    body_bench slow = body_bench_new(), fast = body_bench_new();
    char changed[1024];
    for (size_t k = 0; k < sizeof descriptions / sizeof *descriptions; k++) {
        const char *text = descriptions[k];
        size_t n = strlen(text);
        for (size_t at = 0; at <= n; at++) {
            compare(&fast, &slow, text, at);
            memcpy(changed, text, at);
            for (size_t i = 0; i < sizeof odd; i++) { /* its NUL as well */
                changed[at] = odd[i];
                memcpy(changed + at + 1, text + at, n - at);
                compare(&fast, &slow, changed, n + 1);
                if (at < n) memcpy(changed + at + 1, text + at + 1, n - at - 1);
                if (at < n) compare(&fast, &slow, changed, n);
            }
        }
    }
    body_bench_free(&slow);
    body_bench_free(&fast);
}

/* Lines in any order, twice, and left out. */
static void order_is_judged_alike(void **state)
{
    static const char *const lines[] = {
        "v=0\r\n",    "o=- 1 2 IN IP4 h\r\n",    "s=-\r\n",        "t=0 0\r\n", "c=IN IP4 h\r\n",
        "b=AS:1\r\n", "m=audio 9 RTP/AVP 0\r\n", "a=sendrecv\r\n", "i=x\r\n",   "\r\n",
        "v\r\n"
    };
    enum { LINES = sizeof lines / sizeof *lines };
    (void)state;
    body_bench slow = body_bench_new(), fast = body_bench_new();
    for (unsigned n = 0; n < LINES * LINES * LINES * LINES; n++) {
        char text[256];
        int length =
            snprintf(text, sizeof text, "%s%s%s%s", lines[n % LINES], lines[n / LINES % LINES],
                     lines[n / LINES / LINES % LINES], lines[n / LINES / LINES / LINES]);
        compare(&fast, &slow, text, (size_t)length);
        length =
            snprintf(text, sizeof text, VOST "%s%s", lines[n % LINES], lines[n / LINES % LINES]);
        if (n < LINES * LINES) compare(&fast, &slow, text, (size_t)length);
    }
    body_bench_free(&slow);
    body_bench_free(&fast);
}

/* Words of all lengths around a word of the map, and descriptions that are longer than it. */
static void lengths_do_not_matter(void **state)
{
    static const char *const forms[] = {
        "v=0\r\no=%s 1 2 IN IP4 %s\r\ns=%s\r\nc=IN IP4 %s\r\nt=0 0\r\n",
        "v=0\r\no=x %s %s IN IP4 h\r\ns=%s x %s\r\nt=0 0\r\n",
        VOST "m=%s %s %s/x %s 1\r\n",
        VOST "m=a 1 x 1\r\na=%s:x\r\na=rtpmap:1 %s/%s/%s\r\n",
        VOST "m=a 1 x 1\r\na=fmtp:%s %s\r\nb=%s:%s\r\na=x\r\n",
        VOST "m=a 1 x 1\r\na=ptime:%s\r\na=maxptime:%s\r\na=%s\r\na=x:%s\r\n",
    };
    (void)state;
    body_bench slow = body_bench_new(), fast = body_bench_new();
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (int n = 1; n < 1000; n += n < 140 ? 1 : 41) {
            char word[1000], text[5000];
            memset(word, n % 3 ? '1' : 'a', (size_t)n);
            word[n] = '\0';
            int length = snprintf(text, sizeof text, forms[i], word, word, word, word);
            compare(&fast, &slow, text, (size_t)length);
        }
    body_bench_free(&slow);
    body_bench_free(&fast);
}

/* Line feeds behind the end of a map, and lines that lie across it. */
static void long_descriptions_are_read_alike(void **state)
{
    (void)state;
    body_bench slow = body_bench_new(), fast = body_bench_new();
    for (size_t shift = 0; shift < 40; shift++) {
        char text[8000];
        int n = snprintf(text, sizeof text, "v=0\r\no=- 1 2 IN IP4 h\r\ns=%.*s\r\nt=0 0\r\n",
                         (int)shift + 1, "----------------------------------------");
        for (int i = 0; i < 120; i++)
            n += snprintf(text + n, sizeof text - (size_t)n,
                          "m=audio %d RTP/AVP 0 %d\r\n%sa=rtpmap:%d PCMU/8000\r\n", i, i,
                          i % 50 == 49 ? "\r\n" : "", i);
        compare(&fast, &slow, text, (size_t)n);
    }
    body_bench_free(&slow);
    body_bench_free(&fast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_plain_is_read_alike),
        cmocka_unit_test(order_is_judged_alike),
        cmocka_unit_test(lengths_do_not_matter),
        cmocka_unit_test(long_descriptions_are_read_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
