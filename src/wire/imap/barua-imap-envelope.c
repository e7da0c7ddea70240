/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-envelope.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-date.h"
#include "barua-mail-decode.h"
#include "barua-mail-header.h"

static gboolean
read_text (const BaruaImapValue *value,
           BaruaImapSlice       *slice)
{
  *slice = barua_imap_value_get_slice (value);
  return value->kind != BARUA_IMAP_VALUE_LIST;
}

static gboolean
read_addresses (const BaruaImapValue  *value,
                const BaruaImapValue **addresses)
{
  *addresses = value->kind == BARUA_IMAP_VALUE_LIST ? value : NULL;
  return value->kind == BARUA_IMAP_VALUE_LIST || value->kind == BARUA_IMAP_VALUE_NIL ||
         (value->kind == BARUA_IMAP_VALUE_QUOTED && value->length == 0);
}

gboolean
barua_imap_envelope_read (const BaruaImapValue *value,
                          BaruaImapEnvelope    *envelope)
{
  const BaruaImapValue *fields[10] = { NULL };
  guint n = 0;
  gboolean good;

  memset (envelope, 0, sizeof *envelope);
  if (value == NULL || value->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  for (const BaruaImapValue *v = barua_imap_value_first (value); v != NULL && n < G_N_ELEMENTS (fields);
       v = barua_imap_value_next (value, v))
    fields[n++] = v;
  if (n == 0)
    return FALSE;
  good = read_text (fields[0], &envelope->date);
  if (n > 1)
    good &= read_text (fields[1], &envelope->subject);
  if (n > 2)
    good &= read_addresses (fields[2], &envelope->from);
  if (n > 3)
    good &= read_addresses (fields[3], &envelope->sender);
  if (n > 4)
    good &= read_addresses (fields[4], &envelope->reply_to);
  if (n > 5)
    good &= read_addresses (fields[5], &envelope->to);
  if (n > 6)
    good &= read_addresses (fields[6], &envelope->cc);
  if (n > 7)
    good &= read_addresses (fields[7], &envelope->bcc);
  if (n > 8)
    good &= read_text (fields[8], &envelope->in_reply_to);
  if (n > 9)
    good &= read_text (fields[9], &envelope->message_id);
  return good;
}

void
barua_imap_address_iter_init (BaruaImapAddressIter *iter,
                              const BaruaImapValue *addresses)
{
  iter->list = addresses;
  iter->next = addresses != NULL ? barua_imap_value_first (addresses) : NULL;
  iter->group = (BaruaImapSlice) { NULL, 0 };
}

gboolean
barua_imap_address_iter_next (BaruaImapAddressIter *iter,
                              BaruaImapAddress     *address)
{
  while (iter->next != NULL)
    {
      const BaruaImapValue *value = iter->next;
      const BaruaImapValue *name;
      const BaruaImapValue *route;
      const BaruaImapValue *mailbox;
      const BaruaImapValue *host;

      iter->next = barua_imap_value_next (iter->list, value);
      if (value->kind != BARUA_IMAP_VALUE_LIST || value->length != 4)
        continue;
      name = value + 1;
      route = name + name->span;
      mailbox = route + route->span;
      host = mailbox + mailbox->span;
      /* No host: a group begins (its name in the place of the mailbox) or ends (RFC 9051, 7.5.2). */
      if (host->kind == BARUA_IMAP_VALUE_NIL)
        {
          iter->group = barua_imap_value_get_slice (mailbox);
          continue;
        }
      address->name = barua_imap_value_get_slice (name);
      address->mailbox = barua_imap_value_get_slice (mailbox);
      address->host = barua_imap_value_get_slice (host);
      address->group = iter->group;
      return TRUE;
    }
  return FALSE;
}

static GPtrArray *
decode_addresses (const BaruaImapValue *value)
{
  BaruaImapAddressIter iter;
  BaruaImapAddress raw;
  GPtrArray *addresses;

  if (value == NULL)
    return NULL;
  addresses = barua_address_list_new ();
  barua_imap_address_iter_init (&iter, value);
  while (addresses->len < BARUA_LIMIT_ADDRESSES && barua_imap_address_iter_next (&iter, &raw))
    {
      g_autofree char *name = raw.name.data != NULL ? barua_mail_decode_text (raw.name.data, raw.name.length) : NULL;
      g_autofree char *mailbox = barua_imap_slice_dup_text (raw.mailbox);
      g_autofree char *host = barua_imap_slice_dup_text (raw.host);
      g_autofree char *address = NULL;

      /* Courier and others say ".MISSING-HOST-NAME." or leave it empty where a header had no domain. */
      if (host == NULL || host[0] == '\0')
        address = g_strdup (mailbox);
      else
        address = g_strconcat (mailbox != NULL ? mailbox : "", "@", host, NULL);
      g_ptr_array_add (addresses, barua_address_new (name, address));
    }
  return addresses;
}

BaruaEnvelope *
barua_imap_envelope_decode (const BaruaImapEnvelope *self)
{
  BaruaEnvelope *envelope = barua_envelope_new ();

  if (self->date.data != NULL)
    barua_mail_date_parse (self->date.data, self->date.length, &envelope->date, &envelope->date_zone);
  if (self->subject.data != NULL)
    {
      g_free (envelope->subject);
      envelope->subject = barua_mail_decode_text (self->subject.data, self->subject.length);
    }
  envelope->from = decode_addresses (self->from);
  envelope->sender = decode_addresses (self->sender);
  envelope->reply_to = decode_addresses (self->reply_to);
  envelope->to = decode_addresses (self->to);
  envelope->cc = decode_addresses (self->cc);
  if (self->message_id.data != NULL && self->message_id.length > 0)
    {
      g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

      barua_mail_ids_parse (self->message_id.data, self->message_id.length, ids);
      if (ids->len > 0)
        {
          g_free (envelope->message_id);
          envelope->message_id = g_strdup (g_ptr_array_index (ids, 0));
        }
    }
  if (self->in_reply_to.data != NULL)
    {
      envelope->references = g_ptr_array_new_with_free_func (g_free);
      barua_mail_ids_parse (self->in_reply_to.data, self->in_reply_to.length, envelope->references);
      if (envelope->references->len == 0)
        g_clear_pointer (&envelope->references, g_ptr_array_unref);
    }
  return envelope;
}
