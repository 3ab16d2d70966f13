/* SPDX-License-Identifier: MIT */
/* A test's message: a base and its edits. docs/rule-language.md, Tests. */
#include <stdio.h>
#include <string.h>

#include "rules/bases.h"
#include "rules/set.h"
#include "text/arena.h"
#include "text/slice.h"

/* A message under edit, and why the last edit could not be made. */
typedef struct draft {
    sipcheck_arena *arena;
    sipcheck_slice bytes;
    char *why;
    bool no_memory;
} draft;

/* Part of the draft: [at, at + length). */
typedef struct part {
    size_t at, length;
} part;

static bool fail(draft *d, const char *format, sipcheck_slice name)
{
    snprintf(d->why, SC_TEST_WHY_MAX, format, (int)(name.n < 100 ? name.n : 100),
             (const char *)name.p);
    return false;
}

/* Put bytes in the place of a part. */
static bool splice(draft *d, part old, sipcheck_slice now)
{
    size_t behind = old.at + old.length;
    size_t n = d->bytes.n - old.length + now.n;
    uint8_t *bytes = sc_arena_alloc(d->arena, n + 1);
    if (bytes == NULL) {
        d->no_memory = true;
        return fail(d, "out of memory%.*s", (sipcheck_slice){ (const uint8_t *)"", 0 });
    }
    memcpy(bytes, d->bytes.p, old.at);
    if (now.n > 0) memcpy(bytes + old.at, now.p, now.n);
    memcpy(bytes + old.at + now.n, d->bytes.p + behind, d->bytes.n - behind);
    d->bytes = (sipcheck_slice){ bytes, n };
    return true;
}

/* --- lines */

/* The line that begins at `at`, with its CRLF. */
static part line_at(const draft *d, size_t at)
{
    const uint8_t *from = d->bytes.p + at;
    const uint8_t *end = memchr(from, '\n', d->bytes.n - at);
    return (part){ at, end != NULL ? (size_t)(end + 1 - from) : d->bytes.n - at };
}

static bool is_fold(const draft *d, size_t at)
{
    return at < d->bytes.n && (d->bytes.p[at] == ' ' || d->bytes.p[at] == '\t');
}

/* The header field behind a line, with its folds; length 0: there is none. */
static part next_field(const draft *d, part before)
{
    part field = { before.at + before.length, 0 };
    if (field.at >= d->bytes.n || d->bytes.p[field.at] == '\r') return field;
    do {
        field.length += line_at(d, field.at + field.length).length;
    } while (is_fold(d, field.at + field.length));
    return field;
}

/* The colon's place in a field; its length when it has none. */
static size_t colon_of(const draft *d, part field)
{
    const uint8_t *from = d->bytes.p + field.at;
    const uint8_t *colon = memchr(from, ':', field.length);
    return colon != NULL ? (size_t)(colon - from) : field.length;
}

static bool is_named(const draft *d, part field, sipcheck_slice name)
{
    sipcheck_slice sent = { d->bytes.p + field.at, colon_of(d, field) };
    sent = sc_trim(sent);
    for (size_t i = 0; i < sent.n && sent.n == name.n; i++)
        if (sc_lower(sent.p[i]) != sc_lower(name.p[i])) return false;
    return sent.n == name.n;
}

/* The first field of that name behind `before`; length 0: there is none. */
static part find_field(const draft *d, part before, sipcheck_slice name)
{
    part field = next_field(d, before);
    while (field.length > 0 && !is_named(d, field, name))
        field = next_field(d, field);
    return field;
}

/* Where the empty line begins; the end when there is none. */
static part headers_end(const draft *d)
{
    part field = line_at(d, 0);
    for (part next = next_field(d, field); next.length > 0; next = next_field(d, field))
        field = next;
    return (part){ field.at + field.length, 0 };
}

/* --- edits */

static uint8_t *append(uint8_t *to, sipcheck_slice text)
{
    if (text.n > 0) memcpy(to, text.p, text.n);
    return to + text.n;
}

static bool insert_field(draft *d, part where, sipcheck_slice name, sipcheck_slice value)
{
    static const sipcheck_slice colon = { (const uint8_t *)": ", 2 };
    static const sipcheck_slice crlf = { (const uint8_t *)"\r\n", 2 };
    size_t n = name.n + colon.n + value.n + crlf.n;
    uint8_t *line = sc_arena_alloc(d->arena, n);
    if (line == NULL) {
        d->no_memory = true;
        return false;
    }
    append(append(append(append(line, name), colon), value), crlf);
    return splice(d, where, (sipcheck_slice){ line, n });
}

/* The value of a field, without the white space around it. */
static part value_of(const draft *d, part field)
{
    size_t colon = colon_of(d, field);
    size_t from = colon < field.length ? colon + 1 : colon;
    const uint8_t *p = d->bytes.p + field.at;
    size_t end = field.length;
    while (end > from && sc_is_blank(p[end - 1]))
        end--;
    while (from < end && sc_is_blank(p[from]))
        from++;
    /* an empty value: its place is behind the colon, before the CRLF */
    return (part){ field.at + from, end - from };
}

/* Which part of the start line a name stands for. A request line: Method SP Request-URI SP Version;
 * a status line: Version SP Status-Code SP Reason-Phrase. */
