/* SPDX-License-Identifier: MIT */
/* What the files that read bodies share. */
#ifndef SC_MESSAGE_BODIES_H
#define SC_MESSAGE_BODIES_H

#include <sipcheck/body.h>

#include "message/parse.h"

typedef struct sc_bodies {
    sc_faults faults;
    sipcheck_body *body;
    const sipcheck_part **tail; /* where the next part is linked */
    size_t parts;
    enum sc_simd simd;
    int error; /* enum sipcheck_code; reading stops */
} sc_bodies;

/* One part more, its content not parsed yet; NULL without memory (noted) and at the limit. */
sipcheck_part *sc_add_part(sc_bodies *in, sipcheck_slice content, const sipcheck_message *head,
                           uint8_t depth);

/* Find out what a part is and parse it. */
void sc_parse_part(sc_bodies *in, sipcheck_part *part);

/* The parts of a multipart body. */
void sc_parse_multipart(sc_bodies *in, const sipcheck_part *part);

/* What of a message a text holds. */
enum sc_fragment {
    SC_FRAGMENT_HEAD, /* header fields of a part: MIME's grammar is wider, no fault is noted */
    SC_FRAGMENT_ANY,  /* message/sipfrag */
    SC_FRAGMENT_ALL,  /* message/sip */
};

/* text lies in the message of `faults`, which get what is wrong with it. Returns SIPCHECK_OK,
 * SIPCHECK_NOMEM or SIPCHECK_TOO_BIG. */
int sc_parse_fragment(sc_faults *faults, sipcheck_slice text, enum sc_fragment what,
                      const sipcheck_message **ret);

#endif
