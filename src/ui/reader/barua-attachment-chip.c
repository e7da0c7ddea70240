/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-attachment-chip.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-lazy-menu.h"
#include "barua-text.h"
#include "barua-words.h"

struct _BaruaAttachmentChip
{
  GtkBox         parent_instance;
  GtkImage      *icon;
  GtkButton     *open_button;
  GtkLabel      *name;
  GtkLabel      *size;
  GtkButton     *save_button;
  GtkMenuButton *menu;
  GMenuModel    *attachment_menu;
  guint64        bytes;
  BaruaPartKind  kind;
  char          *file_name;
  char          *section;
  char          *type;
};

enum
{
  OPEN,
  SAVE,
  OPEN_WITH,
  COPY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaAttachmentChip, barua_attachment_chip, GTK_TYPE_BOX)

static const char *
icon_of (const BaruaPart *part)
{
  static const struct
  {
    const char *prefix;
    const char *icon;
  } icons[] = {
    { "image/", "image-x-generic-symbolic" },
    { "audio/", "audio-x-generic-symbolic" },
    { "video/", "video-x-generic-symbolic" },
    { "text/", "text-x-generic-symbolic" },
    { "font/", "font-x-generic-symbolic" },
    { "application/pdf", "x-office-document-symbolic" },
    { "application/vnd.oasis.opendocument.spreadsheet", "x-office-spreadsheet-symbolic" },
    { "application/vnd.oasis.opendocument.presentation", "x-office-presentation-symbolic" },
    { "application/vnd.oasis.opendocument", "x-office-document-symbolic" },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml", "x-office-spreadsheet-symbolic" },
    { "application/vnd.openxmlformats-officedocument.presentationml", "x-office-presentation-symbolic" },
    { "application/vnd.openxmlformats", "x-office-document-symbolic" },
    { "application/msword", "x-office-document-symbolic" },
    { "application/zip", "package-x-generic-symbolic" },
    { "application/gzip", "package-x-generic-symbolic" },
    { "application/x-tar", "package-x-generic-symbolic" },
  };

  if (part->kind == BARUA_PART_MESSAGE)
    return "mail-unread-symbolic";
  if (part->kind == BARUA_PART_CALENDAR)
    return "x-office-calendar-symbolic";
  if (part->kind == BARUA_PART_VCARD)
    return "avatar-default-symbolic";
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_has_prefix (part->type, icons[i].prefix))
      return icons[i].icon;
  return "mail-attachment-symbolic";
}

char *
barua_attachment_chip_dup_name (const BaruaPart *part)
{
  if (*part->file_name != '\0')
    return barua_text_file_name (part->file_name);
  switch (part->kind)
    {
    case BARUA_PART_MESSAGE:
      /* Translators: the file name of a message inside a message, without ending. */
      return g_strdup_printf ("%s.eml", _("Message"));
    case BARUA_PART_CALENDAR:
      return g_strdup_printf ("%s.ics", _("Invitation"));
    case BARUA_PART_VCARD:
      return g_strdup_printf ("%s.vcf", _("Contact"));
    default:
      return g_strdup (_("Attachment"));
    }
}

#define SHOWN_LETTERS 30
#define SHOWN_AT_END  12

/* @name with the middle left out where it is long, and its extension kept. A label would do that by the pixel, and leave a gap
 * behind the dots that is as wide as the next letter. */
static char *
shorten (const char *name)
{
  int n_chars = (int)g_utf8_strlen (name, -1);
  g_autofree PangoLogAttr *attributes = g_new0 (PangoLogAttr, n_chars + 1);
  g_autoptr (GArray) letters = g_array_new (FALSE, FALSE, sizeof (int)); /* chars in front of each: what people call a letter */
  const char *dot = strrchr (name, '.');
  int extension = dot != NULL && strlen (dot) <= 16 ? (int)g_utf8_strlen (dot, -1) : 0;
  const char *head, *tail;
  int from;

  pango_get_log_attrs (name, -1, -1, pango_language_get_default (), attributes, n_chars + 1);
  for (int i = 0; i < n_chars; i++)
    if (attributes[i].is_cursor_position)
      g_array_append_val (letters, i);
  if (letters->len <= SHOWN_LETTERS)
    return g_strdup (name);
  from = MIN (g_array_index (letters, int, letters->len - SHOWN_AT_END), n_chars - extension);
  head = g_utf8_offset_to_pointer (name, g_array_index (letters, int, SHOWN_LETTERS - SHOWN_AT_END - 1));
  tail = g_utf8_offset_to_pointer (name, from);
  while (head > name && head[-1] == ' ')
    head--;
  return g_strdup_printf ("%.*s…%s", (int)(head - name), name, tail);
}

