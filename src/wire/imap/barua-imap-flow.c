/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-flow.h"

#include <string.h>

#include "barua-error.h"
#include "barua-limits.h"

typedef enum
{
  STATE_GREETING,
  STATE_READY,
  STATE_PAUSED, /* behind the OK of STARTTLS or COMPRESS */
  STATE_FAILED
} State;

typedef struct
{
  guint64           id;
  gpointer          user_data;
  BaruaImapCommand *command;
  char             *tag;
  guint             piece;     /* the one to go out next, and how much of it is gone */
  gsize             offset;
  gboolean          waits;     /* for "+", before the next piece */
  gboolean          is_sent;   /* wholly */
  gboolean          is_answered; /* refused before it was wholly sent: its literal must still go out */
  gboolean          idle_ends; /* IDLE: DONE was asked for */
} Entry;

struct _BaruaImapFlow
{
  State            state;
  BaruaImapParser *parser;
  BaruaImapReader *reader;
  GQueue           waiting;  /* Entry */
  GQueue           sent;     /* Entry: begun and unanswered, in order */
  Entry           *current;  /* of sent (or answered): not wholly sent */
  GString         *extra;    /* DONE and answers to challenges: goes out before all else */
  guint            pipeline;
  guint64          last_id;
  gboolean         is_idling;
  gboolean         is_challenged;
  guchar          *challenge;
  GError          *error;
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->command, barua_imap_command_free);
  g_free (entry->tag);
  g_free (entry);
}

BaruaImapFlow *
barua_imap_flow_new (void)
{
  BaruaImapFlow *self = g_new0 (BaruaImapFlow, 1);

  self->parser = barua_imap_parser_new ();
  self->reader = barua_imap_reader_new ();
  g_queue_init (&self->waiting);
  g_queue_init (&self->sent);
  self->extra = g_string_new (NULL);
  self->pipeline = BARUA_PIPELINE_COMMANDS;
  return self;
}

void
barua_imap_flow_free (BaruaImapFlow *self)
{
  if (self->current != NULL && self->current->is_answered)
    entry_free (self->current);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) entry_free);
  g_queue_clear_full (&self->sent, (GDestroyNotify) entry_free);
  barua_imap_parser_free (self->parser);
  barua_imap_reader_free (self->reader);
  g_string_free (self->extra, TRUE);
  g_free (self->challenge);
  g_clear_error (&self->error);
  g_free (self);
}

void
barua_imap_flow_set_pipeline (BaruaImapFlow *self,
                              guint          commands)
{
  self->pipeline = MAX (commands, 1);
}

void
barua_imap_flow_set_stream (BaruaImapFlow *self,
                            gsize          bytes)
{
  barua_imap_parser_set_stream (self->parser, bytes);
}

/* Going out --------------------------------------------------------------------------------------------------------- */

guint64
barua_imap_flow_enqueue (BaruaImapFlow    *self,
                         BaruaImapCommand *command,
                         gpointer          user_data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->id = ++self->last_id;
  entry->command = command;
  entry->user_data = user_data;
  entry->tag = g_strdup_printf ("b%" G_GUINT64_FORMAT, entry->id);
  g_queue_push_tail (&self->waiting, entry);
  return entry->id;
}

gboolean
barua_imap_flow_withdraw (BaruaImapFlow *self,
                          guint64        command)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      if (entry->id != command)
        continue;
      g_queue_delete_link (&self->waiting, l);
      entry_free (entry);
      return TRUE;
    }
  return FALSE;
}

guint
barua_imap_flow_get_n_waiting (BaruaImapFlow *self)
{
  return self->waiting.length;
}

guint
barua_imap_flow_get_n_sent (BaruaImapFlow *self)
{
  return self->sent.length;
}

static gboolean
is_exclusive (const Entry *entry)
{
  return barua_imap_command_get_kind (entry->command) != BARUA_IMAP_COMMAND_PLAIN;
}

/* Whether the next command may begin. */
static gboolean
may_begin (BaruaImapFlow *self)
{
  const Entry *next = g_queue_peek_head (&self->waiting);
  const Entry *last = g_queue_peek_tail (&self->sent);

  if (self->state != STATE_READY || self->current != NULL || next == NULL || self->sent.length >= self->pipeline)
    return FALSE;
  return last == NULL || (!is_exclusive (last) && !is_exclusive (next));
}

gboolean
barua_imap_flow_has_output (BaruaImapFlow *self)
{
  if (self->state == STATE_FAILED)
    return FALSE;
  return self->extra->len > 0 || (self->current != NULL && !self->current->waits) || may_begin (self);
}

