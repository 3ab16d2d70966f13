/* SPDX-License-Identifier: MIT */
/* Choosing a profile, and what follows from it. docs/rule-language.md, Profiles. */
#include <string.h>

#include "rules/set.h"

enum { EXTENDS_MAX = 16 };

const sc_profile *sc_profile_find(const sipcheck_rules *set, const char *name)
{
    const sc_profile *profile = set->profiles;
    while (profile != NULL && strcmp(profile->name, name) != 0)
        profile = profile->next;
    return profile;
}

/* date = 4digit "-" 2digit "-" 2digit, of the calendar as far as a waiver needs it */
bool sc_is_date(const char *text)
{
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' ||
        text[7] != '-' || strchr(text + 8, '-') != NULL || memchr(text, '-', 4) != NULL ||
        memchr(text + 5, '-', 2) != NULL)
        return false;
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static const sc_profile *profile_of_file(const sipcheck_rules *set, const char *file)
{
    const sc_profile *profile = set->profiles;
    while (profile != NULL && strcmp(profile->file, file) != 0)
        profile = profile->next;
    return profile;
}

static int unknown_profile(const sipcheck_rules *set, const char *name, const sc_place *place,
                           sipcheck_error *error)
{
    sc_nearest nearest = { .name = { (const uint8_t *)name, strlen(name) } };
    for (const sc_profile *profile = set->profiles; profile != NULL; profile = profile->next)
        sc_nearest_offer(&nearest, profile->name);
    char hint[128];
    return sc_error_set(error, place, "no profile is called \"%.64s\"%s", name,
                        sc_nearest_text(&nearest, hint, sizeof hint));
}

/* What a profile extends; NULL behind the last. */
static const sc_profile *parent_of(const sipcheck_rules *set, const sc_profile *profile)
{
    return profile->extends != NULL ? sc_profile_find(set, profile->extends) : NULL;
}

static int check_chain(const sipcheck_rules *set, const sc_profile *profile, sipcheck_error *error)
{
    for (unsigned depth = 0; profile->extends != NULL; depth++) {
        const sc_profile *parent = parent_of(set, profile);
        if (parent == NULL) return unknown_profile(set, profile->extends, &profile->place, error);
        if (depth == EXTENDS_MAX) {
            return sc_error_set(error, &profile->place,
                                "profiles extend each other in a circle, "
                                "or more than %d deep",
                                EXTENDS_MAX);
        }
        profile = parent;
    }
    return SIPCHECK_OK;
}

int sipcheck_rules_use_profile(sipcheck_rules *rules, const char *profile, const char *today,
                               sipcheck_error *error)
{
    const sc_place nowhere = { .file = "" };
    const sc_profile *found = sc_profile_find(rules, profile);
    if (found == NULL) found = profile_of_file(rules, profile);
    if (rules->sealed)
        return sc_error_set(error, &nowhere, "the set is sealed: its profile can't change");
    if (today != NULL && !sc_is_date(today))
        return sc_error_set(error, &nowhere, "\"%.32s\" is no date such as 2026-12-31", today);
    if (found == NULL) return unknown_profile(rules, profile, &nowhere, error);
    int code = check_chain(rules, found, error);
    if (code == SIPCHECK_OK) {
        rules->profile = found;
        memcpy(rules->today, today != NULL ? today : "", today != NULL ? 11 : 1);
    }
    return code;
}

