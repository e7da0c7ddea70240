#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop for tests, on the session bus: it takes notifications and answers the Background portal, and prints one JSON line for
each call. The portal refuses while the file named by the first argument exists."""

import json
import os
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

XML = """<node>
<interface name="org.gtk.Notifications">
 <method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
 <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
</interface>
<interface name="org.freedesktop.portal.Background">
 <property name="version" type="u" access="read"/>
 <method name="RequestBackground"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
</interface>
</node>"""


def tell(**line):
    print(json.dumps(line), flush=True)


def notifications(_bus, _sender, _path, _interface, method, parameters, invocation):
    tell(call=method, arguments=parameters.unpack())
    invocation.return_value(None)


def background(bus, sender, _path, _interface, _method, parameters, invocation):
    _, options = parameters.unpack()
    tell(call="RequestBackground", arguments=options)
    handle = "/org/freedesktop/portal/desktop/request/" + sender[1:].replace(".", "_") + "/" + options["handle_token"]
    invocation.return_value(GLib.Variant("(o)", (handle,)))
    allowed = not os.path.exists(sys.argv[1])
    results = {"background": GLib.Variant("b", allowed), "autostart": GLib.Variant("b", allowed and options.get("autostart", False))}
    bus.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response",
                    GLib.Variant("(ua{sv})", (0 if allowed else 1, results)))


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    node = Gio.DBusNodeInfo.new_for_xml(XML)
    bus.register_object("/org/gtk/Notifications", node.interfaces[0], notifications, None, None)
    bus.register_object("/org/freedesktop/portal/desktop", node.interfaces[1], background,
                        lambda *_: GLib.Variant("u", 2), None)
    for name in ("org.gtk.Notifications", "org.freedesktop.portal.Desktop"):
        Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, lambda _, name: tell(owned=name), None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
