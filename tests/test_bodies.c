/* SPDX-License-Identifier: MIT */
/* Bodies: what Content-Type makes of them, parts and their limits, memory, and what rules see of a
 * body that is not whole. RFC 2046, RFC 3420, RFC 5621 */
#define _GNU_SOURCE
#include "bodies.h"
#include "failing.h"

#include <sipcheck/engine.h>

#define SDP "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n"
#define MIXED "Content-Type: multipart/mixed;boundary=split\r\n"

static const char nested[] = "preamble\r\n--split \t\r\nContent-Type: application/sdp\r\n"
                             "Content-Disposition: early-session\r\nContent-ID: <1@h>\r\n\r\n" SDP
                             "\r\n--split\r\nContent-Type: multipart/alternative;"
                             "boundary=\"in ner\"\r\n\r\n--in ner\r\n\r\nplain\r\n--in ner\r\n"
                             "Content-Type: application/SDP;x=y\r\nContent-Length: 3\r\n\r\n" SDP
                             "--in ner--\r\n--split\r\nContent-Type: message/sipfrag\r\n\r\n"
                             "SIP/2.0 200 OK\r\nTo: <sip:a@b>;tag=1\r\n--split--\r\nepilogue\r\n";

static const sipcheck_part *part_at(const sipcheck_body *body, unsigned index)
{
    const sipcheck_value *v = &body->parts->v;
    while (index--)
        v = v->next;
    return (const sipcheck_part *)v;
}

static void parts_come_in_order(void **state)
{
    (void)state;
    body_bench b = body_bench_new();
    const sipcheck_body *body = body_parse(&b, MIXED, nested, sizeof nested - 1, 0);
    static const struct {
        uint8_t kind, depth;
        size_t length;
    } wanted[] = { { SIPCHECK_BODY_MULTIPART, 0, sizeof nested - 1 },
                   { SIPCHECK_BODY_SDP, 1, sizeof SDP - 1 },
                   { SIPCHECK_BODY_MULTIPART, 1, 0 },
                   { SIPCHECK_BODY_OTHER, 2, 5 },
                   { SIPCHECK_BODY_SDP, 2, sizeof SDP - 3 },
                   { SIPCHECK_BODY_SIPFRAG, 1, 35 } };
    assert_true(body->valid && body->whole && body->readable);
    for (unsigned i = 0; i < 6; i++) {
        const sipcheck_part *part = part_at(body, i);
        assert_int_equal(part->body, wanted[i].kind);
        assert_int_equal(part->depth, wanted[i].depth);
        if (wanted[i].length) assert_int_equal(part->v.raw.n, wanted[i].length);
    }
    assert_null(part_at(body, 5)->v.next);
    assert_ptr_equal(body->sdp, part_at(body, 4)->sdp); /* the first is for early media */
    const sipcheck_message *fragment = part_at(body, 5)->message;
    assert_true(fragment->is_response && fragment->status == 200);
    assert_non_null(fragment->values[SIPCHECK_HEADER_TO]);
    body_bench_free(&b);
}

/* type: Content-Type's value; NULL: none. The fault is at `miss` of the body; -1: none, -2: in
 * front of it. */
typedef struct body_case {
    const char *what, *head, *text;
    uint8_t kind;
    int miss;
    const char *wanted;
} body_case;

