/* SPDX-License-Identifier: MIT */
/* RFC 8259 §7: strings. */
#include "report/out.h"

#include "text/digits.h"
#include "text/plain.h"
#include "text/utf8.h"

void sc_out_put_long(sc_out *out, const char *text, size_t n)
{
    sc_out_flush(out);
    if (n <= out->size) {
        memcpy(out->buf, text, n);
        out->length = n;
    } else if (out->code == 0) {
        out->code = out->write(out->user, text, n);
    }
}

void sc_out_number(sc_out *out, uint64_t number)
{
    char digits[SC_DECIMAL_DIGITS];
    sc_out_put(out, digits, (size_t)(sc_put_decimal(digits, number) - digits));
}

static void put_escape(sc_out *out, uint8_t byte)
{
    static const char shorts[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\",
                      hex[] = "0123456789abcdef";
    const char *at = byte != 0 ? strchr(shorts, byte) : NULL;
    if (at != NULL)
        sc_out_put(out, (const char[]){ '\\', letters[at - shorts] }, 2);
    else
        sc_out_put(out, (const char[]){ '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] }, 6);
}

/* One character at p that does not stand for itself. Returns how many bytes it took. */
static size_t put_special(sc_out *out, const uint8_t *p, size_t left)
{
    size_t length = sc_utf8_length(p, left);
    if (length > 1)
        sc_out_put(out, (const char *)p, length);
    else if (length == 1)
        put_escape(out, *p);
    else
        sc_out_text(out, "\xEF\xBF\xBD");
    return length > 0 ? length : 1;
}

void sc_out_string(sc_out *out, sipcheck_slice text)
{
    sc_out_text(out, "\"");
    for (size_t i = 0; i < text.n;) {
        size_t plain = sc_json_plain_length(text.p + i, text.n - i);
        if (plain > 0) sc_out_put(out, (const char *)text.p + i, plain);
        i += plain;
        if (i < text.n) i += put_special(out, text.p + i, text.n - i);
    }
    sc_out_text(out, "\"");
}

void sc_out_c_string(sc_out *out, const char *text)
{
    sc_out_string(out, (sipcheck_slice){ (const uint8_t *)text, strlen(text) });
}
