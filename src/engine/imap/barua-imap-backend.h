/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-backend.h"
#include "barua-clock.h"
#include "barua-online.h"
#include "barua-store-account.h"

G_BEGIN_DECLS

/* The IMAP backend: folders, three ways to synchronise, fetching, replaying, watching. */
#define BARUA_TYPE_IMAP_BACKEND (barua_imap_backend_get_type ())
G_DECLARE_FINAL_TYPE (BaruaImapBackend, barua_imap_backend, BARUA, IMAP_BACKEND, GObject)

/* @patient: waits through failures that pass (the window); else the first failure is told (barua-cli). Nothing is connected
 * before it is needed. NULL and @error when the account can't be right (host, port). */
BaruaImapBackend *barua_imap_backend_new (BaruaStore              *store,
                                          const BaruaStoreAccount *account,
                                          BaruaOnline             *online,
                                          BaruaClock              *clock,
                                          gboolean                 patient,
                                          GError                 **error);

/* The account's settings (JSON) as they are by now: what was learned of the server. Borrowed. */
const char       *barua_imap_backend_get_settings (BaruaImapBackend *self);

G_END_DECLS
