/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"

/* Asking the servers what the store can't know: folder by folder, in the order of the tree. */

typedef struct
{
  gint64      account;
  gint64      folder;
  BaruaIdSet *uids; /* found; NULL: not asked */
} Place;

typedef struct
{
  BaruaEngine       *engine;
  BaruaListQuery     query;
  BaruaSearchQuery  *search;
  gint64             account;  /* of the scope; 0: all */
  gint64             folder;
  BaruaScope        *scope;    /* cancelled with the caller's cancellable */
  GCancellable      *cancellable;
  gulong             cancel_handler;
  BaruaProgressFunc  progress;
  gpointer           user_data;
  GDestroyNotify     destroy;
  BaruaSpine        *local;    /* what the store finds */
  GArray            *places;
  GHashTable        *silent;   /* gint64 *: accounts that did not answer */
  guint              left;     /* messages that may still be taken */
  BaruaAsked        *asked;
} Question;

static void
place_clear (gpointer data)
{
  g_clear_pointer (&((Place *) data)->uids, barua_id_set_unref);
}

static void
question_clear (gpointer data)
{
  Question *self = data;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  barua_list_query_clear (&self->query);
  g_clear_pointer (&self->search, barua_search_query_free);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_clear_pointer (&self->local, barua_spine_unref);
  g_clear_pointer (&self->places, g_array_unref);
  g_clear_pointer (&self->silent, g_hash_table_unref);
  g_clear_pointer (&self->asked, barua_asked_unref);
}

static void
question_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, question_clear);
}

/* Cancelling ----------------------------------------------------------------------------------------------------------- */

static void
on_cancelled (GCancellable *cancellable,
              gpointer      scope)
{
  barua_scope_cancel (scope);
}

static void
scope_closed (gpointer  scope,
              GClosure *closure)
{
  barua_scope_unref (scope);
}

static void
begin (Question *self)
{
  if (self->cancellable == NULL)
    return;
  if (g_cancellable_is_cancelled (self->cancellable))
    barua_scope_cancel (self->scope);
  else
    self->cancel_handler = g_signal_connect_data (self->cancellable, "cancelled", G_CALLBACK (on_cancelled),
                                                  barua_scope_ref (self->scope), scope_closed, 0);
}

static void
end (Question *self)
{
  if (self->cancel_handler != 0)
    g_signal_handler_disconnect (self->cancellable, self->cancel_handler);
  self->cancel_handler = 0;
}

static gboolean
fail_when_cancelled (Question *self,
                     GError  **error)
{
  if (!barua_scope_is_cancelled (self->scope))
    return FALSE;
  g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_CANCELLED, "no longer asked");
  return TRUE;
}

/* Asking --------------------------------------------------------------------------------------------------------------- */

/* Folders that hold mail of their own and that the person sees. */
static gboolean
is_asked (Question          *self,
          const BaruaFolder *folder)
{
  if (self->folder != 0)
    return folder->id == self->folder;
  return (self->account == 0 || folder->account == self->account) && folder->selectable && !folder->hidden &&
         folder->role != BARUA_ROLE_ALL && folder->role != BARUA_ROLE_FLAGGED && folder->role != BARUA_ROLE_IMPORTANT &&
         folder->role != BARUA_ROLE_NOT_MAIL;
}

/* A plain copy: folders may change while others are asked. */
static void
list_places (Question *self)
{
  const GPtrArray *folders = self->engine->folders;

  for (guint i = 0; i < folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (folders, i);
      Place place = { folder->account, folder->id, NULL };

      if (is_asked (self, folder))
        g_array_append_val (self->places, place);
    }
}

static void
note_failure (Question           *self,
              BaruaEngineAccount *account,
              BaruaErrorCode      code)
{
  g_hash_table_add (self->silent, g_memdup2 (&account->account->id, sizeof (gint64)));
  if (self->asked->failed)
    return;
  self->asked->failed = TRUE;
  self->asked->code = code;
  g_set_str (&self->asked->host, account->account->host);
}

