/* SPDX-License-Identifier: MIT */
/* Lines of the shapes that are read by the map alone, and what is next to them: each is parsed as
 * the productions parse it byte by byte, and so is what becomes of it by one byte. */
#define _GNU_SOURCE /* mmap's MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../fuzz/same_message.h"
#include "message/parse.h"
#include "sample.h"

static const char *const lines[] = {
    "Subject: a line",
    "Subject:",
    "s:x",
    "Max-Forwards : 70",
    "X-Other: \"text\\ <of> any kind\"",
    "P-Asserted-Identity: <sip:a@b.c>",
    "Allow: INVITE, ACK,BYE ,CANCEL",
    "Supported: timer,  100rel , path",
    "Priority: urgent",
    "Require: x,,y",
    "To: <sip:bob@example.com>;tag=9fxced76sl",
    "To: Bob <sip:bob@example.com:5060>",
    "To: Bob B. Baker<sip:bob@example.com:5060;user=phone>;tag",
    "From: \"Alice A.\" <sip:alice@192.0.2.1;transport=udp;ob;lr>;tag=a;b=c",
    "From: \"Zo\xc3\xab \\\"\" <sip:a:pw@h-1.example>; tag = x",
    "From: sip:a@b;tag=1",
    "Contact: <sip:10.0.0.1:65535;maddr=x>;expires=3600;q=0.5;+sip.instance=\"<urn:x>\"",
    "Contact: <sip:a@b?Subject=x>, \"\" <SIPS:c@d;ttl=5>;methods=\"INVITE\"",
    "Contact: *",
    "m: <sip:[2001:db8::1]:5060;transport=tcp>;flag",
    "Route: <sip:p1.example.com;lr>,<sip:p2.example.com;lr=on>;x=\"y\"",
    "Refer-To: \"sip:a@b\" <sip:a@b;method=INVITE;a%41=b>",
    "Via: SIP/2.0/UDP pc33.atlanta.com:5060;branch=z9hG4bK776;rport=1;received=192.0.2.255",
    "v: SIP/2.0/TLS 10.1.2.3;ttl=16;maddr=224.2.0.1;branch=z9hG4bK;rport, SIP/2.0/UDP a",
    "Via: SIP/2.0/UDP 256.1.1.1:5060;oc;oc-algo=\"loss\";x=\"q\"",
    "Via: SIP / 2.0 / UDP 01.2.3.4 : 5060 ; branch = z9hG4bK",
    "Date: Sat, 13 Nov 2010 23:29:00 GMT",
    "CSeq: 4711 INVITE",
    "CSeq: 18446744073709551616 OPTIONS",
    "Session-Expires: 1800;refresher=uac",
    "Accept: application/sdp;level=1;q=0.5, text/*",
    "Content-Type: multipart/mixed;boundary=\"a b\"",
    "Call-ID: f81d4fae-7dec@[10.0.0.1]",
    "User-Agent: Soft/1.0 (build (12)) phone",
    "Authorization: Digest username=\"a\", realm=\"x\", nc=00000001, qop=auth, uri=\"sip:x\"",
    "Retry-After: 18000 (soon);duration=3600",
    "Event: presence;id=1",
    "Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\"",
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO,UPDATE, REGISTER, REFER,NOTIFY",
    "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK;received=249.199.99.9",
    "Route: <sip:250.10.0.1;lr>, <sip:a.1.2.3;lr>, <sip:192.0.2.1234;lr>, <sip:x-y.z9;lr>",
    "Server: Soft/1.0 (a b; \"c\") Phone (d)",
    "Organization: two  spaces, and x",
    "Proxy-Authenticate: Digest realm=\"a b\", nonce=\"\",opaque=\"x\", stale=FALSE , a=b, c=\"d\"",
};

static const char *const start_lines[] = {
    "INVITE sip:bob@192.0.2.4:5060;transport=udp;lr SIP/2.0",
    "OPTIONS sip:bob.example SIP/2.0",
    "SIP/2.0 200 OK",
};

static void compare(const uint8_t *bytes, size_t n)
{
    const sipcheck_message *slow = NULL, *fast = NULL;
    sipcheck_arena *first = sipcheck_arena_new(NULL), *second = sipcheck_arena_new(NULL);
    for (int simd = SC_SIMD_AVX2; simd <= SC_SIMD_BEST; simd++) {
        sipcheck_arena_reset(first);
        sipcheck_arena_reset(second);
        assert_int_equal(sc_parse_message(first, bytes, n, 0, SC_SIMD_NONE, &slow), 0);
        assert_int_equal(sc_parse_message(second, bytes, n, 0, (enum sc_simd)simd, &fast), 0);
        if (!same_message(slow, fast)) fail_msg("not the same: %.*s", (int)n, (const char *)bytes);
    }
    sipcheck_arena_free(first);
    sipcheck_arena_free(second);
}

