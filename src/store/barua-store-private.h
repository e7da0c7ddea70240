/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "barua-address.h"
#include "barua-flags.h"
#include "barua-hash.h"
#include "barua-id-set.h"
#include "barua-row.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* What the files of this folder (and its tests) share. */

typedef enum
{
  DB_MAIN,
  DB_CACHE,
  DB_SEARCH,
  N_DB
} BaruaStoreDb;

typedef enum
{
  BARUA_STORE_ROLE_WRITER,   /* main.db and cache.db read and written */
  BARUA_STORE_ROLE_SEARCHER, /* search.db read and written, the others read */
  BARUA_STORE_ROLE_READER    /* all read */
} BaruaStoreRole;

/* Bits of message.traits. Stored: never renumber. */
enum
{
  TRAIT_ATTACHMENT       = 1 << 0,
  TRAIT_ATTACHMENT_KNOWN = 1 << 1,
  TRAIT_LIST             = 1 << 2, /* has a List-Id */
  TRAIT_AUTOMATIC        = 1 << 3, /* Auto-Submitted other than "no" */
  TRAIT_BODY_HERE        = 1 << 4,
  TRAIT_PARTS            = 1 << 5
};

typedef struct _BaruaStoreWriterState BaruaStoreWriterState;

struct _BaruaStoreConnection
{
  BaruaStoreRole         role;
  sqlite3               *db[N_DB];
  GHashTable            *statements[N_DB]; /* address of the SQL text -> sqlite3_stmt */
  char                  *paths[N_DB];
  BaruaHashKey           hash_key;
  gboolean               in_cache_transaction;
  gboolean               is_full;          /* synchronous=FULL is set */
  gboolean               saw_damage;       /* SQLite reported damage of main.db */
  gboolean               cache_damaged;    /* of cache.db: it is thrown away at the next open */
  gboolean               search_damaged;
  BaruaChangeSet        *changes;          /* of the running transaction; writer only */
  guint64                generation;       /* reader only: see barua_store_get_generation() */
  BaruaStoreWriterState *writer;           /* writer only */
  GHashTable            *people;           /* searcher only: correspondent -> "name address"; may be NULL */
};

/* A statement in use: given back (reset, bindings cleared) when it leaves scope. */
typedef sqlite3_stmt BaruaStatement;
void barua_statement_done (BaruaStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStatement, barua_statement_done)

/* barua-store-connection.c */
BaruaStoreConnection *barua_store_connection_open  (const char            *dir,
                                                    BaruaStoreRole         role,
                                                    GError               **error);
void                  barua_store_connection_close (BaruaStoreConnection  *c);
/* One of its files, before the others. */
void                  barua_store_connection_close_file (BaruaStoreConnection *c,
                                                    BaruaStoreDb           which);
sqlite3              *barua_store_open_file        (const char            *path,
                                                    gboolean               write,
                                                    gboolean               create,
                                                    GError               **error);
void                  barua_store_set_error        (sqlite3               *db,
                                                    const char            *what,
                                                    GError               **error);
gboolean              barua_store_exec_sql         (sqlite3               *db,
                                                    const char            *sql,
                                                    GError               **error);
/* @sql must be static: its address is the key of the cache. NULL with @error. */
BaruaStatement       *barua_store_statement        (BaruaStoreConnection  *c,
                                                    BaruaStoreDb           db,
                                                    const char            *sql,
                                                    GError               **error);
/* With arguments: i gint64, s const char * (NULL is NULL; copied by no one: must live until the statement is done),
 * b const void *, gsize (NULL is NULL), n nothing (NULL). */
BaruaStatement       *barua_store_query            (BaruaStoreConnection  *c,
                                                    BaruaStoreDb           db,
                                                    GError               **error,
                                                    const char            *sql,
                                                    const char            *types,
                                                    ...);
/* Runs it to its end; for statements without rows. */
gboolean              barua_store_exec             (BaruaStoreConnection  *c,
                                                    BaruaStoreDb           db,
                                                    GError               **error,
                                                    const char            *sql,
                                                    const char            *types,
                                                    ...);
/* SQLITE_ROW or SQLITE_DONE; else 0 and @error. */
int                   barua_store_step             (BaruaStoreConnection  *c,
                                                    BaruaStatement        *statement,
                                                    GError               **error);
gboolean              barua_store_finish           (BaruaStoreConnection  *c,
                                                    BaruaStatement        *statement,
                                                    GError               **error);
