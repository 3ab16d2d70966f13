/* SPDX-License-Identifier: MIT */
/* The values of the headers of events, Info Packages, session timers, caller preferences,
 * features, consent and policies; feature tags in Contact, the newer parameters of Via. */
#define _GNU_SOURCE
#include "values.h"

static const value_case event[] = {
    { "a package", " presence", -1, NULL },
    { "templates", "presence.winfo.winfo;id=7", -1, NULL },
    { "the parameter of a package", "dialog ; call-id=\"12@x\" ; from-tag=1", -1, NULL },
    { "empty", "", 0, "token-nodot" },
    { "dot in front", ".winfo", 0, "token-nodot" },
    { "dot at the end", "presence.", 9, "token-nodot" },
    { "two dots", "presence..winfo", 9, "token-nodot" },
    { "id is a token", "dialog;id=\"1\"", 10, "token" },
    { "id has a value", "dialog;id", 9, "EQUAL" },
    { "it is no list", "dialog, presence", 6, "end of field" },
};

static const value_case allow_events[] = {
    { "a list", "dialog, presence.winfo ,refer", -1, NULL },
    { "no parameters", "dialog;x", 6, "COMMA or end of field" },
    { "empty", "", 0, "token-nodot" },
    { "empty element", "dialog,,refer", 7, "token-nodot" },
};

