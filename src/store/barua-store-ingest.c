/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-limits.h"
#include "barua-store-message.h"
#include "barua-store-private.h"

/* The hot path of a first sync: about 10 microseconds a message (tests/bench/bench-store.c). */

#define LAST_DATE ((G_GINT64_CONSTANT (1) << 40) - 1)
#define DAY       (24 * 60 * 60)

typedef struct
{
  BaruaStoreConnection *c;
  gint64                folder;
  gint64                account;
  gboolean              is_sent;     /* what is in here was written by the person */
  gboolean              any_uidless;
  BaruaIdMap            known;       /* uid -> id of those in the range of this batch; see look_up */
  gboolean              look_up;     /* too many are known: ask for each */
  BaruaIngestResult     result;
} Ingest;

const char *
barua_subject_base (const char *subject)
{
  static const char * const prefixes[] = { "re", "fw", "fwd", "aw", "wg", "sv", "vs", "antw", "ref", "tr", "bls", "trs" };
  const char *p = subject;

  for (;;)
    {
      const char *colon;
      gsize length;
      gboolean skipped = FALSE;

      while (*p == ' ')
        p++;
      if (*p == '[')
        {
          const char *end = strchr (p, ']');

          if (end != NULL && end[1] != '\0')
            {
              p = end + 1;
              continue;
            }
        }
      colon = strchr (p, ':');
      length = colon != NULL ? (gsize)(colon - p) : 0;
      for (guint i = 0; i < G_N_ELEMENTS (prefixes) && length > 0 && length < 5; i++)
        if (strlen (prefixes[i]) == length && g_ascii_strncasecmp (p, prefixes[i], length) == 0)
          skipped = TRUE;
      if (!skipped)
        return p;
      p = colon + 1;
    }
}

/* What the list sorts by: the Date field, unless it is missing or lies in the future of the message's arrival. */
static gint64
list_date (const BaruaIngest *item)
{
  gint64 date = item->envelope->date;

  if (date == G_MININT64 || date <= 0 || (item->internal_date > 0 && date > item->internal_date + DAY))
    date = item->internal_date;
  return CLAMP (date, 0, LAST_DATE);
}

static guint32
content_hash (BaruaStoreConnection *c,
              const BaruaEnvelope  *envelope)
{
  const char *subject = barua_subject_base (envelope->subject);
  BaruaHashKey key = { c->hash_key.k0, c->hash_key.k1 ^ (guint64)envelope->date };
  guint32 hash = (guint32)barua_hash (&key, subject, strlen (subject)) & 0x7FFFFFFF;

  return hash != 0 ? hash : 1;
}

static gboolean
intern_list (Ingest           *self,
             GPtrArray        *list,
             BaruaPersonKind   kind,
             gint64            date,
             guint            *n,
             GError          **error)
{
  BaruaStoreConnection *c = self->c;

  for (guint i = 0; list != NULL && i < list->len && *n < BARUA_LIMIT_STORE_PEOPLE; i++)
    {
      gint64 correspondent;
      gint64 address;
      gboolean is_own;

      if (!barua_store_person_intern (c, g_ptr_array_index (list, i), &correspondent, &address, &is_own, error))
        return FALSE;
      if (correspondent == 0)
        continue;
      barua_people_append (c->writer->people_bytes, correspondent, kind);
      (*n)++;
      /* Only what was sent tells whom the person writes to: a draft may never go, and who forges the person's address as the
       * sender would make anybody known. */
      if (self->is_sent && !is_own && (kind == PERSON_TO || kind == PERSON_CC))
        g_array_append_vals (c->writer->own.seen, &(BaruaAddressDelta){ address, date, 0, 1 }, 1);
    }
  return TRUE;
}

static gboolean
intern_people (Ingest               *self,
               const BaruaEnvelope  *envelope,
               gint64                date,
               gint64               *sender,
               GError              **error)
{
  BaruaStoreConnection *c = self->c;
  gboolean from_me = self->is_sent;
  gint64 address = 0;
  guint n = 0;

  *sender = 0;
  date = MAX (date, 1);
  if (envelope->from != NULL && envelope->from->len > 0)
    {
      gboolean is_own;

      if (!barua_store_person_intern (c, g_ptr_array_index (envelope->from, 0), sender, &address, &is_own, error))
        return FALSE;
      from_me |= is_own;
    }
  if (address != 0 && !from_me)
    g_array_append_vals (c->writer->own.seen, &(BaruaAddressDelta){ address, date, 1, 0 }, 1);
  g_byte_array_set_size (c->writer->people_bytes, 0);
  return intern_list (self, envelope->to, PERSON_TO, date, &n, error) &&
         intern_list (self, envelope->cc, PERSON_CC, date, &n, error) &&
         intern_list (self, envelope->reply_to, PERSON_REPLY_TO, date, &n, error) &&
         intern_list (self, envelope->sender, PERSON_SENDER, date, &n, error);
}