static const body_case bodies[] = {
    { "no type", "", "v=1\r\n", SIPCHECK_BODY_OTHER, -1, NULL },
    { "another type", "Content-Type: text/plain\r\n", "v=1\r\n", SIPCHECK_BODY_OTHER, -1, NULL },
    { "types have no case", "c: APPLICATION / Sdp ;x=y\r\n", SDP, SIPCHECK_BODY_SDP, -1, NULL },
    { "identity is no coding", TYPE_SDP "Content-Encoding: identity\r\n", SDP, SIPCHECK_BODY_SDP,
      -1, NULL },
    { "coded", TYPE_SDP "Content-Encoding: gzip\r\n", "x", SIPCHECK_BODY_ENCODED, -1, NULL },
    { "transfer coding", TYPE_SDP "Content-Transfer-Encoding: base64\r\n",
      "dg==", SIPCHECK_BODY_ENCODED, -1, NULL },
    { "transfer codings that are none", TYPE_SDP "Content-Transfer-Encoding: 8BIT\r\n", SDP,
      SIPCHECK_BODY_SDP, -1, NULL },
    { "a fault in front of a broken type", "Content-Type: application/sdp;\r\n", "v=1\r\n",
      SIPCHECK_BODY_SDP, 5, "o=" },
    { "no boundary", "Content-Type: multipart/mixed\r\n", "x", SIPCHECK_BODY_MULTIPART, -2,
      "boundary of 1 to 70 characters" },
    { "empty boundary", "Content-Type: multipart/mixed;boundary=\"\"\r\n", "x",
      SIPCHECK_BODY_MULTIPART, -2, "boundary of 1 to 70 characters" },
    { "a space at the end of the boundary", "Content-Type: multipart/mixed;boundary=\"x \"\r\n",
      "--x \r\n\r\n--x --\r\n", SIPCHECK_BODY_MULTIPART, -2, "boundary of 1 to 70 characters" },
    { "no delimiter", MIXED, "x\r\n--spli\r\n--splitter\r\n", SIPCHECK_BODY_MULTIPART, 0,
      "dash-boundary" },
    { "no end", MIXED, "--split\r\n\r\nx\r\n", SIPCHECK_BODY_MULTIPART, 14, "close-delimiter" },
    { "no line end at the end", MIXED, "--split\r\n\r\nx\r\n--split--", SIPCHECK_BODY_MULTIPART, -1,
      NULL },
    { "empty parts", MIXED, "--split\r\n\r\n--split\r\n--split--\r\n", SIPCHECK_BODY_MULTIPART, -1,
      NULL },
    { "the last CRLF of a part is the boundary's", MIXED,
      "--split\r\n" TYPE_SDP "\r\n" SDP "--split--\r\n", SIPCHECK_BODY_MULTIPART, -1, NULL },
    { "a part's own faults", MIXED, "--split\r\n" TYPE_SDP "\r\nv=1 \r\n\r\n--split--\r\n",
      SIPCHECK_BODY_MULTIPART, 45, "end of line" },
    { "MIME's comments are no fault", MIXED,
      "--split\r\nContent-Type: text/plain (x)\r\nno field\r\n\r\nx\r\n--split--\r\n",
      SIPCHECK_BODY_MULTIPART, -1, NULL },
    { "status line", "Content-Type: message/sipfrag\r\n", "SIP/2.0 100 Trying\r\n",
      SIPCHECK_BODY_SIPFRAG, -1, NULL },
    { "headers only", "Content-Type: message/sipfrag\r\n", "From : <sip:a@b>\r\nTo: <sip:a@b>\r\n",
      SIPCHECK_BODY_SIPFRAG, -1, NULL },
    { "an empty line and a body", "Content-Type: message/sipfrag\r\n", "\r\nany \x01",
      SIPCHECK_BODY_SIPFRAG, -1, NULL },
    { "request line", "Content-Type: message/sipfrag;version=2.0\r\n",
      "BYE sip:a@b SIP/2.0\r\n\r\n", SIPCHECK_BODY_SIPFRAG, -1, NULL },
    { "no line end", "Content-Type: message/sipfrag\r\n", "SIP/2.0 200 OK", SIPCHECK_BODY_SIPFRAG,
      14, "CRLF" },
    { "broken status line", "Content-Type: message/sipfrag\r\n", "SIP/2.0 20 OK\r\n",
      SIPCHECK_BODY_SIPFRAG, 10, "digit" },
    { "a whole message", "Content-Type: message/sip\r\n",
      "BYE sip:a@b SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", SIPCHECK_BODY_SIP, -1, NULL },
    { "a message without its end", "Content-Type: message/sip\r\n",
      "BYE sip:a@b SIP/2.0\r\nCSeq: 1 BYE\r\n", SIPCHECK_BODY_SIP, 34,
      "empty line behind the headers" },
    { "a header of it", "Content-Type: message/sip\r\n",
      "BYE sip:a@b SIP/2.0\r\nCSeq: x BYE\r\n\r\n", SIPCHECK_BODY_SIP, 27, "digit" },
};

static bool fails(body_bench *b, const body_case *t)
{
    body_parse(b, t->head, t->text, strlen(t->text), 0);
    const sipcheck_fault *fault = b->body->faults;
    int miss = fault ? (int)(fault->offset - b->at) : -1;
    if (fault && fault->offset < b->at) miss = -2;
    bool right = miss == t->miss && b->body->parts->body == t->kind &&
                 (!fault || strcmp(fault->wanted, t->wanted) == 0);
    if (!right)
        print_error("%s: kind %u, fault at %d (%s), not %d (%s)\n", t->what,
                    (unsigned)b->body->parts->body, miss, fault ? fault->wanted : "none", t->miss,
                    t->wanted ? t->wanted : "none");
    return !right;
}

static void a_body_is_what_its_type_says(void **state)
{
    (void)state;
    body_bench b = body_bench_new();
    size_t failures = 0;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        failures += fails(&b, &bodies[i]);
    body_bench_free(&b);
    assert_int_equal(failures, 0);
}

