/* SPDX-License-Identifier: MIT */
/* Profiles: which rules are on, how severe, with which times, and what is waived.
 * docs/rule-language.md, Profiles. */
#include <string.h>

#include "rules/load.h"

/* --- parameters */

/* Up to an hour; of a timer not none. */
static int load_time(const sc_loader *loader, const sc_yaml_node *node, uint64_t least,
                     uint64_t *ret)
{
    return sc_load_duration(loader, node, least, UINT64_C(3600) * 1000000000, ret);
}

/* tolerance = ("0" | "1") ["." 1*6digit] */
static int load_tolerance(const sc_loader *loader, const sc_yaml_node *node, int64_t *ret)
{
    const char *text = node->text;
    bool good = (text[0] == '0' || text[0] == '1') && (text[1] == '\0' || text[1] == '.');
    size_t fraction = good && text[1] == '.' ? strspn(text + 2, "0123456789") : 0;
    good =
        good && (text[1] == '\0' || (fraction > 0 && fraction <= 6 && text[2 + fraction] == '\0'));
    if (!good) return sc_load_fault(loader, node, "a part of 1 is wanted here, such as 0.1");
    int64_t millionths = text[0] - '0';
    for (size_t i = 0; i < 6; i++)
        millionths = millionths * 10 + (i < fraction ? text[2 + i] - '0' : 0);
    *ret = millionths;
    return SIPCHECK_OK;
}

static int load_params(const sc_loader *loader, const sc_yaml_node *root, sc_profile *profile)
{
    static const char *const keys[] = { "T1", "T2", "T4", "TIMER_C", "reorder", "tolerance" };
    enum { TIMERS = 4, TIMES, COUNT };
    uint64_t *const times[] = { &profile->t1, &profile->t2, &profile->t4, &profile->timer_c,
                                &profile->reorder };
    const sc_yaml_node *params, *node;
    int code = sc_load_entry(loader, root, "params", SC_YAML_MAPPING, SC_OPTIONAL, &params);
    if (code != SIPCHECK_OK || params == NULL) return code;
    code = sc_load_check_keys(loader, params, keys, COUNT);
    for (unsigned i = 0; i < COUNT && code == SIPCHECK_OK; i++) {
        code = sc_load_entry(loader, params, keys[i], SC_YAML_SCALAR, SC_OPTIONAL, &node);
        if (code == SIPCHECK_OK && node != NULL) {
            code = i < TIMES ? load_time(loader, node, i < TIMERS, times[i])
                             : load_tolerance(loader, node, &profile->tolerance);
        }
    }
    return code;
}

/* --- rules: {ID or PATTERN: {enabled: false, severity: info}} */

static int load_override(const sc_loader *loader, const sc_yaml_node *node, sc_override *override)
{
    static const char *const keys[] = { "enabled", "severity" };
    static const char *const truths[] = { "false", "true" };
    static const char *const severities[] = { "info", "warning", "error" };
    const sc_yaml_node *enabled, *severity;
    unsigned index = 0;
    int code = sc_load_check_keys(loader, node, keys, 2);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, node, "enabled", SC_YAML_SCALAR, SC_OPTIONAL, &enabled);
    if (code == SIPCHECK_OK && enabled != NULL) {
        code = sc_load_word(loader, enabled, truths, 2, &index);
        override->enabled = (int8_t)index;
    }
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, node, "severity", SC_YAML_SCALAR, SC_OPTIONAL, &severity);
    if (code == SIPCHECK_OK && severity != NULL) {
        code = sc_load_word(loader, severity, severities, 3, &index);
        override->severity = (int8_t)index;
    }
    if (code == SIPCHECK_OK && node->key->length > SC_PATTERN_MAX)
        code = sc_load_fault(loader, node->key, "this pattern is too long");
    return code == SIPCHECK_OK ? sc_load_text(loader, node->key, &override->pattern) : code;
}

static int load_overrides(const sc_loader *loader, const sc_yaml_node *root, sc_profile *profile)
{
    const sc_yaml_node *rules;
    int code = sc_load_entry(loader, root, "rules", SC_YAML_MAPPING, SC_OPTIONAL, &rules);
    const sc_yaml_node *node = code == SIPCHECK_OK && rules != NULL ? rules->first : NULL;
    const sc_override **tail = &profile->overrides;
    for (; node != NULL && code == SIPCHECK_OK; node = node->next) {
        sc_override *override = sc_load_alloc(loader, sizeof *override);
        if (override == NULL) return SIPCHECK_NOMEM;
        *override = (sc_override){ .enabled = -1, .severity = -1 };
        override->place = sc_load_place(loader, node->key);
        code = load_override(loader, node, override);
        *tail = override;
        tail = &override->next;
    }
    return code;
}

/* --- waivers */

