/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "barua-mime-split.h"

#include "barua-limits.h"
#include "barua-text.h"

#include <string.h>

typedef struct
{
  char *text;
  gsize length;
} Boundary;

/* A delimiter line; level is that of its boundary in the stack, -1 for the end of the message. */
typedef struct
{
  const char *line;
  const char *after;
  int         level;
  gboolean    is_close;
} Delimiter;

typedef struct
{
  BaruaMimeTree *tree;
  const char    *base;
  const char    *end;
  GArray        *boundaries; /* Boundary, innermost last */
  Delimiter      next;       /* what ended the entity that was read last */
} Splitter;

BaruaMimeNode *
barua_mime_node_new (int parent)
{
  BaruaMimeNode *node = g_new0 (BaruaMimeNode, 1);

  node->part = barua_part_new ();
  node->parent = parent;
  return node;
}

static void
node_free (BaruaMimeNode *node)
{
  barua_part_free (node->part);
  g_free (node->related_start);
  g_free (node);
}

static void
boundary_clear (Boundary *boundary)
{
  g_free (boundary->text);
}

static BaruaMimeTree *
tree_new (void)
{
  BaruaMimeTree *self = g_new0 (BaruaMimeTree, 1);

  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)node_free);
  self->fields = g_array_new (FALSE, FALSE, sizeof (BaruaMimeField));
  return self;
}

void
barua_mime_tree_free (BaruaMimeTree *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->fields);
  g_free (self);
}

gboolean
barua_mime_part_is (const BaruaPart *part,
                    const char      *prefix)
{
  return g_str_has_prefix (part->type, prefix);
}

/* Headers of parts -------------------------------------------------------------------------------------------------- */

static void
set_string (char       **where,
            const char  *value,
            gsize        max,
            gboolean     lower)
{
  g_autofree char *clean = barua_text_clean (value, -1, max);

  g_free (*where);
  *where = lower ? g_ascii_strdown (clean, -1) : g_steal_pointer (&clean);
}

static void
read_type (BaruaMimeNode *node,
           const char    *raw,
           char         **boundary,
           char         **name)
{
  g_autoptr (GMimeContentType) type = g_mime_content_type_parse (barua_mime_get_options (), raw);
  g_autofree char *mime_type = type != NULL ? g_mime_content_type_get_mime_type (type) : NULL;
  const char *value;

  if (mime_type == NULL)
    return;
  /* "text" alone and the like say nothing (RFC 2045, 5.2); their parameters may. */
  if (memchr (raw, '/', strcspn (raw, ";")) != NULL)
    set_string (&node->part->type, mime_type, 128, TRUE);
  if ((value = g_mime_content_type_get_parameter (type, "charset")) != NULL)
    set_string (&node->part->charset, value, BARUA_LIMIT_CHARSET_NAME_BYTES + 1, TRUE);
  if ((value = g_mime_content_type_get_parameter (type, "boundary")) != NULL)
    *boundary = g_strdup (value);
  if ((value = g_mime_content_type_get_parameter (type, "name")) != NULL)
    *name = g_strdup (value);
  if ((value = g_mime_content_type_get_parameter (type, "start")) != NULL)
    node->related_start = g_strdup (value);
  value = g_mime_content_type_get_parameter (type, "format");
  node->part->is_flowed = value != NULL && g_ascii_strcasecmp (value, "flowed") == 0;
  value = g_mime_content_type_get_parameter (type, "delsp");
  node->part->is_delsp = node->part->is_flowed && value != NULL && g_ascii_strcasecmp (value, "yes") == 0;
}

static void
read_disposition (BaruaMimeNode *node,
                  const char    *raw,
                  char         **name)
{
  g_autoptr (GMimeContentDisposition) disposition = g_mime_content_disposition_parse (barua_mime_get_options (), raw);
  const char *value;

  if (disposition == NULL)
    return;
  value = g_mime_content_disposition_get_disposition (disposition);
  /* An unknown disposition is to be taken as an attachment (RFC 2183, 2.8). */
  node->part->is_attached = value != NULL && *value != '\0' && g_ascii_strcasecmp (value, "inline") != 0;
  value = g_mime_content_disposition_get_parameter (disposition, "filename");
  if (value != NULL && *value != '\0')
    {
      g_free (*name);
      *name = g_strdup (value);
    }
}

static void
read_encoding (BaruaMimeNode *node,
               const char    *raw)
{
  gsize start = strspn (raw, " \t\"'");
  gsize length = strcspn (raw + start, " \t\"';(,");
  g_autofree char *word = g_strndup (raw + start, MIN (length, 32));

  if (*word != '\0')
    set_string (&node->part->encoding, word, 32, TRUE);
}

