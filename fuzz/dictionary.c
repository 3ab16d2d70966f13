/* SPDX-License-Identifier: MIT */
/* libFuzzer's dictionary: every header's name and compact form from headers.def, every attribute of
 * attributes.def, and the words of the grammar. */
#include <stdio.h>

#include <sipcheck/body.h>

static const char *const words[] = {
    "SIP/2.0",
    "sip:",
    "sips:",
    "tel:",
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "z9hG4bK",
    ";branch=",
    ";tag=",
    ";lr",
    ";rport",
    ";received=",
    ";maddr=",
    ";ttl=",
    ";transport=",
    ";q=0.5",
    ";expires=",
    "Digest ",
    "realm=\\\"",
    "nonce=\\\"",
    "qop=auth",
    "nc=00000001",
    "response=\\\"",
    "\\x0d\\x0a",
    "\\x0d\\x0a ",
    "\\x0d\\x0a\\x0d\\x0a",
    "[2001:db8::1]",
    "GMT",
    ";to-tag=",
    ";from-tag=",
    ";early-only",
    ";local-tag=",
    ";remote-tag=",
    ";cid=\\\"a@b\\\"",
    ";cause=",
    ";text=\\\"",
    "icid-value=",
    ";transit-ioi=",
    ";d-ver=",
    "urn:urn-7:",
    ";reg-id=",
    ";gr",
    "\\x0d\\x0av=0",
    "\\x0d\\x0ao=- 0 0 IN IP4 h",
    "\\x0d\\x0as=-",
    "\\x0d\\x0ac=IN IP4 h",
    "\\x0d\\x0at=0 0",
    "\\x0d\\x0am=audio 9 RTP/AVP 0",
    "application/sdp",
    "multipart/mixed;boundary=",
    "message/sipfrag",
    "\\x0d\\x0a--",
};

int main(void)
{
    for (int id = SIPCHECK_HEADER_UNKNOWN + 1; id < SIPCHECK_HEADER_COUNT; id++) {
        const sipcheck_header_info *info = sipcheck_header_info_of((enum sipcheck_header_id)id);
        printf("\"%s: \"\n", info->name);
        if (info->compact) printf("\"\\x0a%c: \"\n", info->compact);
    }
    for (int id = SIPCHECK_ATTRIBUTE_UNKNOWN + 1; id < SIPCHECK_ATTRIBUTE_COUNT; id++)
        printf("\"a=%s:\"\n", sipcheck_attribute_info_of((enum sipcheck_attribute_id)id)->name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        printf("\"%s\"\n", words[i]);
    return 0;
}
