/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "decrypt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPLAINT_MAX 4096

struct capture_decrypt {
    GPid pid;
    int output;     /* its stdout; -1: closed */
    int complaints; /* a file without a name: its stderr */
    char name[32];
};

/* SIP, HTTP and what is in it are read here: so what they carry comes as it stood in the TLS
 * records, and what is not in TLS does not come. No shell sees any of this. */
static GPtrArray *command_line(const char *path, const char *keylog)
{
    static const char *const fixed[] = { "tshark",
                                         "-o",
                                         "tcp.reassemble_out_of_order:TRUE",
                                         "-d",
                                         "tls.port==1-65535,data",
                                         "--disable-protocol",
                                         "sip",
                                         "--disable-protocol",
                                         "http",
                                         "--disable-protocol",
                                         "http2",
                                         "--disable-protocol",
                                         "websocket",
                                         "-Y",
                                         "tls",
                                         "-U",
                                         "OSI layer 7",
                                         "-w",
                                         "-",
                                         "-r" };
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_ptr_array_add(words, g_strdup(fixed[i]));
    g_ptr_array_add(words, g_strdup(path));
    if (keylog) {
        g_ptr_array_add(words, g_strdup("-o"));
        g_ptr_array_add(words, g_strconcat("tls.keylog_file:", keylog, NULL));
    }
    g_ptr_array_add(words, NULL);
    return words;
}

/* Nobody's preferences change what comes. */
static char **environment(void)
{
    return g_environ_setenv(g_get_environ(), "WIRESHARK_CONFIG_DIR", "/nonexistent", TRUE);
}

static int nameless_file(void)
{
    char *path = NULL;
    int fd = g_file_open_tmp("sipcheck-XXXXXX", &path, NULL);
    if (fd >= 0) unlink(path);
    g_free(path);
    return fd;
}

static gboolean spawn(capture_decrypt *d, const char *path, const char *keylog, GError **error)
{
    GPtrArray *words = command_line(path, keylog);
    char **surroundings = environment();
    gboolean fine = g_spawn_async_with_pipes_and_fds(
        NULL, (const char *const *)words->pdata, (const char *const *)surroundings,
        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDIN_FROM_DEV_NULL, NULL, NULL,
        -1, -1, d->complaints, NULL, NULL, 0, &d->pid, NULL, &d->output, NULL, error);
    g_strfreev(surroundings);
    g_ptr_array_unref(words);
    return fine;
}

capture_decrypt *capture_decrypt_start(const char *path, const char *keylog, char **ret_problem)
{
    capture_decrypt *d = g_new0(capture_decrypt, 1);
    GError *error = NULL;
    d->output = -1;
    d->complaints = nameless_file();
    if (d->complaints >= 0 && spawn(d, path, keylog, &error)) {
        g_snprintf(d->name, sizeof d->name, "/dev/fd/%d", d->output);
        return d;
    }
    if (g_error_matches(error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
        *ret_problem = g_strdup("tshark is not installed");
    else
        *ret_problem = g_strdup(error ? error->message : "no temporary file could be made");
    g_clear_error(&error);
    if (d->complaints >= 0) close(d->complaints);
    g_free(d);
    return NULL;
}

const char *capture_decrypt_output(const capture_decrypt *decrypt)
{
    return decrypt->name;
}

void capture_decrypt_opened(capture_decrypt *decrypt)
{
    close(decrypt->output);
    decrypt->output = -1;
}

/* The first line that is a complaint: it remarks on being run by root, too. */
static char *complaint_of(const capture_decrypt *d, int status)
{
    char text[COMPLAINT_MAX + 1];
    ssize_t n = pread(d->complaints, text, COMPLAINT_MAX, 0);
    text[n > 0 ? n : 0] = '\0';
    for (char *line = text, *end; *line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        else
            end = line + strlen(line);
        g_strstrip(line);
        if (*line && !g_str_has_prefix(line, "Running as user")) return g_utf8_make_valid(line, -1);
    }
    return WIFSIGNALED(status) ? g_strdup_printf("tshark ended by signal %d", WTERMSIG(status))
                               : g_strdup_printf("tshark ended with %d", WEXITSTATUS(status));
}

char *capture_decrypt_finish(capture_decrypt *decrypt, gboolean stopped)
{
    int status = 0;
    if (decrypt->output >= 0) close(decrypt->output);
    if (stopped) kill(decrypt->pid, SIGTERM);
    while (waitpid(decrypt->pid, &status, 0) < 0 && errno == EINTR)
        ;
    char *problem = status && !stopped ? complaint_of(decrypt, status) : NULL;
    g_spawn_close_pid(decrypt->pid);
    close(decrypt->complaints);
    g_free(decrypt);
    return problem;
}
