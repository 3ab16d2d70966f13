/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conformance statement of one element: of each RFC and section, which statements a capture
 * exercised there, and how they came out. Of what no rule judges, `sipcheck coverage` speaks. */
#ifndef SIPCHECK_CLI_AUDIT_STATEMENT_H
#define SIPCHECK_CLI_AUDIT_STATEMENT_H

#include "report.h"

/* The counts of summary->totals are those of the element. */
void statement_text(const struct audit_summary *summary);

/* A line a statement. */
void statement_ndjson(const struct audit_summary *summary);

#endif
