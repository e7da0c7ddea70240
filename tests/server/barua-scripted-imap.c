/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-scripted-imap.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TAGS 10

typedef struct
{
  char             *script; /* NULL: func */
  BaruaScriptedFunc func;
  gpointer          data;
} Script;

struct _BaruaScriptedImap
{
  GTlsCertificate *certificate;
  gboolean         implicit;
  GSocket         *listener;
  guint            port;
  GThread         *thread;
  GCancellable    *cancellable;
  GMutex           mutex; /* everything below */
  GPtrArray       *scripts;
  GPtrArray       *threads;
  GString         *clear;
  GString         *secure;
  char            *problem;
  guint            n_connections;
  guint            n_finished;
  char            *caps_before;
  char            *caps_after;
};

struct _BaruaScriptedConnection
{
  BaruaScriptedImap *server;
  GSocketConnection *socket;
  GIOStream         *io;      /* socket or TLS */
  GConverter        *inflate;
  GConverter        *deflate;
  GByteArray        *input;   /* read and not used */
  char              *tags[MAX_TAGS];
  guint              n_tags;
  const Script      *script;
  gboolean           is_cut;
};

static void
script_free (gpointer data)
{
  Script *script = data;

  g_free (script->script);
  g_free (script);
}

/* One connection ---------------------------------------------------------------------------------------------------- */

gboolean
barua_scripted_is_secure (BaruaScriptedConnection *self)
{
  return G_IS_TLS_CONNECTION (self->io);
}

static void
keep (BaruaScriptedConnection *self,
      const void              *data,
      gsize                    length)
{
  g_mutex_lock (&self->server->mutex);
  g_string_append_len (barua_scripted_is_secure (self) ? self->server->secure : self->server->clear, data, (gssize) length);
  g_mutex_unlock (&self->server->mutex);
}

static void
add_input (BaruaScriptedConnection *self,
           const guint8            *data,
           gsize                    length)
{
  if (self->inflate == NULL)
    {
      keep (self, data, length);
      g_byte_array_append (self->input, data, (guint) length);
      return;
    }
  while (length > 0)
    {
      guint8 room[16384];
      gsize used = 0;
      gsize made = 0;

      if (g_converter_convert (self->inflate, data, length, room, sizeof room, G_CONVERTER_FLUSH, &used, &made, NULL) ==
          G_CONVERTER_ERROR)
        return;
      keep (self, room, made);
      g_byte_array_append (self->input, room, (guint) made);
      data += used;
      length -= used;
    }
}

static gboolean
read_more (BaruaScriptedConnection *self)
{
  guint8 room[16384];
  gssize n;

  if (self->is_cut)
    return FALSE;
  n = g_input_stream_read (g_io_stream_get_input_stream (self->io), room, sizeof room, self->server->cancellable, NULL);
  if (n <= 0)
    return FALSE;
  add_input (self, room, (gsize) n);
  return TRUE;
}

gboolean
barua_scripted_send (BaruaScriptedConnection *self,
                     const char              *data,
                     gssize                   length)
{
  gsize size = length < 0 ? strlen (data) : (gsize) length;
  GOutputStream *output = g_io_stream_get_output_stream (self->io);

  if (self->is_cut)
    return FALSE;
  if (self->deflate == NULL)
    return g_output_stream_write_all (output, data, size, NULL, self->server->cancellable, NULL);
  for (;;)
    {
      char room[16384];
      gsize used = 0;
      gsize made = 0;
      GConverterResult result = g_converter_convert (self->deflate, data, size, room, sizeof room, G_CONVERTER_FLUSH, &used,
                                                     &made, NULL);

      if (result == G_CONVERTER_ERROR || !g_output_stream_write_all (output, room, made, NULL, self->server->cancellable, NULL))
        return FALSE;
      data += used;
      size -= used;
      if (result == G_CONVERTER_FLUSHED && size == 0)
        return TRUE;
    }
}

char *
barua_scripted_read_line (BaruaScriptedConnection *self)
{
  for (;;)
    {
      guint8 *end = self->input->len > 0 ? memchr (self->input->data, '\n', self->input->len) : NULL;

      if (end != NULL)
        {
          gsize length = (gsize) (end - self->input->data);
          char *line = g_strndup ((const char *) self->input->data,
                                  length > 0 && end[-1] == '\r' ? length - 1 : length);

          g_byte_array_remove_range (self->input, 0, (guint) length + 1);
          return line;
        }
      if (!read_more (self))
        return NULL;
    }
}

