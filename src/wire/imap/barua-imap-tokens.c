/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-tokens-private.h"

#include <string.h>

#include "barua-limits.h"

/* What a byte may not be part of. */
enum
{
  ENDS_ATOM    = 1 << 0,
  ENDS_QUOTED  = 1 << 1,
  IS_BRACKET   = 1 << 2,
  IS_DIGIT     = 1 << 3,
  AFTER_QUOTED = 1 << 4 /* may follow the closing quote of a well-formed string */
};

static const guint8 classes[256] = {
  ['\0'] = ENDS_ATOM | ENDS_QUOTED,
  ['\r'] = ENDS_ATOM | ENDS_QUOTED,
  ['\n'] = ENDS_ATOM | ENDS_QUOTED,
  [' '] = ENDS_ATOM | AFTER_QUOTED,
  ['('] = ENDS_ATOM | AFTER_QUOTED,
  [')'] = ENDS_ATOM | AFTER_QUOTED,
  ['"'] = ENDS_ATOM | ENDS_QUOTED,
  ['\\'] = ENDS_QUOTED,
  ['['] = IS_BRACKET,
  ['0'] = IS_DIGIT, ['1'] = IS_DIGIT, ['2'] = IS_DIGIT, ['3'] = IS_DIGIT, ['4'] = IS_DIGIT,
  ['5'] = IS_DIGIT, ['6'] = IS_DIGIT, ['7'] = IS_DIGIT, ['8'] = IS_DIGIT, ['9'] = IS_DIGIT,
};

#define CLASS(c) (classes[(guchar) (c)])

typedef struct
{
  BaruaImapTokens     *tokens;
  BaruaImapTokensFlags flags;
  guint                stack[BARUA_LIMIT_IMAP_DEPTH + 1]; /* indexes of the lists that are open */
  guint                depth;
  guint                too_deep;    /* lists open below the deepest that is kept */
  gboolean             no_good_end; /* no string of this segment from here on ends as a string should */
} Run;

void
barua_imap_tokens_clear (BaruaImapTokens *self)
{
  g_clear_pointer (&self->values, g_free);
  self->n_values = 0;
  self->allocated = 0;
}

static void
grow (BaruaImapTokens *self)
{
  self->allocated = MAX (self->allocated * 2, 256);
  self->values = g_renew (BaruaImapValue, self->values, self->allocated);
}

void
barua_imap_tokens_reset (BaruaImapTokens *self)
{
  /* Don't hold on to the memory of one huge answer. */
  if (self->allocated > 64 * 1024)
    barua_imap_tokens_clear (self);
  if (self->allocated == 0)
    grow (self);
  self->n_values = 1;
  self->damaged = FALSE;
  self->values[0] = (BaruaImapValue) { .span = 1, .kind = BARUA_IMAP_VALUE_LIST };
}

static inline gboolean
add (Run        *run,
     guint8      kind,
     const char *data,
     gsize       length)
{
  BaruaImapTokens *self = run->tokens;
  BaruaImapValue *value;

  if (run->too_deep > 0)
    return TRUE;
  if (self->n_values > BARUA_LIMIT_IMAP_TOKENS)
    return FALSE;
  if (self->n_values == self->allocated)
    grow (self);
  value = &self->values[self->n_values++];
  value->data = data;
  value->length = length;
  value->span = 1;
  value->kind = kind;
  self->values[run->stack[run->depth]].length++;
  return TRUE;
}

static gboolean
open_list (Run *run)
{
  if (run->depth == BARUA_LIMIT_IMAP_DEPTH)
    {
      run->tokens->damaged = TRUE;
      run->too_deep++;
      return TRUE;
    }
  if (!add (run, BARUA_IMAP_VALUE_LIST, NULL, 0))
    return FALSE;
  run->stack[++run->depth] = run->tokens->n_values - 1;
  return TRUE;
}

static void
close_list (Run *run)
{
  if (run->too_deep > 0)
    run->too_deep--;
  else if (run->depth == 0)
    run->tokens->damaged = TRUE;
  else
    {
      guint index = run->stack[run->depth--];

      run->tokens->values[index].span = run->tokens->n_values - index;
    }
}

/* The end of "BODY[...]" and its like when @start begins so and is well-formed, else @p. */
static const char *
skip_section (const char *start,
              const char *p,
              const char *end)
{
  gsize length = (gsize) (p - start);
  gboolean quoted = FALSE;

  if (!((length == 4 && g_ascii_strncasecmp (start, "BODY", 4) == 0) ||
        (length == 6 && g_ascii_strncasecmp (start, "BINARY", 6) == 0) ||
        (length == 9 && g_ascii_strncasecmp (start, "BODY.PEEK", 9) == 0) ||
        (length == 11 && g_ascii_strncasecmp (start, "BINARY.SIZE", 11) == 0)))
    return p;
  for (const char *q = p; q < end; q++)
    {
      if (*q == '\0' || *q == '\r')
        return p;
      if (*q == '"')
        quoted = !quoted;
      else if (*q == ']' && !quoted)
        return q;
    }
  return p;
}

static const char *
read_atom (Run        *run,
           const char *p,
           const char *end)
{
  const char *start = p;
  guint8 kind = BARUA_IMAP_VALUE_ATOM;
  const guint8 stop = (run->flags & BARUA_IMAP_TOKENS_FETCH) != 0 ? ENDS_ATOM | IS_BRACKET : ENDS_ATOM;

  while (p < end && (CLASS (*p) & IS_DIGIT) != 0)
    p++;
  if (p > start && (p == end || (CLASS (*p) & ENDS_ATOM) != 0))
    return add (run, BARUA_IMAP_VALUE_NUMBER, start, (gsize) (p - start)) ? p : NULL;
  for (;;)
    {
      while (p < end && (CLASS (*p) & stop) == 0)
        p++;
      if (p == end || (CLASS (*p) & ENDS_ATOM) != 0)
        break;
      p = skip_section (start, p, end) + 1;
    }
  if (p - start == 3 && (start[0] | 0x20) == 'n' && (start[1] | 0x20) == 'i' && (start[2] | 0x20) == 'l')
    kind = BARUA_IMAP_VALUE_NIL;
  return add (run, kind, start, (gsize) (p - start)) ? p : NULL;
}

