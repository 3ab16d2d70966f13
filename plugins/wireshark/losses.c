/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark itself says the capture lacks. A message that was lost must not be missed by a
 * rule, so that everything open is unknown then. */
#include "sipcheck_plugin.h"

#include <epan/conversation.h>
#include <epan/proto.h>

/* Fields whose presence, or truth, tells of a loss. A datagram in fragments may lack one of them.
 */
static struct {
    const char *name;
    gboolean stream, truth;
    int id;
} signs[] = {
    { "tcp.analysis.lost_segment", TRUE, FALSE, 0 },
    { "tcp.analysis.ack_lost_segment", TRUE, FALSE, 0 },
    { "ip.flags.mf", FALSE, TRUE, 0 },
    { "ipv6.fraghdr.more", FALSE, TRUE, 0 },
};

/* Streams that SIP was seen in: indices of their conversations. */
static GHashTable *streams;

void losses_init(void)
{
    streams = g_hash_table_new(NULL, NULL);
}

void losses_cleanup(void)
{
    if (streams) g_hash_table_destroy(streams);
    streams = NULL;
}

static gpointer stream_of(packet_info *pinfo)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    return conversation ? GUINT_TO_POINTER(conversation->conv_index + 1) : NULL;
}

void losses_note_stream(packet_info *pinfo)
{
    gpointer stream = pinfo->ptype == PT_TCP ? stream_of(pinfo) : NULL;
    if (streams && stream) g_hash_table_add(streams, stream);
}

void losses_want(GArray *fields)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        signs[i].id = proto_registrar_get_id_byname(signs[i].name);
        if (signs[i].id > 0) g_array_append_val(fields, signs[i].id);
    }
}

static gboolean is_true(const GPtrArray *infos)
{
    for (guint i = 0; i < infos->len; i++) {
        field_info *info = g_ptr_array_index(infos, i);
        if (fvalue_get_uinteger64(&info->value)) return TRUE;
    }
    return FALSE;
}

static gboolean carries_sip(packet_info *pinfo)
{
    gpointer stream = stream_of(pinfo);
    return streams && stream && g_hash_table_contains(streams, stream);
}

gboolean losses_shown(packet_info *pinfo, proto_tree *tree)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        const GPtrArray *infos =
            signs[i].id > 0 ? proto_get_finfo_ptr_array(tree, signs[i].id) : NULL;
        if (!infos || !infos->len) continue;
        if (signs[i].truth ? is_true(infos) : !signs[i].stream || carries_sip(pinfo))
            return !packet_quotes(pinfo);
    }
    return FALSE;
}
