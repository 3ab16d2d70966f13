/* SPDX-License-Identifier: MIT */
/* Random expressions, well formed. */
#ifndef TESTS_RANDOM_EXPR_H
#define TESTS_RANDOM_EXPR_H

#include <stdio.h>

#include "random_text.h"

static const char *const texts[] = {
    "sip.Method",
    "sip.CSeq.method",
    "sip.From.tag",
    "sip.To.tag",
    "sip.r-uri.host",
    "sip.Call-ID",
    "\"INVITE\"",
    "\"BYE\"",
    "\"FOO\"",
    "\"\"",
    "sip.transport",
    "first(sip.Via).branch",
    "last(sip.Contact.uri.user)",
    "unquote(sip.From.display)",
    "sip.r-uri",
    "sip.Reason-Phrase",
    "param(sip.From, \"tag\")",
    "sip.msg_body",
    "sip.Subject",
    "first(sip.Require)",
    "last(sip.headers).name",
    "first(sip.headers).name",
    "\"Via\"",
    "\"X\"",
    "\"RSeq\"",
    "\"Content-Transfer-Encoding\"",
    "first(sip.Contact).uri.transport",
    "\"tls\"",
    "\"udp\"",
    "first(sip.P-Asserted-Identity).host",
    "last(sip.Via).transport",
    "last(sip.Via).received",
    "sip.Date.weekday",
    "sip.Date.true_weekday",
    "sip.Request-Line",
    "sip.Status-Line",
    "sdp.session_name",
    "sdp.owner.address_type",
    "first(sdp.media).media",
    "\"audio\"",
    "\"-\"",
};
static const char *const numbers[] = {
    "sip.CSeq.seq",
    "sip.Max-Forwards",
    "sip.Status-Code",
    "200",
    "0",
    "9223372036854775807",
    "count(sip.Via)",
    "lines(sip.Supported)",
    "sip.r-uri.port",
    "length(sip.Method)",
    "-1",
    "count(sip.Contact.params)",
    "first(sip.Via).sent-by.port",
    "sip.Content-Length",
    "number(sip.From.tag)",
    "sip.body_length",
    "count(sip.Call-ID)",
    "length(sip.From.tag)",
    "length(sip.To.tag)",
    "length(first(sip.Via).branch)",
    "count(sip.Contact)",
    "count(sip.P-Asserted-Identity)",
    "first(sip.Contact).expires",
    "sip.Date.hour",
    "sip.Date.second",
    "sip.length",
    "sip.Session-Expires",
    "first(sdp.media).port",
    "first(sdp.media).port % 2",
    "sdp.owner.version",
    "count(sdp.connection_info)",
    "count(sdp.media.connection_info)",
    "sdp.directions",
    "first(sdp.time).start",
    "count(sip.parts)",
    "first(sip.parts).depth",
    "2147483648",
    "255",
    "6",
};
static const char *const truths[] = {
    "list_equal(sip.Allow, sip.Supported)",
    "list_ends_with(sip.Via.branch, sip.Require)",
    "uri_list_equal(sip.Route, sip.Record-Route)",
    "uri_list_ends_with(sip.Contact.uri, sip.Route)",
    "via_list_equal(sip.Via, sip.Via)",
    "via_equal(first(sip.Via), last(sip.Via))",
    "address_equal(sip.From, sip.To)",
    "host_equal(sip.r-uri.host, first(sip.Via).sent-by.address)",
    "sip.is_request",
    "sip.is_response",
    "true",
    "false",
    "sip.r-uri.is_sip",
    "exists(sip.Contact)",
    "exists(sip.To.tag)",
    "exists(sip.Via.received)",
    "distinct(sip.Via.branch)",
    "sip.Status-Code in {200..299, 100}",
    "sip.Method in {\"INVITE\", \"ACK\"}",
    "sip.Method not in {\"INVITE\", \"FOO\"}",
    "sip.CSeq.method == \"INVITE\"",
    "sip.CSeq.method != \"BYE\"",
    "sip.Status-Code >= 300",
    "sip.Status-Code != 486",
    "sip.Method == \"BYE\"",
    "\"100rel\" in sip.Require",
    "\"100rel\" not in sip.Supported",
    "sip.Method in sip.Allow",
    "has_param(sip.To, \"tag\")",
    "starts_with(sip.Call-ID, \"a\")",
    "uri_equal(sip.From, sip.To)",
    "known_method(sip.Method)",
    "exists(sip.Method)",
    "\"INVITE\" in sip.Allow",
    "\"BYE\" not in sip.Allow",
    "\"PRACK\" in sip.Allow",
    "\"100rel\" in sip.Supported",
    "\"path\" in sip.Supported",
    "all(t in sip.Supported: known_option_tag(t))",
    "exists(sip.Supported)",
    "exists(sip.P-Asserted-Identity)",
    "first(sip.P-Asserted-Identity).uri.is_sip",
    "any(c in sip.Contact: c.star)",
    "any(c in sip.Contact: c.uri.transport == \"tls\")",
    "any(c in sip.Contact: has_param(c, \"methods\") or has_param(c.uri, \"ob\"))",
    "all(c in sip.Contact: c.expires <= 4294967295)",
    "all(c in sip.Contact: distinct(c.params.name))",
    "any(c in sip.Contact: exists(c.params))",
    "any(c in sip.Contact: exists(c.uri.params.name))",
    "exists(sip.Contact.expires)",
    "exists(sip.Contact.q)",
    "exists(sip.Contact.uri.params)",
    "exists(sip.Contact.uri.headers)",
    "first(sip.Contact).uri.lr",
    "has_param(sip.From.uri, \"lr\")",
    "has_param(sip.From, \"x\")",
    "exists(sip.From.uri.transport)",
    "sip.From.host == \"anonymous.invalid\"",
    "sip.From.user in {\"anonymous\", \"Anonymous\"}",
    "first(sip.Contact).host not in {\"0.0.0.0\", \"255.255.255.255\", \"[::]\"}",
    "all(c in sip.Contact: c.uri.host != \"[::]\")",
    "any(c in sip.Contact: c.uri.lr)",
    "has_param(first(sip.Contact).uri, \"lr\")",
    "all(r in sip.Record-Route: not r.uri.is_sip or r.uri.lr)",
    "any(r in sip.Route: has_param(r.uri, \"lr\"))",
    "exists(sip.Record-Route)",
    "count(sip.Record-Route) == 1",
    "exists(sip.Route.uri.user)",
    "lines(sip.Via) > 0",
    "lines(sip.Contact) == 1",
    "lines(sip.Record-Route) < 2",
    "exists(sip.Date.true_weekday)",
    "sip.Date.hour <= 23 and sip.Date.minute <= 59 and sip.Date.second <= 60",
    "exists(sip.r-uri.user)",
    "has_param(first(sip.Via), \"rport\")",
    "exists(first(sip.Via).rport)",
    "exists(last(sip.Via).received)",
    "last(sip.Via).is_ip",
    "first(sip.Via).transport in {\"TCP\", \"WS\"}",
    "first(sip.Via).branch not in {\"z9hG4bK\", \"Z9HG4BK\"}",
    "starts_with(first(sip.Via).branch, \"z9hG4bK\")",
    "starts_with(sip.Status-Line, \"SIP/\")",
    "ends_with(sip.Request-Line, \"SIP/2.0\")",
    "sip.To.tag != sip.From.tag",
    "sip.From.tag == sip.To.tag",
    "sip.Content-Length <= sip.body_length",
    "sip.Content-Length > sip.body_length",
    "sip.body_length == sip.Content-Length",
    "sip.Max-Forwards <= 70",
    "sip.Max-Forwards > 255",
    "sip.Max-Forwards == 70",
    "sip.Expires <= 4294967295",
    "sip.r-uri.user_is_phone",
    "exists(sip.r-uri.phone_is_canonical)",
    "first(sip.Via).rport > 0",
    "sip.Date.true_weekday != sip.Date.weekday",
    "sip.CSeq.seq < 2 ** 31",
    "sip.Date.weekday == sip.Date.true_weekday",
    "exists(sip.Date.day)",
    "last(sip.headers).name not in {\"Via\", \"v\", \"Max-Forwards\"}",
    "last(sip.headers).name in {\"Via\", \"v\", \"Route\", \"Record-Route\", \"Proxy-Require\", "
    "\"Max-Forwards\", \"Proxy-Authorization\"}",
    "sip.Max-Forwards == 69",
    "all(c in sip.Authorization: exists(c.qop) or not exists(c.nc))",
    "all(c in sip.Authorization: length(c.response) == 32 and c.response != \"\")",
    "all(c in sip.Authorization: contains(c.uri, \":\") and not starts_with(c.uri, \"/\"))",
    "any(c in sip.Authorization: has_param(c, \"username*\") or not exists(c.username))",
    "all(c in sip.Authorization: c.scheme == \"Digest\" and not ends_with(c.algorithm, \"-sess\"))",
    "any(h in sip.headers: h.name == \"RSeq\")",
    "all(h in sip.headers: h.known or h.name != \"Transfer-Encoding\")",
    "exists(sip.Accept.params)",
    "all(a in sip.Accept: distinct(a.params.name))",
    "exists(sip.Session-Expires.params)",
    "distinct(sip.Session-Expires.params.name)",
    "sip.Content-Type.type == \"application\"",
    "exists(sip.Content-Type.params)",
    "exists(sdp)",
    "exists(sip.parts)",
    "any(p in sip.parts: p.type.subtype == \"sdp\" and not exists(p.disposition))",
    "any(p in sip.parts: any(h in p.headers: h.name == \"Content-Transfer-Encoding\"))",
    "exists(sip.parts.type.params)",
    "exists(sip.parts.fragment_is_described)",
    "all(p in sip.parts: not exists(p.signers) or p.certificates > 0)",
    "exists(sip.parts.certificate) or exists(sip.parts.capabilities)",
    "all(m in sdp.media: m.dynamic_formats_are_mapped)",
    "all(m in sdp.media: m.static_formats_are_mapped and m.formats_are_payload_types)",
    "all(m in sdp.media: m.port % 2 == 0 or m.port == 9)",
    "any(m in sdp.media: m.port == 0 or m.directions > 1 or not m.is_rtp)",
    "all(m in sdp.media: m.media not in {\"control\", \"video\"})",
    "exists(sdp.media.crypto) or exists(sdp.crypto)",
    "exists(sdp.media.rtpmap)",
    "exists(sdp.ptime)",
    "exists(sdp.session_attr)",
    "exists(sdp.bandwidth) or exists(sdp.media.bandwidth)",
    "exists(sdp.encryption_key)",
    "sdp.uses_multicast",
    "all(c in sdp.connection_info: c.is_ip4 and not c.has_num_addr)",
    "any(c in sdp.media.connection_info: c.is_multicast or c.address_type == \"IP6\")",
    "all(t in sdp.time: t.start == 0 and t.stop == 0)",
    "sdp.session_name in {\"-\", \" \"}",
    "sdp.owner.sessionid_fits and sdp.owner.is_ip4",
    "sdp.session_name_is_utf8 and sdp.contacts_are_utf8",
};
static const char *const lists[] = {
    "sip.Via",       "sip.Contact",        "sip.headers",
    "sip.Require",   "sip.Contact.params", "sip.Via.branch",
    "sip.Supported", "sip.Allow",          "sip.parts",
    "sdp.media",     "sip.Contact.uri",    "sip.P-Asserted-Identity"
};
static const char *const comparisons[] = { " == ", " != ", " < ", " <= ", " > ", " >= " };
static const char *const operators[] = { " + ", " - ", " * ", " / ", " % ", " ** " };

