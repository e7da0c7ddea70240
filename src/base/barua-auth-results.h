/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* What the person's own server found out about the sender (Authentication-Results, RFC 8601). Pure. */
typedef enum
{
  BARUA_PROOF_NONE, /* nothing was said, or by somebody else */
  BARUA_PROOF_PASS, /* the domain of From is proven: DMARC, or DKIM by a domain of the same owner */
  BARUA_PROOF_FAIL  /* the domain of From was looked at and is not proven */
} BaruaProof;

/* @own_domains: NULL-terminated domains of the account's server and address. Anybody can write the field into a message: only
 * the topmost ones count, down to the first that bears another name or to the next Received below them (U-06). Servers take
 * away what bears their own name and came from outside (RFC 8601, 5). What the sender may have put into the field by way of the
 * server, as an envelope address, is in quotes or comments and is nobody's verdict; verdicts that contradict each other are
 * none. */
BaruaProof barua_auth_results_judge (const BaruaParsedMessage *message,
                                     const char               *from_domain,
                                     const char *const        *own_domains);

G_END_DECLS
