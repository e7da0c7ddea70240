/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* What new mail is told of, and how (UI.md 4): policy only. It knows no desktop; the caller says what came and what changed,
 * and delivers what it is given. Not thread-safe. Times are monotonic seconds.
 *
 * Only unseen mail of folders that are set to notify counts, never what a first sync finds. More than BARUA_NOTIFY_SINGLE
 * messages of an account within BARUA_NOTIFY_AT_ONCE_SECONDS are one notice, and so is what came while the machine slept. */
typedef struct _BaruaNotifier BaruaNotifier;

typedef struct
{
  char     *id;       /* of the notification on the desktop: an equal one is replaced */
  gint64    account;
  gint64    folder;   /* where a click leads; of a summary the folder of its newest message */
  gint64    message;  /* 0: a summary */
  guint     count;    /* messages it stands for */
  GStrv     people;   /* shown names, the newest first, each once; at most BARUA_NOTIFY_NAMES */
  guint     others;   /* people beyond these */
  char     *subject;  /* "" in a summary and where there is none; bounded, of one line, no markup */
} BaruaNotice;

/* What is to be done on the desktop, in this order: taken back, then shown. */
typedef struct
{
  GPtrArray *withdrawn; /* char *: ids */
  GPtrArray *shown;     /* BaruaNotice */
} BaruaNoticeWork;

BaruaNotifier   *barua_notifier_new             (void);
void             barua_notifier_free            (BaruaNotifier     *self);
/* The machine woke up, or the program just started: what comes in the next moments came meanwhile. */
void             barua_notifier_resumed         (BaruaNotifier     *self,
                                                 gint64             now);
/* @rows: BaruaRow of messages that came, of one account and in any order; others than of @folder (BaruaFolder) are left out, so
 * are those that need no notice. (transfer full) */
BaruaNoticeWork *barua_notifier_arrived         (BaruaNotifier     *self,
                                                 const BaruaFolder *folder,
                                                 GPtrArray         *rows,
                                                 gint64             now);
/* Whether @message stands in a notice, so that its changes matter. */
gboolean         barua_notifier_knows           (BaruaNotifier     *self,
                                                 gint64             message);
/* It was read or is gone, here or elsewhere; with an account that is removed each of its messages is. (transfer full) */
BaruaNoticeWork *barua_notifier_settled         (BaruaNotifier     *self,
                                                 gint64             message);
void             barua_notice_work_free         (BaruaNoticeWork   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaNotifier, barua_notifier_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaNoticeWork, barua_notice_work_free)

G_END_DECLS
