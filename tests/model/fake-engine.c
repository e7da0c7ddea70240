/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-engine.h"

#include <string.h>

#define FAKE_ACCOUNT 1

struct _BaruaEngine
{
  GObject      parent_instance;
  char        *profile;
  GHashTable  *messages; /* gint64 -> BaruaRow */
  GHashTable  *parsed;   /* gint64 -> BaruaParsedMessage */
  GPtrArray   *folders;  /* BaruaFolder, index id - 1 */
  GPtrArray   *accounts;
  BaruaStatus *status;
  gint64       last_id;
  guint64      generation;
  GPtrArray   *held; /* change sets that are not told yet; NULL: each is told at once */
  guint        delay_ms;
  guint        n_row_reads;
  guint        n_spine_reads;
  gboolean     gives_tops;
  guint        ask_every; /* the server finds each of so many messages, in their texts; 0: none */
  guint        ask_ms;
  int          ask_code;  /* of the failure; -1: none */
  gint64       texts_since;
  GHashTable  *wished;   /* gint64 * -> BaruaFlags that wait, owned; what they are to become is in messages */
  GPtrArray   *refusals; /* Refusal */
};

typedef struct
{
  gint64          id;
  BaruaIdSet     *ids;
  BaruaErrorCode  code;
  gboolean        discarded;
} Refusal;

static void
refusal_free (gpointer data)
{
  Refusal *refusal = data;

  barua_id_set_unref (refusal->ids);
  g_free (refusal);
}

enum
{
  CHANGED,
  STATUS_CHANGED,
  ARRIVED,
  RESUMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaEngine, barua_engine, G_TYPE_OBJECT)

static void
add_folder (BaruaEngine *self,
            gint64       account,
            const char  *name,
            BaruaRole    role,
            gint64       parent)
{
  BaruaFolder *folder = barua_folder_new ();

  folder->id = self->folders->len + 1;
  folder->account = account;
  folder->parent = parent;
  g_free (folder->name);
  folder->name = g_strdup (name);
  g_free (folder->path);
  folder->path = g_strdup (name);
  g_free (folder->server_name);
  folder->server_name = g_strdup (name);
  folder->role = role;
  folder->selectable = TRUE;
  g_ptr_array_add (self->folders, folder);
}

static void
add_account (BaruaEngine *self,
             gint64       id,
             const char  *address)
{
  BaruaAccount *account = barua_account_new ();

  account->id = id;
  g_free (account->name);
  account->name = g_strdup (address);
  g_free (account->address);
  account->address = g_strdup (address);
  g_free (account->host);
  account->host = g_strdup ("posta.example");
  g_ptr_array_add (self->accounts, account);
}

static void
barua_engine_finalize (GObject *object)
{
  BaruaEngine *self = BARUA_ENGINE (object);

  g_free (self->profile);
  g_hash_table_unref (self->messages);
  g_hash_table_unref (self->parsed);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->accounts);
  barua_status_unref (self->status);
  g_hash_table_unref (self->wished);
  g_ptr_array_unref (self->refusals);
  G_OBJECT_CLASS (barua_engine_parent_class)->finalize (object);
}

static void
barua_engine_class_init (BaruaEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_engine_finalize;
  signals[CHANGED] = g_signal_new ("changed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   BARUA_TYPE_CHANGE_SET);
  signals[STATUS_CHANGED] =
    g_signal_new ("status-changed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ARRIVED] = g_signal_new ("arrived", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_INT64, BARUA_TYPE_ID_SET);
  signals[RESUMED] = g_signal_new ("resumed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_engine_init (BaruaEngine *self)
{
  self->messages = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)barua_row_unref);
  self->parsed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)barua_parsed_message_unref);
  self->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_folder_unref);
  self->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_account_unref);
  self->status = barua_status_new ();
  self->status->account = FAKE_ACCOUNT;
  self->wished = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->refusals = g_ptr_array_new_with_free_func (refusal_free);
  self->generation = 1;
  self->ask_code = -1;
  add_account (self, FAKE_ACCOUNT, "maria@posta.example");
  add_folder (self, 1, "Inbox", BARUA_ROLE_INBOX, 0);
  add_folder (self, 1, "Drafts", BARUA_ROLE_DRAFTS, 0);
  add_folder (self, 1, "Sent", BARUA_ROLE_SENT, 0);
  add_folder (self, 1, "Archive", BARUA_ROLE_ARCHIVE, 0);
  add_folder (self, 1, "Junk", BARUA_ROLE_JUNK, 0);
  add_folder (self, 1, "Trash", BARUA_ROLE_TRASH, 0);
  add_folder (self, 1, "Family", BARUA_ROLE_NONE, 0);
  add_folder (self, 1, "School", BARUA_ROLE_NONE, FAKE_FAMILY);
  add_folder (self, 1, "Empty", BARUA_ROLE_NONE, 0);
}

/* Scripting -------------------------------------------------------------------------------------------------------- */

