/* SPDX-License-Identifier: MIT */
#include "peers.h"

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_protos.h>

void peers_start(void)
{
    parser_init();
}

bool peer_sofia(void *state, const uint8_t *bytes, size_t length)
{
    (void)state;
    msg_t *msg = msg_make(sip_default_mclass(), 0, bytes, (ssize_t)length);
    const sip_t *sip = msg ? sip_object(msg) : NULL;
    bool parsed = sip && (sip->sip_request || sip->sip_status) && sip->sip_call_id;
    msg_destroy(msg);
    return parsed;
}

bool peer_osip(void *state, const uint8_t *bytes, size_t length)
{
    (void)state;
    osip_message_t *message = NULL;
    if (osip_message_init(&message)) return false;
    bool parsed = osip_message_parse(message, (const char *)bytes, length) == 0;
    osip_message_free(message);
    return parsed;
}
