/* SPDX-License-Identifier: MIT */
/* Every field of fields.def read from a message that has it. */
#include "expr.h"

#include <sipcheck/engine.h>

static const char request[] =
    "INVITE sip:+1-201-555-0123:pw@[2001:db8::1]:5061;transport=tcp;maddr=224.2.0.1;ttl=15;"
    "method=INVITE;user=phone;lr?Subject=x&Priority=y SIP/2.0\n"
    "v: SIP/2.0/TCP 192.0.2.7:5062;branch=z9hG4bK1;received=192.0.2.8;rport=5063;maddr=h;ttl=7;x\n"
    "From: \"Mila\" <sip:mila@desk.example:5064>;tag=f1;x\n"
    "To: <tel:+12015550123;isub=1;ext=2>\n"
    "Contact: <sip:a@b>;q=0.5;expires=60, *\n"
    "Call-Info: <http://a>;purpose=icon\n"
    "Accept-Contact: *;methods=\"INVITE,BYE\";extensions=\"100rel\"\n"
    "CSeq: 7 INVITE\n"
    "Accept-Encoding: gzip;q=0.25;x=y\n"
    "Resource-Priority: dsn.flash\n"
    "Retry-After: 18 (away);duration=5\n"
    "Authorization: Digest "
    "username=\"mila\",realm=\"r\",nonce=\"n\",uri=\"sip:u\",response="
    "\"00112233445566778899aabbccddeeff\","
    "algorithm=MD5,cnonce=\"c\",opaque=\"o\",qop=auth,nc=00000001\n"
    "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\",domain=\"sip:d\",stale=false\n"
    "Accept: application/sdp;q=0.75;x=y\n"
    "Date: Sat, 13 Nov 2010 23:29:07 GMT\n"
    "Call-ID: local@host.example\n"
    "Replaces: other@host.example;to-tag=1;from-tag=2\n"
    "Warning: 399 agent.example \"careful\"\n"
    "Timestamp: 12.5 0.25\n"
    "RAck: 776 7 INVITE\n"
    "P-Charging-Vector: icid-value=1;icid-generated-at=h\n"
    "Identity: "
    "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jIn0."
    "eyJkZXN0Ijp7InRuIjpbIjEyIl0sInVyaSI6WyJzaXA6ZEBlIl19LCJpYXQiOjcsIm1reSI6W10sIm9yaWciOnsidG4i"
    "OiIzNCIsInVyaSI6InNpcDpvQGUifX0.c2ln;info=<https://c>;alg=ES256;ppt=shaken\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed;boundary=\"b b\"\n\n"
    "--b b\n"
    "Content-Type: application/sdp\nContent-Disposition: session\nContent-ID: <1@h>\n\n"
    "v=0\no=mila 3 4 IN IP4 192.0.2.9\ns=call\ni=info\nu=http://u\ne=a@b.example\np=+1 2\n"
    "c=IN IP4 233.252.0.1/127/3\nb=AS:256\nt=3730922400 3730928000\nr=7d 1h 0 25h\n"
    "z=3730928400 -1h\nk=clear:abc\na=tool:x\na=group:BUNDLE m1 m2\n"
    "m=audio 40000/2 RTP/SAVP 0 8\ni=sound\nc=IN IP6 ff15::101/3\nb=TIAS:64000\nk=prompt\n"
    "a=rtpmap:0 PCMU/8000/1\na=fmtp:0 x=1\na=rtcp:53020 IN IP4 h.example\n"
    "a=des:qos mandatory remote sendrecv\na=crypto:1 A_1 inline:k KDR=1\n"
    "a=fingerprint:sha-1 0A:0B\na=ptime:20\n"
    "a=candidate:1 2 UDP 3 192.0.2.9 4 typ srflx raddr 192.0.2.8 rport 5\n"
    "--b b--\n";

static const char response[] = "SIP/2.0 180 Ringing\nVia: SIP/2.0/UDP h\nCall-ID: 1\n"
                               "Content-Length: 0\n\n";

