/* SPDX-License-Identifier: MIT */
/* Addresses in waivers: 10.0.0.1, 10.0.0.1:5060, 2001:db8::1, [2001:db8::1]:5060. */
#include <arpa/inet.h>
#include <string.h>

#include "rules/set.h"

enum { TEXT_MAX = 48 };

static bool parse_port(const char *text, uint16_t *out)
{
    unsigned port = 0;
    size_t n = strspn(text, "0123456789");
    for (size_t i = 0; i < n && n <= 5; i++)
        port = port * 10 + (unsigned)(text[i] - '0');
    *out = (uint16_t)port;
    return n > 0 && n <= 5 && text[n] == '\0' && port > 0 && port <= UINT16_MAX;
}

static bool parse_host(const char *text, size_t n, sc_waived *out)
{
    char host[TEXT_MAX];
    if (n == 0 || n >= sizeof host) return false;
    memcpy(host, text, n);
    host[n] = '\0';
    bool v6 = strchr(host, ':') != NULL;
    out->family = v6 ? 6 : 4;
    return inet_pton(v6 ? AF_INET6 : AF_INET, host, out->bytes) == 1;
}

bool sc_waived_parse(const char *text, sc_waived *out)
{
    *out = (sc_waived){ 0 };
    if (*text == '[') {
        const char *close = strchr(text, ']');
        return close != NULL && parse_host(text + 1, (size_t)(close - text) - 1, out) &&
               out->family == 6 &&
               (close[1] == '\0' || (close[1] == ':' && parse_port(close + 2, &out->port)));
    }
    const char *colon = strchr(text, ':');
    bool port = colon != NULL && strchr(colon + 1, ':') == NULL;
    return port ? parse_host(text, (size_t)(colon - text), out) && parse_port(colon + 1, &out->port)
                : parse_host(text, strlen(text), out);
}