static BaruaRow *
copy_row (const BaruaRow *row)
{
  BaruaRow *copy = barua_row_new ();

  copy->id = row->id;
  copy->thread = row->thread;
  copy->account = row->account;
  copy->folder = row->folder;
  copy->date = row->date;
  copy->size = row->size;
  copy->flags = row->flags;
  copy->thread_count = 1;
  copy->has_attachment = row->has_attachment;
  g_free (copy->from_name);
  copy->from_name = g_strdup (row->from_name);
  g_free (copy->from_address);
  copy->from_address = g_strdup (row->from_address);
  g_free (copy->to);
  copy->to = g_strdup (row->to);
  g_free (copy->subject);
  copy->subject = g_strdup (row->subject);
  g_free (copy->preview);
  copy->preview = g_strdup (row->preview);
  copy->message_id = g_strdup (row->message_id);
  return copy;
}

static void
put_row (BaruaEngine *self,
         BaruaRow    *row)
{
  g_hash_table_replace (self->messages, &row->id, row);
}

static BaruaRow *
make_row (BaruaEngine *self,
          gint64       folder,
          gint64       date)
{
  static const char *const people[] = { "Maria Müller", "Lakshmi Devi", "Baraka Mwangi", "Budi Santoso",
                                        "রহিমা খাতুন",   "లక్ష్మీ దేవి",     "Alice Carter",  "Ben Howard" };
  static const char *const subjects[] = { "Re: Fahrkarten für den Frühling", "పండుగ శుభాకాంక్షలు: కార్యక్రమం",
                                          "Barua ya mkutano wa jumatatu",     "Rapat anggaran",
                                          "আগামীকালের ক্লাসের সময়সূচি",           "The garden in May" };
  gint64 id = ++self->last_id;
  BaruaRow *row = barua_row_new ();

  row->id = id;
  row->thread = id;
  row->account = FAKE_ACCOUNT;
  row->folder = folder;
  row->date = date;
  row->size = 4000 + (guint64)id % 9000;
  row->flags = id % 5 == 0 ? 0 : BARUA_FLAG_SEEN;
  if (id % 7 == 0)
    row->flags |= BARUA_FLAG_FLAGGED;
  row->has_attachment = id % 4 == 0;
  row->thread_count = 1;
  g_free (row->from_name);
  row->from_name = g_strdup (people[id % G_N_ELEMENTS (people)]);
  g_free (row->from_address);
  row->from_address = g_strdup_printf ("person%d@posta.example", (int)(id % 8));
  g_free (row->to);
  row->to = g_strdup ("Maria");
  g_free (row->subject);
  row->subject = g_strdup_printf ("%s %" G_GINT64_FORMAT, subjects[id % G_N_ELEMENTS (subjects)], id);
  g_free (row->preview);
  row->preview = g_strdup ("Ich habe die Karten gestern bestellt, sie kommen am Dienstag mit der Post.");
  row->message_id = g_strdup_printf ("<%" G_GINT64_FORMAT "@posta.example>", id);
  put_row (self, row);
  return row;
}

static void
count_folder (BaruaEngine *self,
              gint64       folder,
              int          total,
              int          unread)
{
  BaruaFolder *old = g_ptr_array_index (self->folders, folder - 1);

  /* Values that were handed out never change. */
  BaruaFolder *fresh = barua_folder_new ();

  fresh->id = old->id;
  fresh->account = old->account;
  fresh->parent = old->parent;
  g_free (fresh->name);
  fresh->name = g_strdup (old->name);
  g_free (fresh->path);
  fresh->path = g_strdup (old->path);
  g_free (fresh->server_name);
  fresh->server_name = g_strdup (old->server_name);
  fresh->role = old->role;
  fresh->selectable = old->selectable;
  fresh->hidden = old->hidden;
  fresh->notify = old->notify;
  fresh->total = (guint)((int)old->total + total);
  fresh->unread = (guint)((int)old->unread + unread);
  g_ptr_array_index (self->folders, folder - 1) = fresh;
  barua_folder_unref (old);
}

static void
commit (BaruaEngine    *self,
        BaruaChangeSet *set)
{
  set->generation = ++self->generation;
  if (self->held != NULL)
    g_ptr_array_add (self->held, barua_change_set_ref (set));
  else
    g_signal_emit (self, signals[CHANGED], 0, set);
}

void
fake_engine_hold (BaruaEngine *self,
                  gboolean     held)
{
  g_autoptr (GPtrArray) told = g_steal_pointer (&self->held);

  if (held)
    self->held = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_change_set_unref);
  for (guint i = 0; told != NULL && i < told->len; i++)
    g_signal_emit (self, signals[CHANGED], 0, g_ptr_array_index (told, i));
}

void
fake_engine_fill (BaruaEngine *self,
                  guint        n,
                  gint64       newest)
{
  int unread = 0;

  for (guint i = n; i-- > 0;)
    {
      BaruaRow *row = make_row (self, FAKE_INBOX, newest - (gint64)i * 600);

      unread += !(row->flags & BARUA_FLAG_SEEN);
    }
  count_folder (self, FAKE_INBOX, (int)n, unread);
}

