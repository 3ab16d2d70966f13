/* SPDX-License-Identifier: MIT */
/* Start lines, lines, folds, bodies, and what is kept of bad messages. RFC 3261 §7, §18.3 */
#define _GNU_SOURCE
#include "values.h"

typedef struct message_case {
    const char *what, *text;
    int miss; /* offset of the first fault; -1: none */
    const char *wanted;
} message_case;

#define TAIL "\r\n\r\n"

static const message_case start_lines[] = {
    { "request", "INVITE sip:a@b SIP/2.0" TAIL, -1, NULL },
    { "extension method and version", "a!%*_+`'~-. x:y sip/17.04" TAIL, -1, NULL },
    { "CRLF in front: §7.5", "\r\n\r\nINVITE sip:a@b SIP/2.0" TAIL, -1, NULL },
    { "space in front", " INVITE sip:a@b SIP/2.0" TAIL, 0, "token" },
    { "two spaces behind the method", "INVITE  sip:a@b SIP/2.0" TAIL, 7, "scheme" },
    { "two spaces behind the URI", "INVITE sip:a@b  SIP/2.0" TAIL, 15, "\"SIP/\"" },
    { "tab", "INVITE\tsip:a@b SIP/2.0" TAIL, 6, "SP" },
    { "space at the end", "INVITE sip:a@b SIP/2.0 " TAIL, 22, "CRLF" },
    { "no version", "INVITE sip:a@b" TAIL, 14, "SP" },
    { "version of HTTP", "INVITE sip:a@b HTTP/1.1" TAIL, 15, "\"SIP/\"" },
    { "version without a dot", "INVITE sip:a@b SIP/2" TAIL, 20, "\".\"" },
    { "URI in angle brackets", "INVITE <sip:a@b> SIP/2.0" TAIL, 7, "scheme" },
    { "space in the URI", "INVITE sip:a@b; lr SIP/2.0" TAIL, 15, "uri-parameter" },
    { "method is a token", "INV(ITE sip:a@b SIP/2.0" TAIL, 3, "SP" },
    { "star", "OPTIONS * SIP/2.0" TAIL, 8, "scheme" },
    { "response", "SIP/2.0 200 OK" TAIL, -1, NULL },
    { "empty reason phrase", "SIP/2.0 100 " TAIL, -1, NULL },
    { "reason phrase of odd characters", "SIP/2.0 200 = 2**3 * 52 \xd0\xbd%41\t;/?:@&" TAIL, -1,
      NULL },
    { "no space behind the code", "SIP/2.0 100" TAIL, 11, "SP" },
    { "two spaces", "SIP/2.0  200 OK" TAIL, 8, "digit" },
    { "two digits", "SIP/2.0 99 OK" TAIL, 10, "digit" },
    { "four digits", "SIP/2.0 2000 OK" TAIL, 11, "SP" },
    { "quote in the reason phrase", "SIP/2.0 404 \"No\"" TAIL, 12, "character of a Reason-Phrase" },
    { "half an escape in the reason phrase", "SIP/2.0 200 50%" TAIL, 15, "HEXDIG" },
    { "control byte in the reason phrase", "SIP/2.0 200 a\x01" TAIL, 13,
      "character of a Reason-Phrase" },
    { "bare CR in the reason phrase", "SIP/2.0 200 a\rb" TAIL, 13, "character of a Reason-Phrase" },
    { "bad UTF-8 in the reason phrase", "SIP/2.0 200 \x80" TAIL, 12, "UTF-8 character" },
    { "nothing", "", 0, NULL },
    { "CRLF alone", "\r\n\r\n", 4, NULL },
    { "noise", "\x80\x01\x02\x03", 0, "token" },
};

#define START "INVITE sip:a@b SIP/2.0\r\n" /* 24 bytes */

