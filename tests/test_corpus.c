/* SPDX-License-Identifier: MIT */
/* The seeds in corpus/parse are named by their verdict: valid-, syntax-, semantic-. Here names and
 * verdicts are held together. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipcheck/engine.h>

#define CORPUS SIPCHECK_SOURCE_DIR "/corpus/parse"

enum { SEED_MAX = 65536 };

struct verdict {
    bool syntax;     /* a syntax rule failed */
    unsigned errors; /* findings of error level */
    char first[120]; /* rule of the first of them */
};

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct verdict *verdict = user;
    verdict->syntax |= finding->rule->syntax;
    if (finding->severity != SIPCHECK_ERROR) return;
    if (!verdict->errors++)
        snprintf(verdict->first, sizeof verdict->first, "%s", finding->rule->id);
}

static sipcheck_rules *load_rules(void)
{
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    if (sipcheck_rules_add_builtin(rules, &error) || sipcheck_rules_seal(rules, &error))
        fail_msg("%s:%u: %s", error.file, error.line, error.message);
    return rules;
}

static struct verdict judge(const sipcheck_rules *rules, const uint8_t *bytes, size_t length)
{
    struct verdict verdict = { 0 };
    const sipcheck_options options = { .on_finding = on_finding, .user = &verdict };
    const sipcheck_packet packet = {
        .bytes = bytes, .length = length, .frame = 1, .transport = SIPCHECK_TRANSPORT_UDP
    };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    sipcheck_free(engine);
    return verdict;
}

static bool parses(const uint8_t *bytes, size_t length)
{
    const sipcheck_message *message = NULL;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    assert_int_equal(sipcheck_parse(arena, bytes, length, 0, &message), 0);
    bool valid = message->valid;
    sipcheck_arena_free(arena);
    return valid;
}

/* NULL: the name tells the truth. */
static const char *contradiction(const char *name, bool valid, const struct verdict *verdict)
{
    if (!strncmp(name, "syntax-", 7))
        return valid || !verdict->syntax ? "the grammar takes it" : NULL;
    if (!valid || verdict->syntax) return "the grammar refuses it";
    if (!strncmp(name, "valid-", 6)) return NULL;
    if (strncmp(name, "semantic-", 9) != 0) return "its name says no verdict";
    return verdict->errors ? NULL : "no rule of error level fails";
}

static int check_seed(const sipcheck_rules *rules, const char *name)
{
    static uint8_t bytes[SEED_MAX];
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    struct verdict verdict = judge(rules, bytes, length);
    const char *wrong = contradiction(name, parses(bytes, length), &verdict);
    if (wrong)
        printf("%s: %s%s%s\n", name, wrong, verdict.errors ? "; first error: " : "", verdict.first);
    return wrong != NULL;
}

static void every_seed_gets_the_verdict_of_its_name(void **state)
{
    (void)state;
    sipcheck_rules *rules = load_rules();
    DIR *folder = opendir(CORPUS);
    assert_non_null(folder);
    int seeds = 0, wrong = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        wrong += check_seed(rules, entry->d_name);
        seeds++;
    }
    closedir(folder);
    sipcheck_rules_free(rules);
    assert_true(seeds >= 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_seed_gets_the_verdict_of_its_name) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