static void
add_change (BaruaChangeSet  *set,
            BaruaChangeKind  kind,
            const BaruaRow  *row,
            gint64           old_key)
{
  BaruaRowChange change = { kind, row->id, row->thread, row->folder, old_key, row->date };
  /* Each is a conversation of its own. */
  BaruaConversationChange conversation = { row->thread, row->folder, kind == BARUA_CHANGE_ADDED ? 0 : row->id, old_key,
                                           kind == BARUA_CHANGE_REMOVED ? 0 : row->id, row->date };

  barua_change_set_add_conversation (set, &conversation);
  barua_change_set_add_row (set, &change);
  barua_change_set_add_folder (set, row->folder);
}

gint64
fake_engine_add (BaruaEngine *self,
                 gint64       folder,
                 gint64       date)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  BaruaRow *row = make_row (self, folder, date);
  gint64 id = row->id;
  g_autoptr (BaruaIdSet) ids = NULL;

  count_folder (self, folder, 1, !(row->flags & BARUA_FLAG_SEEN));
  add_change (set, BARUA_CHANGE_ADDED, row, date);
  commit (self, set);
  return id;
}

void
fake_engine_add_many (BaruaEngine *self,
                      gint64       folder,
                      gint64       oldest,
                      guint        n)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  int unread = 0;

  for (guint i = 0; i < n; i++)
    {
      BaruaRow *row = make_row (self, folder, oldest + i);

      unread += !(row->flags & BARUA_FLAG_SEEN);
      add_change (set, BARUA_CHANGE_ADDED, row, row->date);
    }
  count_folder (self, folder, (int)n, unread);
  commit (self, set);
}

void
fake_engine_add_hidden (BaruaEngine *self,
                        gint64       folder,
                        gint64       date)
{
  make_row (self, folder, date);
  count_folder (self, folder, 1, 0);
  self->generation++;
}

void
fake_engine_remove (BaruaEngine *self,
                    gint64       id)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  BaruaRow *row = g_hash_table_lookup (self->messages, &id);

  add_change (set, BARUA_CHANGE_REMOVED, row, row->date);
  count_folder (self, row->folder, -1, -!(row->flags & BARUA_FLAG_SEEN));
  g_hash_table_remove (self->messages, &id);
  commit (self, set);
}

void
fake_engine_redate (BaruaEngine *self,
                    gint64       id,
                    gint64       date)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  const BaruaRow *old = g_hash_table_lookup (self->messages, &id);
  BaruaRow *row = copy_row (old);
  gint64 old_key = old->date;

  row->date = date;
  put_row (self, row);
  add_change (set, BARUA_CHANGE_UPDATED, row, old_key);
  commit (self, set);
}

void
fake_engine_flag (BaruaEngine *self,
                  gint64       id,
                  BaruaFlags   mask,
                  BaruaFlags   bits)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  const BaruaRow *old = g_hash_table_lookup (self->messages, &id);
  BaruaRow *row = copy_row (old);
  int was_unread = !(old->flags & BARUA_FLAG_SEEN);

  row->flags = (row->flags & ~mask) | (bits & mask);
  count_folder (self, row->folder, 0, !(row->flags & BARUA_FLAG_SEEN) - was_unread);
  put_row (self, row);
  add_change (set, BARUA_CHANGE_UPDATED, row, row->date);
  commit (self, set);
}

static void
count_waiting (BaruaEngine *self,
               BaruaStatus *status)
{
  status->waiting = g_hash_table_size (self->wished);
  for (guint i = 0; i < self->refusals->len; i++)
    {
      const Refusal *refusal = g_ptr_array_index (self->refusals, i);

      status->refused += refusal->discarded ? 0 : (guint)barua_id_set_get_count (refusal->ids);
    }
}

/* The same with new counts. */
static void
recount (BaruaEngine *self)
{
  fake_engine_set_status (self, self->status->kind, self->status->code);
}

void
fake_engine_refuse (BaruaEngine    *self,
                    guint           n,
                    BaruaErrorCode  code)
{
  g_autoptr (GArray) entries = fake_engine_list (self, FAKE_INBOX);
  Refusal *refusal = g_new0 (Refusal, 1);

  refusal->id = self->refusals->len + 1;
  refusal->ids = barua_id_set_new ();
  refusal->code = code;
  for (guint i = 0; i < MIN (n, entries->len); i++)
    {
      gint64 id = g_array_index (entries, BaruaSpineEntry, i).id;

      barua_id_set_add (refusal->ids, (guint64)id);
      fake_engine_flag (self, id, BARUA_FLAG_FLAGGED, 0);
    }
  g_ptr_array_add (self->refusals, refusal);
  recount (self);
}

