/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-body-pass.h"

#include <string.h>

#include "barua-backlog.h"
#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-body.h"
#include "barua-store-part.h"

struct _BaruaBodyPass
{
  gatomicrefcount  ref_count;
  BaruaBacklog    *backlog;
  GError          *error;   /* the first one of the store; main thread */
};

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

/* Messages that go into the cache in one job. */
typedef struct
{
  gint64        folder;
  gsize         bytes;
  GPtrArray    *messages; /* Arrived */
  BaruaBacklog *backlog;
} Bodies;

BaruaBodyPass *
barua_body_pass_new (void)
{
  BaruaBodyPass *pass = g_new0 (BaruaBodyPass, 1);

  g_atomic_ref_count_init (&pass->ref_count);
  pass->backlog = barua_backlog_new (BARUA_BODIES_WAITING_BYTES);
  return pass;
}

static BaruaBodyPass *
pass_ref (BaruaBodyPass *pass)
{
  g_atomic_ref_count_inc (&pass->ref_count);
  return pass;
}

void
barua_body_pass_unref (BaruaBodyPass *pass)
{
  if (!g_atomic_ref_count_dec (&pass->ref_count))
    return;
  barua_backlog_unref (pass->backlog);
  g_clear_error (&pass->error);
  g_free (pass);
}

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

static gboolean
is_wanted (const BaruaPart *part)
{
  return (part->kind == BARUA_PART_TEXT || part->kind == BARUA_PART_CALENDAR) && part->section[0] != '\0' &&
         part->encoded_size <= BARUA_PREFETCH_TEXT_BYTES;
}

static Group *
get_group (BaruaRound *round,
           GPtrArray  *sections)
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
group_one (BaruaStoreConnection  *c,
           BaruaRound            *round,
           guint32                uid,
           GError               **error)
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
without_body_func (BaruaStoreConnection  *c,
                   gpointer               data,
                   GError               **error)
{
  BaruaRound *round = data;
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
  BaruaBodyPass            *pass;
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
save_func (BaruaStoreConnection  *c,
           gpointer               data,
           GError               **error)
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
  BaruaBodyPass *pass = data;

  if (error != NULL && pass->error == NULL)
    pass->error = g_error_copy (error);
  barua_body_pass_unref (pass);
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
  barua_body_pass_unref (sink->pass);
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
fetch_group (BaruaEngineAccount  *account,
             BaruaRound          *round,
             Group               *group,
             BaruaBodyPass       *pass,
             BaruaSyncReport     *report,
             BaruaScope          *scope,
             GError             **error)
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
nothing_func (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  return TRUE;
}

/* The next round begins while the writer still has some of this one: the backlog bounds them. */
gboolean
barua_body_pass_fetch (BaruaBodyPass       *pass,
                       BaruaEngineAccount  *account,
                       BaruaRound          *round,
                       BaruaSyncReport     *report,
                       BaruaScope          *scope,
                       gboolean            *more,
                       GError             **error)
{
  g_autoptr(GPtrArray) groups = NULL;

  if (!barua_round_read (account->engine, round, "without body", without_body_func, error))
    return FALSE;
  *more = barua_round_go_on (round);
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
gboolean
barua_body_pass_end (BaruaBodyPass  *pass,
                     BaruaEngine    *engine,
                     GError        **error)
{
  if (!dex_await (barua_engine_write (engine->store, BARUA_STORE_BATCH, "bodies done", nothing_func, NULL, NULL), error))
    return FALSE;
  if (pass->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (pass->error));
  return FALSE;
}
