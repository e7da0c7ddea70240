/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-store-body.h"
#include "barua-store-folder.h"
#include "barua-store-part.h"
#include "barua-store-search.h"

/* What is fetched before it is asked for: part lists (what is on screen first), texts of recent mail, and what is made of them:
 * previews and the index. All in small rounds, so that memory stays flat and a kill loses one round. */

#define SECONDS_PER_DAY (24 * 60 * 60)

/* One round of one folder. */
typedef struct
{
  gint64      folder;
  gint64      since;
  gboolean    whole;
  guint32     below;   /* rounds go downwards: what did not come in this run is left for another day; 0: all */
  BaruaIdSet *uids;    /* out */
  GPtrArray  *groups;  /* out: Group */
} Round;

/* Messages whose texts are in the same sections: one command. */
typedef struct
{
  char       *key;
  char      **sections;
  BaruaIdSet *uids;
} Group;

typedef struct
{
  guint32     uid;
  gsize       bytes;
  GPtrArray  *sections;  /* char * */
  GPtrArray  *contents;  /* GBytes */
} Arrived;

/* What one pass over the texts of a folder has on its way to the store. */
typedef struct
{
  gatomicrefcount  ref_count;
  BaruaBacklog    *backlog;
  GError          *error;   /* the first one of the store; main thread */
} Pass;

/* Messages that go into the cache in one job. */
typedef struct
{
  gint64        folder;
  gsize         bytes;
  GPtrArray    *messages; /* Arrived */
  BaruaBacklog *backlog;
} Bodies;

static Pass *
pass_new (void)
{
  Pass *pass = g_new0 (Pass, 1);

  g_atomic_ref_count_init (&pass->ref_count);
  pass->backlog = barua_backlog_new (BARUA_BODIES_WAITING_BYTES);
  return pass;
}

static Pass *
pass_ref (Pass *pass)
{
  g_atomic_ref_count_inc (&pass->ref_count);
  return pass;
}

static void
pass_unref (Pass *pass)
{
  if (!g_atomic_ref_count_dec (&pass->ref_count))
    return;
  barua_backlog_unref (pass->backlog);
  g_clear_error (&pass->error);
  g_free (pass);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pass, pass_unref)

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->key);
  g_strfreev (group->sections);
  barua_id_set_unref (group->uids);
  g_free (group);
}

static void
arrived_free (gpointer data)
{
  Arrived *arrived = data;

  g_ptr_array_unref (arrived->sections);
  g_ptr_array_unref (arrived->contents);
  g_free (arrived);
}

static Bodies *
bodies_new (gint64        folder,
            BaruaBacklog *backlog)
{
  Bodies *bodies = g_new0 (Bodies, 1);

  bodies->folder = folder;
  bodies->messages = g_ptr_array_new_with_free_func (arrived_free);
  bodies->backlog = barua_backlog_ref (backlog);
  return bodies;
}

/* On the writer's thread, once they are committed. */
static void
bodies_free (gpointer data)
{
  Bodies *bodies = data;

  g_ptr_array_unref (bodies->messages);
  barua_backlog_remove (bodies->backlog, bodies->bytes);
  barua_backlog_unref (bodies->backlog);
  g_free (bodies);
}

static void
round_clear (gpointer data)
{
  Round *round = data;

  g_clear_pointer (&round->uids, barua_id_set_unref);
  g_clear_pointer (&round->groups, g_ptr_array_unref);
}

