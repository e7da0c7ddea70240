/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A line with a long way and little room: forwards TCP connections so that every byte arrives half a round trip later,
 * and so that each direction of each connection carries no more than so many bits a second.
 *
 *   barua-line --to PORT [--port PORT] [--rtt-ms 40] [--mbit 50]
 *
 * Listens on 127.0.0.1, prints PORT=N and runs until SIGTERM or SIGINT. One thread, epoll, a timer of 1 ms; what is on
 * the way is bounded by BUFFER_BYTES a direction: beyond that it does not read, so that TCP itself slows the sender down.
 * The shape is that of a queue in front of a modem: a packet waits for the ones before it (rate), then travels (delay).
 * A TCP handshake over a real line takes a round trip before the first byte; here the connection to the client stands at
 * once, so the bytes of the first half round trip are held back for another one.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES (4u * 1024u * 1024u)
#define PACKETS 8192u
#define PACKET_BYTES 16384u
#define CONNECTIONS 256u

typedef struct
{
  uint64_t due_ns;
  uint32_t bytes;
} Packet;

/* One direction of one connection: a ring of bytes and a ring of what is due when. */
typedef struct
{
  int from;
  int to;
  uint8_t *ring;
  size_t head;
  size_t used;
  Packet packets[PACKETS];
  unsigned first_packet;
  unsigned n_packets;
  uint64_t free_ns;
  bool ended;
  bool end_sent;
  uint64_t end_ns;
} Way;

typedef struct
{
  bool open;
  int client;
  int server;
  uint64_t earliest_ns;
  Way up;
  Way down;
} Connection;

static Connection *connections[CONNECTIONS];
static uint64_t delay_ns;
static double ns_per_byte;

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}

static void
die (const char *what)
{
  fprintf (stderr, "barua-line: %s: %s\n", what, strerror (errno));
  exit (1);
}