gboolean
barua_scripted_start_tls (BaruaScriptedConnection *self)
{
  g_autoptr(GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (self->io, self->server->certificate, &error);
  gboolean good;

  g_assert_no_error (error);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), (const char *[]) { "imap", NULL });
  g_object_unref (self->io);
  self->io = tls;
  g_byte_array_set_size (self->input, 0);
  good = g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->server->cancellable, NULL);
  return good;
}

void
barua_scripted_cut (BaruaScriptedConnection *self)
{
  self->is_cut = TRUE;
  g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
}

static void
drain (BaruaScriptedConnection *self)
{
  while (read_more (self))
    ;
}

/* A small server ---------------------------------------------------------------------------------------------------- */

static void
sendf (BaruaScriptedConnection *self,
       const char              *format,
       ...) G_GNUC_PRINTF (2, 3);

static void
sendf (BaruaScriptedConnection *self,
       const char              *format,
       ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  barua_scripted_send (self, text, -1);
}

static void
auto_authenticate (BaruaScriptedConnection *self,
                   const char              *tag,
                   const char              *rest)
{
  gboolean login = g_ascii_strncasecmp (rest, "LOGIN", 5) == 0;

  if (login)
    {
      sendf (self, "+ VXNlcm5hbWU6\r\n");
      g_free (barua_scripted_read_line (self));
      sendf (self, "+ UGFzc3dvcmQ6\r\n");
      g_free (barua_scripted_read_line (self));
    }
  else if (strchr (rest, ' ') == NULL)
    {
      sendf (self, "+ \r\n");
      g_free (barua_scripted_read_line (self));
    }
  sendf (self, "%s OK [CAPABILITY %s] in\r\n", tag, self->server->caps_after);
}

static void
auto_select (BaruaScriptedConnection *self,
             const char              *tag)
{
  sendf (self,
         "* FLAGS (\\Seen \\Flagged \\Deleted)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 16] n\r\n"
         "* OK [HIGHESTMODSEQ 90] h\r\n* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted \\*)] p\r\n"
         "%s OK [READ-WRITE] selected\r\n",
         tag);
}

static void
auto_fetch (BaruaScriptedConnection *self,
            const char              *tag)
{
  static const guint uids[] = { 11, 12, 15 };

  for (guint i = 0; i < G_N_ELEMENTS (uids); i++)
    sendf (self, "* %u FETCH (UID %u FLAGS (\\Seen) BODY[HEADER] {16}\r\nSubject: jina\r\n\r\n)\r\n", i + 1, uids[i]);
  sendf (self, "%s OK done\r\n", tag);
}

static gboolean
is_word (const char *line,
         const char *word)
{
  gsize length = strlen (word);

  return g_ascii_strncasecmp (line, word, length) == 0 && (line[length] == ' ' || line[length] == '\0');
}

static void
auto_answer (BaruaScriptedConnection *self,
             const char              *tag,
             const char              *rest)
{
  BaruaScriptedImap *server = self->server;

  if (is_word (rest, "CAPABILITY"))
    sendf (self, "* CAPABILITY %s\r\n%s OK done\r\n", server->caps_before, tag);
  else if (is_word (rest, "AUTHENTICATE"))
    auto_authenticate (self, tag, rest + strlen ("AUTHENTICATE "));
  else if (is_word (rest, "LOGIN"))
    sendf (self, "%s OK [CAPABILITY %s] in\r\n", tag, server->caps_after);
  else if (is_word (rest, "ENABLE"))
    sendf (self, "* ENABLED%s\r\n%s OK done\r\n", rest + strlen ("ENABLE"), tag);
  else if (is_word (rest, "ID"))
    sendf (self, "* ID NIL\r\n%s OK done\r\n", tag);
  else if (is_word (rest, "LIST"))
    sendf (self, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Trash) \"/\" Trash\r\n%s OK done\r\n", tag);
  else if (is_word (rest, "STATUS"))
    sendf (self, "* STATUS %.*s (MESSAGES 3 UIDNEXT 16 UIDVALIDITY 7)\r\n%s OK done\r\n",
           (int) strcspn (rest + 7, " "), rest + 7, tag);
  else if (is_word (rest, "SELECT") || is_word (rest, "EXAMINE"))
    auto_select (self, tag);
  else if (is_word (rest, "UID FETCH") || is_word (rest, "FETCH"))
    auto_fetch (self, tag);
  else if (is_word (rest, "IDLE"))
    {
      g_autofree char *done = NULL;

      sendf (self, "+ idling\r\n");
      done = barua_scripted_read_line (self);
      sendf (self, "%s OK done\r\n", tag);
    }
  else if (is_word (rest, "LOGOUT"))
    sendf (self, "* BYE\r\n%s OK done\r\n", tag);
  else
    sendf (self, "%s OK done\r\n", tag);
}

