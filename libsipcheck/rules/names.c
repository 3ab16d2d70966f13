/* SPDX-License-Identifier: MIT */
/* What a name stands for: an element, a binding, a definition, and then members of records. */
#include <string.h>

#include "rules/compiler.h"
#include "text/slice.h"

#define SHOWN(slice) (int)((slice).n < 60 ? (slice).n : 60), (const char *)(slice).p

sc_node *sc_copy_node(sc_compiler *c, const sc_node *node)
{
    if (c->node_count == SC_EXPR_NODES_MAX) {
        sc_fail_node(c, node, "this expression is too large (more than %d parts)",
                     SC_EXPR_NODES_MAX);
        return NULL;
    }
    sc_node *copy = &c->nodes[c->node_count++];
    *copy = *node;
    copy->next = NULL;
    return copy;
}

/* The value of anything becomes the beginning of a path. */
static bool make_path(sc_compiler *c, sc_node *node)
{
    if (node->kind == SC_N_PATH && node->type != SC_TYPE_NONE) return true;
    sc_node *copy = sc_copy_node(c, node);
    if (!copy) return false;
    node->kind = SC_N_PATH;
    node->root = SC_ROOT_NODE;
    node->a = copy;
    node->path_length = 0;
    node->type = copy->type;
    return true;
}

static unsigned lists_in(const sc_compiler *c, const sc_node *node)
{
    unsigned n = 0;
    for (unsigned i = 0; i < node->path_length; i++)
        n += (c->paths[node->path + i]->type & SC_LIST) != 0;
    return n;
}

/* Paths grow at the end of the table; one that does not stand there is copied to it first. */
static bool room_for_field(sc_compiler *c, sc_node *node)
{
    bool at_end = node->path_length > 0 && node->path + node->path_length == (int)c->path_count;
    size_t wanted = at_end ? 1 : node->path_length + 1u;
    if (node->path_length >= SC_PATH_LENGTH_MAX || c->path_count + wanted > SC_PATHS_MAX)
        return sc_fail_node(c, node, "there are too many members in this name");
    if (at_end) return true;
    for (unsigned i = 0; i < node->path_length; i++)
        c->paths[c->path_count + i] = c->paths[node->path + i];
    node->path = (uint16_t)c->path_count;
    c->path_count += node->path_length;
    return true;
}

bool sc_append_field(sc_compiler *c, sc_node *node, const sc_field *field)
{
    if (!make_path(c, node) || !room_for_field(c, node)) return false;
    c->paths[c->path_count++] = field;
    node->path_length++;
    node->type = field->type | (node->type & SC_LIST);
    if (lists_in(c, node) + (node->root != SC_ROOT_NODE) > SC_PATH_LISTS_MAX)
        return sc_fail_node(c, node, "there are too many lists inside lists in this name");
    return true;
}

static bool no_such_member(sc_compiler *c, const sc_node *node, sipcheck_slice name, uint32_t at)
{
    char buf[100];
    sc_type record = node->type & (sc_type)~SC_LIST;
    if (record < SC_TYPE_FIRST_RECORD)
        return sc_fail(c, node->source, at, "%s has no member `%.*s`", sc_type_phrase(record),
                       SHOWN(name));
    sc_nearest nearest = { .name = name };
    for (size_t i = 0; sc_field_at(i); i++)
        if (sc_field_at(i)->record == record) sc_nearest_offer(&nearest, sc_field_at(i)->name);
    const char *near = sc_nearest_text(&nearest, buf, sizeof buf);
    if (record == SC_TYPE_MESSAGE && !*near)
        near = "; of a header that is not known here: any(h in sip.headers: h.name == \"...\")";
    return sc_fail(c, node->source, at, "%s has no member `%.*s`%s", sc_type_name(record),
                   SHOWN(name), near);
}

/* The longest beginning of the members, up to a dot or the end, that the record has: of
 * "sent-by.port" all of it is one member, of "uri.host" it is "uri". */
static const sc_field *longest_member(sc_type record, sipcheck_slice members, size_t *ret_length)
{
    for (size_t n = members.n; n > 0; n--) {
        if (n < members.n && members.p[n] != '.') continue;
        const sc_field *field = sc_field_find(record, (sipcheck_slice){ members.p, n });
        if (!field) continue;
        *ret_length = n;
        return field;
    }
    return NULL;
}

