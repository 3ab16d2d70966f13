/* SPDX-License-Identifier: MIT */
/* Memory from an allocator that may be NULL. */
#ifndef SC_MEMORY_H
#define SC_MEMORY_H

#include <sipcheck/base.h>
#include <stdlib.h>

static inline void *sc_allocate(const sipcheck_allocator *allocator, size_t size)
{
    return allocator && allocator->alloc ? allocator->alloc(allocator->user, size) : malloc(size);
}

static inline void sc_release(const sipcheck_allocator *allocator, void *block)
{
    if (allocator && allocator->release)
        allocator->release(allocator->user, block);
    else
        free(block);
}

#endif
