/* SPDX-License-Identifier: MIT */
/* Where tracked things are found (by a hash), and in which order they are forgotten or over. */
#ifndef SC_TRACK_TABLE_H
#define SC_TRACK_TABLE_H

#include "track/event.h"

/* What a tracked thing begins with. */
typedef struct sc_tracked {
    sc_object object;
    struct sc_tracked *older, *newer; /* of its ring */
    uint64_t touched;                 /* by the tracker's clock */
    uint64_t serial;                  /* of the message that touched it */
    uint8_t ring;                     /* enum sc_ring */
} sc_tracked;

/* Things of one ring are over when they were not touched for equally long. */
enum sc_ring {
    SC_RING_BRIEF,   /* 64*T1: whatever can be repeated */
    SC_RING_RINGING, /* Timer C and 64*T1: an INVITE that is being answered */
    SC_RING_LIVE,    /* no end but a message's, or the end of memory */
    SC_RING_NONCE,   /* no end but that of room for them */
    SC_RING_OVER,    /* they were over at the last call, and are released at the next */
    SC_RING_COUNT
};

/* Within a tracked thing; it is found by `key`. */
typedef struct sc_node {
    struct sc_node *next; /* of its chain */
    sc_tracked *owner;    /* NULL: in no chain */
    uint64_t key;
} sc_node;

/* More in one chain of the table: the oldest of them is evicted. */
#define SC_CHAIN_MAX 64

/* Of a chain, whose nodes lie far apart: what can be said of it without a look at them. */
typedef struct sc_chain_mark {
    uint8_t length; /* in nodes; UINT8_MAX: that or more */
    uint8_t kinds;  /* a bit each for some bits of the nodes' keys */
} sc_chain_mark;

typedef struct sc_table {
    sc_node **chains;
    sc_chain_mark *marks; /* of each chain; they lie behind them */
    size_t size;          /* a power of two, or 0 */
    size_t count;
} sc_table;

/* Bytes for that many chains and their marks; they have to be cleared. */
#define SC_TABLE_BYTES(size) ((size) * (sizeof(sc_node *) + sizeof(sc_chain_mark)))

/* The first in the table with that key and of that scope; the next one; NULL: none. */
sc_node *sc_table_find(const sc_table *table, uint64_t key, enum sipcheck_scope scope);
sc_node *sc_table_more(const sc_node *node);

/* The table has chains. */
void sc_table_add(sc_table *table, sc_node *node, sc_tracked *owner, uint64_t key);
void sc_table_remove(sc_table *table, sc_node *node); /* in no chain: nothing happens */

/* Move all nodes into memory of that many chains; gives back the memory before, or NULL. */
void *sc_table_move(sc_table *table, void *memory, size_t size);

/* Owner of the longest unused node of the key's chain where that has grown too long, else NULL. */
sc_tracked *sc_table_surplus(const sc_table *table, uint64_t key);

/* That key will be asked for: the machine fetches its chain meanwhile, and, from there on, the
 * first node in it. */
void sc_table_expect(const sc_table *table, uint64_t key);
void sc_table_expect_first(const sc_table *table, uint64_t key);

/* A ring's head: itself older and newer where it is empty. */
typedef struct sc_rings {
    sc_tracked heads[SC_RING_COUNT];
} sc_rings;

void sc_rings_clear(sc_rings *rings);
void sc_ring_leave(sc_tracked *thing);
/* Into that ring as the newest; it leaves the one it was in. */
void sc_ring_join(sc_rings *rings, sc_tracked *thing, enum sc_ring ring, uint64_t clock);
sc_tracked *sc_ring_oldest(sc_rings *rings, enum sc_ring ring); /* NULL: it is empty */

#endif
