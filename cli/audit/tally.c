/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"
#include "../address.h"

#include <string.h>

/* Open addressing: there are twice as many slots as entries at least. */
enum { ELEMENT_SLOTS = 2 * TALLY_ELEMENTS, GROUP_SLOTS = 32 };

/* The element's slot, or the one that it would have. */
static struct tally_element **element_slot(const struct tally *tally,
                                           const sipcheck_address_port *address)
{
    gsize at = address_hash(address);
    struct tally_element **slot = &tally->slots[at % ELEMENT_SLOTS];
    while (*slot && !address_equal(&(*slot)->address, address))
        slot = &tally->slots[++at % ELEMENT_SLOTS];
    return slot;
}

void tally_group_free(gpointer data)
{
    struct tally_group *group = data;
    g_free(group->text);
    g_free(group->fix);
    g_free(group->line);
    g_free(group);
}

static void element_free(gpointer data)
{
    struct tally_element *element = data;
    g_ptr_array_unref(element->groups);
    g_free(element->slots);
    g_free(element->agent);
    g_free(element);
}

void tally_init(struct tally *tally)
{
    *tally = (struct tally){ 0 };
    tally->slots = g_new0(struct tally_element *, ELEMENT_SLOTS);
    tally->order = g_ptr_array_new_with_free_func(element_free);
    tally->waivers = g_ptr_array_new_with_free_func(tally_group_free);
}

void tally_clear(struct tally *tally)
{
    g_clear_pointer(&tally->slots, g_free);
    g_clear_pointer(&tally->order, g_ptr_array_unref);
    g_clear_pointer(&tally->waivers, g_ptr_array_unref);
}

/* Messages and findings of one element come in rows. NULL beyond the limit. */
static struct tally_element *element_of(struct tally *tally, const sipcheck_address_port *address)
{
    if (tally->last && address_equal(&tally->last->address, address)) return tally->last;
    struct tally_element **slot = element_slot(tally, address), *element = *slot;
    if (!element && tally->order->len < TALLY_ELEMENTS) {
        *slot = element = g_new0(struct tally_element, 1);
        element->address = *address;
        element->groups = g_ptr_array_new_with_free_func(tally_group_free);
        g_ptr_array_add(tally->order, element);
    }
    if (element) tally->last = element;
    return element;
}

/* What a request with a single Via says of its User-Agent is said by its sender; behind a proxy it
 * is said by another. The Server of a response counts for an element that was never seen to
 * forward. */
static void note_agent(struct tally_element *element, const struct tally_heard *heard)
{
    if (heard->forwards) {
        element->forwards = TRUE;
        g_clear_pointer(&element->agent, g_free);
    }
    if (element->agent || element->forwards || !heard->agent_length) return;
    g_autofree char *text = g_strndup(heard->agent, heard->agent_length);
    element->agent = g_utf8_make_valid(text, -1);
}

/* A port of a connection may have been another's before. */
static void note_port(struct tally_element *element, guint16 listens)
{
    if (!listens) return;
    if (element->listens && element->listens != listens) element->two_ports = TRUE;
    element->listens = listens;
}

struct tally_heard tally_hear(const sipcheck_packet *packet, const sipcheck_message *message)
{
    enum sipcheck_header_id id =
        message->is_request ? SIPCHECK_HEADER_USER_AGENT : SIPCHECK_HEADER_SERVER;
    const sipcheck_value *agent = message->values[id];
    if (!agent && message->is_response) agent = message->values[SIPCHECK_HEADER_USER_AGENT];
    struct tally_heard heard = {
        .forwards = message->is_request && sipcheck_count(message, SIPCHECK_HEADER_VIA) > 1,
        .listens = fold_port(packet, message),
        .agent_length = agent ? MIN(agent->raw.n, TALLY_AGENT) : 0,
    };
    if (heard.agent_length) memcpy(heard.agent, agent->raw.p, heard.agent_length);
    return heard;
}

