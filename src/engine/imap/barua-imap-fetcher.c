/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-fiber.h"
#include "barua-imap-collector.h"
#include "barua-imap-structure.h"
#include "barua-limits.h"
#include "barua-store-message.h"
#include "barua-store-part.h"

/* What the person looks at, and what is fetched beforehand: part lists, sections, whole messages. */

typedef struct
{
  BaruaImapBackend     *backend;
  BaruaScope           *scope;
  gint64                folder;
  BaruaIdSet           *uids;
  guint32               uid;
  char                **sections;
  guint64               size_guess;
  BaruaImapLease        lease;
  BaruaBacklog         *backlog;
  BaruaSectionFunc      func;
  BaruaBackendProgress  progress;
  gpointer              user_data;
  GDestroyNotify        destroy;
  GPtrArray            *chunks;   /* GBytes of a large fetch */
  GHashTable           *parts;    /* uid -> how many of its sections came, of those that are not complete */
  BaruaIdSet           *complete;
  guint                 refusals;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  if (fetch->destroy != NULL)
    fetch->destroy (fetch->user_data);
  g_object_unref (fetch->backend);
  barua_scope_unref (fetch->scope);
  g_clear_pointer (&fetch->uids, barua_id_set_unref);
  g_clear_pointer (&fetch->backlog, barua_backlog_unref);
  g_clear_pointer (&fetch->chunks, g_ptr_array_unref);
  g_clear_pointer (&fetch->parts, g_hash_table_unref);
  g_clear_pointer (&fetch->complete, barua_id_set_unref);
  g_strfreev (fetch->sections);
  g_free (fetch);
}

static Fetch *
fetch_new (BaruaBackend *backend,
           gint64        folder,
           BaruaUrgency  urgency,
           BaruaScope   *scope)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->backend = g_object_ref (BARUA_IMAP_BACKEND (backend));
  fetch->scope = barua_scope_new (scope != NULL ? scope : fetch->backend->scope);
  fetch->folder = folder;
  fetch->lease = urgency == BARUA_URGENCY_WAITED ? BARUA_IMAP_LEASE_WORK : BARUA_IMAP_LEASE_BACKGROUND;
  return fetch;
}

/* What was refused is known to the next run too. */
static void
end_session (Fetch            *fetch,
             BaruaImapSession *session)
{
  if (barua_poison_changed (fetch->backend->poison))
    barua_imap_backend_save_settings (fetch->backend);
  barua_imap_backend_give_back (fetch->backend, session);
}

/* In a fiber: a session with the folder selected. */
static BaruaImapSession *
open_session (Fetch   *fetch,
              GError **error)
{
  BaruaImapBackend *self = fetch->backend;
  g_autofree char *mailbox = NULL;
  BaruaStoreFolder *folder;
  BaruaImapSession *session;

  if (!barua_imap_backend_load_folders (self, error))
    return NULL;
  folder = barua_imap_backend_get_folder (self, fetch->folder);
  if (folder == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "the message is in no folder of the server");
      return NULL;
    }
  mailbox = g_strdup (folder->name);
  session = barua_imap_backend_lease (self, fetch->lease, mailbox, fetch->scope, error);
  if (session == NULL)
    return NULL;
  if (barua_imap_backend_select (self, session, mailbox, fetch->scope, error))
    return session;
  barua_imap_backend_give_back (self, session);
  return NULL;
}

static gboolean
run_fetch (Fetch                       *fetch,
           BaruaImapSession            *session,
           BaruaIdSet                  *uids,
           const BaruaImapFetchRequest *request,
           const BaruaImapHandler      *handler,
           gpointer                     data,
           GDestroyNotify               destroy,
           GError                     **error)
{
  g_autoptr(BaruaImapResult) result = NULL;
  GPtrArray *commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (session), BARUA_IMAP_UIDS (uids),
                                                   request, error);

  if (commands == NULL)
    {
      if (destroy != NULL)
        destroy (data);
      return FALSE;
    }
  result = dex_await_boxed (barua_imap_session_run_all (session, commands, BARUA_IMAP_RUN_DEFAULT, handler, data, destroy,
                                                        fetch->scope), error);
  return result != NULL;
}

/* Part lists ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gint64      folder;
  GArray     *uids;    /* guint32 */
  GPtrArray  *lists;   /* GPtrArray of BaruaPart */
  BaruaIdSet *damaged; /* main thread only */
} Structures;

static void
structures_clear (gpointer data)
{
  Structures *found = data;

  g_array_unref (found->uids);
  g_ptr_array_unref (found->lists);
  barua_id_set_unref (found->damaged);
}

