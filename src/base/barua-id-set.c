/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-id-set.h"

#include <string.h>

#include "barua-limits.h"

struct _BaruaIdSet
{
  gatomicrefcount  ref_count;
  GArray          *ranges; /* BaruaIdRange, sorted, with a gap of at least one number between neighbours */
};

#define RANGE(self, i) (&g_array_index ((self)->ranges, BaruaIdRange, (i)))

BaruaIdSet *
barua_id_set_new (void)
{
  BaruaIdSet *self = g_new0 (BaruaIdSet, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->ranges = g_array_new (FALSE, FALSE, sizeof (BaruaIdRange));
  return self;
}

BaruaIdSet *
barua_id_set_ref (BaruaIdSet *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_id_set_unref (BaruaIdSet *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->ranges);
  g_free (self);
}

BaruaIdSet *
barua_id_set_copy (const BaruaIdSet *self)
{
  BaruaIdSet *copy = barua_id_set_new ();

  g_array_append_vals (copy->ranges, self->ranges->data, self->ranges->len);
  return copy;
}

/* The index of the first range whose last number is >= @id, or the number of ranges. */
static guint
find (const BaruaIdSet *self,
      guint64           id)
{
  guint low = 0;
  guint high = self->ranges->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (RANGE (self, middle)->last < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
barua_id_set_add_range (BaruaIdSet *self,
                        guint64     first,
                        guint64     last)
{
  BaruaIdRange merged;
  guint start;
  guint end;

  if (first > last)
    {
      guint64 swap = first;

      first = last;
      last = swap;
    }

  /* Rising order, the common case: at or behind the last range. */
  if (self->ranges->len > 0)
    {
      BaruaIdRange *tail = RANGE (self, self->ranges->len - 1);

      if (first >= tail->first && (tail->last == G_MAXUINT64 || first <= tail->last + 1))
        {
          tail->last = MAX (tail->last, last);
          return TRUE;
        }
    }

  /* Neighbours that touch are merged too, hence the numbers one below and one above. */
  start = find (self, first > 0 ? first - 1 : 0);
  end = start;
  merged = (BaruaIdRange){ first, last };
  while (end < self->ranges->len && (last == G_MAXUINT64 || RANGE (self, end)->first <= last + 1))
    {
      merged.first = MIN (merged.first, RANGE (self, end)->first);
      merged.last = MAX (merged.last, RANGE (self, end)->last);
      end++;
    }

  if (start == end)
    {
      if (self->ranges->len >= BARUA_LIMIT_ID_SET_RANGES)
        return FALSE;
      g_array_insert_val (self->ranges, start, merged);
      return TRUE;
    }
  *RANGE (self, start) = merged;
  if (end - start > 1)
    g_array_remove_range (self->ranges, start + 1, end - start - 1);
  return TRUE;
}

gboolean
barua_id_set_add (BaruaIdSet *self,
                  guint64     id)
{
  return barua_id_set_add_range (self, id, id);
}

gboolean
barua_id_set_add_set (BaruaIdSet       *self,
                      const BaruaIdSet *other)
{
  for (guint i = 0; i < other->ranges->len; i++)
    if (!barua_id_set_add_range (self, RANGE (other, i)->first, RANGE (other, i)->last))
      return FALSE;
  return TRUE;
}

gboolean
barua_id_set_remove_range (BaruaIdSet *self,
                           guint64     first,
                           guint64     last)
{
  guint i;

  if (first > last)
    {
      guint64 swap = first;

      first = last;
      last = swap;
    }

  i = find (self, first);
  while (i < self->ranges->len && RANGE (self, i)->first <= last)
    {
      BaruaIdRange *range = RANGE (self, i);

      if (range->first < first && range->last > last)
        {
          BaruaIdRange tail = { last + 1, range->last };

          if (self->ranges->len >= BARUA_LIMIT_ID_SET_RANGES)
            return FALSE;
          range->last = first - 1;
          g_array_insert_val (self->ranges, i + 1, tail);
          return TRUE;
        }
      if (range->first < first)
        {
          range->last = first - 1;
          i++;
        }
      else if (range->last > last)
        {
          range->first = last + 1;
          return TRUE;
        }
      else
        {
          guint end = i + 1;

          while (end < self->ranges->len && RANGE (self, end)->last <= last)
            end++;
          g_array_remove_range (self->ranges, i, end - i);
        }
    }
  return TRUE;
}

gboolean
barua_id_set_remove_set (BaruaIdSet       *self,
                         const BaruaIdSet *other)
{
  g_autoptr (BaruaIdSet) rest = barua_id_set_subtract (self, other);
  GArray *swap;

  if (rest->ranges->len > BARUA_LIMIT_ID_SET_RANGES)
    return FALSE;
  swap = self->ranges;
  self->ranges = rest->ranges;
  rest->ranges = swap;
  return TRUE;
}

void
barua_id_set_clear (BaruaIdSet *self)
{
  g_array_set_size (self->ranges, 0);
}

gboolean
barua_id_set_contains (const BaruaIdSet *self,
                       guint64           id)
{
  guint i = find (self, id);

  return i < self->ranges->len && RANGE (self, i)->first <= id;
}

gboolean
barua_id_set_is_empty (const BaruaIdSet *self)
{
  return self->ranges->len == 0;
}

gboolean
barua_id_set_equal (const BaruaIdSet *a,
                    const BaruaIdSet *b)
{
  return a->ranges->len == b->ranges->len &&
         (a->ranges->len == 0 ||
          memcmp (a->ranges->data, b->ranges->data, a->ranges->len * sizeof (BaruaIdRange)) == 0);
}

guint64
barua_id_set_get_count (const BaruaIdSet *self)
{
  guint64 count = 0;

  for (guint i = 0; i < self->ranges->len; i++)
    {
      guint64 width = RANGE (self, i)->last - RANGE (self, i)->first;

      if (width == G_MAXUINT64 || count > G_MAXUINT64 - width - 1)
        return G_MAXUINT64;
      count += width + 1;
    }
  return count;
}

guint
barua_id_set_get_n_ranges (const BaruaIdSet *self)
{
  return self->ranges->len;
}

const BaruaIdRange *
barua_id_set_get_ranges (const BaruaIdSet *self)
{
  return (const BaruaIdRange *)(gpointer)self->ranges->data;
}

guint64
barua_id_set_get_first (const BaruaIdSet *self)
{
  return self->ranges->len > 0 ? RANGE (self, 0)->first : 0;
}

guint64
barua_id_set_get_last (const BaruaIdSet *self)
{
  return self->ranges->len > 0 ? RANGE (self, self->ranges->len - 1)->last : 0;
}

BaruaIdSet *
barua_id_set_intersect (const BaruaIdSet *a,
                        const BaruaIdSet *b)
{
  BaruaIdSet *result = barua_id_set_new ();
  guint i = 0;
  guint j = 0;

  while (i < a->ranges->len && j < b->ranges->len)
    {
      BaruaIdRange both = { MAX (RANGE (a, i)->first, RANGE (b, j)->first), MIN (RANGE (a, i)->last, RANGE (b, j)->last) };

      if (both.first <= both.last)
        g_array_append_val (result->ranges, both);
      if (RANGE (a, i)->last < RANGE (b, j)->last)
        i++;
      else
        j++;
    }
  return result;
}

BaruaIdSet *
barua_id_set_subtract (const BaruaIdSet *a,
                       const BaruaIdSet *b)
{
  BaruaIdSet *result = barua_id_set_new ();
  guint j = 0;

  for (guint i = 0; i < a->ranges->len; i++)
    {
      BaruaIdRange rest = *RANGE (a, i);
      gboolean used_up = FALSE;

      while (j < b->ranges->len && RANGE (b, j)->last < rest.first)
        j++;
      for (guint k = j; k < b->ranges->len && RANGE (b, k)->first <= rest.last; k++)
        {
          const BaruaIdRange *hole = RANGE (b, k);

          if (hole->first > rest.first)
            {
              BaruaIdRange before = { rest.first, hole->first - 1 };

              g_array_append_val (result->ranges, before);
            }
          if (hole->last >= rest.last)
            {
              used_up = TRUE;
              break;
            }
          rest.first = hole->last + 1;
        }
      if (!used_up)
        g_array_append_val (result->ranges, rest);
    }
  return result;
}

char *
barua_id_set_to_string (const BaruaIdSet *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const BaruaIdRange *range = RANGE (self, i);

      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, range->first);
      if (range->last != range->first)
        g_string_append_printf (text, ":%" G_GUINT64_FORMAT, range->last);
    }
  return g_string_free (text, FALSE);
}

/* RFC 9051: nz-number is 1 ... 2^32-1. */
static gboolean
parse_number (const char **cursor,
              const char  *end,
              guint64     *number)
{
  const char *p = *cursor;
  guint64 value = 0;

  while (p < end && g_ascii_isdigit (*p))
    {
      value = value * 10 + (guint64)(*p - '0');
      if (value > G_MAXUINT32)
        return FALSE;
      p++;
    }
  if (p == *cursor || value == 0)
    return FALSE;
  *cursor = p;
  *number = value;
  return TRUE;
}

BaruaIdSet *
barua_id_set_parse (const char *text,
                    gssize      length)
{
  g_autoptr (BaruaIdSet) set = barua_id_set_new ();
  const char *end = text + (length < 0 ? (gssize)strlen (text) : length);
  const char *cursor = text;

  for (;;)
    {
      guint64 first;
      guint64 last;

      if (!parse_number (&cursor, end, &first))
        return NULL;
      last = first;
      if (cursor < end && *cursor == ':')
        {
          cursor++;
          if (!parse_number (&cursor, end, &last))
            return NULL;
        }
      if (!barua_id_set_add_range (set, first, last))
        return NULL;
      if (cursor == end)
        return g_steal_pointer (&set);
      if (*cursor++ != ',')
        return NULL;
    }
}

void
barua_id_set_foreach (const BaruaIdSet *self,
                      BaruaIdSetFunc    func,
                      gpointer          user_data)
{
  for (guint i = 0; i < self->ranges->len; i++)
    for (guint64 id = RANGE (self, i)->first;; id++)
      {
        if (!func (id, user_data))
          return;
        if (id == RANGE (self, i)->last)
          break;
      }
}
