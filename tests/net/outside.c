/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world outside and a network inside, for a program under test that has only this machine: linked into a test, or loaded before a
 * program (LD_PRELOAD). What the program connects to at 203.0.113.0/24 (outside, RFC 5737) or 10.99.0.0/16 (inside) is this
 * machine; it sees the address that it asked for, and decides by that. Names that end in ".inside.example" stand inside, other names
 * that end in ".example" outside. So nothing in the program has to allow for tests what it must refuse. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*ConnectFunc) (int fd, const struct sockaddr *address, socklen_t length);
typedef int (*LookUpFunc) (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found);

__attribute__ ((visibility ("default"))) int
connect (int                  fd,
         __CONST_SOCKADDR_ARG any,
         socklen_t            length)
{
  ConnectFunc real = (ConnectFunc)dlsym (RTLD_NEXT, "connect");
  const struct sockaddr *address = any.__sockaddr__;
  struct sockaddr_in here;
  in_addr_t number;

  if (address->sa_family != AF_INET || length < sizeof here)
    return real (fd, address, length);
  memcpy (&here, address, sizeof here);
  number = ntohl (here.sin_addr.s_addr);
  if ((number & 0xffffff00) == 0xcb007100 || (number & 0xffff0000) == 0x0a630000)
    here.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return real (fd, (const struct sockaddr *)&here, sizeof here);
}

static int
ends_in (const char *name,
         const char *end)
{
  size_t n = strlen (name), m = strlen (end);

  return n >= m && strcmp (name + n - m, end) == 0;
}

__attribute__ ((visibility ("default"))) int
getaddrinfo (const char             *node,
             const char             *service,
             const struct addrinfo  *hints,
             struct addrinfo       **found)
{
  LookUpFunc real = (LookUpFunc)dlsym (RTLD_NEXT, "getaddrinfo");
  const char *number = node;

  if (node != NULL && ends_in (node, ".inside.example"))
    number = "10.99.0.1";
  else if (node != NULL && ends_in (node, ".example"))
    number = "203.0.113.7";
  return real (number, service, hints, found);
}
