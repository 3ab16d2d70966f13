/* SPDX-License-Identifier: MIT */
/* The words for types, as errors and reference docs say them. Only fields/ includes this. */
#ifndef SC_FIELDS_WORDS_H
#define SC_FIELDS_WORDS_H

#define WORD_BOOL "bool"
#define WORD_INT "int"
#define WORD_STRING "string"
#define WORD_TOKEN "token"
#define WORD_DURATION "duration"
#define WORD_RATIO "ratio"
#define WORD_MOMENT "moment"
#define WORD_OBSERVED "observed"
#define WORD_ENDPOINT "endpoint"
#define WORD_TRANSACTION "transaction"
#define WORD_DIALOG "dialog"
#define WORD_PARTY "party"
#define WORD_SESSION "session"
#define WORD_REGISTRATION "registration"
#define WORD_SUBSCRIPTION "subscription"
#define WORD_HOP "hop"
#define WORD_MACHINE "machine"
#define WORD_MESSAGE "sip"
#define WORD_HEADER "header"
#define WORD_PARAM "param"
#define WORD_URI "uri"
#define WORD_ADDRESS "address"
#define WORD_VIA "via"
#define WORD_CSEQ "cseq"
#define WORD_TOKEN_ "token value"
#define WORD_NUMBER "number"
#define WORD_AUTH "auth"
#define WORD_MEDIA "media"
#define WORD_DATE "date"
#define WORD_CALL_ID "call-id"
#define WORD_WARNING "warning"
#define WORD_STAMP "stamp"
#define WORD_RACK "rack"
#define WORD_PARAMS "params"
#define WORD_IDENTITY "identity"
#define WORD_TEXT "text"
#define WORD_PART "part"
#define WORD_SDP "sdp"
#define WORD_ORIGIN "owner"
#define WORD_CONNECTION "connection"
#define WORD_BANDWIDTH "bandwidth"
#define WORD_TIME "time"
#define WORD_KEY "key"
#define WORD_SDP_MEDIA "media description"
#define WORD_ATTRIBUTE "attribute"
#define WORD_RTPMAP "rtpmap"
#define WORD_FMTP "fmtp"
#define WORD_RTCP "rtcp"
#define WORD_PRECONDITION "precondition"
#define WORD_CRYPTO "crypto"
#define WORD_FINGERPRINT "fingerprint"
#define WORD_GROUP "group"
#define WORD_CANDIDATE "candidate"

#define WORD_LIST_PARAM "list of " WORD_PARAM
#define WORD_LIST_ADDRESS "list of " WORD_ADDRESS
#define WORD_LIST_HEADER "list of " WORD_HEADER
#define WORD_LIST_TEXT "list of " WORD_TEXT
#define WORD_LIST_PART "list of " WORD_PART
#define WORD_LIST_CONNECTION "list of " WORD_CONNECTION
#define WORD_LIST_BANDWIDTH "list of " WORD_BANDWIDTH
#define WORD_LIST_TIME "list of " WORD_TIME
#define WORD_LIST_KEY "list of " WORD_KEY
#define WORD_LIST_SDP_MEDIA "list of " WORD_SDP_MEDIA
#define WORD_LIST_ATTRIBUTE "list of " WORD_ATTRIBUTE

#endif
