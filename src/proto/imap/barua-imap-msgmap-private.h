/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-id-set.h"

G_BEGIN_DECLS

/* Message numbers to UIDs for the selected mailbox: why no number leaves the session. Four bytes a message whose UID is
 * known; EXISTS alone costs nothing, whatever it claims. */
typedef struct
{
  GArray  *uids;     /* guint32 of message number index + 1; 0: not known; shorter than exists */
  guint32  exists;
  guint32  n_mapped;
} BaruaImapMsgmap;

typedef enum
{
  BARUA_IMAP_MSGMAP_OK,
  BARUA_IMAP_MSGMAP_LOST /* it contradicted what was known; everything known was dropped */
} BaruaImapMsgmapStatus;

void                  barua_imap_msgmap_init       (BaruaImapMsgmap  *self);
void                  barua_imap_msgmap_clear      (BaruaImapMsgmap  *self);
/* Another mailbox: nothing is known. */
void                  barua_imap_msgmap_reset      (BaruaImapMsgmap  *self,
                                                    guint32           exists);
/* EXISTS. Fewer than before without EXPUNGE: lost. */
BaruaImapMsgmapStatus barua_imap_msgmap_set_exists (BaruaImapMsgmap  *self,
                                                    guint32           exists);
/* A FETCH said that @seq has @uid. */
BaruaImapMsgmapStatus barua_imap_msgmap_put        (BaruaImapMsgmap  *self,
                                                    guint32           seq,
                                                    guint32           uid);
/* 0: not known. */
guint32               barua_imap_msgmap_get        (BaruaImapMsgmap  *self,
                                                    guint32           seq);
/* EXPUNGE. *uid is 0 when it was not known. A number that can't be: lost. */
BaruaImapMsgmapStatus barua_imap_msgmap_expunge    (BaruaImapMsgmap  *self,
                                                    guint32           seq,
                                                    guint32          *uid);
/* VANISHED without EARLIER: each of @uids was in the mailbox. */
void                  barua_imap_msgmap_vanish     (BaruaImapMsgmap  *self,
                                                    const BaruaIdSet *uids);

G_END_DECLS
