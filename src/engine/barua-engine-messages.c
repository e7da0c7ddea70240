/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-store-body.h"
#include "barua-store-part.h"
#include "barua-store-search.h"

/* A message to read: what the cache has at once, the rest from the server. What came is stored behind the person's back. */

/* What is stored of one message; shared with readers and workers, one at a time. */
typedef struct
{
  BaruaEngine        *engine;
  gint64              id;
  BaruaLoadFlags      flags;
  BaruaScope         *scope;     /* cancelled with the caller's cancellable */
  GCancellable       *cancellable;
  gulong              cancel_handler;
  char               *section;   /* of load_part and load_source */
  BaruaProgressFunc   progress;
  gpointer            user_data;
  GDestroyNotify      destroy;

  BaruaStoreMessage  *message;
  GPtrArray          *parts;     /* BaruaPart */
  GHashTable         *contents;  /* section -> GBytes */
  GHashTable         *fetched;   /* those that came just now */
  BaruaParsedMessage *parsed;
  GBytes             *result;
} Load;

static void
load_clear (gpointer data)
{
  Load *load = data;

  if (load->destroy != NULL)
    load->destroy (load->user_data);
  g_clear_object (&load->cancellable);
  g_clear_pointer (&load->scope, barua_scope_unref);
  g_clear_object (&load->engine);
  g_clear_pointer (&load->message, barua_store_message_free);
  g_clear_pointer (&load->parts, g_ptr_array_unref);
  g_clear_pointer (&load->contents, g_hash_table_unref);
  g_clear_pointer (&load->fetched, g_hash_table_unref);
  g_clear_pointer (&load->parsed, barua_parsed_message_unref);
  g_clear_pointer (&load->result, g_bytes_unref);
  g_free (load->section);
}

static void
load_unref (gpointer load)
{
  g_atomic_rc_box_release_full (load, load_clear);
}

static Load *
load_new (BaruaEngine    *engine,
          gint64          id,
          BaruaLoadFlags  flags,
          GCancellable   *cancellable)
{
  Load *load = g_atomic_rc_box_new0 (Load);

  load->engine = g_object_ref (engine);
  load->id = id;
  load->flags = flags;
  load->scope = barua_scope_new (engine->scope);
  load->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  load->contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  load->fetched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  return load;
}

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
begin (Load *load)
{
  if (load->cancellable == NULL)
    return;
  if (g_cancellable_is_cancelled (load->cancellable))
    barua_scope_cancel (load->scope);
  else
    load->cancel_handler = g_signal_connect_data (load->cancellable, "cancelled", G_CALLBACK (on_cancelled),
                                                  barua_scope_ref (load->scope), scope_closed, 0);
}

static void
end (Load *load)
{
  if (load->cancel_handler != 0)
    g_signal_handler_disconnect (load->cancellable, load->cancel_handler);
  load->cancel_handler = 0;
}

static gboolean
not_found (GError **error)
{
  g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such message, or not in the cache");
  return FALSE;
}

static BaruaBackend *
get_backend (Load    *load,
             GError **error)
{
  BaruaEngineAccount *account = barua_engine_find_account (load->engine, load->message->account);

  if (load->flags & BARUA_LOAD_CACHE_ONLY || load->message->server_folder == 0 || load->message->uid == 0)
    {
      not_found (error);
      return NULL;
    }
  if (account == NULL || account->backend == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_OFFLINE, "the account is not connected");
      return NULL;
    }
  return account->backend;
}

/* The store's half ----------------------------------------------------------------------------------------------------------------- */

static gboolean
read_parts (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Load *load = data;

  g_clear_pointer (&load->parts, g_ptr_array_unref);
  load->parts = barua_store_part_load (c, load->id, error);
  return load->parts != NULL;
}

