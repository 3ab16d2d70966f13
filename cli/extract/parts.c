/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parts.h"

#define FRAGMENTS_NS 60000000000u /* identifications of datagrams are used again after minutes */

struct part {
    guint64 key, frame, ns;
    guint64 before;       /* number of the part before it of the same whole; 0: none */
    guint64 before_there; /* likewise, of those in the same frame */
    guint8 kind;
    gboolean ended; /* a message ended with it */
};

enum { BITS = 1 << 20 };

struct parts {
    guint8 open[BITS / 8]; /* bits of keys whose latest part is forgotten, behind which no message
                              had ended */
    struct part *ring;     /* part n stands at n % PARTS_MAX */
    guint64 count;         /* the latest one's number; the first is 1 */
    GHashTable *by_key;    /* → number of its latest part */
    GHashTable *by_frame;  /* likewise */
};

struct parts *parts_new(void)
{
    struct parts *parts = g_new0(struct parts, 1);
    parts->ring = g_new0(struct part, PARTS_MAX);
    parts->by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    parts->by_frame = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return parts;
}

void parts_free(struct parts *parts)
{
    g_hash_table_unref(parts->by_key);
    g_hash_table_unref(parts->by_frame);
    g_free(parts->ring);
    g_free(parts);
}

/* NULL: none, or forgotten. */
static struct part *part_at(const struct parts *parts, guint64 number)
{
    gboolean there = number && number + PARTS_MAX > parts->count;
    return there ? &parts->ring[number % PARTS_MAX] : NULL;
}

static guint64 latest(GHashTable *table, guint64 key)
{
    const guint64 *number = g_hash_table_lookup(table, &key);
    return number ? *number : 0;
}

static void set_latest(GHashTable *table, guint64 key, guint64 number)
{
    g_hash_table_replace(table, g_memdup2(&key, sizeof key), g_memdup2(&number, sizeof number));
}

static gboolean is_open(const struct parts *parts, guint64 key)
{
    return parts->open[key % BITS / 8] >> key % 8 & 1;
}

/* The part whose place in the ring is needed. */
static void forget(struct parts *parts, const struct part *part, guint64 number)
{
    if (latest(parts->by_frame, part->frame) == number)
        g_hash_table_remove(parts->by_frame, &part->frame);
    if (latest(parts->by_key, part->key) != number) return;
    g_hash_table_remove(parts->by_key, &part->key);
    if (!part->ended) parts->open[part->key % BITS / 8] |= (guint8)(1u << part->key % 8);
}

void parts_note(void *user, enum capture_part kind, guint64 key, capture_place place, guint64 ns)
{
    struct parts *parts = user;
    guint64 number = ++parts->count;
    struct part *part = &parts->ring[number % PARTS_MAX];
    if (number > PARTS_MAX) forget(parts, part, number - PARTS_MAX);
    *part = (struct part){ .key = key,
                           .frame = place.frame,
                           .ns = ns,
                           .before = latest(parts->by_key, key),
                           .before_there = latest(parts->by_frame, place.frame),
                           .kind = (guint8)kind };
    set_latest(parts->by_key, key, number);
    set_latest(parts->by_frame, place.frame, number);
}

static gboolean is_behind(const struct part *part, const struct part *of)
{
    return part->kind == CAPTURE_PART_FRAGMENT && part->ns < of->ns &&
           of->ns - part->ns > FRAGMENTS_NS;
}

/* From the latest part of a whole back to its first; of a stream, to the end of the message before.
 * FALSE: the first is forgotten. */
static gboolean walk(const struct parts *parts, const struct part *of, parts_fn fn, void *user)
{
    guint64 number = latest(parts->by_key, of->key);
    while (number) {
        const struct part *part = part_at(parts, number);
        if (!part) return FALSE;
        if (is_behind(part, of)) return TRUE;
        fn(user, part->frame);
        if (part->kind == CAPTURE_PART_START) return TRUE;
        if (part->ended && part->kind == CAPTURE_PART_STREAM) return TRUE;
        number = part->before;
    }
    return !is_open(parts, of->key);
}

static gboolean walk_frame(const struct parts *parts, guint64 frame, enum capture_part kind,
                           parts_fn fn, void *user)
{
    gboolean whole = TRUE;
    for (guint64 number = latest(parts->by_frame, frame); number;) {
        const struct part *part = part_at(parts, number);
        if (!part) break;
        if (part->kind == kind) whole &= walk(parts, part, fn, user);
        number = part->before_there;
    }
    return whole;
}

struct walker {
    const struct parts *parts;
    parts_fn fn;
    void *user;
    gboolean whole;
};

/* A segment may have come in fragments itself. */
static void take_segment(void *user, guint64 frame)
{
    struct walker *walker = user;
    walker->fn(walker->user, frame);
    walker->whole &=
        walk_frame(walker->parts, frame, CAPTURE_PART_FRAGMENT, walker->fn, walker->user);
}

gboolean parts_of(const struct parts *parts, guint64 frame, parts_fn fn, void *user)
{
    struct walker walker = { parts, fn, user, TRUE };
    take_segment(&walker, frame);
    gboolean whole = walk_frame(parts, frame, CAPTURE_PART_STREAM, take_segment, &walker);
    return whole && walker.whole;
}

void parts_end(struct parts *parts, guint64 frame)
{
    for (guint64 number = latest(parts->by_frame, frame); number;) {
        const struct part *part = part_at(parts, number);
        if (!part) return;
        struct part *last = part_at(parts, latest(parts->by_key, part->key));
        if (last) last->ended = TRUE;
        number = part->before_there;
    }
}
