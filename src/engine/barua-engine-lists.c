/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-list.h"
#include "barua-store-search.h"
#include "barua-store-thread.h"

/* Lists and searches: read by the store's readers, whole, for the models. */

typedef struct
{
  BaruaEngine       *engine;
  guint64            generation;
  BaruaSpine        *spine;    /* its query is what is asked for */
  BaruaSearchQuery  *search;   /* NULL: nothing is searched */
  GArray            *keep;     /* BaruaSpineEntry or NULL */
  BaruaConversation *conversation;
  GArray            *ids;      /* gint64 */
  gboolean           grouped;
  BaruaRows         *rows;
  gint64             thread;
  gint64             folder;
  gint64             account;
  guint32            uid;
  gint64             found;
  guint              limit;
  BaruaSearchResult *result;
} List;

static void
list_clear (gpointer data)
{
  List *list = data;

  g_clear_object (&list->engine);
  g_clear_pointer (&list->spine, barua_spine_unref);
  g_clear_pointer (&list->search, barua_search_query_free);
  g_clear_pointer (&list->keep, g_array_unref);
  g_clear_pointer (&list->conversation, barua_conversation_unref);
  g_clear_pointer (&list->ids, g_array_unref);
  g_clear_pointer (&list->rows, barua_rows_unref);
  g_clear_pointer (&list->result, barua_search_result_unref);
}

static void
list_unref (gpointer list)
{
  g_atomic_rc_box_release_full (list, list_clear);
}

static List *
list_new (BaruaEngine *engine)
{
  List *list = g_atomic_rc_box_new0 (List);

  list->engine = g_object_ref (engine);
  /* What the reader sees is at least this: every change set up to it was delivered. Most often it sees more (see_generation()). */
  list->generation = engine->generation;
  return list;
}

/* On a reader. What was committed is there before it is told: a model that knows would put it in twice. */
static void
see_generation (List                 *list,
                BaruaStoreConnection *c)
{
  list->generation = MAX (list->generation, barua_store_get_generation (c));
}

/* The engine is not to be let go of on a reader's thread: the reader's reference to @list never is the last one, since the fiber
 * holds one until the reader is done. */
static gboolean
read_list (List           *list,
           const char     *name,
           BaruaStoreFunc  func,
           GError        **error)
{
  return dex_await (barua_engine_read (list->engine->store, name, func, g_atomic_rc_box_acquire (list), list_unref),
                    error);
}

/* Spines ------------------------------------------------------------------------------------------------------------------------- */

/* "in:archive": the folder of this name or shown path, without case; 0 when there is none. */
static gint64
find_named (BaruaEngine *self,
            gint64       account,
            const char  *name)
{
  g_autofree char *wanted = g_utf8_casefold (name, -1);

  for (guint i = 0; i < self->folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (self->folders, i);
      g_autofree char *leaf = g_utf8_casefold (folder->name, -1);
      g_autofree char *path = g_utf8_casefold (folder->path, -1);

      if ((account == 0 || folder->account == account) && (g_str_equal (leaf, wanted) || g_str_equal (path, wanted)))
        return folder->id;
    }
  return 0;
}

/* One is handed on as the other: the store's headers are not for those who make the words. */
G_STATIC_ASSERT (sizeof (BaruaQueryWord) == sizeof (BaruaSearchOperator) &&
                 G_STRUCT_OFFSET (BaruaQueryWord, translated) == G_STRUCT_OFFSET (BaruaSearchOperator, translated));

static BaruaSearchQuery *
parse_query (BaruaEngine *self,
             const char  *text)
{
  return barua_search_query_parse (text, -1, (const BaruaSearchOperator *) self->query_words);
}

/* Views show what is found in its own place anyway. */
static void
leave_out_views (BaruaEngine      *self,
                 BaruaSearchQuery *search)
{
  for (guint i = 0; i < self->folders->len; i++)
    {
      const BaruaFolder *view = g_ptr_array_index (self->folders, i);

      if (view->role == BARUA_ROLE_FLAGGED || view->role == BARUA_ROLE_IMPORTANT)
        g_array_append_val (search->not_folders, view->id);
    }
}

