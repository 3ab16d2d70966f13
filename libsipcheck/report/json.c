/* SPDX-License-Identifier: MIT */
/* RFC 8259 text: findings. docs/findings.md */
#include "report/finding.h"

enum { LINE = 4096 }; /* most findings are one write */

int sipcheck_json_string(sipcheck_slice text, sipcheck_write_fn write, void *user)
{
    char line[LINE];
    sc_out out = { .buf = line, .size = sizeof line, .write = write, .user = user };
    sc_out_string(&out, text);
    return sc_out_flush(&out);
}

static void put_text(sc_out *out, const char *text)
{
    sc_out_c_string(out, text != NULL ? text : "");
}

static void put_statements(sc_out *out, const char *const *ids)
{
    const char *separator = "[";
    for (; *ids != NULL; ids++) {
        sc_out_text(out, separator);
        sc_out_c_string(out, *ids);
        separator = ",";
    }
    sc_out_text(out, *separator == ',' ? "]" : "[]");
}

void sc_json_rule(sc_out *out, const sipcheck_finding *finding)
{
    const sipcheck_rule *rule = finding->rule;
    sc_out_text(out, "{\"verdict\":");
    put_text(out, sipcheck_verdict_name(finding->verdict));
    sc_out_text(out, ",\"rule\":");
    put_text(out, rule->id);
    sc_out_text(out, ",\"rfc\":");
    sc_out_number(out, rule->rfc);
    sc_out_text(out, ",\"section\":");
    put_text(out, rule->section);
    sc_out_text(out, ",\"statements\":");
    put_statements(out, rule->statements);
    sc_out_text(out, ",\"level\":");
    put_text(out, sipcheck_level_name(rule->level));
    sc_out_text(out, ",\"severity\":");
    put_text(out, sipcheck_severity_name(finding->severity));
    sc_out_text(out, ",\"scope\":");
    put_text(out, sipcheck_scope_name(rule->scope));
}

/* Quoted; null where it is not known. */
static void put_time(sc_out *out, uint64_t ns)
{
    char time[SIPCHECK_TIME_TEXT];
    if (ns == 0) {
        sc_out_text(out, "null");
        return;
    }
    sc_out_text(out, "\"");
    sc_out_text(out, sipcheck_time_text(ns, time));
    sc_out_text(out, "\"");
}

void sc_json_packet(sc_out *out, const sipcheck_finding *finding)
{
    const sipcheck_packet *packet = finding->packet;
    char address[SIPCHECK_ADDRESS_TEXT];
    if (finding->message_parsed == NULL) {
        sc_out_text(out, ",\"frame\":null,\"time\":null,\"src\":null,\"dst\":null,"
                         "\"transport\":null");
        return;
    }
    sc_out_text(out, ",\"frame\":");
    sc_out_number(out, packet->frame);
    sc_out_text(out, ",\"time\":");
    put_time(out, packet->ns);
    sc_out_text(out, ",\"src\":\"");
    sc_out_text(out, sipcheck_address_text(&packet->src, address));
    sc_out_text(out, "\",\"dst\":\"");
    sc_out_text(out, sipcheck_address_text(&packet->dst, address));
    sc_out_text(out, "\",\"transport\":");
    put_text(out, sipcheck_transport_name(packet->transport));
}

void sc_json_where(sc_out *out, const sipcheck_finding *finding, sipcheck_slice culprit)
{
    sc_out_text(out, ",\"call_id\":");
    if (finding->call_id.p != NULL)
        sc_out_string(out, finding->call_id);
    else
        sc_out_text(out, "null");
    sc_out_text(out, ",\"culprit\":\"");
    sc_out_put(out, (const char *)culprit.p, culprit.n);
    sc_out_text(out, "\",\"role\":\"");
    sc_out_text(out, sipcheck_role_name(finding->role));
    sc_out_text(out, "\",\"offset\":");
    sc_out_number(out, finding->offset);
    sc_out_text(out, ",\"length\":");
    sc_out_number(out, finding->length);
}

void sc_json_message(sc_out *out, const sipcheck_finding *finding)
{
    sc_out_text(out, ",\"message\":");
    put_text(out, finding->text);
}

void sc_json_fix(sc_out *out, const sipcheck_finding *finding)
{
    sc_out_text(out, ",\"fix\":");
    put_text(out, finding->fix);
}

void sc_json_end(sc_out *out, const sipcheck_finding *finding)
{
    sc_out_text(out, ",\"related\":[");
    for (size_t i = 0; i < finding->related_count; i++) {
        if (i > 0) sc_out_text(out, ",");
        sc_out_number(out, finding->related[i]);
    }
    sc_out_text(out, finding->waived ? "],\"waived\":true}\n" : "]}\n");
}

int sipcheck_finding_json(const sipcheck_finding *finding, sipcheck_write_fn write, void *user)
{
    char line[LINE], address[SIPCHECK_ADDRESS_TEXT];
    sc_out out = { .buf = line, .size = sizeof line, .write = write, .user = user };
    sipcheck_address_text(finding->culprit, address);
    sc_json_rule(&out, finding);
    sc_json_packet(&out, finding);
    sc_json_where(&out, finding, (sipcheck_slice){ (const uint8_t *)address, strlen(address) });
    sc_json_message(&out, finding);
    sc_json_fix(&out, finding);
    sc_json_end(&out, finding);
    return sc_out_flush(&out);
}
