/* SPDX-License-Identifier: MIT */
/* Lists: one after the other, and lists inside lists as one. */
#include "rules/program.h"

void sc_read_path(sc_value *v, const sc_field *const *path, size_t length)
{
    for (size_t i = 0; i < length && v->state == SC_VALUE; i++) {
        const sc_value member = path[i]->get(path[i], v->record);
        sc_value_copy(v, &member);
    }
}

static void open_level(sc_loop *loop, const sc_value *list, size_t step)
{
    sc_loop_level *level = &loop->level[loop->depth++];
    sc_value_copy(&level->list, list);
    level->at = list->record;
    level->index = 0;
    level->step = (uint8_t)step;
}

/* From the element on, follow the path until it ends, breaks off, or reaches a list, whose elements
 * are next. Returns whether there is an element to show. */
static bool walk(sc_loop *loop, size_t step)
{
    for (; step < loop->path_length && loop->element.state == SC_VALUE; step++) {
        const sc_field *field = loop->path[step];
        const sc_value v = field->get(field, loop->element.record);
        if (field->type & SC_LIST && v.state == SC_VALUE) {
            open_level(loop, &v, step + 1);
            return false;
        }
        sc_value_copy(&loop->element, &v);
    }
    return loop->element.state != SC_ABSENT_VALUE;
}

/* Most loops go over the values of one header: without levels. */
static bool begin_plain(sc_loop *loop, const sc_value *base, const sc_field *const *path,
                        size_t length)
{
    if (length == 0 || path[0]->header == SIPCHECK_HEADER_UNKNOWN || base->state != SC_VALUE)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!(path[i]->type & SC_LIST) != (i > 0)) return false;
    sc_value list = path[0]->get(path[0], base->record);
    if (list.cut_at != UINT32_MAX) return false;
    loop->plain_missing = list.missing;
    loop->next = list.record;
    return true;
}

/* Returns whether there is an element to show; those whose path breaks off are passed over. */
static bool next_plain(sc_loop *loop, uint32_t *budget)
{
    while (sc_charge(budget, 1)) {
        const sipcheck_value *value = loop->next;
        if (!value) {
            if (loop->plain_missing) loop->missing = loop->plain_missing;
            loop->plain = false;
            return false;
        }
        loop->next = value->next;
        sc_value v = { .raw = value->raw, .record = value };
        for (size_t i = 1; i < loop->path_length && v.state == SC_VALUE; i++)
            v = loop->path[i]->get(loop->path[i], v.record);
        sc_value_copy(&loop->element, &v);
        if (v.state != SC_ABSENT_VALUE) return true;
    }
    loop->missing = SC_MISSING_BUDGET;
    return false;
}

void sc_loop_begin(sc_loop *loop, const sc_value *base, const sc_field *const *path, size_t length,
                   bool is_list)
{
    loop->path = path;
    loop->path_length = (uint8_t)length;
    loop->depth = 0;
    loop->missing = SC_MISSING_NOTHING;
    loop->single = false;
    loop->plain = !is_list && begin_plain(loop, base, path, length);
    if (loop->plain) return;
    if (is_list && base->state == SC_VALUE) {
        open_level(loop, base, 0);
        return;
    }
    sc_value_copy(&loop->element, base);
    loop->single = walk(loop, 0);
}

static const sc_value cut_off = { .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_HEADERS };

static void value_element(sc_loop_level *level, sc_value *ret)
{
    const sipcheck_value *value = level->at;
    level->at = value->next;
    *ret = (sc_value){ .raw = value->raw, .record = value };
    if (value->line == level->list.cut_at) *ret = cut_off;
}

static void param_element(sc_loop_level *level, sc_value *ret)
{
    const sipcheck_param *param = level->at;
    level->at = param->next;
    *ret = (sc_value){ .raw = param->name, .record = param };
}

static void header_element(sc_loop_level *level, sc_value *ret)
{
    const sipcheck_header *header = (const sipcheck_header *)level->list.record + level->index;
    *ret = (sc_value){ .raw = header->raw, .record = header };
    if (level->index++ == level->list.cut_at) *ret = cut_off;
}

static void record_element(sc_loop_level *level, sc_value *ret)
{
    *ret = (sc_value){ .record = ((const void *const *)level->list.record)[level->index++] };
}

static bool next_of(sc_loop_level *level, sc_value *ret)
{
    bool row = level->list.list == SC_LIST_HEADERS || level->list.list == SC_LIST_RECORDS;
    if (row ? level->index >= level->list.raw.n : !level->at) return false;
    switch ((enum sc_list_kind)level->list.list) {
    case SC_LIST_VALUES:
        value_element(level, ret);
        break;
    case SC_LIST_PARAMS:
        param_element(level, ret);
        break;
    case SC_LIST_HEADERS:
        header_element(level, ret);
        break;
    case SC_LIST_RECORDS:
        record_element(level, ret);
        break;
    }
    return true;
}

bool sc_loop_next(sc_loop *loop, uint32_t *budget)
{
    if (loop->plain) return next_plain(loop, budget);
    if (loop->single) {
        loop->single = false;
        return true;
    }
    while (loop->depth > 0) {
        sc_loop_level *level = &loop->level[loop->depth - 1];
        if (!sc_charge(budget, 1)) {
            loop->missing = SC_MISSING_BUDGET;
            return false;
        }
        if (!next_of(level, &loop->element)) {
            if (level->list.missing) loop->missing = level->list.missing;
            loop->depth--;
        } else if (walk(loop, level->step)) {
            return true;
        }
    }
    return false;
}

enum sc_missing sc_loop_missing_before(const sc_loop *loop)
{
    if (loop->plain && loop->plain_missing == SC_MISSING_SYNTAX) return SC_MISSING_SYNTAX;
    for (unsigned i = 0; i < loop->depth; i++)
        if (loop->level[i].list.missing == SC_MISSING_SYNTAX) return SC_MISSING_SYNTAX;
    return (enum sc_missing)loop->missing;
}