/* The members of one record. A `*` in front of the value counts a list. */
typedef struct member {
    const char *name, *shown;
} member;

#define AUDIO "first(sdp.media)"

/* clang-format off */
static const member of_request[] = {
    { "is_request", "true" }, { "is_response", "false" }, { "Method", "INVITE" }, { "Version", "SIP/2.0" },
    { "Status-Code", "(absent)" }, { "Reason-Phrase", "(absent)" }, { "Status-Line", "(absent)" }, { "transport", "tcp" },
    { "group", "224.0.1.75" }, { "headers", "*23" }, { "parts", "*2" }, { NULL, NULL },
};
static const member of_response[] = {
    { "is_response", "true" }, { "Status-Line", "SIP/2.0 180 Ringing" }, { "Status-Code", "180" },
    { "Reason-Phrase", "Ringing" }, { "Request-Line", "(absent)" }, { "Method", "(absent)" }, { "r-uri", "(absent)" },
    { "length", "74" }, { "msg_body", "(absent)" }, { "body_length", "0" }, { NULL, NULL },
};
static const member of_header[] = {
    { "name", "v" }, { "known", "true" }, { "compact", "true" }, { NULL, NULL },
};
static const member of_last_header[] = {
    { "value", "multipart/mixed;boundary=\"b b\"" }, { NULL, NULL },
};
static const member of_param[] = {
    { "name", "methods" }, { "value", "INVITE,BYE" }, { "names_methods", "true" }, { "names_option_tags", "false" }, { NULL, NULL },
};
static const member of_uri[] = {
    { "scheme", "sip" }, { "user", "+1-201-555-0123" }, { "password", "pw" }, { "host", "[2001:db8::1]" }, { "port", "5061" },
    { "params", "*6" }, { "headers", "*2" }, { "is_sip", "true" }, { "is_sips", "false" }, { "is_tel", "false" }, { "is_ip", "true" },
    { "transport", "tcp" }, { "maddr", "224.2.0.1" }, { "ttl", "15" }, { "method", "INVITE" }, { "user-param", "phone" },
    { "lr", "true" }, { "maddr_is_multicast", "true" }, { "user_is_phone", "true" }, { "phone_is_canonical", "true" },
    { "tel_in_order", "(absent)" }, { NULL, NULL },
};
static const member of_from[] = {
    { "display", "\"Mila\"" }, { "uri", "sip:mila@desk.example:5064" }, { "brackets", "true" }, { "star", "false" },
    { "params", "*2" }, { "addr", "sip:mila@desk.example:5064" }, { "user", "mila" }, { "host", "desk.example" },
    { "port", "5064" }, { "tag", "f1" }, { NULL, NULL },
};
static const member of_contact[] = { { "q", "0.5" }, { "expires", "60" }, { NULL, NULL } };
static const member of_call_info[] = { { "purpose", "icon" }, { NULL, NULL } };
static const member of_via[] = {
    { "protocol", "SIP" }, { "version", "2.0" }, { "transport", "TCP" }, { "sent-by.address", "192.0.2.7" },
    { "sent-by.port", "5062" }, { "is_ip", "true" }, { "branch", "z9hG4bK1" }, { "received", "192.0.2.8" }, { "rport", "5063" },
    { "maddr", "h" }, { "maddr_is_ip", "false" }, { "ttl", "7" }, { "params", "*6" }, { NULL, NULL },
};
static const member of_cseq[] = { { "seq", "7" }, { "method", "INVITE" }, { NULL, NULL } };
static const member of_token[] = { { "token", "gzip" }, { "params", "*2" }, { "q", "0.25" }, { NULL, NULL } };
static const member of_priority[] = { { "namespace", "dsn" }, { "priority", "flash" }, { NULL, NULL } };
static const member of_number[] = { { "number", "18" }, { "comment", "(away)" }, { "params", "*1" }, { NULL, NULL } };
static const member of_auth[] = {
    { "scheme", "Digest" }, { "params", "*10" }, { "realm", "r" }, { "nonce", "n" }, { "opaque", "o" }, { "algorithm", "MD5" },
    { "qop", "auth" }, { "username", "mila" }, { "uri", "sip:u" }, { "response", "00112233445566778899aabbccddeeff" },
    { "cnonce", "c" }, { "nc", "00000001" }, { NULL, NULL },
};
static const member of_challenge[] = { { "stale", "false" }, { "domain", "sip:d" }, { NULL, NULL } };
static const member of_media[] = {
    { "type", "application" }, { "subtype", "sdp" }, { "params", "*2" }, { "q", "0.75" }, { NULL, NULL },
};
static const member of_content_type[] = { { "boundary", "b b" }, { NULL, NULL } };
static const member of_date[] = {
    { "weekday", "Sat" }, { "true_weekday", "Sat" }, { "unix", "1289690947" }, { "day", "13" }, { "month", "Nov" },
    { "year", "2010" }, { "hour", "23" }, { "minute", "29" }, { "second", "7" }, { NULL, NULL },
};
static const member of_call_id[] = { { "local", "local" }, { "host", "host.example" }, { NULL, NULL } };
static const member of_replaces[] = { { "call_id", "other@host.example" }, { "params", "*2" }, { NULL, NULL } };
static const member of_warning[] = { { "code", "399" }, { "agent", "agent.example" }, { "text", "careful" }, { NULL, NULL } };
static const member of_stamp[] = { { "whole", "12" }, { "fraction", "5" }, { "delay", "0.25" }, { NULL, NULL } };
static const member of_rack[] = { { "RSeq.seq", "776" }, { "CSeq.seq", "7" }, { "CSeq.method", "INVITE" }, { NULL, NULL } };
static const member of_params[] = { { "params", "*2" }, { NULL, NULL } };
static const member of_identity[] = {
    { "form", "full" }, { "params", "*3" }, { "info", "https://c" }, { "alg", "ES256" }, { "ppt", "shaken" },
    { "passport.typ", "passport" }, { "passport.alg", "ES256" }, { "passport.x5u", "https://c" }, { "passport.ppt", "shaken" },
    { "passport.iat", "7" }, { "passport.orig", "{\"tn\":\"34\",\"uri\":\"sip:o@e\"}" }, { "passport.orig.tn", "34" },
    { "passport.orig.uri", "sip:o@e" }, { "passport.dest", "{\"tn\":[\"12\"],\"uri\":[\"sip:d@e\"]}" }, { "passport.dest.tn", "12" },
    { "passport.dest.uri", "sip:d@e" }, { "passport.mky", "[]" }, { NULL, NULL },
};
static const member of_part[] = {
    { "type", "application/sdp" }, { "disposition", "session" }, { "id", "<1@h>" }, { "depth", "1" }, { "headers", "*3" },
    { "fragment_is_described", "(absent)" },
    { "certificates", "(absent)" }, /* those of signatures: test_cms */
    { "certificate", "(absent)" },
    { "signers", "(absent)" },
    { "capabilities", "(absent)" },
    { NULL, NULL },
};
static const member of_sdp[] = {
    { "version", "0" }, { "descriptions", "1" }, { "session_name", "call" },
    { "session_name_is_utf8", "true" }, { "session_info", "info" }, { "session_info_is_utf8", "true" }, { "uri", "http://u" },
    { "email", "*1" }, { "phone", "*1" }, { "connection_info", "*1" }, { "bandwidth", "*1" }, { "time", "*1" },
    { "repeat_time", "*1" }, { "timezone", "*1" }, { "encryption_key", "*1" }, { "session_attr", "*2" }, { "media", "*1" },
    { "contacts_are_utf8", "true" }, { "uses_multicast", "true" }, { "directions", "0" },
    { NULL, NULL },
};
static const member of_owner[] = {
    { "username", "mila" }, { "sessionid", "3" }, { "version", "4" }, { "sessionid_fits", "true" }, { "version_fits", "true" },
    { "network_type", "IN" }, { "address_type", "IP4" }, { "address", "192.0.2.9" }, { "is_ip4", "true" }, { "is_ip6", "false" },
    { "is_name", "false" }, { NULL, NULL },
};
static const member of_connection[] = {
    { "network_type", "IN" }, { "address_type", "IP4" }, { "address", "233.252.0.1" }, { "ttl", "127" }, { "has_ttl", "true" },
    { "num_addr", "3" }, { "has_num_addr", "true" }, { "is_ip4", "true" }, { "is_ip6", "false" }, { "is_name", "false" },
    { "is_multicast", "true" }, { NULL, NULL },
};
static const member of_bandwidth[] = { { "modifier", "AS" }, { "value", "256" }, { "is_alphanumeric", "true" }, { NULL, NULL } };
static const member of_time[] = { { "start", "3730922400" }, { "stop", "3730928000" }, { NULL, NULL } };
static const member of_key[] = { { "type", "clear" }, { "data", "abc" }, { NULL, NULL } };
static const member of_audio[] = {
    { "media", "audio" }, { "port", "40000" }, { "portcount", "2" }, { "proto", "RTP/SAVP" }, { "place", "1" }, { "format", "*2" },
    { "media_title", "sound" }, { "connection_info", "*1" }, { "bandwidth", "*1" }, { "encryption_key", "*1" },
    { "media_attr", "*8" }, { "formats_are_payload_types", "true" }, { "is_rtp", "true" }, { "directions", "0" },
    { "static_formats_are_mapped", "false" }, { "dynamic_formats_are_mapped", "true" }, { NULL, NULL },
};
static const member of_attribute[] = { { "field", "tool" }, { "value", "x" }, { "known", "true" }, { NULL, NULL } };
static const member of_rtpmap[] = {
    { "payload_type", "0" }, { "encoding", "PCMU" }, { "clock_rate", "8000" }, { "channels", "1" }, { NULL, NULL },
};
static const member of_fmtp[] = { { "format", "0" }, { "parameters", "x=1" }, { NULL, NULL } };
static const member of_rtcp[] = {
    { "port", "53020" }, { "network_type", "IN" }, { "address_type", "IP4" }, { "address", "h.example" }, { NULL, NULL },
};
static const member of_des[] = {
    { "type", "qos" }, { "strength", "mandatory" }, { "status", "remote" }, { "direction", "sendrecv" }, { NULL, NULL },
};
static const member of_crypto[] = {
    { "tag", "1" }, { "crypto_suite", "A_1" }, { "keys", "inline:k" }, { "session", "*1" }, { NULL, NULL },
};
static const member of_fingerprint[] = { { "hash", "sha-1" }, { "fingerprint", "0A:0B" }, { NULL, NULL } };
static const member of_group[] = { { "semantics", "BUNDLE" }, { "tags", "*2" }, { NULL, NULL } };
static const member of_candidate[] = {
    { "foundation", "1" }, { "componentid", "2" }, { "transport", "UDP" }, { "priority", "3" }, { "address", "192.0.2.9" },
    { "port", "4" }, { "type", "srflx" }, { "raddr", "192.0.2.8" }, { "rport", "5" }, { NULL, NULL },
};

