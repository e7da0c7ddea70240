/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a list and a search say of themselves. */

static const gint64 size_bounds[] = { 0, 10 * 1000, 100 * 1000, 1000 * 1000, 10 * 1000 * 1000 };

static guint
size_class (gint64 size)
{
  guint i = G_N_ELEMENTS (size_bounds) - 1;

  while (i > 0 && size < size_bounds[i])
    i--;
  return i;
}

void
barua_words_list_section_bounds (BaruaSort  sort,
                                 gint64     key,
                                 gint64     now,
                                 gint64    *low,
                                 gint64    *high)
{
  const gint64 letter = G_GINT64_CONSTANT (1) << BARUA_KEY_LETTER_SHIFT;
  guint i;

  switch (sort)
    {
    case BARUA_SORT_SENDER:
    case BARUA_SORT_SUBJECT:
      *low = key / letter * letter;
      *high = *low + letter;
      break;
    case BARUA_SORT_SIZE:
      i = size_class (key);
      *low = i == 0 ? G_MININT64 : size_bounds[i];
      *high = i + 1 < G_N_ELEMENTS (size_bounds) ? size_bounds[i + 1] : G_MAXINT64;
      break;
    case BARUA_SORT_UNREAD:
    case BARUA_SORT_STARRED:
      *low = key >= BARUA_KEY_MARK ? BARUA_KEY_MARK : G_MININT64;
      *high = key >= BARUA_KEY_MARK ? G_MAXINT64 : BARUA_KEY_MARK;
      break;
    case BARUA_SORT_DATE:
    default:
      barua_words_section_bounds (key, now, low, high);
    }
}

static char *
letter_title (gint64 letter)
{
  char utf8[7] = { 0 };

  if (letter <= 0 || letter > 0x10FFFF || !g_unichar_validate ((gunichar)letter))
    /* Translators: heading in a list by sender or subject, over those that have no letter to be sorted by. */
    return g_strdup (_("Without a Letter"));
  g_unichar_to_utf8 ((gunichar)letter, utf8);
  return g_strdup (utf8);
}

char *
barua_words_list_section_title (BaruaSort sort,
                                gint64    key,
                                gint64    now)
{
  /* Translators: headings in a list sorted by size. */
  static const char * const sizes[] = { N_("Under 10 kB"), N_("10 to 100 kB"), N_("100 kB to 1 MB"), N_("1 to 10 MB"),
                                        N_("Over 10 MB") };

  switch (sort)
    {
    case BARUA_SORT_SENDER:
    case BARUA_SORT_SUBJECT:
      return letter_title (key >> BARUA_KEY_LETTER_SHIFT);
    case BARUA_SORT_SIZE:
      return g_strdup (_(sizes[size_class (key)]));
    case BARUA_SORT_UNREAD:
      /* Translators: headings in a list sorted by what is unread. */
      return g_strdup (key >= BARUA_KEY_MARK ? _("Unread") : _("Read"));
    case BARUA_SORT_STARRED:
      /* Translators: headings in a list sorted by what has a star. */
      return g_strdup (key >= BARUA_KEY_MARK ? _("Starred") : _("Not Starred"));
    case BARUA_SORT_DATE:
    default:
      return barua_words_section_title (key, now);
    }
}

/* "Alice" of "Alice Carter" and of "Carter, Alice"; all of what has no space, and of scripts that write no first name first the
 * first word all the same. */
static char *
short_name (const char *name)
{
  const char *comma = strchr (name, ',');
  g_autofree char *rest = g_strdup (comma != NULL ? comma + 1 : name);
  char *start = g_strstrip (rest);
  char *space = strchr (start, ' ');

  if (*start == '\0')
    return g_strdup (name);
  if (space != NULL)
    *space = '\0';
  return g_strdup (start);
}

