/* SPDX-License-Identifier: MIT */
/* Session descriptions line by line: what each takes, and where it is refused. RFC 8866 */
#define _GNU_SOURCE
#include "bodies.h"

#include "sdp/chars.h"

#define VO "v=0\r\no=- 0 0 IN IP4 h\r\n"
#define VOS VO "s=-\r\n"
#define VOST VOS "t=0 0\r\n"
#define VOSTM VOST "m=audio 9 RTP/AVP 0\r\n"

/* `text` stands behind `before`; the first fault is at `miss` in it. */
typedef struct sdp_case {
    const char *what, *before, *text;
    int miss; /* -1: there is none */
    const char *wanted;
} sdp_case;

static const sdp_case order[] = {
    { "the least", "", VOST, -1, NULL },
    { "all lines of a session", VOS,
      "i=x\r\nu=x\r\ne=a@b\r\ne=a@b\r\np=+12\r\np=+12\r\nc=IN IP4 h\r\nb=AS:1\r\nb=CT:1\r\nt=0 "
      "0\r\n"
      "r=7d 1h 0\r\nz=3730928400 -1h\r\nt=0 0\r\nk=prompt\r\na=x\r\na=y:z\r\n",
      -1, NULL },
    { "all lines of a medium", VOST,
      "m=a 1 b c\r\ni=x\r\nc=IN IP4 h\r\nc=IN IP4 h\r\nb=AS:1\r\nk=prompt\r\na=x\r\nm=a 1 b c\r\n",
      -1, NULL },
    { "z= behind t= as RFC 4566 had it", VOST, "z=3730928400 -1h\r\n", -1, NULL },
    { "nothing but an end of line", "", "\r\n", 0, "v=" },
    { "not v= first", "", "o=- 0 0 IN IP4 h\r\n", 0, "v=" },
    { "no o=", "v=0\r\n", "s=-\r\nt=0 0\r\n", 0, "o=" },
    { "no s=", VO, "t=0 0\r\n", 0, "s=" },
    { "no t=", VOS, "c=IN IP4 h\r\n", 12, "b= or t=" },
    { "no t= in front of m=", VOS, "m=a 1 b c\r\n", 0, "i=, u=, e=, p=, c=, b= or t=" },
    { "c= behind t=", VOST, "c=IN IP4 h\r\n", 0, "t=, r=, z=, k=, a=, m= or the end" },
    { "two s=", VOS, "s=-\r\nt=0 0\r\n", 0, "i=, u=, e=, p=, c=, b= or t=" },
    { "two c= of the session", VOS, "c=IN IP4 h\r\nc=IN IP4 h\r\nt=0 0\r\n", 12, "b= or t=" },
    { "b= behind a=", VOST, "a=x\r\nb=AS:1\r\n", 5, "a=, m= or the end" },
    { "z= twice", VOST, "r=7d 1h 0\r\nz=3730928400 0\r\nz=3730928400 0\r\n", 27,
      "t=, k=, a=, m= or the end" },
    { "t= below m=", VOSTM, "t=0 0\r\n", 0, "i=, c=, b=, k=, a=, m= or the end" },
    { "c= behind a= of a medium", VOSTM, "a=x\r\nc=IN IP4 h\r\n", 5, "a=, m= or the end" },
    { "i= behind c= of a medium", VOSTM, "c=IN IP4 h\r\ni=x\r\n", 12,
      "c=, b=, k=, a=, m= or the end" },
    { "a second description", VOST, VOST, 0, "t=, r=, z=, k=, a=, m= or the end" },
    { "an unknown letter", VOST, "x=y\r\n", 0, "t=, r=, z=, k=, a=, m= or the end" },
    { "letters have a case", VOST, "A=x\r\n", 0, "t=, r=, z=, k=, a=, m= or the end" },
    { "an empty line", VOST, "\r\na=x\r\n", 0, "t=, r=, z=, k=, a=, m= or the end" },
    { "no '='", VOST, "a x\r\n", 1, "\"=\"" },
    { "white space in front of '='", VOST, "a =x\r\n", 1, "\"=\"" },
    { "a letter alone", VOST, "a\r\n", 1, "\"=\"" },
    { "LF alone, told once", VOST, "a=x\na=y\n", 3, "CRLF" },
    { "no line end at the end", VOST, "a=x", 3, "CRLF" },
    { "CR alone", VOST, "a=x\ry\r\n", 3, "\":\" or end of line" },
};