static gboolean
read_message (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Load *load = data;
  g_auto(GStrv) sections = NULL;

  g_clear_pointer (&load->message, barua_store_message_free);
  load->message = barua_store_message_load (c, load->id, error);
  if (load->message == NULL)
    return *error == NULL;
  if (!read_parts (c, load, error))
    return FALSE;
  sections = barua_store_body_list_sections (c, load->id, error);
  if (sections == NULL)
    return *error == NULL;
  for (guint i = 0; sections[i] != NULL; i++)
    {
      GError *failure = NULL;
      GBytes *bytes;

      /* One section is wanted: that one, or the whole message that it can be cut out of. */
      if (load->section != NULL && strcmp (sections[i], load->section) != 0 && sections[i][0] != '\0')
        continue;
      bytes = barua_store_body_load (c, load->id, sections[i], &failure);
      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      if (bytes != NULL)
        g_hash_table_replace (load->contents, g_strdup (sections[i]), bytes);
    }
  return TRUE;
}

static gboolean
read_from_store (Load           *load,
                 BaruaStoreFunc  func,
                 GError        **error)
{
  if (!dex_await (barua_engine_read (load->engine->store, "message", func, g_atomic_rc_box_acquire (load), load_unref),
                  error))
    return FALSE;
  return load->message != NULL || not_found (error);
}

/* What came from the server, on its way into the cache: the person does not wait for it. */
typedef struct
{
  gint64     id;
  GPtrArray *sections; /* char * */
  GPtrArray *contents; /* GBytes */
  GPtrArray *types;    /* char *, may hold NULL */
  gboolean   text_here;
  char      *preview;
  char      *search;
  gboolean   touch;
} Keep;

static void
keep_clear (gpointer data)
{
  Keep *keep = data;

  g_ptr_array_unref (keep->sections);
  g_ptr_array_unref (keep->contents);
  g_ptr_array_unref (keep->types);
  g_free (keep->preview);
  g_free (keep->search);
}

static void
keep_unref (gpointer keep)
{
  g_atomic_rc_box_release_full (keep, keep_clear);
}

static gboolean
keep_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Keep *keep = data;

  for (guint i = 0; i < keep->sections->len; i++)
    if (!barua_store_body_save (c, keep->id, g_ptr_array_index (keep->sections, i), g_ptr_array_index (keep->types, i),
                                g_ptr_array_index (keep->contents, i), BARUA_BODY_FAST, error))
      return FALSE;
  if (keep->text_here && !barua_store_body_set_here (c, keep->id, TRUE, error))
    return FALSE;
  if (keep->preview != NULL && !barua_store_message_set_preview (c, keep->id, keep->preview, error))
    return FALSE;
  return !keep->touch || barua_store_body_touch (c, keep->id, error);
}

static gboolean
keep_search_func (BaruaStoreConnection *c,
                  gpointer              data,
                  GError              **error)
{
  Keep *keep = data;

  return barua_store_search_index_body (c, keep->id, keep->search, error);
}

/* What is to be indexed once it is kept; of the main thread alone, as the engine is. */
typedef struct
{
  GWeakRef  engine;
  Keep     *keep;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_weak_ref_clear (&kept->engine);
  keep_unref (kept->keep);
  g_free (kept);
}

static DexFuture *
index_kept (DexFuture *future,
            gpointer   data)
{
  Kept *kept = data;
  g_autoptr (BaruaEngine) engine = g_weak_ref_get (&kept->engine);

  if (engine == NULL || !engine->running)
    return dex_future_new_true ();
  return barua_engine_write_search (engine->store, "index text", keep_search_func, g_atomic_rc_box_acquire (kept->keep),
                                    keep_unref);
}

static Keep *
keep_new (Load *load)
{
  Keep *keep = g_atomic_rc_box_new0 (Keep);
  GHashTableIter iter;
  gpointer section, bytes;

  keep->id = load->id;
  keep->sections = g_ptr_array_new_with_free_func (g_free);
  keep->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  keep->types = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, load->fetched);
  while (g_hash_table_iter_next (&iter, &section, &bytes))
    {
      const char *type = NULL;

      for (guint i = 0; load->parts != NULL && i < load->parts->len; i++)
        if (strcmp (((BaruaPart *) g_ptr_array_index (load->parts, i))->section, section) == 0)
          type = ((BaruaPart *) g_ptr_array_index (load->parts, i))->type;
      g_ptr_array_add (keep->sections, g_strdup (section));
      g_ptr_array_add (keep->contents, g_bytes_ref (bytes));
      g_ptr_array_add (keep->types, g_strdup (type));
    }
  return keep;
}

