/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "absent.h"
#include "../address.h"
#include "../command.h"

#include <string.h>

struct named {
    const char *option, *word;
    sipcheck_address_port address; /* port 0: any */
};

static void add(GArray *absent, const char *option, char **words)
{
    for (; words && *words; words++) {
        struct named named = { .option = option, .word = *words };
        const char *sign = strrchr(*words, '=');
        g_autofree char *address =
            g_strndup(*words, sign ? (gsize)(sign - *words) : strlen(*words));
        if (address_parse(address, &named.address)) g_array_append_val(absent, named);
    }
}

GArray *absent_new(char **vantages, char **roles)
{
    GArray *absent = g_array_new(FALSE, FALSE, sizeof(struct named));
    add(absent, "--vantage", vantages);
    add(absent, "--role", roles);
    return absent;
}

void absent_meet(GArray *absent, const sipcheck_packet *packet)
{
    for (guint i = absent->len; i > 0; i--) {
        const sipcheck_address_port *wanted = &g_array_index(absent, struct named, i - 1).address;
        if (address_is(wanted, &packet->src) || address_is(wanted, &packet->dst))
            g_array_remove_index(absent, i - 1);
    }
}

void absent_complain(const GArray *absent)
{
    for (guint i = 0; i < absent->len; i++) {
        const struct named *named = &g_array_index(absent, struct named, i);
        complain("%s %s: the capture has no SIP message from there or to there", named->option,
                 named->word);
    }
}
