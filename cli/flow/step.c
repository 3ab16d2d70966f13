/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step.h"
#include "../output.h"

#include <stdlib.h>
#include <string.h>

gsize text_columns(const char *text)
{
    gsize columns = 0;
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        columns += g_unichar_iswide(c) ? 2 : !g_unichar_iszerowidth(c);
    }
    return columns;
}

char *text_fit(const char *text, gsize room)
{
    if (text_columns(text) <= room) return g_strdup(text);
    const char *end = text;
    gsize columns = 1;
    for (; *end; end = g_utf8_next_char(end)) {
        columns += g_unichar_iswide(g_utf8_get_char(end)) ? 2 : 1;
        if (columns > room) break;
    }
    return g_strdup_printf("%.*s…", (int)(end - text), text);
}

char *text_visible(sipcheck_slice bytes)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return g_strdup("");
    if (bytes.p) output_visible(out, bytes);
    fclose(out);
    char *visible = g_strdup(text);
    free(text);
    return visible;
}

char *step_text(sipcheck_slice bytes)
{
    bytes.n = MIN(bytes.n, (gsize)4 * STEP_TEXT_MAX); /* of UTF-8 no more are needed */
    g_autofree char *text = text_visible(bytes);
    return text_fit(text, STEP_TEXT_MAX);
}

static gboolean has_sdp(const sipcheck_message *message)
{
    const sipcheck_media *media =
        (const sipcheck_media *)sipcheck_first(message, SIPCHECK_HEADER_CONTENT_TYPE);
    if (!message->body.n || !media) return FALSE;
    gsize head = MIN(message->body.n, 4096);
    return (media->subtype.n == 3 &&
            !g_ascii_strncasecmp((const char *)media->subtype.p, "sdp", 3)) ||
           (media->type.n == 9 &&
            !g_ascii_strncasecmp((const char *)media->type.p, "multipart", 9) &&
            g_strstr_len((const char *)message->body.p, (gssize)head, "\nv=0"));
}

static char *cseq_of(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq =
        (const sipcheck_cseq *)sipcheck_first(message, SIPCHECK_HEADER_CSEQ);
    return cseq ? step_text(cseq->v.raw) : g_strdup("");
}

static guint64 mix(guint64 hash, const void *bytes, gsize n)
{
    const guint8 *p = bytes;
    for (gsize i = 0; i < n; i++)
        hash = (hash ^ p[i]) * G_GUINT64_CONSTANT(1099511628211);
    return (hash ^ n) * G_GUINT64_CONSTANT(1099511628211);
}

#define SEED G_GUINT64_CONSTANT(14695981039346656037)

guint64 step_bytes(const sipcheck_packet *packet)
{
    return mix(SEED, packet->bytes, packet->length);
}

gboolean step_is(const struct step *step, const sipcheck_packet *packet)
{
    return step->place.frame == packet->frame && step->place.source == packet->source &&
           step->bytes == step_bytes(packet);
}

struct step *step_new(const sipcheck_packet *packet, const sipcheck_message *message,
                      unsigned source)
{
    struct step *step = g_new0(struct step, 1);
    step->place = (capture_place){ packet->frame, source };
    step->bytes = step_bytes(packet);
    step->ns = packet->ns;
    step->src = packet->src;
    step->dst = packet->dst;
    step->is_request = !message->is_response;
    step->status = message->is_response ? message->status : 0;
    step->sdp = has_sdp(message);
    step->cut = message->cut;
    sipcheck_slice word = message->is_response  ? message->reason
                          : message->is_request ? message->method
                                                : message->start_line;
    step->word = step_text(word);
    step->uri = step_text(message->request_uri.raw);
    step->cseq = cseq_of(message);
    return step;
}

void step_free(gpointer data)
{
    struct step *step = data;
    if (step->marks) g_ptr_array_unref(step->marks);
    g_free(step->word);
    g_free(step->uri);
    g_free(step->cseq);
    g_free(step);
}

