/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-error.h"
#include "barua-imap-command-private.h"
#include "barua-imap-uid-set.h"
#include "barua-limits.h"

/* Strings longer than this go as literals: Courier and others bound what they take as one token. */
#define QUOTED_BYTES 1000

struct _BaruaImapCommand
{
  BaruaImapCommandKind  kind;
  const char           *name;
  GPtrArray            *pieces; /* GBytes */
  GArray               *waits;  /* gboolean: wait for "+" behind the piece */
  gsize                 size;
};

void
barua_imap_dialect_init (BaruaImapDialect            *dialect,
                         const BaruaImapCapabilities *capabilities,
                         gboolean                     utf8)
{
  *dialect = (BaruaImapDialect) { .utf8 = utf8 };
  if (capabilities == NULL)
    return;
  if (barua_imap_capabilities_has (capabilities, BARUA_IMAP_CAP_LITERAL_PLUS))
    dialect->literals = BARUA_IMAP_LITERALS_PLUS;
  /* RFC 9051, appendix E: rev2 includes LITERAL-. */
  else if (barua_imap_capabilities_has (capabilities, BARUA_IMAP_CAP_LITERAL_MINUS) ||
           barua_imap_capabilities_has (capabilities, BARUA_IMAP_CAP_IMAP4REV2))
    dialect->literals = BARUA_IMAP_LITERALS_MINUS;
}

void
barua_imap_command_free (BaruaImapCommand *self)
{
  g_ptr_array_unref (self->pieces);
  g_array_unref (self->waits);
  g_free (self);
}

BaruaImapCommandKind
barua_imap_command_get_kind (const BaruaImapCommand *self)
{
  return self->kind;
}

const char *
barua_imap_command_get_name (const BaruaImapCommand *self)
{
  return self->name;
}

gsize
barua_imap_command_get_size (const BaruaImapCommand *self)
{
  return self->size;
}

guint
barua_imap_command_get_n_pieces (const BaruaImapCommand *self)
{
  return self->pieces->len;
}

GBytes *
barua_imap_command_peek_piece (const BaruaImapCommand *self,
                               guint                   index)
{
  return g_ptr_array_index (self->pieces, index);
}

gboolean
barua_imap_command_piece_must_wait (const BaruaImapCommand *self,
                                    guint                   index)
{
  return g_array_index (self->waits, gboolean, index);
}

/* Writing --------------------------------------------------------------------------------------------------------- */

void
barua_imap_writer_init (BaruaImapWriter        *self,
                        const BaruaImapDialect *dialect,
                        BaruaImapCommandKind    kind,
                        const char             *name)
{
  memset (self, 0, sizeof *self);
  if (dialect != NULL)
    self->dialect = *dialect;
  if (self->dialect.line_bytes == 0)
    self->dialect.line_bytes = BARUA_LIMIT_IMAP_COMMAND_BYTES;
  self->command = g_new0 (BaruaImapCommand, 1);
  self->command->kind = kind;
  self->command->name = name;
  self->command->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->command->waits = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->text = g_string_new (name);
}

void
barua_imap_writer_word (BaruaImapWriter *self,
                        const char      *text)
{
  g_string_append (self->text, text);
}

void
barua_imap_writer_format (BaruaImapWriter *self,
                          const char      *format,
                          ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

void
barua_imap_writer_fail (BaruaImapWriter *self,
                        const char      *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
}

static void
end_piece (BaruaImapWriter *self,
           GBytes          *bytes,
           gboolean         waits)
{
  self->command->size += g_bytes_get_size (bytes);
  g_ptr_array_add (self->command->pieces, bytes);
  g_array_append_val (self->command->waits, waits);
}

static void
end_text (BaruaImapWriter *self,
          gboolean         waits)
{
  end_piece (self, g_string_free_to_bytes (g_steal_pointer (&self->text)), waits);
  self->text = g_string_new (NULL);
}

void
barua_imap_writer_literal (BaruaImapWriter *self,
                           GBytes          *bytes,
                           gboolean         binary)
{
  gsize length = g_bytes_get_size (bytes);
  gboolean waits = self->dialect.literals == BARUA_IMAP_LITERALS_SYNC ||
                   (self->dialect.literals == BARUA_IMAP_LITERALS_MINUS && length > BARUA_LIMIT_IMAP_LITERAL_MINUS_BYTES);

  if (length > BARUA_LIMIT_MESSAGE_BYTES)
    {
      barua_imap_writer_fail (self, "a literal is too large");
      return;
    }
  if (!binary && length > 0 && memchr (g_bytes_get_data (bytes, NULL), '\0', length) != NULL)
    {
      barua_imap_writer_fail (self, "a literal holds NUL");
      return;
    }
  barua_imap_writer_format (self, "%s{%" G_GSIZE_FORMAT "%s}\r\n", binary ? "~" : "", length, waits ? "" : "+");
  end_text (self, waits);
  end_piece (self, g_bytes_ref (bytes), FALSE);
}

static gboolean
is_atom_char (char c)
{
  return (guchar) c > ' ' && (guchar) c < 0x7f && strchr ("(){%*\"\\]", c) == NULL;
}

static gboolean
is_atom (const char *text)
{
  if (text[0] == '\0' || g_ascii_strcasecmp (text, "NIL") == 0)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!is_atom_char (*p))
      return FALSE;
  return TRUE;
}

