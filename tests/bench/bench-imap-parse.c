/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the IMAP codec costs: about 105 MB of FETCH answers (ENVELOPE and BODYSTRUCTURE of 100,000 messages, written here from
 * a seed), tokenised only, then to typed values; and slim header answers. CPU time of this thread, medians of five. */
#include <stdio.h>
#include <time.h>

#include "barua-imap-envelope.h"
#include "barua-imap-response.h"
#include "barua-imap-structure.h"

#define MESSAGES 100000u
#define RUNS     5
#define PIECE    65536u

/* Bars of the issue. */
#define TOKENISE_MB_PER_SECOND 200.0
#define TYPED_SECONDS          0.6

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void
add_address (GString *text,
             GRand   *random)
{
  static const char *const names[] = { "Amina Wanjiru", "Rafiqul Islam", "=?UTF-8?Q?J=C3=BCrgen_Gro=C3=9F?=", "Sri Wahyuni",
                                       "\\\"Post\\\" office", "Lakshmi Devi" };
  guint n = (guint) g_rand_int_range (random, 0, 5000);

  g_string_append_printf (text, "(\"%s\" NIL \"person.%u\" \"posta%u.example\")", names[n % G_N_ELEMENTS (names)], n, n % 97);
}

static void
add_addresses (GString *text,
               GRand   *random,
               guint    n)
{
  g_string_append_c (text, '(');
  for (guint i = 0; i < n; i++)
    add_address (text, random);
  g_string_append (text, ") ");
}

static void
add_envelope (GString *text,
              GRand   *random,
              guint    i)
{
  g_string_append_printf (text, "ENVELOPE (\"Thu, %02u Jul 2026 %02u:%02u:%02u +0300\" ", i % 28 + 1, i % 24, i % 60, i % 60);
  g_string_append_printf (text, "\"Re: barua ya mkutano wa wiki %u kuhusu mradi mpya na ratiba yake\" ", i);
  add_addresses (text, random, 1);
  add_addresses (text, random, 1);
  add_addresses (text, random, 1);
  add_addresses (text, random, 3 + i % 4);
  if (i % 3 == 0)
    add_addresses (text, random, 2);
  else
    g_string_append (text, "NIL ");
  g_string_append_printf (text, "NIL \"<%u.%u@posta.example>\" ", i / 2, i * 7);
  g_string_append_printf (text, "\"<%u.%u.barua@posta%u.example>\")", i, i * 31, i % 97);
}

static void
add_text (GString    *text,
          const char *subtype,
          guint       size)
{
  g_string_append_printf (text, "(\"text\" \"%s\" (\"charset\" \"utf-8\") NIL NIL \"quoted-printable\" %u %u NIL NIL NIL NIL)",
                          subtype, size, size / 60);
}

static void
add_structure (GString *text,
               guint    i)
{
  g_string_append (text, " BODYSTRUCTURE (");
  if (i % 2 == 0)
    {
      add_text (text, "plain", 900 + i % 5000);
      add_text (text, "html", 2000 + i % 9000);
      g_string_append (text, " \"alternative\"");
    }
  else
    {
      add_text (text, "plain", 900 + i % 5000);
      g_string_append_printf (text,
                              "(\"application\" \"pdf\" (\"name\" \"ripoti-%u.pdf\") NIL NIL \"base64\" %u NIL "
                              "(\"attachment\" (\"filename\" \"ripoti-%u.pdf\" \"size\" \"%u\")) NIL NIL) \"mixed\"",
                              i, 40000 + i % 90000, i, 30000 + i % 70000);
    }
  g_string_append_printf (text, " (\"boundary\" \"=-=%08x%08x=-=\") NIL NIL NIL)", i * 2654435761u, i);
}

static GString *
make_full (void)
{
  GString *text = g_string_sized_new (112 * 1000 * 1000);
  g_autoptr(GRand) random = g_rand_new_with_seed (2);

  for (guint i = 1; i <= MESSAGES; i++)
    {
      g_string_append_printf (text, "* %u FETCH (UID %u FLAGS (\\Seen%s) INTERNALDATE \"%02u-Jul-2026 12:%02u:00 +0000\" "
                              "RFC822.SIZE %u ", i, i * 3, i % 9 == 0 ? " \\Flagged" : "", i % 28 + 1, i % 60, 5000 + i % 9000);
      add_envelope (text, random, i);
      add_structure (text, i);
      g_string_append (text, ")\r\n");
    }
  return text;
}

