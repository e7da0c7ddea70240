/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-attachments.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-attachment-chip.h"
#include "barua-attachment-preview.h"
#include "barua-file-saver.h"
#include "barua-limits.h"
#include "barua-part-provider.h"
#include "barua-toasts.h"
#include "barua-words.h"

struct _BaruaCardAttachments
{
  GtkBox       parent_instance;
  GtkLabel    *words;
  GtkButton   *save_all;
  AdwWrapBox  *chips;
  GtkBox      *previews;
  GtkWidget   *more;      /* child of chips; NULL */
  char        *previewed; /* section; NULL */
  BaruaMessageSource *source;
  BaruaParsedMessage *message;
  char        *prefix;
  GPtrArray   *listed;    /* BaruaPart, borrowed from the message */
  guint        n_made;    /* chips of them */
  guint        n_wanted;
  guint        making;    /* tick callback */
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
  /* Translators: %s is the name of a file. */
  g_autofree char *words = g_strdup_printf (_("Copied %s"), barua_attachment_chip_get_name (chip));

  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), provider);
  barua_toasts_tell (GTK_WIDGET (self), words);
}

static char *
dup_section (BaruaCardAttachments *self,
             const BaruaPart      *part)
{
  return g_strconcat (self->prefix, part->section, NULL);
}

/* Also of those that have no chip. */
static void
save_all (BaruaCardAttachments *self)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);

  for (guint i = 0; i < self->listed->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (self->listed, i);
      g_autofree char *section = dup_section (self, part);
      g_autofree char *name = barua_attachment_chip_dup_name (part);

      g_ptr_array_add (wishes, barua_file_wish_new (section, name));
    }
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
          const BaruaPart      *part)
{
  g_autofree char *section = dup_section (self, part);
  GtkWidget *chip = barua_attachment_chip_new (part, section);
  GtkDragSource *drag = gtk_drag_source_new ();

  g_signal_connect_object (chip, "open", G_CALLBACK (chip_open), self, 0);
  g_signal_connect_object (chip, "open-with", G_CALLBACK (chip_open_with), self, 0);
  g_signal_connect_object (chip, "save", G_CALLBACK (chip_save), self, 0);
  g_signal_connect_object (chip, "copy", G_CALLBACK (chip_copy), self, 0);
  /* Before the button inside takes the pointer for itself. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_object (drag, "prepare", G_CALLBACK (drag_prepared), self, 0);
  gtk_widget_add_controller (chip, GTK_EVENT_CONTROLLER (drag));
  adw_wrap_box_append (self->chips, chip);
}

static void all_wanted (BaruaCardAttachments *self);

static void
add_more (BaruaCardAttachments *self)
{
  guint n = self->listed->len - self->n_made;
  g_autofree char *number = barua_words_number (n);
  /* Translators: %s is a number: what is not listed yet. */
  g_autofree char *words = g_strdup_printf (ngettext ("and %s more", "and %s more", n), number);

  self->more = gtk_button_new_with_label (words);
  gtk_widget_add_css_class (self->more, "flat");
  g_signal_connect_object (self->more, "clicked", G_CALLBACK (all_wanted), self, G_CONNECT_SWAPPED);
  adw_wrap_box_append (self->chips, self->more);
}

/* As many as one frame has time for. FALSE when there are no more. */
static gboolean
make_slice (BaruaCardAttachments *self)
{
  for (guint i = 0; i < BARUA_CHIPS_SLICE && self->n_made < self->n_wanted; i++)
    add_chip (self, g_ptr_array_index (self->listed, self->n_made++));
  if (self->n_made < self->n_wanted)
    return TRUE;
  if (self->n_made < self->listed->len)
    add_more (self);
  return FALSE;
}

static gboolean
make_frame (GtkWidget     *widget,
            GdkFrameClock *clock,
            gpointer       user_data)
{
  BaruaCardAttachments *self = BARUA_CARD_ATTACHMENTS (widget);

  if (make_slice (self))
    return G_SOURCE_CONTINUE;
  self->making = 0;
  return G_SOURCE_REMOVE;
}

static void
stop_making (BaruaCardAttachments *self)
{
  if (self->making != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->making);
  self->making = 0;
}

/* The first ones at once, the others in the frames that follow. */
static void
start_making (BaruaCardAttachments *self)
{
  stop_making (self);
  if (make_slice (self))
    self->making = gtk_widget_add_tick_callback (GTK_WIDGET (self), make_frame, NULL, NULL);
}

static void
all_wanted (BaruaCardAttachments *self)
{
  gboolean had_focus = gtk_widget_is_focus (self->more);
  GtkWidget *last = gtk_widget_get_prev_sibling (self->more);

  adw_wrap_box_remove (self->chips, self->more);
  self->more = NULL;
  self->n_wanted = self->listed->len;
  start_making (self);
  if (had_focus && last != NULL)
    gtk_widget_child_focus (gtk_widget_get_next_sibling (last), GTK_DIR_TAB_FORWARD);
}

static void
clear (BaruaCardAttachments *self)
{
  GtkWidget *chip;

  stop_making (self);
  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    adw_wrap_box_remove (self->chips, chip);
  self->more = NULL;
  self->n_made = 0;
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
  g_clear_pointer (&self->prefix, g_free);
}

static GPtrArray *
list_parts (const BaruaParsedMessage *message)
{
  GPtrArray *listed = g_ptr_array_new ();
  guint inside = G_MAXUINT;

  for (guint i = 0; i < message->parts->len; i++)
    {
      BaruaPart *part = g_ptr_array_index (message->parts, i);

      /* The parts of a message inside this one are its own. */
      if (part->depth > inside)
        continue;
      inside = part->kind == BARUA_PART_MESSAGE ? part->depth : G_MAXUINT;
      if (is_listed (part))
        g_ptr_array_add (listed, part);
    }
  return listed;
}

void
barua_card_attachments_show (BaruaCardAttachments *self,
                             BaruaMessageSource   *source,
                             const char           *prefix,
                             BaruaParsedMessage   *message)
{
  guint64 bytes = 0;
  g_autofree char *words = NULL;

  g_set_object (&self->source, source);
  clear (self);
  self->message = barua_parsed_message_ref (message);
  self->prefix = g_strdup (prefix);
  self->listed = list_parts (message);
  for (guint i = 0; i < self->listed->len; i++)
    bytes += ((BaruaPart *)g_ptr_array_index (self->listed, i))->size;
  words = barua_words_attachments (self->listed->len, bytes);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->save_all), self->listed->len > 1);
  gtk_widget_set_visible (GTK_WIDGET (self), self->listed->len > 0);
  self->n_wanted = MIN (self->listed->len, BARUA_LIMIT_CHIPS);
  start_making (self);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_card_attachments_dispose (GObject *object)
{
  BaruaCardAttachments *self = BARUA_CARD_ATTACHMENTS (object);

  stop_making (self);
  g_clear_object (&self->source);
  g_clear_pointer (&self->previewed, g_free);
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
  g_clear_pointer (&self->prefix, g_free);
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