static void
read_file_name (BaruaMimeNode *node,
                const char    *name)
{
  if (name == NULL || *name == '\0')
    return;
  g_free (node->part->file_name);
  node->part->file_name = barua_text_file_name (name);
  node->is_renamed = strcmp (name, node->part->file_name) != 0;
}

void
barua_mime_node_read (BaruaMimeNode *node,
                      GArray        *fields,
                      const char    *default_type,
                      char         **boundary)
{
  const BaruaMimeField *field;
  g_autofree char *name = NULL;

  set_string (&node->part->type, default_type, 128, TRUE);
  if ((field = barua_mime_fields_find (fields, "Content-Type")) != NULL)
    {
      g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);

      if (*raw != '\0')
        read_type (node, raw, boundary, &name);
    }
  if ((field = barua_mime_fields_find (fields, "Content-Disposition")) != NULL)
    {
      g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);

      read_disposition (node, raw, &name);
    }
  if ((field = barua_mime_fields_find (fields, "Content-Transfer-Encoding")) != NULL)
    {
      g_autofree char *raw = barua_mime_field_dup_raw (field, 256);

      read_encoding (node, raw);
    }
  if ((field = barua_mime_fields_find (fields, "Content-ID")) != NULL)
    {
      g_autofree char *raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_MESSAGE_ID_BYTES);
      char *open = strchr (raw, '<');
      char *id = open != NULL ? open + 1 : raw;

      id[strcspn (id, ">")] = '\0';
      set_string (&node->part->content_id, g_strstrip (id), BARUA_LIMIT_MESSAGE_ID_BYTES, FALSE);
    }
  read_file_name (node, name);
}

/* Delimiters -------------------------------------------------------------------------------------------------------- */

static const char *
line_end (const char *p,
          const char *end)
{
  const char *newline = memchr (p, '\n', (gsize)(end - p));

  return newline != NULL ? newline + 1 : end;
}

/* Whether the line at @line, which begins with "--", is a delimiter: the whole boundary, then nothing but white space (RFC
 * 2046, 5.1.1), so that a boundary that is the beginning of another is not taken for it. Innermost first. */
static gboolean
is_delimiter (const Splitter *self,
              const char     *line,
              Delimiter      *delimiter)
{
  const char *after = line_end (line, self->end);
  const char *text = line + 2;
  gsize length = (gsize)(after - text);

  while (length > 0 && strchr (" \t\r\n", text[length - 1]) != NULL && text[length - 1] != '\0')
    length--;
  for (int level = (int)self->boundaries->len - 1; level >= 0; level--)
    {
      const Boundary *boundary = &g_array_index (self->boundaries, Boundary, level);
      gboolean is_close = length == boundary->length + 2 && text[length - 1] == '-' && text[length - 2] == '-';

      if ((length == boundary->length || is_close) && memcmp (text, boundary->text, boundary->length) == 0)
        {
          *delimiter = (Delimiter){ .line = line, .after = after, .level = level, .is_close = is_close };
          return TRUE;
        }
    }
  return FALSE;
}

/* The next delimiter line from @p (the beginning of a line) on. */
static void
find_delimiter (Splitter   *self,
                const char *p)
{
  if (self->boundaries->len > 0)
    while (p < self->end)
      {
        if (self->end - p >= 2 && p[0] == '-' && p[1] == '-' && is_delimiter (self, p, &self->next))
          return;
        p = memmem (p, (gsize)(self->end - p), "\n--", 3);
        if (p == NULL)
          break;
        p++;
      }
  self->next = (Delimiter){ .line = self->end, .after = self->end, .level = -1 };
}

/* Where the header that begins at @p can reach at most: behind its empty line, or to a delimiter. */
static const char *
header_limit (Splitter   *self,
              const char *p)
{
  Delimiter delimiter;

  while (p < self->end)
    {
      const char *next = line_end (p, self->end);

      if (*p == '\n' || (*p == '\r' && next - p <= 2))
        return next;
      if (next - p >= 2 && p[0] == '-' && p[1] == '-' && is_delimiter (self, p, &delimiter))
        return p;
      p = next;
    }
  return p;
}

/* The end of a body before the delimiter that was found: the line end in front belongs to that (RFC 2046, 5.1.1). */
static gsize
body_end (const Splitter *self,
          gsize           body_start)
{
  const char *p = self->next.line;
  const char *start = self->base + body_start;

  if (self->next.level >= 0 && p > start && p[-1] == '\n')
    {
      p--;
      if (p > start && p[-1] == '\r')
        p--;
    }
  return (gsize)(MAX (p, start) - self->base);
}

