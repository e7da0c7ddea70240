/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-error.h"
#include "barua-imap-command-private.h"
#include "barua-imap-uid-set.h"
#include "barua-limits.h"

/* A tag and its space. */
#define TAG_BYTES 16

/* FETCH ----------------------------------------------------------------------------------------------------------- */

static gboolean
is_part_number (const char *part)
{
  gboolean digit_before = FALSE;

  for (const char *p = part; *p != '\0'; p++)
    {
      if (*p == '.' ? !digit_before : (!g_ascii_isdigit (*p) || (*p == '0' && !digit_before)))
        return FALSE;
      digit_before = *p != '.';
    }
  return digit_before;
}

static void
write_header_fields (BaruaImapWriter             *writer,
                     const BaruaImapFetchSection *section)
{
  barua_imap_writer_word (writer, " (");
  for (guint i = 0; section->fields[i] != NULL; i++)
    {
      for (const char *p = section->fields[i]; *p != '\0'; p++)
        if (!g_ascii_isalnum (*p) && strchr ("!#$&'*+-.^_`|~", *p) == NULL)
          barua_imap_writer_fail (writer, "a header field's name is none");
      barua_imap_writer_word (writer, i > 0 ? " " : "");
      barua_imap_writer_string (writer, section->fields[i]);
    }
  barua_imap_writer_word (writer, ")");
}

static void
write_section (BaruaImapWriter             *writer,
               const BaruaImapFetchSection *section)
{
  static const char *const texts[] = { "HEADER", "TEXT", "MIME", "HEADER.FIELDS", "HEADER.FIELDS.NOT" };
  gboolean has_part = section->part != NULL && section->part[0] != '\0';
  gboolean has_fields = section->text != NULL && g_str_has_prefix (section->text, "HEADER.FIELDS");
  gboolean known = section->text == NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts) && !known; i++)
    known = strcmp (section->text, texts[i]) == 0;
  if (!known || (has_part && !is_part_number (section->part)) || section->kind > BARUA_IMAP_SECTION_BINARY_SIZE ||
      has_fields != (section->fields != NULL && section->fields[0] != NULL) ||
      (section->text != NULL && section->kind != BARUA_IMAP_SECTION_BODY) ||
      (g_strcmp0 (section->text, "MIME") == 0 && !has_part) ||
      (section->count != 0 && section->kind == BARUA_IMAP_SECTION_BINARY_SIZE) || section->count > G_MAXUINT32 ||
      section->origin > G_MAXUINT32)
    {
      barua_imap_writer_fail (writer, "a section that is none");
      return;
    }
  barua_imap_writer_word (writer, section->kind == BARUA_IMAP_SECTION_BODY     ? "BODY"
                                  : section->kind == BARUA_IMAP_SECTION_BINARY ? "BINARY"
                                                                               : "BINARY.SIZE");
  if (!section->sets_seen && section->kind != BARUA_IMAP_SECTION_BINARY_SIZE)
    barua_imap_writer_word (writer, ".PEEK");
  barua_imap_writer_format (writer, "[%s%s%s", has_part ? section->part : "", has_part && section->text != NULL ? "." : "",
                            section->text != NULL ? section->text : "");
  if (has_fields)
    write_header_fields (writer, section);
  barua_imap_writer_word (writer, "]");
  if (section->count != 0)
    barua_imap_writer_format (writer, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">", section->origin, section->count);
}

void
barua_imap_writer_fetch_items (BaruaImapWriter             *writer,
                               const BaruaImapFetchRequest *request)
{
  static const struct
  {
    BaruaImapItems  item;
    const char     *word;
  } words[] = {
    { BARUA_IMAP_ITEM_UID, "UID" },
    { BARUA_IMAP_ITEM_FLAGS, "FLAGS" },
    { BARUA_IMAP_ITEM_INTERNALDATE, "INTERNALDATE" },
    { BARUA_IMAP_ITEM_RFC822_SIZE, "RFC822.SIZE" },
    { BARUA_IMAP_ITEM_MODSEQ, "MODSEQ" },
    { BARUA_IMAP_ITEM_ENVELOPE, "ENVELOPE" },
    { BARUA_IMAP_ITEM_BODYSTRUCTURE, "BODYSTRUCTURE" },
    { BARUA_IMAP_ITEM_EMAILID, "EMAILID" },
    { BARUA_IMAP_ITEM_THREADID, "THREADID" },
    { BARUA_IMAP_ITEM_SAVEDATE, "SAVEDATE" },
    { BARUA_IMAP_ITEM_PREVIEW, "PREVIEW" },
    { BARUA_IMAP_ITEM_X_GM_MSGID, "X-GM-MSGID" },
    { BARUA_IMAP_ITEM_X_GM_THRID, "X-GM-THRID" },
    { BARUA_IMAP_ITEM_X_GM_LABELS, "X-GM-LABELS" },
  };
  BaruaImapItems left = request->items;
  const char *space = "";

  barua_imap_writer_word (writer, "(");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((request->items & words[i].item) != 0)
      {
        barua_imap_writer_format (writer, "%s%s", space, words[i].word);
        if (words[i].item == BARUA_IMAP_ITEM_PREVIEW && request->lazy_preview)
          barua_imap_writer_word (writer, " (LAZY)");
        left &= ~words[i].item;
        space = " ";
      }
  for (guint i = 0; i < request->n_sections; i++)
    {
      barua_imap_writer_word (writer, space);
      write_section (writer, &request->sections[i]);
      space = " ";
    }
  barua_imap_writer_word (writer, ")");
  if (left != 0 || space[0] == '\0')
    barua_imap_writer_fail (writer, "no items, or some that can't be asked for so");
}

