/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_STORE_SECURITY_TLS,     /* implicit TLS */
  BARUA_STORE_SECURITY_STARTTLS
} BaruaStoreSecurity; /* Stored: never renumber. */

/* Strings are never NULL after loading; NULL counts as "" when saving. */
typedef struct
{
  gint64              id;               /* 0: new */
  char               *name;             /* shown in the sidebar */
  char               *address;          /* the person's own address */
  char               *person;           /* the person's name, as in From */
  char               *colour;           /* "#3584e4", "" for the default */
  int                 position;         /* order in the sidebar */
  char               *backend;          /* "imap" */
  char               *host;
  guint               port;
  BaruaStoreSecurity  security;
  char               *user;
  char               *password_command; /* "" when none */
  char               *ca_file;          /* path of a PEM file with the account's own authorities, "" when none */
  char               *settings;         /* what the engine keeps beside: a JSON object, "{}" when empty; the store does not look in */
} BaruaStoreAccount;

BaruaStoreAccount *barua_store_account_new    (void);
BaruaStoreAccount *barua_store_account_copy   (const BaruaStoreAccount *self);
void               barua_store_account_free   (BaruaStoreAccount       *self);

/* A new account (id 0) is added at the end and gets its id in @account; else the one of this id is overwritten.
 * BARUA_ERROR_NOT_FOUND where there is none. */
gboolean           barua_store_account_save   (BaruaStoreConnection    *c,
                                               BaruaStoreAccount       *account,
                                               GError                 **error);
/* With its folders, messages, wishes, everything. Bodies are left to barua_store_body_collect(). */
gboolean           barua_store_account_remove (BaruaStoreConnection    *c,
                                               gint64                   account,
                                               GError                 **error);
/* GPtrArray of BaruaStoreAccount, owning, in sidebar order. */
GPtrArray         *barua_store_account_list   (BaruaStoreConnection    *c,
                                               GError                 **error);
/* NULL without @error set when there is none. */
BaruaStoreAccount *barua_store_account_load   (BaruaStoreConnection    *c,
                                               gint64                   account,
                                               GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreAccount, barua_store_account_free)

G_END_DECLS
