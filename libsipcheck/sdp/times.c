/* SPDX-License-Identifier: MIT */
/* t=, r= and z=. RFC 8866 §5.9-§5.11, §9 */
#include "sdp/sdp.h"

/* time  =  POS-DIGIT 9*DIGIT */
static bool time_value(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "time", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_sdp_integer(c, NULL);
    if (ok && c->p - start < 10) ok = sc_miss(c, "digit; a time has ten at least");
    if (c->p > start) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* start-time  =  time / "0"
 * stop-time   =  time / "0" */
static bool time_or_zero(sc_cursor *c, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    if (!sc_skip(c, '0')) return time_value(c, out);
    *out = sc_slice(start, c->p);
    return true;
}

/* time-field  =  %s"t" "=" start-time SP stop-time CRLF */
bool sc_sdp_time(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_time *out = (sipcheck_time *)value;
    bool ok = time_or_zero(c, &out->start_text) && sc_sdp_sp(c) && time_or_zero(c, &out->stop_text);
    sc_number(out->start_text, &out->start);
    sc_number(out->stop_text, &out->stop);
    return ok;
}

/* fixed-len-time-unit  =  %s"d" / %s"h" / %s"m" / %s"s" */
static void unit(sc_cursor *c)
{
    if (!sc_skip(c, 'd') && !sc_skip(c, 'h') && !sc_skip(c, 'm')) sc_skip(c, 's');
}

/* typed-time  =  1*DIGIT [fixed-len-time-unit] */
static bool typed_time(sc_cursor *c)
{
    static const sc_production self = { "typed-time", "9", 8866 };
    if (!sc_sdp_digits(c, &self, NULL)) return false;
    unit(c);
    return true;
}

/* repeat-interval  =  POS-DIGIT *DIGIT [fixed-len-time-unit] */
static bool repeat_interval(sc_cursor *c)
{
    static const sc_production self = { "repeat-interval", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_sdp_integer(c, NULL);
    if (ok) unit(c);
    return sc_leave(c, outer, ok);
}

/* repeat-field  =  %s"r" "=" repeat-interval SP typed-time 1*(SP typed-time) CRLF */
bool sc_sdp_repeat(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_repeat *out = (sipcheck_repeat *)value;
    sc_sdp_words list = { &out->offsets };
    const uint8_t *start = c->p;
    if (!repeat_interval(c)) return false;
    out->interval = sc_slice(start, c->p);
    if (!sc_sdp_sp(c)) return false;
    start = c->p;
    if (!typed_time(c)) return false;
    out->duration = sc_slice(start, c->p);
    do {
        if (!sc_sdp_sp(c)) return false;
        start = c->p;
        if (!typed_time(c) || !sc_sdp_add_word(c, &list, start)) return false;
    } while (c->p < c->end);
    return true;
}

/* zone-field  =  %s"z" "=" time SP ["-"] typed-time *(SP time SP ["-"] typed-time) CRLF */
bool sc_sdp_zone(sc_cursor *c, sipcheck_value *value)
{
    sc_sdp_words list = { &((sipcheck_zone *)value)->adjustments };
    sipcheck_slice unused;
    do {
        const uint8_t *start = c->p;
        if (!time_value(c, &unused) || !sc_sdp_sp(c)) return false;
        sc_skip(c, '-');
        if (!typed_time(c) || !sc_sdp_add_word(c, &list, start)) return false;
    } while (sc_skip(c, ' '));
    return true;
}
