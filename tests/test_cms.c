/* SPDX-License-Identifier: MIT */
/* What the outermost structure of an S/MIME signature tells, well made and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fields/fields.h"
#include "text/slice.h"

#define OID_SIGNED "06092a864886f70d010702"
#define OID_DATA "06092a864886f70d010701"
#define OID_CAPABILITIES "06092a864886f70d01090f"
#define CERTIFICATE "3003020105"
#define SIGNER "302202010130030201053000a011300f" OID_CAPABILITIES "310230003000040101"
#define PLAIN_SIGNER "300f0201013003020105300030000401ff"

/* Definite lengths are counted by hand: 0x4e = 80 bytes less two, and so on. */
#define WHOLE                                                                                      \
    "304e" OID_SIGNED "a041303f020101"                                                             \
    "3100300b" OID_DATA "a005" CERTIFICATE "3124" SIGNER
/* The same with lengths left open wherever that may be. */
#define OPEN                                                                                       \
    "3080" OID_SIGNED "a0803080020101"                                                             \
    "3180000030800609"                                                                             \
    "2a864886f70d010701"                                                                           \
    "0000a080" CERTIFICATE "00003180" SIGNER "0000000000000000"

typedef struct blob {
    uint8_t *bytes;
    size_t n;
} blob;

static blob from_hex(const char *hex)
{
    blob b = { calloc(1, strlen(hex) / 2 + 1), strlen(hex) / 2 };
    for (size_t i = 0; i < b.n; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        b.bytes[i] = (uint8_t)byte;
    }
    return b;
}

static const sipcheck_media signature = { .type = { (const uint8_t *)"application", 11 },
                                          .subtype = { (const uint8_t *)"PKCS7-signature", 15 } };

static sipcheck_part part_of(const uint8_t *bytes, size_t n)
{
    return (sipcheck_part){ .v.raw = { bytes, n }, .type = &signature };
}

/* "2 1 3003020105 yes": certificates, signers, the first certificate's content, capabilities; "?"
 * unknown, "-" absent. */
static const char *told(const uint8_t *bytes, size_t n)
{
    static char text[200];
    sc_getter *const getters[] = { sc_field_part_certificates, sc_field_part_signers,
                                   sc_field_part_certificate, sc_field_part_capabilities };
    sipcheck_part part = part_of(bytes, n);
    int at = 0;
    for (size_t i = 0; i < 4; i++) {
        sc_value v = getters[i](NULL, &part);
        const char *gap = i > 0 ? " " : "";
        if (v.state != SC_VALUE)
            at += snprintf(text + at, sizeof text - (size_t)at, "%s%s", gap,
                           v.state == SC_ABSENT_VALUE ? "-" : "?");
        else if (i == 2)
            at += snprintf(text + at, sizeof text - (size_t)at, "%s%zu", gap, v.raw.n);
        else if (i == 3)
            at +=
                snprintf(text + at, sizeof text - (size_t)at, "%s%s", gap, v.truth ? "yes" : "no");
        else
            at += snprintf(text + at, sizeof text - (size_t)at, "%s%d", gap, (int)v.number);
    }
    return text;
}

static const struct {
    const char *what, *hex, *told;
} signatures[] = {
    { "one of each", WHOLE, "1 1 3 yes" },
    { "lengths left open", OPEN, "1 1 3 yes" },
    { "no certificate, no attributes",
      "3034" OID_SIGNED "a0273025020101"
      "3100300b" OID_DATA "3111" PLAIN_SIGNER,
      "0 1 - no" },
    { "certificates alone",
      "302a" OID_SIGNED "a01d301b020101"
      "3100300b" OID_DATA "a005" CERTIFICATE "3100",
      "1 0 3 no" },
    { "lists of revoked ones",
      "302c" OID_SIGNED "a01f301d020101"
      "3100300b" OID_DATA "a005" CERTIFICATE "a1003100",
      "1 0 3 no" },
    { "a length in two bytes",
      "3082002a" OID_SIGNED "a01d301b020101"
      "3100300b" OID_DATA "a005" CERTIFICATE "3100",
      "1 0 3 no" },
    { "encrypted",
      "301106092a864886f70d010703a0043002"
      "3000",
      "- - - -" },
    { "nothing", "", "? ? ? ?" },
    { "base64", "4d4949422f", "? ? ? ?" },
    { "a length of five bytes",
      "30850000000001"
      "00",
      "? ? ? ?" },
    { "a length beyond the end", "307f0609", "? ? ? ?" },
    { "a length of four bytes beyond the end", "3084ffffffff06", "? ? ? ?" },
    { "a tag of several bytes",
      "3f810102"
      "0000",
      "? ? ? ?" },
    { "an open length of what has no parts",
      "3080"
      "0680"
      "0000"
      "0000",
      "? ? ? ?" },
    { "a certificate without its end",
      "302a" OID_SIGNED "a01d301b020101"
      "3100300b" OID_DATA "a005"
      "3004020105"
      "3100",
      "? 0 ? no" },
};

