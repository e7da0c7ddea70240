/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-envelope.h"

G_BEGIN_DECLS

/* Reads header blocks by the hundred thousand (a first sync): texts go into a chunk that is freed as one, and a field of
 * addresses that was read lately is not read again, for most mail comes from and goes to few people. Keeps some hundred
 * kilobytes; one thread at a time. */
typedef struct _BaruaMailReader BaruaMailReader;

BaruaMailReader *barua_mail_reader_new    (void);
void             barua_mail_reader_free   (BaruaMailReader *self);
/* What barua_mail_header_parse() gives, in @envelope (overwritten). Its texts, also those in references, lie in @strings and
 * must not be freed; its lists of addresses are shared and must not be changed. Free it with barua_envelope_clear_lists()
 * before @strings. @self may be NULL: nothing is remembered. */
void             barua_mail_reader_read   (BaruaMailReader *self,
                                           const char      *block,
                                           gsize            length,
                                           GStringChunk    *strings,
                                           BaruaEnvelope   *envelope);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaMailReader, barua_mail_reader_free)

G_END_DECLS
