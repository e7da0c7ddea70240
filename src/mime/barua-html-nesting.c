/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-sanitiser.h"

#include "barua-limits.h"

#include <string.h>

const BaruaElement *
barua_sanitiser_top (const BaruaSanitiser *self)
{
  return self->stack->len > 0 ? g_array_index (self->stack, BaruaOpenElement, self->stack->len - 1).element : NULL;
}

static guint
n_open (const BaruaSanitiser *self,
        const char           *name)
{
  return self->n_open[barua_html_element_index (barua_html_element_find (name))];
}

static gboolean
is_table_container (const BaruaElement *element)
{
  return element != NULL && ((element->flags & (BARUA_ELEMENT_TABLE | BARUA_ELEMENT_CELL)) == BARUA_ELEMENT_TABLE ||
                             barua_html_element_is (element, "table"));
}

void
barua_sanitiser_pop (BaruaSanitiser *self,
                     gboolean        keep)
{
  BaruaOpenElement open = g_array_index (self->stack, BaruaOpenElement, self->stack->len - 1);

  g_string_append_printf (self->out, "</%s>", open.element->name);
  g_array_set_size (self->stack, self->stack->len - 1);
  self->n_open[barua_html_element_index (open.element)]--;
  if (keep && !open.is_ended && (open.element->flags & BARUA_ELEMENT_FORMATTING) != 0 && self->reopen->len < 8 &&
      open.tag_length <= 512)
    {
      g_ptr_array_insert (self->reopen, 0, g_strndup (self->out->str + open.tag_start, open.tag_length));
      g_ptr_array_insert (self->reopen_elements, 0, (gpointer)open.element);
    }
}

/* Elements whose end tag came too early end with what was open inside them. */
static void
pop_ended (BaruaSanitiser *self)
{
  while (self->stack->len > 0 && g_array_index (self->stack, BaruaOpenElement, self->stack->len - 1).is_ended)
    barua_sanitiser_pop (self, FALSE);
}

void
barua_sanitiser_pop_to (BaruaSanitiser *self,
                        guint           length,
                        gboolean        keep)
{
  while (self->stack->len > length)
    barua_sanitiser_pop (self, keep);
  pop_ended (self);
}

void
barua_sanitiser_forget_reopen (BaruaSanitiser *self)
{
  g_ptr_array_set_size (self->reopen, 0);
  g_ptr_array_set_size (self->reopen_elements, 0);
}

void
barua_sanitiser_push (BaruaSanitiser     *self,
                      const BaruaElement *element,
                      gsize               tag_start)
{
  BaruaOpenElement open = { .element = element, .tag_start = tag_start, .tag_length = self->out->len - tag_start };

  g_array_append_val (self->stack, open);
  self->n_open[barua_html_element_index (element)]++;
}

static void
push_implied (BaruaSanitiser *self,
              const char     *name)
{
  gsize start = self->out->len;

  g_string_append_printf (self->out, "<%s>", name);
  barua_sanitiser_push (self, barua_html_element_find (name), start);
}

void
barua_sanitiser_reopen_formatting (BaruaSanitiser *self)
{
  if (self->reopen->len == 0)
    return;
  for (guint i = 0; i < self->reopen->len && self->stack->len < BARUA_LIMIT_HTML_DEPTH; i++)
    {
      const char *tag = self->reopen->pdata[i];
      gsize start = self->out->len;

      self->reopened_bytes += strlen (tag) * 2;
      if (self->reopened_bytes > BARUA_LIMIT_HTML_REOPENED_BYTES)
        break;
      g_string_append (self->out, tag);
      barua_sanitiser_push (self, self->reopen_elements->pdata[i], start);
    }
  barua_sanitiser_forget_reopen (self);
}

/* The index of the innermost open @element that can be reached from here, or -1. @ended: also one whose end tag was there. */
static int
find_open_or_ended (const BaruaSanitiser *self,
                    const BaruaElement   *element,
                    gboolean              ended)
{
  if (self->n_open[barua_html_element_index (element)] == 0)
    return -1;
  for (int i = (int)self->stack->len - 1; i >= 0; i--)
    {
      const BaruaOpenElement *open = &g_array_index (self->stack, BaruaOpenElement, i);

      if (open->element == element && (ended || !open->is_ended))
        return i;
      if (barua_html_element_is (open->element, "table") ||
          ((open->element->flags & BARUA_ELEMENT_CELL) != 0 && (element->flags & BARUA_ELEMENT_TABLE) == 0 &&
           !barua_html_element_is (element, "table")))
        return -1;
    }
  return -1;
}

int
barua_sanitiser_find_open (const BaruaSanitiser *self,
                           const BaruaElement   *element)
{
  return find_open_or_ended (self, element, FALSE);
}

static void
close_open (BaruaSanitiser *self,
            const char     *name)
{
  int i = barua_sanitiser_find_open (self, barua_html_element_find (name));

  if (i >= 0)
    barua_sanitiser_pop_to (self, (guint)i, TRUE);
}