/* "-1:-100": both of one sign, neither 0 (RFC 9394). */
static void
write_partial (BaruaImapWriter *writer,
               gint64           first,
               gint64           last)
{
  if (first == 0 || last == 0 || (first < 0) != (last < 0) || ABS (first) > G_MAXUINT32 || ABS (last) > G_MAXUINT32)
    barua_imap_writer_fail (writer, "a partial range that is none");
  barua_imap_writer_format (writer, "PARTIAL %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, first, last);
}

static void
write_fetch_modifiers (BaruaImapWriter             *writer,
                       const BaruaImapFetchRequest *request)
{
  gboolean partial = request->partial_first != 0 || request->partial_last != 0;

  if (request->vanished && request->changed_since == 0)
    barua_imap_writer_fail (writer, "VANISHED needs CHANGEDSINCE");
  if (request->changed_since == 0 && !partial)
    return;
  barua_imap_writer_word (writer, " (");
  if (request->changed_since != 0)
    barua_imap_writer_format (writer, "CHANGEDSINCE %" G_GUINT64_FORMAT "%s%s", request->changed_since,
                              request->vanished ? " VANISHED" : "", partial ? " " : "");
  if (partial)
    write_partial (writer, request->partial_first, request->partial_last);
  barua_imap_writer_word (writer, ")");
}

/* Commands on sets ------------------------------------------------------------------------------------------------- */

/* Writes what stands behind the set. */
typedef void (*WriteFunc) (BaruaImapWriter *writer,
                           const void      *data);

static BaruaImapCommand *
make_one (const BaruaImapDialect  *dialect,
          const char              *name,
          const BaruaImapMessages *messages,
          WriteFunc                func,
          const void              *data,
          GError                 **error)
{
  BaruaImapWriter writer;

  /* The first four letters are "UID ". */
  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, messages->is_sequence ? name + 4 : name);
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_messages (&writer, messages);
  if (func != NULL)
    func (&writer, data);
  return barua_imap_writer_finish (&writer, error);
}

static GPtrArray *
make_all (const BaruaImapDialect *dialect,
          const char             *name,
          BaruaImapMessages       messages,
          WriteFunc               func,
          const void             *data,
          GError                **error)
{
  g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_imap_command_free);
  g_autoptr(GPtrArray) sets = NULL;
  g_autoptr(BaruaImapCommand) probe = NULL;
  BaruaImapMessages sample = messages;
  gsize line_bytes = dialect != NULL && dialect->line_bytes != 0 ? dialect->line_bytes : BARUA_LIMIT_IMAP_COMMAND_BYTES;
  gsize used;

  if (messages.set == NULL || barua_id_set_is_empty (messages.set))
    {
      BaruaImapCommand *command = make_one (dialect, name, &messages, func, data, error);

      if (command == NULL)
        return NULL;
      g_ptr_array_add (commands, command);
      return g_steal_pointer (&commands);
    }
  /* What the command takes without its set. */
  sample.set = NULL;
  sample.from = 1;
  probe = make_one (dialect, name, &sample, func, data, error);
  if (probe == NULL)
    return NULL;
  used = barua_imap_command_get_size (probe) + TAG_BYTES;
  sets = barua_imap_uid_set_split (messages.set, used < line_bytes ? line_bytes - used : 1);
  for (guint i = 0; i < sets->len; i++)
    {
      BaruaImapCommand *command;

      sample.set = g_ptr_array_index (sets, i);
      command = make_one (dialect, name, &sample, func, data, error);
      if (command == NULL)
        return NULL;
      g_ptr_array_add (commands, command);
    }
  return g_steal_pointer (&commands);
}

