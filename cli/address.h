/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as users write them: ADDR, ADDR:PORT, [V6], [V6]:PORT; and the options that say of them
 * where the capture was taken and what they are. */
#ifndef SIPCHECK_CLI_ADDRESS_H
#define SIPCHECK_CLI_ADDRESS_H

#include <glib.h>
#include <sipcheck/engine.h>

/* Without a port it is 0 in *address. FALSE: it is none. */
gboolean address_parse(const char *text, sipcheck_address_port *address);

/* Those that an option has, of sipcheck_address_port. NULL: one of the words is none, and
 * complained about. words: NULL: none. */
GArray *addresses_read(const char *option, char **words);

/* Where a capture was taken: what --vantage said, and what that means. */
struct vantages {
    char **words;      /* NULL: none */
    GArray *addresses; /* of sipcheck_address_port; NULL: not read */
};
#define VANTAGE_ENTRY(vantages)                                                                    \
    {                                                                                              \
        "vantage", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(vantages).words,                             \
            "the capture was taken beside this element (may be given again)", "ADDR"               \
    }

/* FALSE: one of the words is no address, and complained about. */
gboolean vantages_read(struct vantages *vantages);
void vantages_set(const struct vantages *vantages, sipcheck_options *options); /* borrowed */
void vantages_clear(struct vantages *vantages);

/* What elements are: what --role said, and what that means. */
struct roles {
    char **words;     /* NULL: none */
    GArray *elements; /* of sipcheck_element; NULL: not read */
};
#define ROLE_ENTRY(roles)                                                                          \
    {                                                                                              \
        "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(roles).words,                                   \
            "what an element is: uac, uas, proxy, registrar, redirect, b2bua", "ADDR=ROLE"         \
    }

/* FALSE: one of the words is wrong, or says again what was said, and complained about. */
gboolean roles_read(struct roles *roles);
void roles_set(const struct roles *roles, sipcheck_options *options); /* borrowed */
void roles_clear(struct roles *roles);

/* The address is that one; a port of 0 in `wanted` stands for any. NULL: nobody. */
gboolean address_is(const sipcheck_address_port *wanted, const sipcheck_address_port *address);

/* As keys of a hash table. */
guint address_hash(gconstpointer key);
gboolean address_equal(gconstpointer a, gconstpointer b);

#endif
