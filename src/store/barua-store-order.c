/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-list.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

/* Lists that no index gives in order: every message of the scope is read once, what the order needs of it is noted, and it is
 * all sorted here. An index for each order would be paid for by every message that comes in; these lists are seldom. */

/* Conversations looked at one by one for an unread or starred message; where more qualify, the folder is walked. */
#define FEW_CONVERSATIONS 1000u

typedef struct
{
  gint64 id;
  gint64 date;
  gint64 thread;
  gint64 value;     /* of the order: size, 0 or BARUA_KEY_MARK, the place of a person, where a subject's text begins */
  guint  matches : 1;
  guint  kept : 1;
  guint  placed : 1;     /* this very message is kept: by unread and star it stays where it was ... */
  guint  was_marked : 1; /* ... which was among those with the mark */
} Found;

typedef struct
{
  BaruaStoreConnection      *c;
  const BaruaStoreListQuery *query;
  GArray                    *found;   /* Found */
  GString                   *texts;   /* subjects as they are compared, with their letters, each with a NUL behind it */
  GHashTable                *people;  /* correspondent -> Person */
  GHashTable                *keep;    /* id -> BaruaSpineEntry; NULL: nothing is kept */
  gboolean                   to;      /* the sender's place is taken by the first recipient */
} Collector;

typedef struct
{
  gint64    id;
  char     *text;
  gint64    place; /* letter and rank */
  gboolean  known;
} Person;

static void
person_free (gpointer data)
{
  Person *person = data;

  g_free (person->text);
  g_free (person);
}

/* Text in order ---------------------------------------------------------------------------------------------------- */

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guint8)*text >= 0x80)
      return FALSE;
  return TRUE;
}

/* Without case and accents, and without what stands before the first letter or digit; bounded. Vowel signs stay. */
static void
append_folded (GString    *into,
               const char *text)
{
  gsize start = into->len;

  if (is_ascii (text))
    {
      while (*text != '\0' && !g_ascii_isalnum (*text))
        text++;
      for (; *text != '\0' && into->len - start < BARUA_LIMIT_SORT_BYTES; text++)
        g_string_append_c (into, g_ascii_tolower (*text));
    }
  else
    {
      g_autofree char *cut = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), (glong)BARUA_LIMIT_SORT_BYTES));
      g_autofree char *normal = g_utf8_normalize (cut, -1, G_NORMALIZE_ALL);
      g_autofree char *folded = g_utf8_casefold (normal != NULL ? normal : cut, -1);
      const char *p = folded;

      while (*p != '\0' && !g_unichar_isalnum (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      for (; *p != '\0' && into->len - start < BARUA_LIMIT_SORT_BYTES; p = g_utf8_next_char (p))
        {
          gunichar letter = g_utf8_get_char (p);

          if (letter < 0x300 || letter > 0x36F)
            g_string_append_unichar (into, letter);
        }
    }
  g_string_append_c (into, '\0');
}

/* The letter of a folded text's section: its first one, upper case; '#' for any digit; 0 for nothing. */
static gint64
letter_of (const char *folded)
{
  gunichar letter = g_utf8_get_char (folded);

  if (letter == 0)
    return 0;
  if (g_unichar_isdigit (letter))
    return '#';
  return g_unichar_toupper (letter);
}

/* Sections come in the order of their letters; digits of other scripts are with ours. */
static int
compare_texts (const char *a,
               const char *b)
{
  gint64 x = letter_of (a);
  gint64 y = letter_of (b);

  return x != y ? (x < y ? -1 : 1) : strcmp (a, b);
}

static gint
compare_people (gconstpointer a,
                gconstpointer b)
{
  return compare_texts ((*(Person * const *)a)->text, (*(Person * const *)b)->text);
}

