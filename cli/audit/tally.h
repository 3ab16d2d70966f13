/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an audit found, by element and rule, in bounded memory whatever the capture's size. */
#ifndef SIPCHECK_CLI_TALLY_H
#define SIPCHECK_CLI_TALLY_H

#include <glib.h>
#include <sipcheck/engine.h>

enum {
    TALLY_FRAMES = 5,      /* first frames kept a group */
    TALLY_ELEMENTS = 4096, /* more elements are counted together */
    TALLY_AGENT = 80,      /* bytes of what an element calls itself, at most */
    TALLY_LINE = 512,      /* bytes kept of an offending line, at most */
};

struct tally_place {
    guint64 frame;
    const char *source; /* its file, when several are read; else NULL */
    guint64 nth;        /* of the findings that were told */
};

/* One rule's failures, waived failures or unknowns at one element; or one finding about a waiver.
 */
struct tally_group {
    const sipcheck_rule *rule;
    enum sipcheck_verdict verdict;
    enum sipcheck_severity severity;
    gboolean waived;
    sipcheck_address_port at; /* the culprit of the first */
    guint64 nth;              /* of the first among the findings that were told */
    guint64 count;            /* from tally_sort on */
    struct tally_place places[TALLY_FRAMES];
    guint place_count;
    gboolean more_places;              /* than are kept */
    char *text, *fix;                  /* of the first */
    guint8 *line;                      /* the line that holds it */
    gsize line_length, mark, mark_end; /* and the bytes at fault within it */
};

/* Of a group, what each of its findings needs. */
struct tally_slot {
    guint64 key; /* rule, verdict, waived; 0: the slot is free */
    guint64 count;
    guint group;   /* its index */
    gboolean full; /* no more places are kept */
};

struct tally_element {
    sipcheck_address_port address;
    guint16 listens;    /* of a connection's end: port that its Vias say; 0: not known */
    gboolean two_ports; /* they say several */
    guint folded;       /* ports of connections that are its own, from tally_sort on */
    char *agent;        /* User-Agent or Server it was heard to call itself; NULL: none */
    gboolean forwards;  /* it was seen to forward requests */
    unsigned roles;     /* bits of enum sipcheck_role, of its findings */
    guint64 sent;       /* messages */
    guint64 errors, warnings, infos;
    GPtrArray *groups;        /* of struct tally_group */
    struct tally_slot *slots; /* of the groups, at their keys' hashes */
    gsize slot_count;
};

struct tally {
    struct tally_element **slots; /* by address; NULL: free */
    struct tally_element *last;   /* the last that was looked for; NULL: none */
    GPtrArray *order;             /* all of them, as first seen */
    GPtrArray *waivers;           /* of struct tally_group: findings about waivers */
    guint64 findings[3];          /* fails that no waiver covers, by enum sipcheck_severity */
    guint64 unknown, waived;
    guint64 transports[SIPCHECK_TRANSPORT_WSS + 1];
    guint64 first_ns, last_ns, messages;
    guint64 elements_lost; /* messages of elements beyond the limit */
    guint64 told;          /* findings */
};

void tally_init(struct tally *tally);
void tally_clear(struct tally *tally);
void tally_group_free(gpointer data);

/* What a message tells of its sender. */
struct tally_heard {
    gboolean forwards; /* it sent a request on */
    guint16 listens;   /* the port at which it says it is reached, other than what it sent from */
    char agent[TALLY_AGENT];
    gsize agent_length; /* User-Agent or Server, or the beginning of it; 0: none */
};
struct tally_heard tally_hear(const sipcheck_packet *packet, const sipcheck_message *message);
void tally_message(struct tally *tally, const sipcheck_packet *packet,
                   const struct tally_heard *heard);

/* source: name of the file, or NULL when there is only one; must outlive the tally. shown: it is to
 * stand in the report; else it is only counted. */
void tally_finding(struct tally *tally, const sipcheck_finding *finding, const char *source,
                   gboolean shown);

/* The finding would be the first of its group, whose texts the report shows. */
gboolean tally_is_new(const struct tally *tally, const sipcheck_finding *finding);

/* Elements with the most severe first, their groups likewise; what one sent over connections that
 * it opened counts for the port at which it listens. Behind this nothing is added. */
void tally_sort(struct tally *tally);

/* --- fold.c */

/* The port in the sender's own Via, where that names the address that the message came from over a
 * connection, and another port. 0: it does not. */
guint16 fold_port(const sipcheck_packet *packet, const sipcheck_message *message);
/* Joins elements; their groups have their counts. */
void fold_elements(GPtrArray *elements);

#endif