void
fake_engine_set_status (BaruaEngine     *self,
                        BaruaStatusKind  kind,
                        BaruaErrorCode   code)
{
  BaruaStatus *status = barua_status_new ();

  status->account = FAKE_ACCOUNT;
  status->kind = kind;
  status->code = code;
  status->since = g_get_real_time () / G_USEC_PER_SEC;
  if (kind != BARUA_STATUS_OFFLINE)
    g_hash_table_remove_all (self->wished);
  count_waiting (self, status);
  if (kind == BARUA_STATUS_SYNCHRONISING)
    {
      g_free (status->folder_name);
      status->folder_name = g_strdup ("Inbox");
      status->folder_role = BARUA_ROLE_INBOX;
      status->done = 400;
      status->total = 1200;
    }
  g_free (status->host);
  status->host = g_strdup ("posta.example");
  barua_status_unref (self->status);
  self->status = status;
  g_signal_emit (self, signals[STATUS_CHANGED], 0, (gint64)FAKE_ACCOUNT);
}

static void
folders_changed (BaruaEngine *self,
                 gint64       folder)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();

  barua_change_set_add_folder (set, folder);
  set->folders_changed = TRUE;
  commit (self, set);
}

void
fake_engine_rename (BaruaEngine *self,
                    gint64       folder,
                    const char  *name)
{
  BaruaFolder *fresh;

  count_folder (self, folder, 0, 0);
  fresh = g_ptr_array_index (self->folders, folder - 1);
  g_free (fresh->name);
  fresh->name = g_strdup (name);
  folders_changed (self, folder);
}

void
fake_engine_set_first_sync (BaruaEngine *self,
                            gint64       folder,
                            guint        server_total)
{
  BaruaFolder *fresh;

  count_folder (self, folder, 0, 0);
  fresh = g_ptr_array_index (self->folders, folder - 1);
  fresh->first_sync = server_total > 0;
  fresh->server_total = server_total;
  folders_changed (self, folder);
}

void
fake_engine_hide (BaruaEngine *self,
                  gint64       folder,
                  gboolean     hidden)
{
  count_folder (self, folder, 0, 0);
  ((BaruaFolder *)g_ptr_array_index (self->folders, folder - 1))->hidden = hidden;
  folders_changed (self, folder);
}

void
fake_engine_add_second_account (BaruaEngine *self)
{
  add_account (self, 2, "maria@kazi.example");
  add_folder (self, 2, "Inbox", BARUA_ROLE_INBOX, 0);
  folders_changed (self, self->folders->len);
}

void
fake_engine_set_delay (BaruaEngine *self,
                       guint        ms)
{
  self->delay_ms = ms;
}

void
fake_engine_set_message (BaruaEngine        *self,
                         gint64              id,
                         BaruaParsedMessage *message)
{
  g_hash_table_replace (self->parsed, g_memdup2 (&id, sizeof id), message);
}

guint
fake_engine_get_n_row_reads (BaruaEngine *self)
{
  return self->n_row_reads;
}

guint
fake_engine_get_n_spine_reads (BaruaEngine *self)
{
  return self->n_spine_reads;
}

static int
newest_first (gconstpointer a,
              gconstpointer b)
{
  const BaruaSpineEntry *x = a, *y = b;

  if (x->key != y->key)
    return x->key > y->key ? -1 : 1;
  return x->id > y->id ? -1 : x->id < y->id;
}

GArray *
fake_engine_list (BaruaEngine *self,
                  gint64       folder)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  GHashTableIter iter;
  BaruaRow *row;

  g_hash_table_iter_init (&iter, self->messages);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&row))
    {
      BaruaSpineEntry entry = { row->id, row->date };

      if (folder == 0 || row->folder == folder)
        g_array_append_val (entries, entry);
    }
  g_array_sort (entries, newest_first);
  return entries;
}

/* The engine's interface ------------------------------------------------------------------------------------------- */

typedef struct
{
  DexPromise *promise;
  GValue      value;
} Answer;

static gboolean
answer_now (gpointer data)
{
  Answer *answer = data;

  dex_promise_resolve (answer->promise, &answer->value);
  return G_SOURCE_REMOVE;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_value_unset (&answer->value);
  dex_unref (answer->promise);
  g_free (answer);
}

/* What was read now is told later, as with a reader thread. */
static DexFuture *
answer_later (BaruaEngine *self,
              GType        type,
              gpointer     boxed)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->promise = dex_promise_new ();
  g_value_init (&answer->value, type);
  g_value_take_boxed (&answer->value, boxed);
  dex_ref (answer->promise);
  if (self->delay_ms > 0)
    g_timeout_add_full (G_PRIORITY_DEFAULT, self->delay_ms, answer_now, answer, answer_free);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, answer_now, answer, answer_free);
  return DEX_FUTURE (answer->promise);
}

BaruaEngine *
barua_engine_new (const char       *profile,
                  BaruaEngineFlags  flags,
                  BaruaClock       *clock)
{
  BaruaEngine *self = g_object_new (BARUA_TYPE_ENGINE, NULL);

  self->profile = g_strdup (profile);
  return self;
}

const char *
barua_engine_get_profile (BaruaEngine *self)
{
  return self->profile;
}

DexFuture *
barua_engine_start (BaruaEngine *self)
{
  return dex_future_new_true ();
}

DexFuture *
barua_engine_stop (BaruaEngine *self)
{
  return dex_future_new_true ();
}

gboolean
barua_engine_was_repaired (BaruaEngine *self)
{
  return FALSE;
}

