/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-attachments.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-attachment-chip.h"
#include "barua-attachment-preview.h"
#include "barua-file-saver.h"
#include "barua-part-provider.h"
#include "barua-words.h"

#define CHIPS_MAX 100u

struct _BaruaCardAttachments
{
  GtkBox       parent_instance;
  GtkLabel    *words;
  GtkButton   *save_all;
  AdwWrapBox  *chips;
  GtkBox      *previews;
  char        *previewed; /* section; NULL */
  BaruaMessageSource *source;
};

enum
{
  MESSAGE_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaCardAttachments, barua_card_attachments, GTK_TYPE_BOX)

static gboolean
is_listed (const BaruaPart *part)
{
  switch (part->kind)
    {
    case BARUA_PART_ATTACHMENT:
    case BARUA_PART_MESSAGE:
    case BARUA_PART_CALENDAR:
    case BARUA_PART_VCARD:
    case BARUA_PART_TNEF:
    case BARUA_PART_ENCRYPTED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* In place, below the chips; once more and it is gone. */
static void
preview (BaruaCardAttachments *self,
         BaruaAttachmentChip  *chip)
{
  const char *section = barua_attachment_chip_get_section (chip);
  gboolean same = g_strcmp0 (self->previewed, section) == 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->previews))) != NULL)
    gtk_box_remove (self->previews, child);
  g_clear_pointer (&self->previewed, g_free);
  if (!same)
    {
      self->previewed = g_strdup (section);
      gtk_box_append (self->previews,
                      barua_attachment_preview_new (self->source, section, barua_attachment_chip_get_mime (chip),
                                                    barua_attachment_chip_get_name (chip)));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->previews), !same);
}

static void
chip_open_with (BaruaAttachmentChip  *chip,
                BaruaCardAttachments *self)
{
  barua_file_saver_open (GTK_WIDGET (self), self->source, barua_attachment_chip_get_section (chip),
                         barua_attachment_chip_get_name (chip), barua_attachment_chip_get_mime (chip));
}

static void
chip_open (BaruaAttachmentChip  *chip,
           BaruaCardAttachments *self)
{
  if (barua_attachment_chip_is_message (chip))
    g_signal_emit (self, signals[MESSAGE_OPENED], 0, barua_attachment_chip_get_section (chip));
  else if (barua_attachment_preview_can_show (barua_attachment_chip_get_mime (chip), barua_attachment_chip_get_size (chip)))
    preview (self, chip);
  else
    barua_file_saver_open (GTK_WIDGET (self), self->source, barua_attachment_chip_get_section (chip),
                           barua_attachment_chip_get_name (chip), barua_attachment_chip_get_mime (chip));
}

static void
chip_save (BaruaAttachmentChip  *chip,
           BaruaCardAttachments *self)
{
  barua_file_saver_save (GTK_WIDGET (self), self->source, barua_attachment_chip_get_section (chip),
                         barua_attachment_chip_get_name (chip));
}

/* As a file that can be pasted; it is written when somebody does. */
static void
chip_copy (BaruaAttachmentChip  *chip,
           BaruaCardAttachments *self)
{
  g_autoptr (GdkContentProvider) provider =
    barua_part_provider_new (self->source, barua_attachment_chip_get_section (chip), barua_attachment_chip_get_name (chip));

  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), provider);
}

static void
save_all (BaruaCardAttachments *self)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BARUA_IS_ATTACHMENT_CHIP (child))
      g_ptr_array_add (wishes, barua_file_wish_new (barua_attachment_chip_get_section (BARUA_ATTACHMENT_CHIP (child)),
                                                    barua_attachment_chip_get_name (BARUA_ATTACHMENT_CHIP (child))));
  barua_file_saver_save_all (GTK_WIDGET (self), self->source, wishes);
}

static GdkContentProvider *
drag_prepared (GtkDragSource        *drag,
               double                x,
               double                y,
               BaruaCardAttachments *self)
{
  BaruaAttachmentChip *chip = BARUA_ATTACHMENT_CHIP (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (drag)));
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (chip));

  gtk_drag_source_set_icon (drag, picture, (int)x, (int)y);
  return barua_part_provider_new (self->source, barua_attachment_chip_get_section (chip),
                                  barua_attachment_chip_get_name (chip));
}

static void
add_chip (BaruaCardAttachments *self,
          const BaruaPart      *part,
          const char           *prefix)
{
  g_autofree char *section = g_strconcat (prefix, part->section, NULL);
  GtkWidget *chip = barua_attachment_chip_new (part, section);

  g_signal_connect_object (chip, "open", G_CALLBACK (chip_open), self, 0);
  g_signal_connect_object (chip, "open-with", G_CALLBACK (chip_open_with), self, 0);
  g_signal_connect_object (chip, "save", G_CALLBACK (chip_save), self, 0);
  g_signal_connect_object (chip, "copy", G_CALLBACK (chip_copy), self, 0);
  {
    GtkDragSource *drag = gtk_drag_source_new ();

    /* Before the button inside takes the pointer for itself. */
    gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
    g_signal_connect_object (drag, "prepare", G_CALLBACK (drag_prepared), self, 0);
    gtk_widget_add_controller (chip, GTK_EVENT_CONTROLLER (drag));
  }
  adw_wrap_box_append (self->chips, chip);
}

static void
clear (BaruaCardAttachments *self)
{
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    adw_wrap_box_remove (self->chips, chip);
}

void
barua_card_attachments_show (BaruaCardAttachments     *self,
                             BaruaMessageSource       *source,
                             const char               *prefix,
                             const BaruaParsedMessage *message)
{
  guint n = 0, inside = G_MAXUINT;
  guint64 bytes = 0;
  g_autofree char *words = NULL;

  g_set_object (&self->source, source);
  clear (self);
  for (guint i = 0; i < message->parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (message->parts, i);

      /* The parts of a message inside this one are its own. */
      if (part->depth > inside)
        continue;
      inside = part->kind == BARUA_PART_MESSAGE ? part->depth : G_MAXUINT;
      if (!is_listed (part))
        continue;
      bytes += part->size;
      if (++n <= CHIPS_MAX)
        add_chip (self, part, prefix);
    }
  if (n > CHIPS_MAX)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", n - CHIPS_MAX), n - CHIPS_MAX);

      adw_wrap_box_append (self->chips, gtk_label_new (more));
    }
  words = barua_words_attachments (n, bytes);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->save_all), n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_card_attachments_dispose (GObject *object)
{
  BaruaCardAttachments *self = BARUA_CARD_ATTACHMENTS (object);

  g_clear_object (&self->source);
  g_clear_pointer (&self->previewed, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_CARD_ATTACHMENTS);
  G_OBJECT_CLASS (barua_card_attachments_parent_class)->dispose (object);
}

static void
barua_card_attachments_class_init (BaruaCardAttachmentsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_card_attachments_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-card-attachments.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaCardAttachments, words);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardAttachments, save_all);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardAttachments, chips);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardAttachments, previews);

  signals[MESSAGE_OPENED] =
    g_signal_new ("message-opened", BARUA_TYPE_CARD_ATTACHMENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
barua_card_attachments_init (BaruaCardAttachments *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->save_all, "clicked", G_CALLBACK (save_all), self, G_CONNECT_SWAPPED);
}
