/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-search-provider.h"

#include <glib/gi18n.h>
#include <string.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-preferences.h"
#include "barua-words.h"

/* The interface as GNOME Shell calls it. */
static const char interface_xml[] =
  "<node><interface name='org.gnome.Shell.SearchProvider2'>"
  "<method name='GetInitialResultSet'><arg type='as' name='terms' direction='in'/>"
  "<arg type='as' name='results' direction='out'/></method>"
  "<method name='GetSubsearchResultSet'><arg type='as' name='previous_results' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/><arg type='as' name='results' direction='out'/></method>"
  "<method name='GetResultMetas'><arg type='as' name='identifiers' direction='in'/>"
  "<arg type='aa{sv}' name='metas' direction='out'/></method>"
  "<method name='ActivateResult'><arg type='s' name='identifier' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/><arg type='u' name='timestamp' direction='in'/></method>"
  "<method name='LaunchSearch'><arg type='as' name='terms' direction='in'/>"
  "<arg type='u' name='timestamp' direction='in'/></method>"
  "</interface></node>";

struct _BaruaSearchProvider
{
  GObject                parent_instance;
  BaruaSearchEngineFunc  get_engine;
  gpointer               user_data;
  GDBusConnection       *bus;
  guint                  registered;
};

enum
{
  OPEN_MESSAGE,
  OPEN_SEARCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaSearchProvider, barua_search_provider, G_TYPE_OBJECT)

typedef struct
{
  BaruaSearchProvider   *provider;
  GDBusMethodInvocation *invocation; /* answered exactly once */
  char                  *text;
  GArray                *ids;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_object_unref (call->provider);
  g_free (call->text);
  g_clear_pointer (&call->ids, g_array_unref);
  g_free (call);
}

static Call *
call_new (BaruaSearchProvider   *self,
          GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->provider = g_object_ref (self);
  call->invocation = invocation;
  return call;
}

static gboolean
is_wanted (void)
{
  return barua_preferences_get_on ("desktop-search", TRUE);
}

/* The words as one query, not longer than is read. */
static char *
join_terms (const char *const *terms)
{
  char *text = g_strjoinv (" ", (char **)terms);

  if (strlen (text) > BARUA_LIMIT_DESKTOP_QUERY_BYTES)
    *g_utf8_find_prev_char (text, text + BARUA_LIMIT_DESKTOP_QUERY_BYTES + 1) = '\0';
  return text;
}

/* Only our own ids: decimal, positive. 0: it is none. */
static gint64
parse_id (const char *text)
{
  guint64 id;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL) ? (gint64)id : 0;
}

/* Searching -------------------------------------------------------------------------------------------------------- */

static void
return_ids (GDBusMethodInvocation   *invocation,
            const BaruaSearchResult *result)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("(as)"));

  g_variant_builder_open (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; result != NULL && i < result->hits->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (result->hits, BaruaSpineEntry, i).id);

      g_variant_builder_add (&builder, "s", id);
    }
  g_variant_builder_close (&builder);
  g_dbus_method_invocation_return_value (invocation, g_variant_builder_end (&builder));
}

static DexFuture *
search_fiber (gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaEngine) engine = dex_await_object (call->provider->get_engine (call->provider->user_data), &error);
  g_autoptr (BaruaSearchResult) result = NULL;

  if (engine != NULL)
    result = dex_await_boxed (barua_engine_search (engine, call->text, 0, 0, BARUA_LIMIT_DESKTOP_RESULTS), &error);
  /* An empty answer rather than an error: the desktop would only log it. */
  if (result == NULL)
    g_debug ("desktop search: %s", error->message);
  return_ids (call->invocation, result);
  return dex_future_new_true ();
}

static void
search (BaruaSearchProvider   *self,
        GDBusMethodInvocation *invocation,
        const char *const     *terms)
{
  g_autofree char *text = join_terms (terms);
  Call *call;

  g_strstrip (text);
  if (!is_wanted () || *text == '\0')
    {
      return_ids (invocation, NULL);
      return;
    }
  call = call_new (self, invocation);
  call->text = g_steal_pointer (&text);
  barua_fiber_spawn ("app-search", search_fiber, call, call_free);
}

/* Descriptions ----------------------------------------------------------------------------------------------------- */

static char *
bounded (const char *text)
{
  g_autofree char *line = g_utf8_strlen (text, -1) > BARUA_LIMIT_NOTICE_CHARS
                              ? g_utf8_substring (text, 0, BARUA_LIMIT_NOTICE_CHARS)
                              : g_strdup (text);

  return g_strdelimit (g_steal_pointer (&line), "\n\r\t", ' ');
}

