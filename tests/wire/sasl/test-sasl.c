/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-error.h"
#include "barua-limits.h"
#include "barua-sasl.h"

#include <string.h>

/* The exchange of RFC 7677, 3. */
#define RFC_NONCE "rOprNGfwEbeRWgbNEkqO"
#define RFC_SERVER_NONCE "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define RFC_SALT "s=W22ZaJ0SNY7soEsUEjb6gQ=="
#define RFC_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static BaruaSasl *
make (BaruaSaslMechanism mechanism,
      const char        *user,
      const char        *secret)
{
  g_autoptr(GError) error = NULL;
  BaruaSasl *sasl = barua_sasl_new (mechanism, user, secret, "mail.example.org", 993, &error);

  g_assert_no_error (error);
  return sasl;
}

static void
assert_step (BaruaSasl      *sasl,
             const char     *challenge,
             BaruaSaslStatus status,
             const char     *response,
             gsize           length)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) wanted = g_bytes_new (response, length);

  g_assert_cmpint (barua_sasl_step (sasl, challenge, challenge != NULL ? strlen (challenge) : 0, &bytes, &error), ==, status);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, wanted));
}

static void
test_simple (void)
{
  g_autoptr(BaruaSasl) plain = make (BARUA_SASL_PLAIN, "asha", "si,ri");
  g_autoptr(BaruaSasl) login = make (BARUA_SASL_LOGIN, "asha", "siri");
  g_autoptr(BaruaSasl) xoauth2 = make (BARUA_SASL_XOAUTH2, "asha@example.org", "tok");
  g_autoptr(BaruaSasl) bearer = make (BARUA_SASL_OAUTHBEARER, "a=s,ha", "tok");
  g_autoptr(GError) error = NULL;

  assert_step (plain, NULL, BARUA_SASL_COMPLETE, "\0asha\0si,ri", 11);
  g_assert_true (barua_sasl_check_success (plain, NULL));

  g_assert_false (barua_sasl_has_initial (login));
  assert_step (login, "Username:", BARUA_SASL_RESPOND, "asha", 4);
  g_assert_false (barua_sasl_check_success (login, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TAMPERED);
  assert_step (login, "Password:", BARUA_SASL_COMPLETE, "siri", 4);
  g_assert_true (barua_sasl_check_success (login, NULL));

  assert_step (xoauth2, NULL, BARUA_SASL_COMPLETE, "user=asha@example.org\001auth=Bearer tok\001\001", 39);
  g_assert_true (barua_sasl_check_success (xoauth2, NULL));
  assert_step (xoauth2, "{\"status\":\"401\",\"schemes\":\"Bearer\"}", BARUA_SASL_RESPOND, "", 0);
  g_assert_cmpstr (barua_sasl_get_failure (xoauth2), ==, "401");
  g_assert_false (barua_sasl_check_success (xoauth2, NULL));

#define BEARER "n,a=a=3Ds=2Cha,\001host=mail.example.org\001port=993\001auth=Bearer tok\001\001"
  assert_step (bearer, NULL, BARUA_SASL_COMPLETE, BEARER, strlen (BEARER));
  assert_step (bearer, "{\"schemes\":\"bearer\",\"status\" : \"invalid_token\"}", BARUA_SASL_RESPOND, "\001", 1);
  g_assert_cmpstr (barua_sasl_get_failure (bearer), ==, "invalid_token");
}

static void
test_scram (void)
{
  g_autoptr(BaruaSasl) sasl = make (BARUA_SASL_SCRAM_SHA_256, "user", "pencil");
  const char *proof = "c=biws,r=" RFC_SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  g_autoptr(GError) error = NULL;

  barua_sasl_set_nonce (sasl, RFC_NONCE);
  assert_step (sasl, NULL, BARUA_SASL_RESPOND, "n,,n=user,r=" RFC_NONCE, strlen ("n,,n=user,r=" RFC_NONCE));
  assert_step (sasl, "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", BARUA_SASL_RESPOND, proof, strlen (proof));
  g_assert_false (barua_sasl_check_success (sasl, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TAMPERED);
  assert_step (sasl, RFC_FINAL, BARUA_SASL_COMPLETE, "", 0);
  g_assert_true (barua_sasl_check_success (sasl, NULL));
}

/* THREATS T-09. */
static void
test_scram_attacks (void)
{
  static const struct
  {
    const char *first;
    const char *final;
    int         code;
  } attacks[] = {
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=2147483647", NULL, BARUA_ERROR_LIMIT },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=1000001", NULL, BARUA_ERROR_LIMIT },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=0", NULL, BARUA_ERROR_PROTOCOL },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=-5", NULL, BARUA_ERROR_PROTOCOL },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=99999999999999999999", NULL, BARUA_ERROR_PROTOCOL },
    { "r=other," RFC_SALT ",i=4096", NULL, BARUA_ERROR_TAMPERED },
    { "r=" RFC_NONCE "," RFC_SALT ",i=4096", NULL, BARUA_ERROR_TAMPERED },
    { "m=ext,r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", NULL, BARUA_ERROR_PROTOCOL },
    { "r=" RFC_SERVER_NONCE ",s=,i=4096", NULL, BARUA_ERROR_PROTOCOL },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT, NULL, BARUA_ERROR_PROTOCOL },
    { "", NULL, BARUA_ERROR_PROTOCOL },
    { "\xff\xfe", NULL, BARUA_ERROR_PROTOCOL },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", "v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", BARUA_ERROR_TAMPERED },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", "v=", BARUA_ERROR_TAMPERED },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", "e=invalid-proof", BARUA_ERROR_AUTHENTICATION },
    { "r=" RFC_SERVER_NONCE "," RFC_SALT ",i=4096", "hello", BARUA_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autoptr(BaruaSasl) sasl = make (BARUA_SASL_SCRAM_SHA_256, "user", "pencil");
      g_autoptr(GBytes) first = NULL;
      g_autoptr(GBytes) second = NULL;
      g_autoptr(GBytes) third = NULL;
      g_autoptr(GError) error = NULL;
      BaruaSaslStatus status;

      barua_sasl_set_nonce (sasl, RFC_NONCE);
      barua_sasl_step (sasl, NULL, 0, &first, NULL);
      status = barua_sasl_step (sasl, attacks[i].first, strlen (attacks[i].first), &second, &error);
      if (attacks[i].final != NULL)
        {
          g_assert_cmpint (status, ==, BARUA_SASL_RESPOND);
          status = barua_sasl_step (sasl, attacks[i].final, strlen (attacks[i].final), &third, &error);
        }
      g_assert_cmpint (status, ==, BARUA_SASL_FAILED);
      g_assert_error (error, BARUA_ERROR, attacks[i].code);
      g_assert_false (barua_sasl_check_success (sasl, NULL));
      g_clear_error (&error);
      g_clear_pointer (&third, g_bytes_unref);
      g_assert_cmpint (barua_sasl_step (sasl, "v=x", 3, &third, &error), ==, BARUA_SASL_FAILED);
    }
}

