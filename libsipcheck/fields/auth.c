/* SPDX-License-Identifier: MIT */
/* Members of challenges and credentials. RFC 7616 */
#include "fields/get.h"

sc_value sc_field_auth_scheme(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_auth *auth = record;
    return sc_give_text(auth->scheme, auth->v.valid);
}

sc_value sc_field_auth_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_auth *auth = record;
    return sc_give_params(auth->params, auth->v.valid);
}

static sc_value auth_param(const void *record, const char *name)
{
    const sipcheck_auth *auth = record;
    return sc_give_param(auth->params, name, auth->v.valid);
}

sc_value sc_field_auth_realm(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "realm");
}

sc_value sc_field_auth_nonce(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "nonce");
}

sc_value sc_field_auth_opaque(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "opaque");
}

sc_value sc_field_auth_algorithm(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "algorithm");
}

sc_value sc_field_auth_qop(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "qop");
}

sc_value sc_field_auth_stale(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "stale");
}

sc_value sc_field_auth_domain(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "domain");
}

sc_value sc_field_auth_username(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "username");
}

sc_value sc_field_auth_uri(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "uri");
}

sc_value sc_field_auth_response(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "response");
}

sc_value sc_field_auth_cnonce(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "cnonce");
}

sc_value sc_field_auth_nc(const sc_field *self, const void *record)
{
    (void)self;
    return auth_param(record, "nc");
}
