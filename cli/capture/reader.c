/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <errno.h>

#include <wiretap/secrets-types.h>
#include <wsutil/wslog.h>

#define NS_PER_S 1000000000u

/* libwiretap's callback has no argument to tell which file it is about. */
static bool secrets_came;

static void on_secrets(guint32 type, const void *secrets, guint size)
{
    (void)secrets;
    if (type == SECRETS_TYPE_TLS && size) secrets_came = true;
}

void capture_reader_init(void)
{
    static gsize done;
    if (!g_once_init_enter(&done)) return;
    ws_log_init("sipcheck", NULL); /* else it prints every record it reads */
    ws_log_set_level(LOG_LEVEL_ERROR);
    wtap_init(FALSE);
    g_once_init_leave(&done, 1);
}

static enum capture_link link_of(int encap)
{
    static const struct {
        int encap;
        enum capture_link link;
    } links[] = {
        { WTAP_ENCAP_ETHERNET, CAPTURE_LINK_ETHERNET },
        { WTAP_ENCAP_SLL, CAPTURE_LINK_SLL },
        { WTAP_ENCAP_SLL2, CAPTURE_LINK_SLL2 },
        { WTAP_ENCAP_RAW_IP, CAPTURE_LINK_IP },
        { WTAP_ENCAP_RAW_IP4, CAPTURE_LINK_IP },
        { WTAP_ENCAP_RAW_IP6, CAPTURE_LINK_IP },
        { WTAP_ENCAP_NULL, CAPTURE_LINK_NULL },
        { WTAP_ENCAP_LOOP, CAPTURE_LINK_LOOP },
        { WTAP_ENCAP_PPP, CAPTURE_LINK_PPP },
        { WTAP_ENCAP_PPP_WITH_PHDR, CAPTURE_LINK_PPP },
        { WTAP_ENCAP_WIRESHARK_UPPER_PDU, CAPTURE_LINK_EXPORTED },
        { WTAP_ENCAP_CHDLC, CAPTURE_LINK_CHDLC },
        { WTAP_ENCAP_CHDLC_WITH_PHDR, CAPTURE_LINK_CHDLC },
        { WTAP_ENCAP_IEEE_802_11, CAPTURE_LINK_WLAN },
        { WTAP_ENCAP_IEEE_802_11_WITH_RADIO, CAPTURE_LINK_WLAN },
        { WTAP_ENCAP_IEEE_802_11_RADIOTAP, CAPTURE_LINK_RADIOTAP },
        { WTAP_ENCAP_IEEE_802_11_PRISM, CAPTURE_LINK_PRISM },
        { WTAP_ENCAP_IEEE_802_11_AVS, CAPTURE_LINK_AVS },
        { WTAP_ENCAP_PPI, CAPTURE_LINK_PPI },
        { WTAP_ENCAP_JUNIPER_ETHER, CAPTURE_LINK_JUNIPER },
        { WTAP_ENCAP_JUNIPER_PPP, CAPTURE_LINK_JUNIPER_PPP },
        { WTAP_ENCAP_JUNIPER_CHDLC, CAPTURE_LINK_JUNIPER_CHDLC },
        { WTAP_ENCAP_JUNIPER_FRELAY, CAPTURE_LINK_JUNIPER_FRELAY },
        { WTAP_ENCAP_PPP_ETHER, CAPTURE_LINK_PPPOE },
        { WTAP_ENCAP_ATM_RFC1483, CAPTURE_LINK_LLC },
        { WTAP_ENCAP_FDDI, CAPTURE_LINK_FDDI },
        { WTAP_ENCAP_FDDI_BITSWAPPED, CAPTURE_LINK_FDDI },
        { WTAP_ENCAP_IP_OVER_FC, CAPTURE_LINK_IP_OVER_FC },
        { WTAP_ENCAP_IP_OVER_IB_PCAP, CAPTURE_LINK_IPOIB },
        { WTAP_ENCAP_FRELAY, CAPTURE_LINK_FRELAY },
        { WTAP_ENCAP_FRELAY_WITH_PHDR, CAPTURE_LINK_FRELAY },
        { WTAP_ENCAP_PFLOG, CAPTURE_LINK_PFLOG },
        { WTAP_ENCAP_ENC, CAPTURE_LINK_ENC },
        { WTAP_ENCAP_ERF, CAPTURE_LINK_ETHERNET },
        { WTAP_ENCAP_PKTAP, CAPTURE_LINK_PKTAP },
        { WTAP_ENCAP_NFLOG, CAPTURE_LINK_NFLOG },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
        if (links[i].encap == encap) return links[i].link;
    return CAPTURE_LINK_OTHER;
}

/* Endace's records say what each is; of most, libwiretap has taken the rest of their header off. */
static enum capture_link link_of_erf(unsigned type)
{
    switch (type & 0x7F) {
    case 2:  /* Ethernet, */
    case 11: /* with a colour, */
    case 16: /* of a filter, */
    case 20: /* with a hash */
        return CAPTURE_LINK_ETHERNET;
    case 22: /* IPv4 */
    case 23: /* IPv6 */
        return CAPTURE_LINK_IP;
    default:
        return CAPTURE_LINK_OTHER;
    }
}

static enum capture_link link_of_packet(const wtap_packet_header *header)
{
    if (header->pkt_encap != WTAP_ENCAP_ERF) return link_of(header->pkt_encap);
    return link_of_erf(header->pseudo_header.erf.phdr.type);
}

/* "why (details)" of an error of libwiretap; details are freed. */
static char *error_text(int err, char *details)
{
    const char *why = err == WTAP_ERR_SHORT_READ
                          ? "the file was cut short in the middle of a record"
                          : wtap_strerror(err);
    char *text = details ? g_strdup_printf("%s (%s)", why, details) : g_strdup(why);
    g_free(details);
    return text;
}

bool capture_reader_open(capture_reader *r, const char *path, GError **error)
{
    int err = 0;
    char *details = NULL;
    r->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &details, FALSE);
    if (r->file) {
        wtap_rec_init(&r->record);
        ws_buffer_init(&r->buffer, 2048);
        secrets_came = false;
        wtap_set_cb_new_secrets(r->file, on_secrets);
        r->has_secrets = secrets_came;
        return true;
    }
    bool open = err > 0 || err == WTAP_ERR_NOT_REGULAR_FILE || err == WTAP_ERR_CANT_OPEN;
    char *text = error_text(err, details);
    int code = open                                  ? CAPTURE_ERROR_OPEN
               : err == WTAP_ERR_FILE_UNKNOWN_FORMAT ? CAPTURE_ERROR_NO_CAPTURE
                                                     : CAPTURE_ERROR_FORMAT;
    g_set_error(error, CAPTURE_ERROR, code, "%s: %s", path, text);
    g_free(text);
    return false;
}

