/* SPDX-License-Identifier: MIT */
/* Members that no byte of the message says, but that follow from its bytes. */
#include <string.h>

#include "fields/get.h"
#include "text/slice.h"

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static sc_value absent(void)
{
    return sc_give_none(true);
}

/* The first number of what looks like an IPv4 address; -1: it does not. */
static int first_octet(sipcheck_slice host)
{
    unsigned dots = 0;
    int octet = 0;
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] == '.')
            dots++;
        else if (!is_digit(host.p[i]))
            return -1;
        else if (dots == 0)
            octet = octet < 1000 ? octet * 10 + (host.p[i] - '0') : octet;
    return dots == 3 ? octet : -1;
}

/* Of a host name nobody can tell: absent. RFC 5771 §3, RFC 4291 §2.7 */
sc_value sc_field_uri_maddr_is_multicast(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    const sipcheck_param *maddr = sipcheck_param_find(uri->params, "maddr");
    if (!maddr || !maddr->value.p) return sc_give_none(uri->valid);
    sipcheck_slice host = maddr->value;
    if (host.n > 2 && host.p[0] == '[')
        return sc_give_truth(sc_lower(host.p[1]) == 'f' && sc_lower(host.p[2]) == 'f');
    int octet = first_octet(host);
    return octet < 0 ? absent() : sc_give_truth(octet >= 224 && octet <= 239);
}

/* IPv4 addresses, and IPv6 with or without brackets. */
sc_value sc_field_via_maddr_is_ip(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_via *via = record;
    const sipcheck_param *maddr = sipcheck_param_find(via->params, "maddr");
    if (!maddr || !maddr->value.p) return sc_give_none(via->v.valid);
    sipcheck_slice host = maddr->value;
    bool is_ip6 = host.n > 0 && memchr(host.p, ':', host.n) != NULL;
    return sc_give_truth(is_ip6 || first_octet(host) >= 0);
}

/* visual-separator = "-" / "." / "(" / ")" */
static bool is_separator(uint8_t b)
{
    return b == '-' || b == '.' || b == '(' || b == ')';
}

/* The number at the beginning of a telephone-subscriber: "+", digits and visual separators.
 * Returns its length; 0: it is no global number. RFC 3966 §3 global-number-digits */
static size_t global_number(sipcheck_slice user)
{
    size_t n = 1, digits = 0;
    if (user.n == 0 || user.p[0] != '+') return 0;
    for (; n < user.n && user.p[n] != ';'; n++)
        if (is_digit(user.p[n]))
            digits++;
        else if (!is_separator(user.p[n]))
            return 0;
    return digits > 0 ? n : 0;
}

sc_value sc_field_uri_user_is_phone(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    if (!uri->user.p) return sc_give_none(uri->valid);
    return sc_give_truth(global_number(uri->user) > 0);
}

/* isub and postd stand first, in that order. */
static unsigned rank(sipcheck_slice name)
{
    if (sc_slices_same(name, sc_slice_of("isub"))) return 0;
    return sc_slices_same(name, sc_slice_of("postd")) ? 1 : 2;
}

static bool in_order(sipcheck_slice a, sipcheck_slice b)
{
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return c != 0 ? c < 0 : a.n <= b.n;
}

/* The next of ";name=value;name=value" from *at on. */
static sipcheck_slice next_name(sipcheck_slice text, size_t *at)
{
    size_t begin = *at + 1, end = begin;
    while (end < text.n && text.p[end] != ';' && text.p[end] != '=')
        end++;
    for (*at = end; *at < text.n && text.p[*at] != ';'; ++*at) {}
    return (sipcheck_slice){ text.p + begin, end - begin };
}

/* From `at` on; the digits of escapes may have any case. */
static bool is_lower_case(sipcheck_slice text, size_t at)
{
    for (; at < text.n; at++)
        if (text.p[at] == '%')
            at += 2;
        else if (text.p[at] != sc_lower(text.p[at]))
            return false;
    return true;
}

/* The parameters of a number in the user part are in lower case and in order, so that two of them
 * compare equal. RFC 3261 §19.1.6 */