static void
round_unref (gpointer round)
{
  g_atomic_rc_box_release_full (round, round_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Round, round_unref)

static Round *
round_new (gint64 folder)
{
  Round *round = g_atomic_rc_box_new0 (Round);

  round->folder = folder;
  return round;
}

static gboolean
read_round (BaruaEngine    *engine,
            Round          *round,
            const char     *name,
            BaruaStoreFunc  func,
            GError        **error)
{
  return dex_await (barua_engine_read (engine->store, name, func, g_atomic_rc_box_acquire (round), round_unref), error);
}

/* FALSE when there is nothing below the last round. */
static gboolean
go_on_below (Round *round)
{
  if (barua_id_set_is_empty (round->uids))
    return FALSE;
  round->below = barua_id_set_get_first (round->uids);
  return TRUE;
}

/* Part lists ------------------------------------------------------------------------------------------------------------------------- */

static gboolean
without_parts_func (BaruaStoreConnection *c,
                    gpointer              data,
                    GError              **error)
{
  Round *round = data;

  g_clear_pointer (&round->uids, barua_id_set_unref);
  round->uids = barua_store_message_list_without_parts (c, round->folder, round->below, BARUA_PREFETCH_MESSAGES, error);
  return round->uids != NULL;
}

static gboolean
fetch_parts_round (BaruaEngineAccount *account,
                   Round              *round,
                   BaruaScope         *scope,
                   gboolean           *more,
                   GError            **error)
{
  BaruaEngine *engine = account->engine;
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);

  if (!read_round (engine, round, "without parts", without_parts_func, error))
    return FALSE;
  *more = go_on_below (round);
  if (!*more)
    return TRUE;
  return dex_await (barua_backend_vtable (backend)->fetch_parts (backend, round->folder, round->uids,
                                                                 BARUA_URGENCY_BACKGROUND, scope), error);
}

/* Texts ------------------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_wanted (const BaruaPart *part)
{
  return (part->kind == BARUA_PART_TEXT || part->kind == BARUA_PART_CALENDAR) && part->section[0] != '\0' &&
         part->encoded_size <= BARUA_PREFETCH_TEXT_BYTES;
}

static Group *
get_group (Round     *round,
           GPtrArray *sections)
{
  g_autofree char *key = NULL;
  Group *group;

  g_ptr_array_add (sections, NULL);
  key = g_strjoinv (" ", (char **) sections->pdata);
  for (guint i = 0; i < round->groups->len; i++)
    {
      group = g_ptr_array_index (round->groups, i);
      if (strcmp (group->key, key) == 0)
        return group;
    }
  group = g_new0 (Group, 1);
  group->key = g_steal_pointer (&key);
  group->sections = g_strdupv ((char **) sections->pdata);
  group->uids = barua_id_set_new ();
  g_ptr_array_add (round->groups, group);
  return group;
}

static gboolean
group_one (BaruaStoreConnection *c,
           Round                *round,
           guint32               uid,
           GError              **error)
{
  GError *failure = NULL;
  gint64 id = barua_store_message_find_uid (c, round->folder, uid, &failure);
  g_autoptr(GPtrArray) parts = id != 0 ? barua_store_part_load (c, id, &failure) : NULL;
  g_autoptr(GPtrArray) sections = g_ptr_array_new ();

  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (parts == NULL || parts->len == 0)
    return TRUE;
  if (parts->len == 1 && ((BaruaPart *) g_ptr_array_index (parts, 0))->section[0] == '\0')
    return TRUE; /* only whole: when it is opened */
  g_ptr_array_add (sections, (gpointer) "HEADER");
  for (guint i = 0; i < parts->len; i++)
    if (is_wanted (g_ptr_array_index (parts, i)))
      g_ptr_array_add (sections, ((BaruaPart *) g_ptr_array_index (parts, i))->section);
  barua_id_set_add (get_group (round, sections)->uids, uid);
  return TRUE;
}

