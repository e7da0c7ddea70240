/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target on files and folders of files, once each: inputs that once found something stay tests. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static guint n_run;

static void
run_path (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *below = g_build_filename (path, name, NULL);

          run_path (below);
        }
      return;
    }
  if (!g_file_get_contents (path, &data, &length, NULL))
    return;
  LLVMFuzzerTestOneInput ((const uint8_t *) data, length);
  n_run++;
}

int
main (int    argc,
      char **argv)
{
  LLVMFuzzerTestOneInput ((const uint8_t *) "", 0);
  for (int i = 1; i < argc; i++)
    run_path (argv[i]);
  printf ("%u inputs\n", n_run);
  return 0;
}
