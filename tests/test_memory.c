/* SPDX-License-Identifier: MIT */
/* The parser and its memory: any allocation may fail, a reused arena changes nothing, bytes behind
 * the end are not touched. */
#define _GNU_SOURCE
#include "failing.h"
#include "sample.h"

#include <dirent.h>

#include <sipcheck/message.h>

static const char message[] =
    "INVITE sips:a:b@[::1]:5061;transport=tls;lr?Subject=x HTTP/2.0\r\n"
    "Via: SIP/2.0/UDP a;branch=z;rport , SIP / 2.0 / TCP b_c:1;;x\r\n"
    "From: \"A \\\0\" <sip:a@b;x=y>;tag=1\r\n"
    "To: Bell, A <sip:b@[::1>;tag=2;y\r\n"
    "Contact: <sip:a@b?c=d>;q=2;expires=1, *, <tel:7>\r\n"
    "Authorization: Digest username=\"x\",nc=1,uri=\"sip:a\",,response=\"\"\r\n"
    "Accept: a/b;q=1;c=d, */*\r\n"
    "Warning: 399 a \"b\", 1000 c\r\n"
    "Retry-After: 1 (a (b)) ;duration=x\r\n"
    "Date: Sat, 13 Nov 2010 23:29:00 EST\r\n"
    "Server: a/b (c) [d]\r\n"
    "Identity: eyJhIjoxfQ.eyJvcmlnIjp7InVyaSI6InNpcDphQGI7eCJ9fQ.c;info=<http://a>\r\n"
    "X-Header: \xff\r\n"
    "Content-Length: 3\r\n"
    "\r\n"
    "abcd";

/* Many values, so that the arena grows several times. */
static size_t long_message(char *text, size_t most)
{
    size_t n = (size_t)snprintf(text, most, "INVITE sip:a@b SIP/2.0\r\n");
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, most - n, "Route: <sip:a@b;lr>;x=y,<sip:c>;;\r\nX: y\r\n");
    return n + (size_t)snprintf(text + n, most - n, "\r\n");
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static char text[1 << 15];
    size_t n = long_message(text, sizeof text);
    for (long left = 0;; left++) {
        failing f = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&f);
        sipcheck_arena *arena = sipcheck_arena_new(&allocator);
        const sipcheck_message *msg = NULL;
        int error = SIPCHECK_NOMEM;
        if (arena) error = sipcheck_parse(arena, (const uint8_t *)text, n, 0, &msg);
        bool failed = f.left < 0;
        assert_int_equal(error, failed ? SIPCHECK_NOMEM : 0);
        assert_int_equal(msg == NULL, failed);
        sipcheck_arena_free(arena);
        assert_int_equal(f.out, 0);
        if (!failed) break;
        assert_true(left < 99);
    }
}

static void nothing_is_allocated_once_the_arena_is_warm(void **state)
{
    (void)state;
    failing f = { .left = -1 };
    const sipcheck_allocator allocator = failing_allocator(&f);
    sipcheck_arena *arena = sipcheck_arena_new(&allocator);
    const sipcheck_message *msg = NULL;
    long warm = 0;
    for (int i = 0; i < 10; i++) {
        sipcheck_arena_reset(arena);
        assert_int_equal(
            sipcheck_parse(arena, (const uint8_t *)message, sizeof message - 1, 0, &msg), 0);
        if (i == 0) warm = f.given;
    }
    assert_int_equal(f.given, warm);
    sipcheck_arena_free(arena);
}

static void same_faults(const sipcheck_message *a, const sipcheck_message *b)
{
    assert_int_equal(a->fault_count, b->fault_count);
    const sipcheck_fault *g = b->faults;
    for (const sipcheck_fault *f = a->faults; f; f = f->next, g = g->next) {
        assert_int_equal(f->offset, g->offset);
        assert_int_equal(f->header, g->header);
        assert_string_equal(f->wanted, g->wanted);
    }
}

static void a_reused_arena_gives_the_same_message(void **state)
{
    (void)state;
    static char text[1 << 15];
    size_t n = long_message(text, sizeof text);
    sipcheck_arena *fresh = sipcheck_arena_new(NULL), *used = sipcheck_arena_new(NULL);
    const sipcheck_message *a = NULL, *b = NULL;
    const uint8_t *bytes = (const uint8_t *)message;
    assert_int_equal(sipcheck_parse(fresh, bytes, sizeof message - 1, 0, &a), 0);
    for (int i = 0; i < 3; i++) {
        sipcheck_arena_reset(used);
        assert_int_equal(sipcheck_parse(used, (const uint8_t *)text, n, 0, &b), 0);
    }
    sipcheck_arena_reset(used);
    assert_int_equal(sipcheck_parse(used, bytes, sizeof message - 1, 0, &b), 0);
    same_faults(a, b);
    for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++) {
        enum sipcheck_header_id header = (enum sipcheck_header_id)id;
        assert_int_equal(sipcheck_count(a, header), sipcheck_count(b, header));
        const sipcheck_value *w = b->values[id];
        for (const sipcheck_value *v = a->values[id]; v; v = v->next, w = w->next) {
            assert_ptr_equal(v->raw.p, w->raw.p);
            assert_int_equal(v->raw.n, w->raw.n);
            assert_int_equal(v->valid, w->valid);
        }
    }
    sipcheck_arena_free(fresh);
    sipcheck_arena_free(used);
}

