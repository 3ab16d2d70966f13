/* SPDX-License-Identifier: MIT */
/* RFC 3339 in UTC, without the C library's notion of zones. */
#include <sipcheck/report.h>

#include <stdio.h>

typedef struct date {
    unsigned year, month, day;
} date;

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* 2^64 ns are 584 years, so the loops are short. */
static date date_of(uint64_t days)
{
    date d = { 1970, 1, 1 };
    for (unsigned n; days >= (n = 365u + is_leap(d.year)); d.year++)
        days -= n;
    for (unsigned n; days >= (n = days_in_month(d.year, d.month)); d.month++)
        days -= n;
    d.day += (unsigned)days;
    return d;
}

const char *sipcheck_time_text(uint64_t ns, char buf[SIPCHECK_TIME_TEXT])
{
    uint64_t seconds = ns / 1000000000u;
    unsigned fraction = (unsigned)(ns % 1000000000u), of_day = (unsigned)(seconds % 86400u);
    date d = date_of(seconds / 86400u);
    bool micro = fraction % 1000 == 0;
    snprintf(buf, SIPCHECK_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%0*uZ", d.year, d.month, d.day,
             of_day / 3600, of_day / 60 % 60, of_day % 60, micro ? 6 : 9,
             micro ? fraction / 1000 : fraction);
    return buf;
}
