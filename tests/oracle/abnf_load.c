/* SPDX-License-Identifier: MIT */
#include "abnf_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- the parser of ABNF itself, RFC 5234 §4
 * ------------------------------------------------------------------------ */

struct reader {
    struct abnf *g;
    const char *p;
    bool broken; /* this is no ABNF; p is at the end then */
};

static void give_up(struct reader *r)
{
    r->broken = true;
    r->p += strlen(r->p);
}

_Noreturn void abnf_die(const char *what, const char *where)
{
    fprintf(stderr, "abnf: %s: %.60s\n", what, where);
    exit(1);
}

struct abnf *abnf_new(void)
{
    struct abnf *g = calloc(1, sizeof *g);
    if (!g) abnf_die("no memory", "");
    return g;
}

void abnf_free(struct abnf *g)
{
    free(g);
}

int abnf_rule(struct abnf *g, const char *name, size_t n)
{
    for (int i = 0; i < g->rule_count; i++)
        if (strlen(g->rules[i].name) == n && !strncasecmp(g->rules[i].name, name, n)) return i;
    if (g->rule_count == RULES_MAX || n >= sizeof g->rules[0].name)
        abnf_die("too many rules", name);
    struct rule *rule = &g->rules[g->rule_count];
    memcpy(rule->name, name, n);
    rule->node = NO_NODE;
    return g->rule_count++;
}

static int new_node(struct abnf *g, enum node_kind kind)
{
    if (g->node_count == NODES_MAX) abnf_die("too many nodes", "");
    g->nodes[g->node_count] = (struct node){ .kind = kind, .first = NO_NODE, .next = NO_NODE };
    return g->node_count++;
}

static void skip_blanks(struct reader *r)
{
    for (;; r->p++) {
        if (*r->p == ';') r->p += strcspn(r->p, "\n");
        if (!*r->p || !isspace((unsigned char)*r->p)) return;
    }
}

static uint8_t *keep(struct abnf *g, size_t n)
{
    if (g->literal_count + n > LITERALS_MAX) abnf_die("too many literals", "");
    uint8_t *place = g->literals + g->literal_count;
    g->literal_count += n;
    return place;
}

static int read_literal(struct reader *r)
{
    const char *end = strchr(++r->p, '"');
    int node = new_node(r->g, LITERAL);
    if (!end) {
        give_up(r);
        return node;
    }
    size_t n = (size_t)(end - r->p);
    uint8_t *bytes = keep(r->g, n);
    memcpy(bytes, r->p, n);
    r->g->nodes[node].bytes = bytes;
    r->g->nodes[node].n = n;
    r->p = end + 1;
    return node;
}

/* %x41  %x41-5A  %x49.4E.56  %d13 */
static int read_number(struct reader *r)
{
    int base = tolower((unsigned char)r->p[1]) == 'd' ? 10 : 16;
    char *end;
    long first = strtol(r->p + 2, &end, base);
    int node = new_node(r->g, *end == '-' ? RANGE : BYTES);
    struct node *made = &r->g->nodes[node];
    if (*end == '-') {
        made->min = (int)first;
        made->max = (int)strtol(end + 1, &end, base);
    } else {
        uint8_t *bytes = keep(r->g, 1);
        *bytes = (uint8_t)first;
        made->bytes = bytes;
        for (made->n = 1; *end == '.'; made->n++)
            *keep(r->g, 1) = (uint8_t)strtol(end + 1, &end, base);
    }
    r->p = end;
    return node;
}

static int read_choice(struct reader *r);

static int wrap_repeat(struct reader *r, int child, int min, int max)
{
    int node = new_node(r->g, REPEAT);
    r->g->nodes[node].first = child;
    r->g->nodes[node].min = min;
    r->g->nodes[node].max = max;
    return node;
}

static int read_group(struct reader *r, char close)
{
    r->p++;
    int inner = read_choice(r);
    skip_blanks(r);
    if (*r->p != close)
        give_up(r);
    else
        r->p++;
    return inner;
}

/* %s"text" is case-sensitive, %i"text" is not. RFC 7405 */
static int read_case(struct reader *r)
{
    bool sensitive = tolower((unsigned char)r->p[1]) == 's';
    r->p += 2;
    int node = read_literal(r);
    if (sensitive) r->g->nodes[node].kind = BYTES;
    return node;
}

static int read_element(struct reader *r)
{
    if (*r->p == '"') return read_literal(r);
    if (*r->p == '%' && r->p[1] && r->p[2] == '"') return read_case(r);
    if (*r->p == '%') return read_number(r);
    if (*r->p == '(') return read_group(r, ')');
    if (*r->p == '[') return wrap_repeat(r, read_group(r, ']'), 0, 1);
    size_t n = 0;
    while (isalnum((unsigned char)r->p[n]) || r->p[n] == '-')
        n++;
    int node = new_node(r->g, n ? REFERENCE : SEQUENCE);
    if (!n) {
        give_up(r);
        return node;
    }
    r->g->nodes[node].rule = abnf_rule(r->g, r->p, n);
    r->p += n;
    return node;
}

