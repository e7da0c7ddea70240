/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One attack of the EAST corpus (RON files of the fake-mail-server project), or one of its commented variants. */
typedef struct
{
  char     *name;              /* "Buffering/B_2.ron+1": "+n" for the n-th variant */
  char     *greeting;          /* with CRLF, "<tag>" nowhere */
  gboolean  is_preauth;
  char     *after_greeting;    /* may be NULL, like all below */
  char     *starttls;
  gboolean  no_transition;     /* does not begin TLS after its answer to STARTTLS */
  char     *after_tls;
  char     *caps;              /* "IMAP4rev1 ...", never NULL, likewise the next */
  char     *caps_tls;
  char     *caps_auth;
  char     *caps_tls_auth;
  char    **ignored;           /* lower-case commands that get no answer in clear */
  char    **ignored_tls;
  char    **hidden;            /* that are unknown */
  char     *override_capability;
  char     *override_login;
  char     *override_authenticate;
  char     *override_select;
  char     *certificate;       /* file name in the case */
} EastCase;

/* All cases below @directory, sorted by name; a GPtrArray of EastCase. NULL when there is no such directory. */
GPtrArray *east_cases_load (const char *directory);

G_END_DECLS
