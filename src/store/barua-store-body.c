/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-body.h"

#include <string.h>
#include <zstd.h>

#include "barua-limits.h"
#include "barua-store-private.h"

#define TIGHT_LEVEL 9
/* Nothing is gained below this. */
#define SMALLEST    128u

static gboolean
is_packed_type (const char *type)
{
  static const char * const prefixes[] = {
    "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/avif", "audio/", "video/",
    "application/zip", "application/gzip", "application/x-gzip", "application/x-7z", "application/x-rar",
    "application/x-xz", "application/x-bzip", "application/zstd", "application/pdf", "application/epub",
    "application/vnd.openxmlformats", "application/vnd.oasis", "application/java-archive", "multipart/encrypted",
    "application/pgp-encrypted", "application/pkcs7-mime",
  };

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_ascii_strncasecmp (type, prefixes[i], strlen (prefixes[i])) == 0)
      return TRUE;
  return FALSE;
}

static void
free_coder (gpointer coder)
{
  ZSTD_freeCCtx (coder);
}

/* One for each thread that compresses: making one takes longer than coding a short message. */
static ZSTD_CCtx *
get_coder (void)
{
  static GPrivate coders = G_PRIVATE_INIT (free_coder);
  ZSTD_CCtx *coder = g_private_get (&coders);

  if (coder == NULL)
    {
      coder = ZSTD_createCCtx ();
      g_private_set (&coders, coder);
    }
  return coder;
}

/* NULL where it does not shrink by a tenth. */
static GBytes *
compress (GBytes *content,
          int     level)
{
  gsize length;
  const void *data = g_bytes_get_data (content, &length);
  gsize bound = ZSTD_compressBound (length);
  g_autofree void *packed = g_try_malloc (bound);
  ZSTD_CCtx *coder = get_coder ();
  gsize n;

  if (packed == NULL || coder == NULL)
    return NULL;
  n = ZSTD_compressCCtx (coder, packed, bound, data, length, level);
  if (ZSTD_isError (n) || n > length - length / 10)
    return NULL;
  return g_bytes_new (packed, n);
}

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
add_total (BaruaStoreConnection  *c,
           gint64                 bytes,
           GError               **error)
{
  return barua_store_exec (c, DB_CACHE, error, "UPDATE meta SET value = value + ?1 WHERE key = 'bytes'", "i", bytes);
}

static gboolean
add_usage (BaruaStoreConnection  *c,
           gint64                 body,
           gint64                 bytes,
           GError               **error)
{
  return bytes == 0 ||
         (barua_store_exec (c, DB_CACHE, error, "UPDATE body SET bytes = bytes + ?2 WHERE id = ?1", "ii", body, bytes) &&
          add_total (c, bytes, error));
}

/* FALSE with @error set, or without where the message is gone. */
static gboolean
find_body (BaruaStoreConnection  *c,
           gint64                 message,
           gint64                *body,
           GError               **error)
{
  GError *local = NULL;

  *body = barua_store_message_get_body (c, message, &local);
  if (local != NULL)
    g_propagate_error (error, local);
  return *body != 0;
}

gboolean
barua_store_body_save (BaruaStoreConnection  *c,
                       gint64                 message,
                       const char            *section,
                       const char            *type,
                       GBytes                *content,
                       BaruaBodyCoding        coding,
                       GError               **error)
{
  g_autoptr (GBytes) packed = NULL;
  GBytes *stored = content;
  gsize length = g_bytes_get_size (content);
  gboolean packable = length >= SMALLEST && !is_packed_type (type);
  GError *local = NULL;
  gint64 body;
  gint64 old = 0;
  gint64 stored_length;
  gboolean is_new;

  if (length > BARUA_LIMIT_MESSAGE_BYTES)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "a part of %" G_GSIZE_FORMAT " bytes", length);
      return FALSE;
    }
  if (!find_body (c, message, &body, &local))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return local == NULL;
    }
  if (packable && coding != BARUA_BODY_RAW)
    packed = compress (content, coding == BARUA_BODY_FAST ? 1 : TIGHT_LEVEL);
  if (packed != NULL)
    stored = packed;
  else if (coding != BARUA_BODY_RAW)
    packable = FALSE;
  if (packed == NULL)
    coding = BARUA_BODY_RAW;

  stored_length = (gint64)g_bytes_get_size (stored);
  if (!barua_store_begin_cache (c, error) ||
      !barua_store_exec (c, DB_CACHE, error, "INSERT INTO body VALUES (?1, ?3, ?2, 0) ON CONFLICT DO NOTHING", "iii", body,
                         now_seconds (), stored_length))
    return FALSE;
  /* A new body has no sections to look for. */
  is_new = sqlite3_changes64 (c->db[DB_CACHE]) > 0;
  return (is_new || barua_store_get_number (c, DB_CACHE, &old, 0, error,
           "SELECT length (content) FROM section WHERE body = ?1 AND name = ?2", "is", body, section)) &&
         barua_store_exec (c, DB_CACHE, error,
           "INSERT INTO section (body, name, coding, packable, size, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
           " ON CONFLICT (body, name) DO UPDATE SET coding = ?3, packable = ?4, size = ?5, content = ?6", "isiiib", body,
           section, (gint64)coding, (gint64)(packable && coding != BARUA_BODY_TIGHT), (gint64)length,
           g_bytes_get_size (stored) > 0 ? g_bytes_get_data (stored, NULL) : "", g_bytes_get_size (stored)) &&
         (is_new ? add_total (c, stored_length, error) : add_usage (c, body, stored_length - old, error));
}

