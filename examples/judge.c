/* SPDX-License-Identifier: MIT */
/* Judge one SIP message by the rules that are built in: judge FILE */
#include <sipcheck/engine.h>
#include <stdio.h>

static void on_finding(void *user, const sipcheck_finding *finding)
{
    unsigned long *count = user;
    ++*count;
    printf("%s: byte %zu: %s (%s, RFC %u section %s)\n", sipcheck_severity_name(finding->severity),
           finding->offset, finding->text, finding->rule->id, finding->rule->rfc,
           finding->rule->section);
}

static int judge(const sipcheck_rules *rules, const uint8_t *bytes, size_t length)
{
    unsigned long count = 0;
    const sipcheck_options options = { .on_finding = on_finding, .user = &count };
    const sipcheck_packet packet = { .bytes = bytes,
                                     .length = length,
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    sipcheck *engine = sipcheck_new(rules, &options);
    int code = engine ? sipcheck_feed(engine, &packet) : SIPCHECK_NOMEM;
    if (code) fprintf(stderr, "judge: %s\n", sipcheck_strerror(code));
    sipcheck_free(engine);
    return code || count ? 1 : 0;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[65536];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: judge FILE (of one SIP message)\n");
        return 2;
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);

    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (!rules || sipcheck_rules_add_builtin(rules, &error) ||
        sipcheck_rules_use_profile(rules, "default", NULL, &error) ||
        sipcheck_rules_seal(rules, &error)) {
        fprintf(stderr, "judge: %s:%u: %s\n", error.file, error.line, error.message);
        sipcheck_rules_free(rules);
        return 2;
    }
    int status = judge(rules, bytes, length);
    sipcheck_rules_free(rules);
    return status;
}
