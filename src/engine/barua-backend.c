/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-backend.h"

G_DEFINE_INTERFACE (BaruaBackend, barua_backend, G_TYPE_OBJECT)

static void
barua_backend_default_init (BaruaBackendInterface *iface)
{
  const GType type = BARUA_TYPE_BACKEND;
  const GSignalFlags flags = G_SIGNAL_RUN_LAST;

  g_signal_new ("connection-changed", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("progress", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_INT64, G_TYPE_UINT, G_TYPE_UINT);
  g_signal_new ("arrived", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, BARUA_TYPE_ID_SET);
  g_signal_new ("checked", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  g_signal_new ("sending", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("refused", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_signal_new ("trouble", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
  g_signal_new ("alert", type, flags, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}
