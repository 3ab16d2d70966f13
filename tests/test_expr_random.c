/* SPDX-License-Identifier: MIT */
/* Random expressions, well formed and not, over random pieces of messages: no crash, no read
 * outside (with sanitizers), every run the same; what the preconditions exclude is false or absent.
 */
#include "expr.h"
#include <sipcheck/engine.h>

#include "rules/foresee.h"

#define ROUNDS 4000

/* xorshift64*, fixed seed: a failure is repeatable. */
static uint64_t random_state;

static unsigned random_below(unsigned n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned)((random_state * UINT64_C(2685821657736338717)) >> 33) % n;
}

#define PICK(table) (table)[random_below(sizeof(table) / sizeof *(table))]

typedef struct writer {
    char text[4000];
    size_t n;
    unsigned depth, elements;
} writer;

static void put(writer *w, const char *text)
{
    size_t n = strlen(text);
    if (w->n + n >= sizeof w->text) return;
    memcpy(w->text + w->n, text, n + 1);
    w->n += n;
}

static const char *const texts[] = {
    "sip.Method",
    "sip.CSeq.method",
    "sip.From.tag",
    "sip.To.tag",
    "sip.r-uri.host",
    "sip.Call-ID",
    "\"INVITE\"",
    "\"BYE\"",
    "\"FOO\"",
    "\"\"",
    "sip.transport",
    "first(sip.Via).branch",
    "last(sip.Contact.uri.user)",
    "unquote(sip.From.display)",
    "sip.r-uri",
    "sip.Reason-Phrase",
    "param(sip.From, \"tag\")",
    "sip.msg_body",
    "sip.Subject",
    "first(sip.Require)",
    "last(sip.headers).name",
    "first(sip.headers).name",
    "\"Via\"",
    "\"X\"",
    "\"RSeq\"",
    "\"Content-Transfer-Encoding\"",
    "first(sip.Contact).uri.transport",
    "\"tls\"",
    "\"udp\"",
    "first(sip.P-Asserted-Identity).host",
    "last(sip.Via).transport",
    "last(sip.Via).received",
    "sip.Date.weekday",
    "sip.Date.true_weekday",
    "sip.Request-Line",
    "sip.Status-Line",
    "sdp.session_name",
    "sdp.owner.address_type",
    "first(sdp.media).media",
    "\"audio\"",
    "\"-\"",
};
static const char *const numbers[] = {
    "sip.CSeq.seq",
    "sip.Max-Forwards",
    "sip.Status-Code",
    "200",
    "0",
    "9223372036854775807",
    "count(sip.Via)",
    "lines(sip.Supported)",
    "sip.r-uri.port",
    "length(sip.Method)",
    "-1",
    "count(sip.Contact.params)",
    "first(sip.Via).sent-by.port",
    "sip.Content-Length",
    "number(sip.From.tag)",
    "sip.body_length",
    "count(sip.Call-ID)",
    "length(sip.From.tag)",
    "length(sip.To.tag)",
    "length(first(sip.Via).branch)",
    "count(sip.Contact)",
    "count(sip.P-Asserted-Identity)",
    "first(sip.Contact).expires",
    "sip.Date.hour",
    "sip.Date.second",
    "sip.length",
    "sip.Session-Expires",
    "first(sdp.media).port",
    "first(sdp.media).port % 2",
    "sdp.owner.version",
    "count(sdp.connection_info)",
    "count(sdp.media.connection_info)",
    "sdp.directions",
    "first(sdp.time).start",
    "count(sip.parts)",
    "first(sip.parts).depth",
    "2147483648",
    "255",
    "6",
};
static const char *const truths[] = {
    "list_equal(sip.Allow, sip.Supported)",
    "list_ends_with(sip.Via.branch, sip.Require)",
    "uri_list_equal(sip.Route, sip.Record-Route)",
    "uri_list_ends_with(sip.Contact.uri, sip.Route)",
    "via_list_equal(sip.Via, sip.Via)",
    "via_equal(first(sip.Via), last(sip.Via))",
    "address_equal(sip.From, sip.To)",
    "host_equal(sip.r-uri.host, first(sip.Via).sent-by.address)",
    "sip.is_request",
    "sip.is_response",
    "true",
    "false",
    "sip.r-uri.is_sip",
    "exists(sip.Contact)",
    "exists(sip.To.tag)",
    "exists(sip.Via.received)",
    "distinct(sip.Via.branch)",
    "sip.Status-Code in {200..299, 100}",
    "sip.Method in {\"INVITE\", \"ACK\"}",
    "sip.Method not in {\"INVITE\", \"FOO\"}",
    "sip.CSeq.method == \"INVITE\"",
    "sip.CSeq.method != \"BYE\"",
    "sip.Status-Code >= 300",
    "sip.Status-Code != 486",
    "sip.Method == \"BYE\"",
    "\"100rel\" in sip.Require",
    "\"100rel\" not in sip.Supported",
    "sip.Method in sip.Allow",
    "has_param(sip.To, \"tag\")",
    "starts_with(sip.Call-ID, \"a\")",
    "uri_equal(sip.From, sip.To)",
    "known_method(sip.Method)",
    "exists(sip.Method)",
    "\"INVITE\" in sip.Allow",
    "\"BYE\" not in sip.Allow",
    "\"PRACK\" in sip.Allow",
    "\"100rel\" in sip.Supported",
    "\"path\" in sip.Supported",
    "all(t in sip.Supported: known_option_tag(t))",
    "exists(sip.Supported)",
    "exists(sip.P-Asserted-Identity)",
    "first(sip.P-Asserted-Identity).uri.is_sip",
    "any(c in sip.Contact: c.star)",
    "any(c in sip.Contact: c.uri.transport == \"tls\")",
    "any(c in sip.Contact: has_param(c, \"methods\") or has_param(c.uri, \"ob\"))",
    "all(c in sip.Contact: c.expires <= 4294967295)",
    "all(c in sip.Contact: distinct(c.params.name))",
    "any(c in sip.Contact: exists(c.params))",
    "any(c in sip.Contact: exists(c.uri.params.name))",
    "exists(sip.Contact.expires)",
    "exists(sip.Contact.q)",
    "exists(sip.Contact.uri.params)",
    "exists(sip.Contact.uri.headers)",
    "first(sip.Contact).uri.lr",
    "has_param(sip.From.uri, \"lr\")",
    "has_param(sip.From, \"x\")",
    "exists(sip.From.uri.transport)",
    "sip.From.host == \"anonymous.invalid\"",
    "sip.From.user in {\"anonymous\", \"Anonymous\"}",
    "first(sip.Contact).host not in {\"0.0.0.0\", \"255.255.255.255\", \"[::]\"}",
    "all(c in sip.Contact: c.uri.host != \"[::]\")",
    "any(c in sip.Contact: c.uri.lr)",
    "has_param(first(sip.Contact).uri, \"lr\")",
    "all(r in sip.Record-Route: not r.uri.is_sip or r.uri.lr)",
    "any(r in sip.Route: has_param(r.uri, \"lr\"))",
    "exists(sip.Record-Route)",
    "count(sip.Record-Route) == 1",
    "exists(sip.Route.uri.user)",
    "lines(sip.Via) > 0",
    "lines(sip.Contact) == 1",
    "lines(sip.Record-Route) < 2",
    "exists(sip.Date.true_weekday)",
    "sip.Date.hour <= 23 and sip.Date.minute <= 59 and sip.Date.second <= 60",
    "exists(sip.r-uri.user)",
    "has_param(first(sip.Via), \"rport\")",
    "exists(first(sip.Via).rport)",
    "exists(last(sip.Via).received)",
    "last(sip.Via).is_ip",
    "first(sip.Via).transport in {\"TCP\", \"WS\"}",
    "first(sip.Via).branch not in {\"z9hG4bK\", \"Z9HG4BK\"}",
    "starts_with(first(sip.Via).branch, \"z9hG4bK\")",
    "starts_with(sip.Status-Line, \"SIP/\")",
    "ends_with(sip.Request-Line, \"SIP/2.0\")",
    "sip.To.tag != sip.From.tag",
    "sip.From.tag == sip.To.tag",
    "sip.Content-Length <= sip.body_length",
    "sip.Content-Length > sip.body_length",
    "sip.body_length == sip.Content-Length",
    "sip.Max-Forwards <= 70",
    "sip.Max-Forwards > 255",
    "sip.Max-Forwards == 70",
    "sip.Expires <= 4294967295",
    "sip.r-uri.user_is_phone",
    "exists(sip.r-uri.phone_is_canonical)",
    "first(sip.Via).rport > 0",
    "sip.Date.true_weekday != sip.Date.weekday",
    "sip.CSeq.seq < 2 ** 31",
    "sip.Date.weekday == sip.Date.true_weekday",
    "exists(sip.Date.day)",
    "last(sip.headers).name not in {\"Via\", \"v\", \"Max-Forwards\"}",
    "any(h in sip.headers: h.name == \"RSeq\")",
    "all(h in sip.headers: h.known or h.name != \"Transfer-Encoding\")",
    "exists(sip.Accept.params)",
    "all(a in sip.Accept: distinct(a.params.name))",
    "exists(sip.Session-Expires.params)",
    "distinct(sip.Session-Expires.params.name)",
    "sip.Content-Type.type == \"application\"",
    "exists(sip.Content-Type.params)",
    "exists(sdp)",
    "exists(sip.parts)",
    "any(p in sip.parts: p.type.subtype == \"sdp\" and not exists(p.disposition))",
    "any(p in sip.parts: any(h in p.headers: h.name == \"Content-Transfer-Encoding\"))",
    "exists(sip.parts.type.params)",
    "exists(sip.parts.fragment_is_described)",
    "all(p in sip.parts: not exists(p.signers) or p.certificates > 0)",
    "exists(sip.parts.certificate) or exists(sip.parts.capabilities)",
    "all(m in sdp.media: m.dynamic_formats_are_mapped)",
    "all(m in sdp.media: m.static_formats_are_mapped and m.formats_are_payload_types)",
    "all(m in sdp.media: m.port % 2 == 0 or m.port == 9)",
    "any(m in sdp.media: m.port == 0 or m.directions > 1 or not m.is_rtp)",
    "all(m in sdp.media: m.media not in {\"control\", \"video\"})",
    "exists(sdp.media.crypto) or exists(sdp.crypto)",
    "exists(sdp.media.rtpmap)",
    "exists(sdp.ptime)",
    "exists(sdp.session_attr)",
    "exists(sdp.bandwidth) or exists(sdp.media.bandwidth)",
    "exists(sdp.encryption_key)",
    "sdp.uses_multicast",
    "all(c in sdp.connection_info: c.is_ip4 and not c.has_num_addr)",
    "any(c in sdp.media.connection_info: c.is_multicast or c.address_type == \"IP6\")",
    "all(t in sdp.time: t.start == 0 and t.stop == 0)",
    "sdp.session_name in {\"-\", \" \"}",
    "sdp.owner.sessionid_fits and sdp.owner.is_ip4",
    "sdp.session_name_is_utf8 and sdp.contacts_are_utf8",
};
static const char *const lists[] = {
    "sip.Via",       "sip.Contact",        "sip.headers",
    "sip.Require",   "sip.Contact.params", "sip.Via.branch",
    "sip.Supported", "sip.Allow",          "sip.parts",
    "sdp.media",     "sip.Contact.uri",    "sip.P-Asserted-Identity"
};
static const char *const comparisons[] = { " == ", " != ", " < ", " <= ", " > ", " >= " };
static const char *const operators[] = { " + ", " - ", " * ", " / ", " % ", " ** " };

