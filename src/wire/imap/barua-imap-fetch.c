/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-fetch.h"

#include <string.h>

#include "barua-imap-reader-private.h"
#include "barua-limits.h"

static const struct
{
  const char     *name;
  BaruaImapItems  item;
} items[] = {
  { "UID", BARUA_IMAP_ITEM_UID },
  { "FLAGS", BARUA_IMAP_ITEM_FLAGS },
  { "INTERNALDATE", BARUA_IMAP_ITEM_INTERNALDATE },
  { "RFC822.SIZE", BARUA_IMAP_ITEM_RFC822_SIZE },
  { "MODSEQ", BARUA_IMAP_ITEM_MODSEQ },
  { "ENVELOPE", BARUA_IMAP_ITEM_ENVELOPE },
  { "BODYSTRUCTURE", BARUA_IMAP_ITEM_BODYSTRUCTURE },
  { "BODY", BARUA_IMAP_ITEM_BODYSTRUCTURE },
  { "RFC822", BARUA_IMAP_ITEM_SECTION },
  { "RFC822.HEADER", BARUA_IMAP_ITEM_SECTION },
  { "RFC822.TEXT", BARUA_IMAP_ITEM_SECTION },
  { "EMAILID", BARUA_IMAP_ITEM_EMAILID },
  { "THREADID", BARUA_IMAP_ITEM_THREADID },
  { "SAVEDATE", BARUA_IMAP_ITEM_SAVEDATE },
  { "PREVIEW", BARUA_IMAP_ITEM_PREVIEW },
  { "X-GM-MSGID", BARUA_IMAP_ITEM_X_GM_MSGID },
  { "X-GM-THRID", BARUA_IMAP_ITEM_X_GM_THRID },
  { "X-GM-LABELS", BARUA_IMAP_ITEM_X_GM_LABELS },
};

static gboolean
two_digits (const char *p,
            int        *number)
{
  if (!g_ascii_isdigit (p[0]) || !g_ascii_isdigit (p[1]))
    return FALSE;
  *number = (p[0] - '0') * 10 + (p[1] - '0');
  return TRUE;
}

static int
month_number (const char *p)
{
  static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

  for (int i = 0; i < 12; i++)
    if ((p[0] | 0x20) == months[i * 3] && (p[1] | 0x20) == months[i * 3 + 1] && (p[2] | 0x20) == months[i * 3 + 2])
      return i + 1;
  return 0;
}

