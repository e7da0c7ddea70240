/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-scram-private.h"

#include "barua-error.h"
#include "barua-limits.h"

#include <string.h>
#include <unistd.h>

#define DIGEST_BYTES 32

typedef enum
{
  STEP_FIRST,   /* client-first-message is to be sent */
  STEP_SALT,    /* waiting for server-first-message */
  STEP_PROOF,   /* waiting for server-final-message */
  STEP_PROVED,
  STEP_FAILED
} ScramStep;

struct _BaruaScram
{
  ScramStep  step;
  char      *user;     /* prepared and escaped */
  char      *password; /* prepared */
  char      *nonce;
  char      *first_bare;
  guint8     server_signature[DIGEST_BYTES];
};

/* SASLprep as far as it matters to a client that sends what a keyboard gave: NFKC, other spaces become a space, what maps to
 * nothing is dropped, control and unassigned characters are refused (RFC 4013, 2.1-2.3; bidi rules are left to the server). */
static char *
prepare (const char *text,
         GError    **error)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKC);
  g_autoptr(GString) out = g_string_new (NULL);

  for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (c == 0x00ad || c == 0x034f || c == 0x1806 || (c >= 0x180b && c <= 0x180d) || (c >= 0x200b && c <= 0x200d) ||
          c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff)
        continue;
      if (type == G_UNICODE_SPACE_SEPARATOR)
        c = ' ';
      else if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE ||
               type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED)
        {
          barua_sasl_wipe (normal, strlen (normal));
          barua_sasl_wipe (out->str, out->len);
          g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_INVALID,
                               "the user name or password holds a character that can't be used for signing in");
          return NULL;
        }
      g_string_append_unichar (out, c);
    }
  if (normal != NULL)
    barua_sasl_wipe (normal, strlen (normal));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* saslname (RFC 5802, 5.1). */
static char *
escape_name (const char *name)
{
  GString *out = g_string_new (NULL);

  for (; *name != '\0'; name++)
    {
      if (*name == ',')
        g_string_append (out, "=2C");
      else if (*name == '=')
        g_string_append (out, "=3D");
      else
        g_string_append_c (out, *name);
    }
  return g_string_free (out, FALSE);
}

static char *
make_nonce (void)
{
  guint8 random[BARUA_SCRAM_NONCE_BYTES];

  if (getentropy (random, sizeof random) != 0)
    g_error ("the kernel gives no random bytes"); /* no kernel that we run on does this */
  return g_base64_encode (random, sizeof random); /* base64 has no comma */
}

BaruaScram *
barua_scram_new (const char *user,
                 const char *password,
                 GError    **error)
{
  g_autofree char *name = prepare (user, error);
  BaruaScram *self;
  char *secret;

  if (name == NULL)
    return NULL;
  secret = prepare (password, error);
  if (secret == NULL)
    return NULL;
  self = g_new0 (BaruaScram, 1);
  self->user = escape_name (name);
  self->password = secret;
  self->nonce = make_nonce ();
  return self;
}

void
barua_scram_free (BaruaScram *self)
{
  if (self == NULL)
    return;
  barua_sasl_wipe (self->password, strlen (self->password));
  barua_sasl_wipe (self->server_signature, sizeof self->server_signature);
  g_free (self->password);
  g_free (self->user);
  g_free (self->nonce);
  g_free (self->first_bare);
  g_free (self);
}

void
barua_scram_set_nonce (BaruaScram *self,
                       const char *nonce)
{
  g_free (self->nonce);
  self->nonce = g_strdup (nonce);
}

gboolean
barua_scram_is_proved (const BaruaScram *self)
{
  return self->step == STEP_PROVED;
}

static void
hmac (const void *key,
      gsize       key_length,
      const void *data,
      gsize       length,
      guint8      digest[DIGEST_BYTES])
{
  g_autoptr(GHmac) mac = g_hmac_new (G_CHECKSUM_SHA256, key, key_length);
  gsize size = DIGEST_BYTES;

  g_hmac_update (mac, data, (gssize) length);
  g_hmac_get_digest (mac, digest, &size);
}