static void structures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        blob b = from_hex(signatures[i].hex);
        const char *got = told(b.bytes, b.n);
        if (strcmp(got, signatures[i].told) != 0)
            fail_msg("%s: got %s, wanted %s", signatures[i].what, got, signatures[i].told);
        free(b.bytes);
    }
}

/* Each in a block of its own, so that sanitizers see a byte too far. */
static void every_beginning_is_unknown(void **state)
{
    (void)state;
    static const char *const all[] = { WHOLE, OPEN };
    for (size_t k = 0; k < 2; k++) {
        blob b = from_hex(all[k]);
        for (size_t n = 0; n < b.n - 8; n++) {
            uint8_t *copy = malloc(n + 1);
            memcpy(copy + 1, b.bytes, n);
            const char *got = told(copy + 1, n);
            if (strcmp(got, "? ? ? ?") != 0) fail_msg("%zu bytes: %s", n, got);
            free(copy);
        }
        free(b.bytes);
    }
}

static void every_byte_may_be_wrong(void **state)
{
    (void)state;
    static const char *const all[] = { WHOLE, OPEN };
    for (size_t k = 0; k < 2; k++) {
        blob b = from_hex(all[k]);
        for (size_t i = 0; i < b.n; i++) {
            uint8_t was = b.bytes[i];
            for (unsigned byte = 0; byte < 256; byte++) {
                b.bytes[i] = (uint8_t)byte;
                (void)told(b.bytes, b.n);
            }
            b.bytes[i] = was;
        }
        free(b.bytes);
    }
}

/* CMS_DEPTH_MAX: the certificate is so many open elements inside each other. */
static void nesting_has_an_end(void **state)
{
    (void)state;
    enum { MOST = 16 };
    for (size_t more = 0; more < 2; more++) {
        char hex[1000] = "3080" OID_SIGNED "a0803080020101"
                         "3100300b" OID_DATA "a080";
        /* those around it are open, too, and count where they are looked through: three */
        for (size_t i = 0; i < MOST - 4 + more; i++)
            strcat(hex, "3080");
        for (size_t i = 0; i < MOST - 4 + more; i++)
            strcat(hex, "0000");
        strcat(hex, "0000"
                    "3100"
                    "0000"
                    "0000"
                    "0000");
        blob b = from_hex(hex);
        assert_string_equal(told(b.bytes, b.n), more ? "? ? ? ?" : "1 0 44 no");
        free(b.bytes);
    }
}

static void other_parts_have_none(void **state)
{
    (void)state;
    static const sipcheck_media plain = { .type = { (const uint8_t *)"text", 4 },
                                          .subtype = { (const uint8_t *)"plain", 5 } };
    blob b = from_hex(WHOLE);
    sipcheck_part part = part_of(b.bytes, b.n);
    part.type = &plain;
    assert_int_equal(sc_field_part_signers(NULL, &part).state, SC_ABSENT_VALUE);
    part.type = NULL;
    assert_int_equal(sc_field_part_signers(NULL, &part).state, SC_ABSENT_VALUE);
    free(b.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures),
        cmocka_unit_test(every_beginning_is_unknown),
        cmocka_unit_test(every_byte_may_be_wrong),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(other_parts_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
