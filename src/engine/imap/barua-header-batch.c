/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-header-batch.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-reader.h"

typedef struct
{
  guint32    uid;
  BaruaFlags flags;
  gint64     internal_date;
  guint64    size;
  guint64    modseq;
  guint64    gm_msgid;
  gsize      header;          /* offset in bytes */
  gsize      header_length;
  gsize      keywords;        /* offset of NUL-terminated strings */
  guint      n_keywords;
  gsize      remote_id;       /* offset of a NUL-terminated string */
  gboolean   has_remote_id;
} Item;

BaruaHeaderBatch *
barua_header_batch_new (gint64 folder)
{
  BaruaHeaderBatch *self = g_new0 (BaruaHeaderBatch, 1);

  self->folder = folder;
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  self->flags = g_array_new (FALSE, FALSE, sizeof (Item));
  self->bytes = g_byte_array_new ();
  return self;
}

static void
forget_envelopes (BaruaHeaderBatch *self)
{
  for (guint i = 0; self->envelopes != NULL && i < self->items->len; i++)
    barua_envelope_clear_lists (&self->envelopes[i]);
  g_clear_pointer (&self->envelopes, g_free);
  g_clear_pointer (&self->strings, g_string_chunk_free);
}

void
barua_header_batch_free (BaruaHeaderBatch *self)
{
  forget_envelopes (self);
  g_array_unref (self->items);
  g_array_unref (self->flags);
  g_byte_array_unref (self->bytes);
  g_clear_pointer (&self->removed, barua_id_set_unref);
  g_clear_pointer (&self->state, barua_store_sync_state_free);
  g_clear_pointer (&self->arrived, barua_id_set_unref);
  g_free (self);
}

gboolean
barua_header_batch_is_empty (BaruaHeaderBatch *self)
{
  return self->items->len == 0 && self->flags->len == 0 && self->removed == NULL && self->state == NULL;
}

guint
barua_header_batch_get_n (BaruaHeaderBatch *self)
{
  return self->items->len + self->flags->len;
}

/* Keywords are kept as sent when they could be an atom; what the parser mended into something else is left out. */
static gboolean
is_keyword (BaruaImapSlice word)
{
  if (word.length == 0 || word.length > BARUA_LIMIT_SUBJECT_BYTES || word.data[0] == '\\')
    return FALSE;
  for (gsize i = 0; i < word.length; i++)
    if ((guchar) word.data[i] <= ' ' || (guchar) word.data[i] >= 0x7f)
      return FALSE;
  return TRUE;
}

static gsize
append (BaruaHeaderBatch *self,
        const char       *data,
        gsize             length,
        gboolean          terminate)
{
  gsize offset = self->bytes->len;

  if (length > 0)
    g_byte_array_append (self->bytes, (const guint8 *) data, length);
  if (terminate)
    g_byte_array_append (self->bytes, (const guint8 *) "", 1);
  return offset;
}

static void
fill (BaruaHeaderBatch     *self,
      Item                 *item,
      const BaruaImapFetch *fetch,
      guint32               uid)
{
  memset (item, 0, sizeof *item);
  item->uid = uid;
  if (fetch == NULL)
    return;
  item->flags = fetch->flags;
  item->internal_date = fetch->present & BARUA_IMAP_ITEM_INTERNALDATE ? fetch->internal_date : 0;
  item->size = fetch->present & BARUA_IMAP_ITEM_RFC822_SIZE ? fetch->size : 0;
  item->modseq = fetch->present & BARUA_IMAP_ITEM_MODSEQ ? fetch->modseq : 0;
  item->keywords = self->bytes->len;
  for (guint i = 0; i < fetch->n_keywords; i++)
    if (is_keyword (fetch->keywords[i]))
      {
        append (self, fetch->keywords[i].data, fetch->keywords[i].length, TRUE);
        item->n_keywords++;
      }
  if (fetch->present & BARUA_IMAP_ITEM_EMAILID && fetch->email_id.data != NULL && is_keyword (fetch->email_id))
    {
      item->remote_id = append (self, fetch->email_id.data, fetch->email_id.length, TRUE);
      item->has_remote_id = TRUE;
    }
  else if (fetch->present & BARUA_IMAP_ITEM_X_GM_MSGID)
    item->gm_msgid = fetch->gm_msgid;
}

void
barua_header_batch_add (BaruaHeaderBatch     *self,
                        const BaruaImapFetch *fetch,
                        guint32               uid,
                        BaruaImapSlice        header)
{
  Item item;

  fill (self, &item, fetch, uid);
  item.header_length = header.data != NULL ? header.length : 0;
  item.header = append (self, header.data, item.header_length, FALSE);
  g_array_append_val (self->items, item);
}

void
barua_header_batch_add_flags (BaruaHeaderBatch     *self,
                              const BaruaImapFetch *fetch,
                              guint32               uid)
{
  Item item;

  fill (self, &item, fetch, uid);
  g_array_append_val (self->flags, item);
}

