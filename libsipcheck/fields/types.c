/* SPDX-License-Identifier: MIT */
#include "fields/fields.h"

static const char *const names[SC_TYPE_COUNT][2] = {
    [SC_TYPE_NONE] = { "nothing", "list of nothing" },
    [SC_TYPE_BOOL] = { "bool", "list of bool" },
    [SC_TYPE_INT] = { "int", "list of int" },
    [SC_TYPE_STRING] = { "string", "list of string" },
    [SC_TYPE_TOKEN] = { "token", "list of token" },
    [SC_TYPE_DURATION] = { "duration", "list of duration" },
    [SC_TYPE_RATIO] = { "ratio", "list of ratio" },
    [SC_TYPE_OBSERVED] = { "observed message", "list of observed message" },
    [SC_TYPE_MESSAGE] = { "sip", "list of sip" },
    [SC_TYPE_HEADER] = { "header", "list of header" },
    [SC_TYPE_PARAM] = { "param", "list of param" },
    [SC_TYPE_URI] = { "uri", "list of uri" },
    [SC_TYPE_ADDRESS] = { "address", "list of address" },
    [SC_TYPE_VIA] = { "via", "list of via" },
    [SC_TYPE_CSEQ] = { "cseq", "list of cseq" },
    [SC_TYPE_TOKEN_] = { "token value", "list of token value" },
    [SC_TYPE_NUMBER] = { "number", "list of number" },
    [SC_TYPE_AUTH] = { "auth", "list of auth" },
    [SC_TYPE_MEDIA] = { "media", "list of media" },
    [SC_TYPE_DATE] = { "date", "list of date" },
    [SC_TYPE_CALL_ID] = { "call-id", "list of call-id" },
    [SC_TYPE_WARNING] = { "warning", "list of warning" },
    [SC_TYPE_STAMP] = { "stamp", "list of stamp" },
    [SC_TYPE_TEXT] = { "text", "list of text" },
};

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
    };
    return (unsigned)missing < SC_MISSING_COUNT ? texts[missing] : "nothing";
}
