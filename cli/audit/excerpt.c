/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "excerpt.h"
#include "../address.h"
#include "../flow/calls.h"
#include "../output.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_LEAST = 24 }; /* columns for it; in less the line is broken */

/* A kind of finding at an element. */
struct kind {
    sipcheck_address_port element;
    const sipcheck_rule *rule;
    enum sipcheck_verdict verdict;
    gboolean waived;
};

struct excerpt {
    struct kind kind;
    GBytes *transaction; /* Call-ID and number of CSeq */
    GPtrArray *steps;    /* of struct step */
    capture_place culprit;
    guint64 culprit_bytes; /* step.bytes */
};

struct moment {
    GBytes *transaction;
    struct step *step;
};

struct excerpts {
    struct moment ring[EXCERPT_RING_MAX]; /* message n stands at n % EXCERPT_RING_MAX */
    guint64 count;
    GHashTable *by_kind; /* of struct excerpt */
    GHashTable *open;    /* transaction → GPtrArray of those that take more of it */
};

static guint kind_hash(gconstpointer key)
{
    const struct kind *kind = key;
    return address_hash(&kind->element) ^ g_str_hash(kind->rule->id) ^ (guint)kind->verdict;
}

static gboolean kind_equal(gconstpointer a, gconstpointer b)
{
    const struct kind *x = a, *y = b;
    return x->rule == y->rule && x->verdict == y->verdict && x->waived == y->waived &&
           address_equal(&x->element, &y->element);
}

static void excerpt_free(gpointer data)
{
    struct excerpt *excerpt = data;
    g_bytes_unref(excerpt->transaction);
    g_ptr_array_unref(excerpt->steps);
    g_free(excerpt);
}

static void forget(struct moment *moment)
{
    if (!moment->step) return;
    g_bytes_unref(moment->transaction);
    step_free(moment->step);
}

struct excerpts *excerpts_new(void)
{
    struct excerpts *excerpts = g_new0(struct excerpts, 1);
    excerpts->by_kind = g_hash_table_new_full(kind_hash, kind_equal, NULL, excerpt_free);
    excerpts->open =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                              (GDestroyNotify)g_ptr_array_unref);
    return excerpts;
}

void excerpts_free(struct excerpts *excerpts)
{
    if (!excerpts) return;
    for (gsize i = 0; i < EXCERPT_RING_MAX; i++)
        forget(&excerpts->ring[i]);
    g_hash_table_unref(excerpts->open);
    g_hash_table_unref(excerpts->by_kind);
    g_free(excerpts);
}

/* An excerpt that is full takes no more. */
static void follow(struct excerpts *excerpts, const struct moment *moment)
{
    GPtrArray *open = g_hash_table_lookup(excerpts->open, moment->transaction);
    for (guint i = open ? open->len : 0; i > 0; i--) {
        struct excerpt *excerpt = open->pdata[i - 1];
        g_ptr_array_add(excerpt->steps, step_copy(moment->step));
        if (excerpt->steps->len >= EXCERPT_STEPS_MAX) g_ptr_array_remove_index_fast(open, i - 1);
    }
    if (open && !open->len) g_hash_table_remove(excerpts->open, moment->transaction);
}

void excerpts_message(struct excerpts *excerpts, GBytes *transaction, struct step *step)
{
    struct moment *moment = &excerpts->ring[excerpts->count++ % EXCERPT_RING_MAX];
    forget(moment);
    moment->transaction = transaction;
    moment->step = step;
    follow(excerpts, moment);
}

static gboolean is_culprit(const struct step *step, const struct excerpt *excerpt)
{
    const capture_place *place = &excerpt->culprit;
    return step->place.frame == place->frame && step->place.source == place->source &&
           step->bytes == excerpt->culprit_bytes;
}

/* The latest messages of its transaction, of those that are remembered, and the culprit's even if
 * it is not among the latest. */
static void look_back(const struct excerpts *excerpts, struct excerpt *excerpt)
{
    guint64 oldest = excerpts->count > EXCERPT_RING_MAX ? excerpts->count - EXCERPT_RING_MAX : 0;
    for (guint64 n = excerpts->count; n > oldest; n--) {
        const struct moment *moment = &excerpts->ring[(n - 1) % EXCERPT_RING_MAX];
        gboolean room = excerpt->steps->len < EXCERPT_STEPS_MAX - 1;
        if (!g_bytes_equal(moment->transaction, excerpt->transaction)) continue;
        if (room || is_culprit(moment->step, excerpt))
            g_ptr_array_insert(excerpt->steps, 0, step_copy(moment->step));
        if (excerpt->steps->len == EXCERPT_STEPS_MAX) return;
    }
}

