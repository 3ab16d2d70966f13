/* SPDX-License-Identifier: MIT */
/* Reliable provisional responses of a dialog's INVITE, and the PRACKs for them. RFC 3262 */
#ifndef SC_TRACK_RELIABLE_H
#define SC_TRACK_RELIABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Of one INVITE in one dialog; of more those that were acknowledged are forgotten first. */
#define SC_RELIABLE_MAX 6

/* What became of the response that a PRACK names, or that is repeated. */
enum sc_rack {
    SC_RACK_NONE,    /* the message is none of them */
    SC_RACK_UNKNOWN, /* the INVITE was not seen, was refused, or was taken back */
    SC_RACK_NOTHING, /* no response that was seen */
    SC_RACK_OPEN,
    SC_RACK_ACKNOWLEDGED, /* a PRACK named it */
    SC_RACK_ANSWERED,     /* ... and got a 2xx */
};

/* Those to the last INVITE that had any. */
typedef struct sc_reliable {
    uint32_t cseq, prack_cseq; /* of the INVITE, of the last PRACK; 0: none */
    uint32_t rseq[SC_RELIABLE_MAX];
    uint32_t last, in_row; /* the last RSeq; the highest up to which none is missing */
    uint8_t count;
    uint8_t open, answered, described; /* bits of those in `rseq` */
    uint8_t asker;                     /* whose INVITE: SC_CALLER, SC_CALLEE */
    uint8_t named, place;              /* by the last PRACK: enum sc_rack, where in `rseq` */
    bool over : 1;                     /* the INVITE is refused or taken back */
    bool prack_of_callee : 1;          /* the last PRACK was sent by SC_CALLEE */
    /* Before the message that was fed last, of its INVITE; `rack` is its own: */
    uint32_t last_before, in_row_before;
    bool more, lost; /* now: acknowledged ones were forgotten; any may be missing */
    uint8_t count_before, open_before, open_described_before;
    uint8_t rack; /* enum sc_rack */
    bool any_before, lost_before;
} sc_reliable;

#endif
