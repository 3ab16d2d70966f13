/* SPDX-License-Identifier: MIT */
/* Loading survives every failing malloc, the YAML library's own included: it does not take its
 * memory from the set's allocator, so that this program stands in for malloc (of glibc). */
#include "ruleset.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

#ifdef SANITIZED
int main(void)
{
    printf("SKIPPED: the sanitizer has malloc\n");
    return 0;
}
#else

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

/* Seen by the YAML library, too. */
#define EXPORTED __attribute__((visibility("default")))

static bool watching;
static long left, out; /* allocations until one fails; blocks that were not given back */

static bool refuses(void)
{
    return watching && left-- <= 0;
}

EXPORTED void *malloc(size_t size)
{
    if (refuses()) return NULL;
    out += watching;
    return __libc_malloc(size);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    if (refuses()) return NULL;
    out += watching;
    return __libc_calloc(count, size);
}

EXPORTED void *realloc(void *block, size_t size)
{
    if (refuses()) return NULL;
    out += watching && block == NULL;
    return __libc_realloc(block, size);
}

EXPORTED void free(void *block)
{
    out -= watching && block != NULL;
    __libc_free(block);
}

static const char rules_text[] = "- define: asks\n  as: sip.is_request\n" RULE_CSEQ("a-b");
static const char profile_text[] = "name: x\nrules: {\"a*\": {severity: info}}\n";

static int load(sipcheck_rules *rules)
{
    sipcheck_error error;
    int code = sipcheck_rules_add_bases(rules, "b", bases_text, strlen(bases_text), &error);
    code = code == 0 ? ruleset_add(rules, rules_text, &error) : code;
    code = code == 0
               ? sipcheck_rules_add_profile(rules, "p", profile_text, strlen(profile_text), &error)
               : code;
    code = code == 0 ? sipcheck_rules_use_profile(rules, "x", NULL, &error) : code;
    return code == 0 ? sipcheck_rules_seal(rules, &error) : code;
}

/* Returns what loading came to when only `allocations` succeed. */
static int load_with(long allocations)
{
    left = allocations;
    out = 0;
    watching = true;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    int code = rules != NULL ? load(rules) : SIPCHECK_NOMEM;
    sipcheck_rules_free(rules);
    watching = false;
    return code;
}

static void every_failing_malloc_is_survived(void **state)
{
    (void)state;
    long n = 0;
    int code = SIPCHECK_NOMEM;
    for (; code != SIPCHECK_OK; n++) {
        code = load_with(n);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_NOMEM);
        assert_int_equal(out, 0);
    }
    printf("%ld allocations\n", n - 1);
    assert_true(n > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_failing_malloc_is_survived) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
