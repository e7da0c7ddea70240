/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-source.h"

struct _BaruaMessageSource
{
  GObject      parent_instance;
  BaruaEngine *engine; /* NULL: bytes */
  gint64       id;
  GBytes      *bytes;
};

G_DEFINE_FINAL_TYPE (BaruaMessageSource, barua_message_source, G_TYPE_OBJECT)

static BaruaParseFunc parse_message;
static BaruaGetPartFunc get_part;
static BaruaNewPicturesFunc new_pictures;
static BaruaGetPictureFunc get_picture;

void
barua_message_source_set_mime (BaruaParseFunc   parse,
                               BaruaGetPartFunc part)
{
  parse_message = parse;
  get_part = part;
}

void
barua_message_source_set_pictures (BaruaNewPicturesFunc create,
                                   BaruaGetPictureFunc  get)
{
  new_pictures = create;
  get_picture = get;
}

GObject *
barua_message_source_new_pictures (void)
{
  return new_pictures != NULL ? new_pictures () : NULL;
}

DexFuture *
barua_message_source_parse (GBytes *message)
{
  if (parse_message == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no parser");
  return parse_message (message);
}

static void
barua_message_source_finalize (GObject *object)
{
  BaruaMessageSource *self = BARUA_MESSAGE_SOURCE (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (barua_message_source_parent_class)->finalize (object);
}

static void
barua_message_source_class_init (BaruaMessageSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_message_source_finalize;
}

static void
barua_message_source_init (BaruaMessageSource *self)
{
}

BaruaMessageSource *
barua_message_source_new (BaruaEngine *engine,
                          gint64       id)
{
  BaruaMessageSource *self = g_object_new (BARUA_TYPE_MESSAGE_SOURCE, NULL);

  self->engine = g_object_ref (engine);
  self->id = id;
  return self;
}

BaruaMessageSource *
barua_message_source_new_for_bytes (GBytes *message)
{
  BaruaMessageSource *self = g_object_new (BARUA_TYPE_MESSAGE_SOURCE, NULL);

  self->bytes = g_bytes_ref (message);
  return self;
}

BaruaEngine *
barua_message_source_get_engine (BaruaMessageSource *self)
{
  return self->engine;
}

gint64
barua_message_source_get_id (BaruaMessageSource *self)
{
  return self->id;
}

char *
barua_message_source_dup_folder (BaruaMessageSource *self)
{
  return self->engine != NULL ? g_build_filename (barua_engine_get_profile (self->engine), "opened", NULL)
                              : g_build_filename (g_get_user_cache_dir (), "barua", "opened", NULL);
}

DexFuture *
barua_message_source_load (BaruaMessageSource *self,
                           GCancellable       *cancellable)
{
  if (self->engine != NULL)
    return barua_engine_load_message (self->engine, self->id, BARUA_LOAD_DEFAULT, cancellable);
  return barua_message_source_parse (self->bytes);
}

DexFuture *
barua_message_source_load_part (BaruaMessageSource *self,
                                const char         *section,
                                GCancellable       *cancellable)
{
  if (self->engine != NULL)
    return barua_engine_load_part (self->engine, self->id, section, BARUA_LOAD_DEFAULT, NULL, NULL, NULL, cancellable);
  if (get_part == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no parser");
  return get_part (self->bytes, section);
}

DexFuture *
barua_message_source_load_bytes (BaruaMessageSource *self,
                                 GCancellable       *cancellable)
{
  if (self->engine != NULL)
    return barua_engine_load_source (self->engine, self->id, BARUA_LOAD_DEFAULT, NULL, NULL, NULL, cancellable);
  return dex_future_new_take_boxed (G_TYPE_BYTES, g_bytes_ref (self->bytes));
}

DexFuture *
barua_message_source_load_picture (BaruaMessageSource *self,
                                   GObject            *pictures,
                                   const char         *address)
{
  if (self->engine != NULL && barua_engine_get_offline (self->engine))
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_OFFLINE, "offline");
  if (pictures == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "nobody fetches pictures");
  return get_picture (pictures, address);
}