static void put_number(writer *w)
{
    if (random_below(3) || w->depth > 8) {
        put(w, PICK(numbers));
        return;
    }
    w->depth++;
    put(w, "(");
    put_number(w);
    put(w, PICK(operators));
    put_number(w);
    put(w, ")");
    w->depth--;
}

static void put_truth(writer *w);

static void put_each(writer *w)
{
    char head[16];
    snprintf(head, sizeof head, "%s(e%u in ", random_below(2) ? "any" : "all", w->elements);
    put(w, head);
    put(w, PICK(lists));
    put(w, ": ");
    if (random_below(2)) {
        snprintf(head, sizeof head, "exists(e%u)", w->elements);
        put(w, head);
        put(w, random_below(2) ? " and " : " or ");
    }
    w->elements++;
    put(w, "(");
    put_truth(w);
    put(w, "))");
    w->elements--;
}

static void put_truth(writer *w)
{
    unsigned kind = w->depth > 8 ? random_below(3) : random_below(8);
    w->depth++;
    switch (kind) {
    case 0:
        put_number(w);
        put(w, PICK(comparisons));
        put_number(w);
        break;
    case 1:
        put(w, PICK(texts));
        put(w, random_below(2) ? " == " : " != ");
        put(w, PICK(texts));
        break;
    case 3:
        put(w, "not (");
        put_truth(w);
        put(w, ")");
        break;
    case 4:
    case 5:
        put(w, "(");
        put_truth(w);
        put(w, random_below(2) ? ") and (" : ") or (");
        put_truth(w);
        put(w, ")");
        break;
    case 6:
        put_each(w);
        break;
    default:
        put(w, PICK(truths));
        break;
    }
    w->depth--;
}