/* Packets of several interfaces or threads may be out of order by less. */
#define JITTER_MAX (NS_PER_S / 10)

static void take_time(capture_reader *r)
{
    const nstime_t *ts = &r->record.ts;
    r->set_back = false;
    r->has_time = r->record.presence_flags & WTAP_HAS_TS && ts->secs >= 0 && ts->nsecs >= 0;
    if (!r->has_time) return;
    r->ns = (uint64_t)ts->secs * NS_PER_S + (uint64_t)ts->nsecs;
    r->set_back = r->clock_ns > JITTER_MAX && r->ns < r->clock_ns - JITTER_MAX;
    if (r->set_back || r->ns > r->clock_ns) r->clock_ns = r->ns;
    if (r->record.rec_type != REC_TYPE_PACKET) return; /* a journal's entries may be older */
    if (!r->source->first_ns || r->ns < r->source->first_ns) r->source->first_ns = r->ns;
    if (r->ns > r->source->last_ns) r->source->last_ns = r->ns;
}

static bool read_record(capture_reader *r, char **ret_damage)
{
    int err = 0;
    char *details = NULL;
    gint64 offset;
    *ret_damage = NULL;
    wtap_rec_reset(&r->record);
    secrets_came = false;
    bool fine = wtap_read(r->file, &r->record, &r->buffer, &err, &details, &offset);
    r->has_secrets = r->has_secrets || secrets_came;
    if (!fine) {
        /* The face asked a live capture to end by a signal: that is an end. */
        if (err && err != EINTR) *ret_damage = error_text(err, details);
    }
    return fine;
}

bool capture_reader_next(capture_reader *r, char **ret_damage)
{
    if (!read_record(r, ret_damage)) return false;
    r->source->frames++;
    take_time(r);
    return true;
}

void capture_reader_park(capture_reader *r)
{
    capture_reader_close(r);
    r->parked = true;
}

bool capture_reader_wake(capture_reader *r, char **ret_damage)
{
    GError *error = NULL;
    r->parked = false;
    if (capture_reader_open(r, r->source->path, &error)) return read_record(r, ret_damage);
    *ret_damage = g_strdup(error->message);
    g_error_free(error);
    return false;
}

bool capture_reader_is_packet(const capture_reader *r)
{
    return r->record.rec_type == REC_TYPE_PACKET;
}

bool capture_reader_is_packets(const capture_reader *r)
{
    const wtap_rec *record = &r->record;
    return record->rec_type != REC_TYPE_PACKET || record->presence_flags & WTAP_HAS_TS ||
           link_of(record->rec_header.packet_header.pkt_encap) != CAPTURE_LINK_OTHER;
}

bool capture_reader_is_exported(const capture_reader *r)
{
    return r->record.rec_type == REC_TYPE_PACKET &&
           r->record.rec_header.packet_header.pkt_encap == WTAP_ENCAP_WIRESHARK_UPPER_PDU;
}

bool capture_reader_frame(capture_reader *r, capture_frame *frame)
{
    if (r->record.rec_type != REC_TYPE_PACKET) return false;
    const wtap_packet_header *header = &r->record.rec_header.packet_header;
    *frame = (capture_frame){
        .bytes = ws_buffer_start_ptr(&r->buffer),
        .captured = header->caplen,
        .wire = header->len,
        .ns = r->ns,
        .link = r->decrypt ? CAPTURE_LINK_DECRYPTED : link_of_packet(header),
    };
    return true;
}

void capture_reader_close(capture_reader *r)
{
    if (!r->file) return;
    wtap_rec_cleanup(&r->record);
    ws_buffer_free(&r->buffer);
    wtap_close(r->file);
    r->file = NULL;
}
