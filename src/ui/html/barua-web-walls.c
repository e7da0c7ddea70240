/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-web-walls.h"

#include "barua-limits.h"
#include "barua-web-page.h"

/* Everything is blocked; parts of the message itself and pictures that we fetch come through our own schemes, others stand in the
 * text. None of them leads the web process to the network, whoever agreed to what. */
static const char filter_rules[] = "[{\"trigger\":{\"url-filter\":\".*\"},\"action\":{\"type\":\"block\"}},"
                                   "{\"trigger\":{\"url-filter\":\"^cid:.*\",\"resource-type\":[\"image\"]},"
                                   "\"action\":{\"type\":\"ignore-previous-rules\"}},"
                                   "{\"trigger\":{\"url-filter\":\"^barua-remote:.*\",\"resource-type\":[\"image\"]},"
                                   "\"action\":{\"type\":\"ignore-previous-rules\"}},"
                                   "{\"trigger\":{\"url-filter\":\"^data:image/.*\",\"resource-type\":[\"image\"]},"
                                   "\"action\":{\"type\":\"ignore-previous-rules\"}}]";

static WebKitWebContext *context;
static WebKitNetworkSession *session;
static WebKitUserContentFilter *filter;
static WebKitUserContentFilterStore *store;
static void (*when_ready) (gboolean works, gpointer user_data);
static gpointer when_ready_data;

static void
cancel_download (WebKitNetworkSession *network,
                 WebKitDownload       *download)
{
  webkit_download_cancel (download);
}

static void
part_requested (WebKitURISchemeRequest *request,
                gpointer                user_data)
{
  barua_web_page_handle_request (webkit_uri_scheme_request_get_web_view (request), request);
}

static void
make_context (void)
{
  g_autoptr (WebKitMemoryPressureSettings) memory = webkit_memory_pressure_settings_new ();

  webkit_memory_pressure_settings_set_memory_limit (memory, BARUA_LIMIT_WEB_PROCESS_MB);
  webkit_memory_pressure_settings_set_strict_threshold (memory, 0.8);
  webkit_memory_pressure_settings_set_conservative_threshold (memory, 0.5);
  webkit_memory_pressure_settings_set_kill_threshold (memory, 1.0);
  context = g_object_new (WEBKIT_TYPE_WEB_CONTEXT, "memory-pressure-settings", memory, NULL);
  webkit_web_context_set_cache_model (context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  webkit_web_context_set_spell_checking_enabled (context, FALSE);
  webkit_web_context_register_uri_scheme (context, "cid", part_requested, NULL, NULL);
  webkit_web_context_register_uri_scheme (context, "barua-remote", part_requested, NULL, NULL);

  session = webkit_network_session_new_ephemeral ();
  webkit_network_session_set_persistent_credential_storage_enabled (session, FALSE);
  g_signal_connect (session, "download-started", G_CALLBACK (cancel_download), NULL);
}

static void
filter_saved (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  filter = webkit_user_content_filter_store_save_finish (store, result, &error);
  if (filter == NULL)
    g_warning ("the filter could not be compiled: %s", error->message);
  else if (context == NULL)
    make_context ();
  when_ready (filter != NULL, when_ready_data);
  barua_web_walls_warm ();
}

void
barua_web_walls_prepare (const char *cache_dir,
                         void      (*ready) (gboolean works, gpointer user_data),
                         gpointer    user_data)
{
  g_autoptr (GBytes) rules = g_bytes_new_static (filter_rules, sizeof filter_rules - 1);

  when_ready = ready;
  when_ready_data = user_data;
  store = webkit_user_content_filter_store_new (cache_dir);
  /* Compiled anew at each start: what lies on disk need not be trusted. */
  webkit_user_content_filter_store_save (store, "block-all", rules, NULL, filter_saved, NULL);
}

static WebKitSettings *
make_settings (void)
{
  return webkit_settings_new_with_settings (
    "enable-javascript", FALSE, "enable-javascript-markup", FALSE, "javascript-can-open-windows-automatically", FALSE,
    "javascript-can-access-clipboard", FALSE, "allow-file-access-from-file-urls", FALSE,
    "allow-universal-access-from-file-urls", FALSE, "allow-modal-dialogs", FALSE, "allow-top-navigation-to-data-urls", FALSE,
    "enable-html5-database", FALSE, "enable-html5-local-storage", FALSE, "enable-page-cache", FALSE, "enable-webgl", FALSE,
    "enable-media", FALSE, "enable-media-stream", FALSE, "enable-mediasource", FALSE, "enable-encrypted-media", FALSE,
    "enable-webaudio", FALSE, "enable-webrtc", FALSE, "enable-fullscreen", FALSE, "enable-developer-extras", FALSE,
    "enable-site-specific-quirks", FALSE, "enable-back-forward-navigation-gestures", FALSE,
    "enable-tabs-to-links", TRUE, "enable-smooth-scrolling", FALSE, "default-charset", "utf-8", "hardware-acceleration-policy",
    WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER, NULL);
}

static WebKitWebView *
new_view (void)
{
  g_autoptr (WebKitSettings) settings = make_settings ();
  g_autoptr (WebKitUserContentManager) content = webkit_user_content_manager_new ();

  webkit_user_content_manager_add_filter (content, filter);
  return g_object_ref_sink (g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", context, "network-session", session, "settings",
                                          settings, "user-content-manager", content, "default-content-security-policy",
                                          "default-src 'none'; img-src cid: data: barua-remote:; style-src 'unsafe-inline'",
                                          NULL));
}

