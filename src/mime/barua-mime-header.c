/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime-header.h"

#include "barua-limits.h"
#include "barua-text.h"

#include <string.h>

/* Where the line that begins at @p ends: behind its line end. */
static const char *
next_line (const char *p,
           const char *end)
{
  const char *newline = memchr (p, '\n', (gsize)(end - p));

  return newline != NULL ? newline + 1 : end;
}

static gboolean
is_blank_line (const char *p,
               const char *end)
{
  return p < end && (*p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n')));
}

/* The length of the field name at @p, 0 when there is none. Spaces before the colon are obsolete, not wrong (RFC 5322, 4.5). */
static gsize
field_name_length (const char *p,
                   const char *end)
{
  const char *q = p;
  gsize length;

  while (q < end && (guchar)*q > 0x20 && (guchar)*q < 0x7F && *q != ':')
    q++;
  length = (gsize)(q - p);
  while (q < end && (*q == ' ' || *q == '\t'))
    q++;
  return q < end && *q == ':' ? length : 0;
}

const char *
barua_mime_fields_read (const char *start,
                        const char *end,
                        GArray     *fields)
{
  const char *p = start;
  const char *limit = (gsize)(end - start) > BARUA_LIMIT_HEADER_BLOCK_BYTES ? start + BARUA_LIMIT_HEADER_BLOCK_BYTES : end;

  if (p < end && !is_blank_line (p, end) && field_name_length (p, end) == 0)
    return start;
  while (p < end)
    {
      const char *line = p;
      BaruaMimeField field = { .name = line };

      p = next_line (line, end);
      if (is_blank_line (line, end))
        return p;
      while (p < end && (*p == ' ' || *p == '\t'))
        p = next_line (p, end);
      field.name_length = field_name_length (line, p);
      if (field.name_length == 0 || fields->len >= BARUA_LIMIT_HEADERS || line >= limit)
        continue;
      field.value = (const char *)memchr (line, ':', (gsize)(p - line)) + 1;
      field.value_length = (gsize)(p - field.value);
      while (field.value_length > 0 && strchr ("\r\n", field.value[field.value_length - 1]) != NULL)
        field.value_length--;
      g_array_append_val (fields, field);
    }
  return end;
}

static gboolean
is_named (const BaruaMimeField *field,
          const char           *name)
{
  return g_ascii_strncasecmp (field->name, name, field->name_length) == 0 && name[field->name_length] == '\0';
}

const BaruaMimeField *
barua_mime_fields_find (GArray     *fields,
                        const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (is_named (&g_array_index (fields, BaruaMimeField, i), name))
      return &g_array_index (fields, BaruaMimeField, i);
  return NULL;
}

guint
barua_mime_fields_count (GArray     *fields,
                         const char *name)
{
  guint n = 0;

  for (guint i = 0; i < fields->len; i++)
    n += is_named (&g_array_index (fields, BaruaMimeField, i), name);
  return n;
}

char *
barua_mime_field_dup_raw (const BaruaMimeField *field,
                          gsize                 max)
{
  const char *p = field->value;
  const char *end = p + MIN (field->value_length, max);
  GString *out;

  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
    p++;
  out = g_string_sized_new ((gsize)(end - p) + 1);
  for (; p < end; p++)
    {
      if (*p == '\0')
        g_string_append_c (out, '?');
      else if (*p == '\n' || *p == '\t')
        g_string_append_c (out, ' ');
      else if (*p == '\r')
        {
          if (p + 1 == end || p[1] != '\n')
            g_string_append_c (out, ' ');
        }
      else
        g_string_append_c (out, *p);
      /* The space that a folded line begins with is the one that stood there (RFC 5322, 2.2.3). */
      if (*p == '\n' && p + 1 < end && (p[1] == ' ' || p[1] == '\t'))
        g_string_truncate (out, out->len - 1);
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

/* NUL inside an encoded word would end the C string that GMime gives back, and hide what follows (THREATS U-01): it is made a
 * SUB, which is shown as U+FFFD like other control characters. */
static char *
defuse_encoded_words (const char *raw)
{
  GString *out = g_string_new (NULL);

  for (const char *p = raw; *p != '\0';)
    {
      const char *charset_end = p[0] == '=' && p[1] == '?' ? memchr (p + 2, '?', strnlen (p + 2, 64)) : NULL;
      const char *text = charset_end != NULL && charset_end[1] != '\0' && charset_end[2] == '?' ? charset_end + 3 : NULL;
      const char *end = text != NULL ? g_strstr_len (text, 4096, "?=") : NULL;

      if (end == NULL)
        {
          g_string_append_c (out, *p++);
          continue;
        }
      g_string_append_len (out, p, text - p);
      if ((charset_end[1] | 0x20) == 'q')
        {
          for (const char *q = text; q < end; q++)
            {
              if (strncmp (q, "=00", 3) == 0)
                {
                  g_string_append (out, "=1A");
                  q += 2;
                }
              else if ((guchar)*q >= 0x80) /* a raw byte is meant in the charset of the word, not in that of the line */
                g_string_append_printf (out, "=%02X", (guchar)*q);
              else
                g_string_append_c (out, *q);
            }
        }
      else
        {
          g_autofree char *base64 = g_strndup (text, (gsize)(end - text));
          gsize length;
          g_autofree guchar *bytes = g_base64_decode (base64, &length);
          gboolean is_wide = g_ascii_strncasecmp (p + 2, "utf-16", 6) == 0 || g_ascii_strncasecmp (p + 2, "utf-32", 6) == 0;

          if (!is_wide && length > 0 && memchr (bytes, '\0', length) != NULL)
            {
              g_autofree char *again = NULL;

              for (gsize i = 0; i < length; i++)
                if (bytes[i] == '\0')
                  bytes[i] = 0x1A;
              again = g_base64_encode (bytes, length);
              g_string_append (out, again);
            }
          else
            g_string_append_len (out, text, end - text);
        }
      g_string_append (out, "?=");
      p = end + 2;
    }
  return g_string_free (out, FALSE);
}

static gboolean
needs_decoding (const char *raw)
{
  if (strstr (raw, "=?") != NULL)
    return TRUE;
  for (const char *p = raw; *p != '\0'; p++)
    if ((guchar)*p >= 0x80)
      return TRUE;
  return FALSE;
}

char *
barua_mime_field_dup_text (const BaruaMimeField *field,
                           gsize                 max)
{
  g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  g_autofree char *defused = NULL;
  g_autofree char *decoded = NULL;

  if (!needs_decoding (raw))
    return barua_text_clean (raw, -1, max);
  defused = defuse_encoded_words (raw);
  decoded = g_mime_utils_header_decode_text (barua_mime_get_options (), defused);
  return barua_text_clean (decoded != NULL ? decoded : raw, -1, max);
}

/* Cuts the value off where groups are nested too deep. Two counts, because GMime and this scan need not agree on where a damaged
 * quoted string ends: the one that knows quotes is strict, the one that does not is generous. */
static gboolean
cut_nested_groups (char *value)
{
  guint depth = 0;
  guint n_colons = 0;
  guint comments = 0;
  char quote = '\0';

  for (char *p = value; *p != '\0'; p++)
    {
      if (*p == ':' && ++n_colons > BARUA_LIMIT_ADDRESS_COLONS)
        {
          *p = '\0';
          return FALSE;
        }
      if (*p == '\\' && (quote == '"' || comments > 0) && p[1] != '\0' && p[1] != ':')
        p++;
      else if (quote != '\0')
        {
          if (*p == quote)
            quote = '\0';
        }
      else if (*p == '(')
        comments++;
      else if (*p == ')' && comments > 0)
        comments--;
      else if (comments > 0)
        continue;
      else if (*p == '"')
        quote = '"';
      else if (*p == '<')
        quote = '>';
      else if (*p == '[')
        quote = ']';
      else if (*p == ';' && depth > 0)
        depth--;
      else if (*p == ':' && ++depth > BARUA_LIMIT_ADDRESS_GROUP_DEPTH)
        {
          *p = '\0';
          return FALSE;
        }
    }
  return TRUE;
}

static void
add_addresses (InternetAddressList *list,
               GPtrArray           *addresses,
               guint                depth)
{
  int n = internet_address_list_length (list);

  for (int i = 0; i < n && addresses->len < BARUA_LIMIT_ADDRESSES; i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);
      const char *name = internet_address_get_name (address);

      if (INTERNET_ADDRESS_IS_MAILBOX (address))
        {
          const char *spec = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));

          /* "Recipient-List" alone is no address that one could write to, but a name. */
          if (spec != NULL && strchr (spec, '@') == NULL && (name == NULL || *name == '\0'))
            {
              name = spec;
              spec = NULL;
            }
          if ((spec != NULL && *spec != '\0') || (name != NULL && *name != '\0'))
            g_ptr_array_add (addresses, barua_address_new (name, spec));
        }
      else if (INTERNET_ADDRESS_IS_GROUP (address) && depth <= BARUA_LIMIT_ADDRESS_GROUP_DEPTH)
        add_addresses (internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)), addresses, depth + 1);
    }
}