bool sc_resolve_members(sc_compiler *c, sc_node *node, sipcheck_slice members, uint32_t at)
{
    while (members.n > 0) {
        size_t n = 0;
        const sc_field *field = longest_member(node->type & (sc_type)~SC_LIST, members, &n);
        if (!field) return no_such_member(c, node, members, at);
        if (!sc_append_field(c, node, field)) return false;
        if (n < members.n) n++;
        members.p += n;
        members.n -= n;
        at += (uint32_t)n;
    }
    return true;
}

static bool root_at(sc_node *node, enum sc_root root, unsigned index, sc_type type)
{
    node->kind = SC_N_PATH;
    node->root = (uint8_t)root;
    node->index = (uint8_t)index;
    node->type = type;
    node->path_length = 0;
    return true;
}

/* A definition is parsed anew where it is used; it sees the definitions before it, and not the
 * names bound around its use. */
static bool root_at_definition(sc_compiler *c, sc_node *node, uint16_t index)
{
    const sc_source *source = c->source;
    uint32_t at = c->at;
    sc_token token = c->token;
    uint16_t definitions = c->definitions;
    unsigned local_base = c->local_base;

    c->local_base = c->local_count;
    sc_node *body = sc_parse_source(c, &c->environment->definitions[index].source, index);
    bool ok = body && sc_check(c, body);
    c->source = source;
    c->at = at;
    c->token = token;
    c->definitions = definitions;
    c->local_base = local_base;
    if (!ok) return false;
    sc_node *next = node->next;
    *node = *body;
    node->next = next;
    return true;
}

/* Beside its message, `sip` binds the description in its body, `sdp`. */
static const sc_binding *message_binding(const sc_environment *e)
{
    for (size_t i = 0; i < e->binding_count; i++)
        if (e->bindings[i].type == SC_TYPE_MESSAGE) return &e->bindings[i];
    return NULL;
}

static const sipcheck_slice sdp_name = { (const uint8_t *)"sdp", 3 };

static bool root_at_description(sc_compiler *c, sc_node *node, const sc_binding *sip)
{
    return root_at(node, SC_ROOT_SLOT, sip->slot, SC_TYPE_OBSERVED) &&
           sc_append_field(c, node, sc_field_find(SC_TYPE_OBSERVED, sdp_name));
}

static bool is_definition(const sc_environment *e, size_t index, sipcheck_slice name)
{
    const sc_definition *definition = &e->definitions[index];
    return definition->scope == e->scope &&
           sc_slices_same_nocase(name, sc_slice_of(definition->name));
}

static bool find_root(sc_compiler *c, sc_node *node, sipcheck_slice name, bool *ret_ok)
{
    const sc_environment *e = c->environment;
    *ret_ok = true;
    for (unsigned i = c->local_count; i-- > c->local_base;)
        if (sc_slices_same_nocase(name, c->locals[i].name))
            return root_at(node, SC_ROOT_LOCAL, i, c->locals[i].type);
    for (size_t i = 0; i < e->binding_count; i++)
        if (sc_slices_same_nocase(name, sc_slice_of(e->bindings[i].name)))
            return root_at(node, SC_ROOT_SLOT, e->bindings[i].slot, e->bindings[i].type);
    const sc_binding *sip = message_binding(e);
    if (sip && sc_slices_same_nocase(name, sdp_name)) {
        *ret_ok = root_at_description(c, node, sip);
        return true;
    }
    for (uint16_t i = 0; i < node->definitions; i++) {
        if (!is_definition(e, i, name)) continue;
        *ret_ok = root_at_definition(c, node, i);
        return true;
    }
    return false;
}

/* In wider scopes every message has a name. */
static bool is_bare(const sc_environment *e, sipcheck_slice name)
{
    size_t n = 0;
    while (n < name.n && name.p[n] != '.')
        n++;
    sipcheck_slice root = { name.p, n };
    return e->scope != SIPCHECK_SCOPE_MESSAGE && (sc_slices_same_nocase(root, sc_slice_of("sip")) ||
                                                  sc_slices_same_nocase(root, sdp_name));
}

/* What every event of the scope is about, and not the message before it. */
static const char *example_of(const sc_environment *e)
{
    if (e->scope == SIPCHECK_SCOPE_HOP) return "in";
    size_t i = strcmp(e->bindings[0].name, "previous") == 0 ? 1 : 0;
    return e->bindings[i].name;
}

