/* SPDX-License-Identifier: MIT */
/* To be loaded before the C library (LD_PRELOAD): counts what a program allocates, and says at its
 * end, in the file that ALLOCATIONS names, how often it did in itself and how often libwiretap did
 * while it read a record. The allocator of glibc stays in use. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static unsigned long counts[2]; /* [1]: of libwiretap */
static int reading;

void *malloc(size_t size)
{
    counts[reading]++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    counts[reading]++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    counts[reading]++;
    return __libc_realloc(block, size);
}

typedef int read_fn(void *file, void *record, void *buffer, int *error, char **details,
                    int64_t *offset);
read_fn wtap_read;
int wtap_read(void *file, void *record, void *buffer, int *error, char **details, int64_t *offset)
{
    static read_fn *next;
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "wtap_read");
    reading = 1;
    int fine = next(file, record, buffer, error, details, offset);
    reading = 0;
    return fine;
}

__attribute__((destructor)) static void say(void)
{
    const char *path = getenv("ALLOCATIONS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%lu %lu\n", counts[0], counts[1]);
    fclose(file);
}
