/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line a secret: USER REALM KIND VALUE. Blanks between them; what has blanks stands in double
 * quotes, in which \ makes the next character itself. KIND: password, or the algorithm whose hash
 * of user, realm and password VALUE is, in hex. REALM * with a password: any. */
#include "credentials.h"
#include "command.h"
#include "input.h"

#include <string.h>

enum { HASHES = SIPCHECK_HASH_SHA_512_256 + 1, FIELDS = 4 };
static const char *const algorithms[HASHES] = { "MD5", "SHA-256", "SHA-512-256" };
static const gsize digits[HASHES] = { 32, 64, 64 };

typedef struct secret {
    char *password;    /* NULL: not said */
    char *ha1[HASHES]; /* likewise */
} secret;

struct credentials {
    GHashTable *secrets; /* "user\nrealm"; no name has a line end */
    GHashTable *hashed;  /* "hash\nrealm" of userhash: that key */
    unsigned count;
    sipcheck_digest digest;
};

static void secret_free(gpointer data)
{
    secret *s = data;
    g_free(s->password);
    for (gsize i = 0; i < HASHES; i++)
        g_free(s->ha1[i]);
    g_free(s);
}

/* --- asking */

static char *key_of(sipcheck_slice name, sipcheck_slice realm)
{
    return g_strdup_printf("%.*s\n%.*s", (int)name.n, (const char *)name.p, (int)realm.n,
                           (const char *)realm.p);
}

