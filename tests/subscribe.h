/* SPDX-License-Identifier: MIT */
/* The lines of flows that begin and end subscriptions. */
#ifndef TESTS_SUBSCRIBE_H
#define TESTS_SUBSCRIBE_H

#include "track.h"

#define SUBSCRIBE .ms = 0, "a>b", "SUBSCRIBE", "1 SUBSCRIBE", "a1", "f", "-"
#define EVENT "Event: presence\r\n"
#define NOTIFY(number)                                                                             \
    .way = "b>a", .start = "NOTIFY", .cseq = number " NOTIFY", .vias = "b" number, .from = "t",    \
    .to = "f"
#define ACTIVE EVENT "Subscription-State: active;expires=600\r\n"
#define OVER EVENT "Subscription-State: terminated;reason=timeout\r\n"

#define INVITE .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-"

#endif
