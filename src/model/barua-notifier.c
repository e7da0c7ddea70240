/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-notifier.h"

#include <string.h>

#include "barua-limits.h"

/* One message that was told of and is unread still. */
typedef struct
{
  gint64   message;
  gint64   account;
  gint64   folder;
  gint64   date;
  gint64   told;    /* when, monotonic seconds */
  gboolean grouped; /* in its account's summary, else in a notice of its own */
  char    *who;
  char    *subject;
} Told;

struct _BaruaNotifier
{
  GPtrArray  *told;       /* Told, in the order they were told of */
  GHashTable *by_message; /* the same, by their message: asked for every row that changes */
  gint64      resumed;
};

static void
told_free (gpointer data)
{
  Told *told = data;

  g_free (told->who);
  g_free (told->subject);
  g_free (told);
}

static void
notice_free (gpointer data)
{
  BaruaNotice *notice = data;

  g_free (notice->id);
  g_strfreev (notice->people);
  g_free (notice->subject);
  g_free (notice);
}

BaruaNotifier *
barua_notifier_new (void)
{
  BaruaNotifier *self = g_new0 (BaruaNotifier, 1);

  self->told = g_ptr_array_new_with_free_func (told_free);
  self->by_message = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->resumed = G_MININT64;
  return self;
}

void
barua_notifier_free (BaruaNotifier *self)
{
  g_hash_table_unref (self->by_message);
  g_ptr_array_unref (self->told);
  g_free (self);
}

static BaruaNoticeWork *
work_new (void)
{
  BaruaNoticeWork *work = g_new0 (BaruaNoticeWork, 1);

  work->withdrawn = g_ptr_array_new_with_free_func (g_free);
  work->shown = g_ptr_array_new_with_free_func (notice_free);
  return work;
}

void
barua_notice_work_free (BaruaNoticeWork *self)
{
  g_ptr_array_unref (self->withdrawn);
  g_ptr_array_unref (self->shown);
  g_free (self);
}

void
barua_notifier_resumed (BaruaNotifier *self,
                        gint64         now)
{
  self->resumed = now;
}

/* Notices ---------------------------------------------------------------------------------------------------------- */

static char *
single_id (const Told *told)
{
  return g_strdup_printf ("mail-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, told->account, told->message);
}

static char *
summary_id (gint64 account)
{
  return g_strdup_printf ("mail-%" G_GINT64_FORMAT, account);
}

/* One line of at most BARUA_LIMIT_NOTICE_CHARS letters, without what would turn the text around it (U-07). */
static char *
one_line (const char *text)
{
  GString *line = g_string_new (NULL);
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < BARUA_LIMIT_NOTICE_CHARS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean is_space = g_unichar_isspace (c) || g_unichar_iscntrl (c);

      if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        continue;
      if (is_space && (line->len == 0 || line->str[line->len - 1] == ' '))
        continue;
      g_string_append_unichar (line, is_space ? ' ' : c);
      n++;
    }
  if (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  return g_string_free (line, FALSE);
}

/* A name that looks like an address is no name: the address itself is shown then. */
static char *
who (const BaruaRow *row)
{
  g_autofree char *name = one_line (row->from_name);

  if (*name == '\0' || strchr (name, '@') != NULL || strstr (name, "\xef\xbc\xa0") != NULL)
    return one_line (row->from_address);
  return g_steal_pointer (&name);
}

static BaruaNotice *
single_notice (const Told *told)
{
  BaruaNotice *notice = g_new0 (BaruaNotice, 1);
  const char *const people[] = { told->who, NULL };

  notice->id = single_id (told);
  notice->account = told->account;
  notice->folder = told->folder;
  notice->message = told->message;
  notice->count = 1;
  notice->people = g_strdupv ((GStrv)people);
  notice->subject = g_strdup (told->subject);
  return notice;
}

static int
compare_newest (gconstpointer a,
                gconstpointer b)
{
  const Told *first = *(Told *const *)a;
  const Told *second = *(Told *const *)b;

  if (first->date != second->date)
    return first->date < second->date ? 1 : -1;
  return first->message < second->message ? 1 : first->message > second->message ? -1 : 0;
}

static BaruaNotice *
summary_notice (BaruaNotifier *self,
                gint64         account)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) people = g_strv_builder_new ();
  BaruaNotice *notice = g_new0 (BaruaNotice, 1);

  for (guint i = 0; i < self->told->len; i++)
    {
      Told *told = g_ptr_array_index (self->told, i);

      if (told->account == account && told->grouped)
        g_ptr_array_add (members, told);
    }
  g_ptr_array_sort (members, compare_newest);
  for (guint i = 0; i < members->len; i++)
    {
      Told *told = g_ptr_array_index (members, i);

      if (!g_hash_table_add (seen, told->who))
        continue;
      if (g_hash_table_size (seen) <= BARUA_NOTIFY_NAMES)
        g_strv_builder_add (people, told->who);
    }
  notice->id = summary_id (account);
  notice->account = account;
  notice->folder = members->len > 0 ? ((Told *)g_ptr_array_index (members, 0))->folder : 0;
  notice->count = members->len;
  notice->people = g_strv_builder_end (people);
  notice->others = g_hash_table_size (seen) - g_strv_length (notice->people);
  notice->subject = g_strdup ("");
  return notice;
}

/* What comes ------------------------------------------------------------------------------------------------------- */

static void
remember (BaruaNotifier *self,
          Told          *told)
{
  g_ptr_array_add (self->told, told);
  g_hash_table_insert (self->by_message, &told->message, told);
}

