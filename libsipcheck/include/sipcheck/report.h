/* SPDX-License-Identifier: MIT */
/* The finding record as text: one JSON object, the same keys in every face. docs/findings.md */
#ifndef SIPCHECK_REPORT_H
#define SIPCHECK_REPORT_H

#include <sipcheck/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where report functions write. Returns 0, or anything else to stop. */
typedef int (*sipcheck_write_fn)(void *user, const char *text, size_t length);

/* One finding as one line of JSON with its newline: verdict, rule, rfc, section, statements, level,
 * severity, scope, frame, time, src, dst, transport, call_id, culprit, role, offset, length,
 * message, fix, related; waived where it is. Bytes that are not UTF-8 appear as U+FFFD. Returns
 * what write returned. */
SIPCHECK_API int sipcheck_finding_json(const sipcheck_finding *finding, sipcheck_write_fn write,
                                       void *user);

/* Writes the same lines at less cost, where there are many: what findings of one rule or of one
 * packet have in common is put in words once. One thread at a time. */
typedef struct sipcheck_json sipcheck_json;

/* rules: sealed, borrowed. allocator: copied, may be NULL. NULL: no memory. */
SIPCHECK_API sipcheck_json *sipcheck_json_new(const sipcheck_rules *rules,
                                              const sipcheck_allocator *allocator);
SIPCHECK_API void sipcheck_json_free(sipcheck_json *json); /* NULL is allowed */

/* finding: of an engine with these rules. As sipcheck_finding_json. */
SIPCHECK_API int sipcheck_json_finding(sipcheck_json *json, const sipcheck_finding *finding,
                                       sipcheck_write_fn write, void *user);

/* A string with JSON's escapes and quotes. */
SIPCHECK_API int sipcheck_json_string(sipcheck_slice text, sipcheck_write_fn write, void *user);

/* "2026-01-01T10:00:00.123456Z"; nine digits when the nanoseconds are not whole microseconds.
 * Returns buf. */
#define SIPCHECK_TIME_TEXT 40
SIPCHECK_API const char *sipcheck_time_text(uint64_t ns, char buf[SIPCHECK_TIME_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
