/* SPDX-License-Identifier: MIT */
/* As much of JSON as it takes to look into a PASSporT: one member of an object, the one element of
 * an array. Values are slices of the text, a string's with its quotes. Nothing recurses. RFC 8259
 */
#ifndef SC_TEXT_JSON_H
#define SC_TEXT_JSON_H

#include "text/slice.h"

enum sc_json {
    SC_JSON_FOUND,
    SC_JSON_NONE,   /* the object or array is sound, but does not have it */
    SC_JSON_BROKEN, /* it is none, or more stands behind it, or a name with escapes hides it */
};

/* The first member of that name. */
enum sc_json sc_json_member(sipcheck_slice object, const char *name, sipcheck_slice *ret_value);

/* NONE where there are none or several. */
enum sc_json sc_json_only_element(sipcheck_slice array, sipcheck_slice *ret_value);

#endif
