/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-imap-reader-private.h"
#include "barua-limits.h"

/* The set is remade when it has grown large, so that one huge answer does not stay in memory. */
#define SET_KEPT_RANGES 4096

static const struct
{
  const char           *name;
  BaruaImapResponseKind kind;
} words[] = {
  { "FETCH", BARUA_IMAP_RESPONSE_FETCH },
  { "UIDFETCH", BARUA_IMAP_RESPONSE_FETCH },
  { "OK", BARUA_IMAP_RESPONSE_STATUS },
  { "NO", BARUA_IMAP_RESPONSE_STATUS },
  { "BAD", BARUA_IMAP_RESPONSE_STATUS },
  { "BYE", BARUA_IMAP_RESPONSE_STATUS },
  { "PREAUTH", BARUA_IMAP_RESPONSE_STATUS },
  { "CAPABILITY", BARUA_IMAP_RESPONSE_CAPABILITY },
  { "ENABLED", BARUA_IMAP_RESPONSE_ENABLED },
  { "LIST", BARUA_IMAP_RESPONSE_LIST },
  { "LSUB", BARUA_IMAP_RESPONSE_LIST },
  { "XLIST", BARUA_IMAP_RESPONSE_LIST },
  { "STATUS", BARUA_IMAP_RESPONSE_MAILBOX_STATUS },
  { "SEARCH", BARUA_IMAP_RESPONSE_SEARCH },
  { "SORT", BARUA_IMAP_RESPONSE_SEARCH },
  { "ESEARCH", BARUA_IMAP_RESPONSE_SEARCH },
  { "THREAD", BARUA_IMAP_RESPONSE_THREAD },
  { "FLAGS", BARUA_IMAP_RESPONSE_FLAGS },
  { "EXISTS", BARUA_IMAP_RESPONSE_EXISTS },
  { "RECENT", BARUA_IMAP_RESPONSE_RECENT },
  { "EXPUNGE", BARUA_IMAP_RESPONSE_EXPUNGE },
  { "VANISHED", BARUA_IMAP_RESPONSE_VANISHED },
  { "NAMESPACE", BARUA_IMAP_RESPONSE_NAMESPACE },
  { "ID", BARUA_IMAP_RESPONSE_ID },
  { "QUOTA", BARUA_IMAP_RESPONSE_QUOTA },
  { "QUOTAROOT", BARUA_IMAP_RESPONSE_QUOTAROOT },
  { "METADATA", BARUA_IMAP_RESPONSE_METADATA },
  { "ACL", BARUA_IMAP_RESPONSE_ACL },
  { "MYRIGHTS", BARUA_IMAP_RESPONSE_MYRIGHTS },
};

static const char *const kind_names[BARUA_IMAP_N_RESPONSES] = {
  "unknown", "continuation", "tagged", "status", "capability", "enabled", "list", "mailbox-status",
  "search", "thread", "flags", "exists", "recent", "expunge", "vanished", "fetch",
  "namespace", "id", "quota", "quotaroot", "metadata", "acl", "myrights",
};

const char *
barua_imap_response_kind_get_name (BaruaImapResponseKind kind)
{
  return kind_names[kind];
}

BaruaImapReader *
barua_imap_reader_new (void)
{
  BaruaImapReader *self = g_new0 (BaruaImapReader, 1);

  self->sets[0] = barua_id_set_new ();
  self->sets[1] = barua_id_set_new ();
  self->scratch = g_byte_array_new ();
  barua_imap_tokens_reset (&self->tokens);
  return self;
}

void
barua_imap_reader_free (BaruaImapReader *self)
{
  g_clear_pointer (&self->capabilities, barua_imap_capabilities_unref);
  g_clear_pointer (&self->items, g_array_unref);
  barua_id_set_unref (self->sets[0]);
  barua_id_set_unref (self->sets[1]);
  g_byte_array_unref (self->scratch);
  barua_imap_tokens_clear (&self->tokens);
  g_free (self->keywords);
  g_free (self);
}

BaruaIdSet *
barua_imap_reader_take_set (BaruaImapReader *self,
                            guint            index)
{
  if (barua_id_set_get_n_ranges (self->sets[index]) > SET_KEPT_RANGES)
    {
      barua_id_set_unref (self->sets[index]);
      self->sets[index] = barua_id_set_new ();
    }
  else
    barua_id_set_clear (self->sets[index]);
  return self->sets[index];
}

