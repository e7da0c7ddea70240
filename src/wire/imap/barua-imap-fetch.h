/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-imap-value.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_IMAP_ITEM_UID            = 1 << 0,
  BARUA_IMAP_ITEM_FLAGS          = 1 << 1,
  BARUA_IMAP_ITEM_INTERNALDATE   = 1 << 2,
  BARUA_IMAP_ITEM_RFC822_SIZE    = 1 << 3,
  BARUA_IMAP_ITEM_MODSEQ         = 1 << 4,
  BARUA_IMAP_ITEM_ENVELOPE       = 1 << 5,
  BARUA_IMAP_ITEM_BODYSTRUCTURE  = 1 << 6,  /* also BODY without a section */
  BARUA_IMAP_ITEM_SECTION        = 1 << 7,  /* one or more BODY[...], RFC822* */
  BARUA_IMAP_ITEM_BINARY         = 1 << 8,  /* one or more BINARY[...], among the sections too */
  BARUA_IMAP_ITEM_BINARY_SIZE    = 1 << 9,
  BARUA_IMAP_ITEM_EMAILID        = 1 << 10,
  BARUA_IMAP_ITEM_THREADID       = 1 << 11,
  BARUA_IMAP_ITEM_SAVEDATE       = 1 << 12,
  BARUA_IMAP_ITEM_PREVIEW        = 1 << 13,
  BARUA_IMAP_ITEM_X_GM_MSGID     = 1 << 14,
  BARUA_IMAP_ITEM_X_GM_THRID     = 1 << 15,
  BARUA_IMAP_ITEM_X_GM_LABELS    = 1 << 16,
  BARUA_IMAP_ITEM_UNKNOWN        = 1 << 17  /* something else was sent and skipped */
} BaruaImapItems;

typedef enum
{
  BARUA_IMAP_SECTION_BODY,         /* BODY[spec] */
  BARUA_IMAP_SECTION_BINARY,       /* BINARY[spec] */
  BARUA_IMAP_SECTION_BINARY_SIZE,  /* BINARY.SIZE[spec]: the number is in length */
  BARUA_IMAP_SECTION_RFC822,
  BARUA_IMAP_SECTION_RFC822_HEADER,
  BARUA_IMAP_SECTION_RFC822_TEXT
} BaruaImapSectionKind;

typedef struct
{
  BaruaImapSectionKind kind;
  BaruaImapSlice       spec;     /* between the brackets: "1.2.MIME", "HEADER.FIELDS (DATE FROM)", "" */
  gint64               origin;   /* of a partial answer "<0>", else -1 */
  BaruaImapSlice       data;     /* NULL when NIL or streamed */
  guint64              length;   /* of data, of what was streamed, or the BINARY.SIZE */
  guint                is_nil : 1;
  guint                is_streamed : 1;
} BaruaImapSection;

/* Sections in one answer that are kept; more are marked as damage. */
#define BARUA_IMAP_FETCH_SECTIONS 64

/* One FETCH answer (RFC 9051, 7.5.2) or UIDFETCH answer (RFC 9586). All of it is borrowed until the next event: nothing is
 * allocated a message. */
typedef struct
{
  guint32                seq;            /* 0 in a UIDFETCH, and when the number was impossible */
  guint32                uid;            /* 0 when not sent */
  BaruaImapItems         present;        /* items that came and could be read */
  BaruaImapItems         damaged;        /* items that came and could not; the others are good */
  BaruaFlags             flags;
  gboolean               recent;         /* \Recent */
  const BaruaImapSlice  *keywords;       /* flags that BaruaFlags has no bit for */
  guint                  n_keywords;
  gint64                 internal_date;  /* seconds since 1970 */
  gint16                 internal_zone;  /* minutes east of UTC */
  guint64                size;
  guint64                modseq;
  const BaruaImapValue  *envelope;       /* for barua_imap_envelope_read() */
  const BaruaImapValue  *body_structure; /* for barua_imap_structure_read() or _decode() */
  const BaruaImapSection *sections;
  guint                  n_sections;
  BaruaImapSlice         email_id;
  BaruaImapSlice         thread_id;      /* data NULL when NIL */
  gint64                 save_date;      /* G_MININT64 when NIL */
  BaruaImapSlice         preview;        /* data NULL when NIL; UTF-8 as sent, not cleaned */
  guint64                gm_msgid;
  guint64                gm_thrid;
  const BaruaImapValue  *gm_labels;      /* a list of raw names */
} BaruaImapFetch;

/* The first section of this kind and spec (compared without case); NULL when there is none. */
const BaruaImapSection *barua_imap_fetch_get_section (const BaruaImapFetch *self,
                                                      BaruaImapSectionKind  kind,
                                                      const char           *spec);
/* The first header block (BODY[HEADER], BODY[HEADER.FIELDS ...], RFC822.HEADER); empty slice when there is none. */
BaruaImapSlice          barua_imap_fetch_get_header  (const BaruaImapFetch *self);
/* "02-Jul-2026 12:00:00 +0100" to seconds since 1970 (RFC 9051, date-time); FALSE when it is none. @zone may be NULL. */
gboolean                barua_imap_date_time_parse   (BaruaImapSlice        text,
                                                      gint64               *seconds,
                                                      gint16               *zone);

G_END_DECLS
