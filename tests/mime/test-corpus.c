/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime.h"
#include "html-oracle.h"

#include <gmime/gmime.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <time.h>

/* The shared corpus of other projects' test messages (BARUA_CORPUS): every message opens. */

typedef void (*MessageFunc) (const char *name,
                             GBytes     *message,
                             gpointer    data);

static GPtrArray *
list_files (const char *folder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          g_autoptr (GPtrArray) inner = list_files (path);

          for (guint i = 0; i < inner->len; i++)
            g_ptr_array_add (files, g_strdup (inner->pdata[i]));
        }
      else
        g_ptr_array_add (files, g_steal_pointer (&path));
    }
  return files;
}

/* Calls @func for each message; an mbox is split at its "From " lines. Returns how many files there were. */
static guint
for_each_message (MessageFunc func,
                  gpointer    data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BARUA_CORPUS") != NULL ? g_getenv ("BARUA_CORPUS") : "", "mime", NULL);
  g_autoptr (GPtrArray) files = list_files (folder);
  guint n = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const char *path = files->pdata[i];
      g_autoptr (GBytes) all = NULL;
      char *bytes;
      gsize length;

      if (g_str_has_suffix (path, ".json") || !g_file_get_contents (path, &bytes, &length, NULL))
        continue;
      n++;
      all = g_bytes_new_take (bytes, length);
      if (!g_str_has_suffix (path, ".mbox"))
        {
          func (path, all, data);
          continue;
        }
      for (gsize start = 0; start < length;)
        {
          const char *next = g_strstr_len (bytes + start + 1, (gssize)(length - start - 1), "\nFrom ");
          gsize end = next != NULL ? (gsize)(next - bytes) + 1 : length;
          g_autoptr (GBytes) one = g_bytes_new_from_bytes (all, start, end - start);

          func (path, one, data);
          start = end;
        }
    }
  return n;
}

typedef struct
{
  guint  n_messages;
  guint  n_parts;
  guint  n_refused;
  guint  n_refused_by_gmime;
  guint  n_html;
  double worst;
  char  *worst_name;
} Totals;

static gboolean
gmime_refuses (GBytes *message)
{
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *parsed = g_mime_parser_construct_message (parser, NULL);
  gboolean refused = parsed == NULL;

  g_clear_object (&parsed);
  g_object_unref (parser);
  g_object_unref (stream);
  return refused;
}

static gboolean
is_refused (const BaruaParsedMessage *value)
{
  for (guint i = 0; i < value->warnings->len; i++)
    if (((BaruaWarning *)value->warnings->pdata[i])->kind == BARUA_WARNING_REFUSED)
      return TRUE;
  return FALSE;
}

static void
open_one (const char *name,
          GBytes     *message,
          gpointer    data)
{
  Totals *totals = data;
  clock_t start = clock ();
  g_autoptr (BaruaParsedMessage) value = barua_mime_parse (message, BARUA_MIME_NONE);
  g_autofree char *search = barua_mime_get_search_text (value, 1 << 20);
  double seconds;

  g_assert_true (g_utf8_validate (value->preview, -1, NULL));
  g_assert_true (g_utf8_validate (search, -1, NULL));
  for (guint i = 0; i < value->parts->len; i++)
    {
      const BaruaPart *part = value->parts->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = barua_mime_get_part (message, part->section, TRUE, &error);

      g_assert_no_error (error);
      if (*part->section != '\0')
        g_assert_cmpuint (g_bytes_get_size (bytes), ==, part->size);
    }
  seconds = (double)(clock () - start) / CLOCKS_PER_SEC;
  if (seconds > totals->worst)
    {
      totals->worst = seconds;
      g_free (totals->worst_name);
      totals->worst_name = g_path_get_basename (name);
    }
  g_assert_cmpfloat (seconds, <, 2.0);
  for (guint i = 0; i < value->texts->len; i++)
    {
      const BaruaText *text = value->texts->pdata[i];

      g_assert_true (g_utf8_validate (text->text, -1, NULL));
      if (text->kind == BARUA_TEXT_HTML)
        {
          g_autofree char *again = barua_html_sanitise (text->text, strlen (text->text), "utf-8", BARUA_HTML_NONE, NULL);
          g_autofree char *wrong = html_oracle_check (text->text);

          g_assert_cmpstr (again, ==, text->text);
          if (wrong != NULL)
            g_error ("%s: %s", name, wrong);
          totals->n_html++;
        }
    }
  if (gmime_refuses (message))
    {
      totals->n_refused_by_gmime++;
      g_assert_cmpuint (value->texts->len, >=, 1);
    }
  totals->n_messages++;
  totals->n_parts += value->parts->len;
  totals->n_refused += is_refused (value);
}