BaruaSearchQuery *
barua_engine_read_query (BaruaEngine          *self,
                         const BaruaListQuery *query,
                         gint64               *account,
                         gint64               *folder)
{
  g_autoptr(BaruaSearchQuery) search = parse_query (self, query->text);
  gboolean in_folder = query->scope == BARUA_SEARCH_SCOPE_FOLDER;
  g_autoptr(BaruaFolder) shown = in_folder ? barua_engine_dup_folder (self, query->folder) : NULL;

  *account = query->scope == BARUA_SEARCH_SCOPE_ACCOUNT ? query->account : shown != NULL ? shown->account : 0;
  *folder = in_folder ? query->folder : 0;
  if (search->folder_name != NULL && (*folder = find_named (self, *account, search->folder_name)) == 0)
    return NULL;
  search->account = *account;
  if (*folder != 0)
    {
      g_array_append_val (search->folders, *folder);
      return g_steal_pointer (&search);
    }
  leave_out_views (self, search);
  return g_steal_pointer (&search);
}

/* What the server found is in the list as if it had been found here. Twice does no harm. */
static void
add_found (GArray           *hits,
           const BaruaIdSet *found)
{
  const BaruaIdRange *ranges = barua_id_set_get_ranges (found);

  for (guint i = 0; i < barua_id_set_get_n_ranges (found); i++)
    for (guint64 id = ranges[i].first; id <= ranges[i].last; id++)
      {
        BaruaSpineEntry entry = { (gint64) id, 0 };

        g_array_append_val (hits, entry);
      }
}

static GArray *
find_hits (BaruaStoreConnection *c,
           List                 *list,
           GError              **error)
{
  g_autoptr(GArray) hits = NULL;
  BaruaSearchQuery *search = list->search;
  BaruaSearchCoverage coverage = { 0 };
  const BaruaListQuery *query = &list->spine->query;
  /* Hits come newest first: the first ones are had long before all, as somebody types. */
  gboolean top = list->limit != 0 && query->sort == BARUA_SORT_DATE && !query->ascending && !query->grouped;
  guint limit = top ? list->limit : BARUA_LIMIT_SEARCH_HITS;

  if ((query->filter & BARUA_FILTER_UNREAD) && search->unread < 0)
    search->unread = 1;
  if ((query->filter & BARUA_FILTER_STARRED) && search->starred < 0)
    search->starred = 1;
  if ((query->filter & BARUA_FILTER_ATTACHMENTS) && search->attachment < 0)
    search->attachment = 1;
  hits = barua_store_search (c, search, limit + 1, error);
  if (hits == NULL || !barua_store_search_get_coverage (c, list->account, &coverage, error))
    return NULL;
  list->spine->is_top = top && hits->len > limit;
  list->spine->more = !top && hits->len > limit;
  if (hits->len > limit)
    g_array_set_size (hits, limit);
  if (query->found != NULL && !list->spine->is_top)
    add_found (hits, query->found);
  list->spine->texts_since = coverage.bodies_since == G_MININT64 ? 0 : coverage.bodies_since;
  return g_steal_pointer (&hits);
}

static gboolean
spine_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  static const BaruaStoreOrder orders[] = {
    [BARUA_SORT_DATE] = BARUA_STORE_ORDER_DATE,       [BARUA_SORT_SENDER] = BARUA_STORE_ORDER_SENDER,
    [BARUA_SORT_SUBJECT] = BARUA_STORE_ORDER_SUBJECT, [BARUA_SORT_SIZE] = BARUA_STORE_ORDER_SIZE,
    [BARUA_SORT_UNREAD] = BARUA_STORE_ORDER_UNREAD,   [BARUA_SORT_STARRED] = BARUA_STORE_ORDER_STARRED,
  };
  List *list = data;
  const BaruaListQuery *query = &list->spine->query;
  g_autoptr(GArray) hits = NULL;
  g_autoptr(GArray) entries = NULL;
  BaruaStoreListQuery wanted = {
    .folder = list->folder,
    .account = list->account,
    .order = orders[query->sort],
    .ascending = query->ascending,
    .grouped = query->grouped,
    .keep = list->keep,
    .limit = list->limit,
  };

  see_generation (list, c);
  wanted.match |= query->filter & BARUA_FILTER_UNREAD ? BARUA_STORE_MATCH_UNREAD : 0;
  wanted.match |= query->filter & BARUA_FILTER_STARRED ? BARUA_STORE_MATCH_STARRED : 0;
  wanted.match |= query->filter & BARUA_FILTER_ATTACHMENTS ? BARUA_STORE_MATCH_ATTACHMENT : 0;
  wanted.match |= query->filter & BARUA_FILTER_KNOWN ? BARUA_STORE_MATCH_KNOWN : 0;
  if (list->search != NULL && (hits = find_hits (c, list, error)) == NULL)
    return FALSE;
  wanted.hits = hits;
  entries = barua_store_load_list (c, &wanted, error);
  if (entries == NULL)
    return FALSE;
  list->spine->is_top |= list->limit != 0 && hits == NULL && wanted.order == BARUA_STORE_ORDER_DATE &&
                        wanted.match == BARUA_STORE_MATCH_ALL && entries->len == list->limit;
  g_array_unref (list->spine->entries);
  list->spine->entries = g_steal_pointer (&entries);
  return TRUE;
}

