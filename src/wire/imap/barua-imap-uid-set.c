/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-uid-set.h"

#include "barua-imap-reader-private.h"

/* A number of 1 ... 2^32-1 at *p. */
static gboolean
read_number (const char **p,
             const char  *end,
             guint32     *number)
{
  guint64 n = 0;

  if (*p == end)
    return FALSE;
  while (*p < end && g_ascii_isdigit (**p))
    {
      n = n * 10 + (guint) (**p - '0');
      if (n > G_MAXUINT32)
        return FALSE;
      (*p)++;
    }
  *number = (guint32) n;
  return n != 0;
}

gboolean
barua_imap_uid_set_read (BaruaImapSlice  text,
                         BaruaIdSet     *set)
{
  const char *p = text.data;
  const char *end = text.data != NULL ? text.data + text.length : NULL;

  if (text.length == 0)
    return FALSE;
  while (p < end)
    {
      guint32 first;
      guint32 last;

      if (*p == ',')
        {
          p++;
          continue;
        }
      if (!read_number (&p, end, &first))
        return FALSE;
      last = first;
      if (p < end && *p == ':')
        {
          p++;
          if (!read_number (&p, end, &last))
            return FALSE;
        }
      if (p < end && *p != ',')
        return FALSE;
      if (!barua_id_set_add_range (set, first, last))
        return FALSE;
    }
  return TRUE;
}

BaruaIdSet *
barua_imap_uid_set_parse (BaruaImapSlice text)
{
  g_autoptr(BaruaIdSet) set = barua_id_set_new ();

  if (!barua_imap_uid_set_read (text, set) || barua_id_set_is_empty (set))
    return NULL;
  return g_steal_pointer (&set);
}

static gsize
range_length (const BaruaIdRange *range)
{
  char text[48];

  if (range->first == range->last)
    return (gsize) g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, range->first);
  return (gsize) g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, range->first, range->last);
}

GPtrArray *
barua_imap_uid_set_split (const BaruaIdSet *set,
                          gsize             max_bytes)
{
  GPtrArray *sets = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_id_set_unref);
  const BaruaIdRange *ranges = barua_id_set_get_ranges (set);
  BaruaIdSet *current = NULL;
  gsize used = 0;

  for (guint i = 0; i < barua_id_set_get_n_ranges (set); i++)
    {
      gsize length = range_length (&ranges[i]);

      if (current == NULL || used + 1 + length > max_bytes)
        {
          current = barua_id_set_new ();
          g_ptr_array_add (sets, current);
          used = length;
        }
      else
        used += 1 + length;
      barua_id_set_add_range (current, ranges[i].first, ranges[i].last);
    }
  return sets;
}

void
barua_imap_uid_set_append (const BaruaIdSet *set,
                           GString          *text)
{
  const BaruaIdRange *ranges = barua_id_set_get_ranges (set);

  for (guint i = 0; i < barua_id_set_get_n_ranges (set); i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, ranges[i].first);
      if (ranges[i].last != ranges[i].first)
        g_string_append_printf (text, ":%" G_GUINT64_FORMAT, ranges[i].last);
    }
}