static const message_case lines[] = {
    { "space and tab in front of the colon", START "Subject \t : a" TAIL, -1, NULL },
    { "nothing behind the colon", START "Subject:a" TAIL, -1, NULL },
    { "any case", START "sUBJECT: a" TAIL, -1, NULL },
    { "compact", START "S: a" TAIL, -1, NULL },
    { "an unknown letter", START "z: a" TAIL, -1, NULL },
    { "name of odd characters", START "a!%*_+`'~-.: b" TAIL, -1, NULL },
    { "no empty line", START "Subject: a\r\n", 36, "empty line behind the headers" },
    { "no line end", START "Subject: a", 34, "empty line behind the headers" },
    { "space in the name", START "Sub ject: a" TAIL, 28, "HCOLON" },
    { "no name", START ": a" TAIL, 24, "header-name" },
    { "no colon", START "Subject" TAIL, 31, "HCOLON" },
    { "colon on the next line", START "Subject\r\n : a" TAIL, 31, "HCOLON" },
    { "the first header is folded", START " Subject: a" TAIL, 24, "header-name" },
    { "control byte in the name", START "Sub\x01: a" TAIL, 27, "HCOLON" },
    { "LF as line end", START "Subject: a\nTo: <sip:a@b>" TAIL, 34, "CRLF" },
    { "LF behind the start line", "INVITE sip:a@b SIP/2.0\nSubject: a" TAIL, 22, "CRLF" },
    { "LF as the empty line", START "Subject: a\r\n\n", 36, "CRLF" },
    { "LF in a fold", START "Subject: a\n b" TAIL, 34, "CRLF" },
    { "CR as line end", START "Subject: a\rTo: <sip:a@b>" TAIL, 34, "end of field" },
    { "two CR", START "Subject: a\r\r\n\r\n", 34, "end of field" },
    { "line of white space", START "Subject: a\r\n \r\n\r\n", 34, "end of field" },
};

static bool case_fails(sipcheck_arena *arena, const fenced *fence, const message_case *t)
{
    const sipcheck_message *msg = NULL;
    size_t n = strlen(t->text);
    sipcheck_arena_reset(arena);
    if (sipcheck_parse(arena, fence_put(fence, t->text, n), n, 0, &msg) != 0) return true;
    int miss = msg->faults ? (int)msg->faults->offset : -1;
    const char *wanted = msg->faults ? msg->faults->wanted : "none";
    bool right = miss == t->miss && (!msg->faults || !t->wanted || !strcmp(wanted, t->wanted));
    if (!right)
        print_error("%s: fault at %d (%s), not %d (%s)\n", t->what, miss, wanted, t->miss,
                    t->wanted ? t->wanted : "any");
    return !right;
}

static void check_messages(const message_case *cases, size_t count)
{
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new(4096);
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += case_fails(arena, &fence, &cases[i]);
    fence_free(&fence);
    sipcheck_arena_free(arena);
    assert_int_equal(failures, 0);
}

static void start_lines_keep_the_grammar(void **state)
{
    (void)state;
    check_messages(start_lines, sizeof start_lines / sizeof *start_lines);
}

static void header_lines_keep_the_grammar(void **state)
{
    (void)state;
    check_messages(lines, sizeof lines / sizeof *lines);
}

static sipcheck_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = sipcheck_arena_new(NULL);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    sipcheck_arena_free(arena);
    return 0;
}

static const sipcheck_message *parse(const char *text, unsigned flags)
{
    const sipcheck_message *msg = NULL;
    sipcheck_arena_reset(arena);
    assert_int_equal(sipcheck_parse(arena, (const uint8_t *)text, strlen(text), flags, &msg), 0);
    return msg;
}

static void the_parts_of_a_request(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("INVITE sip:a@b SIP/2.0\r\nl: 2\r\n\r\nxyz", 0);
    assert_true(msg->valid && msg->is_request && !msg->is_response);
    assert_slice(msg->start_line, "INVITE sip:a@b SIP/2.0");
    assert_slice(msg->method, "INVITE");
    assert_int_equal(msg->method_id, SIPCHECK_METHOD_INVITE);
    assert_slice(msg->request_uri.raw, "sip:a@b");
    assert_slice(msg->version, "SIP/2.0");
    assert_slice(msg->head, "INVITE sip:a@b SIP/2.0\r\nl: 2\r\n\r\n");
    assert_slice(msg->body, "xy");
    assert_slice(msg->surplus, "z");
    assert_true(msg->headers[0].compact && msg->headers_whole);
}

static void the_parts_of_a_response(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("SIP/2.0 486 Busy Here\r\nCSeq: 7 BYE\r\n\r\n", 0);
    assert_true(msg->valid && msg->is_response);
    assert_int_equal(msg->status, 486);
    assert_slice(msg->reason, "Busy Here");
    assert_int_equal(msg->method_id, SIPCHECK_METHOD_BYE);
    assert_slice(msg->body, "");
    assert_absent(msg->surplus);
}

typedef struct method_case {
    const char *name;
    uint8_t id;
} method_case;