bool sc_pattern_match(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static int unknown_rule(const sipcheck_rules *set, const sc_place *place, const char *id,
                        sipcheck_error *error)
{
    sc_nearest nearest = { .name = { (const uint8_t *)id, strlen(id) } };
    for (size_t i = 0; i < set->count; i++)
        sc_nearest_offer(&nearest, set->by_id[i]->pub.id);
    char hint[192];
    return sc_error_set(error, place, "no rule is called \"%.120s\"%s", id,
                        sc_nearest_text(&nearest, hint, sizeof hint));
}

static bool is_name(const char *pattern)
{
    return strchr(pattern, '*') == NULL;
}

static int is_like_none(const sipcheck_rules *set, const sc_place *place, const char *pattern,
                        sipcheck_error *error)
{
    return is_name(pattern)
               ? unknown_rule(set, place, pattern, error)
               : sc_error_set(error, place, "no rule's id is like \"%.120s\"", pattern);
}

/* What names no rule has to be said: a mistyped id must not go unseen. */
static int check_pattern(const sipcheck_rules *set, const sc_place *place, const char *pattern,
                         sipcheck_error *error)
{
    for (size_t i = 0; i < set->count; i++)
        if (sc_pattern_match(pattern, set->by_id[i]->pub.id)) return SIPCHECK_OK;
    return is_like_none(set, place, pattern, error);
}

static void apply_to(sipcheck_rule *rule, const sc_override *override)
{
    rule->enabled = override->enabled >= 0 ? override->enabled : rule->enabled;
    rule->severity =
        override->severity >= 0 ? (enum sipcheck_severity) override->severity : rule->severity;
}

static int apply_override(sipcheck_rules *set, const sc_override *override, sipcheck_error *error)
{
    const char *pattern = override->pattern;
    size_t from = 0, to = set->count, named, met = 0;
    if (is_name(pattern) && sipcheck_rules_find(set, pattern, &named) != NULL) {
        from = named;
        to = named + 1;
    }
    for (size_t i = from; i < to; i++) {
        if (!sc_pattern_match(pattern, set->by_id[i]->pub.id)) continue;
        apply_to(&set->by_id[i]->pub, override);
        met++;
    }
    return met > 0 ? SIPCHECK_OK : is_like_none(set, &override->place, pattern, error);
}

static int apply_one(sipcheck_rules *set, const sc_profile *profile, sipcheck_error *error)
{
    sc_parameters *p = &set->parameters;
    p->t1 = profile->t1 > 0 ? profile->t1 : p->t1;
    p->t2 = profile->t2 > 0 ? profile->t2 : p->t2;
    p->t4 = profile->t4 > 0 ? profile->t4 : p->t4;
    p->timer_c = profile->timer_c > 0 ? profile->timer_c : p->timer_c;
    p->reorder = profile->reorder < UINT64_MAX ? profile->reorder : p->reorder;
    p->tolerance = profile->tolerance >= 0 ? (uint32_t)profile->tolerance : p->tolerance;
    int code = SIPCHECK_OK;
    const sc_override *override = profile->overrides;
    for (; override != NULL && code == SIPCHECK_OK; override = override->next)
        code = apply_override(set, override, error);
    const sc_waiver *waiver = profile->waivers;
    for (; waiver != NULL && code == SIPCHECK_OK; waiver = waiver->next)
        code = check_pattern(set, &waiver->place, waiver->rule, error);
    return code;
}

int sc_profile_apply(sipcheck_rules *set, sipcheck_error *error)
{
    /* RFC 3261 §17.1.1.1 table 4, §16.6; a fifth later or sooner is nobody's fault */
    set->parameters = (sc_parameters){ .t1 = 500000000,
                                       .t2 = 4000000000,
                                       .t4 = 5000000000,
                                       .timer_c = 180000000000,
                                       .reorder = 50000000,
                                       .tolerance = 200000 };
    const sc_profile *chain[EXTENDS_MAX + 1];
    unsigned depth = 0;
    for (const sc_profile *p = set->profile; p != NULL && depth <= EXTENDS_MAX;
         p = parent_of(set, p))
        chain[depth++] = p;
    int code = SIPCHECK_OK;
    while (depth > 0 && code == SIPCHECK_OK)
        code = apply_one(set, chain[--depth], error);
    return code;
}

const sc_waiver *sc_waiver_next(const sipcheck_rules *set, sc_waiver_walk *walk)
{
    if (walk->profile == NULL) {
        walk->profile = set->profile;
        walk->waiver = walk->profile != NULL ? walk->profile->waivers : NULL;
    } else {
        walk->waiver = walk->waiver->next;
    }
    while (walk->waiver == NULL && walk->profile != NULL) {
        walk->profile = parent_of(set, walk->profile);
        walk->waiver = walk->profile != NULL ? walk->profile->waivers : NULL;
    }
    return walk->waiver;
}

size_t sc_waiver_count(const sipcheck_rules *set)
{
    size_t n = 0;
    for (sc_waiver_walk walk = { 0 }; sc_waiver_next(set, &walk) != NULL;)
        n++;
    return n;
}

bool sc_waiver_expired(const sipcheck_rules *set, const sc_waiver *waiver)
{
    return set->today[0] != '\0' && strcmp(waiver->expires, set->today) < 0;
}