static gboolean
without_body_func (BaruaStoreConnection *c,
                   gpointer              data,
                   GError              **error)
{
  Round *round = data;
  guint limit = round->whole ? BARUA_PREFETCH_BODIES : BARUA_PREFETCH_MESSAGES;
  const BaruaIdRange *ranges;

  g_clear_pointer (&round->uids, barua_id_set_unref);
  g_clear_pointer (&round->groups, g_ptr_array_unref);
  round->groups = g_ptr_array_new_with_free_func (group_free);
  round->uids = barua_store_message_list_without_body (c, round->folder, round->since, round->below, limit, error);
  if (round->uids == NULL)
    return FALSE;
  if (round->whole)
    {
      g_autoptr(GPtrArray) sections = g_ptr_array_new ();

      g_ptr_array_add (sections, (gpointer) "");
      barua_id_set_add_set (get_group (round, sections)->uids, round->uids);
      return TRUE;
    }
  ranges = barua_id_set_get_ranges (round->uids);
  for (guint i = 0; i < barua_id_set_get_n_ranges (round->uids); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      if (!group_one (c, round, uid, error))
        return FALSE;
  return TRUE;
}

/* Sections come in; messages whose sections are all there go into the cache, some at a time. */
typedef struct
{
  BaruaEngine     *engine;
  Pass            *pass;
  gint64           folder;
  guint            n_sections;
  GHashTable      *open;      /* uid -> Arrived */
  Bodies          *bodies;    /* NULL: none */
  BaruaSyncReport *report;
} Sink;

static gboolean
save_body (BaruaStoreConnection  *c,
           gint64                 folder,
           const Arrived         *arrived,
           GError               **error)
{
  GError *failure = NULL;
  gint64 id = barua_store_message_find_uid (c, folder, arrived->uid, &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (id == 0)
    return TRUE;
  for (guint i = 0; i < arrived->sections->len; i++)
    if (!barua_store_body_save (c, id, g_ptr_array_index (arrived->sections, i), NULL,
                                g_ptr_array_index (arrived->contents, i), BARUA_BODY_RAW, error))
      return FALSE;
  return barua_store_body_set_here (c, id, TRUE, error);
}

static gboolean
save_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Bodies *bodies = data;

  for (guint i = 0; i < bodies->messages->len; i++)
    if (!save_body (c, bodies->folder, g_ptr_array_index (bodies->messages, i), error))
      return FALSE;
  return TRUE;
}

static void
on_saved (const GError *error,
          gpointer      data)
{
  Pass *pass = data;

  if (error != NULL && pass->error == NULL)
    pass->error = g_error_copy (error);
  pass_unref (pass);
}

static void
send_bodies (Sink *sink)
{
  if (sink->bodies != NULL)
    barua_store_write (sink->engine->store, BARUA_STORE_BATCH, "bodies", save_func, g_steal_pointer (&sink->bodies),
                       bodies_free, on_saved, pass_ref (sink->pass));
}

/* No section can come any more. */
static void
sink_free (gpointer data)
{
  Sink *sink = data;

  send_bodies (sink);
  g_object_unref (sink->engine);
  pass_unref (sink->pass);
  g_hash_table_unref (sink->open);
  barua_sync_report_unref (sink->report);
  g_free (sink);
}

static void
take_message (Sink    *sink,
              Arrived *arrived)
{
  if (sink->bodies == NULL)
    sink->bodies = bodies_new (sink->folder, sink->pass->backlog);
  g_ptr_array_add (sink->bodies->messages, arrived);
  sink->bodies->bytes += arrived->bytes;
  sink->report->bodies++;
  barua_backlog_add (sink->pass->backlog, arrived->bytes);
  if (sink->bodies->bytes >= BARUA_BATCH_BYTES || sink->bodies->messages->len >= BARUA_BATCH_ROWS)
    send_bodies (sink);
}

static void
sink_section (guint32     uid,
              const char *section,
              GBytes     *content,
              gpointer    data)
{
  Sink *sink = data;
  Arrived *arrived;

  if (content == NULL)
    {
      sink->report->skipped++;
      g_hash_table_remove (sink->open, GUINT_TO_POINTER (uid));
      return;
    }
  arrived = g_hash_table_lookup (sink->open, GUINT_TO_POINTER (uid));
  if (arrived == NULL)
    {
      arrived = g_new0 (Arrived, 1);
      arrived->uid = uid;
      arrived->sections = g_ptr_array_new_with_free_func (g_free);
      arrived->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_hash_table_insert (sink->open, GUINT_TO_POINTER (uid), arrived);
    }
  for (guint i = 0; i < arrived->sections->len; i++)
    if (strcmp (g_ptr_array_index (arrived->sections, i), section) == 0)
      return;
  g_ptr_array_add (arrived->sections, g_strdup (section));
  g_ptr_array_add (arrived->contents, g_bytes_ref (content));
  arrived->bytes += g_bytes_get_size (content);
  if (arrived->sections->len < sink->n_sections)
    return;
  g_hash_table_steal (sink->open, GUINT_TO_POINTER (uid));
  take_message (sink, arrived);
}

static gboolean
fetch_group (BaruaEngineAccount *account,
             Round              *round,
             Group              *group,
             Pass               *pass,
             BaruaSyncReport    *report,
             BaruaScope         *scope,
             GError            **error)
{
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);
  Sink *sink = g_new0 (Sink, 1);

  sink->engine = g_object_ref (account->engine);
  sink->pass = pass_ref (pass);
  sink->folder = round->folder;
  sink->n_sections = g_strv_length (group->sections);
  sink->open = g_hash_table_new_full (NULL, NULL, NULL, arrived_free);
  sink->report = barua_sync_report_ref (report);
  return dex_await (barua_backend_vtable (backend)->fetch_sections (backend, round->folder, group->uids,
                                                                    (const char *const *) group->sections,
                                                                    BARUA_URGENCY_BACKGROUND, pass->backlog,
                                                                    sink_section, sink, sink_free, scope), error);
}

