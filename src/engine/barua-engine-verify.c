/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-check.h"

/* The store against itself and against the server. */

typedef struct
{
  BaruaEngine       *engine;
  gint64             account;
  gint64             folder;
  GPtrArray         *problems;  /* BaruaStoreProblem */
  BaruaIdSet        *uids;      /* of the folder */
  BaruaIdSet        *flags[4];  /* UIDs with each of the flags below */
  BaruaVerifyReport *report;
} Verify;

static const BaruaFlags compared[] = { BARUA_FLAG_SEEN, BARUA_FLAG_FLAGGED, BARUA_FLAG_ANSWERED, BARUA_FLAG_DELETED };

static void
forget_folder (Verify *verify)
{
  g_clear_pointer (&verify->uids, barua_id_set_unref);
  for (guint i = 0; i < G_N_ELEMENTS (verify->flags); i++)
    g_clear_pointer (&verify->flags[i], barua_id_set_unref);
}

static void
verify_clear (gpointer data)
{
  Verify *verify = data;

  forget_folder (verify);
  g_clear_pointer (&verify->problems, g_ptr_array_unref);
  g_clear_pointer (&verify->report, barua_verify_report_unref);
  g_clear_object (&verify->engine);
}

static void
verify_unref (gpointer verify)
{
  g_atomic_rc_box_release_full (verify, verify_clear);
}

static void
add_finding (Verify     *verify,
             const char *what,
             gint64      folder,
             guint32     uid,
             const char *detail)
{
  BaruaFinding *finding;

  if (verify->report->findings->len >= BARUA_LIMIT_FINDINGS)
    return;
  finding = g_new0 (BaruaFinding, 1);
  finding->what = g_strdup (what);
  finding->folder = folder;
  finding->uid = uid;
  finding->detail = g_strdup (detail);
  g_ptr_array_add (verify->report->findings, finding);
}

static gboolean
check_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Verify *verify = data;

  verify->problems = barua_store_check (c, error);
  return verify->problems != NULL;
}

static gboolean
folder_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  Verify *verify = data;

  verify->uids = barua_store_message_list_uids (c, verify->folder, NULL, error);
  if (verify->uids == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    {
      verify->flags[i] = barua_store_message_list_uids_by_flags (c, verify->folder, compared[i], compared[i], error);
      if (verify->flags[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
compare_one (Verify                   *verify,
             const BaruaServerMessage *message)
{
  if (!barua_id_set_contains (verify->uids, message->uid))
    {
      add_finding (verify, "missing-here", verify->folder, message->uid, "");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    if (barua_id_set_contains (verify->flags[i], message->uid) != ((message->flags & compared[i]) != 0))
      add_finding (verify, "flags", verify->folder, message->uid, barua_flag_get_name (compared[i]));
}

static gboolean
compare_folder (Verify       *verify,
                BaruaBackend *backend,
                GError      **error)
{
  g_autoptr(GArray) messages = NULL;
  g_autoptr(BaruaIdSet) left = NULL;
  const BaruaIdRange *ranges;

  messages = dex_await_boxed (barua_backend_vtable (backend)->list_messages (backend, verify->folder, NULL), error);
  if (messages == NULL)
    return FALSE;
  if (!dex_await (barua_engine_read (verify->engine->store, "verify folder", folder_func,
                                     g_atomic_rc_box_acquire (verify), verify_unref), error))
    return FALSE;
  left = barua_id_set_copy (verify->uids);
  for (guint i = 0; i < messages->len; i++)
    {
      const BaruaServerMessage *message = &g_array_index (messages, BaruaServerMessage, i);

      compare_one (verify, message);
      barua_id_set_remove_range (left, message->uid, message->uid);
    }
  ranges = barua_id_set_get_ranges (left);
  for (guint i = 0; i < barua_id_set_get_n_ranges (left); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last && verify->report->findings->len < BARUA_LIMIT_FINDINGS; uid++)
      add_finding (verify, "missing-on-server", verify->folder, uid, "");
  verify->report->folders++;
  verify->report->messages += messages->len;
  return TRUE;
}

static GArray *
list_folders (Verify *verify)
{
  GArray *folders = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < verify->engine->folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (verify->engine->folders, i);

      if ((verify->account == 0 || folder->account == verify->account) && folder->selectable && !folder->hidden &&
          folder->role != BARUA_ROLE_ALL && folder->role != BARUA_ROLE_FLAGGED && folder->role != BARUA_ROLE_IMPORTANT)
        g_array_append_val (folders, folder->id);
    }
  return folders;
}

static gboolean
compare_all (Verify  *verify,
             GError **error)
{
  g_autoptr(GArray) folders = list_folders (verify);

  for (guint i = 0; i < folders->len; i++)
    {
      g_autoptr(BaruaFolder) folder = NULL;
      g_autoptr(BaruaBackend) backend = NULL;
      BaruaEngineAccount *account;

      verify->folder = g_array_index (folders, gint64, i);
      folder = barua_engine_dup_folder (verify->engine, verify->folder);
      account = folder != NULL ? barua_engine_find_account (verify->engine, folder->account) : NULL;
      if (account == NULL || account->backend == NULL)
        continue;
      backend = g_object_ref (account->backend);
      forget_folder (verify);
      if (!compare_folder (verify, backend, error))
        return FALSE;
    }
  return TRUE;
}

static DexFuture *
verify_fiber (gpointer data)
{
  Verify *verify = data;
  GError *error = NULL;

  if (!dex_await (barua_engine_read (verify->engine->store, "check", check_func, g_atomic_rc_box_acquire (verify),
                                     verify_unref), &error))
    return dex_future_new_for_error (error);
  for (guint i = 0; i < verify->problems->len; i++)
    {
      const BaruaStoreProblem *problem = g_ptr_array_index (verify->problems, i);

      add_finding (verify, problem->kind == BARUA_STORE_PROBLEM_COUNTER ? "counter" : "store", 0, 0, problem->detail);
    }
  if (!dex_await (barua_engine_refresh_folders (verify->engine), &error) || !compare_all (verify, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (BARUA_TYPE_VERIFY_REPORT, barua_verify_report_ref (verify->report));
}

DexFuture *
barua_engine_verify (BaruaEngine *self,
                     gint64       account)
{
  DexFuture *refused = NULL;
  Verify *verify;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  if (account != 0 && barua_engine_find_account (self, account) == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such account");
  verify = g_atomic_rc_box_new0 (Verify);
  verify->engine = g_object_ref (self);
  verify->account = account;
  verify->report = barua_verify_report_new ();
  return barua_fiber_start ("verify", verify_fiber, verify, verify_unref);
}
