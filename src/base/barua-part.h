/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BARUA_PART_MULTIPART,
  BARUA_PART_TEXT,       /* a text shown as (part of) the body */
  BARUA_PART_INLINE,     /* shown inside the body: a picture that an HTML part names by cid: */
  BARUA_PART_ATTACHMENT,
  BARUA_PART_MESSAGE,    /* message/rfc822: opened in place */
  BARUA_PART_CALENDAR,   /* text/calendar */
  BARUA_PART_VCARD,      /* text/vcard, text/x-vcard */
  BARUA_PART_TNEF,       /* application/ms-tnef: listed, not opened */
  BARUA_PART_SIGNATURE,  /* application/pkcs7-signature, application/pgp-signature */
  BARUA_PART_ENCRYPTED   /* application/pkcs7-mime, multipart/encrypted */
} BaruaPartKind;

/* One part of a message, from a BODYSTRUCTURE or from the message itself. Immutable once made; one owner. Text is clean UTF-8.
 */
typedef struct
{
  BaruaPartKind kind;
  guint         depth;        /* 0 for the message's own body */
  char         *section;      /* IMAP part number, "1.2"; "" for the root multipart */
  char         *type;         /* "image/png", lower case, never NULL */
  char         *charset;      /* lower case, "" when none */
  char         *encoding;     /* lower case, "7bit" when none */
  char         *content_id;   /* without angle brackets, "" when none */
  char         *file_name;    /* decoded, safe to show, "" when none; see barua_text_file_name() for saving */
  guint64       encoded_size; /* bytes on the server as announced; never trusted for allocation */
  guint64       size;         /* decoded bytes, exact when the part is here, else estimated */
  gboolean      is_attached;  /* Content-Disposition: attachment */
  gboolean      is_flowed;    /* text/plain; format=flowed (RFC 3676) */
  gboolean      is_delsp;     /* ... and DelSp=yes */
} BaruaPart;

BaruaPart *barua_part_new  (void);
void       barua_part_free (BaruaPart *self);
/* A GPtrArray of BaruaPart that owns its members. */
GPtrArray *barua_part_list_new (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaPart, barua_part_free)

G_END_DECLS
