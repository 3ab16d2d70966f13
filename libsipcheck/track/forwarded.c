/* SPDX-License-Identifier: MIT */
#include "track/forwarded.h"

#include "track/hash.h"

#include <string.h>

static sipcheck_slice tag_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_address *address = (const sipcheck_address *)message->values[id];
    const sipcheck_param *tag =
        address != NULL ? sipcheck_param_find(address->params, "tag") : NULL;
    return tag != NULL ? tag->value : (sipcheck_slice){ 0 };
}

/* A 100 goes from hop to hop, and one without a To tag could be any server's (§16.7 step 5). */
static bool names_its_author(const sipcheck_message *message)
{
    if (message->values[SIPCHECK_HEADER_CALL_ID] == NULL ||
        message->values[SIPCHECK_HEADER_CSEQ] == NULL)
        return false;
    return message->is_request || (message->is_response && message->status != 100 &&
                                   tag_of(message, SIPCHECK_HEADER_TO).n > 0);
}

static uint64_t key_of(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)message->values[SIPCHECK_HEADER_CSEQ];
    uint64_t key = SC_HASH_SEED;
    key = sc_mix_text(key, message->is_request ? message->method : message->status_text);
    key = sc_mix_text(key, message->values[SIPCHECK_HEADER_CALL_ID]->raw);
    key = sc_mix_text(key, tag_of(message, SIPCHECK_HEADER_FROM));
    key = sc_mix_text(key, tag_of(message, SIPCHECK_HEADER_TO));
    key = sc_mix_text(key, cseq->method);
    key = sc_mix_word(key, cseq->seq);
    return key != 0 ? key : 1; /* 0: nothing is remembered there */
}

bool sc_forwards_note(sc_forwards *forwards, const sipcheck_message *message)
{
    uint32_t vias = sipcheck_count(message, SIPCHECK_HEADER_VIA);
    if (vias == 0 || !names_its_author(message)) return false;
    uint64_t key = key_of(message);
    sc_forward *seen = forwards->seen[key % (SC_FORWARDS_MAX / SC_FORWARDS_WAYS)], *found = NULL;
    for (size_t i = 0; i < SC_FORWARDS_WAYS && found == NULL; i++)
        if (seen[i].key == key) found = &seen[i];
    if (found == NULL) {
        memmove(seen + 1, seen, (SC_FORWARDS_WAYS - 1) * sizeof *seen);
        *seen = (sc_forward){ .key = key, .vias = vias };
        return false;
    }
    uint32_t author = found->vias;
    bool nearer = message->is_request ? vias < author : vias > author;
    if (nearer) found->vias = vias;
    return !nearer && vias != author;
}
