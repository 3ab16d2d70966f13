/* SPDX-License-Identifier: MIT */
/* The forms of ids. */
#include "rules/ids.h"

#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* statement-id = RFC "-" section "-" number, e.g. 3261-8.1.1.5-2. ret_section: its bytes */
bool sc_is_statement_id(const char *id, sipcheck_slice *ret_section)
{
    size_t rfc = strspn(id, DIGITS);
    if (rfc == 0 || rfc > 5 || id[rfc] != '-') return false;
    const char *section = id + rfc + 1;
    size_t length = strspn(section, DIGITS UPPER ".");
    const char *number = section + length + 1;
    if (length == 0 || section[length] != '-' || strspn(number, DIGITS) == 0) return false;
    *ret_section = (sipcheck_slice){ (const uint8_t *)section, length };
    return number[strspn(number, DIGITS)] == '\0';
}

/* rule-id = lower-case letter, then lower-case letters, upper-case ones of an annex, digits, "."
 * and "-" */
bool sc_is_rule_id(const char *id)
{
    return strspn(id, LOWER) > 0 && id[strspn(id, LOWER UPPER DIGITS ".-")] == '\0' &&
           strlen(id) <= 120;
}

/* rfcN-SECTION-words: the bytes of SECTION, absent when the id has another form. */
sipcheck_slice sc_section_of_rule_id(const char *id)
{
    const sipcheck_slice none = { 0 };
    size_t rfc = strncmp(id, "rfc", 3) == 0 ? strspn(id + 3, DIGITS) : 0;
    if (rfc == 0 || rfc > 5 || id[3 + rfc] != '-') return none;
    const char *section = id + 3 + rfc + 1;
    size_t length = strspn(section, DIGITS UPPER ".");
    bool words = length > 0 && section[length] == '-' && section[length + 1] != '\0';
    return words ? (sipcheck_slice){ (const uint8_t *)section, length } : none;
}
