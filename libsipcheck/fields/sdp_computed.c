/* SPDX-License-Identifier: MIT */
/* Members of a session description that no byte of it says, but that follow from several lines. */
#include <string.h>

#include "fields/formats.h"
#include "fields/get.h"
#include "text/slice.h"

/* A section that has a line of unknown type may have more than is seen. */
static sc_value give_unless(bool damaged, sc_value value)
{
    return damaged ? sc_give_none(false) : value;
}

/* --- addresses */

static const sipcheck_value *find_multicast(const sipcheck_sdp_section *section)
{
    const sipcheck_value *v = section->lines[SIPCHECK_SDP_C];
    while (v && !((const sipcheck_connection *)v)->multicast)
        v = v->next;
    return v;
}

sc_value sc_field_sdp_uses_multicast(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp_section *session = &((const sipcheck_sdp *)record)->session;
    const sipcheck_value *found = find_multicast(session), *m = session->lines[SIPCHECK_SDP_M];
    bool damaged = session->damaged;
    for (; m && !found; m = m->next) {
        found = find_multicast(&((const sipcheck_sdp_media *)m)->section);
        damaged = damaged || ((const sipcheck_sdp_media *)m)->section.damaged;
    }
    if (found) return (sc_value){ .truth = true, .raw = found->raw };
    return give_unless(damaged, sc_give_truth(false));
}

/* --- directions */

static sc_value directions(const sipcheck_sdp_section *section)
{
    static const uint16_t ids[] = { SIPCHECK_ATTRIBUTE_SENDRECV, SIPCHECK_ATTRIBUTE_SENDONLY,
                                    SIPCHECK_ATTRIBUTE_RECVONLY, SIPCHECK_ATTRIBUTE_INACTIVE };
    sc_value count = { .number = 0 };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        for (const sipcheck_value *v = section->attributes[ids[i]]; v; v = v->next) {
            if (!count.raw.p) count.raw = v->raw;
            count.number++;
        }
    return give_unless(section->damaged, count);
}

sc_value sc_field_sdp_directions(const sc_field *self, const void *record)
{
    (void)self;
    return directions(&((const sipcheck_sdp *)record)->session);
}

sc_value sc_field_media_directions(const sc_field *self, const void *record)
{
    (void)self;
    return directions(&((const sipcheck_sdp_media *)record)->section);
}

/* --- formats of RTP. RFC 3551 §6, RFC 8866 §8.2.3 */

enum { DYNAMIC = 96, PAYLOAD_TYPES = 128 };

sc_value sc_field_media_is_rtp(const sc_field *self, const void *record)
{
    (void)self;
    sipcheck_slice protocol = ((const sipcheck_sdp_media *)record)->protocol;
    if (!protocol.p) return sc_give_none(false);
    for (size_t i = 0; i + 4 <= protocol.n; i++) {
        bool begins = i == 0 || protocol.p[i - 1] == '/';
        if (begins && memcmp(protocol.p + i, "RTP/", 4) == 0)
            return (sc_value){ .truth = true, .raw = protocol };
    }
    return (sc_value){ .truth = false, .raw = protocol };
}

/* One of more than three digits has zeros in front. */
static int long_payload_type(sipcheck_slice format)
{
    unsigned number = 0;
    for (size_t i = 0; i < format.n; i++) {
        unsigned digit = format.p[i] - (unsigned)'0';
        if (digit > 9) return -1;
        number = number < PAYLOAD_TYPES ? number * 10 + digit : PAYLOAD_TYPES;
    }
    return format.n > 0 && number < PAYLOAD_TYPES ? (int)number : -1;
}

/* -1: it is none. How many digits there are no branch asks: nobody can foresee that. In front of a
 * format its line's beginning stands, longer than what is looked at. */
static int payload_type(sipcheck_slice format)
{
    if (format.n - 1 > 2) return long_payload_type(format);
    const uint8_t *last = format.p + format.n - 1;
    unsigned ones = last[0] - (unsigned)'0', tens = last[-1] - (unsigned)'0',
             hundreds = last[-2] - (unsigned)'0';
    tens = format.n > 1 ? tens : 0;
    hundreds = format.n > 2 ? hundreds : 0;
    bool digits = (ones <= 9) & (tens <= 9) & (hundreds <= 9);
    unsigned number = hundreds * 100 + tens * 10 + ones;
    return (digits & (number < PAYLOAD_TYPES)) ? (int)number : -1;
}

sc_value sc_field_media_formats_are_payload_types(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp_media *media = record;
    for (const sipcheck_value *v = media->formats; v; v = v->next)
        if (payload_type(v->raw) < 0) return (sc_value){ .truth = false, .raw = v->raw };
    return give_unless(!media->v.valid, sc_give_truth(true));
}

/* Payload types, as bits. */
typedef struct mapped {
    uint64_t bits[PAYLOAD_TYPES / 64];
} mapped;

/* Returns whether all could be read: one that could not may be the one that is missed. */
static bool note_mapped(const sipcheck_sdp_media *media, mapped *all)
{
    bool read = !media->section.damaged;
    const sipcheck_value *v = media->section.attributes[SIPCHECK_ATTRIBUTE_RTPMAP];
    for (; v; v = v->next) {
        sipcheck_slice text = ((const sipcheck_rtpmap *)v)->payload_type;
        int type = payload_type(text);
        if (type >= 0) all->bits[type / 64] |= (uint64_t)1 << type % 64;
        read = read && text.p;
    }
    return read;
}

static bool is_mapped(const mapped *all, int type)
{
    return all->bits[type / 64] >> type % 64 & 1;
}

sc_formats sc_formats_of(const sipcheck_sdp_media *media)
{
    mapped all = { { 0 } };
    sc_formats formats = { .unread = !note_mapped(media, &all) };
    for (const sipcheck_value *v = media->formats; v; v = v->next) {
        int type = payload_type(v->raw);
        bool unmapped = type >= 0 && !is_mapped(&all, type);
        formats.others |= type < 0;
        formats.static_unmapped |= unmapped & (type < DYNAMIC);
        formats.dynamic_unmapped |= unmapped & (type >= DYNAMIC);
    }
    return formats;
}

static sc_value all_mapped(const sipcheck_sdp_media *media, int from, int to)
{
    mapped all = { { 0 } };
    bool read = note_mapped(media, &all);
    for (const sipcheck_value *v = media->formats; v; v = v->next) {
        int type = payload_type(v->raw);
        if (type < from || type >= to || is_mapped(&all, type)) continue;
        return give_unless(!read, (sc_value){ .truth = false, .raw = v->raw });
    }
    return give_unless(!media->v.valid, sc_give_truth(true));
}

sc_value sc_field_media_static_formats_are_mapped(const sc_field *self, const void *record)
{
    (void)self;
    return all_mapped(record, 0, DYNAMIC);
}

sc_value sc_field_media_dynamic_formats_are_mapped(const sc_field *self, const void *record)
{
    (void)self;
    return all_mapped(record, DYNAMIC, PAYLOAD_TYPES);
}