/* Hi() of RFC 5802, 2.2: PBKDF2 with HMAC-SHA-256 and one block. The keyed state is copied, not made anew, a round. */
static void
salt_password (const char   *password,
               const guint8 *salt,
               gsize         salt_length,
               guint         iterations,
               guint8        salted[DIGEST_BYTES])
{
  static const guint8 block_one[4] = { 0, 0, 0, 1 };
  g_autoptr(GHmac) keyed = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) password, strlen (password));
  guint8 round[DIGEST_BYTES];
  gsize size = DIGEST_BYTES;
  g_autoptr(GHmac) first = g_hmac_copy (keyed);

  g_hmac_update (first, salt, (gssize) salt_length);
  g_hmac_update (first, block_one, sizeof block_one);
  g_hmac_get_digest (first, round, &size);
  memcpy (salted, round, DIGEST_BYTES);
  for (guint i = 1; i < iterations; i++)
    {
      g_autoptr(GHmac) next = g_hmac_copy (keyed);

      g_hmac_update (next, round, DIGEST_BYTES);
      size = DIGEST_BYTES;
      g_hmac_get_digest (next, round, &size);
      for (gsize k = 0; k < DIGEST_BYTES; k++)
        salted[k] ^= round[k];
    }
  barua_sasl_wipe (round, sizeof round);
}

/* The value of "@name=" at *@cursor, which is moved behind it and its comma; NULL when something else stands there. */
static char *
take_attribute (const char **cursor,
                char         name)
{
  const char *start = *cursor;
  const char *end;

  if (start[0] != name || start[1] != '=')
    return NULL;
  start += 2;
  end = strchr (start, ',');
  if (end == NULL)
    {
      *cursor = start + strlen (start);
      return g_strdup (start);
    }
  *cursor = end + 1;
  return g_strndup (start, (gsize) (end - start));
}

static BaruaSaslStatus
fail (BaruaScram    *self,
      GError       **error,
      BaruaErrorCode code,
      const char    *message)
{
  self->step = STEP_FAILED;
  g_set_error (error, BARUA_ERROR, (int) code, "SCRAM: %s", message);
  return BARUA_SASL_FAILED;
}

static BaruaSaslStatus
send_first (BaruaScram *self,
            GBytes    **response)
{
  g_autofree char *message = NULL;

  self->first_bare = g_strdup_printf ("n=%s,r=%s", self->user, self->nonce);
  message = g_strconcat ("n,,", self->first_bare, NULL);
  *response = g_bytes_new (message, strlen (message));
  self->step = STEP_SALT;
  return BARUA_SASL_RESPOND;
}

/* ClientProof and ServerSignature (RFC 5802, 3). */
static char *
prove (BaruaScram   *self,
       const guint8 *salt,
       gsize         salt_length,
       guint         iterations,
       const char   *auth_message)
{
  guint8 salted[DIGEST_BYTES];
  guint8 client_key[DIGEST_BYTES];
  guint8 stored_key[DIGEST_BYTES];
  guint8 signature[DIGEST_BYTES];
  guint8 server_key[DIGEST_BYTES];
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = DIGEST_BYTES;
  char *proof;

  salt_password (self->password, salt, salt_length, iterations, salted);
  hmac (salted, DIGEST_BYTES, "Client Key", 10, client_key);
  g_checksum_update (sum, client_key, DIGEST_BYTES);
  g_checksum_get_digest (sum, stored_key, &size);
  hmac (stored_key, DIGEST_BYTES, auth_message, strlen (auth_message), signature);
  for (gsize i = 0; i < DIGEST_BYTES; i++)
    signature[i] ^= client_key[i];
  proof = g_base64_encode (signature, DIGEST_BYTES);
  hmac (salted, DIGEST_BYTES, "Server Key", 10, server_key);
  hmac (server_key, DIGEST_BYTES, auth_message, strlen (auth_message), self->server_signature);
  barua_sasl_wipe (salted, sizeof salted);
  barua_sasl_wipe (client_key, sizeof client_key);
  barua_sasl_wipe (stored_key, sizeof stored_key);
  barua_sasl_wipe (server_key, sizeof server_key);
  return proof;
}