static void
open_clicked (BaruaAttachmentChip *self)
{
  g_signal_emit (self, signals[OPEN], 0);
}

static void
save_clicked (BaruaAttachmentChip *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

static void
open_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  g_signal_emit (user_data, signals[OPEN_WITH], 0);
}

static void
save_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  g_signal_emit (user_data, signals[SAVE], 0);
}

static void
copy_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  g_signal_emit (user_data, signals[COPY], 0);
}

static void
add_actions (BaruaAttachmentChip *self)
{
  static const GActionEntry entries[] = {
    { .name = "open", .activate = open_activated },
    { .name = "save", .activate = save_activated },
    { .name = "copy", .activate = copy_activated },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "attachment", G_ACTION_GROUP (group));
}

static void
barua_attachment_chip_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_ATTACHMENT_CHIP);
  G_OBJECT_CLASS (barua_attachment_chip_parent_class)->dispose (object);
}

static void
barua_attachment_chip_finalize (GObject *object)
{
  BaruaAttachmentChip *self = BARUA_ATTACHMENT_CHIP (object);

  g_free (self->file_name);
  g_free (self->section);
  g_free (self->type);
  G_OBJECT_CLASS (barua_attachment_chip_parent_class)->finalize (object);
}

static void
barua_attachment_chip_class_init (BaruaAttachmentChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_attachment_chip_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_attachment_chip_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-attachment-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, open_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, name);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, size);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, save_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaAttachmentChip, attachment_menu);
  signals[OPEN] = g_signal_new ("open", BARUA_TYPE_ATTACHMENT_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPEN_WITH] = g_signal_new ("open-with", BARUA_TYPE_ATTACHMENT_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COPY] = g_signal_new ("copy", BARUA_TYPE_ATTACHMENT_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE] = g_signal_new ("save", BARUA_TYPE_ATTACHMENT_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_attachment_chip_init (BaruaAttachmentChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  barua_lazy_menu_set (self->menu, self->attachment_menu);
  g_signal_connect_object (self->open_button, "clicked", G_CALLBACK (open_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->save_button, "clicked", G_CALLBACK (save_clicked), self, G_CONNECT_SWAPPED);
}

GtkWidget *
barua_attachment_chip_new (const BaruaPart *part,
                           const char      *section)
{
  BaruaAttachmentChip *self = g_object_new (BARUA_TYPE_ATTACHMENT_CHIP, NULL);
  g_autofree char *size = barua_words_size (part->size);
  g_autofree char *shown = NULL;
  g_autofree char *open_words = NULL;
  g_autofree char *save_words = NULL;

  self->kind = part->kind;
  self->bytes = part->size;
  self->file_name = barua_attachment_chip_dup_name (part);
  self->section = g_strdup (section);
  self->type = g_strdup (part->type);
  gtk_image_set_from_icon_name (self->icon, icon_of (part));
  shown = shorten (self->file_name);
  gtk_label_set_label (self->name, shown);
  gtk_label_set_label (self->size, size);
  /* Translators: %s is a file name. */
  open_words = g_strdup_printf (_("Open %s"), self->file_name);
  /* Translators: %s is a file name. */
  save_words = g_strdup_printf (_("Save %s"), self->file_name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->open_button), open_words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open_button), GTK_ACCESSIBLE_PROPERTY_LABEL, open_words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->save_button), save_words);
  {
    /* Translators: %s is a file name. */
    g_autofree char *menu_words = g_strdup_printf (_("More for %s"), self->file_name);

    gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), menu_words);
  }
  return GTK_WIDGET (self);
}

guint64
barua_attachment_chip_get_size (BaruaAttachmentChip *self)
{
  return self->bytes;
}

const char *
barua_attachment_chip_get_name (BaruaAttachmentChip *self)
{
  return self->file_name;
}

const char *
barua_attachment_chip_get_section (BaruaAttachmentChip *self)
{
  return self->section;
}

const char *
barua_attachment_chip_get_mime (BaruaAttachmentChip *self)
{
  return self->type;
}

gboolean
barua_attachment_chip_is_message (BaruaAttachmentChip *self)
{
  return self->kind == BARUA_PART_MESSAGE;
}
