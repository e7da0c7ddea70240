/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-value.h"

G_BEGIN_DECLS

/* Bits of the capabilities that Barua knows (IANA registry). */
typedef enum
{
  BARUA_IMAP_CAP_IMAP4REV1,
  BARUA_IMAP_CAP_IMAP4REV2,
  BARUA_IMAP_CAP_ACL,
  BARUA_IMAP_CAP_APPENDLIMIT,       /* also "APPENDLIMIT=n" */
  BARUA_IMAP_CAP_AUTH_EXTERNAL,
  BARUA_IMAP_CAP_AUTH_LOGIN,
  BARUA_IMAP_CAP_AUTH_OAUTHBEARER,
  BARUA_IMAP_CAP_AUTH_PLAIN,
  BARUA_IMAP_CAP_AUTH_SCRAM_SHA_1,
  BARUA_IMAP_CAP_AUTH_SCRAM_SHA_256,
  BARUA_IMAP_CAP_AUTH_SCRAM_SHA_256_PLUS,
  BARUA_IMAP_CAP_AUTH_XOAUTH2,
  BARUA_IMAP_CAP_BINARY,
  BARUA_IMAP_CAP_CATENATE,
  BARUA_IMAP_CAP_CHILDREN,
  BARUA_IMAP_CAP_COMPRESS_DEFLATE,
  BARUA_IMAP_CAP_CONDSTORE,
  BARUA_IMAP_CAP_CREATE_SPECIAL_USE,
  BARUA_IMAP_CAP_ENABLE,
  BARUA_IMAP_CAP_ESEARCH,
  BARUA_IMAP_CAP_ESORT,
  BARUA_IMAP_CAP_GMAIL,             /* X-GM-EXT-1 */
  BARUA_IMAP_CAP_ID,
  BARUA_IMAP_CAP_IDLE,
  BARUA_IMAP_CAP_INPROGRESS,
  BARUA_IMAP_CAP_LIST_EXTENDED,
  BARUA_IMAP_CAP_LIST_METADATA,
  BARUA_IMAP_CAP_LIST_MYRIGHTS,
  BARUA_IMAP_CAP_LIST_STATUS,
  BARUA_IMAP_CAP_LITERAL_MINUS,
  BARUA_IMAP_CAP_LITERAL_PLUS,
  BARUA_IMAP_CAP_LOGINDISABLED,
  BARUA_IMAP_CAP_MESSAGELIMIT,      /* "MESSAGELIMIT=n" */
  BARUA_IMAP_CAP_METADATA,
  BARUA_IMAP_CAP_METADATA_SERVER,
  BARUA_IMAP_CAP_MOVE,
  BARUA_IMAP_CAP_MULTIAPPEND,
  BARUA_IMAP_CAP_NAMESPACE,
  BARUA_IMAP_CAP_NOTIFY,
  BARUA_IMAP_CAP_OBJECTID,
  BARUA_IMAP_CAP_PARTIAL,
  BARUA_IMAP_CAP_PREVIEW,
  BARUA_IMAP_CAP_QRESYNC,
  BARUA_IMAP_CAP_QUOTA,
  BARUA_IMAP_CAP_REPLACE,
  BARUA_IMAP_CAP_SASL_IR,
  BARUA_IMAP_CAP_SAVEDATE,
  BARUA_IMAP_CAP_SAVELIMIT,         /* "SAVELIMIT=n" */
  BARUA_IMAP_CAP_SEARCHRES,
  BARUA_IMAP_CAP_SEARCH_FUZZY,
  BARUA_IMAP_CAP_SORT,
  BARUA_IMAP_CAP_SORT_DISPLAY,
  BARUA_IMAP_CAP_SPECIAL_USE,
  BARUA_IMAP_CAP_STARTTLS,
  BARUA_IMAP_CAP_STATUS_SIZE,
  BARUA_IMAP_CAP_THREAD_REFERENCES,
  BARUA_IMAP_CAP_UIDBATCHES,
  BARUA_IMAP_CAP_UIDONLY,
  BARUA_IMAP_CAP_UIDPLUS,
  BARUA_IMAP_CAP_UNAUTHENTICATE,
  BARUA_IMAP_CAP_UNSELECT,
  BARUA_IMAP_CAP_UTF8_ACCEPT,
  BARUA_IMAP_CAP_UTF8_ONLY,
  BARUA_IMAP_CAP_WITHIN,
  BARUA_IMAP_CAP_XLIST,
  BARUA_IMAP_N_CAPS
} BaruaImapCap;

/* What a server announces, or says it has enabled. Reference counted, immutable once made; any thread. */
typedef struct _BaruaImapCapabilities BaruaImapCapabilities;

/* Reads the words of @list (from @first on, NULL: none). Words in any case; doubles are one; at most
 * BARUA_LIMIT_IMAP_UNKNOWN_CAPABILITIES unknown words are kept. */
BaruaImapCapabilities *barua_imap_capabilities_new       (const BaruaImapValue        *list);
/* Same from "IMAP4rev1 IDLE ..."; for tests and fixed sets. */
BaruaImapCapabilities *barua_imap_capabilities_new_text  (const char                  *words);
BaruaImapCapabilities *barua_imap_capabilities_ref       (BaruaImapCapabilities       *self);
void                   barua_imap_capabilities_unref     (BaruaImapCapabilities       *self);

gboolean               barua_imap_capabilities_has       (const BaruaImapCapabilities *self,
                                                          BaruaImapCap                 cap);
/* A word that has no bit, compared without case. */
gboolean               barua_imap_capabilities_has_word  (const BaruaImapCapabilities *self,
                                                          const char                  *word);
/* Upper-case words without a bit, in the order sent, NULL-terminated; borrowed. */
const char * const    *barua_imap_capabilities_get_unknown (const BaruaImapCapabilities *self);
/* The number behind "=" of APPENDLIMIT, MESSAGELIMIT, SAVELIMIT; 0 when none was given. */
guint64                barua_imap_capabilities_get_limit (const BaruaImapCapabilities *self,
                                                          BaruaImapCap                 cap);
/* "LITERAL+"; the wire word of a bit. */
const char            *barua_imap_cap_get_name           (BaruaImapCap                 cap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapCapabilities, barua_imap_capabilities_unref)

G_END_DECLS
