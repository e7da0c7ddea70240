/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-error.h"

G_DEFINE_QUARK (barua-error-quark, barua_error)

static const struct
{
  const char       *name;
  BaruaErrorPolicy  policy;
} codes[BARUA_N_ERRORS] = {
  [BARUA_ERROR_OFFLINE] = { "offline", BARUA_POLICY_RETRY },
  [BARUA_ERROR_UNKNOWN_HOST] = { "unknown-host", BARUA_POLICY_RETRY },
  [BARUA_ERROR_REFUSED] = { "refused", BARUA_POLICY_RETRY },
  [BARUA_ERROR_TIMEOUT] = { "timeout", BARUA_POLICY_RETRY },
  [BARUA_ERROR_CONNECTION_LOST] = { "connection-lost", BARUA_POLICY_RETRY },
  [BARUA_ERROR_CERTIFICATE] = { "certificate", BARUA_POLICY_STOP },
  [BARUA_ERROR_TLS] = { "tls", BARUA_POLICY_STOP },
  [BARUA_ERROR_INSECURE] = { "insecure", BARUA_POLICY_STOP },
  [BARUA_ERROR_TAMPERED] = { "tampered", BARUA_POLICY_STOP },
  [BARUA_ERROR_AUTHENTICATION] = { "authentication", BARUA_POLICY_SIGN_IN },
  [BARUA_ERROR_NO_MECHANISM] = { "no-mechanism", BARUA_POLICY_SIGN_IN },
  [BARUA_ERROR_CREDENTIALS] = { "credentials", BARUA_POLICY_SIGN_IN },
  [BARUA_ERROR_NOT_PERMITTED] = { "not-permitted", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_BUSY] = { "busy", BARUA_POLICY_RETRY },
  [BARUA_ERROR_SERVER_REFUSED] = { "server-refused", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_PROTOCOL] = { "protocol", BARUA_POLICY_RETRY },
  [BARUA_ERROR_LIMIT] = { "limit", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_QUOTA] = { "quota", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_NOT_FOUND] = { "not-found", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_EXISTS] = { "exists", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_NO_SPACE] = { "no-space", BARUA_POLICY_STOP },
  [BARUA_ERROR_IO] = { "io", BARUA_POLICY_STOP },
  [BARUA_ERROR_STORE_DAMAGED] = { "store-damaged", BARUA_POLICY_STOP },
  [BARUA_ERROR_STORE_NEWER] = { "store-newer", BARUA_POLICY_STOP },
  [BARUA_ERROR_PROFILE_IN_USE] = { "profile-in-use", BARUA_POLICY_STOP },
  [BARUA_ERROR_INVALID] = { "invalid", BARUA_POLICY_GIVE_UP },
  [BARUA_ERROR_CANCELLED] = { "cancelled", BARUA_POLICY_QUIET },
  [BARUA_ERROR_CONFLICT] = { "conflict", BARUA_POLICY_RESYNC },
  [BARUA_ERROR_INTERNAL] = { "internal", BARUA_POLICY_GIVE_UP },
};

BaruaErrorCode
barua_error_get_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, BARUA_ERROR_INTERNAL);

  if (error->domain == BARUA_ERROR)
    return error->code >= 0 && error->code < BARUA_N_ERRORS ? (BaruaErrorCode)error->code : BARUA_ERROR_INTERNAL;

  if (error->domain == G_FILE_ERROR)
    return error->code == G_FILE_ERROR_NOSPC ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO;
  return BARUA_ERROR_INTERNAL;
}

BaruaErrorPolicy
barua_error_get_policy (const GError *error)
{
  return codes[barua_error_get_code (error)].policy;
}

const char *
barua_error_code_get_name (BaruaErrorCode code)
{
  if ((int)code < 0 || code >= BARUA_N_ERRORS)
    return "internal";
  return codes[code].name;
}

void
barua_error_prefix (GError     **error,
                    const char  *prefix)
{
  if (error != NULL && *error != NULL && prefix != NULL)
    g_prefix_error (error, "%s: ", prefix);
}
