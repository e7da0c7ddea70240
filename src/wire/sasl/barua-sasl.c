/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-sasl.h"

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-scram-private.h"

#include <string.h>

struct _BaruaSasl
{
  BaruaSaslMechanism mechanism;
  char              *user;
  char              *secret;
  char              *host;
  guint              port;
  guint              step;
  char              *failure;
  BaruaScram        *scram;
};

static const char * const names[BARUA_N_SASL] = {
  [BARUA_SASL_PLAIN] = "PLAIN",
  [BARUA_SASL_LOGIN] = "LOGIN",
  [BARUA_SASL_SCRAM_SHA_256] = "SCRAM-SHA-256",
  [BARUA_SASL_XOAUTH2] = "XOAUTH2",
  [BARUA_SASL_OAUTHBEARER] = "OAUTHBEARER",
};

const char *
barua_sasl_mechanism_get_name (BaruaSaslMechanism mechanism)
{
  g_return_val_if_fail ((guint) mechanism < BARUA_N_SASL, NULL);
  return names[mechanism];
}

void
barua_sasl_wipe (void *data,
                 gsize length)
{
  volatile guint8 *p = data;

  while (length-- > 0)
    *p++ = 0;
}

static gboolean
is_sendable (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > BARUA_LIMIT_SECRET_BYTES || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      if ((guchar) *p < 0x20 || *p == 0x7f)
        return FALSE;
    }
  return TRUE;
}

