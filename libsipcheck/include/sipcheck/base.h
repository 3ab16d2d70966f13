/* SPDX-License-Identifier: MIT */
/* What every public header stands on: slices, return codes, allocators, the arena. */
#ifndef SIPCHECK_BASE_H
#define SIPCHECK_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SIPCHECK_API __attribute__((visibility("default")))
#else
#define SIPCHECK_API
#endif

/* Bytes that somebody else owns. p == NULL: absent; p != NULL and n == 0: there, and empty. */
typedef struct sipcheck_slice {
    const uint8_t *p;
    size_t n;
} sipcheck_slice;

/* An int that the library returns says that *we* failed; what *they* did wrong is a fault or a
 * finding. */
enum sipcheck_code {
    SIPCHECK_OK = 0,
    SIPCHECK_NOMEM = -1,   /* the allocator gave nothing */
    SIPCHECK_TOO_BIG = -2, /* a limit of this library was hit */
    SIPCHECK_INVALID = -3, /* an argument or a rule file is wrong; the error record says where */
};

/* "out of memory" and so on; never NULL. */
SIPCHECK_API const char *sipcheck_strerror(int code);

/* The version of the library at run time, "MAJOR.MINOR.PATCH". */
SIPCHECK_API const char *sipcheck_version(void);

/* Where memory comes from: an allocator of NULL stands for malloc and free. Both functions are
 * demanded. alloc gives memory aligned for anything, as malloc does, or NULL, which is survived;
 * release gets what alloc gave, never NULL. */
typedef struct sipcheck_allocator {
    void *(*alloc)(void *user, size_t size);
    void (*release)(void *user, void *block);
    void *user;
} sipcheck_allocator;

/* Memory that is given back all at once: what a parsed message is made of. One thread at a time. */
typedef struct sipcheck_arena sipcheck_arena;

/* allocator: copied, may be NULL. Returns NULL when there is no memory. */
SIPCHECK_API sipcheck_arena *sipcheck_arena_new(const sipcheck_allocator *allocator);

/* Everything that was parsed into the arena becomes invalid; its memory is kept for the next
 * message, or body. Without it what is parsed next stands beside it. */
SIPCHECK_API void sipcheck_arena_reset(sipcheck_arena *arena);

/* NULL is allowed. */
SIPCHECK_API void sipcheck_arena_free(sipcheck_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
