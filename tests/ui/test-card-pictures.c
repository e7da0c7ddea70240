/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose pictures are shown without asking (THREATS H-03). */
#include "config.h"

#include "barua-card-pictures.h"
#include "barua-picture-type.h"

static void
test_decide (void)
{
  static const struct
  {
    const char       *setting;
    BaruaPictures     stored;
    gboolean          is_proven;
    gboolean          is_known;
    BaruaPicturesFate fate;
  } cases[] = {
    { NULL, BARUA_PICTURES_ASK, TRUE, TRUE, BARUA_PICTURES_ROW },
    { "ask", BARUA_PICTURES_ASK, TRUE, TRUE, BARUA_PICTURES_ROW },
    { "ask", BARUA_PICTURES_ALWAYS, TRUE, FALSE, BARUA_PICTURES_SHOWN },
    /* A forged sender inherits nothing. */
    { "ask", BARUA_PICTURES_ALWAYS, FALSE, TRUE, BARUA_PICTURES_ROW },
    { "ask", BARUA_PICTURES_NEVER, TRUE, TRUE, BARUA_PICTURES_QUIET },
    { "known", BARUA_PICTURES_ASK, TRUE, TRUE, BARUA_PICTURES_SHOWN },
    { "known", BARUA_PICTURES_ASK, FALSE, TRUE, BARUA_PICTURES_ROW },
    { "known", BARUA_PICTURES_ASK, TRUE, FALSE, BARUA_PICTURES_ROW },
    { "known", BARUA_PICTURES_NEVER, TRUE, TRUE, BARUA_PICTURES_QUIET },
    { "never", BARUA_PICTURES_ASK, TRUE, TRUE, BARUA_PICTURES_QUIET },
    { "never", BARUA_PICTURES_ALWAYS, TRUE, TRUE, BARUA_PICTURES_QUIET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BaruaPicturesFate fate =
        barua_card_pictures_decide (cases[i].setting, cases[i].stored, cases[i].is_proven, cases[i].is_known);

      g_test_message ("case %u", i);
      g_assert_cmpint (fate, ==, cases[i].fate);
    }
}

static void
test_type (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    const char *type;
  } cases[] = {
    { "\x89PNG\r\n\x1a\n.", 9, "image/png" },
    { "\x89PNG\r\n\x1a\n", 8, NULL },
    { "\xff\xd8\xff\xe0", 4, "image/jpeg" },
    { "GIF89a.", 7, "image/gif" },
    { "RIFF....WEBPVP8 ", 16, "image/webp" },
    { "\0\0\0\x1c" "ftypavif....", 16, "image/avif" },
    { "<svg xmlns=", 11, NULL },
    { "<html>", 6, NULL },
    { "", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i].bytes, cases[i].length);

      g_assert_cmpstr (barua_picture_type_sniff (bytes), ==, cases[i].type);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/pictures/decide", test_decide);
  g_test_add_func ("/ui/pictures/type", test_type);
  return g_test_run ();
}