static guint
get_traits (const BaruaEnvelope *envelope)
{
  guint traits = 0;

  if (envelope->has_attachment)
    traits |= TRAIT_ATTACHMENT;
  if (envelope->attachment_known)
    traits |= TRAIT_ATTACHMENT_KNOWN;
  if (*envelope->list_id != '\0')
    traits |= TRAIT_LIST;
  if (*envelope->auto_submitted != '\0' && g_ascii_strcasecmp (envelope->auto_submitted, "no") != 0)
    traits |= TRAIT_AUTOMATIC;
  return traits;
}

/* Ids rise and are never used again. One that would share the search row of a message 2^22 ids earlier with the same date is
 * left out (docs/decisions/0020). */
static gboolean
next_id (BaruaStoreConnection  *c,
         gint64                 date,
         gint64                *id,
         GError               **error)
{
  for (;;)
    {
      gint64 clash = 0;

      *id = c->writer->next_message++;
      for (gint64 older = *id - (1 << 22); older > 0 && clash == 0; older -= 1 << 22)
        if (!barua_store_get_number (c, DB_MAIN, &clash, 0, error, "SELECT 1 FROM message WHERE id = ?1 AND date = ?2", "ii",
                                     older, date))
          return FALSE;
      if (clash == 0)
        return TRUE;
    }
}

static gboolean
add_message (Ingest             *self,
             const BaruaIngest  *item,
             gint64             *id,
             GError            **error)
{
  BaruaStoreConnection *c = self->c;
  gint64 date = list_date (item);
  gint64 thread;
  gint64 sender;
  gboolean fresh;

  if (!next_id (c, date, id, error) || !intern_people (self, item->envelope, date, &sender, error) ||
      !barua_store_thread_find (c, self->account, item->envelope->message_id, item->envelope->references,
                                content_hash (c, item->envelope), *id, &thread, &fresh, error))
    return FALSE;
  barua_store_rows_add (c, &(BaruaStoreRow){
    .item = item,
    .folder = self->folder,
    .id = *id,
    .date = date,
    .thread = thread,
    .sender = sender,
    .traits = get_traits (item->envelope),
  });
  if (item->keywords != NULL && item->keywords[0] != NULL &&
      (!barua_store_rows_flush (c, error) || !barua_store_keyword_replace (c, *id, item->keywords, NULL, error)))
    return FALSE;
  barua_store_count_message (c, thread, self->folder, *id, date, 1, 0, item->flags, fresh);
  barua_store_change_row (c, BARUA_CHANGE_ADDED, *id, thread, self->folder, date);
  self->result.added++;
  return TRUE;
}

static gboolean
confirm (Ingest             *self,
         const BaruaIngest  *item,
         gint64              id,
         GError            **error)
{
  gboolean changed;

  return barua_store_message_set_flags (self->c, id, item->flags, (BaruaFlags)~0u, item->modseq, &changed, error) &&
         barua_store_keyword_replace (self->c, id, item->keywords, &changed, error);
}