/* [ [min] "*" [max] / count ] element */
static int read_repetition(struct reader *r)
{
    int min = 1, max = 1;
    char *end = (char *)(uintptr_t)r->p;
    if (isdigit((unsigned char)*r->p))
        min = max = (int)strtol(r->p, &end, 10);
    else if (*r->p == '*')
        min = 0;
    if (*end == '*') {
        const char *after = end + 1;
        max = isdigit((unsigned char)*after) ? (int)strtol(after, &end, 10) : MANY;
        if (max == MANY) end = (char *)(uintptr_t)after;
    }
    bool plain = end == r->p;
    r->p = end;
    int element = read_element(r);
    return plain ? element : wrap_repeat(r, element, min, max);
}

static int read_sequence(struct reader *r)
{
    int node = new_node(r->g, SEQUENCE), last = NO_NODE;
    for (skip_blanks(r); *r->p && !strchr("/)]", *r->p); skip_blanks(r)) {
        int element = read_repetition(r);
        if (last == NO_NODE)
            r->g->nodes[node].first = element;
        else
            r->g->nodes[last].next = element;
        last = element;
    }
    return node;
}

static int read_choice(struct reader *r)
{
    int node = new_node(r->g, CHOICE), last = NO_NODE;
    for (;; r->p++) {
        int sequence = read_sequence(r);
        if (last == NO_NODE)
            r->g->nodes[node].first = sequence;
        else
            r->g->nodes[last].next = sequence;
        last = sequence;
        if (*r->p != '/') return node;
    }
}

/* A rule whose text is no ABNF (a comment that runs on, say) stays undefined: abnf_complete tells.
 */
static void define(struct abnf *g, const char *name, size_t n, const char *body)
{
    int rule = abnf_rule(g, name, n);
    struct reader r = { g, body, false };
    int node = read_choice(&r);
    if (*r.p) give_up(&r);
    g->rules[rule].node = r.broken ? NO_NODE : node;
}

/* --- rules in the text of an RFC
 * --------------------------------------------------------------------------------- */

/* "name = ..." : the length of name, 0: the line begins no rule. */
static size_t rule_name(const char *line, const char **body)
{
    if (!isalpha((unsigned char)*line)) return 0;
    size_t n = strcspn(line, " \t=");
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)line[i]) && line[i] != '-') return 0;
    const char *p = line + n + strspn(line + n, " \t");
    if (*p != '=') return 0;
    *body = p + 1;
    return n;
}

struct pending {
    char name[64], body[8192];
    size_t indent;
};

static int finish(struct abnf *g, struct pending *pending)
{
    if (!*pending->name) return 0;
    define(g, pending->name, strlen(pending->name), pending->body);
    *pending->name = '\0';
    return 1;
}

static void append(struct pending *pending, const char *text)
{
    if (strlen(pending->body) + strlen(text) + 2 > sizeof pending->body)
        abnf_die("a rule is too long", text);
    strcat(pending->body, text);
    strcat(pending->body, "\n");
}

static bool is_page_break(const char *line)
{
    return strstr(line, "[Page ") || !strncmp(line, "RFC ", 4) || *line == '\f';
}

/* seam: blank lines and page breaks lie before this line; only what is clearly ABNF goes on behind
 * a page break. */
static int take_line(struct abnf *g, struct pending *pending, const char *line, bool page,
                     bool blank)
{
    size_t indent = strspn(line, " \t");
    const char *text = line + indent, *body;
    size_t n = rule_name(text, &body);
    if (n) {
        int made = finish(g, pending);
        memcpy(pending->name, text, n);
        pending->name[n] = '\0';
        pending->indent = indent;
        *pending->body = '\0';
        append(pending, body);
        return made;
    }
    bool goes_on = *pending->name && indent > pending->indent &&
                   (!blank || (page && strchr("/([*\";", *text)));
    if (!goes_on) return finish(g, pending);
    append(pending, text);
    return 0;
}

int abnf_load(struct abnf *g, const char *path, unsigned skip, const char *from, const char *to)
{
    char line[1024];
    struct pending pending = { 0 };
    FILE *file = fopen(path, "r");
    if (!file) return -1;
    int made = 0;
    bool inside = false, page = false, blank = false;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\r\n")] = '\0';
        const char *text = line + strspn(line, " \t");
        if (inside && !strncmp(text, to, strlen(to))) break;
        if (number > skip && !strncmp(text, from, strlen(from))) inside = true;
        if (!inside) continue;
        page |= is_page_break(line);
        if (is_page_break(line) || !*text) {
            blank = true;
            continue;
        }
        made += take_line(g, &pending, line, page, blank);
        page = blank = false;
    }
    fclose(file);
    return made + finish(g, &pending);
}

void abnf_add(struct abnf *g, const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char copy[2048];
        size_t n = strcspn(line, "\n");
        if (n >= sizeof copy) abnf_die("a rule is too long", line);
        memcpy(copy, line, n);
        copy[n] = '\0';
        const char *body;
        size_t name = rule_name(copy, &body);
        if (!name) abnf_die("no rule", line);
        define(g, copy, name, body);
    }
}
