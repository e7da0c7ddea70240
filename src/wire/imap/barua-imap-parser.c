/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-parser.h"

#include <string.h>

#include "barua-imap-tokens-private.h"
#include "barua-limits.h"

/* What the beginning of a response says about its grammar and bounds. */
typedef enum
{
  CLASS_TEXT,    /* status and continuation: free text, no literals */
  CLASS_FETCH,
  CLASS_NUMBERS, /* long lists of numbers */
  CLASS_NAMES,   /* LIST: literals of any size that a name may have */
  CLASS_OTHER
} ResponseClass;

struct _BaruaImapParser
{
  char                 *buffer;
  gsize                 allocated;
  gsize                 length;     /* bytes in the buffer */
  gsize                 start;      /* of the response that is being read */
  guint64               offset;     /* in the stream, of buffer[0], pieces that were streamed included */
  guint64               dropped;    /* of the response that is being read, streamed and gone */
  gsize                 line;       /* from @start: where the physical line begins that is searched for its end */
  gsize                 scanned;    /* from @start: no LF before this */
  gsize                 line_bytes; /* of the response without literals, up to @line */
  gsize                 kept_bytes; /* of its literals */
  GArray               *literals;   /* BaruaImapTokenLiteral */
  guint64               to_stream;  /* bytes that are still to come of a streamed literal */
  gsize                 to_drop;    /* bytes at @line that were handed on */
  gboolean              in_stream;
  gsize                 stream_bytes;
  gboolean              has_class;
  ResponseClass         class;
  BaruaImapTokens       tokens;
  BaruaImapLine         response;
  BaruaImapLiteral      literal;
  GString              *item;       /* a copy: the literal's name outlives what it was read from */
  BaruaImapSlice        chunk;
  BaruaImapParseError   error;
  guint64               error_offset;
};

BaruaImapParser *
barua_imap_parser_new (void)
{
  BaruaImapParser *self = g_new0 (BaruaImapParser, 1);

  self->literals = g_array_new (FALSE, FALSE, sizeof (BaruaImapTokenLiteral));
  self->item = g_string_new (NULL);
  self->stream_bytes = BARUA_LIMIT_IMAP_STREAM_BYTES;
  barua_imap_tokens_reset (&self->tokens);
  return self;
}

void
barua_imap_parser_free (BaruaImapParser *self)
{
  barua_imap_tokens_clear (&self->tokens);
  g_array_unref (self->literals);
  g_string_free (self->item, TRUE);
  g_free (self->buffer);
  g_free (self);
}

void
barua_imap_parser_set_stream (BaruaImapParser *self,
                              gsize            bytes)
{
  /* A smaller bound would have the beginning of a response read again too often. */
  self->stream_bytes = CLAMP (bytes, 1024, BARUA_LIMIT_IMAP_LITERAL_BYTES);
}

static BaruaImapParserEvent
fail (BaruaImapParser     *self,
      BaruaImapParseError  error,
      gsize                at)
{
  self->error = error;
  self->error_offset = self->offset + self->start + at;
  return BARUA_IMAP_PARSER_ERROR;
}

/* Removes what was handed on of a streamed literal. */
static void
drop (BaruaImapParser *self)
{
  gsize at = self->start + self->line;

  if (self->to_drop == 0)
    return;
  memmove (self->buffer + at, self->buffer + at + self->to_drop, self->length - at - self->to_drop);
  self->length -= self->to_drop;
  self->offset += self->to_drop;
  self->dropped += self->to_drop;
  self->to_drop = 0;
}

void
barua_imap_parser_feed (BaruaImapParser *self,
                        const void      *data,
                        gsize            length)
{
  gsize rest;

  drop (self);
  rest = self->length - self->start;
  if (self->start > 0 && (rest == 0 || (self->length + length > self->allocated && self->start >= rest)))
    {
      memmove (self->buffer, self->buffer + self->start, rest);
      self->offset += self->start;
      self->length = rest;
      self->start = 0;
    }
  if (rest == 0 && self->allocated > BARUA_LIMIT_IMAP_LITERAL_BYTES)
    {
      g_clear_pointer (&self->buffer, g_free);
      self->allocated = 0;
    }
  if (self->length + length > self->allocated)
    {
      self->allocated = MAX (MAX (self->allocated * 2, self->length + length), 4096);
      self->buffer = g_realloc (self->buffer, self->allocated);
    }
  if (length > 0)
    memcpy (self->buffer + self->length, data, length);
  self->length += length;
}

