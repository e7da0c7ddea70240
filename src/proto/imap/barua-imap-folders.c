/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account's folders and their state, in as few round trips as the server allows. */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-imap-mailbox.h"
#include "barua-limits.h"

#include <string.h>

/* From the richest to the plainest; a BAD (or a NO that gives no reason) takes the next. */
typedef enum
{
  STEP_LIST_STATUS,  /* LIST "" "*" RETURN (SPECIAL-USE CHILDREN SUBSCRIBED STATUS (...)) */
  STEP_LIST_RETURN,  /* without STATUS */
  STEP_XLIST,        /* Google's forerunner of SPECIAL-USE */
  STEP_LIST
} ListStep;

typedef struct
{
  BaruaImapSession    *session;
  BaruaImapStatusItems status;
  BaruaScope          *scope;
  GPtrArray           *folders;   /* BaruaImapFolder */
  GHashTable          *by_name;   /* raw name (borrowed) -> BaruaImapFolder */
  char               **mailboxes; /* of barua_imap_session_status() */
  gboolean             too_many;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *self = data;

  g_object_unref (self->session);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->folders);
  g_strfreev (self->mailboxes);
  g_free (self);
}

static Listing *
listing_new (BaruaImapSession    *session,
             BaruaImapStatusItems status,
             BaruaScope          *scope)
{
  Listing *self = g_new0 (Listing, 1);

  self->session = g_object_ref (session);
  self->status = status;
  self->scope = scope != NULL ? barua_scope_ref (scope) : NULL;
  self->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_imap_folder_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/* INBOX is one name whatever its case (RFC 9051, 5.1); all others are compared byte by byte. */
static const char *
get_key (const char *raw)
{
  return barua_imap_mailbox_is_inbox (raw) ? "INBOX" : raw;
}

static BaruaImapFolder *
find_folder (Listing    *self,
             const char *raw,
             gboolean    create)
{
  BaruaImapFolder *folder = g_hash_table_lookup (self->by_name, get_key (raw));

  if (folder != NULL || !create)
    return folder;
  if (self->folders->len >= BARUA_LIMIT_FOLDERS)
    {
      self->too_many = TRUE;
      return NULL;
    }
  folder = g_new0 (BaruaImapFolder, 1);
  folder->mailbox = g_strdup (raw);
  folder->name = barua_imap_mailbox_decode (raw, self->session->dialect.utf8);
  if (barua_imap_mailbox_is_inbox (raw))
    folder->role = BARUA_ROLE_INBOX;
  g_ptr_array_add (self->folders, folder);
  g_hash_table_insert (self->by_name, (gpointer) (barua_imap_mailbox_is_inbox (raw) ? "INBOX" : folder->mailbox), folder);
  return folder;
}

static void
take_list (Listing             *self,
           const BaruaImapList *list)
{
  g_autofree char *raw = barua_imap_slice_dup_raw (list->name);
  BaruaImapFolder *folder;

  if (raw == NULL || *raw == '\0' || strlen (raw) > BARUA_LIMIT_FOLDER_NAME_BYTES)
    return; /* no name a mailbox can be opened by */
  folder = find_folder (self, raw, TRUE);
  if (folder == NULL)
    return;
  folder->delimiter = list->delimiter;
  folder->attributes |= list->attributes;
  if (folder->role == BARUA_ROLE_NONE)
    folder->role = list->role;
}

static void
take_status (Listing                      *self,
             const BaruaImapMailboxStatus *status)
{
  g_autofree char *raw = barua_imap_slice_dup_raw (status->name);
  BaruaImapFolder *folder;

  folder = raw != NULL ? find_folder (self, raw, FALSE) : NULL;
  if (folder == NULL)
    return; /* nobody asked for it */
  folder->present |= status->present;
  if ((status->present & BARUA_IMAP_STATUS_MESSAGES) != 0)
    folder->messages = status->messages;
  if ((status->present & BARUA_IMAP_STATUS_UNSEEN) != 0)
    folder->unseen = status->unseen;
  if ((status->present & BARUA_IMAP_STATUS_UIDNEXT) != 0)
    folder->uid_next = status->uid_next;
  if ((status->present & BARUA_IMAP_STATUS_UIDVALIDITY) != 0)
    folder->uid_validity = status->uid_validity;
  if ((status->present & BARUA_IMAP_STATUS_HIGHESTMODSEQ) != 0)
    folder->highest_modseq = status->highest_modseq;
  if ((status->present & BARUA_IMAP_STATUS_SIZE) != 0)
    folder->size = status->size;
  if ((status->present & BARUA_IMAP_STATUS_MAILBOXID) != 0)
    {
      g_free (folder->mailbox_id);
      folder->mailbox_id = barua_imap_slice_dup_raw (status->mailbox_id);
    }
}

static void
on_data (BaruaImapSession        *session,
         const BaruaImapResponse *response,
         guint32                  uid,
         gpointer                 user_data)
{
  Listing *self = user_data;

  if (response->kind == BARUA_IMAP_RESPONSE_LIST)
    take_list (self, &response->list);
  else if (response->kind == BARUA_IMAP_RESPONSE_MAILBOX_STATUS)
    take_status (self, &response->mailbox_status);
}

static const BaruaImapHandler handler = { .data = on_data };

/* What of @wanted this server knows. */
static BaruaImapStatusItems
known_items (BaruaImapSession    *session,
             BaruaImapStatusItems wanted)
{
  BaruaImapStatusItems items = wanted;

  if (!barua_imap_session_can (session, BARUA_IMAP_CAP_CONDSTORE) && !barua_imap_session_can (session, BARUA_IMAP_CAP_QRESYNC))
    items &= ~BARUA_IMAP_STATUS_HIGHESTMODSEQ;
  if (!barua_imap_session_can (session, BARUA_IMAP_CAP_STATUS_SIZE) &&
      !barua_imap_session_can (session, BARUA_IMAP_CAP_IMAP4REV2))
    items &= ~BARUA_IMAP_STATUS_SIZE;
  if (!barua_imap_session_can (session, BARUA_IMAP_CAP_OBJECTID))
    items &= ~BARUA_IMAP_STATUS_MAILBOXID;
  return items;
}

static ListStep
first_step (Listing *self)
{
  BaruaImapSession *session = self->session;
  gboolean extended = barua_imap_session_can (session, BARUA_IMAP_CAP_LIST_EXTENDED) ||
                      barua_imap_session_can (session, BARUA_IMAP_CAP_IMAP4REV2);
  gboolean status = barua_imap_session_can (session, BARUA_IMAP_CAP_LIST_STATUS) ||
                    barua_imap_session_can (session, BARUA_IMAP_CAP_IMAP4REV2);
  gboolean roles = barua_imap_session_can (session, BARUA_IMAP_CAP_SPECIAL_USE);

  if (status && self->status != 0 && !barua_imap_quirks_has (session->quirks, BARUA_IMAP_QUIRK_NO_LIST_RETURN))
    return STEP_LIST_STATUS;
  if (extended)
    return STEP_LIST_RETURN;
  if (!roles && barua_imap_session_can (session, BARUA_IMAP_CAP_XLIST))
    return STEP_XLIST;
  return STEP_LIST;
}

static BaruaImapCommand *
make_list (Listing *self,
           ListStep step,
           GError **error)
{
  static const char * const all[] = { "*", NULL };
  BaruaImapSession *session = self->session;
  BaruaImapListOptions options = 0;

  if (step <= STEP_LIST_RETURN)
    {
      /* A server may leave out what is not asked for (Dovecot does): ask for all of it together. */
      if (barua_imap_session_can (session, BARUA_IMAP_CAP_LIST_EXTENDED) ||
          barua_imap_session_can (session, BARUA_IMAP_CAP_IMAP4REV2))
        options |= BARUA_IMAP_LIST_RETURN_SUBSCRIBED | BARUA_IMAP_LIST_RETURN_CHILDREN;
      if (barua_imap_session_can (session, BARUA_IMAP_CAP_SPECIAL_USE))
        options |= BARUA_IMAP_LIST_RETURN_SPECIAL_USE;
    }
  return barua_imap_command_list (&session->dialect, step == STEP_XLIST ? BARUA_IMAP_LIST_XLIST : BARUA_IMAP_LIST_LIST, "",
                                  all, options, step == STEP_LIST_STATUS ? known_items (session, self->status) : 0, error);
}

static gboolean
is_selectable (const BaruaImapFolder *folder)
{
  return (folder->attributes & (BARUA_IMAP_MAILBOX_NOSELECT | BARUA_IMAP_MAILBOX_NONEXISTENT |
                                BARUA_IMAP_MAILBOX_NOACCESS)) == 0;
}

static gboolean
may_ask_status (BaruaImapSession *session,
                const char       *raw)
{
  if (session->mailbox == NULL || barua_imap_quirks_has (session->quirks, BARUA_IMAP_QUIRK_STATUS_SELECTED))
    return TRUE;
  return strcmp (get_key (session->mailbox), get_key (raw)) != 0;
}

/* STATUS of each that has none yet, pipelined as far as the quirks allow. A folder that refuses stays without. */
static gboolean
ask_status (Listing *self,
            GError **error)
{
  g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_imap_command_free);
  BaruaImapStatusItems items = known_items (self->session, self->status);
  g_autoptr(BaruaImapResult) result = NULL;

  for (guint i = 0; i < self->folders->len && items != 0; i++)
    {
      BaruaImapFolder *folder = g_ptr_array_index (self->folders, i);
      BaruaImapCommand *command;

      if (folder->present != 0 || !is_selectable (folder) || !may_ask_status (self->session, folder->mailbox))
        continue;
      command = barua_imap_command_status (&self->session->dialect, folder->mailbox, items, NULL);
      if (command != NULL)
        g_ptr_array_add (commands, command);
    }
  result = dex_await_boxed (barua_imap_session_run_all (self->session, g_ptr_array_ref (commands),
                                                        BARUA_IMAP_RUN_ANY_STATUS | BARUA_IMAP_RUN_SLOW, &handler, self, NULL,
                                                        self->scope),
                            error);
  return result != NULL;
}

