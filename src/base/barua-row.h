/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-flags.h"

G_BEGIN_DECLS

/* One row of a list, as the store gives it: what is shown (wishes already laid over what the server said). Immutable,
 * reference counted, any thread. Text is clean UTF-8, never NULL. */
typedef struct
{
  gatomicrefcount  ref_count;
  gint64           id;            /* local id of the message; in a grouped list, of the thread's newest here */
  gint64           thread;
  gint64           account;
  gint64           folder;        /* shown folder */
  guint32          uid;           /* 0: not known yet */
  gint64           date;          /* what the list sorts by: seconds since 1970 */
  guint64          size;
  BaruaFlags       flags;         /* shown */
  BaruaFlags       wished;        /* the bits that wait to be sent to the server */
  guint            thread_count;  /* grouped: messages of the conversation in all folders of the account, the person's own
                                   * answers with them, copies once, without drafts and what lies in Trash and Junk (unless
                                   * the list is of such a folder); else 1 */
  guint            thread_unread; /* in this folder */
  guint            thread_starred; /* in this folder */
  guint64          thread_size;   /* bytes of its messages in this folder; not grouped: as @size */
  gboolean         thread_draft;  /* the conversation holds a draft */
  char           **people;        /* grouped: who wrote, oldest first, each once, at most BARUA_LIMIT_ROW_PEOPLE; "" is the
                                   * person; NULL when not grouped */
  gboolean         has_attachment;
  gboolean         body_here;     /* the text parts are in the cache */
  char            *from_name;
  char            *from_address;
  char            *to;            /* shown names of the recipients, for Sent and Drafts */
  char            *subject;
  char            *preview;       /* "" until a text part was here */
  char            *message_id;
} BaruaRow;

BaruaRow *barua_row_new   (void);
BaruaRow *barua_row_ref   (BaruaRow *self);
void      barua_row_unref (BaruaRow *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaRow, barua_row_unref)

/* One element of a spine: what a list keeps for every message, sixteen bytes. Rows are ordered by (key, id). @key is
 * - by date: the date;
 * - by size: the size in bytes, of a conversation that of its messages in this folder;
 * - by sender, by subject: the letter that its section is named after (a code point, 0 for none, '#' for digits) times
 *   2^BARUA_KEY_LETTER_SHIFT, and the place in the order of this one result: it says nothing in another result;
 * - by unread, by star: BARUA_KEY_MARK where it has the mark, and what puts newer ones first in both directions. */
typedef struct
{
  gint64 id;
  gint64 key;
} BaruaSpineEntry;

#define BARUA_KEY_LETTER_SHIFT 40
#define BARUA_KEY_MARK         (G_GINT64_CONSTANT (1) << 60)

/* One message of a conversation, for the reader. */
typedef struct
{
  gint64     id;
  gint64     folder;         /* shown folder */
  BaruaRole  role;           /* of that folder */
  guint32    uid;            /* 0: not known yet */
  gint64     date;
  guint64    size;
  BaruaFlags flags;          /* shown */
  gboolean   is_own;         /* the person wrote it */
  gboolean   has_attachment;
  gboolean   body_here;
} BaruaMember;

G_END_DECLS
