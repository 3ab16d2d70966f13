/* SPDX-License-Identifier: MIT */
/* Messages out of logs, in the shapes of docs/captures.md. */
#include "bed.h"
#include "decode_text.h"

#include <stdio.h>

#define START "OPTIONS sip:b@example.com SIP/2.0"
#define VIA "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1"
#define CALL_ID "Call-ID: 1@example.com"
#define PLAIN START "\n" VIA "\n" CALL_ID "\nContent-Length: 0\n\n"
#define AS_SENT START "\r\n" VIA "\r\n" CALL_ID "\r\nContent-Length: 0\r\n\r\n"
#define WITH_BODY START "\n" VIA "\nContent-Type: text/plain\nl: 10\n\n"
#define WITH_BODY_SENT START "\r\n" VIA "\r\nContent-Type: text/plain\r\nl: 10\r\n\r\n"

/* A decoder whose messages the bed keeps, and one log for it. */
static bed *read_log(const char *log, size_t n, size_t piece)
{
    bed *b = bed_new(NULL);
    capture_text *text = capture_text_new(b->decoder, 0);
    for (size_t at = 0; at < n; at += piece) {
        size_t part = n - at < piece ? n - at : piece;
        uint8_t *copy = malloc(part);
        memcpy(copy, log + at, part);
        capture_text_feed(text, copy, part);
        free(copy);
    }
    capture_text_end(text);
    assert_int_equal(capture_text_messages(text), bed_count(b, CAPTURE_MESSAGES));
    capture_text_free(text);
    return b;
}

static const struct {
    const char *what, *log, *messages[3];
} shapes[] = {
    { "one after another", PLAIN PLAIN, { AS_SENT, AS_SENT } },
    { "with CRLF", AS_SENT, { AS_SENT } },
    { "with lines between", "hello\n\n" PLAIN "\n----\n" PLAIN "bye\n", { AS_SENT, AS_SENT } },
    { "a response",
      "SIP/2.0 200 OK\n" VIA "\nl: 0\n\n",
      { "SIP/2.0 200 OK\r\n" VIA "\r\nl: 0\r\n\r\n" } },
    { "indented",
      "   " START "\n   " VIA "\n     ;received=192.0.2.1\n\n",
      { START "\r\n" VIA "\r\n  ;received=192.0.2.1\r\n\r\n" } },
    { "a word before the start line only", "Received: " PLAIN, { AS_SENT } },
    { "a prefix of one width on every line",
      "09:00:00.001 sip: " START "\n09:00:00.002 sip: " VIA "\n09:00:00.003 sip: " CALL_ID
      "\n09:00:00.004 sip: Content-Length: 0\n09:00:00.004 sip:\n09:00:00.005 app: other\n",
      { AS_SENT } },
    { "a prefix of as many words on every line",
      "Jan  5 09:00:00 h sip[9]: " START "\nJan  5 09:00:00 h sip[10]: " VIA
      "\nJan  5 09:00:00 h sip[10]: " CALL_ID "\nJan  5 09:00:00 h sip[1]: Content-Length: 0\n"
      "Jan  5 09:00:00 h sip[10]: \n",
      { AS_SENT } },
    { "a mark on every line",
      "| " START "\n| " VIA "\n| " CALL_ID "\n| Content-Length: 0\n|\n| end\n",
      { AS_SENT } },
    { "a body", WITH_BODY "12345678\n" PLAIN, { WITH_BODY_SENT "12345678\r\n", AS_SENT } },
    { "a body whose last line has no end",
      WITH_BODY "0123456789\n\n" PLAIN,
      { WITH_BODY_SENT "0123456789", AS_SENT } },
    { "a body with an empty line", WITH_BODY "123\n\n678\n", { WITH_BODY_SENT "123\r\n\r\n678" } },
    { "a body that is SIP",
      START "\n" VIA "\nc: message/sipfrag\nl: 16\n\nSIP/2.0 200 OK\n",
      { START "\r\n" VIA "\r\nc: message/sipfrag\r\nl: 16\r\n\r\nSIP/2.0 200 OK\r\n" } },
    { "no length, no type", START "\n" VIA "\n\nnext\n", { START "\r\n" VIA "\r\n\r\n" } },
    { "a dot for each CR, as ngrep -W byline has it",
      "U 192.0.2.1:5060 -> 192.0.2.2:5060 #1\n" START ".\n" VIA
      ".\nc: text/plain.\nl: 7.\n.\na..\nb.\n\n"
      "SIP/2.0 200 OK.\n" VIA ".\nServer: x..\n.\n\n",
      { START "\r\n" VIA "\r\nc: text/plain\r\nl: 7\r\n\r\na.\r\nb\r\n",
        "SIP/2.0 200 OK\r\n" VIA "\r\nServer: x.\r\n\r\n" } },
    { "what rsyslog has for CR",
      "1 h sip: " START "#015\n2 h sip: " VIA "#015\n3 h sip: l: 0#015\n4 h sip: #015\n",
      { START "\r\n" VIA "\r\nl: 0\r\n\r\n" } },
    { "a message in one line of rsyslog",
      "Jan  5 09:00:00 h sip[1]: got: " START "#015#012" VIA
      "#015#012c: a/b#015#012l: 4#015#012#015"
      "#012a#015#012b\n" PLAIN,
      { START "\r\n" VIA "\r\nc: a/b\r\nl: 4\r\n\r\na\r\nb", AS_SENT } },
    { "what editors have for CR",
      START "^M\n" VIA "^M\nl: 0^M\n^M\n",
      { START "\r\n" VIA "\r\nl: 0\r\n\r\n" } },
    { "a phrase that ends with a dot",
      "SIP/2.0 404 Gone away.\n" VIA "\nl: 0\n\n",
      { "SIP/2.0 404 Gone away.\r\n" VIA "\r\nl: 0\r\n\r\n" } },
    { "no phrase, and the space before it is lost",
      "SIP/2.0 200\n" VIA "\n\nSIP/2.0 200 \n" VIA "\n\n",
      { "SIP/2.0 200 \r\n" VIA "\r\n\r\n", "SIP/2.0 200 \r\n" VIA "\r\n\r\n" } },
    { "a header nobody knows",
      START "\nX-Odd: 1\n" VIA "\nl: 0\n\n",
      { START "\r\nX-Odd: 1\r\n" VIA "\r\nl: 0\r\n\r\n" } },
};

