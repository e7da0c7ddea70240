/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-folder-role.h"
#include "barua-tree-order.h"
#include "barua-limits.h"
#include "barua-text.h"

/* The account's folders: what LIST says against what the store knows (PROTOCOLS 3.4). A folder's identity is its local id;
 * names are keys in the database and nothing else (THREATS P-10). */

/* One refresh: the server's list in, the store's folders out. */
typedef struct
{
  gint64     account;
  gboolean   exchange;
  GPtrArray *listed;  /* BaruaStoreFolder, owned; NULL: only read what is stored */
  GPtrArray *folders; /* BaruaStoreFolder, owned: the result */
} Refresh;

static void
refresh_clear (gpointer data)
{
  Refresh *refresh = data;

  g_clear_pointer (&refresh->listed, g_ptr_array_unref);
  g_clear_pointer (&refresh->folders, g_ptr_array_unref);
}

static void
refresh_unref (gpointer refresh)
{
  g_atomic_rc_box_release_full (refresh, refresh_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Refresh, refresh_unref)

static gboolean
load_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Refresh *refresh = data;

  refresh->folders = barua_store_load_folders (c, refresh->account, error);
  return refresh->folders != NULL;
}

static gboolean
is_same (const BaruaStoreFolder *a,
         const BaruaStoreFolder *b)
{
  return a->parent == b->parent && a->role == b->role && a->flags == b->flags && a->delimiter == b->delimiter &&
         strcmp (a->shown_name, b->shown_name) == 0 && strcmp (a->remote_id, b->remote_id) == 0;
}

/* Saves the listed folders (parents stand before their children), removes those that are listed no more. */
static gboolean
save_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Refresh *refresh = data;
  g_autoptr(GPtrArray) known = barua_store_load_folders (c, refresh->account, error);
  g_autoptr(GHashTable) by_name = NULL;
  g_autoptr(GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);

  if (known == NULL)
    return FALSE;
  by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < known->len; i++)
    g_hash_table_insert (by_name, ((BaruaStoreFolder *) g_ptr_array_index (known, i))->name,
                         g_ptr_array_index (known, i));
  for (guint i = 0; i < refresh->listed->len; i++)
    g_hash_table_insert (listed, ((BaruaStoreFolder *) g_ptr_array_index (refresh->listed, i))->name,
                         g_ptr_array_index (refresh->listed, i));
  for (guint i = 0; i < refresh->listed->len; i++)
    {
      BaruaStoreFolder *folder = g_ptr_array_index (refresh->listed, i);
      BaruaStoreFolder *old = g_hash_table_lookup (by_name, folder->name);
      g_autofree char *parent = NULL;
      BaruaStoreFolder *above = NULL;

      if (folder->delimiter != '\0')
        {
          char *cut = strrchr (folder->name, folder->delimiter);

          parent = cut != NULL && cut != folder->name ? g_strndup (folder->name, cut - folder->name) : NULL;
        }
      if (parent != NULL)
        above = g_hash_table_lookup (listed, g_ascii_strcasecmp (parent, "INBOX") == 0 ? "INBOX" : parent);
      folder->id = old != NULL ? old->id : 0;
      folder->parent = above != NULL && above != folder ? above->id : 0;
      if (old != NULL && is_same (old, folder))
        continue;
      if (!barua_store_folder_save (c, folder, error))
        return FALSE;
    }
  for (guint i = 0; i < known->len; i++)
    {
      BaruaStoreFolder *folder = g_ptr_array_index (known, i);

      if (!g_hash_table_contains (listed, folder->name) && folder->role != BARUA_ROLE_INBOX &&
          !barua_store_folder_remove (c, folder->id, error))
        return FALSE;
    }
  g_clear_pointer (&refresh->folders, g_ptr_array_unref);
  return load_func (c, refresh, error);
}

static void
take_folders (BaruaImapBackend *self,
              Refresh          *refresh)
{
  g_hash_table_remove_all (self->folders);
  for (guint i = 0; i < refresh->folders->len; i++)
    {
      BaruaStoreFolder *folder = barua_store_folder_copy (g_ptr_array_index (refresh->folders, i));

      g_hash_table_replace (self->folders, &folder->id, folder);
    }
  self->loaded = TRUE;
}

