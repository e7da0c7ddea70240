/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-imap-command-private.h"
#include "barua-limits.h"

/* Words for the bits that are set, with spaces between. */
static void
write_words (BaruaImapWriter   *writer,
             guint              bits,
             const char *const *words,
             guint              n_words)
{
  const char *space = "";

  for (guint bit = 0; bit < 32; bit++)
    if ((bits & 1u << bit) != 0)
      {
        if (bit >= n_words || words[bit] == NULL)
          {
            barua_imap_writer_fail (writer, "an option that has no word");
            return;
          }
        barua_imap_writer_format (writer, "%s%s", space, words[bit]);
        space = " ";
      }
}

void
barua_imap_writer_status_items (BaruaImapWriter      *writer,
                                BaruaImapStatusItems  items)
{
  static const char *const words[] = {
    "MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE", "HIGHESTMODSEQ", "APPENDLIMIT", "MAILBOXID",
    "DELETED-STORAGE",
  };

  if (items == 0)
    barua_imap_writer_fail (writer, "no items");
  barua_imap_writer_word (writer, "(");
  write_words (writer, items, words, G_N_ELEMENTS (words));
  barua_imap_writer_word (writer, ")");
}

/* The text of a set if it is no longer than this, else the one range that covers it. */
static void
write_known_uids (BaruaImapWriter  *writer,
                  const BaruaIdSet *set)
{
  g_autofree char *text = barua_id_set_to_string (set);

  if (strlen (text) <= writer->dialect.line_bytes / 2)
    barua_imap_writer_set (writer, set);
  else
    barua_imap_writer_format (writer, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, barua_id_set_get_first (set),
                              barua_id_set_get_last (set));
}

static void
write_qresync (BaruaImapWriter        *writer,
               const BaruaImapQresync *qresync)
{
  if (qresync->uid_validity == 0 || qresync->modseq == 0)
    barua_imap_writer_fail (writer, "no UIDVALIDITY or MODSEQ");
  barua_imap_writer_format (writer, "QRESYNC (%u %" G_GUINT64_FORMAT, qresync->uid_validity, qresync->modseq);
  if (qresync->known_uids != NULL && !barua_id_set_is_empty (qresync->known_uids))
    {
      barua_imap_writer_word (writer, " ");
      write_known_uids (writer, qresync->known_uids);
    }
  if (qresync->match_seqs != NULL && qresync->match_uids != NULL)
    {
      if (barua_id_set_get_count (qresync->match_seqs) != barua_id_set_get_count (qresync->match_uids))
        barua_imap_writer_fail (writer, "message numbers and UIDs do not match");
      barua_imap_writer_word (writer, " (");
      barua_imap_writer_set (writer, qresync->match_seqs);
      barua_imap_writer_word (writer, " ");
      barua_imap_writer_set (writer, qresync->match_uids);
      barua_imap_writer_word (writer, ")");
    }
  barua_imap_writer_word (writer, ")");
}

BaruaImapCommand *
barua_imap_command_select (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           BaruaImapSelectOptions  options,
                           const BaruaImapQresync *qresync,
                           GError                **error)
{
  BaruaImapWriter writer;
  gboolean read_only = (options & BARUA_IMAP_SELECT_READ_ONLY) != 0;
  gboolean condstore = (options & BARUA_IMAP_SELECT_CONDSTORE) != 0;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, read_only ? "EXAMINE" : "SELECT");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, mailbox);
  if (condstore || qresync != NULL)
    {
      barua_imap_writer_word (&writer, " (");
      if (condstore)
        barua_imap_writer_word (&writer, qresync != NULL ? "CONDSTORE " : "CONDSTORE");
      if (qresync != NULL)
        write_qresync (&writer, qresync);
      barua_imap_writer_word (&writer, ")");
    }
  return barua_imap_writer_finish (&writer, error);
}

static void
write_list_return (BaruaImapWriter      *writer,
                   BaruaImapListOptions  options,
                   BaruaImapStatusItems  status)
{
  static const char *const words[] = { "SUBSCRIBED", "CHILDREN", "SPECIAL-USE", "MYRIGHTS" };
  guint bits = (guint) options >> 8;

  if (bits == 0 && status == 0)
    return;
  barua_imap_writer_word (writer, " RETURN (");
  write_words (writer, bits, words, G_N_ELEMENTS (words));
  if (status != 0)
    {
      barua_imap_writer_word (writer, bits != 0 ? " STATUS " : "STATUS ");
      barua_imap_writer_status_items (writer, status);
    }
  barua_imap_writer_word (writer, ")");
}