static void
run_auto (BaruaScriptedConnection *self)
{
  char *line;

  while ((line = barua_scripted_read_line (self)) != NULL)
    {
      char *blank = strchr (line, ' ');

      if (blank != NULL)
        {
          *blank = '\0';
          auto_answer (self, line, blank + 1);
        }
      g_free (line);
    }
}

/* Scripts ----------------------------------------------------------------------------------------------------------- */

static void
complain (BaruaScriptedConnection *self,
          const char              *step,
          const char              *got)
{
  g_mutex_lock (&self->server->mutex);
  if (self->server->problem == NULL)
    self->server->problem = g_strdup_printf ("at \"%s\": %s", step, got);
  g_mutex_unlock (&self->server->mutex);
}

static GString *
expand (BaruaScriptedConnection *self,
        const char              *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        {
          p++;
          if (*p == 'r')
            g_string_append_c (out, '\r');
          else if (*p == 'n')
            g_string_append_c (out, '\n');
          else if (*p == '0')
            g_string_append_c (out, '\0');
          else
            g_string_append_c (out, *p);
        }
      else if (*p == '$' && p[1] >= '1' && p[1] <= '9')
        {
          g_string_append (out, self->tags[p[1] - '0'] != NULL ? self->tags[p[1] - '0'] : "?");
          p++;
        }
      else if (*p == '$')
        g_string_append (out, self->n_tags > 0 && self->tags[MIN (self->n_tags, MAX_TAGS - 1)] != NULL
                                ? self->tags[MIN (self->n_tags, MAX_TAGS - 1)] : "?");
      else
        g_string_append_c (out, *p);
    }
  return out;
}

static gboolean
matches (const char *pattern,
         const char *text)
{
  g_autofree char *low_pattern = g_ascii_strdown (pattern, -1);
  g_autofree char *low_text = g_ascii_strdown (text, -1);

  return g_pattern_match_simple (low_pattern, low_text);
}

static gboolean
expect (BaruaScriptedConnection *self,
        const char              *step,
        const char              *pattern,
        gboolean                 tagged)
{
  g_autofree char *line = barua_scripted_read_line (self);
  const char *rest = line;

  if (line == NULL)
    {
      complain (self, step, "the client hung up");
      return FALSE;
    }
  if (tagged)
    {
      const char *blank = strchr (line, ' ');

      if (blank == NULL)
        {
          complain (self, step, line);
          return FALSE;
        }
      self->n_tags++;
      if (self->n_tags < MAX_TAGS)
        self->tags[self->n_tags] = g_strndup (line, (gsize) (blank - line));
      else
        {
          g_free (self->tags[MAX_TAGS - 1]);
          self->tags[MAX_TAGS - 1] = g_strndup (line, (gsize) (blank - line));
        }
      rest = blank + 1;
    }
  if (matches (pattern, rest))
    return TRUE;
  complain (self, step, line);
  return FALSE;
}

static gboolean
read_bytes (BaruaScriptedConnection *self,
            gsize                    n)
{
  while (self->input->len < n)
    {
      if (!read_more (self))
        return FALSE;
    }
  g_byte_array_remove_range (self->input, 0, (guint) n);
  return TRUE;
}

