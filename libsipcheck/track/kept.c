/* SPDX-License-Identifier: MIT */
#include "track/internal.h"

static size_t size_of(const sc_kept *kept)
{
    return sizeof *kept + kept->packet.length;
}

static sc_kept *copy(sc_tracker *tracker, const sipcheck_packet *packet, bool passed_on)
{
    sc_kept *kept = sc_tracker_take_raw(tracker, sizeof *kept + packet->length);
    if (kept == NULL) return NULL;
    uint8_t *bytes = (uint8_t *)(kept + 1);
    if (packet->length > 0) memcpy(bytes, packet->bytes, packet->length);
    *kept = (sc_kept){
        .packet = *packet, .serial = tracker->serial, .holders = 1, .passed_on = passed_on
    };
    kept->packet.bytes = bytes;
    return kept;
}

void sc_tracker_expect_kept(const sc_tracker *tracker, const sipcheck_packet *packet)
{
    sc_tracker_expect_take(tracker, sizeof(sc_kept) + packet->length);
}

const sc_kept *sc_tracker_hold(sc_tracker *tracker, const sc_kept *kept)
{
    (void)tracker;
    if (kept != NULL) ((sc_kept *)kept)->holders++;
    return kept;
}

/* Events may show it still: it is freed at the next call. */
void sc_tracker_drop(sc_tracker *tracker, const sc_kept *dropped)
{
    sc_kept *kept = (sc_kept *)dropped;
    if (kept == NULL || --kept->holders > 0 || kept->retired) return;
    kept->retired = true;
    kept->next = tracker->retired;
    tracker->retired = kept;
}

void sc_tracker_drain(sc_tracker *tracker)
{
    while (tracker->retired != NULL) {
        sc_kept *kept = tracker->retired;
        tracker->retired = kept->next;
        kept->retired = false;
        if (kept->holders == 0) sc_tracker_give(tracker, kept, size_of(kept)); /* else held anew */
    }
}

const sc_kept *sc_tracker_keep(sc_tracker *tracker)
{
    if (tracker->current == NULL && tracker->fed != NULL)
        tracker->current = copy(tracker, tracker->fed, tracker->fed_passed_on);
    return sc_tracker_hold(tracker, tracker->current);
}

void sc_keep_other(sc_tracker *tracker, const sc_kept **place, const sc_kept *kept)
{
    const sc_kept *old = *place;
    *place = sc_tracker_hold(tracker, kept);
    sc_tracker_drop(tracker, old);
}

void sc_keep_fed(sc_step *step, const sc_kept **place)
{
    sc_keep_other(step->tracker, place, step->tracker->current);
}

static const size_t sizes[SC_SCOPES] = {
    [SIPCHECK_SCOPE_TRANSACTION] = sizeof(sc_transaction),
    [SIPCHECK_SCOPE_DIALOG] = sizeof(sc_dialog),
    [SIPCHECK_SCOPE_REGISTRATION] = sizeof(sc_registration),
    [SIPCHECK_SCOPE_SUBSCRIPTION] = sizeof(sc_subscription),
    [SC_SCOPE_NONCE] = sizeof(sc_nonce),
};

/* Room for two more, which is what one message can add. */
static bool reserve_dues(sc_tracker *tracker)
{
    sc_heap *heap = &tracker->dues;
    if (heap->count + 2 <= heap->room) return true;
    size_t room = heap->room > 0 ? 2 * heap->room : 64;
    sc_due **list = sc_tracker_take(tracker, room * sizeof *list);
    if (list == NULL) return false;
    if (heap->count > 0) memcpy(list, heap->list, heap->count * sizeof *list);
    sc_tracker_give(tracker, heap->list, heap->room * sizeof *list);
    heap->list = list;
    heap->room = room;
    return true;
}

static bool reserve_pieces(sc_tracker *tracker)
{
    if (tracker->spare_replies == NULL)
        tracker->spare_replies = sc_tracker_take(tracker, sizeof *tracker->spare_replies);
    if (tracker->spare_hop == NULL)
        tracker->spare_hop = sc_tracker_take(tracker, sizeof *tracker->spare_hop);
    return tracker->spare_replies != NULL && tracker->spare_hop != NULL;
}

bool sc_tracker_reserve(sc_tracker *tracker, const sipcheck_packet *packet, bool passed_on)
{
    for (size_t i = 0; i < SC_SCOPES; i++) {
        if (sizes[i] == 0 || tracker->spares[i] != NULL) continue;
        tracker->spares[i] = sc_tracker_take(tracker, sizes[i]);
        if (tracker->spares[i] == NULL) return false;
    }
    if (!reserve_pieces(tracker) || !reserve_dues(tracker)) return false;
    tracker->current = copy(tracker, packet, passed_on);
    return tracker->current != NULL;
}

void *sc_tracker_make(sc_step *step, enum sipcheck_scope scope, enum sc_ring ring)
{
    sc_tracker *tracker = step->tracker;
    sc_tracked *thing = tracker->spares[scope];
    tracker->spares[scope] = NULL;
    thing->object.scope = scope;
    thing->object.first_ns = step->packet->ns;
    thing->object.damaged = tracker->clock < tracker->blind_until;
    sc_touch(tracker, thing, ring);
    return thing;
}

sc_replies *sc_tracker_make_replies(sc_tracker *tracker)
{
    sc_replies *replies = tracker->spare_replies;
    tracker->spare_replies = NULL;
    return replies;
}

sc_hop *sc_tracker_make_hop(sc_tracker *tracker)
{
    sc_hop *hop = tracker->spare_hop;
    tracker->spare_hop = NULL;
    return hop;
}

void sc_tracker_give_thing(sc_tracker *tracker, sc_tracked *thing)
{
    if (thing != NULL) sc_tracker_give(tracker, thing, sizes[thing->object.scope]);
}

void sc_tracker_give_spares(sc_tracker *tracker)
{
    for (size_t i = 0; i < SC_SCOPES; i++)
        sc_tracker_give(tracker, tracker->spares[i], sizes[i]);
    sc_tracker_give(tracker, tracker->spare_replies, sizeof *tracker->spare_replies);
    sc_tracker_give(tracker, tracker->spare_hop, sizeof *tracker->spare_hop);
    sc_tracker_give(tracker, tracker->dues.list, tracker->dues.room * sizeof *tracker->dues.list);
}