sc_value sc_field_uri_phone_is_canonical(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    size_t at = uri->user.p ? global_number(uri->user) : 0;
    if (at == 0) return sc_give_none(uri->valid);
    if (!is_lower_case(uri->user, at)) return sc_give_truth(false);
    sipcheck_slice last = { NULL, 0 };
    while (at < uri->user.n) {
        sipcheck_slice name = next_name(uri->user, &at);
        if (last.p && !in_order(last, name)) return sc_give_truth(false);
        last = name;
    }
    return sc_give_truth(true);
}

/* 0 to 11; -1: no month. */
static int month_of(sipcheck_slice month)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++)
        if (sc_slices_same_nocase(month,
                                  (sipcheck_slice){ (const uint8_t *)names + 3 * (size_t)i, 3 }))
            return i;
    return -1;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in(unsigned month, unsigned year)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month] + (month == 1 && is_leap(year) ? 1u : 0u);
}

/* Sakamoto's: the weekday of a day of the Gregorian calendar, 0: Sunday. month: from 0. */
static unsigned weekday_of(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t shift[12] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
    unsigned y = year - (month < 2);
    return (y + y / 4 - y / 100 + y / 400 + shift[month] + day) % 7;
}

/* Days from 1970-01-01 on; negative before. month: from 0. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    static const uint16_t before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int64_t y = (int64_t)year - 1, leap_day = month > 1 && is_leap(year);
    return 365 * (y - 1969) + y / 4 - y / 100 + y / 400 - 477 + before[month] + leap_day + day - 1;
}

static bool exists_as_date(const sipcheck_date *d, int month)
{
    return month >= 0 && d->year >= 1 && d->year <= 9999 && d->day >= 1 &&
           d->day <= days_in((unsigned)month, d->year);
}

sc_value sc_field_date_unix(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_date *d = record;
    if (!d->v.valid) return sc_give_none(false);
    int month = month_of(d->month);
    if (!exists_as_date(d, month) || d->hour > 23 || d->minute > 59 || d->second > 60)
        return absent();
    int64_t seconds = days_since_1970(d->year, (unsigned)month, d->day) * 86400 +
                      d->hour * INT64_C(3600) + d->minute * INT64_C(60) + d->second;
    return (sc_value){ .raw = d->v.raw, .number = seconds };
}

/* Which day of the week it was; absent when there is no such day. */
sc_value sc_field_date_true_weekday(const sc_field *self, const void *record)
{
    static const uint8_t names[] = "SunMonTueWedThuFriSat";
    (void)self;
    const sipcheck_date *date = record;
    if (!date->v.valid) return sc_give_none(false);
    int month = month_of(date->month);
    if (!exists_as_date(date, month)) return absent();
    unsigned weekday = weekday_of(date->year, (unsigned)month, date->day);
    return sc_give_text((sipcheck_slice){ names + 3 * (size_t)weekday, 3 }, true);
}

/* isub or ext stands first, then the context, then the others by name. Whether a context is the
 * first or one of the others where the number is global, the RFC does not say. */
static int tel_rank(sipcheck_slice name)
{
    if (sc_same_nocase(name, "isub") || sc_same_nocase(name, "ext")) return 0;
    return sc_same_nocase(name, "phone-context") ? 1 : 2;
}

static bool tel_pair_in_order(bool global, sipcheck_slice a, sipcheck_slice b)
{
    int rank = tel_rank(a), next = tel_rank(b);
    bool context = rank == 1 || next == 1;
    if (global && context && rank > 0 && next > 0) return true;
    if (rank != next) return rank < next;
    if (rank < 2) return true;
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++)
        if (sc_lower(a.p[i]) != sc_lower(b.p[i])) return sc_lower(a.p[i]) < sc_lower(b.p[i]);
    return a.n <= b.n;
}

/* RFC 3966 §3 */
sc_value sc_field_uri_tel_in_order(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_uri *uri = record;
    if (!uri->valid || !uri->is_tel) return sc_give_none(uri->valid);
    bool global = uri->user.n > 0 && uri->user.p[0] == '+';
    for (const sipcheck_param *p = uri->params; p && p->next; p = p->next)
        if (!tel_pair_in_order(global, p->name, p->next->name)) return sc_give_truth(false);
    return sc_give_truth(true);
}
