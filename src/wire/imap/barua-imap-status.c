/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-error.h"
#include "barua-imap-reader-private.h"
#include "barua-limits.h"
#include "barua-text.h"

static const struct
{
  const char *name;
  int         error; /* a BaruaErrorCode, or -1: says nothing about why */
} codes[BARUA_IMAP_N_CODES] = {
  [BARUA_IMAP_CODE_NONE] = { "", -1 },
  [BARUA_IMAP_CODE_UNKNOWN] = { "", -1 },
  [BARUA_IMAP_CODE_ALERT] = { "ALERT", -1 },
  [BARUA_IMAP_CODE_ALREADYEXISTS] = { "ALREADYEXISTS", BARUA_ERROR_EXISTS },
  [BARUA_IMAP_CODE_APPENDUID] = { "APPENDUID", -1 },
  [BARUA_IMAP_CODE_AUTHENTICATIONFAILED] = { "AUTHENTICATIONFAILED", BARUA_ERROR_AUTHENTICATION },
  [BARUA_IMAP_CODE_AUTHORIZATIONFAILED] = { "AUTHORIZATIONFAILED", BARUA_ERROR_NOT_PERMITTED },
  [BARUA_IMAP_CODE_BADCHARSET] = { "BADCHARSET", -1 },
  [BARUA_IMAP_CODE_BADCOMPARATOR] = { "BADCOMPARATOR", -1 },
  [BARUA_IMAP_CODE_BADEVENT] = { "BADEVENT", -1 },
  [BARUA_IMAP_CODE_BADURL] = { "BADURL", -1 },
  [BARUA_IMAP_CODE_CANNOT] = { "CANNOT", BARUA_ERROR_SERVER_REFUSED },
  [BARUA_IMAP_CODE_CAPABILITY] = { "CAPABILITY", -1 },
  [BARUA_IMAP_CODE_CLIENTBUG] = { "CLIENTBUG", -1 },
  [BARUA_IMAP_CODE_CLOSED] = { "CLOSED", -1 },
  [BARUA_IMAP_CODE_COMPRESSIONACTIVE] = { "COMPRESSIONACTIVE", -1 },
  [BARUA_IMAP_CODE_CONTACTADMIN] = { "CONTACTADMIN", BARUA_ERROR_NOT_PERMITTED },
  [BARUA_IMAP_CODE_COPYUID] = { "COPYUID", -1 },
  [BARUA_IMAP_CODE_CORRUPTION] = { "CORRUPTION", BARUA_ERROR_SERVER_REFUSED },
  [BARUA_IMAP_CODE_DOWNGRADED] = { "DOWNGRADED", -1 },
  [BARUA_IMAP_CODE_EXPIRED] = { "EXPIRED", BARUA_ERROR_AUTHENTICATION },
  [BARUA_IMAP_CODE_EXPUNGEISSUED] = { "EXPUNGEISSUED", -1 },
  [BARUA_IMAP_CODE_HASCHILDREN] = { "HASCHILDREN", BARUA_ERROR_SERVER_REFUSED },
  [BARUA_IMAP_CODE_HIGHESTMODSEQ] = { "HIGHESTMODSEQ", -1 },
  [BARUA_IMAP_CODE_INPROGRESS] = { "INPROGRESS", -1 },
  [BARUA_IMAP_CODE_INUSE] = { "INUSE", BARUA_ERROR_BUSY },
  [BARUA_IMAP_CODE_LIMIT] = { "LIMIT", BARUA_ERROR_BUSY },
  [BARUA_IMAP_CODE_MAILBOXID] = { "MAILBOXID", -1 },
  [BARUA_IMAP_CODE_MAXCONVERTMESSAGES] = { "MAXCONVERTMESSAGES", -1 },
  [BARUA_IMAP_CODE_MESSAGELIMIT] = { "MESSAGELIMIT", -1 },
  [BARUA_IMAP_CODE_METADATA_LONGENTRIES] = { "METADATA LONGENTRIES", -1 },
  [BARUA_IMAP_CODE_METADATA_MAXSIZE] = { "METADATA MAXSIZE", -1 },
  [BARUA_IMAP_CODE_METADATA_NOPRIVATE] = { "METADATA NOPRIVATE", -1 },
  [BARUA_IMAP_CODE_METADATA_TOOMANY] = { "METADATA TOOMANY", -1 },
  [BARUA_IMAP_CODE_MODIFIED] = { "MODIFIED", BARUA_ERROR_CONFLICT },
  [BARUA_IMAP_CODE_NEWNAME] = { "NEWNAME", -1 },
  [BARUA_IMAP_CODE_NOMODSEQ] = { "NOMODSEQ", -1 },
  [BARUA_IMAP_CODE_NONEXISTENT] = { "NONEXISTENT", BARUA_ERROR_NOT_FOUND },
  [BARUA_IMAP_CODE_NOPERM] = { "NOPERM", BARUA_ERROR_NOT_PERMITTED },
  [BARUA_IMAP_CODE_NOTIFICATIONOVERFLOW] = { "NOTIFICATIONOVERFLOW", -1 },
  [BARUA_IMAP_CODE_NOTSAVED] = { "NOTSAVED", -1 },
  [BARUA_IMAP_CODE_NOUPDATE] = { "NOUPDATE", -1 },
  [BARUA_IMAP_CODE_OVERQUOTA] = { "OVERQUOTA", BARUA_ERROR_QUOTA },
  [BARUA_IMAP_CODE_PARSE] = { "PARSE", -1 },
  [BARUA_IMAP_CODE_PERMANENTFLAGS] = { "PERMANENTFLAGS", -1 },
  [BARUA_IMAP_CODE_PRIVACYREQUIRED] = { "PRIVACYREQUIRED", BARUA_ERROR_INSECURE },
  [BARUA_IMAP_CODE_READ_ONLY] = { "READ-ONLY", -1 },
  [BARUA_IMAP_CODE_READ_WRITE] = { "READ-WRITE", -1 },
  [BARUA_IMAP_CODE_REFERRAL] = { "REFERRAL", -1 },
  [BARUA_IMAP_CODE_SAVELIMIT] = { "SAVELIMIT", -1 },
  [BARUA_IMAP_CODE_SERVERBUG] = { "SERVERBUG", BARUA_ERROR_BUSY },
  [BARUA_IMAP_CODE_THROTTLED] = { "THROTTLED", BARUA_ERROR_BUSY },
  [BARUA_IMAP_CODE_TOOBIG] = { "TOOBIG", BARUA_ERROR_LIMIT },
  [BARUA_IMAP_CODE_TRYCREATE] = { "TRYCREATE", BARUA_ERROR_NOT_FOUND },
  [BARUA_IMAP_CODE_UIDNEXT] = { "UIDNEXT", -1 },
  [BARUA_IMAP_CODE_UIDNOTSTICKY] = { "UIDNOTSTICKY", -1 },
  [BARUA_IMAP_CODE_UIDREQUIRED] = { "UIDREQUIRED", -1 },
  [BARUA_IMAP_CODE_UIDVALIDITY] = { "UIDVALIDITY", -1 },
  [BARUA_IMAP_CODE_UNAVAILABLE] = { "UNAVAILABLE", BARUA_ERROR_BUSY },
  [BARUA_IMAP_CODE_UNDEFINED_FILTER] = { "UNDEFINED-FILTER", -1 },
  [BARUA_IMAP_CODE_UNKNOWN_CTE] = { "UNKNOWN-CTE", BARUA_ERROR_SERVER_REFUSED },
  [BARUA_IMAP_CODE_UNSEEN] = { "UNSEEN", -1 },
  [BARUA_IMAP_CODE_USEATTR] = { "USEATTR", BARUA_ERROR_SERVER_REFUSED },
  [BARUA_IMAP_CODE_WEBALERT] = { "WEBALERT", -1 },
};