GPtrArray *
barua_engine_list_accounts (BaruaEngine *self)
{
  return g_ptr_array_copy (self->accounts, (GCopyFunc)(gpointer)barua_account_ref, NULL);
}

BaruaStatus *
barua_engine_dup_status (BaruaEngine *self,
                         gint64       account)
{
  return barua_status_ref (self->status);
}

void
barua_engine_wake (BaruaEngine *self,
                   gint64       account)
{
}

void
barua_engine_set_offline (BaruaEngine *self,
                          gboolean     offline)
{
  fake_engine_set_status (self, offline ? BARUA_STATUS_OFFLINE : BARUA_STATUS_IDLE, BARUA_ERROR_OFFLINE);
}

gboolean
barua_engine_get_offline (BaruaEngine *self)
{
  return self->status->kind == BARUA_STATUS_OFFLINE;
}

GPtrArray *
barua_engine_list_folders (BaruaEngine *self,
                           gint64       account)
{
  return g_ptr_array_copy (self->folders, (GCopyFunc)(gpointer)barua_folder_ref, NULL);
}

BaruaFolder *
barua_engine_dup_folder (BaruaEngine *self,
                         gint64       folder)
{
  return folder > 0 && folder <= self->folders->len ? barua_folder_ref (g_ptr_array_index (self->folders, folder - 1)) : NULL;
}

void
barua_engine_set_open_folder (BaruaEngine *self,
                              gint64       folder)
{
}

void
barua_engine_set_visible (BaruaEngine  *self,
                          const gint64 *ids,
                          guint         n_ids)
{
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* By names as the store does it, but for accents: the letter, and a rank that holds for this answer alone. */
static void
rank_names (BaruaEngine *self,
            GArray      *entries,
            gboolean     by_sender)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < entries->len; i++)
    {
      BaruaSpineEntry *entry = &g_array_index (entries, BaruaSpineEntry, i);
      const BaruaRow *row = g_hash_table_lookup (self->messages, &entry->id);

      g_ptr_array_add (names, g_strdup_printf ("%s %08d", by_sender ? row->from_name : row->subject, (int)entry->id));
    }
  g_ptr_array_sort (names, compare_strings);
  for (guint i = 0; i < entries->len; i++)
    {
      BaruaSpineEntry *entry = &g_array_index (entries, BaruaSpineEntry, i);
      const BaruaRow *row = g_hash_table_lookup (self->messages, &entry->id);
      g_autofree char *name = g_strdup_printf ("%s %08d", by_sender ? row->from_name : row->subject, (int)entry->id);

      for (guint k = 0; k < names->len; k++)
        if (g_str_equal (names->pdata[k], name))
          entry->key = ((gint64)g_utf8_get_char (name) << BARUA_KEY_LETTER_SHIFT) | k;
    }
}

static const BaruaSpineEntry *
find_kept (GArray *keep,
           gint64  id)
{
  for (guint i = 0; keep != NULL && i < keep->len; i++)
    if (g_array_index (keep, BaruaSpineEntry, i).id == id)
      return &g_array_index (keep, BaruaSpineEntry, i);
  return NULL;
}

/* Words of subject and preview, "from:" a part of the name, "is:unread". */
static gboolean
is_hit (const BaruaRow *row,
        const char     *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *name = g_utf8_strdown (row->from_name, -1);
      gboolean hit = g_str_has_prefix (words[i], "from:")   ? strstr (name, words[i] + 5) != NULL
                     : g_str_equal (words[i], "is:unread") ? !(row->flags & BARUA_FLAG_SEEN)
                                                           : strstr (row->subject, words[i]) != NULL ||
                                                               strstr (row->preview, words[i]) != NULL;

      if (!hit)
        return FALSE;
    }
  return TRUE;
}

/* FALSE: it is not listed. */
static gboolean
make_entry (BaruaEngine          *self,
            const BaruaListQuery *query,
            GArray               *keep,
            BaruaSpineEntry      *entry)
{
  const BaruaRow *row = g_hash_table_lookup (self->messages, &entry->id);
  const BaruaSpineEntry *kept = find_kept (keep, entry->id);
  gboolean unread = !(row->flags & BARUA_FLAG_SEEN);
  gboolean starred = (row->flags & BARUA_FLAG_FLAGGED) != 0;
  gboolean marked = query->sort == BARUA_SORT_UNREAD ? unread : starred;
  gboolean found = query->found != NULL && barua_id_set_contains (query->found, (guint64)entry->id);

  if (query->sort == BARUA_SORT_SIZE)
    entry->key = (gint64)row->size;
  if (query->sort == BARUA_SORT_UNREAD || query->sort == BARUA_SORT_STARRED)
    entry->key = row->date + ((kept != NULL ? kept->key >= BARUA_KEY_MARK : marked) ? BARUA_KEY_MARK : 0);
  return kept != NULL ||
         ((!(query->filter & BARUA_FILTER_UNREAD) || unread) && (!(query->filter & BARUA_FILTER_STARRED) || starred) &&
          (!(query->filter & BARUA_FILTER_ATTACHMENTS) || row->has_attachment) &&
          (!barua_list_query_is_search (query) || found || is_hit (row, query->text)));
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      ascending)
{
  const BaruaSpineEntry *x = a;
  const BaruaSpineEntry *y = b;
  int order = x->key != y->key ? (x->key < y->key ? -1 : 1) : (x->id > y->id) - (x->id < y->id);

  return GPOINTER_TO_INT (ascending) ? order : -order;
}

