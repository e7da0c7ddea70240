/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-backend.h"
#include "barua-imap-session.h"

G_BEGIN_DECLS

/* Collects the sections of FETCH answers, whether they come whole or streamed, and hands each on as soon as it is there. Only
 * what was asked for is handed on: these UIDs, these sections, no NIL (THREATS P-13). As a handler's user data it is a
 * reference. Reference counted; main thread. */
typedef struct _BaruaImapCollector BaruaImapCollector;

/* @sections: "", "HEADER", "1.2", "1.2.MIME"; copied. @limit: bytes of one section; more is dropped and counts as refused. */
BaruaImapCollector *barua_imap_collector_new      (BaruaIdSet           *uids,
                                                   const char * const   *sections,
                                                   guint64               limit,
                                                   BaruaSectionFunc      func,
                                                   gpointer              user_data);
BaruaImapCollector *barua_imap_collector_ref      (BaruaImapCollector   *self);
void                barua_imap_collector_unref    (gpointer              self);
/* Everything that is no asked-for section goes to @data with @data_target. */
void                barua_imap_collector_set_rest (BaruaImapCollector   *self,
                                                   void                (*data) (BaruaImapSession        *session,
                                                                                const BaruaImapResponse *response,
                                                                                guint32                  uid,
                                                                                gpointer                 target),
                                                   gpointer              target);
/* Bytes that came so far, those of an unfinished section included. */
guint64             barua_imap_collector_get_bytes (BaruaImapCollector  *self);
gboolean            barua_imap_collector_was_too_large (BaruaImapCollector *self);

extern const BaruaImapHandler barua_imap_collector_handler;

/* The request for these sections; frees nothing: @out has room for as many as @sections are. */
void                barua_imap_section_fill       (BaruaImapFetchSection *out,
                                                   const char            *section);
void                barua_imap_section_clear      (BaruaImapFetchSection *self);

G_END_DECLS