/* Lines of a message: some broken, some left out, some twice. */
static const char *const starts[] = { "INVITE sip:b@x SIP/2.0\n", "FOO sip:b@x:0 SIP/2.0\n",
                                      "BYE tel:+12 SIP/2.0\n",    "REGISTER sip:x SIP/2.0\n",
                                      "SIP/2.0 200 OK\n",         "SIP/2.0 486 \n",
                                      "SIP/2.0 999 x\n",          "HELLO\n",
                                      "ACK sip:[::1 SIP/2.0\n",   "SIP/2.0 2x0 OK\n" };
static const char *const lines[] = {
    "Via: SIP/2.0/UDP h:5060;branch=z9hG4bKa;received=1.2.3.4\n",
    "v: SIP/2.0/TCP h;branch=z9hG4bKa, SIP/2.0/UDP g;branch=INVITE\n",
    "Via: nonsense\n",
    "From: \"A \\\"\" <sip:a@x>;tag=1\n",
    "From: sip:a@x;tag\n",
    "To: <sip:b@x>;tag=INVITE\n",
    "To: <sip:b@x>\n",
    "Call-ID: a@b\n",
    "Call-ID: INVITE\n",
    "CSeq: 1 INVITE\n",
    "CSeq: 2 BYE\n",
    "CSeq: x\n",
    "Contact: <sip:a@x>;expires=1, *\n",
    "Contact: <sip:a@x;lr>;q=1;x, @\n",
    "Require: 100rel\n",
    "Require: 100rel, 100rel\n",
    "Supported:\n",
    "Supported: 100rel\n",
    "Allow: INVITE, BYE\n",
    "Max-Forwards: 70\n",
    "Max-Forwards: 99999999999999999999\n",
    "Content-Length: 2\n",
    "Content-Length: -1\n",
    "Subject:\n",
    "X: y\n",
    "X-A: y\n",
    "Transfer-Encoding: chunked\n",
    "RSeq: 1\n",
    "v: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bK;rport\n",
    "Via: SIP/2.0/TCP 1.2.3.4;branch=z9hG4bKb;rport=1;received\n",
    "Via: SIP/2.0/UDP h;branch;x\n",
    "From: <sip:a@x;transport=tls;lr>;tag=abcdefgh\n",
    "f: <sip:+1@x>;tag=\"abcdef\"\n",
    "From: <sip:anonymous@anonymous.invalid>;tag=abcdefgh\n",
    "From: <sip:ANONYMOUS@x;lr>;tag=abcdefgh\n",
    "Contact: <sip:a@0.0.0.0>, <sip:a@[::];lr>\n",
    "Record-Route: <sip:a;lr>\n",
    "Record-Route: <sip:a;lr>, <sip:b>\n",
    "Route: <sips:u@a;lr>\n",
    "To: <tel:+1>;tag=abcdefgh;x=y\n",
    "To: <sip:x:5060;user=phone;maddr=224.0.0.1>;tag=ABCDEFGH\n",
    "Contact: <sip:a@x;transport=udp>;expires=60\n",
    "Contact: <sip:a@x;transport=TLS;ob>;expires=99999999999;methods=\"x\", <sip:b@y>\n",
    "Contact: <sip:a@x;transport=udp;transport=tls>;q=1;q=0\n",
    "m: *\n",
    "Supported: path, foo\n",
    "k: 100REL, timer\n",
    "Allow: invite, PRACK\n",
    "Allow: INVITE, ACK, CANCEL, OPTIONS, FOO\n",
    "Allow: \n",
    "Max-Forwards: 71\n",
    "Max-Forwards: 300\n",
    "Expires: 4294967295\n",
    "Expires: 4294967296\n",
    "Expires: x\n",
    "CSeq: 4294967296 INVITE\n",
    "P-Asserted-Identity: <sip:a@x>\n",
    "P-Asserted-Identity: <tel:+1>, <sip:a@x>\n",
    "Date: Thu, 26 Nov 2026 12:00:00 GMT\n",
    "Date: Mon, 26 Nov 2026 24:00:61 GMT\n",
    "Date: Mon, 31 Feb 2026 00:00:00 GMT\n",
    "Accept: application/sdp, text/plain;q=0.5\n",
    "Accept: a/b;x=1;x=2\n",
    "Session-Expires: 90;refresher=uac\n",
    "Session-Expires: 90;refresher=uac;refresher=uac\n",
    "Content-Type: application/sdp\n",
    "Content-Type: application/sdp;x=y\n",
    "Content-Type: text/plain\n",
    "Content-Disposition: session\n",
    "Content-Transfer-Encoding: base64\n",
};

