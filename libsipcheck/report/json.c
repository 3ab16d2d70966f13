/* SPDX-License-Identifier: MIT */
/* RFC 8259 text. Nothing is stored: pieces go to the writer as they are made. */
#include <sipcheck/report.h>

#include <stdio.h>
#include <string.h>

#include "text/utf8.h"

/* Where text goes, and what the writer returned: behind anything but 0 nothing is written. */
typedef struct out {
    sipcheck_write_fn write;
    void *user;
    int code;
} out;

static void put(out *o, const char *text, size_t length)
{
    if (o->code == 0 && length > 0) o->code = o->write(o->user, text, length);
}

static void put_text(out *o, const char *text)
{
    put(o, text, strlen(text));
}

static void put_number(out *o, uint64_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    put(o, digits, (size_t)n);
}

/* --- strings */

static void put_escape(out *o, uint8_t byte)
{
    static const char shorts[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *at = byte != 0 ? strchr(shorts, byte) : NULL;
    char escape[8];
    int n = at != NULL ? snprintf(escape, sizeof escape, "\\%c", letters[at - shorts])
                       : snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
    put(o, escape, (size_t)n);
}

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* One character at p that is not plain. Returns how many bytes it took. */
static size_t put_special(out *o, const uint8_t *p, size_t left)
{
    size_t length = sc_utf8_length(p, left);
    if (length > 1)
        put(o, (const char *)p, length);
    else if (length == 1)
        put_escape(o, *p);
    else
        put_text(o, "\xEF\xBF\xBD");
    return length > 0 ? length : 1;
}

static void put_string(out *o, sipcheck_slice text)
{
    put_text(o, "\"");
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        while (i < text.n && is_plain(text.p[i]))
            i++;
        put(o, (const char *)text.p + from, i - from);
        i += i < text.n ? put_special(o, text.p + i, text.n - i) : 0;
    }
    put_text(o, "\"");
}

static void put_c_string(out *o, const char *text)
{
    put_string(o, (sipcheck_slice){ (const uint8_t *)text, strlen(text) });
}

int sipcheck_json_string(sipcheck_slice text, sipcheck_write_fn write, void *user)
{
    out o = { write, user, 0 };
    put_string(&o, text);
    return o.code;
}

/* --- a finding */

static void put_key(out *o, const char *key)
{
    put_text(o, ",\"");
    put_text(o, key);
    put_text(o, "\":");
}

static void put_pair(out *o, const char *key, const char *text)
{
    put_key(o, key);
    put_c_string(o, text != NULL ? text : "");
}

static void put_numbered(out *o, const char *key, uint64_t number)
{
    put_key(o, key);
    put_number(o, number);
}

static void put_rule(out *o, const sipcheck_finding *f)
{
    const sipcheck_rule *rule = f->rule;
    put_text(o, "{\"verdict\":");
    put_c_string(o, sipcheck_verdict_name(f->verdict));
    put_pair(o, "rule", rule->id);
    put_numbered(o, "rfc", rule->rfc);
    put_pair(o, "section", rule->section);
    put_key(o, "statements");
    const char *separator = "[";
    for (const char *const *id = rule->statements; *id != NULL; id++) {
        put_text(o, separator);
        put_c_string(o, *id);
        separator = ",";
    }
    put_text(o, *rule->statements != NULL ? "]" : "[]");
    put_pair(o, "level", sipcheck_level_name(rule->level));
    put_pair(o, "severity", sipcheck_severity_name(f->severity));
    put_pair(o, "scope", sipcheck_scope_name(rule->scope));
}

static void put_packet(out *o, const sipcheck_packet *packet)
{
    char time[SIPCHECK_TIME_TEXT], address[SIPCHECK_ADDRESS_TEXT];
    put_numbered(o, "frame", packet->frame);
    put_pair(o, "time", sipcheck_time_text(packet->ns, time));
    put_pair(o, "src", sipcheck_address_text(&packet->src, address));
    put_pair(o, "dst", sipcheck_address_text(&packet->dst, address));
    put_pair(o, "transport", sipcheck_transport_name(packet->transport));
}

/* A finding about a waiver has no packet to speak of. */
static void put_no_packet(out *o)
{
    put_text(o, ",\"frame\":null,\"time\":null,\"src\":null,\"dst\":null,\"transport\":null");
}

static void put_where(out *o, const sipcheck_finding *f)
{
    char address[SIPCHECK_ADDRESS_TEXT];
    put_key(o, "call_id");
    if (f->call_id.p != NULL)
        put_string(o, f->call_id);
    else
        put_text(o, "null");
    put_pair(o, "culprit", sipcheck_address_text(f->culprit, address));
    put_pair(o, "role", sipcheck_role_name(f->role));
    put_numbered(o, "offset", f->offset);
    put_numbered(o, "length", f->length);
}

static void put_related(out *o, const sipcheck_finding *f)
{
    put_key(o, "related");
    put_text(o, "[");
    for (size_t i = 0; i < f->related_count; i++) {
        put_text(o, i > 0 ? "," : "");
        put_number(o, f->related[i]);
    }
    put_text(o, "]");
}

int sipcheck_finding_json(const sipcheck_finding *finding, sipcheck_write_fn write, void *user)
{
    out o = { write, user, 0 };
    put_rule(&o, finding);
    if (finding->message_parsed != NULL)
        put_packet(&o, finding->packet);
    else
        put_no_packet(&o);
    put_where(&o, finding);
    put_pair(&o, "message", finding->text);
    put_pair(&o, "fix", finding->fix);
    put_related(&o, finding);
    put_text(&o, finding->waived ? ",\"waived\":true}\n" : "}\n");
    return o.code;
}
