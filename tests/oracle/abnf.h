/* SPDX-License-Identifier: MIT */
/* An independent, slow reading of ABNF: grammars are loaded from the RFCs' own text and matched by
 * sets of ends.
 *
 * It knows nothing of the library. Ambiguity is no trouble to it: a match is the set of all places
 * where a production may end when it begins at a given one. RFC 5234. */
#ifndef SIPCHECK_TESTS_ABNF_H
#define SIPCHECK_TESTS_ABNF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ABNF_TEXT_MAX = 1000 };

struct abnf; /* a grammar; functions that can't go on print why and exit: this is a test */

struct abnf *abnf_new(void);
void abnf_free(struct abnf *g);

/* Rules in the lines of a file from the first that begins with `from` (after blanks) behind line
 * `skip` to the one that begins with `to`; page breaks are taken out. Later definitions replace
 * earlier ones. Returns how many rules, -1: no such file. */
int abnf_load(struct abnf *g, const char *path, unsigned skip, const char *from, const char *to);

/* Rules as text, one a line ("name = ..."). */
void abnf_add(struct abnf *g, const char *text);

/* name begins with a token; no match where that token is one of words ("q|expires"), in any case.
 */
void abnf_refuse_words(struct abnf *g, const char *name, const char *words);

/* name begins with a token of SDP; no match where that is one of words, in this case. */
void abnf_refuse_names(struct abnf *g, const char *name, const char *words);

/* No match of name that has one of these bytes within. */
void abnf_refuse_bytes(struct abnf *g, const char *name, const char *bytes);

/* Every alternative that is a plain parameter (`generic`, a rule name, or rules that are only it)
 * gives way to its specific neighbours: in ("q" EQUAL qvalue) / generic-param the latter never
 * matches what begins with the token q. */
void abnf_specific_first(struct abnf *g, const char *generic);

/* Every rule that a rule names is there; prints those that are not and returns false. */
bool abnf_complete(const struct abnf *g, const char *root);

bool abnf_match(struct abnf *g, const char *name, const uint8_t *text, size_t n);

/* A random derivation. Returns its length, or 0 when it outgrew max. */
size_t abnf_derive(const struct abnf *g, const char *name, uint64_t *seed, uint8_t *out,
                   size_t max);

/* xorshift64*: the same seed, the same run. */
uint64_t abnf_random(uint64_t *seed);

#endif