static const char *const good_starts[] = { "INVITE sip:b@x SIP/2.0\n", "SIP/2.0 200 OK\n",
                                           "REGISTER sip:x SIP/2.0\n" };

/* Of session descriptions: the plain ones more often. */
static const char *const sdp_starts[] = {
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 99999999999999999999 2 IN IP6 ::1\ns=\xff\n",
    "v=0\no=- 1 9223372036854775807 IN IP4 h\ns= \ni=x\n",
    "v=0\no=- 1\n",
};
static const char *const sdp_sessions[] = {
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nc=IN IP4 10.0.0.1/2\nt=0 0\n",
    "c=IN IP4 224.0.0.1/127\nt=1 0\n",
    "t=0 0\na=sendonly\n",
    "b=AS:1\nt=0 0\nk=clear:x\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n",
    "x\nt=0 0\n",
};
static const char *const sdp_media[] = {
    "m=audio 4000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 x/8000\n",
    "m=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=sendrecv\n",
    "m=audio 4000 RTP/AVP 0 101\na=ptime:20\n",
    "m=video 4001 RTP/AVP 300 x\nc=IN IP6 ff02::1\nb=TIAS:1\n",
    "m=audio 0 udp t38\na=sendrecv\na=sendonly\n",
    "m=audio 9 RTP/SAVP 96\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\na=foo\n",
    "m=audio\n",
};

