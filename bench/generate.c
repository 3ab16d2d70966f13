/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 40
#define LINE_MAX_LENGTH 320

typedef struct draft {
    bench_random *random;
    char lines[LINES_MAX][LINE_MAX_LENGTH];
    size_t count;
    char body[1024];
    const char *method;
    unsigned status; /* 0: a request */
    char host[64], peer[64], user[32], callee[32], tag[20];
} draft;

/* xorshift64*: the same sequence everywhere. */
static uint64_t next(bench_random *random)
{
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * UINT64_C(2685821657736338717);
}

uint32_t bench_below(bench_random *random, uint32_t bound)
{
    return (uint32_t)((next(random) >> 32) * bound >> 32);
}

static bool chance(draft *d, uint32_t percent)
{
    return bench_below(d->random, 100) < percent;
}

#define PICK(d, ...)                                                                               \
    pick(d, (const char *const[]){ __VA_ARGS__ },                                                  \
         sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static const char *pick(draft *d, const char *const *choices, size_t count)
{
    return choices[bench_below(d->random, (uint32_t)count)];
}

__attribute__((format(printf, 2, 3))) static void line(draft *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->lines[d->count++], LINE_MAX_LENGTH, format, arguments);
    va_end(arguments);
}

static void text(draft *d, char *out, size_t shortest, size_t longest)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = shortest + bench_below(d->random, (uint32_t)(longest - shortest + 1));
    for (size_t i = 0; i < n; i++)
        out[i] = letters[bench_below(d->random, i ? 36 : 26)];
    out[n] = '\0';
}

static void host(draft *d, char out[64])
{
    char a[16], b[16];
    text(d, a, 3, 9);
    text(d, b, 4, 12);
    if (chance(d, 45))
        snprintf(out, 64, "%u.%u.%u.%u", 1 + bench_below(d->random, 220),
                 bench_below(d->random, 256), bench_below(d->random, 256),
                 bench_below(d->random, 256));
    else
        snprintf(out, 64, "%s.%s.%s", a, b, PICK(d, "com", "net", "example", "org"));
}

static void vias(draft *d)
{
    char at[64], branch[40];
    for (uint32_t n = 1 + bench_below(d->random, 3); n > 0; n--) {
        host(d, at);
        text(d, branch, 10, 28);
        line(d, "%s: SIP/2.0/%s %s:%u;branch=z9hG4bK%s%s", PICK(d, "Via", "Via", "v"),
             PICK(d, "UDP", "UDP", "TCP"), at, 1024 + bench_below(d->random, 60000), branch,
             PICK(d, "", ";rport", ";rport=5060;received=192.0.2.7"));
    }
}

static void identities(draft *d)
{
    char tag[20], call[36];
    text(d, tag, 6, 12);
    text(d, call, 12, 30);
    if (chance(d, 50))
        line(d, "%s: \"%s %s\" <sip:%s@%s>;tag=%s", PICK(d, "From", "From", "f"),
             PICK(d, "Alice", "Bob", "Zo\xc3\xab", "Front desk"), d->user, d->user, d->host,
             d->tag);
    else
        line(d, "From: <sip:%s@%s;user=phone>;tag=%s", d->user, d->host, d->tag);
    line(d, "%s: <sip:%s@%s>%s%s", PICK(d, "To", "To", "t"), d->callee, d->peer,
         d->status > 100 ? ";tag=" : "", d->status > 100 ? tag : "");
    line(d, "%s: %s@%s", PICK(d, "Call-ID", "Call-ID", "i"), call, d->host);
    line(d, "CSeq: %u %s", 1 + bench_below(d->random, 99999), d->method);
}

static void contact(draft *d)
{
    line(d, "%s: <sip:%s@%s:%u;transport=%s>%s", PICK(d, "Contact", "Contact", "m"), d->user,
         d->host, 1024 + bench_below(d->random, 60000), PICK(d, "udp", "tcp"),
         strcmp(d->method, "REGISTER") != 0 ? ""
                                            : PICK(d, ";expires=3600", ";q=0.7;expires=60", ""));
}

static void abilities(draft *d)
{
    if (chance(d, 85))
        line(
            d, "Allow: %s",
            PICK(
                d, "INVITE, ACK, CANCEL, OPTIONS, BYE",
                "INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER, NOTIFY",
                "INVITE,ACK,BYE,CANCEL,OPTIONS,PRACK"));
    if (chance(d, 55))
        line(d, "%s: %s", PICK(d, "Supported", "Supported", "k"),
             PICK(d, "replaces, timer", "100rel, path, replaces", "timer",
                  "outbound, gruu, 100rel"));
    if (chance(d, 60))
        line(d, "%s: %s/%u.%u.%u (build %u)", d->status ? "Server" : "User-Agent",
             PICK(d, "Softphone", "PBX", "Gateway", "SBC"), bench_below(d->random, 20),
             bench_below(d->random, 20), bench_below(d->random, 100), bench_below(d->random, 9999));
    if (chance(d, 25)) line(d, "Accept: application/sdp, text/plain;q=0.5");
    if (chance(d, 20)) line(d, "X-Trace: %08x-%04x", bench_below(d->random, UINT32_MAX), d->status);
    if (chance(d, 15)) line(d, "Subject: call %u about the order", bench_below(d->random, 100000));
    if (chance(d, 25))
        line(d, "Session-Expires: %u;refresher=uac", 90 + bench_below(d->random, 3600));
    if (chance(d, 25))
        line(d, "Date: %s, %02u Nov 2026 %02u:%02u:%02u GMT", PICK(d, "Mon", "Tue", "Wed"),
             1 + bench_below(d->random, 30), bench_below(d->random, 24), bench_below(d->random, 60),
             bench_below(d->random, 60));
    if (chance(d, 60)) line(d, "P-Asserted-Identity: <sip:%s@%s>", d->user, d->host);
    if (chance(d, 15)) line(d, "Organization: Example Works %u", bench_below(d->random, 1000));
}

