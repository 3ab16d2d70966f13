/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The times that logs print. */
#include "text_cursor.h"

#include <stddef.h>
#include <string.h>

#define NS_PER_S 1000000000ull

typedef struct moment {
    uint32_t year, month, day, hour, minute, second;
    uint64_t ns;    /* of the second */
    int32_t offset; /* minutes east of Greenwich */
} moment;

/* Days since 1970 of a date of the Gregorian calendar. */
static uint64_t days_of(const moment *m)
{
    uint64_t y = m->month <= 2 ? m->year - 1 : m->year;
    uint64_t month = m->month <= 2 ? m->month + 9 : m->month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * month + 2) / 5 + m->day - 1 - 719468;
}

static bool to_ns(const moment *m, uint64_t *ret)
{
    if (m->year < 1970 || m->year > 2500 || m->month < 1 || m->month > 12) return false;
    if (m->day < 1 || m->day > 31 || m->hour > 23 || m->minute > 59 || m->second > 60) return false;
    int64_t hours = (int64_t)days_of(m) * 24 + m->hour, minutes = hours * 60 + m->minute;
    int64_t seconds = (minutes - m->offset) * 60 + m->second;
    if (seconds < 0) return false;
    *ret = (uint64_t)seconds * NS_PER_S + m->ns;
    return true;
}

/* Three digits of milliseconds behind another colon, as some print them. */
static bool take_milliseconds(text_cursor *c, moment *m)
{
    text_cursor at = *c;
    uint32_t milliseconds;
    if (!text_take_char(&at, ':') || !text_take_number(&at, 3, 3, &milliseconds)) return false;
    m->ns = milliseconds * 1000000ull;
    *c = at;
    return true;
}

/* [.,] 1*9DIGIT, further digits ignored; else nothing. */
static void take_fraction(text_cursor *c, moment *m)
{
    uint64_t unit = NS_PER_S;
    if (take_milliseconds(c, m)) return;
    if (c->end - c->p < 2 || (*c->p != '.' && *c->p != ',') || !text_is_digit(c->p[1])) return;
    for (c->p++; c->p < c->end && text_is_digit(*c->p); c->p++) {
        unit /= 10;
        m->ns += (uint64_t)(*c->p - '0') * unit;
    }
}

/* Z, +hh:mm, +hhmm, also behind a space; else nothing. */
static void take_zone(text_cursor *c, moment *m)
{
    text_cursor at = *c;
    uint32_t hours, minutes;
    text_take_char(&at, ' ');
    bool east = text_take_char(&at, '+');
    if (!east && !text_take_char(&at, '-')) return;
    if (text_take_number(&at, 4, 4, &hours)) {
        minutes = hours % 100;
        hours /= 100;
    } else if (!text_take_number(&at, 2, 2, &hours) || !text_take_char(&at, ':') ||
               !text_take_number(&at, 2, 2, &minutes)) {
        return;
    }
    if (hours > 14 || minutes > 59) return;
    m->offset = (east ? 1 : -1) * (int32_t)(hours * 60 + minutes);
    *c = at;
}

/* hh:mm:ss with what may follow */
static bool take_clock(text_cursor *c, moment *m)
{
    text_cursor at = *c;
    if (!text_take_number(&at, 1, 2, &m->hour) || !text_take_char(&at, ':')) return false;
    if (!text_take_number(&at, 2, 2, &m->minute) || !text_take_char(&at, ':')) return false;
    if (!text_take_number(&at, 2, 2, &m->second)) return false;
    take_fraction(&at, m);
    take_zone(&at, m);
    *c = at;
    return true;
}

static bool take_month(text_cursor *c, uint32_t *ret)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (c->end - c->p < 3) return false;
    for (uint32_t i = 0; i < 12; i++) {
        if (memcmp(c->p, names + (size_t)3 * i, 3) != 0) continue;
        c->p += 3;
        *ret = i + 1;
        return true;
    }
    return false;
}