static void put_sdp(writer *w)
{
    put(w, PICK(sdp_starts));
    put(w, PICK(sdp_sessions));
    for (unsigned n = random_below(3); n > 0; n--)
        put(w, PICK(sdp_media));
}

static void put_message(writer *w)
{
    put(w, PICK(starts));
    for (unsigned n = random_below(14); n > 0; n--)
        put(w, PICK(lines));
    if (random_below(8)) put(w, "\n");
    if (random_below(4) == 0)
        put(w, "body");
    else if (random_below(3))
        put_sdp(w);
}

/* A message that no rule of the grammar finds fault with, so that more is foreseen of it. */
static const char *const good_lines[] = {
    "To: <sip:b@x>\n",
    "To: <sip:b@x>;tag=abcdefgh\n",
    "To: <sip:b@x>;tag=stuvwxyz\n",
    "Supported: 100rel, timer\n",
    "Supported: path, foo\n",
    "Allow: INVITE, ACK, CANCEL, BYE\n",
    "Contact: <sip:a@x>\n",
    "Contact: <sip:a@x;transport=tcp>;expires=60\n",
    "Contact: <sip:a@x>;q=1, <sip:b@x:5060;lr>;expires=1\n",
    "P-Asserted-Identity: <sip:a@x>\n",
    "Date: Thu, 26 Nov 2026 12:00:00 GMT\n",
    "Record-Route: <sip:a;lr>\n",
    "Record-Route: <sip:b;x>, <sip:a;lr>\n",
    "Route: <sip:a;lr>\n",
    "Contact: <sip:Anonymous@[::];lr>\n",
    "Date: Fri, 26 Nov 2026 12:00:00 GMT\n",
    "X-A: y\n",
    "Expires: 60\n",
    "Foo: y\n",
    "Accept: application/sdp;q=1\n",
    "Session-Expires: 90;refresher=uac\n",
    "Via: SIP/2.0/TCP 1.2.3.4;branch=z9hG4bKb;rport=1;received=1.2.3.4\n",
    "Content-Type: application/sdp\n",
};

