/* SPDX-License-Identifier: MIT */
#include "rules/image.h"

#include <string.h>

#include "rules/memory.h"
#include "rules/program.h"

/* Whoever adds a member says here whether it goes along. */
_Static_assert(sizeof(void *) != 8 || sizeof(sc_rule) == 504, "sc_rule has other members");
_Static_assert(sizeof(void *) != 8 || sizeof(sc_program) == 136, "sc_program has other members");
_Static_assert(sizeof(void *) != 8 || sizeof(sc_value) == 32, "sc_value has other members");
_Static_assert(sizeof(sc_instruction) == 8 && sizeof(sc_mark) == 4, "so have its parts");

/* --- numbers and bytes */

static uint64_t read_number(sc_image *image)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *image->next++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
}

void sc_image_number(sc_image *image, uint64_t *number)
{
    if (sc_image_reads(image)) {
        *number = read_number(image);
        return;
    }
    uint8_t bytes[10];
    size_t n = 0;
    uint64_t left = *number;
    for (; left > 0x7F; left >>= 7)
        bytes[n++] = (uint8_t)(left & 0x7F) | 0x80;
    bytes[n++] = (uint8_t)left;
    image->put(image->user, bytes, n);
}

void sc_image_bytes(sc_image *image, void *bytes, size_t n)
{
    if (!sc_image_reads(image)) {
        image->put(image->user, bytes, n);
        return;
    }
    if (n > 0) memcpy(bytes, image->next, n);
    image->next += n;
}

static const char *read_text(sc_image *image)
{
    size_t n = (size_t)read_number(image);
    const char *text = (const char *)image->next;
    image->next += n + 1;
    return text;
}

static void write_text(sc_image *image, const char *text)
{
    uint64_t n = strlen(text);
    sc_image_number(image, &n);
    image->put(image->user, text, (size_t)n + 1);
}

/* --- what rules need */

static void transfer_preconditions(sc_image *image, sc_preconditions *p)
{
    const sc_preconditions none = sc_no_preconditions();
    bool any = memcmp(p->statuses, none.statuses, sizeof none.statuses) == 0;
    SC_IMAGE_MEMBER(image, p->kinds);
    SC_IMAGE_MEMBER(image, p->methods);
    SC_IMAGE_MEMBER(image, p->response_methods);
    SC_IMAGE_MEMBER(image, any);
    if (any)
        memcpy(p->statuses, none.statuses, sizeof none.statuses);
    else
        sc_image_bytes(image, p->statuses, sizeof p->statuses);
    for (size_t i = 0; i < SC_PRE_HEADERS_MAX; i++)
        SC_IMAGE_MEMBER(image, p->headers[i]);
    SC_IMAGE_MEMBER(image, p->header_count);
    SC_IMAGE_MEMBER(image, p->names);
}

/* --- programs */

/* answer and what is kept of messages is given by sealing; the rule has what is learned. */
static void transfer_members(sc_image *image, sc_program *p)
{
    SC_IMAGE_MEMBER(image, p->message_slots);
    SC_IMAGE_MEMBER(image, p->slots);
    SC_IMAGE_MEMBER(image, p->reads_gap);
    SC_IMAGE_MEMBER(image, p->reads_body);
    SC_IMAGE_MEMBER(image, p->type);
    SC_IMAGE_MEMBER(image, p->want);
    SC_IMAGE_MEMBER(image, p->shortcuts.true_without);
    SC_IMAGE_MEMBER(image, p->shortcuts.false_without);
}

/* Its text is behind the program's other parts, at *text. */
static void transfer_constant(sc_image *image, sc_value *v, uint8_t **text)
{
    bool is_text = v->raw.p != NULL;
    SC_IMAGE_MEMBER(image, is_text);
    SC_IMAGE_MEMBER(image, v->raw.n);
    v->raw.p = is_text ? *text : NULL;
    if (is_text) sc_image_bytes(image, *text, v->raw.n);
    if (is_text) *text += v->raw.n;
    SC_IMAGE_MEMBER(image, v->number);
    SC_IMAGE_MEMBER(image, v->state);
    SC_IMAGE_MEMBER(image, v->missing);
    SC_IMAGE_MEMBER(image, v->list);
    SC_IMAGE_MEMBER(image, v->cut_at);
}

static void transfer_field(sc_image *image, const sc_field **field)
{
    size_t number = sc_image_reads(image) ? 0 : sc_field_number(*field);
    SC_IMAGE_MEMBER(image, number);
    *field = sc_field_numbered(number);
}

static void transfer_parts(sc_image *image, const sc_program_parts *parts,
                           const sc_program_sizes *n)
{
    uint8_t *text = parts->texts;
    for (size_t i = 0; i < n->constants; i++)
        transfer_constant(image, &parts->constants[i], &text);
    for (size_t i = 0; i < n->paths; i++)
        transfer_field(image, &parts->paths[i]);
    sc_image_bytes(image, parts->code, n->code * sizeof *parts->code);
    sc_image_bytes(image, parts->marks, n->marks * sizeof *parts->marks);
}

