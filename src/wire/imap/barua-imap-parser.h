/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-value.h"

G_BEGIN_DECLS

/* Turns the bytes of an IMAP server (RFC 9051, RFC 3501) into argument trees, one a response; knows nothing of what a
 * response means, save where the grammar of tokens depends on it. Bytes may come in any pieces, the events are the same.
 * Never blocks, never logs. One thread at a time.
 *
 * Feed, then call barua_imap_parser_next() until it says NEED_MORE:
 *
 *   barua_imap_parser_feed (parser, bytes, length);
 *   while ((event = barua_imap_parser_next (parser)) > BARUA_IMAP_PARSER_NEED_MORE)
 *     ...
 *
 * Bounds (barua-limits.h): line length by kind of response, tokens, depth, size of kept and of streamed literals.
 */
typedef struct _BaruaImapParser BaruaImapParser;

typedef enum
{
  BARUA_IMAP_PARSER_ERROR = -1,    /* see barua_imap_parser_get_error(); final */
  BARUA_IMAP_PARSER_NEED_MORE = 0,
  BARUA_IMAP_PARSER_RESPONSE,      /* see barua_imap_parser_get_line() */
  BARUA_IMAP_PARSER_LITERAL_BEGIN, /* a large literal follows, see barua_imap_parser_get_literal() */
  BARUA_IMAP_PARSER_LITERAL_CHUNK, /* some of it, see barua_imap_parser_get_chunk(); never empty */
  BARUA_IMAP_PARSER_LITERAL_END    /* all of it came; the response follows later, with a BARUA_IMAP_VALUE_STREAMED in it */
} BaruaImapParserEvent;

typedef enum
{
  BARUA_IMAP_PARSE_OK,
  BARUA_IMAP_PARSE_LINE_TOO_LONG,
  BARUA_IMAP_PARSE_LITERAL_TOO_LARGE,
  BARUA_IMAP_PARSE_BAD_LITERAL,       /* "{-1}", "{}", a number above 63 bits */
  BARUA_IMAP_PARSE_TOO_MANY_TOKENS,
  BARUA_IMAP_PARSE_CONTROL_CHARACTER, /* NUL or a bare CR outside a literal */
  BARUA_IMAP_PARSE_BARE_LF,
  BARUA_IMAP_PARSE_SYNTAX             /* a line that is no response at all */
} BaruaImapParseError;

typedef enum
{
  BARUA_IMAP_LINE_CONTINUATION, /* "+ text" */
  BARUA_IMAP_LINE_UNTAGGED,     /* "* word ..." */
  BARUA_IMAP_LINE_NUMBERED,     /* "* number word ..." */
  BARUA_IMAP_LINE_TAGGED        /* "tag word ..." */
} BaruaImapLineKind;

/* A response as the tokeniser sees it. Borrowed until the parser is fed or asked for the next event. */
typedef struct
{
  BaruaImapLineKind     kind;
  gboolean              damaged;   /* the argument tree had to be mended: unclosed list or string, lists deeper than
                                    * BARUA_LIMIT_IMAP_DEPTH (left out), a ")" too many */
  BaruaImapSlice        tag;       /* of tagged responses */
  guint64               number;    /* of numbered responses, at most 2^63-1 */
  BaruaImapSlice        word;      /* "FETCH", "OK", ...; empty for continuations */
  BaruaImapSlice        rest;      /* of OK, NO, BAD, BYE, PREAUTH, tagged lines and continuations: the raw bytes behind the
                                    * word up to CRLF; else empty */
  const BaruaImapValue *arguments; /* a list; empty where @rest is used */
  guint64               offset;    /* of its first byte in the stream */
} BaruaImapLine;

/* Where a large literal belongs. */
typedef struct
{
  guint32        seq;     /* message number of the FETCH, 0 when it is none (or a UIDFETCH) */
  guint32        uid;     /* 0 when the server sends UID behind the literal, or not at all */
  BaruaImapSlice item;    /* "BODY[1.2]<0>", "RFC822.TEXT": as sent; empty when not in a FETCH */
  guint64        length;  /* as announced */
} BaruaImapLiteral;

BaruaImapParser     *barua_imap_parser_new          (void);
void                 barua_imap_parser_free         (BaruaImapParser       *self);

/* Literals of FETCH items longer than this are handed on piecemeal; BARUA_LIMIT_IMAP_STREAM_BYTES by default. Header
 * sections are kept up to BARUA_LIMIT_IMAP_LITERAL_BYTES whatever this says. */
void                 barua_imap_parser_set_stream   (BaruaImapParser       *self,
                                                     gsize                  bytes);
/* Copies the bytes. */
void                 barua_imap_parser_feed         (BaruaImapParser       *self,
                                                     const void            *data,
                                                     gsize                  length);
BaruaImapParserEvent barua_imap_parser_next         (BaruaImapParser       *self);

const BaruaImapLine *barua_imap_parser_get_line     (BaruaImapParser       *self);
const BaruaImapLiteral *
                     barua_imap_parser_get_literal  (BaruaImapParser       *self);
BaruaImapSlice       barua_imap_parser_get_chunk    (BaruaImapParser       *self);
BaruaImapParseError  barua_imap_parser_get_error    (BaruaImapParser       *self,
                                                     guint64               *offset);
/* "line too long", for logs. */
const char          *barua_imap_parse_error_get_name (BaruaImapParseError   error);

/* Bytes fed and not yet part of an event. Between responses these are what came after the last one. */
gsize                barua_imap_parser_get_buffered (BaruaImapParser       *self);
/* Takes them away: what follows a STARTTLS or COMPRESS is not for this parser. Owned by the caller. */
GBytes              *barua_imap_parser_take_buffered (BaruaImapParser      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapParser, barua_imap_parser_free)

G_END_DECLS
