/* SPDX-License-Identifier: MIT */
/* The traits of a body. */
#include "rules/traits.h"

#include "fields/formats.h"

#define ATTRIBUTE(ID) ((uint64_t)1 << SIPCHECK_ATTRIBUTE_##ID)
static const uint64_t common_attributes = ATTRIBUTE(UNKNOWN) | ATTRIBUTE(RTPMAP) | ATTRIBUTE(FMTP) |
                                          ATTRIBUTE(PTIME) | ATTRIBUTE(MAXPTIME) |
                                          ATTRIBUTE(SENDRECV) | ATTRIBUTE(SENDONLY) |
                                          ATTRIBUTE(RECVONLY) | ATTRIBUTE(INACTIVE);

bool sc_is_common_attribute(unsigned attribute)
{
    return common_attributes >> attribute & 1;
}

static unsigned traits_of_media(const sipcheck_sdp_media *m)
{
    sc_formats formats = sc_formats_of(m);
    bool valid = m->v.valid;
    bool odd = !valid || formats.others || formats.unread || m->section.lines[SIPCHECK_SDP_K] ||
               !sc_field_media_is_rtp(NULL, m).truth ||
               sc_field_media_directions(NULL, m).number > 1;
    bool even = m->port >= 2 && m->port < UINT32_MAX && m->port % 2 == 0;
    return sc_when(odd, SC_TRAIT(ODD)) | sc_when(!even, SC_TRAIT(ODD_PORT)) |
           sc_when(!SC_IS(m->media, "audio"), SC_TRAIT(NO_AUDIO)) |
           sc_when(m->section.lines[SIPCHECK_SDP_B], SC_TRAIT(BANDWIDTH)) |
           sc_when(m->section.lines[SIPCHECK_SDP_C], SC_TRAIT(MEDIA_CONNECTION)) |
           sc_when(!valid || formats.static_unmapped, SC_TRAIT(STATIC_FORMATS)) |
           sc_when(!valid || formats.dynamic_unmapped, SC_TRAIT(DYNAMIC_FORMATS));
}

/* Its own addresses are IPv4, and not those of groups. */
static bool are_plain(const sipcheck_value *connections)
{
    const sipcheck_value *v = connections;
    for (; v; v = v->next) {
        const sipcheck_connection *c = (const sipcheck_connection *)v;
        if (!v->valid || c->address_kind != SIPCHECK_HOST_IPV4 || !SC_IS(c->addrtype, "IP4") ||
            !SC_IS(c->nettype, "IN") || c->multicast || c->ttl.p || c->count_text.p)
            return false;
    }
    return true;
}

static bool is_plain_owner(const sipcheck_value *value)
{
    const sipcheck_origin *o = (const sipcheck_origin *)value;
    return value && value->valid && o->address_kind == SIPCHECK_HOST_IPV4 &&
           SC_IS(o->addrtype, "IP4") && SC_IS(o->nettype, "IN") && o->id <= INT64_MAX / 2 &&
           o->version < INT64_MAX / 2;
}

static unsigned traits_of_times(const sipcheck_value *first)
{
    unsigned traits = 0;
    for (const sipcheck_value *v = first; v; v = v->next) {
        const sipcheck_time *t = (const sipcheck_time *)v;
        bool zero = v->valid && t->start == 0 && t->stop == 0;
        traits |= sc_when(!zero, SC_TRAIT(TIME));
    }
    return traits;
}

/* Lines that a plain description has. */
#define LINE(TYPE) (1u << SIPCHECK_SDP_##TYPE)
static const uint32_t plain_lines =
    LINE(V) | LINE(O) | LINE(S) | LINE(C) | LINE(B) | LINE(T) | LINE(A) | LINE(M);

static bool is_plain_session(const sipcheck_sdp *sdp)
{
    const sipcheck_sdp_section *session = &sdp->session;
    return !session->damaged && sdp->descriptions == 1 && !(sdp->lines_seen & ~plain_lines) &&
           is_plain_owner(session->lines[SIPCHECK_SDP_O]) && session->lines[SIPCHECK_SDP_S] &&
           sc_field_sdp_session_name_is_utf8(NULL, sdp).truth &&
           are_plain(session->lines[SIPCHECK_SDP_C]) &&
           sc_field_sdp_directions(NULL, sdp).number <= 1;
}

static unsigned traits_of_session(const sipcheck_sdp *sdp)
{
    const sipcheck_sdp_section *session = &sdp->session;
    const sipcheck_value *c = session->lines[SIPCHECK_SDP_C], *s = session->lines[SIPCHECK_SDP_S];
    return sc_when(!is_plain_session(sdp), SC_TRAIT(ODD)) |
           sc_when(session->lines[SIPCHECK_SDP_A], SC_TRAIT(SESSION_ATTRIBUTES)) |
           sc_when(sdp->attributes_seen & ~common_attributes, SC_TRAIT(MEDIA_ATTRIBUTES)) |
           sc_when(!s || !SC_IS(s->raw, "-"), SC_TRAIT(SESSION_NAME)) |
           sc_when(s && !sc_is_no_name(s->raw), SC_TRAIT(CALLED)) |
           sc_when(session->lines[SIPCHECK_SDP_B], SC_TRAIT(BANDWIDTH)) |
           sc_when(!c || c->next, SC_TRAIT(NO_CONNECTION)) |
           traits_of_times(session->lines[SIPCHECK_SDP_T]);
}

unsigned sc_traits_of_sdp(const sipcheck_sdp *sdp)
{
    const sipcheck_value *media = sdp->session.lines[SIPCHECK_SDP_M];
    unsigned traits = traits_of_session(sdp) | sc_when(!media || media->next, SC_TRAIT(SEVERAL));
    for (const sipcheck_value *v = media; v; v = v->next) {
        const sipcheck_sdp_media *m = (const sipcheck_sdp_media *)v;
        traits |= traits_of_media(m) |
                  sc_when(!are_plain(m->section.lines[SIPCHECK_SDP_C]), SC_TRAIT(ODD));
    }
    return traits;
}

/* Odd: anything but a description of the session alone. */
unsigned sc_traits_of_parts(const sc_observed *observed)
{
    const sipcheck_part *part = observed->body ? observed->body->parts : NULL;
    bool plain = part && !part->v.next && part->depth == 0 && part->head == observed->message &&
                 part->body == SIPCHECK_BODY_SDP && part->type && part->type->v.valid &&
                 SC_IS(part->type->type, "application") && SC_IS(part->type->subtype, "sdp") &&
                 !observed->message->line_count[SIPCHECK_HEADER_CONTENT_DISPOSITION];
    return sc_when(!plain, SC_TRAIT(ODD)) |
           sc_when(part && part->type && part->type->params, SC_TRAIT(PARAMS));
}