static inline void put_number(writer *w)
{
    if (random_below(3) || w->depth > 8) {
        put(w, PICK(numbers));
        return;
    }
    w->depth++;
    put(w, "(");
    put_number(w);
    put(w, PICK(operators));
    put_number(w);
    put(w, ")");
    w->depth--;
}

static inline void put_truth(writer *w);

static inline void put_each(writer *w)
{
    char head[16];
    snprintf(head, sizeof head, "%s(e%u in ", random_below(2) ? "any" : "all", w->elements);
    put(w, head);
    put(w, PICK(lists));
    put(w, ": ");
    if (random_below(2)) {
        snprintf(head, sizeof head, "exists(e%u)", w->elements);
        put(w, head);
        put(w, random_below(2) ? " and " : " or ");
    }
    w->elements++;
    put(w, "(");
    put_truth(w);
    put(w, "))");
    w->elements--;
}

static inline void put_truth(writer *w)
{
    unsigned kind = w->depth > 8 ? random_below(3) : random_below(8);
    w->depth++;
    switch (kind) {
    case 0:
        put_number(w);
        put(w, PICK(comparisons));
        put_number(w);
        break;
    case 1:
        put(w, PICK(texts));
        put(w, random_below(2) ? " == " : " != ");
        put(w, PICK(texts));
        break;
    case 3:
        put(w, "not (");
        put_truth(w);
        put(w, ")");
        break;
    case 4:
    case 5:
        put(w, "(");
        put_truth(w);
        put(w, random_below(2) ? ") and (" : ") or (");
        put_truth(w);
        put(w, ")");
        break;
    case 6:
        put_each(w);
        break;
    default:
        put(w, PICK(truths));
        break;
    }
    w->depth--;
}

#endif