static void what_is_not_whole_is_not_read(void **state)
{
    (void)state;
    body_bench b = body_bench_new();
    const sipcheck_body *body = body_parse(&b, TYPE_SDP "Content-Length: 5\r\n", "v=0", 3, 0);
    assert_true(!body->whole && !body->parts && body->valid);
    body = body_parse(&b, TYPE_SDP "Content-Length: 5\r\n", "v=0", 3, SIPCHECK_CUT);
    assert_true(!body->whole && !body->parts);
    body = body_parse(&b, TYPE_SDP "Content-Length: 2\r\n", "v=0", 3, 0);
    assert_true(!body->whole && !body->parts);
    body = body_parse(&b, TYPE_SDP "Content-Length: 0\r\n", "", 0, 0);
    assert_true(body->whole && !body->parts && !body->sdp);
    body_bench_free(&b);
}

/* What its quoted-pairs stand for is as legal as any other boundary. */
static void an_escaped_boundary_is_not_looked_for(void **state)
{
    (void)state;
    static const char text[] = "--a+b\r\n\r\nx\r\n--a+b--\r\n";
    body_bench b = body_bench_new();
    const sipcheck_body *body = body_parse(
        &b, "Content-Type: multipart/mixed;boundary=\"a\\+b\"\r\n", text, sizeof text - 1, 0);
    assert_true(body->whole && body->valid && !body->readable);
    body_bench_free(&b);
}

static void limits_are_told(void **state)
{
    (void)state;
    static char text[1 << 16];
    body_bench b = body_bench_new();
    size_t n = 0;
    for (unsigned i = 1; i < SIPCHECK_PART_MAX; i++)
        n += (size_t)sprintf(text + n, "--split\r\n\r\n");
    size_t whole = n + (size_t)sprintf(text + n, "--split--\r\n");
    assert_true(body_parse(&b, MIXED, text, whole, 0)->valid);
    n += (size_t)sprintf(text + n, "--split\r\n\r\n--split--\r\n");
    assert_false(body_parse(&b, MIXED, text, n, 0)->readable);
    n = 0;
    for (unsigned i = 0; i <= SIPCHECK_PART_DEPTH_MAX; i++)
        n += (size_t)sprintf(
            text + n, "--b%u\r\nContent-Type: multipart/mixed;boundary=b%u\r\n\r\n", i, i + 1);
    body_parse(&b, "Content-Type: multipart/mixed;boundary=b0\r\n", text, n, 0);
    assert_false(b.body->readable);
    unsigned deepest = 0;
    for (const sipcheck_value *v = &b.body->parts->v; v; v = v->next)
        deepest = ((const sipcheck_part *)v)->depth;
    assert_int_equal(deepest, SIPCHECK_PART_DEPTH_MAX);
    body_bench_free(&b);
}

/* --- memory */

/* Many lines and parts, so that the arena grows. */
static size_t large_body(char *text)
{
    size_t n = 0;
    for (unsigned i = 0; i < 40; i++) {
        n += (size_t)sprintf(text + n, "--split\r\n%s", i % 3 ? TYPE_SDP : "");
        if (i % 3 == 0) n += (size_t)sprintf(text + n, "Content-Type: message/sipfrag\r\n");
        n += (size_t)sprintf(text + n, "\r\n%s", i % 3 ? SDP : "SIP/2.0 x\r\nVia: y\r\n");
        for (unsigned k = 0; i % 3 && k < 60; k++)
            n += (size_t)sprintf(text + n, "m=a 1 b c d e f\r\na=group:x y z\r\na=rtpmap:x\r\n");
    }
    return n + (size_t)sprintf(text + n, "--split--\r\n");
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static char text[1 << 18];
    size_t n = large_body(text);
    body_bench b = body_bench_new();
    body_parse(&b, MIXED, text, n, 0);
    for (long left = 0;; left++) {
        failing f = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&f);
        sipcheck_arena *arena = sipcheck_arena_new(&allocator);
        const sipcheck_body *body = NULL;
        int error = arena ? sipcheck_body_parse(arena, b.message, &body) : SIPCHECK_NOMEM;
        bool failed = f.left < 0;
        assert_int_equal(error, failed ? SIPCHECK_NOMEM : 0);
        assert_int_equal(body == NULL, failed);
        sipcheck_arena_free(arena);
        assert_int_equal(f.out, 0);
        if (!failed) break;
        assert_true(left < 99);
    }
    body_bench_free(&b);
}

static bool inside(const body_bench *b, sipcheck_slice s)
{
    return !s.p ||
           (s.p >= b->message->bytes && s.p + s.n <= b->message->bytes + b->message->length);
}

static void check_places(const body_bench *b)
{
    for (const sipcheck_fault *f = b->body->faults; f; f = f->next)
        assert_true(f->offset + f->length <= b->message->length);
    const sipcheck_value *v = b->body->parts ? &b->body->parts->v : NULL;
    for (; v; v = v->next) {
        const sipcheck_part *part = (const sipcheck_part *)v;
        assert_true(inside(b, v->raw));
        for (int i = 0; part->sdp && i < SIPCHECK_SDP_LINES; i++)
            for (const sipcheck_value *l = part->sdp->session.lines[i]; l; l = l->next)
                assert_true(inside(b, l->raw));
    }
}

