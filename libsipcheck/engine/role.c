/* SPDX-License-Identifier: MIT */
/* As what the sender of a message was seen. A request with one Via comes from the client that made
 * it (RFC 3261 §8.1.1.7), one with more was forwarded (§16.6 step 8). A response comes from a
 * server unless it was seen on its way to the proxy that passed it on, or that proxy stands in its
 * Record-Route and not in its Contact; else one message can't tell, and it is held for the
 * server's. A B2BUA is a client on one side and a server on the other, and is named so.
 * What the user says of an element goes before all of that. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"

enum { DEFAULT_PORT = 5060, DEFAULT_TLS_PORT = 5061 };

/* "192.0.2.1:5060" of a URI whose host is an address, or any text that is none. */
static void write_place(const sipcheck_uri *uri, char buf[SIPCHECK_ADDRESS_TEXT])
{
    uint32_t standard = uri->is_sips ? DEFAULT_TLS_PORT : DEFAULT_PORT;
    uint32_t port = uri->port_text.p != NULL ? uri->port : standard;
    int host = uri->host.n < SIPCHECK_ADDRESS_TEXT ? (int)uri->host.n : 0;
    snprintf(buf, SIPCHECK_ADDRESS_TEXT, "%.*s:%u", host, (const char *)uri->host.p,
             (unsigned)port);
}

static bool stands_in(const sipcheck_value *addresses, const char *place)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    for (const sipcheck_value *v = addresses; v != NULL; v = v->next) {
        const sipcheck_uri *uri = &((const sipcheck_address *)v)->uri;
        bool literal = uri->host_kind == SIPCHECK_HOST_IPV4 || uri->host_kind == SIPCHECK_HOST_IPV6;
        if (literal) write_place(uri, text);
        if (literal && strcmp(text, place) == 0) return true;
    }
    return false;
}

bool sc_is_recorded(const sipcheck_message *message, const sipcheck_address_port *sender)
{
    char place[SIPCHECK_ADDRESS_TEXT];
    if (message->values[SIPCHECK_HEADER_RECORD_ROUTE] == NULL) return false;
    sipcheck_address_text(sender, place);
    return stands_in(message->values[SIPCHECK_HEADER_RECORD_ROUTE], place) &&
           !stands_in(message->values[SIPCHECK_HEADER_CONTACT], place);
}

static unsigned role_of_response(const sipcheck_message *message)
{
    if (message->status >= 300 && message->status <= 399) return SIPCHECK_ROLE_REDIRECT;
    return message->method_id == SIPCHECK_METHOD_REGISTER ? SIPCHECK_ROLE_REGISTRAR
                                                          : SIPCHECK_ROLE_UAS;
}

static bool has_several_vias(const sipcheck_message *message)
{
    const sipcheck_value *first = message->values[SIPCHECK_HEADER_VIA];
    return first != NULL && first->next != NULL;
}

unsigned sc_role_of(const sipcheck_message *message, bool passed_on)
{
    if (passed_on) return SIPCHECK_ROLE_PROXY;
    if (message->is_response) return role_of_response(message);
    bool forwarded = has_several_vias(message);
    return !message->is_request ? 0u : forwarded ? SIPCHECK_ROLE_PROXY : SIPCHECK_ROLE_UAC;
}

/* Bits; 0: nothing was said of it. */
static unsigned roles_told(const sipcheck *engine, const sipcheck_address_port *address)
{
    for (size_t i = 0; i < engine->options.element_count; i++) {
        const sipcheck_element *element = &engine->options.elements[i];
        const sipcheck_address_port *told = &element->address;
        size_t length = told->family == 4 ? 4 : sizeof told->bytes;
        if (told->family == address->family && (told->port == 0 || told->port == address->port) &&
            memcmp(told->bytes, address->bytes, length) == 0)
            return element->roles;
    }
    return 0;
}

unsigned sc_role_told(const sipcheck *engine, const sipcheck_address_port *sender,
                      const sipcheck_message *message, bool passed_on)
{
    unsigned told = roles_told(engine, sender);
    if (told == 0) return sc_role_of(message, passed_on);
    if (told & SIPCHECK_ROLE_PROXY) return SIPCHECK_ROLE_PROXY;
    if (!message->is_response) return SIPCHECK_ROLE_UAC;
    unsigned server = told & (SIPCHECK_ROLE_REGISTRAR | SIPCHECK_ROLE_REDIRECT);
    return server != 0 ? server & (0u - server) : (unsigned)SIPCHECK_ROLE_UAS;
}

/* A proxy is the author of what has one Via, and of answers of its own, which look like those that
 * it passes on. */
enum sc_authorship sc_authorship_of(const sipcheck *engine, const sipcheck_address_port *sender,
                                    const sipcheck_message *message, bool passed_on)
{
    unsigned told = roles_told(engine, sender);
    bool forwarded = message->is_request && has_several_vias(message);
    if (told & SIPCHECK_ROLE_PROXY) return passed_on || forwarded ? SC_PASSED_ON : SC_AUTHOR;
    if (told != 0) return SC_AUTHOR;
    if (passed_on) return SC_PASSED_ON;
    return forwarded ? SC_AUTHOR_UNSEEN : SC_AUTHOR;
}
