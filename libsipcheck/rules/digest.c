/* SPDX-License-Identifier: MIT */
/* Digest, as far as hashes and passwords are given. RFC 7616 §3.4, RFC 8760, RFC 3261 §22.4 */
#include <string.h>

#include "rules/program.h"
#include "text/slice.h"

/* What a response is computed of, as sent, without quotes. */
typedef struct sc_sum {
    const sipcheck_digest *digest;
    enum sipcheck_hash hash;
    bool session;
    bool hashed_name;
    bool unread;  /* a value, or whether there is one, can't be read */
    bool escaped; /* a value has a backslash or a fold, which may have been hashed or not */
    sipcheck_slice username, realm, nonce, uri, qop, nc, cnonce; /* p NULL: not there */
    sipcheck_slice method;                                       /* of rspauth: empty */
    const sipcheck_message *message;                             /* whose body auth-int covers */
} sc_sum;

#define TEXT(LITERAL) ((sipcheck_slice){ (const uint8_t *)(LITERAL), sizeof(LITERAL) - 1 })

static sc_value unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static size_t digits_of(enum sipcheck_hash hash)
{
    return hash == SIPCHECK_HASH_MD5 ? 32 : SIPCHECK_HASH_HEX;
}

/* Made of hex digits. */
static sipcheck_slice hex_slice(const sc_sum *s, const char *hex)
{
    return (sipcheck_slice){ (const uint8_t *)hex, digits_of(s->hash) };
}

static bool hash(const sc_sum *s, const sipcheck_slice *parts, size_t count, char *ret)
{
    return s->digest->hash(s->digest->user, s->hash, parts, count, ret);
}

/* algorithm = "MD5" / "SHA-256" / "SHA-512-256", each with or without "-sess". */
static bool read_algorithm(sc_sum *s, const sipcheck_auth *credentials)
{
    static const struct {
        const char *name;
        enum sipcheck_hash hash;
    } known[] = { { "MD5", SIPCHECK_HASH_MD5 },
                  { "SHA-256", SIPCHECK_HASH_SHA_256 },
                  { "SHA-512-256", SIPCHECK_HASH_SHA_512_256 } };
    sc_value v = sc_field_auth_algorithm(NULL, credentials);
    s->unread = s->unread || v.state == SC_UNKNOWN_VALUE;
    sipcheck_slice name = v.state == SC_VALUE ? v.raw : TEXT("MD5");
    const sipcheck_slice suffix = TEXT("-sess");
    sipcheck_slice tail = { name.p + (name.n > suffix.n ? name.n - suffix.n : 0), suffix.n };
    s->session = name.n > suffix.n && sc_slices_same_nocase(tail, suffix);
    if (s->session) name.n -= suffix.n;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        s->hash = known[i].hash;
        if (sc_slices_same_nocase(name, sc_slice_of(known[i].name))) return true;
    }
    return false;
}

static sipcheck_slice value_of(sc_sum *s, sc_getter *get, const sipcheck_auth *auth)
{
    sc_value v = get(NULL, auth);
    s->unread = s->unread || v.state == SC_UNKNOWN_VALUE;
    if (v.state != SC_VALUE) return (sipcheck_slice){ NULL, 0 };
    for (size_t i = 0; i < v.raw.n; i++)
        s->escaped = s->escaped || v.raw.p[i] == '\\' || v.raw.p[i] == '\r' || v.raw.p[i] == '\n';
    return v.raw;
}

static void read_credentials(sc_sum *s, const sipcheck_auth *credentials)
{
    const sipcheck_param *userhash = sipcheck_param_find(credentials->params, "userhash");
    s->username = value_of(s, sc_field_auth_username, credentials);
    s->realm = value_of(s, sc_field_auth_realm, credentials);
    s->nonce = value_of(s, sc_field_auth_nonce, credentials);
    s->uri = value_of(s, sc_field_auth_uri, credentials);
    s->qop = value_of(s, sc_field_auth_qop, credentials);
    s->nc = value_of(s, sc_field_auth_nc, credentials);
    s->cnonce = value_of(s, sc_field_auth_cnonce, credentials);
    s->hashed_name = userhash != NULL && sc_slices_same_nocase(userhash->value, TEXT("true"));
}

