/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One element for the port at which it listens and those of the connections that it opened: its own
 * Via tells. Behind a NAT that names no address that was seen, and each connection stays for
 * itself.
 */
#include "../address.h"
#include "tally.h"

#include <arpa/inet.h>
#include <string.h>

enum { HOST_MAX = INET6_ADDRSTRLEN };

static gboolean is_stream(enum sipcheck_transport transport)
{
    return transport == SIPCHECK_TRANSPORT_TCP || transport == SIPCHECK_TRANSPORT_TLS ||
           transport == SIPCHECK_TRANSPORT_WS || transport == SIPCHECK_TRANSPORT_WSS;
}

static gboolean is_host(sipcheck_slice host, const sipcheck_address_port *address)
{
    char text[HOST_MAX + 1];
    guint8 bytes[16] = { 0 };
    gboolean six = address->family == 6 && host.n > 2 && host.p[0] == '[';
    gsize from = six ? 1 : 0, n = host.n - 2 * from;
    if (!host.p || !n || n > HOST_MAX || (address->family == 6) != six) return FALSE;
    memcpy(text, host.p + from, n);
    text[n] = '\0';
    return inet_pton(six ? AF_INET6 : AF_INET, text, bytes) == 1 &&
           !memcmp(bytes, address->bytes, sizeof bytes);
}

/* RFC 3261 §18.1.1, §19.1.2 */
static guint32 port_of(const sipcheck_via *via)
{
    if (via->port_text.p) return via->port;
    gboolean tls =
        via->transport.n == 3 && !g_ascii_strncasecmp((const char *)via->transport.p, "TLS", 3);
    return tls ? 5061 : 5060;
}

guint16 fold_port(const sipcheck_packet *packet, const sipcheck_message *message)
{
    if (!message->is_request || !is_stream(packet->transport)) return 0;
    const sipcheck_via *via = (const sipcheck_via *)sipcheck_first(message, SIPCHECK_HEADER_VIA);
    if (!via || !is_host(via->host, &packet->src)) return 0;
    guint32 port = port_of(via);
    return port <= G_MAXUINT16 && port != packet->src.port ? (guint16)port : 0;
}

/* --- joining */

static gboolean is_kind(const struct tally_group *a, const struct tally_group *b)
{
    return a->rule == b->rule && a->verdict == b->verdict && a->waived == b->waived;
}

/* The first of both, in their order; each once. */
static void join_places(struct tally_group *to, const struct tally_group *from)
{
    struct tally_place all[2 * TALLY_FRAMES];
    guint n = 0, i = 0, k = 0;
    while (i < to->place_count || k < from->place_count) {
        gboolean own = k == from->place_count ||
                       (i < to->place_count && to->places[i].nth < from->places[k].nth);
        const struct tally_place *next = own ? &to->places[i++] : &from->places[k++];
        if (!n || all[n - 1].frame != next->frame || all[n - 1].source != next->source)
            all[n++] = *next;
    }
    to->more_places = to->more_places || from->more_places || n > TALLY_FRAMES;
    to->place_count = MIN(n, TALLY_FRAMES);
    memcpy(to->places, all, to->place_count * sizeof *all);
}

/* What is shown is that of the first finding; `from` is freed with the other's. */
static void join_groups(struct tally_group *to, struct tally_group *from)
{
    if (from->nth < to->nth) {
        const struct tally_group later = *to;
        *to = *from;
        *from = later;
    }
    to->count += from->count;
    join_places(to, from);
}

static void join_agents(struct tally_element *to, struct tally_element *from)
{
    to->forwards = to->forwards || from->forwards;
    if (to->forwards)
        g_clear_pointer(&to->agent, g_free);
    else if (!to->agent)
        to->agent = g_steal_pointer(&from->agent);
}

static void join(struct tally_element *to, struct tally_element *from)
{
    while (from->groups->len) {
        struct tally_group *group = g_ptr_array_steal_index_fast(from->groups, 0), *same = NULL;
        for (guint i = 0; i < to->groups->len && !same; i++)
            if (is_kind(to->groups->pdata[i], group)) same = to->groups->pdata[i];
        if (same) {
            join_groups(same, group);
            tally_group_free(group);
        } else {
            g_ptr_array_add(to->groups, group);
        }
    }
    join_agents(to, from);
    to->roles |= from->roles;
    to->sent += from->sent;
    to->errors += from->errors;
    to->warnings += from->warnings;
    to->infos += from->infos;
}

/* It opened connections, and says of all of them where it listens. */
static gboolean is_elsewhere(const struct tally_element *element)
{
    return element->listens && !element->two_ports && element->listens != element->address.port;
}

/* TRUE: it is part of another one from here on. */
static gboolean fold(GHashTable *by_address, struct tally_element *element)
{
    sipcheck_address_port place = element->address;
    place.port = element->listens;
    struct tally_element *there = g_hash_table_lookup(by_address, &place);
    if (there && is_elsewhere(there)) return FALSE; /* somebody says so of what is no listener */
    if (!there) {
        g_hash_table_remove(by_address, &element->address);
        element->address = place;
        element->folded = 1;
        g_hash_table_insert(by_address, &element->address, element);
        return FALSE;
    }
    join(there, element);
    there->folded++;
    return TRUE;
}

void fold_elements(GPtrArray *elements)
{
    g_autoptr(GHashTable) by_address = g_hash_table_new(address_hash, address_equal);
    for (guint i = 0; i < elements->len; i++) {
        struct tally_element *element = elements->pdata[i];
        g_hash_table_insert(by_address, &element->address, element);
    }
    for (guint i = 0; i < elements->len;) {
        struct tally_element *element = elements->pdata[i];
        gboolean gone = is_elsewhere(element) && fold(by_address, element);
        if (gone) g_hash_table_remove(by_address, &element->address);
        if (gone)
            g_ptr_array_remove_index(elements, i);
        else
            i++;
    }
}
