/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row a server family; what each is based on stands in docs/server-quirks.md, under the same name. */
#include "barua-imap-quirks.h"

#include "barua-limits.h"

#include <string.h>

#define DEFAULT_LINE BARUA_LIMIT_IMAP_COMMAND_BYTES
#define DEFAULT_PIPELINE BARUA_PIPELINE_COMMANDS
#define DEFAULT_CONNECTIONS BARUA_CONNECTIONS_PER_ACCOUNT

typedef struct
{
  BaruaImapQuirks quirks;
  const char     *id;         /* found in "name vendor" of the ID answer, without regard to case */
  const char     *greeting;   /* found in the greeting's text */
  const char     *capability; /* a word that only this server announces */
  const char     *host;       /* the host or the end of it behind a dot; several with "|" */
} Row;

#define Q(word) BARUA_IMAP_QUIRK_##word

static const Row rows[] = {
  { .quirks = { "Microsoft Exchange",
                Q (NO_REV2) | Q (NO_SEQUENCES) | Q (NO_CHARSET) | Q (SIZE_IS_A_GUESS) | Q (NO_KEYWORDS) | Q (SAVES_SENT) |
                  Q (DRAFTS_REWRITTEN) | Q (BAD_BODYSTRUCTURE),
                20, DEFAULT_LINE, 4, 0 },
    .id = "exchange", .greeting = "Microsoft Exchange", .capability = "CLIENTACCESSRULES",
    .host = "outlook.office365.com|outlook.com" },
  { .quirks = { "Gmail", Q (SAVES_SENT) | Q (LABELS) | Q (BAD_BODYSTRUCTURE), DEFAULT_PIPELINE, 16000, 4, 0 },
    .id = "gimap", .greeting = "Gimap ready", .capability = "X-GM-EXT-1", .host = "gmail.com|googlemail.com" },
  { .quirks = { "Yahoo", Q (NO_SEQUENCES) | Q (NO_CONDSTORE), 10, 1000, 4, 0 },
    .id = "yahoo", .capability = "XYMHIGHESTMODSEQ", .host = "mail.yahoo.com|mail.aol.com|mail.yahoo.co.jp" },
  { .quirks = { "iCloud",
                Q (NO_QRESYNC) | Q (RECHECK_CAPABILITY) | Q (LOGIN_AFTER_PLAIN) | Q (BAD_BODYSTRUCTURE), DEFAULT_PIPELINE,
                DEFAULT_LINE, 4, 0 },
    .capability = "XAPPLELITERAL", .host = "imap.mail.me.com" },
  { .quirks = { "Dovecot", Q (STATUS_SELECTED), DEFAULT_PIPELINE, 64000, 4, 0 },
    .id = "dovecot", .greeting = "Dovecot" },
  { .quirks = { "Cyrus", Q (STATUS_SELECTED), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .id = "cyrus", .greeting = "Cyrus IMAP", .capability = "XCONVERSATIONS" },
  { .quirks = { "Courier", 0, 10, DEFAULT_LINE, 4, 0 },
    .id = "courier", .greeting = "Courier-IMAP", .capability = "ACL2=UNION" },
  { .quirks = { "GMX", Q (BAD_BODYSTRUCTURE), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .host = "imap.gmx.net|imap.gmx.com|imap.web.de|imap.1und1.de|imap.ionos.de" },
  { .quirks = { "mail.ru", Q (BAD_BODYSTRUCTURE), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .host = "imap.mail.ru" },
  { .quirks = { "Yandex", Q (BAD_BODYSTRUCTURE), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .id = "yandex", .greeting = "Yandex IMAP4rev1", .host = "imap.yandex.com|imap.yandex.ru" },
  { .quirks = { "Zoho", Q (NO_CONDSTORE), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .id = "zoho", .host = "imap.zoho.com|imap.zoho.eu|imap.zoho.in|imappro.zoho.com|imappro.zoho.eu" },
  { .quirks = { "QQ", Q (NO_DESCENDING_SETS), 10, DEFAULT_LINE, 4, 0 },
    .greeting = "QQMail", .host = "imap.qq.com|imap.exmail.qq.com" },
  { .quirks = { "163", Q (ID_BEFORE_SELECT), 10, DEFAULT_LINE, 2, 0 },
    .id = "coremail", .greeting = "Coremail", .host = "imap.163.com|imap.126.com|imap.yeah.net|imap.188.com" },
  { .quirks = { "Proton Mail Bridge", Q (NO_ESEARCH) | Q (NO_LIST_RETURN), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .id = "gluon", .greeting = "Proton Mail Bridge" },
  { .quirks = { "hMailServer", Q (SIZE_IS_A_GUESS) | Q (NO_DESCENDING_SETS), 10, DEFAULT_LINE, 4, 0 },
    .id = "hmailserver", .greeting = "hMailServer", .capability = "RIGHTS=TEXK" },
  { .quirks = { "Strato", Q (NO_REV2) | Q (DISTRUST_SEARCH) | Q (NO_ESEARCH), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .id = "strato", .greeting = "STRATO", .host = "imap.strato.de|imap.strato.com" },
  { .quirks = { "Purelymail", Q (NO_ID) | Q (NO_ESEARCH), DEFAULT_PIPELINE, DEFAULT_LINE, 4, 0 },
    .host = "imap.purelymail.com|purelymail.com" },
  { .quirks = { "UW IMAP", 0, 10, 1000, 2, 0 },
    .greeting = "IMAP4rev1 20" },
};

static const BaruaImapQuirks default_quirks = { "unknown", 0, DEFAULT_PIPELINE, DEFAULT_LINE, DEFAULT_CONNECTIONS, 0 };

static gboolean
holds (const char *text,
       const char *part)
{
  g_autofree char *low_text = NULL;
  g_autofree char *low_part = NULL;

  if (text == NULL || part == NULL)
    return FALSE;
  low_text = g_ascii_strdown (text, -1);
  low_part = g_ascii_strdown (part, -1);
  return strstr (low_text, low_part) != NULL;
}

static gboolean
is_host (const char *host,
         const char *list)
{
  g_auto(GStrv) names = NULL;

  if (host == NULL || list == NULL)
    return FALSE;
  names = g_strsplit (list, "|", -1);
  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize name_length = strlen (names[i]);
      gsize host_length = strlen (host);

      if (host_length < name_length || g_ascii_strcasecmp (host + host_length - name_length, names[i]) != 0)
        continue;
      if (host_length == name_length || host[host_length - name_length - 1] == '.')
        return TRUE;
    }
  return FALSE;
}

static gboolean
announces (const BaruaImapCapabilities *capabilities,
           const char                  *word)
{
  if (capabilities == NULL || word == NULL)
    return FALSE;
  /* X-GM-EXT-1 has a bit of its own. */
  if (strcmp (word, "X-GM-EXT-1") == 0)
    return barua_imap_capabilities_has (capabilities, BARUA_IMAP_CAP_GMAIL);
  return barua_imap_capabilities_has_word (capabilities, word);
}

const BaruaImapQuirks *
barua_imap_quirks_find (const char                  *host,
                        const char                  *greeting,
                        const BaruaImapCapabilities *capabilities,
                        const char                  *id)
{
  /* A service known by its address may run a server known by its name: the service's own ways are the closer ones. */
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (is_host (host, rows[i].host))
        return &rows[i].quirks;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (holds (id, rows[i].id))
        return &rows[i].quirks;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (holds (greeting, rows[i].greeting))
        return &rows[i].quirks;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (announces (capabilities, rows[i].capability))
        return &rows[i].quirks;
    }
  return &default_quirks;
}

const BaruaImapQuirks *
barua_imap_quirks_named (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_ascii_strcasecmp (name, rows[i].quirks.name) == 0)
        return &rows[i].quirks;
    }
  return g_ascii_strcasecmp (name, default_quirks.name) == 0 ? &default_quirks : NULL;
}
