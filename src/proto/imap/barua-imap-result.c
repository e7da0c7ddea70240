/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-result.h"

G_DEFINE_BOXED_TYPE (BaruaImapResult, barua_imap_result, barua_imap_result_ref, barua_imap_result_unref)
G_DEFINE_BOXED_TYPE (BaruaImapSelected, barua_imap_selected, barua_imap_selected_ref, barua_imap_selected_unref)

BaruaImapResult *
barua_imap_result_ref (BaruaImapResult *self)
{
  self->ref_count++;
  return self;
}

void
barua_imap_result_unref (BaruaImapResult *self)
{
  if (--self->ref_count > 0)
    return;
  g_free (self->text);
  g_free (self->copied);
  g_clear_pointer (&self->append_uids, barua_id_set_unref);
  g_clear_pointer (&self->modified, barua_id_set_unref);
  g_free (self);
}

BaruaImapSelected *
barua_imap_selected_ref (BaruaImapSelected *self)
{
  self->ref_count++;
  return self;
}

void
barua_imap_selected_unref (BaruaImapSelected *self)
{
  if (--self->ref_count > 0)
    return;
  g_free (self->mailbox);
  g_free (self->mailbox_id);
  g_free (self);
}

void
barua_imap_folder_free (BaruaImapFolder *self)
{
  if (self == NULL)
    return;
  g_free (self->mailbox);
  g_free (self->name);
  g_free (self->mailbox_id);
  g_free (self);
}