/* The next word of [p, end); *p is left behind it. */
static BaruaImapSlice
take_word (const char **p,
           const char  *end)
{
  BaruaImapSlice word;

  while (*p < end && **p == ' ')
    (*p)++;
  word.data = *p;
  while (*p < end && **p != ' ' && **p != '\r' && **p != '\n')
    (*p)++;
  word.length = (gsize) (*p - word.data);
  return word;
}

static gboolean
is_number (BaruaImapSlice word)
{
  for (gsize i = 0; i < word.length; i++)
    if (!g_ascii_isdigit (word.data[i]))
      return FALSE;
  return word.length > 0;
}

static gboolean
is_condition (BaruaImapSlice word)
{
  return barua_imap_slice_is (word, "OK") || barua_imap_slice_is (word, "NO") || barua_imap_slice_is (word, "BAD") ||
         barua_imap_slice_is (word, "BYE") || barua_imap_slice_is (word, "PREAUTH");
}

static ResponseClass
classify (const char *p,
          const char *end)
{
  BaruaImapSlice word;

  if (p < end && *p == '+')
    return CLASS_TEXT;
  word = take_word (&p, end);
  if (!barua_imap_slice_is (word, "*"))
    return CLASS_TEXT;
  word = take_word (&p, end);
  if (is_number (word))
    word = take_word (&p, end);
  if (is_condition (word))
    return CLASS_TEXT;
  if (barua_imap_slice_is (word, "FETCH") || barua_imap_slice_is (word, "UIDFETCH"))
    return CLASS_FETCH;
  if (barua_imap_slice_is (word, "SEARCH") || barua_imap_slice_is (word, "ESEARCH") ||
      barua_imap_slice_is (word, "SORT") || barua_imap_slice_is (word, "THREAD") || barua_imap_slice_is (word, "VANISHED"))
    return CLASS_NUMBERS;
  if (barua_imap_slice_is (word, "LIST") || barua_imap_slice_is (word, "LSUB") || barua_imap_slice_is (word, "XLIST"))
    return CLASS_NAMES;
  return CLASS_OTHER;
}

static gsize
get_line_limit (ResponseClass class)
{
  switch (class)
    {
    case CLASS_FETCH:
      return BARUA_LIMIT_IMAP_FETCH_LINE_BYTES;
    case CLASS_NUMBERS:
      return BARUA_LIMIT_IMAP_NUMBERS_LINE_BYTES;
    case CLASS_TEXT:
    case CLASS_NAMES:
    case CLASS_OTHER:
    default:
      return BARUA_LIMIT_IMAP_LINE_BYTES;
    }
}

/* A literal's header at the end of a line, [begin, end) without CRLF: 1 when there is one, 0 when none, -1 when it is broken. */
static int
find_literal (const char  *begin,
              const char  *end,
              const char **header,
              guint64     *length,
              guint8      *kind)
{
  const char *p = end;
  guint64 n = 0;

  if (end == begin || *--p != '}')
    return 0;
  while (p > begin && (p[-1] == '+' || p[-1] == '-' || g_ascii_isdigit (p[-1])))
    p--;
  if (p == begin || p[-1] != '{')
    return 0;
  *header = p - 1;
  if (!g_ascii_isdigit (*p))
    return -1;
  for (; g_ascii_isdigit (*p); p++)
    {
      guint digit = (guint) (*p - '0');

      if (n > ((guint64) G_MAXINT64 - digit) / 10)
        return -1;
      n = n * 10 + digit;
    }
  if (*p == '+')
    p++;
  if (*p != '}')
    return -1;
  *kind = BARUA_IMAP_VALUE_LITERAL;
  if (*header > begin && (*header)[-1] == '~' && (*header - 1 == begin || (*header)[-2] == ' ' || (*header)[-2] == '('))
    {
      (*header)--;
      *kind = BARUA_IMAP_VALUE_LITERAL8;
    }
  *length = n;
  return 1;
}

/* The head of a response: fills kind, number, tag and word and gives where its arguments begin (from @start); 0 when it is no
 * response. */