static const method_case methods[] = {
    { "INVITE", SIPCHECK_METHOD_INVITE },   { "ACK", SIPCHECK_METHOD_ACK },
    { "BYE", SIPCHECK_METHOD_BYE },         { "CANCEL", SIPCHECK_METHOD_CANCEL },
    { "OPTIONS", SIPCHECK_METHOD_OPTIONS }, { "REGISTER", SIPCHECK_METHOD_REGISTER },
    { "PRACK", SIPCHECK_METHOD_PRACK },     { "UPDATE", SIPCHECK_METHOD_UPDATE },
    { "INFO", SIPCHECK_METHOD_INFO },       { "SUBSCRIBE", SIPCHECK_METHOD_SUBSCRIBE },
    { "NOTIFY", SIPCHECK_METHOD_NOTIFY },   { "REFER", SIPCHECK_METHOD_REFER },
    { "MESSAGE", SIPCHECK_METHOD_MESSAGE }, { "PUBLISH", SIPCHECK_METHOD_PUBLISH },
};

/* In a start line, in a CSeq, with and without SIMD, and with no byte more behind it. */
static void assert_method(const char *name, uint8_t id)
{
    char text[80];
    for (unsigned flags = 0; flags <= SIPCHECK_SCALAR; flags += SIPCHECK_SCALAR) {
        snprintf(text, sizeof text, "%s sip:a SIP/2.0\r\n\r\n", name);
        assert_int_equal(parse(text, flags)->method_id, id);
        snprintf(text, sizeof text, "SIP/2.0 200 OK\r\nCSeq: 1 %s\r\n\r\n", name);
        assert_int_equal(parse(text, flags)->method_id, id);
        snprintf(text, sizeof text, "SIP/2.0 200 OK\r\nCSeq: 1 %s", name);
        assert_int_equal(parse(text, flags)->method_id, id);
    }
}

static void methods_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char other[16];
        size_t n = strlen(methods[i].name);
        assert_method(methods[i].name, methods[i].id);
        for (size_t at = 0; at < n; at++) {
            strcpy(other, methods[i].name);
            other[at] ^= 0x20;
            assert_method(other, SIPCHECK_METHOD_OTHER);
        }
        snprintf(other, sizeof other, "%.*s", (int)n - 1, methods[i].name);
        assert_method(other, SIPCHECK_METHOD_OTHER);
        snprintf(other, sizeof other, "%sS", methods[i].name);
        assert_method(other, SIPCHECK_METHOD_OTHER);
    }
}

static void values_are_linked_across_lines(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a ,\r\n"
                                        " SIP/2.0/UDP b\r\nX-Y: z\r\nv: SIP/2.0/UDP c\r\n\r\n",
                                        0);
    assert_int_equal(msg->header_count, 3);
    assert_int_equal(sipcheck_count(msg, SIPCHECK_HEADER_VIA), 3);
    assert_int_equal(msg->line_count[SIPCHECK_HEADER_VIA], 2);
    const sipcheck_value *v = sipcheck_first(msg, SIPCHECK_HEADER_VIA);
    assert_ptr_equal(v, msg->headers[0].first);
    assert_slice(v->raw, "SIP/2.0/UDP a");
    assert_slice(((const sipcheck_via *)v->next)->host, "b");
    assert_int_equal(v->next->line, 0);
    assert_int_equal(v->next->next->line, 2);
    assert_ptr_equal(v->next->next, msg->headers[2].first);
    assert_null(v->next->next->next);
    assert_slice(msg->headers[0].raw, "Via: SIP/2.0/UDP a ,\r\n SIP/2.0/UDP b");
    assert_slice(msg->headers[0].value, "SIP/2.0/UDP a ,\r\n SIP/2.0/UDP b");
    assert_int_equal(msg->headers[1].id, SIPCHECK_HEADER_UNKNOWN);
}

static void the_parts_of_a_via(void **state)
{
    (void)state;
    const sipcheck_message *msg =
        parse("OPTIONS sip:a SIP/2.0\r\nVia: SIP / 2.0 / TLS [::1] : 5061 ;Branch= z9 ;rport;"
              "received=192.0.2.1;ttl=1;maddr=m;branch=again\r\n\r\n",
              0);
    const sipcheck_via *via = (const sipcheck_via *)msg->values[SIPCHECK_HEADER_VIA];
    assert_true(via->v.valid);
    assert_slice(via->protocol, "SIP");
    assert_slice(via->version, "2.0");
    assert_slice(via->transport, "TLS");
    assert_slice(via->host, "[::1]");
    assert_int_equal(via->port, 5061);
    assert_slice(via->branch, "z9");
    assert_true(via->has_rport);
    assert_absent(via->rport);
    assert_slice(via->received, "192.0.2.1");
    assert_slice(via->ttl, "1");
    assert_slice(via->maddr, "m");
}

