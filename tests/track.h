/* SPDX-License-Identifier: MIT */
/* Short flows for the tracker: a line a message, and the events that it means. */
#ifndef TESTS_TRACK_H
#define TESTS_TRACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing.h"
#include "track/dialog.h"
#include "track/forwarded.h"
#include "track/track.h"
#include "track/transaction.h"

/* One message. What is left out is as in the message before it. Events: "T.response(request#1
 * response*)": scope, event, bound messages: `*` the one that is fed, `#N` the Nth of the flow, `?`
 * not captured; those that were not sent are left out. */
typedef struct sight {
    unsigned ms;           /* when */
    const char *way;       /* "a>b": hosts are letters */
    const char *start;     /* "INVITE", "200" */
    const char *cseq;      /* "1 INVITE" */
    const char *vias;      /* "p2 a1": top first, each a host and a branch of its own */
    const char *from, *to; /* tags; to "-": none */
    const char *more;      /* more header lines; not inherited */
    bool sdp;              /* it has a description; not inherited */
    const char *want;      /* NULL: not looked at */
} sight;

typedef struct watch {
    sc_tracker *tracker;
    sipcheck_arena *arena;
    sc_forwards *forwards;
    failing memory;
    sight last;
    const char *call_id;      /* of all that follows; NULL: "call" */
    const char *request_line; /* of all requests that follow; NULL: to sip:b@b.example */
    const char *branch;       /* in place of the cookie; NULL: z9hG4bK */
    enum sipcheck_transport transport;
    uint64_t frame;
    char bytes[4096];
    sipcheck_packet packet;
    sc_events events;
    char text[4096];
} watch;

#define MS UINT64_C(1000000)

static inline sc_track_options watch_options(void)
{
    return (sc_track_options){
        .t1 = 500 * MS, .t2 = 4000 * MS, .t4 = 5000 * MS, .timer_c = 180000 * MS, .reorder = 50 * MS
    };
}

static inline void watch_begin(watch *w, const sc_track_options *options)
{
    *w = (watch){ .memory.left = -1, .transport = SIPCHECK_TRANSPORT_UDP };
    sipcheck_allocator allocator = failing_allocator(&w->memory);
    w->arena = sipcheck_arena_new(NULL);
    w->forwards = calloc(1, sizeof *w->forwards);
    w->tracker = sc_tracker_new(&allocator, options);
    assert_non_null(w->arena);
    assert_non_null(w->forwards);
    assert_non_null(w->tracker);
}

static inline void watch_end(watch *w)
{
    sc_tracker_free(w->tracker);
    free(w->forwards);
    sipcheck_arena_free(w->arena);
    assert_int_equal(w->memory.out, 0);
}

static inline sipcheck_address_port host_of(char letter)
{
    return (sipcheck_address_port){ .family = 4,
                                    .bytes = { 192, 0, 2, (uint8_t)letter },
                                    .port = 5060 };
}

static inline void watch_inherit(watch *w, const sight *s)
{
    sight *last = &w->last;
    last->way = s->way ? s->way : last->way;
    last->start = s->start ? s->start : last->start;
    last->cseq = s->cseq ? s->cseq : last->cseq;
    last->vias = s->vias ? s->vias : last->vias;
    last->from = s->from ? s->from : last->from;
    last->to = s->to ? s->to : last->to;
}

static inline int put_vias(const watch *w, char *buf, size_t size)
{
    int n = 0;
    for (const char *p = w->last.vias; *p; p += strcspn(p, " "), p += *p == ' ') {
        n += snprintf(buf + n, size - (size_t)n, "Via: SIP/2.0/UDP %c.example;branch=%s%.*s\r\n",
                      *p, w->branch ? w->branch : "z9hG4bK", (int)strcspn(p, " "), p);
    }
    return n;
}

static inline int put_body(const sight *s, char *buf, size_t size)
{
    static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";
    if (!s->sdp) return snprintf(buf, size, "\r\n");
    return snprintf(buf, size, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
                    strlen(sdp), sdp);
}