DexFuture *
barua_engine_load_spine_with (BaruaEngine          *self,
                              const BaruaListQuery *query,
                              guint                 limit,
                              GArray               *keep)
{
  BaruaSpine *spine = barua_spine_new ();
  gboolean is_wide = barua_list_query_is_search (query) && query->scope != BARUA_SEARCH_SCOPE_FOLDER;
  g_autoptr (GArray) all = fake_engine_list (self, is_wide ? 0 : query->folder);

  self->n_spine_reads++;
  barua_list_query_copy (query, &spine->query);
  spine->generation = self->generation;
  spine->texts_since = self->texts_since;
  for (guint i = 0; i < all->len; i++)
    {
      BaruaSpineEntry entry = g_array_index (all, BaruaSpineEntry, i);

      if (make_entry (self, query, keep, &entry))
        g_array_append_val (spine->entries, entry);
    }
  if (query->sort == BARUA_SORT_SENDER || query->sort == BARUA_SORT_SUBJECT)
    rank_names (self, spine->entries, query->sort == BARUA_SORT_SENDER);
  g_array_sort_with_data (spine->entries, compare_keys, GINT_TO_POINTER (query->ascending));
  if (self->gives_tops && limit != 0 && query->sort == BARUA_SORT_DATE && query->filter == BARUA_FILTER_NONE &&
      spine->entries->len > limit)
    {
      spine->is_top = TRUE;
      g_array_set_size (spine->entries, limit);
    }
  return answer_later (self, BARUA_TYPE_SPINE, spine);
}

DexFuture *
barua_engine_load_spine (BaruaEngine          *self,
                         const BaruaListQuery *query)
{
  return barua_engine_load_spine_with (self, query, 0, NULL);
}

/* The server --------------------------------------------------------------------------------------------------------- */

void
fake_engine_set_server (BaruaEngine *self,
                        guint        every,
                        guint        ms,
                        int          code)
{
  self->ask_every = every;
  self->ask_ms = ms;
  self->ask_code = code;
  self->texts_since = g_get_real_time () / G_USEC_PER_SEC - 30 * 86400;
}

DexFuture *
barua_engine_ask_server (BaruaEngine          *self,
                         const BaruaListQuery *query,
                         BaruaProgressFunc     progress,
                         gpointer              user_data,
                         GDestroyNotify        destroy,
                         GCancellable         *cancellable)
{
  gboolean is_wide = query->scope != BARUA_SEARCH_SCOPE_FOLDER;
  g_autoptr (GArray) all = fake_engine_list (self, is_wide ? 0 : query->folder);
  BaruaAsked *asked = barua_asked_new ();
  guint delay = self->delay_ms;
  DexFuture *answer;

  asked->failed = self->ask_code >= 0;
  asked->code = (BaruaErrorCode)MAX (self->ask_code, 0);
  g_set_str (&asked->host, "posta.example");
  asked->n_answered = !asked->failed;
  for (guint i = all->len; i > 0 && !asked->failed && self->ask_every > 0; i--)
    {
      gint64 id = g_array_index (all, BaruaSpineEntry, i - 1).id;

      if (id % self->ask_every == 0 && !is_hit (g_hash_table_lookup (self->messages, &id), query->text))
        barua_id_set_add (asked->found, (guint64)id);
    }
  if (progress != NULL)
    progress (0, is_wide ? 12 : 1, user_data);
  self->delay_ms = self->ask_ms;
  answer = answer_later (self, BARUA_TYPE_ASKED, asked);
  self->delay_ms = delay;
  if (destroy != NULL)
    destroy (user_data);
  return answer;
}

BaruaAskable
barua_engine_get_askable (BaruaEngine          *self,
                          const BaruaListQuery *query)
{
  return self->status->kind == BARUA_STATUS_OFFLINE ? BARUA_ASKABLE_OFFLINE : BARUA_ASKABLE_YES;
}

void
fake_engine_set_gives_tops (BaruaEngine *self,
                            gboolean     gives_tops)
{
  self->gives_tops = gives_tops;
}

/* Answers of a conversation: each is in the list by its newest message. */
void
fake_engine_regroup (BaruaEngine *self,
                     gint64       folder,
                     gint64       old_id,
                     gint64       new_id)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  const BaruaRow *old_row = g_hash_table_lookup (self->messages, &old_id);
  const BaruaRow *new_row = g_hash_table_lookup (self->messages, &new_id);
  BaruaConversationChange change = { 1, folder, old_id, old_row != NULL ? old_row->date : 0, new_id,
                                     new_row != NULL ? new_row->date : 0 };

  barua_change_set_add_conversation (set, &change);
  commit (self, set);
}