/* A fault in one element leaves the next ones and the next lines alone. */
static void parsing_goes_on_behind_faults(void **state)
{
    (void)state;
    const sipcheck_message *msg =
        parse("OPTIONS  sip:a@b  SIP/2.0 \r\nVia: SIP/2.0/UDP my_host:5060;branch=1, ;,SIP/2.0/UDP "
              "b;branch=2\r\nCSeq: 1OPTIONS\r\nContact: <sip:a@b>;q=2;x, sip:c@d?e\r\n"
              "Bad Name: x\r\nTo: \"A <sip:t@u>;tag=1\r\n\r\n",
              0);
    assert_true(msg->is_request && !msg->valid);
    assert_slice(msg->method, "OPTIONS");
    assert_slice(msg->request_uri.host, "b");
    const sipcheck_via *via = (const sipcheck_via *)msg->values[SIPCHECK_HEADER_VIA];
    assert_slice(via->host, "my_host");
    assert_int_equal(via->port, 5060);
    assert_slice(via->branch, "1");
    assert_false(via->v.valid);
    via = (const sipcheck_via *)via->v.next->next;
    assert_true(via->v.valid);
    assert_slice(via->branch, "2");
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)msg->values[SIPCHECK_HEADER_CSEQ];
    assert_int_equal(cseq->seq, 1);
    const sipcheck_address *contact =
        (const sipcheck_address *)msg->values[SIPCHECK_HEADER_CONTACT];
    assert_slice(contact->params->value, "2");
    assert_slice(contact->params->next->name, "x");
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    assert_slice(to->uri.user, "t");
    assert_slice(to->params->name, "tag");
    uint32_t last = 0;
    for (const sipcheck_fault *f = msg->faults; f; f = f->next) {
        assert_true(f->offset >= last);
        last = f->offset;
    }
    assert_int_equal(msg->fault_count, 9);
}

static void a_fault_says_where_and_what(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("OPTIONS sip:a SIP/2.0\r\nm: <sip:a@b>;q=1.5\r\n\r\n", 0);
    const sipcheck_fault *fault = msg->faults;
    assert_int_equal(fault->offset, 40);
    assert_int_equal(fault->length, 1);
    assert_int_equal(fault->header, SIPCHECK_HEADER_CONTACT);
    assert_true(fault->in_header);
    assert_slice(fault->header_name, "m");
    assert_string_equal(fault->production, "c-p-q");
    assert_string_equal(fault->wanted, "end of qvalue");
    assert_string_equal(fault->section, "25.1");
    assert_int_equal(fault->rfc, 3261);
    assert_null(fault->next);
}

static void lines_ended_by_lf_are_read(void **state)
{
    (void)state;
    const sipcheck_message *msg =
        parse("INVITE sip:a@b SIP/2.0\nTo: <sip:a@b>\n ;tag=1\nContent-Length: 3\n\nabc", 0);
    assert_int_equal(msg->fault_count, 5);
    assert_slice(msg->body, "abc");
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    assert_slice(to->params->value, "1");
    assert_true(to->v.valid && !msg->headers[0].valid);
}

static void a_bad_content_length_leaves_all_of_the_body(void **state)
{
    (void)state;
    assert_slice(parse("INVITE sip:a@b SIP/2.0\r\nl: -1\r\n\r\nabc", 0)->body, "abc");
    assert_slice(parse("INVITE sip:a@b SIP/2.0\r\nl: 99\r\n\r\nabc", 0)->body, "abc");
    assert_slice(parse("INVITE sip:a@b SIP/2.0\r\n\r\nabc", 0)->body, "abc");
    assert_slice(parse("INVITE sip:a@b SIP/2.0\r\nl: 18446744073709551616\r\n\r\nabc", 0)->body,
                 "abc");
    assert_slice(parse("INVITE sip:a@b SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\nabc", 0)->body, "a");
    assert_absent(parse("INVITE sip:a@b SIP/2.0\r\nl: 3\r\n", 0)->body);
}

