/* SPDX-License-Identifier: MIT */
/* Findings as JSON, many of the same few rules, several of a packet: what they have in common is
 * made once. Where there is no memory to keep it, it is made each time. */
#include "report/finding.h"
#include "rules/set.h"
#include "text/address.h"

enum { LINE = 8192, KEPT_SIZE = 4096, PACKET_SIZE = 512 };

/* What is kept of a rule: how its lines begin, by verdict, and texts that have no values in them.
 */
enum part { PART_MESSAGE = SIPCHECK_UNKNOWN + 1, PART_FIX, PARTS };

typedef struct kept {
    size_t n;
    char text[];
} kept;

/* The packet of the last finding. */
typedef struct last_packet {
    bool is_there;
    sipcheck_packet packet; /* its bytes are gone */
    size_t n, source_length;
    char text[PACKET_SIZE], source[SIPCHECK_ADDRESS_TEXT];
} last_packet;

struct sipcheck_json {
    sipcheck_allocator allocator;
    size_t count;
    kept **parts; /* PARTS a rule */
    last_packet last;
    char line[LINE];
};

typedef void make_fn(sc_out *out, const sipcheck_finding *finding);

sipcheck_json *sipcheck_json_new(const sipcheck_rules *rules, const sipcheck_allocator *allocator)
{
    sipcheck_allocator chosen = allocator != NULL ? *allocator : sc_default_allocator();
    sipcheck_json *json = chosen.alloc(chosen.user, sizeof *json);
    if (json == NULL) return NULL;
    size_t size = (rules->count * PARTS + 1) * sizeof(kept *);
    json->allocator = chosen;
    json->count = rules->count * PARTS;
    json->last.is_there = false;
    json->parts = chosen.alloc(chosen.user, size);
    if (json->parts == NULL) {
        chosen.release(chosen.user, json);
        return NULL;
    }
    memset(json->parts, 0, size);
    return json;
}

void sipcheck_json_free(sipcheck_json *json)
{
    if (json == NULL) return;
    sipcheck_allocator allocator = json->allocator;
    for (size_t i = 0; i < json->count; i++)
        if (json->parts[i] != NULL) allocator.release(allocator.user, json->parts[i]);
    allocator.release(allocator.user, json->parts);
    allocator.release(allocator.user, json);
}

/* --- of a rule */

static int refuse(void *user, const char *text, size_t length)
{
    (void)user, (void)text, (void)length;
    return 1;
}

static kept *make(const sipcheck_json *json, make_fn *maker, const sipcheck_finding *finding)
{
    char text[KEPT_SIZE];
    sc_out out = { .buf = text, .size = sizeof text, .write = refuse };
    maker(&out, finding);
    if (out.code != 0) return NULL;
    kept *made = json->allocator.alloc(json->allocator.user, sizeof *made + out.length);
    if (made == NULL) return NULL;
    made->n = out.length;
    memcpy(made->text, text, out.length);
    return made;
}

static void put_kept(sc_out *out, sipcheck_json *json, unsigned part, make_fn *maker,
                     const sipcheck_finding *finding)
{
    kept **slot = &json->parts[((const sc_rule *)finding->rule)->index * PARTS + part];
    if (*slot == NULL) *slot = make(json, maker, finding);
    if (*slot != NULL)
        sc_out_put(out, (*slot)->text, (*slot)->n);
    else
        maker(out, finding);
}

static void put_rule(sc_out *out, sipcheck_json *json, const sipcheck_finding *finding)
{
    if (finding->severity == finding->rule->severity)
        put_kept(out, json, finding->verdict, sc_json_rule, finding);
    else
        sc_json_rule(out, finding);
}

static bool is_constant(const char *text, const char *constant)
{
    return constant != NULL && text == constant;
}

static void put_texts(sc_out *out, sipcheck_json *json, const sipcheck_finding *finding)
{
    const sc_rule *rule = (const sc_rule *)finding->rule;
    if (is_constant(finding->text, sc_constant_message(rule)))
        put_kept(out, json, PART_MESSAGE, sc_json_message, finding);
    else
        sc_json_message(out, finding);
    if (is_constant(finding->fix, sc_constant_fix(rule)))
        put_kept(out, json, PART_FIX, sc_json_fix, finding);
    else
        sc_json_fix(out, finding);
}

/* --- of a packet */

static bool same_packet(const sipcheck_packet *a, const sipcheck_packet *b)
{
    return a->frame == b->frame && a->ns == b->ns && a->transport == b->transport &&
           sc_same_address(&a->src, &b->src) && sc_same_address(&a->dst, &b->dst);
}

static void remember(last_packet *last, const sipcheck_finding *finding)
{
    sc_out out = { .buf = last->text, .size = sizeof last->text, .write = refuse };
    sc_json_packet(&out, finding);
    last->packet = *finding->packet;
    last->n = out.length;
    last->source_length = strlen(sipcheck_address_text(&finding->packet->src, last->source));
    last->is_there = out.code == 0;
}

static void put_packet(sc_out *out, last_packet *last, const sipcheck_finding *finding)
{
    if (!last->is_there || !same_packet(&last->packet, finding->packet)) remember(last, finding);
    if (last->is_there)
        sc_out_put(out, last->text, last->n);
    else
        sc_json_packet(out, finding);
}

static void put_where(sc_out *out, const last_packet *last, const sipcheck_finding *finding)
{
    char address[SIPCHECK_ADDRESS_TEXT];
    sipcheck_slice culprit = { (const uint8_t *)last->source, last->source_length };
    if (!last->is_there || !sc_same_address(finding->culprit, &last->packet.src)) {
        culprit.p = (const uint8_t *)sipcheck_address_text(finding->culprit, address);
        culprit.n = strlen(address);
    }
    sc_json_where(out, finding, culprit);
}

int sipcheck_json_finding(sipcheck_json *json, const sipcheck_finding *finding,
                          sipcheck_write_fn write, void *user)
{
    sc_out out = { .buf = json->line, .size = sizeof json->line, .write = write, .user = user };
    put_rule(&out, json, finding);
    if (finding->message_parsed != NULL)
        put_packet(&out, &json->last, finding);
    else
        sc_json_packet(&out, finding);
    put_where(&out, &json->last, finding);
    put_texts(&out, json, finding);
    sc_json_end(&out, finding);
    return sc_out_flush(&out);
}
