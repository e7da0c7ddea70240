/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-address.h"

G_BEGIN_DECLS

/* What the list needs of a message's header: read from a slim header block (wire/mail), an IMAP ENVELOPE, POP's TOP or a
 * Graph message, and handed to the store. All text is decoded, clean UTF-8; never NULL where a char * is, except where said.
 * Owned by one thread at a time. */
typedef struct
{
  gint64     date;          /* of the Date header, seconds since 1970; G_MININT64 when missing or unreadable */
  gint16     date_zone;     /* minutes east of UTC */
  GPtrArray *from;          /* BaruaAddress; NULL when the field is missing, likewise below */
  GPtrArray *sender;
  GPtrArray *reply_to;
  GPtrArray *to;
  GPtrArray *cc;
  char      *subject;
  char      *message_id;    /* with its angle brackets, as sent; "" when missing */
  GPtrArray *references;    /* char *: References, then In-Reply-To, without doubles; NULL when there are none */
  char      *list_id;       /* "" when missing */
  char      *content_type;  /* "multipart/mixed", lower case, without parameters; "" when missing */
  char      *auto_submitted;
  guint      has_attachment : 1; /* known or likely (content type gives the provisional paperclip) */
  guint      attachment_known : 1;
} BaruaEnvelope;

BaruaEnvelope *barua_envelope_new         (void); /* all empty */
void           barua_envelope_free        (BaruaEnvelope *self);
/* Drops the lists only: of an envelope whose texts lie elsewhere (wire/mail's BaruaMailReader). */
void           barua_envelope_clear_lists (BaruaEnvelope *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaEnvelope, barua_envelope_free)

G_END_DECLS
