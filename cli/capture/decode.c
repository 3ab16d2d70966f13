/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exported.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1000000000u

typedef struct endpoint_key {
    uint8_t address[16];
    uint16_t port;
    uint8_t family;
    uint8_t zero[5];
} endpoint_key;

typedef struct endpoint {
    capture_node node;
    endpoint_key key;
} endpoint;

void capture_note_bytes(capture_decoder *decoder, enum capture_counter_id id, uint64_t bytes)
{
    capture_count(decoder->stats, id, decoder->origin.place, bytes);
}

bool capture_grow(capture_decoder *decoder, uint8_t **bytes, size_t *allocated, size_t n)
{
    if (n <= *allocated) return true;
    size_t size = *allocated ? *allocated : 2048;
    while (size < n)
        size *= 2;
    uint8_t *grown = realloc(*bytes, size);
    if (!grown) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return false;
    }
    *bytes = grown;
    *allocated = size;
    return true;
}

void capture_note(capture_decoder *decoder, enum capture_counter_id id)
{
    capture_note_bytes(decoder, id, 0);
}

void capture_decoder_watch(capture_decoder *decoder, capture_part_fn on_part, void *user)
{
    decoder->on_part = on_part;
    decoder->part_user = user;
}

void capture_decoder_watch_undelivered(capture_decoder *decoder,
                                       capture_undelivered_fn on_undelivered, void *user)
{
    decoder->on_undelivered = on_undelivered;
    decoder->undelivered_user = user;
}

/* FNV-1a; a collision tells of a frame too many. */
void capture_tell_part(const capture_decoder *decoder, enum capture_part part, const void *identity,
                       size_t n, capture_origin origin)
{
    if (!decoder->on_part) return;
    const uint8_t *p = identity;
    uint64_t key = 14695981039346656037u ^ (part == CAPTURE_PART_FRAGMENT);
    for (size_t i = 0; i < n; i++)
        key = (key ^ p[i]) * 1099511628211u;
    decoder->on_part(decoder->part_user, part, key, origin.place, origin.ns);
}

/* A path has bytes between its members that mean nothing. */
void capture_tell_stream(const capture_decoder *decoder, enum capture_part part,
                         const capture_path *path, capture_origin origin)
{
    uint8_t key[2 * (sizeof path->src.bytes + sizeof path->src.port)];
    size_t n = sizeof path->src.bytes, m = sizeof path->src.port;
    if (!decoder->on_part) return;
    memcpy(key, path->src.bytes, n);
    memcpy(key + n, path->dst.bytes, n);
    memcpy(key + 2 * n, &path->src.port, m);
    memcpy(key + 2 * n + m, &path->dst.port, m);
    capture_tell_part(decoder, part, key, sizeof key, origin);
}

void capture_hand_on(capture_decoder *decoder, sipcheck_slice bytes, unsigned flags,
                     capture_origin origin, const capture_path *path,
                     enum sipcheck_transport transport)
{
    if (decoder->stopped) return;
    capture_count(decoder->stats, CAPTURE_MESSAGES, origin.place, 0);
    if (flags & SIPCHECK_CUT) capture_count(decoder->stats, CAPTURE_CUT_MESSAGES, origin.place, 0);
    sipcheck_packet packet = {
        .bytes = bytes.p,
        .length = bytes.n,
        .flags = flags,
        .frame = origin.place.frame,
        .ns = origin.ns,
        .src = path->src,
        .dst = path->dst,
        .transport = transport,
    };
    decoder->stopped = !decoder->on_packet(decoder->user, &packet, origin.place.source);
}

void capture_deliver(capture_decoder *decoder, sipcheck_slice bytes, unsigned flags,
                     capture_origin origin, const capture_path *path,
                     enum sipcheck_transport transport)
{
    const capture_digest content = capture_digest_bytes(bytes.p, bytes.n);
    const capture_digest key = capture_digest_from(&content, &path->src, &path->dst);
    if (capture_first_on_wire(decoder, &key, origin))
        capture_hand_on(decoder, bytes, flags, origin, path, transport);
}

void capture_deliver_datagram(capture_decoder *decoder, capture_span span,
                              const capture_digest *content, const capture_path *path)
{
    const capture_digest key = capture_digest_from(content, &path->src, &path->dst);
    if (capture_first_on_wire(decoder, &key, decoder->origin))
        capture_hand_on(decoder, (sipcheck_slice){ span.p, span.n },
                        span.n < span.wire ? SIPCHECK_CUT : 0, decoder->origin, path,
                        SIPCHECK_TRANSPORT_UDP);
}

static bool sip_port(uint16_t port)
{
    return port == 5060 || port == 5061;
}

static endpoint_key endpoint_key_of(const sipcheck_address_port *address)
{
    endpoint_key key = { .port = address->port, .family = address->family };
    memcpy(key.address, address->bytes, sizeof key.address);
    return key;
}

