/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hashes of Digest, from libgcrypt. */
#include "credentials.h"

#include <gcrypt.h>
#include <string.h>

/* Whoever else in the process uses libgcrypt may have set it up. Before there are threads. */
static void set_up(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) return;
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

/* Where the system forbids an algorithm (MD5, in FIPS mode) there is no hash. */
static bool hash(void *user, enum sipcheck_hash which, const sipcheck_slice *parts, size_t count,
                 char *ret)
{
    static const int algorithms[] = { [SIPCHECK_HASH_MD5] = GCRY_MD_MD5,
                                      [SIPCHECK_HASH_SHA_256] = GCRY_MD_SHA256,
                                      [SIPCHECK_HASH_SHA_512_256] = GCRY_MD_SHA512_256 };
    static const char digits[] = "0123456789abcdef";
    (void)user;
    gcry_md_hd_t handle;
    if (gcry_md_open(&handle, algorithms[which], 0)) return false;
    for (size_t i = 0; i < count; i++)
        if (parts[i].n) gcry_md_write(handle, parts[i].p, parts[i].n);
    const unsigned char *sum = gcry_md_read(handle, algorithms[which]);
    size_t length = gcry_md_get_algo_dlen(algorithms[which]);
    for (size_t i = 0; i < length; i++) {
        ret[2 * i] = digits[sum[i] >> 4];
        ret[2 * i + 1] = digits[sum[i] & 15];
    }
    gcry_md_close(handle);
    return true;
}

const sipcheck_digest *credentials_hashes(void)
{
    static const sipcheck_digest hashes = { .hash = hash };
    set_up();
    return &hashes;
}
