/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"

G_BEGIN_DECLS

/* A stand-in for src/engine with the same symbols: scripted folders and messages in memory, answers in a later turn of the main
 * loop. Linked instead of the engine by the tests of models and of the window.
 *
 * It has one account and the folders FAKE_INBOX ... FAKE_SCHOOL; messages are numbered from 1. */
enum
{
  FAKE_INBOX = 1,
  FAKE_DRAFTS,
  FAKE_SENT,
  FAKE_ARCHIVE,
  FAKE_JUNK,
  FAKE_TRASH,
  FAKE_FAMILY,
  FAKE_SCHOOL, /* inside FAKE_FAMILY */
  FAKE_EMPTY,
  FAKE_N_FOLDERS
};

/* Fills the inbox with @n messages, ten minutes apart, the newest at @newest; every fifth unread. Before start. */
void    fake_engine_fill        (BaruaEngine     *self,
                                 guint            n,
                                 gint64           newest);
/* One commit each. add returns the id. */
gint64  fake_engine_add         (BaruaEngine     *self,
                                 gint64           folder,
                                 gint64           date);
void    fake_engine_add_many    (BaruaEngine     *self,
                                 gint64           folder,
                                 gint64           oldest,
                                 guint            n);
void    fake_engine_remove      (BaruaEngine     *self,
                                 gint64           id);
void    fake_engine_redate      (BaruaEngine     *self,
                                 gint64           id,
                                 gint64           date);
void    fake_engine_flag        (BaruaEngine     *self,
                                 gint64           id,
                                 BaruaFlags       mask,
                                 BaruaFlags       bits);
/* While @held, commits are not told of; then they are, one after the other. */
void    fake_engine_hold        (BaruaEngine     *self,
                                 gboolean         held);
/* A commit that nobody is told of, so that the next one shows a gap. */
void    fake_engine_add_hidden  (BaruaEngine     *self,
                                 gint64           folder,
                                 gint64           date);
void    fake_engine_set_status  (BaruaEngine     *self,
                                 BaruaStatusKind  kind,
                                 BaruaErrorCode   code);
/* While the status is OFFLINE, flags that are set wait; they are sent as soon as it is another one. The star of the newest @n of
 * the inbox was refused, for @code. */
void    fake_engine_refuse      (BaruaEngine     *self,
                                 guint            n,
                                 BaruaErrorCode   code);
void    fake_engine_rename      (BaruaEngine     *self,
                                 gint64           folder,
                                 const char      *name);
void    fake_engine_hide        (BaruaEngine     *self,
                                 gint64           folder,
                                 gboolean         hidden);
/* A second account with its own inbox. */
void    fake_engine_add_second_account (BaruaEngine *self);
/* Lists by date come in two answers, the first rows first. */
void    fake_engine_set_gives_tops (BaruaEngine  *self,
                                 gboolean         gives_tops);
/* One commit: @new_id stands for the conversation that @old_id stood for (0: that is new, or goes). */
void    fake_engine_regroup     (BaruaEngine     *self,
                                 gint64           folder,
                                 gint64           old_id,
                                 gint64           new_id);
/* Answers take this long. */
void    fake_engine_set_delay   (BaruaEngine     *self,
                                 guint            ms);
/* What load_message() gives for @id (taken). */
void    fake_engine_set_message (BaruaEngine        *self,
                                 gint64              id,
                                 BaruaParsedMessage *message);
/* What the server answers when it is asked: each message whose id @every divides (0: none) is found in its text, after @ms; or
 * the failure @code (-1: none). Texts of the last 30 days are here. */
void    fake_engine_set_server  (BaruaEngine        *self,
                                 guint               every,
                                 guint               ms,
                                 int                 code);
guint   fake_engine_get_n_row_reads (BaruaEngine  *self);
guint   fake_engine_get_n_spine_reads (BaruaEngine *self);
/* The folder is being fetched for the first time; 0: no longer. */
void    fake_engine_set_first_sync (BaruaEngine  *self,
                                 gint64           folder,
                                 guint            server_total);
/* Ids of @folder (0: all), newest first, as the "server" has them. */
GArray *fake_engine_list        (BaruaEngine     *self,
                                 gint64           folder);

G_END_DECLS