static int check_waiver(const sc_loader *loader, const sc_yaml_node *node, sc_waiver *waiver)
{
    if (!sc_waived_parse(waiver->party_text, &waiver->party)) {
        return sc_load_fault(loader, sc_yaml_get(node, "party"),
                             "an address is wanted here: 10.0.0.1, 10.0.0.1:5060, 2001:db8::1 "
                             "or [2001:db8::1]:5060");
    }
    if (strlen(waiver->rule) > SC_PATTERN_MAX)
        return sc_load_fault(loader, sc_yaml_get(node, "rule"), "this pattern is too long");
    return sc_is_date(waiver->expires) ? SIPCHECK_OK
                                       : sc_load_fault(loader, sc_yaml_get(node, "expires"),
                                                       "a date is wanted here, such as 2026-12-31");
}

static int load_waiver(const sc_loader *loader, const sc_yaml_node *node, sc_waiver *waiver)
{
    static const char *const keys[] = { "rule", "party", "reason", "owner", "expires" };
    const char **const to[] = { &waiver->rule, &waiver->party_text, &waiver->reason, &waiver->owner,
                                &waiver->expires };
    const sc_yaml_node *part;
    int code = sc_load_check_keys(loader, node, keys, 5);
    for (unsigned i = 0; i < 5 && code == SIPCHECK_OK; i++) {
        code = sc_load_entry(loader, node, keys[i], SC_YAML_SCALAR, SC_DEMANDED, &part);
        if (code == SIPCHECK_OK) code = sc_load_text(loader, part, to[i]);
    }
    return code == SIPCHECK_OK ? check_waiver(loader, node, waiver) : code;
}

static int load_waivers(const sc_loader *loader, const sc_yaml_node *root, sc_profile *profile)
{
    const sc_yaml_node *list;
    int code = sc_load_entry(loader, root, "waivers", SC_YAML_SEQUENCE, SC_OPTIONAL, &list);
    const sc_yaml_node *node = code == SIPCHECK_OK && list != NULL ? list->first : NULL;
    const sc_waiver **tail = &profile->waivers;
    for (; node != NULL && code == SIPCHECK_OK; node = node->next) {
        sc_waiver *waiver = sc_load_alloc(loader, sizeof *waiver);
        if (waiver == NULL) return SIPCHECK_NOMEM;
        *waiver = (sc_waiver){ .place = sc_load_place(loader, node) };
        code = load_waiver(loader, node, waiver);
        *tail = waiver;
        tail = &waiver->next;
    }
    return code;
}

/* --- the file */

static int load_names(const sc_loader *loader, const sc_yaml_node *root, sc_profile *profile)
{
    const sc_yaml_node *name, *extends;
    int code = sc_load_entry(loader, root, "name", SC_YAML_SCALAR, SC_DEMANDED, &name);
    if (code == SIPCHECK_OK && sc_profile_find(loader->set, name->text) != NULL)
        code = sc_load_fault(loader, name, "a profile \"%.64s\" is there already", name->text);
    if (code == SIPCHECK_OK) code = sc_load_text(loader, name, &profile->name);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, root, "extends", SC_YAML_SCALAR, SC_OPTIONAL, &extends);
    if (code == SIPCHECK_OK && extends != NULL) {
        profile->place = sc_load_place(loader, extends);
        code = sc_load_text(loader, extends, &profile->extends);
    }
    return code;
}

static int load_profile(const sc_loader *loader, sc_profile *profile)
{
    static const char *const keys[] = { "name", "extends", "params", "rules", "waivers" };
    const sc_yaml_node nothing = { .kind = SC_YAML_SCALAR, .line = 1, .column = 1 };
    const sc_yaml_node *root = loader->root != NULL ? loader->root : &nothing;
    int code = sc_load_check_keys(loader, root, keys, 5);
    if (code == SIPCHECK_OK) code = load_names(loader, root, profile);
    if (code == SIPCHECK_OK) code = load_params(loader, root, profile);
    if (code == SIPCHECK_OK) code = load_overrides(loader, root, profile);
    return code == SIPCHECK_OK ? load_waivers(loader, root, profile) : code;
}

int sc_add_profile(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    sc_loader loader;
    sc_profile *profile = NULL;
    int code = sc_load_begin(&loader, set, source, error);
    if (code == SIPCHECK_OK) {
        profile = sc_load_alloc(&loader, sizeof *profile);
        code = profile != NULL ? SIPCHECK_OK : SIPCHECK_NOMEM;
    }
    if (code == SIPCHECK_OK) {
        *profile =
            (sc_profile){ .file = loader.file->yaml.name, .reorder = UINT64_MAX, .tolerance = -1 };
        code = load_profile(&loader, profile);
    }
    if (code == SIPCHECK_OK) {
        profile->next = set->profiles;
        set->profiles = profile;
    }
    return sc_load_end(&loader, code);
}
