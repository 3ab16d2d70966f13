/* SPDX-License-Identifier: MIT */
#include "message/values.h"

SC_COLD bool sc_undelimited(sc_cursor *c, bool holds_list)
{
    const uint8_t *start = c->p;
    bool next = sc_next_value(c);
    c->p = start;
    if (next) return true;
    if (c->separator == ';') return sc_miss(c, "SEMI, COMMA or end of field");
    return sc_miss(c, c->separator || holds_list ? "COMMA or end of field" : "end of field");
}

SC_COLD void sc_recover(sc_cursor *c)
{
    sc_report(c);
    if (c->separator)
        sc_resync(c, ',');
    else
        c->p = c->end;
}

static inline sipcheck_token *take_token(sc_cursor *c, sipcheck_slice text, uint32_t line)
{
    sipcheck_token *out = sc_arena_take(c->faults->arena, sizeof *out);
    if (!out) return NULL;
    *out = (sipcheck_token){
        .v = { .raw = text, .line = line, .kind = SIPCHECK_KIND_TOKEN, .valid = true },
        .token = text,
    };
    return out;
}

/* Where the tokens end is read from one word of the map, for as long as that lasts: the next one
 * need not wait for the bytes in front of it. Not inline: who calls it would run out of registers.
 */
const sipcheck_value **sc_plain_tokens(sc_cursor *c, sipcheck_header *header, uint32_t line,
                                       const sipcheck_value **tail)
{
    const uint8_t *p = c->p, *from = p, *behind = p;
    uint64_t stops = sc_map_bits(c->map, SC_MAP_TOKEN, (size_t)(p - c->map->base));
    uint32_t count = 0;
    while (stops && sc_classes[*p] & SC_TOKEN) {
        const uint8_t *end = from + (unsigned)__builtin_ctzll(stops);
        sipcheck_token *out = sc_delimited(c, end) ? take_token(c, sc_slice(p, end), line) : NULL;
        if (!out) break;
        *tail = &out->v;
        tail = &out->v.next;
        count++;
        behind = end;
        if (end == c->end) break;
        p = end + 1 + (end[1] == ' ');
        stops &= stops + (stops & -stops); /* without the lowest ones in a row */
        if (stops) continue;
        from = p;
        stops = sc_map_bits(c->map, SC_MAP_TOKEN, (size_t)(p - c->map->base));
    }
    header->values += count;
    c->p = behind;
    return tail;
}
