/* SPDX-License-Identifier: MIT */
/* What the formats of a medium are as payload types of RTP. RFC 3551 §6, RFC 8866 §8.2.3 */
#ifndef SC_FIELDS_FORMATS_H
#define SC_FIELDS_FORMATS_H

#include <sipcheck/body.h>

typedef struct sc_formats {
    bool others;                            /* some are no payload types */
    bool unread;                            /* an a=rtpmap, or a line of the medium */
    bool static_unmapped, dynamic_unmapped; /* some have no a=rtpmap that could be read */
} sc_formats;

/* All that three fields tell, in one walk. */
sc_formats sc_formats_of(const sipcheck_sdp_media *media);

#endif
