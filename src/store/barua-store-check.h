/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_STORE_PROBLEM_INTEGRITY,   /* integrity_check of a file */
  BARUA_STORE_PROBLEM_FOREIGN_KEY,
  BARUA_STORE_PROBLEM_SEARCH,      /* FTS5's own check, or messages missing in the index */
  BARUA_STORE_PROBLEM_COUNTER,     /* a kept counter is not what counting gives */
  BARUA_STORE_PROBLEM_STATE,       /* a row whose states contradict each other */
  BARUA_STORE_PROBLEM_ORPHAN       /* a body, preview or part without message */
} BaruaStoreProblemKind;

typedef struct
{
  BaruaStoreProblemKind  kind;
  char                  *detail; /* English, for logs and JSON */
} BaruaStoreProblem;

void       barua_store_problem_free           (BaruaStoreProblem     *self);
/* "integrity", "foreign-key", ... */
const char *barua_store_problem_kind_get_name (BaruaStoreProblemKind  kind);

/* Looks at everything (seconds for a large store) without changing anything: GPtrArray of BaruaStoreProblem, owning; empty
 * when the store is sound; at most BARUA_LIMIT_STORE_PROBLEMS. On a reader (barua_store_read()). */
GPtrArray *barua_store_check                  (BaruaStoreConnection  *c,
                                               GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreProblem, barua_store_problem_free)

G_END_DECLS
