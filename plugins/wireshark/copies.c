/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A datagram that was captured twice is one message: a request that seems to be repeated at once
 * would be a retransmission that nobody sent. */
#include "sipcheck_plugin.h"

#include <string.h>

/* On the way from tap to tap; a message is sent again after T1 at the earliest, 500 ms. */
#define COPY_NS 100000000u
#define GENERATION_MAX 10000 /* datagrams that are remembered, twice */

typedef struct seen {
    guint64 ns;
    kept_message *kept;
} seen;

/* What comes is looked up in both; the older is forgotten when the younger is full. */
struct copies {
    GHashTable *young, *old;
};

static GHashTable *new_generation(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

copies *copies_new(void)
{
    copies *all = g_new0(copies, 1);
    all->young = new_generation();
    all->old = new_generation();
    return all;
}

void copies_free(copies *all)
{
    if (!all) return;
    g_hash_table_destroy(all->young);
    g_hash_table_destroy(all->old);
    g_free(all);
}

static void add_end(GChecksum *sum, const sipcheck_address_port *end)
{
    const guint8 port[3] = { end->family, (guint8)(end->port >> 8), (guint8)(end->port & 0xff) };
    g_checksum_update(sum, port, sizeof port);
    g_checksum_update(sum, end->bytes, sizeof end->bytes);
}

static char *key_of(const sipcheck_packet *packet)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    add_end(sum, &packet->src);
    add_end(sum, &packet->dst);
    g_checksum_update(sum, packet->bytes, (gssize)packet->length);
    char *key = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return key;
}

static void remember(copies *all, char *key, guint64 ns, kept_message *kept)
{
    if (g_hash_table_size(all->young) >= GENERATION_MAX) {
        g_hash_table_destroy(all->old);
        all->old = all->young;
        all->young = new_generation();
    }
    seen *entry = g_new(seen, 1);
    *entry = (seen){ ns, kept };
    g_hash_table_replace(all->young, key, entry);
}

kept_message *copies_find(copies *all, const sipcheck_packet *packet, kept_message *kept)
{
    char *key = key_of(packet);
    const seen *first = g_hash_table_lookup(all->young, key);
    if (!first) first = g_hash_table_lookup(all->old, key);
    if (first && packet->ns - first->ns < COPY_NS) {
        g_free(key);
        return first->kept;
    }
    remember(all, key, packet->ns, kept);
    return NULL;
}