static gsize
read_head (BaruaImapParser *self,
           gsize            end)
{
  const char *begin = self->buffer + self->start;
  const char *p = begin;
  const char *stop = begin + end;
  BaruaImapLine *line = &self->response;
  BaruaImapSlice word;

  *line = (BaruaImapLine) { .offset = self->offset + self->start - self->dropped };
  if (*p == '+')
    {
      line->kind = BARUA_IMAP_LINE_CONTINUATION;
      p++;
      if (p < stop && *p == ' ')
        p++;
      return (gsize) (p - begin);
    }
  word = take_word (&p, stop);
  if (word.length == 0 || word.data != begin)
    return 0;
  if (!barua_imap_slice_is (word, "*"))
    {
      line->kind = BARUA_IMAP_LINE_TAGGED;
      line->tag = word;
      line->word = take_word (&p, stop);
      if (!barua_imap_slice_is (line->word, "OK") && !barua_imap_slice_is (line->word, "NO") &&
          !barua_imap_slice_is (line->word, "BAD"))
        return 0;
    }
  else
    {
      line->kind = BARUA_IMAP_LINE_UNTAGGED;
      line->word = take_word (&p, stop);
      if (is_number (line->word))
        {
          const BaruaImapValue value = { .data = line->word.data,
                                         .length = line->word.length,
                                         .kind = BARUA_IMAP_VALUE_NUMBER };

          line->kind = BARUA_IMAP_LINE_NUMBERED;
          line->damaged = !barua_imap_value_get_number (&value, &line->number);
          line->word = take_word (&p, stop);
        }
      if (line->word.length == 0)
        return 0;
    }
  if (p < stop && *p == ' ')
    p++;
  return (gsize) (p - begin);
}

static BaruaImapParserEvent
finish_response (BaruaImapParser *self,
                 gsize            end,
                 gsize            next)
{
  char *begin = self->buffer + self->start;
  gsize from = read_head (self, end);
  BaruaImapParseError error = BARUA_IMAP_PARSE_OK;

  /* NUL first: a line with one is refused as such, whatever else is wrong with it. */
  if (self->class == CLASS_TEXT)
    for (gsize i = 0; i < end; i++)
      if (begin[i] == '\0' || begin[i] == '\r')
        return fail (self, BARUA_IMAP_PARSE_CONTROL_CHARACTER, i);
  if (from == 0)
    return fail (self, BARUA_IMAP_PARSE_SYNTAX, 0);
  if (self->class == CLASS_TEXT)
    {
      self->response.rest = (BaruaImapSlice) { begin + from, end - from };
      barua_imap_tokens_reset (&self->tokens);
    }
  else
    error = barua_imap_tokens_run (&self->tokens, begin, from, end, (BaruaImapTokenLiteral *) (gpointer) self->literals->data,
                                   self->literals->len, self->class == CLASS_FETCH ? BARUA_IMAP_TOKENS_FETCH : 0);
  if (error != BARUA_IMAP_PARSE_OK)
    return fail (self, error, self->tokens.error_at);
  self->response.damaged |= self->tokens.damaged;
  self->response.arguments = self->tokens.values;

  self->start += next;
  self->line = 0;
  self->scanned = 0;
  self->line_bytes = 0;
  self->kept_bytes = 0;
  self->dropped = 0;
  self->has_class = FALSE;
  g_array_set_size (self->literals, 0);
  return BARUA_IMAP_PARSER_RESPONSE;
}

/* Fills self->literal for the FETCH literal whose header stands at @header; TRUE when it is (part of) a body, not a header. */
static gboolean
read_context (BaruaImapParser *self,
              gsize            header)
{
  gsize from = read_head (self, header);
  const BaruaImapValue *list;
  const BaruaImapValue *value;
  BaruaImapSlice item = { NULL, 0 };

  self->literal = (BaruaImapLiteral) { 0 };
  if (from == 0 || from > header ||
      barua_imap_tokens_run (&self->tokens, self->buffer + self->start, from, header,
                             (BaruaImapTokenLiteral *) (gpointer) self->literals->data, self->literals->len,
                             BARUA_IMAP_TOKENS_FETCH | BARUA_IMAP_TOKENS_PEEK) != BARUA_IMAP_PARSE_OK)
    return TRUE;
  if (self->response.number <= G_MAXUINT32)
    {
      if (barua_imap_slice_is (self->response.word, "UIDFETCH"))
        self->literal.uid = (guint32) self->response.number;
      else
        self->literal.seq = (guint32) self->response.number;
    }
  list = barua_imap_value_first (self->tokens.values);
  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return TRUE;
  value = barua_imap_value_first (list);
  while (value != NULL)
    {
      const BaruaImapValue *data = barua_imap_value_next (list, value);

      if (data == NULL)
        item = barua_imap_value_get_slice (value);
      else if (barua_imap_slice_is (barua_imap_value_get_slice (value), "UID"))
        barua_imap_value_get_nz (data, &self->literal.uid);
      value = data != NULL ? barua_imap_value_next (list, data) : NULL;
    }
  g_string_truncate (self->item, 0);
  g_string_append_len (self->item, item.data, (gssize) item.length);
  self->literal.item = (BaruaImapSlice) { self->item->str, self->item->len };
  if (barua_imap_slice_is (item, "RFC822.HEADER"))
    return FALSE;
  for (gsize i = 0; i + 6 <= item.length; i++)
    if (g_ascii_strncasecmp (item.data + i, "HEADER", 6) == 0 ||
        (g_ascii_strncasecmp (item.data + i, "MIME]", 5) == 0))
      return FALSE;
  return TRUE;
}

