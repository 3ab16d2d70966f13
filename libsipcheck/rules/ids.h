/* SPDX-License-Identifier: MIT */
#ifndef SC_IDS_H
#define SC_IDS_H

#include <sipcheck/base.h>

/* 3261-8.1.1.5-2; ret_section: the bytes of 8.1.1.5, set on success only. */
bool sc_is_statement_id(const char *id, sipcheck_slice *ret_section);

bool sc_is_rule_id(const char *id);

/* The section in rfcN-SECTION-words; absent when the id has another form. */
sipcheck_slice sc_section_of_rule_id(const char *id);

#endif
