/* SPDX-License-Identifier: MIT */
/* Values of two messages that mean the same. Hosts, RFC 3261 §19.1.4; Via §18.2, RFC 3581;
 * addresses §20. */
#include <arpa/inet.h>
#include <string.h>

#include "rules/program.h"
#include "text/slice.h"

static sc_value unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

/* --- hosts */

/* An IP address, an IPv6 one in brackets or without: its family; 0: it is none. */
static int address_of(sipcheck_slice host, uint8_t bytes[16])
{
    char text[INET6_ADDRSTRLEN];
    bool brackets = host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (brackets) host = (sipcheck_slice){ host.p + 1, host.n - 2 };
    if (host.n == 0 || host.n >= sizeof text || memchr(host.p, 0, host.n)) return 0;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    memset(bytes, 0, 16);
    if (!brackets && inet_pton(AF_INET, text, bytes) == 1) return 4;
    return inet_pton(AF_INET6, text, bytes) == 1 ? 6 : 0;
}

/* A dot behind a name says that it is whole. */
static sipcheck_slice without_dot(sipcheck_slice host)
{
    if (host.n > 1 && host.p[host.n - 1] == '.') host.n--;
    return host;
}

static bool same_host(sipcheck_slice a, sipcheck_slice b)
{
    uint8_t one[16], other[16];
    if (sc_slices_same(a, b)) return true;
    int family = address_of(a, one);
    if (family != address_of(b, other)) return false;
    return family ? memcmp(one, other, 16) == 0
                  : sc_slices_same_nocase(without_dot(a), without_dot(b));
}

sc_value sc_hosts_equal(sipcheck_slice a, sipcheck_slice b)
{
    return sc_value_truth(same_host(a, b));
}

/* --- parameters */

static size_t count_params(const sipcheck_param *list)
{
    size_t n = 0;
    for (; list; list = list->next)
        n++;
    return n;
}

/* Quotes do not make another value, nor does the case of letters. */
static bool same_value(const sipcheck_param *a, const sipcheck_param *b)
{
    if (!a->value.p || !b->value.p) return !a->value.p && !b->value.p;
    sipcheck_slice x = a->value, y = b->value;
    if (x.n >= 2 && x.p[0] == '"' && y.p && y.n + 2 == x.n)
        x = (sipcheck_slice){ x.p + 1, x.n - 2 };
    if (y.n >= 2 && y.p[0] == '"' && x.n + 2 == y.n) y = (sipcheck_slice){ y.p + 1, y.n - 2 };
    return sc_slices_same_nocase(x, y);
}

static bool is_named(const sipcheck_param *param, const char *name)
{
    return sc_slices_same_nocase(param->name, sc_slice_of(name));
}

static const sipcheck_param *find(const sipcheck_param *list, sipcheck_slice name)
{
    while (list && !sc_slices_same_nocase(list->name, name))
        list = list->next;
    return list;
}

/* What every parameter is compared with every other costs. */
static bool charge_params(const sipcheck_param *a, const sipcheck_param *b, uint32_t *budget)
{
    return sc_charge(budget, 1 + (uint64_t)count_params(a) * count_params(b) / 4);
}

/* --- URIs */

sc_value sc_uris_equal(const void *a, const void *b, uint32_t *budget)
{
    const sipcheck_uri *first = a, *second = b;
    if (!first->valid || !second->valid) return unknown(SC_MISSING_SYNTAX);
    if (!sc_charge(budget, (uint64_t)first->raw.n * second->raw.n / 256))
        return unknown(SC_MISSING_BUDGET);
    return sc_value_truth(sc_uri_equal(first, second));
}

/* --- Via */

/* Those who receive a request write these into it, or answer in them. RFC 3261 §18.2.1, RFC 3581
 * §4, RFC 6223 §4, RFC 7339 §4, RFC 8055 §5 */
static bool is_receivers(const sipcheck_param *param)
{
#define NAME(TEXT)                                                                                 \
    {                                                                                              \
        (const uint8_t *)TEXT, sizeof TEXT - 1                                                     \
    }
    static const sipcheck_slice names[] = {
        NAME("received"), NAME("rport"),       NAME("received-realm"), NAME("keep"),
        NAME("oc"),       NAME("oc-validity"), NAME("oc-seq"),         NAME("oc-algo"),
    };
#undef NAME
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sc_slices_same_nocase(param->name, names[i])) return true;
    return false;
}

static bool via_params_in(const sipcheck_param *a, const sipcheck_param *b)
{
    for (; a; a = a->next) {
        if (is_receivers(a)) continue;
        const sipcheck_param *other = find(b, a->name);
        if (!other || !same_value(a, other)) return false;
    }
    return true;
}

static uint32_t port_of(const sipcheck_via *via)
{
    bool secure = sc_slices_same_nocase(via->transport, sc_slice_of("TLS"));
    return via->port_text.p ? via->port : secure ? 5061 : 5060;
}

static bool same_via(const sipcheck_via *a, const sipcheck_via *b)
{
    return sc_slices_same_nocase(a->protocol, b->protocol) &&
           sc_slices_same_nocase(a->version, b->version) &&
           sc_slices_same_nocase(a->transport, b->transport) && port_of(a) == port_of(b) &&
           same_host(a->host, b->host) && via_params_in(a->params, b->params) &&
           via_params_in(b->params, a->params);
}

sc_value sc_vias_equal(const void *a, const void *b, uint32_t *budget)
{
    const sipcheck_via *first = a, *second = b;
    if (!first->v.valid || !second->v.valid) return unknown(SC_MISSING_SYNTAX);
    if (!charge_params(first->params, second->params, budget)) return unknown(SC_MISSING_BUDGET);
    return sc_value_truth(same_via(first, second));
}

/* --- addresses */

/* A tag counts where only one has it; what else only one has does not. */
static bool address_params_match(const sipcheck_param *a, const sipcheck_param *b)
{
    for (; a; a = a->next) {
        const sipcheck_param *other = find(b, a->name);
        if (other ? !same_value(a, other) : is_named(a, "tag")) return false;
    }
    return true;
}

sc_value sc_addresses_equal(const void *a, const void *b, uint32_t *budget)
{
    const sipcheck_address *first = a, *second = b;
    if (!first->v.valid || !second->v.valid) return unknown(SC_MISSING_SYNTAX);
    if (first->star || second->star) return sc_value_truth(first->star && second->star);
    if (!charge_params(first->params, second->params, budget)) return unknown(SC_MISSING_BUDGET);
    sc_value uris = sc_uris_equal(&first->uri, &second->uri, budget);
    if (uris.state != SC_VALUE || !uris.truth) return uris;
    return sc_value_truth(address_params_match(first->params, second->params) &&
                          address_params_match(second->params, first->params));
}