BaruaSasl *
barua_sasl_new (BaruaSaslMechanism mechanism,
                const char        *user,
                const char        *secret,
                const char        *host,
                guint              port,
                GError           **error)
{
  g_autoptr(BaruaSasl) self = NULL;

  g_return_val_if_fail ((guint) mechanism < BARUA_N_SASL, NULL);
  if (!is_sendable (user) || !is_sendable (secret) || (host != NULL && !is_sendable (host)))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "user name or secret can't be sent: empty, too long, no UTF-8, or "
                   "with a control character in it");
      return NULL;
    }
  self = g_new0 (BaruaSasl, 1);
  self->mechanism = mechanism;
  self->user = g_strdup (user);
  self->secret = g_strdup (secret);
  self->host = g_strdup (host != NULL ? host : "");
  self->port = port;
  if (mechanism == BARUA_SASL_SCRAM_SHA_256)
    {
      self->scram = barua_scram_new (user, secret, error);
      if (self->scram == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
barua_sasl_free (BaruaSasl *self)
{
  if (self == NULL)
    return;
  if (self->secret != NULL)
    barua_sasl_wipe (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->user);
  g_free (self->host);
  g_free (self->failure);
  barua_scram_free (self->scram);
  g_free (self);
}

gboolean
barua_sasl_has_initial (const BaruaSasl *self)
{
  return self->mechanism != BARUA_SASL_LOGIN;
}

const char *
barua_sasl_get_failure (const BaruaSasl *self)
{
  return self->failure;
}

void
barua_sasl_set_nonce (BaruaSasl  *self,
                      const char *nonce)
{
  g_return_if_fail (self->scram != NULL);
  barua_scram_set_nonce (self->scram, nonce);
}

/* Bytes that are overwritten when nobody needs them any more. */
static void
free_secret_string (gpointer data)
{
  GString *text = data;

  barua_sasl_wipe (text->str, text->len);
  g_string_free (text, TRUE);
}

static GBytes *
secret_bytes (GString *text)
{
  return g_bytes_new_with_free_func (text->str, text->len, free_secret_string, text);
}

static BaruaSaslStatus
fail (GError       **error,
      BaruaErrorCode code,
      const char    *message)
{
  g_set_error_literal (error, BARUA_ERROR, (int) code, message);
  return BARUA_SASL_FAILED;
}

static BaruaSaslStatus
step_plain (BaruaSasl *self,
            GBytes   **response,
            GError   **error)
{
  GString *text;

  if (self->step++ > 0)
    return fail (error, BARUA_ERROR_PROTOCOL, "PLAIN: the server asks twice");
  /* Sized at once: a growing string would leave copies of the password behind. */
  text = g_string_sized_new (strlen (self->user) + strlen (self->secret) + 3);
  g_string_append_c (text, '\0');
  g_string_append (text, self->user);
  g_string_append_c (text, '\0');
  g_string_append (text, self->secret);
  *response = secret_bytes (text);
  return BARUA_SASL_COMPLETE;
}

/* "Username:" and "Password:", in whatever words: the order is what counts. */
static BaruaSaslStatus
step_login (BaruaSasl *self,
            GBytes   **response,
            GError   **error)
{
  GString *text;

  switch (self->step++)
    {
    case 0:
      *response = g_bytes_new (self->user, strlen (self->user));
      return BARUA_SASL_RESPOND;
    case 1:
      text = g_string_sized_new (strlen (self->secret) + 1);
      g_string_append (text, self->secret);
      *response = secret_bytes (text);
      return BARUA_SASL_COMPLETE;
    default:
      return fail (error, BARUA_ERROR_PROTOCOL, "LOGIN: the server asks for a third thing");
    }
}

/* Commas and equals signs of a GS2 authzid (RFC 5801, 4). */
static void
append_gs2_name (GString    *text,
                 const char *name)
{
  for (; *name != '\0'; name++)
    {
      if (*name == ',')
        g_string_append (text, "=2C");
      else if (*name == '=')
        g_string_append (text, "=3D");
      else
        g_string_append_c (text, *name);
    }
}

/* The value of "status" in the error object (RFC 7628, 3.2.2), without a JSON parser: it is for the log and to tell a stale
 * token from a wrong scope, nothing else hangs on it. */
static char *
find_status (const char *json,
             gsize       length)
{
  const char *end = json + length;
  const char *p = g_strstr_len (json, (gssize) length, "\"status\"");
  const char *start;

  if (p == NULL)
    return g_strdup ("refused");
  p += strlen ("\"status\"");
  while (p < end && (*p == ' ' || *p == ':' || *p == '"' || *p == '\t'))
    p++;
  for (start = p; p < end && (g_ascii_isalnum (*p) || *p == '_' || *p == '-') && p - start < 32; p++)
    ;
  return p > start ? g_strndup (start, (gsize) (p - start)) : g_strdup ("refused");
}

static BaruaSaslStatus
step_token (BaruaSasl  *self,
            const char *challenge,
            gsize       length,
            GBytes    **response,
            GError    **error)
{
  gboolean bearer = self->mechanism == BARUA_SASL_OAUTHBEARER;
  GString *text;

  if (self->step++ > 0)
    {
      /* A second message is the refusal; the tagged NO comes only after it was answered. */
      if (self->failure != NULL)
        return fail (error, BARUA_ERROR_PROTOCOL, "the server goes on after refusing the token");
      self->failure = find_status (challenge != NULL ? challenge : "", challenge != NULL ? length : 0);
      *response = bearer ? g_bytes_new_static ("\001", 1) : g_bytes_new_static ("", 0);
      return BARUA_SASL_RESPOND;
    }
  text = g_string_sized_new (3 * strlen (self->user) + strlen (self->secret) + strlen (self->host) + 64);
  if (bearer)
    {
      g_string_append (text, "n,a=");
      append_gs2_name (text, self->user);
      g_string_append_printf (text, ",\001host=%s\001port=%u\001auth=Bearer ", self->host, self->port);
    }
  else
    g_string_append_printf (text, "user=%s\001auth=Bearer ", self->user);
  g_string_append (text, self->secret);
  g_string_append (text, "\001\001");
  *response = secret_bytes (text);
  return BARUA_SASL_COMPLETE;
}

BaruaSaslStatus
barua_sasl_step (BaruaSasl  *self,
                 const void *challenge,
                 gsize       length,
                 GBytes    **response,
                 GError    **error)
{
  *response = NULL;
  if (length > BARUA_LIMIT_SASL_CHALLENGE_BYTES)
    return fail (error, BARUA_ERROR_LIMIT, "the server's challenge is too long");
  switch (self->mechanism)
    {
    case BARUA_SASL_PLAIN:
      return step_plain (self, response, error);
    case BARUA_SASL_LOGIN:
      return step_login (self, response, error);
    case BARUA_SASL_SCRAM_SHA_256:
      return barua_scram_step (self->scram, challenge, length, response, error);
    case BARUA_SASL_XOAUTH2:
    case BARUA_SASL_OAUTHBEARER:
      return step_token (self, challenge, length, response, error);
    case BARUA_N_SASL:
    default:
      g_assert_not_reached ();
    }
}

gboolean
barua_sasl_check_success (BaruaSasl *self,
                          GError   **error)
{
  gboolean done;

  switch (self->mechanism)
    {
    case BARUA_SASL_SCRAM_SHA_256:
      done = barua_scram_is_proved (self->scram);
      break;
    case BARUA_SASL_LOGIN:
      done = self->step >= 2;
      break;
    case BARUA_SASL_PLAIN:
    case BARUA_SASL_XOAUTH2:
    case BARUA_SASL_OAUTHBEARER:
    case BARUA_N_SASL:
    default:
      done = self->step >= 1 && self->failure == NULL;
      break;
    }
  if (!done)
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_TAMPERED, "%s: the server said OK before the exchange was over",
                 barua_sasl_mechanism_get_name (self->mechanism));
  return done;
}
