/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-body-pass.h"
#include "barua-engine-store.h"
#include "barua-limits.h"

/* What is fetched before it is asked for: part lists (what is on screen first), texts of recent mail, and what is made of them.
 * All in small rounds, so that memory stays flat and a kill loses one round. */

#define SECONDS_PER_DAY (24 * 60 * 60)

/* Part lists ------------------------------------------------------------------------------------------------------------------ */

static gboolean
without_parts_func (BaruaStoreConnection  *c,
                    gpointer               data,
                    GError               **error)
{
  BaruaRound *round = data;

  g_clear_pointer (&round->uids, barua_id_set_unref);
  round->uids = barua_store_message_list_without_parts (c, round->folder, round->below, BARUA_PREFETCH_MESSAGES, error);
  return round->uids != NULL;
}

static gboolean
fetch_parts_round (BaruaEngineAccount  *account,
                   BaruaRound          *round,
                   BaruaScope          *scope,
                   gboolean            *more,
                   GError             **error)
{
  BaruaEngine *engine = account->engine;
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);

  if (!barua_round_read (engine, round, "without parts", without_parts_func, error))
    return FALSE;
  *more = barua_round_go_on (round);
  if (!*more)
    return TRUE;
  return dex_await (barua_backend_vtable (backend)->fetch_parts (backend, round->folder, round->uids,
                                                                 BARUA_URGENCY_BACKGROUND, scope), error);
}

/* The passes ------------------------------------------------------------------------------------------------------------------ */

static gboolean
is_prefetched (const BaruaFolder *folder)
{
  return folder->selectable && !folder->hidden && folder->role != BARUA_ROLE_ALL && folder->role != BARUA_ROLE_FLAGGED &&
         folder->role != BARUA_ROLE_IMPORTANT;
}

/* UIDs without text, newest first, and of these the ones whose parts are not known. */
static gboolean
recent_without_parts_func (BaruaStoreConnection  *c,
                           gpointer               data,
                           GError               **error)
{
  BaruaRound *round = data;
  g_autoptr(BaruaIdSet) without_body = NULL;
  g_autoptr(BaruaIdSet) without_parts = NULL;

  without_body = barua_store_message_list_without_body (c, round->folder, round->since, round->below,
                                                        BARUA_PREFETCH_MESSAGES, error);
  if (without_body == NULL)
    return FALSE;
  without_parts = barua_store_message_list_without_parts (c, round->folder, round->below, BARUA_PREFETCH_MESSAGES,
                                                          error);
  if (without_parts == NULL)
    return FALSE;
  g_clear_pointer (&round->uids, barua_id_set_unref);
  round->uids = barua_id_set_intersect (without_body, without_parts);
  return TRUE;
}

static gboolean
fetch_recent_parts (BaruaEngineAccount  *account,
                    BaruaRound          *round,
                    BaruaScope          *scope,
                    GError             **error)
{
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);

  if (!barua_round_read (account->engine, round, "recent without parts", recent_without_parts_func, error))
    return FALSE;
  if (barua_id_set_is_empty (round->uids))
    return TRUE;
  return dex_await (barua_backend_vtable (backend)->fetch_parts (backend, round->folder, round->uids,
                                                                 BARUA_URGENCY_BACKGROUND, scope), error);
}

gboolean
barua_engine_may_prefetch (BaruaEngine *engine)
{
  return engine->online == NULL ||
         (!barua_online_get_metered (engine->online) && !barua_online_get_saving (engine->online));
}

/* The account may go while a fiber waits: it is looked up anew for each round. With @scope it is background work, which ends
 * when the network becomes dear or power scarce. */
static BaruaEngineAccount *
get_account (BaruaEngine *engine,
             gint64       id,
             BaruaScope  *scope)
{
  BaruaEngineAccount *account = barua_engine_find_account (engine, id);

  if (account == NULL || account->backend == NULL || !engine->running ||
      (scope != NULL && (barua_scope_is_cancelled (scope) || !barua_engine_may_prefetch (engine))))
    return NULL;
  return account;
}

static gboolean
run_texts (BaruaEngine      *engine,
           gint64            account_id,
           gint64            folder,
           BaruaSyncFlags    flags,
           BaruaSyncReport  *report,
           BaruaScope       *scope,
           GError          **error)
{
  g_autoptr(BaruaRound) round = barua_round_new (folder);
  g_autoptr(BaruaBodyPass) pass = barua_body_pass_new ();
  BaruaEngineAccount *account;
  gboolean more = TRUE;

  round->whole = (flags & BARUA_SYNC_BODIES) != 0;
  round->since = round->whole ? G_MININT64
                              : barua_clock_get_unix_seconds (engine->clock) -
                                (gint64) BARUA_PREFETCH_DAYS * SECONDS_PER_DAY;
  while (more && (account = get_account (engine, account_id, scope)) != NULL)
    {
      if (!round->whole && !fetch_recent_parts (account, round, scope, error))
        return FALSE;
      account = get_account (engine, account_id, scope);
      if (account != NULL && !barua_body_pass_fetch (pass, account, round, report, scope, &more, error))
        return FALSE;
    }
  return barua_body_pass_end (pass, engine, error);
}

static gboolean
run_parts (BaruaEngine  *engine,
           gint64        account_id,
           gint64        folder,
           BaruaScope   *scope,
           GError      **error)
{
  g_autoptr(BaruaRound) round = barua_round_new (folder);
  BaruaEngineAccount *account;
  gboolean more = TRUE;

  while (more && (account = get_account (engine, account_id, scope)) != NULL)
    {
      if (!barua_prefetch_visible (account, scope, error))
        return FALSE;
      account = get_account (engine, account_id, scope);
      if (account != NULL && !fetch_parts_round (account, round, scope, &more, error))
        return FALSE;
    }
  return TRUE;
}

/* Ids of the folders to look at, the inbox first (tree order). */
static GArray *
list_folders (BaruaEngine *engine,
              gint64       account,
              gint64       only)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < engine->folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (engine->folders, i);

      if (folder->account == account && (only == 0 ? is_prefetched (folder) : folder->id == only))
        g_array_append_val (ids, folder->id);
    }
  return ids;
}

gboolean
barua_prefetch_run (BaruaEngineAccount  *account,
                    BaruaSyncFlags       flags,
                    gint64               folder,
                    gboolean             parts_of_all,
                    BaruaSyncReport     *report,
                    BaruaScope          *scope,
                    GError             **error)
{
  g_autoptr(BaruaEngine) engine = g_object_ref (account->engine);
  gint64 id = account->account->id;
  g_autoptr(GArray) folders = NULL;

  if (!dex_await (barua_engine_refresh_folders (engine), error))
    return FALSE;
  folders = list_folders (engine, id, folder);
  for (guint i = 0; i < folders->len; i++)
    if (!run_texts (engine, id, g_array_index (folders, gint64, i), flags, report, scope, error))
      return FALSE;
  if (flags & BARUA_SYNC_BODIES)
    report->bodies_us = g_get_monotonic_time () - report->started_us;
  if (!barua_prefetch_index (engine, scope, error))
    return FALSE;
  for (guint i = 0; parts_of_all && i < folders->len; i++)
    if (!run_parts (engine, id, g_array_index (folders, gint64, i), scope, error))
      return FALSE;
  return TRUE;
}