static void
add_meta (GVariantBuilder *builder,
          const BaruaRow  *row)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (BARUA_APP_ID);
  g_autoptr (GVariant) serialized = g_variant_ref_sink (g_icon_serialize (icon));
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, row->id);
  g_autofree char *subject = bounded (*row->subject != '\0' ? row->subject : _("(no subject)"));
  g_autofree char *sender = bounded (*row->from_name != '\0' && strchr (row->from_name, '@') == NULL ? row->from_name
                                                                                                       : row->from_address);
  g_autofree char *date = barua_words_date (row->date, g_get_real_time () / G_USEC_PER_SEC);
  /* Translators: who sent a message, and when, in the desktop's search. */
  g_autofree char *description = g_strdup_printf (C_ ("search result", "%s, %s"), sender, date);

  g_variant_builder_open (builder, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (builder, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (builder, "{sv}", "name", g_variant_new_string (subject));
  g_variant_builder_add (builder, "{sv}", "description", g_variant_new_string (description));
  g_variant_builder_add (builder, "{sv}", "icon", serialized);
  g_variant_builder_close (builder);
}

static void
return_metas (GDBusMethodInvocation *invocation,
              const BaruaRows       *rows)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("(aa{sv})"));

  g_variant_builder_open (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; rows != NULL && i < rows->rows->len; i++)
    add_meta (&builder, g_ptr_array_index (rows->rows, i));
  g_variant_builder_close (&builder);
  g_dbus_method_invocation_return_value (invocation, g_variant_builder_end (&builder));
}

static DexFuture *
metas_fiber (gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaEngine) engine = dex_await_object (call->provider->get_engine (call->provider->user_data), &error);
  g_autoptr (BaruaRows) rows = NULL;

  if (engine != NULL)
    rows = dex_await_boxed (barua_engine_load_rows (engine, (const gint64 *)(gpointer)call->ids->data, call->ids->len, FALSE),
                            &error);
  if (rows == NULL)
    g_debug ("desktop search: %s", error->message);
  return_metas (call->invocation, rows);
  return dex_future_new_true ();
}

static void
describe (BaruaSearchProvider   *self,
          GDBusMethodInvocation *invocation,
          const char *const     *ids)
{
  Call *call;

  if (!is_wanted ())
    {
      return_metas (invocation, NULL);
      return;
    }
  call = call_new (self, invocation);
  call->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; ids[i] != NULL && call->ids->len < BARUA_LIMIT_DESKTOP_RESULTS; i++)
    {
      gint64 id = parse_id (ids[i]);

      if (id != 0)
        g_array_append_val (call->ids, id);
    }
  barua_fiber_spawn ("app-search-metas", metas_fiber, call, call_free);
}

/* D-Bus ------------------------------------------------------------------------------------------------------------ */

static void
called (GDBusConnection       *bus,
        const char            *sender,
        const char            *path,
        const char            *interface,
        const char            *method,
        GVariant              *parameters,
        GDBusMethodInvocation *invocation,
        gpointer               user_data)
{
  BaruaSearchProvider *self = user_data;
  g_autofree const char **words = NULL;
  const char *text;

  if (strcmp (method, "GetInitialResultSet") == 0)
    {
      g_variant_get (parameters, "(^a&s)", &words);
      search (self, invocation, words);
    }
  else if (strcmp (method, "GetSubsearchResultSet") == 0)
    {
      /* The index answers faster than a list of ids could be sieved. */
      g_variant_get (parameters, "(^a&s^a&s)", NULL, &words);
      search (self, invocation, words);
    }
  else if (strcmp (method, "GetResultMetas") == 0)
    {
      g_variant_get (parameters, "(^a&s)", &words);
      describe (self, invocation, words);
    }
  else if (strcmp (method, "ActivateResult") == 0)
    {
      g_variant_get (parameters, "(&s^a&su)", &text, &words, NULL);
      if (parse_id (text) != 0)
        g_signal_emit (self, signals[OPEN_MESSAGE], 0, parse_id (text));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_autofree char *joined = NULL;

      g_variant_get (parameters, "(^a&su)", &words, NULL);
      joined = join_terms (words);
      g_signal_emit (self, signals[OPEN_SEARCH], 0, joined);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

gboolean
barua_search_provider_register (BaruaSearchProvider  *self,
                                GDBusConnection      *bus,
                                const char           *path,
                                GError              **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = called };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, error);

  if (node == NULL)
    return FALSE;
  self->registered = g_dbus_connection_register_object (bus, path, node->interfaces[0], &vtable, self, NULL, error);
  if (self->registered != 0)
    g_set_object (&self->bus, bus);
  return self->registered != 0;
}

void
barua_search_provider_withdraw (BaruaSearchProvider *self)
{
  if (self->registered != 0)
    g_dbus_connection_unregister_object (self->bus, self->registered);
  self->registered = 0;
  g_clear_object (&self->bus);
}

static void
barua_search_provider_dispose (GObject *object)
{
  barua_search_provider_withdraw (BARUA_SEARCH_PROVIDER (object));
  G_OBJECT_CLASS (barua_search_provider_parent_class)->dispose (object);
}

static void
barua_search_provider_class_init (BaruaSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_search_provider_dispose;
  signals[OPEN_MESSAGE] = g_signal_new ("open-message", BARUA_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[OPEN_SEARCH] = g_signal_new ("open-search", BARUA_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
barua_search_provider_init (BaruaSearchProvider *self)
{
}

BaruaSearchProvider *
barua_search_provider_new (BaruaSearchEngineFunc get_engine,
                           gpointer              user_data)
{
  BaruaSearchProvider *self = g_object_new (BARUA_TYPE_SEARCH_PROVIDER, NULL);

  self->get_engine = get_engine;
  self->user_data = user_data;
  return self;
}
