/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-test-certs.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <string.h>
#include <unistd.h>

#define DAY (24 * 3600)

struct _BaruaTestAuthority
{
  gnutls_x509_crt_t     crt;
  gnutls_x509_privkey_t key;
  char                 *file;
};

static void
check (int result)
{
  if (result < 0)
    g_error ("certificate: %s", gnutls_strerror (result));
}

static gnutls_x509_privkey_t
make_key (BaruaTestKey kind)
{
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  if (kind == BARUA_TEST_KEY_RSA_1024)
    check (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, 1024, 0));
  else
    check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

/* GnuTLS ends a name at its first NUL; a hostile authority does not: the extension is made by hand. */
static void
set_raw_name (gnutls_x509_crt_t crt,
              const char       *name,
              gsize             length)
{
  guint8 der[128] = { 0x30, (guint8) (length + 2), 0x82, (guint8) length };

  g_assert (length + 4 <= sizeof der && length < 120);
  memcpy (der + 4, name, length);
  check (gnutls_x509_crt_set_extension_by_oid (crt, "2.5.29.17", der, length + 4, 0));
}

static void
set_names (gnutls_x509_crt_t    crt,
           const BaruaTestCert *cert)
{
  if (cert->common_name != NULL)
    check (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, cert->common_name,
                                          (unsigned) strlen (cert->common_name)));
  for (gsize i = 0; i < G_N_ELEMENTS (cert->dns) && cert->dns[i] != NULL; i++)
    {
      if (i == 0 && cert->dns_length > 0)
        set_raw_name (crt, cert->dns[0], cert->dns_length);
      else
        check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, cert->dns[i],
                                                     (unsigned) strlen (cert->dns[i]), GNUTLS_FSAN_APPEND));
    }
  if (cert->ip != NULL)
    {
      guint8 address[16];
      gboolean v6 = strchr (cert->ip, ':') != NULL;

      g_assert (inet_pton (v6 ? AF_INET6 : AF_INET, cert->ip, address) == 1);
      check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, address, v6 ? 16 : 4, GNUTLS_FSAN_APPEND));
    }
}

static void
set_constraint (gnutls_x509_crt_t crt,
                const char       *permitted)
{
  gnutls_x509_name_constraints_t constraints;
  gnutls_datum_t name = { (unsigned char *) permitted, (unsigned) strlen (permitted) };

  check (gnutls_x509_name_constraints_init (&constraints));
  check (gnutls_x509_name_constraints_add_permitted (constraints, GNUTLS_SAN_DNSNAME, &name));
  check (gnutls_x509_crt_set_name_constraints (crt, constraints, 1));
  gnutls_x509_name_constraints_deinit (constraints);
}

static gnutls_x509_crt_t
make_crt (const BaruaTestCert  *cert,
          gnutls_x509_privkey_t key,
          gnutls_x509_crt_t     issuer,
          gnutls_x509_privkey_t issuer_key)
{
  gnutls_x509_crt_t crt;
  guint8 serial[8];
  time_t now = time (NULL);
  gboolean dated = cert->from_days != 0 || cert->to_days != 0;

  check (gnutls_x509_crt_init (&crt));
  check (gnutls_x509_crt_set_version (crt, 3));
  check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial));
  serial[0] &= 0x7f;
  serial[0] |= 0x01;
  check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial));
  check (gnutls_x509_crt_set_key (crt, key));
  check (gnutls_x509_crt_set_activation_time (crt, now + (dated ? cert->from_days * DAY : -DAY)));
  check (gnutls_x509_crt_set_expiration_time (crt, now + (dated ? cert->to_days * DAY : 30 * DAY)));
  set_names (crt, cert);
  if (cert->is_authority)
    {
      check (gnutls_x509_crt_set_basic_constraints (crt, 1, -1));
      check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
      if (cert->permitted != NULL)
        set_constraint (crt, cert->permitted);
    }
  else
    {
      check (gnutls_x509_crt_set_basic_constraints (crt, 0, -1));
      check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE));
      check (gnutls_x509_crt_set_key_purpose_oid (crt, cert->purpose != NULL ? cert->purpose : GNUTLS_KP_TLS_WWW_SERVER, 0));
    }
  check (gnutls_x509_crt_sign2 (crt, issuer != NULL ? issuer : crt, issuer != NULL ? issuer_key : key,
                                cert->sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0));
  return crt;
}

static char *
export_crt (gnutls_x509_crt_t crt)
{
  gnutls_datum_t out;
  char *text;

  check (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &out));
  text = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  return text;
}

static char *
export_key (gnutls_x509_privkey_t key)
{
  gnutls_datum_t out;
  char *text;

  check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &out));
  text = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  return text;
}

BaruaTestAuthority *
barua_test_authority_new_under (BaruaTestAuthority *parent,
                                const char         *name,
                                const char         *permitted)
{
  BaruaTestAuthority *self = g_new0 (BaruaTestAuthority, 1);
  BaruaTestCert cert = { .common_name = name, .is_authority = TRUE, .permitted = permitted };

  self->key = make_key (BARUA_TEST_KEY_EC);
  self->crt = make_crt (&cert, self->key, parent != NULL ? parent->crt : NULL, parent != NULL ? parent->key : NULL);
  return self;
}

BaruaTestAuthority *
barua_test_authority_new (const char *name)
{
  return barua_test_authority_new_under (NULL, name, NULL);
}

void
barua_test_authority_free (BaruaTestAuthority *self)
{
  if (self->file != NULL)
    g_unlink (self->file);
  g_free (self->file);
  gnutls_x509_crt_deinit (self->crt);
  gnutls_x509_privkey_deinit (self->key);
  g_free (self);
}

const char *
barua_test_authority_get_file (BaruaTestAuthority *self)
{
  g_autofree char *pem = NULL;
  int fd;

  if (self->file != NULL)
    return self->file;
  fd = g_file_open_tmp ("barua-test-ca-XXXXXX.pem", &self->file, NULL);
  g_assert (fd >= 0);
  pem = export_crt (self->crt);
  g_assert (write (fd, pem, strlen (pem)) == (gssize) strlen (pem));
  close (fd);
  return self->file;
}

char *
barua_test_authority_issue_pem (BaruaTestAuthority  *self,
                                const BaruaTestCert *cert,
                                gboolean             with_chain)
{
  gnutls_x509_privkey_t key = make_key (cert->key);
  gnutls_x509_crt_t crt = make_crt (cert, key, cert->self_signed ? NULL : self->crt, self->key);
  g_autofree char *own = export_crt (crt);
  g_autofree char *chain = with_chain ? export_crt (self->crt) : g_strdup ("");
  g_autofree char *secret = export_key (key);

  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  return g_strconcat (own, chain, secret, NULL);
}

GTlsCertificate *
barua_test_authority_issue (BaruaTestAuthority  *self,
                            const BaruaTestCert *cert,
                            gboolean             with_chain)
{
  g_autofree char *pem = barua_test_authority_issue_pem (self, cert, with_chain);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_pem (pem, -1, &error);

  g_assert_no_error (error);
  return certificate;
}
