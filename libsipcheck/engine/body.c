/* SPDX-License-Identifier: MIT */
/* What the grammar's rules say about a body. */
#include "engine/internal.h"
#include "text/slice.h"

static void give_faults(sipcheck *engine, const sipcheck_body *body)
{
    for (const sipcheck_fault *fault = body->faults; fault != NULL; fault = fault->next) {
        size_t rule = sc_rule_of_body_fault(engine->rules, fault);
        if (rule == engine->rules->count || sc_engine_excuses(engine, rule)) continue;
        sc_judgement judgement = { .verdict = SIPCHECK_FAIL,
                                   .offset = fault->offset,
                                   .length = fault->length };
        if (!sc_engine_author_unseen(engine, rule)) {
            sc_engine_give(engine, rule, &judgement, fault);
        } else if (engine->faulty[rule] != engine->messages) {
            judgement = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_AUTHOR };
            sc_engine_give(engine, rule, &judgement, NULL);
        }
        engine->faulty[rule] = engine->messages;
    }
}

/* Each line type and attribute that was sent. */
static void give_clean_sdp(sipcheck *engine, const sipcheck_sdp *sdp)
{
    const sipcheck_rules *rules = engine->rules;
    for (uint64_t left = sdp->lines_seen; left != 0; left &= left - 1)
        sc_engine_give_clean(engine, rules->body_rule[__builtin_ctzll(left)], SC_MISSING_NOTHING);
    uint64_t known = sdp->attributes_seen & ~((uint64_t)1 << SIPCHECK_ATTRIBUTE_UNKNOWN);
    for (uint64_t left = known; left != 0; left &= left - 1)
        sc_engine_give_clean(engine, rules->attribute_rule[__builtin_ctzll(left)],
                             SC_MISSING_NOTHING);
    enum sc_missing missing = sdp->limited ? SC_MISSING_BUDGET : SC_MISSING_NOTHING;
    sc_engine_give_clean(engine, rules->body_rule[SC_BODY_SDP_LINES], missing);
    sc_engine_give_clean(engine, rules->body_rule[SC_BODY_SDP_LINE_END], missing);
}

/* One description speaks for the rules: who has a fault in another was told already. */
static void give_clean(sipcheck *engine, const sipcheck_body *body)
{
    const uint16_t *rules = engine->rules->body_rule;
    bool multipart = false, sipfrag = false;
    const sipcheck_sdp *sdp = body->sdp;
    for (const sipcheck_value *v = &body->parts->v; v != NULL; v = v->next) {
        const sipcheck_part *part = (const sipcheck_part *)v;
        multipart = multipart || part->body == SIPCHECK_BODY_MULTIPART;
        sipfrag = sipfrag || part->body == SIPCHECK_BODY_SIPFRAG;
        if (sdp == NULL) sdp = part->sdp;
    }
    if (sdp != NULL) give_clean_sdp(engine, sdp);
    if (multipart) sc_engine_give_clean(engine, rules[SC_BODY_MULTIPART], SC_MISSING_NOTHING);
    if (sipfrag) sc_engine_give_clean(engine, rules[SC_BODY_SIPFRAG], SC_MISSING_NOTHING);
}

/* A description of which a part is missing. */
static bool is_part_of_sdp(const sipcheck_message *message, const sipcheck_body *body)
{
    const sipcheck_media *type =
        (const sipcheck_media *)message->values[SIPCHECK_HEADER_CONTENT_TYPE];
    return !body->whole && type != NULL && sc_same_nocase(type->type, "application") &&
           sc_same_nocase(type->subtype, "sdp");
}

void sc_judge_body_syntax(sipcheck *engine, const sipcheck_message *message,
                          const sipcheck_body *body)
{
    give_faults(engine, body);
    if (is_part_of_sdp(message, body))
        sc_engine_give_clean(engine, engine->rules->body_rule[SC_BODY_SDP_LINES], SC_MISSING_BODY);
    if (body->parts != NULL && !body->faults_lost) give_clean(engine, body);
}