static GPrivate readers = G_PRIVATE_INIT ((GDestroyNotify) barua_mail_reader_free);

/* The worker's. */
static BaruaMailReader *
get_reader (void)
{
  BaruaMailReader *reader = g_private_get (&readers);

  if (reader == NULL)
    {
      reader = barua_mail_reader_new ();
      g_private_set (&readers, reader);
    }
  return reader;
}

void
barua_header_batch_read (BaruaHeaderBatch *self)
{
  if (self->items->len == 0 || self->envelopes != NULL)
    return;
  self->strings = g_string_chunk_new (BARUA_BATCH_TEXT_BYTES);
  self->envelopes = g_new (BaruaEnvelope, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);

      barua_mail_reader_read (get_reader (), (const char *) self->bytes->data + item->header, item->header_length,
                              self->strings, &self->envelopes[i]);
    }
}

/* Pointers to the keywords of @item, in @words; NULL when it has none. */
static const char * const *
get_keywords (BaruaHeaderBatch *self,
              const Item       *item,
              GPtrArray        *words)
{
  const char *word = (const char *) self->bytes->data + item->keywords;

  if (item->n_keywords == 0)
    return NULL;
  g_ptr_array_set_size (words, 0);
  for (guint i = 0; i < item->n_keywords; i++, word += strlen (word) + 1)
    g_ptr_array_add (words, (gpointer) word);
  g_ptr_array_add (words, NULL);
  return (const char *const *) words->pdata;
}

static gboolean
store_rows (BaruaHeaderBatch     *self,
            BaruaStoreConnection *c,
            GError              **error)
{
  g_autofree BaruaIngest *rows = g_new0 (BaruaIngest, self->items->len);
  g_autofree gint64 *ids = self->arrived_from != 0 ? g_new0 (gint64, self->items->len) : NULL;
  g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);
      BaruaIngest *row = &rows[i];

      row->uid = item->uid;
      row->flags = item->flags;
      row->internal_date = item->internal_date;
      row->size = item->size;
      row->modseq = item->modseq;
      row->envelope = &self->envelopes[i];
      if (item->n_keywords > 0)
        {
          GPtrArray *words = g_ptr_array_new ();

          g_ptr_array_add (lists, words);
          row->keywords = get_keywords (self, item, words);
        }
      if (item->has_remote_id)
        row->remote_id = (const char *) self->bytes->data + item->remote_id;
      else if (item->gm_msgid != 0)
        {
          char *text = g_strdup_printf ("gm:%" G_GUINT64_FORMAT, item->gm_msgid);

          g_ptr_array_add (texts, text);
          row->remote_id = text;
        }
    }
  if (!barua_store_message_ingest (c, self->folder, rows, self->items->len, ids, &self->ingested, error))
    return FALSE;
  g_clear_pointer (&self->arrived, barua_id_set_unref);
  if (ids != NULL)
    {
      self->arrived = barua_id_set_new ();
      for (guint i = 0; i < self->items->len; i++)
        if (rows[i].uid >= self->arrived_from && !(rows[i].flags & BARUA_FLAG_SEEN) && ids[i] > 0)
          barua_id_set_add (self->arrived, ids[i]);
    }
  return TRUE;
}

static gboolean
store_flags (BaruaHeaderBatch     *self,
             BaruaStoreConnection *c,
             GError              **error)
{
  g_autofree BaruaConfirmedFlags *rows = g_new0 (BaruaConfirmedFlags, self->flags->len);
  g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < self->flags->len; i++)
    {
      const Item *item = &g_array_index (self->flags, Item, i);

      rows[i].uid = item->uid;
      rows[i].flags = item->flags;
      rows[i].modseq = item->modseq;
      if (item->n_keywords > 0)
        {
          GPtrArray *words = g_ptr_array_new ();

          g_ptr_array_add (lists, words);
          rows[i].keywords = get_keywords (self, item, words);
        }
    }
  return barua_store_message_confirm_flags (c, self->folder, rows, self->flags->len, &self->n_updated, error);
}

gboolean
barua_header_batch_store (BaruaStoreConnection *c,
                          gpointer              data,
                          GError              **error)
{
  BaruaHeaderBatch *self = data;

  barua_header_batch_read (self);
  self->more_to_remove = FALSE;
  if (self->items->len > 0 && !store_rows (self, c, error))
    return FALSE;
  if (self->flags->len > 0 && !store_flags (self, c, error))
    return FALSE;
  if (self->removed != NULL)
    {
      if (!barua_store_message_remove_uids (c, self->folder, self->removed, &self->n_removed, error))
        return FALSE;
      self->more_to_remove = self->n_removed >= BARUA_BULK_ROWS;
      /* The state is for when all of them are gone. */
      if (self->more_to_remove)
        return TRUE;
    }
  return self->state == NULL || barua_store_sync_state_save (c, self->state, error);
}
