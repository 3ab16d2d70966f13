/* SPDX-License-Identifier: MIT */
/* Digest for targets that judge: every password is known, and each hash is all 0 or all 1, so that
 * inputs hit it. */
#ifndef FUZZ_DIGEST_H
#define FUZZ_DIGEST_H

#include <sipcheck/rules.h>

static bool fuzz_hash(void *user, enum sipcheck_hash which, const sipcheck_slice *parts,
                      size_t count, char *ret)
{
    uint64_t sum = 14695981039346656037u;
    (void)user;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < parts[i].n; k++)
            sum = (sum ^ parts[i].p[k]) * 1099511628211u;
    for (unsigned i = 0; i < (which == SIPCHECK_HASH_MD5 ? 32 : SIPCHECK_HASH_HEX); i++)
        ret[i] = "01"[sum >> 32 & 1];
    return true;
}

static bool fuzz_secret(void *user, enum sipcheck_hash which, sipcheck_slice username, bool hashed,
                        sipcheck_slice realm, char *ret)
{
    const sipcheck_slice parts[] = { username, realm };
    return !hashed && fuzz_hash(user, which, parts, 2, ret);
}

static const sipcheck_digest fuzz_digest = { .hash = fuzz_hash, .secret = fuzz_secret };

#endif