/* One number; @fallback where there is no row or it is NULL. */
gboolean              barua_store_get_number       (BaruaStoreConnection  *c,
                                                    BaruaStoreDb           db,
                                                    gint64                *number,
                                                    gint64                 fallback,
                                                    GError               **error,
                                                    const char            *sql,
                                                    const char            *types,
                                                    ...);
gboolean              barua_store_begin            (BaruaStoreConnection  *c,
                                                    GError               **error);
gboolean              barua_store_begin_cache      (BaruaStoreConnection  *c,
                                                    GError               **error);
gboolean              barua_store_commit           (BaruaStoreConnection  *c,
                                                    GError               **error);
void                  barua_store_rollback         (BaruaStoreConnection  *c);
gboolean              barua_store_savepoint        (BaruaStoreConnection  *c,
                                                    GError               **error);
gboolean              barua_store_release          (BaruaStoreConnection  *c,
                                                    GError               **error);
void                  barua_store_rollback_to      (BaruaStoreConnection  *c);
/* Clean UTF-8 of a column, never NULL; borrowed until the next step. */
const char           *barua_statement_text         (BaruaStatement        *statement,
                                                    int                    column);

/* barua-store-schema.c */
extern const int barua_store_schema_versions[N_DB];
extern const char * const barua_store_file_names[N_DB];
/* Creates or migrates. BARUA_ERROR_STORE_NEWER, _STORE_DAMAGED. */
gboolean              barua_store_schema_prepare   (sqlite3               *db,
                                                    BaruaStoreDb           which,
                                                    GError               **error);
/* Whether tables and indexes are exactly those of the current version. */
gboolean              barua_store_schema_is_ours   (sqlite3               *db,
                                                    BaruaStoreDb           which);
/* Stops at @version; for tests of migrations. */
gboolean              barua_store_schema_prepare_to (sqlite3              *db,
                                                    BaruaStoreDb           which,
                                                    int                    version,
                                                    GError               **error);

/* barua-store-salvage.c */
/* Moves main.db and its log aside and makes a new one holding what can still be read. @aside: where it went, owned. */
gboolean              barua_store_salvage          (const char            *dir,
                                                    char                 **aside,
                                                    GError               **error);
/* Ends one that was killed in its last step. */
void                  barua_store_salvage_finish   (const char            *dir);

/* The tokenizer of the word index. */
#define BARUA_STORE_TOKENIZER           "unicode61"
#define BARUA_STORE_TOKENIZER_ARGUMENTS "remove_diacritics", "2", "categories", "L* N* Co Mn Mc"

/* barua-store-id-map.c: guint64 -> (gint64, guint32), bounded, no deletion. Key 0 can't be stored. */
typedef struct
{
  guint64 key;
  gint64  value;
  guint32 extra;
} BaruaIdMapEntry;
typedef struct
{
  BaruaIdMapEntry *entries;
  guint            n_slots; /* a power of two */
  guint            n_entries;
  guint            max_entries;
} BaruaIdMap;
void                  barua_id_map_init            (BaruaIdMap            *self,
                                                    guint                  max_entries);
void                  barua_id_map_clear           (BaruaIdMap            *self);
BaruaIdMapEntry      *barua_id_map_find            (BaruaIdMap            *self,
                                                    guint64                key);
/* FALSE when it is full. */
gboolean              barua_id_map_add             (BaruaIdMap            *self,
                                                    guint64                key,
                                                    gint64                 value,
                                                    guint32                extra);

/* barua-store-delta.c: what a transaction adds to counters, kept in memory and applied in order of key. */
typedef struct
{
  GArray *conversations; /* BaruaConversationDelta */
  GArray *seen;          /* BaruaAddressDelta */
  GArray *msgids;        /* BaruaIdMapEntry */
  GArray *aliases;       /* BaruaThreadAlias */
} BaruaStorePending;

struct _BaruaStoreWriterState
{
  gint64      next_message; /* the next id; ids are never used again */
  gint64      next_batch;
  gint64      stored_next_message;
  gint64      stored_next_batch;

  BaruaIdMap  msgids;       /* hash -> thread, content */
  gboolean    msgids_whole; /* what is not in the map is not in the table */
  BaruaIdMap  people;       /* hash of address and name -> correspondent id (value), address id (extra) */
  gboolean    people_whole;
  BaruaIdMap  addresses;    /* hash of the address -> address id */
  GHashTable *aliases;      /* thread -> thread it was merged into; NULL: not loaded */
  GHashTable *own_keys;     /* the person's own addresses, lower case; NULL: not loaded */
  GByteArray *people_bytes; /* scratch */
  GArray     *rows;         /* BaruaStoreRow: new messages of the running ingest, not put in yet */
  GByteArray *rows_people;

