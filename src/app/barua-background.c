/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-background.h"

#include <glib/gi18n.h>
#include <libportal/portal.h>

typedef struct
{
  BaruaBackgroundFunc  done;
  gpointer             user_data;
} Request;

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autofree Request *request = data;
  g_autoptr (GError) error = NULL;
  gboolean allowed = xdp_portal_request_background_finish (XDP_PORTAL (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || allowed)
    request->done (allowed, error, request->user_data);
}

void
barua_background_request (gboolean             at_login,
                          GCancellable        *cancellable,
                          BaruaBackgroundFunc  done,
                          gpointer             user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XdpPortal) portal = xdp_portal_initable_new (&error);
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  Request *request;

  if (portal == NULL)
    {
      done (FALSE, error, user_data);
      return;
    }
  g_ptr_array_add (command, (gpointer) "barua");
  g_ptr_array_add (command, (gpointer) "--background");
  request = g_new0 (Request, 1);
  request->done = done;
  request->user_data = user_data;
  /* Translators: shown by the desktop when it asks whether the program may do so. */
  xdp_portal_request_background (portal, NULL, (char *)_("Barua fetches new mail and tells you of it."), command,
                                 at_login ? XDP_BACKGROUND_FLAG_AUTOSTART : XDP_BACKGROUND_FLAG_NONE, cancellable, answered,
                                 request);
}