void tally_message(struct tally *tally, const sipcheck_packet *packet,
                   const struct tally_heard *heard)
{
    tally->messages++;
    if (packet->ns && (!tally->first_ns || packet->ns < tally->first_ns))
        tally->first_ns = packet->ns;
    tally->last_ns = MAX(tally->last_ns, packet->ns);
    tally->transports[packet->transport]++;
    struct tally_element *element = element_of(tally, &packet->src);
    if (!element) {
        tally->elements_lost++;
        return;
    }
    element->sent++;
    note_agent(element, heard);
    note_port(element, heard->listens);
}

/* Keeps the line that holds the mark: the packet is gone when the report is written. */
static void keep_line(struct tally_group *group, const sipcheck_finding *finding)
{
    const guint8 *bytes = finding->packet->bytes;
    gsize n = finding->packet->length;
    gsize mark = MIN(finding->offset, n), end = MIN(finding->length, n - mark) + mark;
    gsize from = mark, to;
    while (from > 0 && bytes[from - 1] != '\n' && mark - from < TALLY_LINE / 2)
        from--;
    const guint8 *lf = memchr(bytes + from, '\n', n - from);
    to = MIN(lf ? (gsize)(lf - bytes) + 1 : n, from + TALLY_LINE);
    group->line_length = to - from;
    group->line = g_memdup2(bytes + from, to - from);
    group->mark = MIN(mark, to) - from;
    group->mark_end = MIN(end, to) - from;
}

static void group_new(GPtrArray *groups, const sipcheck_finding *finding, guint64 nth)
{
    struct tally_group *group = g_new0(struct tally_group, 1);
    group->rule = finding->rule;
    group->verdict = finding->verdict;
    group->severity = finding->severity;
    group->waived = finding->waived;
    if (finding->culprit) group->at = *finding->culprit;
    group->nth = nth;
    group->text = g_utf8_make_valid(finding->text ? finding->text : "", -1);
    group->fix = g_utf8_make_valid(finding->fix ? finding->fix : "", -1);
    keep_line(group, finding);
    g_ptr_array_add(groups, group);
}

/* Never 0. */
static guint64 key_of(const sipcheck_rule *rule, enum sipcheck_verdict verdict, gboolean waived)
{
    return (guint64)(guintptr)rule << 3 | (guint64)verdict << 1 | (waived ? 1u : 0u);
}

/* The group's slot, or the one that it would have. The element has slots. */
static struct tally_slot *group_slot(const struct tally_element *element, guint64 key)
{
    gsize at = (gsize)(key * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) >> 32);
    struct tally_slot *slot = &element->slots[at % element->slot_count];
    while (slot->key && slot->key != key)
        slot = &element->slots[++at % element->slot_count];
    return slot;
}

/* Room for one group more. */
static void grow_slots(struct tally_element *element)
{
    struct tally_slot *old = element->slots;
    gsize count = element->slot_count;
    if ((gsize)element->groups->len * 2 < count) return;
    element->slot_count = count ? count * 2 : GROUP_SLOTS;
    element->slots = g_new0(struct tally_slot, element->slot_count);
    for (gsize i = 0; i < count; i++)
        if (old[i].key) *group_slot(element, old[i].key) = old[i];
    g_free(old);
}

/* NULL: there is none yet. */
static struct tally_slot *slot_find(const struct tally_element *element,
                                    const sipcheck_finding *finding)
{
    if (!element->slot_count) return NULL;
    guint64 key = key_of(finding->rule, finding->verdict, finding->waived);
    struct tally_slot *slot = group_slot(element, key);
    return slot->key ? slot : NULL;
}

static struct tally_slot *slot_of(struct tally_element *element, const sipcheck_finding *finding,
                                  guint64 nth)
{
    struct tally_slot *slot = slot_find(element, finding);
    if (slot) return slot;
    grow_slots(element);
    guint64 key = key_of(finding->rule, finding->verdict, finding->waived);
    slot = group_slot(element, key);
    *slot = (struct tally_slot){ .key = key, .group = element->groups->len };
    group_new(element->groups, finding, nth);
    return slot;
}

gboolean tally_is_new(const struct tally *tally, const sipcheck_finding *finding)
{
    if (!finding->culprit) return TRUE;
    const struct tally_element *element = tally->last;
    if (!element || !address_equal(&element->address, finding->culprit))
        element = *element_slot(tally, finding->culprit);
    return !element || !slot_find(element, finding);
}