void
barua_engine_set_query_words (BaruaEngine          *self,
                              const BaruaQueryWord *words)
{
}

DexFuture *
barua_engine_load_conversation (BaruaEngine *self,
                                gint64       thread,
                                gint64       folder)
{
  const BaruaRow *row = g_hash_table_lookup (self->messages, &thread);
  BaruaConversation *conversation;
  BaruaMember member = { 0 };

  if (row == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such conversation");
  conversation = barua_conversation_new ();
  conversation->thread = thread;
  conversation->generation = self->generation;
  member = (BaruaMember){ .id = row->id, .folder = row->folder, .uid = row->uid, .date = row->date, .size = row->size,
                          .flags = row->flags, .has_attachment = row->has_attachment };
  g_array_append_val (conversation->members, member);
  return answer_later (self, BARUA_TYPE_CONVERSATION, conversation);
}

DexFuture *
barua_engine_load_rows (BaruaEngine  *self,
                        const gint64 *ids,
                        guint         n_ids,
                        gboolean      grouped)
{
  BaruaRows *rows = barua_rows_new ();

  self->n_row_reads++;
  rows->generation = self->generation;
  for (guint i = 0; i < n_ids; i++)
    {
      BaruaRow *row = g_hash_table_lookup (self->messages, &ids[i]);

      if (row != NULL)
        g_ptr_array_add (rows->rows, barua_row_ref (row));
    }
  return answer_later (self, BARUA_TYPE_ROWS, rows);
}

DexFuture *
barua_engine_load_thread (BaruaEngine *self,
                          gint64       thread)
{
  return barua_engine_load_rows (self, &thread, 1, FALSE);
}

static BaruaParsedMessage *
plain_message (const BaruaRow *row)
{
  BaruaParsedMessage *message = barua_parsed_message_new ();
  BaruaPart *part = barua_part_new ();
  g_autofree char *text = g_strdup_printf ("Hello,\n\nthis is message %" G_GINT64_FORMAT ".\nSee https://posta.example/%" G_GINT64_FORMAT
                                           " for more.\n\n> Somebody wrote this before,\n> on two lines.\n>> And somebody this.\n\n-- \n%s",
                                           row->id, row->id, row->from_name);

  part->kind = BARUA_PART_TEXT;
  g_free (part->type);
  part->type = g_strdup ("text/plain");
  g_ptr_array_add (message->parts, part);
  g_ptr_array_add (message->texts, barua_text_new (BARUA_TEXT_PLAIN, 0, g_steal_pointer (&text)));
  g_ptr_array_add (message->from, barua_address_new (row->from_name, row->from_address));
  g_ptr_array_add (message->to, barua_address_new ("Maria", "maria@posta.example"));
  g_free (message->subject);
  message->subject = g_strdup (row->subject);
  message->date = row->date;
  return message;
}

DexFuture *
barua_engine_load_message (BaruaEngine    *self,
                           gint64          id,
                           BaruaLoadFlags  flags,
                           GCancellable   *cancellable)
{
  BaruaParsedMessage *message = g_hash_table_lookup (self->parsed, &id);
  const BaruaRow *row = g_hash_table_lookup (self->messages, &id);

  if (row == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no message %" G_GINT64_FORMAT, id);
  /* Nothing is on this computer yet: without network it can't be had, and a server that fails does not answer. */
  if (self->status->kind == BARUA_STATUS_OFFLINE)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_OFFLINE, "offline");
  if (self->status->kind == BARUA_STATUS_WAITING && cancellable != NULL)
    return dex_cancellable_new_from_cancellable (cancellable);
  return answer_later (self, BARUA_TYPE_PARSED_MESSAGE,
                       message != NULL ? barua_parsed_message_ref (message) : plain_message (row));
}

DexFuture *
barua_engine_load_sender (BaruaEngine *self,
                          gint64       id,
                          const char  *address)
{
  return answer_later (self, BARUA_TYPE_SENDER, barua_sender_new ());
}

DexFuture *
barua_engine_load_part (BaruaEngine       *self,
                        gint64             id,
                        const char        *section,
                        BaruaLoadFlags     flags,
                        BaruaProgressFunc  progress,
                        gpointer           user_data,
                        GDestroyNotify     destroy,
                        GCancellable      *cancellable)
{
  if (destroy != NULL)
    destroy (user_data);
  return answer_later (self, G_TYPE_BYTES, g_bytes_new_static ("part", 4));
}

DexFuture *
barua_engine_load_source (BaruaEngine       *self,
                          gint64             id,
                          BaruaLoadFlags     flags,
                          BaruaProgressFunc  progress,
                          gpointer           user_data,
                          GDestroyNotify     destroy,
                          GCancellable      *cancellable)
{
  if (destroy != NULL)
    destroy (user_data);
  return answer_later (self, G_TYPE_BYTES, g_bytes_new_static ("Subject: a\r\n\r\nb\r\n", 17));
}

/* What waits of one message: asked back to what it was, it waits no longer. */
static void
note_wish (BaruaEngine *self,
           gint64       id,
           BaruaFlags   mask,
           BaruaFlags   bits)
{
  const BaruaRow *row = g_hash_table_lookup (self->messages, &id);
  const BaruaFlags *before = g_hash_table_lookup (self->wished, &id);
  BaruaFlags wished = (before != NULL ? *before : 0) ^ ((row->flags ^ bits) & mask);

  if (self->status->kind == BARUA_STATUS_OFFLINE && wished != 0)
    g_hash_table_replace (self->wished, g_memdup2 (&id, sizeof id), g_memdup2 (&wished, sizeof wished));
  else
    g_hash_table_remove (self->wished, &id);
}

DexFuture *
barua_engine_set_flags (BaruaEngine *self,
                        BaruaIdSet  *ids,
                        BaruaFlags   mask,
                        BaruaFlags   bits)
{
  g_autoptr (GArray) hit = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gint64 *id;

  g_hash_table_iter_init (&iter, self->messages);
  while (g_hash_table_iter_next (&iter, (gpointer *)&id, NULL))
    if (barua_id_set_contains (ids, (guint64)*id))
      g_array_append_val (hit, *id);
  for (guint i = 0; i < hit->len; i++)
    {
      note_wish (self, g_array_index (hit, gint64, i), mask, bits);
      fake_engine_flag (self, g_array_index (hit, gint64, i), mask, bits);
    }
  if (self->status->kind == BARUA_STATUS_OFFLINE)
    recount (self);
  return dex_future_new_true ();
}

static BaruaWaiting *
make_waiting (BaruaFlags         flag,
              BaruaFlags         bits,
              guint              n,
              BaruaWaitingState  state)
{
  BaruaWaiting *waiting = barua_waiting_new ();

  waiting->account = FAKE_ACCOUNT;
  waiting->mask = flag;
  waiting->bits = bits;
  waiting->n = n;
  waiting->state = state;
  g_free (waiting->host);
  waiting->host = g_strdup ("posta.example");
  return waiting;
}

static guint
count_wished (BaruaEngine *self,
              BaruaFlags   flag,
              BaruaFlags   bits)
{
  GHashTableIter iter;
  gint64 *id;
  BaruaFlags *wished;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->wished);
  while (g_hash_table_iter_next (&iter, (gpointer *)&id, (gpointer *)&wished))
    {
      const BaruaRow *row = g_hash_table_lookup (self->messages, id);

      n += (*wished & flag) != 0 && row != NULL && (row->flags & flag) == bits;
    }
  return n;
}