static void numbers_that_do_not_fit(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("SIP/2.0 200 OK\r\nExpires: 18446744073709551616\r\n"
                                        "CSeq: 99999999999999999999 A\r\n\r\n",
                                        0);
    assert_true(msg->valid);
    const sipcheck_number *expires = (const sipcheck_number *)msg->values[SIPCHECK_HEADER_EXPIRES];
    assert_true(expires->overflow && expires->number == UINT64_MAX);
    assert_true(((const sipcheck_cseq *)msg->values[SIPCHECK_HEADER_CSEQ])->seq == UINT64_MAX);
}

static void what_the_capture_cut_is_no_fault(void **state)
{
    (void)state;
    const sipcheck_message *msg = parse("INVITE sip:a@b SIP/2.0\r\nTo: <sip:a", SIPCHECK_CUT);
    assert_true(msg->valid && msg->cut && !msg->headers_whole);
    msg = parse("INVITE sip:a@b SIP/2.0\r\nTo: <sip:a>;;x\r\nFrom: <", SIPCHECK_CUT);
    assert_int_equal(msg->fault_count, 1);
    assert_true(parse("INVITE sip:a@b SIP/2.0\r\nl: 3\r\n\r\nab", SIPCHECK_CUT)->cut);
    assert_false(parse("INVITE sip:a@b SIP/2.0\r\nl: 3\r\n\r\nabc", SIPCHECK_CUT)->cut);
}

static void faults_are_bounded(void **state)
{
    (void)state;
    static char text[4096];
    size_t n = (size_t)sprintf(text, "INVITE sip:a@b SIP/2.0\r\nSupported: ");
    memset(text + n, ',', 1000);
    strcpy(text + n + 1000, "\r\n\r\n");
    const sipcheck_message *msg = parse(text, 0);
    assert_int_equal(msg->fault_count, SIPCHECK_FAULT_MAX);
    assert_true(msg->faults_lost && !msg->valid);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    const sipcheck_message *msg = NULL;
    uint8_t *text = malloc(SIPCHECK_MESSAGE_MAX + 1);
    memset(text, 'a', SIPCHECK_MESSAGE_MAX + 1);
    assert_int_equal(sipcheck_parse(arena, text, SIPCHECK_MESSAGE_MAX + 1, 0, &msg),
                     SIPCHECK_TOO_BIG);
    assert_int_equal(sipcheck_parse(arena, text, SIPCHECK_MESSAGE_MAX, 0, &msg), 0);
    for (size_t i = 0; i < SIPCHECK_HEADER_FIELD_MAX + 2; i++)
        memcpy(text + 3 * i, "a:\n", 3);
    assert_int_equal(sipcheck_parse(arena, text, 3 * SIPCHECK_HEADER_FIELD_MAX + 6, 0, &msg),
                     SIPCHECK_TOO_BIG);
    free(text);
}

/* A hostile message is read in the time of its length. */
static void nothing_takes_long(void **state)
{
    (void)state;
    static const char *const units[] = { "<,", "\"\\", ",",        ";", "<a:b>,",
                                         "(",  "\"",   "a/b;q=1,", "%" };
    static const char *const names[] = { "Contact", "Via", "Server", "Authorization", "Accept" };
    enum { SIZE = 256 * 1024 };
    char *text = malloc(SIZE);
    const sipcheck_message *msg;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            size_t n = (size_t)sprintf(text, "INVITE sip:a@b SIP/2.0\r\n%s: ", names[k]);
            size_t unit = strlen(units[i]);
            for (; n + unit < SIZE; n += unit)
                memcpy(text + n, units[i], unit);
            sipcheck_arena_reset(arena);
            int error = sipcheck_parse(arena, (const uint8_t *)text, n, 0, &msg);
            assert_true(error == 0 || error == SIPCHECK_TOO_BIG);
        }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_lines_keep_the_grammar),
        cmocka_unit_test(header_lines_keep_the_grammar),
        cmocka_unit_test(the_parts_of_a_request),
        cmocka_unit_test(the_parts_of_a_response),
        cmocka_unit_test(methods_are_told_apart),
        cmocka_unit_test(values_are_linked_across_lines),
        cmocka_unit_test(the_parts_of_a_via),
        cmocka_unit_test(parsing_goes_on_behind_faults),
        cmocka_unit_test(a_fault_says_where_and_what),
        cmocka_unit_test(lines_ended_by_lf_are_read),
        cmocka_unit_test(a_bad_content_length_leaves_all_of_the_body),
        cmocka_unit_test(numbers_that_do_not_fit),
        cmocka_unit_test(what_the_capture_cut_is_no_fault),
        cmocka_unit_test(faults_are_bounded),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(nothing_takes_long),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
