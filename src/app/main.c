/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <libdex.h>
#include <locale.h>

#include "barua-application.h"
#include "barua-watchdog.h"
#include "barua-words.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (BaruaApplication) application = NULL;
  int status;

  setlocale (LC_ALL, "");
  barua_words_init ();
  textdomain (GETTEXT_PACKAGE);
  dex_init ();
  g_set_prgname (BARUA_APP_ID);

  barua_watchdog_start ();
  application = barua_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  barua_watchdog_finish ();
  return status;
}