/* Beyond the frames that are kept, the group itself is not touched. */
static void add_place(const struct tally_element *element, struct tally_slot *slot,
                      struct tally_place place)
{
    slot->count++;
    if (slot->full) return;
    struct tally_group *group = element->groups->pdata[slot->group];
    const struct tally_place *last = group->places + MAX(group->place_count, 1) - 1;
    if (!place.frame || (last->frame == place.frame && last->source == place.source)) return;
    if (group->place_count < TALLY_FRAMES)
        group->places[group->place_count++] = place;
    else
        slot->full = group->more_places = TRUE;
}

static void count_fail(struct tally *tally, struct tally_element *element,
                       const sipcheck_finding *finding)
{
    if (finding->waived) {
        tally->waived++;
        return;
    }
    tally->findings[finding->severity]++;
    if (!element) return;
    if (finding->severity == SIPCHECK_ERROR) element->errors++;
    if (finding->severity == SIPCHECK_WARNING) element->warnings++;
    if (finding->severity == SIPCHECK_INFO) element->infos++;
}

void tally_finding(struct tally *tally, const sipcheck_finding *finding, const char *source,
                   gboolean shown)
{
    static const sipcheck_address_port nobody = { 0 };
    gboolean about_waiver = !finding->message_parsed;
    gboolean fail = finding->verdict == SIPCHECK_FAIL,
             unknown = finding->verdict == SIPCHECK_UNKNOWN;
    if (!fail && !unknown) return;
    struct tally_element *element =
        about_waiver ? NULL : element_of(tally, finding->culprit ? finding->culprit : &nobody);
    if (fail) count_fail(tally, element, finding);
    if (!shown) return;
    if (unknown) tally->unknown++;
    guint64 nth = tally->told++;
    if (about_waiver) group_new(tally->waivers, finding, nth);
    if (!element) return;
    element->roles |= finding->role;
    add_place(element, slot_of(element, finding, nth),
              (struct tally_place){ finding->packet->frame, source, nth });
}

static int compare(guint64 a, guint64 b)
{
    return (a > b) - (a < b);
}

static int by_severity(gconstpointer a, gconstpointer b)
{
    const struct tally_group *x = *(struct tally_group *const *)a,
                             *y = *(struct tally_group *const *)b;
    if (x->verdict != y->verdict) return x->verdict == SIPCHECK_FAIL ? -1 : 1;
    if (x->waived != y->waived) return x->waived ? 1 : -1;
    if (x->severity != y->severity) return x->severity > y->severity ? -1 : 1;
    if (x->count != y->count) return compare(y->count, x->count);
    return strcmp(x->rule->id, y->rule->id);
}

static int by_errors(gconstpointer a, gconstpointer b)
{
    const struct tally_element *x = *(struct tally_element *const *)a,
                               *y = *(struct tally_element *const *)b;
    if (x->errors != y->errors) return compare(y->errors, x->errors);
    if (x->warnings != y->warnings) return compare(y->warnings, x->warnings);
    if (x->infos != y->infos) return compare(y->infos, x->infos);
    int bytes = memcmp(x->address.bytes, y->address.bytes, sizeof x->address.bytes);
    return bytes ? bytes : compare(x->address.port, y->address.port);
}

/* From the slots, which find no groups behind this. */
static void settle_counts(struct tally_element *element)
{
    for (gsize i = 0; i < element->slot_count; i++) {
        const struct tally_slot *slot = &element->slots[i];
        if (!slot->key) continue;
        struct tally_group *group = element->groups->pdata[slot->group];
        group->count = slot->count;
    }
}

void tally_sort(struct tally *tally)
{
    for (guint i = 0; i < tally->order->len; i++)
        settle_counts(tally->order->pdata[i]);
    tally->last = NULL;
    fold_elements(tally->order);
    g_ptr_array_sort(tally->order, by_errors);
    for (guint i = 0; i < tally->order->len; i++) {
        const struct tally_element *element = tally->order->pdata[i];
        g_ptr_array_sort(element->groups, by_severity);
    }
}
