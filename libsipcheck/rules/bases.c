/* SPDX-License-Identifier: MIT */
/* Base messages: a mapping of name to message. docs/rule-language.md, Base messages. */
#include <stdio.h>
#include <string.h>

#include "rules/bases.h"
#include "rules/load.h"
#include "text/arena.h"

const sc_base *sc_base_find(const sipcheck_rules *set, const char *name)
{
    const sc_base *base = set->bases;
    while (base != NULL && strcmp(base->name, name) != 0)
        base = base->next;
    return base;
}

size_t sc_crlf(sipcheck_slice text, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) out[n++] = '\r';
        out[n++] = text.p[i];
    }
    return n;
}

size_t sc_find_bytes(sipcheck_slice in, sipcheck_slice what)
{
    for (size_t i = 0; i + what.n <= in.n; i++) {
        const uint8_t *at = memchr(in.p + i, what.p[0], in.n - what.n + 1 - i);
        if (at == NULL) break;
        i = (size_t)(at - in.p);
        if (memcmp(at, what.p, what.n) == 0) return i;
    }
    return SIZE_MAX;
}

static size_t find_text(sipcheck_slice in, const char *what)
{
    return sc_find_bytes(in, (sipcheck_slice){ (const uint8_t *)what, strlen(what) });
}

size_t sc_find_empty_line(sipcheck_slice message)
{
    return find_text(message, "\r\n\r\n");
}

/* A message without a body ends in one empty line, however many the file has. */
static size_t tidy_end(uint8_t *bytes, size_t n)
{
    while (n >= 2 && bytes[n - 1] == '\n' && bytes[n - 2] == '\r')
        n -= 2;
    memcpy(bytes + n, "\r\n\r\n", 4);
    return n + 4;
}

static bool has_body(const uint8_t *bytes, size_t n)
{
    for (size_t i = sc_find_empty_line((sipcheck_slice){ bytes, n }); i < n; i++)
        if (bytes[i] != '\r' && bytes[i] != '\n') return true;
    return false;
}

/* "Content-Length: auto" becomes the number of bytes behind the empty line. */
static size_t fill_length(uint8_t *bytes, size_t n)
{
    static const char written[] = "\r\nContent-Length: auto\r\n";
    size_t at = find_text((sipcheck_slice){ bytes, n }, written);
    size_t empty_line = sc_find_empty_line((sipcheck_slice){ bytes, n });
    if (at == SIZE_MAX || at > empty_line) return n;
    char line[64];
    size_t length =
        (size_t)snprintf(line, sizeof line, "\r\nContent-Length: %zu\r\n", n - empty_line - 4);
    size_t behind = at + sizeof written - 1;
    memmove(bytes + at + length, bytes + behind, n - behind);
    memcpy(bytes + at, line, length);
    return at + length + n - behind;
}

static int load_base(const sc_loader *loader, const sc_yaml_node *node, sc_base *base)
{
    if (node->length == 0) return sc_load_fault(loader, node, "a message is wanted here");
    if (sc_base_find(loader->set, node->key->text) != NULL) {
        return sc_load_fault(loader, node->key, "a base \"%.64s\" is there already",
                             node->key->text);
    }
    /* room for CRs, an empty line, and a length longer than "auto" */
    uint8_t *bytes = sc_load_alloc(loader, node->length * 2 + 24);
    if (bytes == NULL) return SIPCHECK_NOMEM;
    size_t n = sc_crlf((sipcheck_slice){ (const uint8_t *)node->text, node->length }, bytes);
    n = has_body(bytes, n) ? n : tidy_end(bytes, n);
    base->bytes = (sipcheck_slice){ bytes, fill_length(bytes, n) };
    return sc_load_text(loader, node->key, &base->name);
}

/* ret_tail: where what is known already has to be hung */
static int load_bases(const sc_loader *loader, sc_base **ret, const sc_base ***ret_tail)
{
    int code = loader->root == NULL ? SIPCHECK_OK
                                    : sc_load_want_kind(loader, loader->root, SC_YAML_MAPPING);
    const sc_yaml_node *node =
        code == SIPCHECK_OK && loader->root != NULL ? loader->root->first : NULL;
    const sc_base **tail = (const sc_base **)(void *)ret;
    for (; node != NULL && code == SIPCHECK_OK; node = node->next) {
        sc_base *base = sc_load_alloc(loader, sizeof *base);
        if (base == NULL) return SIPCHECK_NOMEM;
        *base = (sc_base){ 0 };
        code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
        code = code == SIPCHECK_OK ? load_base(loader, node, base) : code;
        *tail = base;
        tail = &base->next;
    }
    *ret_tail = tail;
    return code;
}

int sc_add_bases(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    sc_loader loader;
    sc_base *added = NULL;
    const sc_base **tail = NULL;
    int code = sc_load_begin(&loader, set, source, error);
    if (code == SIPCHECK_OK) code = load_bases(&loader, &added, &tail);
    if (code == SIPCHECK_OK && added != NULL) {
        *tail = set->bases;
        set->bases = added;
    }
    return sc_load_end(&loader, code);
}
