/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ladder.h"
#include "../address.h"

#include <string.h>

#include <sipcheck/report.h>

static sipcheck_address_port host_of(const sipcheck_address_port *address)
{
    sipcheck_address_port host = *address;
    host.port = 0;
    return host;
}

/* Hosts on which one port speaks to another. */
static GHashTable *split_hosts(const GPtrArray *steps)
{
    GHashTable *split = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
    for (guint i = 0; i < steps->len; i++) {
        const struct step *step = steps->pdata[i];
        sipcheck_address_port from = host_of(&step->src), to = host_of(&step->dst);
        if (step->src.port != step->dst.port && address_equal(&from, &to))
            g_hash_table_add(split, g_memdup2(&from, sizeof from));
    }
    return split;
}

/* sipcheck_address_text without a port where it is 0. */
static char *address_name(const sipcheck_address_port *address, const GArray *names)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    for (guint i = 0; names && i < names->len; i++) {
        const struct ladder_name *name = &g_array_index(names, struct ladder_name, i);
        if (address_is(&name->address, address))
            return step_text((sipcheck_slice){ (const guint8 *)name->name, strlen(name->name) });
    }
    sipcheck_address_text(address, text);
    char *colon = strrchr(text, ':'), *from = text;
    if (address->port || !address->family || !colon) return g_strdup(text);
    *colon = '\0';
    if (*from == '[') {
        from++;
        from[strlen(from) - 1] = '\0';
    }
    return g_strdup(from);
}

struct parties {
    GHashTable *split, *index; /* address → its number + 1 */
    GPtrArray *names;
    const GArray *given;
};

static guint party_of(struct parties *p, const sipcheck_address_port *address)
{
    sipcheck_address_port host = host_of(address);
    const sipcheck_address_port *key = g_hash_table_contains(p->split, &host) ? address : &host;
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(p->index, key));
    if (known) return known - 1;
    if (p->names->len == LADDER_PARTIES_MAX) return LADDER_PARTIES_MAX - 1;
    gboolean last = p->names->len == LADDER_PARTIES_MAX - 1;
    g_ptr_array_add(p->names, last ? g_strdup("others") : address_name(key, p->given));
    if (!last)
        g_hash_table_insert(p->index, g_memdup2(key, sizeof *key), GUINT_TO_POINTER(p->names->len));
    return p->names->len - 1;
}

void ladder_arrange(struct ladder *ladder, const char *title, GPtrArray *steps, const GArray *names)
{
    struct parties p = {
        .split = split_hosts(steps),
        .index = g_hash_table_new_full(address_hash, address_equal, g_free, NULL),
        .names = g_ptr_array_new_with_free_func(g_free),
        .given = names,
    };
    ladder->title = g_strdup(title);
    ladder->steps = steps;
    ladder->from = g_new0(guint, steps->len + 1);
    ladder->to = g_new0(guint, steps->len + 1);
    for (guint i = 0; i < steps->len; i++) {
        const struct step *step = steps->pdata[i];
        ladder->from[i] = party_of(&p, &step->src);
        ladder->to[i] = party_of(&p, &step->dst);
    }
    ladder->ns = steps->len ? ((struct step *)steps->pdata[0])->ns : 0;
    ladder->names = p.names;
    g_hash_table_unref(p.split);
    g_hash_table_unref(p.index);
}

void ladder_clear(struct ladder *ladder)
{
    g_free(ladder->title);
    g_free(ladder->from);
    g_free(ladder->to);
    g_ptr_array_unref(ladder->names);
}

char *ladder_frame(const struct ladder *ladder, const struct step *step)
{
    if (!ladder->several) return g_strdup_printf("%" G_GUINT64_FORMAT, step->place.frame);
    return g_strdup_printf("%u:%" G_GUINT64_FORMAT, step->place.source + 1, step->place.frame);
}

char *ladder_summary(const struct ladder *ladder)
{
    char buf[SIPCHECK_TIME_TEXT];
    const char *time = ladder->ns ? sipcheck_time_text(ladder->ns, buf) : "no time";
    guint n = ladder->steps->len;
    g_autofree char *first = ladder_frame(ladder, ladder->steps->pdata[0]);
    g_autofree char *last = ladder_frame(ladder, ladder->steps->pdata[n - 1]);
    if (n == 1) return g_strdup_printf("%s, 1 message, frame %s", time, first);
    return g_strdup_printf("%s, %u messages, frames %s to %s", time, n, first, last);
}

char *ladder_mark(const struct step *step, guint index)
{
    guint n = step->marks ? step->marks->len : 0;
    if (index < n) return g_strdup(step->marks->pdata[index]);
    if (index > n || !step->more_marks) return NULL;
    return g_strdup_printf("and %u more", step->more_marks);
}