/* Everything that is hashed is there. */
static bool is_whole(const sc_sum *s)
{
    bool named = s->username.p && s->realm.p && s->nonce.p && s->uri.p;
    return named && (!s->qop.p || (s->nc.p && s->cnonce.p)) && (!s->session || s->cnonce.p);
}

/* The bytes that the sender hashed: as many as it says, and no others behind them. */
static bool has_whole_body(const sipcheck_message *message)
{
    const sipcheck_number *length =
        (const sipcheck_number *)message->values[SIPCHECK_HEADER_CONTENT_LENGTH];
    bool told = length == NULL || (length->v.valid && length->number == message->body.n);
    return told && !message->cut && message->surplus.p == NULL;
}

static bool hash_secret(const sc_sum *s, char *ret)
{
    const sipcheck_digest *d = s->digest;
    return d->secret && d->secret(d->user, s->hash, s->username, s->hashed_name, s->realm, ret);
}

static uint8_t half_byte(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* A1 of -sess, of the nonces of the request at hand, as is right for the first of a session.
 * binary: as the sample code of RFC 2617 has it, which hashes the secret's bytes, not its digits
 * (erratum 1649). */
static bool hash_session(const sc_sum *s, const char *secret, bool binary, char *ret)
{
    uint8_t bytes[SIPCHECK_HASH_HEX / 2];
    const sipcheck_slice raw = { bytes, digits_of(s->hash) / 2 }, hex = hex_slice(s, secret);
    for (size_t i = 0; i < raw.n; i++)
        bytes[i] = (uint8_t)(half_byte(secret[2 * i]) << 4 | half_byte(secret[2 * i + 1]));
    const sipcheck_slice colon = TEXT(":");
    const sipcheck_slice parts[] = { binary ? raw : hex, colon, s->nonce, colon, s->cnonce };
    return hash(s, parts, 5, ret);
}

/* A2 */
static bool hash_request(const sc_sum *s, bool covers_body, char *ret)
{
    char body[SIPCHECK_HASH_HEX] = "";
    const sipcheck_slice parts[] = { s->method, TEXT(":"), s->uri, TEXT(":"), hex_slice(s, body) };
    if (covers_body && !hash(s, &s->message->body, 1, body)) return false;
    return hash(s, parts, covers_body ? 5 : 3, ret);
}

static bool hash_response(const sc_sum *s, bool covers_body, const char *a1, char *ret)
{
    char a2[SIPCHECK_HASH_HEX];
    if (!hash_request(s, covers_body, a2)) return false;
    const sipcheck_slice colon = TEXT(":"), key = hex_slice(s, a1), what = hex_slice(s, a2);
    const sipcheck_slice plain[] = { key, colon, s->nonce, colon, what };
    const sipcheck_slice counted[] = { key,       colon, s->nonce, colon, s->nc, colon,
                                       s->cnonce, colon, s->qop,   colon, what };
    return s->qop.p ? hash(s, counted, 11, ret) : hash(s, plain, 5, ret);
}

/* What it should be with that A1 is what was sent; unknown: it can't be computed. */
static sc_value matches(const sc_sum *s, bool covers_body, const char *a1, sipcheck_slice sent)
{
    char right[SIPCHECK_HASH_HEX];
    if (!hash_response(s, covers_body, a1, right)) return unknown(SC_MISSING_ALGORITHM);
    return sc_value_truth(sc_slices_same_nocase(sent, hex_slice(s, right)));
}

/* Later requests of a session have its first one's A1, which may have had another cnonce. */
static sc_value match_session(const sc_sum *s, bool covers_body, const char *secret,
                              sipcheck_slice sent)
{
    char a1[SIPCHECK_HASH_HEX];
    for (unsigned binary = 0; binary < 2; binary++) {
        if (!hash_session(s, secret, binary, a1)) return unknown(SC_MISSING_ALGORITHM);
        sc_value v = matches(s, covers_body, a1, sent);
        if (v.state != SC_VALUE || v.truth) return binary ? unknown(SC_MISSING_ALGORITHM) : v;
    }
    bool first = sc_slices_same(s->nc, TEXT("00000001"));
    return first ? sc_value_truth(false) : unknown(SC_MISSING_SESSION);
}

static sc_value compare(const sc_sum *s, sipcheck_slice sent)
{
    char secret[SIPCHECK_HASH_HEX];
    bool covers_body = s->qop.p && sc_slices_same_nocase(s->qop, TEXT("auth-int"));
    if (s->qop.p && !covers_body && !sc_slices_same_nocase(s->qop, TEXT("auth")))
        return unknown(SC_MISSING_ALGORITHM);
    if (s->unread || !is_whole(s) || sent.n != digits_of(s->hash))
        return unknown(SC_MISSING_SYNTAX);
    if (covers_body && !has_whole_body(s->message)) return unknown(SC_MISSING_BODY);
    if (!hash_secret(s, secret)) return unknown(SC_MISSING_PASSWORD);
    sc_value v = s->session ? match_session(s, covers_body, secret, sent)
                            : matches(s, covers_body, secret, sent);
    bool differs = v.state == SC_VALUE && !v.truth;
    return differs && s->escaped ? unknown(SC_MISSING_SYNTAX) : v;
}

sc_value sc_digest_valid(const void *credentials, const void *request)
{
    const sipcheck_auth *auth = credentials;
    const sc_observed *observed = request;
    if (!auth->digest) return (sc_value){ .state = SC_ABSENT_VALUE };
    if (!observed->digest) return unknown(SC_MISSING_PASSWORD);
    sc_sum s = { .digest = observed->digest, .message = observed->message };
    sc_value method = sc_field_method(NULL, observed), sent = sc_field_auth_response(NULL, auth);
    if (sent.state != SC_VALUE) return sent;
    if (method.state != SC_VALUE) return method;
    s.method = method.raw;
    if (!read_algorithm(&s, auth)) return unknown(SC_MISSING_ALGORITHM);
    read_credentials(&s, auth);
    return compare(&s, sent.raw);
}

static sipcheck_slice without_quotes(sipcheck_slice text)
{
    bool quoted = text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    return quoted ? (sipcheck_slice){ text.p + 1, text.n - 2 } : text;
}

/* The message says nothing else of it than the request, in any of the header's values, each of
 * which is one parameter. Else nobody knows what was computed. */
static bool agrees(const sc_sum *s, sc_getter *get, sipcheck_slice of_request)
{
    const sipcheck_value *info = s->message->values[SIPCHECK_HEADER_AUTHENTICATION_INFO];
    for (; info != NULL; info = info->next) {
        sc_value v = get(NULL, info);
        bool other = v.state == SC_VALUE && !sc_slices_same(v.raw, of_request);
        if (other || v.state == SC_UNKNOWN_VALUE) return false;
    }
    return true;
}

sc_value sc_rspauth_valid(const void *info, const void *credentials, const void *response)
{
    const sipcheck_auth *auth = credentials;
    const sc_observed *observed = response;
    const sipcheck_param *sent =
        sipcheck_param_find(((const sipcheck_auth *)info)->params, "rspauth");
    if (!auth->digest || !sent) return (sc_value){ .state = SC_ABSENT_VALUE };
    if (!observed->digest) return unknown(SC_MISSING_PASSWORD);
    sc_sum s = { .digest = observed->digest, .message = observed->message };
    if (!read_algorithm(&s, auth)) return unknown(SC_MISSING_ALGORITHM);
    read_credentials(&s, auth);
    if (!agrees(&s, sc_field_auth_qop, s.qop) || !agrees(&s, sc_field_auth_nc, s.nc) ||
        !agrees(&s, sc_field_auth_cnonce, s.cnonce))
        return unknown(SC_MISSING_ALGORITHM);
    return compare(&s, without_quotes(sent->value));
}

uint64_t sc_digest_cost(const void *observed)
{
    return ((const sc_observed *)observed)->message->length / 64 + 16;
}
