/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-value.h"
#include "barua-part.h"

G_BEGIN_DECLS

/* One part of a BODY or BODYSTRUCTURE (RFC 9051, 7.5.2) as raw slices. */
typedef struct
{
  guint                 depth;       /* 0 for the whole */
  guint                 parent;      /* index in the array; of the root its own */
  guint                 number;      /* 1 ...: its place among its siblings */
  gboolean              is_multipart;
  gboolean              is_message;  /* message/rfc822 or message/global with an envelope: its body is the next entry */
  BaruaImapSlice        type;        /* "TEXT"; of a multipart empty */
  BaruaImapSlice        subtype;
  const BaruaImapValue *parameters;  /* a list of names and values, or NULL */
  BaruaImapSlice        content_id;
  BaruaImapSlice        description;
  BaruaImapSlice        encoding;
  guint64               size;        /* encoded bytes; 0 when not a number */
  guint64               lines;
  const BaruaImapValue *envelope;    /* of a message */
  BaruaImapSlice        md5;
  BaruaImapSlice        disposition; /* "ATTACHMENT" */
  const BaruaImapValue *disposition_parameters;
  const BaruaImapValue *language;    /* a string or a list */
  BaruaImapSlice        location;
} BaruaImapPart;

/* Reads a BODYSTRUCTURE into @parts (a GArray of BaruaImapPart, cleared first; keep it for the next one, so that nothing is
 * allocated a message), in reading order. FALSE when it is damaged: what could be read is there. Bounded by
 * BARUA_LIMIT_PARTS and BARUA_LIMIT_PART_DEPTH; what is beyond is left out and counts as damage. */
gboolean   barua_imap_structure_read      (const BaruaImapValue *value,
                                           GArray               *parts);
/* The value of a parameter, its name compared without case; empty slice when there is none. */
BaruaImapSlice
           barua_imap_structure_parameter (const BaruaImapValue *parameters,
                                           const char           *name);
/* Decoded, owned parts (BaruaPart), classified by type and disposition, with IMAP section numbers; NULL when @value holds
 * nothing that can be used. *damaged (may be NULL) as above. */
GPtrArray *barua_imap_structure_decode    (const BaruaImapValue *value,
                                           gboolean             *damaged);

G_END_DECLS