/* Some of the current command; FALSE when nothing more may go out before an answer. */
static gboolean
write_some (BaruaImapFlow *self,
            GByteArray    *output)
{
  Entry *entry = self->current;
  gsize length;
  const guint8 *data = g_bytes_get_data (barua_imap_command_peek_piece (entry->command, entry->piece), &length);
  gsize room = BARUA_SLICE_BYTES > output->len ? BARUA_SLICE_BYTES - output->len : 0;
  gsize n = MIN (room, length - entry->offset);

  if (n > 0)
    g_byte_array_append (output, data + entry->offset, (guint) n);
  entry->offset += n;
  if (entry->offset < length)
    return FALSE;
  entry->waits = barua_imap_command_piece_must_wait (entry->command, entry->piece);
  entry->piece++;
  entry->offset = 0;
  /* Of a command that was refused meanwhile nothing goes out but the literal that was announced as coming. */
  if (entry->piece == barua_imap_command_get_n_pieces (entry->command) || (entry->is_answered && entry->waits))
    {
      entry->is_sent = TRUE;
      self->current = NULL;
      if (entry->is_answered)
        entry_free (entry);
      return TRUE;
    }
  return !entry->waits;
}

GBytes *
barua_imap_flow_take_output (BaruaImapFlow *self)
{
  GByteArray *output;

  if (!barua_imap_flow_has_output (self))
    return NULL;
  output = g_byte_array_new ();
  if (self->extra->len > 0)
    {
      g_byte_array_append (output, (const guint8 *) self->extra->str, (guint) self->extra->len);
      g_string_truncate (self->extra, 0);
    }
  while (output->len < BARUA_SLICE_BYTES)
    {
      if (self->current == NULL && may_begin (self))
        {
          Entry *entry = g_queue_pop_head (&self->waiting);

          g_queue_push_tail (&self->sent, entry);
          self->current = entry;
          g_byte_array_append (output, (const guint8 *) entry->tag, (guint) strlen (entry->tag));
          g_byte_array_append (output, (const guint8 *) " ", 1);
        }
      if (self->current == NULL || self->current->waits || !write_some (self, output))
        break;
    }
  return g_byte_array_free_to_bytes (output);
}

static void
send_done (BaruaImapFlow *self)
{
  g_string_append (self->extra, "DONE\r\n");
}

gboolean
barua_imap_flow_idle_done (BaruaImapFlow *self)
{
  GQueue *const queues[] = { &self->sent, &self->waiting };

  for (guint i = 0; i < G_N_ELEMENTS (queues); i++)
    for (GList *l = queues[i]->head; l != NULL; l = l->next)
      {
        Entry *entry = l->data;

        if (barua_imap_command_get_kind (entry->command) != BARUA_IMAP_COMMAND_IDLE || entry->idle_ends)
          continue;
        entry->idle_ends = TRUE;
        if (self->is_idling && i == 0)
          send_done (self);
        return TRUE;
      }
  return FALSE;
}

gboolean
barua_imap_flow_is_idling (BaruaImapFlow *self)
{
  return self->is_idling;
}

gboolean
barua_imap_flow_auth_reply (BaruaImapFlow *self,
                            const void    *data,
                            gsize          length)
{
  g_autofree char *base64 = NULL;

  if (!self->is_challenged)
    return FALSE;
  self->is_challenged = FALSE;
  if (length > 0)
    base64 = g_base64_encode (data, length);
  g_string_append (self->extra, base64 != NULL ? base64 : "");
  g_string_append (self->extra, "\r\n");
  return TRUE;
}

gboolean
barua_imap_flow_auth_cancel (BaruaImapFlow *self)
{
  if (!self->is_challenged)
    return FALSE;
  self->is_challenged = FALSE;
  g_string_append (self->extra, "*\r\n");
  return TRUE;
}

/* Coming in --------------------------------------------------------------------------------------------------------- */

void
barua_imap_flow_feed (BaruaImapFlow *self,
                      const void    *data,
                      gsize          length)
{
  barua_imap_parser_feed (self->parser, data, length);
}

static BaruaImapFlowEventType
fail (BaruaImapFlow      *self,
      BaruaImapFlowEvent *event,
      BaruaErrorCode      code,
      const char         *message)
{
  self->state = STATE_FAILED;
  if (self->error == NULL)
    self->error = g_error_new_literal (BARUA_ERROR, (int) code, message);
  event->error = self->error;
  return BARUA_IMAP_FLOW_ERROR;
}