static DexFuture *
spine_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "spine", spine_func, &error))
    return dex_future_new_for_error (error);
  list->spine->generation = list->generation;
  return dex_future_new_take_boxed (BARUA_TYPE_SPINE, barua_spine_ref (list->spine));
}

/* What a search is of: folder or account; *@list is complete but for the answer. FALSE when "in:" names no folder. */
static gboolean
set_scope (BaruaEngine          *self,
           const BaruaListQuery *query,
           List                 *list)
{
  list->folder = query->folder;
  if (!barua_list_query_is_search (query))
    return TRUE;
  list->search = barua_engine_read_query (self, query, &list->account, &list->folder);
  return list->search != NULL;
}

DexFuture *
barua_engine_load_spine_with (BaruaEngine          *self,
                              const BaruaListQuery *query,
                              guint                 limit,
                              GArray               *keep)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  if ((guint) query->sort > BARUA_SORT_STARRED || (guint) query->scope > BARUA_SEARCH_SCOPE_EVERYWHERE)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "no such order");
  list = list_new (self);
  list->spine = barua_spine_new ();
  barua_list_query_copy (query, &list->spine->query);
  list->limit = limit;
  list->keep = keep != NULL ? g_array_ref (keep) : NULL;
  if (!set_scope (self, query, list))
    {
      g_autoptr(BaruaSpine) nothing = barua_spine_ref (list->spine);

      nothing->generation = list->generation;
      list_unref (list);
      return dex_future_new_take_boxed (BARUA_TYPE_SPINE, g_steal_pointer (&nothing));
    }
  return barua_fiber_start ("load spine", spine_fiber, list, list_unref);
}

DexFuture *
barua_engine_load_spine (BaruaEngine          *self,
                         const BaruaListQuery *query)
{
  return barua_engine_load_spine_with (self, query, 0, NULL);
}

void
barua_engine_set_query_words (BaruaEngine          *self,
                              const BaruaQueryWord *words)
{
  g_autoptr(GArray) copy = g_array_new (TRUE, TRUE, sizeof (BaruaQueryWord));

  g_clear_pointer (&self->query_words, barua_engine_query_words_free);
  for (; words != NULL && words->english != NULL; words++)
    {
      BaruaQueryWord word = { g_strdup (words->english), g_strdup (words->translated) };

      g_array_append_val (copy, word);
    }
  self->query_words = (BaruaQueryWord *) (gpointer) g_array_free (g_steal_pointer (&copy), FALSE);
}

void
barua_engine_query_words_free (BaruaQueryWord *words)
{
  for (BaruaQueryWord *word = words; word->english != NULL; word++)
    {
      g_free ((char *) word->english);
      g_free ((char *) word->translated);
    }
  g_free (words);
}

/* Rows ----------------------------------------------------------------------------------------------------------------------------- */

static gboolean
rows_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  List *list = data;
  const gint64 *ids = (gconstpointer) list->ids->data;
  g_autoptr(GPtrArray) rows = barua_store_load_rows (c, ids, list->ids->len, list->grouped, error);

  see_generation (list, c);
  if (rows == NULL)
    return FALSE;
  list->rows = barua_rows_new ();
  g_ptr_array_unref (list->rows->rows);
  list->rows->rows = g_steal_pointer (&rows);
  return TRUE;
}

static DexFuture *
rows_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "rows", rows_func, &error))
    return dex_future_new_for_error (error);
  list->rows->generation = list->generation;
  return dex_future_new_take_boxed (BARUA_TYPE_ROWS, barua_rows_ref (list->rows));
}

DexFuture *
barua_engine_load_rows (BaruaEngine  *self,
                        const gint64 *ids,
                        guint         n_ids,
                        gboolean      grouped)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  list = list_new (self);
  list->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_ids);
  g_array_append_vals (list->ids, ids, n_ids);
  list->grouped = grouped;
  return barua_fiber_start ("load rows", rows_fiber, list, list_unref);
}

static gboolean
thread_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  List *list = data;
  g_autoptr(GArray) entries = barua_store_thread_list_messages (c, list->thread, 0, error);

  if (entries == NULL)
    return FALSE;
  list->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), entries->len);
  for (guint i = 0; i < entries->len; i++)
    g_array_append_val (list->ids, g_array_index (entries, BaruaSpineEntry, i).id);
  return rows_func (c, list, error);
}

