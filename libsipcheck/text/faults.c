/* SPDX-License-Identifier: MIT */
#include "text/faults.h"

#include "text/arena.h"

static sipcheck_fault *new_fault(const sc_faults *faults, const sc_production *production)
{
    sipcheck_fault *fault = sc_arena_alloc(faults->arena, sizeof *fault);
    if (!fault) return NULL;
    fault->production = production->name;
    fault->section = production->section;
    fault->rfc = production->rfc;
    fault->in_header = faults->header != NULL;
    fault->body = faults->body;
    fault->sdp_line = faults->sdp_line;
    fault->attribute = faults->attribute;
    if (faults->header) {
        fault->header = faults->header->id;
        fault->header_name = faults->header->name;
    }
    return fault;
}

void sc_fault_add(sc_faults *faults, const uint8_t *at, size_t length,
                  const sc_production *production, const char *wanted)
{
    if (faults->muted) return;
    uint32_t offset = (uint32_t)(at - faults->base);
    const sipcheck_fault **link = &faults->first;
    while (*link && (*link)->offset < offset)
        link = (const sipcheck_fault **)&(*link)->next;
    if (*link && (*link)->offset == offset) return;
    if (faults->count == SIPCHECK_FAULT_MAX) {
        faults->lost = true;
        return;
    }
    sipcheck_fault *fault = new_fault(faults, production);
    if (!fault) {
        faults->no_memory = true;
        return;
    }
    fault->offset = offset;
    fault->length = (uint32_t)length;
    fault->wanted = wanted;
    fault->next = *link;
    *link = fault;
    faults->count++;
}
