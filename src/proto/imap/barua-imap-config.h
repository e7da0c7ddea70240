/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-endpoint.h"
#include "barua-imap-quirks.h"
#include "barua-timeouts.h"

#include <libdex.h>

G_BEGIN_DECLS

typedef enum
{
  BARUA_SIGN_IN_PASSWORD, /* SCRAM-SHA-256, PLAIN, LOGIN */
  BARUA_SIGN_IN_TOKEN     /* OAUTHBEARER, XOAUTH2 */
} BaruaSignIn;

/* Which mechanism comes first. */
typedef enum
{
  BARUA_MECHANISMS_STRONGEST, /* SCRAM-SHA-256, then PLAIN, then LOGIN */
  BARUA_MECHANISMS_FASTEST    /* PLAIN where it takes one round trip (SASL-IR); SCRAM-SHA-256 takes two more */
} BaruaMechanisms;

typedef enum
{
  BARUA_COMPRESS_AUTO,  /* where offered, except on loopback and where the quirks say no */
  BARUA_COMPRESS_NEVER,
  BARUA_COMPRESS_ALWAYS /* where offered, on loopback too */
} BaruaCompress;

/* Resolves to the password or the access token (dex_await_string()). @refused: what the last call gave was not accepted; a
 * token is refreshed then, a password is not asked for again by itself. Called on the main thread, outside of fibers' locks;
 * the session forgets and overwrites what it gets right after use. */
typedef DexFuture *(*BaruaCredentialsFunc) (gboolean  refused,
                                            gpointer  user_data);

/* All that a connection of one account needs to know. Fill it in, then leave it alone: sessions and the pool share it.
 * Reference counted, main thread. */
typedef struct
{
  /*< private >*/
  int                    ref_count;
  /*< public >*/
  char                  *name;             /* for logs; the account's id, not its address */
  BaruaEndpoint         *endpoint;
  char                  *user;
  BaruaSignIn            sign_in;
  BaruaMechanisms        mechanisms;       /* BARUA_MECHANISMS_STRONGEST */
  gboolean               require_scram;    /* SCRAM worked before: PLAIN and LOGIN are refused (THREATS T-08) */
  BaruaCredentialsFunc   credentials;
  gpointer               credentials_data; /* the caller keeps it alive */
  const BaruaImapQuirks *quirks;           /* NULL: found out */
  BaruaCompress          compress;
  BaruaTimeouts          timeouts;
  gboolean               log_traffic;      /* names of commands and kinds of answers as debug messages; never contents */
} BaruaImapConfig;

/* Takes a reference to @endpoint. The rest is as noted above, BARUA_COMPRESS_AUTO and barua_timeouts_default(). */
BaruaImapConfig *barua_imap_config_new   (BaruaEndpoint        *endpoint,
                                          const char           *user,
                                          BaruaSignIn           sign_in,
                                          BaruaCredentialsFunc  credentials,
                                          gpointer              credentials_data);
BaruaImapConfig *barua_imap_config_ref   (BaruaImapConfig      *self);
void             barua_imap_config_unref (BaruaImapConfig      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapConfig, barua_imap_config_unref)

G_END_DECLS