/* Finds the closing quote of a string that is not plain: with escapes, or (iCloud, Domino) with bare quotes in it. Such a quote
 * closes only when what follows can follow a string; when none does, the first quote closes. NULL: none at all. */
static const char *
find_close (Run        *run,
            const char *p,
            const char *end,
            gboolean   *escapes)
{
  const char *first = NULL;

  for (; p < end; p++)
    {
      if (*p == '\\' && p + 1 < end && (p[1] == '"' || p[1] == '\\'))
        {
          *escapes = TRUE;
          p++;
        }
      else if (*p == '"')
        {
          if (p + 1 == end || (CLASS (p[1]) & AFTER_QUOTED) != 0)
            return p;
          if (first == NULL)
            first = p;
          if (run->no_good_end)
            break;
        }
      else if (*p == '\0' || *p == '\r')
        break;
    }
  /* Remembered, so that a line full of bare quotes is not searched to its end for each. */
  run->no_good_end = TRUE;
  run->tokens->damaged = TRUE;
  return first;
}

static gsize
unescape (char  *data,
          gsize  length)
{
  gsize to = 0;

  for (gsize from = 0; from < length; from++)
    {
      if (data[from] == '\\' && from + 1 < length && (data[from + 1] == '"' || data[from + 1] == '\\'))
        from++;
      data[to++] = data[from];
    }
  return to;
}

static const char *
read_quoted (Run        *run,
             const char *p,
             const char *end)
{
  const char *start = ++p;
  gboolean escapes = FALSE;
  gsize length;

  while (p < end && (CLASS (*p) & ENDS_QUOTED) == 0)
    p++;
  if (p < end && *p == '"' && (p + 1 == end || (CLASS (p[1]) & AFTER_QUOTED) != 0))
    return add (run, BARUA_IMAP_VALUE_QUOTED, start, (gsize) (p - start)) ? p + 1 : NULL;

  p = find_close (run, p, end, &escapes);
  if (p == NULL)
    {
      p = end;
      /* An unclosed string takes all that is left, save what may not be in a line at all: that is seen by the caller. */
      for (const char *q = start; q < end; q++)
        if (*q == '\0' || *q == '\r')
          {
            p = q;
            break;
          }
    }
  length = (gsize) (p - start);
  if (escapes && (run->flags & BARUA_IMAP_TOKENS_PEEK) == 0)
    length = unescape ((char *) start, length);
  if (!add (run, BARUA_IMAP_VALUE_QUOTED, start, length))
    return NULL;
  return p < end && *p == '"' ? p + 1 : p;
}

static BaruaImapParseError
run_segment (Run        *run,
             const char *bytes,
             const char *p,
             const char *end)
{
  run->no_good_end = FALSE;
  while (p < end)
    {
      switch (*p)
        {
        case ' ':
          p++;
          break;
        case '(':
          if (!open_list (run))
            return BARUA_IMAP_PARSE_TOO_MANY_TOKENS;
          p++;
          break;
        case ')':
          close_list (run);
          p++;
          break;
        case '\0':
        case '\r':
        case '\n':
          run->tokens->error_at = (gsize) (p - bytes);
          return BARUA_IMAP_PARSE_CONTROL_CHARACTER;
        case '"':
          p = read_quoted (run, p, end);
          if (p == NULL)
            return BARUA_IMAP_PARSE_TOO_MANY_TOKENS;
          break;
        default:
          p = read_atom (run, p, end);
          if (p == NULL)
            return BARUA_IMAP_PARSE_TOO_MANY_TOKENS;
        }
    }
  return BARUA_IMAP_PARSE_OK;
}

BaruaImapParseError
barua_imap_tokens_run (BaruaImapTokens             *self,
                       char                        *bytes,
                       gsize                        begin,
                       gsize                        end,
                       const BaruaImapTokenLiteral *literals,
                       guint                        n_literals,
                       BaruaImapTokensFlags         flags)
{
  Run run;

  barua_imap_tokens_reset (self);
  run.tokens = self;
  run.flags = flags;
  run.depth = 0;
  run.too_deep = 0;
  run.stack[0] = 0;
  self->error_at = begin;

  for (guint i = 0; i <= n_literals; i++)
    {
      gsize stop = i < n_literals ? literals[i].header : end;
      BaruaImapParseError error = run_segment (&run, bytes, bytes + begin, bytes + stop);

      if (error != BARUA_IMAP_PARSE_OK)
        return error;
      if (i == n_literals)
        break;
      if (!add (&run, literals[i].kind, literals[i].kind == BARUA_IMAP_VALUE_STREAMED ? NULL : bytes + literals[i].data,
                literals[i].length))
        return BARUA_IMAP_PARSE_TOO_MANY_TOKENS;
      begin = literals[i].data + (literals[i].kind == BARUA_IMAP_VALUE_STREAMED ? 0 : literals[i].length);
    }

  if (run.depth > 0 || run.too_deep > 0)
    self->damaged = TRUE;
  run.too_deep = 0;
  while (run.depth > 0)
    close_list (&run);
  self->values[0].span = self->n_values;
  return BARUA_IMAP_PARSE_OK;
}
