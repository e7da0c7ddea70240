/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-types.h"

/* The boxed values of the engine. All start at one reference with empty, never NULL, strings, so that readers need no NULL
 * checks. */

static char *
empty (void)
{
  return g_strdup ("");
}

#define DEFINE_REF_UNREF(Type, name)                                                                                    \
  Type *name##_ref (Type *self)                                                                                         \
  {                                                                                                                     \
    g_atomic_ref_count_inc (&self->ref_count);                                                                          \
    return self;                                                                                                        \
  }                                                                                                                     \
  void name##_unref (Type *self)                                                                                        \
  {                                                                                                                     \
    if (!g_atomic_ref_count_dec (&self->ref_count))                                                                     \
      return;                                                                                                           \
    name##_finalize (self);                                                                                             \
    g_free (self);                                                                                                      \
  }                                                                                                                     \
  G_DEFINE_BOXED_TYPE (Type, name, name##_ref, name##_unref)

/* Accounts --------------------------------------------------------------------------------------------------------- */

BaruaAccount *
barua_account_new (void)
{
  BaruaAccount *self = g_new0 (BaruaAccount, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = empty ();
  self->address = empty ();
  self->person = empty ();
  self->host = empty ();
  self->user = empty ();
  self->password_command = empty ();
  self->ca_file = empty ();
  return self;
}

static void
barua_account_finalize (BaruaAccount *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->person);
  g_free (self->host);
  g_free (self->user);
  g_free (self->password_command);
  g_free (self->ca_file);
}

DEFINE_REF_UNREF (BaruaAccount, barua_account)

BaruaStatus *
barua_status_new (void)
{
  BaruaStatus *self = g_new0 (BaruaStatus, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->host = empty ();
  self->folder_name = empty ();
  self->detail = empty ();
  return self;
}

static void
barua_status_finalize (BaruaStatus *self)
{
  g_free (self->host);
  g_free (self->folder_name);
  g_free (self->detail);
}

DEFINE_REF_UNREF (BaruaStatus, barua_status)

/* What waits ------------------------------------------------------------------------------------------------------- */

BaruaWaiting *
barua_waiting_new (void)
{
  BaruaWaiting *self = g_new0 (BaruaWaiting, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->host = empty ();
  return self;
}

static void
barua_waiting_finalize (BaruaWaiting *self)
{
  g_free (self->host);
}

DEFINE_REF_UNREF (BaruaWaiting, barua_waiting)

BaruaWaitingList *
barua_waiting_list_new (void)
{
  BaruaWaitingList *self = g_new0 (BaruaWaitingList, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_waiting_unref);
  return self;
}

static void
barua_waiting_list_finalize (BaruaWaitingList *self)
{
  g_ptr_array_unref (self->items);
}

DEFINE_REF_UNREF (BaruaWaitingList, barua_waiting_list)

/* Folders ---------------------------------------------------------------------------------------------------------- */

BaruaFolder *
barua_folder_new (void)
{
  BaruaFolder *self = g_new0 (BaruaFolder, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = empty ();
  self->path = empty ();
  self->server_name = empty ();
  return self;
}

static void
barua_folder_finalize (BaruaFolder *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->server_name);
}

DEFINE_REF_UNREF (BaruaFolder, barua_folder)

/* Lists ------------------------------------------------------------------------------------------------------------ */

void
barua_list_query_copy (const BaruaListQuery *self,
                       BaruaListQuery       *copy)
{
  *copy = *self;
  copy->text = g_strdup (self->text);
  copy->found = self->found != NULL ? barua_id_set_ref (self->found) : NULL;
}

void
barua_list_query_clear (BaruaListQuery *self)
{
  g_free ((char *) self->text);
  g_clear_pointer (&self->found, barua_id_set_unref);
  *self = (BaruaListQuery) { 0 };
}

gboolean
barua_list_query_is_search (const BaruaListQuery *self)
{
  return self->text != NULL && *self->text != '\0';
}

BaruaConversation *
barua_conversation_new (void)
{
  BaruaConversation *self = g_new0 (BaruaConversation, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->members = g_array_new (FALSE, FALSE, sizeof (BaruaMember));
  return self;
}

static void
barua_conversation_finalize (BaruaConversation *self)
{
  g_array_unref (self->members);
}

DEFINE_REF_UNREF (BaruaConversation, barua_conversation)

BaruaSpine *
barua_spine_new (void)
{
  BaruaSpine *self = g_new0 (BaruaSpine, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  return self;
}

static void
barua_spine_finalize (BaruaSpine *self)
{
  barua_list_query_clear (&self->query);
  g_array_unref (self->entries);
}

DEFINE_REF_UNREF (BaruaSpine, barua_spine)

BaruaRows *
barua_rows_new (void)
{
  BaruaRows *self = g_new0 (BaruaRows, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_row_unref);
  return self;
}

static void
barua_rows_finalize (BaruaRows *self)
{
  g_ptr_array_unref (self->rows);
}

DEFINE_REF_UNREF (BaruaRows, barua_rows)

BaruaSearchResult *
barua_search_result_new (void)
{
  BaruaSearchResult *self = g_new0 (BaruaSearchResult, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->hits = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  return self;
}

static void
barua_search_result_finalize (BaruaSearchResult *self)
{
  g_array_unref (self->hits);
}

DEFINE_REF_UNREF (BaruaSearchResult, barua_search_result)

BaruaAsked *
barua_asked_new (void)
{
  BaruaAsked *self = g_new0 (BaruaAsked, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->found = barua_id_set_new ();
  self->host = empty ();
  return self;
}

static void
barua_asked_finalize (BaruaAsked *self)
{
  barua_id_set_unref (self->found);
  g_free (self->host);
}

DEFINE_REF_UNREF (BaruaAsked, barua_asked)

/* Synchronising ---------------------------------------------------------------------------------------------------- */

BaruaSyncReport *
barua_sync_report_new (void)
{
  BaruaSyncReport *self = g_new0 (BaruaSyncReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->connected_us = -1;
  self->signed_in_us = -1;
  self->first_rows_us = -1;
  self->bodies_us = -1;
  self->done_us = -1;
  return self;
}

static void
barua_sync_report_finalize (BaruaSyncReport *self)
{
}

DEFINE_REF_UNREF (BaruaSyncReport, barua_sync_report)

static void
finding_free (gpointer data)
{
  BaruaFinding *self = data;

  g_free (self->what);
  g_free (self->detail);
  g_free (self);
}

BaruaVerifyReport *
barua_verify_report_new (void)
{
  BaruaVerifyReport *self = g_new0 (BaruaVerifyReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  return self;
}

static void
barua_verify_report_finalize (BaruaVerifyReport *self)
{
  g_ptr_array_unref (self->findings);
}

DEFINE_REF_UNREF (BaruaVerifyReport, barua_verify_report)

/* Values of base, which knows no GObject ----------------------------------------------------------------------------- */

/* People ----------------------------------------------------------------------------------------------------------- */

BaruaSender *
barua_sender_new (void)
{
  BaruaSender *self = g_new0 (BaruaSender, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->known_domains = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  return self;
}

static void
barua_sender_finalize (BaruaSender *self)
{
  g_ptr_array_unref (self->known_domains);
}

DEFINE_REF_UNREF (BaruaSender, barua_sender)

G_DEFINE_BOXED_TYPE (BaruaParsedMessage, barua_parsed_message, barua_parsed_message_ref, barua_parsed_message_unref)
G_DEFINE_BOXED_TYPE (BaruaChangeSet, barua_change_set, barua_change_set_ref, barua_change_set_unref)
G_DEFINE_BOXED_TYPE (BaruaRow, barua_row, barua_row_ref, barua_row_unref)
G_DEFINE_BOXED_TYPE (BaruaIdSet, barua_id_set, barua_id_set_ref, barua_id_set_unref)