static void
structures_unref (gpointer found)
{
  g_atomic_rc_box_release_full (found, structures_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Structures, structures_unref)

static Structures *
structures_new (gint64 folder)
{
  Structures *found = g_atomic_rc_box_new0 (Structures);

  found->folder = folder;
  found->uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  found->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  found->damaged = barua_id_set_new ();
  return found;
}

static void
structures_data (BaruaImapSession        *session,
                 const BaruaImapResponse *response,
                 guint32                  uid,
                 gpointer                 data)
{
  Structures *found = data;
  GPtrArray *parts = NULL;

  if (response->kind != BARUA_IMAP_RESPONSE_FETCH || uid == 0 ||
      !((response->fetch.present | response->fetch.damaged) & BARUA_IMAP_ITEM_BODYSTRUCTURE))
    return;
  if (response->fetch.present & BARUA_IMAP_ITEM_BODYSTRUCTURE && response->fetch.body_structure != NULL)
    parts = barua_imap_structure_decode (response->fetch.body_structure, NULL);
  if (parts == NULL || parts->len == 0)
    {
      g_clear_pointer (&parts, g_ptr_array_unref);
      barua_id_set_add (found->damaged, uid);
      return;
    }
  g_array_append_val (found->uids, uid);
  g_ptr_array_add (found->lists, parts);
}

static gboolean
save_structures (BaruaStoreConnection *c,
                 gpointer              data,
                 GError              **error)
{
  Structures *found = data;

  for (guint i = 0; i < found->uids->len; i++)
    {
      gint64 id = barua_store_message_find_uid (c, found->folder, g_array_index (found->uids, guint32, i), error);

      if (id == 0 && error != NULL && *error != NULL)
        return FALSE;
      if (id != 0 && !barua_store_part_save (c, id, g_ptr_array_index (found->lists, i), error))
        return FALSE;
    }
  return TRUE;
}

/* A message whose structure can't be had is one part: all of it, as it stands. Reading it will show what it is. */
static void
add_whole (Structures *found,
           guint32     uid)
{
  GPtrArray *parts = barua_part_list_new ();
  BaruaPart *part = barua_part_new ();

  part->kind = BARUA_PART_MULTIPART;
  g_set_str (&part->type, "multipart/mixed");
  g_set_str (&part->section, "");
  g_ptr_array_add (parts, part);
  g_array_append_val (found->uids, uid);
  g_ptr_array_add (found->lists, parts);
}

static gboolean
fetch_structures (Fetch            *fetch,
                  BaruaImapSession *session,
                  BaruaIdSet       *uids,
                  GError          **error)
{
  const BaruaImapHandler handler = { structures_data, NULL };
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_BODYSTRUCTURE };
  g_autoptr(Structures) found = structures_new (fetch->folder);
  g_autoptr(GError) failure = NULL;
  const BaruaIdRange *ranges;

  if (!run_fetch (fetch, session, uids, &request, &handler, g_atomic_rc_box_acquire (found), structures_unref, &failure))
    {
      if (barua_imap_session_get_state (session) != BARUA_IMAP_STATE_SELECTED ||
          barua_error_get_policy (failure) == BARUA_POLICY_QUIET)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      /* One message of these made the server refuse: the ones that did not come are taken whole, when they are looked at. */
      if (barua_id_set_get_count (uids) == 1)
        barua_id_set_add_set (found->damaged, uids);
    }
  ranges = barua_id_set_get_ranges (found->damaged);
  for (guint i = 0; i < barua_id_set_get_n_ranges (found->damaged); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      add_whole (found, uid);
  if (failure != NULL && barua_id_set_get_count (uids) > 1)
    {
      g_autoptr(BaruaIdSet) left = barua_id_set_copy (uids);

      for (guint i = 0; i < found->uids->len; i++)
        barua_id_set_remove_range (left, g_array_index (found->uids, guint32, i), g_array_index (found->uids, guint32, i));
      if (!dex_await (barua_engine_write (fetch->backend->store, BARUA_STORE_BATCH, "parts", save_structures,
                                          g_atomic_rc_box_acquire (found), structures_unref), error))
        return FALSE;
      while (!barua_id_set_is_empty (left))
        {
          g_autoptr(BaruaIdSet) one = barua_id_set_take_newest (left, 1);

          if (barua_poison_try (fetch->backend->poison, BARUA_POISON_PARTS, fetch->folder, barua_id_set_get_first (one)) &&
              !fetch_structures (fetch, session, one, error))
            return FALSE;
        }
      return TRUE;
    }
  if (found->uids->len == 0)
    return TRUE;
  return dex_await (barua_engine_write (fetch->backend->store, BARUA_STORE_BATCH, "parts", save_structures,
                                        g_atomic_rc_box_acquire (found), structures_unref), error);
}

static DexFuture *
parts_fiber (gpointer data)
{
  Fetch *fetch = data;
  GError *error = NULL;
  BaruaImapSession *session = open_session (fetch, &error);
  gboolean ok;

  if (session == NULL)
    return dex_future_new_for_error (error);
  ok = fetch_structures (fetch, session, fetch->uids, &error);
  end_session (fetch, session);
  return ok ? dex_future_new_true () : dex_future_new_for_error (error);
}

DexFuture *
barua_imap_backend_fetch_parts (BaruaBackend *backend,
                                gint64        folder,
                                BaruaIdSet   *uids,
                                BaruaUrgency  urgency,
                                BaruaScope   *scope)
{
  Fetch *fetch = fetch_new (backend, folder, urgency, scope);

  fetch->uids = barua_id_set_ref (uids);
  return barua_fiber_start ("fetch parts", parts_fiber, fetch, fetch_free);
}

/* Sections --------------------------------------------------------------------------------------------------------------------- */

static void
take_section (guint32     uid,
              const char *section,
              GBytes     *content,
              gpointer    data)
{
  Fetch *fetch = data;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (fetch->parts, GUINT_TO_POINTER (uid))) + 1;

  if (n < g_strv_length (fetch->sections))
    g_hash_table_replace (fetch->parts, GUINT_TO_POINTER (uid), GUINT_TO_POINTER (n));
  else
    {
      g_hash_table_remove (fetch->parts, GUINT_TO_POINTER (uid));
      barua_id_set_add (fetch->complete, uid);
    }
  fetch->func (uid, section, content, fetch->user_data);
}

