/* SPDX-License-Identifier: MIT */
/* Other SIP parsers of Debian, asked to do what ours does: parse every header of a message. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parse one message and forget it; false: the peer refused it. */
typedef bool (*bench_parser)(void *state, const uint8_t *bytes, size_t length);

bool peer_sofia(void *state, const uint8_t *bytes, size_t length);
bool peer_osip(void *state, const uint8_t *bytes, size_t length);

/* Once, before the first message. */
void peers_start(void);

#endif
