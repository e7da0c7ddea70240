/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of any values: refused, or accepted by a strict grammar of its own with the values in it as they were given. */
#include "barua-imap-command.h"
#include "imap-grammar.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

typedef struct
{
  const uint8_t *data;
  size_t         size;
} Input;

static guint
take_byte (Input *input)
{
  if (input->size == 0)
    return 0;
  input->size--;
  return *input->data++;
}

static char *
take_text (Input *input)
{
  gsize n = take_byte (input);
  char *text;

  n = MIN (n, input->size);
  text = g_strndup ((const char *) input->data, n);
  input->data += n;
  input->size -= n;
  return text;
}

static BaruaIdSet *
take_set (Input *input)
{
  BaruaIdSet *set = barua_id_set_new ();

  for (guint n = take_byte (input) % 64; n > 0; n--)
    {
      guint first = take_byte (input) << 8 | take_byte (input);

      barua_id_set_add_range (set, first, first + take_byte (input));
    }
  return set;
}

static BaruaImapSearchKey *
take_key (Input *input,
          guint  depth)
{
  guint kind = depth > 8 ? 0 : take_byte (input) % 9;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  BaruaImapSearchKey *a;

  switch (kind)
    {
    case 1:
      text = take_text (input);
      return barua_imap_search_text (take_byte (input) % 7, text);
    case 2:
      text = take_text (input);
      name = take_text (input);
      return barua_imap_search_header (name, text);
    case 3:
      text = take_text (input);
      return barua_imap_search_keyword (text, take_byte (input) % 2);
    case 4:
      return barua_imap_search_not (take_key (input, depth + 1));
    case 5:
      a = take_key (input, depth + 1);
      return barua_imap_search_or (a, take_key (input, depth + 1));
    case 6:
      a = take_key (input, depth + 1);
      return barua_imap_search_and (a, take_key (input, depth + 1));
    case 7:
      return barua_imap_search_date (take_byte (input) % 9, take_byte (input) * 40, take_byte (input), take_byte (input));
    case 8:
      text = take_text (input);
      return barua_imap_search_email_id (text);
    default:
      return barua_imap_search_all ();
    }
}

static void
check_string (GPtrArray  *strings,
              const char *text)
{
  for (guint i = 0; i < strings->len; i++)
    {
      const GString *string = g_ptr_array_index (strings, i);

      if (string->len == strlen (text) && memcmp (string->str, text, string->len) == 0)
        return;
    }
  g_assert_cmpstr (text, ==, "a string of the command");
}

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

/* Takes @command. */
static void
check (BaruaImapCommand *command,
       const char       *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func (free_string);
  const char *problem;

  if (command == NULL)
    return;
  for (guint i = 0; i < barua_imap_command_get_n_pieces (command); i++)
    {
      gsize length;
      const char *data = g_bytes_get_data (barua_imap_command_peek_piece (command, i), &length);

      g_string_append_len (text, data, (gssize) length);
      if (barua_imap_command_piece_must_wait (command, i))
        g_assert_true (g_str_has_suffix (text->str, "}\r\n"));
    }
  problem = imap_grammar_check (text->str, text->len, strings);
  g_assert_cmpstr (problem, ==, NULL);
  if (expected != NULL)
    check_string (strings, expected);
  barua_imap_command_free (command);
}

static void
check_all (GPtrArray *commands)
{
  while (commands != NULL && commands->len > 0)
    check (g_ptr_array_steal_index (commands, 0), NULL);
  g_clear_pointer (&commands, g_ptr_array_unref);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  Input input = { data, size };
  BaruaImapDialect dialect = { .literals = take_byte (&input) % 3, .utf8 = take_byte (&input) % 2,
                               .line_bytes = 100 + take_byte (&input) };
  guint which = take_byte (&input) % 12;
  g_autoptr(BaruaIdSet) set = take_set (&input);
  g_autofree char *a = take_text (&input);
  g_autofree char *b = take_text (&input);
  const char *const list[] = { a, b, NULL };
  guint bits = take_byte (&input) | take_byte (&input) << 8;
  g_autoptr(GBytes) bytes = g_bytes_new (b, strlen (b));

  if (which == 0)
    check (barua_imap_command_select (&dialect, a, bits % 4, NULL, NULL), a);
  else if (which == 1)
    check (barua_imap_command_login (&dialect, a, b, NULL), b);
  else if (which == 2)
    check (barua_imap_command_list (&dialect, bits % 3, a, list + 1, bits & 0xf0f, bits >> 4, NULL), a);
  else if (which == 3)
    check (barua_imap_command_rename (&dialect, a, b, NULL), b);
  else if (which == 4)
    check (barua_imap_command_id (&dialect, list, NULL), a);
  else if (which == 5)
    check (barua_imap_command_append (&dialect, a, bits, list + 1, (gint64) bits << 20, bytes, bits % 2, NULL), a);
  else if (which == 6)
    check_all (barua_imap_commands_store (&dialect, BARUA_IMAP_UIDS (set), bits % 3, bits % 2, bits >> 4, list, bits, NULL));
  else if (which == 7)
    check_all (barua_imap_commands_move (&dialect, BARUA_IMAP_UIDS (set), a, NULL));
  else if (which == 8)
    {
      const BaruaImapFetchSection section = { .kind = bits % 3, .part = a, .text = bits % 5 == 0 ? "HEADER.FIELDS" : NULL,
                                              .fields = bits % 5 == 0 ? list + 1 : NULL, .count = bits % 7 };
      const BaruaImapFetchRequest request = { .items = bits, .sections = &section, .n_sections = 1, .changed_since = bits % 3 };

      check_all (barua_imap_commands_fetch (&dialect, BARUA_IMAP_UIDS (set), &request, NULL));
    }
  else if (which == 9)
    {
      g_autoptr(BaruaImapSearchKey) key = take_key (&input, 0);
      const BaruaImapSearchRequest request = { .use_return = bits % 2, .items = bits % 2 != 0 ? bits >> 4 & 0xf : 0 };

      check (barua_imap_command_search (&dialect, &request, key, NULL), NULL);
    }
  else if (which == 10)
    check (barua_imap_command_enable (list, NULL), NULL);
  else
    check (barua_imap_command_get_metadata (&dialect, a, list + 1, bits, NULL), NULL);
  return 0;
}