static gboolean
ask_for_sections (Fetch            *fetch,
                  BaruaImapSession *session,
                  BaruaIdSet       *uids,
                  GError          **error)
{
  guint n = g_strv_length (fetch->sections);
  g_autofree BaruaImapFetchSection *sections = g_new0 (BaruaImapFetchSection, n + 1);
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID, .sections = sections, .n_sections = n };
  BaruaImapCollector *collector = barua_imap_collector_new (uids, (const char *const *) fetch->sections,
                                                            BARUA_LIMIT_MESSAGE_BYTES, take_section, fetch);
  gboolean ok;

  for (guint i = 0; i < n; i++)
    barua_imap_section_fill (&sections[i], fetch->sections[i]);
  ok = run_fetch (fetch, session, uids, &request, &barua_imap_collector_handler, collector,
                  barua_imap_collector_unref, error);
  for (guint i = 0; i < n; i++)
    barua_imap_section_clear (&sections[i]);
  return ok;
}

/* What was asked for and did not come. */
static BaruaIdSet *
get_left (Fetch      *fetch,
          BaruaIdSet *uids)
{
  BaruaIdSet *left = barua_id_set_copy (uids);
  const BaruaIdRange *ranges = barua_id_set_get_ranges (fetch->complete);

  for (guint i = 0; i < barua_id_set_get_n_ranges (fetch->complete); i++)
    barua_id_set_remove_range (left, ranges[i].first, ranges[i].last);
  return left;
}

/* The server does not give this message: noted, and the others go on. */
static void
pass_over (Fetch        *fetch,
           guint32       uid,
           const GError *why)
{
  g_info ("UID %u is passed over: %s", uid, why != NULL ? why->message : "it was refused before");
  fetch->func (uid, NULL, NULL, fetch->user_data);
}

/* One bad message makes many a server refuse the whole command: the range is halved until that one is alone. */
static gboolean
fetch_sections (Fetch            *fetch,
                BaruaImapSession *session,
                BaruaIdSet       *uids,
                GError          **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(BaruaIdSet) left = NULL;
  g_autoptr(BaruaIdSet) newer = NULL;

  if (barua_id_set_is_empty (uids) || ask_for_sections (fetch, session, uids, &failure))
    return TRUE;
  if (barua_imap_session_get_state (session) != BARUA_IMAP_STATE_SELECTED ||
      barua_error_get_policy (failure) == BARUA_POLICY_QUIET || fetch->lease == BARUA_IMAP_LEASE_WORK ||
      ++fetch->refusals > BARUA_FETCH_REFUSALS)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  left = get_left (fetch, uids);
  if (barua_id_set_get_count (uids) == 1 && !barua_id_set_is_empty (left))
    {
      barua_poison_try (fetch->backend->poison, BARUA_POISON_BODY, fetch->folder, barua_id_set_get_first (uids));
      pass_over (fetch, barua_id_set_get_first (uids), failure);
      return TRUE;
    }
  newer = barua_id_set_take_newest (left, (barua_id_set_get_count (left) + 1) / 2);
  return fetch_sections (fetch, session, newer, error) && fetch_sections (fetch, session, left, error);
}