/* In `text`, `value` has the members of the record. */
static const struct record {
    const char *name, *value, *text;
    const member *members;
} records[] = {
    { "sip", "sip", request, of_request },
    { "sip", "sip", response, of_response },
    { "header", "first(sip.headers)", request, of_header },
    { "header", "last(sip.headers)", request, of_last_header },
    { "param", "first(first(sip.Accept-Contact).params)", request, of_param },
    { "uri", "sip.r-uri", request, of_uri },
    { "address", "sip.From", request, of_from },
    { "address", "first(sip.Contact)", request, of_contact },
    { "address", "first(sip.Call-Info)", request, of_call_info },
    { "via", "first(sip.Via)", request, of_via },
    { "cseq", "sip.CSeq", request, of_cseq },
    { "token value", "first(sip.Accept-Encoding)", request, of_token },
    { "token value", "first(sip.Resource-Priority)", request, of_priority },
    { "number", "sip.Retry-After", request, of_number },
    { "auth", "first(sip.Authorization)", request, of_auth },
    { "auth", "first(sip.WWW-Authenticate)", request, of_challenge },
    { "media", "first(sip.Accept)", request, of_media },
    { "media", "sip.Content-Type", request, of_content_type },
    { "date", "sip.Date", request, of_date },
    { "call-id", "sip.Call-ID", request, of_call_id },
    { "call-id", "sip.Replaces", request, of_replaces },
    { "warning", "first(sip.Warning)", request, of_warning },
    { "stamp", "sip.Timestamp", request, of_stamp },
    { "rack", "sip.RAck", request, of_rack },
    { "params", "sip.P-Charging-Vector", request, of_params },
    { "identity", "first(sip.Identity)", request, of_identity },
    { "part", "last(sip.parts)", request, of_part },
    { "sdp", "sdp", request, of_sdp },
    { "owner", "sdp.owner", request, of_owner },
    { "connection", "first(sdp.connection_info)", request, of_connection },
    { "bandwidth", "first(sdp.bandwidth)", request, of_bandwidth },
    { "time", "first(sdp.time)", request, of_time },
    { "key", "first(sdp.encryption_key)", request, of_key },
    { "media description", AUDIO, request, of_audio },
    { "attribute", "first(sdp.session_attr)", request, of_attribute },
    { "rtpmap", "first(sdp.media.rtpmap)", request, of_rtpmap },
    { "fmtp", "first(sdp.media.fmtp)", request, of_fmtp },
    { "rtcp", "first(sdp.media.rtcp)", request, of_rtcp },
    { "precondition", "first(sdp.media.des)", request, of_des },
    { "crypto", "first(sdp.media.crypto)", request, of_crypto },
    { "fingerprint", "first(sdp.media.fingerprint)", request, of_fingerprint },
    { "group", "first(sdp.group)", request, of_group },
    { "candidate", "first(sdp.media.candidate)", request, of_candidate },
};
/* clang-format on */