void
barua_imap_writer_quoted (BaruaImapWriter *self,
                          const char      *text)
{
  gboolean is_ascii = TRUE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\r' || *p == '\n')
        {
          barua_imap_writer_fail (self, "a string holds a line end");
          return;
        }
      if ((guchar) *p >= 0x80)
        is_ascii = FALSE;
    }
  if (strlen (text) > QUOTED_BYTES || (!is_ascii && !(self->dialect.utf8 && g_utf8_validate (text, -1, NULL))))
    {
      g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

      barua_imap_writer_literal (self, bytes, FALSE);
      return;
    }
  g_string_append_c (self->text, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (self->text, '\\');
      g_string_append_c (self->text, *p);
    }
  g_string_append_c (self->text, '"');
}

void
barua_imap_writer_string (BaruaImapWriter *self,
                          const char      *text)
{
  if (is_atom (text) && strlen (text) <= QUOTED_BYTES)
    g_string_append (self->text, text);
  else
    barua_imap_writer_quoted (self, text);
}

void
barua_imap_writer_mailbox (BaruaImapWriter *self,
                           const char      *mailbox)
{
  if (mailbox[0] == '\0')
    barua_imap_writer_fail (self, "a mailbox without a name");
  if (strlen (mailbox) > BARUA_LIMIT_FOLDER_NAME_BYTES)
    barua_imap_writer_fail (self, "a mailbox's name is too long");
  else
    barua_imap_writer_quoted (self, mailbox);
}

void
barua_imap_writer_atom (BaruaImapWriter *self,
                        const char      *text)
{
  if (!is_atom (text))
    barua_imap_writer_fail (self, "a word that is no atom");
  else
    g_string_append (self->text, text);
}

void
barua_imap_writer_flags (BaruaImapWriter    *self,
                         BaruaFlags          flags,
                         const char *const  *keywords)
{
  const char *space = "";

  g_string_append_c (self->text, '(');
  for (guint bit = 0; bit < 32; bit++)
    {
      const char *name = ((guint) flags & 1u << bit) != 0 ? barua_flag_get_name ((BaruaFlags) (1u << bit)) : NULL;

      if (name != NULL)
        {
          g_string_append_printf (self->text, "%s%s", space, name);
          space = " ";
        }
      else if (((guint) flags & 1u << bit) != 0)
        barua_imap_writer_fail (self, "an unknown flag");
    }
  for (; keywords != NULL && *keywords != NULL; keywords++)
    {
      g_string_append (self->text, space);
      barua_imap_writer_atom (self, *keywords);
      space = " ";
    }
  g_string_append_c (self->text, ')');
}

void
barua_imap_writer_set (BaruaImapWriter  *self,
                       const BaruaIdSet *set)
{
  if (barua_id_set_is_empty (set))
    barua_imap_writer_fail (self, "an empty set");
  else if (barua_id_set_get_first (set) == 0 || barua_id_set_get_last (set) > G_MAXUINT32)
    barua_imap_writer_fail (self, "a number that is no UID");
  else
    barua_imap_uid_set_append (set, self->text);
}

void
barua_imap_writer_messages (BaruaImapWriter         *self,
                            const BaruaImapMessages *messages)
{
  if (messages->set != NULL)
    barua_imap_writer_set (self, messages->set);
  else if (messages->from != 0)
    barua_imap_writer_format (self, "%u:*", messages->from);
  else if (messages->is_saved)
    g_string_append_c (self->text, '$');
  else
    barua_imap_writer_fail (self, "no messages named");
}

