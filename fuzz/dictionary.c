/* SPDX-License-Identifier: MIT */
/* libFuzzer's dictionary: every header's name and compact form from headers.def, and the words of
 * the grammar. */
#include <stdio.h>

#include <sipcheck/message.h>

static const char *const words[] = {
    "SIP/2.0",       "sip:",
    "sips:",         "tel:",
    "INVITE",        "ACK",
    "BYE",           "CANCEL",
    "REGISTER",      "OPTIONS",
    "z9hG4bK",       ";branch=",
    ";tag=",         ";lr",
    ";rport",        ";received=",
    ";maddr=",       ";ttl=",
    ";transport=",   ";q=0.5",
    ";expires=",     "Digest ",
    "realm=\\\"",    "nonce=\\\"",
    "qop=auth",      "nc=00000001",
    "response=\\\"", "\\x0d\\x0a",
    "\\x0d\\x0a ",   "\\x0d\\x0a\\x0d\\x0a",
    "[2001:db8::1]", "GMT",
    ";to-tag=",      ";from-tag=",
    ";early-only",   ";local-tag=",
    ";remote-tag=",  ";cid=\\\"a@b\\\"",
    ";cause=",       ";text=\\\"",
    "icid-value=",   ";transit-ioi=",
    ";d-ver=",       "urn:urn-7:",
    ";reg-id=",      ";gr",
};

int main(void)
{
    for (int id = SIPCHECK_HEADER_UNKNOWN + 1; id < SIPCHECK_HEADER_COUNT; id++) {
        const sipcheck_header_info *info = sipcheck_header_info_of((enum sipcheck_header_id)id);
        printf("\"%s: \"\n", info->name);
        if (info->compact) printf("\"\\x0a%c: \"\n", info->compact);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        printf("\"%s\"\n", words[i]);
    return 0;
}
