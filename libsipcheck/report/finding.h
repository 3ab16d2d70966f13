/* SPDX-License-Identifier: MIT */
/* A finding's line of JSON in parts, in their order. */
#ifndef SC_REPORT_FINDING_H
#define SC_REPORT_FINDING_H

#include "report/out.h"

/* From the opening brace on: what rule, verdict and severity say. */
void sc_json_rule(sc_out *out, const sipcheck_finding *finding);

/* Frame, time, addresses, transport; null where the finding is about a waiver. */
void sc_json_packet(sc_out *out, const sipcheck_finding *finding);

/* Call-ID. culprit: its text, which needs no escapes. */
void sc_json_where(sc_out *out, const sipcheck_finding *finding, sipcheck_slice culprit);

void sc_json_message(sc_out *out, const sipcheck_finding *finding);
void sc_json_fix(sc_out *out, const sipcheck_finding *finding);

/* Related frames, up to the end of the line. */
void sc_json_end(sc_out *out, const sipcheck_finding *finding);

#endif