BaruaImapCommand *
barua_imap_command_list (const BaruaImapDialect *dialect,
                         BaruaImapListKind       kind,
                         const char             *reference,
                         const char *const      *patterns,
                         BaruaImapListOptions    options,
                         BaruaImapStatusItems    status,
                         GError                **error)
{
  static const char *const names[] = { "LIST", "LSUB", "XLIST" };
  static const char *const selections[] = { "SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE" };
  BaruaImapWriter writer;
  gboolean several = patterns != NULL && patterns[0] != NULL && patterns[1] != NULL;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, names[kind]);
  if (patterns == NULL || patterns[0] == NULL)
    barua_imap_writer_fail (&writer, "no pattern");
  if (kind != BARUA_IMAP_LIST_LIST && (options != 0 || status != 0 || several))
    barua_imap_writer_fail (&writer, "options that only LIST has");
  if ((options & BARUA_IMAP_LIST_RECURSIVE_MATCH) != 0 && (options & BARUA_IMAP_LIST_SUBSCRIBED) == 0)
    barua_imap_writer_fail (&writer, "RECURSIVEMATCH needs SUBSCRIBED");
  if ((options & 0xff) != 0)
    {
      barua_imap_writer_word (&writer, " (");
      write_words (&writer, options & 0xff, selections, G_N_ELEMENTS (selections));
      barua_imap_writer_word (&writer, ")");
    }
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_quoted (&writer, reference != NULL ? reference : "");
  barua_imap_writer_word (&writer, several ? " (" : " ");
  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    {
      if (strlen (patterns[i]) > BARUA_LIMIT_FOLDER_NAME_BYTES)
        barua_imap_writer_fail (&writer, "a pattern is too long");
      barua_imap_writer_word (&writer, i > 0 ? " " : "");
      barua_imap_writer_quoted (&writer, patterns[i]);
    }
  barua_imap_writer_word (&writer, several ? ")" : "");
  write_list_return (&writer, options, status);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_status (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           BaruaImapStatusItems    items,
                           GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "STATUS");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, mailbox);
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_status_items (&writer, items);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_create (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           BaruaRole               use,
                           GError                **error)
{
  static const char *const uses[BARUA_N_ROLES] = {
    [BARUA_ROLE_DRAFTS] = "\\Drafts",   [BARUA_ROLE_SENT] = "\\Sent",       [BARUA_ROLE_ARCHIVE] = "\\Archive",
    [BARUA_ROLE_JUNK] = "\\Junk",       [BARUA_ROLE_TRASH] = "\\Trash",     [BARUA_ROLE_ALL] = "\\All",
    [BARUA_ROLE_FLAGGED] = "\\Flagged", [BARUA_ROLE_IMPORTANT] = "\\Important",
  };
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "CREATE");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, mailbox);
  if (use != BARUA_ROLE_NONE)
    {
      if (uses[use] == NULL)
        barua_imap_writer_fail (&writer, "a role that RFC 6154 does not know");
      else
        barua_imap_writer_format (&writer, " (USE (%s))", uses[use]);
    }
  return barua_imap_writer_finish (&writer, error);
}

static BaruaImapCommand *
make_mailbox_command (const BaruaImapDialect *dialect,
                      const char             *name,
                      const char             *mailbox,
                      GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, name);
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, mailbox);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_delete (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           GError                **error)
{
  return make_mailbox_command (dialect, "DELETE", mailbox, error);
}

BaruaImapCommand *
barua_imap_command_rename (const BaruaImapDialect *dialect,
                           const char             *mailbox,
                           const char             *new_name,
                           GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "RENAME");
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, mailbox);
  barua_imap_writer_word (&writer, " ");
  barua_imap_writer_mailbox (&writer, new_name);
  return barua_imap_writer_finish (&writer, error);
}

BaruaImapCommand *
barua_imap_command_subscribe (const BaruaImapDialect *dialect,
                              const char             *mailbox,
                              gboolean                subscribe,
                              GError                **error)
{
  return make_mailbox_command (dialect, subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE", mailbox, error);
}

BaruaImapCommand *
barua_imap_command_get_quota_root (const BaruaImapDialect *dialect,
                                   const char             *mailbox,
                                   GError                **error)
{
  return make_mailbox_command (dialect, "GETQUOTAROOT", mailbox, error);
}

BaruaImapCommand *
barua_imap_command_my_rights (const BaruaImapDialect *dialect,
                              const char             *mailbox,
                              GError                **error)
{
  return make_mailbox_command (dialect, "MYRIGHTS", mailbox, error);
}

BaruaImapCommand *
barua_imap_command_get_metadata (const BaruaImapDialect *dialect,
                                 const char             *mailbox,
                                 const char *const      *entries,
                                 guint32                 max_size,
                                 GError                **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "GETMETADATA");
  if (max_size > 0)
    barua_imap_writer_format (&writer, " (MAXSIZE %u)", max_size);
  barua_imap_writer_word (&writer, " ");
  if (mailbox[0] == '\0')
    barua_imap_writer_quoted (&writer, "");
  else
    barua_imap_writer_mailbox (&writer, mailbox);
  if (entries == NULL || entries[0] == NULL)
    barua_imap_writer_fail (&writer, "no entries");
  barua_imap_writer_word (&writer, " (");
  for (guint i = 0; entries != NULL && entries[i] != NULL; i++)
    {
      if (entries[i][0] != '/' || strpbrk (entries[i], "*%") != NULL)
        barua_imap_writer_fail (&writer, "an entry's name is none");
      barua_imap_writer_word (&writer, i > 0 ? " " : "");
      barua_imap_writer_string (&writer, entries[i]);
    }
  barua_imap_writer_word (&writer, ")");
  return barua_imap_writer_finish (&writer, error);
}

