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
  BaruaListQuery     query;
  BaruaSpine        *spine;
  GArray            *ids;      /* gint64 */
  gboolean           grouped;
  BaruaRows         *rows;
  gint64             thread;
  gint64             folder;
  gint64             account;
  guint32            uid;
  gint64             found;
  char              *text;
  guint              limit;
  BaruaSearchResult *result;
} List;

static void
list_clear (gpointer data)
{
  List *list = data;

  g_clear_object (&list->engine);
  g_clear_pointer (&list->spine, barua_spine_unref);
  g_clear_pointer (&list->ids, g_array_unref);
  g_clear_pointer (&list->rows, barua_rows_unref);
  g_clear_pointer (&list->result, barua_search_result_unref);
  g_free (list->text);
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
  /* What the reader sees is at least this: every change set up to it was delivered. */
  list->generation = engine->generation;
  return list;
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

static GHashTable *
make_set (GArray *entries)
{
  GHashTable *set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (set, &g_array_index (entries, BaruaSpineEntry, i).id);
  return set;
}

static GArray *
search_folder (BaruaStoreConnection *c,
               gint64                folder,
               BaruaFilter           filter,
               GError              **error)
{
  g_autoptr(BaruaSearchQuery) query = barua_search_query_new ();

  g_array_append_val (query->folders, folder);
  if (filter & BARUA_FILTER_UNREAD)
    query->unread = 1;
  if (filter & BARUA_FILTER_STARRED)
    query->starred = 1;
  if (filter & BARUA_FILTER_ATTACHMENTS)
    query->attachment = 1;
  return barua_store_search (c, query, 0, error);
}

/* One entry a thread: its newest message among the hits. */
static GArray *
group_hits (BaruaStoreConnection *c,
            GArray               *hits,
            GError              **error)
{
  g_autoptr(GHashTable) threads = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GArray *grouped = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));

  for (guint start = 0; start < hits->len; start += BARUA_BULK_ROWS)
    {
      guint n = MIN (BARUA_BULK_ROWS, hits->len - start);
      g_autofree gint64 *ids = g_new (gint64, n);
      g_autoptr(GPtrArray) rows = NULL;

      for (guint i = 0; i < n; i++)
        ids[i] = g_array_index (hits, BaruaSpineEntry, start + i).id;
      rows = barua_store_load_rows (c, ids, n, FALSE, error);
      if (rows == NULL)
        {
          g_array_unref (grouped);
          return NULL;
        }
      for (guint i = 0; i < rows->len; i++)
        {
          const BaruaRow *row = g_ptr_array_index (rows, i);
          BaruaSpineEntry entry = { row->id, row->date };

          if (g_hash_table_contains (threads, &row->thread))
            continue;
          g_hash_table_add (threads, g_memdup2 (&row->thread, sizeof row->thread));
          g_array_append_val (grouped, entry);
        }
    }
  return grouped;
}

static void
reverse (GArray *entries)
{
  for (guint i = 0, j = entries->len; i + 1 < j; i++)
    {
      BaruaSpineEntry *a = &g_array_index (entries, BaruaSpineEntry, i);
      BaruaSpineEntry *b = &g_array_index (entries, BaruaSpineEntry, --j);
      BaruaSpineEntry swap = *a;

      *a = *b;
      *b = swap;
    }
}

/* Those with the mark first; the key says both. */
static GArray *
sort_by_mark (BaruaStoreConnection *c,
              GArray               *entries,
              gint64                folder,
              BaruaFilter           mark,
              GError              **error)
{
  g_autoptr(GArray) hits = search_folder (c, folder, mark, error);
  g_autoptr(GHashTable) marked = NULL;
  GArray *sorted;

  if (hits == NULL)
    return NULL;
  marked = make_set (hits);
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (BaruaSpineEntry), entries->len);
  for (int pass = 1; pass >= 0; pass--)
    for (guint i = 0; i < entries->len; i++)
      {
        BaruaSpineEntry entry = g_array_index (entries, BaruaSpineEntry, i);

        if (g_hash_table_contains (marked, &entry.id) != pass)
          continue;
        if (pass)
          entry.key += (gint64) 1 << 60;
        g_array_append_val (sorted, entry);
      }
  return sorted;
}

