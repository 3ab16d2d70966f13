/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark looks for in a plugin: version marks and the registration. */
#define WS_BUILD_DLL
#include <wireshark.h>

#include <epan/packet.h>
#include <ws_version.h>

#include "sipcheck_plugin.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

void plugin_register(void)
{
    static proto_plugin plugin;
    plugin.register_protoinfo = sipcheck_register;
    plugin.register_handoff = sipcheck_handoff;
    proto_register_plugin(&plugin);
}
