/* SPDX-License-Identifier: MIT */
/* Headers made of digits. RFC 3261 §20.14, §20.16, §20.24, §20.33, §20.38, §25.1 */
#include "grammar/plain.h"

/* No branch follows how many digits a short number has. */
static bool number_of(const sc_cursor *c, sipcheck_slice digits, uint64_t *ret)
{
    if (digits.n > 8 || c->faults->end - digits.p < 8) return sc_number(digits, ret);
    *ret = sc_short_number(digits.p, digits.n);
    return true;
}

static bool take_number(sc_cursor *c, sipcheck_number *out)
{
    if (!sc_digits(c, &out->digits)) return false;
    out->overflow = !number_of(c, out->digits, &out->number);
    return true;
}

/* 1*DIGIT */
SC_HOT bool sc_parse_digits_only(sc_cursor *c, sipcheck_value *out)
{
    return take_number(c, (sipcheck_number *)out);
}

/* retry-param  =  ("duration" EQUAL delta-seconds) / generic-param */
static const sc_known_param duration[] = {
    { "duration", sc_delta_seconds, { "retry-param", "25.1", 3261 } },
};

/* [ comment ], with the white space that is part of it */
static bool comment_behind(sc_cursor *c, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_lws(c, 1);
    if (!sc_at(c, '(')) {
        c->p = start;
        return true;
    }
    if (!sc_comment(c, out)) return false;
    sc_lws(c, 1);
    return true;
}

/* Retry-After  =  "Retry-After" HCOLON delta-seconds [ comment ] *( SEMI retry-param ) */
bool sc_parse_retry_after(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "Retry-After", "25.1", 3261 };
    static const sc_param_grammar grammar = { .known = { duration, 1 },
                                              .production = { "retry-param", "25.1", 3261 } };
    sipcheck_number *out = (sipcheck_number *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = take_number(c, out) && comment_behind(c, &out->comment);
    if (!ok) {
        sc_report(c);
        sc_resync(c, ';');
    }
    return sc_leave(c, outer, sc_params(c, &grammar, &out->params));
}

/* 1*DIGIT SP Method, and nothing behind, by the map: see plain.h */
static bool plain_cseq(sc_cursor *c, sipcheck_cseq *out)
{
    const uint8_t *start = c->p, *space = sc_plain_run(c, SC_MAP_DIGIT, start);
    if (space == start || *space != ' ') return false;
    const uint8_t *end = sc_plain_run(c, SC_MAP_TOKEN, space + 1);
    if (end == space + 1 || end != c->end) return false;
    out->digits = sc_slice(start, space);
    number_of(c, out->digits, &out->seq);
    out->method = sc_slice(space + 1, end);
    out->method_id = sc_method_at(c, out->method);
    c->p = end;
    return true;
}

/* CSeq  =  "CSeq" HCOLON 1*DIGIT LWS Method */
SC_HOT bool sc_parse_cseq(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_cseq *out = (sipcheck_cseq *)value;
    if (c->mapped && plain_cseq(c, out)) return true;
    if (sc_digits(c, &out->digits)) sc_number(out->digits, &out->seq);
    bool ok = out->digits.p && (sc_lws(c, 1) || sc_miss(c, "LWS"));
    if (!ok) {
        sc_report(c);
        sc_resync(c, ' ');
        sc_lws(c, SC_ANY_FOLDS);
        if (out->digits.p && c->p == c->end) c->p = out->digits.p + out->digits.n;
    }
    ok = sc_token(c, &out->method) && ok;
    out->method_id = sc_method_id(out->method);
    return ok;
}

/* Timestamp  =  "Timestamp" HCOLON 1*(DIGIT) [ "." *(DIGIT) ] [ LWS delay ]
 * delay      =  *(DIGIT) [ "." *(DIGIT) ]
 * A delay may be empty, and so white space at the end fits. */
bool sc_parse_timestamp(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_stamp *out = (sipcheck_stamp *)value;
    if (!sc_digits(c, &out->whole)) return false;
    const uint8_t *start = c->p;
    if (sc_skip(c, '.')) {
        sc_span(c, SC_DIGIT);
        out->fraction = sc_slice(start + 1, c->p);
    }
    if (!sc_lws(c, 1)) return true;
    start = c->p;
    sc_span(c, SC_DIGIT);
    if (sc_skip(c, '.')) sc_span(c, SC_DIGIT);
    out->delay = sc_slice(start, c->p);
    return true;
}

/* MIME-Version  =  "MIME-Version" HCOLON 1*DIGIT "." 1*DIGIT */
bool sc_parse_mime_version(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_stamp *out = (sipcheck_stamp *)value;
    return sc_digits(c, &out->whole) && sc_take(c, '.', "\".\"") && sc_digits(c, &out->fraction);
}

/* 1*DIGIT *( SEMI generic-param ) */
bool sc_parse_number_params(sc_cursor *c, sipcheck_value *value)
{
    static const sc_param_grammar grammar = { .production = { "generic-param", "25.1", 3261 } };
    sipcheck_number *out = (sipcheck_number *)value;
    if (!take_number(c, out)) {
        sc_report(c);
        sc_resync(c, ';');
    }
    return sc_params(c, &grammar, &out->params);
}

/* RAck          =  "RAck" HCOLON response-num LWS CSeq-num LWS Method
 * response-num  =  1*DIGIT
 * CSeq-num      =  1*DIGIT      RFC 3262 §10 */
bool sc_parse_rack(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_rack *out = (sipcheck_rack *)value;
    if (!sc_digits(c, &out->rseq_digits)) return false;
    sc_number(out->rseq_digits, &out->rseq);
    if (!sc_lws(c, 1)) return sc_miss(c, "LWS");
    if (!sc_digits(c, &out->cseq_digits)) return false;
    sc_number(out->cseq_digits, &out->cseq);
    if (!sc_lws(c, 1)) return sc_miss(c, "LWS");
    return sc_token(c, &out->method);
}
