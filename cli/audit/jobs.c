/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of blocks of messages. All engines look at each block: at their own messages, and in
 * passing at the others, for the time that they show. When the last one is done with it, what they
 * found is put in order (jobs_hand_on.c). */
#include "../flow/calls.h"
#include "jobs_block.h"

/* --- in the engine's thread */

static void on_message(void *user, const sipcheck_packet *packet, const sipcheck_message *message)
{
    struct worker *worker = user;
    struct item *item = &worker->block->items[worker->item];
    item->heard_of = TRUE;
    item->heard = tally_hear(packet, message);
    if (!worker->jobs->face.ladder) return;
    item->transaction = call_transaction(message);
    item->step = step_new(packet, message, packet->source);
}

static gboolean is_shown(const struct jobs_face *face, const sipcheck_finding *finding)
{
    return (face->shown & 1u << finding->verdict) != 0;
}

static int append(void *user, const char *text, size_t length)
{
    g_string_append_len(user, text, (gssize)length);
    return 0;
}

/* What the report shows of the first of a kind. What is the first of all is the first here. Passes
 * and the like are no kinds that are remembered. */
static void keep_details(struct worker *worker, struct record *record,
                         const sipcheck_finding *finding)
{
    if (!tally_is_new(&worker->seen, finding)) return;
    tally_finding(&worker->seen, finding, NULL, TRUE);
    if (worker->jobs->face.ladder) record->transaction = call_transaction(finding->message_parsed);
    if (finding->verdict != SIPCHECK_FAIL && finding->verdict != SIPCHECK_UNKNOWN) return;
    record->text = g_strdup(finding->text);
    record->fix = g_strdup(finding->fix);
    const struct block *block = worker->block;
    record->bytes = finding->packet->bytes;
    if (worker->item < block->count && record->bytes == block->items[worker->item].packet.bytes)
        return;
    record->bytes = record->kept = g_memdup2(finding->packet->bytes, finding->packet->length);
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct worker *worker = user;
    const struct jobs_face *face = &worker->jobs->face;
    struct share *share = &worker->block->shares[worker->number];
    if (!face->is_wanted(face->user, finding->culprit)) return;
    struct record record = {
        .item = worker->item,
        .finding = *finding,
        .packet = *finding->packet,
        .line = share->lines->len,
    };
    if (finding->culprit) record.culprit = *finding->culprit;
    if (is_shown(face, finding)) keep_details(worker, &record, finding);
    if (is_shown(face, finding) && worker->json)
        sipcheck_json_finding(worker->json, finding, append, share->lines);
    record.line_length = share->lines->len - record.line;
    g_array_append_val(share->records, record);
}

static bool wants_texts(void *user, const sipcheck_finding *finding)
{
    struct worker *worker = user;
    const struct jobs_face *face = &worker->jobs->face;
    return is_shown(face, finding) && face->is_wanted(face->user, finding->culprit) &&
           (worker->json || tally_is_new(&worker->seen, finding));
}

static void look_at(struct worker *worker, struct block *block)
{
    worker->block = block;
    for (guint i = 0; i < block->count; i++) {
        struct item *item = &block->items[i];
        worker->item = i;
        breaks_tell(worker->engine, item->breaks, &item->packet);
        if (item->breaks.bits & BREAK_UNDELIVERED) continue;
        if (item->group % SIPCHECK_GROUPS % worker->jobs->count == worker->number)
            item->judged = !sipcheck_feed_group(worker->engine, &item->packet, item->group);
        else if (sipcheck_overhear(worker->engine, &item->packet, item->group))
            block->shares[worker->number].failed++;
    }
}

