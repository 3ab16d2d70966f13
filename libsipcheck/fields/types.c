/* SPDX-License-Identifier: MIT */
#include "fields/fields.h"
#include "fields/words.h"

#include <string.h>

#define W(TYPE, ARTICLE) [SC_TYPE_##TYPE] = { ARTICLE WORD_##TYPE, "a list of " WORD_##TYPE }
static const char *const phrases[SC_TYPE_COUNT][2] = {
    [SC_TYPE_NONE] = { "a nothing", "a list of nothing" },
    W(BOOL, "a "),
    W(INT, "an "),
    W(STRING, "a "),
    W(TOKEN, "a "),
    W(DURATION, "a "),
    W(RATIO, "a "),
    W(MOMENT, "a "),
    W(OBSERVED, "an "),
    W(ENDPOINT, "an "),
    W(TRANSACTION, "a "),
    W(DIALOG, "a "),
    W(PARTY, "a "),
    W(SESSION, "a "),
    W(REGISTRATION, "a "),
    W(SUBSCRIPTION, "a "),
    W(HOP, "a "),
    W(MACHINE, "a "),
    W(MESSAGE, "a "),
    W(HEADER, "a "),
    W(PARAM, "a "),
    W(URI, "a "),
    W(ADDRESS, "an "),
    W(VIA, "a "),
    W(CSEQ, "a "),
    W(TOKEN_, "a "),
    W(NUMBER, "a "),
    W(AUTH, "an "),
    W(MEDIA, "a "),
    W(DATE, "a "),
    W(CALL_ID, "a "),
    W(WARNING, "a "),
    W(STAMP, "a "),
    W(RACK, "a "),
    W(PARAMS, ""),
    W(IDENTITY, "an "),
    W(TEXT, "a "),
    W(PART, "a "),
    W(SDP, "an "),
    W(ORIGIN, "an "),
    W(CONNECTION, "a "),
    W(BANDWIDTH, "a "),
    W(TIME, "a "),
    W(KEY, "a "),
    W(SDP_MEDIA, "a "),
    W(ATTRIBUTE, "an "),
    W(RTPMAP, "an "),
    W(FMTP, "an "),
    W(RTCP, "an "),
    W(PRECONDITION, "a "),
    W(CRYPTO, "a "),
    W(FINGERPRINT, "a "),
    W(GROUP, "a "),
    W(CANDIDATE, "a "),
};
#undef W

const char *sc_type_phrase(sc_type type)
{
    unsigned element = type & ~(unsigned)SC_LIST;
    return phrases[element < SC_TYPE_COUNT ? element : SC_TYPE_NONE][(type & SC_LIST) != 0];
}

const char *sc_type_name(sc_type type)
{
    return strchr(sc_type_phrase(type), ' ') + 1;
}

const char *sc_missing_text(enum sc_missing missing)
{
    static const char *const texts[SC_MISSING_COUNT] = {
        [SC_MISSING_NOTHING] = "nothing",
        [SC_MISSING_START_LINE] = "a start line that can be read",
        [SC_MISSING_HEADERS] = "headers behind the cut",
        [SC_MISSING_BODY] = "the body behind the cut",
        [SC_MISSING_SYNTAX] = "bytes that can be read",
        [SC_MISSING_NUMBER] = "a number that fits",
        [SC_MISSING_BUDGET] = "a message short enough to be judged",
        [SC_MISSING_MESSAGE] = "a message that was not captured",
        [SC_MISSING_SOURCE] = "the message that the faulty bytes may be copied from",
        [SC_MISSING_AUTHOR] = "the request as its author sent it",
        [SC_MISSING_PASSWORD] = "the password (--credentials)",
        [SC_MISSING_ALGORITHM] = "how that algorithm or qop is computed",
        [SC_MISSING_SESSION] = "the request that the session key was made for",
        [SC_MISSING_VANTAGE] = "a capture that was taken beside the sender",
        [SC_MISSING_END] = "the capture ended before it was decided",
        [SC_MISSING_LOST] = "packets that the capture lost meanwhile",
        [SC_MISSING_MEMORY] = "memory for all that waited at once",
        [SC_MISSING_ORDER] = "the order in which they were sent: they are too close together",
        [SC_MISSING_ROLE] = "whether a proxy received it",
        [SC_MISSING_BEFORE] = "what was sent before the capture began: it may be a repetition",
        [SC_MISSING_TRANSPORT] = "the transport",
        [SC_MISSING_REACHED] = "whether it was reached: ICMP says that something was not delivered",
        [SC_MISSING_TAKEN] = "whether a message that is not as it should be was taken for one",
        [SC_MISSING_STATE] = "whether the proxy has a transaction of its own",
        [SC_MISSING_REQUEST] = "the request was not captured",
        [SC_MISSING_RESPONSE] = "the response was not captured",
        [SC_MISSING_ACK] = "the ACK was not captured",
        [SC_MISSING_CANCEL] = "the CANCEL was not captured",
        [SC_MISSING_PREVIOUS] = "the message before it was not captured",
        [SC_MISSING_TRIED] = "the client's request before it was not captured",
        [SC_MISSING_OUTCOME] = "the response to the client's request before it was not captured",
        [SC_MISSING_OFFER] = "the offer was not captured",
        [SC_MISSING_ANSWER] = "the answer was not captured",
        [SC_MISSING_PREVIOUS_OFFER] = "the offer before it was not captured",
        [SC_MISSING_IN] = "the message was not captured as it came in",
        [SC_MISSING_OUT] = "the message was not captured as it went out",
        [SC_MISSING_COPY] = "the request was not captured as it went out",
        [SC_MISSING_CHALLENGE] = "the message that gave the nonce was not captured",
        [SC_MISSING_EARLIER] = "the request that used the nonce before was not captured",
        [SC_MISSING_SUBSCRIBE] = "the SUBSCRIBE or REFER was not captured",
        [SC_MISSING_NEXT] = "the message that followed was not captured",
    };
    return (unsigned)missing < SC_MISSING_COUNT ? texts[missing] : "nothing";
}
