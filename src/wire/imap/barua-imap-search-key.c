/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-search-key.h"

#include <string.h>

#include "barua-imap-command-private.h"
#include "barua-limits.h"

typedef enum
{
  KEY_WORD,     /* a fixed word or a number behind one */
  KEY_ATOM,     /* a word and an atom of the caller's */
  KEY_TEXT,     /* a word, maybe a header's name, and a string */
  KEY_SET,
  KEY_NOT,
  KEY_OR,
  KEY_AND,
  KEY_FUZZY,
  KEY_INVALID
} KeyKind;

struct _BaruaImapSearchKey
{
  KeyKind             kind;
  char               *word;
  char               *name;
  char               *text;
  BaruaIdSet         *set;
  BaruaImapSearchKey *a;
  BaruaImapSearchKey *b;
};

static BaruaImapSearchKey *
make (KeyKind     kind,
      char       *word,
      const char *text)
{
  BaruaImapSearchKey *self = g_new0 (BaruaImapSearchKey, 1);

  self->kind = kind;
  self->word = word;
  self->text = g_strdup (text);
  return self;
}

BaruaImapSearchKey *
barua_imap_search_all (void)
{
  return make (KEY_WORD, g_strdup ("ALL"), NULL);
}

BaruaImapSearchKey *
barua_imap_search_flag (BaruaFlags flag,
                        gboolean   is_set)
{
  static const char *const words[] = { "SEEN", "FLAGGED", "ANSWERED", "DELETED", "DRAFT" };
  const char *name = barua_flag_get_name (flag);

  if (name == NULL)
    return make (KEY_INVALID, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((guint) flag == 1u << i)
      return make (KEY_WORD, g_strconcat (is_set ? "" : "UN", words[i], NULL), NULL);
  return barua_imap_search_keyword (name, is_set);
}

BaruaImapSearchKey *
barua_imap_search_keyword (const char *keyword,
                           gboolean    is_set)
{
  return make (KEY_ATOM, g_strdup (is_set ? "KEYWORD" : "UNKEYWORD"), keyword);
}

BaruaImapSearchKey *
barua_imap_search_text (BaruaImapSearchField  field,
                        const char           *text)
{
  static const char *const words[] = { "BCC", "BODY", "CC", "FROM", "SUBJECT", "TEXT", "TO" };

  return make (KEY_TEXT, g_strdup (words[field]), text);
}

BaruaImapSearchKey *
barua_imap_search_header (const char *name,
                          const char *text)
{
  BaruaImapSearchKey *self = make (KEY_TEXT, g_strdup ("HEADER"), text);

  self->name = g_strdup (name);
  return self;
}

BaruaImapSearchKey *
barua_imap_search_date (BaruaImapSearchDate which,
                        guint               year,
                        guint               month,
                        guint               day)
{
  static const char *const words[] = { "BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE", "SAVEDBEFORE", "SAVEDON",
                                       "SAVEDSINCE" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

  if (year < 1 || year > 9999 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return make (KEY_INVALID, NULL, NULL);
  return make (KEY_WORD, g_strdup_printf ("%s %u-%s-%04u", words[which], day, months[month - 1], year), NULL);
}

static BaruaImapSearchKey *
make_number (const char *word,
             guint64     number)
{
  return make (KEY_WORD, g_strdup_printf ("%s %" G_GUINT64_FORMAT, word, number), NULL);
}

BaruaImapSearchKey *
barua_imap_search_larger (guint32 bytes)
{
  return make_number ("LARGER", bytes);
}

BaruaImapSearchKey *
barua_imap_search_smaller (guint32 bytes)
{
  return make_number ("SMALLER", bytes);
}

BaruaImapSearchKey *
barua_imap_search_older (guint32 seconds)
{
  return seconds > 0 ? make_number ("OLDER", seconds) : make (KEY_INVALID, NULL, NULL);
}

BaruaImapSearchKey *
barua_imap_search_younger (guint32 seconds)
{
  return seconds > 0 ? make_number ("YOUNGER", seconds) : make (KEY_INVALID, NULL, NULL);
}

BaruaImapSearchKey *
barua_imap_search_uids (const BaruaIdSet *uids)
{
  BaruaImapSearchKey *self = make (KEY_SET, g_strdup ("UID "), NULL);

  self->set = barua_id_set_copy (uids);
  return self;
}

static BaruaImapSearchKey *
make_range (const char *word,
            guint32     first,
            guint32     last)
{
  if (first == 0)
    return make (KEY_INVALID, NULL, NULL);
  if (last == 0)
    return make (KEY_WORD, g_strdup_printf ("%s%u:*", word, first), NULL);
  if (first == last)
    return make (KEY_WORD, g_strdup_printf ("%s%u", word, first), NULL);
  return make (KEY_WORD, g_strdup_printf ("%s%u:%u", word, first, last), NULL);
}

BaruaImapSearchKey *
barua_imap_search_uid_range (guint32 first,
                             guint32 last)
{
  return make_range ("UID ", first, last);
}

BaruaImapSearchKey *
barua_imap_search_numbers (guint32 first,
                           guint32 last)
{
  return make_range ("", first, last);
}

BaruaImapSearchKey *
barua_imap_search_saved (void)
{
  return make (KEY_WORD, g_strdup ("$"), NULL);
}

BaruaImapSearchKey *
barua_imap_search_modseq (guint64 modseq)
{
  return make_number ("MODSEQ", modseq);
}

BaruaImapSearchKey *
barua_imap_search_email_id (const char *id)
{
  return make (KEY_ATOM, g_strdup ("EMAILID"), id);
}

BaruaImapSearchKey *
barua_imap_search_thread_id (const char *id)
{
  return make (KEY_ATOM, g_strdup ("THREADID"), id);
}

BaruaImapSearchKey *
barua_imap_search_gmail (const char *query)
{
  return make (KEY_TEXT, g_strdup ("X-GM-RAW"), query);
}

static BaruaImapSearchKey *
join (KeyKind             kind,
      BaruaImapSearchKey *a,
      BaruaImapSearchKey *b)
{
  BaruaImapSearchKey *self = make (kind, NULL, NULL);

  self->a = a;
  self->b = b;
  return self;
}

BaruaImapSearchKey *
barua_imap_search_not (BaruaImapSearchKey *key)
{
  return join (KEY_NOT, key, NULL);
}

BaruaImapSearchKey *
barua_imap_search_or (BaruaImapSearchKey *a,
                      BaruaImapSearchKey *b)
{
  return join (KEY_OR, a, b);
}

BaruaImapSearchKey *
barua_imap_search_and (BaruaImapSearchKey *a,
                       BaruaImapSearchKey *b)
{
  return join (KEY_AND, a, b);
}

BaruaImapSearchKey *
barua_imap_search_fuzzy (BaruaImapSearchKey *key)
{
  return join (KEY_FUZZY, key, NULL);
}

void
barua_imap_search_key_free (BaruaImapSearchKey *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->a, barua_imap_search_key_free);
  g_clear_pointer (&self->b, barua_imap_search_key_free);
  g_clear_pointer (&self->set, barua_id_set_unref);
  g_free (self->word);
  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

gboolean
barua_imap_search_key_is_ascii (const BaruaImapSearchKey *self)
{
  if (self == NULL)
    return TRUE;
  return (self->text == NULL || g_str_is_ascii (self->text)) && barua_imap_search_key_is_ascii (self->a) &&
         barua_imap_search_key_is_ascii (self->b);
}

/* Several keys in a row are one "and"; where one key must stand they are put in parentheses. */
static void
write_key (BaruaImapWriter          *writer,
           const BaruaImapSearchKey *self,
           gboolean                  alone,
           guint                     depth)
{
  if (depth > BARUA_LIMIT_IMAP_DEPTH)
    {
      barua_imap_writer_fail (writer, "too deep");
      return;
    }
  switch (self->kind)
    {
    case KEY_WORD:
      barua_imap_writer_word (writer, self->word);
      break;
    case KEY_ATOM:
      barua_imap_writer_format (writer, "%s ", self->word);
      barua_imap_writer_atom (writer, self->text);
      break;
    case KEY_TEXT:
      barua_imap_writer_format (writer, "%s ", self->word);
      if (self->name != NULL)
        {
          barua_imap_writer_string (writer, self->name);
          barua_imap_writer_word (writer, " ");
        }
      if (!g_utf8_validate (self->text, -1, NULL))
        barua_imap_writer_fail (writer, "a text that is not UTF-8");
      else
        barua_imap_writer_quoted (writer, self->text);
      break;
    case KEY_SET:
      barua_imap_writer_word (writer, self->word);
      barua_imap_writer_set (writer, self->set);
      break;
    case KEY_NOT:
    case KEY_FUZZY:
      barua_imap_writer_word (writer, self->kind == KEY_NOT ? "NOT " : "FUZZY ");
      write_key (writer, self->a, TRUE, depth + 1);
      break;
    case KEY_OR:
      barua_imap_writer_word (writer, "OR ");
      write_key (writer, self->a, TRUE, depth + 1);
      barua_imap_writer_word (writer, " ");
      write_key (writer, self->b, TRUE, depth + 1);
      break;
    case KEY_AND:
      barua_imap_writer_word (writer, alone ? "(" : "");
      write_key (writer, self->a, FALSE, depth + 1);
      barua_imap_writer_word (writer, " ");
      write_key (writer, self->b, FALSE, depth + 1);
      barua_imap_writer_word (writer, alone ? ")" : "");
      break;
    case KEY_INVALID:
    default:
      barua_imap_writer_fail (writer, "a search key with an impossible value");
    }
}

void
barua_imap_writer_search_key (BaruaImapWriter          *writer,
                              const BaruaImapSearchKey *key)
{
  write_key (writer, key, FALSE, 0);
}