static gboolean
must_stream (BaruaImapParser *self,
             gsize            header,
             guint64          length)
{
  if (length <= self->stream_bytes && self->kept_bytes + length <= BARUA_LIMIT_IMAP_RESPONSE_BYTES)
    return FALSE;
  return read_context (self, header) || length > BARUA_LIMIT_IMAP_LITERAL_BYTES ||
         self->kept_bytes + length > BARUA_LIMIT_IMAP_RESPONSE_BYTES;
}

/* A line that ends in a literal's header: offsets from @start, @next is behind its CRLF. */
static BaruaImapParserEvent
begin_literal (BaruaImapParser *self,
               gsize            header,
               guint64          length,
               guint8           kind,
               gsize            next)
{
  BaruaImapTokenLiteral literal = { .header = header, .data = next, .length = (gsize) length, .kind = kind };
  guint64 limit = BARUA_LIMIT_IMAP_SMALL_LITERAL_BYTES;
  gboolean streams = FALSE;

  if (self->class == CLASS_FETCH)
    limit = BARUA_LIMIT_IMAP_BODY_BYTES;
  else if (self->class == CLASS_NAMES || self->class == CLASS_NUMBERS)
    limit = BARUA_LIMIT_IMAP_LITERAL_BYTES;
  if (length > limit)
    return fail (self, BARUA_IMAP_PARSE_LITERAL_TOO_LARGE, header);
  if (self->literals->len >= BARUA_LIMIT_IMAP_TOKENS)
    return fail (self, BARUA_IMAP_PARSE_TOO_MANY_TOKENS, header);
  if (self->class == CLASS_FETCH)
    streams = must_stream (self, header, length);
  else if (self->kept_bytes + length > BARUA_LIMIT_IMAP_RESPONSE_BYTES)
    return fail (self, BARUA_IMAP_PARSE_LITERAL_TOO_LARGE, header);

  self->line_bytes += next - self->line;
  self->line = next;
  if (streams)
    {
      literal.kind = BARUA_IMAP_VALUE_STREAMED;
      self->in_stream = TRUE;
      self->to_stream = length;
      self->literal.length = length;
    }
  else
    {
      self->kept_bytes += (gsize) length;
      self->line += (gsize) length;
    }
  self->scanned = self->line;
  g_array_append_val (self->literals, literal);
  return streams ? BARUA_IMAP_PARSER_LITERAL_BEGIN : BARUA_IMAP_PARSER_NEED_MORE;
}

