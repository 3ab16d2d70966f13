/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wanted.h"
#include "../command.h"
#include "../flow/calls.h"
#include "../flow/step.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

struct named {
    enum context context;
    GString *comment;
};

static void named_free(gpointer data)
{
    struct named *named = data;
    g_string_free(named->comment, TRUE);
    g_free(named);
}

void wanted_init(struct wanted *wanted, enum context context)
{
    *wanted = (struct wanted){ .context = context };
    GDestroyNotify unref = (GDestroyNotify)g_bytes_unref;
    wanted->named = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, named_free);
    wanted->frames = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    wanted->calls = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, unref, NULL);
    wanted->transactions = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, unref, NULL);
}

void wanted_clear(struct wanted *wanted)
{
    g_hash_table_unref(wanted->named);
    g_hash_table_unref(wanted->frames);
    g_hash_table_unref(wanted->calls);
    g_hash_table_unref(wanted->transactions);
}

/* What the comments of a frame say, each once. */
static void add_comment(GString *comment, const char *text)
{
    g_autofree char *visible = text_visible((sipcheck_slice){ (const guint8 *)text, strlen(text) });
    if (strstr(comment->str, visible)) return;
    if (comment->len + strlen(visible) + 1 > WANTED_COMMENT_MAX) return;
    if (comment->len) g_string_append_c(comment, '\n');
    g_string_append(comment, visible);
}

void wanted_name(struct wanted *wanted, guint64 frame, enum context context, const char *comment)
{
    struct named *named = g_hash_table_lookup(wanted->named, &frame);
    if (!named && g_hash_table_size(wanted->named) >= WANTED_MAX) {
        wanted->lost++;
        return;
    }
    if (!named) {
        named = g_new0(struct named, 1);
        named->comment = g_string_new(NULL);
        g_hash_table_insert(wanted->named, g_memdup2(&frame, sizeof frame), named);
    }
    named->context = MAX(named->context, context);
    if (comment) add_comment(named->comment, comment);
}

void wanted_call(struct wanted *wanted, const char *call_id)
{
    g_hash_table_add(wanted->calls,
                     call_key((sipcheck_slice){ (const guint8 *)call_id, strlen(call_id) }));
}

/* --- findings */

static enum context context_of(const struct wanted *wanted, const char *scope)
{
    static const char *const few[] = { "message", "transaction", "hop" };
    if (wanted->context != CONTEXT_SCOPE) return wanted->context;
    for (gsize i = 0; i < G_N_ELEMENTS(few); i++)
        if (!strcmp(scope, few[i])) return CONTEXT_TRANSACTION;
    return CONTEXT_CALL;
}

void wanted_finding(struct wanted *wanted, const sipcheck_finding *finding)
{
    char culprit[SIPCHECK_ADDRESS_TEXT] = "?";
    enum context context = context_of(wanted, sipcheck_scope_name(finding->rule->scope));
    if (finding->culprit) sipcheck_address_text(finding->culprit, culprit);
    g_autofree char *text =
        g_strdup_printf("%s: %s: %s", finding->rule->id, culprit, finding->text);
    wanted_name(wanted, finding->packet->frame, context, text);
    for (size_t i = 0; i < finding->related_count; i++)
        wanted_name(wanted, finding->related[i], CONTEXT_MESSAGE, NULL);
}

/* What is read of a line. */
struct record {
    guint64 frame;
    char *rule, *scope, *culprit, *message, *file, *related;
    gboolean summary;
};

static void keep_member(void *user, const char *name, enum json_kind kind, const char *text)
{
    struct record *r = user;
    const struct {
        const char *name;
        enum json_kind kind;
        char **text;
    } members[] = {
        { "rule", JSON_STRING, &r->rule },       { "scope", JSON_STRING, &r->scope },
        { "culprit", JSON_STRING, &r->culprit }, { "message", JSON_STRING, &r->message },
        { "file", JSON_STRING, &r->file },       { "related", JSON_LIST, &r->related },
    };
    const char *end;
    if (!strcmp(name, "frame") && kind == JSON_NUMBER) json_number(text, &end, &r->frame);
    if (!strcmp(name, "summary") && kind == JSON_OBJECT) r->summary = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        if (strcmp(name, members[i].name) != 0 || kind != members[i].kind) continue;
        g_free(*members[i].text);
        *members[i].text = g_strdup(text);
    }
}