/* NOTIFY ---------------------------------------------------------------------------------------------------------- */

static void
write_notify_events (BaruaImapWriter            *writer,
                     const BaruaImapNotifyGroup *group)
{
  static const char *const words[] = { "MessageNew", "MessageExpunge", "FlagChange", "MailboxName", "SubscriptionChange" };
  gboolean is_selected = group->scope <= BARUA_IMAP_NOTIFY_SELECTED_DELAYED;
  gboolean has_new = (group->events & BARUA_IMAP_NOTIFY_MESSAGE_NEW) != 0;

  /* RFC 5465, 5: MessageNew and MessageExpunge only together, FlagChange only with both; what names mailboxes not of the
   * selected one. */
  if (has_new != ((group->events & BARUA_IMAP_NOTIFY_MESSAGE_EXPUNGE) != 0) ||
      ((group->events & BARUA_IMAP_NOTIFY_FLAG_CHANGE) != 0 && !has_new) ||
      (is_selected && (group->events & (BARUA_IMAP_NOTIFY_MAILBOX_NAME | BARUA_IMAP_NOTIFY_SUBSCRIPTION_CHANGE)) != 0))
    barua_imap_writer_fail (writer, "events that can't stand together");
  if (group->events == 0)
    {
      barua_imap_writer_word (writer, "NONE");
      return;
    }
  barua_imap_writer_word (writer, "(");
  if (has_new)
    {
      barua_imap_writer_word (writer, words[0]);
      if (is_selected && group->fetch != NULL)
        {
          barua_imap_writer_word (writer, " ");
          barua_imap_writer_fetch_items (writer, group->fetch);
        }
      barua_imap_writer_word (writer, group->events != BARUA_IMAP_NOTIFY_MESSAGE_NEW ? " " : "");
    }
  write_words (writer, (guint) group->events & ~(guint) BARUA_IMAP_NOTIFY_MESSAGE_NEW, words, G_N_ELEMENTS (words));
  barua_imap_writer_word (writer, ")");
}

static void
write_notify_group (BaruaImapWriter            *writer,
                    const BaruaImapNotifyGroup *group)
{
  static const char *const scopes[] = { "SELECTED", "SELECTED-DELAYED", "INBOXES", "PERSONAL", "SUBSCRIBED", "SUBTREE",
                                        "MAILBOXES" };

  barua_imap_writer_format (writer, " (%s ", scopes[group->scope]);
  if (group->scope >= BARUA_IMAP_NOTIFY_SUBTREE)
    {
      if (group->mailboxes == NULL || group->mailboxes[0] == NULL)
        barua_imap_writer_fail (writer, "no mailboxes");
      barua_imap_writer_word (writer, "(");
      for (guint i = 0; group->mailboxes != NULL && group->mailboxes[i] != NULL; i++)
        {
          barua_imap_writer_word (writer, i > 0 ? " " : "");
          barua_imap_writer_mailbox (writer, group->mailboxes[i]);
        }
      barua_imap_writer_word (writer, ") ");
    }
  write_notify_events (writer, group);
  barua_imap_writer_word (writer, ")");
}

BaruaImapCommand *
barua_imap_command_notify (const BaruaImapDialect     *dialect,
                           gboolean                    status,
                           const BaruaImapNotifyGroup *groups,
                           guint                       n_groups,
                           GError                    **error)
{
  BaruaImapWriter writer;

  barua_imap_writer_init (&writer, dialect, BARUA_IMAP_COMMAND_PLAIN, "NOTIFY");
  barua_imap_writer_word (&writer, n_groups == 0 ? " NONE" : " SET");
  if (status && n_groups > 0)
    barua_imap_writer_word (&writer, " STATUS");
  for (guint i = 0; i < n_groups; i++)
    write_notify_group (&writer, &groups[i]);
  return barua_imap_writer_finish (&writer, error);
}
