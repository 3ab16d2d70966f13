/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The post-dissector sees every SIP message that Wireshark reaches, over any transport; the
 * heuristic shows what Wireshark's own dissector refuses over UDP (a broken start line, CRLFs
 * before it). */
#include "sipcheck_plugin.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto.h>

#include <sipcheck/message.h>

/* Wireshark 4.0 demands -1 of what is not registered yet. */
static int proto_sipcheck = -1;
static int hf_finding = -1, hf_rule = -1, hf_severity = -1, hf_section = -1, hf_rfc = -1,
           hf_level = -1, hf_text = -1, hf_fix = -1, hf_culprit = -1, hf_role = -1, hf_count = -1,
           hf_related = -1;
static gint ett_sipcheck = -1, ett_finding = -1;
static expert_field ei_error = EI_INIT, ei_warning = EI_INIT, ei_note = EI_INIT;
static dissector_handle_t sip_handle;
static int proto_sip;

/* --- showing
 * -------------------------------------------------------------------------------------------------------
 */

static void add_text(proto_tree *tree, int field, const char *text)
{
    if (*text) proto_item_set_generated(proto_tree_add_string(tree, field, NULL, 0, 0, text));
}

static expert_field *expert_of(enum sipcheck_severity severity)
{
    if (severity == SIPCHECK_ERROR) return &ei_error;
    return severity == SIPCHECK_WARNING ? &ei_warning : &ei_note;
}

static void show_finding(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb,
                         const kept_message *kept, const kept_finding *finding)
{
    const sipcheck_rule *rule = finding->rule;
    unsigned offset = MIN(finding->offset, kept->length),
             length = MIN(finding->length, kept->length - offset);
    proto_item *item = proto_tree_add_string_format(
        tree, hf_finding, tvb, tvb ? kept->start + (int)offset : 0, tvb ? (int)length : 0,
        finding->text, "%s: %s", sipcheck_severity_name(finding->severity), finding->text);
    proto_item_set_generated(item);
    proto_tree *detail = proto_item_add_subtree(item, ett_finding);
    add_text(detail, hf_rule, rule->id);
    add_text(detail, hf_severity, sipcheck_severity_name(finding->severity));
    proto_item_set_generated(proto_tree_add_uint(detail, hf_rfc, NULL, 0, 0, rule->rfc));
    add_text(detail, hf_section, rule->section);
    add_text(detail, hf_level, sipcheck_level_name(rule->level));
    add_text(detail, hf_text, rule->title);
    add_text(detail, hf_culprit, finding->culprit);
    add_text(detail, hf_role, finding->role);
    add_text(detail, hf_fix, finding->fix);
    for (unsigned i = 0; i < finding->related_count; i++)
        proto_item_set_generated(
            proto_tree_add_uint(detail, hf_related, NULL, 0, 0, finding->related[i]));
    expert_add_info_format(pinfo, item, expert_of(finding->severity), "RFC %u §%s: %s", rule->rfc,
                           rule->section, finding->text);
}

static void show_column(packet_info *pinfo, const kept_message *kept)
{
    unsigned errors = 0, count = wmem_array_get_count(kept->findings);
    for (unsigned i = 0; i < count; i++)
        errors +=
            ((const kept_finding *)wmem_array_index(kept->findings, i))->severity == SIPCHECK_ERROR;
    if (errors)
        col_append_fstr(pinfo->cinfo, COL_INFO, " [sipcheck: %u error%s]", errors,
                        errors == 1 ? "" : "s");
}

/* tvb: NULL where the bytes of the message are not at hand (a revisit that did not reach them). */
static void show_message(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb,
                         const kept_message *kept)
{
    show_column(pinfo, kept);
    if (!tree) return;
    unsigned count = wmem_array_get_count(kept->findings);
    proto_item *item = proto_tree_add_protocol_format(
        tree, proto_sipcheck, tvb, tvb ? kept->start : 0, tvb ? (int)kept->length : 0,
        "SIP conformance: %u finding%s", count, count == 1 ? "" : "s");
    proto_item_set_generated(item);
    proto_tree *subtree = proto_item_add_subtree(item, ett_sipcheck);
    proto_item_set_generated(proto_tree_add_uint(subtree, hf_count, NULL, 0, 0, count));
    for (unsigned i = 0; i < count; i++)
        show_finding(pinfo, subtree, tvb, kept, wmem_array_index(kept->findings, i));
}

