/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-session-private.h"

#include "barua-error.h"

#include <string.h>

/* One way to sign in. LOGIN comes in two dresses: the SASL mechanism and the command. */
typedef struct
{
  BaruaSaslMechanism mechanism;
  gboolean           is_command;
} Way;

typedef struct
{
  Way   ways[4];
  guint n_ways;
} Ways;

static void
add_way (Ways              *ways,
         BaruaImapSession  *self,
         BaruaImapCap       cap,
         BaruaSaslMechanism mechanism)
{
  if (barua_imap_capabilities_has (self->capabilities, cap))
    ways->ways[ways->n_ways++] = (Way) { mechanism, FALSE };
}

/* What both sides can do, best first. */
static void
find_ways (BaruaImapSession *self,
           Ways             *ways)
{
  const BaruaImapConfig *config = self->config;
  gboolean plain_first = config->mechanisms == BARUA_MECHANISMS_FASTEST &&
                         barua_imap_capabilities_has (self->capabilities, BARUA_IMAP_CAP_SASL_IR) && !config->require_scram;

  ways->n_ways = 0;
  if (config->sign_in == BARUA_SIGN_IN_TOKEN)
    {
      add_way (ways, self, BARUA_IMAP_CAP_AUTH_OAUTHBEARER, BARUA_SASL_OAUTHBEARER);
      add_way (ways, self, BARUA_IMAP_CAP_AUTH_XOAUTH2, BARUA_SASL_XOAUTH2);
      return;
    }
  if (plain_first)
    add_way (ways, self, BARUA_IMAP_CAP_AUTH_PLAIN, BARUA_SASL_PLAIN);
  add_way (ways, self, BARUA_IMAP_CAP_AUTH_SCRAM_SHA_256, BARUA_SASL_SCRAM_SHA_256);
  if (config->require_scram)
    return;
  if (!plain_first)
    add_way (ways, self, BARUA_IMAP_CAP_AUTH_PLAIN, BARUA_SASL_PLAIN);
  if (barua_imap_capabilities_has (self->capabilities, BARUA_IMAP_CAP_AUTH_LOGIN))
    add_way (ways, self, BARUA_IMAP_CAP_AUTH_LOGIN, BARUA_SASL_LOGIN);
  else if (!barua_imap_capabilities_has (self->capabilities, BARUA_IMAP_CAP_LOGINDISABLED))
    ways->ways[ways->n_ways++] = (Way) { BARUA_SASL_LOGIN, TRUE };
}

/* Whether the next way may be tried with the same secret after @way failed: never because something was wrong with the
 * exchange itself, and not to test a refused password again where the refusal is about the password. */
static gboolean
may_try_next (BaruaImapSession *self,
              const Way        *way,
              const GError     *error)
{
  if (self->state == BARUA_IMAP_STATE_CLOSED)
    return FALSE;
  if (!g_error_matches (error, BARUA_ERROR, BARUA_ERROR_AUTHENTICATION) &&
      !g_error_matches (error, BARUA_ERROR, BARUA_ERROR_SERVER_REFUSED))
    return FALSE;
  if (way->mechanism == BARUA_SASL_SCRAM_SHA_256)
    return TRUE; /* some servers offer it to users whose password they keep in a form that it can't use */
  if (way->mechanism == BARUA_SASL_OAUTHBEARER)
    return TRUE;
  return way->mechanism == BARUA_SASL_PLAIN && barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_LOGIN_AFTER_PLAIN);
}

/* The exchange --------------------------------------------------------------------------------------------------------- */