const char *
barua_imap_code_get_name (BaruaImapCode code)
{
  return codes[code].name;
}

static BaruaImapCode
find_code (BaruaImapSlice         name,
           const BaruaImapValue **argument)
{
  if (barua_imap_slice_is (name, "METADATA") && *argument != NULL)
    {
      BaruaImapSlice what = barua_imap_value_get_slice (*argument);

      for (BaruaImapCode code = BARUA_IMAP_CODE_METADATA_LONGENTRIES; code <= BARUA_IMAP_CODE_METADATA_TOOMANY; code++)
        if (barua_imap_slice_is (what, codes[code].name + strlen ("METADATA ")))
          return code;
      return BARUA_IMAP_CODE_UNKNOWN;
    }
  for (BaruaImapCode code = BARUA_IMAP_CODE_ALERT; code < BARUA_IMAP_N_CODES; code++)
    if (barua_imap_slice_is (name, codes[code].name))
      return code;
  return BARUA_IMAP_CODE_UNKNOWN;
}

/* The "]" that ends the response code at @p (behind its "["): not one in a string or in parentheses, where flags stand that hold
 * "]" (Gmail); when these do not balance, simply the first. NULL: there is none. */
static const char *
find_code_end (const char *p,
               const char *end)
{
  const char *first = NULL;
  gboolean quoted = FALSE;
  int depth = 0;

  for (; p < end; p++)
    {
      if (quoted)
        {
          if (*p == '\\' && p + 1 < end)
            p++;
          else if (*p == '"')
            quoted = FALSE;
        }
      else if (*p == '"')
        quoted = TRUE;
      else if (*p == '(')
        depth++;
      else if (*p == ')')
        depth--;
      if (*p == ']')
        {
          if (first == NULL)
            first = p;
          if (depth == 0 && !quoted)
            return p;
        }
    }
  return first;
}

