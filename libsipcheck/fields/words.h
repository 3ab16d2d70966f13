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
#define WORD_OBSERVED "observed"
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

#define WORD_LIST_PARAM "list of " WORD_PARAM
#define WORD_LIST_HEADER "list of " WORD_HEADER

#endif
