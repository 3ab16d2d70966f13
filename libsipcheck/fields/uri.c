/* SPDX-License-Identifier: MIT */
/* Members of a URI and of a parameter. A missing part of a URI that the grammar did not take is
 * unknown. */
#include "fields/get.h"

sc_value sc_field_uri_scheme(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_text(uri->scheme, uri->valid);
}

sc_value sc_field_uri_user(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_text(uri->user, uri->valid);
}

sc_value sc_field_uri_password(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_text(uri->password, uri->valid);
}

sc_value sc_field_uri_host(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_text(uri->host, uri->valid);
}

sc_value sc_field_uri_port(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_number32(uri->port, uri->port_text, uri->valid);
}

sc_value sc_field_uri_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_params(uri->params, uri->valid);
}

sc_value sc_field_uri_headers(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_params(uri->headers, uri->valid);
}

sc_value sc_field_uri_is_sip(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return uri->scheme.p ? sc_give_truth(uri->is_sip || uri->is_sips) : sc_give_none(uri->valid);
}

sc_value sc_field_uri_is_sips(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return uri->scheme.p ? sc_give_truth(uri->is_sips) : sc_give_none(uri->valid);
}

sc_value sc_field_uri_is_tel(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return uri->scheme.p ? sc_give_truth(uri->is_tel) : sc_give_none(uri->valid);
}

sc_value sc_field_uri_is_ip(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    if (!uri->host.p) return uri->valid ? sc_give_truth(false) : sc_give_none(false);
    return sc_give_truth(uri->host_kind == SIPCHECK_HOST_IPV4 ||
                         uri->host_kind == SIPCHECK_HOST_IPV6);
}

sc_value sc_field_uri_transport(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_param(uri->params, "transport", uri->valid);
}

sc_value sc_field_uri_maddr(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_param(uri->params, "maddr", uri->valid);
}

sc_value sc_field_uri_ttl(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    const sipcheck_param *ttl = sipcheck_param_find(uri->params, "ttl");
    return ttl ? sc_give_digits(ttl->value, true) : sc_give_none(uri->valid);
}

sc_value sc_field_uri_method(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_param(uri->params, "method", uri->valid);
}

sc_value sc_field_uri_user_param(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    return sc_give_param(uri->params, "user", uri->valid);
}

sc_value sc_field_uri_lr(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    if (sipcheck_param_find(uri->params, "lr")) return sc_give_truth(true);
    return uri->valid ? sc_give_truth(false) : sc_give_none(false);
}

sc_value sc_field_param_name(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_param *param = record;
    return sc_give_text(param->name, true);
}

sc_value sc_field_param_value(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_param *param = record;
    return sc_give_text(sc_without_quotes(param->value), true);
}
