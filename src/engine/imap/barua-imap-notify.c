/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-fiber.h"

/* What the server tells by itself of the folders that are not selected (NOTIFY, RFC 5465; docs/decisions/0012). STATUS numbers
 * are collected by folder, so that ten of them for one folder are one visit; one fiber looks at what was collected until
 * nothing is left, on a connection of its own: the watching one stays in the inbox. */

static void
take_status (BaruaImapBackend             *self,
             const BaruaImapMailboxStatus *status)
{
  BaruaImapFolder *gate;
  char *name = barua_imap_slice_dup_raw (status->name);

  if (self->told == NULL)
    self->told = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) barua_imap_folder_free);
  gate = g_hash_table_lookup (self->told, name);
  if (gate == NULL)
    {
      gate = g_new0 (BaruaImapFolder, 1);
      gate->mailbox = name;
      g_hash_table_insert (self->told, gate->mailbox, gate);
    }
  else
    g_free (name);
  gate->present |= status->present;
  if (status->present & BARUA_IMAP_STATUS_MESSAGES)
    gate->messages = status->messages;
  if (status->present & BARUA_IMAP_STATUS_UNSEEN)
    gate->unseen = status->unseen;
  if (status->present & BARUA_IMAP_STATUS_UIDNEXT)
    gate->uid_next = status->uid_next;
  if (status->present & BARUA_IMAP_STATUS_UIDVALIDITY)
    gate->uid_validity = status->uid_validity;
  if (status->present & BARUA_IMAP_STATUS_HIGHESTMODSEQ)
    gate->highest_modseq = status->highest_modseq;
}

static GPtrArray *
steal_gates (BaruaImapBackend *self)
{
  GPtrArray *gates = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_imap_folder_free);
  g_autoptr(GHashTable) told = g_steal_pointer (&self->told);
  GHashTableIter iter;
  gpointer gate;

  if (told == NULL)
    return gates;
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, NULL, &gate))
    {
      g_ptr_array_add (gates, gate);
      g_hash_table_iter_steal (&iter);
    }
  return gates;
}

static DexFuture *
tell_fiber (gpointer data)
{
  BaruaImapBackend *self = data;
  g_autoptr(BaruaScope) scope = barua_scope_ref (self->scope);

  while (self->watching && !barua_scope_is_cancelled (scope) && (self->told != NULL || self->told_all))
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(BaruaSyncReport) report = barua_sync_report_new ();
      GPtrArray *gates = steal_gates (self);
      gboolean all = self->told_all;
      gboolean ok;

      self->told_all = FALSE;
      if (all)
        {
          g_ptr_array_unref (gates);
          ok = dex_await (barua_imap_backend_sync (BARUA_BACKEND (self), 0, BARUA_SYNC_DEFAULT, report, scope), &error);
        }
      else
        ok = dex_await (barua_imap_backend_sync_told (self, gates, scope), &error);
      /* The next poll sees to what failed now. */
      if (!ok)
        {
          g_debug ("after NOTIFY: %s", error->message);
          g_signal_emit_by_name (self, "trouble", error);
          break;
        }
    }
  self->telling = FALSE;
  return dex_future_new_true ();
}

gboolean
barua_imap_backend_note_told (BaruaImapBackend     *self,
                              BaruaImapSession     *session,
                              const BaruaImapEvent *event)
{
  switch (event->type)
    {
    case BARUA_IMAP_EVENT_FOLDER_STATUS:
      take_status (self, event->mailbox_status);
      break;
    case BARUA_IMAP_EVENT_FOLDER:
    case BARUA_IMAP_EVENT_OVERFLOW:
      self->told_all = TRUE;
      break;
    default:
      return FALSE;
    }
  self->notify_quirks = barua_imap_session_get_quirks (session);
  if (!self->telling)
    {
      self->telling = TRUE;
      barua_fiber_spawn ("told", tell_fiber, g_object_ref (self), g_object_unref);
    }
  return TRUE;
}
