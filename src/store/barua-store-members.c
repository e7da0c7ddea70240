/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-thread.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

/* A conversation over all folders of its account: the person's own answers lie in Sent, what was filed lies elsewhere, and
 * servers like Gmail's show one message in several folders. Nothing of it is stored: it is read for the rows on screen and for
 * the conversation that is opened, by the index on the thread. */

typedef struct
{
  BaruaMember  member;
  char        *content; /* equal in copies; NULL: it has none */
  char        *name;    /* what to call the sender */
} Placement;

static void
placement_clear (gpointer data)
{
  Placement *placement = data;

  g_free (placement->content);
  g_free (placement->name);
}

#define MEMBERS                                                                                                         \
  "SELECT m.id, m.shown_folder, CASE WHEN f.role_override >= 0 THEN f.role_override ELSE f.role END, m.uid, m.date, m.size, m.flags, m.wish_mask, m.wish_bits,"\
  " m.traits, m.message_id, p.address, p.name, a.address, a.key IN (SELECT lower (address) FROM account),"                \
  " coalesce (m.sent_date, m.date), m.subject"                                                                          \
  " FROM message m INDEXED BY message_thread JOIN folder f ON f.id = m.shown_folder"                                     \
  " LEFT JOIN correspondent p ON p.id = m.sender LEFT JOIN address a ON a.id = p.address"                                \
  " WHERE m.thread = ?1 ORDER BY m.date DESC, m.id DESC LIMIT ?2"

/* Anybody can give a message the Message-ID of another one, and some programs give the same to all: who wrote it, when, and of
 * what must be the same too, or one would hide the other. Lists write in front of a subject. NULL without an id. (full) */
static char *
dup_content (BaruaStatement *s)
{
  const char *message_id = barua_statement_text (s, 10);

  if (*message_id == '\0')
    return NULL;
  return g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s", message_id, (gint64)sqlite3_column_int64 (s, 11),
                          (gint64)sqlite3_column_int64 (s, 15), barua_subject_base (barua_statement_text (s, 16)));
}

static Placement
read_placement (BaruaStatement *s)
{
  const char *name = barua_statement_text (s, 12);
  gint64 traits = sqlite3_column_int64 (s, 9);
  Placement placement = { { 0 }, dup_content (s), NULL };
  BaruaMember *member = &placement.member;

  placement.name = g_strdup (*name != '\0' ? name : barua_statement_text (s, 13));
  member->id = sqlite3_column_int64 (s, 0);
  member->folder = sqlite3_column_int64 (s, 1);
  member->role = (BaruaRole)sqlite3_column_int64 (s, 2);
  member->uid = (guint32)sqlite3_column_int64 (s, 3);
  member->date = sqlite3_column_int64 (s, 4);
  member->size = (guint64)sqlite3_column_int64 (s, 5);
  member->flags = barua_shown_flags ((BaruaFlags)sqlite3_column_int64 (s, 6), (BaruaFlags)sqlite3_column_int64 (s, 7),
                                     (BaruaFlags)sqlite3_column_int64 (s, 8));
  member->has_attachment = (traits & TRAIT_ATTACHMENT) != 0;
  member->body_here = (traits & TRAIT_BODY_HERE) != 0;
  member->is_own = sqlite3_column_int (s, 14) != 0;
  return placement;
}

/* How gladly a copy is shown: that of the list first, one in Trash or Junk last. */
static int
get_rank (const BaruaMember *member,
          gint64             folder)
{
  if (member->folder == folder)
    return 0;
  switch (member->role)
    {
    case BARUA_ROLE_TRASH:
    case BARUA_ROLE_JUNK:
      return 3;
    case BARUA_ROLE_ALL:
    case BARUA_ROLE_FLAGGED:
    case BARUA_ROLE_IMPORTANT:
      return 2;
    default:
      return 1;
    }
}

/* Takes @placement. A copy stands in another folder; what lies twice in one is two messages. */
static void
add_placement (GArray     *placements,
               GHashTable *seen, /* content -> index + 1 */
               Placement   placement,
               gint64      folder)
{
  guint at = placement.content != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (seen, placement.content)) : 0;
  Placement *known = at != 0 ? &g_array_index (placements, Placement, at - 1) : NULL;

  if (known == NULL || known->member.folder == placement.member.folder)
    {
      g_array_append_val (placements, placement);
      if (known == NULL && placement.content != NULL)
        g_hash_table_insert (seen, g_strdup (placement.content), GUINT_TO_POINTER (placements->len));
      return;
    }
  if (get_rank (&placement.member, folder) < get_rank (&known->member, folder))
    known->member = placement.member;
  placement_clear (&placement);
}

