/* SPDX-License-Identifier: MIT */
/* Rules that the build has loaded. */
#include "rules/image.h"
#include "rules/load.h"
#include "text/arena.h"

/* Goes away with the file. */
static void *take(void *user, size_t size)
{
    return sc_arena_take(user, size);
}

static void leave(void *user, void *block)
{
    (void)user;
    (void)block;
}

static int finish(sc_loader *loader, sc_rule *rule)
{
    sipcheck_rule *pub = &rule->pub;
    const sc_yaml_file *file = &loader->file->yaml;
    const sc_place place = { .file = file->name, .whole = file->text, .line = pub->line };
    pub->file = file->name;
    if (*pub->machine != '\0') rule->machine = sipcheck_machine_find(loader->set, pub->machine);
    return sipcheck_rules_find(loader->set, pub->id, NULL) == NULL
               ? SIPCHECK_OK
               : sc_error_set(loader->error, &place, "a rule \"%.120s\" is there already", pub->id);
}

int sc_load_images(sc_loader *loader, const char *images)
{
    const sipcheck_allocator allocator = { take, leave, loader->file->arena };
    sc_image image = { .next = (const uint8_t *)images };
    size_t count = 0;
    int code = SIPCHECK_OK;
    SC_IMAGE_MEMBER(&image, count);
    for (; count > 0 && code == SIPCHECK_OK; count--) {
        sc_rule *rule = sc_load_alloc(loader, sizeof *rule);
        if (rule == NULL) return SIPCHECK_NOMEM;
        code = sc_image_rule(&image, &allocator, rule);
        if (code == SIPCHECK_OK) code = finish(loader, rule);
        sc_load_append(loader, rule);
    }
    return code;
}
