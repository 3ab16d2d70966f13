/* SPDX-License-Identifier: MIT */
/* headers.def, expanded: what is known of a header, and its name's way to its id. */
#include "message/headers.h"

#include "text/slice.h"

#include <string.h>

enum how { HOW_ONE, HOW_MANY, HOW_LIST, HOW_LIST0, HOW_SEMI };

#define IS_LIST(HOW) (HOW_##HOW >= HOW_LIST)
#define SEPARATOR(HOW) (HOW_##HOW == HOW_SEMI ? ';' : IS_LIST(HOW) ? ',' : 0)

/* The ABNF of all headers of RFC 3261 stands in one place. */
#define GRAMMAR_SECTION(RFC, SECTION) (RFC == 3261 ? "25.1" : SECTION)

static const sc_header_grammar grammars[SIPCHECK_HEADER_COUNT] = {
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    [SIPCHECK_HEADER_##ID] = {                                                                     \
        sc_parse_##PARSER,                                                                         \
        SEPARATOR(HOW),                                                                            \
        HOW_##HOW == HOW_LIST0,                                                                    \
        SIPCHECK_KIND_##KIND,                                                                      \
        { NAME, GRAMMAR_SECTION(RFC, SECTION), RFC },                                              \
    },
#include <sipcheck/headers.def>
#undef X
};

const sc_header_grammar *sc_header_grammar_of(uint16_t id)
{
    return &grammars[id];
}

const sipcheck_header_info *sipcheck_header_info_of(enum sipcheck_header_id id)
{
    static const sipcheck_header_info infos[SIPCHECK_HEADER_COUNT] = {
        { "", 0, false, SIPCHECK_KIND_TEXT, 3261, "7.3.1", "a header the library does not know" },
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    { NAME, COMPACT, IS_LIST(HOW), SIPCHECK_KIND_##KIND, RFC, SECTION, DOC },
#include <sipcheck/headers.def>
#undef X
    };
    return (unsigned)id < SIPCHECK_HEADER_COUNT ? &infos[id] : NULL;
}

static enum sipcheck_header_id by_letter(uint8_t letter)
{
    if (letter == 0) return SIPCHECK_HEADER_UNKNOWN;
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    if (letter == COMPACT) return SIPCHECK_HEADER_##ID;
#include <sipcheck/headers.def>
#undef X
    return SIPCHECK_HEADER_UNKNOWN;
}

/* The lengths and first letters are constants: few names are ever compared. */
enum sipcheck_header_id sipcheck_header_lookup(sipcheck_slice name)
{
    if (name.n == 0) return SIPCHECK_HEADER_UNKNOWN;
    uint8_t first = sc_lower(name.p[0]);
    if (name.n == 1) return by_letter(first);
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    if (name.n == sizeof NAME - 1 && first == (uint8_t)(NAME[0] | 0x20) &&                         \
        sc_same_nocase(name, NAME))                                                                \
        return SIPCHECK_HEADER_##ID;
#include <sipcheck/headers.def>
#undef X
    return SIPCHECK_HEADER_UNKNOWN;
}