static DexFuture *
take_folders (Listing *self)
{
  if (self->too_many)
    g_message ("%s: more than %u folders; the rest is left out", self->session->config->name, BARUA_LIMIT_FOLDERS);
  return dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, g_ptr_array_ref (self->folders));
}

static DexFuture *
list_fiber (gpointer data)
{
  Listing *self = data;
  g_autoptr(GError) error = NULL;
  ListStep step = first_step (self);

  for (;;)
    {
      g_autoptr(BaruaImapResult) result = NULL;
      BaruaImapCommand *command = make_list (self, step, &error);

      if (command == NULL)
        return dex_future_new_for_error (g_steal_pointer (&error));
      result = dex_await_boxed (barua_imap_session_run (self->session, command,
                                                        BARUA_IMAP_RUN_ANY_STATUS | BARUA_IMAP_RUN_SLOW, &handler, self, NULL,
                                                        self->scope),
                                &error);
      if (result == NULL)
        return dex_future_new_for_error (g_steal_pointer (&error));
      if (result->condition == BARUA_IMAP_OK)
        break;
      if (step == STEP_LIST)
        return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_PERMITTED, "%s", result->text);
      step = step == STEP_LIST_STATUS && barua_imap_session_can (self->session, BARUA_IMAP_CAP_LIST_EXTENDED)
               ? STEP_LIST_RETURN
               : STEP_LIST;
    }
  if (self->status != 0 && !ask_status (self, &error))
    return dex_future_new_for_error (g_steal_pointer (&error));
  return take_folders (self);
}