static void
test_preparation (void)
{
  g_autoptr(BaruaSasl) sasl = make (BARUA_SASL_SCRAM_SHA_256, "I\302\255X,=", "\302\252");
  static const char * const bad[] = { "", "a\001b", "a\nb", "a\177", "\xff", NULL };
  g_autofree char *longest = g_strnfill (BARUA_LIMIT_SECRET_BYTES, 'x');
  g_autofree char *too_long = g_strnfill (BARUA_LIMIT_SECRET_BYTES + 1, 'x');
  g_autoptr(BaruaSasl) just = make (BARUA_SASL_XOAUTH2, "a", longest);

  /* RFC 4013, 3: the soft hyphen maps to nothing; then "," and "=" are escaped (RFC 5802, 5.1). */
  barua_sasl_set_nonce (sasl, "n");
  assert_step (sasl, NULL, BARUA_SASL_RESPOND, "n,,n=IX=2C=3D,r=n", 17);
  for (guint m = 0; m < BARUA_N_SASL; m++)
    {
      for (guint i = 0; bad[i] != NULL; i++)
        {
          g_autoptr(GError) error = NULL;

          g_assert_null (barua_sasl_new (m, "user", bad[i], NULL, 0, &error));
          g_assert_error (error, BARUA_ERROR, BARUA_ERROR_INVALID);
          g_clear_error (&error);
          g_assert_null (barua_sasl_new (m, bad[i], "secret", NULL, 0, &error));
          g_assert_error (error, BARUA_ERROR, BARUA_ERROR_INVALID);
        }
    }
  g_assert_null (barua_sasl_new (BARUA_SASL_XOAUTH2, "a", too_long, NULL, 0, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl/simple", test_simple);
  g_test_add_func ("/sasl/scram", test_scram);
  g_test_add_func ("/sasl/scram/attacks", test_scram_attacks);
  g_test_add_func ("/sasl/preparation", test_preparation);
  return g_test_run ();
}
