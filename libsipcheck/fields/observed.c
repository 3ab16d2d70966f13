/* SPDX-License-Identifier: MIT */
/* A message as wider scopes see it: when, between whom; and what the tracker knows. */
#include <string.h>

#include "fields/get.h"
#include "text/address.h"
#include "text/slice.h"

sc_value sc_field_observed_frame(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_packet *packet = ((const sc_observed *)record)->packet;
    if (!packet || packet->frame == 0) return sc_give_none(true);
    return sc_give_number(packet->frame, (sipcheck_slice){ 0 });
}

sc_value sc_field_observed_time(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_packet *packet = ((const sc_observed *)record)->packet;
    if (!packet) return sc_give_none(true);
    return sc_give_number(packet->ns, (sipcheck_slice){ 0 });
}

static sc_value give_end(sc_endpoint *end)
{
    if (!end || end->address.family == 0) return sc_give_none(true);
    if (end->text[0] == '\0') sc_host_text(&end->address, end->text);
    if (end->text[0] == '\0') return sc_give_none(true);
    return sc_give_record(end, (sipcheck_slice){ 0 });
}

sc_value sc_field_observed_src(const sc_field *self, const void *record)
{
    (void)self;
    return give_end(((const sc_observed *)record)->source);
}

sc_value sc_field_observed_dst(const sc_field *self, const void *record)
{
    (void)self;
    return give_end(((const sc_observed *)record)->destination);
}

sc_value sc_field_endpoint_address(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(sc_slice_of(((const sc_endpoint *)record)->text), true);
}

sc_value sc_field_endpoint_port(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_number(((const sc_endpoint *)record)->address.port, (sipcheck_slice){ 0 });
}

sc_value sc_field_fact(const sc_field *self, const void *record)
{
    return ((const sc_value *)record)[self->fact];
}