/* Reads one physical line; NEED_MORE with *again set when it only led to a literal that is kept. */
static BaruaImapParserEvent
read_line (BaruaImapParser *self,
           gboolean        *again)
{
  const char *begin = self->buffer + self->start;
  gsize available = self->length - self->start;
  const char *lf = NULL;
  gsize next;
  gsize limit;
  const char *header = NULL;
  guint64 length = 0;
  guint8 kind = 0;
  int found;

  *again = FALSE;
  if (available > self->scanned)
    lf = memchr (begin + self->scanned, '\n', available - self->scanned);
  next = lf != NULL ? (gsize) (lf - begin) + 1 : available;
  if (lf == NULL)
    self->scanned = MAX (self->scanned, available);
  if (lf == NULL && self->line_bytes + (next > self->line ? next - self->line : 0) <= BARUA_LIMIT_IMAP_LINE_BYTES)
    return BARUA_IMAP_PARSER_NEED_MORE;

  if (!self->has_class)
    self->class = classify (begin, begin + next);
  self->has_class = TRUE;
  limit = get_line_limit (self->class);
  if (next > self->line && self->line_bytes + (next - self->line) > limit)
    return fail (self, BARUA_IMAP_PARSE_LINE_TOO_LONG, self->line + (limit - MIN (limit, self->line_bytes)));
  if (lf == NULL)
    return BARUA_IMAP_PARSER_NEED_MORE;
  if (lf == begin + self->line || lf[-1] != '\r')
    return fail (self, BARUA_IMAP_PARSE_BARE_LF, next - 1);
  if (next == 2 && self->literals->len == 0)
    {
      /* An empty line between responses: some servers send one. */
      self->start += 2;
      self->scanned = 0;
      self->has_class = FALSE;
      *again = TRUE;
      return BARUA_IMAP_PARSER_NEED_MORE;
    }

  found = self->class == CLASS_TEXT ? 0 : find_literal (begin + self->line, lf - 1, &header, &length, &kind);
  if (found < 0)
    return fail (self, BARUA_IMAP_PARSE_BAD_LITERAL, (gsize) (header - begin));
  if (found == 0)
    return finish_response (self, next - 2, next);
  *again = TRUE;
  return begin_literal (self, (gsize) (header - begin), length, kind, next);
}

BaruaImapParserEvent
barua_imap_parser_next (BaruaImapParser *self)
{
  gboolean again = TRUE;
  BaruaImapParserEvent event = BARUA_IMAP_PARSER_NEED_MORE;

  drop (self);
  if (self->error != BARUA_IMAP_PARSE_OK)
    return BARUA_IMAP_PARSER_ERROR;
  if (self->in_stream)
    {
      gsize available = self->length - self->start - self->line;

      if (self->to_stream == 0)
        {
          self->in_stream = FALSE;
          return BARUA_IMAP_PARSER_LITERAL_END;
        }
      if (available == 0)
        return BARUA_IMAP_PARSER_NEED_MORE;
      self->to_drop = (gsize) MIN (self->to_stream, available);
      self->to_stream -= self->to_drop;
      self->chunk = (BaruaImapSlice) { self->buffer + self->start + self->line, self->to_drop };
      return BARUA_IMAP_PARSER_LITERAL_CHUNK;
    }
  while (event == BARUA_IMAP_PARSER_NEED_MORE && again)
    {
      again = FALSE;
      if (self->length > self->start)
        event = read_line (self, &again);
    }
  return event;
}

const BaruaImapLine *
barua_imap_parser_get_line (BaruaImapParser *self)
{
  return &self->response;
}

const BaruaImapLiteral *
barua_imap_parser_get_literal (BaruaImapParser *self)
{
  return &self->literal;
}

BaruaImapSlice
barua_imap_parser_get_chunk (BaruaImapParser *self)
{
  return self->chunk;
}

BaruaImapParseError
barua_imap_parser_get_error (BaruaImapParser *self,
                             guint64         *offset)
{
  if (offset != NULL)
    *offset = self->error_offset;
  return self->error;
}

const char *
barua_imap_parse_error_get_name (BaruaImapParseError error)
{
  static const char *const names[] = {
    [BARUA_IMAP_PARSE_OK] = "no error",
    [BARUA_IMAP_PARSE_LINE_TOO_LONG] = "line too long",
    [BARUA_IMAP_PARSE_LITERAL_TOO_LARGE] = "literal too large",
    [BARUA_IMAP_PARSE_BAD_LITERAL] = "bad literal",
    [BARUA_IMAP_PARSE_TOO_MANY_TOKENS] = "too many tokens",
    [BARUA_IMAP_PARSE_CONTROL_CHARACTER] = "NUL or bare CR",
    [BARUA_IMAP_PARSE_BARE_LF] = "bare LF",
    [BARUA_IMAP_PARSE_SYNTAX] = "no IMAP response",
  };

  return names[error];
}

gsize
barua_imap_parser_get_buffered (BaruaImapParser *self)
{
  return self->length - self->start - self->to_drop;
}

GBytes *
barua_imap_parser_take_buffered (BaruaImapParser *self)
{
  GBytes *bytes;

  drop (self);
  bytes = g_bytes_new (self->buffer + self->start, self->length - self->start);
  self->length = self->start;
  self->line = 0;
  self->scanned = 0;
  self->line_bytes = 0;
  self->kept_bytes = 0;
  self->has_class = FALSE;
  g_array_set_size (self->literals, 0);
  return bytes;
}