static gboolean
read_nz_32 (const BaruaImapValue *value,
            guint64              *number)
{
  guint32 n;

  if (value == NULL || !barua_imap_value_get_nz (value, &n))
    return FALSE;
  *number = n;
  return TRUE;
}

/* Validity and one or two sets: RFC 4315. */
static gboolean
read_uid_code (BaruaImapReader      *self,
               const BaruaImapValue *list,
               const BaruaImapValue *value,
               BaruaImapStatus      *status)
{
  const BaruaImapValue *from = value != NULL ? barua_imap_value_next (list, value) : NULL;
  gboolean is_single = status->code == BARUA_IMAP_CODE_APPENDUID || from == NULL;
  const BaruaImapValue *to = is_single ? from : barua_imap_value_next (list, from);
  BaruaIdSet *from_set = barua_imap_reader_take_set (self, 0);
  BaruaIdSet *to_set = barua_imap_reader_take_set (self, 1);

  if (to == NULL || !barua_imap_value_get_nz (value, &status->uid_validity) ||
      !barua_imap_uid_set_read (barua_imap_value_get_slice (to), to_set))
    return FALSE;
  status->to_uids = to_set;
  if (status->code == BARUA_IMAP_CODE_APPENDUID)
    return !barua_id_set_is_empty (to_set);
  if (!barua_imap_uid_set_read (barua_imap_value_get_slice (from), from_set) ||
      barua_id_set_get_count (from_set) != barua_id_set_get_count (to_set) || barua_id_set_is_empty (to_set))
    return FALSE;
  status->from_uids = from_set;
  status->uid_pairs = from;
  return TRUE;
}

static gboolean
read_uid_list (BaruaImapReader      *self,
               const BaruaImapValue *value,
               BaruaImapStatus      *status)
{
  BaruaIdSet *set = barua_imap_reader_take_set (self, 0);

  if (value == NULL || !barua_imap_uid_set_read (barua_imap_value_get_slice (value), set))
    return FALSE;
  status->from_uids = set;
  return TRUE;
}

