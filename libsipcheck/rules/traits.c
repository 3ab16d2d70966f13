/* SPDX-License-Identifier: MIT */
/* The traits of a message: how its values differ from the plainest ones. Each word of 16 bits is
 * made at once. */
#include "rules/traits.h"

#include "fields/tag.h"

#define TAGS(X)                                                                                    \
    X("100rel")                                                                                    \
    X("timer")                                                                                     \
    X("replaces")                                                                                  \
    X("outbound")                                                                                  \
    X("gruu")                                                                                      \
    X("path")                                                                                      \
    X("histinfo")                                                                                  \
    X("norefersub")                                                                                \
    X("precondition")                                                                              \
    X("eventlist")                                                                                 \
    X("from-change")                                                                               \
    X("join")                                                                                      \
    X("tdialog")                                                                                   \
    X("resource-priority")
#define TEXT_OF(TAG) TAG,
#define LENGTH_OF(TAG) sizeof(TAG) - 1,
const char *const sc_noted_tags[SC_NOTED_TAGS] = { TAGS(TEXT_OF) };
static const uint8_t tag_lengths[SC_NOTED_TAGS] = { TAGS(LENGTH_OF) };

bool sc_is_routing(unsigned header)
{
    return header == SIPCHECK_HEADER_VIA || header == SIPCHECK_HEADER_ROUTE ||
           header == SIPCHECK_HEADER_RECORD_ROUTE || header == SIPCHECK_HEADER_PROXY_REQUIRE ||
           header == SIPCHECK_HEADER_MAX_FORWARDS || header == SIPCHECK_HEADER_PROXY_AUTHORIZATION;
}

/* Inline, so that most names are compared with a few constants. */
static inline bool is_named(const sipcheck_param *param, const char *name, size_t length)
{
    return param->name.n == length && (memcmp(param->name.p, name, length) == 0 ||
                                       sc_equal_nocase(param->name.p, name, length));
}
#define NAMED(PARAM, NAME) is_named(PARAM, NAME, sizeof(NAME) - 1)

/* --- URIs and addresses */

bool sc_is_odd_host(sipcheck_slice host)
{
    return SC_IS(host, "0.0.0.0") || SC_IS(host, "255.255.255.255") || SC_IS(host, "[::]") ||
           (host.n == 17 && sc_equal_nocase(host.p, "anonymous.invalid", 17));
}

bool sc_is_odd_user(sipcheck_slice user)
{
    return user.n == 9 && sc_equal_nocase(user.p, "anonymous", 9);
}

bool sc_is_no_name(sipcheck_slice name)
{
    return SC_IS(name, "-") || SC_IS(name, " ");
}

static unsigned trait_of_uri_param(const sipcheck_param *p)
{
    if (NAMED(p, "transport")) {
        bool common = p->value.n == 3 && (sc_equal_nocase(p->value.p, "udp", 3) ||
                                          sc_equal_nocase(p->value.p, "tcp", 3));
        return SC_TRAIT(TRANSPORT) | sc_when(!common, SC_TRAIT(OTHER_TRANSPORT));
    }
    if (NAMED(p, "lr")) return SC_TRAIT(NO_LR); /* taken out by the URI */
    return NAMED(p, "user") ? SC_TRAIT(USER_PARAM) : SC_TRAIT(RARE);
}

static unsigned trait_of_header_param(const sipcheck_param *p)
{
    if (NAMED(p, "tag"))
        return SC_TRAIT(TAG) | sc_when(p->value.n < SC_TAG_LENGTH, SC_TRAIT(SHORT_TAG)) |
               sc_when(p->value.n == 0 || p->value.p[0] == '"', SC_TRAIT(ODD));
    if (NAMED(p, "q")) return SC_TRAIT(Q) | sc_when(!p->value.p, SC_TRAIT(ODD));
    if (!NAMED(p, "expires")) return SC_TRAIT(HEADER_RARE);
    bool number = p->value.n > 0 && p->value.n < 10;
    for (size_t i = 0; i < p->value.n && number; i++)
        number = p->value.p[i] >= '0' && p->value.p[i] <= '9';
    return SC_TRAIT(EXPIRES) | sc_when(!number, SC_TRAIT(ODD));
}

/* all: a parameter of a trait that was met before is one that stands twice. */
static unsigned traits_of_params(const sipcheck_param *first,
                                 unsigned trait_of(const sipcheck_param *), unsigned some,
                                 unsigned rare)
{
    unsigned traits = sc_when(first != NULL, some);
    for (const sipcheck_param *p = first; p; p = p->next) {
        unsigned trait = trait_of(p);
        traits |= trait | sc_when(traits & trait & ~SC_TRAIT(ODD), rare);
    }
    return traits;
}