/* A row without UID that is this message, when there is exactly one. */
static gboolean
find_uidless (Ingest             *self,
              const BaruaIngest  *item,
              gint64             *id,
              GError            **error)
{
  gboolean by_remote = item->remote_id != NULL && *item->remote_id != '\0';
  int n = 0;

  *id = 0;
  for (int pass = by_remote ? 0 : 1; pass < 2 && n == 0; pass++)
    {
      g_autoptr (BaruaStatement) s = pass == 0 ?
        barua_store_query (self->c, DB_MAIN, error,
          "SELECT id FROM message WHERE server_folder = ?1 AND uid IS NULL AND remote_id = ?2 LIMIT 2", "is", self->folder,
          item->remote_id) :
        barua_store_query (self->c, DB_MAIN, error,
          "SELECT id FROM message WHERE server_folder = ?1 AND uid IS NULL AND message_id = ?2 AND date = ?3 AND size = ?4"
          " LIMIT 2", "isii", self->folder, item->envelope->message_id, list_date (item),
          (gint64)MIN (item->size, (guint64)G_MAXINT64));
      int rc;

      if (s == NULL)
        return FALSE;
      while ((rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
        {
          *id = sqlite3_column_int64 (s, 0);
          n++;
        }
      if (rc == 0)
        return FALSE;
    }
  if (n != 1)
    *id = 0;
  return TRUE;
}

static gboolean
adopt (Ingest             *self,
       const BaruaIngest  *item,
       gint64             *id,
       GError            **error)
{
  if (!find_uidless (self, item, id, error))
    return FALSE;
  if (*id == 0)
    return TRUE;
  if (!barua_store_exec (self->c, DB_MAIN, error,
        "UPDATE message SET uid = ?2, internal_date = ?3, remote_id = coalesce (?4, remote_id) WHERE id = ?1", "iiis", *id,
        (gint64)item->uid, item->internal_date, item->remote_id))
    return FALSE;
  self->result.adopted++;
  return confirm (self, item, *id, error);
}

static gboolean
find_known (Ingest             *self,
            const BaruaIngest  *items,
            guint               n,
            GError            **error)
{
  guint32 low = G_MAXUINT32;
  guint32 high = 0;
  guint n_known = 0;
  int rc;

  for (guint i = 0; i < n; i++)
    {
      low = MIN (low, items[i].uid);
      high = MAX (high, items[i].uid);
    }
  barua_id_map_init (&self->known, n * 5 + 1);
  {
    g_autoptr (BaruaStatement) s = barua_store_query (self->c, DB_MAIN, error,
      "SELECT uid, id FROM message WHERE server_folder = ?1 AND uid BETWEEN ?2 AND ?3 LIMIT ?4", "iiii", self->folder,
      (gint64)low, (gint64)high, (gint64)n * 4 + 1);

    if (s == NULL)
      return FALSE;
    while ((rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
      {
        barua_id_map_add (&self->known, (guint64)sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1), 0);
        n_known++;
      }
    if (rc == 0)
      return FALSE;
  }
  self->look_up = n_known > n * 4;
  return TRUE;
}

static gboolean
ingest_one (Ingest             *self,
            const BaruaIngest  *item,
            gint64             *id,
            GError            **error)
{
  const BaruaIdMapEntry *known = barua_id_map_find (&self->known, item->uid);

  *id = known != NULL ? known->value : 0;
  /* What is asked below must see the rows before. */
  if ((known != NULL || self->look_up || self->any_uidless) && !barua_store_rows_flush (self->c, error))
    return FALSE;
  if (known == NULL && self->look_up)
    {
      GError *local = NULL;

      *id = barua_store_message_find_uid (self->c, self->folder, item->uid, &local);
      if (local != NULL)
        {
          g_propagate_error (error, local);
          return FALSE;
        }
    }
  if (*id != 0)
    {
      self->result.known++;
      return confirm (self, item, *id, error);
    }
  if (self->any_uidless && !adopt (self, item, id, error))
    return FALSE;
  if (*id == 0 && !add_message (self, item, id, error))
    return FALSE;
  /* The same UID twice in one batch: the second one finds the first. */
  barua_id_map_add (&self->known, item->uid, *id, 0);
  return TRUE;
}

static gboolean
load_folder (Ingest  *self,
             GError **error)
{
  gint64 uidless = 0;
  g_autoptr (BaruaStatement) s = barua_store_query (self->c, DB_MAIN, error,
    "SELECT account, CASE WHEN role_override >= 0 THEN role_override ELSE role END FROM folder WHERE id = ?1", "i",
    self->folder);
  int rc = s != NULL ? barua_store_step (self->c, s, error) : 0;

  if (rc == 0)
    return FALSE;
  if (rc == SQLITE_DONE)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no folder %" G_GINT64_FORMAT, self->folder);
      return FALSE;
    }
  self->account = sqlite3_column_int64 (s, 0);
  self->is_sent = sqlite3_column_int64 (s, 1) == BARUA_ROLE_SENT;
  if (!barua_store_get_number (self->c, DB_MAIN, &uidless, 0, error,
                               "SELECT 1 FROM message WHERE server_folder = ?1 AND uid IS NULL LIMIT 1", "i", self->folder))
    return FALSE;
  self->any_uidless = uidless != 0;
  return TRUE;
}

gboolean
barua_store_message_ingest (BaruaStoreConnection  *c,
                            gint64                 folder,
                            const BaruaIngest     *items,
                            guint                  n,
                            gint64                *ids,
                            BaruaIngestResult     *result,
                            GError               **error)
{
  Ingest self = { .c = c, .folder = folder };
  gboolean ok = load_folder (&self, error) && (n == 0 || find_known (&self, items, n, error));

  for (guint i = 0; i < n && ok; i++)
    {
      gint64 id = 0;

      if (items[i].uid == 0)
        {
          g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "a message without UID");
          ok = FALSE;
          break;
        }
      ok = ingest_one (&self, &items[i], &id, error);
      if (ids != NULL)
        ids[i] = id;
    }
  ok = ok && barua_store_rows_flush (c, error);
  barua_store_rows_clear (c->writer);
  barua_id_map_clear (&self.known);
  if (ok && result != NULL)
    *result = self.result;
  return ok;
}