static void what_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t n = strlen(shapes[i].log);
        for (size_t piece = 1; piece <= n; piece += piece < 4 ? 1 : n) {
            bed *b = read_log(shapes[i].log, n, piece);
            size_t count = 0;
            for (; count < 3 && shapes[i].messages[count]; count++) {
                if (count >= b->count) fail_msg("%s: message %zu", shapes[i].what, count);
                assert_string_equal(b->got[count].bytes, shapes[i].messages[count]);
                assert_int_equal(b->got[count].flags, 0);
                assert_int_equal(b->got[count].frame, count + 1);
                assert_int_equal(b->got[count].transport, SIPCHECK_TRANSPORT_UNKNOWN);
            }
            if (b->count != count) fail_msg("%s: %zu messages", shapes[i].what, b->count);
            bed_free(b);
        }
    }
}

/* What the log may have done is left open: the message is cut where it may have been. */
static void what_is_left_open(void **state)
{
    (void)state;
    static const struct {
        const char *what, *log, *message;
    } cases[] = {
        { "no empty line", START "\n" VIA "\n2026-01-05 09:00:00 next\n", START "\r\n" VIA },
        { "the log ends", START "\n" VIA "\n", START "\r\n" VIA },
        { "the log ends in a line", START "\n" VIA, START "\r\n" VIA },
        { "another message begins", START "\n" VIA "\n" START "\nx\n", START "\r\n" VIA },
        { "no body", WITH_BODY PLAIN, WITH_BODY_SENT },
        { "too short a body", WITH_BODY "123\n", WITH_BODY_SENT },
        { "too long a body", WITH_BODY "12345\n6789\n", WITH_BODY_SENT },
        { "a body without a length", START "\n" VIA "\nc: text/plain\n\nhello\n",
          START "\r\n" VIA "\r\nc: text/plain\r\n\r\n" },
        { "a length that is none", START "\n" VIA "\nl: ten\nc: text/plain\n\nhello\n",
          START "\r\n" VIA "\r\nl: ten\r\nc: text/plain\r\n\r\n" },
        { "a value that is hidden", START "\n" VIA "\nAuthorization: ***\n\n", START "\r\n" VIA },
        { "a value that is shortened", START "\n" VIA "\nAuthorization: Digest a...\n\n",
          START "\r\n" VIA },
        { "a line that is broken", START "\nContact: <sip:a@\nexample.com:5060>\nl: 0\n\n",
          START "\r\nContact: <sip:a@" },
        { "dots that end", START ".\n" VIA ".\nl: 0\n\n", START "\r\n" VIA },
        { "a dot that may be a tab", START ".\n" VIA ".\nl:.0.\n.\n", START "\r\n" VIA },
        { "a dot that may be a fold", START ".\n" VIA ".\n.;a=b.\n.\n", START "\r\n" VIA },
        { "a line of rsyslog that was cut", START "#015#012" VIA "#015#012l: 0#0\n" PLAIN,
          START "\r\n" VIA },
        { "a tab of rsyslog", START "#015\n" VIA "#015\nl:#0110#015\n#015\n", START "\r\n" VIA },
        { "the prefix ends", "| " START "\n| " VIA "\nother\n", START "\r\n" VIA },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = read_log(cases[i].log, strlen(cases[i].log), 1000);
        if (!b->count) fail_msg("%s", cases[i].what);
        assert_string_equal(b->got[0].bytes, cases[i].message);
        assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
        bed_free(b);
    }
}