static void clear_record(struct record *r)
{
    char *const texts[] = { r->rule, r->scope, r->culprit, r->message, r->file, r->related };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

static void name_related(struct wanted *wanted, const char *list)
{
    guint64 frame;
    while (*list) {
        if (!g_ascii_isdigit(*list))
            list++;
        else if (json_number(list, &list, &frame))
            wanted_name(wanted, frame, CONTEXT_MESSAGE, NULL);
        else
            return;
    }
}

static void take_record(struct wanted *wanted, const struct record *r, const char *path)
{
    if (r->file && strcmp(r->file, path) != 0) {
        wanted->elsewhere++;
        return;
    }
    g_autofree char *text = g_strdup_printf("%s: %s: %s", r->rule, r->culprit ? r->culprit : "?",
                                            r->message ? r->message : "");
    if (!r->frame) return; /* about a waiver */
    wanted_name(wanted, r->frame, context_of(wanted, r->scope ? r->scope : "message"), text);
    if (r->related) name_related(wanted, r->related);
}

/* One line, without its end; FALSE at the end of the input. What is beyond the limit is left out,
 * which makes the line no JSON. */
static gboolean read_line(GString *line)
{
    int c = getchar();
    if (c == EOF) return FALSE;
    g_string_truncate(line, 0);
    for (; c != EOF && c != '\n'; c = getchar())
        if (line->len < WANTED_LINE_MAX) g_string_append_c(line, (char)c);
    return TRUE;
}

gboolean wanted_read(struct wanted *wanted, const char *path)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint64 number = 1; read_line(line); number++) {
        struct record record = { 0 };
        if (!line->len) continue;
        gboolean fine = strlen(line->str) == line->len &&
                        json_object(line->str, keep_member, &record) &&
                        (record.rule || record.summary);
        if (fine && record.rule) take_record(wanted, &record, path);
        clear_record(&record);
        if (fine) continue;
        complain("standard input, line %" G_GUINT64_FORMAT
                 ": this is no finding of `sipcheck audit --format ndjson`",
                 number);
        return FALSE;
    }
    return TRUE;
}

/* --- numbers */

gboolean wanted_numbers(struct wanted *wanted, const char *text)
{
    do {
        guint64 first, last;
        if (!json_number(text, &text, &first)) return FALSE;
        last = first;
        if (*text == '-' && !json_number(text + 1, &text, &last)) return FALSE;
        if (!first || last < first) return FALSE;
        if (last - first >= WANTED_MAX) wanted->lost += last - first - WANTED_MAX + 1;
        last = MIN(last, first + WANTED_MAX - 1);
        for (guint64 frame = first; frame <= last; frame++)
            wanted_name(wanted, frame, MAX(wanted->context, CONTEXT_MESSAGE), NULL);
    } while (*text++ == ',');
    return !text[-1];
}

/* --- messages */

void wanted_meet(struct wanted *wanted, const sipcheck_packet *packet,
                 const sipcheck_message *message)
{
    const struct named *named = g_hash_table_lookup(wanted->named, &packet->frame);
    if (!named) return;
    if (named->context == CONTEXT_CALL)
        g_hash_table_add(wanted->calls, call_key(call_id_of(message)));
    if (named->context == CONTEXT_TRANSACTION)
        g_hash_table_add(wanted->transactions, call_transaction(message));
}

gboolean wanted_takes(const struct wanted *wanted, const sipcheck_packet *packet,
                      const sipcheck_message *message)
{
    if (g_hash_table_contains(wanted->named, &packet->frame)) return TRUE;
    g_autoptr(GBytes) call = call_key(call_id_of(message));
    if (g_hash_table_contains(wanted->calls, call)) return TRUE;
    if (!g_hash_table_size(wanted->transactions)) return FALSE;
    g_autoptr(GBytes) transaction = call_transaction(message);
    return g_hash_table_contains(wanted->transactions, transaction);
}

void wanted_add_frame(struct wanted *wanted, guint64 frame)
{
    const struct named *named = g_hash_table_lookup(wanted->named, &frame);
    if (g_hash_table_contains(wanted->frames, &frame)) return;
    if (g_hash_table_size(wanted->frames) >= WANTED_MAX) {
        wanted->lost++;
        return;
    }
    g_hash_table_insert(wanted->frames, g_memdup2(&frame, sizeof frame),
                        named ? named->comment->str : (char *)"");
}
