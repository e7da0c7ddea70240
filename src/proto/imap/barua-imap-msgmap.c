/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-msgmap-private.h"

#include "barua-limits.h"

static guint32 *
slot (BaruaImapMsgmap *self,
      guint32          seq)
{
  return &g_array_index (self->uids, guint32, seq - 1);
}

void
barua_imap_msgmap_init (BaruaImapMsgmap *self)
{
  self->uids = g_array_new (FALSE, TRUE, sizeof (guint32));
  self->exists = 0;
  self->n_mapped = 0;
}

void
barua_imap_msgmap_clear (BaruaImapMsgmap *self)
{
  g_clear_pointer (&self->uids, g_array_unref);
}

void
barua_imap_msgmap_reset (BaruaImapMsgmap *self,
                         guint32          exists)
{
  g_array_set_size (self->uids, 0);
  self->exists = exists;
  self->n_mapped = 0;
}

BaruaImapMsgmapStatus
barua_imap_msgmap_set_exists (BaruaImapMsgmap *self,
                              guint32          exists)
{
  if (exists < self->exists)
    {
      barua_imap_msgmap_reset (self, exists);
      return BARUA_IMAP_MSGMAP_LOST;
    }
  self->exists = exists;
  return BARUA_IMAP_MSGMAP_OK;
}

guint32
barua_imap_msgmap_get (BaruaImapMsgmap *self,
                       guint32          seq)
{
  return seq > 0 && seq <= self->uids->len ? *slot (self, seq) : 0;
}

/* UIDs rise with the message numbers (RFC 9051, 2.3.1.1). Only the neighbours are looked at: a server that lies further away
 * is found out when those come. */
static gboolean
fits (BaruaImapMsgmap *self,
      guint32          seq,
      guint32          uid)
{
  guint32 before = seq > 1 ? barua_imap_msgmap_get (self, seq - 1) : 0;
  guint32 after = barua_imap_msgmap_get (self, seq + 1);

  return (before == 0 || before < uid) && (after == 0 || uid < after);
}

BaruaImapMsgmapStatus
barua_imap_msgmap_put (BaruaImapMsgmap *self,
                       guint32          seq,
                       guint32          uid)
{
  guint32 known;

  if (seq == 0 || seq > self->exists || seq > BARUA_LIMIT_IMAP_MAPPED_MESSAGES)
    return BARUA_IMAP_MSGMAP_OK; /* not a number we can use; the UID counts */
  known = barua_imap_msgmap_get (self, seq);
  if (known == uid)
    return BARUA_IMAP_MSGMAP_OK;
  if (known != 0 || !fits (self, seq, uid))
    {
      barua_imap_msgmap_reset (self, self->exists);
      return BARUA_IMAP_MSGMAP_LOST;
    }
  if (seq > self->uids->len)
    g_array_set_size (self->uids, seq);
  *slot (self, seq) = uid;
  self->n_mapped++;
  return BARUA_IMAP_MSGMAP_OK;
}

BaruaImapMsgmapStatus
barua_imap_msgmap_expunge (BaruaImapMsgmap *self,
                           guint32          seq,
                           guint32         *uid)
{
  *uid = 0;
  if (seq == 0 || seq > self->exists)
    {
      barua_imap_msgmap_reset (self, self->exists);
      return BARUA_IMAP_MSGMAP_LOST;
    }
  self->exists--;
  if (seq > self->uids->len)
    return BARUA_IMAP_MSGMAP_OK;
  *uid = *slot (self, seq);
  if (*uid != 0)
    self->n_mapped--;
  g_array_remove_index (self->uids, seq - 1);
  return BARUA_IMAP_MSGMAP_OK;
}

void
barua_imap_msgmap_vanish (BaruaImapMsgmap  *self,
                          const BaruaIdSet *uids)
{
  guint64 count = barua_id_set_get_count (uids);
  guint32 kept = 0;
  guint32 mapped = 0;
  guint64 found = 0;
  guint32 exists = count < self->exists ? self->exists - (guint32) count : 0;

  for (guint32 i = 0; i < self->uids->len; i++)
    {
      guint32 uid = g_array_index (self->uids, guint32, i);

      if (uid != 0 && barua_id_set_contains (uids, uid))
        {
          found++;
          continue;
        }
      g_array_index (self->uids, guint32, kept++) = uid;
      mapped += uid != 0 ? 1 : 0;
    }
  if (found < count)
    {
      /* Some were not known, so nobody knows which numbers they had. */
      barua_imap_msgmap_reset (self, exists);
      return;
    }
  g_array_set_size (self->uids, kept);
  self->exists = exists;
  self->n_mapped = mapped;
}