gboolean
barua_imap_backend_load_folders (BaruaImapBackend *self,
                                 GError          **error)
{
  g_autoptr(Refresh) refresh = NULL;

  if (self->loaded)
    return TRUE;
  refresh = g_atomic_rc_box_new0 (Refresh);
  refresh->account = self->account;
  if (!dex_await (barua_engine_read (self->store, "folders", load_func, g_atomic_rc_box_acquire (refresh),
                                     refresh_unref), error))
    return FALSE;
  take_folders (self, refresh);
  return TRUE;
}

BaruaStoreFolder *
barua_imap_backend_get_folder (BaruaImapBackend *self,
                               gint64            folder)
{
  return g_hash_table_lookup (self->folders, &folder);
}

BaruaStoreFolder *
barua_imap_backend_get_inbox (BaruaImapBackend *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->folders);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BaruaStoreFolder *) value)->role == BARUA_ROLE_INBOX)
      return value;
  return NULL;
}

static gboolean
inbox_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Refresh *refresh = data;
  g_autoptr(BaruaStoreFolder) inbox = barua_store_folder_new ();

  inbox->account = refresh->account;
  g_set_str (&inbox->name, "INBOX");
  g_set_str (&inbox->shown_name, "Inbox");
  inbox->role = BARUA_ROLE_INBOX;
  return barua_store_folder_save (c, inbox, error) && load_func (c, refresh, error);
}

gint64
barua_imap_backend_ensure_inbox (BaruaImapBackend *self,
                                 GError          **error)
{
  g_autoptr(Refresh) refresh = NULL;
  BaruaStoreFolder *inbox;

  if (!barua_imap_backend_load_folders (self, error))
    return 0;
  inbox = barua_imap_backend_get_inbox (self);
  if (inbox == NULL)
    {
      refresh = g_atomic_rc_box_new0 (Refresh);
      refresh->account = self->account;
      if (!dex_await (barua_engine_write (self->store, BARUA_STORE_NORMAL, "inbox", inbox_func,
                                          g_atomic_rc_box_acquire (refresh), refresh_unref), error))
        return 0;
      take_folders (self, refresh);
      inbox = barua_imap_backend_get_inbox (self);
    }
  if (inbox == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "no inbox");
      return 0;
    }
  return inbox->id;
}

/* The server's list ------------------------------------------------------------------------------------------------------- */

static BaruaStoreFolderFlags
get_flags (const BaruaImapFolder *folder)
{
  BaruaStoreFolderFlags flags = 0;

  if (folder->attributes & (BARUA_IMAP_MAILBOX_NOSELECT | BARUA_IMAP_MAILBOX_NONEXISTENT | BARUA_IMAP_MAILBOX_NOACCESS))
    flags |= BARUA_STORE_FOLDER_NO_SELECT;
  if (folder->attributes & BARUA_IMAP_MAILBOX_NOINFERIORS)
    flags |= BARUA_STORE_FOLDER_NO_INFERIORS;
  if (folder->attributes & BARUA_IMAP_MAILBOX_HAS_CHILDREN)
    flags |= BARUA_STORE_FOLDER_HAS_CHILDREN;
  if (folder->attributes & BARUA_IMAP_MAILBOX_SUBSCRIBED)
    flags |= BARUA_STORE_FOLDER_SUBSCRIBED;
  if (folder->attributes & BARUA_IMAP_MAILBOX_REMOTE)
    flags |= BARUA_STORE_FOLDER_REMOTE;
  return flags;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const BaruaStoreFolder *one = *(const BaruaStoreFolder *const *) a;
  const BaruaStoreFolder *two = *(const BaruaStoreFolder *const *) b;
  gsize length_one = strlen (one->name);
  gsize length_two = strlen (two->name);

  /* A parent's name is shorter than its children's. */
  if (length_one != length_two)
    return length_one < length_two ? -1 : 1;
  return strcmp (one->name, two->name);
}

