/* SPDX-License-Identifier: MIT */
/* headers.def, expanded: what is known of a header, and its name's way to its id. */
#include "message/headers.h"

#include "message/header_key.h"

#include "text/cold.h"
#include "text/slice.h"

#include <string.h>

enum how { HOW_ONE, HOW_MANY, HOW_LIST, HOW_LIST0, HOW_SEMI };

#define IS_LIST(HOW) (HOW_##HOW >= HOW_LIST)
#define SEPARATOR(HOW) (HOW_##HOW == HOW_SEMI ? ';' : IS_LIST(HOW) ? ',' : 0)

/* The ABNF of all headers of RFC 3261 stands in one place. */
#define GRAMMAR_SECTION(RFC, SECTION) (RFC == 3261 ? "25.1" : SECTION)

#define STEPS(SIZE) (((SIZE) + SC_ARENA_STEP - 1) & ~(SC_ARENA_STEP - 1))

/* Of a greater one no room is enough. */
#define ROOM(SIZE) ((SIZE) <= SC_VALUE_CLEARED ? SC_VALUE_CLEARED : UINT32_MAX)

/* The structure that a KIND of headers.def is. */
typedef sipcheck_value value_of_TEXT;
typedef sipcheck_token value_of_TOKEN;
typedef sipcheck_number value_of_NUMBER;
typedef sipcheck_address value_of_ADDRESS;
typedef sipcheck_via value_of_VIA;
typedef sipcheck_cseq value_of_CSEQ;
typedef sipcheck_auth value_of_AUTH;
typedef sipcheck_media value_of_MEDIA;
typedef sipcheck_date value_of_DATE;
typedef sipcheck_call_id value_of_CALL_ID;
typedef sipcheck_warning value_of_WARNING;
typedef sipcheck_stamp value_of_STAMP;
typedef sipcheck_rack value_of_RACK;
typedef sipcheck_params value_of_PARAMS;
typedef sipcheck_identity value_of_IDENTITY;

const sc_header_grammar sc_header_grammars[SIPCHECK_HEADER_COUNT] = {
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    [SIPCHECK_HEADER_##ID] = {                                                                     \
        sc_parse_##PARSER,                                                                         \
        SEPARATOR(HOW),                                                                            \
        HOW_##HOW == HOW_LIST0,                                                                    \
        SIPCHECK_KIND_##KIND,                                                                      \
        STEPS(sizeof(value_of_##KIND)),                                                            \
        ROOM(sizeof(value_of_##KIND)),                                                             \
        { NAME, GRAMMAR_SECTION(RFC, SECTION), RFC },                                              \
    },
#include <sipcheck/headers.def>
#undef X
};

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

/* name_slots: the header whose name or compact form has a hash, if any; compact forms come
 * SIPCHECK_HEADER_COUNT - 1 behind names. name_texts: these, each byte with 0x20 set. */
#include "header_names.inc"

enum { COMPACT_FORMS = SIPCHECK_HEADER_COUNT - 1 };

static uint16_t hashed(sc_header_words words, size_t n)
{
    return name_slots[sc_header_key(words, n) * NAME_FACTOR >> NAME_SHIFT];
}

static inline enum sipcheck_header_id id_of(uint16_t found)
{
    return (enum sipcheck_header_id)(found > COMPACT_FORMS ? found - COMPACT_FORMS : found);
}

enum sipcheck_header_id sipcheck_header_lookup(sipcheck_slice name)
{
    if (name.n == 0 || name.n > NAME_BYTES) return SIPCHECK_HEADER_UNKNOWN;
    uint16_t found = hashed(sc_header_words_of(name.p, name.n), name.n);
    const char *text = name_texts[found];
    for (size_t i = 0; i < name.n; i++)
        if (text[i] == '\0' || sc_lower(name.p[i]) != (uint8_t)text[i])
            return SIPCHECK_HEADER_UNKNOWN;
    bool whole = name.n == NAME_BYTES || text[name.n] == '\0';
    return whole ? id_of(found) : SIPCHECK_HEADER_UNKNOWN;
}

/* As many bytes of ones as a name has, from NAME_BYTES less these on. */
static const uint8_t name_mask[2 * NAME_BYTES] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

/* The first n of NAME_BYTES are `text`, letters in any case. No byte of a token but a letter comes
 * to be one of a name by setting the bit. */
static bool same_token(const uint8_t *p, size_t n, const char *text)
{
    uint64_t differ = 0;
    for (size_t i = 0; i < NAME_BYTES; i += 8) {
        uint64_t a, b, mask;
        memcpy(&a, p + i, 8);
        memcpy(&b, text + i, 8);
        memcpy(&mask, name_mask + NAME_BYTES - n + i, 8);
        differ |= ((a | UINT64_C(0x2020202020202020)) & mask) ^ b;
    }
    return !differ;
}

/* Ones where a name of that length has its first eight bytes. */
static const uint64_t word_masks[NAME_BYTES] = {
    0,     0xff,  0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
#define EIGHT                                                                                      \
    UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX
    EIGHT, EIGHT, EIGHT,
};

SC_HOT enum sipcheck_header_id sc_header_of(sipcheck_slice token, const uint8_t *end)
{
    size_t n = token.n, behind = n > 8 ? n - 8 : 0;
    const uint8_t *p = token.p;
    if (n >= NAME_BYTES || end - p < 8) return sipcheck_header_lookup(token);
    sc_header_words words, known;
    memcpy(&words.first, p, 8);
    memcpy(&words.last, p + behind, 8);
    words.first = (words.first | SC_SMALL) & word_masks[n];
    words.last = (words.last | SC_SMALL) & word_masks[n];
    uint16_t found = hashed(words, n);
    const char *text = name_texts[found];
    memcpy(&known.first, text, 8);
    memcpy(&known.last, text + behind, 8);
    bool same = !((words.first ^ known.first) | (words.last ^ known.last)) && !text[n];
    if (n > 16 && same) {
        if (end - p < NAME_BYTES) return sipcheck_header_lookup(token);
        same = same_token(p, n, text);
    }
    return same ? id_of(found) : SIPCHECK_HEADER_UNKNOWN;
}
