/* SPDX-License-Identifier: MIT */
/* What the tests of the parser share: files, and bytes that end at an unreadable page. */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct sample {
    uint8_t *bytes;
    size_t n;
} sample;

/* A file below the shared folder; bytes is NULL where it is absent. */
static inline sample sample_read(const char *name)
{
    char path[4096];
    sample s = { NULL, 0 };
    snprintf(path, sizeof path, "%s/%s", SIPCHECK_SHARED_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file) return s;
    s.bytes = malloc((size_t)1 << 20);
    s.n = s.bytes ? fread(s.bytes, 1, (size_t)1 << 20, file) : 0;
    fclose(file);
    return s;
}

/* Bytes that end flush with a page nobody may read. */
typedef struct fenced {
    uint8_t *map;
    size_t mapped;
    uint8_t *end;
} fenced;

static inline fenced fence_new(size_t most)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    fenced f = { .mapped = (most / page + 2) * page };
    f.map = mmap(NULL, f.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(f.map != MAP_FAILED);
    f.end = f.map + f.mapped - page;
    assert_int_equal(mprotect(f.end, page, PROT_NONE), 0);
    return f;
}

static inline const uint8_t *fence_put(const fenced *f, const void *bytes, size_t n)
{
    return n ? memcpy(f->end - n, bytes, n) : f->end;
}

static inline void fence_free(fenced *f)
{
    munmap(f->map, f->mapped);
}

#endif
