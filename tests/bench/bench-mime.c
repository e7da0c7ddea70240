/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Messages a second: our value with its text for the index, against GMime alone that parses the same message and decodes its
 * parts. Three shapes of 10 kB; medians of 5 rounds, one thread, CPU time. */

#define N_MESSAGES 2000
#define N_ROUNDS 5

static GBytes *
generate (guint shape,
          guint number)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GString *message = g_string_new (NULL);
  g_autofree char *encoded = NULL;

  for (guint i = 0; text->len < 6400; i++)
    g_string_append_printf (text, "Line %u of message %u: caf\xc3\xa9 and a few more words to read.\r\n", i, number);
  g_string_append_printf (message,
                          "Received: from a.example (a.example [192.0.2.1]) by b.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
                          "From: =?utf-8?Q?Mar=C3=ADa?= <maria%u@posta.example>\r\nTo: Ben <ben@posta.example>, list@posta.example\r\n"
                          "Subject: Message %u about nothing in particular\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
                          "Message-ID: <%u@posta.example>\r\nMIME-Version: 1.0\r\n",
                          number, number, number);
  encoded = g_base64_encode ((const guchar *)text->str, text->len);
  if (shape == 0)
    g_string_append_printf (message, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s%.3000s",
                            text->str, text->str);
  else if (shape == 1)
    g_string_append_printf (message,
                            "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n\r\n%.3000s\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p style=\"color:#333\">%s</p></body></html>\r\n--x--\r\n",
                            text->str, text->str);
  else
    g_string_append_printf (message,
                            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                            "%.1000s\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--x--\r\n",
                            text->str, encoded);
  return g_string_free_to_bytes (message);
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static gsize
run_barua (GPtrArray *messages)
{
  gsize total = 0;

  for (guint i = 0; i < messages->len; i++)
    {
      g_autoptr (BaruaParsedMessage) value = barua_mime_parse (messages->pdata[i], BARUA_MIME_NONE);
      g_autofree char *text = barua_mime_get_search_text (value, 1 << 20);

      total += strlen (text);
    }
  return total;
}

static void
decode_part (GMimeObject *parent,
             GMimeObject *part,
             gpointer     total)
{
  GMimeStream *stream;
  GMimeDataWrapper *content;

  if (!GMIME_IS_PART (part) || (content = g_mime_part_get_content (GMIME_PART (part))) == NULL)
    return;
  stream = g_mime_stream_mem_new ();
  *(gsize *)total += (gsize)g_mime_data_wrapper_write_to_stream (content, stream);
  g_object_unref (stream);
}

static gsize
run_gmime (GPtrArray *messages)
{
  gsize total = 0;

  for (guint i = 0; i < messages->len; i++)
    {
      gsize length;
      const char *bytes = g_bytes_get_data (messages->pdata[i], &length);
      GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
      GMimeParser *parser = g_mime_parser_new_with_stream (stream);
      GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

      g_mime_message_foreach (message, decode_part, &total);
      g_object_unref (message);
      g_object_unref (parser);
      g_object_unref (stream);
    }
  return total;
}

static int
compare (const void *a,
         const void *b)
{
  return *(const double *)a < *(const double *)b ? -1 : 1;
}

int
main (void)
{
  static const char * const names[] = { "text", "alternative", "attachment" };

  barua_mime_init ();
  for (guint shape = 0; shape < G_N_ELEMENTS (names); shape++)
    {
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
      double ours[N_ROUNDS];
      double theirs[N_ROUNDS];
      gsize size = 0;

      for (guint i = 0; i < N_MESSAGES; i++)
        {
          g_ptr_array_add (messages, generate (shape, i));
          size += g_bytes_get_size (messages->pdata[i]);
        }
      for (guint round = 0; round < N_ROUNDS; round++)
        {
          double start = now ();

          if (run_barua (messages) == 0)
            return 1;
          ours[round] = now () - start;
          start = now ();
          if (run_gmime (messages) == 0)
            return 1;
          theirs[round] = now () - start;
        }
      qsort (ours, N_ROUNDS, sizeof ours[0], compare);
      qsort (theirs, N_ROUNDS, sizeof theirs[0], compare);
      printf ("mime %s: %zu bytes a message, %.0f messages/s, GMime alone %.0f, ratio %.2f\n", names[shape], size / N_MESSAGES,
              N_MESSAGES / ours[N_ROUNDS / 2], N_MESSAGES / theirs[N_ROUNDS / 2], ours[N_ROUNDS / 2] / theirs[N_ROUNDS / 2]);
    }
  return 0;
}