static gboolean
flood (BaruaScriptedConnection *self,
       gsize                    n)
{
  char block[16384];

  memset (block, 'x', sizeof block);
  while (n > 0)
    {
      gsize part = MIN (n, sizeof block);

      if (!barua_scripted_send (self, block, (gssize) part))
        return TRUE; /* the client had enough: that is its right */
      n -= part;
    }
  return TRUE;
}

static gboolean
run_send (BaruaScriptedConnection *self,
          const char              *text,
          gboolean                 line)
{
  g_autoptr(GString) out = expand (self, text);

  if (line)
    g_string_append (out, "\r\n");
  /* A client that hung up is noticed where something is expected of it. */
  barua_scripted_send (self, out->str, (gssize) out->len);
  return TRUE;
}

static gboolean
run_step (BaruaScriptedConnection *self,
          const char              *step)
{
  if (*step == '\0' || *step == '#')
    return TRUE;
  if (g_str_has_prefix (step, "S: ") || g_str_has_prefix (step, "S+ "))
    return run_send (self, step + 3, step[1] == ':');
  if (g_str_has_prefix (step, "C: "))
    return expect (self, step, step + 3, TRUE);
  if (g_str_has_prefix (step, "C= "))
    return expect (self, step, step + 3, FALSE);
  if (g_str_has_prefix (step, "C+ "))
    return read_bytes (self, strtoul (step + 3, NULL, 10));
  if (g_str_has_prefix (step, "FLOOD "))
    return flood (self, strtoul (step + 6, NULL, 10));
  if (g_str_has_prefix (step, "WAIT "))
    {
      g_usleep (strtoul (step + 5, NULL, 10) * 1000);
      return TRUE;
    }
  if (strcmp (step, "TLS") == 0)
    return barua_scripted_start_tls (self);
  if (strcmp (step, "DEFLATE") == 0)
    {
      self->deflate = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));
      self->inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));
      return TRUE;
    }
  if (strcmp (step, "STALL") == 0 || strcmp (step, "DRAIN") == 0)
    {
      drain (self);
      return TRUE;
    }
  if (strcmp (step, "CUT") == 0)
    {
      barua_scripted_cut (self);
      return TRUE;
    }
  if (strcmp (step, "CLOSE") == 0)
    {
      g_io_stream_close (self->io, NULL, NULL);
      self->is_cut = TRUE;
      return TRUE;
    }
  if (strcmp (step, "AUTO") == 0)
    {
      run_auto (self);
      return TRUE;
    }
  g_error ("no such step: %s", step);
}

static void
run_script (BaruaScriptedConnection *self,
            const char              *script)
{
  g_auto(GStrv) steps = g_strsplit (script, "\n", -1);

  for (guint i = 0; steps[i] != NULL; i++)
    {
      if (!run_step (self, steps[i]))
        return;
    }
  g_mutex_lock (&self->server->mutex);
  self->server->n_finished++;
  g_mutex_unlock (&self->server->mutex);
}

static gpointer
connection_thread (gpointer data)
{
  BaruaScriptedConnection *self = data;

  if (!self->server->implicit || barua_scripted_start_tls (self))
    {
      if (self->script->script != NULL)
        run_script (self, self->script->script);
      else
        self->script->func (self, self->script->data);
    }
  if (!self->is_cut)
    g_io_stream_close (self->io, NULL, NULL);
  g_object_unref (self->io);
  g_object_unref (self->socket);
  g_clear_object (&self->inflate);
  g_clear_object (&self->deflate);
  g_byte_array_unref (self->input);
  for (guint i = 0; i < MAX_TAGS; i++)
    g_free (self->tags[i]);
  g_free (self);
  return NULL;
}

/* The server -------------------------------------------------------------------------------------------------------- */

static void
serve (BaruaScriptedImap *self,
       GSocket           *socket)
{
  BaruaScriptedConnection *connection = g_new0 (BaruaScriptedConnection, 1);

  connection->server = self;
  connection->socket = g_socket_connection_factory_create_connection (socket);
  connection->io = g_object_ref (G_IO_STREAM (connection->socket));
  connection->input = g_byte_array_new ();
  g_mutex_lock (&self->mutex);
  g_assert (self->scripts->len > 0);
  connection->script = g_ptr_array_index (self->scripts, MIN (self->n_connections, self->scripts->len - 1));
  self->n_connections++;
  g_ptr_array_add (self->threads, g_thread_new ("scripted connection", connection_thread, connection));
  g_mutex_unlock (&self->mutex);
}