gboolean
barua_mime_field_addresses (const BaruaMimeField *field,
                            GPtrArray            *addresses)
{
  g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  g_autofree char *defused = NULL;
  g_autoptr (InternetAddressList) list = NULL;
  gboolean is_whole = field->value_length <= BARUA_LIMIT_ADDRESS_HEADER_BYTES;
  guint before = addresses->len;

  if (!is_whole)
    {
      /* The last address is not whole. */
      char *comma = strrchr (raw, ',');

      if (comma != NULL)
        *comma = '\0';
    }
  if (!cut_nested_groups (raw))
    is_whole = FALSE;
  if (strstr (raw, "=?") != NULL)
    defused = defuse_encoded_words (raw);
  list = internet_address_list_parse (barua_mime_get_options (), defused != NULL ? defused : raw);
  if (list != NULL)
    add_addresses (list, addresses, 0);
  /* What can't be read as an address is shown as a name without one, never hidden; an empty group is empty. */
  if (addresses->len == before && *raw != '\0' && list == NULL)
    {
      g_autofree char *text = barua_mime_field_dup_text (field, BARUA_LIMIT_DISPLAY_NAME_BYTES);

      g_ptr_array_add (addresses, barua_address_new (text, NULL));
    }
  return is_whole;
}

void
barua_mime_field_references (const BaruaMimeField *field,
                             GPtrArray            *references)
{
  g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  const char *p = raw;

  while ((p = strchr (p, '<')) != NULL)
    {
      const char *close = strpbrk (p + 1, "<>");
      g_autofree char *id = NULL;

      if (close == NULL)
        break;
      if (*close == '<' || close - p < 2 || close - p >= (gssize)BARUA_LIMIT_MESSAGE_ID_BYTES)
        {
          p = *close == '<' ? close : close + 1;
          continue;
        }
      id = barua_text_clean (p, close - p + 1, BARUA_LIMIT_MESSAGE_ID_BYTES);
      p = close + 1;
      if (g_ptr_array_find_with_equal_func (references, id, g_str_equal, NULL))
        continue;
      if (references->len >= BARUA_LIMIT_REFERENCES)
        g_ptr_array_remove_index (references, 1);
      g_ptr_array_add (references, g_steal_pointer (&id));
    }
}

GMimeParserOptions *
barua_mime_get_options (void)
{
  static gsize once;
  static GMimeParserOptions *options;

  if (g_once_init_enter (&once))
    {
      static const char *charsets[] = { "utf-8", "windows-1252", NULL };

      options = g_mime_parser_options_new ();
      g_mime_parser_options_set_fallback_charsets (options, charsets);
      g_mime_parser_options_set_allow_addresses_without_domain (options, TRUE);
      g_once_init_leave (&once, 1);
    }
  return options;
}
