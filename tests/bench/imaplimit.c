/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The raw limit: what an IMAP client could reach that reads every byte and keeps nothing.
 *
 *   imaplimit --port N --ca FILE --user U --password P [--host 127.0.0.1] [--folder INBOX] [--server-session PID] MODE
 *
 * MODE is one of
 *   slim           the list set of the bars, for all messages            newest N     the same for the newest N
 *   full           ENVELOPE, BODYSTRUCTURE and four header fields        bodies N     whole newest N messages
 *   flags          UID and FLAGS of all messages                         uids         UID SEARCH ALL
 *   structure      BODYSTRUCTURE of all messages (warms the server)
 *   reopen-qresync, reopen-condstore    SELECT with the values of a moment before, ENABLE and SELECT in one flight
 *   reopen-flags N UID and FLAGS of the newest N after SELECT
 *
 * Sign-in is AUTHENTICATE PLAIN with an initial response. One JSON object is printed:
 *   connected_ms, signed_in_ms, total_ms   from the start of connect() to TLS, to the OK of the sign-in, to the last OK
 *   fetch_ms                                from the last command to its OK
 *   bytes_in, bytes_out                     inside TLS;  fetch_bytes: of the last command's answer
 *   cpu_ms, client_share                    own processor time while fetching, and its part of one core
 *   server_cpu_ms, server_share             the same of all processes of the session --server-session (Dovecot's master)
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
#define KEPT 4096
#define PULL (256 * 1024)
#define BULK (512 * 1024)
#define NAP_US 300
#define SLIM "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC SUBJECT " \
             "MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID CONTENT-TYPE AUTO-SUBMITTED)]"
#define FULL "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE " \
             "BODY.PEEK[HEADER.FIELDS (REFERENCES LIST-ID LIST-UNSUBSCRIBE AUTO-SUBMITTED)]"

typedef struct
{
  const char *host;
  const char *ca;
  const char *user;
  const char *password;
  const char *folder;
  unsigned port;
  int server_session;
} Options;

typedef struct
{
  int fd;
  gnutls_session_t tls;
  gnutls_certificate_credentials_t credentials;
  /* Bytes from the socket that GnuTLS has not taken yet: it asks for each record twice, once for five bytes. */
  uint8_t *pulled;
  size_t pulled_at;
  size_t pulled_end;
  uint64_t bytes_in;
  uint64_t bytes_out;
  unsigned tag;
  /* The end of what was read last: enough to find a tagged answer that is cut in two. */
  char tail[KEPT];
  size_t tail_bytes;
  /* Values of the last SELECT. */
  unsigned long exists;
  unsigned long long uid_validity;
  unsigned long long highest_modseq;
} Client;

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static double
own_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* Processor time of all living processes of a session, in ms; the scheduler counts it in ns. */
static double
session_cpu_ms (int session)
{
  double sum = 0.0;
  DIR *proc = session > 0 ? opendir ("/proc") : NULL;
  struct dirent *entry;

  while (proc != NULL && (entry = readdir (proc)) != NULL)
    {
      int pid = atoi (entry->d_name);
      char path[64];
      unsigned long long ns;
      FILE *file;

      if (pid <= 0 || getsid (pid) != session)
        continue;
      snprintf (path, sizeof path, "/proc/%d/schedstat", pid);
      file = fopen (path, "r");
      if (file == NULL)
        continue;
      if (fscanf (file, "%llu", &ns) == 1)
        sum += (double) ns / 1e6;
      fclose (file);
    }
  if (proc != NULL)
    closedir (proc);
  return sum;
}

static void __attribute__ ((noreturn, format (printf, 1, 2)))
die (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  fputs ("imaplimit: ", stderr);
  vfprintf (stderr, format, arguments);
  fputc ('\n', stderr);
  va_end (arguments);
  exit (1);
}

static ssize_t
pull (gnutls_transport_ptr_t  pointer,
      void                   *bytes,
      size_t                  length)
{
  Client *client = pointer;
  size_t n;

  if (client->pulled_at == client->pulled_end)
    {
      ssize_t got;

      /* In the middle of a long answer a short nap gathers what comes: the server writes 4 kB at a time, and waking for
       * each would cost more than decrypting it. */
      if (client->bytes_in > BULK && client->pulled_end < PULL / 8)
        usleep (NAP_US);
      got = recv (client->fd, client->pulled, PULL, 0);

      if (got <= 0)
        return got;
      client->pulled_at = 0;
      client->pulled_end = (size_t) got;
    }
  n = client->pulled_end - client->pulled_at;
  if (n > length)
    n = length;
  memcpy (bytes, client->pulled + client->pulled_at, n);
  client->pulled_at += n;
  return (ssize_t) n;
}

static int
pull_timeout (gnutls_transport_ptr_t pointer __attribute__ ((unused)),
              unsigned               ms __attribute__ ((unused)))
{
  return 1;
}

static ssize_t
push (gnutls_transport_ptr_t  pointer,
      const void             *bytes,
      size_t                  length)
{
  return send (((Client *) pointer)->fd, bytes, length, MSG_NOSIGNAL);
}

static void
connect_tls (Client        *client,
             const Options *options)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) options->port) };
  int one = 1, result;

  if (inet_pton (AF_INET, options->host, &address.sin_addr) != 1)
    die ("not an IPv4 address: %s", options->host);
  client->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client->fd < 0 || connect (client->fd, (struct sockaddr *) &address, sizeof address) < 0)
    die ("connect: %s", strerror (errno));
  setsockopt (client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  gnutls_init (&client->tls, GNUTLS_CLIENT);
  gnutls_set_default_priority (client->tls);
  gnutls_certificate_allocate_credentials (&client->credentials);
  if (gnutls_certificate_set_x509_trust_file (client->credentials, options->ca, GNUTLS_X509_FMT_PEM) < 1)
    die ("no authority in %s", options->ca);
  gnutls_credentials_set (client->tls, GNUTLS_CRD_CERTIFICATE, client->credentials);
  gnutls_session_set_verify_cert (client->tls, options->host, 0);
  client->pulled = malloc (PULL);
  if (client->pulled == NULL)
    die ("out of memory");
  gnutls_transport_set_ptr (client->tls, client);
  gnutls_transport_set_pull_function (client->tls, pull);
  gnutls_transport_set_pull_timeout_function (client->tls, pull_timeout);
  gnutls_transport_set_push_function (client->tls, push);
  do
    result = gnutls_handshake (client->tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  if (result < 0)
    die ("TLS: %s", gnutls_strerror (result));
}

static void
send_text (Client     *client,
           const char *text)
{
  size_t length = strlen (text), sent = 0;

  while (sent < length)
    {
      ssize_t n = gnutls_record_send (client->tls, text + sent, length - sent);

      if (n < 0 && gnutls_error_is_fatal ((int) n))
        die ("send: %s", gnutls_strerror ((int) n));
      if (n > 0)
        sent += (size_t) n;
    }
  client->bytes_out += length;
}

/* Reads one piece behind what was kept; returns its bytes. The buffer holds KEPT + CHUNK. */
static size_t
read_piece (Client *client,
            char   *buffer)
{
  ssize_t n;

  memcpy (buffer, client->tail, client->tail_bytes);
  do
    n = gnutls_record_recv (client->tls, buffer + client->tail_bytes, CHUNK);
  while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
  if (n <= 0)
    die ("the server hung up: %s", n < 0 ? gnutls_strerror ((int) n) : "end of stream");
  client->bytes_in += (uint64_t) n;
  return (size_t) n;
}

static void
note_values (Client     *client,
             const char *text,
             size_t      length)
{
  const char *found;

  if ((found = memmem (text, length, " EXISTS\r\n", 9)) != NULL)
    {
      while (found > text && found[-1] >= '0' && found[-1] <= '9')
        found--;
      client->exists = strtoul (found, NULL, 10);
    }
  if ((found = memmem (text, length, "[UIDVALIDITY ", 13)) != NULL)
    client->uid_validity = strtoull (found + 13, NULL, 10);
  if ((found = memmem (text, length, "[HIGHESTMODSEQ ", 15)) != NULL)
    client->highest_modseq = strtoull (found + 15, NULL, 10);
}

/* Reads until the line that begins with the tag (or, before the first command, the greeting); dies unless it says OK. */
static void
read_until_tagged (Client     *client,
                   const char *tag)
{
  static char buffer[KEPT + CHUNK + 1];
  char wanted[32];
  size_t wanted_bytes = (size_t) snprintf (wanted, sizeof wanted, "\r\n%s ", tag);

  client->tail_bytes = 2;
  memcpy (client->tail, "\r\n", 2);
  for (;;)
    {
      size_t total = read_piece (client, buffer) + client->tail_bytes;
      /* Nothing is pipelined behind, so the tagged line is the last thing that comes: only the end is looked at. */
      size_t seen = total < 512 ? total : 512;
      char *found = memmem (buffer + total - seen, seen, wanted, wanted_bytes);

      buffer[total] = '\0';
      if (total < KEPT)
        note_values (client, buffer, total);
      if (found != NULL && memchr (found + 2, '\n', (size_t) (buffer + total - found - 2)) != NULL)
        {
          if (strncmp (found + wanted_bytes, "OK", 2) != 0)
            die ("%.*s", (int) strcspn (found + 2, "\r\n"), found + 2);
          return;
        }
      /* Short answers are kept whole, so that their values are found; of long ones only the end matters. */
      client->tail_bytes = total < KEPT / 2 ? total : 256;
      memcpy (client->tail, buffer + total - client->tail_bytes, client->tail_bytes);
    }
}

static void
command (Client     *client,
         const char *text)
{
  char tag[16];
  char *line = NULL;

  snprintf (tag, sizeof tag, "zq%u", ++client->tag);
  if (asprintf (&line, "%s %s\r\n", tag, text) < 0)
    die ("out of memory");
  send_text (client, line);
  free (line);
  read_until_tagged (client, tag);
}

static void
sign_in (Client        *client,
         const Options *options)
{
  char plain[512], encoded[1024], line[1200];
  size_t user = strlen (options->user), password = strlen (options->password);
  gnutls_datum_t datum = { (unsigned char *) plain, (unsigned) (user + password + 2) }, base64;

  if (user + password + 2 > sizeof plain)
    die ("the password is too long");
  plain[0] = '\0';
  memcpy (plain + 1, options->user, user + 1);
  memcpy (plain + user + 2, options->password, password);
  if (gnutls_base64_encode2 (&datum, &base64) < 0)
    die ("base64");
  snprintf (encoded, sizeof encoded, "%.*s", (int) base64.size, base64.data);
  gnutls_free (base64.data);
  snprintf (line, sizeof line, "AUTHENTICATE PLAIN %s", encoded);
  command (client, line);
}

static void
select_folder (Client        *client,
               const Options *options,
               const char    *parameters)
{
  char line[512];

  snprintf (line, sizeof line, "SELECT \"%s\"%s", options->folder, parameters);
  command (client, line);
}

/* ENABLE and SELECT with the values of an earlier SELECT, in one flight. */
static void
reopen (Client        *client,
        const Options *options,
        bool           qresync)
{
  char line[1024], tag[16];

  snprintf (tag, sizeof tag, "zq%u", ++client->tag);
  if (qresync)
    snprintf (line, sizeof line, "ze ENABLE QRESYNC\r\n%s SELECT \"%s\" (QRESYNC (%llu %llu))\r\n", tag, options->folder,
              client->uid_validity, client->highest_modseq);
  else
    snprintf (line, sizeof line, "%s SELECT \"%s\" (CONDSTORE)\r\n", tag, options->folder);
  send_text (client, line);
  read_until_tagged (client, tag);
}

static void
fetch (Client     *client,
       const char *mode,
       unsigned    number)
{
  char range[64] = "1:*", line[1024];
  const char *items = SLIM;

  if (strcmp (mode, "uids") == 0)
    {
      command (client, "UID SEARCH ALL");
      return;
    }
  if (number > 0 && number < client->exists)
    snprintf (range, sizeof range, "%lu:*", client->exists - number + 1);
  if (strcmp (mode, "full") == 0)
    items = FULL;
  else if (strcmp (mode, "bodies") == 0)
    items = "UID BODY.PEEK[]";
  else if (strcmp (mode, "structure") == 0)
    items = "UID BODYSTRUCTURE";
  else if (strcmp (mode, "flags") == 0 || strcmp (mode, "reopen-flags") == 0)
    items = "UID FLAGS";
  else if (strcmp (mode, "slim") != 0 && strcmp (mode, "newest") != 0)
    die ("unknown mode: %s", mode);
  snprintf (line, sizeof line, "FETCH %s (%s)", range, items);
  command (client, line);
}

static void
close_client (Client *client)
{
  send_text (client, "zz LOGOUT\r\n");
  gnutls_deinit (client->tls);
  gnutls_certificate_free_credentials (client->credentials);
  close (client->fd);
  free (client->pulled);
}

static void
run (const Options *options,
     const char    *mode,
     unsigned       number)
{
  bool is_qresync = strcmp (mode, "reopen-qresync") == 0;
  bool is_reopen = is_qresync || strcmp (mode, "reopen-condstore") == 0;
  Client client = { 0 };
  double start, connected, signed_in, begun, ended, cpu, server_cpu;
  uint64_t bytes;

  if (is_reopen)
    {
      Client before = { 0 };

      connect_tls (&before, options);
      read_until_tagged (&before, "*");
      sign_in (&before, options);
      select_folder (&before, options, " (CONDSTORE)");
      client.uid_validity = before.uid_validity;
      client.highest_modseq = before.highest_modseq;
      close_client (&before);
    }
  start = now_ms ();
  connect_tls (&client, options);
  connected = now_ms ();
  read_until_tagged (&client, "*");
  sign_in (&client, options);
  signed_in = now_ms ();
  if (!is_reopen)
    select_folder (&client, options, "");
  bytes = client.bytes_in;
  server_cpu = session_cpu_ms (options->server_session);
  cpu = own_cpu_ms ();
  begun = now_ms ();
  if (is_reopen)
    reopen (&client, options, is_qresync);
  else
    fetch (&client, mode, number);
  ended = now_ms ();
  cpu = own_cpu_ms () - cpu;
  server_cpu = session_cpu_ms (options->server_session) - server_cpu;
  printf ("{\"mode\":\"%s\",\"messages\":%lu,\"connected_ms\":%.3f,\"signed_in_ms\":%.3f,\"total_ms\":%.3f,"
          "\"fetch_ms\":%.3f,\"bytes_in\":%llu,\"bytes_out\":%llu,\"fetch_bytes\":%llu,\"cpu_ms\":%.3f,"
          "\"client_share\":%.4f,\"server_cpu_ms\":%.3f,\"server_share\":%.4f}\n",
          mode, client.exists, connected - start, signed_in - start, ended - start, ended - begun,
          (unsigned long long) client.bytes_in, (unsigned long long) client.bytes_out,
          (unsigned long long) (client.bytes_in - bytes), cpu, cpu / (ended - begun), server_cpu,
          server_cpu / (ended - begun));
  close_client (&client);
}

int
main (int    argc,
      char **argv)
{
  Options options = { .host = "127.0.0.1", .ca = "", .user = "", .password = "", .folder = "INBOX" };
  const char *mode = NULL;
  unsigned number = 0;

  for (int i = 1; i < argc; i++)
    {
      const char *value = i + 1 < argc ? argv[i + 1] : "";

      if (strncmp (argv[i], "--", 2) != 0)
        {
          if (mode == NULL)
            mode = argv[i];
          else
            number = (unsigned) strtoul (argv[i], NULL, 10);
          continue;
        }
      if (strcmp (argv[i], "--host") == 0)
        options.host = value;
      else if (strcmp (argv[i], "--port") == 0)
        options.port = (unsigned) strtoul (value, NULL, 10);
      else if (strcmp (argv[i], "--ca") == 0)
        options.ca = value;
      else if (strcmp (argv[i], "--user") == 0)
        options.user = value;
      else if (strcmp (argv[i], "--password") == 0)
        options.password = value;
      else if (strcmp (argv[i], "--folder") == 0)
        options.folder = value;
      else if (strcmp (argv[i], "--server-session") == 0)
        options.server_session = atoi (value);
      else
        die ("unknown option %s", argv[i]);
      i++;
    }
  if (mode == NULL || options.port == 0)
    {
      fputs ("usage: imaplimit --port N --ca FILE --user U --password P [--folder F] [--server-session PID] MODE [N]\n",
             stderr);
      return 2;
    }
  run (&options, mode, number);
  return 0;
}
