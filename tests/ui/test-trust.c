/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Who sent this?": what the strip above a message says, one test for each of THREATS U-01 ... U-07. */
#include "config.h"

#include <gtk/gtk.h>
#include <string.h>

#include "barua-domain.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-trust.h"

static const char *const own[] = { "imap.posta.example", "posta.example", NULL };
static const char *const known[] = { "ushirika.example", "posta.example", NULL };
static const BaruaTrustContext usual = { .own_domains = own, .known_domains = known, .arrived = G_MININT64 };

static BaruaParsedMessage *
parse (const char *header)
{
  g_autofree char *text = g_strconcat (header, "\n\ntext\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return barua_mime_parse (bytes, BARUA_MIME_NONE);
}

/* The first sentence for the message with this header, "" when all is well. (full) */
static char *
judge (const char              *header,
       const BaruaTrustContext *context)
{
  g_autoptr (BaruaParsedMessage) message = parse (header);
  g_autoptr (BaruaTrust) trust = barua_trust_judge (message, context);

  return g_strdup (trust->findings->len > 0 ? ((BaruaTrustFinding *)trust->findings->pdata[0])->words : "");
}

static void
check (const char              *header,
       const BaruaTrustContext *context,
       const char              *words)
{
  g_autofree char *found = judge (header, context);

  g_test_message ("%s", header);
  g_assert_cmpstr (found, ==, words);
}

static void
test_u01_mailsploit (void)
{
  g_autoptr (BaruaParsedMessage) message =
    parse ("From: =?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00=0A?= <x@evil.example>");
  const BaruaAddress *from = message->from->pdata[0];
  g_autofree char *shown = barua_domain_address_shown (from->address);

  g_assert_cmpstr (shown, ==, "x@evil.example");
  for (const char *p = from->name; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
  {
    g_autofree char *words = judge ("From: =?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00?= <x@evil.example>", &usual);

    g_assert_true (g_str_has_prefix (words, "The name says potus@whitehouse.gov"));
    g_assert_true (g_str_has_suffix (words, "but it came from x@evil.example."));
  }
}

static void
test_u02_names_like_addresses (void)
{
  check ("From: Amina Yusuf <amina@ushirika.example>", &usual, "");
  check ("From: amina@ushirika.example", &usual, "");
  check ("From: \"Amina (amina@USHIRIKA.example)\" <amina@ushirika.example>", &usual, "");
  check ("From: \"security@bank.example\" <x@evil.example>", &usual,
         "The name says security@bank.example, but it came from x@evil.example.");
  check ("From: \"Bank <security@bank.example>\" <x@evil.example>", &usual,
         "The name says security@bank.example, but it came from x@evil.example.");
  check ("From: \"me @ home\" <x@evil.example>", &usual, "");
  {
    g_autoptr (GString) header = g_string_new ("From: \"");
    g_autofree char *words = NULL;

    for (guint i = 0; i < 400; i++)
      g_string_append_c (header, 'a');
    g_string_append (header, "@bank.example\" <x@evil.example>");
    words = judge (header->str, &usual);
    /* The name is cut, the address is not. */
    g_assert_cmpuint (strlen (words), <, 200);
    g_assert_true (g_str_has_suffix (words, "but it came from x@evil.example."));
  }
}

static void
test_u03_replies_go_elsewhere (void)
{
  check ("From: a@ushirika.example\nReply-To: a@ushirika.example", &usual, "");
  check ("From: a@ushirika.example\nReply-To: office@USHIRIKA.example", &usual, "");
  check ("From: a@ushirika.example\nReply-To: x@other.example", &usual, "Replies go to other.example, not to the sender.");
  check ("From: a@ushirika.example\nReply-To: a@ushirika.example, x@other.example", &usual,
         "Replies go to other.example, not to the sender.");
  check ("From: a@ushirika.example\nReply-To: users@lists.example\nList-Id: <users.lists.example>", &usual, "");
  check ("From: a@ushirika.example, b@other.example", &usual, "This names 2 senders; only the first is shown.");
  /* The worse of the two first. */
  check ("From: \"s@bank.example\" <x@evil.example>\nReply-To: y@paypal.com", &usual,
         "The name says s@bank.example, but it came from x@evil.example.");
  check ("Reply-To: x@evil.example", &usual, "");
}

static void
test_u04_look_alikes (void)
{
  static const struct
  {
    const char *domain;
    const char *shown;
    const char *like; /* NULL: none */
  } cases[] = {
    { "paypal.com", "paypal.com", NULL },
    { "mail.paypal.com", "mail.paypal.com", NULL },
    { "paypa1.com", "paypa1.com", "paypal.com" },
    { "login.PAYPAI.com", "login.paypai.com", "paypal.com" },
    { "rnicrosoft.com", "rnicrosoft.com", "microsoft.com" },
    { "xn--pypal-4ve.com", "xn--pypal-4ve.com", "paypal.com" },        /* Cyrillic a */
    { "p\xd0\xb0ypal.com", "xn--pypal-4ve.com", "paypal.com" },
    { "xn--80ak6aa92e.com", "xn--80ak6aa92e.com", "apple.com" },       /* all Cyrillic */
    { "m\xc3\xbcller.example", "m\xc3\xbcller.example", NULL },
    { "xn--mller-kva.example", "m\xc3\xbcller.example", NULL },
    { "\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.example", "\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.example", NULL },
    { "\xe0\xb0\xa4\xe0\xb1\x86\xe0\xb0\xb2\xe0\xb1\x81\xe0\xb0\x97\xe0\xb1\x81.example",
      "\xe0\xb0\xa4\xe0\xb1\x86\xe0\xb0\xb2\xe0\xb1\x81\xe0\xb0\x97\xe0\xb1\x81.example", NULL },
    { "ushirlka.example", "ushirlka.example", "ushirika.example" },
    { "ushirika.example", "ushirika.example", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = barua_domain_shown (cases[i].domain);
      g_autofree char *like = barua_domain_imitated (cases[i].domain, known);

      g_test_message ("%s", cases[i].domain);
      g_assert_cmpstr (shown, ==, cases[i].shown);
      g_assert_cmpstr (like, ==, cases[i].like);
    }
  check ("From: PayPal <service@paypa1.com>", &usual, "The address looks like paypal.com, but it is paypa1.com.");
  {
    /* A letter that nobody sees. */
    g_autofree char *shown = barua_domain_address_shown ("ami\xe2\x80\x8bna@ushirika.example");

    g_assert_cmpstr (shown, ==, "ami\xef\xbf\xbdna@ushirika.example");
  }
}

static void
test_u05_dates (void)
{
  static const char *const dates[] = { "Mon, 1 Jan 9999 00:00:00 +0000", "Mon, 1 Jan 10000 00:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 -0000",
                                       "1 Jan 1900 00:00:00 -1200", "nonsense", "Mon, 99 Foo 2024 99:99:99 +9999" };
  BaruaTrustContext context = usual;

  context.arrived = 1700000000;
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *header = g_strdup_printf ("From: a@ushirika.example\nDate: %s", dates[i]);
      g_autoptr (BaruaParsedMessage) message = parse (header);
      g_autofree char *words = judge (header, &context);

      g_test_message ("%s: %s", dates[i], words);
      g_assert_true (message->date == G_MININT64 ? *words == '\0' : g_str_has_prefix (words, "The sender’s date is "));
    }
  check ("From: a@ushirika.example\nDate: Tue, 14 Nov 2023 20:00:00 +0000", &context, "");
  check ("From: a@ushirika.example", &context, "");
}

static void
test_u06_proof (void)
{
#define FROM "From: Bank <a@bank.example>\n"
  static const struct
  {
    const char *header;
    BaruaProof  proof;
  } cases[] = {
    { FROM "Authentication-Results: mx.posta.example; dmarc=pass header.from=bank.example", BARUA_PROOF_PASS },
    { FROM "Authentication-Results: posta.example 1; dkim=pass (good) header.d=mail.bank.example", BARUA_PROOF_PASS },
    { FROM "Authentication-Results: mx.posta.example; dkim=pass header.d=evil.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; spf=pass smtp.mailfrom=x@bank.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; dmarc=fail (p=reject) header.from=bank.example; dkim=none", BARUA_PROOF_FAIL },
    { FROM "Authentication-Results: mx.posta.example;\n dkim=fail header.d=bank.example;\n spf=fail smtp.mailfrom=bank.example", BARUA_PROOF_FAIL },
    /* The sender's own words. */
    { FROM "Authentication-Results: mx.evil.example; dmarc=pass header.from=bank.example", BARUA_PROOF_NONE },
    { "Authentication-Results: mx.evil.example; dmarc=pass header.from=bank.example\n" FROM
      "Authentication-Results: mx.posta.example; dmarc=pass header.from=bank.example", BARUA_PROOF_NONE },
    { "Authentication-Results: mx.posta.example; dmarc=fail header.from=bank.example\n"
      "Received: from evil.example by mx.posta.example; Mon, 1 Jan 2024 00:00:00 +0000\n"
      "Authentication-Results: mx.posta.example; dmarc=pass header.from=bank.example\n" FROM, BARUA_PROOF_FAIL },
    { FROM "Authentication-Results: mx.evil.example (mx.posta.example; dmarc=pass); dmarc=pass header.from=bank.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: \"mx.posta.example\"; dmarc=pass header.from=evil.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; none", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: ;;;=;= =", BARUA_PROOF_NONE },
    { FROM, BARUA_PROOF_NONE },
    /* The sender's own words, in the server's mouth: an envelope address in quotes, behind a backslash, as an encoded word. */
    { FROM "Authentication-Results: mx.posta.example; spf=pass"
      " smtp.mailfrom=\"x; dmarc=pass header.from=bank.example y\"@evil.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; spf=pass"
      " smtp.mailfrom=x\\;\\ dmarc\\=pass\\ header.from\\=bank.example\\ y@evil.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; spf=pass (domain of"
      " =?us-ascii?q?x=29=3B_dmarc=3Dpass_header=2Efrom=3Dbank=2Eexample_=28?=@evil.example designates 192.0.2.1)", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example",
      BARUA_PROOF_NONE },
    /* Each method proves one property. */
    { FROM "Authentication-Results: mx.posta.example; dkim=pass header.d=evil.example header.from=bank.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; dkim=pass header.i=@bank.example header.d=evil.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; dmarc=pass smtp.mailfrom=a@bank.example", BARUA_PROOF_NONE },
    { FROM "Authentication-Results: mx.posta.example; dkim/1 = pass header.i=\"@mail.bank.example\"", BARUA_PROOF_PASS },
    /* A field without a name is only Microsoft's. */
    { FROM "Authentication-Results: spf=pass smtp.mailfrom=bank.example; dkim=pass\n header.d=bank.example;dmarc=pass action=none"
      " header.from=bank.example;compauth=pass reason=100", BARUA_PROOF_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BaruaParsedMessage) message = parse (cases[i].header);

      g_test_message ("%s", cases[i].header);
      g_assert_cmpint (barua_auth_results_judge (message, "bank.example", own), ==, cases[i].proof);
      g_assert_cmpint (barua_auth_results_judge (message, "bank.example", NULL), ==, BARUA_PROOF_NONE);
    }
  check (cases[4].header, &usual, "Barua could not confirm that bank.example sent this. Be careful with links and attachments.");
  {
    BaruaTrustContext first = usual;

    first.is_first = TRUE;
    check (FROM, &first, "First message from this address.");
    check (cases[0].header, &first, "");
    first.is_known = TRUE;
    check (FROM, &first, "");
  }
}

/* Microsoft's servers write no name: the topmost field is theirs, no other one. */
static void
test_u06_nameless (void)
{
#define GOOD "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=bank.example; dkim=pass (signature was\n" \
             " verified) header.d=bank.example;dmarc=pass action=none\n header.from=bank.example;compauth=pass reason=100\n"
#define NONE "Authentication-Results: spf=none smtp.mailfrom=evil.example; dkim=none\n header.d=none;dmarc=none header.from=bank.example\n"
  static const char *const microsoft[] = { "outlook.office365.com", "kisumu.example", NULL };
  static const struct
  {
    const char *header;
    BaruaProof  proof;
  } cases[] = {
    { GOOD FROM, BARUA_PROOF_PASS },
    { NONE GOOD FROM, BARUA_PROOF_NONE },
    { "Authentication-Results: mx.evil.example; none\n" GOOD FROM, BARUA_PROOF_NONE },
    { "Authentication-Results: mx.kisumu.example; dkim=none\n" GOOD FROM, BARUA_PROOF_NONE },
    { "Authentication-Results: spf=fail smtp.mailfrom=x.example; dmarc=fail action=quarantine header.from=bank.example\n" GOOD FROM,
      BARUA_PROOF_FAIL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BaruaParsedMessage) message = parse (cases[i].header);

      g_test_message ("%s", cases[i].header);
      g_assert_cmpint (barua_auth_results_judge (message, "bank.example", microsoft), ==, cases[i].proof);
    }
}

/* A server that writes no verdict: nothing is confirmed, and nothing called forged, whatever others wrote on the way. */
static void
test_silent_server (void)
{
  static const char *const headers[] = {
    "Received: from mx.bank.example by mx.posta.example; Mon, 1 Jan 2024 00:00:00 +0000\nDKIM-Signature: v=1; d=bank.example\n" FROM,
    "Received: from mx.bank.example by mx.posta.example; Mon, 1 Jan 2024 00:00:00 +0000\n"
    "Authentication-Results: mx.bank.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\n" FROM,
    "Received: from mx.bank.example by mx.posta.example; Mon, 1 Jan 2024 00:00:00 +0000\n"
    "Authentication-Results: mx.evil.example; dmarc=fail header.from=bank.example\n" FROM,
    "Received-SPF: pass (mx.posta.example: domain of a@bank.example designates 192.0.2.1)\n" FROM,
    "ARC-Authentication-Results: i=1; mx.posta.example; dmarc=pass header.from=bank.example\n" FROM,
    "X-Authentication-Results: mx.posta.example; dmarc=pass header.from=bank.example\n" FROM,
  };
  BaruaTrustContext first = usual;

  first.is_first = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (BaruaParsedMessage) message = parse (headers[i]);
      g_autoptr (BaruaTrust) trust = barua_trust_judge (message, &usual);

      g_test_message ("%s", headers[i]);
      g_assert_cmpint (trust->proof, ==, BARUA_PROOF_NONE);
      g_assert_null (trust->proven);
      g_assert_cmpuint (trust->findings->len, ==, 0);
      check (headers[i], &first, "First message from this address.");
    }
}

/* Names under which everybody has one have no owner; addresses of machines are whole. */
static void
test_owners (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean    same;
  } cases[] = {
    { "mail.bank.example", "bank.example", TRUE },     { "a.co.ke", "b.co.ke", FALSE },
    { "x.a.co.ke", "a.co.ke", TRUE },                  { "victim.onmicrosoft.com", "evil.onmicrosoft.com", FALSE },
    { "mail.victim.github.io", "victim.github.io", TRUE }, { "victim.github.io", "evil.github.io", FALSE },
    { "victim.me.uk", "evil.me.uk", FALSE },           { "victim.web.id", "evil.web.id", FALSE },
    { "mail.web.de", "web.de", TRUE },                 { "192.0.2.7", "198.51.2.7", FALSE },
    { "192.0.2.7", "192.0.2.7", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s, %s", cases[i].a, cases[i].b);
      g_assert_cmpint (barua_domain_same_owner (cases[i].a, cases[i].b), ==, cases[i].same);
    }
}

static void
test_u07_markup (void)
{
  g_autofree char *words = judge ("From: \"<b>%s&amp;%n</b> s@bank.example\" <x@evil.example>", &usual);
  GString *subject = g_string_new ("Subject: ");
  g_autoptr (BaruaParsedMessage) message = NULL;

  g_assert_cmpstr (words, ==, "The name says s@bank.example, but it came from x@evil.example.");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (subject, '<');
  message = parse (subject->str);
  g_assert_cmpuint (strlen (message->subject), <=, BARUA_LIMIT_SUBJECT_BYTES);
  g_string_free (subject, TRUE);
}

static void
test_links (void)
{
  static const struct
  {
    const char *uri;
    const char *text;
    gboolean    failed;
    const char *words; /* NULL: not asked */
  } cases[] = {
    { "https://posta.example/seeds", "Order", FALSE, NULL },
    { "https://posta.example/seeds", "https://posta.example/seeds", FALSE, NULL },
    { "https://www.posta.example/", "posta.example", FALSE, NULL },
    { "https://evil.example/", "paypal.com", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", " https://www.paypal.com/login ", FALSE, "It shows www.paypal.com but opens evil.example." },
    { "https://paypal.com@evil.example/", "http://paypal.com", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://paypa1.com/", "Log in", FALSE, "The address looks like paypal.com, but it is paypa1.com." },
    { "https://evil.example/", "Read version 2.0", FALSE, NULL },
    { "https://evil.example/", "readme.md", FALSE, NULL },
    { "mailto:x@evil.example", "a@bank.example", FALSE, "It shows bank.example but opens evil.example." },
    { "mailto:a@bank.example", "a@bank.example", FALSE, NULL },
    { "https://evil.example/", "Click", TRUE, "Barua could not confirm who sent this message. The link opens evil.example." },
    { "tel:+123", "Call", TRUE, NULL },
    /* What nobody sees, and what stands around it. */
    { "https://evil.example/", "pay\xe2\x80\x8bpal.com", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "pay\xc2\xadpal.com", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "paypal.com.", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "\xe2\x80\x9c(https://paypal.com/)\xe2\x80\x9d!", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "<security@paypal.com>", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "paypal\xef\xbc\x8e" "com", FALSE, "It shows paypal.com but opens evil.example." },
    { "https://evil.example/", "...", FALSE, NULL },
    { "https://posta.example/", "(posta.example)", FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *words = barua_trust_link (cases[i].uri, cases[i].text, cases[i].failed, &host);

      g_test_message ("%s under %s", cases[i].uri, cases[i].text);
      g_assert_cmpstr (words, ==, cases[i].words);
      g_assert_true ((host != NULL) == (words != NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/u-01-mailsploit", test_u01_mailsploit);
  g_test_add_func ("/trust/u-02-names-like-addresses", test_u02_names_like_addresses);
  g_test_add_func ("/trust/u-03-replies-go-elsewhere", test_u03_replies_go_elsewhere);
  g_test_add_func ("/trust/u-04-look-alikes", test_u04_look_alikes);
  g_test_add_func ("/trust/u-05-dates", test_u05_dates);
  g_test_add_func ("/trust/u-06-proof", test_u06_proof);
  g_test_add_func ("/trust/u-06-nameless", test_u06_nameless);
  g_test_add_func ("/trust/silent-server", test_silent_server);
  g_test_add_func ("/trust/owners", test_owners);
  g_test_add_func ("/trust/u-07-markup", test_u07_markup);
  g_test_add_func ("/trust/links", test_links);
  return g_test_run ();
}
