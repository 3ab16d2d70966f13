/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* wait4 */
#include "process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void put16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void ipv4_checksum(uint8_t *header)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < 20; i += 2)
        sum += (uint32_t)header[i] << 8 | header[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    put16(header + 10, ~sum & 0xffff);
}

/* Ethernet, IPv4 (RFC 791) and UDP (RFC 768, no checksum) in front of `length` bytes. */
static void frame_head(uint8_t head[42], size_t length, uint32_t number)
{
    static const uint8_t ethernet[14] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
    uint8_t *ip = head + 14, *udp = head + 34;
    memset(head, 0, 42);
    memcpy(head, ethernet, sizeof ethernet);
    ip[0] = 0x45;
    put16(ip + 2, 28 + length);
    put16(ip + 4, number & 0xffff);
    ip[8] = 64;
    ip[9] = 17;
    memcpy(ip + 12, (const uint8_t[]){ 10, 0, 0, 1, 10, 0, 0, 2 }, 8);
    ip[15] = (uint8_t)(1 + number % 50);
    ipv4_checksum(ip);
    put16(udp, 5060);
    put16(udp + 2, 5060);
    put16(udp + 4, 8 + length);
}

static bool write_record(FILE *file, const uint8_t *bytes, size_t length, uint32_t number)
{
    uint8_t head[42];
    uint32_t whole = (uint32_t)(length + sizeof head);
    uint32_t record[4] = { 1767225600u + number / 1000, number % 1000 * 1000, whole, whole };
    frame_head(head, length, number);
    return fwrite(record, sizeof record, 1, file) == 1 && fwrite(head, sizeof head, 1, file) == 1 &&
           fwrite(bytes, length, 1, file) == 1;
}

size_t bench_write_capture(const char *path, bench_random *random, size_t count)
{
    static const uint32_t header[6] = { 0xa1b2c3d4u, 2u | 4u << 16, 0, 0, 65535, 1 };
    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    bool fine = fwrite(header, sizeof header, 1, file) == 1;
    uint8_t bytes[BENCH_MESSAGE_MAX];
    for (size_t i = 0; fine && i < count; i++)
        fine = write_record(file, bytes, bench_generate(random, bytes), (uint32_t)i);
    long size = ftell(file);
    return fclose(file) == 0 && fine && size > 0 ? (size_t)size : 0;
}

static void become(const char *const argv[])
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0) _exit(127);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static double nanoseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3;
}

/* An audit with findings ends with 1, one that is incomplete with 4. */
static bool did_its_work(int status)
{
    return WIFEXITED(status) && (WEXITSTATUS(status) <= 1 || WEXITSTATUS(status) == 4);
}

bench_cost bench_run(const char *const argv[])
{
    int status = 0;
    struct rusage usage;
    pid_t child = fork();
    if (child == 0) become(argv);
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !did_its_work(status))
        return (bench_cost){ .ns = -1 };
    return (bench_cost){ .ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
                         .kib = usage.ru_maxrss };
}

double bench_instructions(const char *program, const char *argument)
{
    char path[] = "/tmp/sipcheck-callgrind-XXXXXX", option[64], row[256];
    int out = mkstemp(path);
    if (out < 0) return -1;
    close(out);
    snprintf(option, sizeof option, "--callgrind-out-file=%s", path);
    const char *const argv[] = { "valgrind",     "--tool=callgrind", option, program,
                                 "--parse-only", argument,           NULL };
    double count = -1;
    FILE *file = bench_run(argv).ns < 0 ? NULL : fopen(path, "r");
    while (file && fgets(row, sizeof row, file))
        if (strncmp(row, "summary:", 8) == 0 || strncmp(row, "totals:", 7) == 0)
            count = strtod(strchr(row, ':') + 1, NULL);
    if (file) fclose(file);
    unlink(path);
    return count;
}