/* Without what was refused often enough for today. */
static BaruaIdSet *
leave_out_poison (Fetch *fetch)
{
  BaruaIdSet *uids = barua_id_set_copy (fetch->uids);
  const BaruaIdRange *ranges = barua_id_set_get_ranges (fetch->uids);

  if (fetch->lease == BARUA_IMAP_LEASE_WORK)
    return uids;
  for (guint i = 0; i < barua_id_set_get_n_ranges (fetch->uids); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      if (barua_poison_is_spent (fetch->backend->poison, BARUA_POISON_BODY, fetch->folder, (guint32) uid))
        {
          barua_id_set_remove_range (uids, uid, uid);
          pass_over (fetch, (guint32) uid, NULL);
        }
  return uids;
}

/* The store is behind. */
static void
on_backlog (gboolean full,
            gpointer session)
{
  if (full)
    barua_imap_session_pause (session);
  else
    barua_imap_session_resume (session);
}

static DexFuture *
sections_fiber (gpointer data)
{
  Fetch *fetch = data;
  GError *error = NULL;
  BaruaImapSession *session = open_session (fetch, &error);
  g_autoptr(BaruaIdSet) uids = NULL;
  gboolean ok;

  if (session == NULL)
    return dex_future_new_for_error (error);
  if (fetch->backlog != NULL)
    barua_backlog_set_func (fetch->backlog, on_backlog, session);
  fetch->parts = g_hash_table_new (NULL, NULL);
  fetch->complete = barua_id_set_new ();
  uids = leave_out_poison (fetch);
  ok = fetch_sections (fetch, session, uids, &error);
  if (fetch->backlog != NULL)
    barua_backlog_set_func (fetch->backlog, NULL, NULL);
  end_session (fetch, session);
  return ok ? dex_future_new_true () : dex_future_new_for_error (error);
}

DexFuture *
barua_imap_backend_fetch_sections (BaruaBackend      *backend,
                                   gint64             folder,
                                   BaruaIdSet        *uids,
                                   const char *const *sections,
                                   BaruaUrgency       urgency,
                                   BaruaBacklog      *backlog,
                                   BaruaSectionFunc   func,
                                   gpointer           user_data,
                                   GDestroyNotify     destroy,
                                   BaruaScope        *scope)
{
  Fetch *fetch = fetch_new (backend, folder, urgency, scope);

  fetch->uids = barua_id_set_ref (uids);
  fetch->sections = g_strdupv ((char **) sections);
  fetch->backlog = backlog != NULL ? barua_backlog_ref (backlog) : NULL;
  fetch->func = func;
  fetch->user_data = user_data;
  fetch->destroy = destroy;
  return barua_fiber_start ("fetch sections", sections_fiber, fetch, fetch_free);
}

/* Large ones -------------------------------------------------------------------------------------------------------------------- */

static void
take_chunk (guint32     uid,
            const char *section,
            GBytes     *content,
            gpointer    data)
{
  GPtrArray *chunks = data;

  g_ptr_array_add (chunks, g_bytes_ref (content));
}

static void
chunk_unref (gpointer bytes)
{
  g_bytes_unref (bytes);
}

/* In pieces, so that a cancelled download ends with the piece under way, and whatever RFC822.SIZE said: until one comes short
 * or empty (PROTOCOLS 2.2, 6). */
static GBytes *
fetch_pieces (Fetch            *fetch,
              BaruaImapSession *session,
              GError          **error)
{
  g_autoptr(GByteArray) all = g_byte_array_new ();
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  gboolean came = FALSE;

  barua_id_set_add (uids, fetch->uid);
  while (TRUE)
    {
      g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func (chunk_unref);
      BaruaImapFetchSection section;
      const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID, .sections = &section, .n_sections = 1 };
      BaruaImapCollector *collector;
      gsize length = 0;
      const void *bytes = NULL;
      gboolean ok;

      barua_imap_section_fill (&section, fetch->sections[0]);
      section.origin = all->len;
      section.count = BARUA_FETCH_CHUNK_BYTES;
      collector = barua_imap_collector_new (uids, (const char *const *) fetch->sections, 2 * BARUA_FETCH_CHUNK_BYTES,
                                            take_chunk, chunks);
      ok = run_fetch (fetch, session, uids, &request, &barua_imap_collector_handler, collector,
                      barua_imap_collector_unref, error);
      barua_imap_section_clear (&section);
      if (!ok)
        return NULL;
      if (chunks->len > 0)
        bytes = g_bytes_get_data (g_ptr_array_index (chunks, 0), &length);
      came |= chunks->len > 0;
      if (all->len + length > BARUA_LIMIT_MESSAGE_BYTES)
        {
          g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "the part is larger than Barua takes");
          return NULL;
        }
      if (length > 0)
        g_byte_array_append (all, bytes, length);
      if (fetch->progress != NULL)
        fetch->progress (all->len, MAX (fetch->size_guess, all->len), fetch->user_data);
      if (length < BARUA_FETCH_CHUNK_BYTES)
        break;
    }
  if (!came)
    {
      /* NIL, or nothing at all: not an empty part, and not to be kept as one. */
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "the server does not give this part");
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