struct step *step_copy(const struct step *step)
{
    struct step *copy = g_memdup2(step, sizeof *step);
    copy->word = g_strdup(step->word);
    copy->uri = g_strdup(step->uri);
    copy->cseq = g_strdup(step->cseq);
    copy->marks = NULL;
    copy->more_marks = 0;
    return copy;
}

void step_mark(struct step *step, const char *rule)
{
    if (!step->marks) step->marks = g_ptr_array_new();
    if (g_ptr_array_find(step->marks, rule, NULL)) return;
    if (step->marks->len < STEP_MARKS_MAX)
        g_ptr_array_add(step->marks, (gpointer)rule);
    else
        step->more_marks++;
}

static guint64 mix_value(guint64 hash, const sipcheck_value *value)
{
    return value ? mix(hash, value->raw.p, value->raw.n) : hash;
}

static guint64 mix_transaction(guint64 hash, const sipcheck_message *message,
                               const sipcheck_via *via)
{
    sipcheck_slice start = message->is_request ? message->method : message->status_text;
    hash = mix(hash, start.p, start.n);
    hash = mix(hash, via->branch.p, via->branch.n);
    hash = mix_value(hash, sipcheck_first(message, SIPCHECK_HEADER_CALL_ID));
    hash = mix_value(hash, sipcheck_first(message, SIPCHECK_HEADER_CSEQ));
    return message->is_response ? mix_value(hash, sipcheck_first(message, SIPCHECK_HEADER_TO))
                                : hash;
}

guint64 step_digest(const sipcheck_packet *packet, const sipcheck_message *message)
{
    guint64 hash = SEED;
    const sipcheck_via *via = (const sipcheck_via *)sipcheck_first(message, SIPCHECK_HEADER_VIA);
    gboolean final = message->is_response && message->status >= 200;
    hash = mix(hash, packet->src.bytes, sizeof packet->src.bytes);
    hash = mix(hash, packet->dst.bytes, sizeof packet->dst.bytes);
    hash = mix(hash, &packet->src.port, sizeof packet->src.port);
    hash = mix(hash, &packet->dst.port, sizeof packet->dst.port);
    gboolean cookie = via && via->branch.n > 7 && !memcmp(via->branch.p, "z9hG4bK", 7);
    return cookie && (message->is_request || final) ? mix_transaction(hash, message, via)
                                                    : mix(hash, packet->bytes, packet->length);
}

/* From all that is known, detail 0, to the bare word. */
static char *label_of(const struct step *step, int detail)
{
    GString *text = g_string_new(NULL);
    const char *number = strchr(step->cseq, ' ');
    int digits = number ? (int)(number - step->cseq) : (int)strlen(step->cseq);
    if (step->is_request) {
        g_string_append(text, step->word);
        if (detail == 0 && *step->uri) g_string_append_printf(text, " %s", step->uri);
        if (detail < 2 && digits) g_string_append_printf(text, " (%.*s)", digits, step->cseq);
    } else {
        g_string_append_printf(text, "%03u", step->status);
        if (detail == 0 && *step->word) g_string_append_printf(text, " %s", step->word);
        if (detail < 2 && *step->cseq) g_string_append_printf(text, " (%s)", step->cseq);
        if (detail == 2 && number) g_string_append(text, number);
    }
    if (detail > 2) return g_string_free(text, FALSE);
    if (step->sdp) g_string_append(text, " SDP");
    if (step->again) g_string_append(text, " again");
    if (step->cut) g_string_append(text, " cut");
    return g_string_free(text, FALSE);
}

char *step_label(const struct step *step, gsize room)
{
    for (int detail = 0; detail < 4; detail++) {
        g_autofree char *label = label_of(step, detail);
        if (text_columns(label) <= room) return g_steal_pointer(&label);
    }
    g_autofree char *least = label_of(step, 3);
    return text_fit(least, room);
}

const char *step_offset(guint64 ns, guint64 from, char text[STEP_OFFSET_TEXT])
{
    guint64 distance = ns < from ? from - ns : ns - from;
    g_snprintf(text, STEP_OFFSET_TEXT, "%c%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT,
               ns < from ? '-' : '+', distance / 1000000000, distance % 1000000000 / 1000);
    return text;
}
