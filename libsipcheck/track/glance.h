/* SPDX-License-Identifier: MIT */
/* What a message is called, by a look at its bytes: as much as it takes to know which others it can
 * have to do with. Far from all that the grammar takes is seen; what is not is unknown. */
#ifndef SC_TRACK_GLANCE_H
#define SC_TRACK_GLANCE_H

#include <sipcheck/message.h>

#include "text/slice.h"

typedef struct sc_glance {
    bool is_response;
    bool is_register; /* by its start line or its CSeq */
    bool follows;     /* ACK or CANCEL: it has the branch of another request */
    /* Absent: not seen, or not to its end. */
    sipcheck_slice call_id;
    sipcheck_slice cseq;   /* with the method; looked for in responses alone */
    sipcheck_slice to;     /* the URI without parameters; of REGISTER alone */
    sipcheck_slice branch; /* of the first Via, with RFC 3261's cookie */
} sc_glance;

sc_glance sc_glance_at(const uint8_t *bytes, size_t n);

/* The same of a message that was parsed. false: only its bytes tell. */
bool sc_glance_of(const sipcheck_message *message, sc_glance *ret);

#endif