/* Every prefix, and every prefix with one byte changed. */
static void nothing_is_read_behind_the_end(void **state)
{
    (void)state;
    static const uint8_t odd[] = { 0, '\r', '\n', '"', '<', '(', '\\', ',', ';', ':', 0xff, 0xe2 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new(sizeof message);
    const sipcheck_message *msg = NULL;
    for (size_t n = 0; n < sizeof message; n++)
        for (size_t i = 0; i <= sizeof odd; i++) {
            uint8_t *bytes = fence.end - n;
            memcpy(bytes, message, n);
            if (n && i < sizeof odd) bytes[n - 1] = odd[i];
            sipcheck_arena_reset(arena);
            assert_int_equal(sipcheck_parse(arena, bytes, n, SIPCHECK_CUT, &msg), 0);
            assert_int_equal(sipcheck_parse(arena, bytes, n, 0, &msg), 0);
            sipcheck_looks_like_sip(bytes, n);
            sipcheck_frame_next(bytes, n, n % 2);
        }
    fence_free(&fence);
    sipcheck_arena_free(arena);
}

/* Hosts, numbers and names at the very end of a message, cut by a capture or not. */
static void ends_of_messages_are_not_passed(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "From: <sip:b@", "Via: SIP/2.0/UDP ", "To: <sip:", "Contact: <sip:a;maddr=", "m: ", ""
    };
    static const char *const tails[] = { "...",      "1.2.3.",  "1.2.3.4", "....",      "1..2.",
                                         "1.2.3.45", "a.",      "-",       "[::1.2.3.", "1.1.1.1:",
                                         "a;lr",     "a;ttl=2", "*",       "1.2.3" };
    static const char *const ends[] = { "", "x", "\0a", ">", "\r\n", ">;tag", "\0\0" };
    static const size_t lengths[] = { 0, 1, 2, 1, 2, 5, 2 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new(256);
    const sipcheck_message *msg = NULL;
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        for (size_t t = 0; t < sizeof tails / sizeof *tails; t++)
            for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
                char text[256];
                int n = snprintf(text, sizeof text, "OPTIONS sip:a SIP/2.0\r\n%s%s", heads[h],
                                 tails[t]);
                memcpy(text + n, ends[e], lengths[e]);
                size_t length = (size_t)n + lengths[e];
                const uint8_t *bytes = fence_put(&fence, text, length);
                sipcheck_arena_reset(arena);
                assert_int_equal(sipcheck_parse(arena, bytes, length, 0, &msg), 0);
                assert_int_equal(sipcheck_parse(arena, bytes, length, SIPCHECK_CUT, &msg), 0);
            }
    fence_free(&fence);
    sipcheck_arena_free(arena);
}

static void cut_everywhere(sipcheck_arena *arena, const fenced *fence, const sample *s)
{
    static const uint8_t odd[] = { 0, '.', '"', '%', ' ' };
    const sipcheck_message *msg = NULL;
    for (size_t n = 1; n <= s->n; n++)
        for (size_t i = 0; i <= sizeof odd; i++) {
            uint8_t *bytes = fence->end - n;
            memcpy(bytes, s->bytes, n);
            if (i < sizeof odd) bytes[n - 1] = odd[i];
            sipcheck_arena_reset(arena);
            assert_int_equal(sipcheck_parse(arena, bytes, n, i % 2 ? SIPCHECK_CUT : 0, &msg), 0);
        }
}

static void no_seed_is_read_behind_its_end(void **state)
{
    (void)state;
    static const char folder[] = SIPCHECK_SOURCE_DIR "/corpus/parse";
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    fenced fence = fence_new(1 << 16);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    size_t seeds = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];
        uint8_t bytes[1 << 16];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        const sample s = { bytes, fread(bytes, 1, sizeof bytes, file) };
        fclose(file);
        cut_everywhere(arena, &fence, &s);
        seeds++;
    }
    closedir(dir);
    assert_true(seeds > 50);
    fence_free(&fence);
    sipcheck_arena_free(arena);
}

static bool inside(const sipcheck_message *msg, sipcheck_slice s)
{
    return !s.p || (s.p >= msg->bytes && s.p + s.n <= msg->bytes + msg->length);
}

static void slices_lie_in_the_message(void **state)
{
    (void)state;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *msg = NULL;
    for (size_t n = 0; n < sizeof message; n++) {
        sipcheck_arena_reset(arena);
        assert_int_equal(sipcheck_parse(arena, (const uint8_t *)message, n, 0, &msg), 0);
        for (size_t i = 0; i < msg->header_count; i++) {
            assert_true(inside(msg, msg->headers[i].name) && inside(msg, msg->headers[i].value));
            assert_true(inside(msg, msg->headers[i].raw));
        }
        for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++)
            for (const sipcheck_value *v = msg->values[id]; v; v = v->next)
                assert_true(inside(msg, v->raw));
        for (const sipcheck_fault *f = msg->faults; f; f = f->next)
            assert_true(f->offset + f->length <= n);
        assert_true(inside(msg, msg->body) && inside(msg, msg->surplus));
    }
    sipcheck_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(nothing_is_allocated_once_the_arena_is_warm),
        cmocka_unit_test(a_reused_arena_gives_the_same_message),
        cmocka_unit_test(nothing_is_read_behind_the_end),
        cmocka_unit_test(ends_of_messages_are_not_passed),
        cmocka_unit_test(no_seed_is_read_behind_its_end),
        cmocka_unit_test(slices_lie_in_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
