/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The flags of a message: IMAP's system flags (RFC 9051, 2.3.2) and the registered keywords that Barua knows by meaning.
 * Other keywords are kept as strings. Stored in the database: never renumber. */
typedef enum
{
  BARUA_FLAG_SEEN      = 1 << 0,
  BARUA_FLAG_FLAGGED   = 1 << 1,
  BARUA_FLAG_ANSWERED  = 1 << 2,
  BARUA_FLAG_DELETED   = 1 << 3,
  BARUA_FLAG_DRAFT     = 1 << 4,
  BARUA_FLAG_FORWARDED = 1 << 5, /* $Forwarded */
  BARUA_FLAG_MDN_SENT  = 1 << 6, /* $MDNSent */
  BARUA_FLAG_JUNK      = 1 << 7, /* $Junk */
  BARUA_FLAG_NOT_JUNK  = 1 << 8, /* $NotJunk */
  BARUA_FLAG_PHISHING  = 1 << 9, /* $Phishing */
  BARUA_FLAG_IMPORTANT = 1 << 10 /* $Important */
} BaruaFlags;

/* What a folder is for. Stored in the database: never renumber. */
typedef enum
{
  BARUA_ROLE_NONE,
  BARUA_ROLE_INBOX,
  BARUA_ROLE_DRAFTS,
  BARUA_ROLE_SENT,
  BARUA_ROLE_ARCHIVE,
  BARUA_ROLE_JUNK,
  BARUA_ROLE_TRASH,
  BARUA_ROLE_OUTBOX,
  BARUA_ROLE_ALL,       /* \All: every message, as at Gmail */
  BARUA_ROLE_FLAGGED,   /* \Flagged: a view, not a place */
  BARUA_ROLE_IMPORTANT, /* \Important, RFC 8457: a view */
  BARUA_ROLE_NOT_MAIL,  /* Exchange's Calendar, Contacts, Journal, ...: hidden, not synchronised */
  BARUA_N_ROLES
} BaruaRole;

/* "\Seen", "$Forwarded", ... compared without case; 0 for a keyword that has no bit. @length -1 for a C string. */
BaruaFlags  barua_flag_from_name (const char *name,
                                  gssize      length);
/* The wire name of exactly one bit. */
const char *barua_flag_get_name  (BaruaFlags  flag);
/* "inbox", "trash", ... for JSON and logs; "none" for BARUA_ROLE_NONE. */
const char *barua_role_get_name  (BaruaRole   role);

G_END_DECLS