/* "INPROGRESS", "INPROGRESS (tag 175 1000)", each of the three may be NIL. */
static gboolean
read_progress (const BaruaImapValue *value,
               BaruaImapStatus      *status)
{
  const BaruaImapValue *v;

  if (value == NULL)
    return TRUE;
  if (value->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  v = barua_imap_value_first (value);
  status->progress_tag = barua_imap_value_get_slice (v);
  v = v != NULL ? barua_imap_value_next (value, v) : NULL;
  barua_imap_value_get_number (v, &status->progress);
  v = v != NULL ? barua_imap_value_next (value, v) : NULL;
  barua_imap_value_get_number (v, &status->progress_goal);
  return TRUE;
}

/* The arguments of a known code; FALSE when they can't be. */
static gboolean
read_arguments (BaruaImapReader      *self,
                const BaruaImapValue *list,
                BaruaImapStatus      *status)
{
  const BaruaImapValue *first = barua_imap_value_first (list);
  const BaruaImapValue *second = first != NULL ? barua_imap_value_next (list, first) : NULL;

  switch (status->code)
    {
    case BARUA_IMAP_CODE_APPENDUID:
    case BARUA_IMAP_CODE_COPYUID:
      return read_uid_code (self, list, first, status);
    case BARUA_IMAP_CODE_MODIFIED:
      return read_uid_list (self, first, status);
    case BARUA_IMAP_CODE_DOWNGRADED:
      return read_uid_list (self, first, status);
    case BARUA_IMAP_CODE_CAPABILITY:
      self->capabilities = barua_imap_capabilities_new (list);
      status->capabilities = self->capabilities;
      return TRUE;
    case BARUA_IMAP_CODE_PERMANENTFLAGS:
      if (first == NULL || first->kind != BARUA_IMAP_VALUE_LIST)
        return FALSE;
      status->arguments = first;
      status->flags = barua_imap_flags_read (first, &status->any_flag, NULL);
      return TRUE;
    case BARUA_IMAP_CODE_BADCHARSET:
    case BARUA_IMAP_CODE_BADEVENT:
      if (first != NULL && first->kind == BARUA_IMAP_VALUE_LIST)
        status->arguments = first;
      return TRUE;
    case BARUA_IMAP_CODE_UIDNEXT:
    case BARUA_IMAP_CODE_UIDVALIDITY:
    case BARUA_IMAP_CODE_UNSEEN:
      return read_nz_32 (first, &status->number);
    case BARUA_IMAP_CODE_HIGHESTMODSEQ:
    case BARUA_IMAP_CODE_SAVELIMIT:
      return barua_imap_value_get_number (first, &status->number);
    case BARUA_IMAP_CODE_MESSAGELIMIT:
      if (second != NULL && !read_nz_32 (second, &status->number2))
        return FALSE;
      return barua_imap_value_get_number (first, &status->number);
    case BARUA_IMAP_CODE_METADATA_LONGENTRIES:
    case BARUA_IMAP_CODE_METADATA_MAXSIZE:
      return barua_imap_value_get_number (second, &status->number);
    case BARUA_IMAP_CODE_MAILBOXID:
      if (first != NULL && first->kind == BARUA_IMAP_VALUE_LIST)
        first = barua_imap_value_first (first);
      status->text_value = barua_imap_value_get_slice (first);
      return status->text_value.length > 0;
    case BARUA_IMAP_CODE_REFERRAL:
    case BARUA_IMAP_CODE_WEBALERT:
      status->text_value = status->code_text;
      return status->text_value.length > 0;
    case BARUA_IMAP_CODE_INPROGRESS:
      return read_progress (first, status);
    default:
      return TRUE;
    }
}

static void
read_code (BaruaImapReader *self,
           BaruaImapStatus *status)
{
  const BaruaImapValue *first;

  g_byte_array_set_size (self->scratch, 0);
  if (status->code_text.length > 0)
    g_byte_array_append (self->scratch, (const guint8 *) status->code_text.data, (guint) status->code_text.length);
  if (self->scratch->len == 0 ||
      barua_imap_tokens_run (&self->tokens, (char *) self->scratch->data, 0, self->scratch->len, NULL, 0, 0) !=
        BARUA_IMAP_PARSE_OK)
    barua_imap_tokens_reset (&self->tokens);
  status->arguments = self->tokens.values;
  first = barua_imap_value_first (status->arguments);
  status->code = find_code (status->code_name, &first);
  if (status->code != BARUA_IMAP_CODE_UNKNOWN && !read_arguments (self, self->tokens.values, status))
    {
      status->code = BARUA_IMAP_CODE_UNKNOWN;
      status->from_uids = NULL;
      status->to_uids = NULL;
    }
}

void
barua_imap_reader_read_status (BaruaImapReader    *self,
                               BaruaImapCondition  condition,
                               BaruaImapSlice      text,
                               BaruaImapStatus    *status)
{
  memset (status, 0, sizeof *status);
  status->condition = condition;
  if (text.length > 1 && text.data[0] == '[')
    {
      const char *end = text.data + text.length;
      const char *close = find_code_end (text.data + 1, end);
      const char *p = text.data + 1;

      if (close != NULL)
        {
          while (p < close && *p != ' ')
            p++;
          status->code_name = (BaruaImapSlice) { text.data + 1, (gsize) (p - text.data) - 1 };
          while (p < close && *p == ' ')
            p++;
          status->code_text = (BaruaImapSlice) { p, (gsize) (close - p) };
          text = (BaruaImapSlice) { close + 1, (gsize) (end - close) - 1 };
          if (text.length > 0 && text.data[0] == ' ')
            text = (BaruaImapSlice) { text.data + 1, text.length - 1 };
          read_code (self, status);
        }
    }
  status->text = (BaruaImapSlice) { text.data, MIN (text.length, BARUA_LIMIT_IMAP_RESPONSE_TEXT_BYTES) };
}

/* What follows the text is not its own: it has no end mark, and a digit may stand there. */
static guint64
read_digits (const char *p,
             const char *end)
{
  guint64 n = 0;

  for (; p < end && g_ascii_isdigit (*p) && n <= G_MAXUINT32; p++)
    n = n * 10 + (guint64) (*p - '0');
  return n;
}

static gboolean
next_range (BaruaImapSlice *text,
            guint64        *next,
            guint64        *last)
{
  const char *comma;
  const char *colon;
  gsize length;

  while (text->length > 0 && text->data[0] == ',')
    *text = (BaruaImapSlice) { text->data + 1, text->length - 1 };
  if (text->length == 0)
    return FALSE;
  comma = memchr (text->data, ',', text->length);
  length = comma != NULL ? (gsize) (comma - text->data) : text->length;
  colon = memchr (text->data, ':', length);
  *next = read_digits (text->data, text->data + length);
  *last = colon != NULL ? read_digits (colon + 1, text->data + length) : *next;
  *text = (BaruaImapSlice) { text->data + length, text->length - length };
  return TRUE;
}

void
barua_imap_copy_iter_init (BaruaImapCopyIter     *iter,
                           const BaruaImapStatus *status)
{
  const BaruaImapValue *from = status->code == BARUA_IMAP_CODE_COPYUID ? status->uid_pairs : NULL;

  *iter = (BaruaImapCopyIter) { .from_next = 1, .to_next = 1 };
  if (from == NULL)
    return;
  iter->from = barua_imap_value_get_slice (from);
  iter->to = barua_imap_value_get_slice (from + from->span);
}

/* One number of a set whose text is known to be good; ranges count down where they are sent so. */
static gboolean
step (BaruaImapSlice *text,
      guint64        *next,
      guint64        *last,
      guint32        *number)
{
  if (*next != 0 && *last == 0 && !next_range (text, next, last))
    return FALSE;
  *number = (guint32) *next;
  if (*next == *last)
    {
      *next = 1;
      *last = 0;
    }
  else
    *next += *next < *last ? 1 : (guint64) -1;
  return TRUE;
}

gboolean
barua_imap_copy_iter_next (BaruaImapCopyIter *iter,
                           guint32           *from,
                           guint32           *to)
{
  return step (&iter->from, &iter->from_next, &iter->from_last, from) && step (&iter->to, &iter->to_next, &iter->to_last, to);
}

static gboolean
contains (BaruaImapSlice  text,
          const char     *word)
{
  gsize length = strlen (word);

  for (gsize i = 0; i + length <= text.length; i++)
    if (g_ascii_strncasecmp (text.data + i, word, length) == 0)
      return TRUE;
  return FALSE;
}

guint
barua_imap_status_get_backoff_ms (const BaruaImapStatus *status)
{
  static const char words[] = "Backoff Time:";
  BaruaImapSlice text = status->text;
  guint64 n = 0;

  for (gsize i = 0; i + sizeof words - 1 <= text.length; i++)
    {
      if (g_ascii_strncasecmp (text.data + i, words, sizeof words - 1) != 0)
        continue;
      i += sizeof words - 1;
      while (i < text.length && text.data[i] == ' ')
        i++;
      for (; i < text.length && g_ascii_isdigit (text.data[i]) && n < BARUA_BACKOFF_LAST_MS; i++)
        n = n * 10 + (guint) (text.data[i] - '0');
      return (guint) MIN (n, (guint64) BARUA_BACKOFF_LAST_MS);
    }
  return 0;
}

GError *
barua_imap_status_to_error (const BaruaImapStatus *status)
{
  int code = codes[status->code].error;
  g_autofree char *clean = NULL;
  g_autofree char *text = NULL;

  /* Servers that say in words what RFC 5530 has codes for: docs/server-quirks.md. */
  if (code < 0 && contains (status->text, "authenticated but not connected"))
    code = BARUA_ERROR_NOT_PERMITTED;
  if (code < 0 && (contains (status->text, "is throttled") || contains (status->text, "Too many simultaneous connections") ||
                   contains (status->text, "Server Unavailable") || contains (status->text, "Maximum number of connections")))
    code = BARUA_ERROR_BUSY;
  if (code < 0)
    code = status->condition == BARUA_IMAP_BYE ? BARUA_ERROR_CONNECTION_LOST : BARUA_ERROR_SERVER_REFUSED;
  clean = barua_text_clean (status->text.data != NULL ? status->text.data : "", (gssize) status->text.length,
                            BARUA_LIMIT_IMAP_RESPONSE_TEXT_BYTES);
  text = barua_text_ellipsise (clean, BARUA_LIMIT_SERVER_TEXT_CHARS);
  return g_error_new (BARUA_ERROR, code, "%s", text[0] != '\0' ? text : "the server refused without saying why");
}