static bool start_line_part(const draft *d, sipcheck_slice name, unsigned *ret)
{
    static const char *const request[] = { "Method", "Request-URI", "Version" };
    static const char *const status[] = { "Version", "Status-Code", "Reason-Phrase" };
    bool response = d->bytes.n > 4 && memcmp(d->bytes.p, "SIP/", 4) == 0;
    for (unsigned i = 0; i < 3; i++) {
        if (sc_same(name, response ? status[i] : request[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static bool is_start_line_name(sipcheck_slice name)
{
    return sc_same(name, "Method") || sc_same(name, "Request-URI") || sc_same(name, "Version") ||
           sc_same(name, "Status-Code") || sc_same(name, "Reason-Phrase");
}

/* index: 0 up to the first space, 1 between, 2 behind: a request's last space, a response's second
 */
static part part_of_start_line(const draft *d, unsigned index)
{
    part line = line_at(d, 0);
    size_t end = line.length >= 2 ? line.length - 2 : 0;
    bool response = d->bytes.n > 4 && memcmp(d->bytes.p, "SIP/", 4) == 0;
    const uint8_t *p = d->bytes.p;
    const uint8_t *space = memchr(p, ' ', end);
    size_t first = space != NULL ? (size_t)(space - p) : end;
    size_t second = first;
    for (size_t i = first + 1; i < end && (second == first || !response); i++)
        second = p[i] == ' ' ? i : second;
    second = second == first ? end : second;
    const part parts[] = { { 0, first },
                           { first + 1, second > first ? second - first - 1 : 0 },
                           { second + 1, end > second ? end - second - 1 : 0 } };
    return parts[index];
}

static bool set_field(draft *d, const sc_edit *edit)
{
    unsigned index;
    if (start_line_part(d, edit->name, &index))
        return splice(d, part_of_start_line(d, index), edit->value);
    if (is_start_line_name(edit->name))
        return fail(d, "set: this start line has no %.*s", edit->name);
    part field = find_field(d, line_at(d, 0), edit->name);
    return field.length > 0 ? splice(d, value_of(d, field), edit->value)
                            : insert_field(d, headers_end(d), edit->name, edit->value);
}

static bool remove_fields(draft *d, const sc_edit *edit)
{
    part field = find_field(d, line_at(d, 0), edit->name);
    if (field.length == 0) return fail(d, "remove: there is no %.*s", edit->name);
    while (field.length > 0) {
        if (!splice(d, field, (sipcheck_slice){ NULL, 0 })) return false;
        field = find_field(d, line_at(d, 0), edit->name);
    }
    return true;
}

static bool add_field(draft *d, const sc_edit *edit)
{
    part field = find_field(d, line_at(d, 0), edit->name), last = field;
    while (field.length > 0) {
        last = field;
        field = find_field(d, field, edit->name);
    }
    part where = last.length > 0 ? (part){ last.at + last.length, 0 } : headers_end(d);
    return insert_field(d, where, edit->name, edit->value);
}

static bool sets_length(const sc_test *test)
{
    for (const sc_edit *edit = test->edits; edit != NULL; edit = edit->next)
        if (edit->kind == SC_EDIT_SET && sc_same_nocase(edit->name, "Content-Length")) return true;
    return false;
}

/* Content-Length follows a new body, where there is one and the test does not set it. */
static bool follow_length(draft *d, size_t body, const sc_test *test)
{
    static const char name[] = "Content-Length";
    part field =
        find_field(d, line_at(d, 0), (sipcheck_slice){ (const uint8_t *)name, sizeof name - 1 });
    if (field.length == 0 || sets_length(test)) return true;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%zu", body);
    return splice(d, value_of(d, field), (sipcheck_slice){ (const uint8_t *)digits, (size_t)n });
}

static bool set_body(draft *d, const sc_edit *edit, const sc_test *test)
{
    size_t body = headers_end(d).at + 2;
    if (body > d->bytes.n) {
        return fail(d, "body: the message has no empty line%.*s",
                    (sipcheck_slice){ edit->value.p, 0 });
    }
    return splice(d, (part){ body, d->bytes.n - body }, edit->value) &&
           follow_length(d, edit->value.n, test);
}

static bool replace_bytes(draft *d, const sc_edit *edit)
{
    size_t at = sc_find_bytes(d->bytes, edit->name);
    return at != SIZE_MAX ? splice(d, (part){ at, edit->name.n }, edit->value)
                          : fail(d, "replace: \"%.*s\" does not occur", edit->name);
}

static bool apply(draft *d, const sc_edit *edit, const sc_test *test)
{
    switch ((enum sc_edit_kind)edit->kind) {
    case SC_EDIT_SET:
        return set_field(d, edit);
    case SC_EDIT_REMOVE:
        return remove_fields(d, edit);
    case SC_EDIT_ADD:
        return add_field(d, edit);
    case SC_EDIT_BODY:
        return set_body(d, edit, test);
    case SC_EDIT_REPLACE:
        return replace_bytes(d, edit);
    }
    return false;
}

int sc_test_edit(const sc_test *test, sipcheck_slice start, sipcheck_arena *arena,
                 sipcheck_slice *ret, char why[SC_TEST_WHY_MAX])
{
    draft d = { .arena = arena, .bytes = start };
    d.why = why;
    *ret = (sipcheck_slice){ 0 };
    for (const sc_edit *edit = test->edits; edit != NULL; edit = edit->next)
        if (!apply(&d, edit, test)) return d.no_memory ? SIPCHECK_NOMEM : SIPCHECK_OK;
    *ret = d.bytes;
    return SIPCHECK_OK;
}

int sc_test_build(const sipcheck_rules *set, const sc_test *test, sipcheck_arena *arena,
                  sipcheck_slice *ret, char why[SC_TEST_WHY_MAX])
{
    const sc_base *base = sc_base_find(set, test->base);
    *ret = (sipcheck_slice){ 0 };
    if (base != NULL) return sc_test_edit(test, base->bytes, arena, ret, why);
    /* the set is not sealed */
    snprintf(why, SC_TEST_WHY_MAX, "no base message is called \"%.100s\"", test->base);
    return SIPCHECK_OK;
}