static void *work(void *data)
{
    struct worker *worker = data;
    struct jobs *jobs = worker->jobs;
    pthread_mutex_lock(&jobs->lock);
    for (guint64 n = 0;; n++) {
        while (jobs->filled <= n && !jobs->over)
            pthread_cond_wait(&jobs->filled_more, &jobs->lock);
        if (jobs->filled <= n) break;
        struct block *block = &jobs->blocks[n % BLOCKS];
        pthread_mutex_unlock(&jobs->lock);
        look_at(worker, block);
        pthread_mutex_lock(&jobs->lock);
        if (!--block->pending) pthread_cond_signal(&jobs->done);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

/* --- handing on */

/* What is done with; more blocks than that under way are waited for. */
static void hand_on_what_is_done(struct jobs *jobs, guint64 under_way)
{
    while (jobs->merged < jobs->filled) {
        struct block *block = &jobs->blocks[jobs->merged % BLOCKS];
        pthread_mutex_lock(&jobs->lock);
        while (block->pending && jobs->filled - jobs->merged > under_way)
            pthread_cond_wait(&jobs->done, &jobs->lock);
        gboolean done = !block->pending;
        pthread_mutex_unlock(&jobs->lock);
        if (!done) return;
        jobs_hand_on(jobs, block);
        jobs->merged++;
    }
}

/* --- reading */

static void seal(struct jobs *jobs, struct block *block)
{
    for (guint i = 0; i < block->count; i++)
        block->items[i].packet.bytes = block->bytes->data + block->items[i].offset;
    pthread_mutex_lock(&jobs->lock);
    block->pending = jobs->count;
    jobs->filled++;
    pthread_cond_broadcast(&jobs->filled_more);
    pthread_mutex_unlock(&jobs->lock);
    hand_on_what_is_done(jobs, BLOCKS - 1);
}

static void put(struct jobs *jobs, const struct item *item)
{
    struct block *block = &jobs->blocks[jobs->filled % BLOCKS];
    const sipcheck_packet *packet = &item->packet;
    block->items[block->count] = *item;
    block->items[block->count++].offset = block->bytes->len;
    /* An empty message has a place as well. */
    if (packet->length) g_byte_array_append(block->bytes, packet->bytes, (guint)packet->length);
    g_byte_array_append(block->bytes, (const guint8 *)"", 1);
    if (block->count == jobs->block_items || block->bytes->len >= BLOCK_BYTES) seal(jobs, block);
}

void jobs_feed(struct jobs *jobs, const sipcheck_packet *packet, struct breaks breaks)
{
    const struct item item = { .packet = *packet,
                               .group = sipcheck_route(jobs->router, packet),
                               .breaks = breaks };
    put(jobs, &item);
}

/* Nobody has to judge it. */
void jobs_unreached(struct jobs *jobs, const sipcheck_packet *undelivered, struct breaks breaks)
{
    const struct item item = { .packet = *undelivered, .breaks = breaks, .judged = TRUE };
    put(jobs, &item);
}

/* --- birth and death */

static gboolean worker_open(struct jobs *jobs, guint number)
{
    struct worker *worker = &jobs->workers[number];
    sipcheck_options options = jobs->face.options;
    options.on_message = on_message;
    options.on_finding = on_finding;
    options.wants_texts = wants_texts;
    options.user = worker;
    options.part = true;
    worker->jobs = jobs;
    worker->number = number;
    tally_init(&worker->seen);
    worker->engine = sipcheck_new(jobs->face.rules, &options);
    if (jobs->face.json) worker->json = sipcheck_json_new(jobs->face.rules, NULL);
    return worker->engine && (worker->json || !jobs->face.json);
}

static void jobs_free(struct jobs *jobs)
{
    for (guint i = 0; i < jobs->count; i++) {
        sipcheck_free(jobs->workers[i].engine);
        sipcheck_json_free(jobs->workers[i].json);
        tally_clear(&jobs->workers[i].seen);
    }
    for (guint b = 0; b < BLOCKS; b++) {
        g_byte_array_unref(jobs->blocks[b].bytes);
        for (guint i = 0; i < jobs->count; i++) {
            g_array_unref(jobs->blocks[b].shares[i].records);
            g_string_free(jobs->blocks[b].shares[i].lines, TRUE);
        }
    }
    sipcheck_router_free(jobs->router);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->filled_more);
    pthread_cond_destroy(&jobs->done);
    g_free(jobs->blocks);
    g_free(jobs);
}

/* Of so many that were begun. */
static void end_threads(struct jobs *jobs, guint count)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->over = TRUE;
    pthread_cond_broadcast(&jobs->filled_more);
    pthread_mutex_unlock(&jobs->lock);
    for (guint i = 0; i < count; i++)
        pthread_join(jobs->workers[i].thread, NULL);
}

static gboolean start_threads(struct jobs *jobs)
{
    for (guint i = 0; i < jobs->count; i++) {
        if (!pthread_create(&jobs->workers[i].thread, NULL, work, &jobs->workers[i])) continue;
        end_threads(jobs, i);
        return FALSE;
    }
    return TRUE;
}

struct jobs *jobs_new(const struct jobs_face *face, guint count)
{
    struct jobs *jobs = g_new0(struct jobs, 1);
    const unsigned many = 1u << SIPCHECK_PASS | 1u << SIPCHECK_NA;
    gboolean memory = TRUE;
    jobs->face = *face;
    jobs->count = count;
    jobs->block_items = face->options.verdicts & many ? BLOCK_ITEMS_ALL : BLOCK_ITEMS;
    jobs->router = sipcheck_router_new(NULL);
    jobs->blocks = g_new0(struct block, BLOCKS);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->filled_more, NULL);
    pthread_cond_init(&jobs->done, NULL);
    for (guint b = 0; b < BLOCKS; b++) {
        jobs->blocks[b].bytes = g_byte_array_new();
        for (guint i = 0; i < count; i++) {
            jobs->blocks[b].shares[i].records = g_array_new(FALSE, FALSE, sizeof(struct record));
            jobs->blocks[b].shares[i].lines = g_string_new(NULL);
        }
    }
    for (guint i = 0; i < count; i++)
        memory = worker_open(jobs, i) && memory;
    if (memory && jobs->router && start_threads(jobs)) return jobs;
    jobs_free(jobs);
    return NULL;
}

void jobs_finish(struct jobs *jobs, sipcheck *whole)
{
    if (!jobs) return;
    struct block *last = &jobs->blocks[jobs->filled % BLOCKS];
    if (last->count) seal(jobs, last);
    hand_on_what_is_done(jobs, 0);
    end_threads(jobs, jobs->count);
    last = &jobs->blocks[jobs->filled % BLOCKS];
    for (guint i = 0; i < jobs->count; i++) {
        struct worker *worker = &jobs->workers[i];
        worker->block = last;
        worker->item = 0;
        if (sipcheck_finish(worker->engine)) last->shares[i].failed++;
        sipcheck_join(whole, worker->engine);
    }
    jobs_hand_on_due(jobs, last, 0);
    jobs_clear_block(jobs, last);
    jobs_free(jobs);
}