static void put_good_message(writer *w)
{
    put(w, PICK(good_starts));
    put(w, "Via: SIP/2.0/UDP h;branch=z9hG4bKabc;rport\n"
           "From: <sip:a@x>;tag=abcdefgh\nCall-ID: a@b\nMax-Forwards: 70\nCSeq: 1 INVITE\n");
    for (unsigned n = random_below(8); n > 0; n--)
        put(w, PICK(good_lines));
    if (random_below(2)) put(w, "Content-Type: application/sdp\n");
    bool body = random_below(3) > 0;
    if (!body && random_below(2)) put(w, "Content-Length: 0\n");
    put(w, "\n");
    if (body) put_sdp(w);
}

static sc_scratch scratch;

/* What the class of a message and some of its headers tell of an expression is what it says. */
static void check_foresight(const sc_observed *observed, const sc_program *program,
                            enum sc_outcome outcome, const char *expression)
{
    sc_foresight f = { .sample = observed,
                       .key = sc_class_key(observed, SIPCHECK_TRANSPORT_UDP, false) };
    if (f.key == 0) return;
    sc_marks sent, more;
    sc_note_marks(observed, &sent, &more);
    for (unsigned mark = 0; mark < SC_MARK_COUNT; mark++) {
        sc_marks *set = !sc_mark_in(&sent, mark)  ? &f.none
                        : sc_mark_in(&more, mark) ? &f.more
                                                  : &f.one;
        if (random_below(3) > 0) sc_mark_put(set, mark);
    }
    unsigned foreseen = sc_foresee(program, &f, &scratch);
    if (foreseen != SC_VARIES && foreseen != outcome)
        fail_msg("%s, foreseen %s:\n%s\n%.*s", expr_outcomes[outcome], expr_outcomes[foreseen],
                 expression, (int)observed->message->length,
                 (const char *)observed->message->bytes);
}

static void check_round(sipcheck_arena *arena, const sc_program *plain, const sc_program *condition,
                        const char *expression)
{
    writer w = { .n = 0 };
    char bytes[8192];
    if (random_below(2))
        put_message(&w);
    else
        put_good_message(&w);
    unsigned flags = 0;
    if (random_below(6) == 0) {
        w.text[random_below((unsigned)w.n + 1)] = '\0';
        flags = SIPCHECK_CUT;
    }
    sipcheck_arena_reset(arena);
    sc_observed observed = { .message = expr_parse(arena, w.text, flags, bytes, sizeof bytes),
                             .transport = { (const uint8_t *)"udp", 3 } };
    if (observed.message->line_count[SIPCHECK_HEADER_CONTENT_TYPE] > 0)
        assert_int_equal(sipcheck_body_parse(arena, observed.message, &observed.body), 0);
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };

    enum sc_outcome first = sc_program_eval(plain, &context, &scratch).outcome;
    (void)sc_program_mark(plain, &context, &scratch);
    memset(&scratch, 0xA5, sizeof scratch);
    assert_int_equal(sc_program_eval(plain, &context, &scratch).outcome, first);

    enum sc_outcome applies = sc_program_eval(condition, &context, &scratch).outcome;
    assert_int_not_equal(applies, SC_ABSENT);
    if (first == SC_TRUE) assert_int_equal(applies, SC_TRUE);
    if (first == SC_FALSE || first == SC_ABSENT) assert_int_equal(applies, SC_FALSE);
    check_foresight(&observed, plain, first, expression);
    sc_preconditions pre = sc_program_preconditions(condition);
    if (!sc_preconditions_match(&pre, observed.message) && applies != SC_FALSE)
        fail_msg("excluded, but %s:\n%s\n%s", expr_outcomes[applies], expression, w.text);
}