static void
write_fetch (BaruaImapWriter *writer,
             const void      *data)
{
  barua_imap_writer_word (writer, " ");
  barua_imap_writer_fetch_items (writer, data);
  write_fetch_modifiers (writer, data);
}

GPtrArray *
barua_imap_commands_fetch (const BaruaImapDialect      *dialect,
                           BaruaImapMessages            messages,
                           const BaruaImapFetchRequest *request,
                           GError                     **error)
{
  return make_all (dialect, "UID FETCH", messages, write_fetch, request, error);
}

typedef struct
{
  BaruaImapStoreMode  mode;
  gboolean            silent;
  BaruaFlags          flags;
  const char *const  *words; /* keywords or labels */
  guint64             unchanged_since;
} Store;

static const char *const store_signs[] = { "", "+", "-" };

static void
write_store (BaruaImapWriter *writer,
             const void      *data)
{
  const Store *store = data;

  if (store->unchanged_since != 0)
    barua_imap_writer_format (writer, " (UNCHANGEDSINCE %" G_GUINT64_FORMAT ")", store->unchanged_since);
  barua_imap_writer_format (writer, " %sFLAGS%s ", store_signs[store->mode], store->silent ? ".SILENT" : "");
  barua_imap_writer_flags (writer, store->flags, store->words);
  if (store->mode != BARUA_IMAP_STORE_REPLACE && store->flags == 0 && (store->words == NULL || store->words[0] == NULL))
    barua_imap_writer_fail (writer, "no flags");
}

GPtrArray *
barua_imap_commands_store (const BaruaImapDialect *dialect,
                           BaruaImapMessages       messages,
                           BaruaImapStoreMode      mode,
                           gboolean                silent,
                           BaruaFlags              flags,
                           const char *const      *keywords,
                           guint64                 unchanged_since,
                           GError                **error)
{
  const Store store = { .mode = mode, .silent = silent, .flags = flags, .words = keywords, .unchanged_since = unchanged_since };

  return make_all (dialect, "UID STORE", messages, write_store, &store, error);
}

static void
write_store_labels (BaruaImapWriter *writer,
                    const void      *data)
{
  const Store *store = data;

  if (store->mode != BARUA_IMAP_STORE_REPLACE && (store->words == NULL || store->words[0] == NULL))
    barua_imap_writer_fail (writer, "no labels");
  barua_imap_writer_format (writer, " %sX-GM-LABELS%s (", store_signs[store->mode], store->silent ? ".SILENT" : "");
  for (guint i = 0; store->words != NULL && store->words[i] != NULL; i++)
    {
      barua_imap_writer_word (writer, i > 0 ? " " : "");
      barua_imap_writer_mailbox (writer, store->words[i]);
    }
  barua_imap_writer_word (writer, ")");
}

GPtrArray *
barua_imap_commands_store_gm_labels (const BaruaImapDialect *dialect,
                                     BaruaImapMessages       messages,
                                     BaruaImapStoreMode      mode,
                                     gboolean                silent,
                                     const char *const      *labels,
                                     GError                **error)
{
  const Store store = { .mode = mode, .silent = silent, .words = labels };

  return make_all (dialect, "UID STORE", messages, write_store_labels, &store, error);
}

static void
write_target (BaruaImapWriter *writer,
              const void      *data)
{
  barua_imap_writer_word (writer, " ");
  barua_imap_writer_mailbox (writer, data);
}

GPtrArray *
barua_imap_commands_copy (const BaruaImapDialect *dialect,
                          BaruaImapMessages       messages,
                          const char             *mailbox,
                          GError                **error)
{
  return make_all (dialect, "UID COPY", messages, write_target, mailbox, error);
}

GPtrArray *
barua_imap_commands_move (const BaruaImapDialect *dialect,
                          BaruaImapMessages       messages,
                          const char             *mailbox,
                          GError                **error)
{
  return make_all (dialect, "UID MOVE", messages, write_target, mailbox, error);
}

GPtrArray *
barua_imap_commands_uid_expunge (const BaruaImapDialect *dialect,
                                 const BaruaIdSet       *uids,
                                 GError                **error)
{
  return make_all (dialect, "UID EXPUNGE", BARUA_IMAP_UIDS (uids), NULL, NULL, error);
}

/* SEARCH, SORT, THREAD ---------------------------------------------------------------------------------------------- */