static BaruaSaslStatus
answer_salt (BaruaScram *self,
             const char *challenge,
             GBytes    **response,
             GError    **error)
{
  const char *cursor = challenge;
  g_autofree char *nonce = NULL;
  g_autofree char *salt64 = NULL;
  g_autofree char *count = NULL;
  g_autofree guint8 *salt = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *auth_message = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *message = NULL;
  gsize salt_length = 0;
  guint64 iterations = 0;

  if (challenge[0] == 'm')
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server demands an extension that Barua does not know");
  nonce = take_attribute (&cursor, 'r');
  salt64 = nonce != NULL ? take_attribute (&cursor, 's') : NULL;
  count = salt64 != NULL ? take_attribute (&cursor, 'i') : NULL;
  if (count == NULL)
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server's first message is not one");
  if (!g_str_has_prefix (nonce, self->nonce) || strlen (nonce) <= strlen (self->nonce))
    return fail (self, error, BARUA_ERROR_TAMPERED, "the server's nonce does not extend ours");
  salt = g_base64_decode (salt64, &salt_length);
  if (salt_length == 0)
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server sent no salt");
  if (!g_ascii_string_to_unsigned (count, 10, 1, G_MAXUINT32, &iterations, NULL))
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server's iteration count is no number");
  if (iterations > BARUA_LIMIT_SCRAM_ITERATIONS)
    return fail (self, error, BARUA_ERROR_LIMIT, "the server demands too many iterations");

  without_proof = g_strconcat ("c=biws,r=", nonce, NULL); /* base64 of "n,," */
  auth_message = g_strconcat (self->first_bare, ",", challenge, ",", without_proof, NULL);
  proof = prove (self, salt, salt_length, (guint) iterations, auth_message);
  message = g_strconcat (without_proof, ",p=", proof, NULL);
  *response = g_bytes_new (message, strlen (message));
  self->step = STEP_PROOF;
  return BARUA_SASL_RESPOND;
}

static BaruaSaslStatus
check_proof (BaruaScram *self,
             const char *challenge,
             GBytes    **response,
             GError    **error)
{
  const char *cursor = challenge;
  g_autofree char *refusal = take_attribute (&cursor, 'e');
  g_autofree char *verifier = NULL;
  g_autofree guint8 *signature = NULL;
  gsize length = 0;
  guint8 difference = 0;

  if (refusal != NULL)
    return fail (self, error, BARUA_ERROR_AUTHENTICATION, "the server did not accept the password");
  verifier = take_attribute (&cursor, 'v');
  if (verifier == NULL)
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server's final message is not one");
  signature = g_base64_decode (verifier, &length);
  if (length != DIGEST_BYTES)
    return fail (self, error, BARUA_ERROR_TAMPERED, "the server could not prove that it knows the password");
  for (gsize i = 0; i < DIGEST_BYTES; i++)
    difference |= signature[i] ^ self->server_signature[i];
  if (difference != 0)
    return fail (self, error, BARUA_ERROR_TAMPERED, "the server could not prove that it knows the password");
  self->step = STEP_PROVED;
  *response = g_bytes_new_static ("", 0);
  return BARUA_SASL_COMPLETE;
}

BaruaSaslStatus
barua_scram_step (BaruaScram *self,
                  const char *challenge,
                  gsize       length,
                  GBytes    **response,
                  GError    **error)
{
  g_autofree char *text = NULL;

  if (self->step == STEP_FIRST && (challenge == NULL || length == 0))
    return send_first (self, response);
  if (challenge == NULL || !g_utf8_validate_len (challenge, length, NULL))
    return fail (self, error, BARUA_ERROR_PROTOCOL, "the server's message is no text");
  text = g_strndup (challenge, length);
  switch (self->step)
    {
    case STEP_SALT:
      return answer_salt (self, text, response, error);
    case STEP_PROOF:
      return check_proof (self, text, response, error);
    case STEP_FIRST:
    case STEP_PROVED:
    case STEP_FAILED:
    default:
      return fail (self, error, BARUA_ERROR_PROTOCOL, "the server goes on when all is said");
    }
}
