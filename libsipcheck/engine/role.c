/* SPDX-License-Identifier: MIT */
/* As what the sender of a message was seen. A request with one Via comes from the client that made
 * it (RFC 3261 §8.1.1.7), one with more was forwarded (§16.6 step 8). A response comes from a
 * server unless it was seen on its way to the proxy that passed it on; where it was not, one
 * message can't tell, and it is held for the server's. A B2BUA is a client on one side and a server
 * on the other, and is named so. */
#include "engine/internal.h"

static unsigned role_of_response(const sipcheck_message *message)
{
    if (message->status >= 300 && message->status <= 399) {
        return SIPCHECK_ROLE_REDIRECT;
    }
    return message->method_id == SIPCHECK_METHOD_REGISTER ? SIPCHECK_ROLE_REGISTRAR
                                                          : SIPCHECK_ROLE_UAS;
}

unsigned sc_role_of(const sipcheck_message *message, bool passed_on)
{
    if (passed_on) {
        return SIPCHECK_ROLE_PROXY;
    }
    if (message->is_response) {
        return role_of_response(message);
    }
    bool forwarded = message->value_count[SIPCHECK_HEADER_VIA] > 1;
    return !message->is_request ? 0u : forwarded ? SIPCHECK_ROLE_PROXY : SIPCHECK_ROLE_UAC;
}