static int transfer_one(sc_image *image, const sipcheck_allocator *allocator, sc_program **program)
{
    sc_program_sizes n = { 0 };
    sc_program_parts parts;
    if (!sc_image_reads(image)) n = sc_program_sizes_of(*program);
    SC_IMAGE_MEMBER(image, n.constants);
    SC_IMAGE_MEMBER(image, n.paths);
    SC_IMAGE_MEMBER(image, n.code);
    SC_IMAGE_MEMBER(image, n.marks);
    SC_IMAGE_MEMBER(image, n.texts);
    if (sc_image_reads(image)) *program = sc_program_new(allocator, &n);
    if (*program == NULL) return SIPCHECK_NOMEM;
    parts = sc_program_parts_of(*program, &n);
    transfer_members(image, *program);
    transfer_parts(image, &parts, &n);
    return SIPCHECK_OK;
}

int sc_image_program(sc_image *image, const sipcheck_allocator *allocator, sc_program **program)
{
    sc_program *first = NULL, **tail = sc_image_reads(image) ? &first : program;
    for (;; tail = &(*tail)->next) {
        bool more = !sc_image_reads(image) && *tail != NULL;
        SC_IMAGE_MEMBER(image, more);
        if (!more) break;
        if (transfer_one(image, allocator, tail) == SIPCHECK_OK) continue;
        sc_program_free(first);
        return SIPCHECK_NOMEM;
    }
    if (sc_image_reads(image)) *program = first;
    return SIPCHECK_OK;
}

/* --- rules */

static void transfer_public(sc_image *image, sipcheck_rule *pub)
{
    const char **const texts[] = { &pub->id,        &pub->title,   &pub->section, &pub->asks,
                                   &pub->why,       &pub->message, &pub->fix,     &pub->applies,
                                   &pub->assertion, &pub->expect,  &pub->swapped, &pub->on,
                                   &pub->vantage,   &pub->machine };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (sc_image_reads(image))
            *texts[i] = read_text(image);
        else
            write_text(image, *texts[i]);
    }
    SC_IMAGE_MEMBER(image, pub->line);
    SC_IMAGE_MEMBER(image, pub->rfc);
    SC_IMAGE_MEMBER(image, pub->binds);
    SC_IMAGE_MEMBER(image, pub->level);
    SC_IMAGE_MEMBER(image, pub->severity);
    SC_IMAGE_MEMBER(image, pub->scope);
    SC_IMAGE_MEMBER(image, pub->enabled);
    SC_IMAGE_MEMBER(image, pub->syntax);
}

static void write_statements(sc_image *image, const char *const *statements)
{
    uint64_t count = 0;
    while (statements[count] != NULL)
        count++;
    sc_image_number(image, &count);
    for (; *statements != NULL; statements++)
        write_text(image, *statements);
}

static int read_statements(sc_image *image, const sipcheck_allocator *allocator,
                           const char *const **ret)
{
    size_t count = (size_t)read_number(image);
    const char **statements = sc_allocate(allocator, (count + 1) * sizeof *statements);
    if (statements == NULL) return SIPCHECK_NOMEM;
    for (size_t i = 0; i < count; i++)
        statements[i] = read_text(image);
    statements[count] = NULL;
    *ret = statements;
    return SIPCHECK_OK;
}

static void transfer_own(sc_image *image, sc_rule *rule)
{
    SC_IMAGE_MEMBER(image, rule->expect.events);
    SC_IMAGE_MEMBER(image, rule->expect.unless);
    SC_IMAGE_MEMBER(image, rule->expect.no);
    SC_IMAGE_MEMBER(image, rule->expect.swapped);
    SC_IMAGE_MEMBER(image, rule->expect.own);
    SC_IMAGE_MEMBER(image, rule->on);
    SC_IMAGE_MEMBER(image, rule->vantage);
    transfer_preconditions(image, &rule->needs);
    transfer_preconditions(image, &rule->response_needs);
}

int sc_image_rule(sc_image *image, const sipcheck_allocator *allocator, sc_rule *rule)
{
    sc_program **const programs[] = { &rule->applies, &rule->assertion, &rule->mark,
                                      &rule->expect.where, &rule->expect.within };
    sc_template **const templates[] = { &rule->message, &rule->fix };
    transfer_public(image, &rule->pub);
    transfer_own(image, rule);
    int code = SIPCHECK_OK;
    if (sc_image_reads(image))
        code = read_statements(image, allocator, &rule->pub.statements);
    else
        write_statements(image, rule->pub.statements);
    for (size_t i = 0; i < sizeof programs / sizeof *programs && code == SIPCHECK_OK; i++)
        code = sc_image_program(image, allocator, programs[i]);
    for (size_t i = 0; i < sizeof templates / sizeof *templates && code == SIPCHECK_OK; i++)
        code = sc_image_template(image, allocator, templates[i]);
    return code;
}