static sipcheck_slice slice_of(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

static gboolean may_be_known(sipcheck_slice text)
{
    return text.n <= CREDENTIALS_FIELD_MAX && (text.n == 0 || !memchr(text.p, '\0', text.n));
}

/* The secret of that key, which gives the user's name as the file has it. */
static const secret *find(const credentials *known, sipcheck_slice name, bool hashed,
                          sipcheck_slice realm, char **user)
{
    g_autofree char *key = key_of(name, realm);
    const char *plain = hashed ? g_hash_table_lookup(known->hashed, key) : key;
    const secret *found = plain ? g_hash_table_lookup(known->secrets, plain) : NULL;
    if (!found && !hashed) {
        g_autofree char *any = key_of(name, slice_of("*"));
        found = g_hash_table_lookup(known->secrets, any);
    }
    if (found && plain) *user = g_strndup(plain, strcspn(plain, "\n"));
    return found;
}

static bool answer(void *user, enum sipcheck_hash hash, sipcheck_slice name, bool hashed,
                   sipcheck_slice realm, char *ret)
{
    if (!may_be_known(name) || !may_be_known(realm)) return false;
    g_autofree char *plain = NULL;
    const secret *s = find(user, name, hashed, realm, &plain);
    if (!s || !plain || (!s->ha1[hash] && !s->password)) return false;
    if (s->ha1[hash]) {
        memcpy(ret, s->ha1[hash], digits[hash]);
        return true;
    }
    const sipcheck_digest *hashes = credentials_hashes();
    const sipcheck_slice parts[] = { slice_of(plain), slice_of(":"), realm, slice_of(":"),
                                     slice_of(s->password) };
    return hashes->hash(hashes->user, hash, parts, G_N_ELEMENTS(parts), ret);
}

/* --- reading */

typedef struct field {
    char text[CREDENTIALS_FIELD_MAX + 1];
    gsize length;
    unsigned column;
} field;

/* A line while it is read. */
typedef struct reader {
    const char *path, *at, *end, *line;
    unsigned number;
} reader;

static gboolean wrong(const reader *r, unsigned column, const char *what)
{
    complain("%s:%u:%u: %s", r->path, r->number, column, what);
    return FALSE;
}

static unsigned column_of(const reader *r)
{
    return (unsigned)(r->at - r->line) + 1;
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static gboolean put(const reader *r, field *f, char c)
{
    if ((guchar)c < ' ' && c != '\t') return wrong(r, column_of(r), "a control character");
    if (f->length == CREDENTIALS_FIELD_MAX)
        return wrong(r, f->column, "this is longer than 512 bytes");
    f->text[f->length++] = c;
    return TRUE;
}

/* The opening quote is read. */
static gboolean read_quoted(reader *r, field *f)
{
    for (; r->at < r->end && *r->at != '"'; r->at++) {
        if (*r->at == '\\' && r->at + 1 < r->end) r->at++;
        if (!put(r, f, *r->at)) return FALSE;
    }
    if (r->at == r->end) return wrong(r, f->column, "the closing quote is missing");
    r->at++;
    if (r->at < r->end && !is_blank(*r->at))
        return wrong(r, column_of(r), "a blank is wanted behind the closing quote");
    return TRUE;
}

static gboolean read_field(reader *r, field *f)
{
    skip_blanks(r);
    *f = (field){ .column = column_of(r) };
    gboolean quoted = r->at < r->end && *r->at == '"', fine = TRUE;
    if (quoted) {
        r->at++;
        fine = read_quoted(r, f);
    }
    for (; !quoted && fine && r->at < r->end && !is_blank(*r->at); r->at++)
        fine = put(r, f, *r->at);
    return fine;
}

/* -1: a password; else an algorithm; -2: neither. */
static int kind_of(const field *f)
{
    if (!g_ascii_strcasecmp(f->text, "password")) return -1;
    for (int i = 0; i < HASHES; i++)
        if (!g_ascii_strcasecmp(f->text, algorithms[i])) return i;
    return -2;
}

static gboolean is_hash(const field *value, int kind)
{
    return value->length == digits[kind] &&
           strspn(value->text, "0123456789abcdef") == value->length;
}

static gboolean check(const reader *r, const field fields[FIELDS], int kind)
{
    const field *user = &fields[0], *realm = &fields[1], *value = &fields[3];
    if (!user->length) return wrong(r, user->column, "a user's name is wanted here");
    if (strchr(user->text, ':')) return wrong(r, user->column, "no user's name has a colon");
    if (!realm->length) return wrong(r, realm->column, "a realm is wanted here, or * for any");
    if (kind < -1)
        return wrong(r, fields[2].column, "password, MD5, SHA-256 or SHA-512-256 is wanted here");
    if (kind >= 0 && !strcmp(realm->text, "*"))
        return wrong(r, realm->column, "a hash is of one realm: * goes with a password");
    if (kind >= 0 && !is_hash(value, kind))
        return wrong(r, value->column,
                     "the hash is wanted here: lower-case hex digits, 32 for MD5, else 64");
    return TRUE;
}

/* userhash is the hash of user ":" realm. RFC 7616 §3.4.4 */
static void keep_hashed(credentials *known, const char *key, const field *user, const field *realm)
{
    const sipcheck_digest *hashes = credentials_hashes();
    const sipcheck_slice parts[] = { slice_of(user->text), slice_of(":"), slice_of(realm->text) };
    for (int i = 0; i < HASHES; i++) {
        char hex[SIPCHECK_HASH_HEX];
        if (!hashes->hash(hashes->user, (enum sipcheck_hash)i, parts, 3, hex)) continue;
        const sipcheck_slice name = { (const uint8_t *)hex, digits[i] };
        g_hash_table_insert(known->hashed, key_of(name, slice_of(realm->text)), g_strdup(key));
    }
}

static secret *secret_of(credentials *known, const field *user, const field *realm)
{
    char *key = key_of(slice_of(user->text), slice_of(realm->text));
    secret *s = g_hash_table_lookup(known->secrets, key);
    if (s) {
        g_free(key);
        return s;
    }
    s = g_new0(secret, 1);
    g_hash_table_insert(known->secrets, key, s);
    if (strcmp(realm->text, "*") != 0) keep_hashed(known, key, user, realm);
    return s;
}

static gboolean keep(credentials *known, const reader *r, const field fields[FIELDS])
{
    int kind = kind_of(&fields[2]);
    if (!check(r, fields, kind)) return FALSE;
    if (known->count++ == CREDENTIALS_MAX) return wrong(r, 1, "more than 20000 secrets");
    secret *s = secret_of(known, &fields[0], &fields[1]);
    char **place = kind < 0 ? &s->password : &s->ha1[kind];
    if (*place) return wrong(r, 1, "this was said of that user and realm before");
    *place = g_strdup(fields[3].text);
    return TRUE;
}

static gboolean read_line(credentials *known, reader *r)
{
    static const char *const wanted[FIELDS] = {
        "a user's name is wanted here", "a realm is wanted here, or * for any",
        "password, MD5, SHA-256 or SHA-512-256 is wanted here",
        "the password or hash is wanted here"
    };
    field fields[FIELDS];
    skip_blanks(r);
    if (r->at == r->end || *r->at == '#') return TRUE;
    for (gsize i = 0; i < FIELDS; i++) {
        skip_blanks(r);
        if (r->at == r->end) return wrong(r, column_of(r), wanted[i]);
        if (!read_field(r, &fields[i])) return FALSE;
    }
    skip_blanks(r);
    if (r->at < r->end)
        return wrong(r, column_of(r), "nothing is wanted here: put what has blanks in quotes");
    return keep(known, r, fields);
}

static gboolean read_lines(credentials *known, const char *path, const char *text, gsize length)
{
    static const char mark[] = "\xef\xbb\xbf"; /* that some editors begin UTF-8 with */
    gboolean marked = length >= 3 && !memcmp(text, mark, 3);
    reader r = { .path = path, .at = marked ? text + 3 : text };
    for (const char *end = text + length; r.at < end;) {
        const char *line_end = memchr(r.at, '\n', (gsize)(end - r.at));
        const char *next = line_end ? line_end + 1 : end;
        r.line = r.at;
        r.end = line_end ? line_end : end;
        if (r.end > r.line && r.end[-1] == '\r') r.end--;
        r.number++;
        if (!read_line(known, &r)) return FALSE;
        r.at = next;
    }
    return TRUE;
}

credentials *credentials_load(const char *path)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) bytes = input_read(path, &problem);
    if (!bytes) {
        complain("%s: %s", path, problem->message);
        return NULL;
    }
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    if (length > CREDENTIALS_BYTES_MAX) {
        complain("%s: longer than 4 MiB", path);
        return NULL;
    }
    credentials *known = g_new0(credentials, 1);
    known->secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, secret_free);
    known->hashed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    known->digest = (sipcheck_digest){ credentials_hashes()->hash, answer, known };
    if (read_lines(known, path, text ? text : "", length)) return known;
    credentials_free(known);
    return NULL;
}

void credentials_free(credentials *known)
{
    if (!known) return;
    g_hash_table_destroy(known->secrets);
    g_hash_table_destroy(known->hashed);
    g_free(known);
}

const sipcheck_digest *credentials_digest(const credentials *known)
{
    return known ? &known->digest : NULL;
}
