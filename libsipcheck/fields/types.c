/* SPDX-License-Identifier: MIT */
#include "fields/fields.h"
#include "fields/words.h"

#define W(TYPE) [SC_TYPE_##TYPE] = { WORD_##TYPE, "list of " WORD_##TYPE }
static const char *const names[SC_TYPE_COUNT][2] = {
    [SC_TYPE_NONE] = { "nothing", "list of nothing" },
    W(BOOL),
    W(INT),
    W(STRING),
    W(TOKEN),
    W(DURATION),
    W(RATIO),
    W(OBSERVED),
    W(MESSAGE),
    W(HEADER),
    W(PARAM),
    W(URI),
    W(ADDRESS),
    W(VIA),
    W(CSEQ),
    W(TOKEN_),
    W(NUMBER),
    W(AUTH),
    W(MEDIA),
    W(DATE),
    W(CALL_ID),
    W(WARNING),
    W(STAMP),
    W(TEXT),
};
#undef W

const char *sc_type_name(sc_type type)
{
    unsigned element = type & ~(unsigned)SC_LIST;
    return element < SC_TYPE_COUNT ? names[element][(type & SC_LIST) != 0] : "nothing";
}

const char *sc_missing_text(enum sc_missing missing)
{
    static const char *const texts[SC_MISSING_COUNT] = {
        [SC_MISSING_NOTHING] = "nothing",
        [SC_MISSING_START_LINE] = "a start line that can be read",
        [SC_MISSING_HEADERS] = "headers behind the cut",
        [SC_MISSING_BODY] = "the body behind the cut",
        [SC_MISSING_SYNTAX] = "bytes that can be read",
        [SC_MISSING_NUMBER] = "a number that fits",
        [SC_MISSING_BUDGET] = "a message short enough to be judged",
        [SC_MISSING_MESSAGE] = "a message that was not captured",
        [SC_MISSING_REQUEST] = "the request that the faulty bytes were copied from",
    };
    return (unsigned)missing < SC_MISSING_COUNT ? texts[missing] : "nothing";
}