/* NULL: it need not, or can't be asked. */
static BaruaBackend *
dup_backend (Question           *self,
             BaruaEngineAccount *account)
{
  if (account == NULL || g_hash_table_contains (self->silent, &account->account->id))
    return NULL;
  if (account->backend == NULL)
    {
      note_failure (self, account,
                    account->error != NULL && !self->engine->offline ? barua_error_get_code (account->error)
                                                                     : BARUA_ERROR_OFFLINE);
      return NULL;
    }
  return barua_backend_vtable (account->backend)->search != NULL ? g_object_ref (account->backend) : NULL;
}

/* Folders of others that are shown and may not be opened, and those that are just gone. */
static gboolean
is_closed_to_us (BaruaErrorCode code)
{
  return code == BARUA_ERROR_NOT_PERMITTED || code == BARUA_ERROR_NOT_FOUND;
}

static void
take_failure (Question     *self,
              gint64        id,
              const GError *failure)
{
  BaruaEngineAccount *account = barua_engine_find_account (self->engine, id);
  BaruaErrorCode code = barua_error_get_code (failure);

  g_debug ("account %" G_GINT64_FORMAT " was asked: %s", id, failure->message);
  if (account == NULL || (self->folder == 0 && is_closed_to_us (code)))
    return;
  /* Its connections were closed under us. */
  note_failure (self, account, code == BARUA_ERROR_CANCELLED ? BARUA_ERROR_OFFLINE : code);
}

static void
ask_place (Question *self,
           Place    *place)
{
  g_autoptr(BaruaBackend) backend = dup_backend (self, barua_engine_find_account (self->engine, place->account));
  g_autoptr(GError) failure = NULL;
  DexFuture *future;

  if (backend == NULL)
    return;
  /* One more than is taken tells whether there are more. */
  future = barua_backend_vtable (backend)->search (backend, place->folder, self->search, self->left + 1, self->scope);
  place->uids = dex_await_boxed (barua_scope_first (self->scope, future), &failure);
  if (place->uids == NULL)
    {
      take_failure (self, place->account, failure);
      return;
    }
  self->asked->n_answered++;
  if (barua_id_set_get_count (place->uids) > self->left)
    {
      self->asked->more = TRUE;
      barua_id_set_remove_range (place->uids, barua_id_set_get_first (place->uids), barua_id_set_get_first (place->uids));
    }
  self->left -= (guint) barua_id_set_get_count (place->uids);
}

/* What was found, as ids of the store ------------------------------------------------------------------------------------ */

static gboolean
append_ids (BaruaStoreConnection  *c,
            const Place           *place,
            GArray                *ids,
            GError               **error)
{
  const BaruaIdRange *ranges = place->uids != NULL ? barua_id_set_get_ranges (place->uids) : NULL;
  guint n = place->uids != NULL ? barua_id_set_get_n_ranges (place->uids) : 0;

  for (guint i = 0; i < n; i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      {
        GError *failure = NULL;
        gint64 id = barua_store_message_find_uid (c, place->folder, (guint32) uid, &failure);

        if (failure != NULL)
          {
            g_propagate_error (error, failure);
            return FALSE;
          }
        if (id != 0)
          g_array_append_val (ids, id);
      }
  return TRUE;
}

static gint
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gboolean
resolve_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Question *self = data;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GHashTable) local = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < self->places->len; i++)
    if (!append_ids (c, &g_array_index (self->places, Place, i), ids, error))
      return FALSE;
  if (!barua_store_search_filter (c, self->search, ids, error))
    return FALSE;
  for (guint i = 0; i < self->local->entries->len; i++)
    g_hash_table_add (local, &g_array_index (self->local->entries, BaruaSpineEntry, i).id);
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++)
    if (!g_hash_table_contains (local, &g_array_index (ids, gint64, i)))
      barua_id_set_add (self->asked->found, (guint64) g_array_index (ids, gint64, i));
  return TRUE;
}

