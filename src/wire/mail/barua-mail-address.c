/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-address.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-decode.h"

/* One address being read. The three texts hold raw bytes until the address is complete. */
typedef struct
{
  GString    *phrase;   /* words before "<": the name */
  GString    *spec;     /* the addr-spec inside "<>", or, without brackets, the words without the white space */
  GString    *comment;  /* the last comment: the name where there is no phrase (RFC 822 habit) */
  gboolean    in_angle;
  gboolean    had_angle;
  gboolean    has_at;   /* an "@" outside quotes and brackets */
  guint       n_added;  /* since the group began */
  GPtrArray  *list;
} Reader;

static void
reader_reset (Reader *reader)
{
  g_string_truncate (reader->phrase, 0);
  g_string_truncate (reader->spec, 0);
  g_string_truncate (reader->comment, 0);
  reader->in_angle = FALSE;
  reader->had_angle = FALSE;
  reader->has_at = FALSE;
}

static void
trim (GString *text)
{
  gsize start = 0;

  while (text->len > 0 && g_ascii_isspace (text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
  while (start < text->len && g_ascii_isspace (text->str[start]))
    start++;
  if (start > 0)
    g_string_erase (text, 0, (gssize)start);
}

static char *
decode_name (const GString *text)
{
  return barua_mail_decode_value (text->str, text->len, BARUA_LIMIT_DISPLAY_NAME_BYTES);
}

static void
add (Reader     *reader,
     const char *name,
     const char *spec)
{
  if (reader->list->len < BARUA_LIMIT_ADDRESSES)
    g_ptr_array_add (reader->list, barua_address_new (name, spec));
  reader->n_added++;
}

static void
reader_finish (Reader *reader)
{
  g_autofree char *name = NULL;

  trim (reader->phrase);
  trim (reader->spec);
  trim (reader->comment);
  if (reader->had_angle)
    {
      /* "<@route:user@host>": the route is obsolete and means nothing (RFC 5322, 4.4). */
      if (reader->spec->len > 0 && reader->spec->str[0] == '@')
        {
          const char *colon = strchr (reader->spec->str, ':');

          if (colon != NULL)
            g_string_erase (reader->spec, 0, colon + 1 - reader->spec->str);
        }
      name = decode_name (reader->phrase->len > 0 ? reader->phrase : reader->comment);
      if (name[0] != '\0' || reader->spec->len > 0)
        add (reader, name, reader->spec->str);
    }
  else if (reader->has_at)
    {
      name = decode_name (reader->comment);
      add (reader, name, reader->spec->str);
    }
  else if (reader->phrase->len > 0)
    {
      name = decode_name (reader->phrase);
      add (reader, name, "");
    }
  reader_reset (reader);
}

/* Copies a quoted string without its quotes into the name, with them into the addr-spec; returns behind it. */
static const char *
read_quoted (Reader     *reader,
             const char *p,
             const char *end)
{
  GString *spec = reader->spec;

  if (!reader->had_angle || reader->in_angle)
    g_string_append_c (spec, '"');
  for (p++; p < end && *p != '"'; p++)
    {
      if (*p == '\\' && p + 1 < end)
        {
          if (!reader->had_angle || reader->in_angle)
            g_string_append_c (spec, '\\');
          p++;
        }
      if (!reader->in_angle)
        g_string_append_c (reader->phrase, *p);
      if (!reader->had_angle || reader->in_angle)
        g_string_append_c (spec, *p);
    }
  if (!reader->had_angle || reader->in_angle)
    g_string_append_c (spec, '"');
  return p < end ? p + 1 : end;
}

/* Comments nest (RFC 5322, 3.2.2); depth is a counter, not a stack. */
static const char *
read_comment (Reader     *reader,
              const char *p,
              const char *end)
{
  guint depth = 1;

  g_string_truncate (reader->comment, 0);
  for (p++; p < end && depth > 0; p++)
    {
      if (*p == '\\' && p + 1 < end)
        p++;
      else if (*p == '(')
        depth++;
      else if (*p == ')' && --depth == 0)
        continue;
      g_string_append_c (reader->comment, *p);
    }
  return p;
}

static void
begin_group (Reader *reader)
{
  /* The group's name is only shown when the group is empty; see end_group(). */
  trim (reader->phrase);
  g_string_assign (reader->comment, reader->phrase->str);
  g_string_truncate (reader->phrase, 0);
  g_string_truncate (reader->spec, 0);
  reader->has_at = FALSE;
  reader->n_added = 0;
}

static void
end_group (Reader  *reader,
           GString *group)
{
  reader_finish (reader);
  if (reader->n_added == 0 && group->len > 0)
    {
      g_autofree char *name = decode_name (group);

      add (reader, name, "");
    }
  g_string_truncate (group, 0);
}

static const char *
read_one (Reader     *reader,
          GString    *group,
          const char *p,
          const char *end)
{
  switch (*p)
    {
    case '"':
      return read_quoted (reader, p, end);
    case '(':
      return read_comment (reader, p, end);
    case '<':
      reader->in_angle = TRUE;
      reader->had_angle = TRUE;
      g_string_truncate (reader->spec, 0);
      return p + 1;
    case '>':
      reader->in_angle = FALSE;
      return p + 1;
    case ',':
      if (reader->in_angle)
        break; /* inside a route */
      reader_finish (reader);
      return p + 1;
    case ':':
      if (reader->in_angle || reader->has_at)
        break;
      begin_group (reader);
      g_string_assign (group, reader->comment->str);
      g_string_truncate (reader->comment, 0);
      return p + 1;
    case ';':
      end_group (reader, group);
      return p + 1;
    default:
      break;
    }

  if (reader->in_angle)
    {
      if (!g_ascii_isspace (*p))
        g_string_append_c (reader->spec, *p);
    }
  else if (!reader->had_angle)
    {
      if (*p == '@')
        reader->has_at = TRUE;
      g_string_append_c (reader->phrase, *p);
      if (!g_ascii_isspace (*p))
        g_string_append_c (reader->spec, *p);
    }
  return p + 1;
}

/* "Maria Müller <maria@posta.example>" without comments, groups, quotes or lists: nearly all of mail. */
static gboolean
read_simple (GPtrArray  *list,
             const char *p,
             const char *end)
{
  const char *open = NULL;
  const char *close = NULL;
  g_autofree char *name = NULL;
  g_autofree char *spec = NULL;

  for (const char *q = p; q < end; q++)
    switch (*q)
      {
      case '"':
      case '(':
      case ',':
      case ':':
      case ';':
      case '\\':
        return FALSE;
      case '<':
        if (open != NULL)
          return FALSE;
        open = q;
        break;
      case '>':
        if (open == NULL || close != NULL)
          return FALSE;
        close = q;
        break;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        if (open != NULL && close == NULL)
          return FALSE;
        break;
      default:
        if (close != NULL)
          return FALSE;
      }
  if (open == NULL || close == NULL)
    return FALSE;

  name = barua_mail_decode_value (p, (gsize)(open - p), BARUA_LIMIT_DISPLAY_NAME_BYTES);
  spec = g_strndup (open + 1, (gsize)(close - open - 1));
  if (name[0] != '\0' || spec[0] != '\0')
    g_ptr_array_add (list, barua_address_new (name, spec));
  return TRUE;
}

GPtrArray *
barua_mail_addresses_parse (const char *bytes,
                            gsize       length)
{
  Reader reader = { .list = barua_address_list_new () };
  const char *p = bytes;
  const char *end = bytes + MIN (length, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  GString *group;

  if (read_simple (reader.list, p, end))
    return reader.list;

  reader.phrase = g_string_new (NULL);
  reader.spec = g_string_new (NULL);
  reader.comment = g_string_new (NULL);
  group = g_string_new (NULL);
  while (p < end && reader.list->len < BARUA_LIMIT_ADDRESSES)
    p = read_one (&reader, group, p, end);
  if (group->len > 0)
    end_group (&reader, group);
  else
    reader_finish (&reader);
  g_string_free (reader.phrase, TRUE);
  g_string_free (reader.spec, TRUE);
  g_string_free (reader.comment, TRUE);
  g_string_free (group, TRUE);
  return reader.list;
}