static gpointer
listen_thread (gpointer data)
{
  BaruaScriptedImap *self = data;
  GSocket *socket;

  while ((socket = g_socket_accept (self->listener, self->cancellable, NULL)) != NULL)
    {
      serve (self, socket);
      g_object_unref (socket);
    }
  return NULL;
}

BaruaScriptedImap *
barua_scripted_imap_new (GTlsCertificate *certificate,
                         gboolean         implicit)
{
  BaruaScriptedImap *self = g_new0 (BaruaScriptedImap, 1);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GError) error = NULL;

  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->implicit = implicit;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  self->scripts = g_ptr_array_new_with_free_func (script_free);
  self->threads = g_ptr_array_new ();
  self->clear = g_string_new (NULL);
  self->secure = g_string_new (NULL);
  self->caps_before = g_strdup ("IMAP4rev1 SASL-IR AUTH=PLAIN");
  self->caps_after = g_strdup ("IMAP4rev1 IDLE UIDPLUS ENABLE CONDSTORE");
  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (self->listener, any, TRUE, NULL));
  g_assert_true (g_socket_listen (self->listener, NULL));
  bound = g_socket_get_local_address (self->listener, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("scripted server", listen_thread, self);
  return self;
}

void
barua_scripted_imap_free (BaruaScriptedImap *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_socket_close (self->listener, NULL);
  g_clear_object (&self->listener);
  g_clear_object (&self->certificate);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->threads);
  g_ptr_array_unref (self->scripts);
  g_string_free (self->clear, TRUE);
  g_string_free (self->secure, TRUE);
  g_free (self->problem);
  g_free (self->caps_before);
  g_free (self->caps_after);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint
barua_scripted_imap_get_port (BaruaScriptedImap *self)
{
  return self->port;
}

static void
add_script (BaruaScriptedImap *self,
            char              *text,
            BaruaScriptedFunc  func,
            gpointer           data)
{
  Script *script = g_new0 (Script, 1);

  script->script = text;
  script->func = func;
  script->data = data;
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->scripts, script);
  g_mutex_unlock (&self->mutex);
}

void
barua_scripted_imap_add (BaruaScriptedImap *self,
                         const char        *script)
{
  add_script (self, g_strdup (script), NULL, NULL);
}

void
barua_scripted_imap_add_func (BaruaScriptedImap *self,
                              BaruaScriptedFunc  func,
                              gpointer           data)
{
  add_script (self, NULL, func, data);
}

void
barua_scripted_imap_set_auto (BaruaScriptedImap *self,
                              const char        *before,
                              const char        *after)
{
  g_free (self->caps_before);
  g_free (self->caps_after);
  self->caps_before = g_strdup (before);
  self->caps_after = g_strdup (after);
}

char *
barua_scripted_imap_dup_clear (BaruaScriptedImap *self)
{
  char *text;

  g_mutex_lock (&self->mutex);
  text = g_strdup (self->clear->str);
  g_mutex_unlock (&self->mutex);
  return text;
}

char *
barua_scripted_imap_dup_secure (BaruaScriptedImap *self)
{
  char *text;

  g_mutex_lock (&self->mutex);
  text = g_strdup (self->secure->str);
  g_mutex_unlock (&self->mutex);
  return text;
}

guint
barua_scripted_imap_get_n_connections (BaruaScriptedImap *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
barua_scripted_imap_get_n_finished (BaruaScriptedImap *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_finished;
  g_mutex_unlock (&self->mutex);
  return n;
}

char *
barua_scripted_imap_dup_problem (BaruaScriptedImap *self)
{
  char *text;

  g_mutex_lock (&self->mutex);
  text = g_strdup (self->problem);
  g_mutex_unlock (&self->mutex);
  return text;
}

#ifdef __SANITIZE_ADDRESS__
/* glib-networking loses a GError when a blocking read below TLS fails, which is what this server does whenever a client hangs
 * up; Barua itself never reads so. The frame that tells is only seen by the slow unwinder. */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:libgiognutls\n";
}
#endif