static void what_is_no_message(void **state)
{
    (void)state;
    static const char *const logs[] = {
        "",
        "\n\n\n",
        "sending " START " now\n",
        "sending " START "\nand waiting\n",
        "I am sending " START ".\n" VIA "\n\n",
        "Via: SIP/2.0/UDP a;branch=z9hG4bK1\n\n",
        "got SIP/2.0 200 OK\nthen nothing: really\n",
        "OPTIONS sip:a@b HTTP/1.1\n" VIA "\n\n",
        "SIP/2.0 700 X\n" VIA "\n\n",
        "xSIP/2.0 200 OK\n" VIA "\n\n",
        START,
    };
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        bed *b = read_log(logs[i], strlen(logs[i]), 7);
        if (b->count) fail_msg("%s", logs[i]);
        bed_free(b);
    }
}

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint64_t seconds, ns; /* 0: none was understood */
    } cases[] = {
        { "2026-01-05 09:00:00 x", 1767603600, 0 },
        { "2026-01-05T09:00:00.5Z", 1767603600, 500000000 },
        { "[2026/01/05 09:00:00,123456] x", 1767603600, 123456000 },
        { "2026-01-05T10:00:00.123+01:00", 1767603600, 123000000 },
        { "2026-01-05 03:30:00 -0530", 1767603600, 0 },
        { "05 Jan 2026 09:00:00", 1767603600, 0 },
        { "[05/Jan/2026:09:00:00 +0000]", 1767603600, 0 },
        { "Mon Jan  5 09:00:00 2026", 1767603600, 0 },
        { "Jan 5 2026 09:00:00.25", 1767603600, 250000000 },
        { "Jan  5 09:00:00 host", 4 * 86400 + 32400, 0 },
        { "09:00:00.001 x", 32400, 1000000 },
        { "(1767603600.250000)", 1767603600, 250000000 },
        { "time: 1767603600.25\ndate: Mon Jan  5 10:00:00 2026", 1767603600, 250000000 },
        { "2026.01.05 09:00:00:123 x", 1767603600, 123000000 },
        { "2026-01-05 09:00:00:12 x", 1767603600, 0 },
        { "1767603600. is a number", 0, 0 },
        { "1767603600.", 0, 0 },
        { "2024-02-29 00:00:00", 1709164800, 0 },
        { "1969-12-31 00:00:01", 1, 0 },
        { "2026-13-05 09:00:00", 32400, 0 },
        { "25:00:00", 0, 0 },
        { "12:30", 0, 0 },
        { "nothing", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char log[500];
        snprintf(log, sizeof log, "%s\n%s", cases[i].line, PLAIN);
        bed *b = read_log(log, strlen(log), 1000);
        assert_int_equal(b->count, 1);
        uint64_t wanted = cases[i].seconds * 1000000000u + cases[i].ns;
        if (b->got[0].ns != wanted)
            fail_msg("%s: %llu", cases[i].line, (unsigned long long)b->got[0].ns);
        assert_int_equal(bed_count(b, CAPTURE_TEXT_NO_TIME), wanted == 0);
        bed_free(b);
    }
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *line, *src, *dst;
    } cases[] = {
        { "from 192.0.2.1:5060 to 192.0.2.2:5062", "192.0.2.1:5060", "192.0.2.2:5062" },
        { "to 192.0.2.2:5062 from 192.0.2.1:5060", "192.0.2.1:5060", "192.0.2.2:5062" },
        { "192.0.2.1:5060 -> 192.0.2.2:5062", "192.0.2.1:5060", "192.0.2.2:5062" },
        { "192.0.2.1:5060 <== 192.0.2.2:5062", "192.0.2.2:5062", "192.0.2.1:5060" },
        { "[2001:db8::1]:5060 --> [2001:db8::2]:5060", "[2001:db8::1]:5060", "[2001:db8::2]:5060" },
        { "<--- read from UDP:192.0.2.1:5060 --->", "192.0.2.1:5060", "?" },
        { "<--- Transmitting (404 bytes) to UDP:192.0.2.2:5060 --->", "?", "192.0.2.2:5060" },
        { "recv 758 bytes from udp/[192.0.2.1]:5060 at 09:00:00.123456:", "192.0.2.1:5060", "?" },
        { "Received on 192.0.2.2:5060 from 192.0.2.1:5061", "192.0.2.1:5061", "192.0.2.2:5060" },
        { "sent, local 192.0.2.1:5060, remote 192.0.2.2:5060", "192.0.2.1:5060", "192.0.2.2:5060" },
        { "src=192.0.2.1:5060 dst=192.0.2.2:5060", "192.0.2.1:5060", "192.0.2.2:5060" },
        { "TX 485 bytes to UDP 192.0.2.2 port 5060:", "?", "192.0.2.2:5060" },
        { "--> 192.0.2.2:5060", "?", "192.0.2.2:5060" },
        { "<<< 192.0.2.1:5060", "192.0.2.1:5060", "?" },
        { "received 192.0.2.1/5060", "192.0.2.1:5060", "?" },
        { "On [0:0]192.0.2.2:5060 received from 192.0.2.1:5060", "192.0.2.1:5060",
          "192.0.2.2:5060" },
        { "On [0:0]192.0.2.1:5060 sent to 192.0.2.2:5060", "192.0.2.1:5060", "192.0.2.2:5060" },
        { "On 192.0.2.1:5060 nothing is said", "?", "?" },
        { "Incoming message from 192.0.2.1 on port 5060 index 12", "192.0.2.1:5060", "?" },
        { "IP 192.0.2.1.5060 > 192.0.2.2.5062: SIP", "192.0.2.1:5060", "192.0.2.2:5062" },
        { "srcip: 192.0.2.1\nsrcport: 5060\ndstip: 2001:db8::2\ndstport: 5062", "192.0.2.1:5060",
          "[2001:db8::2]:5062" },
        { "srcip: [2001:db8::1]\nsrcport: 70000\ndstip: 192.0.2\ndstport: x", "[2001:db8::1]:0",
          "?" },
        { "about 192.0.2.1:5060", "?", "?" },
        { "from 192.0.2.1", "?", "?" },
        { "from 192.0.2.256:5060", "?", "?" },
        { "from 192.0.2.1:65536", "?", "?" },
        { "from [2001:db8::1::2]:5060", "?", "?" },
        { "from [1:2:3:4:5:6:7:8]:1", "[1:2:3:4:5:6:7:8]:1", "?" },
        { "from [::]:1", "[::]:1", "?" },
        { "from [1:2:3:4:5:6:7:8:9]:1", "?", "?" },
        { "from [12345::]:1", "?", "?" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char log[500], src[SIPCHECK_ADDRESS_TEXT], dst[SIPCHECK_ADDRESS_TEXT];
        snprintf(log, sizeof log, "%s\n\n   -----\n%s%s", cases[i].line, PLAIN, PLAIN);
        bed *b = read_log(log, strlen(log), 1000);
        assert_int_equal(b->count, 2);
        sipcheck_address_text(&b->got[0].src, src);
        sipcheck_address_text(&b->got[0].dst, dst);
        if (strcmp(src, cases[i].src) != 0 || strcmp(dst, cases[i].dst) != 0)
            fail_msg("%s: %s to %s", cases[i].line, src, dst);
        assert_int_equal(b->got[1].src.family, 0); /* what was said is said of one message */
        bed_free(b);
    }
}