/* --- finding
 * -------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *layer;
    enum sipcheck_transport transport;
} layers[] = {
    { "udp", SIPCHECK_TRANSPORT_UDP },      { "tcp", SIPCHECK_TRANSPORT_TCP },
    { "tls", SIPCHECK_TRANSPORT_TLS },      { "sctp", SIPCHECK_TRANSPORT_SCTP },
    { "websocket", SIPCHECK_TRANSPORT_WS },
};

static const char *name_of(wmem_list_frame_t *layer)
{
    const char *name = proto_get_protocol_filter_name(GPOINTER_TO_INT(wmem_list_frame_data(layer)));
    return name ? name : "";
}

gboolean packet_quotes(packet_info *pinfo)
{
    for (wmem_list_frame_t *at = wmem_list_head(pinfo->layers); at; at = wmem_list_frame_next(at))
        if (!strcmp(name_of(at), "icmp") || !strcmp(name_of(at), "icmpv6")) return TRUE;
    return FALSE;
}

/* The innermost transport above sip. */
static enum sipcheck_transport transport_of(packet_info *pinfo)
{
    enum sipcheck_transport transport = SIPCHECK_TRANSPORT_UNKNOWN;
    for (wmem_list_frame_t *at = wmem_list_head(pinfo->layers); at; at = wmem_list_frame_next(at)) {
        const char *name = name_of(at);
        gboolean secure = transport == SIPCHECK_TRANSPORT_TLS;
        for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
            if (!strcmp(name, layers[i].layer)) transport = layers[i].transport;
        if (secure && transport == SIPCHECK_TRANSPORT_WS) transport = SIPCHECK_TRANSPORT_WSS;
    }
    return transport;
}

/* A datagram counts to its end, behind Content-Length as well; what the capture cut makes the
 * message cut. */
static found_message found_at(packet_info *pinfo, tvbuff_t *tvb, int start, int length)
{
    found_message found = { .tvb = tvb, .start = start, .transport = transport_of(pinfo) };
    gboolean datagram =
        found.transport == SIPCHECK_TRANSPORT_UDP || found.transport == SIPCHECK_TRANSPORT_UNKNOWN;
    int captured = tvb_captured_length_remaining(tvb, start),
        reported = tvb_reported_length_remaining(tvb, start);
    int wanted = datagram || length <= 0 ? reported : length;
    found.length = (unsigned)MAX(0, MIN(wanted, captured));
    if (wanted > captured) found.flags |= SIPCHECK_CUT;
    if (!datagram) found.flags |= SIPCHECK_STREAM;
    return found;
}

struct search {
    const field_info *wanted;
    proto_node *found;
};

static void compare_node(proto_node *node, gpointer data)
{
    struct search *search = data;
    if (PNODE_FINFO(node) == search->wanted) search->found = node;
}

/* The tree below a "sip" item, so that findings stand under their message. */
static proto_tree *tree_of(proto_tree *tree, const field_info *info)
{
    struct search search = { info, NULL };
    proto_tree_children_foreach(tree, compare_node, &search);
    return search.found ? search.found : tree;
}

/* The "sip" item of a stream may be the rest of a message whose beginning is missing. */
static gboolean begins_message(const found_message *found)
{
    gboolean stream =
        found->transport == SIPCHECK_TRANSPORT_TCP || found->transport == SIPCHECK_TRANSPORT_TLS;
    const guint8 *bytes = tvb_get_ptr(found->tvb, found->start, (int)found->length);
    return !stream || sipcheck_looks_like_sip(bytes, found->length) == SIPCHECK_IS_SIP;
}