void
barua_sanitiser_ensure_cell (BaruaSanitiser *self)
{
  const BaruaElement *element = barua_sanitiser_top (self);

  if (!is_table_container (element) || barua_html_element_is (element, "colgroup"))
    {
      if (!barua_html_element_is (element, "colgroup"))
        return;
      barua_sanitiser_pop (self, FALSE);
    }
  if (self->stack->len + 3 >= BARUA_LIMIT_HTML_DEPTH)
    {
      /* No room for a row: out of the table. */
      while (is_table_container (barua_sanitiser_top (self)))
        barua_sanitiser_pop (self, FALSE);
      return;
    }
  if (!barua_html_element_is (barua_sanitiser_top (self), "tr"))
    push_implied (self, "tr");
  push_implied (self, "td");
}

/* The list or table boundary above which an open item is not ours. */
static void
close_item (BaruaSanitiser     *self,
            const BaruaElement *item)
{
  for (int i = (int)self->stack->len - 1; i >= 0; i--)
    {
      const BaruaElement *element = g_array_index (self->stack, BaruaOpenElement, i).element;

      if (element == item ||
          (item->name[0] == 'd' && (barua_html_element_is (element, "dd") || barua_html_element_is (element, "dt"))))
        {
          barua_sanitiser_pop_to (self, (guint)i, TRUE);
          return;
        }
      if ((element->flags & (BARUA_ELEMENT_BLOCK | BARUA_ELEMENT_TABLE)) != 0 && !barua_html_element_is (element, "div") &&
          !barua_html_element_is (element, "p") && !barua_html_element_is (element, "address"))
        return;
    }
}

/* A tr, td, tbody ... inside a table: closes and opens what must be between. FALSE: not inside a table. */
static gboolean
enter_table_part (BaruaSanitiser     *self,
                  const BaruaElement *element)
{
  gboolean is_cell = barua_html_element_is (element, "td") || barua_html_element_is (element, "th");

  if (n_open (self, "table") == 0)
    return FALSE;
  for (;;)
    {
      const BaruaElement *open = barua_sanitiser_top (self);

      if (barua_html_element_is (open, "table") || (is_cell && barua_html_element_is (open, "tr")) ||
          (barua_html_element_is (element, "col") && barua_html_element_is (open, "colgroup")) ||
          ((is_cell || barua_html_element_is (element, "tr")) &&
           (barua_html_element_is (open, "tbody") || barua_html_element_is (open, "thead") || barua_html_element_is (open, "tfoot"))))
        break;
      barua_sanitiser_pop (self, FALSE);
    }
  barua_sanitiser_forget_reopen (self);
  if (is_cell && !barua_html_element_is (barua_sanitiser_top (self), "tr"))
    push_implied (self, "tr");
  return TRUE;
}

gboolean
barua_sanitiser_prepare_for (BaruaSanitiser     *self,
                             const BaruaElement *element)
{
  if ((element->flags & BARUA_ELEMENT_TABLE) != 0)
    return enter_table_part (self, element);
  barua_sanitiser_ensure_cell (self);
  if ((element->flags & BARUA_ELEMENT_BLOCK) != 0)
    {
      close_open (self, "p");
      /* One heading's end can end what stood between it and another one. */
      while ((element->flags & BARUA_ELEMENT_HEADING) != 0 && barua_sanitiser_top (self) != NULL &&
             (barua_sanitiser_top (self)->flags & BARUA_ELEMENT_HEADING) != 0)
        barua_sanitiser_pop_to (self, self->stack->len - 1, TRUE);
      if (barua_html_element_is (element, "li") || barua_html_element_is (element, "dd") || barua_html_element_is (element, "dt"))
        close_item (self, element);
      if ((element->flags & BARUA_ELEMENT_FORMATTING) == 0 && barua_html_element_is (element, "table"))
        barua_sanitiser_forget_reopen (self);
    }
  else if (barua_html_element_is (element, "a"))
    {
      /* No link inside a link, not even one that only waits for its block to end. */
      int open = find_open_or_ended (self, element, TRUE);

      if (open >= 0)
        {
          while ((int)self->stack->len > open + 1)
            barua_sanitiser_pop (self, TRUE);
          barua_sanitiser_pop_to (self, (guint)open, FALSE);
        }
      for (guint i = 0; i < self->reopen->len; i++)
        if (self->reopen_elements->pdata[i] == (gpointer)element)
          {
            g_ptr_array_remove_index (self->reopen, i);
            g_ptr_array_remove_index (self->reopen_elements, i);
            break;
          }
    }
  /* Closing may have led out to a table again. */
  barua_sanitiser_ensure_cell (self);
  if ((element->flags & BARUA_ELEMENT_BLOCK) == 0)
    barua_sanitiser_reopen_formatting (self);
  return TRUE;
}
