/* SPDX-License-Identifier: MIT */
/* Runs while the library is built: the fields of fields/table.c in the order of their records, the
 * lengths of their names and these, so that one is found without looking at all of them; of those
 * that are equal the first.   field_order OUTPUT */
#include <stdio.h>
#include <stdlib.h>

#include "fields/fields.h"
#include "fields/order.h"

typedef struct entry {
    unsigned record, index;
    const char *name;
} entry;

static entry entries[] = {
/* clang-format off */
#define X(RECORD, NAME, TYPE, ACCESSOR, DOC) { SC_TYPE_##RECORD, 0, NAME },
#include "fields/fields.def"
#undef X
#define X(RECORD, ID, NAME, TYPE, DOC) { SC_TYPE_##RECORD, 0, NAME },
#define SC_FACTS_END(RECORD)
#include "fields/facts.def"
#undef SC_FACTS_END
#undef X
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) { SC_TYPE_MESSAGE, 0, NAME },
#include <sipcheck/headers.def>
#undef X
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC) \
    { SC_TYPE_SDP, 0, NAME }, { SC_TYPE_SDP_MEDIA, 0, NAME },
#include <sipcheck/attributes.def>
#undef X
    /* clang-format on */
};
enum { COUNT = sizeof entries / sizeof *entries };

static int by_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->record != y->record) return x->record < y->record ? -1 : 1;
    int order = sc_name_order(sc_slice_of(x->name), sc_slice_of(y->name));
    return order != 0 ? order : x->index < y->index ? -1 : 1;
}

int main(int argc, char **argv)
{
    for (unsigned i = 0; i < COUNT; i++)
        entries[i].index = i;
    qsort(entries, COUNT, sizeof *entries, by_name);
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (out == NULL) {
        fprintf(stderr, "field_order: its file can't be written\n");
        return EXIT_FAILURE;
    }
    fprintf(out, "/* Made by cmake/field_order.c. */\nstatic const uint16_t in_order[%d] = {\n",
            COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        fprintf(out, "    %u, /* %s */\n", entries[i].index, entries[i].name);
    fputs("};\n", out);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
