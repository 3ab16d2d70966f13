/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "undelivered.h"

#include <string.h>

#define AFTER_NS (UNDELIVERED_AFTER_S * G_GUINT64_CONSTANT(1000000000))

struct said {
    guint64 frame, ns;
    sipcheck_address_port src, dst;
};

struct undelivered {
    GHashTable *ends;                           /* of what is extracted: keys */
    GArray *said;                               /* of struct said, about one of these */
    struct said recent[UNDELIVERED_RECENT_MAX]; /* of others: n stands at n % that */
    guint64 recent_count;
    guint64 last_ns; /* of what is extracted */
    guint64 lost_ns; /* of the first that has no place; G_MAXUINT64: all have */
};

struct undelivered *undelivered_new(void)
{
    struct undelivered *all = g_new0(struct undelivered, 1);
    all->ends =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    all->lost_ns = G_MAXUINT64;
    all->said = g_array_new(FALSE, FALSE, sizeof(struct said));
    return all;
}

void undelivered_free(struct undelivered *all)
{
    g_hash_table_unref(all->ends);
    g_array_unref(all->said);
    g_free(all);
}

/* An address has bytes between its members that mean nothing. */
static GBytes *key_of(const sipcheck_address_port *end)
{
    guint8 key[1 + sizeof end->port + sizeof end->bytes] = { end->family };
    memcpy(key + 1, &end->port, sizeof end->port);
    memcpy(key + 1 + sizeof end->port, end->bytes, sizeof end->bytes);
    return g_bytes_new(key, sizeof key);
}

static gboolean is_known(const struct undelivered *all, const sipcheck_address_port *end)
{
    g_autoptr(GBytes) key = key_of(end);
    return g_hash_table_contains(all->ends, key);
}

static void lose(struct undelivered *all, const struct said *first)
{
    if (all->lost_ns == G_MAXUINT64) all->lost_ns = first->ns;
}

static void choose(struct undelivered *all, const struct said *said)
{
    if (all->said->len < UNDELIVERED_MAX)
        g_array_append_val(all->said, *said);
    else
        lose(all, said);
}

struct saying {
    struct undelivered *all;
    struct said said;
    gboolean known;
};

static void say(void *user, guint64 frame)
{
    struct saying *saying = user;
    struct undelivered *all = saying->all;
    saying->said.frame = frame;
    if (saying->known)
        choose(all, &saying->said);
    else
        all->recent[all->recent_count++ % UNDELIVERED_RECENT_MAX] = saying->said;
}

void undelivered_said(struct undelivered *all, const struct parts *parts,
                      const sipcheck_packet *undelivered)
{
    const sipcheck_address_port *src = &undelivered->src, *dst = &undelivered->dst;
    struct saying saying = { .all = all,
                             .said = { .ns = undelivered->ns, .src = *src, .dst = *dst },
                             .known = is_known(all, src) || is_known(all, dst) };
    parts_of(parts, undelivered->frame, say, &saying);
}

static gboolean is_end(const sipcheck_address_port *a, const sipcheck_address_port *b)
{
    return a->port == b->port && a->family == b->family && !memcmp(a->bytes, b->bytes, 16);
}

static gboolean counts(const struct said *said, guint64 ns)
{
    return ns <= said->ns + SIPCHECK_UNREACHED_NS;
}

/* What was said of it shortly before its first message. */
static void recall(struct undelivered *all, const sipcheck_address_port *end, guint64 ns)
{
    guint64 kept = MIN(all->recent_count, UNDELIVERED_RECENT_MAX);
    const struct said *next = &all->recent[all->recent_count % UNDELIVERED_RECENT_MAX];
    if (all->recent_count > kept && counts(next, ns)) lose(all, next);
    for (guint64 i = 0; i < kept; i++) {
        const struct said *said = &all->recent[i];
        gboolean about = is_end(&said->src, end) || is_end(&said->dst, end);
        if (about && counts(said, ns)) choose(all, said);
    }
}

void undelivered_extract(struct undelivered *all, const sipcheck_packet *message)
{
    const sipcheck_address_port *const ends[] = { &message->src, &message->dst };
    all->last_ns = MAX(all->last_ns, message->ns);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (is_known(all, ends[i])) continue;
        recall(all, ends[i], message->ns);
        g_hash_table_add(all->ends, key_of(ends[i]));
    }
}

gboolean undelivered_frames(const struct undelivered *all, parts_fn fn, void *user)
{
    for (guint i = 0; i < all->said->len; i++) {
        const struct said *said = &g_array_index(all->said, struct said, i);
        if (said->ns <= all->last_ns + AFTER_NS) fn(user, said->frame);
    }
    return all->lost_ns > all->last_ns + AFTER_NS;
}