DexFuture *
barua_imap_session_list (BaruaImapSession    *self,
                         BaruaImapStatusItems status,
                         BaruaScope          *scope)
{
  return barua_fiber_start ("IMAP list", list_fiber, listing_new (self, status, scope), listing_free);
}

static DexFuture *
status_fiber (gpointer data)
{
  Listing *self = data;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; self->mailboxes[i] != NULL; i++)
    find_folder (self, self->mailboxes[i], TRUE);
  if (!ask_status (self, &error))
    return dex_future_new_for_error (g_steal_pointer (&error));
  for (guint i = self->folders->len; i > 0; i--)
    {
      BaruaImapFolder *folder = g_ptr_array_index (self->folders, i - 1);

      if (folder->present == 0)
        {
          g_hash_table_remove (self->by_name, get_key (folder->mailbox));
          g_ptr_array_remove_index (self->folders, i - 1);
        }
    }
  return take_folders (self);
}

DexFuture *
barua_imap_session_status (BaruaImapSession    *self,
                           const char * const  *mailboxes,
                           BaruaImapStatusItems status,
                           BaruaScope          *scope)
{
  Listing *listing = listing_new (self, status, scope);

  listing->mailboxes = g_strdupv ((char **) mailboxes);
  return barua_fiber_start ("IMAP status", status_fiber, listing, listing_free);
}

/* NAMESPACE --------------------------------------------------------------------------------------------------------- */

static void
on_namespace (BaruaImapSession        *session,
              const BaruaImapResponse *response,
              guint32                  uid,
              gpointer                 user_data)
{
  char **prefix = user_data;

  if (response->kind != BARUA_IMAP_RESPONSE_NAMESPACE)
    return;
  for (guint i = 0; i < response->namespaces.n_items && *prefix == NULL; i++)
    {
      const BaruaImapNamespace *item = &response->namespaces.items[i];

      if (item->kind == BARUA_IMAP_NAMESPACE_PERSONAL)
        *prefix = barua_imap_slice_dup_raw (item->prefix);
    }
}

typedef struct
{
  BaruaImapSession *session;
  BaruaScope       *scope;
  char             *prefix;
} Namespace;

static void
namespace_free (gpointer data)
{
  Namespace *self = data;

  g_object_unref (self->session);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_free (self->prefix);
  g_free (self);
}

static DexFuture *
namespace_fiber (gpointer data)
{
  static const BaruaImapHandler namespace_handler = { .data = on_namespace };
  Namespace *self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(BaruaImapResult) result = NULL;

  if (!barua_imap_session_can (self->session, BARUA_IMAP_CAP_NAMESPACE))
    return dex_future_new_for_string ("");
  result = dex_await_boxed (barua_imap_session_run (self->session, barua_imap_command_namespace (),
                                                    BARUA_IMAP_RUN_ANY_STATUS, &namespace_handler, &self->prefix, NULL,
                                                    self->scope),
                            &error);
  if (result == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  if (self->prefix == NULL || strlen (self->prefix) > BARUA_LIMIT_FOLDER_NAME_BYTES)
    return dex_future_new_for_string ("");
  return dex_future_new_for_string (self->prefix);
}

DexFuture *
barua_imap_session_namespace (BaruaImapSession *self,
                              BaruaScope       *scope)
{
  Namespace *namespace = g_new0 (Namespace, 1);

  namespace->session = g_object_ref (self);
  namespace->scope = scope != NULL ? barua_scope_ref (scope) : NULL;
  return barua_fiber_start ("IMAP namespace", namespace_fiber, namespace, namespace_free);
}
