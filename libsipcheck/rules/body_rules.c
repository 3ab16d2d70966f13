/* SPDX-License-Identifier: MIT */
/* The grammar's rules about bodies: one a line type of session descriptions, one an attribute, and
 * those of what bodies are made of besides. */
#include <stdio.h>
#include <string.h>

#include "rules/machine.h"
#include "rules/own.h"

/* The first SIPCHECK_SDP_LINES are in the order of enum sipcheck_sdp_line. */
static const sc_own_words own[SC_BODY_RULES] = {
    [SIPCHECK_SDP_V] = { "rfc8866-syntax-sdp-v", "v= is a number", "5.1",
                         "The first line of a session description gives the version of SDP, as "
                         "digits and nothing else.",
                         "A parser that expects v=0 there takes the body for something else.",
                         "Write v=0." },
    [SIPCHECK_SDP_O] = { "rfc8866-syntax-sdp-o", "o= has its six parts", "5.2",
                         "o= is made of user name, session id, version, network type, address type "
                         "and address, one space between them; id and version are digits.",
                         "The peer can't tell whether a later description is a new version of this "
                         "one, and ignores a hold or a codec change.",
                         "Write o=USER ID VERSION IN IP4 ADDRESS, with - for a user without "
                         "name." },
    [SIPCHECK_SDP_S] = { "rfc8866-syntax-sdp-s", "s= holds a text", "5.3",
                         "s= names the session in one byte at least.",
                         "Strict parsers refuse the whole description over an empty name.",
                         "Write s=- where the session has no name." },
    [SIPCHECK_SDP_I] = { "rfc8866-syntax-sdp-i", "i= holds a text", "5.4",
                         "i= says something about the session or the media, in one byte at least.",
                         "Strict parsers refuse the whole description over an empty line.",
                         "Leave i= out where there is nothing to say." },
    [SIPCHECK_SDP_U] = { "rfc8866-syntax-sdp-u", "u= holds a URI", "5.5",
                         "u= is a URI or a relative reference as RFC 3986 has them.",
                         "Nobody can follow it, and strict parsers refuse the description.",
                         "Escape what a URI may not hold." },
    [SIPCHECK_SDP_E] = { "rfc8866-syntax-sdp-e", "e= holds an email address", "5.6",
                         "e= is an address, maybe with a name before <> or behind it in "
                         "parentheses.",
                         "Strict parsers refuse the whole description.",
                         "Write e=user@example.com (Name), or leave the line out." },
    [SIPCHECK_SDP_P] = { "rfc8866-syntax-sdp-p", "p= holds a phone number", "5.6",
                         "p= is made of digits, spaces and hyphens behind an optional plus, maybe "
                         "with a name as e= has it.",
                         "Strict parsers refuse the whole description.",
                         "Write p=+1 212 555 0100, or leave the line out." },
    [SIPCHECK_SDP_C] = { "rfc8866-syntax-sdp-c", "c= has its three parts", "5.7",
                         "c= is made of network type, address type and address, one space between "
                         "them.",
                         "The peer does not know where to send its media: the call is silent.",
                         "Write c=IN IP4 ADDRESS." },
    [SIPCHECK_SDP_B] = { "rfc8866-syntax-sdp-b", "b= is a type, a colon and a number", "5.8",
                         "b= has a bandwidth type and a whole number, a colon between them.",
                         "The peer ignores the limit, or the whole description.",
                         "Write b=AS:64." },
    [SIPCHECK_SDP_T] = { "rfc8866-syntax-sdp-t", "t= has two times", "5.9",
                         "t= is made of start and stop, one space between them; each is 0 or has "
                         "ten digits at least.",
                         "Strict parsers refuse the whole description.",
                         "Write t=0 0 for a call." },
    [SIPCHECK_SDP_R] = { "rfc8866-syntax-sdp-r", "r= has interval, duration and offsets", "5.10",
                         "r= is made of an interval, a duration and one offset at least, numbers "
                         "with an optional unit of d, h, m or s.",
                         "Nobody can tell when the session repeats.", "Write r=7d 1h 0." },
    [SIPCHECK_SDP_Z] = { "rfc8866-syntax-sdp-z", "z= has pairs of time and offset", "5.11",
                         "z= is a row of times of ten digits at least, each with its offset.",
                         "The session repeats an hour early or late.",
                         "Write z=TIME OFFSET for each change of the clock." },
    [SIPCHECK_SDP_K] = { "rfc8866-syntax-sdp-k", "k= has one of its four forms", "5.12",
                         "k= is prompt, clear:, base64: or uri: with what belongs to it.",
                         "Strict parsers refuse the whole description.",
                         "Leave the line out: it is obsolete." },
    [SIPCHECK_SDP_A] = { "rfc8866-syntax-sdp-a", "a= is a name, or a name and a value", "5.13",
                         "An attribute is a token, alone or with a colon and one byte at least "
                         "behind it.",
                         "The attribute is lost, and with strict parsers the whole description.",
                         "Write a=name or a=name:value." },
    [SIPCHECK_SDP_M] = { "rfc8866-syntax-sdp-m", "m= has its parts", "5.14",
                         "m= is made of media, port, protocol and one format at least, one space "
                         "between them.",
                         "The stream can't be set up, or the whole call is refused with 488.",
                         "Write m=audio PORT RTP/AVP FORMATS." },
    [SC_BODY_SDP_LINES] = { "rfc8866-syntax-sdp-lines",
                            "The lines of a description are known and in order", "5",
                            "Each line is a letter, = and a value. They come in the order of v o s "
                            "i u e p c b t r z k a, then m i c b k a for each medium; v, o, s and "
                            "t are always there.",
                            "Parsers that rely on the order stop at the line that is out of place, "
                            "and lose what stands below.",
                            "Put the lines into the order of RFC 8866 section 9." },
    [SC_BODY_SDP_LINE_END] = { "rfc8866-syntax-sdp-line-end", "Lines of a description end in CRLF",
                               "5",
                               "Each line of a session description ends in carriage return and "
                               "line feed. Receivers should bear with a line feed alone, senders "
                               "may not count on it.",
                               "Strict parsers read the description as one line.",
                               "End the line in CR LF." },
    [SC_BODY_MULTIPART] = { "rfc2046-syntax-multipart",
                            "A multipart body is parted by its boundary", "5.1.1",
                            "Content-Type names a boundary of 1 to 70 characters. It begins each "
                            "part behind two hyphens, on a line of its own, and with two more "
                            "behind it ends the last one.",
                            "The receiver finds no part, or takes the last one for incomplete.",
                            "Write --BOUNDARY before each part and --BOUNDARY-- behind the last." },
    [SC_BODY_SIPFRAG] = { "rfc3420-syntax-sipfrag", "A SIP fragment consists of whole lines", "2",
                          "The lines of message/sipfrag end in CRLF, the last one as well.",
                          "A receiver that looks for CRLF finds no status line, and never learns "
                          "how a transfer went.",
                          "End the last line in CR LF." },
};