static void random_expressions_hold_together(void **state)
{
    (void)state;
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    random_state = 20260101;
    for (unsigned round = 0; round < ROUNDS; round++) {
        writer w = { .n = 0 };
        sc_program *plain = NULL, *condition = NULL;
        sipcheck_error error = { .line = 0 };
        put_truth(&w);
        const sc_source source = expr_source(w.text);
        int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &plain, &error);
        if (code != 0) continue; /* too large */
        assert_int_equal(
            sc_expr_compile(NULL, &source, &environment, SC_WANT_CONDITION, &condition, &error), 0);
        for (int i = 0; i < 8; i++)
            check_round(arena, plain, condition, w.text);
        sc_program_free(plain);
        sc_program_free(condition);
    }
    sipcheck_arena_free(arena);
}

/* Each by itself: what is foreseen of them is seldom more when they are joined. */
static void plain_truths_are_foreseen(void **state)
{
    (void)state;
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    random_state = 20261126;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        sc_program *plain = expr_compile(truths[i], &environment, SC_WANT_TRUTH);
        sc_program *condition = expr_compile(truths[i], &environment, SC_WANT_CONDITION);
        for (unsigned round = 0; round < ROUNDS; round++)
            check_round(arena, plain, condition, truths[i]);
        sc_program_free(plain);
        sc_program_free(condition);
    }
    sipcheck_arena_free(arena);
}

/* Words in any order: an error or a program, never a crash; the place of an error is in the text.
 */
static void random_words_end_in_an_error(void **state)
{
    (void)state;
    static const char *const words[] = {
        "sip",     ".",      "sip.Via",    "sip.CSeq.seq",
        "(",       ")",      "{",          "}",
        "any(",    "all(",   "in",         "not",
        "and",     "or",     "x",          ":",
        ",",       "..",     "==",         "<",
        "-",       "**",     "1",          "1.5",
        "500ms",   "\"a\"",  "\"\\\"\"",   "\"",
        "exists(", "first(", "has_param(", "true",
        "=",       "\n",     "\x80",       "first(sip.Via).",
        "branch",  "{{",     "}}",         "9223372036854775807",
    };
    const sc_environment environment = EXPR_ENVIRONMENT;
    random_state = 42;
    for (unsigned round = 0; round < 4 * ROUNDS; round++) {
        writer w = { .n = 0 };
        sc_program *program = NULL;
        sc_template *template = NULL;
        sipcheck_error error = { .line = 0 };
        for (unsigned n = 1 + random_below(14); n > 0; n--) {
            put(&w, PICK(words));
            put(&w, " ");
        }
        const sc_source source = expr_source(w.text);
        int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_ANY, &program, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        if (code == SIPCHECK_INVALID) {
            assert_true(error.line >= 1 && error.column >= 1 && error.column <= w.n + 1);
            assert_true(error.message[0] != '\0');
        }
        sc_program_free(program);
        code = sc_template_compile(NULL, &source, &environment, &template, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        if (code == SIPCHECK_OK) sc_template_free(template);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_expressions_hold_together),
        cmocka_unit_test(plain_truths_are_foreseen),
        cmocka_unit_test(random_words_end_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
