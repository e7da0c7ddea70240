/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-id-set.h"
#include "barua-imap-response.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 from;
  guint32 to;
} BaruaImapUidPair;

/* How a command ended: its tagged answer, and the codes that untagged OKs brought while it ran. Boxed, reference counted,
 * immutable: dex_await_boxed(). */
typedef struct
{
  /*< private >*/
  int                 ref_count;
  /*< public >*/
  BaruaImapCondition  condition;       /* OK; NO or BAD only with BARUA_IMAP_RUN_ANY_STATUS */
  BaruaImapCode       code;            /* of the tagged answer */
  char               *text;            /* cleaned, for logs; never NULL */
  guint64             number;          /* of the code: MESSAGELIMIT, HIGHESTMODSEQ ... */
  guint64             number2;
  guint32             uid_validity;    /* of APPENDUID and COPYUID, 0: none came */
  BaruaIdSet         *append_uids;     /* APPENDUID; may be NULL */
  BaruaImapUidPair   *copied;          /* COPYUID of COPY and MOVE, in the server's order */
  guint               n_copied;
  BaruaIdSet         *modified;        /* [MODIFIED ...]: not stored, UNCHANGEDSINCE failed; may be NULL */
  guint64             highest_modseq;  /* [HIGHESTMODSEQ] that came along, 0: none */
  guint               backoff_ms;      /* the server asks for a pause of the whole account; 0: it does not */
} BaruaImapResult;

#define BARUA_TYPE_IMAP_RESULT (barua_imap_result_get_type ())
GType            barua_imap_result_get_type (void);
BaruaImapResult *barua_imap_result_ref      (BaruaImapResult *self);
void             barua_imap_result_unref    (BaruaImapResult *self);

/* A mailbox as SELECT or EXAMINE described it. Boxed, reference counted, immutable. What came later (EXISTS, EXPUNGE) is told
 * by events and by barua_imap_session_get_exists(). */
typedef struct
{
  /*< private >*/
  int        ref_count;
  /*< public >*/
  char      *mailbox;           /* raw name */
  gboolean   is_read_only;
  guint32    exists;
  guint32    uid_validity;      /* 0: the server named none */
  guint32    uid_next;          /* 0: the server named none */
  guint64    highest_modseq;    /* 0: none, or [NOMODSEQ] */
  gboolean   qresync;           /* the QRESYNC parameters were accepted: VANISHED (EARLIER) and FETCH said all that changed */
  BaruaFlags permanent_flags;
  gboolean   any_keyword;       /* "\*": new keywords may be made */
  char      *mailbox_id;        /* may be NULL */
} BaruaImapSelected;

#define BARUA_TYPE_IMAP_SELECTED (barua_imap_selected_get_type ())
GType              barua_imap_selected_get_type (void);
BaruaImapSelected *barua_imap_selected_ref      (BaruaImapSelected *self);
void               barua_imap_selected_unref    (BaruaImapSelected *self);

/* A line of the account's folder list. */
typedef struct
{
  char                      *mailbox;     /* raw name: the key, never a path */
  char                      *name;        /* decoded, for showing: the whole name */
  char                       delimiter;   /* 0: flat */
  BaruaImapMailboxAttributes attributes;
  BaruaRole                  role;        /* as the server says, INBOX by name; NONE when it does not */
  BaruaImapStatusItems       present;     /* which of the values below are known */
  guint32                    messages;
  guint32                    unseen;
  guint32                    uid_next;
  guint32                    uid_validity;
  guint64                    highest_modseq;
  guint64                    size;
  char                      *mailbox_id;  /* may be NULL */
} BaruaImapFolder;

void barua_imap_folder_free (BaruaImapFolder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapResult, barua_imap_result_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapSelected, barua_imap_selected_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapFolder, barua_imap_folder_free)

G_END_DECLS
