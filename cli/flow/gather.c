/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gather.h"
#include "../command.h"

static gboolean repeats(struct gather *gather, const sipcheck_packet *packet,
                        const sipcheck_message *message)
{
    gint64 digest = (gint64)step_digest(packet, message);
    if (g_hash_table_contains(gather->sent, &digest)) return TRUE;
    g_hash_table_add(gather->sent, g_memdup2(&digest, sizeof digest));
    return FALSE;
}

static GPtrArray *steps_of(struct gather *gather, GBytes *key)
{
    GPtrArray *steps = g_hash_table_lookup(gather->steps, key);
    if (steps) return steps;
    steps = g_ptr_array_new_with_free_func(step_free);
    g_hash_table_insert(gather->steps, g_bytes_ref(key), steps);
    return steps;
}

/* Without a Call-ID the call that there is; a second one makes it a list to choose from. */
static gboolean is_wanted(struct gather *gather, GBytes *key)
{
    if (gather->wanted || gather->all) return g_hash_table_contains(gather->calls.by_id, key);
    if (g_hash_table_size(gather->calls.by_id) < 2) return TRUE;
    g_hash_table_remove_all(gather->steps);
    return FALSE;
}

static void take(struct gather *gather, const sipcheck_packet *packet,
                 const sipcheck_message *message, unsigned source)
{
    g_autoptr(GBytes) key = call_key(call_id_of(message));
    gather->current = NULL;
    gather->messages++;
    if (gather->wanted && !g_bytes_equal(key, gather->wanted)) return;
    calls_take(&gather->calls, packet, message, source);
    if (!is_wanted(gather, key)) return;
    gather->found++;
    if (gather->kept >= gather->max) {
        gather->lost++;
        return;
    }
    gather->kept++;
    gather->current = step_new(packet, message, source);
    gather->current->again = repeats(gather, packet, message);
    g_ptr_array_add(steps_of(gather, key), gather->current);
}

/* --- findings */

static void on_message(void *user, const sipcheck_packet *packet, const sipcheck_message *message)
{
    take(user, packet, message, packet->source);
}

/* A finding of a deadline is about a message of long ago. */
static struct step *step_of(const struct gather *gather, const sipcheck_finding *finding)
{
    const sipcheck_packet *packet = finding->packet;
    if (gather->current && step_is(gather->current, packet)) return gather->current;
    GPtrArray *steps = gather_steps(gather, finding->call_id);
    for (guint i = steps ? steps->len : 0; i > 0; i--) {
        struct step *step = steps->pdata[i - 1];
        if (step_is(step, packet)) return step;
    }
    return NULL;
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    if (!finding->message_parsed || finding->waived) return;
    struct step *step = step_of(user, finding);
    if (step) step_mark(step, finding->rule->id);
}

static bool wants_texts(void *user, const sipcheck_finding *finding)
{
    (void)user, (void)finding;
    return false;
}

static bool on_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct gather *gather = user;
    gather->current = NULL;
    if (gather->engine) {
        traffic_feed(&gather->traffic, gather->engine, packet, source);
        return true;
    }
    const sipcheck_message *message = traffic_parse(&gather->traffic, packet);
    if (message) take(gather, packet, message, source);
    return true;
}

static void on_undelivered(void *user, const sipcheck_packet *undelivered)
{
    struct gather *gather = user;
    if (gather->engine) traffic_unreached(&gather->traffic, gather->engine, undelivered);
}

static int start_engine(struct gather *gather)
{
    if (!vantages_read(&gather->vantages) || !roles_read(&gather->roles)) return EXIT_USAGE;
    gather->ruleset = ruleset_load(&gather->rules);
    if (!gather->ruleset) return EXIT_USAGE;
    const char *path = gather->credentials_path;
    if (path && !(gather->known = credentials_load(path))) return EXIT_USAGE;
    sipcheck_options options = { .on_finding = on_finding,
                                 .wants_texts = wants_texts,
                                 .on_message = on_message,
                                 .user = gather,
                                 .digest = credentials_digest(gather->known) };
    vantages_set(&gather->vantages, &options);
    roles_set(&gather->roles, &options);
    gather->engine = sipcheck_new(gather->ruleset, &options);
    if (gather->engine) return EXIT_CLEAN;
    complain("%s", sipcheck_strerror(SIPCHECK_NOMEM));
    return EXIT_UNREADABLE;
}

int gather_run(struct gather *gather, char **paths, gsize count)
{
    calls_init(&gather->calls, CALLS_MAX);
    gather->sent = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gather->steps =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                              (GDestroyNotify)g_ptr_array_unref);
    int code = gather->findings ? start_engine(gather) : EXIT_CLEAN;
    gather->traffic.on_undelivered = on_undelivered;
    if (!code) code = traffic_run(&gather->traffic, paths, count, on_packet, gather);
    gather->current = NULL;
    if (!code && gather->engine && sipcheck_finish(gather->engine)) gather->traffic.unread++;
    return code;
}

void gather_clear(struct gather *gather)
{
    sipcheck_free(gather->engine);
    sipcheck_rules_free(gather->ruleset);
    credentials_free(gather->known);
    g_free(gather->credentials_path);
    ruleset_options_clear(&gather->rules);
    vantages_clear(&gather->vantages);
    roles_clear(&gather->roles);
    if (gather->sent) {
        g_hash_table_unref(gather->sent);
        g_hash_table_unref(gather->steps);
        calls_clear(&gather->calls);
    }
    if (gather->wanted) g_bytes_unref(gather->wanted);
    traffic_clear(&gather->traffic);
}

GPtrArray *gather_steps(const struct gather *gather, sipcheck_slice id)
{
    g_autoptr(GBytes) key = call_key(id);
    return g_hash_table_lookup(gather->steps, key);
}
