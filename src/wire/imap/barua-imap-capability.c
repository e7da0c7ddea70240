/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-capability.h"

#include <string.h>

#include "barua-limits.h"

struct _BaruaImapCapabilities
{
  gatomicrefcount  ref_count;
  guint64          bits[(BARUA_IMAP_N_CAPS + 63) / 64];
  GPtrArray       *unknown;       /* char *, NULL-terminated */
  guint64          append_limit;
  guint64          message_limit;
  guint64          save_limit;
};

static const char *const names[BARUA_IMAP_N_CAPS] = {
  [BARUA_IMAP_CAP_IMAP4REV1] = "IMAP4REV1",
  [BARUA_IMAP_CAP_IMAP4REV2] = "IMAP4REV2",
  [BARUA_IMAP_CAP_ACL] = "ACL",
  [BARUA_IMAP_CAP_APPENDLIMIT] = "APPENDLIMIT",
  [BARUA_IMAP_CAP_AUTH_EXTERNAL] = "AUTH=EXTERNAL",
  [BARUA_IMAP_CAP_AUTH_LOGIN] = "AUTH=LOGIN",
  [BARUA_IMAP_CAP_AUTH_OAUTHBEARER] = "AUTH=OAUTHBEARER",
  [BARUA_IMAP_CAP_AUTH_PLAIN] = "AUTH=PLAIN",
  [BARUA_IMAP_CAP_AUTH_SCRAM_SHA_1] = "AUTH=SCRAM-SHA-1",
  [BARUA_IMAP_CAP_AUTH_SCRAM_SHA_256] = "AUTH=SCRAM-SHA-256",
  [BARUA_IMAP_CAP_AUTH_SCRAM_SHA_256_PLUS] = "AUTH=SCRAM-SHA-256-PLUS",
  [BARUA_IMAP_CAP_AUTH_XOAUTH2] = "AUTH=XOAUTH2",
  [BARUA_IMAP_CAP_BINARY] = "BINARY",
  [BARUA_IMAP_CAP_CATENATE] = "CATENATE",
  [BARUA_IMAP_CAP_CHILDREN] = "CHILDREN",
  [BARUA_IMAP_CAP_COMPRESS_DEFLATE] = "COMPRESS=DEFLATE",
  [BARUA_IMAP_CAP_CONDSTORE] = "CONDSTORE",
  [BARUA_IMAP_CAP_CREATE_SPECIAL_USE] = "CREATE-SPECIAL-USE",
  [BARUA_IMAP_CAP_ENABLE] = "ENABLE",
  [BARUA_IMAP_CAP_ESEARCH] = "ESEARCH",
  [BARUA_IMAP_CAP_ESORT] = "ESORT",
  [BARUA_IMAP_CAP_GMAIL] = "X-GM-EXT-1",
  [BARUA_IMAP_CAP_ID] = "ID",
  [BARUA_IMAP_CAP_IDLE] = "IDLE",
  [BARUA_IMAP_CAP_INPROGRESS] = "INPROGRESS",
  [BARUA_IMAP_CAP_LIST_EXTENDED] = "LIST-EXTENDED",
  [BARUA_IMAP_CAP_LIST_METADATA] = "LIST-METADATA",
  [BARUA_IMAP_CAP_LIST_MYRIGHTS] = "LIST-MYRIGHTS",
  [BARUA_IMAP_CAP_LIST_STATUS] = "LIST-STATUS",
  [BARUA_IMAP_CAP_LITERAL_MINUS] = "LITERAL-",
  [BARUA_IMAP_CAP_LITERAL_PLUS] = "LITERAL+",
  [BARUA_IMAP_CAP_LOGINDISABLED] = "LOGINDISABLED",
  [BARUA_IMAP_CAP_MESSAGELIMIT] = "MESSAGELIMIT",
  [BARUA_IMAP_CAP_METADATA] = "METADATA",
  [BARUA_IMAP_CAP_METADATA_SERVER] = "METADATA-SERVER",
  [BARUA_IMAP_CAP_MOVE] = "MOVE",
  [BARUA_IMAP_CAP_MULTIAPPEND] = "MULTIAPPEND",
  [BARUA_IMAP_CAP_NAMESPACE] = "NAMESPACE",
  [BARUA_IMAP_CAP_NOTIFY] = "NOTIFY",
  [BARUA_IMAP_CAP_OBJECTID] = "OBJECTID",
  [BARUA_IMAP_CAP_PARTIAL] = "PARTIAL",
  [BARUA_IMAP_CAP_PREVIEW] = "PREVIEW",
  [BARUA_IMAP_CAP_QRESYNC] = "QRESYNC",
  [BARUA_IMAP_CAP_QUOTA] = "QUOTA",
  [BARUA_IMAP_CAP_REPLACE] = "REPLACE",
  [BARUA_IMAP_CAP_SASL_IR] = "SASL-IR",
  [BARUA_IMAP_CAP_SAVEDATE] = "SAVEDATE",
  [BARUA_IMAP_CAP_SAVELIMIT] = "SAVELIMIT",
  [BARUA_IMAP_CAP_SEARCHRES] = "SEARCHRES",
  [BARUA_IMAP_CAP_SEARCH_FUZZY] = "SEARCH=FUZZY",
  [BARUA_IMAP_CAP_SORT] = "SORT",
  [BARUA_IMAP_CAP_SORT_DISPLAY] = "SORT=DISPLAY",
  [BARUA_IMAP_CAP_SPECIAL_USE] = "SPECIAL-USE",
  [BARUA_IMAP_CAP_STARTTLS] = "STARTTLS",
  [BARUA_IMAP_CAP_STATUS_SIZE] = "STATUS=SIZE",
  [BARUA_IMAP_CAP_THREAD_REFERENCES] = "THREAD=REFERENCES",
  [BARUA_IMAP_CAP_UIDBATCHES] = "UIDBATCHES",
  [BARUA_IMAP_CAP_UIDONLY] = "UIDONLY",
  [BARUA_IMAP_CAP_UIDPLUS] = "UIDPLUS",
  [BARUA_IMAP_CAP_UNAUTHENTICATE] = "UNAUTHENTICATE",
  [BARUA_IMAP_CAP_UNSELECT] = "UNSELECT",
  [BARUA_IMAP_CAP_UTF8_ACCEPT] = "UTF8=ACCEPT",
  [BARUA_IMAP_CAP_UTF8_ONLY] = "UTF8=ONLY",
  [BARUA_IMAP_CAP_WITHIN] = "WITHIN",
  [BARUA_IMAP_CAP_XLIST] = "XLIST",
};

