/* SPDX-License-Identifier: MIT */
/* As what the sender of a message was seen. A request with one Via comes from the client that made
 * it (RFC 3261 §8.1.1.7), one with more was forwarded (§16.6 step 8). A response comes from a
 * server unless it was seen on its way to the proxy that passed it on, or that proxy stands in its
 * Record-Route and not in its Contact; else one message can't tell, and it is held for the
 * server's. A B2BUA is a client on one side and a server on the other, and is named so.
 * What the user says of an element goes before all of that. */
#include <string.h>

#include "engine/internal.h"
#include "text/address.h"
#include "text/slice.h"

enum { DEFAULT_PORT = 5060, DEFAULT_TLS_PORT = 5061 };

/* A URI whose host is that address, as it is written. */
static bool names(const sipcheck_uri *uri, sipcheck_slice host, unsigned port)
{
    uint32_t standard = uri->is_sips ? DEFAULT_TLS_PORT : DEFAULT_PORT;
    bool literal = uri->host_kind == SIPCHECK_HOST_IPV4 || uri->host_kind == SIPCHECK_HOST_IPV6;
    return literal && port == (uri->port_text.p != NULL ? uri->port : standard) &&
           sc_slices_same(uri->host, host);
}

static bool stands_in(const sipcheck_value *addresses, sipcheck_slice host, unsigned port)
{
    const sipcheck_value *v = addresses;
    while (v != NULL && !names(&((const sipcheck_address *)v)->uri, host, port))
        v = v->next;
    return v != NULL;
}

bool sc_is_recorded(const sipcheck_message *message, const sipcheck_address_port *sender)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    if (message->values[SIPCHECK_HEADER_RECORD_ROUTE] == NULL) return false;
    sc_host_text(sender, text);
    const sipcheck_slice host = sc_slice_of(text);
    return stands_in(message->values[SIPCHECK_HEADER_RECORD_ROUTE], host, sender->port) &&
           !stands_in(message->values[SIPCHECK_HEADER_CONTACT], host, sender->port);
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
