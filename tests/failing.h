/* SPDX-License-Identifier: MIT */
/* Memory that ends. */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H

#include <stdbool.h>
#include <stdlib.h>

#include <sipcheck/base.h>

/* Gives memory until `left` allocations were made; keeps count of what is not given back. */
typedef struct failing {
    long left; /* -1: never fails */
    long given, out;
    bool once;    /* after the one that fails it never does */
    size_t below; /* no block is as large; 0: any is given */
} failing;

static inline void *failing_alloc(void *user, size_t size)
{
    failing *f = user;
    if (f->below > 0 && size >= f->below) return NULL;
    if (f->left == 0) {
        f->left = f->once ? -1 : 0;
        return NULL;
    }
    f->left -= f->left > 0;
    f->given++;
    f->out++;
    return malloc(size);
}

static inline void failing_release(void *user, void *block)
{
    failing *f = user;
    f->out -= block != NULL;
    free(block);
}

static inline sipcheck_allocator failing_allocator(failing *f)
{
    return (sipcheck_allocator){ failing_alloc, failing_release, f };
}

#endif
