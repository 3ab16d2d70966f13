/* SPDX-License-Identifier: MIT */
/* What the tests of the grammar share (tests/test_oracle*.c): the grammar of RFC 3261 as amended,
 * and the comparison of random derivations and mutations with what the library says of them.
 *
 * Fixed seed; SIPCHECK_ORACLE_RUNS and SIPCHECK_ORACLE_SEED change it. */
#ifndef SIPCHECK_TESTS_ORACLE_H
#define SIPCHECK_TESTS_ORACLE_H

#include "oracle/abnf.h"

#define RFC(number) SIPCHECK_SHARED_DIR "/rfc/rfc" #number ".txt"

/* The RFC texts are not there; says so. Such a test is skipped. */
bool oracle_absent(void);

/* RFC 3261 §25.1 with the RFCs that it stands on and its amendments; NULL: not to be read. Other
 * RFCs' rules are added to it with abnf_load and abnf_add, then oracle_finish closes it. */
struct abnf *oracle_base(void);

/* Parameters that have a grammar of their own are held to it; every rule that `root` leads to is
 * there. */
bool oracle_finish(struct abnf *grammar, const char *root);

/* ABNF in an RFC's text: behind line `skip` from the line that begins with `from` to the one that
 * begins with `to`. rules: how many it has at least. path == NULL ends a table. */
struct oracle_source {
    const char *path;
    unsigned skip;
    const char *from, *to;
    int rules;
};

/* Add what the table names; false: a text has less, which is printed. */
bool oracle_load(struct abnf *grammar, const struct oracle_source *sources);

/* A text that the grammar takes or refuses: an oracle has to know right from wrong itself.
 * production == NULL ends a table. n == 0: up to its NUL. */
struct oracle_case {
    const char *production, *text;
    bool valid;
    size_t n;
};

/* How many the grammar is wrong about; prints them. */
unsigned oracle_check(struct abnf *grammar, const struct oracle_case *cases);

struct oracle_subject {
    const char *production;     /* of the whole line */
    const char *before, *after; /* what makes a message of it */
};

/* Judge derivations of the production, each as it is, then with one, two ... changes, behind the
 * first colon only where from_colon. Returns how often library and grammar disagree; prints some.
 */
unsigned oracle_run(struct abnf *grammar, const struct oracle_subject *subject, bool from_colon);

/* The same in another way than for lines of a message's head. */
struct oracle_way {
    bool (*valid)(const uint8_t *bytes, size_t n); /* what the library says of a message */
    const char *const *snippets;                   /* what mutations put in */
    size_t snippet_count;
    const char *whole; /* the production of the whole message behind its first bytes; NULL: the */
    size_t skip;       /* subject's, of the text alone. So many bytes */
};
unsigned oracle_run_by(struct abnf *grammar, const struct oracle_subject *subject,
                       const struct oracle_way *way);

/* The same for headers, each in a request; the number of those with disagreements. NULL-terminated.
 */
unsigned oracle_run_headers(struct abnf *grammar, const char *const *names);

#endif