static void
test_all_open (void)
{
  Totals totals = { 0 };
  guint n = for_each_message (open_one, &totals);

  if (n == 0)
    {
      g_test_skip ("BARUA_CORPUS is not there");
      return;
    }
  g_test_message ("%u files, %u messages, %u parts, %u HTML texts; %u refused (GMime: %u); worst %.3f s (%s)", n,
                  totals.n_messages, totals.n_parts, totals.n_html, totals.n_refused, totals.n_refused_by_gmime, totals.worst,
                  totals.worst_name);
  g_assert_cmpuint (n, >=, 893);
  g_free (totals.worst_name);
}

/* Mark Crispin's torture test: each of its 52 parts is listed and opens, those of the messages in it as well. */
static void
test_torture (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("BARUA_CORPUS") != NULL ? g_getenv ("BARUA_CORPUS") : "", "mime",
                                            "mozilla-comm_jsmime", "6444b186_mime-torture.eml", NULL);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (BaruaParsedMessage) value = NULL;
  char *bytes;
  gsize length;
  guint n_messages = 0;

  if (!g_file_get_contents (path, &bytes, &length, NULL))
    {
      g_test_skip ("BARUA_CORPUS is not there");
      return;
    }
  message = g_bytes_new_take (bytes, length);
  value = barua_mime_parse (message, BARUA_MIME_NONE);
  g_assert_cmpuint (value->parts->len, ==, 52);
  for (guint i = 0; i < value->parts->len; i++)
    {
      const BaruaPart *part = value->parts->pdata[i];
      g_autoptr (GBytes) content = barua_mime_get_part_by_index (message, i, TRUE, NULL);

      g_assert_nonnull (content);
      g_assert_cmpuint (g_bytes_get_size (content), >, 0);
      if (part->kind == BARUA_PART_MESSAGE)
        {
          g_autoptr (BaruaParsedMessage) inner = barua_mime_parse (content, BARUA_MIME_NONE);

          g_assert_false (is_refused (inner));
          n_messages++;
        }
    }
  g_assert_cmpuint (n_messages, >=, 10);
}

/* Agreement with the expected parses of mail-parser ------------------------------------------------------------------ */

typedef struct
{
  guint       n;
  guint       n_agreed;
  guint       n_explained;
  const char *file;
} Agreement;

/* Where upstream's expectation is not ours, and why. */
static const struct
{
  const char *file;
  const char *why;
} explained[] = {
  { "6f6d5f8a_012", "a delimiter of the outer multipart ends the inner one (RFC 2046, 5.1.2); GMime says so too" },
  { "ea037b01_009", "a delimiter of the outer multipart ends the inner one (RFC 2046, 5.1.2); GMime says so too" },
  { "987c226e_016", "after a delimiter of the outermost multipart those of the inner ones are text; GMime says so too" },
  { "6c1dccc0_022", "raw 8-bit header: upstream gives U+FFFD, we read it as windows-1252" },
};

/* White space counts as one space: upstream keeps or drops the last line end as it likes. */
static char *
normalise (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", words[i]);
  return g_string_free (out, FALSE);
}

static void
compare (Agreement  *agreement,
         const char *what,
         const char *ours,
         const char *theirs)
{
  g_autofree char *a = normalise (ours);
  g_autofree char *b = normalise (theirs);

  agreement->n++;
  if (strcmp (a, b) == 0)
    {
      agreement->n_agreed++;
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (explained); i++)
    if (g_str_has_prefix (agreement->file, explained[i].file))
      {
        agreement->n_explained++;
        g_test_message ("%s: %s differs: %s", agreement->file, what, explained[i].why);
        return;
      }
  g_test_message ("%s: %s: \"%.300s\" is expected to be \"%.300s\"", agreement->file, what, a, b);
}

static void
compare_number (Agreement  *agreement,
                const char *what,
                gint64      ours,
                gint64      theirs)
{
  g_autofree char *a = g_strdup_printf ("%" G_GINT64_FORMAT, ours);
  g_autofree char *b = g_strdup_printf ("%" G_GINT64_FORMAT, theirs);

  compare (agreement, what, a, b);
}