gboolean
barua_store_body_set_here (BaruaStoreConnection  *c,
                           gint64                 message,
                           gboolean               here,
                           GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error,
           here ? "UPDATE message SET traits = traits | ?2 WHERE id = ?1" :
                  "UPDATE message SET traits = traits & ~?2 WHERE id = ?1", "ii", message, (gint64)TRAIT_BODY_HERE) &&
         barua_store_touch_row (c, message, error);
}

static void
free_decoder (gpointer decoder)
{
  ZSTD_freeDCtx (decoder);
}

static ZSTD_DCtx *
get_decoder (void)
{
  static GPrivate decoders = G_PRIVATE_INIT (free_decoder);
  ZSTD_DCtx *decoder = g_private_get (&decoders);

  if (decoder == NULL)
    {
      decoder = ZSTD_createDCtx ();
      g_private_set (&decoders, decoder);
    }
  return decoder;
}

static GBytes *
decode (BaruaStatement *s)
{
  gint64 coding = sqlite3_column_int64 (s, 0);
  gint64 size = sqlite3_column_int64 (s, 1);
  gsize length = (gsize)sqlite3_column_bytes (s, 2);
  const void *data = sqlite3_column_blob (s, 2);
  g_autofree void *content = NULL;
  ZSTD_DCtx *decoder = get_decoder ();

  if (size < 0 || (guint64)size > BARUA_LIMIT_MESSAGE_BYTES)
    return NULL;
  if (coding == BARUA_BODY_RAW)
    return (gint64)length == size ? g_bytes_new (data, length) : NULL;
  content = g_try_malloc ((gsize)MAX (size, 1));
  if (content == NULL || decoder == NULL ||
      ZSTD_decompressDCtx (decoder, content, (gsize)size, data, length) != (gsize)size)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&content), (gsize)size);
}

GBytes *
barua_store_body_load (BaruaStoreConnection  *c,
                       gint64                 message,
                       const char            *section,
                       GError               **error)
{
  g_autoptr (BaruaStatement) s = NULL;
  gint64 body;

  if (!find_body (c, message, &body, error))
    return NULL;
  s = barua_store_query (c, DB_CACHE, error,
    "SELECT coding, size, content FROM section WHERE body = ?1 AND name = ?2", "is", body, section);
  if (s == NULL || barua_store_step (c, s, error) != SQLITE_ROW)
    return NULL;
  return decode (s);
}

char **
barua_store_body_list_sections (BaruaStoreConnection  *c,
                                gint64                 message,
                                GError               **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (BaruaStatement) s = NULL;
  GError *local = NULL;
  gint64 body;
  int rc;

  if (!find_body (c, message, &body, &local))
    {
      if (local == NULL)
        return g_strv_builder_end (builder);
      g_propagate_error (error, local);
      return NULL;
    }
  s = barua_store_query (c, DB_CACHE, error, "SELECT name FROM section WHERE body = ?1 ORDER BY name", "i", body);
  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_strv_builder_add (builder, barua_statement_text (s, 0));
  return rc != 0 ? g_strv_builder_end (builder) : NULL;
}

gboolean
barua_store_body_touch (BaruaStoreConnection  *c,
                        gint64                 message,
                        GError               **error)
{
  GError *local = NULL;
  gint64 body;

  if (!find_body (c, message, &body, &local))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return local == NULL;
    }
  return barua_store_begin_cache (c, error) &&
         barua_store_exec (c, DB_CACHE, error, "UPDATE body SET last_read = ?2 WHERE id = ?1", "ii", body, now_seconds ());
}