static BaruaImapFlowEventType
fail_parse (BaruaImapFlow      *self,
            BaruaImapFlowEvent *event)
{
  guint64 offset;
  BaruaImapParseError error = barua_imap_parser_get_error (self->parser, &offset);
  gboolean is_limit = error == BARUA_IMAP_PARSE_LINE_TOO_LONG || error == BARUA_IMAP_PARSE_LITERAL_TOO_LARGE ||
                      error == BARUA_IMAP_PARSE_TOO_MANY_TOKENS;
  g_autofree char *message = g_strdup_printf ("%s at byte %" G_GUINT64_FORMAT " of the answer",
                                              barua_imap_parse_error_get_name (error), offset);

  return fail (self, event, is_limit ? BARUA_ERROR_LIMIT : BARUA_ERROR_PROTOCOL, message);
}

static GList *
find_sent (BaruaImapFlow  *self,
           BaruaImapSlice  tag)
{
  for (GList *l = self->sent.head; l != NULL; l = l->next)
    {
      const Entry *entry = l->data;

      if (strlen (entry->tag) == tag.length && memcmp (entry->tag, tag.data, tag.length) == 0)
        return l;
    }
  return NULL;
}

static BaruaImapFlowEventType
handle_tagged (BaruaImapFlow      *self,
               BaruaImapFlowEvent *event)
{
  const BaruaImapStatus *status = &event->response->status;
  GList *link = find_sent (self, status->tag);
  BaruaImapCommandKind kind;
  gboolean is_ok = status->condition == BARUA_IMAP_OK;
  Entry *entry;

  if (link == NULL)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "an answer to a command that was not sent");
  entry = link->data;
  if (!entry->is_sent && is_ok)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "an answer to a command that was not wholly sent");
  if (self->is_challenged && is_ok)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "a success before the challenge was answered");
  kind = barua_imap_command_get_kind (entry->command);
  g_queue_delete_link (&self->sent, link);
  event->command = entry->id;
  event->user_data = entry->user_data;
  if (kind == BARUA_IMAP_COMMAND_AUTHENTICATE)
    self->is_challenged = FALSE;
  if (kind == BARUA_IMAP_COMMAND_AUTHENTICATE || kind == BARUA_IMAP_COMMAND_IDLE)
    g_string_truncate (self->extra, 0);
  if (kind == BARUA_IMAP_COMMAND_IDLE)
    self->is_idling = FALSE;
  if (is_ok && (kind == BARUA_IMAP_COMMAND_STARTTLS || kind == BARUA_IMAP_COMMAND_COMPRESS))
    self->state = STATE_PAUSED;

  if (entry == self->current && !entry->waits)
    {
      /* Refused while a literal goes out that the server said it would read: it must see all of it. */
      entry->is_answered = TRUE;
      return BARUA_IMAP_FLOW_DONE;
    }
  if (entry == self->current)
    self->current = NULL;
  entry_free (entry);
  return BARUA_IMAP_FLOW_DONE;
}

static BaruaImapFlowEventType
handle_challenge (BaruaImapFlow      *self,
                  BaruaImapFlowEvent *event,
                  const Entry        *entry)
{
  BaruaImapSlice base64 = event->response->line->rest;
  g_autofree char *text = g_strndup (base64.data, base64.length);
  gsize length = 0;

  if (self->is_challenged)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "a second challenge before the first was answered");
  self->is_challenged = TRUE;
  g_clear_pointer (&self->challenge, g_free);
  g_strstrip (text);
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == strlen (text))
    self->challenge = g_base64_decode (text, &length);
  event->bytes = (BaruaImapSlice) { (const char *) self->challenge, length };
  event->command = entry->id;
  event->user_data = entry->user_data;
  return BARUA_IMAP_FLOW_CHALLENGE;
}

/* NEED_INPUT: nothing to be told. */
static BaruaImapFlowEventType
handle_continuation (BaruaImapFlow      *self,
                     BaruaImapFlowEvent *event)
{
  Entry *entry = g_queue_peek_tail (&self->sent);
  BaruaImapCommandKind kind;

  if (self->current != NULL && self->current->waits && !self->current->is_answered)
    {
      self->current->waits = FALSE;
      return BARUA_IMAP_FLOW_NEED_INPUT;
    }
  kind = entry != NULL && entry->is_sent ? barua_imap_command_get_kind (entry->command) : BARUA_IMAP_COMMAND_PLAIN;
  if (kind == BARUA_IMAP_COMMAND_AUTHENTICATE)
    return handle_challenge (self, event, entry);
  if (kind != BARUA_IMAP_COMMAND_IDLE || self->is_idling)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "a \"+\" that nobody asked for");
  self->is_idling = TRUE;
  event->command = entry->id;
  event->user_data = entry->user_data;
  if (entry->idle_ends)
    send_done (self);
  return BARUA_IMAP_FLOW_IDLING;
}

