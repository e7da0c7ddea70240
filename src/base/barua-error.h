/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One error domain for the whole program (docs/decisions/0002): codes cross every wall, and what they mean to the person
 * and to the retry logic must be the same everywhere. The message of a #GError is for logs and "Details"; words for people
 * are made from the code, in ui and in barua-cli.
 */
#define BARUA_ERROR (barua_error_quark ())

typedef enum
{
  BARUA_ERROR_OFFLINE,           /* no network at all */
  BARUA_ERROR_UNKNOWN_HOST,      /* the name does not resolve */
  BARUA_ERROR_REFUSED,           /* nobody listens there */
  BARUA_ERROR_TIMEOUT,           /* an answer did not come in its time */
  BARUA_ERROR_CONNECTION_LOST,   /* the connection ended in the middle, truncation included */
  BARUA_ERROR_CERTIFICATE,       /* the server can't prove who it is */
  BARUA_ERROR_TLS,               /* no common TLS version, handshake broken */
  BARUA_ERROR_INSECURE,          /* the server offers no secure connection */
  BARUA_ERROR_TAMPERED,          /* bytes where none may be (before TLS, early replies) */
  BARUA_ERROR_AUTHENTICATION,    /* the server did not accept user name and password or token */
  BARUA_ERROR_NO_MECHANISM,      /* no sign-in that both sides can do */
  BARUA_ERROR_CREDENTIALS,       /* the password or token could not be had (command failed, keyring) */
  BARUA_ERROR_NOT_PERMITTED,     /* signed in, but this mailbox or folder is closed to us */
  BARUA_ERROR_BUSY,              /* throttled, in use, temporarily unavailable */
  BARUA_ERROR_SERVER_REFUSED,    /* a tagged NO or BAD that says nothing more */
  BARUA_ERROR_PROTOCOL,          /* the server's answer breaks the protocol */
  BARUA_ERROR_LIMIT,             /* a bound of barua-limits.h */
  BARUA_ERROR_QUOTA,             /* the mailbox is full */
  BARUA_ERROR_NOT_FOUND,         /* no such account, folder, message or part */
  BARUA_ERROR_EXISTS,            /* is there already */
  BARUA_ERROR_NO_SPACE,          /* this disk is full */
  BARUA_ERROR_IO,                /* reading or writing files failed */
  BARUA_ERROR_STORE_DAMAGED,     /* the database is damaged */
  BARUA_ERROR_STORE_NEWER,       /* the database was written by a newer Barua */
  BARUA_ERROR_PROFILE_IN_USE,    /* another process owns this profile */
  BARUA_ERROR_INVALID,           /* what the person or caller gave can't be right */
  BARUA_ERROR_CANCELLED,
  BARUA_ERROR_CONFLICT,          /* the state changed underneath (UIDVALIDITY, generation) */
  BARUA_ERROR_INTERNAL,
  BARUA_N_ERRORS
} BaruaErrorCode;

/* What the caller should do. */
typedef enum
{
  BARUA_POLICY_RETRY,      /* passing: back off and try again */
  BARUA_POLICY_SIGN_IN,    /* stop the account until the person signs in again */
  BARUA_POLICY_STOP,       /* stop until the person changed something (settings, certificate, disk) */
  BARUA_POLICY_GIVE_UP,    /* this one thing can't be done; the rest goes on */
  BARUA_POLICY_RESYNC,     /* drop the derived state and list again */
  BARUA_POLICY_QUIET       /* cancelled: say nothing */
} BaruaErrorPolicy;

GQuark            barua_error_quark        (void) G_GNUC_CONST;

/* The policy of @error. Errors of GIO's domains are to be turned into this one where they arise, by
 * barua_net_error_translate(); here they count as internal. */
BaruaErrorPolicy  barua_error_get_policy    (const GError    *error);

/* A stable lower-case name, "authentication", for JSON and logs. */
const char       *barua_error_code_get_name (BaruaErrorCode   code);

/* The code of @error in this domain (G_FILE_ERROR is mapped, any other domain is BARUA_ERROR_INTERNAL). */
BaruaErrorCode    barua_error_get_code      (const GError    *error);

/* Puts "@prefix: " before the message; does nothing where there is no error or no prefix. */
void              barua_error_prefix        (GError         **error,
                                             const char      *prefix);

G_END_DECLS