/* Where a body was left out, what follows it is said of the next message. */
static void a_body_that_was_left_out(void **state)
{
    (void)state;
    static const char log[] = WITH_BODY "2026-01-05 09:00:00 from 192.0.2.1:5060\n" PLAIN;
    bed *b = read_log(log, sizeof log - 1, 1000);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->got[1].src.family, 4);
    assert_int_equal(b->got[1].ns, 1767603600ull * 1000000000u);
    bed_free(b);
}

/* The head says what a body is, and no line of the body. */
static void a_body_that_names_a_type(void **state)
{
    (void)state;
    static const char log[] = START "\n" VIA "\nl: 60\n\nc: message/sipfrag\n" PLAIN;
    bed *b = read_log(log, sizeof log - 1, 1000);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    assert_string_equal(b->got[1].bytes, AS_SENT);
    bed_free(b);
}

static void limits(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20 };
    char *log = malloc(SIZE);
    size_t n = (size_t)sprintf(log, "%s", START "\n" VIA "\nX: ");
    memset(log + n, 'x', 100000);
    n += 100000;
    n += (size_t)sprintf(log + n, "\n%s", PLAIN);
    bed *b = read_log(log, n, 1000); /* a line that is too long ends its message */
    assert_int_equal(b->count, 2);
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    assert_string_equal(b->got[0].bytes, START "\r\n" VIA);
    bed_free(b);
    n = (size_t)sprintf(log, "%s", START "\n" VIA "\nX: "); /* one that may have been cut */
    memset(log + n, 'x', 997);
    n += 997;
    n += (size_t)sprintf(log + n, "\nl: 0\n\n%s", PLAIN);
    b = read_log(log, n, 1000);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    assert_int_equal(b->got[0].bytes[b->got[0].n - 1], 'x');
    bed_free(b);
    n = (size_t)sprintf(log, "%s", START "\n" VIA "\n");
    while (n < SIZE - 1000) {
        memset(log + n, 'y', 200);
        log[n + 1] = ':';
        log[n + 199] = '\n';
        n += 200;
    }
    b = read_log(log, n, 4096);
    assert_true(b->count >= 1 && b->got[0].n <= SIPCHECK_MESSAGE_MAX);
    assert_int_equal(bed_count(b, CAPTURE_TCP_TOO_BIG), 1);
    bed_free(b);
    free(log);
}

/* Every prefix and every byte wrong: whatever comes, no message has a bare LF. */
static void hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t n = strlen(shapes[i].log);
        for (size_t at = 0; at < n; at++) {
            char log[1000];
            memcpy(log, shapes[i].log, n);
            bed_free(read_log(log, at, 50));
            log[at] = (char)~log[at];
            bed *b = read_log(log, n, 50);
            for (size_t m = 0; m < b->count; m++)
                for (size_t k = 0; k < b->got[m].n; k++)
                    assert_true(b->got[m].bytes[k] != '\n' || b->got[m].bytes[k - 1] == '\r');
            bed_free(b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_understood),
        cmocka_unit_test(what_is_left_open),
        cmocka_unit_test(what_is_no_message),
        cmocka_unit_test(times),
        cmocka_unit_test(addresses),
        cmocka_unit_test(a_body_that_was_left_out),
        cmocka_unit_test(a_body_that_names_a_type),
        cmocka_unit_test(limits),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