/* Entities ---------------------------------------------------------------------------------------------------------- */

static void read_entity (Splitter   *self,
                         const char *start,
                         int         parent,
                         guint       depth,
                         const char *section,
                         const char *prefix,
                         const char *default_type);

static char *
join_section (const char *prefix,
              guint       number)
{
  return *prefix != '\0' ? g_strdup_printf ("%s.%u", prefix, number) : g_strdup_printf ("%u", number);
}

static BaruaMimeNode *
add_text_child (Splitter   *self,
                int         parent,
                guint       depth,
                const char *prefix)
{
  BaruaMimeNode *mother = self->tree->nodes->pdata[parent];
  BaruaMimeNode *node = barua_mime_node_new (parent);

  node->start = node->body_start = mother->body_start;
  node->body_end = mother->body_end;
  node->part->depth = depth;
  node->part->encoded_size = node->body_end - node->body_start;
  g_free (node->part->section);
  node->part->section = join_section (prefix, 1);
  g_ptr_array_add (self->tree->nodes, node);
  return node;
}

static void
read_multipart (Splitter   *self,
                int         index,
                const char *boundary_text,
                const char *prefix)
{
  BaruaMimeNode *node = self->tree->nodes->pdata[index];
  Boundary boundary = { .text = g_strdup (boundary_text), .length = strlen (boundary_text) };
  int level = (int)self->boundaries->len;
  guint depth = node->part->depth + 1;
  const char *type = barua_mime_part_is (node->part, "multipart/digest") ? "message/rfc822" : "text/plain";
  guint n_children = 0;

  g_array_append_val (self->boundaries, boundary);
  find_delimiter (self, self->base + node->body_start);
  while (self->next.level == level && !self->next.is_close && !self->tree->too_many)
    {
      g_autofree char *section = join_section (prefix, n_children + 1);

      n_children++;
      read_entity (self, self->next.after, index, depth, section, section, type);
    }
  g_array_set_size (self->boundaries, (guint)level);
  if (self->next.level == level)
    find_delimiter (self, self->next.after); /* what follows the last part is of no meaning */
  node->body_end = body_end (self, node->body_start);
  if (n_children == 0)
    {
      self->tree->missing_boundary = TRUE;
      add_text_child (self, index, depth, prefix);
    }
}

static gboolean
is_message_type (const BaruaPart *part)
{
  return strcmp (part->type, "message/rfc822") == 0 || strcmp (part->type, "message/global") == 0;
}

static gboolean
is_identity (const BaruaPart *part)
{
  return strcmp (part->encoding, "base64") != 0 && strcmp (part->encoding, "quoted-printable") != 0;
}

/* "From " or ">From " of an mbox that was left in front. */
static const char *
skip_mbox_line (const char *p,
                const char *end)
{
  const char *q = p < end && *p == '>' ? p + 1 : p;

  return end - q >= 5 && memcmp (q, "From ", 5) == 0 ? line_end (p, end) : p;
}

/* Reads the message that begins at @start: its sections count anew below @prefix. */
static void
read_message (Splitter   *self,
              const char *start,
              int         parent,
              guint       depth,
              const char *prefix)
{
  start = skip_mbox_line (start, self->end);
  read_entity (self, start, parent, depth, NULL, prefix, "text/plain");
}