DexFuture *
barua_engine_list_waiting (BaruaEngine *self)
{
  static const BaruaFlags flags[] = { BARUA_FLAG_SEEN, BARUA_FLAG_FLAGGED };
  BaruaWaitingList *list = barua_waiting_list_new ();

  for (guint i = 0; i < self->refusals->len; i++)
    {
      const Refusal *refusal = g_ptr_array_index (self->refusals, i);
      BaruaWaiting *waiting;

      if (refusal->discarded)
        continue;
      waiting = make_waiting (BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED, (guint)barua_id_set_get_count (refusal->ids),
                              BARUA_WAITING_REFUSED);
      waiting->id = refusal->id;
      waiting->code = refusal->code;
      g_ptr_array_add (list->items, waiting);
    }
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    for (guint on = 0; on < 2; on++)
      {
        guint n = count_wished (self, flags[i], on ? flags[i] : 0);

        if (n > 0)
          g_ptr_array_add (list->items, make_waiting (flags[i], on ? flags[i] : 0, n, BARUA_WAITING_NETWORK));
      }
  return answer_later (self, BARUA_TYPE_WAITING_LIST, list);
}

static Refusal *
find_refusal (BaruaEngine *self,
              gint64       id)
{
  for (guint i = 0; i < self->refusals->len; i++)
    if (((Refusal *)g_ptr_array_index (self->refusals, i))->id == id)
      return g_ptr_array_index (self->refusals, i);
  return NULL;
}

DexFuture *
barua_engine_retry (BaruaEngine *self,
                    gint64       id)
{
  Refusal *refusal = find_refusal (self, id);
  g_autoptr (BaruaIdSet) ids = refusal != NULL ? barua_id_set_ref (refusal->ids) : NULL;
  DexFuture *wished;

  if (refusal == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such refusal");
  wished = barua_engine_set_flags (self, ids, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  g_ptr_array_remove (self->refusals, refusal);
  recount (self);
  return wished;
}

DexFuture *
barua_engine_set_discarded (BaruaEngine *self,
                            gint64       id,
                            gboolean     discarded)
{
  Refusal *refusal = find_refusal (self, id);

  if (refusal == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such refusal");
  refusal->discarded = discarded;
  recount (self);
  return dex_future_new_true ();
}

DexFuture *
barua_engine_sync (BaruaEngine    *self,
                   gint64          account,
                   gint64          folder,
                   BaruaSyncFlags  flags)
{
  return answer_later (self, BARUA_TYPE_SYNC_REPORT, barua_sync_report_new ());
}