static gboolean
nothing_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  return TRUE;
}

/* The next round begins while the writer still has some of this one: the backlog bounds them. */
static gboolean
fetch_bodies_round (BaruaEngineAccount *account,
                    Round              *round,
                    Pass               *pass,
                    BaruaSyncReport    *report,
                    BaruaScope         *scope,
                    gboolean           *more,
                    GError            **error)
{
  g_autoptr(GPtrArray) groups = NULL;

  if (!read_round (account->engine, round, "without body", without_body_func, error))
    return FALSE;
  *more = go_on_below (round);
  if (!*more)
    return TRUE;
  groups = g_steal_pointer (&round->groups);
  for (guint i = 0; i < groups->len; i++)
    {
      if (!fetch_group (account, round, g_ptr_array_index (groups, i), pass, report, scope, error))
        return FALSE;
      if (pass->error != NULL)
        {
          g_propagate_error (error, g_error_copy (pass->error));
          return FALSE;
        }
    }
  return TRUE;
}

/* The writer has them all. */
static gboolean
end_pass (BaruaEngine  *engine,
          Pass         *pass,
          GError      **error)
{
  if (!dex_await (barua_engine_write (engine->store, BARUA_STORE_BATCH, "bodies done", nothing_func, NULL, NULL), error))
    return FALSE;
  if (pass->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (pass->error));
  return FALSE;
}

/* Previews and index --------------------------------------------------------------------------------------------------------------------- */

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
  g_ptr_array_extend_and_steal (batch->texts, g_ptr_array_ref (portion->texts));
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

/* What is on screen ----------------------------------------------------------------------------------------------------------------------- */

void
barua_engine_set_visible (BaruaEngine  *self,
                          const gint64 *ids,
                          guint         n_ids)
{
  barua_id_set_clear (self->visible);
  for (guint i = 0; i < MIN (n_ids, BARUA_VISIBLE_ROWS); i++)
    if (ids[i] > 0)
      barua_id_set_add (self->visible, ids[i]);
  if (!self->running || self->flags & (BARUA_ENGINE_MANUAL | BARUA_ENGINE_READ_ONLY))
    return;
  for (guint i = 0; i < self->accounts->len; i++)
    barua_engine_account_prefetch_visible (g_ptr_array_index (self->accounts, i));
}

typedef struct
{
  BaruaIdSet *ids;
  gint64      account;
  GHashTable *by_folder; /* gint64 * -> BaruaIdSet of UIDs without parts */
} Visible;

static void
visible_clear (gpointer data)
{
  Visible *visible = data;

  g_clear_pointer (&visible->ids, barua_id_set_unref);
  g_clear_pointer (&visible->by_folder, g_hash_table_unref);
}

static void
visible_unref (gpointer visible)
{
  g_atomic_rc_box_release_full (visible, visible_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visible, visible_unref)

static gboolean
visible_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Visible *visible = data;
  const BaruaIdRange *ranges = barua_id_set_get_ranges (visible->ids);

  for (guint i = 0; i < barua_id_set_get_n_ranges (visible->ids); i++)
    for (guint64 id = ranges[i].first; id <= ranges[i].last; id++)
      {
        GError *failure = NULL;
        g_autoptr(BaruaStoreMessage) message = barua_store_message_load (c, id, &failure);
        BaruaIdSet *uids;

        if (failure != NULL)
          {
            g_propagate_error (error, failure);
            return FALSE;
          }
        if (message == NULL || message->account != visible->account || message->has_parts || message->uid == 0 ||
            message->server_folder == 0)
          continue;
        uids = g_hash_table_lookup (visible->by_folder, &message->server_folder);
        if (uids == NULL)
          {
            uids = barua_id_set_new ();
            g_hash_table_insert (visible->by_folder, g_memdup2 (&message->server_folder, sizeof (gint64)), uids);
          }
        barua_id_set_add (uids, message->uid);
      }
  return TRUE;
}