static void
append_mailboxes (GString   *out,
                  JsonArray *list)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *one = json_array_get_object_element (list, i);
      const char *name = json_object_get_string_member_with_default (one, "name", NULL);
      const char *address = json_object_get_string_member_with_default (one, "address", NULL);

      g_string_append_printf (out, "%s|%s;", name != NULL ? name : "", address != NULL ? address : "");
    }
}

static void
compare_addresses (Agreement  *agreement,
                   const char *what,
                   GPtrArray  *ours,
                   JsonObject *theirs)
{
  g_autoptr (GString) a = g_string_new (NULL);
  g_autoptr (GString) b = g_string_new (NULL);

  for (guint i = 0; i < ours->len; i++)
    {
      BaruaAddress *address = ours->pdata[i];

      g_string_append_printf (a, "%s|%s;", address->name, address->address);
    }
  if (json_object_has_member (theirs, "List"))
    append_mailboxes (b, json_object_get_array_member (theirs, "List"));
  else
    {
      JsonArray *groups = json_object_get_array_member (theirs, "Group");

      for (guint i = 0; i < json_array_get_length (groups); i++)
        append_mailboxes (b, json_object_get_array_member (json_array_get_object_element (groups, i), "addresses"));
    }
  compare (agreement, what, a->str, b->str);
}

static void
compare_date (Agreement                *agreement,
              const BaruaParsedMessage *value,
              JsonObject               *theirs)
{
  gint zone = (gint)(json_object_get_int_member (theirs, "tz_hour") * 60 + json_object_get_int_member (theirs, "tz_minute"));
  g_autoptr (GDateTime) date =
    g_date_time_new_utc ((int)json_object_get_int_member (theirs, "year"), (int)json_object_get_int_member (theirs, "month"),
                         (int)json_object_get_int_member (theirs, "day"), (int)json_object_get_int_member (theirs, "hour"),
                         (int)json_object_get_int_member (theirs, "minute"), (double)json_object_get_int_member (theirs, "second"));

  if (json_object_get_boolean_member (theirs, "tz_before_gmt"))
    zone = -zone;
  compare_number (agreement, "date", value->date, g_date_time_to_unix (date) - zone * 60);
  compare_number (agreement, "zone", value->date_zone, zone);
}

static void
compare_headers (Agreement                *agreement,
                 const BaruaParsedMessage *value,
                 JsonArray                *headers)
{
  for (guint i = 0; i < json_array_get_length (headers); i++)
    {
      JsonObject *header = json_array_get_object_element (headers, i);
      JsonNode *name_node = json_object_get_member (header, "name");
      JsonNode *value_node = json_object_get_member (header, "value");
      const char *name = JSON_NODE_HOLDS_VALUE (name_node) ? json_node_get_string (name_node) : "";
      JsonObject *theirs = JSON_NODE_HOLDS_OBJECT (value_node) ? json_node_get_object (value_node) : NULL;

      if (theirs == NULL)
        continue;
      if (strcmp (name, "subject") == 0 && json_object_has_member (theirs, "Text"))
        compare (agreement, name, value->subject, json_object_get_string_member (theirs, "Text"));
      else if (strcmp (name, "from") == 0)
        compare_addresses (agreement, name, value->from, json_object_get_object_member (theirs, "Address"));
      else if (strcmp (name, "to") == 0)
        compare_addresses (agreement, name, value->to, json_object_get_object_member (theirs, "Address"));
      else if (strcmp (name, "cc") == 0)
        compare_addresses (agreement, name, value->cc, json_object_get_object_member (theirs, "Address"));
      else if (strcmp (name, "date") == 0 && json_object_has_member (theirs, "DateTime"))
        compare_date (agreement, value, json_object_get_object_member (theirs, "DateTime"));
    }
}

/* Ours without what is inside messages: that is how they count. */
static GArray *
outer_parts (const BaruaParsedMessage *value)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint));
  guint inside = G_MAXUINT;

  for (guint i = 0; i < value->parts->len; i++)
    {
      const BaruaPart *part = value->parts->pdata[i];

      if (part->depth > inside)
        continue;
      inside = strcmp (part->type, "message/rfc822") == 0 ? part->depth : G_MAXUINT;
      g_array_append_val (indices, i);
    }
  return indices;
}