/* at: what is still to be recalled of the packet. */
static void judge_field(packet_info *pinfo, proto_tree *tree, const field_info *info,
                        wmem_list_frame_t **at)
{
    if (!info->ds_tvb || packet_quotes(pinfo)) return;
    found_message found = found_at(pinfo, info->ds_tvb, info->start, info->length);
    if (!found.length || !begins_message(&found)) return;
    const kept_message *kept = PINFO_FD_VISITED(pinfo) ? judge_recall(at, found.start, found.length)
                                                       : judge_message(pinfo, &found);
    if (kept && wmem_array_get_count(kept->findings))
        show_message(pinfo, tree_of(tree, info), found.tvb, kept);
}

/* On a revisit nothing asks for the "sip" items, and they may not be at hand: show what was kept,
 * without its bytes. */
static void show_kept(packet_info *pinfo, proto_tree *tree)
{
    for (wmem_list_frame_t *at = judge_kept(pinfo); at; at = wmem_list_frame_next(at)) {
        const kept_message *kept = wmem_list_frame_data(at);
        if (!kept->refused && wmem_array_get_count(kept->findings))
            show_message(pinfo, tree, NULL, kept);
    }
}

static int dissect_post(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    GPtrArray *infos = tree ? proto_get_finfo_ptr_array(tree, proto_sip) : NULL;
    if (!PINFO_FD_VISITED(pinfo)) judge_packet(pinfo, tree && losses_shown(pinfo, tree));
    if (!infos && PINFO_FD_VISITED(pinfo)) show_kept(pinfo, tree);
    wmem_list_frame_t *at = judge_kept(pinfo);
    for (guint i = 0; infos && i < infos->len; i++)
        judge_field(pinfo, tree, g_ptr_array_index(infos, i), &at);
    return (int)tvb_captured_length(tvb);
}

/* What sip itself refuses over UDP. Leading CRLFs are stripped and the rest handed to it; else the
 * message is judged here. */
static gboolean dissect_refused(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    int length = (int)tvb_captured_length(tvb), start = 0;
    const guint8 *bytes = length ? tvb_get_ptr(tvb, 0, length) : NULL;
    while (start + 1 < length && bytes[start] == '\r' && bytes[start + 1] == '\n')
        start += 2;
    enum sipcheck_likeness likeness =
        bytes ? sipcheck_looks_like_sip(bytes + start, (size_t)(length - start)) : SIPCHECK_NOT_SIP;
    gboolean sip_port = pinfo->srcport == 5060 || pinfo->destport == 5060;
    if (likeness == SIPCHECK_NOT_SIP || (likeness == SIPCHECK_MAYBE_SIP && !sip_port)) return FALSE;
    if (start) {
        tvbuff_t *rest = tvb_new_subset_remaining(tvb, start);
        if (call_dissector_only(sip_handle, rest, pinfo, tree, NULL) > 0) return TRUE;
    }
    if (packet_quotes(pinfo)) return FALSE;
    found_message found = found_at(pinfo, tvb, 0, length);
    found.refused = TRUE;
    wmem_list_frame_t *at = judge_kept(pinfo);
    const kept_message *kept =
        PINFO_FD_VISITED(pinfo) ? judge_recall(&at, 0, found.length) : judge_message(pinfo, &found);
    if (!kept) return FALSE;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "SIP");
    col_set_str(pinfo->cinfo, COL_INFO, "SIP message that Wireshark's own dissector refuses");
    show_message(pinfo, tree, tvb, kept);
    return TRUE;
}

/* --- registration
 * -------------------------------------------------------------------------------------------------
 */

#define TEXT_FIELD(variable, title, name, about)                                                   \
    {                                                                                              \
        &variable,                                                                                 \
        {                                                                                          \
            title, "sipcheck." name, FT_STRING, BASE_NONE, NULL, 0, about, HFILL                   \
        }                                                                                          \
    }