static inline size_t watch_write(watch *w, const sight *own)
{
    const sight *s = &w->last;
    size_t size = sizeof w->bytes;
    char *buf = w->bytes;
    bool response = s->start[0] >= '0' && s->start[0] <= '9', tag = strcmp(s->to, "-") != 0;
    int n = response ? snprintf(buf, size, "SIP/2.0 %s Fine\r\n", s->start)
                     : snprintf(buf, size, "%s%s\r\n", w->request_line ? w->request_line : s->start,
                                w->request_line ? "" : " sip:b@b.example SIP/2.0");
    n += put_vias(w, buf + n, size - (size_t)n);
    n += snprintf(buf + n, size - (size_t)n,
                  "From: <sip:a@a.example>;tag=%s\r\nTo: <sip:b@b.example>%s%s\r\n"
                  "Call-ID: %s\r\nCSeq: %s\r\n%s",
                  s->from, tag ? ";tag=" : "", tag ? s->to : "", w->call_id ? w->call_id : "call",
                  s->cseq, own->more ? own->more : "");
    n += put_body(own, buf + n, size - (size_t)n);
    return (size_t)n;
}

static inline void put_event(const sc_event *event, char *text, size_t size)
{
    static const char scopes[] = "MTDSRUH";
    static const char *const kinds[] = {
#define X(ID, NAME, SCOPES) NAME,
#include "fields/events.def"
#undef X
    };
    static const char *const names[] = {
#define X(ID, NAME, SCOPES) NAME,
#include "fields/names.def"
#undef X
    };
    int n = (int)strlen(text);
    n += snprintf(text + n, size - (size_t)n, "%s%c.%s(", n > 0 ? " " : "", scopes[event->scope],
                  kinds[event->kind]);
    const char *gap = "";
    for (int i = 0; i < SC_NAME_COUNT; i++) {
        const sc_kept *kept = event->bound[i];
        bool before = i == SC_NAME_TRIED || i == SC_NAME_OUTCOME; /* shown where they are */
#ifndef SHOW_TRIED
        if (before) continue;
#endif
        if (event->presence[i] == SC_NOT_SENT || (before && kept == NULL)) continue;
        n += snprintf(text + n, size - (size_t)n, "%s%s", gap, names[i]);
        if (event->presence[i] == SC_NOT_CAPTURED || kept == NULL)
            n += snprintf(text + n, size - (size_t)n,
                          event->presence[i] == SC_NOT_CAPTURED ? "?" : "*");
        else
            n += snprintf(text + n, size - (size_t)n, "#%u", (unsigned)kept->packet.frame);
        gap = " ";
    }
    snprintf(text + n, size - (size_t)n, ")");
}

/* scopes: those whose events are shown, "TD"; NULL: all. */
static inline const char *watch_text(watch *w, const char *scopes)
{
    static const char letters[] = "MTDSRUH";
    w->text[0] = '\0';
    for (size_t i = 0; i < w->events.count; i++) {
        const sc_event *event = &w->events.list[i];
        if (!scopes || strchr(scopes, letters[event->scope]))
            put_event(event, w->text, sizeof w->text);
    }
    return w->text;
}

static inline int watch_feed(watch *w, const sight *s)
{
    const sipcheck_message *message;
    watch_inherit(w, s);
    size_t n = watch_write(w, s);
    sipcheck_arena_reset(w->arena);
    assert_int_equal(sipcheck_parse(w->arena, (const uint8_t *)w->bytes, n, 0, &message), 0);
    w->packet = (sipcheck_packet){ .bytes = (const uint8_t *)w->bytes,
                                   .length = n,
                                   .frame = ++w->frame,
                                   .ns = s->ms * MS,
                                   .src = host_of(w->last.way[0]),
                                   .dst = host_of(w->last.way[2]),
                                   .transport = w->transport };
    bool passed_on = sc_forwards_note(w->forwards, 1, message);
    return sc_track(w->tracker, &w->packet, message, passed_on, &w->events);
}

/* The events of each message are looked at. */
static inline void watch_flow(watch *w, const char *scopes, const sight *flow, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(watch_feed(w, &flow[i]), 0);
        const char *got = watch_text(w, scopes);
        if (flow[i].want && strcmp(got, flow[i].want) != 0)
            fail_msg("message %zu (%s)\n got  %s\n want %s", i + 1, w->last.start, got,
                     flow[i].want);
    }
}

static inline void expect_flow(const char *scopes, const sight *flow, size_t count)
{
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_flow(&w, scopes, flow, count);
    watch_end(&w);
}
#define EXPECT(scopes, ...)                                                                        \
    expect_flow(scopes, (const sight[]){ __VA_ARGS__ },                                            \
                sizeof((const sight[]){ __VA_ARGS__ }) / sizeof(const sight))

/* The last event of that scope. */
static inline const void *last_object(const watch *w, enum sipcheck_scope scope)
{
    const void *object = NULL;
    for (size_t i = 0; i < w->events.count; i++) {
        if (w->events.list[i].scope == scope) object = w->events.list[i].object;
    }
    assert_non_null(object);
    return object;
}

#endif