  BaruaStorePending own;     /* of the running job */
  BaruaStorePending kept;    /* of the jobs before it in this transaction */
  gboolean    kept_written;  /* the running job has written those, too */
};

/* barua-store-rows.c: a message about to be put in. All of one ingest are of one folder. */
typedef struct
{
  const struct _BaruaIngest *item; /* borrowed, until barua_store_rows_flush() */
  gint64                     folder;
  gint64                     id;
  gint64                     date;
  gint64                     thread;
  gint64                     sender; /* 0: none */
  guint                      traits;
  gsize                      people; /* set by barua_store_rows_add() */
  guint                      n_people;
} BaruaStoreRow;
/* Takes the people from the writer's people_bytes. */
void                  barua_store_rows_add         (BaruaStoreConnection  *c,
                                                    const BaruaStoreRow   *row);
/* Before anything of them is read, and before the ingest ends. barua_store_flush() does it, too. */
gboolean              barua_store_rows_flush       (BaruaStoreConnection  *c,
                                                    GError               **error);
gboolean              barua_store_rows_have_thread (const BaruaStoreWriterState *writer,
                                                    gint64                 thread);
void                  barua_store_rows_clear       (BaruaStoreWriterState *writer);

typedef struct
{
  gint64 thread;
  gint64 folder;
  gint64 newest;   /* of what was added; 0: nothing was */
  gint64 date;
  int    count;
  int    unread;
  int    starred;
  guint  fresh : 1;     /* the thread is new: no row can be there */
  guint  recompute : 1; /* something was taken away */
} BaruaConversationDelta;

typedef struct
{
  gint64 address;
  gint64 date;
  int    received;
  int    sent;
} BaruaAddressDelta;

typedef struct
{
  gint64 thread;
  gint64 target;
} BaruaThreadAlias;

gboolean              barua_store_writer_init      (BaruaStoreConnection  *c,
                                                    gint64                 at_least,
                                                    GError               **error);
void                  barua_store_writer_free      (BaruaStoreWriterState *self);
/* Writes all that is noted; at the end of each transaction, and before anything reads or rewrites those tables. A reader has
 * nothing to do. */
gboolean              barua_store_flush            (BaruaStoreConnection  *c,
                                                    GError               **error);
/* The running job ended well: what it noted is kept for the end of the transaction. */
void                  barua_store_writer_keep      (BaruaStoreConnection  *c);
/* The transaction is committed. */
void                  barua_store_writer_committed (BaruaStoreConnection  *c);
/* After a rollback: what the job (with @all: the transaction) noted is dropped, and the maps are emptied, since ids in them
 * may be gone. */
void                  barua_store_writer_revert    (BaruaStoreConnection  *c,
                                                    gboolean               all);
/* A message shown in @folder came (+1), went (-1) or changed its flags (0). */
void                  barua_store_count_message    (BaruaStoreConnection  *c,
                                                    gint64                 thread,
                                                    gint64                 folder,
                                                    gint64                 id,
                                                    gint64                 date,
                                                    int                    count,
                                                    BaruaFlags             old_shown,
                                                    BaruaFlags             new_shown,
                                                    gboolean               fresh);
void                  barua_store_change_row       (BaruaStoreConnection  *c,
                                                    BaruaChangeKind        kind,
                                                    gint64                 id,
                                                    gint64                 thread,
                                                    gint64                 folder,
                                                    gint64                 date);
/* What the row @id shows changed (preview, parts, body). */
gboolean              barua_store_touch_row        (BaruaStoreConnection  *c,
                                                    gint64                 id,
                                                    GError               **error);

/* barua-store-people.c: addresses and the names they come with. */
/* The ids of "name <address>"; 0 for both where both are empty. */
gboolean              barua_store_person_intern    (BaruaStoreConnection  *c,
                                                    const BaruaAddress    *person,
                                                    gint64                *correspondent,
                                                    gint64                *address_id,
                                                    gboolean              *is_own,
                                                    GError               **error);
typedef enum
{
  PERSON_TO,
  PERSON_CC,
  PERSON_REPLY_TO,
  PERSON_SENDER
} BaruaPersonKind;
void                  barua_people_append          (GByteArray            *people,
                                                    gint64                 correspondent,
                                                    BaruaPersonKind        kind);
/* Reads the next person at *@offset; FALSE at the end or where the bytes make no sense. */
gboolean              barua_people_next            (const guint8          *people,
                                                    gsize                  length,
                                                    gsize                 *offset,
                                                    gint64                *correspondent,
                                                    BaruaPersonKind       *kind);