static sc_scratch scratch;

static const char *shown(const char *expression, const sc_observed *observed)
{
    static char buf[512];
    const sc_environment environment = EXPR_ENVIRONMENT;
    const sc_value slot = sc_value_observed(observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    char text[256];
    sc_template *template = NULL;
    sipcheck_error error = { .line = 0 };
    snprintf(text, sizeof text, "{%s}", expression);
    const sc_source source = expr_source(text);
    if (sc_template_compile(NULL, &source, &environment, &template, &error) != SIPCHECK_OK)
        fail_msg("%s: column %u: %s", text, error.column, error.message);
    sc_template_render(template, &context, &scratch, buf, sizeof buf);
    sc_template_free(template);
    return buf;
}

static unsigned differs(const struct record *record, const member *m, const sc_observed *observed)
{
    char expression[128];
    bool list = *m->shown == '*';
    snprintf(expression, sizeof expression, list ? "count(%s.%s)" : "%s.%s", record->value,
             m->name);
    const char *got = shown(expression, observed), *wanted = m->shown + list;
    if (strcmp(got, wanted) == 0) return 0;
    print_error("%s: %s, not %s\n", expression, got, wanted);
    return 1;
}

static void members_are_what_was_sent(void **state)
{
    (void)state;
    static char bytes[8192];
    unsigned failures = 0;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        const sipcheck_body *body = NULL;
        sipcheck_arena_reset(arena);
        const sipcheck_message *message =
            expr_parse(arena, records[i].text, 0, bytes, sizeof bytes);
        assert_int_equal(sipcheck_body_parse(arena, message, &body), SIPCHECK_OK);
        const sc_observed observed = { .message = message,
                                       .transport = { (const uint8_t *)"tcp", 3 },
                                       .group = { (const uint8_t *)"224.0.1.75", 10 },
                                       .body = body };
        for (const member *m = records[i].members; m->name; m++)
            failures += differs(&records[i], m, &observed);
    }
    sipcheck_arena_free(arena);
    assert_int_equal(failures, 0);
}

