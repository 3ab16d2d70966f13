/* SPDX-License-Identifier: MIT */
/* SIP-ETag, SIP-If-Match, Suppress-If-Match. RFC 3903 §12, RFC 5839 §7 */
#include "grammar/grammar.h"

/* SIP-ETag      =  "SIP-ETag" HCOLON entity-tag
 * SIP-If-Match  =  "SIP-If-Match" HCOLON entity-tag
 * entity-tag    =  token
 * Suppress-If-Match  =  "Suppress-If-Match" HCOLON ( entity-tag / "*" ), and "*" is a token */
bool sc_parse_entity_tag(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "entity-tag", "12", 3903 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_token(c, &((sipcheck_token *)out)->token));
}
