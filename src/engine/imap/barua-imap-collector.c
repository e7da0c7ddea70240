/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-collector.h"

#include <string.h>

struct _BaruaImapCollector
{
  int               ref_count;
  BaruaIdSet       *uids;
  char            **sections;
  guint64           limit;
  BaruaSectionFunc  func;
  gpointer          user_data;
  void            (*rest) (BaruaImapSession *, const BaruaImapResponse *, guint32, gpointer);
  gpointer          rest_target;
  GByteArray       *open;      /* the literal that is coming in; NULL between */
  gboolean          dropping;  /* it is larger than the limit */
  GQueue            streamed;  /* GBytes (or NULL for a dropped one), whose FETCH has not come yet */
  guint64           bytes;
  gboolean          too_large;
};

BaruaImapCollector *
barua_imap_collector_new (BaruaIdSet         *uids,
                          const char *const  *sections,
                          guint64             limit,
                          BaruaSectionFunc    func,
                          gpointer            user_data)
{
  BaruaImapCollector *self = g_new0 (BaruaImapCollector, 1);

  self->ref_count = 1;
  self->uids = barua_id_set_ref (uids);
  self->sections = g_strdupv ((char **) sections);
  self->limit = limit;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->streamed);
  return self;
}

BaruaImapCollector *
barua_imap_collector_ref (BaruaImapCollector *self)
{
  self->ref_count++;
  return self;
}

static void
bytes_free (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

void
barua_imap_collector_unref (gpointer data)
{
  BaruaImapCollector *self = data;

  if (--self->ref_count > 0)
    return;
  g_queue_clear_full (&self->streamed, bytes_free);
  g_clear_pointer (&self->open, g_byte_array_unref);
  barua_id_set_unref (self->uids);
  g_strfreev (self->sections);
  g_free (self);
}

void
barua_imap_collector_set_rest (BaruaImapCollector *self,
                               void              (*data) (BaruaImapSession *, const BaruaImapResponse *, guint32,
                                                          gpointer),
                               gpointer            target)
{
  self->rest = data;
  self->rest_target = target;
}

guint64
barua_imap_collector_get_bytes (BaruaImapCollector *self)
{
  return self->bytes;
}

gboolean
barua_imap_collector_was_too_large (BaruaImapCollector *self)
{
  return self->too_large;
}

/* The section that was asked for by this name, or NULL. Servers answer in any case of letters. */
static const char *
find_section (BaruaImapCollector *self,
              BaruaImapSlice      spec)
{
  for (guint i = 0; self->sections[i] != NULL; i++)
    if (strlen (self->sections[i]) == spec.length &&
        g_ascii_strncasecmp (self->sections[i], spec.data != NULL ? spec.data : "", spec.length) == 0)
      return self->sections[i];
  return NULL;
}

static void
take_section (BaruaImapCollector     *self,
              const BaruaImapSection *section,
              guint32                 uid)
{
  g_autoptr(GBytes) content = NULL;
  const char *name = section->kind == BARUA_IMAP_SECTION_BODY ? find_section (self, section->spec) : NULL;

  if (section->is_streamed)
    content = g_queue_pop_head (&self->streamed);
  else if (!section->is_nil && section->data.data != NULL)
    {
      self->bytes += section->data.length;
      if (section->data.length > self->limit)
        self->too_large = TRUE;
      else
        content = g_bytes_new (section->data.data, section->data.length);
    }
  if (content != NULL && name != NULL && uid != 0 && barua_id_set_contains (self->uids, uid))
    self->func (uid, name, content, self->user_data);
}

static void
collector_data (BaruaImapSession        *session,
                const BaruaImapResponse *response,
                guint32                  uid,
                gpointer                 data)
{
  BaruaImapCollector *self = data;

  if (response->kind == BARUA_IMAP_RESPONSE_FETCH && response->fetch.present & BARUA_IMAP_ITEM_SECTION)
    {
      for (guint i = 0; i < response->fetch.n_sections; i++)
        take_section (self, &response->fetch.sections[i], uid);
      g_queue_clear_full (&self->streamed, bytes_free);
    }
  else if (self->rest != NULL)
    self->rest (session, response, uid, self->rest_target);
}

/* Literals come before the FETCH that names them is complete; they are kept in order until then. */
static void
collector_literal (BaruaImapSession       *session,
                   const BaruaImapLiteral *literal,
                   guint32                 uid,
                   BaruaImapSlice          chunk,
                   gpointer                data)
{
  BaruaImapCollector *self = data;

  if (chunk.data == NULL)
    {
      g_clear_pointer (&self->open, g_byte_array_unref);
      self->open = g_byte_array_new ();
      self->dropping = FALSE;
      return;
    }
  if (chunk.length > 0)
    {
      self->bytes += chunk.length;
      if (self->open != NULL && !self->dropping && self->open->len + chunk.length > self->limit)
        {
          self->dropping = TRUE;
          self->too_large = TRUE;
          g_byte_array_set_size (self->open, 0);
        }
      if (self->open != NULL && !self->dropping)
        g_byte_array_append (self->open, (const guint8 *) chunk.data, chunk.length);
      return;
    }
  if (self->open != NULL)
    g_queue_push_tail (&self->streamed, self->dropping ? (g_byte_array_unref (self->open), NULL)
                                                       : g_byte_array_free_to_bytes (self->open));
  self->open = NULL;
}

const BaruaImapHandler barua_imap_collector_handler = { collector_data, collector_literal };

void
barua_imap_section_fill (BaruaImapFetchSection *out,
                         const char            *section)
{
  static const char *const texts[] = { "HEADER", "TEXT", "MIME" };

  *out = (BaruaImapFetchSection) { .kind = BARUA_IMAP_SECTION_BODY };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gsize cut;

      if (!g_str_has_suffix (section, texts[i]))
        continue;
      out->text = texts[i];
      cut = strlen (section) - strlen (texts[i]);
      out->part = cut > 0 ? g_strndup (section, cut - 1) : g_strdup ("");
      return;
    }
  out->part = g_strdup (section);
}

void
barua_imap_section_clear (BaruaImapFetchSection *self)
{
  g_free ((char *) self->part);
  self->part = NULL;
}