static unsigned traits_of_uri(const sipcheck_uri *uri)
{
    bool odd = !uri->raw.p || !uri->valid || !uri->is_sip || uri->is_sips || uri->password.p ||
               uri->headers_text.p || uri->headers || !uri->host.p || sc_is_odd_host(uri->host) ||
               sc_is_odd_user(uri->user);
    unsigned params =
        traits_of_params(uri->params, trait_of_uri_param, SC_TRAIT(PARAMS), SC_TRAIT(RARE));
    return (params ^ SC_TRAIT(NO_LR)) | sc_when(odd, SC_TRAIT(ODD)) |
           sc_when(uri->port_text.p, SC_TRAIT(PORT)) |
           sc_when(uri->user.n == 0 || uri->user.p[0] == '+', SC_TRAIT(PHONE));
}

static unsigned traits_of_request_uri(const sipcheck_uri *uri)
{
    return traits_of_uri(uri) | sc_when(!uri->user.p, SC_TRAIT(NO_USER));
}

static unsigned traits_of_address(const sipcheck_value *value)
{
    const sipcheck_address *address = (const sipcheck_address *)value;
    return traits_of_uri(&address->uri) | sc_when(!value->valid || address->star, SC_TRAIT(ODD)) |
           traits_of_params(address->params, trait_of_header_param, SC_TRAIT(HEADER_PARAMS),
                            SC_TRAIT(HEADER_RARE));
}

static unsigned traits_of_addresses(const sipcheck_value *first)
{
    if (!first) return SC_TRAIT(ODD);
    unsigned traits = sc_when(first->next, SC_TRAIT(SEVERAL));
    for (const sipcheck_value *value = first; value; value = value->next)
        traits |= traits_of_address(value);
    return traits;
}

/* --- Via */

static unsigned trait_of_via_param(const sipcheck_param *p)
{
    if (NAMED(p, "branch")) return SC_TRAIT(BRANCH);
    if (NAMED(p, "rport")) return SC_TRAIT(RPORT);
    return NAMED(p, "received") ? SC_TRAIT(RECEIVED) : SC_TRAIT(RARE);
}

static unsigned traits_of_branch(sipcheck_slice branch)
{
    size_t n = sizeof SC_COOKIE - 1;
    bool cookie = branch.p && branch.n > n && memcmp(branch.p, SC_COOKIE, n) == 0;
    return sc_when(!branch.p, SC_TRAIT(NO_BRANCH)) | sc_when(!cookie, SC_TRAIT(NO_COOKIE));
}

static unsigned traits_of_via(const sipcheck_value *value)
{
    const sipcheck_via *via = (const sipcheck_via *)value;
    bool plain =
        value->valid && SC_IS(via->protocol, "SIP") && SC_IS(via->version, "2.0") && via->host.p;
    bool ip = via->host_kind == SIPCHECK_HOST_IPV4 || via->host_kind == SIPCHECK_HOST_IPV6;
    unsigned params =
        traits_of_params(via->params, trait_of_via_param, SC_TRAIT(PARAMS), SC_TRAIT(RARE));
    bool odd_received = !(params & SC_TRAIT(RECEIVED)) != !via->received.p;
    bool odd_rport = via->rport.p && sc_field_via_rport(NULL, via).state != SC_VALUE;
    return params | sc_when(!plain || odd_received || odd_rport, SC_TRAIT(ODD)) |
           sc_when(ip, SC_TRAIT(IP)) | sc_when(SC_IS(via->transport, "UDP"), SC_TRAIT(UDP)) |
           sc_when(SC_IS(via->transport, "TCP"), SC_TRAIT(TCP)) |
           sc_when(via->rport.p, SC_TRAIT(RPORT_VALUE)) | traits_of_branch(via->branch);
}

static const sipcheck_value *last_of(const sipcheck_value *value)
{
    while (value && value->next)
        value = value->next;
    return value;
}

/* --- credentials */

/* Which parameters there are, beside the traits. */
enum {
    SEEN_USERNAME = 1u << 16,
    SEEN_REALM = 1u << 17,
    SEEN_NONCE = 1u << 18,
    SEEN_URI = 1u << 19,
    SEEN_RESPONSE = 1u << 20,
    SEEN_NC = 1u << 21,
    SEEN_CNONCE = 1u << 22,
    SEEN_ALWAYS = SEEN_USERNAME | SEEN_REALM | SEEN_NONCE | SEEN_URI | SEEN_RESPONSE,
    SEEN_QOP = SC_TRAIT(QOP) | SEEN_NC | SEEN_CNONCE
};

