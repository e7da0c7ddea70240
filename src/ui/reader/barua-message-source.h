/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"

G_BEGIN_DECLS

/* Where a message that is shown comes from: an account, or a file that was opened without one. Main thread. */
#define BARUA_TYPE_MESSAGE_SOURCE (barua_message_source_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageSource, barua_message_source, BARUA, MESSAGE_SOURCE, GObject)

/* MIME is beyond the window's walls: given once by the program. Both work on a worker; the futures resolve to
 * BaruaParsedMessage and GBytes. */
typedef DexFuture *(*BaruaParseFunc)   (GBytes *message);
typedef DexFuture *(*BaruaGetPartFunc) (GBytes *message, const char *section);
void                barua_message_source_set_mime      (BaruaParseFunc      parse,
                                                        BaruaGetPartFunc    get_part);
/* Likewise the network: makes what fetches the pictures of one message (disposing it ends that), and fetches one, by its address as
 * the sanitiser wrote it. Resolves to GBytes. */
typedef GObject   *(*BaruaNewPicturesFunc) (void);
typedef DexFuture *(*BaruaGetPictureFunc)  (GObject *pictures, const char *address);
void                barua_message_source_set_pictures  (BaruaNewPicturesFunc create,
                                                        BaruaGetPictureFunc  get);
/* Resolves to BaruaParsedMessage; rejects when the program gave no parser. */
DexFuture          *barua_message_source_parse         (GBytes             *message) G_GNUC_WARN_UNUSED_RESULT;

BaruaMessageSource *barua_message_source_new           (BaruaEngine        *engine,
                                                        gint64              id);
BaruaMessageSource *barua_message_source_new_for_bytes (GBytes             *message);

/* NULL for a file. Borrowed. */
BaruaEngine        *barua_message_source_get_engine    (BaruaMessageSource *self);
/* 0 for a file. */
gint64              barua_message_source_get_id        (BaruaMessageSource *self);
/* A folder for copies that other programs open. (full) */
char               *barua_message_source_dup_folder    (BaruaMessageSource *self);

DexFuture          *barua_message_source_load          (BaruaMessageSource *self,
                                                        GCancellable       *cancellable) G_GNUC_WARN_UNUSED_RESULT;
DexFuture          *barua_message_source_load_part     (BaruaMessageSource *self,
                                                        const char         *section,
                                                        GCancellable       *cancellable) G_GNUC_WARN_UNUSED_RESULT;
DexFuture          *barua_message_source_load_bytes    (BaruaMessageSource *self,
                                                        GCancellable       *cancellable) G_GNUC_WARN_UNUSED_RESULT;
/* One a message that is shown; NULL when the program gave none. (full) */
GObject            *barua_message_source_new_pictures  (void);
/* GBytes, a picture of somebody else's server; OFFLINE where the person works offline. */
DexFuture          *barua_message_source_load_picture  (BaruaMessageSource *self,
                                                        GObject            *pictures,
                                                        const char         *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