static DexFuture *
large_fiber (gpointer data)
{
  Fetch *fetch = data;
  GError *error = NULL;
  BaruaImapSession *session = open_session (fetch, &error);
  GBytes *bytes;

  if (session == NULL)
    return dex_future_new_for_error (error);
  bytes = fetch_pieces (fetch, session, &error);
  barua_imap_backend_give_back (fetch->backend, session);
  if (bytes == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (G_TYPE_BYTES, bytes);
}

DexFuture *
barua_imap_backend_fetch_large (BaruaBackend         *backend,
                                gint64                folder,
                                guint32               uid,
                                const char           *section,
                                guint64               size_guess,
                                BaruaBackendProgress  progress,
                                gpointer              user_data,
                                GDestroyNotify        destroy,
                                BaruaScope           *scope)
{
  const char *sections[] = { section, NULL };
  Fetch *fetch = fetch_new (backend, folder, BARUA_URGENCY_WAITED, scope);

  fetch->uid = uid;
  fetch->sections = g_strdupv ((char **) sections);
  fetch->size_guess = size_guess;
  fetch->progress = progress;
  fetch->user_data = user_data;
  fetch->destroy = destroy;
  return barua_fiber_start ("fetch large", large_fiber, fetch, fetch_free);
}

/* All messages, for comparing ------------------------------------------------------------------------------------------------------ */

static void
list_data (BaruaImapSession        *session,
           const BaruaImapResponse *response,
           guint32                  uid,
           gpointer                 data)
{
  GArray *messages = data;
  BaruaServerMessage message;

  if (response->kind != BARUA_IMAP_RESPONSE_FETCH || uid == 0 || !(response->fetch.present & BARUA_IMAP_ITEM_FLAGS))
    return;
  message.uid = uid;
  message.flags = response->fetch.flags;
  g_array_append_val (messages, message);
}

static int
compare_messages (gconstpointer a,
                  gconstpointer b)
{
  const BaruaServerMessage *one = a;
  const BaruaServerMessage *two = b;

  return one->uid < two->uid ? -1 : one->uid > two->uid;
}

static void
array_unref (gpointer array)
{
  g_array_unref (array);
}

static DexFuture *
list_fiber (gpointer data)
{
  const BaruaImapHandler handler = { list_data, NULL };
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };
  Fetch *fetch = data;
  GError *error = NULL;
  BaruaImapSession *session = open_session (fetch, &error);
  g_autoptr(GArray) messages = g_array_new (FALSE, FALSE, sizeof (BaruaServerMessage));
  g_autoptr(BaruaIdSet) all = barua_id_set_new ();
  gboolean ok = TRUE;

  if (session == NULL)
    return dex_future_new_for_error (error);
  barua_id_set_add_range (all, 1, G_MAXUINT32);
  if (barua_imap_session_get_exists (session) > 0)
    ok = run_fetch (fetch, session, all, &request, &handler, g_array_ref (messages), array_unref, &error);
  barua_imap_backend_give_back (fetch->backend, session);
  if (!ok)
    return dex_future_new_for_error (error);
  g_array_sort (messages, compare_messages);
  return dex_future_new_take_boxed (G_TYPE_ARRAY, g_steal_pointer (&messages));
}

DexFuture *
barua_imap_backend_list_messages (BaruaBackend *backend,
                                  gint64        folder,
                                  BaruaScope   *scope)
{
  return barua_fiber_start ("list messages", list_fiber, fetch_new (backend, folder, BARUA_URGENCY_WAITED, scope),
                            fetch_free);
}
