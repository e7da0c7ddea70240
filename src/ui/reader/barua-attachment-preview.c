/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-attachment-preview.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-text.h"

#define SHOWN_PIXELS 1600

static gboolean
is_picture (const char *type)
{
  static const char *const types[] = { "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_text (const char *type)
{
  static const char *const types[] = { "text/plain", "text/csv", "text/markdown", "text/x-markdown", "text/x-diff", "text/x-patch" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
barua_attachment_preview_can_show (const char *type,
                                   guint64     size)
{
  return size <= BARUA_LIMIT_PREVIEWED_BYTES && (is_picture (type) || is_text (type));
}

typedef struct
{
  GWeakRef            box;
  BaruaMessageSource *source;
  char               *section;
  char               *type;
  char               *name;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_weak_ref_clear (&wish->box);
  g_object_unref (wish->source);
  g_free (wish->section);
  g_free (wish->type);
  g_free (wish->name);
  g_free (wish);
}

static void
replace (GtkWidget *box,
         GtkWidget *child)
{
  GtkWidget *old;

  while ((old = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), old);
  gtk_box_append (GTK_BOX (box), child);
}

static void
say (GtkWidget *box)
{
  replace (box, g_object_new (GTK_TYPE_LABEL, "label", _("This attachment could not be shown."), "xalign", 0.0f, "wrap", TRUE, NULL));
}

/* Pictures --------------------------------------------------------------------------------------------------------- */

static void
size_prepared (GdkPixbufLoader *loader,
               int              width,
               int              height,
               gboolean        *too_big)
{
  double scale = MIN (1.0, (double)SHOWN_PIXELS / MAX (MAX (width, height), 1));

  if ((gint64)width * height > BARUA_LIMIT_PREVIEWED_PIXELS)
    *too_big = TRUE;
  /* Loaders that can't stop here at least make something small. */
  if (*too_big)
    gdk_pixbuf_loader_set_size (loader, 1, 1);
  else
    gdk_pixbuf_loader_set_size (loader, MAX ((int)(width * scale), 1), MAX ((int)(height * scale), 1));
}

typedef struct
{
  GBytes *bytes;
  char   *type;
} Decode;

static void
decode_free (gpointer data)
{
  Decode *decode = data;

  g_bytes_unref (decode->bytes);
  g_free (decode->type);
  g_free (decode);
}

static void
decode_on_worker (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Decode *decode = task_data;
  gboolean too_big = FALSE;
  GError *error = NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_mime_type (decode->type, &error);
  gsize size, done = 0;
  const guchar *data = g_bytes_get_data (decode->bytes, &size);
  gboolean works = loader != NULL;

  if (loader != NULL)
    g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared), &too_big);
  while (works && !too_big && done < size)
    {
      gsize portion = MIN (size - done, BARUA_SLICE_BYTES);

      works = gdk_pixbuf_loader_write (loader, data + done, portion, &error);
      done += portion;
    }
  if (loader != NULL && !gdk_pixbuf_loader_close (loader, works && !too_big ? &error : NULL))
    works = FALSE;
  if (error != NULL)
    g_task_return_error (task, error);
  else if (too_big || !works || gdk_pixbuf_loader_get_pixbuf (loader) == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no picture, or too large a one");
  else
    {
      g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (gdk_pixbuf_loader_get_pixbuf (loader));

      g_task_return_pointer (task, gdk_texture_new_for_pixbuf (upright), g_object_unref);
    }
}

static void
decoded (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GtkWidget) box = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);
  GtkWidget *picture;

  if (texture == NULL)
    {
      g_message ("a picture could not be shown: %s", error->message);
      say (box);
      return;
    }
  picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), g_object_get_data (G_OBJECT (box), "name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  g_object_get_data (G_OBJECT (box), "name"), -1);
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  replace (box, picture);
}

static void
show_picture (GtkWidget  *box,
              GBytes     *bytes,
              const char *type)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, decoded, g_object_ref (box));
  Decode *decode = g_new0 (Decode, 1);

  decode->bytes = g_bytes_ref (bytes);
  decode->type = g_ascii_strdown (type, -1);
  g_task_set_name (task, "decode-picture");
  g_task_set_task_data (task, decode, decode_free);
  g_task_run_in_thread (task, decode_on_worker);
}

static void
show_text (GtkWidget *box,
           GBytes    *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *valid = g_utf8_make_valid (data != NULL ? data : "", (gssize)MIN (size, BARUA_LIMIT_PREVIEWED_TEXT_BYTES));
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), valid, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  g_object_get_data (G_OBJECT (box), "name"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 400);
  gtk_widget_add_css_class (scroller, "attachment");
  replace (box, scroller);
}

static DexFuture *
preview_fiber (gpointer data)
{
  Wish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = dex_await_boxed (barua_message_source_load_part (wish->source, wish->section, NULL), &error);
  g_autoptr (GtkWidget) box = g_weak_ref_get (&wish->box);

  if (box == NULL)
    return dex_future_new_true ();
  if (bytes == NULL || g_bytes_get_size (bytes) > BARUA_LIMIT_PREVIEWED_BYTES)
    say (box);
  else if (is_picture (wish->type))
    show_picture (box, bytes, wish->type);
  else
    show_text (box, bytes);
  return dex_future_new_true ();
}

GtkWidget *
barua_attachment_preview_new (BaruaMessageSource *source,
                              const char         *section,
                              const char         *type,
                              const char         *name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  Wish *wish = g_new0 (Wish, 1);

  g_object_set_data_full (G_OBJECT (box), "name", g_strdup (name), g_free);
  g_weak_ref_init (&wish->box, box);
  wish->source = g_object_ref (source);
  wish->section = g_strdup (section);
  wish->type = g_strdup (type);
  wish->name = g_strdup (name);
  barua_fiber_spawn ("ui-preview", preview_fiber, wish, wish_free);
  return box;
}
