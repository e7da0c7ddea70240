/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every IMAP transcript of the shared corpus, whole, byte by byte and in random pieces: the same events. */
#include "imap-dump.h"

#include <string.h>

#define RANDOM_SPLITS 20

static guint n_files;
static guint n_events;

/* What a server said in a transcript. Two-sided ones mark its lines with "S: "; ends of lines are made CRLF, as the repository
 * they came from had removed the CR. */
static GString *
read_transcript (const char *path)
{
  g_autofree char *data = NULL;
  g_auto(GStrv) lines = NULL;
  GString *text = g_string_new (NULL);
  gboolean two_sided;

  g_assert_true (g_file_get_contents (path, &data, NULL, NULL));
  if (g_str_has_suffix (path, ".imap") && strstr (path, "net-imap") != NULL)
    return g_string_append (text, data);
  two_sided = strstr (path, "james-mpt") != NULL;
  lines = g_strsplit (data, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i];

      g_strchomp (lines[i]);
      if (two_sided && !g_str_has_prefix (line, "S: "))
        continue;
      if (two_sided)
        line += 3;
      else if (strstr (path, "imaptest") != NULL && !g_str_has_prefix (line, "*"))
        continue;
      if (lines[i + 1] == NULL && line[0] == '\0')
        break;
      g_string_append_printf (text, "%s\r\n", line);
    }
  return text;
}

static void
check_transcript (const char *path)
{
  g_autoptr(GString) text = read_transcript (path);
  g_autoptr(GString) whole = g_string_new (NULL);
  g_autoptr(GString) bytes = g_string_new (NULL);

  imap_dump_stream (text->str, text->len, IMAP_SPLIT_WHOLE, 0, 1024, whole);
  imap_dump_stream (text->str, text->len, IMAP_SPLIT_BYTES, 0, 1024, bytes);
  if (strcmp (whole->str, bytes->str) != 0)
    g_error ("%s: other events byte by byte", path);
  for (guint seed = 1; seed <= RANDOM_SPLITS; seed++)
    {
      g_autoptr(GString) pieces = g_string_new (NULL);

      imap_dump_stream (text->str, text->len, IMAP_SPLIT_RANDOM, seed, 1024, pieces);
      if (strcmp (whole->str, pieces->str) != 0)
        {
          gsize at = 0;

          while (whole->str[at] == pieces->str[at])
            at++;
          at = at > 80 ? at - 80 : 0;
          g_error ("%s: other events in random pieces, seed %u: %.160s, whole: %.160s", path, seed, pieces->str + at,
                   whole->str + at);
        }
    }
  n_files++;
  for (const char *p = whole->str; *p != '\0'; p++)
    n_events += *p == '\n';
}

/* Files whose answers must all be understood: none of them may break the stream. */
static void
check_understood (const char *path)
{
  g_autoptr(GString) text = read_transcript (path);
  g_autoptr(GString) whole = g_string_new (NULL);

  if (!imap_dump_stream (text->str, text->len, IMAP_SPLIT_WHOLE, 0, 0, whole))
    g_error ("%s: %s", path, strrchr (whole->str, '{'));
}

static void
walk (const char *folder,
      void      (*check) (const char *path))
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        walk (path, check);
      else if (!g_str_has_suffix (name, ".yml") && !g_str_has_suffix (name, ".mbox"))
        check (path);
    }
}

static void
test_corpus (void)
{
  static const char *const folders[] = { "mailkit", "net-imap", "james-mpt", "imaptest", "libetpan-fuzz-seeds",
                                         "mox-fuzzseed" };
  const char *corpus = g_getenv ("BARUA_CORPUS");

  if (corpus == NULL || !g_file_test (corpus, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no corpus: set BARUA_CORPUS");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (corpus, "imap", folders[i], NULL);

      walk (folder, check_transcript);
      if (i == 0)
        walk (folder, check_understood);
    }
  g_test_message ("%u files, %u events", n_files, n_events);
  g_assert_cmpuint (n_files, >, 300);
  g_assert_cmpuint (n_events, >, 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/imap/transcripts", test_corpus);
  return g_test_run ();
}