/* BaruaStoreFolder of what was listed, parents first, with roles. */
static GPtrArray *
make_folders (BaruaImapBackend *self,
              GPtrArray        *listed,
              gboolean          exchange)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_store_folder_free);
  g_autofree BaruaRoleCandidate *candidates = g_new0 (BaruaRoleCandidate, listed->len + 1);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gboolean have_inbox = FALSE;
  guint n = 0;

  for (guint i = 0; i < listed->len && n < BARUA_LIMIT_FOLDERS; i++)
    {
      const BaruaImapFolder *from = g_ptr_array_index (listed, i);
      BaruaStoreFolder *folder = barua_store_folder_new ();
      gboolean is_inbox = !have_inbox && g_ascii_strcasecmp (from->mailbox, "INBOX") == 0;
      BaruaFolderPlace place;

      barua_folder_place_init (&place, from->name, from->delimiter);
      folder->account = self->account;
      g_set_str (&folder->name, is_inbox ? "INBOX" : from->mailbox);
      folder->shown_name = (g_free (folder->shown_name), barua_text_clean (is_inbox ? "Inbox" : place.leaf, -1,
                                                                           BARUA_LIMIT_FOLDER_NAME_BYTES));
      folder->delimiter = from->delimiter;
      folder->flags = get_flags (from);
      if (from->mailbox_id != NULL)
        g_set_str (&folder->remote_id, from->mailbox_id);
      candidates[n].server_name = from->name;
      candidates[n].leaf = folder->shown_name;
      candidates[n].delimiter = from->delimiter;
      candidates[n].depth = place.depth;
      /* "INBOX.Sent" is a top folder in disguise. */
      if (place.parent != NULL && place.depth > 0 && g_ascii_strncasecmp (from->name, "INBOX", 5) == 0 &&
          from->name[5] == from->delimiter)
        candidates[n].depth--;
      candidates[n].selectable = !(folder->flags & BARUA_STORE_FOLDER_NO_SELECT);
      candidates[n].is_inbox = is_inbox;
      candidates[n].told = from->role;
      have_inbox |= is_inbox;
      n++;
      barua_folder_place_clear (&place);
      g_ptr_array_add (folders, folder);
    }
  barua_folder_roles_assign (candidates, n, exchange);
  for (guint i = 0; i < n; i++)
    ((BaruaStoreFolder *) g_ptr_array_index (folders, i))->role = candidates[i].role;
  g_ptr_array_sort (folders, compare_names);
  return folders;
}

gboolean
barua_imap_backend_refresh_folders (BaruaImapBackend *self,
                                    BaruaImapSession *session,
                                    BaruaScope       *scope,
                                    GPtrArray       **gates,
                                    GError          **error)
{
  const BaruaImapStatusItems items = BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UNSEEN | BARUA_IMAP_STATUS_UIDNEXT |
                                     BARUA_IMAP_STATUS_UIDVALIDITY | BARUA_IMAP_STATUS_HIGHESTMODSEQ;
  g_autoptr(GPtrArray) listed = dex_await_boxed (barua_imap_session_list (session, items, scope), error);
  g_autoptr(Refresh) refresh = NULL;

  if (listed == NULL)
    return FALSE;
  g_debug ("listed %u", listed->len);
  /* An account without any folder, inbox included, is a fault, not news. */
  if (listed->len == 0)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL, "the server lists no folders");
      return FALSE;
    }
  refresh = g_atomic_rc_box_new0 (Refresh);
  refresh->account = self->account;
  refresh->exchange = strcmp (barua_imap_session_get_quirks (session)->name, "Microsoft Exchange") == 0;
  refresh->listed = make_folders (self, listed, refresh->exchange);
  if (!dex_await (barua_engine_write (self->store, BARUA_STORE_NORMAL, "folders", save_func,
                                      g_atomic_rc_box_acquire (refresh), refresh_unref), error))
    return FALSE;
  take_folders (self, refresh);
  if (gates != NULL)
    *gates = g_steal_pointer (&listed);
  return TRUE;
}