char *
barua_words_people (const BaruaRow *row,
                    guint           max)
{
  const char *sender = row->from_name != NULL && *row->from_name != '\0' ? row->from_name : row->from_address;
  guint n = row->people != NULL ? g_strv_length (row->people) : 0;
  g_autoptr (GString) text = g_string_new (NULL);
  guint shown = 0;

  max = MAX (max, 1);
  if (n == 0 || (n == 1 && *row->people[0] != '\0'))
    return g_strdup (n == 1 ? row->people[0] : sender != NULL ? sender : "");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = NULL;

      /* Who began it, and who wrote last. */
      if (n > max && i > 0 && i <= n - max)
        continue;
      /* Translators: among the people of a conversation, the person who uses the program: "Alice, Ben, me". */
      name = *row->people[i] != '\0' ? short_name (row->people[i]) : g_strdup (_("me"));
      if (shown++ > 0)
        /* Translators: between names in a list: "Alice, Ben, me". */
        g_string_append (text, n > max && i == n - max + 1 ? " … " : _(", "));
      g_string_append (text, name);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
barua_words_search_coverage (gint64 texts_since)
{
  g_autoptr (GDateTime) since = NULL;
  g_autofree char *month = NULL;

  if (texts_since == 0)
    return g_strdup ("");
  since = texts_since != G_MAXINT64 ? g_date_time_new_from_unix_local (texts_since) : NULL;
  if (since == NULL)
    return g_strdup (_("Mail is searched by sender and subject."));
  /* Translators: a month of a year, "March 2024"; see g_date_time_format(). */
  month = g_date_time_format (since, _("%OB %Y"));
  /* Translators: %s is a month, "March 2024". */
  return g_strdup_printf (_("Texts since %s are searched; older mail by sender and subject."), month);
}

static char *
words_of_found (const BaruaAsked *asked)
{
  guint64 n = barua_id_set_get_count (asked->found);
  g_autofree char *number = barua_words_number (n);

  if (asked->more)
    /* Translators: of a search that was sent to the mail server. */
    return g_strdup (_("The server found very many. The newest are here."));
  if (n == 0)
    return g_strdup (_("The server found nothing more."));
  /* Translators: %s is a number of messages that the mail server found beside those found on this computer. */
  return g_strdup_printf (ngettext ("The server found %s more.", "The server found %s more.", (gulong)n), number);
}

static char *
words_of_silence (const BaruaAsked *asked)
{
  /* Its error would blame the person. */
  if (asked->code == BARUA_ERROR_INVALID)
    /* Translators: %s is a mail server: it can search for A to Z, but not for the letters that were typed. */
    return g_strdup_printf (_("%s can’t search for letters other than A to Z."), asked->host);
  return barua_words_error (asked->code, asked->host, NULL);
}

char *
barua_words_asked (const BaruaAsked *asked)
{
  g_autofree char *found = asked->n_answered > 0 || !asked->failed ? words_of_found (asked) : NULL;
  g_autofree char *silence = asked->failed ? words_of_silence (asked) : NULL;

  if (found == NULL)
    return g_steal_pointer (&silence);
  return g_strjoin (" ", found, silence, NULL);
}

const BaruaQueryWord *
barua_words_query_words (void)
{
  static BaruaQueryWord words[16];
  static const struct
  {
    const char *english;
    const char *msgid;
  } known[] = {
    /* Translators: these words are written before a colon in the search entry: "from:alice". One word, lower case. */
    { "from", NC_ ("search", "from") },
    { "to", NC_ ("search", "to") },
    { "subject", NC_ ("search", "subject") },
    { "in", NC_ ("search", "in") },
    { "before", NC_ ("search", "before") },
    { "after", NC_ ("search", "after") },
    { "larger", NC_ ("search", "larger") },
    /* Translators: written in the search entry as they are, with the colon; no spaces. */
    { "has:attachment", NC_ ("search", "has:attachment") },
    { "is:unread", NC_ ("search", "is:unread") },
    { "is:read", NC_ ("search", "is:read") },
    { "is:starred", NC_ ("search", "is:starred") },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (known) < G_N_ELEMENTS (words));
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    words[i] = (BaruaQueryWord){ known[i].english, g_dpgettext2 (GETTEXT_PACKAGE, "search", known[i].msgid) };
  return words;
}
