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

WebKitWebView *
barua_web_walls_new_view (void)
{
  g_autoptr (WebKitSettings) settings = NULL;
  g_autoptr (WebKitUserContentManager) content = NULL;
  WebKitWebView *view;

  if (filter == NULL)
    return NULL;
  settings = make_settings ();
  content = webkit_user_content_manager_new ();
  webkit_user_content_manager_add_filter (content, filter);
  view = g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", context, "network-session", session, "settings", settings,
                       "user-content-manager", content, "default-content-security-policy",
                       "default-src 'none'; img-src cid: data: barua-remote:; style-src 'unsafe-inline'", NULL);
  return view;
}