static BaruaImapFlowEventType
handle_greeting (BaruaImapFlow      *self,
                 BaruaImapFlowEvent *event)
{
  BaruaImapCondition condition = event->response->status.condition;

  if (event->response->kind != BARUA_IMAP_RESPONSE_STATUS ||
      (condition != BARUA_IMAP_OK && condition != BARUA_IMAP_PREAUTH && condition != BARUA_IMAP_BYE))
    return fail (self, event, BARUA_ERROR_PROTOCOL, "no greeting");
  self->state = STATE_READY;
  return BARUA_IMAP_FLOW_GREETING;
}

static BaruaImapFlowEventType
handle_response (BaruaImapFlow      *self,
                 BaruaImapFlowEvent *event)
{
  event->response = barua_imap_reader_read (self->reader, barua_imap_parser_get_line (self->parser));
  if (self->state == STATE_GREETING)
    return handle_greeting (self, event);
  if (event->response->kind == BARUA_IMAP_RESPONSE_TAGGED)
    return handle_tagged (self, event);
  if (event->response->kind == BARUA_IMAP_RESPONSE_CONTINUATION)
    return handle_continuation (self, event);
  if (event->response->kind == BARUA_IMAP_RESPONSE_STATUS && event->response->status.condition == BARUA_IMAP_PREAUTH)
    return fail (self, event, BARUA_ERROR_PROTOCOL, "a second greeting");
  return BARUA_IMAP_FLOW_DATA;
}

static BaruaImapFlowEventType
next (BaruaImapFlow      *self,
      BaruaImapFlowEvent *event)
{
  if (self->state == STATE_FAILED)
    {
      event->error = self->error;
      return BARUA_IMAP_FLOW_ERROR;
    }
  if (self->state == STATE_PAUSED)
    return BARUA_IMAP_FLOW_PAUSED;
  for (;;)
    {
      BaruaImapParserEvent parsed = barua_imap_parser_next (self->parser);
      BaruaImapFlowEventType type;

      if (self->state == STATE_GREETING && parsed > BARUA_IMAP_PARSER_RESPONSE)
        return fail (self, event, BARUA_ERROR_PROTOCOL, "no greeting");
      switch (parsed)
        {
        case BARUA_IMAP_PARSER_ERROR:
          return fail_parse (self, event);
        case BARUA_IMAP_PARSER_RESPONSE:
          type = handle_response (self, event);
          if (type == BARUA_IMAP_FLOW_NEED_INPUT)
            break;
          return type;
        case BARUA_IMAP_PARSER_LITERAL_BEGIN:
          event->literal = barua_imap_parser_get_literal (self->parser);
          return BARUA_IMAP_FLOW_LITERAL_BEGIN;
        case BARUA_IMAP_PARSER_LITERAL_CHUNK:
          event->literal = barua_imap_parser_get_literal (self->parser);
          event->bytes = barua_imap_parser_get_chunk (self->parser);
          return BARUA_IMAP_FLOW_LITERAL_CHUNK;
        case BARUA_IMAP_PARSER_LITERAL_END:
          event->literal = barua_imap_parser_get_literal (self->parser);
          return BARUA_IMAP_FLOW_LITERAL_END;
        case BARUA_IMAP_PARSER_NEED_MORE:
        default:
          return BARUA_IMAP_FLOW_NEED_INPUT;
        }
    }
}

BaruaImapFlowEventType
barua_imap_flow_next (BaruaImapFlow      *self,
                      BaruaImapFlowEvent *event)
{
  memset (event, 0, sizeof *event);
  event->type = next (self, event);
  return event->type;
}

gsize
barua_imap_flow_get_leftover (BaruaImapFlow *self)
{
  return barua_imap_parser_get_buffered (self->parser);
}

GBytes *
barua_imap_flow_take_leftover (BaruaImapFlow *self)
{
  return barua_imap_parser_take_buffered (self->parser);
}

void
barua_imap_flow_resume (BaruaImapFlow *self)
{
  BaruaImapFlowEvent event;

  if (self->state != STATE_PAUSED)
    return;
  self->state = STATE_READY;
  if (barua_imap_parser_get_buffered (self->parser) > 0)
    fail (self, &event, BARUA_ERROR_TAMPERED, "bytes behind the change of layer");
}
