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