static void
forget (BaruaNotifier *self,
        guint          position)
{
  const Told *told = g_ptr_array_index (self->told, position);

  g_hash_table_remove (self->by_message, &told->message);
  g_ptr_array_remove_index (self->told, position);
}

static gboolean
counts (BaruaNotifier     *self,
        const BaruaFolder *folder,
        const BaruaRow    *row)
{
  return row->folder == folder->id && !(row->flags & (BARUA_FLAG_SEEN | BARUA_FLAG_DELETED | BARUA_FLAG_DRAFT)) &&
         !barua_notifier_knows (self, row->id);
}

static Told *
told_new (const BaruaFolder *folder,
          const BaruaRow    *row,
          gint64             now)
{
  Told *told = g_new0 (Told, 1);

  told->message = row->id;
  told->account = folder->account;
  told->folder = folder->id;
  told->date = row->date;
  told->told = now;
  told->who = who (row);
  told->subject = one_line (row->subject);
  return told;
}

/* Messages told of one by one just now would make too many together with the new ones. */
static guint
count_recent (BaruaNotifier *self,
              gint64         account,
              gint64         now)
{
  guint n = 0;

  for (guint i = 0; i < self->told->len; i++)
    {
      const Told *told = g_ptr_array_index (self->told, i);

      n += told->account == account && told->told > now - BARUA_NOTIFY_AT_ONCE_SECONDS;
    }
  return n;
}

/* All that was told of just now goes into the summary; what is left of an older one stands for nothing any more. */
static void
gather (BaruaNotifier   *self,
        gint64           account,
        gint64           now,
        BaruaNoticeWork *work)
{
  for (guint i = self->told->len; i > 0; i--)
    {
      Told *told = g_ptr_array_index (self->told, i - 1);
      gboolean recent = told->told > now - BARUA_NOTIFY_AT_ONCE_SECONDS;

      if (told->account != account)
        continue;
      if (told->grouped && !recent)
        forget (self, i - 1);
      else if (!told->grouped && recent)
        {
          g_ptr_array_add (work->withdrawn, single_id (told));
          told->grouped = TRUE;
        }
    }
}

/* Old ones are forgotten, not taken back: the desktop keeps them as it likes. */
static void
forget_oldest (BaruaNotifier *self)
{
  guint excess = self->told->len > BARUA_LIMIT_NOTIFIED ? self->told->len - BARUA_LIMIT_NOTIFIED : 0;

  for (guint i = 0; i < excess; i++)
    g_hash_table_remove (self->by_message, &((Told *)g_ptr_array_index (self->told, i))->message);
  if (excess > 0)
    g_ptr_array_remove_range (self->told, 0, excess);
}

BaruaNoticeWork *
barua_notifier_arrived (BaruaNotifier     *self,
                        const BaruaFolder *folder,
                        GPtrArray         *rows,
                        gint64             now)
{
  BaruaNoticeWork *work = work_new ();
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  gboolean woke_up = self->resumed != G_MININT64 && now - self->resumed < BARUA_NOTIFY_RESUME_SECONDS;
  guint n;

  if (!folder->notify || folder->first_sync)
    return work;
  n = count_recent (self, folder->account, now);
  for (guint i = 0; i < rows->len; i++)
    if (counts (self, folder, g_ptr_array_index (rows, i)))
      {
        g_ptr_array_add (fresh, told_new (folder, g_ptr_array_index (rows, i), now));
        remember (self, g_ptr_array_index (fresh, fresh->len - 1));
      }
  if (fresh->len == 0)
    return work;
  n += fresh->len;
  if (n > BARUA_NOTIFY_SINGLE || (woke_up && n > 1))
    {
      for (guint i = 0; i < fresh->len; i++)
        ((Told *)g_ptr_array_index (fresh, i))->grouped = TRUE;
      gather (self, folder->account, now, work);
      g_ptr_array_add (work->shown, summary_notice (self, folder->account));
    }
  else
    {
      g_ptr_array_sort (fresh, compare_newest);
      /* The newest last, so that it stands on top. */
      for (guint i = fresh->len; i > 0; i--)
        g_ptr_array_add (work->shown, single_notice (g_ptr_array_index (fresh, i - 1)));
    }
  forget_oldest (self);
  return work;
}

gboolean
barua_notifier_knows (BaruaNotifier *self,
                      gint64         message)
{
  return g_hash_table_contains (self->by_message, &message);
}

static gboolean
has_grouped (BaruaNotifier *self,
             gint64         account)
{
  for (guint i = 0; i < self->told->len; i++)
    {
      const Told *told = g_ptr_array_index (self->told, i);

      if (told->account == account && told->grouped)
        return TRUE;
    }
  return FALSE;
}

/* A summary is not shown again with every message that was read, since that would ring each time: it goes with the last one. */
BaruaNoticeWork *
barua_notifier_settled (BaruaNotifier *self,
                        gint64         message)
{
  BaruaNoticeWork *work = work_new ();
  guint position = 0;
  Told *told = g_hash_table_lookup (self->by_message, &message);
  gint64 account = told != NULL ? told->account : 0;
  gboolean grouped = told != NULL && told->grouped;

  if (told == NULL)
    return work;
  if (!grouped)
    g_ptr_array_add (work->withdrawn, single_id (told));
  g_ptr_array_find (self->told, told, &position);
  forget (self, position);
  if (grouped && !has_grouped (self, account))
    g_ptr_array_add (work->withdrawn, summary_id (account));
  return work;
}