static const sdp_case lines[] = {
    { "version", "", "v=00017\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", -1, NULL },
    { "version with a dot", "", "v=0.1\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 3, "end of line" },
    { "empty version", "", "v=\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 2, "digit" },
    { "origin", "v=0\r\n", "o=\xc3\xa9/x 00 99999999999999999999 IN IP6 ::1\r\ns=-\r\nt=0 0\r\n",
      -1, NULL },
    { "two spaces", "v=0\r\n", "o=-  0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 4, "digit" },
    { "tab for space", "v=0\r\n", "o=-\t0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 3, "SP" },
    { "no user", "v=0\r\n", "o= 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 2, "non-ws-string" },
    { "session id with letters", "v=0\r\n", "o=- 0x1 0 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 5, "SP" },
    { "negative version", "v=0\r\n", "o=- 0 -1 IN IP4 h\r\ns=-\r\nt=0 0\r\n", 6, "digit" },
    { "no address", "v=0\r\n", "o=- 0 0 IN IP4\r\ns=-\r\nt=0 0\r\n", 14, "SP" },
    { "a space behind the address", "v=0\r\n", "o=- 0 0 IN IP4 h \r\ns=-\r\nt=0 0\r\n", 16,
      "end of line" },
    { "a space is a name", VO, "s= \r\nt=0 0\r\n", -1, NULL },
    { "any byte is text", VO, "s=\x01\x7f\xff\t\r\nt=0 0\r\n", -1, NULL },
    { "empty name", VO, "s=\r\nt=0 0\r\n", 2, "byte but NUL, CR and LF" },
    { "URI", VOS, "u=http://u:p@[::1]:80/a;b?c=d/?#e\r\nt=0 0\r\n", -1, NULL },
    { "relative reference", VOS, "u=//h/a:b\r\nt=0 0\r\n", -1, NULL },
    { "empty reference", VOS, "u=\r\nt=0 0\r\n", -1, NULL },
    { "a space in a URI", VOS, "u=http://h/a b\r\nt=0 0\r\n", 12, "end of line" },
    { "half an escape", VOS, "u=http://h/%4\r\nt=0 0\r\n", 13, "HEXDIG" },
    { "a colon in a relative path", VOS, "u=1a:b\r\nt=0 0\r\n", 4, "pchar but \":\"" },
    { "email", VOS, "e=a.b@c.d\r\nt=0 0\r\n", -1, NULL },
    { "email and name", VOS, "e=a@b (J\xc3\xa9r\xc3\xb4me)\r\nt=0 0\r\n", -1, NULL },
    { "name and email", VOS, "e=A. B. <\"x y\"@[192.0.2.1]>\r\nt=0 0\r\n", -1, NULL },
    { "comments of RFC 5322", VOS, "e=(x(y)\\)) a@b (z)\r\nt=0 0\r\n", -1, NULL },
    { "no domain", VOS, "e=alice\r\nt=0 0\r\n", 7, "\"@\"" },
    { "brackets without a name", VOS, "e=<a@b>\r\nt=0 0\r\n", 2, "atext" },
    { "two dots", VOS, "e=a..b@c\r\nt=0 0\r\n", 4, "atext" },
    { "phone", VOS, "p=+1 617 555-6011\r\nt=0 0\r\n", -1, NULL },
    { "phone and name", VOS, "p=12(Alice)\r\nt=0 0\r\n", -1, NULL },
    { "name and phone", VOS, "p=Alice<12>\r\nt=0 0\r\n", -1, NULL },
    { "one digit", VOS, "p=1\r\nt=0 0\r\n", 3, "SP, \"-\" or digit" },
    { "letters in a phone", VOS, "p=1-800-CALL\r\nt=0 0\r\n", 8, "end of line" },
    { "connection", VOS, "c=IN IP4 233.252.0.1/127/3\r\nt=0 0\r\n", -1, NULL },
    { "any word is an address", VOS, "c=ATM NSAP 47.0091.8100\r\nt=0 0\r\n", -1, NULL },
    { "no type", VOS, "c=IN 192.0.2.1\r\nt=0 0\r\n", 14, "SP" },
    { "network type is a token", VOS, "c=I/N IP4 h\r\nt=0 0\r\n", 3, "SP" },
    { "bandwidth", VOS, "b=X-Y:00\r\nt=0 0\r\n", -1, NULL },
    { "no colon", VOS, "b=AS\r\nt=0 0\r\n", 4, "\":\"" },
    { "half a kilobit", VOS, "b=AS:0.5\r\nt=0 0\r\n", 6, "end of line" },
    { "times", VOS, "t=3724394400 37243944009999999999999\r\n", -1, NULL },
    { "nine digits", VOS, "t=372439440 0\r\n", 11, "digit; a time has ten at least" },
    { "a zero in front", VOS, "t=0 03724394400\r\n", 5, "end of line" },
    { "one time", VOS, "t=0\r\n", 3, "SP" },
    { "repeat", VOST, "r=7d 1h 0 25h 1m 1s\r\n", -1, NULL },
    { "no offset", VOST, "r=7d 1h\r\n", 7, "SP" },
    { "units have a case", VOST, "r=7D 1h 0\r\n", 3, "SP" },
    { "interval zero", VOST, "r=0 1h 0\r\n", 2, "digit from 1 to 9" },
    { "zone", VOST, "z=3730928400 -1h 3749680800 0\r\n", -1, NULL },
    { "zone without offset", VOST, "z=3730928400\r\n", 12, "SP" },
    { "keys", VOST, "k=base64:YWI=\r\n", -1, NULL },
    { "clear key", VOST, "k=clear:x y\r\n", -1, NULL },
    { "key's URI", VOST, "k=uri:http://h/\r\n", -1, NULL },
    { "unknown method", VOST, "k=Prompt\r\n", 2, "prompt, clear:, base64: or uri:" },
    { "three characters of base64", VOST, "k=base64:YWI\r\n", 12, "base64-char or \"=\"" },
    { "prompt with a key", VOST, "k=prompt:x\r\n", 8, "end of line" },
    { "media", VOST, "m=audio 49170/2 RTP/AVP 0 8 webrtc-datachannel *\r\n", -1, NULL },
    { "no format", VOST, "m=audio 49170 RTP/AVP\r\n", 21, "SP" },
    { "a space at the end", VOST, "m=audio 49170 RTP/AVP 0 \r\n", 24, "token" },
    { "no ports", VOST, "m=audio 49170/0 RTP/AVP 0\r\n", 14, "digit from 1 to 9" },
    { "negative port", VOST, "m=audio -1 RTP/AVP 0\r\n", 8, "digit" },
    { "a slash at the end of the protocol", VOST, "m=audio 1 RTP/ 0\r\n", 14, "token" },
    { "property", VOST, "a=x.y-z{|}\r\n", -1, NULL },
    { "value", VOST, "a=x: any \xff\r\n", -1, NULL },
    { "empty value", VOST, "a=x:\r\n", 4, "byte but NUL, CR and LF" },
    { "no name", VOST, "a=:x\r\n", 2, "token" },
    { "a space in the name", VOST, "a=x y:z\r\n", 3, "\":\" or end of line" },
};

static const sdp_case attributes[] = {
    { "rtpmap", VOSTM, "a=rtpmap:96 L8/8000/2\r\n", -1, NULL },
    { "other names are other attributes", VOSTM, "a=RTPMAP:x\r\na=rtpmaps\r\n", -1, NULL },
    { "rtpmap without value", VOSTM, "a=rtpmap\r\n", 8, "\":\"" },
    { "rtpmap without rate", VOSTM, "a=rtpmap:31 LPC\r\n", 15, "\"/\"" },
    { "a zero in front of a type", VOSTM, "a=rtpmap:00 PCMU/8000\r\n", 10, "SP" },
    { "rate zero", VOSTM, "a=rtpmap:0 PCMU/0\r\n", 16, "digit from 1 to 9" },
    { "a space at the end of rtpmap", VOSTM, "a=rtpmap:0 PCMU/8000 \r\n", 20, "end of line" },
    { "fmtp", VOSTM, "a=fmtp:101 0-15\r\n", -1, NULL },
    { "fmtp without parameters", VOSTM, "a=fmtp:101\r\n", 10, "SP" },
    { "flag with a value", VOSTM, "a=sendrecv:x\r\n", 10, "end of line" },
    { "ptime", VOSTM, "a=ptime:20\r\na=maxptime:0.05\r\n", -1, NULL },
    { "ptime zero", VOSTM, "a=ptime:0\r\n", 8, "number above 0" },
    { "a zero at the end of a fraction: RFC 4566", VOSTM, "a=ptime:2.50\r\na=framerate:30.0\r\n",
      -1, NULL },
    { "zero with a fraction", VOSTM, "a=ptime:0.00\r\n", 8, "number above 0" },
    { "no digit behind the dot", VOSTM, "a=ptime:20.\r\n", 11, "digit" },
    { "quality", VOSTM, "a=quality:0\r\n", -1, NULL },
    { "quality with a zero in front", VOSTM, "a=quality:01\r\n", 11, "end of line" },
    { "orientation has a case", VOSTM, "a=orient:Landscape\r\n", 9,
      "portrait, landscape or seascape" },
    { "language", VOSTM, "a=lang:i-klingon\r\na=sdplang:zh-Hant-TW\r\n", -1, NULL },
    { "a language's name is short", VOSTM, "a=lang:klingonese\r\n", 15, "one to eight letters" },
    { "rtcp", VOSTM, "a=rtcp:1\r\na=rtcp:1 IN IP4 h\r\n", -1, NULL },
    { "rtcp with half an address", VOSTM, "a=rtcp:1 IN IP4\r\n", 15, "SP" },
    { "preconditions in any case", VOSTM, "a=des:qos MANDATORY e2e SENDRECV\r\n", -1, NULL },
    { "strength of another kind", VOSTM, "a=des:qos must e2e send\r\n", 10,
      "mandatory, optional, none, failure or unknown" },
    { "crypto", VOSTM, "a=crypto:1  A\tinline:x|y|z;b:c  KDR=1 X\r\n", -1, NULL },
    { "tag of ten digits", VOSTM, "a=crypto:1234567890 A inline:x\r\n", 18, "one to nine digits" },
    { "no key", VOSTM, "a=crypto:1 A inline:\r\n", 20, "key-info" },
    { "fingerprint", VOSTM, "a=fingerprint:SHA-1 00:AF\r\n", -1, NULL },
    { "lower-case hex", VOSTM, "a=fingerprint:sha-1 00:af\r\n", 23, "digit or A to F" },
    { "a colon at the end", VOSTM, "a=fingerprint:sha-1 00:\r\n", 23, "digit or A to F" },
    { "group without tags", VOST, "a=group:LS\r\n", -1, NULL },
    { "two spaces in a group", VOST, "a=group:LS 1  2\r\n", 13, "token" },
    { "candidate", VOSTM, "a=candidate:a+/1 1 tcp 1 x.local 9 TYP host tcptype active x \r\n", -1,
      NULL },
    { "foundation of 33", VOSTM,
      "a=candidate:123456789012345678901234567890123 1 UDP 1 h 9 typ host\r\n", 44,
      "one to 32 ice-chars" },
    { "candidate without type", VOSTM, "a=candidate:1 1 UDP 1 h 9\r\n", 25, "SP" },
    { "extension without value", VOSTM, "a=candidate:1 1 UDP 1 h 9 typ host x\r\n", 36, "SP" },
    { "ice-pwd of 21", VOSTM, "a=ice-pwd:123456789012345678901\r\n", 31, "22 to 256 ice-chars" },
    { "hyphen in ice-options", VOSTM, "a=ice-options:google-ice\r\n", 20, "SP or end of line" },
};

static bool fails(body_bench *b, const sdp_case *t)
{
    char text[4096];
    int n = snprintf(text, sizeof text, "%s%s", t->before, t->text);
    body_parse(b, TYPE_SDP, text, (size_t)n, 0);
    const sipcheck_fault *fault = b->body->faults;
    int miss = fault ? (int)(fault->offset - b->at - strlen(t->before)) : -1;
    const char *wanted = fault ? fault->wanted : "none";
    bool right = miss == t->miss && (!fault || !strcmp(wanted, t->wanted));
    if (!right)
        print_error("%s: fault at %d (%s), not %d (%s)\n", t->what, miss, wanted, t->miss,
                    t->wanted ? t->wanted : "none");
    return !right || b->body->valid != (t->miss == -1) || !b->message->valid;
}

static void check(const sdp_case *cases, size_t count)
{
    body_bench b = body_bench_new();
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += fails(&b, &cases[i]);
    body_bench_free(&b);
    assert_int_equal(failures, 0);
}

static void lines_stand_in_their_order(void **state)
{
    (void)state;
    check(order, sizeof order / sizeof *order);
}

static void each_line_has_its_grammar(void **state)
{
    (void)state;
    check(lines, sizeof lines / sizeof *lines);
}

static void each_attribute_has_its_grammar(void **state)
{
    (void)state;
    check(attributes, sizeof attributes / sizeof *attributes);
}

/* --- values */

static void lines_become_values(void **state)
{
    (void)state;
    body_bench b = body_bench_new();
    const sipcheck_sdp *sdp = sdp_parse(
        &b, "v=0\r\no=al 12 99999999999999999999 IN IP4 192.0.2.1\r\ns=x y\r\n"
            "c=IN IP4 233.252.0.1/127/3\r\nb=AS:64\r\nt=3724394400 0\r\nr=7d 1h 0 25h\r\n"
            "k=clear:x\r\na=sendonly\r\nm=audio 49170/2 RTP/AVP 0 96\r\nc=IN IP6 ff02::1/3\r\n"
            "c=IN IP6 h.example\r\na=rtpmap:96 L16/8000/2\r\na=x:y\r\n");
    assert_true(sdp->valid && sdp->descriptions == 1);
    const sipcheck_sdp_section *s = &sdp->session;
    const sipcheck_origin *o = (const sipcheck_origin *)s->lines[SIPCHECK_SDP_O];
    assert_slice(o->username, "al");
    assert_true(o->id == 12 && o->version == UINT64_MAX && o->address_kind == SIPCHECK_HOST_IPV4);
    assert_slice(s->lines[SIPCHECK_SDP_S]->raw, "x y");
    const sipcheck_connection *c = (const sipcheck_connection *)s->lines[SIPCHECK_SDP_C];
    assert_slice(c->address, "233.252.0.1");
    assert_slice(c->ttl, "127");
    assert_slice(c->count_text, "3");
    assert_true(c->multicast);
    assert_true(((const sipcheck_bandwidth *)s->lines[SIPCHECK_SDP_B])->number == 64);
    assert_true(((const sipcheck_time *)s->lines[SIPCHECK_SDP_T])->start == 3724394400u);
    const sipcheck_repeat *r = (const sipcheck_repeat *)s->lines[SIPCHECK_SDP_R];
    assert_slice(r->duration, "1h");
    assert_slice(r->offsets->next->raw, "25h");
    assert_slice(((const sipcheck_key *)s->lines[SIPCHECK_SDP_K])->key, "x");
    assert_non_null(s->attributes[SIPCHECK_ATTRIBUTE_SENDONLY]);
    const sipcheck_sdp_media *m = (const sipcheck_sdp_media *)s->lines[SIPCHECK_SDP_M];
    assert_slice(m->media, "audio");
    assert_true(m->port == 49170 && m->v.next == NULL);
    assert_slice(m->protocol, "RTP/AVP");
    assert_slice(m->formats->next->raw, "96");
    c = (const sipcheck_connection *)m->section.lines[SIPCHECK_SDP_C];
    assert_absent(c->ttl);
    assert_slice(c->count_text, "3");
    assert_true(c->multicast && c->address_kind == SIPCHECK_HOST_IPV6);
    c = (const sipcheck_connection *)c->v.next;
    assert_true(!c->multicast && c->address_kind == SIPCHECK_HOST_NAME);
    const sipcheck_rtpmap *map =
        (const sipcheck_rtpmap *)m->section.attributes[SIPCHECK_ATTRIBUTE_RTPMAP];
    assert_slice(map->encoding, "L16");
    assert_slice(map->channels, "2");
    const sipcheck_attribute *a = (const sipcheck_attribute *)m->section.lines[SIPCHECK_SDP_A];
    assert_true(a->id == SIPCHECK_ATTRIBUTE_RTPMAP && a->parsed == &map->v);
    a = (const sipcheck_attribute *)a->v.next;
    assert_true(a->id == SIPCHECK_ATTRIBUTE_UNKNOWN && !a->parsed);
    assert_slice(a->value, "y");
    body_bench_free(&b);
}

/* Behind a fault reading goes on; what could be read of the line stays. */
static void faults_do_not_hide_what_follows(void **state)
{
    (void)state;
    body_bench b = body_bench_new();
    const sipcheck_sdp *sdp = sdp_parse(&b, "v=0\r\no=- 1 x IN IP4 h\r\ns=\r\nt=0 0\r\n"
                                            "c=IN IP4 192.0.2.1\r\nm=audio 5 RTP/AVP\r\n"
                                            "a=rtpmap:0 PCMU\r\na=ptime:20\r\n");
    assert_int_equal(b.body->fault_count, 5);
    assert_true(b.message->valid && !b.body->valid && !sdp->valid && !sdp->session.damaged);
    const sipcheck_origin *o = (const sipcheck_origin *)sdp->session.lines[SIPCHECK_SDP_O];
    assert_true(!o->v.valid && o->id == 1);
    assert_absent(o->address);
    assert_non_null(sdp->session.lines[SIPCHECK_SDP_C]);
    const sipcheck_sdp_media *m = (const sipcheck_sdp_media *)sdp->session.lines[SIPCHECK_SDP_M];
    assert_true(m->port == 5 && !m->v.valid);
    const sipcheck_sdp_section *s = &m->section;
    assert_slice(((const sipcheck_rtpmap *)s->attributes[SIPCHECK_ATTRIBUTE_RTPMAP])->encoding,
                 "PCMU");
    assert_true(s->attributes[SIPCHECK_ATTRIBUTE_PTIME]->valid);
    body_bench_free(&b);
}

/* --- limits */

static size_t repeat(char *text, size_t n, const char *line, size_t times)
{
    for (size_t i = 0; i < times; i++)
        n += (size_t)sprintf(text + n, "%s", line);
    return n;
}

static void limits_are_told(void **state)
{
    (void)state;
    static char text[1 << 19];
    body_bench b = body_bench_new();
    size_t n = (size_t)sprintf(text, VOST);
    size_t most = repeat(text, n, "a=x\r\n", SIPCHECK_SDP_LINE_MAX - 4);
    assert_true(!body_parse(&b, TYPE_SDP, text, most, 0)->sdp->limited && b.body->valid);
    most = repeat(text, most, "a=x\r\n", 1);
    assert_true(body_parse(&b, TYPE_SDP, text, most, 0)->sdp->limited);
    assert_true(b.body->sdp->session.damaged);
    most = repeat(text, n, "m=a 1 b c\r\n", SIPCHECK_SDP_MEDIA_MAX);
    assert_true(!body_parse(&b, TYPE_SDP, text, most, 0)->sdp->limited);
    most = repeat(text, most, "m=a 1 b c\r\n", 1);
    assert_true(body_parse(&b, TYPE_SDP, text, most, 0)->sdp->limited);
    most = repeat(text, n, "a=\r\n", SIPCHECK_FAULT_MAX + 1);
    assert_true(body_parse(&b, TYPE_SDP, text, most, 0)->faults_lost);
    assert_int_equal(b.body->fault_count, SIPCHECK_FAULT_MAX);
    body_bench_free(&b);
}

/* --- classes */

static bool in(unsigned byte, const char *set)
{
    return byte && strchr(set, (int)byte);
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define ALNUM LETTERS "0123456789"

static void classes_are_those_of_the_abnf(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        bool text = c && c != '\n' && c != '\r';
        unsigned wanted = (in(c, ALNUM "!#$%&'*+-.^_`{|}~") ? SC_SDP_TOKEN : 0) |
                          ((c > 0x20 && c != 0x7f) ? SC_SDP_WORD : 0) | (text ? SC_SDP_TEXT : 0) |
                          (text && !in(c, "()<>") ? SC_SDP_EMAIL : 0) |
                          (in(c, ALNUM "-._~!$&'()*+,;=:@") ? SC_SDP_PCHAR : 0) |
                          (in(c, ALNUM "-._~!$&'()*+,;=") ? SC_SDP_REGNAME : 0) |
                          (in(c, ALNUM "+/") ? SC_SDP_BASE64 : 0) |
                          (in(c, ALNUM "!#$%&'*+-/=?^_`{|}~") ? SC_SDP_ATEXT : 0);
        assert_int_equal(sc_sdp_classes[c], wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_stand_in_their_order),
        cmocka_unit_test(each_line_has_its_grammar),
        cmocka_unit_test(each_attribute_has_its_grammar),
        cmocka_unit_test(lines_become_values),
        cmocka_unit_test(faults_do_not_hide_what_follows),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(classes_are_those_of_the_abnf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
