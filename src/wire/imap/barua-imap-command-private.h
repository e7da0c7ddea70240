/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-command.h"

G_BEGIN_DECLS

/* Puts a command together. The first value that can't be sent is remembered; the rest is then ignored and finish() fails. */
typedef struct
{
  BaruaImapCommand *command;
  BaruaImapDialect  dialect;
  GString          *text;
  const char       *problem; /* static */
} BaruaImapWriter;

/* @name, a static string, is the command's word or words; it is written too. */
void              barua_imap_writer_init      (BaruaImapWriter        *self,
                                               const BaruaImapDialect *dialect,
                                               BaruaImapCommandKind    kind,
                                               const char             *name);
/* Verbatim: protocol words only. */
void              barua_imap_writer_word      (BaruaImapWriter        *self,
                                               const char             *text);
G_GNUC_PRINTF (2, 3)
void              barua_imap_writer_format    (BaruaImapWriter        *self,
                                               const char             *format,
                                               ...);
void              barua_imap_writer_fail      (BaruaImapWriter        *self,
                                               const char             *problem);
/* An atom, quoted string or literal, whatever fits. */
void              barua_imap_writer_string    (BaruaImapWriter        *self,
                                               const char             *text);
/* Never an atom: LIST patterns, ID. */
void              barua_imap_writer_quoted    (BaruaImapWriter        *self,
                                               const char             *text);
void              barua_imap_writer_mailbox   (BaruaImapWriter        *self,
                                               const char             *mailbox);
void              barua_imap_writer_literal   (BaruaImapWriter        *self,
                                               GBytes                 *bytes,
                                               gboolean                binary);
/* "(\Seen $Forwarded keyword)". */
void              barua_imap_writer_flags     (BaruaImapWriter        *self,
                                               BaruaFlags              flags,
                                               const char * const     *keywords);
/* A bare atom given by the caller; anything else is refused. */
void              barua_imap_writer_atom      (BaruaImapWriter        *self,
                                               const char             *text);
void              barua_imap_writer_set       (BaruaImapWriter        *self,
                                               const BaruaIdSet       *set);
void              barua_imap_writer_messages  (BaruaImapWriter        *self,
                                               const BaruaImapMessages *messages);
void              barua_imap_writer_status_items (BaruaImapWriter     *self,
                                               BaruaImapStatusItems    items);
void              barua_imap_writer_fetch_items (BaruaImapWriter      *self,
                                               const BaruaImapFetchRequest *request);
void              barua_imap_writer_search_key (BaruaImapWriter       *self,
                                               const BaruaImapSearchKey *key);
/* NULL and BARUA_ERROR_INVALID when something could not be sent. */
BaruaImapCommand *barua_imap_writer_finish    (BaruaImapWriter        *self,
                                               GError                **error);

gboolean          barua_imap_search_key_is_ascii (const BaruaImapSearchKey *key);

G_END_DECLS
