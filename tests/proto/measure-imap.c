/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures, not a test: what reading through the session costs, and what watching an account costs by NOTIFY and by IDLE with
 * polling (docs/decisions/0012). Starts its own Dovecot.
 *
 *   measure-imap [MESSAGES]
 *
 * Prints one JSON object a line. For the raw limit it leaves the server's data for imaplimit in the first one. */
#include "barua-fiber.h"
#include "barua-proto-test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define FOLDERS 15

static BaruaTestDovecot *dovecot;

static double
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec * 1000.0 + usage.ru_utime.tv_usec / 1000.0 + usage.ru_stime.tv_sec * 1000.0 +
         usage.ru_stime.tv_usec / 1000.0;
}

typedef struct
{
  guint   n;
  guint64 bytes;
} Rows;

static void
on_data (BaruaImapSession        *session,
         const BaruaImapResponse *response,
         guint32                  uid,
         gpointer                 data)
{
  Rows *rows = data;

  if (response->kind != BARUA_IMAP_RESPONSE_FETCH)
    return;
  rows->n++;
  rows->bytes += barua_imap_fetch_get_header (&response->fetch).length;
}

static DexFuture *
read_fiber (gpointer data)
{
  static const BaruaImapHandler handler = { .data = on_data };
  static const char * const fields[] = { "DATE", "FROM", "SENDER", "REPLY-TO", "TO", "CC", "SUBJECT", "MESSAGE-ID",
                                         "IN-REPLY-TO", "REFERENCES", "LIST-ID", "CONTENT-TYPE", "AUTO-SUBMITTED", NULL };
  BaruaImapFetchSection section = { .kind = BARUA_IMAP_SECTION_BODY, .text = "HEADER.FIELDS", .fields = fields };
  BaruaImapFetchRequest request = {
    .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS | BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE,
    .sections = &section,
    .n_sections = 1,
  };
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, "qresync", BARUA_SECURITY_TLS);

  config->log_traffic = FALSE;
  config->mechanisms = BARUA_MECHANISMS_FASTEST;
  for (guint round = 0; round < 5; round++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr(BaruaImapSession) session = barua_test_connect (config);
      gint64 connected = g_get_monotonic_time ();
      double cpu = cpu_ms ();
      Rows rows = { 0 };
      guint64 in = 0;
      guint64 out = 0;
      DexFuture *select = barua_imap_session_select (session, "Bulk", 0, NULL, NULL, NULL, NULL, NULL);
      DexFuture *fetch = barua_imap_session_run_all (
        session, barua_imap_commands_fetch (barua_imap_session_get_dialect (session), BARUA_IMAP_UIDS_FROM (1), &request, NULL),
        0, &handler, &rows, NULL, NULL);

      dex_await (select, NULL);
      dex_await (fetch, NULL);
      barua_imap_session_get_traffic (session, &in, &out);
      printf ("{\"what\":\"read\",\"messages\":%u,\"bytes_in\":%" G_GUINT64_FORMAT ",\"sign_in_ms\":%.1f,\"fetch_ms\":%.1f,"
              "\"cpu_ms\":%.1f}\n",
              rows.n, in, (connected - start) / 1000.0, (g_get_monotonic_time () - connected) / 1000.0, cpu_ms () - cpu);
      barua_imap_session_close (session);
    }
  return dex_future_new_true ();
}

/* Watching ---------------------------------------------------------------------------------------------------------- */

static void
on_event (BaruaImapSession     *session,
          const BaruaImapEvent *event,
          gpointer              data)
{
  if (event->type == BARUA_IMAP_EVENT_FOLDER_STATUS || event->type == BARUA_IMAP_EVENT_EXISTS)
    *(gint64 *) data = g_get_monotonic_time ();
}

static void
bytes_of (BaruaImapSession *session,
          guint64          *sum)
{
  guint64 in = 0;
  guint64 out = 0;

  barua_imap_session_get_traffic (session, &in, &out);
  *sum = in + out;
}