/* Everyone who ever wrote or was written to, with their place in the order of names. */
static gboolean
load_people (Collector  *self,
             GError    **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (self->c, DB_MAIN, error,
    "SELECT p.id, CASE WHEN p.name != '' THEN p.name ELSE a.address END, a.known, a.key IN (SELECT lower (address) FROM account)"
    " FROM correspondent p JOIN address a ON a.id = p.address", "");
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  gboolean by_name = self->query->order == BARUA_STORE_ORDER_SENDER;
  gint64 rank = 0;
  int rc;

  self->people = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, person_free);
  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
    {
      Person *person = g_new0 (Person, 1);
      g_autoptr (GString) text = g_string_new (NULL);

      person->id = sqlite3_column_int64 (s, 0);
      person->known = sqlite3_column_int (s, 2) != 0 || sqlite3_column_int (s, 3) != 0;
      if (by_name)
        {
          append_folded (text, barua_statement_text (s, 1));
          person->text = g_strdup (text->str);
          g_ptr_array_add (sorted, person);
        }
      g_hash_table_insert (self->people, &person->id, person);
    }
  if (rc == 0)
    return FALSE;
  g_ptr_array_sort (sorted, compare_people);
  for (guint i = 0; i < sorted->len; i++)
    {
      Person *person = g_ptr_array_index (sorted, i);

      if (i > 0 && strcmp (person->text, ((Person *)g_ptr_array_index (sorted, i - 1))->text) != 0)
        rank++;
      person->place = (letter_of (person->text) << BARUA_KEY_LETTER_SHIFT) | (rank + 1);
    }
  return TRUE;
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                                         \
  "SELECT m.id, m.date, m.size, m.flags, m.wish_mask, m.wish_bits, m.traits, m.thread, m.sender"
#define TEXT    ", m.subject"
#define PEOPLE  ", m.people"
#define FROM    " FROM message m "
#define FOLDER  FROM "WHERE m.shown_folder = ?1"
#define THREAD  FROM "INDEXED BY message_thread WHERE m.thread = ?2 AND m.shown_folder = ?1"
#define ONE     FROM "JOIN folder f ON f.id = m.shown_folder WHERE m.id = ?2 AND (?1 = 0 OR m.shown_folder = ?1)"        \
                " AND (?3 = 0 OR f.account = ?3)"
#define COLUMN_TEXT 9

typedef enum
{
  SOURCE_FOLDER,
  SOURCE_THREAD,
  SOURCE_ONE
} Source;

static BaruaStatement *
query_source (Collector  *self,
              Source      source,
              gint64      which,
              GError    **error)
{
  static const char * const plain[] = { COLUMNS FOLDER, COLUMNS THREAD, COLUMNS ONE };
  static const char * const with_text[] = { COLUMNS TEXT FOLDER, COLUMNS TEXT THREAD, COLUMNS TEXT ONE };
  static const char * const with_people[] = { COLUMNS PEOPLE FOLDER, COLUMNS PEOPLE THREAD, COLUMNS PEOPLE ONE };
  const char * const *texts = self->query->order == BARUA_STORE_ORDER_SUBJECT ? with_text :
                              self->query->order == BARUA_STORE_ORDER_SENDER && self->to ? with_people : plain;

  return barua_store_query (self->c, DB_MAIN, error, texts[source], source == SOURCE_FOLDER ? "i" : source == SOURCE_THREAD ?
                            "ii" : "iii", self->query->folder, which, self->query->account);
}

static const Person *
find_person (Collector      *self,
             BaruaStatement *s)
{
  gint64 id = sqlite3_column_int64 (s, 8);

  if (self->to && self->query->order == BARUA_STORE_ORDER_SENDER)
    {
      const guint8 *people = sqlite3_column_blob (s, COLUMN_TEXT);
      gsize length = (gsize)sqlite3_column_bytes (s, COLUMN_TEXT);
      gsize offset = 0;
      gint64 correspondent;
      BaruaPersonKind kind;

      id = 0;
      while (id == 0 && barua_people_next (people, length, &offset, &correspondent, &kind))
        if (kind == PERSON_TO)
          id = correspondent;
    }
  return self->people != NULL ? g_hash_table_lookup (self->people, &id) : NULL;
}

static gboolean
is_known (Collector      *self,
          BaruaStatement *s)
{
  gint64 id = sqlite3_column_int64 (s, 8);
  const Person *person = g_hash_table_lookup (self->people, &id);

  return person != NULL && person->known;
}

static gint64
value_of (Collector      *self,
          BaruaStatement *s,
          BaruaFlags      flags)
{
  const Person *person;
  gint64 at;

  switch (self->query->order)
    {
    case BARUA_STORE_ORDER_SIZE:
      return sqlite3_column_int64 (s, 2);
    case BARUA_STORE_ORDER_UNREAD:
      return flags & BARUA_FLAG_SEEN ? 0 : BARUA_KEY_MARK;
    case BARUA_STORE_ORDER_STARRED:
      return flags & BARUA_FLAG_FLAGGED ? BARUA_KEY_MARK : 0;
    case BARUA_STORE_ORDER_SENDER:
      person = find_person (self, s);
      return person != NULL ? person->place : 0;
    case BARUA_STORE_ORDER_SUBJECT:
      at = (gint64)self->texts->len;
      append_folded (self->texts, barua_subject_base (barua_statement_text (s, COLUMN_TEXT)));
      return at;
    case BARUA_STORE_ORDER_DATE:
    default:
      return 0;
    }
}