static GArray *
load_filtered (BaruaStoreConnection *c,
               const BaruaListQuery *query,
               GArray               *entries,
               GError              **error)
{
  g_autoptr(GArray) hits = search_folder (c, query->folder, query->filter, error);
  g_autoptr(GHashTable) set = NULL;
  GArray *kept;

  if (hits == NULL)
    return NULL;
  if (query->grouped)
    return group_hits (c, hits, error);
  set = make_set (hits);
  kept = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  for (guint i = 0; i < entries->len; i++)
    {
      BaruaSpineEntry entry = g_array_index (entries, BaruaSpineEntry, i);

      if (g_hash_table_contains (set, &entry.id))
        g_array_append_val (kept, entry);
    }
  return kept;
}

static gboolean
spine_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  static const BaruaStoreOrder orders[] = {
    [BARUA_SORT_DATE] = BARUA_STORE_ORDER_DATE,       [BARUA_SORT_SENDER] = BARUA_STORE_ORDER_SENDER,
    [BARUA_SORT_SUBJECT] = BARUA_STORE_ORDER_SUBJECT, [BARUA_SORT_SIZE] = BARUA_STORE_ORDER_SIZE,
    [BARUA_SORT_UNREAD] = BARUA_STORE_ORDER_DATE,     [BARUA_SORT_STARRED] = BARUA_STORE_ORDER_DATE,
  };
  List *list = data;
  const BaruaListQuery *query = &list->query;
  gboolean by_date = orders[query->sort] == BARUA_STORE_ORDER_DATE;
  g_autoptr(GArray) entries = barua_store_load_spine (c, query->folder, orders[query->sort],
                                                      query->grouped && by_date, error);

  if (entries == NULL)
    return FALSE;
  if (query->filter != BARUA_FILTER_NONE)
    {
      GArray *kept = load_filtered (c, query, entries, error);

      if (kept == NULL)
        return FALSE;
      g_array_unref (entries);
      entries = kept;
    }
  if (query->sort == BARUA_SORT_UNREAD || query->sort == BARUA_SORT_STARRED)
    {
      GArray *sorted = sort_by_mark (c, entries, query->folder,
                                     query->sort == BARUA_SORT_UNREAD ? BARUA_FILTER_UNREAD : BARUA_FILTER_STARRED,
                                     error);

      if (sorted == NULL)
        return FALSE;
      g_array_unref (entries);
      entries = sorted;
    }
  if (query->ascending)
    reverse (entries);
  list->spine = barua_spine_new ();
  g_array_unref (list->spine->entries);
  list->spine->entries = g_steal_pointer (&entries);
  list->spine->query = *query;
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

DexFuture *
barua_engine_load_spine (BaruaEngine          *self,
                         const BaruaListQuery *query)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  if ((guint) query->sort > BARUA_SORT_STARRED)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "no such order");
  list = list_new (self);
  list->query = *query;
  return barua_fiber_start ("load spine", spine_fiber, list, list_unref);
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
  g_autoptr(BaruaSearchQuery) query = barua_search_query_parse (list->text, -1, NULL);
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
  query = barua_search_query_parse (text, -1, NULL);
  if (query->folder_name != NULL && folder == 0)
    {
      folder = find_named (self, account, query->folder_name);
      if (folder == 0)
        return dex_future_new_take_boxed (BARUA_TYPE_SEARCH_RESULT, barua_search_result_new ());
    }
  list = list_new (self);
  list->text = g_strdup (text);
  list->account = account;
  list->folder = folder;
  list->limit = limit;
  return barua_fiber_start ("search", search_fiber, list, list_unref);
}