static void
send_keep (Load *load,
           Keep *keep)
{
  DexFuture *future;

  if (load->engine->flags & BARUA_ENGINE_READ_ONLY)
    {
      keep_unref (keep);
      return;
    }
  future = barua_engine_write (load->engine->store, BARUA_STORE_BATCH, "keep body", keep_func, g_atomic_rc_box_acquire (keep),
                               keep_unref);
  if (keep->search != NULL)
    {
      Kept *kept = g_new0 (Kept, 1);

      /* The index last: a text that stands in it is never again looked at for its preview. */
      g_weak_ref_init (&kept->engine, load->engine);
      kept->keep = g_atomic_rc_box_acquire (keep);
      future = dex_future_then (future, index_kept, kept, kept_free);
    }
  barua_future_disown ("keep body", future);
  keep_unref (keep);
}

/* Texts ------------------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_text (const BaruaPart *part)
{
  return part->kind == BARUA_PART_TEXT || part->kind == BARUA_PART_CALENDAR;
}

/* All of the message is in one piece: no usable BODYSTRUCTURE, or none yet, as with mail that came this very moment. Without one
 * nothing but the header would be asked for, and the message would stand there empty. */
static gboolean
is_whole (GPtrArray *parts)
{
  return parts->len == 0 || (parts->len == 1 && ((BaruaPart *) g_ptr_array_index (parts, 0))->section[0] == '\0');
}

/* Sections that are wanted for showing the texts and are not here: NULL-terminated. */
static char **
list_missing (Load *load)
{
  GPtrArray *missing = g_ptr_array_new ();

  if (g_hash_table_contains (load->contents, ""))
    {
      g_ptr_array_add (missing, NULL);
      return (char **) g_ptr_array_free (missing, FALSE);
    }
  if (is_whole (load->parts))
    g_ptr_array_add (missing, g_strdup (""));
  else
    {
      if (!g_hash_table_contains (load->contents, "HEADER"))
        g_ptr_array_add (missing, g_strdup ("HEADER"));
      for (guint i = 0; i < load->parts->len; i++)
        {
          const BaruaPart *part = g_ptr_array_index (load->parts, i);

          if (is_text (part) && part->section[0] != '\0' && !g_hash_table_contains (load->contents, part->section))
            g_ptr_array_add (missing, g_strdup (part->section));
        }
    }
  g_ptr_array_add (missing, NULL);
  return (char **) g_ptr_array_free (missing, FALSE);
}

static void
take_section (guint32     uid,
              const char *section,
              GBytes     *content,
              gpointer    data)
{
  Load *load = data;

  g_hash_table_replace (load->contents, g_strdup (section), g_bytes_ref (content));
  g_hash_table_replace (load->fetched, g_strdup (section), g_bytes_ref (content));
}

static gboolean
fetch_parts (Load    *load,
             GError **error)
{
  BaruaBackend *backend = get_backend (load, error);
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();

  if (backend == NULL)
    return FALSE;
  barua_id_set_add (uids, load->message->uid);
  if (!dex_await (barua_backend_vtable (backend)->fetch_parts (backend, load->message->server_folder, uids,
                                                               BARUA_URGENCY_WAITED, load->scope), error))
    return FALSE;
  return read_from_store (load, read_parts, error);
}

static gboolean
fetch_missing (Load    *load,
               GError **error)
{
  g_auto(GStrv) missing = list_missing (load);
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  BaruaBackend *backend;

  if (missing[0] == NULL)
    return TRUE;
  backend = get_backend (load, error);
  if (backend == NULL)
    return FALSE;
  barua_id_set_add (uids, load->message->uid);
  return dex_await (barua_backend_vtable (backend)->fetch_sections (backend, load->message->server_folder, uids,
                                                                    (const char *const *) missing, BARUA_URGENCY_WAITED, NULL,
                                                                    take_section, g_atomic_rc_box_acquire (load),
                                                                    load_unref, load->scope), error);
}

