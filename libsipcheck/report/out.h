/* SPDX-License-Identifier: MIT */
/* Text that is put together in a buffer, and written where the buffer is full. */
#ifndef SC_REPORT_OUT_H
#define SC_REPORT_OUT_H

#include <sipcheck/report.h>

#include <string.h>

/* code: what write returned; behind anything but 0 nothing is written. */
typedef struct sc_out {
    char *buf;
    size_t size, length;
    sipcheck_write_fn write;
    void *user;
    int code;
} sc_out;

/* Write what is in the buffer. Returns code. */
static inline int sc_out_flush(sc_out *out)
{
    if (out->code == 0 && out->length > 0) out->code = out->write(out->user, out->buf, out->length);
    out->length = 0;
    return out->code;
}

/* The same where the text does not fit. */
void sc_out_put_long(sc_out *out, const char *text, size_t n);

static inline void sc_out_put(sc_out *out, const char *text, size_t n)
{
    if (n > out->size - out->length) {
        sc_out_put_long(out, text, n);
        return;
    }
    memcpy(out->buf + out->length, text, n);
    out->length += n;
}

/* Inline, so that the length of a literal is known. */
static inline void sc_out_text(sc_out *out, const char *text)
{
    sc_out_put(out, text, strlen(text));
}

void sc_out_number(sc_out *out, uint64_t number);

/* A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void sc_out_string(sc_out *out, sipcheck_slice text);
void sc_out_c_string(sc_out *out, const char *text);

#endif