/* yyyy-mm-dd, yyyy/mm/dd or yyyy.mm.dd, then T or space, then the clock */
static bool take_iso(text_cursor *c, moment *m)
{
    text_cursor at = *c;
    if (!text_take_number(&at, 4, 4, &m->year) || at.p == at.end) return false;
    char separator = *at.p;
    if (separator != '-' && separator != '/' && separator != '.') return false;
    at.p++;
    if (!text_take_number(&at, 2, 2, &m->month) || !text_take_char(&at, separator)) return false;
    if (!text_take_number(&at, 2, 2, &m->day)) return false;
    if (!text_take_char(&at, 'T') && !text_take_space(&at)) return false;
    if (!take_clock(&at, m)) return false;
    *c = at;
    return true;
}

/* Jan 5 [2026] hh:mm:ss [2026]; without a year: 1970 */
static bool take_syslog(text_cursor *c, moment *m)
{
    text_cursor at = *c, behind;
    m->year = 1970;
    if (!take_month(&at, &m->month) || !text_take_space(&at)) return false;
    if (!text_take_number(&at, 1, 2, &m->day) || !text_take_space(&at)) return false;
    behind = at;
    if (text_take_number(&behind, 4, 4, &m->year) && text_take_space(&behind))
        at = behind;
    else
        m->year = 1970;
    if (!take_clock(&at, m)) return false;
    behind = at;
    uint32_t year;
    if (text_take_space(&behind) && text_take_number(&behind, 4, 4, &year) && year >= 1970 &&
        year < 2500) {
        m->year = year;
        at = behind;
    }
    *c = at;
    return true;
}

/* 5 Jan 2026 hh:mm:ss, 05/Jan/2026:hh:mm:ss */
static bool take_day_first(text_cursor *c, moment *m)
{
    text_cursor at = *c;
    if (!text_take_number(&at, 1, 2, &m->day)) return false;
    bool slash = text_take_char(&at, '/');
    if (!slash && !text_take_space(&at) && !text_take_char(&at, '-')) return false;
    if (!take_month(&at, &m->month)) return false;
    if (slash ? !text_take_char(&at, '/') : !text_take_space(&at) && !text_take_char(&at, '-'))
        return false;
    if (!text_take_number(&at, 4, 4, &m->year)) return false;
    if (slash ? !text_take_char(&at, ':') : !text_take_space(&at)) return false;
    if (!take_clock(&at, m)) return false;
    *c = at;
    return true;
}

/* Seconds since 1970, of ten digits, with a fraction */
static bool take_epoch(text_cursor *c, uint64_t *ret)
{
    text_cursor at = *c;
    uint32_t seconds;
    moment m = { 0 };
    if (at.end - at.p < 12 || *at.p != '1' || !text_take_number(&at, 10, 10, &seconds))
        return false;
    if (*at.p != '.' || !text_is_digit(at.p[1])) return false;
    take_fraction(&at, &m);
    *ret = seconds * NS_PER_S + m.ns;
    *c = at;
    return true;
}

bool text_take_time(text_cursor *c, uint64_t *ret_ns, enum text_time *ret_kind)
{
    static bool (*const shapes[])(text_cursor *, moment *) = { take_iso, take_syslog,
                                                               take_day_first };
    *ret_kind = TEXT_TIME_DATE;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        text_cursor at = *c;
        moment m = { 0 };
        if (!shapes[i](&at, &m) || !to_ns(&m, ret_ns)) continue;
        *c = at;
        return true;
    }
    text_cursor at = *c;
    moment m = { .year = 1970, .month = 1, .day = 1 };
    *ret_kind = TEXT_TIME_EPOCH;
    if (take_epoch(c, ret_ns)) return true;
    *ret_kind = TEXT_TIME_CLOCK;
    if (!take_clock(&at, &m) || !to_ns(&m, ret_ns)) return false;
    *c = at;
    return true;
}