/* The line in a message: in front of others, of one byte, or of nothing readable. */
static void compare_in_message(const fenced *fence, const char *start, const char *line, size_t n)
{
    static const char *const behind[] = { "Content-Length: 0\r\n\r\n", "x", "" };
    char text[2048];
    for (size_t i = 0; i < 3; i++) {
        int length =
            snprintf(text, sizeof text, "%s\r\n%.*s\r\n%s", start, (int)n, line, behind[i]);
        compare(fence_put(fence, text, (size_t)length), (size_t)length);
    }
}

static const char odd[] = "\r\n\t \",;:<>=?@[]%/.-*\\0z2+_\x80";

/* Each byte replaced, and each put in front of each. */
static void change(const char *text, void check(const fenced *, const char *, size_t),
                   const fenced *fence)
{
    char changed[512];
    size_t n = strlen(text);
    check(fence, text, n);
    for (size_t at = 0; at < n; at++)
        for (size_t i = 0; i + 1 < sizeof odd; i++) {
            memcpy(changed, text, n);
            changed[at] = odd[i];
            check(fence, changed, n);
            memcpy(changed + at + 1, text + at, n - at);
            check(fence, changed, n + 1);
        }
}

static void check_line(const fenced *fence, const char *line, size_t n)
{
    compare_in_message(fence, "OPTIONS sip:a@b SIP/2.0", line, n);
}

static void check_start_line(const fenced *fence, const char *line, size_t n)
{
    char start[512];
    snprintf(start, sizeof start, "%.*s", (int)n, line);
    compare_in_message(fence, start, "s:x", 3);
}

static void lines_are_read_alike(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        change(lines[i], check_line, &fence);
    fence_free(&fence);
}

static void start_lines_are_read_alike(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    for (size_t i = 0; i < sizeof start_lines / sizeof *start_lines; i++)
        change(start_lines[i], check_start_line, &fence);
    fence_free(&fence);
}

/* The text cut anywhere; the message ends behind its CRLF, or one byte later. */
static void end_anywhere(const fenced *fence, const char *before, const char *text)
{
    char all[1024];
    for (int n = 0; n <= (int)strlen(text); n++)
        for (int more = 0; more < 2; more++) {
            int length =
                snprintf(all, sizeof all, "%s%.*s\r\n%s", before, n, text, more ? "x" : "");
            compare(fence_put(fence, all, (size_t)length), (size_t)length);
        }
}

static void nothing_is_read_behind_the_last_line(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    for (size_t i = 0; i < sizeof start_lines / sizeof *start_lines; i++)
        end_anywhere(&fence, "", start_lines[i]);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        end_anywhere(&fence, "OPTIONS sip:a@b SIP/2.0\r\n", lines[i]);
    fence_free(&fence);
}

/* Texts of all lengths around a word of the map. */
static void lengths_do_not_matter(void **state)
{
    static const char *const forms[] = {
        "To: <sip:%s@%s:5060;x=%s>;tag=%s",
        "Via: SIP/2.0/%s %s;branch=%s;rport=%s",
        "Allow: %s, %s,%s , %s",
        "Call-ID: %s@%s.%s;%s",
        "%s: %s %s/%s",
        "From: \"%s %s\" <sip:%s@%s>",
    };
    (void)state;
    fenced fence = fence_new(8192);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (int n = 1; n < 140; n++) {
            char word[160], line[1024];
            memset(word, n % 3 ? 'a' : '1', (size_t)n);
            word[n] = '\0';
            int length = snprintf(line, sizeof line, forms[i], word, word, word, word);
            compare_in_message(&fence, "OPTIONS sip:a@b SIP/2.0", line, (size_t)length);
        }
    fence_free(&fence);
}

static void a_uri_may_have_more_parameters(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    char line[256];
    for (int params = 0; params < 20; params++) {
        int n = snprintf(line, sizeof line, "To: <sip:a@b");
        for (int i = 0; i < params; i++)
            n += snprintf(line + n, sizeof line - (size_t)n, ";p%02d", i);
        n += snprintf(line + n, sizeof line - (size_t)n, ">");
        check_line(&fence, line, (size_t)n);
    }
    fence_free(&fence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_alike),
        cmocka_unit_test(start_lines_are_read_alike),
        cmocka_unit_test(nothing_is_read_behind_the_last_line),
        cmocka_unit_test(lengths_do_not_matter),
        cmocka_unit_test(a_uri_may_have_more_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
