/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-net-error.h"

#include "barua-error.h"

#include <libdex.h>

static BaruaErrorCode
code_of_io (int code)
{
  switch (code)
    {
    case G_IO_ERROR_CANCELLED:
      return BARUA_ERROR_CANCELLED;
    case G_IO_ERROR_TIMED_OUT:
      return BARUA_ERROR_TIMEOUT;
    case G_IO_ERROR_CONNECTION_REFUSED:
      return BARUA_ERROR_REFUSED;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return BARUA_ERROR_OFFLINE;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return BARUA_ERROR_UNKNOWN_HOST;
    case G_IO_ERROR_CONNECTION_CLOSED: /* = G_IO_ERROR_BROKEN_PIPE */
    case G_IO_ERROR_NOT_CONNECTED:
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_PARTIAL_INPUT:
      return BARUA_ERROR_CONNECTION_LOST;
    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_AUTH_FAILED:
    case G_IO_ERROR_PROXY_NEED_AUTH:
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return BARUA_ERROR_REFUSED;
    case G_IO_ERROR_NO_SPACE:
      return BARUA_ERROR_NO_SPACE;
    case G_IO_ERROR_NOT_FOUND:
      return BARUA_ERROR_NOT_FOUND;
    case G_IO_ERROR_INVALID_ARGUMENT:
      return BARUA_ERROR_INVALID;
    default:
      return BARUA_ERROR_IO;
    }
}

static BaruaErrorCode
code_of (const GError *error)
{
  if (error->domain == BARUA_ERROR)
    return (BaruaErrorCode) error->code;
  if (error->domain == G_TLS_ERROR)
    {
      if (error->code == G_TLS_ERROR_BAD_CERTIFICATE)
        return BARUA_ERROR_CERTIFICATE;
      return error->code == G_TLS_ERROR_EOF ? BARUA_ERROR_CONNECTION_LOST : BARUA_ERROR_TLS;
    }
  if (error->domain == G_RESOLVER_ERROR)
    return error->code == G_RESOLVER_ERROR_TEMPORARY_FAILURE ? BARUA_ERROR_OFFLINE : BARUA_ERROR_UNKNOWN_HOST;
  if (error->domain == G_IO_ERROR)
    return code_of_io (error->code);
  if (error->domain == G_SPAWN_ERROR || error->domain == G_SPAWN_EXIT_ERROR || error->domain == G_SHELL_ERROR)
    return BARUA_ERROR_CREDENTIALS; /* the only programs that net starts are password commands */
  if (error->domain == DEX_ERROR)
    return error->code == DEX_ERROR_TIMED_OUT ? BARUA_ERROR_TIMEOUT : BARUA_ERROR_INTERNAL;
  return barua_error_get_code (error);
}

GError *
barua_net_error_translate (GError     *error,
                           const char *prefix)
{
  g_autoptr(GError) owned = error;
  GError *translated;

  if (owned == NULL)
    translated = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INTERNAL, "no reason given");
  else
    translated = g_error_new_literal (BARUA_ERROR, (int) code_of (owned), owned->message);
  barua_error_prefix (&translated, prefix);
  return translated;
}

gboolean
barua_net_error_fix (GError    **error,
                     const char *prefix)
{
  if (error != NULL && *error != NULL)
    *error = barua_net_error_translate (*error, prefix);
  return FALSE;
}
