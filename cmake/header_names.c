/* SPDX-License-Identifier: MIT */
/* Runs while the library is built: finds a hash under which no two header names of headers.def
 * meet, and writes it with its table, and that of the compact forms, for message/headers.c.
 * header_names OUTPUT */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcheck/message.h>

#include "message/header_key.h"

enum { BITS = 10, SLOTS = 1 << BITS, TRIES = 1000000, LENGTH = 32 };

static const char *const names[] = {
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) NAME,
#include <sipcheck/headers.def>
#undef X
};
static const char letters[] = {
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) COMPACT,
#include <sipcheck/headers.def>
#undef X
};
enum { COUNT = sizeof names / sizeof *names };

/* A name or a compact form at its hash; false: another one is there. */
static bool place_one(uint64_t factor, const char *name, size_t n, unsigned id,
                      unsigned short slots[SLOTS])
{
    uint64_t key = sc_header_key(sc_header_words_of(name, n), n);
    unsigned short *slot = &slots[key * factor >> (64 - BITS)];
    if (*slot != 0) return false;
    *slot = (unsigned short)id;
    return true;
}

/* Names by their ids, compact forms by COUNT more. */
static bool place(uint64_t factor, unsigned short slots[SLOTS])
{
    memset(slots, 0, SLOTS * sizeof *slots);
    for (unsigned i = 0; i < COUNT; i++) {
        if (!place_one(factor, names[i], strlen(names[i]), i + 1, slots)) return false;
        if (letters[i] != 0 && !place_one(factor, &letters[i], 1, COUNT + i + 1, slots))
            return false;
    }
    return true;
}

/* With the bit set that tells small letters from capital ones; digits and hyphens have it. */
static void put_text(FILE *out, unsigned id, const char *name, size_t n)
{
    if (n > LENGTH) exit(EXIT_FAILURE);
    fprintf(out, "    [%u] = { ", id);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "'%c', ", name[i] | 0x20);
    fputs("},\n", out);
}

static uint64_t next_factor(uint64_t factor)
{
    return factor * 6364136223846793005u + 1442695040888963407u;
}

int main(int argc, char **argv)
{
    static unsigned short slots[SLOTS];
    uint64_t factor = 1;
    int tries = 0;
    while (tries < TRIES && !place(factor | 1, slots)) {
        factor = next_factor(factor);
        tries++;
    }
    FILE *out = argc == 2 && tries < TRIES ? fopen(argv[1], "w") : NULL;
    if (out == NULL) {
        fprintf(stderr, "header_names: no hash was found, or its file can't be written\n");
        return EXIT_FAILURE;
    }
    fprintf(out, "/* Made by cmake/header_names.c. */\n#define NAME_FACTOR UINT64_C(%llu)\n",
            (unsigned long long)(factor | 1));
    fprintf(out, "#define NAME_SHIFT %d\n", 64 - BITS);
    fprintf(out, "#define NAME_BYTES %d\nstatic const char name_texts[%d][NAME_BYTES] = {\n",
            LENGTH, 2 * COUNT + 1);
    for (unsigned i = 0; i < COUNT; i++)
        put_text(out, i + 1, names[i], strlen(names[i]));
    for (unsigned i = 0; i < COUNT; i++)
        if (letters[i] != 0) put_text(out, COUNT + i + 1, &letters[i], 1);
    fprintf(out, "};\nstatic const uint16_t name_slots[%d] = {\n", SLOTS);
    for (unsigned i = 0; i < SLOTS; i++)
        if (slots[i] != 0) fprintf(out, "    [%u] = %u,\n", i, slots[i]);
    fputs("};\n", out);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