/* Newest first, each message once. */
static GArray *
load_placements (BaruaStoreConnection  *c,
                 gint64                 thread,
                 gint64                 folder,
                 gboolean              *more,
                 GError               **error)
{
  g_autoptr (GArray) placements = g_array_new (FALSE, FALSE, sizeof (Placement));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, MEMBERS, "ii", thread,
                                                    (gint64)BARUA_LIMIT_CONVERSATION + 1);
  guint n_read = 0;
  int rc = 0;

  g_array_set_clear_func (placements, placement_clear);
  if (s == NULL)
    return NULL;
  *more = FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      if (n_read++ == BARUA_LIMIT_CONVERSATION)
        {
          *more = TRUE;
          return g_steal_pointer (&placements);
        }
      add_placement (placements, seen, read_placement (s), folder);
    }
  return rc != 0 ? g_steal_pointer (&placements) : NULL;
}

static gint
compare_members (gconstpointer a,
                 gconstpointer b)
{
  const BaruaMember *x = a;
  const BaruaMember *y = b;

  if (x->date != y->date)
    return x->date < y->date ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

GArray *
barua_store_thread_list_members (BaruaStoreConnection  *c,
                                 gint64                 thread,
                                 gint64                 folder,
                                 gboolean              *more,
                                 GError               **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (BaruaMember));
  gboolean is_more = FALSE;

  if (!barua_store_flush (c, error))
    return NULL;
  for (;;)
    {
      g_autoptr (GArray) placements = load_placements (c, thread, folder, &is_more, error);
      gint64 target = 0;

      if (placements == NULL)
        return NULL;
      for (guint i = 0; i < placements->len; i++)
        g_array_append_val (members, g_array_index (placements, Placement, i).member);
      if (members->len > 0)
        break;
      if (!barua_store_get_number (c, DB_MAIN, &target, 0, error, "SELECT target FROM thread_alias WHERE thread = ?1", "i",
                                   thread))
        return NULL;
      /* Merging is into the smaller id: anything else is damage and could make a circle. */
      if (target <= 0 || target >= thread)
        break;
      thread = target;
    }
  g_array_sort (members, compare_members);
  if (more != NULL)
    *more = is_more;
  return g_steal_pointer (&members);
}

static gboolean
is_put_away (const BaruaMember *member,
             gint64             folder)
{
  return member->folder != folder && (member->role == BARUA_ROLE_TRASH || member->role == BARUA_ROLE_JUNK);
}

/* @placements: newest first. */
static void
name_people (BaruaRow *row,
             GArray   *placements)
{
  g_autoptr (GStrvBuilder) people = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = placements->len; i > 0 && g_hash_table_size (seen) < BARUA_LIMIT_ROW_PEOPLE; i--)
    {
      const Placement *placement = &g_array_index (placements, Placement, i - 1);
      const char *name = placement->member.is_own ? "" : placement->name;

      if (is_put_away (&placement->member, row->folder) || (placement->member.flags & BARUA_FLAG_DRAFT) ||
          placement->member.role == BARUA_ROLE_DRAFTS || (!placement->member.is_own && *name == '\0'))
        continue;
      if (g_hash_table_add (seen, (gpointer)name))
        g_strv_builder_add (people, name);
    }
  g_strfreev (row->people);
  row->people = g_strv_builder_end (people);
}

gboolean
barua_store_thread_describe (BaruaStoreConnection  *c,
                             BaruaRow              *row,
                             GError               **error)
{
  gboolean more = FALSE;
  g_autoptr (GArray) placements = load_placements (c, row->thread, row->folder, &more, error);
  BaruaStoreConversation here = { 0 };
  g_autoptr (GError) local = NULL;

  if (placements == NULL)
    return FALSE;
  row->thread_count = 0;
  row->thread_size = 0;
  for (guint i = 0; i < placements->len; i++)
    {
      const BaruaMember *member = &g_array_index (placements, Placement, i).member;
      gboolean is_draft = (member->flags & BARUA_FLAG_DRAFT) || member->role == BARUA_ROLE_DRAFTS;

      if (member->folder == row->folder)
        row->thread_size += member->size;
      if (is_put_away (member, row->folder))
        continue;
      row->thread_draft |= is_draft;
      row->thread_count += !is_draft;
    }
  row->thread_count = MAX (row->thread_count, 1);
  name_people (row, placements);

  if (!barua_store_thread_load (c, row->thread, row->folder, &here, &local))
    {
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  row->thread_unread = here.unread;
  row->thread_starred = here.starred;
  return TRUE;
}
