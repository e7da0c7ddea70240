/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libdex.h>

#include "barua-backlog.h"
#include "barua-engine-types.h"
#include "barua-scope.h"
#include "barua-store-search.h"

G_BEGIN_DECLS

/* What the engine wants of a kind of account; implemented by IMAP, later by POP3 and Graph. The backend writes what it learns
 * into the store itself; the engine reads it there. All calls on the main thread; futures are rejected with BARUA_ERROR.
 *
 * Signals:
 *   connection-changed ()                     ask barua_backend_get_connection()
 *   progress (gint64 folder, guint done, guint total)  a folder is being synchronised; total 0: not known; done G_MAXUINT:
 *                                             finished
 *   arrived (gint64 folder, BaruaIdSet *ids)  new unread mail, by local id
 *   checked (gint64 folder)                   the folder was just found up to date
 *   sending ()                                wishes are on their way to the server
 *   refused (guint n)                         the server refused wishes for n messages; they were taken back
 *   trouble (const GError *error)             work that goes on by itself failed and will be tried again
 *   alert (const char *text)                  the server wants people to read this */
#define BARUA_TYPE_BACKEND (barua_backend_get_type ())
G_DECLARE_INTERFACE (BaruaBackend, barua_backend, BARUA, BACKEND, GObject)

typedef enum
{
  BARUA_CONNECTION_RESTING,
  BARUA_CONNECTION_OFFLINE,
  BARUA_CONNECTION_CONNECTING,
  BARUA_CONNECTION_CONNECTED,
  BARUA_CONNECTION_WAITING,
  BARUA_CONNECTION_STOPPED
} BaruaConnectionKind;

/* @error is borrowed; NULL when there is none. */
typedef struct
{
  BaruaConnectionKind  kind;
  const GError        *error;
  gint64               next_try; /* seconds since 1970, 0: none planned */
  guint64              bytes_in; /* of all connections there were */
  guint64              bytes_out;
} BaruaConnection;

typedef enum
{
  BARUA_URGENCY_WAITED,    /* the person looks at an empty page */
  BARUA_URGENCY_BACKGROUND
} BaruaUrgency;

/* One fetched section; @content still transfer-encoded, borrowed. Called on the main thread, must not await. */
typedef void (*BaruaSectionFunc) (guint32     uid,
                                  const char *section,
                                  GBytes     *content,
                                  gpointer    user_data);
typedef void (*BaruaBackendProgress) (guint64  done,
                                      guint64  total,
                                      gpointer user_data);

/* A message as the server has it now, for barua_engine_verify(). */
typedef struct
{
  guint32    uid;
  BaruaFlags flags;
} BaruaServerMessage;

struct _BaruaBackendInterface
{
  GTypeInterface parent_iface;

  /* Reads the list of folders into the store. TRUE. */
  DexFuture * (*list_folders)   (BaruaBackend         *self,
                                 BaruaScope           *scope);
  /* The inbox's local id, without a list of folders first (gint64). */
  DexFuture * (*find_inbox)     (BaruaBackend         *self);
  /* Brings one folder (or, folder 0, all that are not hidden; the folder list too) up to date and counts in @report. TRUE. */
  DexFuture * (*sync)           (BaruaBackend         *self,
                                 gint64                folder,
                                 BaruaSyncFlags        flags,
                                 BaruaSyncReport      *report,
                                 BaruaScope           *scope);
  /* Reads the part lists of messages of one folder into the store; those that can't be described get one part. TRUE. */
  DexFuture * (*fetch_parts)    (BaruaBackend         *self,
                                 gint64                folder,
                                 BaruaIdSet           *uids,
                                 BaruaUrgency          urgency,
                                 BaruaScope           *scope);
  /* The same sections ("HEADER", "1", "1.2") of messages of one folder, handed to @func as they come. What the server does not
   * give (NIL, gone) is not handed. In the background a message that the server refuses is handed once with neither section nor
   * content (NULL), and the others go on; one that is waited for fails with the server's word. While @backlog (may be
   * NULL) is full, the server is held back. TRUE. */
  DexFuture * (*fetch_sections) (BaruaBackend         *self,
                                 gint64                folder,
                                 BaruaIdSet           *uids,
                                 const char * const   *sections,
                                 BaruaUrgency          urgency,
                                 BaruaBacklog         *backlog,
                                 BaruaSectionFunc      func,
                                 gpointer              user_data,
                                 GDestroyNotify        destroy,
                                 BaruaScope           *scope);
  /* One section of any size ("" is the whole message), piece by piece; cancelling the scope stops the download. GBytes. */
  DexFuture * (*fetch_large)    (BaruaBackend         *self,
                                 gint64                folder,
                                 guint32               uid,
                                 const char           *section,
                                 guint64               size_guess,
                                 BaruaBackendProgress  progress,
                                 gpointer              user_data,
                                 GDestroyNotify        destroy,
                                 BaruaScope           *scope);
  /* Sends the wishes that wait. Resolves to TRUE when none is left that can be sent. */
  DexFuture * (*replay)         (BaruaBackend         *self,
                                 BaruaScope           *scope);
  /* Learn of changes as they happen: the inbox, @open_folder (0: none), the others now and then; until watch (-1). */
  void        (*watch)          (BaruaBackend         *self,
                                 gint64                open_folder);
  /* All messages of a folder: a GArray of BaruaServerMessage, by UID (boxed, G_TYPE_ARRAY). */
  DexFuture * (*list_messages)  (BaruaBackend         *self,
                                 gint64                folder,
                                 BaruaScope           *scope);
  /* Asks the server for what it finds in one folder: the newest @limit, as UIDs (BaruaIdSet) whose rows are in the store. The
   * person waits. INVALID: this server finds ASCII letters only. @query is read before this returns. NULL: servers of this kind
   * can't be asked. */
  DexFuture * (*search)         (BaruaBackend           *self,
                                 gint64                  folder,
                                 const BaruaSearchQuery *query,
                                 guint                   limit,
                                 BaruaScope             *scope);
  void        (*get_connection) (BaruaBackend         *self,
                                 BaruaConnection      *connection);
  /* Try again now. */
  void        (*wake)           (BaruaBackend         *self);
  /* For good. */
  void        (*close)          (BaruaBackend         *self);
};

static inline BaruaBackendInterface *
barua_backend_vtable (BaruaBackend *self)
{
  return BARUA_BACKEND_GET_IFACE (self);
}

G_END_DECLS