static void
write_search_return (BaruaImapWriter              *writer,
                     const BaruaImapSearchRequest *request)
{
  static const char *const words[] = { "ALL", "COUNT", "MIN", "MAX" };
  const char *space = "";

  if (!request->use_return)
    {
      if (request->items != 0 || request->save)
        barua_imap_writer_fail (writer, "items without RETURN");
      return;
    }
  barua_imap_writer_word (writer, " RETURN (");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (((guint) request->items & 1u << i) != 0)
      {
        barua_imap_writer_format (writer, "%s%s", space, words[i]);
        space = " ";
      }
  if ((request->items & BARUA_IMAP_SEARCH_PARTIAL) != 0)
    {
      barua_imap_writer_word (writer, space);
      write_partial (writer, request->partial_first, request->partial_last);
      space = " ";
    }
  if ((request->items & BARUA_IMAP_SEARCH_MODSEQ) != 0)
    barua_imap_writer_fail (writer, "MODSEQ can't be asked for");
  if (request->save)
    barua_imap_writer_format (writer, "%sSAVE", space);
  barua_imap_writer_word (writer, ")");
}

BaruaImapCommand *
barua_imap_command_search (const BaruaImapDialect       *dialect,
                           const BaruaImapSearchRequest *request,
                           const BaruaImapSearchKey     *key,
                           GError                      **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, request->by_number ? "SEARCH" : "UID SEARCH");
  write_search_return (&writer, request);
  /* RFC 6855, 3: no CHARSET once UTF-8 is on. Exchange refuses any (docs/server-quirks.md). */
  if (!writer.dialect.utf8 && !barua_imap_search_key_is_ascii (key))
    barua_imap_writer_word (&writer, " CHARSET UTF-8");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_search_key (&writer, key);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_sort (const BaruaImapDialect       *dialect,
                         const BaruaImapSearchRequest *request,
                         BaruaImapSort                 sort,
                         gboolean                      reverse,
                         const BaruaImapSearchKey     *key,
                         GError                      **error)
{
  static const char *const words[] = { "ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO", "DISPLAYFROM", "DISPLAYTO" };
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, request->by_number ? "SORT" : "UID SORT");
  write_search_return (&writer, request);
  barua_imap_writer_format (&writer, " (%s%s) UTF-8 ", reverse ? "REVERSE " : "", words[sort]);
  barua_imap_writer_search_key (&writer, key);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_thread (const BaruaImapDialect   *dialect,
                           gboolean                  references,
                           const BaruaImapSearchKey *key,
                           GError                  **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "UID THREAD");
  barua_imap_writer_word (&writer, references ? " REFERENCES UTF-8 " : " ORDEREDSUBJECT UTF-8 ");
  barua_imap_writer_search_key (&writer, key);
  return barua_imap_writer_finish (&writer, error);
}

/* APPEND, REPLACE ---------------------------------------------------------------------------------------------------- */

static void
write_message (BaruaImapWriter    *writer,
               const char         *mailbox,
               BaruaFlags          flags,
               const char *const  *keywords,
               gint64              internal_date,
               GBytes             *message,
               gboolean            binary)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

  barua_imap_writer_word (writer, " ");
  barua_imap_writer_mailbox (writer, mailbox);
  if (flags != 0 || (keywords != NULL && keywords[0] != NULL))
    {
      barua_imap_writer_word (writer, " ");
      barua_imap_writer_flags (writer, flags, keywords);
    }
  if (internal_date != G_MININT64)
    {
      g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (internal_date);

      if (date == NULL)
        barua_imap_writer_fail (writer, "a date that is none");
      else
        barua_imap_writer_format (writer, " \"%02d-%s-%04d %02d:%02d:%02d +0000\"", g_date_time_get_day_of_month (date),
                                  months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
                                  g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
    }
  barua_imap_writer_word (writer, " ");
  if (g_bytes_get_size (message) == 0)
    barua_imap_writer_fail (writer, "an empty message");
  barua_imap_writer_literal (writer, message, binary);
}

BaruaImapCommand *
barua_imap_command_append (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           BaruaFlags              flags,
                           const char *const      *keywords,
                           gint64                  internal_date,
                           GBytes                 *message,
                           gboolean                binary,
                           GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "APPEND");
  write_message (&writer, mailbox, flags, keywords, internal_date, message, binary);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_replace (const BaruaImapDialect *dialect,
                            guint32                 uid,
                            const char             *mailbox,
                            BaruaFlags              flags,
                            const char *const      *keywords,
                            gint64                  internal_date,
                            GBytes                 *message,
                            gboolean                binary,
                            GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "UID REPLACE");
  barua_imap_writer_format (&writer, " %u", uid);
  if (uid == 0)
    barua_imap_writer_fail (&writer, "no UID");
  write_message (&writer, mailbox, flags, keywords, internal_date, message, binary);
  return barua_imap_writer_finish (&writer, error);
}
