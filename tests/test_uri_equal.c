/* SPDX-License-Identifier: MIT */
/* Equality of URIs: the examples of RFC 3261 §19.1.4, and what its rules say besides. */
#include "expr.h"
#include "rules/program.h"

typedef struct pair {
    const char *a, *b;
    bool equal;
} pair;

static const pair pairs[] = {
    /* the RFC's own */
    { "sip:%61lice@westend.com;transport=TCP", "sip:alice@WesTenD.CoM;Transport=tcp", true },
    { "sip:carol@midtown.com", "sip:carol@midtown.com;newparam=5", true },
    { "sip:carol@midtown.com", "sip:carol@midtown.com;security=on", true },
    { "sip:carol@midtown.com;newparam=5", "sip:carol@midtown.com;security=on", true },
    { "sip:harbor.com;transport=tcp;method=REGISTER?to=sip:bob%40harbor.com",
      "sip:harbor.com;method=REGISTER;transport=tcp?to=sip:bob%40harbor.com", true },
    { "sip:alice@westend.com?subject=project%20x&priority=urgent",
      "sip:alice@westend.com?priority=urgent&subject=project%20x", true },
    { "SIP:ALICE@WesTenD.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false },
    { "sip:bob@harbor.com", "sip:bob@harbor.com:5060", false },
    { "sip:bob@harbor.com", "sip:bob@harbor.com;transport=udp", false },
    { "sip:bob@harbor.com", "sip:bob@harbor.com:6000;transport=tcp", false },
    { "sip:carol@midtown.com", "sip:carol@midtown.com?Subject=next%20meeting", false },
    { "sip:bob@phone21.paperglue1.com", "sip:bob@192.0.2.4", false },
    { "sip:carol@midtown.com", "sip:carol@midtown.com;security=off", true },
    { "sip:carol@midtown.com;security=on", "sip:carol@midtown.com;security=off", false },

    /* scheme, user, password, host, port */
    { "sip:a@x", "sips:a@x", false },
    { "SIP:a@x", "sip:a@x", true },
    { "sip:a@x", "sip:A@x", false },
    { "sip:a@x", "sip:x", false },
    { "sip:a:p@x", "sip:a:p@x", true },
    { "sip:a:p@x", "sip:a:P@x", false },
    { "sip:a:p@x", "sip:a@x", false },
    { "sip:a:@x", "sip:a@x", false },
    { "sip:a@x:5060", "sip:a@x:5060", true },
    { "sip:a@x:5060", "sip:a@x:05060", true },
    { "sip:a@[2001:DB8::1]", "sip:a@[2001:db8::1]", true },

    /* escapes: of a reserved character they are not the character itself */
    { "sip:%41@x", "sip:A@x", true },
    { "sip:%41@x", "sip:a@x", false },
    { "sip:a%3Bb@x", "sip:a;b@x", false },
    { "sip:a%3Bb@x", "sip:a%3bb@x", true },
    { "sip:a%2Db@x", "sip:a-b@x", true },

    /* parameters that never match their absence, and the others */
    { "sip:a@x;user=ip", "sip:a@x", false },
    { "sip:a@x;ttl=15", "sip:a@x", false },
    { "sip:a@x;method=INVITE", "sip:a@x", false },
    { "sip:a@x;maddr=239.255.255.1", "sip:a@x", false },
    { "sip:a@x;lr", "sip:a@x", true },
    { "sip:a@x;lr", "sip:a@x;LR", true },
    { "sip:a@x;lr", "sip:a@x;lr=on", false },
    { "sip:a@x;p=%41", "sip:a@x;p=A", true },
    { "sip:a@x;p=a", "sip:a@x;p=A", true },
    { "sip:a@x;p=1;q=2", "sip:a@x;q=2;p=1", true },

    /* tel. RFC 3966 §5 */
    { "tel:+1-201-555-0123", "tel:+12015550123", true },
    { "tel:+1(201)555.0123", "TEL:+12015550123", true },
    { "tel:+12015550123", "tel:+12015550124", false },
    { "tel:7042;phone-context=example.com", "tel:7042;phone-context=EXAMPLE.com", true },
    { "tel:7042;phone-context=example.com", "tel:7042;phone-context=example.org", false },
    { "tel:+1201;ext=1-2", "tel:+1201;ext=12", true },
    { "tel:+1201;ext=12", "tel:+1201", false },
    { "tel:+12", "sip:+12@x", false },

    /* others: byte by byte behind the scheme */
    { "http://x/a", "HTTP://x/a", true },
    { "http://x/a", "http://X/a", false },
};

/* Contact's URI, which may have headers and every parameter. */
static const sipcheck_uri *uri_of(sipcheck_arena *arena, const char *text, char *bytes, size_t size)
{
    char message[256];
    snprintf(message, sizeof message, "OPTIONS sip:x SIP/2.0\nContact: <%s>\n\n", text);
    const sipcheck_message *parsed = expr_parse(arena, message, 0, bytes, size);
    const sipcheck_address *contact =
        (const sipcheck_address *)sipcheck_first(parsed, SIPCHECK_HEADER_CONTACT);
    if (!contact->uri.valid) fail_msg("%s is no URI", text);
    return &contact->uri;
}

static void uris_are_equal_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char bytes[2][512];
        sipcheck_arena *arena = sipcheck_arena_new(NULL);
        const sipcheck_uri *a = uri_of(arena, pairs[i].a, bytes[0], sizeof bytes[0]);
        const sipcheck_uri *b = uri_of(arena, pairs[i].b, bytes[1], sizeof bytes[1]);
        if (sc_uri_equal(a, b) != pairs[i].equal || sc_uri_equal(b, a) != pairs[i].equal)
            fail_msg("%s and %s: wanted %s", pairs[i].a, pairs[i].b,
                     pairs[i].equal ? "equal" : "not equal");
        assert_true(sc_uri_equal(a, a));
        assert_true(sc_uri_equal(b, b));
        sipcheck_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_are_equal_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