/* A record of bytes stands for them; a filter may ask for the body. */
static void records_stand_for_their_bytes(void **state)
{
    (void)state;
    static const char *const true_of_request[] = {
        "starts_with(first(sip.headers), \"v: SIP/2.0/TCP\")",
        "ends_with(first(sip.headers), \";x\")",
        "first(first(sip.Accept-Contact).params) == \"methods=\\\"INVITE,BYE\\\"\"",
        "first(first(sip.Via).params) == \"branch=z9hG4bK1\"",
        "starts_with(sdp, \"v=0\")",
        "length(last(sip.parts).sdp) == length(last(sip.parts).content)",
        "not exists(first(sip.parts).sdp)",
    };
    static char bytes[8192];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_body *body = NULL;
    const sipcheck_message *message = expr_parse(arena, request, 0, bytes, sizeof bytes);
    assert_int_equal(sipcheck_body_parse(arena, message, &body), SIPCHECK_OK);
    const sc_observed observed = { .message = message, .body = body };
    for (size_t i = 0; i < sizeof true_of_request / sizeof *true_of_request; i++) {
        sipcheck_filter *filter = NULL;
        sipcheck_error error;
        if (sipcheck_filter_new(NULL, true_of_request[i], &filter, &error) != 0)
            fail_msg("%s: %u: %s", true_of_request[i], error.column, error.message);
        if (!sc_filter_match(filter, &observed, &scratch)) fail_msg("%s", true_of_request[i]);
        assert_int_equal(sc_filter_reads_body(filter), i >= 4);
        sipcheck_filter_free(filter);
    }
    sipcheck_arena_free(arena);
}