void
barua_imap_session_on_challenge (BaruaImapSession *self,
                                 BaruaImapPending *pending,
                                 BaruaImapSlice    challenge)
{
  BaruaImapGroup *group = pending != NULL ? pending->group : NULL;
  g_autoptr(GBytes) response = NULL;
  BaruaSaslStatus status;

  if (group == NULL || group->sasl == NULL || group->sasl_error != NULL)
    {
      barua_imap_flow_auth_cancel (self->flow);
      return;
    }
  status = barua_sasl_step (group->sasl, challenge.data != NULL ? challenge.data : "", challenge.length, &response,
                            &group->sasl_error);
  if (status == BARUA_SASL_FAILED)
    barua_imap_flow_auth_cancel (self->flow);
  else
    barua_imap_flow_auth_reply (self->flow, g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}

static void
settle_sasl (BaruaImapSession *self,
             BaruaImapGroup   *group,
             const GError     *error)
{
  g_autoptr(GError) failure = NULL;

  /* What is wrong with the exchange says more than the BAD that answered our giving up. */
  if (group->sasl_error != NULL && self->state != BARUA_IMAP_STATE_CLOSED)
    failure = g_error_copy (group->sasl_error);
  else if (error != NULL)
    failure = g_error_copy (error);
  else
    barua_sasl_check_success (group->sasl, &failure);
  if (failure != NULL)
    dex_promise_reject (group->promise, g_steal_pointer (&failure));
  else
    dex_promise_resolve_boolean (group->promise, TRUE);
}

static DexFuture *
authenticate (BaruaImapSession  *self,
              BaruaSaslMechanism mechanism,
              const char        *secret,
              BaruaScope        *scope)
{
  BaruaEndpoint *endpoint = self->config->endpoint;
  g_autoptr(GError) error = NULL;
  g_autoptr(BaruaSasl) sasl = barua_sasl_new (mechanism, self->config->user, secret, barua_endpoint_get_host (endpoint),
                                              barua_endpoint_get_port (endpoint), &error);
  g_autoptr(GBytes) initial = NULL;
  BaruaImapCommand *command;
  BaruaImapGroup *group;

  if (sasl == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  if (barua_sasl_has_initial (sasl) && barua_imap_capabilities_has (self->capabilities, BARUA_IMAP_CAP_SASL_IR) &&
      barua_sasl_step (sasl, NULL, 0, &initial, &error) == BARUA_SASL_FAILED)
    return dex_future_new_for_error (g_steal_pointer (&error));
  command = barua_imap_command_authenticate (barua_sasl_mechanism_get_name (mechanism), initial, &error);
  if (command == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  group = barua_imap_group_new (self, BARUA_IMAP_RUN_DEFAULT, NULL, NULL, NULL);
  group->sasl = g_steal_pointer (&sasl);
  group->settle = settle_sasl;
  barua_imap_group_add (group, command);
  return barua_imap_group_future (group, scope);
}

static DexFuture *
login (BaruaImapSession *self,
       const char       *secret,
       BaruaScope       *scope)
{
  g_autoptr(GError) error = NULL;
  BaruaImapCommand *command = barua_imap_command_login (&self->dialect, self->config->user, secret, &error);

  if (command == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  return barua_imap_session_run (self, command, BARUA_IMAP_RUN_DEFAULT, NULL, NULL, NULL, scope);
}

static gboolean
try_ways (BaruaImapSession *self,
          const Ways       *ways,
          const char       *secret,
          BaruaScope       *scope,
          GError          **error)
{
  for (guint i = 0; i < ways->n_ways; i++)
    {
      const Way *way = &ways->ways[i];

      g_clear_error (error);
      self->is_capability_fresh = FALSE;
      /* The last wall: whatever led here, no secret leaves without TLS. */
      g_assert (barua_stream_is_secure (self->stream));
      if (dex_await (way->is_command ? login (self, secret, scope) : authenticate (self, way->mechanism, secret, scope),
                     error))
        {
          self->mechanism = barua_sasl_mechanism_get_name (way->mechanism);
          return TRUE;
        }
      if (!may_try_next (self, way, *error))
        break;
    }
  /* A NO to a sign-in means the sign-in, whatever it says. */
  if (g_error_matches (*error, BARUA_ERROR, BARUA_ERROR_SERVER_REFUSED))
    (*error)->code = BARUA_ERROR_AUTHENTICATION;
  return FALSE;
}

static char *
get_secret (BaruaImapSession *self,
            gboolean          refused,
            BaruaScope       *scope,
            GError          **error)
{
  char *secret = dex_await_string (
    barua_scope_first (scope, self->config->credentials (refused, self->config->credentials_data)), error);

  if (secret == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_CREDENTIALS, "there is no password or token");
  return secret;
}

gboolean
barua_imap_session_sign_in (BaruaImapSession *self,
                            BaruaScope       *scope,
                            GError          **error)
{
  gboolean is_token = self->config->sign_in == BARUA_SIGN_IN_TOKEN;
  g_autoptr(GError) failure = NULL;
  Ways ways;

  find_ways (self, &ways);
  if (ways.n_ways == 0)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NO_MECHANISM, "%s offers no way to sign in that Barua can use",
                   barua_endpoint_get_text (self->config->endpoint));
      return FALSE;
    }
  /* A token may be stale although it is young enough: a new one is asked for once. A password is tried once. */
  for (guint round = 0; round < (is_token ? 2 : 1); round++)
    {
      char *secret;
      gboolean done;

      g_clear_error (&failure);
      secret = get_secret (self, round > 0, scope, &failure);
      if (secret == NULL)
        break;
      done = try_ways (self, &ways, secret, scope, &failure);
      barua_sasl_wipe (secret, strlen (secret));
      g_free (secret);
      if (done)
        return TRUE;
      if (!g_error_matches (failure, BARUA_ERROR, BARUA_ERROR_AUTHENTICATION) || self->state == BARUA_IMAP_STATE_CLOSED)
        break;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
barua_imap_session_ask_capabilities (BaruaImapSession *self,
                                     BaruaScope       *scope,
                                     GError          **error)
{
  self->is_capability_fresh = FALSE;
  if (!dex_await (barua_imap_session_run (self, barua_imap_command_capability (), BARUA_IMAP_RUN_DEFAULT, NULL, NULL, NULL,
                                          scope),
                  error))
    return FALSE;
  if (!self->is_capability_fresh)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL, "%s does not say what it can do",
                   barua_endpoint_get_text (self->config->endpoint));
      return FALSE;
    }
  return TRUE;
}