gboolean
barua_store_body_pin (BaruaStoreConnection  *c,
                      gint64                 message,
                      gboolean               pinned,
                      GError               **error)
{
  GError *local = NULL;
  gint64 body;

  if (!find_body (c, message, &body, &local))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return local == NULL;
    }
  return barua_store_begin_cache (c, error) &&
         barua_store_exec (c, DB_CACHE, error,
           "INSERT INTO body VALUES (?1, 0, ?3, ?2) ON CONFLICT (id) DO UPDATE SET pinned = ?2", "iii", body,
           (gint64)(pinned != FALSE), now_seconds ());
}

gboolean
barua_store_body_drop (BaruaStoreConnection  *c,
                       gint64                 body,
                       GError               **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int rc;

  if (!barua_store_begin_cache (c, error) ||
      !barua_store_exec (c, DB_CACHE, error,
        "UPDATE meta SET value = value - coalesce ((SELECT bytes FROM body WHERE id = ?1), 0) WHERE key = 'bytes'", "i",
        body) ||
      !barua_store_exec (c, DB_CACHE, error, "DELETE FROM body WHERE id = ?1", "i", body))
    return FALSE;
  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
      "SELECT id FROM message WHERE id = ?1 AND body IS NULL UNION ALL SELECT id FROM message WHERE body = ?1", "i", body);

    if (s == NULL)
      return FALSE;
    while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
      {
        gint64 id = sqlite3_column_int64 (s, 0);

        g_array_append_val (ids, id);
      }
    if (rc == 0)
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++)
    if (!barua_store_body_set_here (c, g_array_index (ids, gint64, i), FALSE, error))
      return FALSE;
  return TRUE;
}

gboolean
barua_store_body_evict (BaruaStoreConnection  *c,
                        guint64                max_bytes,
                        guint                 *n_evicted,
                        GError               **error)
{
  g_autoptr (GArray) victims = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 used;
  gint64 limit = (gint64)(max_bytes != 0 ? max_bytes : BARUA_CACHE_BYTES);
  int rc;

  *n_evicted = 0;
  if (!barua_store_get_number (c, DB_CACHE, &used, 0, error, "SELECT value FROM meta WHERE key = 'bytes'", ""))
    return FALSE;
  if (used <= limit)
    return TRUE;
  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_CACHE, error,
      "SELECT id, bytes FROM body WHERE pinned = 0 ORDER BY last_read", "");

    if (s == NULL)
      return FALSE;
    while (used > limit && victims->len < BARUA_BULK_ROWS && (rc = barua_store_step (c, s, error)) != SQLITE_DONE)
      {
        gint64 body = sqlite3_column_int64 (s, 0);
        gint64 starred = 0;

        if (rc == 0 ||
            !barua_store_get_number (c, DB_MAIN, &starred, 0, error,
              "SELECT count(*) FROM (SELECT flags, wish_mask, wish_bits FROM message WHERE id = ?1 AND body IS NULL UNION ALL"
              " SELECT flags, wish_mask, wish_bits FROM message WHERE body = ?1) WHERE ((flags & ~wish_mask) | wish_bits) & ?2",
              "ii", body, (gint64)BARUA_FLAG_FLAGGED))
          return FALSE;
        if (starred)
          continue;
        g_array_append_val (victims, body);
        used -= sqlite3_column_int64 (s, 1);
      }
  }
  for (guint i = 0; i < victims->len; i++)
    if (!barua_store_body_drop (c, g_array_index (victims, gint64, i), error))
      return FALSE;
  *n_evicted = victims->len;
  return TRUE;
}

gboolean
barua_store_body_collect (BaruaStoreConnection  *c,
                          guint                 *n_dropped,
                          GError               **error)
{
  g_autoptr (GArray) orphans = g_array_new (FALSE, FALSE, sizeof (gint64));
  int rc;

  *n_dropped = 0;
  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_CACHE, error, "SELECT id FROM body", "");

    if (s == NULL)
      return FALSE;
    while (orphans->len < BARUA_BULK_ROWS && (rc = barua_store_step (c, s, error)) != SQLITE_DONE)
      {
        gint64 body = sqlite3_column_int64 (s, 0);
        gint64 used;

        if (rc == 0 || !barua_store_get_number (c, DB_MAIN, &used, 0, error,
              "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1 AND body IS NULL)"
              " OR EXISTS (SELECT 1 FROM message WHERE body = ?1)", "i", body))
          return FALSE;
        if (!used)
          g_array_append_val (orphans, body);
      }
  }
  for (guint i = 0; i < orphans->len; i++)
    if (!barua_store_body_drop (c, g_array_index (orphans, gint64, i), error))
      return FALSE;
  *n_dropped = orphans->len;
  return TRUE;
}