/* Fields that have no text of their own, or one that is too long for a table. */
static const char *const no_members[] = { "identity.digest", "part.content", "part.sdp",
                                          "sdp.owner",       "sip.msg_body", "sip.Request-Line" };

/* Those of wider scopes: tests/test_fields_sequence.c. */
static const char *const wider[] = {
    "observed", "endpoint",     "transaction",  "dialog", "party",
    "session",  "registration", "subscription", "hop",    "machine"
};

static bool is_tested(const char *record, const char *name)
{
    char whole[64];
    for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
        if (strcmp(record, wider[i]) == 0) return true;
    snprintf(whole, sizeof whole, "%s.%s", record, name);
    for (size_t i = 0; i < sizeof no_members / sizeof *no_members; i++)
        if (strcmp(no_members[i], whole) == 0) return true;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        for (const member *m = records[i].members; m->name; m++)
            if (strcmp(records[i].name, record) == 0 && strcmp(m->name, name) == 0) return true;
    return false;
}

/* sip.Via, sdp.media.rtpmap: they come from headers.def and attributes.def. */
static bool is_of_a_table(const sipcheck_field_info *info)
{
    const sipcheck_slice name = { (const uint8_t *)info->name, strlen(info->name) };
    if (strcmp(info->record, "sip") == 0)
        return sipcheck_header_lookup(name) != SIPCHECK_HEADER_UNKNOWN;
    bool sdp = strcmp(info->record, "sdp") == 0 || strcmp(info->record, "media description") == 0;
    return sdp && sipcheck_attribute_lookup(name) != SIPCHECK_ATTRIBUTE_UNKNOWN;
}

static void every_field_is_in_the_table(void **state)
{
    (void)state;
    const sipcheck_field_info *info;
    unsigned failures = 0;
    for (size_t i = 0; (info = sipcheck_field_info_at(i)) != NULL; i++) {
        if (is_of_a_table(info) || is_tested(info->record, info->name)) continue;
        print_error("%s.%s is not tested here\n", info->record, info->name);
        failures++;
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_what_was_sent),
        cmocka_unit_test(records_stand_for_their_bytes),
        cmocka_unit_test(every_field_is_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
