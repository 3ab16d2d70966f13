/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interrupt.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t came;

static void on_interrupt(int signal)
{
    (void)signal;
    came = 1;
}

static void on_interrupt_live(int signal)
{
    (void)signal;
    alarm(1);
}

/* Comes again every second: the first may hit between two reads. */
static void on_alarm(int signal)
{
    (void)signal;
    came = 1;
    alarm(1);
}

gboolean interrupt_is_live(char *const *paths, gsize count)
{
    gboolean live = FALSE;
    for (gsize i = 0; i < count && !live; i++) {
        GStatBuf status;
        live = !strcmp(paths[i], "-") ||
               (!g_stat(paths[i], &status) && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
    }
    return live;
}

void interrupt_catch(gboolean live)
{
    struct sigaction stop = { .sa_handler = live ? on_interrupt_live : on_interrupt,
                              .sa_flags = (live ? SA_RESTART : 0) | (int)SA_RESETHAND };
    struct sigaction late = { .sa_handler = on_alarm }; /* no SA_RESTART: it interrupts read() */
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGALRM, &late, NULL);
}

gboolean interrupt_came(void)
{
    return came != 0;
}

void interrupt_done(void)
{
    alarm(0);
}