/* Every prefix, with odd bytes at its end, flush against a page that nobody may read. */
static void nothing_is_read_behind_the_end(void **state)
{
    (void)state;
    static const char odd[] = "\0\r\n\"<(\\:=/ -%[\xff";
    static const char sdp[] =
        "v=0\r\no=x 1 2 IN IP6 ::1\r\ns= \r\ni=y\r\nu=s://u@[v1.a]:1/p%41?q#f\r\n"
        "e=\"x\\y\"@[d] (c)\r\ne=A <(c)a@b>\r\np=A <+1 2>\r\nc=IN IP4 224.0.0.1/1/2\r\nb=X-Y:1\r\n"
        "t=3724394400 0\r\nr=7d 1h 0 1m\r\nz=3724394400 -1h\r\nk=base64:YWI=\r\na=group:x y\r\n"
        "m=audio 9/2 RTP/AVP 0 *\r\na=rtpmap:0 x/1/2\r\na=ptime:0.5\r\na=lang:a-b1\r\n"
        "a=crypto:1 A inline:k|2^1 S\r\na=fingerprint:h 0A:0B\r\na=rtcp:1 IN IP4 h\r\n"
        "a=candidate:1 1 UDP 1 h 1 typ host raddr h rport 1 x y\r\na=ice-options:a b\r\n"
        "a=des:qos none e2e send\r\na=remote-candidates:1 h 1 2 h 2\r\n";
    body_bench b = body_bench_new();
    for (size_t i = 0; i < sizeof odd; i++) {
        static char text[4096];
        for (size_t n = 1; n < sizeof nested; n++) {
            memcpy(text, nested, n);
            if (i) text[n - 1] = odd[i - 1];
            body_parse(&b, MIXED, text, n, 0);
            check_places(&b);
        }
        for (size_t n = 1; n < sizeof sdp; n++) {
            memcpy(text, sdp, n);
            if (i) text[n - 1] = odd[i - 1];
            body_parse(&b, TYPE_SDP, text, n, 0);
            check_places(&b);
        }
    }
    body_bench_free(&b);
}

/* --- verdicts */

typedef struct verdicts {
    unsigned fail, unknown;
    size_t offset;
} verdicts;

static void note(void *user, const sipcheck_finding *finding)
{
    verdicts *v = user;
    if (strncmp(finding->rule->id, "rfc8866-syntax-sdp-", 19) != 0) return;
    v->fail += finding->verdict == SIPCHECK_FAIL;
    v->unknown += finding->verdict == SIPCHECK_UNKNOWN;
    v->offset = finding->offset;
}

static verdicts judge(const sipcheck_rules *rules, const char *via, const char *text,
                      unsigned flags)
{
    verdicts v = { 0, 0, 0 };
    char bytes[2048];
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = note,
                                       .user = &v };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    int n =
        snprintf(bytes, sizeof bytes, "INVITE sip:a@b SIP/2.0\r\n%s%s\r\n%s", via, TYPE_SDP, text);
    const sipcheck_packet packet = {
        .bytes = (const uint8_t *)bytes, .length = (size_t)n, .flags = flags, .frame = 1
    };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    sipcheck_free(engine);
    return v;
}

static void only_what_is_whole_is_blamed(void **state)
{
    (void)state;
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    static const char via[] = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n";
    static const char proxied[] = "Via: SIP/2.0/UDP p;branch=z9hG4bK2\r\n"
                                  "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n";
    static const char broken[] = "v=0\r\no=- 0 0 IN IP4\r\ns=-\r\nt=0 0\r\n";
    verdicts v = judge(rules, via, broken, 0);
    assert_int_equal(v.fail, 1);
    assert_int_equal(v.offset, 24 + strlen(via) + strlen(TYPE_SDP) + 2 + 19);
    v = judge(rules, proxied, broken, 0);
    assert_true(v.fail == 0 && v.unknown == 1);
    v = judge(rules, "Content-Length: 99\r\n", broken, SIPCHECK_CUT);
    assert_true(v.fail == 0 && v.unknown == 1);
    v = judge(rules, "Content-Length: 99\r\n", broken, 0);
    assert_true(v.fail == 0 && v.unknown == 1);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_in_order),
        cmocka_unit_test(a_body_is_what_its_type_says),
        cmocka_unit_test(what_is_not_whole_is_not_read),
        cmocka_unit_test(an_escaped_boundary_is_not_looked_for),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(nothing_is_read_behind_the_end),
        cmocka_unit_test(only_what_is_whole_is_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
