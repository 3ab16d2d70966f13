/* SPDX-License-Identifier: MIT */
/* The functions of functions.def and what they take. */
#include "rules/compiler.h"
#include "text/slice.h"

enum { SC_TYPE_FROM_ARGUMENT = SC_TYPE_NONE };

static const struct {
    const char *name, *arguments;
    sc_type result;
} functions[SC_FUNCTIONS] = {
#define X(ID, NAME, ARGUMENTS, RESULT) { NAME, ARGUMENTS, SC_TYPE_##RESULT },
#include "rules/functions.def"
#undef X
};

int sc_function_find(sipcheck_slice name)
{
    for (int i = 0; i < SC_FUNCTIONS; i++)
        if (sc_slices_same(name, sc_slice_of(functions[i].name))) return i;
    return -1;
}

const char *sc_function_name(enum sc_function function)
{
    return functions[function].name;
}

static bool wants(sc_compiler *c, const sc_node *call, const sc_node *argument, const char *what)
{
    return sc_fail_node(c, argument, "%s() wants %s; this is %s", functions[call->op].name, what,
                        sc_type_phrase(argument->type));
}

static bool is_field(const sc_node *node)
{
    if (node->kind == SC_N_PATH) return true;
    return node->kind == SC_N_CALL &&
           (node->op == SC_FUNCTION_FIRST || node->op == SC_FUNCTION_LAST ||
            node->op == SC_FUNCTION_PARAM);
}

static bool is_header(const sc_compiler *c, const sc_node *node)
{
    return node->kind == SC_N_PATH && node->path_length > 0 &&
           c->paths[node->path + node->path_length - 1]->header != SIPCHECK_HEADER_UNKNOWN;
}

static bool check_text(sc_compiler *c, const sc_node *call, sc_node *argument)
{
    if (!sc_to_value(c, argument)) return false;
    return sc_is_text(argument->type) || wants(c, call, argument, "a text");
}

/* To the list of parameters. */
static bool check_parametered(sc_compiler *c, const sc_node *call, sc_node *argument)
{
    static const sipcheck_slice params = { (const uint8_t *)"params", 6 };
    if (argument->type & SC_LIST)
        return wants(c, call, argument,
                     "one value that can have parameters (any, all, first or last choose one)");
    const sc_field *field = sc_field_find(argument->type, params);
    if (!field) return wants(c, call, argument, "something that can have parameters");
    return sc_append_field(c, argument, field);
}

static bool check_uri(sc_compiler *c, const sc_node *call, sc_node *argument)
{
    static const sipcheck_slice uri = { (const uint8_t *)"uri", 3 };
    if (argument->type == SC_TYPE_ADDRESS)
        return sc_append_field(c, argument, sc_field_find(SC_TYPE_ADDRESS, uri));
    return argument->type == SC_TYPE_URI || wants(c, call, argument, "one URI");
}

static bool check_via(sc_compiler *c, const sc_node *call, const sc_node *argument)
{
    return argument->type == SC_TYPE_VIA || wants(c, call, argument, "one Via");
}

static bool check_address(sc_compiler *c, const sc_node *call, const sc_node *argument)
{
    return argument->type == SC_TYPE_ADDRESS || wants(c, call, argument, "one address");
}

static bool check_auth(sc_compiler *c, const sc_node *call, const sc_node *argument)
{
    return argument->type == SC_TYPE_AUTH ||
           wants(c, call, argument, "one value of Authorization or the like");
}

static bool check_message(sc_compiler *c, const sc_node *call, const sc_node *argument)
{
    return argument->type == SC_TYPE_MESSAGE || wants(c, call, argument, "a message, as sip");
}

/* A list whose elements are of a type, or give way to it. */
static bool check_list_of(sc_compiler *c, const sc_node *call, sc_node *list, char letter)
{
    static const sipcheck_slice uri = { (const uint8_t *)"uri", 3 };
    sc_type element = list->type & (sc_type)~SC_LIST;
    if (!(list->type & SC_LIST)) return wants(c, call, list, "a list");
    if (letter == 'V')
        return element == SC_TYPE_VIA || wants(c, call, list, "a list of Vias, as sip.Via");
    if (letter == 'U' && element == SC_TYPE_ADDRESS)
        return sc_append_field(c, list, sc_field_find(SC_TYPE_ADDRESS, uri));
    if (letter == 'U')
        return element == SC_TYPE_URI || wants(c, call, list, "a list of URIs or addresses");
    const sc_field *own = sc_field_own_value(element);
    if (own && !sc_append_field(c, list, own)) return false;
    return sc_is_text(own ? own->type : element) || wants(c, call, list, "a list of texts");
}

static bool check_argument(sc_compiler *c, const sc_node *call, sc_node *argument, char letter)
{
    if (!sc_check(c, argument)) return false;
    switch (letter) {
    case 'f':
        return is_field(argument) || wants(c, call, argument, "a field");
    case 'h':
        return is_header(c, argument) || wants(c, call, argument, "a header, as sip.Via");
    case 'l':
        return argument->type & SC_LIST || wants(c, call, argument, "a list");
    case 'p':
        return check_parametered(c, call, argument);
    case 'u':
        return check_uri(c, call, argument);
    case 'v':
        return check_via(c, call, argument);
    case 'a':
        return check_address(c, call, argument);
    case 'd':
        return check_auth(c, call, argument);
    case 'm':
        return check_message(c, call, argument);
    case 'T':
    case 'U':
    case 'V':
        return check_list_of(c, call, argument, letter);
    default:
        return check_text(c, call, argument);
    }
}

/* distinct() compares elements: records give way to what they stand for. */
static bool check_distinct(sc_compiler *c, sc_node *list)
{
    const sc_field *own = sc_field_own_value(list->type & (sc_type)~SC_LIST);
    return !own || sc_append_field(c, list, own);
}

bool sc_check_call(sc_compiler *c, sc_node *call)
{
    const char *letters = functions[call->op].arguments;
    size_t wanted = strlen(letters), n = 0;
    for (sc_node *argument = call->a; argument; argument = argument->next, n++)
        if (n < wanted && !check_argument(c, call, argument, letters[n])) return false;
    if (n != wanted || !call->a)
        return sc_fail_node(c, call, "%s() takes %zu argument%s; here %s %zu",
                            functions[call->op].name, wanted, wanted == 1 ? "" : "s",
                            n == 1 ? "is" : "are", n);
    call->type = functions[call->op].result;
    if (call->type == SC_TYPE_FROM_ARGUMENT) call->type = call->a->type & (sc_type)~SC_LIST;
    return call->op != SC_FUNCTION_DISTINCT || check_distinct(c, call->a);
}