static unsigned rfc_of(unsigned i)
{
    return i == SC_BODY_MULTIPART ? 2046 : i == SC_BODY_SIPFRAG ? 3420 : 8866;
}

/* They bind authors: a proxy has no business in bodies. RFC 3261 §16.6 */
static int finished(sc_rule *rule)
{
    static const char *const of_8866[] = { "8866-5-2", NULL };
    if (rule == NULL) return SIPCHECK_NOMEM;
    if (rule->pub.rfc == 8866) rule->pub.statements = of_8866;
    return SIPCHECK_OK;
}

static int add_own(sipcheck_rules *set, sc_file *file)
{
    int code = SIPCHECK_OK;
    for (unsigned i = 0; i < SC_BODY_RULES && code == SIPCHECK_OK; i++)
        code = finished(sc_own_add(set, file, rfc_of(i), &own[i]));
    return code;
}

/* --- attributes */

static void write_id(char *id, size_t size, const sipcheck_attribute_info *info)
{
    snprintf(id, size, "rfc%u-syntax-sdp-%s", (unsigned)info->rfc, info->name);
}

static void write_texts(sc_own_texts *t, const sipcheck_attribute_info *info)
{
    write_id(t->id, sizeof t->id, info);
    snprintf(t->title, sizeof t->title, "a=%s follows its grammar", info->name);
    snprintf(t->asks, sizeof t->asks,
             "The attribute says: %s. Its value has the form of RFC %u section %s.", info->doc,
             (unsigned)info->rfc, info->section);
    snprintf(t->why, sizeof t->why,
             "A peer that can't read the value ignores the attribute or refuses the description; "
             "both sides then disagree about the session.");
    snprintf(t->fix, sizeof t->fix, "Write a=%s as RFC %u section %s has it.", info->name,
             (unsigned)info->rfc, info->section);
}