gboolean
barua_store_body_get_usage (BaruaStoreConnection  *c,
                            guint64               *bytes,
                            guint                 *n_bodies,
                            GError               **error)
{
  gint64 used;
  gint64 n;

  if (!barua_store_get_number (c, DB_CACHE, &used, 0, error, "SELECT value FROM meta WHERE key = 'bytes'", "") ||
      !barua_store_get_number (c, DB_CACHE, &n, 0, error, "SELECT count(*) FROM body", ""))
    return FALSE;
  *bytes = (guint64)MAX (used, 0);
  *n_bodies = (guint)n;
  return TRUE;
}

/* Packing: a reader compresses, the writer swaps in what did not change meanwhile. */

typedef struct
{
  gint64  id;
  gint64  coding;
  gint64  size;
  GBytes *packed; /* NULL: does not shrink */
} Packed;

typedef struct
{
  BaruaStore         *store;
  guint               limit;
  GArray             *sections; /* Packed */
  BaruaStorePackDone  done;
  gpointer            user_data;
} Pack;

static void
clear_packed (gpointer data)
{
  g_clear_pointer (&((Packed *)data)->packed, g_bytes_unref);
}

static void
pack_free (Pack *pack)
{
  g_array_unref (pack->sections);
  barua_store_unref (pack->store);
  g_free (pack);
}

static gboolean
pack_read (BaruaStoreConnection  *c,
           gpointer               user_data,
           GError               **error)
{
  Pack *pack = user_data;
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_CACHE, error,
    "SELECT coding, size, content, id FROM section WHERE packable != 0 LIMIT ?1", "i", (gint64)pack->limit);
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      Packed one = { sqlite3_column_int64 (s, 3), sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1), NULL };
      g_autoptr (GBytes) content = decode (s);

      if (content != NULL)
        one.packed = compress (content, TIGHT_LEVEL);
      g_array_append_val (pack->sections, one);
    }
  return rc != 0;
}

static gboolean
pack_write (BaruaStoreConnection  *c,
            gpointer               user_data,
            GError               **error)
{
  Pack *pack = user_data;

  if (!barua_store_begin_cache (c, error))
    return FALSE;
  for (guint i = 0; i < pack->sections->len; i++)
    {
      const Packed *one = &g_array_index (pack->sections, Packed, i);
      gint64 body = 0;
      gint64 old = 0;

      if (!barua_store_get_number (c, DB_CACHE, &body, 0, error,
            "SELECT body FROM section WHERE id = ?1 AND coding = ?2 AND size = ?3 AND packable != 0", "iii", one->id,
            one->coding, one->size))
        return FALSE;
      if (body == 0)
        continue;
      if (one->packed == NULL)
        {
          if (!barua_store_exec (c, DB_CACHE, error, "UPDATE section SET packable = 0 WHERE id = ?1", "i", one->id))
            return FALSE;
          continue;
        }
      if (!barua_store_get_number (c, DB_CACHE, &old, 0, error, "SELECT length (content) FROM section WHERE id = ?1", "i",
                                   one->id) ||
          !barua_store_exec (c, DB_CACHE, error, "UPDATE section SET coding = ?2, packable = 0, content = ?3 WHERE id = ?1",
                             "iib", one->id, (gint64)BARUA_BODY_TIGHT, g_bytes_get_data (one->packed, NULL),
                             g_bytes_get_size (one->packed)) ||
          !add_usage (c, body, (gint64)g_bytes_get_size (one->packed) - old, error))
        return FALSE;
    }
  return TRUE;
}

static void
pack_written (const GError *error,
              gpointer      user_data)
{
  Pack *pack = user_data;

  pack->done (pack->sections->len, error, pack->user_data);
  pack_free (pack);
}

static void
pack_was_read (const GError *error,
               gpointer      user_data)
{
  Pack *pack = user_data;

  if (error != NULL || pack->sections->len == 0)
    pack_written (error, pack);
  else
    barua_store_write (pack->store, BARUA_STORE_BATCH, "pack", pack_write, pack, NULL, pack_written, pack);
}

void
barua_store_body_pack (BaruaStore         *store,
                       guint               limit,
                       BaruaStorePackDone  done,
                       gpointer            user_data)
{
  Pack *pack = g_new0 (Pack, 1);

  pack->store = barua_store_ref (store);
  pack->limit = MIN (limit, BARUA_BULK_ROWS);
  pack->sections = g_array_new (FALSE, FALSE, sizeof (Packed));
  g_array_set_clear_func (pack->sections, clear_packed);
  pack->done = done;
  pack->user_data = user_data;
  barua_store_read (store, "pack", pack_read, pack, NULL, pack_was_read, pack);
}