/* @section: NULL for the top of a message, whose section depends on what it is. */
static void
read_entity (Splitter   *self,
             const char *start,
             int         parent,
             guint       depth,
             const char *section,
             const char *prefix,
             const char *default_type)
{
  g_autoptr (GArray) own_fields = NULL;
  GArray *fields = self->tree->fields;
  BaruaMimeNode *node;
  g_autofree char *boundary = NULL;
  const char *body;
  gboolean is_multipart;
  int index = (int)self->tree->nodes->len;

  if (index >= (int)BARUA_LIMIT_PARTS)
    {
      self->tree->too_many = TRUE;
      self->next = (Delimiter){ .line = self->end, .after = self->end, .level = -1 };
      return;
    }
  if (parent >= 0)
    fields = own_fields = g_array_new (FALSE, FALSE, sizeof (BaruaMimeField));
  node = barua_mime_node_new (parent);
  g_ptr_array_add (self->tree->nodes, node);
  body = barua_mime_fields_read (start, header_limit (self, start), fields);
  barua_mime_node_read (node, fields, default_type, &boundary);
  self->tree->duplicated |= barua_mime_fields_count (fields, "Content-Type") > 1 ||
                            barua_mime_fields_count (fields, "Content-Transfer-Encoding") > 1 ||
                            barua_mime_fields_count (fields, "Content-Disposition") > 1;
  if (boundary != NULL)
    g_strchomp (boundary);
  node->start = (gsize)(start - self->base);
  node->body_start = (gsize)(body - self->base);
  node->part->depth = depth;
  is_multipart = barua_mime_part_is (node->part, "multipart/");
  g_free (node->part->section);
  if (section != NULL)
    node->part->section = g_strdup (section);
  else if (!is_multipart)
    node->part->section = join_section (prefix, 1);
  else
    node->part->section = *prefix != '\0' ? g_strconcat (prefix, ".TEXT", NULL) : g_strdup ("");

  node->is_opaque = depth >= BARUA_LIMIT_PART_DEPTH && (is_multipart || is_message_type (node->part));
  self->tree->too_deep |= node->is_opaque;
  if (is_multipart && !node->is_opaque && boundary != NULL && *boundary != '\0')
    read_multipart (self, index, boundary, prefix);
  else if (is_message_type (node->part) && !node->is_opaque && is_identity (node->part))
    read_message (self, body, index, depth + 1, node->part->section);
  else
    find_delimiter (self, body);
  node->body_end = body_end (self, node->body_start);
  node->part->encoded_size = node->body_end - node->body_start;
  if (is_multipart && !node->is_opaque && (boundary == NULL || *boundary == '\0'))
    {
      self->tree->missing_boundary = TRUE;
      add_text_child (self, index, depth + 1, prefix);
    }
}

BaruaMimeTree *
barua_mime_tree_new (const char *message,
                     gsize       length)
{
  BaruaMimeTree *tree = tree_new ();
  Splitter self = { .tree = tree, .base = message, .end = message + length };
  const char *start = skip_mbox_line (message, self.end);
  BaruaMimeNode *node;

  self.boundaries = g_array_new (FALSE, FALSE, sizeof (Boundary));
  g_array_set_clear_func (self.boundaries, (GDestroyNotify)boundary_clear);
  barua_mime_fields_read (start, header_limit (&self, start), tree->fields);
  tree->is_refused = tree->fields->len == 0;
  g_array_set_size (tree->fields, 0);
  if (!tree->is_refused)
    read_message (&self, message, -1, 0, "");
  else
    {
      node = barua_mime_node_new (-1);
      node->body_end = length;
      node->part->encoded_size = length;
      g_free (node->part->section);
      node->part->section = g_strdup ("1");
      g_ptr_array_add (tree->nodes, node);
    }
  g_array_unref (self.boundaries);
  return tree;
}

static BaruaPart *
copy_part (const BaruaPart *part)
{
  BaruaPart *copy = g_new (BaruaPart, 1);

  *copy = *part;
  copy->section = g_strdup (part->section);
  copy->type = g_strdup (part->type);
  copy->charset = g_strdup (part->charset);
  copy->encoding = g_strdup (part->encoding);
  copy->content_id = g_strdup (part->content_id);
  copy->file_name = g_strdup (part->file_name);
  return copy;
}

BaruaMimeTree *
barua_mime_tree_new_parts (GPtrArray *parts)
{
  BaruaMimeTree *tree = tree_new ();

  for (guint i = 0; parts != NULL && i < parts->len && i < BARUA_LIMIT_PARTS; i++)
    {
      const BaruaPart *part = parts->pdata[i];
      BaruaMimeNode *node = g_new0 (BaruaMimeNode, 1);

      node->part = copy_part (part);
      node->parent = -1;
      node->is_opaque = part->depth >= BARUA_LIMIT_PART_DEPTH;
      read_file_name (node, part->file_name);
      for (int j = (int)i - 1; j >= 0 && node->parent < 0; j--)
        if (((BaruaMimeNode *)tree->nodes->pdata[j])->part->depth < part->depth)
          node->parent = j;
      if (i > 0 && node->parent < 0)
        node->parent = 0;
      g_ptr_array_add (tree->nodes, node);
    }
  tree->too_many = parts != NULL && parts->len > BARUA_LIMIT_PARTS;
  if (tree->nodes->len == 0)
    {
      BaruaMimeNode *node = barua_mime_node_new (-1);

      g_free (node->part->section);
      node->part->section = g_strdup ("1");
      g_ptr_array_add (tree->nodes, node);
    }
  return tree;
}
