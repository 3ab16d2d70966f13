/* SPDX-License-Identifier: MIT */
/* tel URIs. RFC 3966 §3 */
#include "grammar/grammar.h"

/* phonedigit  =  DIGIT / visual-separator      RFC 3966 erratum 4376 */
static bool extension(sc_cursor *c)
{
    return sc_take_span(c, SC_PHONE, "phonedigit", NULL);
}

static bool paramchars(sc_cursor *c)
{
    return sc_take_escaped(c, SC_PARAMCHAR, "paramchar", NULL);
}

/* At least one byte of `needed` among 1*( needed / visual-separator ). */
static bool number(sc_cursor *c, uint32_t classes, const char *wanted, bool plain(uint8_t byte))
{
    const uint8_t *start = c->p;
    sc_span(c, classes);
    for (const uint8_t *p = start; p < c->p; p++)
        if (plain(*p)) return true;
    return sc_miss(c, wanted);
}

static bool not_visual(uint8_t byte)
{
    return !(sc_classes[byte] & SC_VISUAL);
}

/* global-number-digits  =  "+" *phonedigit DIGIT *phonedigit
 * local-number-digits   =  *phonedigit-hex (HEXDIG / "*" / "#") *phonedigit-hex */
static bool subscriber(sc_cursor *c)
{
    if (sc_skip(c, '+')) return number(c, SC_PHONE, "digit", not_visual);
    return number(c, SC_PHONE_HEX, "\"+\", HEXDIG, \"*\" or \"#\"", not_visual);
}

/* descriptor  =  domainname / global-number-digits */
static bool descriptor(sc_cursor *c)
{
    return sc_at(c, '+') ? subscriber(c) : sc_domain(c);
}

/* extension        =  ";ext=" 1*phonedigit
 * isdn-subaddress  =  ";isub=" 1*paramchar      erratum 203
 * context          =  ";phone-context=" descriptor */
static const sc_known_param tel_params[] = {
    { "ext", extension, { "extension", "3", 3966 } },
    { "isub", paramchars, { "isdn-subaddress", "3", 3966 } },
    { "phone-context", descriptor, { "context", "3", 3966 } },
};

/* The context stands last. Only a local number has one: behind a global number that name is one of
 * the others, with any pvalue. */
static sc_known_params known_params(bool local)
{
    sc_known_params known = SC_KNOWN(tel_params);
    if (!local) known.count--;
    return known;
}

/* parameter  =  ";" pname ["=" pvalue ]
 * pname      =  1*( alphanum / "-" ) */
static bool par(sc_cursor *c, bool local, sc_param_list *list, sipcheck_param **out)
{
    const uint8_t *start = c->p;
    while (sc_at_class(c, SC_ALNUM) || sc_at(c, '-'))
        c->p++;
    if (c->p == start) return sc_miss(c, "pname");
    sipcheck_param *param = *out = sc_param_add(c, list);
    if (!param) return false;
    param->name = sc_slice(start, c->p);
    return sc_tight_value(c, known_params(local), paramchars, param);
}

/* *par context *par of a local number; a global number needs no context. */
static bool pars(sc_cursor *c, bool local, const sipcheck_param **out)
{
    sc_param_list list = { out };
    sipcheck_param *param = NULL;
    bool context = false, ok = true;
    while (ok && sc_skip(c, ';')) {
        const uint8_t *start = c->p;
        ok = par(c, local, &list, &param);
        if (!ok || !local || !sc_same_nocase(param->name, "phone-context")) continue;
        ok = !context || sc_miss_at(c, start, "no second context");
        context = true;
    }
    return ok && (!local || context || sc_miss(c, "context"));
}

/* telephone-subscriber  =  global-number / local-number
 * global-number         =  global-number-digits *par
 * local-number          =  local-number-digits *par context *par
 * Without angle brackets the parameters are the header's, and a local number has no context. */
bool sc_tel_rest(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    static const sc_production self = { "telephone-subscriber", "3", 3966 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool local = !sc_at(c, '+'), ok = subscriber(c);
    out->user = sc_slice(start, c->p);
    if (ok && bare && local) ok = sc_miss(c, "context");
    if (ok && !bare) ok = pars(c, local, &out->params);
    return sc_leave(c, outer, ok);
}
