/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-config.h"

BaruaImapConfig *
barua_imap_config_new (BaruaEndpoint       *endpoint,
                       const char          *user,
                       BaruaSignIn          sign_in,
                       BaruaCredentialsFunc credentials,
                       gpointer             credentials_data)
{
  BaruaImapConfig *self = g_new0 (BaruaImapConfig, 1);

  self->ref_count = 1;
  self->endpoint = barua_endpoint_ref (endpoint);
  self->name = g_strdup (barua_endpoint_get_text (endpoint));
  self->user = g_strdup (user);
  self->sign_in = sign_in;
  self->mechanisms = BARUA_MECHANISMS_STRONGEST;
  self->credentials = credentials;
  self->credentials_data = credentials_data;
  self->compress = BARUA_COMPRESS_AUTO;
  self->timeouts = barua_timeouts_default ();
  return self;
}

BaruaImapConfig *
barua_imap_config_ref (BaruaImapConfig *self)
{
  self->ref_count++;
  return self;
}

void
barua_imap_config_unref (BaruaImapConfig *self)
{
  if (--self->ref_count > 0)
    return;
  g_free (self->name);
  g_free (self->user);
  barua_endpoint_unref (self->endpoint);
  g_free (self);
}
