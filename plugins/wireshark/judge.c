/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One engine a file; findings are made on the first pass and kept for all later ones. */
#include "sipcheck_plugin.h"

#include <string.h>

#include <epan/proto_data.h>

/* Wireshark's dissection is one thread, and a protocol's state is the module's: there is no other
 * place to put it. */
static struct {
    int proto;
    sipcheck_rules *rules; /* NULL: those of the preferences can't be used */
    char *asked;           /* the preferences that they are of; NULL: none yet */
    sipcheck *engine;
    wmem_array_t *messages; /* of kept_message *: sipcheck_packet's source is the place, from 1 */
    copies *copies;
    judge_preferences preferences;
    gboolean passed; /* the first pass is over */
} judge = { .preferences = {
                .sequences = TRUE, .memory = 512, .rules = "", .profile = "default" } };

judge_preferences *judge_prefs(void)
{
    return &judge.preferences;
}

void judge_set_proto(int proto)
{
    judge.proto = proto;
}

/* Anew where the preferences say something else than last time; no finding of that time is left. */
static void load_rules(void)
{
    const judge_preferences *wanted = &judge.preferences;
    char *asked = g_strdup_printf("%s\n%s", wanted->rules, wanted->profile);
    if (g_strcmp0(asked, judge.asked) != 0) {
        sipcheck_rules_free(judge.rules);
        judge.rules = ruleset_load(wanted->rules, wanted->profile);
    }
    g_free(judge.asked);
    judge.asked = asked;
}

/* A finding may come long after its message: when what should have followed did not. */
static kept_message *message_of(const sipcheck_packet *packet)
{
    unsigned at = packet->source;
    if (at == 0 || at > wmem_array_get_count(judge.messages)) return NULL;
    return *(kept_message **)wmem_array_index(judge.messages, at - 1);
}

static const guint32 *frames_of(const sipcheck_finding *finding)
{
    guint32 *frames = wmem_alloc_array(wmem_file_scope(), guint32, finding->related_count);
    for (size_t i = 0; i < finding->related_count; i++)
        frames[i] = (guint32)finding->related[i];
    return frames;
}

static void on_finding(void *user _U_, const sipcheck_finding *finding)
{
    char culprit[SIPCHECK_ADDRESS_TEXT] = "?";
    wmem_allocator_t *scope = wmem_file_scope();
    kept_message *message = message_of(finding->packet);
    if (!message || finding->waived) return;
    if (finding->culprit) sipcheck_address_text(finding->culprit, culprit);
    kept_finding kept = {
        .rule = finding->rule,
        .severity = finding->severity,
        .text = wmem_strdup(scope, finding->text ? finding->text : ""),
        .fix = wmem_strdup(scope, finding->fix ? finding->fix : ""),
        .culprit = wmem_strdup(scope, culprit),
        .role = sipcheck_role_name(finding->role),
        .offset = (unsigned)finding->offset,
        .length = (unsigned)finding->length,
        .related = frames_of(finding),
        .related_count = (unsigned)finding->related_count,
    };
    wmem_array_append_one(message->findings, kept);
}

void judge_init(void)
{
    const sipcheck_options options = { .on_finding = on_finding,
                                       .messages_only = !judge.preferences.sequences,
                                       .memory_max = (size_t)judge.preferences.memory << 20 };
    load_rules();
    if (judge.rules) judge.engine = sipcheck_new(judge.rules, &options);
    judge.messages = wmem_array_new(wmem_file_scope(), sizeof(kept_message *));
    judge.copies = copies_new();
    judge.passed = FALSE;
    losses_init();
}

/* The file was read once: what is still open is decided as far as it can be. */
void judge_pass_ended(void)
{
    if (judge.engine && !judge.passed) sipcheck_finish(judge.engine);
    judge.passed = TRUE;
}

void judge_cleanup(void)
{
    sipcheck_free(judge.engine);
    copies_free(judge.copies);
    judge.engine = NULL;
    judge.copies = NULL;
    losses_cleanup();
}

static sipcheck_address_port address_of(const address *from, guint32 port)
{
    sipcheck_address_port to = { .port = (uint16_t)port };
    if (from->type == AT_IPv4 && from->len == 4) to.family = 4;
    if (from->type == AT_IPv6 && from->len == 16) to.family = 6;
    if (to.family) memcpy(to.bytes, from->data, (size_t)from->len);
    return to;
}

static wmem_list_t *list_of(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, judge.proto, 0);
}

wmem_list_frame_t *judge_kept(packet_info *pinfo)
{
    wmem_list_t *list = list_of(pinfo);
    return list ? wmem_list_head(list) : NULL;
}

static kept_message *keep(packet_info *pinfo, const found_message *found)
{
    wmem_allocator_t *scope = wmem_file_scope();
    wmem_list_t *list = list_of(pinfo);
    if (!list) {
        list = wmem_list_new(scope);
        p_add_proto_data(scope, pinfo, judge.proto, 0, list);
    }
    kept_message *kept = wmem_new0(scope, kept_message);
    kept->start = found->start;
    kept->length = found->length;
    kept->refused = found->refused;
    kept->findings = wmem_array_new(scope, sizeof(kept_finding));
    wmem_list_append(list, kept);
    wmem_array_append_one(judge.messages, kept);
    return kept;
}

static guint64 time_of(const packet_info *pinfo)
{
    return (guint64)pinfo->abs_ts.secs * 1000000000u + (guint64)pinfo->abs_ts.nsecs;
}

void judge_packet(packet_info *pinfo, gboolean lost)
{
    if (!judge.engine) return;
    if (lost) sipcheck_gap(judge.engine, time_of(pinfo));
    sipcheck_advance(judge.engine, time_of(pinfo));
}

const kept_message *judge_message(packet_info *pinfo, const found_message *found)
{
    if (!judge.engine || judge.passed) return NULL;
    kept_message *kept = keep(pinfo, found);
    const sipcheck_packet packet = {
        .bytes = tvb_get_ptr(found->tvb, found->start, (int)found->length),
        .length = found->length,
        .flags = found->flags,
        .frame = pinfo->num,
        .ns = time_of(pinfo),
        .src = address_of(&pinfo->src, pinfo->srcport),
        .dst = address_of(&pinfo->dst, pinfo->destport),
        .transport = found->transport,
        .source = wmem_array_get_count(judge.messages),
    };
    const kept_message *first = found->transport == SIPCHECK_TRANSPORT_UDP
                                    ? copies_find(judge.copies, &packet, kept)
                                    : NULL;
    losses_note_stream(pinfo);
    if (first) {
        kept->findings = first->findings;
        return kept;
    }
    return sipcheck_feed(judge.engine, &packet) ? NULL : kept;
}

const kept_message *judge_recall(wmem_list_frame_t **at, int start, unsigned length)
{
    for (wmem_list_frame_t *next = *at; next; next = wmem_list_frame_next(next)) {
        const kept_message *kept = wmem_list_frame_data(next);
        if (kept->start != start || kept->length != length) continue;
        *at = wmem_list_frame_next(next);
        return kept;
    }
    return NULL;
}
