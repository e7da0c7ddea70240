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
  guint            thread_count;  /* messages of the thread in this folder; 1 when not grouped */
  guint            thread_unread;
  guint64          thread_size;   /* bytes of its messages in this folder; 0: not known */
  gboolean         thread_draft;  /* the conversation holds a draft */
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

/* One element of a spine: what a list keeps for every message. @key is the sort key (date for the date order); rows are
 * ordered by (key, id). */
typedef struct
{
  gint64 id;
  gint64 key;
} BaruaSpineEntry;

G_END_DECLS
