/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-background.h"

#include <glib/gi18n.h>
#include <libportal/portal.h>

typedef struct
{
  BaruaBackgroundFunc  done;
  gpointer             user_data;
  GCancellable        *cancellable;
} Request;

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autofree Request *request = data;
  g_autoptr (GCancellable) cancellable = request->cancellable;
  g_autoptr (GError) error = NULL;
  gboolean allowed = xdp_portal_request_background_finish (XDP_PORTAL (source), result, &error);

  /* The portal's own refusal bears the name of cancelling too. */
  if (cancellable == NULL || !g_cancellable_is_cancelled (cancellable))
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
  g_set_object (&request->cancellable, cancellable);
  /* Translators: shown by the desktop when it asks whether the program may do so. */
  xdp_portal_request_background (portal, NULL, (char *)_("Barua fetches new mail and tells you of it."), command,
                                 at_login ? XDP_BACKGROUND_FLAG_AUTOSTART : XDP_BACKGROUND_FLAG_NONE, cancellable, answered,
                                 request);
}