static void routes(draft *d)
{
    char at[64];
    const char *name = d->status ? "Record-Route" : PICK(d, "Route", "Record-Route");
    for (uint32_t n = bench_below(d->random, 3); n > 0; n--) {
        host(d, at);
        line(d, "%s: <sip:%s;lr>", name, at);
    }
}

static void hex(draft *d, char *out, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        out[i] = "0123456789abcdef"[bench_below(d->random, 16)];
    out[digits] = '\0';
}

static void authorization(draft *d)
{
    char nonce[33], response[33];
    hex(d, nonce, 32);
    hex(d, response, 32);
    line(d,
         "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"sip:%s\", "
         "response=\"%s\", algorithm=MD5, qop=auth, nc=%08x, cnonce=\"%.8s\"",
         d->user, d->peer, nonce, d->peer, response, bench_below(d->random, 1000), nonce);
}

/* The address of the media differs from message to message: tshark keeps a list for each. */
static void session(draft *d)
{
    unsigned number = bench_below(d->random, 2000000000);
    char at[20];
    snprintf(at, sizeof at, "10.%u.%u.%u", bench_below(d->random, 256), bench_below(d->random, 256),
             bench_below(d->random, 256));
    snprintf(
        d->body, sizeof d->body,
        "v=0\r\no=- %u %u IN IP4 %s\r\ns=%s\r\nc=IN IP4 %s\r\nt=0 0\r\n"
        "m=audio %u RTP/AVP %s\r\na=rtpmap:0 PCMU/8000\r\n%sa=rtpmap:101 telephone-event/8000\r\n"
        "a=fmtp:101 0-16\r\na=%s\r\n",
        number, number + 1, at, PICK(d, "-", "call"), at,
        2 * (5000 + bench_below(d->random, 25000)), PICK(d, "0 8 101", "0 101", "8 0 18 101"),
        PICK(d, "", "a=rtpmap:8 PCMA/8000\r\n", "a=ptime:20\r\n"), PICK(d, "sendrecv", "sendonly"));
}

static void kind(draft *d)
{
    d->method =
        PICK(d, "INVITE", "INVITE", "INVITE", "REGISTER", "OPTIONS", "BYE", "ACK", "CANCEL");
    bool answers = strcmp(d->method, "ACK") != 0 && chance(d, 50);
    static const unsigned statuses[] = { 100, 180, 183, 200, 200, 200, 404, 486, 487 };
    d->status = answers ? statuses[bench_below(d->random, 9)] : 0;
    if (d->status && d->status < 200 && strcmp(d->method, "INVITE") != 0) d->status = 200;
}

static void shuffle(draft *d)
{
    char swap[LINE_MAX_LENGTH];
    for (size_t i = d->count; i > 1; i--) {
        size_t j = bench_below(d->random, (uint32_t)i);
        memcpy(swap, d->lines[i - 1], sizeof swap);
        memcpy(d->lines[i - 1], d->lines[j], sizeof swap);
        memcpy(d->lines[j], swap, sizeof swap);
    }
}

static void fill(draft *d)
{
    bool invite = strcmp(d->method, "INVITE") == 0;
    vias(d);
    identities(d);
    routes(d);
    abilities(d);
    if (!d->status) line(d, "Max-Forwards: %u", 1 + bench_below(d->random, 70));
    if (invite || strcmp(d->method, "REGISTER") == 0) contact(d);
    if (!d->status && strcmp(d->method, "REGISTER") == 0) authorization(d);
    if (invite && (!d->status || d->status == 183 || d->status == 200)) session(d);
    if (d->body[0]) line(d, "%s: application/sdp", PICK(d, "Content-Type", "Content-Type", "c"));
    line(d, "%s: %zu", PICK(d, "Content-Length", "Content-Length", "l"), strlen(d->body));
}

static const char *reason(unsigned status)
{
    switch (status) {
    case 100:
        return "Trying";
    case 180:
        return "Ringing";
    case 183:
        return "Session Progress";
    case 404:
        return "Not Found";
    case 486:
        return "Busy Here";
    case 487:
        return "Request Terminated";
    default:
        return "OK";
    }
}

size_t bench_generate(bench_random *random, uint8_t bytes[BENCH_MESSAGE_MAX])
{
    draft d = { .random = random };
    text(&d, d.user, 4, 14);
    text(&d, d.callee, 4, 14);
    text(&d, d.tag, 8, 14);
    host(&d, d.host);
    host(&d, d.peer);
    kind(&d);
    fill(&d);
    shuffle(&d);

    char *out = (char *)bytes;
    size_t n = 0, room = BENCH_MESSAGE_MAX;
    if (d.status)
        n += (size_t)snprintf(out, room, "SIP/2.0 %u %s\r\n", d.status, reason(d.status));
    else
        n += (size_t)snprintf(out, room, "%s sip:%s@%s SIP/2.0\r\n", d.method, d.callee, d.peer);
    for (size_t i = 0; i < d.count && n < room; i++)
        n += (size_t)snprintf(out + n, room - n, "%s\r\n", d.lines[i]);
    n += (size_t)snprintf(out + n, room - n, "\r\n%s", d.body);
    return n;
}
