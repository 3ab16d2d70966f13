/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "writer.h"
#include "reader.h"

#include <stdlib.h>
#include <string.h>

typedef struct writer {
    capture_copy *copy;
    capture_reader reader;
    capture_source source;
    wtap_dump_params params;
    bool has_params;
    wtap_dumper *dumper;
} writer;

/* details are freed. */
static bool fail(const char *path, int err, char *details, GError **error)
{
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: %s%s%s", path, wtap_strerror(err),
                details ? ": " : "", details ? details : "");
    g_free(details);
    return false;
}

static void say_of_file(writer *w)
{
    wtap_block_t section = w->params.shb_hdrs && w->params.shb_hdrs->len
                               ? g_array_index(w->params.shb_hdrs, wtap_block_t, 0)
                               : NULL;
    const char *comment = w->copy->comment;
    if (section && *comment)
        wtap_block_add_string_option(section, OPT_COMMENT, comment, strlen(comment));
}

static bool open_reader(writer *w, GError **error)
{
    w->source.path = w->copy->from;
    w->reader.source = &w->source;
    capture_reader_init();
    return capture_reader_open(&w->reader, w->copy->from, error);
}

/* Behind the first frame: a pcapng may tell of its interfaces as late. */
static bool open_dumper(writer *w, GError **error)
{
    int err = 0;
    char *details = NULL;
    const char *to = w->copy->to;
    int type = wtap_pcapng_file_type_subtype();
    wtap_dump_params_init_no_idbs(&w->params, w->reader.file);
    wtap_dump_params_discard_decryption_secrets(&w->params);
    w->has_params = true;
    say_of_file(w);
    w->dumper = strcmp(to, "-")
                    ? wtap_dump_open(to, type, WTAP_UNCOMPRESSED, &w->params, &err, &details)
                    : wtap_dump_open_stdout(type, WTAP_UNCOMPRESSED, &w->params, &err, &details);
    return w->dumper || fail(to, err, details, error);
}

/* Those that the file told of since the last frame: a frame names its interface by number. */
static bool write_interfaces(writer *w, GError **error)
{
    int err = 0;
    char *details = NULL;
    wtap_block_t interface;
    while ((interface = wtap_get_next_interface_description(w->reader.file)))
        if (!wtap_dump_add_idb(w->dumper, interface, &err, &details))
            return fail(w->copy->to, err, details, error);
    return true;
}

static bool write_frame(writer *w, const char *comment, GError **error)
{
    int err = 0;
    char *details = NULL;
    wtap_rec *record = &w->reader.record;
    if (*comment) {
        if (!record->block) record->block = wtap_block_create(WTAP_BLOCK_PACKET);
        wtap_block_add_string_option(record->block, OPT_COMMENT, comment, strlen(comment));
        record->block_was_modified = TRUE;
    }
    if (!wtap_dump(w->dumper, record, ws_buffer_start_ptr(&w->reader.buffer), &err, &details))
        return fail(w->copy->to, err, details, error);
    w->copy->copied++;
    return true;
}

static bool copy_frames(writer *w, GError **error)
{
    char *damage = NULL;
    bool fine = true;
    while (fine && capture_reader_next(&w->reader, &damage)) {
        const char *comment = w->copy->choose(w->copy->user, w->source.frames);
        fine = (w->dumper || open_dumper(w, error)) && write_interfaces(w, error) &&
               (!comment || write_frame(w, comment, error));
    }
    g_free(damage);
    return fine;
}

bool capture_copy_run(capture_copy *copy, GError **error)
{
    writer w = { .copy = copy };
    int err = 0;
    char *details = NULL;
    bool fine = open_reader(&w, error) && copy_frames(&w, error);
    if (w.dumper && !wtap_dump_close(w.dumper, NULL, &err, &details) && fine)
        fine = fail(copy->to, err, details, error);
    if (w.has_params) {
        g_free(w.params.idb_inf); /* left to the caller */
        wtap_dump_params_cleanup(&w.params);
    }
    capture_reader_close(&w.reader);
    return fine;
}
