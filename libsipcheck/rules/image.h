/* SPDX-License-Identifier: MIT */
/* Rules as bytes, loaded and compiled, so that those that are built in need neither a parser of
 * YAML nor a compiler at every start. cmake/embed.c writes them, load_image.c reads them, both by
 * the same functions: each member is named once, and goes out or in. Numbers have 7 bits a byte,
 * the lowest first; bit 7: more follow. Both sides are of one build: there are no versions, and
 * nothing can be wrong. */
#ifndef SC_IMAGE_H
#define SC_IMAGE_H

#include "rules/set.h"

typedef struct sc_image {
    const uint8_t *next; /* to be read; NULL: it is written */
    void (*put)(void *user, const void *bytes, size_t n);
    void *user;
} sc_image;

static inline bool sc_image_reads(const sc_image *image)
{
    return image->next != NULL;
}

void sc_image_number(sc_image *image, uint64_t *number);
void sc_image_bytes(sc_image *image, void *bytes, size_t n);

/* A member of whatever width. */
#define SC_IMAGE_MEMBER(IMAGE, MEMBER)                                                             \
    do {                                                                                           \
        uint64_t number_ = (uint64_t)(MEMBER);                                                     \
        sc_image_number(IMAGE, &number_);                                                          \
        (MEMBER) = (__typeof__(MEMBER))number_;                                                    \
    } while (0)

/* A program with those behind it; NULL: there is none. Read: 0, or SIPCHECK_NOMEM and NULL. */
int sc_image_program(sc_image *image, const sipcheck_allocator *allocator, sc_program **program);
int sc_image_template(sc_image *image, const sipcheck_allocator *allocator, sc_template **template);

/* All of a rule before sealing, but for its file, its tests and the machine that its name stands
 * for. Read: into a cleared one, whose texts are the image's; memory is never given back by itself
 * where the allocator does not.
 */
int sc_image_rule(sc_image *image, const sipcheck_allocator *allocator, sc_rule *rule);

#endif
