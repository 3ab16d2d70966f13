/* SPDX-License-Identifier: MIT */
/* A libFuzzer target that finds wrong answers, not only crashes: the input is a request, the stack
 * under test answers it, and what it answers is judged. In place of answer() stands your stack.
 *   clang -g -O1 -fsanitize=fuzzer,address -o fuzz_answer fuzz_answer.c \
 *       $(pkg-config --cflags --libs sipcheck) */
#include <sipcheck/engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sipcheck_rules *rules;

/* The stack under test: 200, with the header fields that a response repeats, and mistakes: no tag
 * in To, no received in Via. */
static size_t answer(const uint8_t *request, size_t length, char *to, size_t room)
{
    static const char *const repeated[] = { "Via:", "From:", "To:", "Call-ID:", "CSeq:" };
    size_t n = (size_t)snprintf(to, room, "SIP/2.0 200 OK\r\n");
    for (const uint8_t *line = request, *end = request + length, *next; line < end; line = next) {
        const uint8_t *lf = memchr(line, '\n', (size_t)(end - line));
        next = lf ? lf + 1 : end;
        for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
            size_t name = strlen(repeated[i]), whole = (size_t)(next - line);
            if (whole < name || memcmp(line, repeated[i], name) != 0 || whole > room - n) continue;
            memcpy(to + n, line, whole);
            n += whole;
        }
    }
    const char *rest = "Content-Length: 0\r\n\r\n";
    if (strlen(rest) > room - n) return 0;
    memcpy(to + n, rest, strlen(rest));
    return n + strlen(rest);
}

/* Frame 1 is the fuzzer's, 2 the stack's. libFuzzer keeps the input of what aborts. */
static void on_finding(void *user, const sipcheck_finding *finding)
{
    (void)user;
    if (finding->packet->frame != 2 || finding->severity != SIPCHECK_ERROR) return;
    fprintf(stderr, "%s (%s): byte %zu of\n%.*s", finding->text, finding->rule->id, finding->offset,
            (int)finding->packet->length, (const char *)finding->packet->bytes);
    abort();
}

/* The same input has the same outcome: each has an engine of its own, and times that are said. */
static void judge(const uint8_t *request, size_t length, const char *response, size_t answered)
{
    const sipcheck_options options = { .on_finding = on_finding };
    const sipcheck_address_port client = { 4, { 192, 0, 2, 1 }, 5060 },
                                server = { 4, { 192, 0, 2, 2 }, 5060 };
    const uint64_t second = 1000000000;
    const sipcheck_packet packets[] = {
        { request, length, 0, 1, second, client, server, SIPCHECK_TRANSPORT_UDP, 0 },
        { (const uint8_t *)response, answered, 0, 2, 2 * second, server, client,
          SIPCHECK_TRANSPORT_UDP, 0 },
    };
    sipcheck *engine = sipcheck_new(rules, &options);
    for (size_t i = 0; engine && i < 2; i++)
        sipcheck_feed(engine, &packets[i]);
    if (engine) sipcheck_finish(engine);
    sipcheck_free(engine);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
// NOLINTNEXTLINE(readability-non-const-parameter): as libFuzzer calls it
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    sipcheck_error error;
    (void)argc, (void)argv;
    rules = sipcheck_rules_new(NULL);
    if (!rules || sipcheck_rules_add_builtin(rules, &error) ||
        sipcheck_rules_use_profile(rules, "default", NULL, &error) ||
        sipcheck_rules_seal(rules, &error))
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char response[65536];
    const sipcheck_message *message = NULL;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    bool fine = arena && !sipcheck_parse(arena, data, size, 0, &message) && message->valid &&
                message->is_request && message->method_id != SIPCHECK_METHOD_ACK;
    sipcheck_arena_free(arena);
    size_t n = answer(data, size, response, sizeof response);
    if (fine && n) judge(data, size, response, n);
    return 0;
}