/* An empty array of things of this size, which lives until the next response. */
static GArray *
take_items (BaruaImapReader *self,
            gsize            size)
{
  g_clear_pointer (&self->items, g_array_unref);
  self->items = g_array_new (FALSE, TRUE, (guint) size);
  return self->items;
}

/* LIST ------------------------------------------------------------------------------------------------------------ */

static void
read_attribute (BaruaImapSlice  word,
                BaruaImapList  *list)
{
  static const struct
  {
    const char *name;
    guint       attribute;
    BaruaRole   role;
  } attributes[] = {
    { "\\Noselect", BARUA_IMAP_MAILBOX_NOSELECT, BARUA_ROLE_NONE },
    { "\\NonExistent", BARUA_IMAP_MAILBOX_NONEXISTENT | BARUA_IMAP_MAILBOX_NOSELECT, BARUA_ROLE_NONE },
    { "\\Noinferiors", BARUA_IMAP_MAILBOX_NOINFERIORS, BARUA_ROLE_NONE },
    { "\\HasChildren", BARUA_IMAP_MAILBOX_HAS_CHILDREN, BARUA_ROLE_NONE },
    { "\\HasNoChildren", BARUA_IMAP_MAILBOX_HAS_NO_CHILDREN, BARUA_ROLE_NONE },
    { "\\Marked", BARUA_IMAP_MAILBOX_MARKED, BARUA_ROLE_NONE },
    { "\\Unmarked", BARUA_IMAP_MAILBOX_UNMARKED, BARUA_ROLE_NONE },
    { "\\Subscribed", BARUA_IMAP_MAILBOX_SUBSCRIBED, BARUA_ROLE_NONE },
    { "\\Remote", BARUA_IMAP_MAILBOX_REMOTE, BARUA_ROLE_NONE },
    { "\\NoAccess", BARUA_IMAP_MAILBOX_NOACCESS, BARUA_ROLE_NONE },
    { "\\Inbox", 0, BARUA_ROLE_INBOX },
    { "\\Drafts", 0, BARUA_ROLE_DRAFTS },
    { "\\Sent", 0, BARUA_ROLE_SENT },
    { "\\Archive", 0, BARUA_ROLE_ARCHIVE },
    { "\\Junk", 0, BARUA_ROLE_JUNK },
    { "\\Spam", 0, BARUA_ROLE_JUNK },
    { "\\Trash", 0, BARUA_ROLE_TRASH },
    { "\\All", 0, BARUA_ROLE_ALL },
    { "\\AllMail", 0, BARUA_ROLE_ALL },
    { "\\Flagged", 0, BARUA_ROLE_FLAGGED },
    { "\\Starred", 0, BARUA_ROLE_FLAGGED },
    { "\\Important", 0, BARUA_ROLE_IMPORTANT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (barua_imap_slice_is (word, attributes[i].name))
      {
        list->attributes |= attributes[i].attribute;
        if (list->role == BARUA_ROLE_NONE)
          list->role = attributes[i].role;
        return;
      }
}

/* CHILDINFO, OLDNAME and what else LIST-EXTENDED carries: names and values in turn. */
static void
read_list_extended (const BaruaImapValue *extended,
                    BaruaImapList        *list)
{
  const BaruaImapValue *name = barua_imap_value_first (extended);

  list->extended = extended;
  while (name != NULL)
    {
      const BaruaImapValue *value = barua_imap_value_next (extended, name);

      if (value == NULL)
        return;
      if (barua_imap_slice_is (barua_imap_value_get_slice (name), "CHILDINFO") && value->kind == BARUA_IMAP_VALUE_LIST)
        list->child_info = value;
      else if (barua_imap_slice_is (barua_imap_value_get_slice (name), "OLDNAME"))
        list->old_name = barua_imap_value_get_name (value->kind == BARUA_IMAP_VALUE_LIST ? barua_imap_value_first (value)
                                                                                        : value);
      name = barua_imap_value_next (extended, value);
    }
}

/* The name at @value; one sent without quotes although it holds spaces is put together again (Exchange). *rest is what follows. */
static gboolean
read_mailbox_name (const BaruaImapValue  *arguments,
                   const BaruaImapValue  *value,
                   BaruaImapSlice        *name,
                   const BaruaImapValue **rest)
{
  gboolean joins;

  *rest = NULL;
  *name = barua_imap_value_get_name (value);
  if (name->data == NULL)
    return FALSE;
  joins = value->kind <= BARUA_IMAP_VALUE_NIL;
  for (value = barua_imap_value_next (arguments, value); value != NULL; value = barua_imap_value_next (arguments, value))
    {
      if (!joins || value->kind > BARUA_IMAP_VALUE_NIL)
        {
          *rest = value;
          break;
        }
      name->length = (gsize) (value->data + value->length - name->data);
    }
  return TRUE;
}

static gboolean
read_list (const BaruaImapLine *line,
           BaruaImapList       *list)
{
  const BaruaImapValue *arguments = line->arguments;
  const BaruaImapValue *value = barua_imap_value_first (arguments);
  const BaruaImapValue *rest;
  gboolean good = TRUE;

  list->kind = barua_imap_slice_is (line->word, "LSUB")    ? BARUA_IMAP_LIST_LSUB
               : barua_imap_slice_is (line->word, "XLIST") ? BARUA_IMAP_LIST_XLIST
                                                           : BARUA_IMAP_LIST_LIST;
  if (value == NULL)
    return FALSE;
  list->words = value;
  if (value->kind == BARUA_IMAP_VALUE_LIST)
    for (const BaruaImapValue *v = barua_imap_value_first (value); v != NULL; v = barua_imap_value_next (value, v))
      read_attribute (barua_imap_value_get_slice (v), list);
  else if (value->kind != BARUA_IMAP_VALUE_NIL)
    good = FALSE;
  value = barua_imap_value_next (arguments, value);
  if (value == NULL)
    return FALSE;
  if (barua_imap_value_is_text (value) && value->length > 0)
    {
      list->delimiter = value->data[0];
      good &= value->length == 1 && list->delimiter > ' ' && list->delimiter < 127;
    }
  value = barua_imap_value_next (arguments, value);
  if (value == NULL || !read_mailbox_name (arguments, value, &list->name, &rest) ||
      list->name.length > BARUA_LIMIT_FOLDER_NAME_BYTES)
    return FALSE;
  if (list->name.length == 5 && barua_imap_slice_is (list->name, "INBOX") && list->role == BARUA_ROLE_NONE)
    list->role = BARUA_ROLE_INBOX;
  if (rest != NULL && rest->kind == BARUA_IMAP_VALUE_LIST)
    read_list_extended (rest, list);
  return good;
}

/* STATUS ---------------------------------------------------------------------------------------------------------- */

static gboolean
read_status_item (BaruaImapSlice          name,
                  const BaruaImapValue   *value,
                  BaruaImapMailboxStatus *status)
{
  static const struct
  {
    const char           *name;
    BaruaImapStatusItems  item;
    goffset               offset; /* of a 32-bit member, or 0 */
  } items[] = {
    { "MESSAGES", BARUA_IMAP_STATUS_MESSAGES, G_STRUCT_OFFSET (BaruaImapMailboxStatus, messages) },
    { "RECENT", BARUA_IMAP_STATUS_RECENT, G_STRUCT_OFFSET (BaruaImapMailboxStatus, recent) },
    { "UIDNEXT", BARUA_IMAP_STATUS_UIDNEXT, G_STRUCT_OFFSET (BaruaImapMailboxStatus, uid_next) },
    { "UIDVALIDITY", BARUA_IMAP_STATUS_UIDVALIDITY, G_STRUCT_OFFSET (BaruaImapMailboxStatus, uid_validity) },
    { "UNSEEN", BARUA_IMAP_STATUS_UNSEEN, G_STRUCT_OFFSET (BaruaImapMailboxStatus, unseen) },
    { "DELETED", BARUA_IMAP_STATUS_DELETED, G_STRUCT_OFFSET (BaruaImapMailboxStatus, deleted) },
    { "SIZE", BARUA_IMAP_STATUS_SIZE, 0 },
    { "HIGHESTMODSEQ", BARUA_IMAP_STATUS_HIGHESTMODSEQ, 0 },
    { "APPENDLIMIT", BARUA_IMAP_STATUS_APPENDLIMIT, 0 },
    { "DELETED-STORAGE", BARUA_IMAP_STATUS_DELETED_STORAGE, 0 },
    { "MAILBOXID", BARUA_IMAP_STATUS_MAILBOXID, 0 },
  };
  BaruaImapStatusItems item = 0;
  goffset offset = 0;
  guint64 number = 0;
  gboolean is_number = barua_imap_value_get_number (value, &number);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    if (barua_imap_slice_is (name, items[i].name))
      {
        item = items[i].item;
        offset = items[i].offset;
      }
  switch (item)
    {
    case BARUA_IMAP_STATUS_MAILBOXID:
      if (value->kind == BARUA_IMAP_VALUE_LIST)
        value = barua_imap_value_first (value);
      status->mailbox_id = barua_imap_value_get_slice (value);
      if (status->mailbox_id.length == 0)
        return FALSE;
      break;
    case BARUA_IMAP_STATUS_APPENDLIMIT:
      if (!is_number && value->kind != BARUA_IMAP_VALUE_NIL)
        return FALSE;
      status->append_limit = is_number ? number : G_MAXUINT64;
      break;
    case BARUA_IMAP_STATUS_SIZE:
      status->size = number;
      break;
    case BARUA_IMAP_STATUS_HIGHESTMODSEQ:
      status->highest_modseq = number;
      break;
    case BARUA_IMAP_STATUS_DELETED_STORAGE:
      status->deleted_storage = number;
      break;
    default:
      if (item == 0)
        return TRUE;
      if (number > G_MAXUINT32)
        return FALSE;
      G_STRUCT_MEMBER (guint32, status, offset) = (guint32) number;
    }
  if (!is_number && item != BARUA_IMAP_STATUS_MAILBOXID && item != BARUA_IMAP_STATUS_APPENDLIMIT)
    return FALSE;
  status->present |= item;
  return TRUE;
}

static gboolean
read_mailbox_status (const BaruaImapLine    *line,
                     BaruaImapMailboxStatus *status)
{
  const BaruaImapValue *list;
  const BaruaImapValue *name;
  const BaruaImapValue *first = barua_imap_value_first (line->arguments);
  gboolean good = TRUE;

  if (first == NULL || !read_mailbox_name (line->arguments, first, &status->name, &list))
    return FALSE;
  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  name = barua_imap_value_first (list);
  while (name != NULL)
    {
      const BaruaImapValue *value = barua_imap_value_next (list, name);

      if (value == NULL)
        return FALSE;
      good &= read_status_item (barua_imap_value_get_slice (name), value, status);
      name = barua_imap_value_next (list, value);
    }
  return good;
}

/* SEARCH, SORT, ESEARCH, THREAD, VANISHED ------------------------------------------------------------------------------ */

/* "(MODSEQ 917162500)" behind the numbers (RFC 7162, 3.1.5). */
static gboolean
read_search_modseq (const BaruaImapValue *list,
                    BaruaImapSearch      *search)
{
  const BaruaImapValue *name = barua_imap_value_first (list);
  const BaruaImapValue *value = name != NULL ? barua_imap_value_next (list, name) : NULL;

  if (value == NULL || !barua_imap_slice_is (barua_imap_value_get_slice (name), "MODSEQ") ||
      !barua_imap_value_get_number (value, &search->modseq))
    return FALSE;
  search->present |= BARUA_IMAP_SEARCH_MODSEQ;
  return TRUE;
}

static gboolean
read_numbers (BaruaImapReader     *self,
              const BaruaImapLine *line,
              BaruaIdSet          *ids,
              BaruaImapSearch     *search)
{
  GArray *ordered = search->kind == BARUA_IMAP_SEARCH_SORT ? take_items (self, sizeof (guint32)) : NULL;
  gboolean good = TRUE;

  search->present |= BARUA_IMAP_SEARCH_ALL;
  for (const BaruaImapValue *v = barua_imap_value_first (line->arguments); v != NULL;
       v = barua_imap_value_next (line->arguments, v))
    {
      guint32 id;

      if (v->kind == BARUA_IMAP_VALUE_LIST)
        good &= read_search_modseq (v, search);
      else if (!barua_imap_value_get_nz (v, &id) || !barua_id_set_add (ids, id))
        good = FALSE;
      else if (ordered != NULL)
        g_array_append_val (ordered, id);
    }
  if (ordered != NULL)
    {
      search->ordered = (const guint32 *) (gpointer) ordered->data;
      search->n_ordered = ordered->len;
    }
  return good;
}

static gboolean
read_partial (const BaruaImapValue *list,
              BaruaIdSet           *partial,
              BaruaImapSearch      *search)
{
  const BaruaImapValue *range = barua_imap_value_first (list);
  const BaruaImapValue *ids = range != NULL ? barua_imap_value_next (list, range) : NULL;

  if (ids == NULL)
    return FALSE;
  search->partial_range = barua_imap_value_get_slice (range);
  search->present |= BARUA_IMAP_SEARCH_PARTIAL;
  return ids->kind == BARUA_IMAP_VALUE_NIL || barua_imap_uid_set_read (barua_imap_value_get_slice (ids), partial);
}

static gboolean
read_esearch_item (BaruaImapSlice        name,
                   const BaruaImapValue *value,
                   BaruaIdSet           *ids,
                   BaruaIdSet           *partial,
                   BaruaImapSearch      *search)
{
  static const struct
  {
    const char          *name;
    BaruaImapSearchItems item;
    goffset              offset;
  } items[] = {
    { "COUNT", BARUA_IMAP_SEARCH_COUNT, G_STRUCT_OFFSET (BaruaImapSearch, count) },
    { "MIN", BARUA_IMAP_SEARCH_MIN, G_STRUCT_OFFSET (BaruaImapSearch, min) },
    { "MAX", BARUA_IMAP_SEARCH_MAX, G_STRUCT_OFFSET (BaruaImapSearch, max) },
    { "MODSEQ", BARUA_IMAP_SEARCH_MODSEQ, G_STRUCT_OFFSET (BaruaImapSearch, modseq) },
  };

  if (barua_imap_slice_is (name, "ALL"))
    {
      search->present |= BARUA_IMAP_SEARCH_ALL;
      return barua_imap_uid_set_read (barua_imap_value_get_slice (value), ids);
    }
  if (barua_imap_slice_is (name, "PARTIAL"))
    return read_partial (value, partial, search);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    if (barua_imap_slice_is (name, items[i].name))
      {
        if (!barua_imap_value_get_number (value, &G_STRUCT_MEMBER (guint64, search, items[i].offset)))
          return FALSE;
        search->present |= items[i].item;
        return TRUE;
      }
  return TRUE;
}

static gboolean
read_esearch (const BaruaImapLine *line,
              BaruaIdSet          *ids,
              BaruaIdSet          *partial,
              BaruaImapSearch     *search)
{
  const BaruaImapValue *arguments = line->arguments;
  const BaruaImapValue *name = barua_imap_value_first (arguments);
  gboolean good = TRUE;

  if (name != NULL && name->kind == BARUA_IMAP_VALUE_LIST)
    {
      const BaruaImapValue *tag = barua_imap_value_first (name);

      if (tag != NULL && barua_imap_slice_is (barua_imap_value_get_slice (tag), "TAG"))
        search->tag = barua_imap_value_get_slice (barua_imap_value_next (name, tag));
      name = barua_imap_value_next (arguments, name);
    }
  if (name != NULL && barua_imap_slice_is (barua_imap_value_get_slice (name), "UID"))
    {
      search->is_uid = TRUE;
      name = barua_imap_value_next (arguments, name);
    }
  while (name != NULL)
    {
      const BaruaImapValue *value = barua_imap_value_next (arguments, name);

      if (value == NULL)
        return FALSE;
      good &= read_esearch_item (barua_imap_value_get_slice (name), value, ids, partial, search);
      name = barua_imap_value_next (arguments, value);
    }
  return good;
}

static gboolean
read_search (BaruaImapReader     *self,
             const BaruaImapLine *line,
             BaruaImapSearch     *search)
{
  BaruaIdSet *ids = barua_imap_reader_take_set (self, 0);
  BaruaIdSet *partial = barua_imap_reader_take_set (self, 1);

  search->ids = ids;
  search->partial = partial;
  if (barua_imap_slice_is (line->word, "ESEARCH"))
    {
      search->kind = BARUA_IMAP_SEARCH_ESEARCH;
      return read_esearch (line, ids, partial, search);
    }
  search->kind = barua_imap_slice_is (line->word, "SORT") ? BARUA_IMAP_SEARCH_SORT : BARUA_IMAP_SEARCH_PLAIN;
  return read_numbers (self, line, ids, search);
}

/* Members of a thread in a row answer one another; lists are branches of the member before them. The depth of lists is bounded by
 * the tokeniser. */
static gboolean
read_thread_list (GArray               *nodes,
                  const BaruaImapValue *list,
                  guint                 depth)
{
  gboolean good = TRUE;

  for (const BaruaImapValue *v = barua_imap_value_first (list); v != NULL; v = barua_imap_value_next (list, v))
    {
      BaruaImapThreadNode node = { .depth = depth };

      if (v->kind == BARUA_IMAP_VALUE_LIST)
        good &= read_thread_list (nodes, v, depth);
      else if (!barua_imap_value_get_nz (v, &node.id))
        good = FALSE;
      else
        {
          g_array_append_val (nodes, node);
          depth++;
        }
    }
  return good;
}

static gboolean
read_thread (BaruaImapReader     *self,
             const BaruaImapLine *line,
             BaruaImapThread     *thread)
{
  GArray *nodes = take_items (self, sizeof (BaruaImapThreadNode));
  gboolean good = read_thread_list (nodes, line->arguments, 0);

  thread->nodes = (const BaruaImapThreadNode *) (gpointer) nodes->data;
  thread->n_nodes = nodes->len;
  return good;
}

static gboolean
read_vanished (BaruaImapReader     *self,
               const BaruaImapLine *line,
               BaruaImapVanished   *vanished)
{
  const BaruaImapValue *value = barua_imap_value_first (line->arguments);
  BaruaIdSet *uids = barua_imap_reader_take_set (self, 0);

  vanished->uids = uids;
  if (value != NULL && value->kind == BARUA_IMAP_VALUE_LIST)
    {
      const BaruaImapValue *word = barua_imap_value_first (value);

      vanished->earlier = word != NULL && barua_imap_slice_is (barua_imap_value_get_slice (word), "EARLIER");
      value = barua_imap_value_next (line->arguments, value);
    }
  return value != NULL && barua_imap_uid_set_read (barua_imap_value_get_slice (value), uids);
}

/* The rest -------------------------------------------------------------------------------------------------------- */

static gboolean
read_namespaces (BaruaImapReader     *self,
                 const BaruaImapLine *line,
                 BaruaImapNamespaces *namespaces)
{
  GArray *items = take_items (self, sizeof (BaruaImapNamespace));
  guint kind = BARUA_IMAP_NAMESPACE_PERSONAL;
  gboolean good = TRUE;

  for (const BaruaImapValue *v = barua_imap_value_first (line->arguments); v != NULL && kind <= BARUA_IMAP_NAMESPACE_SHARED;
       v = barua_imap_value_next (line->arguments, v), kind++)
    {
      if (v->kind != BARUA_IMAP_VALUE_LIST)
        {
          good &= v->kind == BARUA_IMAP_VALUE_NIL;
          continue;
        }
      for (const BaruaImapValue *n = barua_imap_value_first (v); n != NULL; n = barua_imap_value_next (v, n))
        {
          BaruaImapNamespace item = { .kind = kind };
          const BaruaImapValue *prefix = n->kind == BARUA_IMAP_VALUE_LIST ? barua_imap_value_first (n) : NULL;
          BaruaImapSlice delimiter = barua_imap_value_get_slice (prefix != NULL ? barua_imap_value_next (n, prefix) : NULL);

          item.prefix = barua_imap_value_get_slice (prefix);
          if (item.prefix.data == NULL)
            {
              good = FALSE;
              continue;
            }
          item.delimiter = delimiter.length > 0 ? delimiter.data[0] : '\0';
          g_array_append_val (items, item);
        }
    }
  namespaces->items = (const BaruaImapNamespace *) (gpointer) items->data;
  namespaces->n_items = items->len;
  return good && kind > BARUA_IMAP_NAMESPACE_SHARED;
}

static gboolean
read_id (const BaruaImapLine *line,
         BaruaImapPairs      *id)
{
  const BaruaImapValue *value = barua_imap_value_first (line->arguments);

  if (value != NULL && value->kind == BARUA_IMAP_VALUE_LIST)
    id->pairs = value;
  return value != NULL && (value->kind == BARUA_IMAP_VALUE_LIST || value->kind == BARUA_IMAP_VALUE_NIL);
}

static gboolean
read_quota (BaruaImapReader     *self,
            const BaruaImapLine *line,
            BaruaImapQuota      *quota)
{
  GArray *items = take_items (self, sizeof (BaruaImapQuotaResource));
  const BaruaImapValue *root = barua_imap_value_first (line->arguments);
  const BaruaImapValue *list = root != NULL ? barua_imap_value_next (line->arguments, root) : NULL;
  const BaruaImapValue *v;
  gboolean good = TRUE;

  quota->root = barua_imap_value_get_name (root);
  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  v = barua_imap_value_first (list);
  while (v != NULL && good)
    {
      const BaruaImapValue *usage = barua_imap_value_next (list, v);
      const BaruaImapValue *limit = usage != NULL ? barua_imap_value_next (list, usage) : NULL;
      BaruaImapQuotaResource resource = { .resource = barua_imap_value_get_slice (v) };

      good = resource.resource.data != NULL && barua_imap_value_get_number (usage, &resource.usage) &&
             barua_imap_value_get_number (limit, &resource.limit);
      if (good)
        g_array_append_val (items, resource);
      v = limit != NULL ? barua_imap_value_next (list, limit) : NULL;
    }
  quota->resources = (const BaruaImapQuotaResource *) (gpointer) items->data;
  quota->n_resources = items->len;
  return good;
}

static gboolean
read_metadata (const BaruaImapLine *line,
               BaruaImapMetadata   *metadata)
{
  const BaruaImapValue *mailbox = barua_imap_value_first (line->arguments);
  const BaruaImapValue *next = mailbox != NULL ? barua_imap_value_next (line->arguments, mailbox) : NULL;

  metadata->mailbox = barua_imap_value_get_name (mailbox);
  metadata->names = line->arguments;
  if (next != NULL && next->kind == BARUA_IMAP_VALUE_LIST)
    metadata->pairs = next;
  return metadata->mailbox.data != NULL && next != NULL;
}

static gboolean
read_acl (const BaruaImapLine *line,
          gboolean             is_mine,
          BaruaImapAcl        *acl)
{
  const BaruaImapValue *mailbox = barua_imap_value_first (line->arguments);
  const BaruaImapValue *next = mailbox != NULL ? barua_imap_value_next (line->arguments, mailbox) : NULL;

  acl->mailbox = barua_imap_value_get_name (mailbox);
  acl->list = line->arguments;
  if (is_mine)
    acl->rights = barua_imap_value_get_slice (next);
  return acl->mailbox.data != NULL && (!is_mine || acl->rights.data != NULL);
}

static gboolean
read_number (const BaruaImapLine *line,
             gboolean             may_be_zero,
             guint32             *number)
{
  if (line->kind != BARUA_IMAP_LINE_NUMBERED || line->number > G_MAXUINT32 || (line->number == 0 && !may_be_zero))
    return FALSE;
  *number = (guint32) line->number;
  return TRUE;
}

static gboolean
read_flag_list (const BaruaImapLine *line,
                BaruaImapFlagList   *flags)
{
  const BaruaImapValue *list = barua_imap_value_first (line->arguments);

  flags->words = list;
  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  flags->flags = barua_imap_flags_read (list, &flags->any_flag, &flags->recent);
  return TRUE;
}

static BaruaImapCondition
read_condition (BaruaImapSlice word)
{
  static const char *const names[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (barua_imap_slice_is (word, names[i]))
      return i;
  return BARUA_IMAP_OK;
}

static gboolean
read_kind (BaruaImapReader     *self,
           const BaruaImapLine *line,
           BaruaImapResponse   *response)
{
  switch (response->kind)
    {
    case BARUA_IMAP_RESPONSE_CONTINUATION:
    case BARUA_IMAP_RESPONSE_TAGGED:
    case BARUA_IMAP_RESPONSE_STATUS:
      barua_imap_reader_read_status (self, read_condition (line->word), line->rest, &response->status);
      response->status.tag = line->tag;
      return TRUE;
    case BARUA_IMAP_RESPONSE_CAPABILITY:
    case BARUA_IMAP_RESPONSE_ENABLED:
      self->capabilities = barua_imap_capabilities_new (line->arguments);
      response->capabilities = self->capabilities;
      return TRUE;
    case BARUA_IMAP_RESPONSE_LIST:
      return read_list (line, &response->list);
    case BARUA_IMAP_RESPONSE_MAILBOX_STATUS:
      return read_mailbox_status (line, &response->mailbox_status);
    case BARUA_IMAP_RESPONSE_SEARCH:
      return read_search (self, line, &response->search);
    case BARUA_IMAP_RESPONSE_THREAD:
      return read_thread (self, line, &response->thread);
    case BARUA_IMAP_RESPONSE_FLAGS:
      return read_flag_list (line, &response->flags);
    case BARUA_IMAP_RESPONSE_EXISTS:
    case BARUA_IMAP_RESPONSE_RECENT:
      return read_number (line, TRUE, &response->number);
    case BARUA_IMAP_RESPONSE_EXPUNGE:
      return read_number (line, FALSE, &response->number);
    case BARUA_IMAP_RESPONSE_VANISHED:
      return read_vanished (self, line, &response->vanished);
    case BARUA_IMAP_RESPONSE_FETCH:
      return barua_imap_reader_read_fetch (self, line, barua_imap_slice_is (line->word, "UIDFETCH"), &response->fetch);
    case BARUA_IMAP_RESPONSE_NAMESPACE:
      return read_namespaces (self, line, &response->namespaces);
    case BARUA_IMAP_RESPONSE_ID:
      return read_id (line, &response->id);
    case BARUA_IMAP_RESPONSE_QUOTA:
      return read_quota (self, line, &response->quota);
    case BARUA_IMAP_RESPONSE_QUOTAROOT:
      response->quota_root.mailbox = barua_imap_value_get_name (barua_imap_value_first (line->arguments));
      response->quota_root.list = line->arguments;
      return response->quota_root.mailbox.data != NULL;
    case BARUA_IMAP_RESPONSE_METADATA:
      return read_metadata (line, &response->metadata);
    case BARUA_IMAP_RESPONSE_ACL:
    case BARUA_IMAP_RESPONSE_MYRIGHTS:
      return read_acl (line, response->kind == BARUA_IMAP_RESPONSE_MYRIGHTS, &response->acl);
    case BARUA_IMAP_RESPONSE_UNKNOWN:
    case BARUA_IMAP_N_RESPONSES:
    default:
      return TRUE;
    }
}

static BaruaImapResponseKind
find_kind (const BaruaImapLine *line)
{
  if (line->kind == BARUA_IMAP_LINE_CONTINUATION)
    return BARUA_IMAP_RESPONSE_CONTINUATION;
  if (line->kind == BARUA_IMAP_LINE_TAGGED)
    return BARUA_IMAP_RESPONSE_TAGGED;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (barua_imap_slice_is (line->word, words[i].name))
      {
        BaruaImapResponseKind kind = words[i].kind;
        gboolean numbered = kind == BARUA_IMAP_RESPONSE_FETCH || kind == BARUA_IMAP_RESPONSE_EXISTS ||
                            kind == BARUA_IMAP_RESPONSE_RECENT || kind == BARUA_IMAP_RESPONSE_EXPUNGE;

        return numbered == (line->kind == BARUA_IMAP_LINE_NUMBERED) ? kind : BARUA_IMAP_RESPONSE_UNKNOWN;
      }
  return BARUA_IMAP_RESPONSE_UNKNOWN;
}

const BaruaImapResponse *
barua_imap_reader_read (BaruaImapReader     *self,
                        const BaruaImapLine *line)
{
  BaruaImapResponse *response = &self->response;

  g_clear_pointer (&self->capabilities, barua_imap_capabilities_unref);
  memset (response, 0, sizeof *response);
  response->line = line;
  response->kind = find_kind (line);
  response->damaged = !read_kind (self, line, response) || line->damaged;
  return response;
}