BaruaImapCommand *
barua_imap_writer_finish (BaruaImapWriter  *self,
                          GError          **error)
{
  BaruaImapCommand *command;

  g_string_append (self->text, "\r\n");
  end_text (self, FALSE);
  command = g_steal_pointer (&self->command);
  g_string_free (g_steal_pointer (&self->text), TRUE);
  if (self->problem == NULL)
    return command;
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "%s: %s", command->name, self->problem);
  barua_imap_command_free (command);
  return NULL;
}

/* Any state ------------------------------------------------------------------------------------------------------- */

static BaruaImapCommand *
make_simple (BaruaImapCommandKind  kind,
             const char           *name)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, NULL, kind, name);
  return barua_imap_writer_finish (&writer, NULL);
}

BaruaImapCommand *
barua_imap_command_capability (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "CAPABILITY");
}

BaruaImapCommand *
barua_imap_command_noop (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "NOOP");
}

BaruaImapCommand *
barua_imap_command_logout (void)
{
  return make_simple (BARUA_IMAP_COMMAND_LOGOUT, "LOGOUT");
}

BaruaImapCommand *
barua_imap_command_starttls (void)
{
  return make_simple (BARUA_IMAP_COMMAND_STARTTLS, "STARTTLS");
}

BaruaImapCommand *
barua_imap_command_compress (void)
{
  return make_simple (BARUA_IMAP_COMMAND_COMPRESS, "COMPRESS DEFLATE");
}

BaruaImapCommand *
barua_imap_command_unauthenticate (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "UNAUTHENTICATE");
}

BaruaImapCommand *
barua_imap_command_idle (void)
{
  return make_simple (BARUA_IMAP_COMMAND_IDLE, "IDLE");
}

BaruaImapCommand *
barua_imap_command_close (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "CLOSE");
}

BaruaImapCommand *
barua_imap_command_unselect (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "UNSELECT");
}

BaruaImapCommand *
barua_imap_command_check (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "CHECK");
}

BaruaImapCommand *
barua_imap_command_expunge (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "EXPUNGE");
}

BaruaImapCommand *
barua_imap_command_namespace (void)
{
  return make_simple (BARUA_IMAP_COMMAND_PLAIN, "NAMESPACE");
}

BaruaImapCommand *
barua_imap_command_id (const BaruaImapDialect *dialect,
                       const char *const      *pairs,
                       GError                **error)
{
  BaruaImapWriter writer;
  guint n = 0;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "ID");
  while (pairs != NULL && pairs[n] != NULL)
    n++;
  if (n % 2 != 0 || n > 60)
    barua_imap_writer_fail (&writer, "names and values do not pair, or are too many");
  /* Exchange refuses an empty list (docs/server-quirks.md). */
  barua_imap_writer_word (&writer, n == 0 ? " NIL" : " (");
  for (guint i = 0; i < n; i++)
    {
      if (strlen (pairs[i]) > (i % 2 == 0 ? 30 : 1024))
        barua_imap_writer_fail (&writer, "a name or value is too long");
      barua_imap_writer_word (&writer, i > 0 ? " " : "");
      barua_imap_writer_quoted (&writer, pairs[i]);
    }
  barua_imap_writer_word (&writer, n == 0 ? "" : ")");
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_enable (const char *const *words,
                           GError           **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, NULL, BARUA_IMAP_COMMAND_PLAIN, "ENABLE");
  if (words == NULL || words[0] == NULL)
    barua_imap_writer_fail (&writer, "nothing to enable");
  for (; words != NULL && *words != NULL; words++)
    {
      barua_imap_writer_word (&writer, " ");
      barua_imap_writer_atom (&writer, *words);
    }
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_authenticate (const char *mechanism,
                                 GBytes     *initial,
                                 GError    **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, NULL, BARUA_IMAP_COMMAND_AUTHENTICATE, "AUTHENTICATE");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_atom (&writer, mechanism);
  if (initial != NULL)
    {
      gsize length;
      const guchar *data = g_bytes_get_data (initial, &length);
      g_autofree char *base64 = g_base64_encode (data, length);

      /* RFC 4959, 3: an empty response is "=". */
      barua_imap_writer_word (&writer, " ");
      barua_imap_writer_word (&writer, length > 0 ? base64 : "=");
    }
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_login (const BaruaImapDialect *dialect,
                          const char             *user,
                          const char             *password,
                          GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "LOGIN");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_quoted (&writer, user);
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_quoted (&writer, password);
  return barua_imap_writer_finish (&writer, error);
}