/* What the person sees now: only what is not in it counts as found by the server. */
static gboolean
search_here (Question  *self,
             GError   **error)
{
  const BaruaListQuery plain = {
    .folder = self->query.folder,
    .scope = self->query.scope,
    .account = self->query.account,
    .text = self->query.text,
  };

  self->local = dex_await_boxed (barua_scope_first (self->scope, barua_engine_load_spine (self->engine, &plain)), error);
  return self->local != NULL;
}

static gboolean
ask_all (Question  *self,
         GError   **error)
{
  guint i;

  if (!search_here (self, error))
    return FALSE;
  list_places (self);
  for (i = 0; i < self->places->len && self->left > 0; i++)
    {
      if (self->progress != NULL)
        self->progress (i, self->places->len, self->user_data);
      ask_place (self, &g_array_index (self->places, Place, i));
      if (fail_when_cancelled (self, error))
        return FALSE;
    }
  self->asked->more |= i < self->places->len;
  return dex_await (barua_engine_read (self->engine->store, "asked", resolve_func, g_atomic_rc_box_acquire (self),
                                       question_unref), error);
}

static DexFuture *
ask_fiber (gpointer data)
{
  Question *self = data;
  GError *error = NULL;
  gboolean ok;

  begin (self);
  ok = !fail_when_cancelled (self, &error) && ask_all (self, &error);
  end (self);
  if (!ok)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (BARUA_TYPE_ASKED, barua_asked_ref (self->asked));
}

static Question *
question_new (BaruaEngine          *engine,
              const BaruaListQuery *query,
              GCancellable         *cancellable)
{
  Question *self = g_atomic_rc_box_new0 (Question);

  self->engine = g_object_ref (engine);
  barua_list_query_copy (query, &self->query);
  self->scope = barua_scope_new (engine->scope);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_array_set_clear_func (self->places, place_clear);
  self->silent = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->left = BARUA_LIMIT_SERVER_HITS;
  self->asked = barua_asked_new ();
  return self;
}

DexFuture *
barua_engine_ask_server (BaruaEngine          *self,
                         const BaruaListQuery *query,
                         BaruaProgressFunc     progress,
                         gpointer              user_data,
                         GDestroyNotify        destroy,
                         GCancellable         *cancellable)
{
  DexFuture *refused = NULL;
  Question *question;

  if (!barua_engine_check_running (self, TRUE, &refused) || !barua_list_query_is_search (query))
    {
      if (destroy != NULL)
        destroy (user_data);
      return refused != NULL ? refused : dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "nothing is searched");
    }
  question = question_new (self, query, cancellable);
  question->progress = progress;
  question->user_data = user_data;
  question->destroy = destroy;
  question->search = barua_engine_read_query (self, query, &question->account, &question->folder);
  if (question->search == NULL)
    {
      DexFuture *nothing = dex_future_new_take_boxed (BARUA_TYPE_ASKED, barua_asked_ref (question->asked));

      question_unref (question);
      return nothing;
    }
  return barua_fiber_start ("ask", ask_fiber, question, question_unref);
}

BaruaAskable
barua_engine_get_askable (BaruaEngine          *self,
                          const BaruaListQuery *query)
{
  g_autoptr(BaruaFolder) folder = barua_engine_dup_folder (self, query->folder);
  gint64 wanted = query->scope == BARUA_SEARCH_SCOPE_EVERYWHERE ? 0
                  : query->scope == BARUA_SEARCH_SCOPE_ACCOUNT  ? query->account
                  : folder != NULL                              ? folder->account
                                                                : -1;
  BaruaAskable askable = BARUA_ASKABLE_NO;

  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *account = g_ptr_array_index (self->accounts, i);
      g_autoptr(BaruaStatus) status = barua_engine_account_dup_status (account);

      if ((wanted != 0 && account->account->id != wanted) ||
          (account->backend != NULL && barua_backend_vtable (account->backend)->search == NULL))
        continue;
      askable = MAX (askable, status->kind == BARUA_STATUS_OFFLINE ? BARUA_ASKABLE_OFFLINE : BARUA_ASKABLE_YES);
    }
  return askable;
}
