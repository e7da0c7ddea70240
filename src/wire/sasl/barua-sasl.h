/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The client's side of a SASL exchange (RFC 4422) without I/O: challenges in, responses out, both decoded (base64 is the
 * protocol's business). Secrets are overwritten when the exchange is freed. One thread at a time. */
typedef struct _BaruaSasl BaruaSasl;

typedef enum
{
  BARUA_SASL_PLAIN,         /* RFC 4616 */
  BARUA_SASL_LOGIN,         /* draft-murchison-sasl-login */
  BARUA_SASL_SCRAM_SHA_256, /* RFC 7677, without channel binding */
  BARUA_SASL_XOAUTH2,       /* Google, Microsoft */
  BARUA_SASL_OAUTHBEARER,   /* RFC 7628 */
  BARUA_N_SASL
} BaruaSaslMechanism;

typedef enum
{
  BARUA_SASL_RESPOND, /* send the response, wait for what the server says */
  BARUA_SASL_COMPLETE,/* send the response (it may be empty); nothing more is expected of the server but its OK */
  BARUA_SASL_FAILED   /* give up: *error says why */
} BaruaSaslStatus;

/* @user: UTF-8. @secret: password or access token, UTF-8. @host and @port go into OAUTHBEARER; @host may be NULL elsewhere.
 * NULL and BARUA_ERROR_INVALID when user or secret hold a NUL or control character, are no UTF-8 or are too long for the
 * mechanism. */
BaruaSasl         *barua_sasl_new            (BaruaSaslMechanism  mechanism,
                                              const char         *user,
                                              const char         *secret,
                                              const char         *host,
                                              guint               port,
                                              GError            **error);
void               barua_sasl_free           (BaruaSasl          *self);

/* The next step. @challenge is NULL for the initial response: only where barua_sasl_has_initial(), else the first challenge
 * (which may be empty) comes from the server. *response is set for RESPOND and COMPLETE and owned by the caller.
 * BARUA_ERROR_AUTHENTICATION: the server said no (XOAUTH2 and OAUTHBEARER tell the reason in a challenge, which must still
 * be answered: then the status is RESPOND, and barua_sasl_get_failure() tells). BARUA_ERROR_PROTOCOL or _LIMIT: what the
 * server sent can't be trusted (SCRAM nonce, iterations, signature): cancel the exchange. */
BaruaSaslStatus    barua_sasl_step           (BaruaSasl          *self,
                                              const void         *challenge,
                                              gsize               length,
                                              GBytes            **response,
                                              GError            **error);
/* Whether the client speaks first. */
gboolean           barua_sasl_has_initial    (const BaruaSasl    *self);
/* To be asked at the server's OK: TRUE when the exchange came to its end. For SCRAM that means that the server proved it
 * knows the password; an OK before that is a lie (BARUA_ERROR_TAMPERED). */
gboolean           barua_sasl_check_success  (BaruaSasl          *self,
                                              GError            **error);
/* The "status" of the JSON with which a token was refused ("401"), or NULL. */
const char        *barua_sasl_get_failure    (const BaruaSasl    *self);
/* "SCRAM-SHA-256". */
const char        *barua_sasl_mechanism_get_name (BaruaSaslMechanism mechanism);

/* For tests: fixes SCRAM's client nonce (printable ASCII without comma). */
void               barua_sasl_set_nonce      (BaruaSasl          *self,
                                              const char         *nonce);

/* Overwrites in a way the compiler can't remove. */
void               barua_sasl_wipe           (void               *data,
                                              gsize               length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSasl, barua_sasl_free)

G_END_DECLS