static unsigned trait_of_credential(const sipcheck_param *p)
{
    if (NAMED(p, "username")) return SEEN_USERNAME;
    if (NAMED(p, "realm")) return SEEN_REALM;
    if (NAMED(p, "nonce")) return SEEN_NONCE;
    if (NAMED(p, "uri")) return SEEN_URI;
    if (NAMED(p, "response")) return SEEN_RESPONSE;
    if (NAMED(p, "nc")) return SEEN_NC;
    if (NAMED(p, "cnonce")) return SEEN_CNONCE;
    if (NAMED(p, "qop")) return SC_TRAIT(QOP);
    if (NAMED(p, "opaque")) return SC_TRAIT(OPAQUE);
    return NAMED(p, "algorithm") ? SC_TRAIT(ALGORITHM) : SC_TRAIT(RARE);
}

/* Odd: a parameter that lacks, but for algorithm, opaque, or all that comes with qop; another
 * scheme than Digest, another algorithm than MD5, and what is no hash or no SIP URI. */
static unsigned traits_of_credentials(const sipcheck_value *value)
{
    const sipcheck_auth *auth = (const sipcheck_auth *)value;
    unsigned seen =
        traits_of_params(auth->params, trait_of_credential, SC_TRAIT(PARAMS), SC_TRAIT(RARE));
    sc_value algorithm = sc_field_auth_algorithm(NULL, auth), uri = sc_field_auth_uri(NULL, auth);
    size_t start = sizeof SC_URI_START - 1;
    bool whole = (seen & SEEN_ALWAYS) == SEEN_ALWAYS &&
                 (!(seen & SEEN_QOP) || (seen & SEEN_QOP) == SEEN_QOP);
    bool plain = value->valid && whole && SC_IS(auth->scheme, "Digest") &&
                 (algorithm.state == SC_ABSENT_VALUE || SC_IS(algorithm.raw, "MD5")) &&
                 uri.raw.n > start && memcmp(uri.raw.p, SC_URI_START, start) == 0 &&
                 sc_field_auth_response(NULL, auth).raw.n == SC_HASH_LENGTH;
    return (seen & 0xFFFF) | sc_when(!plain, SC_TRAIT(ODD));
}

static unsigned traits_of_authorization(const sipcheck_value *first)
{
    if (!first) return SC_TRAIT(ODD);
    unsigned traits = sc_when(first->next, SC_TRAIT(SEVERAL));
    for (const sipcheck_value *value = first; value; value = value->next)
        traits |= traits_of_credentials(value);
    return traits;
}

/* --- other values */

static unsigned traits_of_content_type(const sipcheck_value *value)
{
    const sipcheck_media *media = (const sipcheck_media *)value;
    if (!media) return SC_TRAIT(ODD);
    bool sdp = value->valid && SC_IS(media->type, "application") && SC_IS(media->subtype, "sdp");
    return sc_when(!sdp, SC_TRAIT(ODD)) | sc_when(media->params, SC_TRAIT(PARAMS));
}

/* Odd: one that has several parameters. */
static unsigned traits_of_accept(const sipcheck_value *first)
{
    unsigned traits = sc_when(!first, SC_TRAIT(ODD));
    for (const sipcheck_value *v = first; v; v = v->next) {
        const sipcheck_param *params = ((const sipcheck_media *)v)->params;
        traits |= sc_when(!v->valid || (params && params->next), SC_TRAIT(ODD)) |
                  sc_when(params, SC_TRAIT(PARAMS)) | sc_when(v->next, SC_TRAIT(SEVERAL));
    }
    return traits;
}

/* Likewise. */
static unsigned traits_of_session_expires(const sipcheck_value *value)
{
    const sipcheck_param *params = value ? ((const sipcheck_number *)value)->params : NULL;
    return sc_when(!value || !value->valid || (params && params->next), SC_TRAIT(ODD)) |
           sc_when(params, SC_TRAIT(PARAMS));
}

static unsigned traits_of_allow(const sipcheck_value *first)
{
    unsigned traits = 0;
    for (const sipcheck_value *v = first; v; v = v->next)
        traits |= 1u << sc_method_of(((const sipcheck_token *)v)->token);
    return traits;
}

static unsigned trait_of_tag(sipcheck_slice tag)
{
    for (unsigned i = 0; i < SC_NOTED_TAGS; i++)
        if (tag_lengths[i] == tag.n && sc_noted_tags[i][0] == (char)tag.p[0] &&
            memcmp(sc_noted_tags[i], tag.p, tag.n) == 0)
            return 1u << i;
    return sc_known_option_tag(tag) ? SC_TRAIT(OTHER_TAG) : SC_TRAIT(UNKNOWN_TAG);
}