gboolean              barua_store_person_load      (BaruaStoreConnection  *c,
                                                    gint64                 correspondent,
                                                    char                 **name,
                                                    char                 **address,
                                                    GError               **error);

/* barua-store-message.c */
gboolean              barua_store_message_delete   (BaruaStoreConnection  *c,
                                                    gint64                 id,
                                                    GError               **error);
/* Sets the confirmed flags and drops wishes that came true. */
gboolean              barua_store_message_set_flags (BaruaStoreConnection *c,
                                                    gint64                 id,
                                                    BaruaFlags             flags,
                                                    BaruaFlags             mask,
                                                    guint64                modseq,
                                                    gboolean              *changed,
                                                    GError               **error);
/* The key of a message's body; 0 without @error when there is no such message. */
gint64                barua_store_message_get_body (BaruaStoreConnection  *c,
                                                    gint64                 id,
                                                    GError               **error);
/* barua-store-keyword.c */
gboolean              barua_store_keyword_replace  (BaruaStoreConnection  *c,
                                                    gint64                 message,
                                                    const char * const    *keywords,
                                                    gboolean              *changed,
                                                    GError               **error);
/* barua-store-thread.c */
gboolean              barua_store_thread_find      (BaruaStoreConnection  *c,
                                                    gint64                 account,
                                                    const char            *message_id,
                                                    GPtrArray             *references,
                                                    guint32                content,
                                                    gint64                 id,
                                                    gint64                *thread,
                                                    gboolean              *fresh,
                                                    GError               **error);
/* What a grouped list tells of @row's conversation (row->thread in row->folder). */
gboolean              barua_store_thread_describe  (BaruaStoreConnection  *c,
                                                    BaruaRow              *row,
                                                    GError               **error);
/* The subject without "Re:", "[list]" and the like in front: a pointer into it. */
const char           *barua_subject_base           (const char            *subject);
/* barua-store-wish.c */
gboolean              barua_store_wish_recover     (BaruaStoreConnection  *c,
                                                    GError               **error);

/* Refusals: barua-store-refusal.c. The server refused @bits within @mask for @ids, all of @account. */
gboolean              barua_store_refusal_add      (BaruaStoreConnection  *c,
                                                    gint64                 account,
                                                    const BaruaIdSet      *ids,
                                                    BaruaFlags             mask,
                                                    BaruaFlags             bits,
                                                    BaruaErrorCode         code,
                                                    gint64                 time,
                                                    GError               **error);
/* The person wishes something of these flags anew: what was refused of them does not matter any more. */
gboolean              barua_store_refusal_forget   (BaruaStoreConnection  *c,
                                                    const BaruaIdSet      *ids,
                                                    BaruaFlags             mask,
                                                    GError               **error);
/* At the opening: what was let go, and what is about messages that are gone. */
gboolean              barua_store_refusal_tidy     (BaruaStoreConnection  *c,
                                                    GError               **error);
/* barua-store-body.c */
gboolean              barua_store_body_drop        (BaruaStoreConnection  *c,
                                                    gint64                 body,
                                                    GError               **error);
/* barua-store-search-index.c */
/* Indexes up to @limit messages after the cursor and takes out what is gone; in a transaction of search.db. @more: there is
 * more to do. @trigrams: the second index, once the first has caught up. */
gboolean              barua_store_search_index_some (BaruaStoreConnection *c,
                                                    guint                  limit,
                                                    gboolean               trigrams,
                                                    gboolean              *more,
                                                    gint64                *gone_up_to,
                                                    GError               **error);
/* Joins some segments of the index; *@more: there may be more to join. In a transaction of search.db. */
gboolean              barua_store_search_merge     (BaruaStoreConnection  *c,
                                                    gboolean              *more,
                                                    GError               **error);
gboolean              barua_store_search_forget_gone (BaruaStoreConnection *c,
                                                    gint64                 up_to,
                                                    GError               **error);
/* "(date << 22) | n" (DESIGN 11), n the low bits of the id: docs/decisions/0020. */
static inline gint64
barua_search_rowid (gint64 date,
                    gint64 id)
{
  return (date << 22) | (id & 0x3FFFFF);
}

static inline BaruaFlags
barua_shown_flags (BaruaFlags flags,
                   BaruaFlags wish_mask,
                   BaruaFlags wish_bits)
{
  return (flags & ~wish_mask) | (wish_bits & wish_mask);
}

G_END_DECLS
