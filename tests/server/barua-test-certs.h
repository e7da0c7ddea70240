/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Certificates for tests, made when the test starts: none is kept, so none expires. */
typedef struct _BaruaTestAuthority BaruaTestAuthority;

typedef enum
{
  BARUA_TEST_KEY_EC,       /* P-256 */
  BARUA_TEST_KEY_RSA_1024
} BaruaTestKey;

typedef struct
{
  const char  *common_name;   /* NULL: none */
  const char  *dns[4];        /* subjectAltName dNSName, verbatim */
  gsize        dns_length;    /* of dns[0] when it holds a NUL; 0: strlen */
  const char  *ip;            /* subjectAltName iPAddress */
  int          from_days;     /* notBefore, days from now; 0 with to_days 0: yesterday */
  int          to_days;       /* notAfter; 0: in a month */
  const char  *purpose;       /* extendedKeyUsage OID; NULL: TLS server */
  gboolean     sha1;          /* signed with SHA-1 */
  BaruaTestKey key;
  gboolean     self_signed;
  gboolean     is_authority;
  const char  *permitted;     /* name constraint of an authority: permitted dNSName */
} BaruaTestCert;

/* A self-signed authority. */
BaruaTestAuthority *barua_test_authority_new         (const char               *name);
/* An authority under another one. */
BaruaTestAuthority *barua_test_authority_new_under   (BaruaTestAuthority       *parent,
                                                      const char               *name,
                                                      const char               *permitted);
void                barua_test_authority_free        (BaruaTestAuthority       *self);
/* Writes its certificate (PEM) to a temporary file; owned by the authority, removed with it. */
const char         *barua_test_authority_get_file    (BaruaTestAuthority       *self);
/* A certificate with its key. @with_chain: the authority's own certificate is sent along. */
GTlsCertificate    *barua_test_authority_issue       (BaruaTestAuthority       *self,
                                                      const BaruaTestCert      *cert,
                                                      gboolean                  with_chain);
/* The same as PEM text: certificate(s), then key. */
char               *barua_test_authority_issue_pem   (BaruaTestAuthority       *self,
                                                      const BaruaTestCert      *cert,
                                                      gboolean                  with_chain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaTestAuthority, barua_test_authority_free)

G_END_DECLS
