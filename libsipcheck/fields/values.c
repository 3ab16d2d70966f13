/* SPDX-License-Identifier: MIT */
/* Members of the smaller header values: CSeq, tokens, numbers, media types, dates ... */
#include "fields/get.h"
#include "text/slice.h"

#include <string.h>

sc_value sc_field_cseq_seq(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_cseq *cseq = record;
    return cseq->digits.n > 0 ? sc_give_number(cseq->seq, cseq->digits) : sc_give_none(false);
}

sc_value sc_field_cseq_method(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_cseq *cseq = record;
    return sc_give_text(cseq->method, cseq->v.valid);
}

sc_value sc_field_token_token(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_token *t = record;
    return sc_give_text(t->token, t->v.valid);
}

sc_value sc_field_token_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_token *t = record;
    return sc_give_params(t->params, t->v.valid);
}

sc_value sc_field_token_q(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_token *t = record;
    return sc_give_param(t->params, "q", t->v.valid);
}

/* Before the first dot, or all of it. */
static size_t namespace_length(sipcheck_slice token)
{
    const uint8_t *dot = token.n ? memchr(token.p, '.', token.n) : NULL;
    return dot ? (size_t)(dot - token.p) : token.n;
}

sc_value sc_field_token_namespace(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_token *t = record;
    sipcheck_slice name = { t->token.p, namespace_length(t->token) };
    return name.n < t->token.n ? sc_give_text(name, t->v.valid) : sc_give_none(t->v.valid);
}

sc_value sc_field_token_priority(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_token *t = record;
    size_t n = namespace_length(t->token);
    if (n == t->token.n) return sc_give_none(t->v.valid);
    sipcheck_slice priority = { t->token.p + n + 1, t->token.n - n - 1 };
    return sc_give_text(priority, t->v.valid);
}

sc_value sc_field_number_number(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_number *n = record;
    return n->digits.n > 0 ? sc_give_number(n->number, n->digits) : sc_give_none(n->v.valid);
}

sc_value sc_field_number_comment(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_number *n = record;
    return sc_give_text(n->comment, n->v.valid);
}

sc_value sc_field_number_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_number *n = record;
    return sc_give_params(n->params, n->v.valid);
}

sc_value sc_field_media_type(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_media *m = record;
    return sc_give_text(m->type, m->v.valid);
}

sc_value sc_field_media_subtype(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_media *m = record;
    return sc_give_text(m->subtype, m->v.valid);
}

sc_value sc_field_media_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_media *m = record;
    return sc_give_params(m->params, m->v.valid);
}

sc_value sc_field_media_q(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_media *m = record;
    return sc_give_param(m->params, "q", m->v.valid);
}

sc_value sc_field_media_boundary(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_media *m = record;
    return sc_give_param(m->params, "boundary", m->v.valid);
}

sc_value sc_field_date_weekday(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return sc_give_text(d->weekday, d->v.valid);
}

sc_value sc_field_date_month(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return sc_give_text(d->month, d->v.valid);
}

/* The digits of a date that the grammar did not take can't be told from zeros. */
static sc_value date_number(const sipcheck_date *d, uint32_t number)
{
    return d->v.valid ? sc_give_number(number, d->v.raw) : sc_give_none(false);
}

sc_value sc_field_date_day(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return date_number(d, d->day);
}

sc_value sc_field_date_year(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return date_number(d, d->year);
}

sc_value sc_field_date_hour(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return date_number(d, d->hour);
}

sc_value sc_field_date_minute(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return date_number(d, d->minute);
}

sc_value sc_field_date_second(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    return date_number(d, d->second);
}

sc_value sc_field_call_id_local(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_call_id *id = record;
    return sc_give_text(id->local, id->v.valid);
}

sc_value sc_field_call_id_host(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_call_id *id = record;
    return sc_give_text(id->host, id->v.valid);
}

sc_value sc_field_warning_code(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_warning *w = record;
    return sc_give_number32(w->code, w->code_text, w->v.valid);
}

sc_value sc_field_warning_agent(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_warning *w = record;
    return sc_give_text(w->agent, w->v.valid);
}

sc_value sc_field_warning_text(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_warning *w = record;
    return sc_give_text(sc_without_quotes(w->text), w->v.valid);
}

sc_value sc_field_stamp_whole(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_stamp *s = record;
    return sc_give_digits(s->whole, s->v.valid);
}

sc_value sc_field_stamp_fraction(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_stamp *s = record;
    return sc_give_text(s->fraction, s->v.valid);
}

sc_value sc_field_stamp_delay(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_stamp *s = record;
    return sc_give_text(s->delay, s->v.valid);
}

sc_value sc_field_call_id_text(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_call_id *id = record;
    if (!id->local.p) return sc_give_none(id->v.valid);
    const uint8_t *end = id->host.p ? id->host.p + id->host.n : id->local.p + id->local.n;
    return sc_give_text(sc_slice(id->local.p, end), id->v.valid);
}

sc_value sc_field_call_id_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_call_id *id = record;
    return sc_give_params(id->params, id->v.valid);
}

sc_value sc_field_rack_rseq(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_rack *rack = record;
    return rack->rseq_digits.n ? sc_give_number(rack->rseq, rack->rseq_digits)
                               : sc_give_none(false);
}

sc_value sc_field_rack_cseq(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_rack *rack = record;
    return rack->cseq_digits.n ? sc_give_number(rack->cseq, rack->cseq_digits)
                               : sc_give_none(false);
}

sc_value sc_field_rack_method(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_rack *rack = record;
    return sc_give_text(rack->method, rack->v.valid);
}

sc_value sc_field_params_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_params *p = record;
    return sc_give_params(p->params, p->v.valid);
}