static const value_case subscription_state[] = {
    { "active", "active;expires=3600", -1, NULL },
    { "terminated", " terminated ; reason=giveup ; retry-after=10", -1, NULL },
    { "states and reasons of others", "paused;reason=x-lunch;y", -1, NULL },
    { "expires is made of digits", "active;expires=1h", 16, "end of field" },
    { "expires is not quoted", "active;expires=\"60\"", 15, "digit" },
    { "reason is a token", "terminated;reason=\"time out\"", 18, "token" },
    { "retry-after without value", "terminated;retry-after", 22, "EQUAL" },
    { "two words", "terminated timeout", 10, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case recv_info[] = {
    { "empty: no package", "", -1, NULL },
    { "packages", "x-board, x-lamp;v=2", -1, NULL },
    { "comma at the end", "x-board,", 8, "token" },
};

static const value_case info_package[] = {
    { "a package", "x-board;v=1", -1, NULL },
    { "empty", "", 0, "token" },
    { "it is no list", "x-board, x-lamp", 7, "end of field" },
};

static const value_case session_expires[] = {
    { "seconds", "1800", -1, NULL },
    { "refresher, in any case", "1800 ; refresher = UAS;x=y", -1, NULL },
    { "a refresher of neither side", "1800;refresher=proxy", 15, "uas or uac" },
    { "refresher without value", "1800;refresher", 14, "EQUAL" },
    { "empty", "", 0, "digit" },
    { "behind the digits", "1800 seconds", 4, "end of field" },
};

static const value_case accept_contact[] = {
    { "star alone", "*", -1, NULL },
    { "features", "*;audio;methods=\"INVITE,!MESSAGE\";require;explicit, *;video", -1, NULL },
    { "a tag of another tree", "*;+g.x.ims=\"urn%3Aurn-7%3Ax.ims\"", -1, NULL },
    { "a string", "*;description=\"<a lamp, \\> \xc3\xa9>\"", -1, NULL },
    { "numbers", "*;priority=\"#>=10,#<=-3.5,#=+1.,!#2:40\"", -1, NULL },
    { "truth", "*;automata=\"!TRUE\"", -1, NULL },
    { "any other parameter", "*;q=\"x y\";z=2", -1, NULL },
    { "white space inside the list", "*;methods=\"INVITE, BYE\"", 18, "tag-value" },
    { "slash is no character of a tag-value", "*;type=\"text/plain\"", 12, "DQUOTE" },
    { "no quotes", "*;audio=TRUE", 8, "DQUOTE" },
    { "nothing in the quotes", "*;language=\"\"", 12, "tag-value" },
    { "relation without number", "*;priority=\"#>=\"", 15, "digit" },
    { "relation of one sign", "*;priority=\"#>1\"", 14, "\"=\"" },
    { "half a range", "*;priority=\"#1\"", 14, "\":\"" },
    { "string not closed", "*;class=\"<x\"", 11, "\">\" or qdtext-no-abkt" },
    { "angle bracket in a string", "*;class=\"<x<y>\"", 11, "\">\" or qdtext-no-abkt" },
    { "plus alone", "*;+=\"x\"", 3, "ftag-name" },
    { "a digit behind plus", "*;+1x", 3, "ftag-name" },
    { "underscore in a tag", "*;+g.x_y", 6, "end of ftag-name" },
    { "a URI", "<sip:a@b>;audio", 0, "\"*\"" },
    { "empty parameter", "*;;audio", 2, "token" },
};

static const value_case reject_contact[] = {
    { "features", "*;actor=\"msg-taker\";video", -1, NULL },
    { "no star", "audio", 0, "\"*\"" },
};

static const value_case request_disposition[] = {
    { "all of one kind", "Proxy, no-cancel ,fork,no-recurse,sequential, queue", -1, NULL },
    { "no directive", "parallel, hurry", 10, "a directive" },
    { "white space between", "proxy fork", 5, "COMMA or end of field" },
    { "empty", "", 0, "token" },
};

static const value_case feature_caps[] = {
    { "features", "*;+x.lamp=\"<on>\";+x.bell, *", -1, NULL },
    { "a base tag", "*;audio", 2, "\"+\"" },
    { "a token", "*;+x.lamp=on", 10, "DQUOTE" },
    { "empty", "", 0, "\"*\"" },
};

static const value_case user_to_user[] = {
    { "hex digits", "04e1f9;encoding=hex;purpose=x-desk;content=x-y", -1, NULL },
    { "quoted", " \"any \\\" text\" ; encoding = x, 00", -1, NULL },
    { "two folds where two SWS meet", "\r\n \r\n \"x\"", -1, NULL },
    { "two words", "04 e1", 2, "COMMA or end of field" },
    { "encoding is a token", "04;encoding=\"hex\"", 12, "token" },
    { "purpose needs a value", "04;purpose", 10, "EQUAL" },
    { "empty", "", 0, "quoted-string" },
};

static const value_case answer_mode[] = {
    { "auto", "Auto;require", -1, NULL },
    { "others", "x-slow;y=z", -1, NULL },
    { "two", "Auto, Manual", 4, "end of field" },
    { "empty", "", 0, "token" },
};

static const value_case trigger_consent[] = {
    { "no brackets", "sip:1@relay.example.com ;target-uri=\"sip:all@relay.example.com\"", -1,
      NULL },
    { "parameters of either kind", "sips:1@r.example;a=b/c?x=y;d=\"e\" , sip:2,3@r.example", -1,
      NULL },
    { "brackets", "<sip:1@relay.example.com>", 0, "scheme" },
    { "another scheme", "http://relay.example.com", 0, "SIP-URI or SIPS-URI" },
    { "target-uri is quoted", "sip:1@r.example; target-uri=sip:2@r.example", 28, "quoted-string" },
};

static const value_case permission_missing[] = {
    { "both forms", "sip:a@b.example, \"C\" <sip:c@b.example;x=y>;z", -1, NULL },
    { "no URI", "a", 1, "\"<\"" },
};

static const value_case policy_id[] = {
    { "a URI and a token", "sip:desk@policy.example;token=1x, https://policy.example/?a=b", -1,
      NULL },
    { "a parameter that no URI could hold", "https://policy.example/;x=\"y\"", -1, NULL },
    { "brackets", "<sip:policy.example>", 0, "scheme" },
    { "more parameters than are looked at",
      "sip:a.example;a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s=\"t\";u", -1, NULL },
};

static const value_case policy_contact[] = {
    { "a list", "<sip:a.example>;non-cacheable, <https://b.example/>;alt-uri=c.example", -1, NULL },
    { "no brackets", "sip:a.example", 0, "\"<\"" },
    { "alt-uri is a name", "<sip:a.example>;alt-uri=192.0.2.1", 33,
      "toplabel, which begins with a letter" },
};

static const value_case contact[] = {
    { "feature tags", "<sip:a@b>;audio;+x.lamp;Methods=\"INVITE\";q=0.5", -1, NULL },
    { "a list without quotes", "<sip:a@b>;methods=INVITE", 18, "DQUOTE" },
    { "what only looks alike", "<sip:a@b>;audios=yes", -1, NULL },
    { "a bad tag", "<sip:a@b>;+x_y", 12, "end of ftag-name" },
};

static const value_case via[] = {
    { "rport asked for", "SIP/2.0/UDP a;rport;branch=z9hG4bKx", -1, NULL },
    { "rport told", "SIP/2.0/UDP a;rport = 5060", -1, NULL },
    { "empty rport", "SIP/2.0/UDP a;rport=", 20, "digit" },
    { "rport is made of digits", "SIP/2.0/UDP a;rport=5o6o", 21, "COMMA or end of field" },
    { "overload control asked for", "SIP/2.0/UDP a;oc;oc-algo=\"loss,x\"", -1, NULL },
    { "overload told", "SIP/2.0/UDP a;oc=20;oc-validity=500;oc-seq=1282321615.782", -1, NULL },
    { "oc-seq of one number", "SIP/2.0/UDP a;oc-seq=1", 22, "\".\"" },
    { "oc-seq of many digits", "SIP/2.0/UDP a;oc-seq=1234567890123.1", 33, "one to twelve digits" },
    { "oc-algo is quoted", "SIP/2.0/UDP a;oc-algo=loss", 22, "DQUOTE" },
    { "oc-algo holds letters and digits", "SIP/2.0/UDP a;oc-algo=\"lo-ss\"", 25, "DQUOTE" },
    { "oc-validity in digits", "SIP/2.0/UDP a;oc-validity=5s", 27, "COMMA or end of field" },
};

static void events(void **state)
{
    (void)state;
    CHECK_VALUES("Event", event);
    CHECK_VALUES("o", event);
    CHECK_VALUES("Allow-Events", allow_events);
    CHECK_VALUES("Subscription-State", subscription_state);
}

static void info_packages(void **state)
{
    (void)state;
    CHECK_VALUES("Recv-Info", recv_info);
    CHECK_VALUES("Info-Package", info_package);
}

static void timers_and_calls(void **state)
{
    (void)state;
    CHECK_VALUES("Session-Expires", session_expires);
    CHECK_VALUES("User-to-User", user_to_user);
    CHECK_VALUES("Answer-Mode", answer_mode);
    CHECK_VALUES("Priv-Answer-Mode", answer_mode);
}

static void preferences_and_features(void **state)
{
    (void)state;
    CHECK_VALUES("Accept-Contact", accept_contact);
    CHECK_VALUES("Reject-Contact", reject_contact);
    CHECK_VALUES("Request-Disposition", request_disposition);
    CHECK_VALUES("Feature-Caps", feature_caps);
    CHECK_VALUES("Contact", contact);
}

static void consent_and_policies(void **state)
{
    (void)state;
    CHECK_VALUES("Trigger-Consent", trigger_consent);
    CHECK_VALUES("Permission-Missing", permission_missing);
    CHECK_VALUES("Policy-ID", policy_id);
    CHECK_VALUES("Policy-Contact", policy_contact);
}

static void via_parameters(void **state)
{
    (void)state;
    CHECK_VALUES("Via", via);
}

/* What could be read of a bad value is there all the same. */
static void bad_values_keep_what_was_read(void **state)
{
    (void)state;
    value_bench b = bench_new();
    static const char bad[] = "*;+x_y;audio";
    const sipcheck_message *msg = bench_parse(&b, "Accept-Contact", bad, sizeof bad - 1);
    const sipcheck_token *contact_wanted =
        (const sipcheck_token *)sipcheck_first(msg, SIPCHECK_HEADER_ACCEPT_CONTACT);
    assert_false(contact_wanted->v.valid);
    assert_slice(contact_wanted->token, "*");
    assert_non_null(sipcheck_param_find(contact_wanted->params, "audio"));
    static const char open[] = "<sip:1@r.example>;target-uri=\"sip:2@r.example\"";
    msg = bench_parse(&b, "Trigger-Consent", open, sizeof open - 1);
    const sipcheck_address *consent =
        (const sipcheck_address *)sipcheck_first(msg, SIPCHECK_HEADER_TRIGGER_CONSENT);
    assert_false(consent->v.valid);
    assert_non_null(sipcheck_param_find(consent->params, "target-uri"));
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(info_packages),
        cmocka_unit_test(timers_and_calls),
        cmocka_unit_test(preferences_and_features),
        cmocka_unit_test(consent_and_policies),
        cmocka_unit_test(via_parameters),
        cmocka_unit_test(bad_values_keep_what_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
