/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists and where they are left (RFC 2919, 2369, 8058). */
#include "config.h"

#include "barua-list-info.h"

static void
test_cases (void)
{
  static const struct
  {
    const char *list_id;
    const char *field;
    const char *name;
    const char *page;
    gboolean    none;
  } cases[] = {
    { "", NULL, NULL, NULL, TRUE },
    { "Users of Barua <users.barua.example>", NULL, "Users of Barua", NULL, FALSE },
    { "\"Users\" <users.barua.example>", NULL, "Users", NULL, FALSE },
    { "<users.barua.example>", "<mailto:leave@barua.example>", "users.barua.example", NULL, FALSE },
    { "", "<mailto:leave@barua.example>, <https://barua.example/leave?a=1>", NULL, "https://barua.example/leave?a=1", FALSE },
    { "", "<http://barua.example/leave>", NULL, NULL, FALSE },
    { "", "https://barua.example/naked", NULL, NULL, FALSE },
    { "", "<https://>, <javascript:alert(1)>, <file:///etc/passwd>", NULL, NULL, FALSE },
    { "<>", NULL, NULL, NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BaruaParsedMessage) message = barua_parsed_message_new ();
      g_autoptr (BaruaListInfo) info = NULL;

      g_test_message ("case %u", i);
      g_set_str (&message->list_id, cases[i].list_id);
      if (cases[i].field != NULL)
        g_ptr_array_add (message->headers, barua_header_new ("List-Unsubscribe", cases[i].field));
      info = barua_list_info_new (message);
      if (cases[i].none)
        {
          g_assert_null (info);
          continue;
        }
      g_assert_cmpstr (info->name, ==, cases[i].name);
      g_assert_cmpstr (info->unsubscribe, ==, cases[i].page);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/list-info/cases", test_cases);
  return g_test_run ();
}
