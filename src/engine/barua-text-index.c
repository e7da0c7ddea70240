/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-store-body.h"
#include "barua-store-part.h"
#include "barua-store-search.h"

/* What is made of texts that are here: previews and the index. A portion is read by the store, parsed by a worker and written,
 * while others are at the steps before. */

/* One message of a round: read, parsed and stored by three threads in turn. */
typedef struct
{
  gint64      id;
  GPtrArray  *parts;       /* BaruaPart */
  GHashTable *contents;    /* section -> GBytes */
  char       *preview;
  char       *search;
  GPtrArray  *whole_parts; /* of a message that came whole and had no list */
} Text;

/* What one call of the store or of a worker has; used by one at a time. */
typedef struct
{
  BaruaEngine *engine;
  GArray      *ids;   /* gint64 */
  gint64       below; /* ids of the next round are below it; 0: all */
  GPtrArray   *texts; /* Text */
} Index;

static void
text_free (gpointer data)
{
  Text *text = data;

  g_clear_pointer (&text->parts, g_ptr_array_unref);
  g_clear_pointer (&text->whole_parts, g_ptr_array_unref);
  g_clear_pointer (&text->contents, g_hash_table_unref);
  g_free (text->preview);
  g_free (text->search);
  g_free (text);
}

static void
index_clear (gpointer data)
{
  Index *index = data;

  g_clear_pointer (&index->texts, g_ptr_array_unref);
  g_clear_pointer (&index->ids, g_array_unref);
}