static void stay_open(struct excerpts *excerpts, struct excerpt *excerpt)
{
    GPtrArray *open = g_hash_table_lookup(excerpts->open, excerpt->transaction);
    if (excerpt->steps->len >= EXCERPT_STEPS_MAX) return;
    if (!open) {
        open = g_ptr_array_new();
        g_hash_table_insert(excerpts->open, g_bytes_ref(excerpt->transaction), open);
    }
    g_ptr_array_add(open, excerpt);
}

void excerpts_finding(struct excerpts *excerpts, const sipcheck_finding *finding,
                      GBytes *transaction)
{
    const struct kind kind = {
        .element = finding->culprit ? *finding->culprit : (sipcheck_address_port){ 0 },
        .rule = finding->rule,
        .verdict = finding->verdict,
        .waived = finding->waived,
    };
    if (g_hash_table_contains(excerpts->by_kind, &kind)) return;
    if (g_hash_table_size(excerpts->by_kind) >= EXCERPTS_MAX) return;
    struct excerpt *excerpt = g_new0(struct excerpt, 1);
    excerpt->kind = kind;
    excerpt->transaction =
        transaction ? g_bytes_ref(transaction) : call_transaction(finding->message_parsed);
    excerpt->steps = g_ptr_array_new_with_free_func(step_free);
    excerpt->culprit = (capture_place){ finding->packet->frame, finding->packet->source };
    excerpt->culprit_bytes = step_bytes(finding->packet);
    g_hash_table_insert(excerpts->by_kind, &excerpt->kind, excerpt);
    look_back(excerpts, excerpt);
    stay_open(excerpts, excerpt);
}

static gsize spaces(gsize n)
{
    printf("%*s", (int)n, "");
    return n;
}

static char *frame_text(const struct step *step, gboolean several)
{
    if (!several) return g_strdup_printf("%" G_GUINT64_FORMAT, step->place.frame);
    return g_strdup_printf("%u:%" G_GUINT64_FORMAT, step->place.source + 1, step->place.frame);
}

/* line: what stands before the words about the message. */
static void print_label(const struct step *step, const char *line, gsize indent)
{
    gsize at = text_columns(line), width = output_width();
    fputs(line, stdout);
    if (at + 2 + LABEL_LEAST > width) {
        putchar('\n');
        at = spaces(indent + 4);
    } else {
        at += spaces(2);
    }
    g_autofree char *label = step_label(step, MAX(width, at + LABEL_LEAST) - at);
    puts(label);
}

static void print_steps(const struct excerpt *excerpt, const char *indent, gboolean several)
{
    const GPtrArray *steps = excerpt->steps;
    int frames = 0;
    for (guint i = 0; i < steps->len; i++) {
        g_autofree char *frame = frame_text(steps->pdata[i], several);
        frames = MAX(frames, (int)strlen(frame));
    }
    for (guint i = 0; i < steps->len; i++) {
        char offset[STEP_OFFSET_TEXT], src[SIPCHECK_ADDRESS_TEXT], dst[SIPCHECK_ADDRESS_TEXT];
        const struct step *step = steps->pdata[i], *first = steps->pdata[0];
        g_autofree char *frame = frame_text(step, several);
        g_autofree char *line = g_strdup_printf(
            "%s%s %*s  %s  %s → %s", indent, is_culprit(step, excerpt) ? "▸" : " ", frames, frame,
            step_offset(step->ns, first->ns, offset), sipcheck_address_text(&step->src, src),
            sipcheck_address_text(&step->dst, dst));
        print_label(step, line, strlen(indent));
    }
}

void excerpts_print(const struct excerpts *excerpts, const sipcheck_address_port *element,
                    const struct tally_group *group, const char *indent, gboolean several)
{
    if (!excerpts || !element) return;
    const struct kind kind = { *element, group->rule, group->verdict, group->waived };
    const struct excerpt *excerpt = g_hash_table_lookup(excerpts->by_kind, &kind);
    if (excerpt) print_steps(excerpt, indent, several);
}
