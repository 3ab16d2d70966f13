/* SPDX-License-Identifier: MIT */
/* Messages of a small alphabet, with times and addresses, through all rules; twice, with the same
 * outcome.
 *
 * An input is a script, five bytes an event:
 *   0  who sends (2 bits), to whom (2), of which call (2), through a proxy (1), over TCP (1)
 *   1  which of the requests, then of the responses (5 bits), one more bit of the branch,
 *      one of the ways to authenticate (2; 0: none)
 *   2  CSeq number (4 bits), From tag (2), To tag (2; 0: none)
 *   3  branch (3 bits; a response answers the method of that number), session description (2;
 *      0: none), one of the sets of more headers (3)
 *   4  time since the event before: 2^N milliseconds (5 bits), back instead of on (1), time is
 *      told before (1), the capture cut the message (1); both of these: no message is fed, but that
 *      it was not delivered, or, back, that the capture's clock was set
 * Of bytes that are left at the end the number tells what the engine is told: where the capture was
 * taken (odd), what elements are (2 and 3). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcheck/engine.h>

#include "digest.h"

enum { EVENT_BYTES = 5, EVENTS_MAX = 64, MESSAGE_MAX = 4096 };

static const char *const methods[] = { "INVITE",    "ACK",    "BYE",     "CANCEL",
                                       "PRACK",     "UPDATE", "REFER",   "REGISTER",
                                       "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS" };
static const char *const statuses[] = { "100 Trying",
                                        "180 Ringing",
                                        "183 Session Progress",
                                        "200 OK",
                                        "202 Accepted",
                                        "302 Moved Temporarily",
                                        "401 Unauthorized",
                                        "407 Proxy Authentication Required",
                                        "408 Request Timeout",
                                        "422 Session Interval Too Small",
                                        "423 Interval Too Brief",
                                        "481 Call/Transaction Does Not Exist",
                                        "486 Busy Here",
                                        "487 Request Terminated",
                                        "491 Request Pending",
                                        "503 Service Unavailable",
                                        "603 Decline" };
/* More headers; two %u are the event's CSeq number. */
static const char *const extras[] = {
    "",
    "Require: 100rel\r\nRSeq: %u\r\n",
    "RAck: %u %u INVITE\r\n",
    "Record-Route: <sip:10.0.0.3;lr>\r\n",
    "Route: <sip:10.0.0.3;lr>\r\n",
    "Event: presence\r\nExpires: 60\r\nSubscription-State: active;expires=60\r\n",
    "Event: refer\r\nSubscription-State: terminated\r\nRefer-To: <sip:c@c>\r\n",
    "Session-Expires: 90;refresher=uac\r\nMin-SE: 90\r\nExpires: 3600\r\n",
};
#define ZEROS "00000000000000000000000000000000"
#define ONES "11111111111111111111111111111111"
/* Ways to authenticate: what a challenge, a request and another response say behind their nonce. */
static const struct {
    const char *challenge, *credentials, *info;
} ways[] = {
    { "WWW-Authenticate: Digest realm=\"r\",qop=\"auth\",opaque=\"o\"",
      "Authorization: Digest username=\"u\",realm=\"r\",uri=\"sip:b\",qop=auth,cnonce=\"c\","
      "response=\"" ZEROS "\",opaque=\"o\"",
      "Authentication-Info: qop=auth,cnonce=\"c\",rspauth=\"" ZEROS "\"" },
    { "WWW-Authenticate: Digest realm=\"r\",stale=true,algorithm=MD5-sess,qop=\"auth,auth-int\"",
      "Authorization: Digest username=\"u\",realm=\"r\",uri=\"sip:b\",qop=auth-int,cnonce=\"d\","
      "response=\"" ONES "\",algorithm=MD5-sess",
      "Authentication-Info: nextnonce=\"n0\",qop=auth-int,cnonce=\"d\"" },
    { "Proxy-Authenticate: Digest realm=\"r\",algorithm=SHA-256",
      "Proxy-Authorization: Digest username=\"u\",realm=\"r\",uri=\"sip:b\",algorithm=SHA-256,"
      "response=\"" ONES ONES "\"",
      "Proxy-Authentication-Info: nextnonce=\"n1\"" },
};
static const char *const media[] = { "", "m=audio 4000 RTP/AVP 0\r\n",
                                     "m=audio 4000 RTP/AVP 0 8\r\na=sendonly\r\n",
                                     "m=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n" };