static BaruaImapCapabilities *
create (void)
{
  BaruaImapCapabilities *self = g_new0 (BaruaImapCapabilities, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->unknown = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  return self;
}

static void
set_bit (BaruaImapCapabilities *self,
         BaruaImapCap           cap)
{
  self->bits[cap / 64] |= G_GUINT64_CONSTANT (1) << (cap % 64);
}

/* "APPENDLIMIT=35651584": the three that carry a number. */
static gboolean
add_limit (BaruaImapCapabilities *self,
           BaruaImapSlice         word)
{
  static const BaruaImapCap caps[] = { BARUA_IMAP_CAP_APPENDLIMIT, BARUA_IMAP_CAP_MESSAGELIMIT, BARUA_IMAP_CAP_SAVELIMIT };
  guint64 *const limits[] = { &self->append_limit, &self->message_limit, &self->save_limit };

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++)
    {
      gsize length = strlen (names[caps[i]]);
      BaruaImapValue number;

      if (word.length <= length || word.data[length] != '=' || g_ascii_strncasecmp (word.data, names[caps[i]], length) != 0)
        continue;
      number = (BaruaImapValue) { .data = word.data + length + 1, .length = word.length - length - 1,
                                  .kind = BARUA_IMAP_VALUE_NUMBER };
      if (!barua_imap_value_get_number (&number, limits[i]))
        return FALSE;
      set_bit (self, caps[i]);
      return TRUE;
    }
  return FALSE;
}

static void
add_word (BaruaImapCapabilities *self,
          BaruaImapSlice         word)
{
  g_autofree char *text = NULL;

  if (word.length == 0)
    return;
  for (guint i = 0; i < BARUA_IMAP_N_CAPS; i++)
    if (barua_imap_slice_is (word, names[i]))
      {
        set_bit (self, i);
        return;
      }
  if (add_limit (self, word) || self->unknown->len >= BARUA_LIMIT_IMAP_UNKNOWN_CAPABILITIES)
    return;
  text = barua_imap_slice_dup_text (word);
  for (char *p = text; *p != '\0'; p++)
    *p = g_ascii_toupper (*p);
  for (guint i = 0; i < self->unknown->len; i++)
    if (strcmp (g_ptr_array_index (self->unknown, i), text) == 0)
      return;
  g_ptr_array_add (self->unknown, g_steal_pointer (&text));
}

BaruaImapCapabilities *
barua_imap_capabilities_new (const BaruaImapValue *list)
{
  BaruaImapCapabilities *self = create ();

  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return self;
  for (const BaruaImapValue *v = barua_imap_value_first (list); v != NULL; v = barua_imap_value_next (list, v))
    if (v->kind == BARUA_IMAP_VALUE_NIL)
      add_word (self, (BaruaImapSlice) { v->data, v->length });
    else
      add_word (self, barua_imap_value_get_slice (v));
  return self;
}

BaruaImapCapabilities *
barua_imap_capabilities_new_text (const char *words)
{
  BaruaImapCapabilities *self = create ();
  g_auto(GStrv) split = g_strsplit (words, " ", -1);

  for (guint i = 0; split[i] != NULL; i++)
    add_word (self, (BaruaImapSlice) { split[i], strlen (split[i]) });
  return self;
}

BaruaImapCapabilities *
barua_imap_capabilities_ref (BaruaImapCapabilities *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_imap_capabilities_unref (BaruaImapCapabilities *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->unknown);
  g_free (self);
}

gboolean
barua_imap_capabilities_has (const BaruaImapCapabilities *self,
                             BaruaImapCap                 cap)
{
  return ((self->bits[cap / 64] >> (cap % 64)) & 1) != 0;
}

gboolean
barua_imap_capabilities_has_word (const BaruaImapCapabilities *self,
                                  const char                  *word)
{
  for (guint i = 0; i < self->unknown->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (self->unknown, i), word) == 0)
      return TRUE;
  return FALSE;
}

const char *const *
barua_imap_capabilities_get_unknown (const BaruaImapCapabilities *self)
{
  static const char *const none[] = { NULL };

  return self->unknown->len > 0 ? (const char *const *) self->unknown->pdata : none;
}

guint64
barua_imap_capabilities_get_limit (const BaruaImapCapabilities *self,
                                   BaruaImapCap                 cap)
{
  if (cap == BARUA_IMAP_CAP_APPENDLIMIT)
    return self->append_limit;
  if (cap == BARUA_IMAP_CAP_MESSAGELIMIT)
    return self->message_limit;
  return cap == BARUA_IMAP_CAP_SAVELIMIT ? self->save_limit : 0;
}

const char *
barua_imap_cap_get_name (BaruaImapCap cap)
{
  return names[cap];
}
