/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"

G_BEGIN_DECLS

/* barua-cli: the engine without GTK. One command a run, as one fiber; everything on the main thread. */

enum
{
  BARUA_CLI_OK = 0,
  BARUA_CLI_FAILED = 1,
  BARUA_CLI_USAGE = 2
};

typedef struct
{
  char        *profile;
  gboolean     json;
  BaruaEngine *engine;    /* NULL until barua_cli_open() */
  gboolean     read_only; /* another process owns the profile: the databases are only read here */
} BaruaCli;

/* A command gets the arguments behind its name (argv[0] is the name) and runs in a fiber: it may await. It returns an exit
 * code; what went wrong has been printed. */
typedef int (*BaruaCliFunc) (BaruaCli *cli, int argc, char **argv);

int barua_cli_account (BaruaCli *cli, int argc, char **argv);
int barua_cli_sync    (BaruaCli *cli, int argc, char **argv);
int barua_cli_folders (BaruaCli *cli, int argc, char **argv);
int barua_cli_list    (BaruaCli *cli, int argc, char **argv);
int barua_cli_show    (BaruaCli *cli, int argc, char **argv);
int barua_cli_search  (BaruaCli *cli, int argc, char **argv);
int barua_cli_mark    (BaruaCli *cli, int argc, char **argv);
int barua_cli_render  (BaruaCli *cli, int argc, char **argv);
int barua_cli_watch   (BaruaCli *cli, int argc, char **argv);
int barua_cli_verify  (BaruaCli *cli, int argc, char **argv);

/* How a command means to use the profile. */
typedef enum
{
  BARUA_CLI_READ,  /* reads the databases; beside an owner too */
  BARUA_CLI_OWN,   /* needs to own the profile; BARUA_CLI_HANDED says that an owner is there */
  BARUA_CLI_LIVE   /* owns it and keeps connections: watch */
} BaruaCliUse;

/* Opens the profile. FALSE with @error; with BARUA_CLI_OWN and BARUA_CLI_LIVE the code BARUA_ERROR_PROFILE_IN_USE means that
 * the command is to be handed to the owner, see barua_cli_hand_over(). Awaits. */
gboolean      barua_cli_open        (BaruaCli          *cli,
                                     BaruaCliUse        use,
                                     GError           **error);
/* Opens and prints the error when there is one. */
gboolean      barua_cli_open_or_say (BaruaCli          *cli,
                                     BaruaCliUse        use);

/* Parses options; prints usage to stderr and returns FALSE when they are wrong or more than @max_rest or fewer than @min_rest
 * words remain. */
gboolean      barua_cli_parse       (const char        *usage,
                                     const char        *summary,
                                     const GOptionEntry *entries,
                                     int               *argc,
                                     char            ***argv,
                                     int                min_rest,
                                     int                max_rest);

/* The folder that @name means: an id, a server name, a shown path or a role ("inbox"), within @account when it is not 0. NULL
 * with @error NOT_FOUND, or INVALID when several accounts have it. */
BaruaFolder  *barua_cli_find_folder (BaruaCli          *cli,
                                     gint64             account,
                                     const char        *name,
                                     GError           **error);
/* By id, address or name. */
BaruaAccount *barua_cli_find_account (BaruaCli         *cli,
                                     const char        *name,
                                     GError           **error);

G_END_DECLS
