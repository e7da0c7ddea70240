/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-address.h"
#include "barua-part.h"

G_BEGIN_DECLS

/* What mime makes of a message: one immutable, serialisable value (DESIGN 9). Any thread may read it; reference counted.
 * All text is valid UTF-8 without NUL. */

typedef struct
{
  char *name;  /* as written, "List-Id" */
  char *value; /* unfolded and decoded; Authentication-Results not decoded */
} BaruaHeader;

typedef enum
{
  BARUA_TEXT_PLAIN, /* line ends are "\n"; format=flowed is already joined, quote marks are kept as leading ">" */
  BARUA_TEXT_HTML   /* sanitised: only what the allow-list lets through; pictures only as cid: or barua-remote: */
} BaruaTextKind;

/* A text to show, in the order of the message. */
typedef struct
{
  BaruaTextKind kind;
  guint         part;       /* index into parts */
  char         *text;
  char         *plain;      /* for HTML: its text alternative, or the text taken out of it; NULL for plain */
  gboolean      truncated;  /* longer than the limit; the rest can be seen in the source */
  gboolean      has_own_colours;
} BaruaText;

typedef enum
{
  BARUA_WARNING_REFUSED,            /* the parser refused the message: all of it is shown as text */
  BARUA_WARNING_TRUNCATED,          /* too long, cut */
  BARUA_WARNING_TOO_MANY_PARTS,
  BARUA_WARNING_TOO_DEEP,
  BARUA_WARNING_ADDRESSES_CUT,      /* an address header was bounded before parsing */
  BARUA_WARNING_SECOND_FROM,        /* a second From (or another field that may stand once) was ignored */
  BARUA_WARNING_UNKNOWN_CHARSET,
  BARUA_WARNING_BAD_ENCODING,       /* base64 or quoted-printable damaged, or 8-bit bytes that fit no charset */
  BARUA_WARNING_MISSING_BOUNDARY,
  BARUA_WARNING_HTML_CUT,           /* the sanitiser had to cut the tree */
  BARUA_WARNING_SUSPICIOUS_NAME     /* a file name was changed: path, control or bidi characters */
} BaruaWarningKind;

typedef struct
{
  BaruaWarningKind kind;
  char            *detail; /* for "Details" and JSON; may be "" */
} BaruaWarning;

typedef struct
{
  gatomicrefcount  ref_count;

  GPtrArray       *headers;     /* BaruaHeader, all of them, in order, bounded */
  GPtrArray       *from;        /* BaruaAddress; empty, never NULL, likewise below */
  GPtrArray       *sender;
  GPtrArray       *reply_to;
  GPtrArray       *to;
  GPtrArray       *cc;
  GPtrArray       *bcc;
  char            *subject;
  char            *message_id;
  GPtrArray       *references;  /* char * */
  char            *list_id;
  gint64           date;        /* G_MININT64 when missing */
  gint16           date_zone;   /* minutes east of UTC */

  GPtrArray       *parts;       /* BaruaPart, flat, in order; parts->len is at least 1 */
  GPtrArray       *texts;       /* BaruaText to show, in order; may be empty (a message that is one picture) */
  char            *preview;     /* one line, at most BARUA_LIMIT_PREVIEW_CHARS characters */
  GPtrArray       *warnings;    /* BaruaWarning, at most BARUA_LIMIT_WARNINGS */
  guint            n_attachments;
  guint            n_remote_pictures; /* distinct addresses that "Show Pictures" would fetch */
} BaruaParsedMessage;

BaruaParsedMessage *barua_parsed_message_new         (void); /* all empty; the maker fills it before handing it out */
BaruaParsedMessage *barua_parsed_message_ref         (BaruaParsedMessage       *self);
void                barua_parsed_message_unref       (BaruaParsedMessage       *self);
void                barua_parsed_message_add_warning (BaruaParsedMessage       *self,
                                                      BaruaWarningKind          kind,
                                                      const char               *detail);
const char         *barua_warning_kind_get_name      (BaruaWarningKind          kind);
/* The first value of the header @name (without case), or NULL. Borrowed. */
const char         *barua_parsed_message_get_header  (const BaruaParsedMessage *self,
                                                      const char               *name);

/* Serialised as a GVariant in little-endian normal form: what crosses to a sandboxed worker. _deserialise() returns NULL for
 * bytes that are not such a value. */
GBytes             *barua_parsed_message_serialise   (const BaruaParsedMessage *self);
BaruaParsedMessage *barua_parsed_message_deserialise (GBytes                   *bytes);

BaruaHeader        *barua_header_new                 (const char               *name,
                                                      const char               *value);
void                barua_header_free                (BaruaHeader              *self);
BaruaText          *barua_text_new                   (BaruaTextKind             kind,
                                                      guint                     part,
                                                      char                     *text /* taken */);
void                barua_text_free                  (BaruaText                *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaParsedMessage, barua_parsed_message_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaText, barua_text_free)

G_END_DECLS