/* On a worker. */
static gboolean
parse_work (gpointer   data,
            GError   **error)
{
  Load *load = data;
  GBytes *whole = g_hash_table_lookup (load->contents, "");
  GBytes *header = g_hash_table_lookup (load->contents, "HEADER");
  g_autoptr(GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr(GPtrArray) contents = NULL;

  if (whole != NULL)
    {
      load->parsed = barua_mime_parse (whole, BARUA_MIME_NONE);
      return TRUE;
    }
  contents = g_ptr_array_new ();
  for (guint i = 0; i < load->parts->len; i++)
    g_ptr_array_add (contents, g_hash_table_lookup (load->contents,
                                                    ((BaruaPart *) g_ptr_array_index (load->parts, i))->section));
  load->parsed = barua_mime_assemble (header != NULL ? header : none, load->parts, contents, BARUA_MIME_NONE);
  return TRUE;
}

static gboolean
load_texts (Load    *load,
            GError **error)
{
  if (!read_from_store (load, read_message, error))
    return FALSE;
  if (load->parts->len == 0 && !g_hash_table_contains (load->contents, "") && !fetch_parts (load, error))
    return FALSE;
  if (!fetch_missing (load, error))
    return FALSE;
  return dex_await (barua_engine_work (parse_work, g_atomic_rc_box_acquire (load), load_unref), error);
}

/* Whether all the texts came: only then the cache says that the text is here (THREATS P-13). */
static gboolean
is_complete (Load *load)
{
  g_auto(GStrv) missing = list_missing (load);

  return missing[0] == NULL;
}

static DexFuture *
load_message_fiber (gpointer data)
{
  Load *load = data;
  GError *error = NULL;
  Keep *keep;
  gboolean ok;

  begin (load);
  ok = load_texts (load, &error);
  end (load);
  if (!ok)
    return dex_future_new_for_error (error);
  keep = keep_new (load);
  keep->touch = TRUE;
  if (g_hash_table_size (load->fetched) > 0)
    {
      keep->text_here = is_complete (load);
      keep->preview = g_strdup (load->parsed->preview);
      if (keep->text_here)
        keep->search = barua_mime_get_search_text (load->parsed, BARUA_LIMIT_TEXT_BYTES);
    }
  send_keep (load, keep);
  return dex_future_new_take_boxed (BARUA_TYPE_PARSED_MESSAGE, barua_parsed_message_ref (load->parsed));
}

DexFuture *
barua_engine_load_message (BaruaEngine    *self,
                           gint64          id,
                           BaruaLoadFlags  flags,
                           GCancellable   *cancellable)
{
  DexFuture *refused = NULL;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  return barua_fiber_start ("load message", load_message_fiber, load_new (self, id, flags, cancellable), load_unref);
}

/* Parts and sources ------------------------------------------------------------------------------------------------------------------- */

static const BaruaPart *
find_part (Load *load)
{
  for (guint i = 0; load->parts != NULL && i < load->parts->len; i++)
    if (strcmp (((BaruaPart *) g_ptr_array_index (load->parts, i))->section, load->section) == 0)
      return g_ptr_array_index (load->parts, i);
  return NULL;
}

static void
on_progress (guint64  done,
             guint64  total,
             gpointer data)
{
  Load *load = data;

  if (load->progress != NULL && !barua_scope_is_cancelled (load->scope))
    load->progress (done, total, load->user_data);
}

static gboolean
fetch_large (Load        *load,
             const char  *section,
             guint64      size_guess,
             GError     **error)
{
  BaruaBackend *backend = get_backend (load, error);
  GBytes *bytes;

  if (backend == NULL)
    return FALSE;
  bytes = dex_await_boxed (barua_backend_vtable (backend)->fetch_large (backend, load->message->server_folder,
                                                                        load->message->uid, section, size_guess,
                                                                        on_progress, g_atomic_rc_box_acquire (load),
                                                                        load_unref, load->scope), error);
  if (bytes == NULL)
    return FALSE;
  take_section (load->message->uid, section, bytes, load);
  g_bytes_unref (bytes);
  return TRUE;
}

static gboolean
part_work (gpointer   data,
           GError   **error)
{
  Load *load = data;
  GBytes *whole = g_hash_table_lookup (load->contents, "");
  GBytes *encoded = g_hash_table_lookup (load->contents, load->section);
  const BaruaPart *part = find_part (load);

  if (encoded == NULL || load->section[0] == '\0')
    load->result = barua_mime_get_part (whole, load->section, TRUE, error);
  else if (part != NULL && part->kind != BARUA_PART_MULTIPART && strcmp (part->type, "message/rfc822") != 0)
    load->result = barua_mime_decode_content (encoded, part->encoding, NULL);
  else
    load->result = g_bytes_ref (encoded);
  return load->result != NULL;
}

static gboolean
load_part (Load    *load,
           GError **error)
{
  const BaruaPart *part;

  if (!read_from_store (load, read_message, error))
    return FALSE;
  if (!g_hash_table_contains (load->contents, "") && !g_hash_table_contains (load->contents, load->section))
    {
      if (load->parts->len == 0 && !fetch_parts (load, error))
        return FALSE;
      part = find_part (load);
      if (is_whole (load->parts))
        {
          if (!fetch_large (load, "", load->message->size, error))
            return FALSE;
        }
      else if (part == NULL)
        {
          g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no part %s", load->section);
          return FALSE;
        }
      else if (!fetch_large (load, load->section, part->encoded_size, error))
        return FALSE;
    }
  return dex_await (barua_engine_work (part_work, g_atomic_rc_box_acquire (load), load_unref), error);
}

static DexFuture *
load_part_fiber (gpointer data)
{
  Load *load = data;
  GError *error = NULL;
  gboolean ok;

  begin (load);
  ok = load_part (load, &error);
  end (load);
  if (!ok)
    return dex_future_new_for_error (error);
  send_keep (load, keep_new (load));
  return dex_future_new_take_boxed (G_TYPE_BYTES, g_bytes_ref (load->result));
}

static DexFuture *
load_source_fiber (gpointer data)
{
  Load *load = data;
  GError *error = NULL;
  gboolean ok;
  Keep *keep;

  begin (load);
  ok = read_from_store (load, read_message, &error) &&
       (g_hash_table_contains (load->contents, "") || fetch_large (load, "", load->message->size, &error));
  end (load);
  if (!ok)
    return dex_future_new_for_error (error);
  keep = keep_new (load);
  keep->text_here = TRUE;
  send_keep (load, keep);
  return dex_future_new_take_boxed (G_TYPE_BYTES, g_bytes_ref (g_hash_table_lookup (load->contents, "")));
}

static DexFuture *
start_large (BaruaEngine       *self,
             const char        *name,
             DexFiberFunc       func,
             gint64             id,
             const char        *section,
             BaruaLoadFlags     flags,
             BaruaProgressFunc  progress,
             gpointer           user_data,
             GDestroyNotify     destroy,
             GCancellable      *cancellable)
{
  DexFuture *refused = NULL;
  Load *load;

  if (!barua_engine_check_running (self, FALSE, &refused))
    {
      if (destroy != NULL)
        destroy (user_data);
      return refused;
    }
  load = load_new (self, id, flags, cancellable);
  load->section = g_strdup (section);
  load->progress = progress;
  load->user_data = user_data;
  load->destroy = destroy;
  return barua_fiber_start (name, func, load, load_unref);
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
  return start_large (self, "load part", load_part_fiber, id, section, flags, progress, user_data, destroy, cancellable);
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
  return start_large (self, "load source", load_source_fiber, id, "", flags, progress, user_data, destroy, cancellable);
}

/* For the other pieces --------------------------------------------------------------------------------------------------------------------- */

BaruaStoreMessage *
barua_engine_load_stored (BaruaEngine *self,
                          gint64       id,
                          GError     **error)
{
  Load *load = load_new (self, id, BARUA_LOAD_CACHE_ONLY, NULL);
  BaruaStoreMessage *message = NULL;

  load->section = g_strdup ("none");
  if (read_from_store (load, read_message, error))
    message = g_steal_pointer (&load->message);
  load_unref (load);
  return message;
}
