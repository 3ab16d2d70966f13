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
};
static const char *const truths[] = {
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
};
static const char *const lists[] = { "sip.Via",      "sip.Contact",        "sip.headers",
                                     "sip.Require",  "sip.Contact.params", "sip.Via.branch",
                                     "sip.Supported" };
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
static const char *const starts[] = { "INVITE sip:b@x SIP/2.0\n",
                                      "FOO sip:b@x:0 SIP/2.0\n",
                                      "BYE tel:+12 SIP/2.0\n",
                                      "SIP/2.0 200 OK\n",
                                      "SIP/2.0 486 \n",
                                      "SIP/2.0 999 x\n",
                                      "HELLO\n",
                                      "ACK sip:[::1 SIP/2.0\n",
                                      "SIP/2.0 2x0 OK\n" };
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
};

static void put_message(writer *w)
{
    put(w, PICK(starts));
    for (unsigned n = random_below(14); n > 0; n--)
        put(w, PICK(lines));
    if (random_below(8)) put(w, "\n");
    if (random_below(2)) put(w, "body");
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
    put_message(&w);
    unsigned flags = 0;
    if (random_below(3) == 0) {
        w.text[random_below((unsigned)w.n + 1)] = '\0';
        flags = SIPCHECK_CUT;
    }
    sipcheck_arena_reset(arena);
    const sc_observed observed = { .message = expr_parse(arena, w.text, flags, bytes, sizeof bytes),
                                   .transport = { (const uint8_t *)"udp", 3 } };
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
        cmocka_unit_test(random_words_end_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
