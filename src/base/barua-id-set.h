/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of unsigned numbers (IMAP UIDs, local message ids) kept as sorted, disjoint, non-adjacent ranges; never expanded,
 * so "1:4294967295" costs 16 bytes. Not thread-safe; a set that is no longer changed may be read from any thread.
 * Holds at most BARUA_LIMIT_ID_SET_RANGES ranges: adding beyond that fails (returns FALSE) and leaves the set as it was.
 */
typedef struct _BaruaIdSet BaruaIdSet;

typedef struct
{
  guint64 first;
  guint64 last; /* inclusive, >= first */
} BaruaIdRange;

BaruaIdSet         *barua_id_set_new           (void);
BaruaIdSet         *barua_id_set_ref           (BaruaIdSet       *self);
void                barua_id_set_unref         (BaruaIdSet       *self);
BaruaIdSet         *barua_id_set_copy          (const BaruaIdSet *self);

/* @first > @last is swapped, as IMAP has it (RFC 9051, seq-range). Fast where ranges are added in rising order. */
gboolean            barua_id_set_add_range     (BaruaIdSet       *self,
                                                guint64           first,
                                                guint64           last);
gboolean            barua_id_set_add           (BaruaIdSet       *self,
                                                guint64           id);
gboolean            barua_id_set_add_set       (BaruaIdSet       *self,
                                                const BaruaIdSet *other);
gboolean            barua_id_set_remove_range  (BaruaIdSet       *self,
                                                guint64           first,
                                                guint64           last);
gboolean            barua_id_set_remove_set    (BaruaIdSet       *self,
                                                const BaruaIdSet *other);
void                barua_id_set_clear         (BaruaIdSet       *self);

gboolean            barua_id_set_contains      (const BaruaIdSet *self,
                                                guint64           id);
gboolean            barua_id_set_is_empty      (const BaruaIdSet *self);
gboolean            barua_id_set_equal         (const BaruaIdSet *a,
                                                const BaruaIdSet *b);
/* How many numbers are in it; saturates at G_MAXUINT64. */
guint64             barua_id_set_get_count     (const BaruaIdSet *self);
guint               barua_id_set_get_n_ranges  (const BaruaIdSet *self);
/* Borrowed; valid until the set changes. */
const BaruaIdRange *barua_id_set_get_ranges    (const BaruaIdSet *self);
guint64             barua_id_set_get_first     (const BaruaIdSet *self); /* 0 when empty */
guint64             barua_id_set_get_last      (const BaruaIdSet *self); /* 0 when empty */

/* New sets. */
BaruaIdSet         *barua_id_set_intersect     (const BaruaIdSet *a,
                                                const BaruaIdSet *b);
BaruaIdSet         *barua_id_set_subtract      (const BaruaIdSet *a,
                                                const BaruaIdSet *b);

/* "1:4,7,9:12". barua_id_set_parse() accepts what RFC 9051 calls sequence-set without "*", numbers up to 2^32-1 and not 0;
 * NULL when the text is anything else or holds too many ranges. @length is -1 for a C string. */
char               *barua_id_set_to_string     (const BaruaIdSet *self);
BaruaIdSet         *barua_id_set_parse         (const char       *text,
                                                gssize            length);

/* Calls @func for each number, in rising order, until it returns FALSE. */
typedef gboolean (*BaruaIdSetFunc) (guint64 id, gpointer user_data);
void                barua_id_set_foreach       (const BaruaIdSet *self,
                                                BaruaIdSetFunc    func,
                                                gpointer          user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaIdSet, barua_id_set_unref)

G_END_DECLS