static int
tcp_socket (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;

  if (fd < 0)
    die ("socket");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static struct sockaddr_in
loopback (unsigned port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return address;
}

static void
close_connection (Connection *connection)
{
  close (connection->client);
  close (connection->server);
  free (connection->up.ring);
  free (connection->down.ring);
  connection->open = false;
}

/* Reads what has room and notes when it is due. Returns false when the connection is broken. */
static bool
take_in (Connection *connection,
         Way        *way)
{
  while (!way->ended && way->used < BUFFER_BYTES && way->n_packets < PACKETS)
    {
      size_t tail = (way->head + way->used) % BUFFER_BYTES;
      size_t room = BUFFER_BYTES - (way->used > 0 && tail <= way->head ? BUFFER_BYTES - (way->head - tail) : tail);
      Packet *packet;
      uint64_t now;
      ssize_t n;

      if (room > BUFFER_BYTES - way->used)
        room = BUFFER_BYTES - way->used;
      if (room > PACKET_BYTES)
        room = PACKET_BYTES;
      n = recv (way->from, way->ring + tail, room, MSG_DONTWAIT);
      if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
      now = now_ns ();
      if (now < connection->earliest_ns)
        now = connection->earliest_ns;
      if (way->free_ns < now)
        way->free_ns = now;
      if (n == 0)
        {
          way->ended = true;
          way->end_ns = way->free_ns + delay_ns;
          return true;
        }
      way->free_ns += (uint64_t) ((double) n * ns_per_byte);
      packet = &way->packets[(way->first_packet + way->n_packets++) % PACKETS];
      packet->due_ns = way->free_ns + delay_ns;
      packet->bytes = (uint32_t) n;
      way->used += (size_t) n;
    }
  return true;
}

/* Writes what is due. Returns false when the connection is broken. */
static bool
let_out (Way     *way,
         uint64_t now)
{
  while (way->n_packets > 0 && way->packets[way->first_packet].due_ns <= now)
    {
      Packet *packet = &way->packets[way->first_packet];
      size_t length = packet->bytes;
      ssize_t n;

      if (length > BUFFER_BYTES - way->head)
        length = BUFFER_BYTES - way->head;
      n = send (way->to, way->ring + way->head, length, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
      way->head = (way->head + (size_t) n) % BUFFER_BYTES;
      way->used -= (size_t) n;
      packet->bytes -= (uint32_t) n;
      if (packet->bytes == 0)
        {
          way->first_packet = (way->first_packet + 1) % PACKETS;
          way->n_packets--;
        }
      if ((size_t) n < length)
        break;
    }
  if (way->ended && !way->end_sent && way->n_packets == 0 && way->end_ns <= now)
    {
      shutdown (way->to, SHUT_WR);
      way->end_sent = true;
    }
  return true;
}

static void
init_way (Way *way,
          int  from,
          int  to)
{
  way->from = from;
  way->to = to;
  way->ring = malloc (BUFFER_BYTES);
  if (way->ring == NULL)
    die ("malloc");
}

static void
accept_client (int      listener,
               unsigned target)
{
  struct sockaddr_in address = loopback (target);
  int client = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  int one = 1;
  Connection *connection = NULL;

  if (client < 0)
    return;
  for (unsigned i = 0; i < CONNECTIONS; i++)
    if (connections[i] == NULL || !connections[i]->open)
      {
        free (connections[i]);
        connection = connections[i] = calloc (1, sizeof *connection);
        break;
      }
  if (connection == NULL)
    {
      close (client);
      return;
    }
  setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection->client = client;
  connection->server = tcp_socket ();
  if (connect (connection->server, (struct sockaddr *) &address, sizeof address) < 0)
    {
      close (client);
      close (connection->server);
      return;
    }
  connection->open = true;
  connection->earliest_ns = now_ns () + 2 * delay_ns;
  init_way (&connection->up, client, connection->server);
  init_way (&connection->down, connection->server, client);
}

/* Moves bytes on all connections; returns whether any stands. */
static bool
turn (void)
{
  bool any = false;

  for (unsigned i = 0; i < CONNECTIONS; i++)
    {
      Connection *connection = connections[i];
      uint64_t now;

      if (connection == NULL || !connection->open)
        continue;
      now = now_ns ();
      if (!take_in (connection, &connection->up) || !take_in (connection, &connection->down)
          || !let_out (&connection->up, now) || !let_out (&connection->down, now)
          || (connection->up.end_sent && connection->down.end_sent))
        close_connection (connection);
      else
        any = true;
    }
  return any;
}

static double
number_of (const char *text)
{
  char *end;
  double value = strtod (text, &end);

  if (*end != '\0' || value < 0.0)
    {
      fprintf (stderr, "barua-line: not a number: %s\n", text);
      exit (2);
    }
  return value;
}

int
main (int    argc,
      char **argv)
{
  double rtt_ms = 40.0, mbit = 50.0;
  unsigned target = 0, port = 0;
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  struct itimerspec tick = { { 0, 1000000 }, { 0, 1000000 } };
  struct itimerspec still = { { 0, 0 }, { 0, 0 } };
  bool ticking = false;
  sigset_t signals;
  int listener, poll_fd, timer_fd, signal_fd, one = 1;

  for (int i = 1; i + 1 < argc; i += 2)
    {
      if (strcmp (argv[i], "--to") == 0)
        target = (unsigned) number_of (argv[i + 1]);
      else if (strcmp (argv[i], "--port") == 0)
        port = (unsigned) number_of (argv[i + 1]);
      else if (strcmp (argv[i], "--rtt-ms") == 0)
        rtt_ms = number_of (argv[i + 1]);
      else if (strcmp (argv[i], "--mbit") == 0)
        mbit = number_of (argv[i + 1]);
      else
        target = 0;
    }
  if (target == 0 || argc % 2 == 0)
    {
      fputs ("usage: barua-line --to PORT [--port PORT] [--rtt-ms 40] [--mbit 50]\n", stderr);
      return 2;
    }
  delay_ns = (uint64_t) (rtt_ms * 500000.0);
  ns_per_byte = mbit > 0.0 ? 8000.0 / mbit : 0.0;

  listener = tcp_socket ();
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  address = loopback (port);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) < 0 || listen (listener, 64) < 0)
    die ("bind");
  if (getsockname (listener, (struct sockaddr *) &address, &length) < 0)
    die ("getsockname");
  printf ("PORT=%u\n", ntohs (address.sin_port));
  fflush (stdout);

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  signal_fd = signalfd (-1, &signals, SFD_CLOEXEC);
  timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  poll_fd = epoll_create1 (EPOLL_CLOEXEC);
  for (int *fd = (int[]) { listener, timer_fd, signal_fd, -1 }; *fd >= 0; fd++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = *fd };

      if (epoll_ctl (poll_fd, EPOLL_CTL_ADD, *fd, &event) < 0)
        die ("epoll_ctl");
    }
  for (;;)
    {
      struct epoll_event events[4];
      int n = epoll_wait (poll_fd, events, 4, -1);
      bool any;

      for (int i = 0; i < n; i++)
        {
          uint64_t ticks;

          if (events[i].data.fd == signal_fd)
            return 0;
          if (events[i].data.fd == listener)
            accept_client (listener, target);
          else if (read (timer_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
            die ("timer");
        }
      any = turn ();
      /* The timer runs only while somebody is connected: an idle line costs nothing. */
      if (any != ticking)
        timerfd_settime (timer_fd, 0, any ? &tick : &still, NULL);
      ticking = any;
    }
}
