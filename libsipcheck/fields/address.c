/* SPDX-License-Identifier: MIT */
/* Members of addresses and of Via. */
#include "fields/get.h"

sc_value sc_field_addr_display(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_text(a->display, a->v.valid);
}

sc_value sc_field_addr_uri(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return a->star ? sc_give_none(true) : sc_give_uri(&a->uri, a->v.valid);
}

sc_value sc_field_addr_brackets(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_truth(a->brackets);
}

sc_value sc_field_addr_star(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_truth(a->star);
}

sc_value sc_field_addr_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_params(a->params, a->v.valid);
}

sc_value sc_field_addr_addr(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_text(a->uri.raw, a->v.valid);
}

sc_value sc_field_addr_user(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_text(a->uri.user, a->v.valid && (a->star || a->uri.valid));
}

sc_value sc_field_addr_host(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_text(a->uri.host, a->v.valid && (a->star || a->uri.valid));
}

sc_value sc_field_addr_port(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_number32(a->uri.port, a->uri.port_text, a->v.valid && (a->star || a->uri.valid));
}

sc_value sc_field_addr_tag(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_param(a->params, "tag", a->v.valid);
}

sc_value sc_field_addr_q(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_param(a->params, "q", a->v.valid);
}

sc_value sc_field_addr_expires(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    const sipcheck_param *expires = sipcheck_param_find(a->params, "expires");
    return expires ? sc_give_digits(expires->value, true) : sc_give_none(a->v.valid);
}

sc_value sc_field_addr_purpose(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_address *a = record;
    return sc_give_param(a->params, "purpose", a->v.valid);
}

sc_value sc_field_via_protocol(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->protocol, via->v.valid);
}

sc_value sc_field_via_version(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->version, via->v.valid);
}

sc_value sc_field_via_transport(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->transport, via->v.valid);
}

sc_value sc_field_via_host(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->host, via->v.valid);
}

sc_value sc_field_via_port(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_number32(via->port, via->port_text, via->v.valid);
}

sc_value sc_field_via_is_ip(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    if (!via->host.p) return sc_give_none(via->v.valid);
    return sc_give_truth(via->host_kind == SIPCHECK_HOST_IPV4 ||
                         via->host_kind == SIPCHECK_HOST_IPV6);
}

sc_value sc_field_via_branch(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->branch, via->v.valid);
}

sc_value sc_field_via_received(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->received, via->v.valid);
}

sc_value sc_field_via_rport(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_digits(via->rport, via->v.valid);
}

sc_value sc_field_via_maddr(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_text(via->maddr, via->v.valid);
}

sc_value sc_field_via_ttl(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_digits(via->ttl, via->v.valid);
}

sc_value sc_field_via_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    return sc_give_params(via->params, via->v.valid);
}