static DexFuture *
watch_fiber (gpointer data)
{
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, "qresync", BARUA_SECURITY_TLS);
  BaruaImapStatusItems items = BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UNSEEN | BARUA_IMAP_STATUS_UIDNEXT |
                               BARUA_IMAP_STATUS_UIDVALIDITY | BARUA_IMAP_STATUS_HIGHESTMODSEQ;

  config->log_traffic = FALSE;
  for (guint use_notify = 0; use_notify < 2; use_notify++)
    {
      g_autoptr(BaruaImapSession) watcher = barua_test_connect (config);
      g_autoptr(BaruaImapSession) actor = barua_test_connect (config);
      g_autoptr(GBytes) bytes = g_bytes_new_static ("Subject: x\r\n\r\nx\r\n", 17);
      guint64 start = 0;
      guint64 ready = 0;
      guint64 end = 0;
      gint64 told = 0;
      gint64 begin;
      double setup_ms;
      double latency_ms = 0;

      barua_imap_session_set_events (watcher, on_event, &told);
      dex_await (barua_imap_session_select (watcher, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), NULL);
      bytes_of (watcher, &start);
      begin = g_get_monotonic_time ();
      if (use_notify)
        dex_await (barua_imap_session_notify (watcher, NULL), NULL);
      else
        dex_await (barua_imap_session_list (watcher, items, NULL), NULL);
      setup_ms = (g_get_monotonic_time () - begin) / 1000.0;
      bytes_of (watcher, &ready);
      barua_imap_session_set_watching (watcher, TRUE);
      for (guint i = 0; i < FOLDERS; i++)
        {
          g_autofree char *name = g_strdup_printf ("F%u", i);
          g_autoptr(BaruaImapResult) result =
            barua_test_command (actor, barua_imap_command_append (NULL, name, 0, NULL, G_MININT64, bytes, FALSE, NULL), 0, NULL,
                                NULL, NULL);

          begin = g_get_monotonic_time ();
          told = 0;
          if (!use_notify)
            continue;
          while (told == 0 && g_get_monotonic_time () - begin < 5 * G_USEC_PER_SEC)
            barua_test_turn ();
          latency_ms += (g_get_monotonic_time () - begin) / 1000.0 / FOLDERS;
        }
      if (!use_notify)
        dex_await (barua_imap_session_list (watcher, items, NULL), NULL); /* one poll that finds all of them */
      bytes_of (watcher, &end);
      printf ("{\"what\":\"%s\",\"folders\":%d,\"setup_ms\":%.1f,\"setup_bytes\":%" G_GUINT64_FORMAT
              ",\"bytes_for_a_change_in_each\":%" G_GUINT64_FORMAT ",\"latency_ms\":%.0f}\n",
              use_notify ? "notify" : "idle and poll", FOLDERS, setup_ms, ready - start, end - ready, latency_ms);
      barua_imap_session_close (watcher);
      barua_imap_session_close (actor);
    }
  return dex_future_new_true ();
}

int
main (int    argc,
      char **argv)
{
  guint n = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 5000;

  g_test_init (&(int) { 1 }, &argv, NULL);
  dovecot = barua_test_dovecot ();
  if (dovecot == NULL)
    return 77;
  printf ("{\"what\":\"server\",\"port\":%u,\"ca\":\"%s\",\"password\":\"%s\"}\n", dovecot->imaps_port, dovecot->ca_file,
          dovecot->password);
  fflush (stdout);
  barua_test_dovecot_fill (dovecot, "qresync", "Bulk", n);
  for (guint i = 0; i < FOLDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("F%u", i);

      barua_test_dovecot_fill (dovecot, "qresync", name, 1);
    }
  barua_test_run (read_fiber, NULL);
  barua_test_run (watch_fiber, NULL);
  fflush (stdout);
  if (argc > 2)
    getchar (); /* leaves the server for a look with imaplimit */
  barua_test_dovecot_stop ();
  return 0;
}