static unsigned traits_of_supported(const sipcheck_value *first)
{
    unsigned traits = 0;
    for (const sipcheck_value *v = first; v; v = v->next)
        traits |= trait_of_tag(((const sipcheck_token *)v)->token);
    return traits;
}

static unsigned traits_of_date(const sipcheck_value *value)
{
    const sipcheck_date *date = (const sipcheck_date *)value;
    if (!value || !value->valid) return SC_TRAIT(ODD);
    sc_value weekday = sc_field_date_true_weekday(NULL, date);
    bool plain =
        weekday.state == SC_VALUE && date->hour <= 23 && date->minute <= 59 && date->second <= 60;
    bool right = plain && sc_slices_same_nocase(date->weekday, weekday.raw);
    return sc_when(!plain, SC_TRAIT(ODD)) | sc_when(!right, SC_TRAIT(WRONG_WEEKDAY));
}

static unsigned traits_of_cseq(const sipcheck_value *value)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)value;
    bool plain = value && value->valid && cseq->digits.n > 0 && cseq->seq < UINT64_C(1) << 31;
    return sc_when(!plain, SC_TRAIT(ODD));
}

static unsigned traits_of_max_forwards(const sipcheck_value *value)
{
    const sipcheck_number *hops = (const sipcheck_number *)value;
    bool plain = value && value->valid && hops->digits.n > 0 && hops->number <= 255;
    return sc_when(!plain, SC_TRAIT(ODD)) |
           sc_when(value && hops->number > 70, SC_TRAIT(ABOVE_70)) |
           sc_when(value && hops->number != 70, SC_TRAIT(NOT_70));
}

/* Odd: more than 32 bits. */
static unsigned traits_of_expires(const sipcheck_value *value)
{
    const sipcheck_number *expires = (const sipcheck_number *)value;
    bool plain = value && value->valid && expires->digits.n > 0 && expires->number <= UINT32_MAX;
    return sc_when(!plain, SC_TRAIT(ODD));
}

/* Odd: another length than that of the body. */
static unsigned traits_of_content_length(const sipcheck_message *msg)
{
    const sipcheck_value *value = msg->values[SIPCHECK_HEADER_CONTENT_LENGTH];
    const sipcheck_number *length = (const sipcheck_number *)value;
    bool plain = value && value->valid && length->digits.n > 0 && !msg->cut &&
                 length->number == msg->body.n + msg->surplus.n;
    return sc_when(!plain, SC_TRAIT(ODD));
}

/* --- the message */

static bool is_strange(const sipcheck_header *header)
{
    sipcheck_slice name = header->name;
    return header->id == SIPCHECK_HEADER_UNKNOWN &&
           !(name.n > 2 && (name.p[0] == 'X' || name.p[0] == 'x') && name.p[1] == '-');
}

static unsigned traits_of_lines(const sipcheck_message *msg)
{
    unsigned traits = 0;
    size_t count = msg->header_count;
    bool unknown = msg->line_count[SIPCHECK_HEADER_UNKNOWN] > 0;
    for (size_t i = 0; i < count && unknown; i++)
        traits |= sc_when(is_strange(&msg->headers[i]), SC_TRAIT(STRANGE_NAME));
    bool routing = count > 0 && sc_is_routing(msg->headers[count - 1].id);
    return traits | sc_when(routing, SC_TRAIT(LAST_ROUTING));
}

static bool same_without_quotes(const sipcheck_message *msg)
{
    sc_value from = sc_field_addr_tag(NULL, msg->values[SIPCHECK_HEADER_FROM]);
    sc_value to = sc_field_addr_tag(NULL, msg->values[SIPCHECK_HEADER_TO]);
    return from.state == SC_VALUE && to.state == SC_VALUE &&
           sc_slices_same_nocase(from.raw, to.raw);
}

/* Quotes do not count, but hardly a tag has some. */
static bool same_tags(const sipcheck_message *msg)
{
    sipcheck_slice from = sc_tag_of(msg, SIPCHECK_HEADER_FROM);
    sipcheck_slice to = sc_tag_of(msg, SIPCHECK_HEADER_TO);
    if (!from.p || !to.p) return false;
    bool quoted = (from.n > 0 && *from.p == '"') != (to.n > 0 && *to.p == '"');
    return quoted ? same_without_quotes(msg) : sc_slices_same_nocase(from, to);
}

