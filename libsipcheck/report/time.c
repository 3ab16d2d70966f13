/* SPDX-License-Identifier: MIT */
/* RFC 3339 in UTC, without the C library's notion of zones. */
#include <sipcheck/report.h>

#include "text/digits.h"

enum { YEAR = 365, FOUR_YEARS = 4 * YEAR + 1, CENTURY = 25 * FOUR_YEARS - 1 };
enum { FOUR_CENTURIES = 4 * CENTURY + 1, FROM_0000_TO_1970 = 719468 };

/* Counted from the first of March of the year 0, a leap day is the last one of its year, of its
 * four years, of its four centuries; and months are 31, 30, 31, 30, 31 days long, again and again:
 * 153 in five. */
static char *put_date(char *to, uint64_t days_since_1970)
{
    uint64_t days = days_since_1970 + FROM_0000_TO_1970;
    uint64_t year = days / FOUR_CENTURIES * 400;
    days %= FOUR_CENTURIES;
    uint64_t centuries = days / CENTURY < 3 ? days / CENTURY : 3;
    days -= centuries * CENTURY;
    year += centuries * 100 + days / FOUR_YEARS * 4;
    days %= FOUR_YEARS;
    uint64_t years = days / YEAR < 3 ? days / YEAR : 3;
    days -= years * YEAR;
    uint64_t month = (days * 5 + 2) / 153; /* 0: March */
    year += years + (month >= 10);
    to = sc_put_digits(to, year, 4);
    *to++ = '-';
    to = sc_put_digits(to, month < 10 ? month + 3 : month - 9, 2);
    *to++ = '-';
    return sc_put_digits(to, days - (month * 153 + 2) / 5 + 1, 2);
}

const char *sipcheck_time_text(uint64_t ns, char buf[SIPCHECK_TIME_TEXT])
{
    uint64_t seconds = ns / 1000000000u;
    uint32_t fraction = (uint32_t)(ns % 1000000000u), of_day = (uint32_t)(seconds % 86400u);
    char *to = put_date(buf, seconds / 86400u);
    *to++ = 'T';
    to = sc_put_digits(to, of_day / 3600, 2);
    *to++ = ':';
    to = sc_put_digits(to, of_day / 60 % 60, 2);
    *to++ = ':';
    to = sc_put_digits(to, of_day % 60, 2);
    *to++ = '.';
    bool micro = fraction % 1000 == 0;
    to = sc_put_digits(to, micro ? fraction / 1000 : fraction, micro ? 6 : 9);
    *to++ = 'Z';
    *to = '\0';
    return buf;
}