static GString *
make_slim (void)
{
  GString *text = g_string_sized_new (80 * 1000 * 1000);
  g_autoptr(GString) block = g_string_new (NULL);

  for (guint i = 1; i <= MESSAGES; i++)
    {
      g_string_printf (block,
                       "Date: Thu, %02u Jul 2026 12:%02u:00 +0300\r\nFrom: Amina Wanjiru <amina.%u@posta.example>\r\n"
                       "To: Rafiqul Islam <rafiqul@posta.example>, Sri Wahyuni <sri@posta.example>\r\n"
                       "Subject: Re: barua ya mkutano wa wiki %u kuhusu mradi mpya na ratiba yake\r\n"
                       "Message-ID: <%u.barua@posta.example>\r\nIn-Reply-To: <%u.barua@posta.example>\r\n"
                       "References: <%u.barua@posta.example> <%u.barua@posta.example>\r\n"
                       "Content-Type: multipart/alternative; boundary=\"=-=%08x=-=\"\r\n\r\n",
                       i % 28 + 1, i % 60, i % 5000, i, i, i - 1, i / 2, i - 1, i * 2654435761u);
      g_string_append_printf (text, "* %u FETCH (UID %u FLAGS (\\Seen) INTERNALDATE \"%02u-Jul-2026 12:%02u:00 +0000\" "
                              "RFC822.SIZE %u BODY[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC SUBJECT MESSAGE-ID "
                              "IN-REPLY-TO REFERENCES LIST-ID CONTENT-TYPE AUTO-SUBMITTED)] {%" G_GSIZE_FORMAT "}\r\n%s)\r\n",
                              i, i * 3, i % 28 + 1, i % 60, 5000 + i % 9000, block->len, block->str);
    }
  return text;
}

typedef enum
{
  TOKENS, /* argument trees only */
  TYPED,  /* all the way: fetch, envelope with each address, every part */
  SLIM    /* fetch with its header block */
} Depth;

typedef struct
{
  guint   messages;
  guint   addresses;
  guint   parts;
  guint64 bytes;
} Seen;

static void
read_one (const BaruaImapResponse *response,
          Depth                    depth,
          GArray                  *parts,
          Seen                    *seen)
{
  const BaruaImapFetch *fetch = &response->fetch;
  BaruaImapEnvelope envelope;

  g_assert_true (response->kind == BARUA_IMAP_RESPONSE_FETCH && !response->damaged);
  seen->messages++;
  if (depth == SLIM)
    {
      seen->bytes += barua_imap_fetch_get_header (fetch).length;
      return;
    }
  g_assert_true (barua_imap_envelope_read (fetch->envelope, &envelope));
  {
    const BaruaImapValue *const lists[] = { envelope.from, envelope.sender, envelope.reply_to,
                                            envelope.to,   envelope.cc,     envelope.bcc };

    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
      {
        BaruaImapAddressIter iter;
        BaruaImapAddress address;

        barua_imap_address_iter_init (&iter, lists[i]);
        while (barua_imap_address_iter_next (&iter, &address))
          seen->addresses++;
      }
  }
  g_assert_true (barua_imap_structure_read (fetch->body_structure, parts));
  seen->parts += parts->len;
}

static double
run (const GString *text,
     Depth          depth,
     Seen          *seen)
{
  g_autoptr(BaruaImapParser) parser = barua_imap_parser_new ();
  g_autoptr(BaruaImapReader) reader = barua_imap_reader_new ();
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (BaruaImapPart));
  double start = now ();

  *seen = (Seen) { 0 };
  for (gsize at = 0; at < text->len; at += PIECE)
    {
      BaruaImapParserEvent event;

      barua_imap_parser_feed (parser, text->str + at, MIN (PIECE, text->len - at));
      while ((event = barua_imap_parser_next (parser)) != BARUA_IMAP_PARSER_NEED_MORE)
        {
          g_assert_cmpint (event, ==, BARUA_IMAP_PARSER_RESPONSE);
          if (depth == TOKENS)
            seen->messages++;
          else
            read_one (barua_imap_reader_read (reader, barua_imap_parser_get_line (parser)), depth, parts, seen);
        }
    }
  return now () - start;
}

static int
compare (const void *a,
         const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (const GString *text,
        Depth          depth,
        Seen          *seen)
{
  double times[RUNS];

  for (guint i = 0; i < RUNS; i++)
    {
      times[i] = run (text, depth, seen);
      g_assert_cmpuint (seen->messages, ==, MESSAGES);
    }
  qsort (times, RUNS, sizeof times[0], compare);
  return times[RUNS / 2];
}

int
main (void)
{
  GString *full = make_full ();
  GString *slim;
  Seen seen;
  double megabytes = (double) full->len / 1e6;
  double tokens = median (full, TOKENS, &seen);
  double typed = median (full, TYPED, &seen);
  double slim_time;
  gboolean good = megabytes / tokens >= TOKENISE_MB_PER_SECOND && typed * 105 / megabytes <= TYPED_SECONDS;

  printf ("full: %.1f MB, %u messages, %u addresses, %u parts\n", megabytes, seen.messages, seen.addresses, seen.parts);
  printf ("tokenise: %.3f s CPU, %.0f MB/s (bar: >= %.0f MB/s)\n", tokens, megabytes / tokens, TOKENISE_MB_PER_SECOND);
  printf ("typed values: %.3f s CPU, %.3f s for 105 MB (bar: <= %.1f s)\n", typed, typed * 105 / megabytes, TYPED_SECONDS);
  g_string_free (full, TRUE);
  slim = make_slim ();
  slim_time = median (slim, SLIM, &seen);
  megabytes = (double) slim->len / 1e6;
  printf ("slim headers: %.1f MB, %.3f s CPU, %.0f MB/s\n", megabytes, slim_time, megabytes / slim_time);
  g_string_free (slim, TRUE);
  printf ("%s\n", good ? "bars reached" : "BARS MISSED");
  return good ? 0 : 1;
}