bool capture_known_endpoint(capture_decoder *decoder, const sipcheck_address_port *address)
{
    if (sip_port(address->port)) return true;
    endpoint_key key = endpoint_key_of(address);
    return capture_table_find(&decoder->endpoints, &key);
}

bool capture_known_path(capture_decoder *decoder, const capture_path *path)
{
    return capture_known_endpoint(decoder, &path->src) ||
           capture_known_endpoint(decoder, &path->dst);
}

static void learn_endpoint(capture_decoder *decoder, const sipcheck_address_port *address)
{
    if (capture_known_endpoint(decoder, address)) return;
    endpoint_key key = endpoint_key_of(address);
    endpoint *e = (endpoint *)capture_table_victim(&decoder->endpoints, &key);
    if (e)
        capture_table_remove(&decoder->endpoints, &e->node);
    else
        e = malloc(sizeof *e);
    if (!e) return;
    e->key = key;
    capture_table_insert(&decoder->endpoints, &e->node);
}

void capture_learn_path(capture_decoder *decoder, const capture_path *path)
{
    learn_endpoint(decoder, &path->src);
    learn_endpoint(decoder, &path->dst);
}

static capture_limits limits_or_defaults(const capture_limits *given)
{
    capture_limits limits = given ? *given : (capture_limits){ 0 };
    if (!limits.flows) limits.flows = 65536;
    if (!limits.datagrams) limits.datagrams = 1024;
    if (!limits.segments) limits.segments = 1024;
    if (!limits.total_bytes) limits.total_bytes = (size_t)256 << 20;
    if (!limits.messages) limits.messages = 4096;
    if (!limits.endpoints) limits.endpoints = 65536;
    if (!limits.copies) limits.copies = 16384;
    if (!limits.fragment_ns) limits.fragment_ns = 30ull * NS_PER_S;
    if (!limits.gap_ns) limits.gap_ns = 10ull * NS_PER_S;
    return limits;
}

capture_decoder *capture_decoder_new(const capture_limits *limits, capture_stats *stats,
                                     capture_packet_fn on_packet, void *user)
{
    capture_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->limits = limits_or_defaults(limits);
    decoder->stats = stats;
    decoder->on_packet = on_packet;
    decoder->user = user;
    decoder->sent = calloc(decoder->limits.messages, sizeof *decoder->sent);
    bool ok =
        decoder->sent &&
        capture_table_init(&decoder->datagrams, decoder->limits.datagrams,
                           CAPTURE_DATAGRAM_KEY_SIZE) &&
        capture_table_init(&decoder->flows, decoder->limits.flows, CAPTURE_FLOW_KEY_SIZE) &&
        capture_table_init(&decoder->secrets, decoder->limits.flows, CAPTURE_FLOW_KEY_SIZE) &&
        capture_table_init(&decoder->sights, decoder->limits.messages, CAPTURE_SIGHT_KEY_SIZE) &&
        capture_table_init(&decoder->associations, decoder->limits.flows,
                           CAPTURE_ASSOCIATION_KEY_SIZE) &&
        capture_table_init(&decoder->copies, decoder->limits.copies, CAPTURE_COPY_KEY_SIZE) &&
        capture_table_init(&decoder->endpoints, decoder->limits.endpoints, sizeof(endpoint_key));
    if (ok) return decoder;
    capture_decoder_free(decoder);
    return NULL;
}

bool capture_decode(capture_decoder *decoder, const capture_frame *frame)
{
    if (decoder->stopped) return false;
    decoder->origin = (capture_origin){ frame->place, frame->ns };
    decoder->depth = 0;
    capture_span span = { frame->bytes, frame->captured,
                          frame->wire > frame->captured ? frame->wire : frame->captured };
    if (span.wire > span.n) capture_note(decoder, CAPTURE_CUT_FRAMES);
    capture_link(decoder, frame->link, span);
    return !decoder->stopped;
}

bool capture_decoder_finish(capture_decoder *decoder)
{
    capture_end_fragments(decoder);
    capture_end_flows(decoder);
    capture_end_associations(decoder);
    capture_end_secrets(decoder);
    return !decoder->stopped;
}

static void drop_endpoints(capture_decoder *decoder)
{
    for (capture_node *node = decoder->endpoints.newest, *older; node; node = older) {
        older = node->older;
        free(node);
    }
}

void capture_decoder_free(capture_decoder *decoder)
{
    if (!decoder) return;
    capture_drop_fragments(decoder);
    capture_drop_flows(decoder);
    capture_drop_associations(decoder);
    capture_forget_copies(decoder);
    capture_drop_secrets(decoder);
    capture_table_free(&decoder->secrets);
    drop_endpoints(decoder);
    capture_drop_sights(decoder);
    capture_table_free(&decoder->sights);
    capture_table_free(&decoder->datagrams);
    capture_table_free(&decoder->flows);
    capture_table_free(&decoder->associations);
    capture_table_free(&decoder->copies);
    capture_table_free(&decoder->endpoints);
    free(decoder);
}
