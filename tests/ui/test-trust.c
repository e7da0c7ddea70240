/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the strip above a message says about its sender. */
#include "config.h"

#include "barua-trust.h"

typedef struct
{
  const char *name;
  const char *address;
  const char *reply_to;
  const char *list_id;
  const char *words;
} Case;

static const Case cases[] = {
  { "Amina Yusuf", "amina@posta.example", NULL, "", NULL },
  { "", "amina@posta.example", NULL, "", NULL },
  { "amina@posta.example", "amina@posta.example", NULL, "", NULL },
  { "Amina (amina@POSTA.example)", "amina@posta.example", NULL, "", NULL },
  { "security@bank.example", "x@evil.example", NULL, "", "The name says security@bank.example, but it came from x@evil.example." },
  { "Bank <security@bank.example>", "x@evil.example", NULL, "",
    "The name says security@bank.example, but it came from x@evil.example." },
  { "me @ home", "x@evil.example", NULL, "", NULL },
  { "Amina", "amina@posta.example", "amina@posta.example", "", NULL },
  { "Amina", "amina@posta.example", "office@POSTA.example", "", NULL },
  { "Amina", "amina@posta.example", "x@evil.example", "", "Replies go to evil.example, not to the sender." },
  { "Amina", "amina@posta.example", "users@lists.example", "users.lists.example", NULL },
  /* One strip: the worse of the two. */
  { "security@bank.example", "x@evil.example", "y@other.example", "",
    "The name says security@bank.example, but it came from x@evil.example." },
  { "No address", "", "x@evil.example", "", NULL },
};

static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BaruaParsedMessage) message = barua_parsed_message_new ();
      g_autofree char *words = NULL;

      g_ptr_array_add (message->from, barua_address_new (cases[i].name, cases[i].address));
      if (cases[i].reply_to != NULL)
        g_ptr_array_add (message->reply_to, barua_address_new ("", cases[i].reply_to));
      g_free (message->list_id);
      message->list_id = g_strdup (cases[i].list_id);
      words = barua_trust_words (message);
      g_test_message ("%s <%s>", cases[i].name, cases[i].address);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_no_sender (void)
{
  g_autoptr (BaruaParsedMessage) message = barua_parsed_message_new ();

  g_ptr_array_add (message->reply_to, barua_address_new ("", "x@evil.example"));
  g_assert_null (barua_trust_words (message));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/words", test_words);
  g_test_add_func ("/trust/no-sender", test_no_sender);
  return g_test_run ();
}