static void
note (Collector      *self,
      BaruaStatement *s)
{
  BaruaStoreMatch match = self->query->match;
  Found found = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1), sqlite3_column_int64 (s, 7), 0, 0, 0, 0, 0 };
  BaruaFlags flags = barua_shown_flags ((BaruaFlags)sqlite3_column_int64 (s, 3), (BaruaFlags)sqlite3_column_int64 (s, 4),
                                        (BaruaFlags)sqlite3_column_int64 (s, 5));
  const BaruaSpineEntry *kept = self->keep != NULL ? g_hash_table_lookup (self->keep, &found.id) : NULL;

  found.matches = !((match & BARUA_STORE_MATCH_UNREAD) && (flags & BARUA_FLAG_SEEN)) &&
                  !((match & BARUA_STORE_MATCH_STARRED) && !(flags & BARUA_FLAG_FLAGGED)) &&
                  !((match & BARUA_STORE_MATCH_ATTACHMENT) && !(sqlite3_column_int64 (s, 6) & TRAIT_ATTACHMENT)) &&
                  !((match & BARUA_STORE_MATCH_KNOWN) && !is_known (self, s));
  found.kept = found.placed = kept != NULL;
  found.was_marked = kept != NULL && kept->key >= BARUA_KEY_MARK;
  /* What can't be listed need not be put in order; of a conversation all is needed. */
  if (!found.matches && !found.kept && !self->query->grouped)
    return;
  found.value = value_of (self, s, flags);
  g_array_append_val (self->found, found);
}