#define COUNT(TABLE) (sizeof(TABLE) / sizeof *(TABLE))

struct outcome {
    size_t findings;
    uint64_t hash, frames;
};

static void add_to_hash(struct outcome *outcome, uint64_t word)
{
    outcome->hash = (outcome->hash ^ word) * 1099511628211u;
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct outcome *outcome = user;
    outcome->findings++;
    if (finding->offset > finding->packet->length ||
        finding->length > finding->packet->length - finding->offset)
        abort();
    if (finding->packet->frame > outcome->frames) abort();
    add_to_hash(outcome, (uint64_t)(uintptr_t)finding->rule);
    add_to_hash(outcome, (uint64_t)finding->verdict << 60 ^ finding->packet->frame << 32 ^
                             finding->offset << 16 ^ finding->length);
    for (size_t i = 0; i < finding->related_count; i++) {
        if (finding->related[i] == 0 || finding->related[i] > outcome->frames) abort();
        add_to_hash(outcome, finding->related[i]);
    }
}

/* The texts are fuzz_judge's. */
static bool wants_texts(void *user, const sipcheck_finding *finding)
{
    (void)user;
    return finding->packet->frame % 16 == 0;
}

/* --- one event */

struct text {
    char bytes[MESSAGE_MAX];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n =
        vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof text->bytes - text->length) abort();
    text->length += (size_t)n;
}

static unsigned bits(uint8_t byte, unsigned from, unsigned count)
{
    return (byte >> from) & ((1u << count) - 1);
}

static void put_extra(struct text *text, unsigned which, unsigned number)
{
    const char *at = extras[which];
    for (const char *hole; (hole = strstr(at, "%u")) != NULL; at = hole + 2)
        put(text, "%.*s%u", (int)(hole - at), at, number);
    put(text, "%s", at);
}

/* status: of a response; NULL: it is a request. */
static void put_digest(struct text *text, unsigned way, const char *status, unsigned number)
{
    if (way == 0) return;
    if (status == NULL)
        put(text, "%s,nonce=\"n%u\",nc=%08x\r\n", ways[way - 1].credentials, number / 2 % 4,
            number % 4);
    else if (!strncmp(status, "401", 3) || !strncmp(status, "407", 3))
        put(text, "%s,nonce=\"n%u\"\r\n", ways[way - 1].challenge, number / 2 % 4);
    else
        put(text, "%s,nc=%08x\r\n", ways[way - 1].info, number % 4);
}

static void put_body(struct text *text, unsigned which, unsigned version)
{
    char body[512];
    if (which == 0) {
        put(text, "Content-Length: 0\r\n\r\n");
        return;
    }
    int n = snprintf(body, sizeof body,
                     "v=0\r\no=- 1 %u IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n%s",
                     version, media[which]);
    put(text, "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", n, body);
}

static void make_message(struct text *text, const uint8_t *event)
{
    unsigned from = bits(event[0], 0, 2), to = bits(event[0], 2, 2), call = bits(event[0], 4, 2);
    unsigned what = bits(event[1], 0, 5) % (COUNT(methods) + COUNT(statuses));
    unsigned number = bits(event[2], 0, 4),
             branch = bits(event[3], 0, 3) + 8 * bits(event[1], 5, 1);
    bool request = what < COUNT(methods);
    const char *method = methods[request ? what : branch % COUNT(methods)];
    const char *transport = bits(event[0], 7, 1) ? "TCP" : "UDP";
    text->length = 0;
    if (request)
        put(text, "%s sip:b@10.0.0.%u SIP/2.0\r\n", method, to + 1);
    else
        put(text, "SIP/2.0 %s\r\n", statuses[what - COUNT(methods)]);
    if (bits(event[0], 6, 1))
        put(text, "Via: SIP/2.0/%s 10.0.0.3;branch=z9hG4bKp%u\r\n", transport, branch);
    put(text, "Via: SIP/2.0/%s 10.0.0.%u;branch=z9hG4bK%u.%u\r\n", transport,
        (request ? from : to) + 1, call, branch);
    put(text, "Max-Forwards: %u\r\nFrom: <sip:a@a.example>;tag=f%u\r\nTo: <sip:b@b.example>",
        70 - bits(event[0], 6, 1), bits(event[2], 4, 2));
    if (bits(event[2], 6, 2)) put(text, ";tag=t%u", bits(event[2], 6, 2));
    put(text, "\r\nCall-ID: call%u\r\nCSeq: %u %s\r\nContact: <sip:c@10.0.0.%u>\r\n", call, number,
        method, from + 1);
    put_extra(text, bits(event[3], 5, 3), number);
    put_digest(text, bits(event[1], 6, 2), request ? NULL : statuses[what - COUNT(methods)],
               number);
    put_body(text, bits(event[3], 3, 2), number);
}