/* Days since 1970-01-01 of a Gregorian date; March begins the year, so that the leap day ends it. */
static gint64
days_from_date (int year,
                int month,
                int day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

gboolean
barua_imap_date_time_parse (BaruaImapSlice  text,
                            gint64         *seconds,
                            gint16         *zone)
{
  const char *p = text.data;
  gsize length = text.length;
  int day, month, century, year, hour, minute, second, zone_hour, zone_minute;

  if (p == NULL)
    return FALSE;
  while (length > 0 && *p == ' ')
    {
      p++;
      length--;
    }
  /* "2-Jul-2026 ..." and "02-Jul-2026 12:00:00 +0100" */
  if (length == 25 && g_ascii_isdigit (p[0]) && p[1] == '-')
    {
      day = p[0] - '0';
      p += 1;
    }
  else if (length == 26 && two_digits (p, &day))
    p += 2;
  else
    return FALSE;
  month = month_number (p + 1);
  if (p[0] != '-' || month == 0 || p[4] != '-' || !two_digits (p + 5, &century) || !two_digits (p + 7, &year) ||
      p[9] != ' ' || !two_digits (p + 10, &hour) || p[12] != ':' || !two_digits (p + 13, &minute) || p[15] != ':' ||
      !two_digits (p + 16, &second) || p[18] != ' ' || (p[19] != '+' && p[19] != '-') || !two_digits (p + 20, &zone_hour) ||
      !two_digits (p + 22, &zone_minute))
    return FALSE;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || zone_minute > 59)
    return FALSE;
  zone_minute += zone_hour * 60;
  if (p[19] == '-')
    zone_minute = -zone_minute;
  *seconds = days_from_date (century * 100 + year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
             (gint64) zone_minute * 60;
  if (zone != NULL)
    *zone = (gint16) zone_minute;
  return TRUE;
}

BaruaFlags
barua_imap_flags_read (const BaruaImapValue *list,
                       gboolean             *any_flag,
                       gboolean             *recent)
{
  BaruaFlags flags = 0;

  for (const BaruaImapValue *v = barua_imap_value_first (list); v != NULL; v = barua_imap_value_next (list, v))
    {
      BaruaImapSlice word = barua_imap_value_get_name (v);

      flags |= word.length > 0 ? barua_flag_from_name (word.data, (gssize) word.length) : 0;
      if (any_flag != NULL && barua_imap_slice_is (word, "\\*"))
        *any_flag = TRUE;
      if (recent != NULL && barua_imap_slice_is (word, "\\Recent"))
        *recent = TRUE;
    }
  return flags;
}

static gboolean
read_flags (BaruaImapReader      *self,
            const BaruaImapValue *value,
            BaruaImapFetch       *fetch)
{
  gboolean good = TRUE;

  fetch->flags = 0;
  fetch->recent = FALSE;
  self->n_keywords = 0;
  if (value->kind == BARUA_IMAP_VALUE_NIL)
    return TRUE;
  if (value->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;
  for (const BaruaImapValue *v = barua_imap_value_first (value); v != NULL; v = barua_imap_value_next (value, v))
    {
      BaruaImapSlice word = barua_imap_value_get_name (v);
      BaruaFlags flag;

      if (word.length == 0)
        {
          good = FALSE;
          continue;
        }
      flag = barua_flag_from_name (word.data, (gssize) word.length);
      fetch->flags |= flag;
      if (flag != 0)
        continue;
      if (barua_imap_slice_is (word, "\\Recent"))
        {
          fetch->recent = TRUE;
          continue;
        }
      if (self->n_keywords == self->allocated_keywords)
        {
          self->allocated_keywords = MAX (self->allocated_keywords * 2, 16);
          self->keywords = g_renew (BaruaImapSlice, self->keywords, self->allocated_keywords);
        }
      self->keywords[self->n_keywords++] = word;
    }
  return good;
}

/* "(value)", or the value bare. */
static const BaruaImapValue *
unwrap (const BaruaImapValue *value)
{
  return value->kind == BARUA_IMAP_VALUE_LIST ? barua_imap_value_first (value) : value;
}

static gboolean
read_id (const BaruaImapValue *value,
         BaruaImapSlice       *id)
{
  value = unwrap (value);
  *id = barua_imap_value_get_slice (value);
  return id->length > 0 || (value != NULL && value->kind == BARUA_IMAP_VALUE_NIL);
}

static gboolean
read_save_date (const BaruaImapValue *value,
                gint64               *save_date)
{
  *save_date = G_MININT64;
  return value->kind == BARUA_IMAP_VALUE_NIL ||
         barua_imap_date_time_parse (barua_imap_value_get_slice (value), save_date, NULL);
}

static gboolean
read_list (const BaruaImapValue  *value,
           const BaruaImapValue **list)
{
  *list = value;
  return value->kind == BARUA_IMAP_VALUE_LIST;
}

/* Fills in what a section's value says. */
static gboolean
add_section (BaruaImapSection     *sections,
             const BaruaImapValue *value,
             BaruaImapSection      section,
             BaruaImapFetch       *fetch)
{
  if (fetch->n_sections == BARUA_IMAP_FETCH_SECTIONS)
    return FALSE;
  if (section.kind == BARUA_IMAP_SECTION_BINARY_SIZE)
    {
      if (!barua_imap_value_get_number (value, &section.length))
        return FALSE;
    }
  else if (value->kind == BARUA_IMAP_VALUE_LIST)
    return FALSE;
  else
    {
      section.data = barua_imap_value_get_slice (value);
      section.length = value->kind == BARUA_IMAP_VALUE_NIL ? 0 : value->length;
      section.is_nil = value->kind == BARUA_IMAP_VALUE_NIL;
      section.is_streamed = value->kind == BARUA_IMAP_VALUE_STREAMED;
    }
  sections[fetch->n_sections++] = section;
  return TRUE;
}

/* "BODY[1.MIME]<0>": the item it is, 0 when it is none of these. */
static BaruaImapItems
read_section_name (BaruaImapSlice    name,
                   BaruaImapSection *section)
{
  const char *bracket = memchr (name.data, '[', name.length);
  const char *close;
  BaruaImapSlice head;
  BaruaImapItems item = BARUA_IMAP_ITEM_SECTION;

  if (bracket == NULL)
    return 0;
  head = (BaruaImapSlice) { name.data, (gsize) (bracket - name.data) };
  section->kind = BARUA_IMAP_SECTION_BODY;
  section->origin = -1;
  if (barua_imap_slice_is (head, "BINARY"))
    {
      section->kind = BARUA_IMAP_SECTION_BINARY;
      item = BARUA_IMAP_ITEM_BINARY;
    }
  else if (barua_imap_slice_is (head, "BINARY.SIZE"))
    {
      section->kind = BARUA_IMAP_SECTION_BINARY_SIZE;
      item = BARUA_IMAP_ITEM_BINARY_SIZE;
    }
  else if (barua_imap_slice_is (head, "RFC822") && name.length == head.length + 2)
    section->kind = BARUA_IMAP_SECTION_RFC822; /* "RFC822[]": seen, and meant as RFC822 */
  else if (!barua_imap_slice_is (head, "BODY") && !barua_imap_slice_is (head, "BODY.PEEK"))
    return 0;
  for (close = name.data + name.length - 1; close > bracket && *close != ']'; close--)
    continue;
  if (close == bracket)
    return 0;
  section->spec = (BaruaImapSlice) { bracket + 1, (gsize) (close - bracket - 1) };
  if (close + 1 < name.data + name.length)
    {
      gsize rest = name.length - (gsize) (close + 1 - name.data);
      BaruaImapValue number = { .data = close + 2, .length = rest - 2, .kind = BARUA_IMAP_VALUE_NUMBER };
      guint64 origin;

      if (rest < 3 || close[1] != '<' || close[rest] != '>' || !barua_imap_value_get_number (&number, &origin))
        return 0;
      section->origin = (gint64) origin;
    }
  return item;
}

static BaruaImapItems
find_item (BaruaImapSlice    name,
           BaruaImapSection *section)
{
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    if (barua_imap_slice_is (name, items[i].name))
      {
        section->kind = name.length == 6    ? BARUA_IMAP_SECTION_RFC822
                        : name.length == 13 ? BARUA_IMAP_SECTION_RFC822_HEADER
                                            : BARUA_IMAP_SECTION_RFC822_TEXT;
        section->origin = -1;
        return items[i].item;
      }
  return name.length > 0 ? read_section_name (name, section) : 0;
}

static gboolean
read_item (BaruaImapReader      *self,
           BaruaImapItems        item,
           const BaruaImapValue *value,
           BaruaImapSection      section,
           BaruaImapFetch       *fetch)
{
  switch (item)
    {
    case BARUA_IMAP_ITEM_UID:
      return barua_imap_value_get_nz (value, &fetch->uid);
    case BARUA_IMAP_ITEM_FLAGS:
      return read_flags (self, value, fetch);
    case BARUA_IMAP_ITEM_INTERNALDATE:
      return barua_imap_date_time_parse (barua_imap_value_get_slice (value), &fetch->internal_date, &fetch->internal_zone);
    case BARUA_IMAP_ITEM_RFC822_SIZE:
      return barua_imap_value_get_number (value, &fetch->size);
    case BARUA_IMAP_ITEM_MODSEQ:
      return barua_imap_value_get_number (unwrap (value), &fetch->modseq);
    case BARUA_IMAP_ITEM_ENVELOPE:
      return read_list (value, &fetch->envelope);
    case BARUA_IMAP_ITEM_BODYSTRUCTURE:
      return read_list (value, &fetch->body_structure);
    case BARUA_IMAP_ITEM_SECTION:
    case BARUA_IMAP_ITEM_BINARY:
    case BARUA_IMAP_ITEM_BINARY_SIZE:
      return add_section (self->sections, value, section, fetch);
    case BARUA_IMAP_ITEM_EMAILID:
      return read_id (value, &fetch->email_id);
    case BARUA_IMAP_ITEM_THREADID:
      return read_id (value, &fetch->thread_id);
    case BARUA_IMAP_ITEM_SAVEDATE:
      return read_save_date (value, &fetch->save_date);
    case BARUA_IMAP_ITEM_PREVIEW:
      fetch->preview = barua_imap_value_get_slice (value);
      return value->kind == BARUA_IMAP_VALUE_NIL || barua_imap_value_is_text (value);
    case BARUA_IMAP_ITEM_X_GM_MSGID:
      return barua_imap_value_get_number (value, &fetch->gm_msgid);
    case BARUA_IMAP_ITEM_X_GM_THRID:
      return barua_imap_value_get_number (value, &fetch->gm_thrid);
    case BARUA_IMAP_ITEM_X_GM_LABELS:
      return read_list (value, &fetch->gm_labels);
    case BARUA_IMAP_ITEM_UNKNOWN:
    default:
      return TRUE;
    }
}

gboolean
barua_imap_reader_read_fetch (BaruaImapReader     *self,
                              const BaruaImapLine *line,
                              gboolean             is_uid,
                              BaruaImapFetch      *fetch)
{
  const BaruaImapValue *list = barua_imap_value_first (line->arguments);
  gboolean good = line->number > 0 && line->number <= G_MAXUINT32;
  const BaruaImapValue *key;

  memset (fetch, 0, sizeof *fetch);
  fetch->save_date = G_MININT64;
  self->n_keywords = 0;
  if (good && is_uid)
    {
      fetch->uid = (guint32) line->number;
      fetch->present |= BARUA_IMAP_ITEM_UID;
    }
  else if (good)
    fetch->seq = (guint32) line->number;
  if (list == NULL || list->kind != BARUA_IMAP_VALUE_LIST)
    return FALSE;

  key = barua_imap_value_first (list);
  while (key != NULL)
    {
      BaruaImapSlice name = barua_imap_value_get_slice (key);
      const BaruaImapValue *value = barua_imap_value_next (list, key);
      BaruaImapSection section = { 0 };
      BaruaImapItems item;

      if (name.data == NULL || value == NULL)
        {
          /* Out of step, or the last item lacks its value. */
          good = FALSE;
          key = value;
          continue;
        }
      item = find_item (name, &section);
      if (item == 0)
        item = BARUA_IMAP_ITEM_UNKNOWN;
      if (read_item (self, item, value, section, fetch))
        fetch->present |= item;
      else
        fetch->damaged |= item;
      key = barua_imap_value_next (list, value);
    }
  fetch->keywords = self->keywords;
  fetch->n_keywords = self->n_keywords;
  fetch->sections = self->sections;
  return good && fetch->damaged == 0;
}

const BaruaImapSection *
barua_imap_fetch_get_section (const BaruaImapFetch *self,
                              BaruaImapSectionKind  kind,
                              const char           *spec)
{
  for (guint i = 0; i < self->n_sections; i++)
    if (self->sections[i].kind == kind &&
        (spec[0] == '\0' ? self->sections[i].spec.length == 0 : barua_imap_slice_is (self->sections[i].spec, spec)))
      return &self->sections[i];
  return NULL;
}

BaruaImapSlice
barua_imap_fetch_get_header (const BaruaImapFetch *self)
{
  for (guint i = 0; i < self->n_sections; i++)
    {
      const BaruaImapSection *section = &self->sections[i];

      if (section->kind == BARUA_IMAP_SECTION_RFC822_HEADER ||
          (section->kind == BARUA_IMAP_SECTION_BODY && section->spec.length >= 6 &&
           g_ascii_strncasecmp (section->spec.data, "HEADER", 6) == 0))
        return section->data;
    }
  return (BaruaImapSlice) { NULL, 0 };
}