static unsigned traits_of_message(const sc_observed *observed, const sc_value *sdp)
{
    const sipcheck_message *msg = observed->message;
    sc_value parts = sc_field_parts(NULL, observed);
    return traits_of_lines(msg) | sc_when(msg->length > SC_LENGTH_LARGE, SC_TRAIT(LARGE)) |
           sc_when(same_tags(msg), SC_TRAIT(SAME_TAGS)) |
           sc_when(parts.record || parts.missing, SC_TRAIT(PARTS)) |
           sc_when(sdp->state != SC_ABSENT_VALUE, SC_TRAIT(SDP));
}

/* --- */

static void put(sc_marks *marks, enum sc_owner owner, unsigned traits)
{
    unsigned at = sc_trait_mark(owner, 0);
    marks->word[at / 64] |= (uint64_t)traits << (at % 64);
}

static void put_body(const sc_observed *observed, sc_marks *marks)
{
    sc_value sdp = sc_field_observed_sdp(NULL, observed);
    put(marks, SC_OWNER_MESSAGE, traits_of_message(observed, &sdp));
    put(marks, SC_OWNER_PARTS, sc_traits_of_parts(observed));
    put(marks, SC_OWNER_SDP, sdp.state == SC_VALUE ? sc_traits_of_sdp(sdp.record) : SC_TRAIT(ODD));
}

static void put_addresses(const sipcheck_message *msg, sc_marks *marks)
{
    const sipcheck_value *const *values = msg->values;
    put(marks, SC_OWNER_REQUEST_URI,
        msg->is_request ? traits_of_request_uri(&msg->request_uri) : SC_TRAIT(ODD));
    put(marks, SC_OWNER_FROM, traits_of_addresses(values[SIPCHECK_HEADER_FROM]));
    put(marks, SC_OWNER_TO, traits_of_addresses(values[SIPCHECK_HEADER_TO]));
    put(marks, SC_OWNER_CONTACT, traits_of_addresses(values[SIPCHECK_HEADER_CONTACT]));
    put(marks, SC_OWNER_ROUTE, traits_of_addresses(values[SIPCHECK_HEADER_ROUTE]));
    put(marks, SC_OWNER_RECORD_ROUTE, traits_of_addresses(values[SIPCHECK_HEADER_RECORD_ROUTE]));
    put(marks, SC_OWNER_ASSERTED, traits_of_addresses(values[SIPCHECK_HEADER_P_ASSERTED_IDENTITY]));
}

static void put_vias(const sipcheck_value *first, sc_marks *marks)
{
    put(marks, SC_OWNER_TOP_VIA, first ? traits_of_via(first) : SC_TRAIT(ODD));
    put(marks, SC_OWNER_LAST_VIA,
        first && first->next ? traits_of_via(last_of(first)) : SC_TRAIT(ODD));
}

void sc_note_traits(const sc_observed *observed, sc_marks *marks)
{
    const sipcheck_message *msg = observed->message;
    const sipcheck_value *const *values = msg->values;
    put_addresses(msg, marks);
    put_vias(values[SIPCHECK_HEADER_VIA], marks);
    put(marks, SC_OWNER_CONTENT_TYPE, traits_of_content_type(values[SIPCHECK_HEADER_CONTENT_TYPE]));
    put(marks, SC_OWNER_ACCEPT, traits_of_accept(values[SIPCHECK_HEADER_ACCEPT]));
    put(marks, SC_OWNER_SESSION_EXPIRES,
        traits_of_session_expires(values[SIPCHECK_HEADER_SESSION_EXPIRES]));
    put(marks, SC_OWNER_ALLOW, traits_of_allow(values[SIPCHECK_HEADER_ALLOW]));
    put(marks, SC_OWNER_SUPPORTED, traits_of_supported(values[SIPCHECK_HEADER_SUPPORTED]));
    put(marks, SC_OWNER_DATE, traits_of_date(values[SIPCHECK_HEADER_DATE]));
    put(marks, SC_OWNER_CSEQ, traits_of_cseq(values[SIPCHECK_HEADER_CSEQ]));
    put(marks, SC_OWNER_MAX_FORWARDS, traits_of_max_forwards(values[SIPCHECK_HEADER_MAX_FORWARDS]));
    put(marks, SC_OWNER_EXPIRES, traits_of_expires(values[SIPCHECK_HEADER_EXPIRES]));
    put(marks, SC_OWNER_CONTENT_LENGTH, traits_of_content_length(msg));
    put(marks, SC_OWNER_AUTHORIZATION,
        traits_of_authorization(values[SIPCHECK_HEADER_AUTHORIZATION]));
    put_body(observed, marks);
}
