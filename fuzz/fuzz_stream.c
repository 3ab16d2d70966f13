/* SPDX-License-Identifier: MIT */
/* TCP segments of one connection, put together. A row of records:
 *   what (1 byte: 1 back, 2 SYN, 4 FIN, 8 RST, 16 ACK, 32 cut by the snap length)
 *   step (1 byte, tenths of seconds)  sequence number (2 bytes, big-endian)  length (likewise)
 *   that many bytes
 * The sequence numbers begin below 2**32, so that they wrap. */
#include "capture_target.h"

enum { RECORD = 6, TCP_HEAD = 20 };

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint8_t flags_of(unsigned what)
{
    return (uint8_t)((what & 2 ? 2 : 0) | (what & 4 ? 1 : 0) | (what & 8 ? 4 : 0) |
                     (what & 16 ? 16 : 0));
}

static void segment(target *t, const uint8_t *record, size_t n)
{
    bool back = record[0] & 1;
    const capture_path path = target_path(back);
    uint8_t *bytes = calloc(1, TCP_HEAD + n);
    if (!bytes) abort();
    bytes[back ? 2 : 0] = 33000 >> 8;
    bytes[back ? 3 : 1] = 33000 & 255;
    bytes[back ? 0 : 2] = 5060 >> 8;
    bytes[back ? 1 : 3] = 5060 & 255;
    put32(bytes + 4, 0xFFFFF000u + (uint32_t)(record[2] << 8 | record[3]));
    put32(bytes + 8, 0xFFFFF000u + (uint32_t)(record[1] << 4));
    bytes[12] = 5 << 4;
    bytes[13] = flags_of(record[0]);
    memcpy(bytes + TCP_HEAD, record + RECORD, n);
    target_tick(t, record[1]);
    capture_span span = { bytes, TCP_HEAD + n, TCP_HEAD + n + (record[0] & 32 ? 40 : 0) };
    capture_tcp(t->decoder, &path, span);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target t;
    target_open(&t);
    while (size >= RECORD) {
        size_t n = (size_t)data[4] << 8 | data[5];
        if (n > size - RECORD) n = size - RECORD;
        segment(&t, data, n);
        data += RECORD + n;
        size -= RECORD + n;
    }
    target_close(&t);
    return 0;
}
