/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address.h"
#include "command.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean parse_port(const char *text, guint16 *port)
{
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &number, NULL)) return FALSE;
    *port = (guint16)number;
    return TRUE;
}

gboolean address_parse(const char *text, sipcheck_address_port *address)
{
    g_autofree char *host = g_strdup(text);
    const char *port = NULL;
    char *bracket = *host == '[' ? strchr(host, ']') : NULL, *colon = strchr(host, ':');
    gboolean one_colon = colon && colon == strrchr(host, ':');
    *address = (sipcheck_address_port){ 0 };
    if (bracket ? bracket[1] == ':' : one_colon) port = bracket ? bracket + 2 : colon + 1;
    if (bracket && bracket[1] && !port) return FALSE;
    if (bracket)
        *bracket = '\0';
    else if (one_colon)
        *colon = '\0';
    if (port && !parse_port(port, &address->port)) return FALSE;
    const char *digits = bracket ? host + 1 : host;
    address->family = strchr(digits, ':') ? 6 : 4;
    return inet_pton(address->family == 6 ? AF_INET6 : AF_INET, digits, address->bytes) == 1;
}

GArray *addresses_read(const char *option, char **words)
{
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(sipcheck_address_port));
    for (; words && *words; words++) {
        sipcheck_address_port address;
        if (!address_parse(*words, &address)) {
            complain("%s is ADDR, ADDR:PORT or [ADDR]:PORT, not '%s'", option, *words);
            return NULL;
        }
        g_array_append_val(addresses, address);
    }
    return g_steal_pointer(&addresses);
}

gboolean vantages_read(struct vantages *vantages)
{
    vantages->addresses = addresses_read("--vantage", vantages->words);
    return vantages->addresses != NULL;
}

void vantages_set(const struct vantages *vantages, sipcheck_options *options)
{
    options->vantage = (const sipcheck_address_port *)(const void *)vantages->addresses->data;
    options->vantage_count = vantages->addresses->len;
}

void vantages_clear(struct vantages *vantages)
{
    g_strfreev(vantages->words);
    if (vantages->addresses) g_array_unref(vantages->addresses);
}

/* Bits; 0: it is none. */
static unsigned role_parse(const char *word)
{
    static const struct {
        const char *word;
        unsigned roles;
    } known[] = {
        { "uac", SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS },
        { "uas", SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS },
        { "b2bua", SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS },
        { "proxy", SIPCHECK_ROLE_PROXY },
        { "registrar", SIPCHECK_ROLE_REGISTRAR },
        { "redirect", SIPCHECK_ROLE_REDIRECT },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (!strcmp(word, known[i].word)) return known[i].roles;
    return 0;
}

static gboolean role_read(const char *text, GArray *elements)
{
    sipcheck_element element = { 0 };
    const char *sign = strrchr(text, '=');
    g_autofree char *address = g_strndup(text, sign ? (gsize)(sign - text) : 0);
    if (sign) element.roles = role_parse(sign + 1);
    if (!element.roles || !address_parse(address, &element.address)) {
        complain("--role is ADDR=ROLE or ADDR:PORT=ROLE, with uac, uas, proxy, registrar, redirect "
                 "or b2bua, not '%s'",
                 text);
        return FALSE;
    }
    for (guint i = 0; i < elements->len; i++) {
        const sipcheck_element *other = &g_array_index(elements, sipcheck_element, i);
        if (!address_equal(&other->address, &element.address)) continue;
        complain("--role says twice what %s is", address);
        return FALSE;
    }
    g_array_append_val(elements, element);
    return TRUE;
}

/* What is said of a port goes before what is said of all ports of its address. */
static gint by_port(gconstpointer a, gconstpointer b)
{
    const sipcheck_element *one = a, *other = b;
    return (one->address.port == 0) - (other->address.port == 0);
}

gboolean roles_read(struct roles *roles)
{
    roles->elements = g_array_new(FALSE, FALSE, sizeof(sipcheck_element));
    for (char **word = roles->words; word && *word; word++)
        if (!role_read(*word, roles->elements)) return FALSE;
    g_array_sort(roles->elements, by_port);
    return TRUE;
}

void roles_set(const struct roles *roles, sipcheck_options *options)
{
    options->elements = (const sipcheck_element *)(const void *)roles->elements->data;
    options->element_count = roles->elements->len;
}

void roles_clear(struct roles *roles)
{
    g_strfreev(roles->words);
    if (roles->elements) g_array_unref(roles->elements);
}

gboolean address_is(const sipcheck_address_port *wanted, const sipcheck_address_port *address)
{
    return address && address->family == wanted->family &&
           !memcmp(address->bytes, wanted->bytes, wanted->family == 6 ? 16 : 4) &&
           (!wanted->port || address->port == wanted->port);
}

guint address_hash(gconstpointer key)
{
    const sipcheck_address_port *address = key;
    guint64 halves[2], hash = address->port;
    memcpy(halves, address->bytes, sizeof halves);
    for (gsize i = 0; i < G_N_ELEMENTS(halves); i++) {
        hash = (hash ^ halves[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (guint)hash;
}

gboolean address_equal(gconstpointer a, gconstpointer b)
{
    const sipcheck_address_port *x = a, *y = b;
    return x->family == y->family && x->port == y->port &&
           !memcmp(x->bytes, y->bytes, sizeof x->bytes);
}
