/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-session.h"

G_BEGIN_DECLS

/* Runs @func as a fiber on the main loop until it ends; its error fails the test. */
typedef DexFuture *(*BaruaTestFunc) (gpointer data);
void        barua_test_run             (BaruaTestFunc  func,
                                        gpointer       data);
/* Turns the main loop until *@flag, at most ten seconds. */
void        barua_test_until           (gboolean      *flag);
/* In a fiber: one turn of the main loop. */
void        barua_test_turn            (void);

/* A credentials function: @data is the secret (a string). */
DexFuture  *barua_test_credentials     (gboolean       refused,
                                        gpointer       data);

/* A real Dovecot for this test program (tests/server/dovecot), started by the first call and ended with the program; NULL
 * when there is none on this machine: skip. */
typedef struct
{
  char  *directory;
  char  *ca_file;
  char  *password;
  guint  imap_port;
  guint  imaps_port;
} BaruaTestDovecot;

BaruaTestDovecot *barua_test_dovecot        (void);
/* One of qresync, condstore, plain. */
BaruaImapConfig  *barua_test_dovecot_config (BaruaTestDovecot *dovecot,
                                             const char       *user,
                                             BaruaSecurity     security);
/* Runs tests/server/dovecot COMMAND --dir DIR ARGUMENT...; @input to its standard input (may be NULL). */
void              barua_test_dovecot_call   (BaruaTestDovecot *dovecot,
                                             const char       *command,
                                             const char       *input,
                                             ...) G_GNUC_NULL_TERMINATED;
/* @n small messages into a folder, by APPEND over a session of its own. */
void              barua_test_dovecot_fill   (BaruaTestDovecot *dovecot,
                                             const char       *user,
                                             const char       *folder,
                                             guint             n);
void              barua_test_dovecot_stop   (void);

/* barua_imap_session_connect() in a fiber; fails the test when it fails. */
BaruaImapSession *barua_test_connect        (BaruaImapConfig  *config);
/* run() with what is given, awaited; NULL with *error when it was refused. */
BaruaImapResult  *barua_test_command        (BaruaImapSession       *session,
                                             BaruaImapCommand       *command,
                                             BaruaImapRunFlags       flags,
                                             const BaruaImapHandler *handler,
                                             gpointer                data,
                                             GError                **error);

G_END_DECLS
