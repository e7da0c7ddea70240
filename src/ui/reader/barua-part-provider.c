/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-part-provider.h"

#include <string.h>

#include "barua-fiber.h"
#include "barua-file-saver.h"

#define URI_LIST "text/uri-list"

struct _BaruaPartProvider
{
  GdkContentProvider  parent_instance;
  BaruaMessageSource *source;
  char               *section;
  char               *name;
};

G_DEFINE_FINAL_TYPE (BaruaPartProvider, barua_part_provider, GDK_TYPE_CONTENT_PROVIDER)

static GdkContentFormats *
ref_formats (GdkContentProvider *provider)
{
  const char *types[] = { URI_LIST };

  return gdk_content_formats_new (types, G_N_ELEMENTS (types));
}

typedef struct
{
  BaruaPartProvider *provider;
  GTask             *task;
  GOutputStream     *stream;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_object_unref (wish->provider);
  g_object_unref (wish->task);
  g_object_unref (wish->stream);
  g_free (wish);
}

static void
written (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static DexFuture *
write_fiber (gpointer data)
{
  Wish *wish = data;
  GError *error = NULL;
  g_autoptr (GFile) file =
      dex_await_object (barua_file_saver_copy (wish->provider->source, wish->provider->section, wish->provider->name), &error);
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;
  char *line;

  if (uri == NULL)
    {
      g_task_return_error (wish->task, error);
      return dex_future_new_true ();
    }
  line = g_strconcat (uri, "\r\n", NULL);
  g_object_set_data_full (G_OBJECT (wish->task), "line", line, g_free);
  g_output_stream_write_all_async (wish->stream, line, strlen (line), G_PRIORITY_DEFAULT, NULL, written,
                                   g_object_ref (wish->task));
  return dex_future_new_true ();
}

static void
write_mime_type_async (GdkContentProvider  *provider,
                       const char          *mime_type,
                       GOutputStream       *stream,
                       int                  io_priority,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  Wish *wish;

  if (g_strcmp0 (mime_type, URI_LIST) != 0)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "not as %s", mime_type);
      return;
    }
  wish = g_new0 (Wish, 1);
  wish->provider = g_object_ref (BARUA_PART_PROVIDER (provider));
  wish->task = g_steal_pointer (&task);
  wish->stream = g_object_ref (stream);
  barua_fiber_spawn ("ui-drag", write_fiber, wish, wish_free);
}

static gboolean
write_mime_type_finish (GdkContentProvider  *provider,
                        GAsyncResult        *result,
                        GError             **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
barua_part_provider_finalize (GObject *object)
{
  BaruaPartProvider *self = BARUA_PART_PROVIDER (object);

  g_clear_object (&self->source);
  g_free (self->section);
  g_free (self->name);
  G_OBJECT_CLASS (barua_part_provider_parent_class)->finalize (object);
}

static void
barua_part_provider_class_init (BaruaPartProviderClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = barua_part_provider_finalize;
  provider_class->ref_formats = ref_formats;
  provider_class->write_mime_type_async = write_mime_type_async;
  provider_class->write_mime_type_finish = write_mime_type_finish;
}

static void
barua_part_provider_init (BaruaPartProvider *self)
{
}

GdkContentProvider *
barua_part_provider_new (BaruaMessageSource *source,
                         const char         *section,
                         const char         *name)
{
  BaruaPartProvider *self = g_object_new (BARUA_TYPE_PART_PROVIDER, NULL);

  self->source = g_object_ref (source);
  self->section = g_strdup (section);
  self->name = g_strdup (name);
  return GDK_CONTENT_PROVIDER (self);
}