static sipcheck_address_port element(unsigned which)
{
    return (sipcheck_address_port){ .family = 4,
                                    .bytes = { 10, 0, 0, (uint8_t)(which + 1) },
                                    .port = 5060 };
}

static uint64_t time_of(uint64_t now, uint8_t how)
{
    uint64_t step = (UINT64_C(1) << bits(how, 0, 5)) * 1000000;
    if (!bits(how, 5, 1)) return now + step;
    return now > step ? now - step : 0;
}

static void play(sipcheck *engine, struct outcome *outcome, const uint8_t *data, size_t size)
{
    uint64_t now = UINT64_C(1767603600) * 1000000000;
    struct text text;
    for (; size >= EVENT_BYTES && outcome->frames < EVENTS_MAX;
         data += EVENT_BYTES, size -= EVENT_BYTES) {
        make_message(&text, data);
        now = time_of(now, data[4]);
        bool told = bits(data[4], 6, 1), cut = bits(data[4], 7, 1), tcp = bits(data[0], 7, 1);
        if (told && !cut) sipcheck_advance(engine, now);
        outcome->frames++;
        const sipcheck_packet packet = {
            .bytes = (const uint8_t *)text.bytes,
            .length = cut ? text.length / 2 : text.length,
            .flags = (cut ? SIPCHECK_CUT : 0u) | (tcp ? SIPCHECK_STREAM : 0u),
            .frame = outcome->frames,
            .ns = now,
            .src = element(bits(data[0], 0, 2)),
            .dst = element(bits(data[0], 2, 2)),
            .transport = tcp ? SIPCHECK_TRANSPORT_TCP : SIPCHECK_TRANSPORT_UDP,
        };
        if (!told || !cut)
            sipcheck_feed(engine, &packet);
        else if (bits(data[4], 5, 1))
            sipcheck_clock_set(engine, now);
        else
            sipcheck_unreached(engine, &packet);
    }
    sipcheck_finish(engine);
}

static const sipcheck_rules *the_rules(void)
{
    static sipcheck_rules *rules;
    sipcheck_error error;
    if (rules == NULL) {
        rules = sipcheck_rules_new(NULL);
        if (!rules || sipcheck_rules_add_builtin(rules, &error) ||
            sipcheck_rules_seal(rules, &error))
            abort();
    }
    return rules;
}

static struct outcome run(const uint8_t *data, size_t size)
{
    struct outcome outcome = { 0, 14695981039346656037u, 0 };
    const sipcheck_address_port vantage[] = { element(0), element(2) };
    const sipcheck_element elements[] = { { element(1), SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS },
                                          { element(2), SIPCHECK_ROLE_PROXY } };
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = on_finding,
                                       .wants_texts = wants_texts,
                                       .vantage = vantage,
                                       .vantage_count = size % EVENT_BYTES % 2 ? 2 : 0,
                                       .elements = elements,
                                       .element_count = size % EVENT_BYTES / 2 == 1 ? 2 : 0,
                                       .digest = &fuzz_digest,
                                       .user = &outcome };
    sipcheck *engine = sipcheck_new(the_rules(), &options);
    if (engine == NULL) abort();
    play(engine, &outcome, data, size);
    sipcheck_free(engine);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome first = run(data, size), again = run(data, size);
    if (first.hash != again.hash || first.findings != again.findings) abort();
    return 0;
}