static bool no_such_name(sc_compiler *c, const sc_node *node)
{
    char buf[100];
    const sc_environment *e = c->environment;
    if (is_bare(e, node->text))
        return sc_fail_node(c, node, "in scope %s every message has a name: write `%s.%.*s`",
                            sipcheck_scope_name(e->scope), example_of(e), SHOWN(node->text));
    sc_nearest nearest = { .name = node->text };
    for (size_t i = 0; i < e->binding_count; i++)
        sc_nearest_offer(&nearest, e->bindings[i].name);
    if (message_binding(e)) sc_nearest_offer(&nearest, "sdp");
    for (size_t i = 0; i < node->definitions; i++)
        if (e->definitions[i].scope == e->scope) sc_nearest_offer(&nearest, e->definitions[i].name);
    sc_nearest_text(&nearest, buf, sizeof buf);
    if (e->scope != SIPCHECK_SCOPE_MESSAGE)
        return sc_fail_node(c, node, "scope %s binds no `%.*s`%s", sipcheck_scope_name(e->scope),
                            SHOWN(node->text), buf);
    return sc_fail_node(c, node, "nothing is named `%.*s` here%s", SHOWN(node->text), buf);
}

bool sc_resolve_name(sc_compiler *c, sc_node *node)
{
    sipcheck_slice name = node->text;
    uint32_t at = node->at;
    for (size_t n = name.n; n > 0; n--) {
        bool ok = true;
        if (n < name.n && name.p[n] != '.') continue;
        if (!find_root(c, node, (sipcheck_slice){ name.p, n }, &ok)) continue;
        if (!ok) return false;
        if (n == name.n) return true;
        return sc_resolve_members(c, node, (sipcheck_slice){ name.p + n + 1, name.n - n - 1 },
                                  at + (uint32_t)n + 1);
    }
    return no_such_name(c, node);
}

static const char *taken_by(const sc_environment *environment, size_t definitions,
                            sipcheck_slice name)
{
    if (sc_is_word(name)) return "is a word of the language";
    if (sc_function_find(name) >= 0 || sc_slices_same(name, sc_slice_of("any")) ||
        sc_slices_same(name, sc_slice_of("all")))
        return "is a function";
    for (size_t i = 0; i < environment->binding_count; i++)
        if (sc_slices_same_nocase(name, sc_slice_of(environment->bindings[i].name)))
            return "names something of the scope already";
    if (message_binding(environment) && sc_slices_same_nocase(name, sdp_name))
        return "names something of the scope already";
    for (size_t i = 0; i < definitions; i++)
        if (is_definition(environment, i, name)) return "is defined already";
    if (memchr(name.p, '.', name.n)) return "has a dot in it";
    return NULL;
}

bool sc_bind_local(sc_compiler *c, sc_node *each)
{
    const char *fault = taken_by(c->environment, each->definitions, each->text);
    for (unsigned i = c->local_base; !fault && i < c->local_count; i++)
        if (sc_slices_same_nocase(each->text, c->locals[i].name))
            fault = "names an element already";
    if (fault)
        return sc_fail(c, each->source, (uint32_t)each->number,
                       "`%.*s` can't name an element: it %s", SHOWN(each->text), fault);
    if (c->local_count >= SC_LOOPS_MAX - 1)
        return sc_fail_node(c, each, "more than %d of any and all inside each other",
                            SC_LOOPS_MAX - 1);
    each->index = (uint8_t)c->local_count;
    c->locals[c->local_count++] = (sc_local){ each->text, each->a->type & (sc_type)~SC_LIST };
    return true;
}

static bool is_name(sipcheck_slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t b = sc_lower(name.p[i]);
        bool letter = (b >= 'a' && b <= 'z') || b == '_';
        bool digit = b >= '0' && b <= '9';
        if (!letter && (i == 0 || (!digit && b != '-' && b != '.'))) return false;
    }
    return name.n > 0 && name.p[name.n - 1] != '-';
}

const char *sc_definition_name_fault(const sc_environment *environment, const char *name)
{
    sipcheck_slice slice = sc_slice_of(name);
    if (!is_name(slice)) return "is no name (letters, digits, `_`, `-`)";
    return taken_by(environment, environment->definition_count, slice);
}