static void
index_unref (gpointer index)
{
  g_atomic_rc_box_release_full (index, index_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Index, index_unref)

static Index *
index_new (BaruaEngine *engine)
{
  Index *index = g_atomic_rc_box_new0 (Index);

  index->engine = engine;
  index->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  index->texts = g_ptr_array_new_with_free_func (text_free);
  return index;
}

static gboolean
unindexed_func (BaruaStoreConnection *c,
                gpointer              data,
                GError              **error)
{
  Index *index = data;

  g_clear_pointer (&index->ids, g_array_unref);
  index->ids = barua_store_search_list_unindexed (c, index->below, BARUA_INDEX_MESSAGES, error);
  return index->ids != NULL;
}

static gboolean
read_text (BaruaStoreConnection *c,
           Text                 *text,
           gsize                *size,
           GError              **error)
{
  GError *failure = NULL;
  g_auto(GStrv) sections = barua_store_body_list_sections (c, text->id, &failure);

  text->parts = failure == NULL ? barua_store_part_load (c, text->id, &failure) : NULL;
  text->contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; failure == NULL && sections != NULL && sections[i] != NULL; i++)
    {
      GBytes *bytes = barua_store_body_load (c, text->id, sections[i], &failure);

      if (bytes == NULL)
        continue;
      *size += g_bytes_get_size (bytes);
      g_hash_table_replace (text->contents, g_strdup (sections[i]), bytes);
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

/* Of the ids, the first ones until their bytes are many; the others are left. */
static gboolean
read_portion_func (BaruaStoreConnection *c,
                   gpointer              data,
                   GError              **error)
{
  Index *index = data;
  gsize size = 0;
  guint n = 0;

  while (n < index->ids->len && size < BARUA_PREFETCH_TEXT_BYTES)
    {
      Text *text = g_new0 (Text, 1);

      text->id = g_array_index (index->ids, gint64, n++);
      g_ptr_array_add (index->texts, text);
      if (!read_text (c, text, &size, error))
        return FALSE;
    }
  return TRUE;
}

static void
parse_text (Text *text)
{
  GBytes *whole = g_hash_table_lookup (text->contents, "");
  GBytes *header = g_hash_table_lookup (text->contents, "HEADER");
  g_autoptr(GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr(GPtrArray) contents = g_ptr_array_new ();
  g_autoptr(BaruaParsedMessage) parsed = NULL;

  if (whole != NULL)
    parsed = barua_mime_parse (whole, BARUA_MIME_PLAIN_ONLY);
  else
    {
      for (guint i = 0; i < text->parts->len; i++)
        g_ptr_array_add (contents, g_hash_table_lookup (text->contents,
                                                        ((BaruaPart *) g_ptr_array_index (text->parts, i))->section));
      parsed = barua_mime_assemble (header != NULL ? header : none, text->parts, contents, BARUA_MIME_PLAIN_ONLY);
    }
  text->preview = g_strdup (parsed->preview);
  text->search = barua_mime_get_search_text (parsed, BARUA_INDEX_TEXT_BYTES);
  if (whole != NULL && text->parts->len == 0)
    text->whole_parts = g_ptr_array_ref (parsed->parts);
  g_hash_table_remove_all (text->contents);
}

/* On a worker. */
static gboolean
parse_work (gpointer   data,
            GError   **error)
{
  Index *index = data;

  for (guint i = 0; i < index->texts->len; i++)
    parse_text (g_ptr_array_index (index->texts, i));
  return TRUE;
}

static gboolean
save_previews_func (BaruaStoreConnection *c,
                    gpointer              data,
                    GError              **error)
{
  Index *index = data;

  for (guint i = 0; i < index->texts->len; i++)
    {
      Text *text = g_ptr_array_index (index->texts, i);

      if (text->whole_parts != NULL && !barua_store_part_save (c, text->id, text->whole_parts, error))
        return FALSE;
      if (!barua_store_message_set_preview (c, text->id, text->preview, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
search_index_func (BaruaStoreConnection *c,
                   gpointer              data,
                   GError              **error)
{
  Index *index = data;
  g_autofree BaruaIndexedText *texts = g_new0 (BaruaIndexedText, index->texts->len + 1);

  for (guint i = 0; i < index->texts->len; i++)
    {
      const Text *text = g_ptr_array_index (index->texts, i);

      texts[i] = (BaruaIndexedText) { text->id, text->search };
    }
  return barua_store_search_index_bodies (c, texts, index->texts->len, error);
}

/* Reads and parses one portion. */
static DexFuture *
portion_fiber (gpointer data)
{
  Index *index = data;
  GError *error = NULL;

  if (dex_await (barua_engine_read (index->engine->store, "texts", read_portion_func, g_atomic_rc_box_acquire (index),
                                    index_unref), &error) &&
      dex_await (barua_engine_work (parse_work, g_atomic_rc_box_acquire (index), index_unref), &error))
    return dex_future_new_true ();
  return dex_future_new_for_error (error);
}

/* Writes what was read: previews first, since the index tells that all is done. */
static DexFuture *
write_fiber (gpointer data)
{
  Index *index = data;
  GError *error = NULL;

  if (dex_await (barua_engine_write (index->engine->store, BARUA_STORE_BATCH, "previews", save_previews_func,
                                     g_atomic_rc_box_acquire (index), index_unref), &error) &&
      dex_await (barua_engine_write_search (index->engine->store, "index texts", search_index_func,
                                            g_atomic_rc_box_acquire (index), index_unref), &error))
    return dex_future_new_true ();
  return dex_future_new_for_error (error);
}

/* As many of @all as one portion may have; what the portion before it left comes first. */
static Index *
take_portion (Index *all)
{
  Index *portion = index_new (all->engine);
  guint n = MIN (all->ids->len, BARUA_INDEX_PORTION);

  g_array_append_vals (portion->ids, all->ids->data, n);
  g_array_remove_range (all->ids, 0, n);
  return portion;
}

/* The texts go to @batch; ids of which no text was read, back to @all. Returns how many bytes came. */
static gsize
take_texts (Index *all,
            Index *batch,
            Index *portion)
{
  gsize bytes = 0;

  g_array_prepend_vals (all->ids, &g_array_index (portion->ids, gint64, portion->texts->len),
                        portion->ids->len - portion->texts->len);
  for (guint i = 0; i < portion->texts->len; i++)
    bytes += strlen (((Text *) g_ptr_array_index (portion->texts, i))->search);
  g_ptr_array_extend_and_steal (batch->texts, g_steal_pointer (&portion->texts));
  portion->texts = g_ptr_array_new_with_free_func (text_free);
  return bytes;
}

/* A portion that is being read, parsed or both. */
typedef struct
{
  Index     *portion; /* NULL: none */
  DexFuture *future;
} Reading;

static void
start_reading (Reading *reading,
               Index   *all)
{
  if (all->ids->len == 0)
    return;
  reading->portion = take_portion (all);
  reading->future = barua_fiber_start ("read texts", portion_fiber, g_atomic_rc_box_acquire (reading->portion),
                                       index_unref);
}

/* Starts what can be started while it is @wanted. FALSE when nothing is under way any more. */
static gboolean
keep_reading (Reading  *readings,
              Index    *all,
              gboolean  wanted)
{
  gboolean any = FALSE;

  for (guint i = 0; i < BARUA_INDEX_PORTIONS_UNDER_WAY; i++)
    {
      if (readings[i].portion == NULL && wanted)
        start_reading (&readings[i], all);
      any |= readings[i].portion != NULL;
    }
  return any;
}

static gboolean
end_future (DexFuture **future,
            GError    **error)
{
  DexFuture *taken = g_steal_pointer (future);

  return taken == NULL || dex_await (taken, error);
}

/* Two portions are read and parsed while the ones before them are written; a large transaction makes a large piece of the
 * index, and few pieces need little joining. */
static gboolean
index_round (Index      *all,
             BaruaScope *scope,
             GError    **error)
{
  g_autoptr(Index) batch = index_new (all->engine);
  Reading readings[BARUA_INDEX_PORTIONS_UNDER_WAY] = { 0 };
  DexFuture *writing = NULL;
  gsize bytes = 0;
  gboolean ok = TRUE;
  gboolean wanted = TRUE;

  for (guint i = 0; ok && keep_reading (readings, all, wanted); i = (i + 1) % G_N_ELEMENTS (readings))
    {
      if (readings[i].portion == NULL)
        continue;
      ok = end_future (&readings[i].future, error);
      if (ok)
        bytes += take_texts (all, batch, readings[i].portion);
      g_clear_pointer (&readings[i].portion, index_unref);
      wanted = all->engine->running && (scope == NULL || !barua_scope_is_cancelled (scope));
      if (!ok || (bytes < BARUA_INDEX_BATCH_BYTES && keep_reading (readings, all, wanted)))
        continue;
      ok = end_future (&writing, error);
      if (!ok || batch->texts->len == 0)
        continue;
      writing = barua_fiber_start ("write texts", write_fiber, g_steal_pointer (&batch), index_unref);
      batch = index_new (all->engine);
      bytes = 0;
    }
  /* Nothing may be under way when the engine goes. */
  for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
    {
      end_future (&readings[i].future, NULL);
      g_clear_pointer (&readings[i].portion, index_unref);
    }
  if (ok)
    return end_future (&writing, error);
  end_future (&writing, NULL);
  return FALSE;
}

gboolean
barua_prefetch_index (BaruaEngine *engine,
                      BaruaScope  *scope,
                      GError     **error)
{
  g_autoptr(Index) index = index_new (engine);

  while (engine->running && (scope == NULL || !barua_scope_is_cancelled (scope)))
    {
      if (!dex_await (barua_engine_read (engine->store, "unindexed", unindexed_func, g_atomic_rc_box_acquire (index),
                                         index_unref), error))
        return FALSE;
      if (index->ids->len == 0)
        return TRUE;
      index->below = g_array_index (index->ids, gint64, index->ids->len - 1);
      if (!index_round (index, scope, error))
        return FALSE;
    }
  return TRUE;
}