static gboolean
read_source (Collector  *self,
             Source      source,
             gint64      which,
             GError    **error)
{
  g_autoptr (BaruaStatement) s = query_source (self, source, which, error);
  int rc = 0;

  while (s != NULL && (rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
    note (self, s);
  return rc != 0;
}

/* The threads of this folder that hold something unread or starred, when that is asked for and they are few; else NULL. FALSE
 * with @error. */
static gboolean
list_few (Collector   *self,
          GHashTable **threads,
          GError     **error)
{
  g_autoptr (GHashTable) few = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  BaruaStoreMatch match = self->query->match;
  g_autoptr (BaruaStatement) s = NULL;
  int rc;

  *threads = NULL;
  if (!(match & (BARUA_STORE_MATCH_UNREAD | BARUA_STORE_MATCH_STARRED)))
    return TRUE;
  /* The table itself in its order: no index holds the counters. */
  s = barua_store_query (self->c, DB_MAIN, error,
    "SELECT thread FROM conversation_folder NOT INDEXED WHERE folder = ?1 AND (?2 = 0 OR unread > 0) AND (?3 = 0 OR starred > 0)"
    " LIMIT ?4", "iiii", self->query->folder, (gint64)((match & BARUA_STORE_MATCH_UNREAD) != 0),
    (gint64)((match & BARUA_STORE_MATCH_STARRED) != 0), (gint64)FEW_CONVERSATIONS + 1);
  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
    {
      gint64 thread = sqlite3_column_int64 (s, 0);

      g_hash_table_add (few, g_memdup2 (&thread, sizeof thread));
    }
  if (rc == 0)
    return FALSE;
  if (g_hash_table_size (few) <= FEW_CONVERSATIONS)
    *threads = g_steal_pointer (&few);
  return TRUE;
}

/* What is kept may be in a conversation that has nothing unread any more. */
static gboolean
add_kept_threads (Collector   *self,
                  GHashTable  *threads,
                  GError     **error)
{
  for (guint i = 0; self->query->keep != NULL && i < self->query->keep->len; i++)
    {
      gint64 thread = 0;

      if (!barua_store_get_number (self->c, DB_MAIN, &thread, 0, error,
            "SELECT thread FROM message WHERE id = ?1 AND shown_folder = ?2", "ii",
            g_array_index (self->query->keep, BaruaSpineEntry, i).id, self->query->folder))
        return FALSE;
      if (thread != 0)
        g_hash_table_add (threads, g_memdup2 (&thread, sizeof thread));
    }
  return TRUE;
}

static gboolean
read_threads (Collector   *self,
              GHashTable  *threads,
              GError     **error)
{
  GHashTableIter iter;
  gint64 *thread;

  g_hash_table_iter_init (&iter, threads);
  while (g_hash_table_iter_next (&iter, (gpointer *)&thread, NULL))
    if (!read_source (self, SOURCE_THREAD, *thread, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_hits (Collector  *self,
           GError    **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  GArray * const lists[] = { self->query->hits, self->query->keep };

  for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
    for (guint i = 0; lists[k] != NULL && i < lists[k]->len; i++)
      {
        gint64 *id = &g_array_index (lists[k], BaruaSpineEntry, i).id;
        guint before = self->found->len;

        if (!g_hash_table_add (seen, id))
          continue;
        if (!read_source (self, SOURCE_ONE, *id, error))
          return FALSE;
        /* Not found again: it stays, but is no match for its conversation. */
        if (k == 1 && self->found->len > before)
          g_array_index (self->found, Found, before).matches = FALSE;
      }
  return TRUE;
}

static gboolean
collect (Collector  *self,
         GError    **error)
{
  g_autoptr (GHashTable) few = NULL;

  if (self->query->hits != NULL)
    return read_hits (self, error);
  if (!list_few (self, &few, error))
    return FALSE;
  if (few == NULL)
    return read_source (self, SOURCE_FOLDER, 0, error);
  return add_kept_threads (self, few, error) && read_threads (self, few, error);
}

/* Putting in order ------------------------------------------------------------------------------------------------- */

static gint
compare_threads (gconstpointer a,
                 gconstpointer b)
{
  const Found *x = a;
  const Found *y = b;

  if (x->thread != y->thread)
    return x->thread < y->thread ? -1 : 1;
  if (x->date != y->date)
    return x->date < y->date ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

/* One of each conversation: the newest, which matches if any does. */
static void
group (Collector *self)
{
  GArray *found = self->found;
  guint n = 0;

  g_array_sort (found, compare_threads);
  for (guint i = 0; i < found->len; i++)
    {
      Found *last = n > 0 ? &g_array_index (found, Found, n - 1) : NULL;
      Found next = g_array_index (found, Found, i);

      if (last != NULL && last->thread == next.thread)
        {
          next.matches |= last->matches;
          next.kept |= last->kept;
          if (self->query->order == BARUA_STORE_ORDER_SIZE)
            next.value += last->value;
          else if (self->query->order == BARUA_STORE_ORDER_UNREAD || self->query->order == BARUA_STORE_ORDER_STARRED)
            next.value |= last->value;
          *last = next;
        }
      else
        g_array_index (found, Found, n++) = next;
    }
  g_array_set_size (found, n);
}

/* A to Z, and of the same text so that newer ones come first in both directions. */
static gint
compare_by_text (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const Collector *self = user_data;
  const Found *x = a;
  const Found *y = b;
  int order;

  if (self->query->order == BARUA_STORE_ORDER_SUBJECT)
    order = compare_texts (self->texts->str + x->value, self->texts->str + y->value);
  else
    order = x->value < y->value ? -1 : x->value > y->value;
  if (order != 0)
    return order;
  order = x->date != y->date ? (x->date < y->date ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
  return self->query->ascending ? -order : order;
}

static void
rank_by_text (Collector *self)
{
  g_array_sort_with_data (self->found, compare_by_text, self);
  for (guint i = 0; i < self->found->len; i++)
    {
      Found *found = &g_array_index (self->found, Found, i);
      gint64 letter = self->query->order == BARUA_STORE_ORDER_SUBJECT ? letter_of (self->texts->str + found->value) :
                      found->value >> BARUA_KEY_LETTER_SHIFT;

      found->value = (letter << BARUA_KEY_LETTER_SHIFT) | i;
    }
}

static gint64
key_of (const Collector *self,
        const Found     *found)
{
  const gint64 top = (G_GINT64_CONSTANT (1) << 40) - 1;
  gint64 date = CLAMP (found->date, 0, top);

  switch (self->query->order)
    {
    case BARUA_STORE_ORDER_UNREAD:
    case BARUA_STORE_ORDER_STARRED:
      return (found->placed ? (found->was_marked ? BARUA_KEY_MARK : 0) : found->value) +
             (self->query->ascending ? top - date : date);
    case BARUA_STORE_ORDER_SIZE:
    case BARUA_STORE_ORDER_SENDER:
    case BARUA_STORE_ORDER_SUBJECT:
      return found->value;
    case BARUA_STORE_ORDER_DATE:
    default:
      return found->date;
    }
}

static gint
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const BaruaSpineEntry *x = a;
  const BaruaSpineEntry *y = b;

  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static gint
compare_entries_down (gconstpointer a,
                      gconstpointer b)
{
  return compare_entries (b, a);
}

static GArray *
put_in_order (Collector *self)
{
  g_autoptr (GArray) entries = NULL;
  guint n = 0;

  if (self->query->grouped)
    group (self);
  for (guint i = 0; i < self->found->len; i++)
    {
      Found found = g_array_index (self->found, Found, i);

      if (found.matches || found.kept)
        g_array_index (self->found, Found, n++) = found;
    }
  g_array_set_size (self->found, n);
  if (self->query->order == BARUA_STORE_ORDER_SENDER || self->query->order == BARUA_STORE_ORDER_SUBJECT)
    rank_by_text (self);

  entries = g_array_sized_new (FALSE, FALSE, sizeof (BaruaSpineEntry), n);
  for (guint i = 0; i < n; i++)
    {
      const Found *found = &g_array_index (self->found, Found, i);
      BaruaSpineEntry entry = { found->id, key_of (self, found) };

      g_array_append_val (entries, entry);
    }
  g_array_sort (entries, self->query->ascending ? compare_entries : compare_entries_down);
  return g_steal_pointer (&entries);
}

/* From an index ---------------------------------------------------------------------------------------------------- */

static GArray *
load_by_date (BaruaStoreConnection       *c,
              const BaruaStoreListQuery  *query,
              GError                    **error)
{
  static const char * const texts[2][2] = {
    { "SELECT id, date FROM message WHERE shown_folder = ?1 ORDER BY date DESC, id DESC LIMIT ?2",
      "SELECT id, date FROM message WHERE shown_folder = ?1 ORDER BY date, id LIMIT ?2" },
    { "SELECT newest, newest_date FROM conversation_folder WHERE folder = ?1 ORDER BY newest_date DESC, newest DESC LIMIT ?2",
      "SELECT newest, newest_date FROM conversation_folder WHERE folder = ?1 ORDER BY newest_date, newest LIMIT ?2" },
  };
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, texts[query->grouped != 0][query->ascending != 0], "ii",
                                                    query->folder, query->limit != 0 ? (gint64)query->limit : -1);
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      BaruaSpineEntry entry = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };

      g_array_append_val (entries, entry);
    }
  return rc != 0 ? g_steal_pointer (&entries) : NULL;
}

static gboolean
load_direction (Collector  *self,
                GError    **error)
{
  gint64 role = BARUA_ROLE_NONE;

  if (!barua_store_get_number (self->c, DB_MAIN, &role, BARUA_ROLE_NONE, error, "SELECT CASE WHEN role_override >= 0 THEN role_override ELSE role END FROM folder WHERE id = ?1", "i",
                               self->query->folder))
    return FALSE;
  self->to = role == BARUA_ROLE_SENT || role == BARUA_ROLE_DRAFTS || role == BARUA_ROLE_OUTBOX;
  return TRUE;
}

GArray *
barua_store_load_list (BaruaStoreConnection       *c,
                       const BaruaStoreListQuery  *query,
                       GError                    **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_autoptr (GHashTable) keep = NULL;
  g_autoptr (GString) texts = NULL;
  g_autoptr (GHashTable) people = NULL;
  Collector self = { c, query, found, NULL, NULL, NULL, FALSE };
  gboolean ok;

  if (!barua_store_flush (c, error))
    return NULL;
  if (query->order == BARUA_STORE_ORDER_DATE && query->match == BARUA_STORE_MATCH_ALL && query->hits == NULL)
    return load_by_date (c, query, error);

  if (query->keep != NULL && query->keep->len > 0)
    {
      self.keep = keep = g_hash_table_new (g_int64_hash, g_int64_equal);
      for (guint i = 0; i < query->keep->len; i++)
        {
          BaruaSpineEntry *entry = &g_array_index (query->keep, BaruaSpineEntry, i);

          g_hash_table_insert (keep, &entry->id, entry);
        }
    }
  self.texts = texts = g_string_new (NULL);
  ok = load_direction (&self, error) &&
       ((query->order != BARUA_STORE_ORDER_SENDER && !(query->match & BARUA_STORE_MATCH_KNOWN)) || load_people (&self, error));
  people = self.people;
  if (!ok || !collect (&self, error))
    return NULL;
  return put_in_order (&self);
}

GArray *
barua_store_load_spine (BaruaStoreConnection  *c,
                        gint64                 folder,
                        BaruaStoreOrder        order,
                        gboolean               grouped,
                        GError               **error)
{
  BaruaStoreListQuery query = { .folder = folder, .order = order, .grouped = grouped };

  return barua_store_load_list (c, &query, error);
}

GArray *
barua_store_load_spine_top (BaruaStoreConnection  *c,
                            gint64                 folder,
                            gboolean               grouped,
                            guint                  limit,
                            GError               **error)
{
  BaruaStoreListQuery query = { .folder = folder, .grouped = grouped, .limit = limit };

  return barua_store_load_list (c, &query, error);
}