static int add_attribute(sipcheck_rules *set, sc_file *file, enum sipcheck_attribute_id id)
{
    const sipcheck_attribute_info *info = sipcheck_attribute_info_of(id);
    sc_own_texts texts;
    write_texts(&texts, info);
    return finished(sc_own_add_made(set, file, info->rfc, info->section, &texts));
}

int sc_add_body_rules(sipcheck_rules *set, sc_file *file)
{
    int code = sc_set_reserve(set, SC_BODY_RULES + SIPCHECK_ATTRIBUTE_COUNT);
    if (code == SIPCHECK_OK) code = add_own(set, file);
    for (unsigned id = 1; id < SIPCHECK_ATTRIBUTE_COUNT && code == SIPCHECK_OK; id++)
        code = add_attribute(set, file, (enum sipcheck_attribute_id)id);
    return code;
}

/* --- from a fault to its rule */

static bool is_enabled(const sipcheck_rules *set, uint16_t rule)
{
    return set->by_id[rule]->pub.enabled;
}

static bool machine_reads_body(const sipcheck_machine *machine)
{
    bool reads = false;
    for (size_t e = 0; machine != NULL && e < machine->info.events; e++)
        reads = reads || sc_program_reads_body(machine->signs[e].where);
    return reads;
}

static bool rule_reads_body(const sc_rule *rule)
{
    return sc_program_reads_body(rule->applies) || sc_program_reads_body(rule->assertion) ||
           sc_program_reads_body(rule->mark) || sc_program_reads_body(rule->expect.where) ||
           sc_program_reads_body(rule->expect.within) || machine_reads_body(rule->machine);
}

/* Some rule that is on reads the body, or is about its grammar. */
static bool reads_body(const sipcheck_rules *set)
{
    bool reads = false;
    for (unsigned i = 0; i < SC_BODY_RULES; i++)
        reads = reads || is_enabled(set, set->body_rule[i]);
    for (unsigned id = 1; id < SIPCHECK_ATTRIBUTE_COUNT; id++)
        reads = reads || is_enabled(set, set->attribute_rule[id]);
    for (const sc_rule *rule = set->first; rule != NULL && !reads; rule = rule->next)
        reads = rule->pub.enabled && rule_reads_body(rule);
    return reads;
}

void sc_index_body_rules(sipcheck_rules *set)
{
    for (unsigned i = 0; i < SC_BODY_RULES; i++)
        set->body_rule[i] = sc_own_index(set, own[i].id);
    for (unsigned id = 1; id < SIPCHECK_ATTRIBUTE_COUNT; id++) {
        char text[64];
        write_id(text, sizeof text, sipcheck_attribute_info_of((enum sipcheck_attribute_id)id));
        set->attribute_rule[id] = sc_own_index(set, text);
    }
    set->reads_body = reads_body(set);
}

static size_t rule_of_description(const sipcheck_rules *set, const sipcheck_fault *fault)
{
    if (fault->attribute != SIPCHECK_ATTRIBUTE_UNKNOWN)
        return set->attribute_rule[fault->attribute];
    if (fault->sdp_line < SIPCHECK_SDP_LINES) return set->body_rule[fault->sdp_line];
    bool line_end = strcmp(fault->production, "CRLF") == 0;
    return set->body_rule[line_end ? SC_BODY_SDP_LINE_END : SC_BODY_SDP_LINES];
}

size_t sc_rule_of_body_fault(const sipcheck_rules *set, const sipcheck_fault *fault)
{
    if (fault->body == SIPCHECK_BODY_SDP) return rule_of_description(set, fault);
    if (fault->body == SIPCHECK_BODY_MULTIPART) return set->body_rule[SC_BODY_MULTIPART];
    bool structure = strcmp(fault->production, "sipfrag") == 0;
    return structure ? set->body_rule[SC_BODY_SIPFRAG] : set->count;
}