static void
compare_part (Agreement                *agreement,
              const BaruaParsedMessage *value,
              GBytes                   *message,
              guint                     index,
              JsonObject               *theirs)
{
  const BaruaPart *part = value->parts->pdata[index];
  JsonObject *body = json_object_get_object_member (theirs, "body");
  g_autoptr (GBytes) bytes = barua_mime_get_part_by_index (message, index, TRUE, NULL);

  if (json_object_has_member (body, "Text") || json_object_has_member (body, "Html"))
    {
      const char *data = g_bytes_get_data (bytes, NULL);
      g_autofree char *text = barua_mime_decode_charset (data != NULL ? data : "",
                                                         g_bytes_get_size (bytes), part->charset, NULL, NULL);

      compare (agreement, "text", text, json_object_get_string_member (body, json_object_has_member (body, "Text") ? "Text" : "Html"));
    }
  else if (json_object_has_member (body, "Binary"))
    compare_number (agreement, "size", (gint64)part->size, json_array_get_length (json_object_get_array_member (body, "Binary")));
  else if (json_object_has_member (body, "Message"))
    compare_number (agreement, "size of message", (gint64)part->encoded_size,
                    json_object_get_int_member (theirs, "offset_end") - json_object_get_int_member (theirs, "offset_body"));
}

/* What the independent judge says: the number of parts by GMime, which does not look into messages either. */
static guint
count_gmime_parts (GMimeObject *object)
{
  guint n = 1;

  if (GMIME_IS_MULTIPART (object))
    for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
      n += count_gmime_parts (g_mime_multipart_get_part (GMIME_MULTIPART (object), i));
  return n;
}

static void
assert_gmime_agrees (GBytes *message,
                     guint   n_parts)
{
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *parsed = g_mime_parser_construct_message (parser, NULL);

  g_assert_cmpuint (count_gmime_parts (g_mime_message_get_mime_part (parsed)), ==, n_parts);
  g_object_unref (parsed);
  g_object_unref (parser);
  g_object_unref (stream);
}

static void
compare_file (Agreement  *agreement,
              GBytes     *message,
              JsonObject *expected)
{
  g_autoptr (BaruaParsedMessage) value = barua_mime_parse (message, BARUA_MIME_NONE);
  JsonArray *parts = json_object_get_array_member (expected, "parts");
  g_autoptr (GArray) outer = outer_parts (value);

  compare_headers (agreement, value, json_object_get_array_member (json_array_get_object_element (parts, 0), "headers"));
  assert_gmime_agrees (message, outer->len);
  compare_number (agreement, "number of parts", outer->len, json_array_get_length (parts));
  for (guint i = 0; i < MIN (outer->len, json_array_get_length (parts)); i++)
    compare_part (agreement, value, message, g_array_index (outer, guint, i), json_array_get_object_element (parts, i));
}

static void
test_agreement (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BARUA_CORPUS") != NULL ? g_getenv ("BARUA_CORPUS") : "", "mime",
                                              "stalwartlabs_mail-parser", NULL);
  g_autoptr (GPtrArray) files = list_files (folder);
  Agreement agreement = { 0 };
  guint n_files = 0;

  if (files->len == 0)
    {
      g_test_skip ("BARUA_CORPUS is not there");
      return;
    }
  for (guint i = 0; i < files->len; i++)
    {
      const char *path = files->pdata[i];
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autofree char *stem = NULL;
      g_autofree char *eml = NULL;
      g_autofree char *base = g_path_get_basename (path);
      g_autoptr (GBytes) message = NULL;
      char *bytes;
      gsize length;

      if (!g_str_has_suffix (path, ".expected.json"))
        continue;
      n_files++;
      stem = g_strndup (path, strlen (path) - strlen (".expected.json"));
      eml = g_strconcat (stem, ".eml", NULL);
      g_assert_true (json_parser_load_from_file (parser, path, NULL));
      g_assert_true (g_file_get_contents (eml, &bytes, &length, NULL));
      message = g_bytes_new_take (bytes, length);
      agreement.file = base;
      compare_file (&agreement, message, json_node_get_object (json_parser_get_root (parser)));
    }
  g_test_message ("%u files: %u of %u values agree (%.1f %%), %u differ for a reason, %u without", n_files, agreement.n_agreed,
                  agreement.n, 100.0 * agreement.n_agreed / agreement.n, agreement.n_explained,
                  agreement.n - agreement.n_agreed - agreement.n_explained);
  g_assert_cmpuint (n_files, ==, 20);
  g_assert_cmpuint (agreement.n_agreed * 100, >=, (agreement.n - agreement.n_explained) * 99);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  barua_mime_init ();
  g_test_add_func ("/corpus/all-open", test_all_open);
  g_test_add_func ("/corpus/torture", test_torture);
  g_test_add_func ("/corpus/agreement", test_agreement);
  return g_test_run ();
}