static void register_fields(void)
{
    static hf_register_info fields[] = {
        TEXT_FIELD(hf_finding, "Finding", "finding", "what is wrong in this message"),
        TEXT_FIELD(hf_rule, "Rule", "rule",
                   "id of the broken rule, as `sipcheck explain` takes it"),
        TEXT_FIELD(hf_severity, "Severity", "severity", "error, warning or info"),
        TEXT_FIELD(hf_section, "Section", "section", "section of the RFC"),
        TEXT_FIELD(hf_level, "Level", "level", "the RFC's word: MUST, SHOULD or MAY"),
        TEXT_FIELD(hf_text, "Title", "title", "what the rule asks for"),
        TEXT_FIELD(hf_fix, "Fix", "fix", "what to send instead"),
        TEXT_FIELD(hf_culprit, "Culprit", "culprit", "who sent the offending bytes"),
        TEXT_FIELD(hf_role, "Role", "role", "as what: uac, uas, proxy, registrar or redirect"),
        { &hf_rfc,
          { "RFC", "sipcheck.rfc", FT_UINT32, BASE_DEC, NULL, 0, "number of the RFC", HFILL } },
        { &hf_count,
          { "Findings", "sipcheck.count", FT_UINT32, BASE_DEC, NULL, 0, "findings of the message",
            HFILL } },
        { &hf_related,
          { "Related", "sipcheck.related", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "another packet that shows it", HFILL } },
    };
    static gint *trees[] = { &ett_sipcheck, &ett_finding };
    proto_register_field_array(proto_sipcheck, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(trees, G_N_ELEMENTS(trees));
}

static void register_experts(void)
{
    static ei_register_info experts[] = {
        { &ei_error,
          { "sipcheck.error", PI_PROTOCOL, PI_ERROR, "SIP conformance error", EXPFILL } },
        { &ei_warning,
          { "sipcheck.warning", PI_PROTOCOL, PI_WARN, "SIP conformance warning", EXPFILL } },
        { &ei_note, { "sipcheck.note", PI_PROTOCOL, PI_NOTE, "SIP conformance note", EXPFILL } },
    };
    expert_register_field_array(expert_register_protocol(proto_sipcheck), experts,
                                G_N_ELEMENTS(experts));
}

static void register_preferences(void)
{
    module_t *module = prefs_register_protocol(proto_sipcheck, NULL);
    judge_preferences *preferences = judge_prefs();
    prefs_register_bool_preference(
        module, "sequences", "Judge rules over several messages",
        "What transactions, dialogs, sessions, registrations, subscriptions and hops ask",
        &preferences->sequences);
    prefs_register_uint_preference(module, "memory", "Memory for what is tracked (MiB)",
                                   "Beyond it the oldest is forgotten, and unknown", 10,
                                   &preferences->memory);
    prefs_register_string_preference(
        module, "profile", "Profile",
        "Which rules: default, ims, rfc3261-only, a profile of the folder below, or a YAML file",
        &preferences->profile);
    prefs_register_directory_preference(
        module, "rules", "Folder of your own rules",
        "YAML files with rules that are judged beside those built in", &preferences->rules);
}

void sipcheck_register(void)
{
    proto_sipcheck = proto_register_protocol("SIP conformance (sipcheck)", "sipcheck", "sipcheck");
    judge_set_proto(proto_sipcheck);
    register_fields();
    register_experts();
    register_preferences();
    register_init_routine(judge_init);
    register_cleanup_routine(judge_cleanup);
    register_postseq_cleanup_routine(judge_pass_ended);
}

void sipcheck_handoff(void)
{
    dissector_handle_t post = create_dissector_handle(dissect_post, proto_sipcheck);
    int sip_field = proto_registrar_get_id_byname("sip");
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_val(wanted, sip_field);
    losses_want(wanted);
    sip_handle = find_dissector("sip");
    proto_sip = proto_get_id_by_filter_name("sip");
    register_postdissector(post);
    set_postdissector_wanted_hfids(post, wanted);
    heur_dissector_add("udp", dissect_refused, "SIP that the SIP dissector refuses", "sipcheck_udp",
                       proto_sipcheck, HEURISTIC_ENABLE);
}
