/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-auth-results.h"
#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* Who sent this? (UI.md 4, THREATS 3.5). Pure. */
typedef enum
{
  BARUA_TRUST_NOTE,
  BARUA_TRUST_CARE,
  BARUA_TRUST_DANGER
} BaruaTrustLevel;

typedef struct
{
  BaruaTrustLevel level;
  char           *words; /* one sentence */
} BaruaTrustFinding;

/* What is known besides the message itself. */
typedef struct
{
  const char *const *own_domains;   /* of the account's server and address, NULL-terminated; NULL: none, nothing is proven */
  const char *const *known_domains; /* of people the person wrote to, NULL-terminated; NULL */
  gboolean           is_first;      /* nothing was ever seen from this address */
  gboolean           is_known;      /* the person wrote to it */
  gint64             arrived;       /* seconds since 1970; G_MININT64 when nobody knows */
} BaruaTrustContext;

typedef struct
{
  BaruaProof  proof;
  GPtrArray  *findings; /* BaruaTrustFinding, the worst first; empty when all is well */
  char       *proven;   /* a sentence for the details, who vouches for whom; NULL */
} BaruaTrust;

BaruaTrust *barua_trust_judge (const BaruaParsedMessage *message,
                               const BaruaTrustContext  *context);
void        barua_trust_free  (BaruaTrust               *self);

/* What to ask before @uri is opened that stands under the words @text: a sentence; NULL when there is nothing to ask. *@host:
 * where it leads, as shown. @failed: the sender failed proof. (full) */
char       *barua_trust_link  (const char               *uri,
                               const char               *text,
                               gboolean                  failed,
                               char                    **host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaTrust, barua_trust_free)

G_END_DECLS