/* The spare one ------------------------------------------------------------------------------------------------------ */

/* Each page has a process of its own, and starting one takes longer than showing the page. */
static WebKitWebView *spare;
static gboolean spare_is_ready;
static guint spare_source; /* makes it, then takes it away */
static guint n_live;       /* views that were taken and are still there */

static gboolean
drop_spare (gpointer data)
{
  spare_source = 0;
  spare_is_ready = FALSE;
  g_clear_object (&spare);
  return G_SOURCE_REMOVE;
}

static void
forget_spare (void)
{
  g_clear_handle_id (&spare_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (spare, &spare);
  /* Not from inside its own signal. */
  spare_source = g_idle_add (drop_spare, NULL);
  spare_is_ready = FALSE;
}

static void
spare_changed (WebKitWebView   *view,
               WebKitLoadEvent  event,
               gpointer         user_data)
{
  spare_is_ready = event == WEBKIT_LOAD_FINISHED;
}

static gboolean
make_spare (gpointer data)
{
  spare = new_view ();
  g_signal_connect (spare, "load-changed", G_CALLBACK (spare_changed), &spare);
  g_signal_connect (spare, "web-process-terminated", G_CALLBACK (forget_spare), &spare);
  webkit_web_view_load_html (spare, "", NULL);
  spare_source = g_timeout_add_seconds (BARUA_WEB_SPARE_SECONDS, drop_spare, NULL);
  return G_SOURCE_REMOVE;
}

void
barua_web_walls_warm (void)
{
  if (filter != NULL && spare == NULL && spare_source == 0 && n_live < BARUA_LIVE_WEB_VIEWS)
    spare_source = g_idle_add_full (G_PRIORITY_LOW, make_spare, NULL, NULL);
}

static void
view_gone (gpointer  data,
           GObject  *where_it_was)
{
  n_live--;
}

WebKitWebView *
barua_web_walls_take_view (void)
{
  WebKitWebView *view;

  if (filter == NULL)
    return NULL;
  g_clear_handle_id (&spare_source, g_source_remove);
  if (spare != NULL)
    g_signal_handlers_disconnect_by_data (spare, &spare);
  /* One that is still loading would tell of that page as of the one it is given. */
  if (!spare_is_ready)
    g_clear_object (&spare);
  spare_is_ready = FALSE;
  view = spare != NULL ? g_steal_pointer (&spare) : new_view ();
  g_object_weak_ref (G_OBJECT (view), view_gone, NULL);
  n_live++;
  return view;
}