static DexFuture *
thread_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "thread", thread_func, &error))
    return dex_future_new_for_error (error);
  list->rows->generation = list->generation;
  return dex_future_new_take_boxed (BARUA_TYPE_ROWS, barua_rows_ref (list->rows));
}

DexFuture *
barua_engine_load_thread (BaruaEngine *self,
                          gint64       thread)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  list = list_new (self);
  list->thread = thread;
  return barua_fiber_start ("load thread", thread_fiber, list, list_unref);
}

static gboolean
conversation_func (BaruaStoreConnection *c,
                   gpointer              data,
                   GError              **error)
{
  List *list = data;
  gboolean more = FALSE;
  g_autoptr(GArray) members = barua_store_thread_list_members (c, list->thread, list->folder, &more, error);

  see_generation (list, c);
  if (members == NULL)
    return FALSE;
  list->conversation = barua_conversation_new ();
  list->conversation->thread = list->thread;
  list->conversation->more = more;
  g_array_unref (list->conversation->members);
  list->conversation->members = g_steal_pointer (&members);
  return TRUE;
}

static DexFuture *
conversation_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "conversation", conversation_func, &error))
    return dex_future_new_for_error (error);
  if (list->conversation->members->len == 0)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such conversation");
  list->conversation->generation = list->generation;
  return dex_future_new_take_boxed (BARUA_TYPE_CONVERSATION, barua_conversation_ref (list->conversation));
}

DexFuture *
barua_engine_load_conversation (BaruaEngine *self,
                                gint64       thread,
                                gint64       folder)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  list = list_new (self);
  list->thread = thread;
  list->folder = folder;
  return barua_fiber_start ("load conversation", conversation_fiber, list, list_unref);
}

static gboolean
find_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  List *list = data;
  GError *failure = NULL;

  list->found = barua_store_message_find_uid (c, list->folder, list->uid, &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

static DexFuture *
find_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "find uid", find_func, &error))
    return dex_future_new_for_error (error);
  if (list->found == 0)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such message");
  return dex_future_new_for_int64 (list->found);
}

DexFuture *
barua_engine_find_uid (BaruaEngine *self,
                       gint64       folder,
                       guint32      uid)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  list = list_new (self);
  list->folder = folder;
  list->uid = uid;
  return barua_fiber_start ("find uid", find_fiber, list, list_unref);
}

/* Search --------------------------------------------------------------------------------------------------------------------------- */

static gboolean
search_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  List *list = data;
  BaruaSearchQuery *query = list->search;
  g_autoptr(GArray) hits = NULL;
  BaruaSearchCoverage coverage = { 0 };

  query->account = list->account;
  if (list->folder != 0)
    g_array_append_val (query->folders, list->folder);
  hits = barua_store_search (c, query, list->limit > 0 ? list->limit + 1 : 0, error);
  if (hits == NULL || !barua_store_search_get_coverage (c, list->account, &coverage, error))
    return FALSE;
  list->result = barua_search_result_new ();
  list->result->more = list->limit > 0 && hits->len > list->limit;
  if (list->result->more)
    g_array_set_size (hits, list->limit);
  g_array_unref (list->result->hits);
  list->result->hits = g_steal_pointer (&hits);
  list->result->texts_since = coverage.bodies_since == G_MININT64 ? 0 : coverage.bodies_since;
  return TRUE;
}

static DexFuture *
search_fiber (gpointer data)
{
  List *list = data;
  GError *error = NULL;

  if (!read_list (list, "search", search_func, &error))
    return dex_future_new_for_error (error);
  list->result->generation = list->generation;
  return dex_future_new_take_boxed (BARUA_TYPE_SEARCH_RESULT, barua_search_result_ref (list->result));
}

DexFuture *
barua_engine_search (BaruaEngine *self,
                     const char  *text,
                     gint64       account,
                     gint64       folder,
                     guint        limit)
{
  DexFuture *refused = NULL;
  g_autoptr(BaruaSearchQuery) query = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  query = parse_query (self, text);
  if (query->folder_name != NULL && folder == 0)
    {
      folder = find_named (self, account, query->folder_name);
      if (folder == 0)
        return dex_future_new_take_boxed (BARUA_TYPE_SEARCH_RESULT, barua_search_result_new ());
    }
  if (folder == 0)
    leave_out_views (self, query);
  list = list_new (self);
  list->search = g_steal_pointer (&query);
  list->account = account;
  list->folder = folder;
  list->limit = limit;
  return barua_fiber_start ("search", search_fiber, list, list_unref);
}
