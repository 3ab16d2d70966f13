/* SPDX-License-Identifier: MIT */
/* The packets of a test's flow. docs/sequence-rules.md, Tests. */
#include <stdio.h>
#include <string.h>

#include "rules/set.h"
#include "text/slice.h"

static const char *const transports[] = { "", "udp", "tcp", "tls", "sctp", "ws", "wss" };

static enum sipcheck_transport transport_of(const char *name)
{
    for (unsigned i = 1; i < sizeof transports / sizeof *transports; i++)
        if (strcmp(name, transports[i]) == 0) return (enum sipcheck_transport)i;
    return SIPCHECK_TRANSPORT_UNKNOWN;
}

static bool is_stream(enum sipcheck_transport transport)
{
    return transport == SIPCHECK_TRANSPORT_TCP || transport == SIPCHECK_TRANSPORT_TLS;
}

/* Those of the base messages; any other in 198.18.0.0/15, which is nobody's (RFC 2544 C.2.2), by
 * FNV-1a of its name. */
static void name_address(const char *name, uint8_t bytes[4])
{
    static const struct {
        const char *name;
        uint8_t last; /* of 192.0.2.0/24 */
    } known[] = { { "alice", 1 }, { "proxy", 2 }, { "bob", 4 } };
    uint32_t hash = 2166136261u;
    for (const char *p = name; *p != '\0'; p++)
        hash = (hash ^ (uint8_t)*p) * 16777619u;
    bytes[0] = 198;
    bytes[1] = (uint8_t)(18 + (hash >> 16 & 1));
    bytes[2] = (uint8_t)(hash >> 8);
    bytes[3] = (uint8_t)hash;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            memcpy(bytes, (const uint8_t[]){ 192, 0, 2, known[i].last }, 4);
}

sipcheck_address_port sc_flow_address(const char *name, const char *transport)
{
    bool secure = strcmp(transport, "tls") == 0 || strcmp(transport, "wss") == 0;
    sipcheck_address_port address = { .family = 4 };
    sc_waived party = { 0 };
    if (sc_waived_parse(name, &party)) {
        address.family = party.family;
        memcpy(address.bytes, party.bytes, sizeof address.bytes);
        address.port = party.port;
    } else {
        name_address(name, address.bytes);
    }
    if (address.port == 0) address.port = secure ? 5061 : 5060;
    return address;
}

static sipcheck_packet packet_of(const sc_step *step, sipcheck_slice bytes, size_t frame)
{
    const char *transport = step->message.transport;
    bool cut = step->message.cut < bytes.n;
    sipcheck_packet packet = {
        .bytes = bytes.p,
        .length = cut ? step->message.cut : bytes.n,
        .frame = frame,
        .ns = SC_FLOW_BEGIN_NS + step->at_ns,
        .src = sc_flow_address(step->from, transport),
        .dst = sc_flow_address(step->to, transport),
        .transport = transport_of(transport),
    };
    packet.flags = (is_stream(packet.transport) ? SIPCHECK_STREAM : 0u) | (cut ? SIPCHECK_CUT : 0u);
    return packet;
}

/* whole: of each step before, its bytes without a cut. */
static int build_step(const sipcheck_rules *set, const sc_step *step, const sipcheck_slice *whole,
                      sipcheck_arena *arena, sipcheck_slice *ret, char why[SC_TEST_WHY_MAX])
{
    if (step->like == 0) return sc_test_build(set, &step->message, arena, ret, why);
    return sc_test_edit(&step->message, whole[step->like - 1], arena, ret, why);
}

int sc_flow_build(const sipcheck_rules *set, const sc_test *test, sipcheck_arena *arena,
                  sipcheck_packet *packets, size_t max, size_t *ret_count,
                  char why[SC_TEST_WHY_MAX])
{
    sipcheck_slice whole[SC_FLOW_STEPS_MAX];
    *ret_count = 0;
    size_t n = 0;
    for (const sc_step *step = test->flow->steps; step != NULL; step = step->next, n++) {
        if (n == max || n == SC_FLOW_STEPS_MAX) {
            snprintf(why, SC_TEST_WHY_MAX, "more than %zu steps", n);
            return SIPCHECK_OK;
        }
        int code = build_step(set, step, whole, arena, &whole[n], why);
        if (code != SIPCHECK_OK || whole[n].p == NULL) return code;
        packets[n] = packet_of(step, whole[n], n + 1);
    }
    *ret_count = n;
    return SIPCHECK_OK;
}