gboolean
barua_prefetch_visible (BaruaEngineAccount *account,
                        BaruaScope         *scope,
                        GError            **error)
{
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);
  g_autoptr(Visible) visible = g_atomic_rc_box_new0 (Visible);
  g_autoptr(GPtrArray) folders = NULL;

  visible->ids = barua_id_set_copy (account->engine->visible);
  visible->account = account->account->id;
  visible->by_folder = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) barua_id_set_unref);
  if (barua_id_set_is_empty (visible->ids))
    return TRUE;
  if (!dex_await (barua_engine_read (account->engine->store, "visible", visible_func, g_atomic_rc_box_acquire (visible),
                                     visible_unref), error))
    return FALSE;
  folders = g_hash_table_get_keys_as_ptr_array (visible->by_folder);
  for (guint i = 0; i < folders->len; i++)
    {
      const gint64 *folder = g_ptr_array_index (folders, i);
      BaruaIdSet *uids = g_hash_table_lookup (visible->by_folder, folder);

      if (!dex_await (barua_backend_vtable (backend)->fetch_parts (backend, *folder, uids, BARUA_URGENCY_WAITED, scope),
                      error))
        return FALSE;
    }
  return TRUE;
}

/* The passes -------------------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_prefetched (const BaruaFolder *folder)
{
  return folder->selectable && !folder->hidden && folder->role != BARUA_ROLE_ALL && folder->role != BARUA_ROLE_FLAGGED &&
         folder->role != BARUA_ROLE_IMPORTANT;
}

/* UIDs without text, newest first, and of these the ones whose parts are not known. */
static gboolean
recent_without_parts_func (BaruaStoreConnection *c,
                           gpointer              data,
                           GError              **error)
{
  Round *round = data;
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
fetch_recent_parts (BaruaEngineAccount *account,
                    Round              *round,
                    BaruaScope         *scope,
                    GError            **error)
{
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);

  if (!read_round (account->engine, round, "recent without parts", recent_without_parts_func, error))
    return FALSE;
  if (barua_id_set_is_empty (round->uids))
    return TRUE;
  return dex_await (barua_backend_vtable (backend)->fetch_parts (backend, round->folder, round->uids,
                                                                 BARUA_URGENCY_BACKGROUND, scope), error);
}

/* The account may go while a fiber waits: it is looked up anew for each round. */
static BaruaEngineAccount *
get_account (BaruaEngine *engine,
             gint64       id,
             BaruaScope  *scope)
{
  BaruaEngineAccount *account = barua_engine_find_account (engine, id);

  if (account == NULL || account->backend == NULL || !engine->running ||
      (scope != NULL && barua_scope_is_cancelled (scope)))
    return NULL;
  return account;
}

static gboolean
run_texts (BaruaEngine     *engine,
           gint64           account_id,
           gint64           folder,
           BaruaSyncFlags   flags,
           BaruaSyncReport *report,
           BaruaScope      *scope,
           GError         **error)
{
  g_autoptr(Round) round = round_new (folder);
  g_autoptr(Pass) pass = pass_new ();
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
      if (account != NULL && !fetch_bodies_round (account, round, pass, report, scope, &more, error))
        return FALSE;
    }
  return end_pass (engine, pass, error);
}

static gboolean
run_parts (BaruaEngine *engine,
           gint64       account_id,
           gint64       folder,
           BaruaScope  *scope,
           GError     **error)
{
  g_autoptr(Round) round = round_new (folder);
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
barua_prefetch_run (BaruaEngineAccount *account,
                    BaruaSyncFlags      flags,
                    gint64              folder,
                    gboolean            parts_of_all,
                    BaruaSyncReport    *report,
                    BaruaScope         *scope,
                    GError            **error)
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
