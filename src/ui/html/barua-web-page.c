/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-web-page.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-web-frame.h"

/* %s: what else pictures may come from. */
#define POLICY \
  "default-src 'none'; img-src cid: data:%s; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-src 'none'"

/* Ours; ids of mail begin with "barua-", so that nothing in it can be this one. A mail with colours of its own is written for a
 * white page and gets one; when it is dark outside, that page is turned over and the pictures are turned back. */
static const char shared_style[] =
  "html{margin:0;padding:0;overflow-wrap:break-word;-webkit-text-size-adjust:none}"
  "body{margin:0;padding:0;background:transparent}"
  "#page{display:flow-root;min-width:0;padding:1px 0;box-sizing:border-box}"
  "#page img{max-width:100%}#page img:not([src^='barua-remote:']),#page:not(.shy) img{height:auto}"
  /* A picture that was not asked for leaves its outline. */
  "#page.shy img[src^='barua-remote:']{content:url(data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7);"
  "outline:1px solid color-mix(in srgb,currentColor 15%,transparent);outline-offset:-1px}"
  /* The dot that stands for it is square: without a height of its own it would be as high as it is wide. */
  "#page.shy img[src^='barua-remote:']:not([height]){height:3em}"
  "#page pre{white-space:pre-wrap}"
  "#page blockquote{margin:.5em 0;padding-inline-start:.8em;border-inline-start:3px solid color-mix(in srgb,currentColor 35%,transparent)}"
  "#page a:link{overflow-wrap:anywhere}"
  "#page.own{background:#fff;color:#000;padding:8px;border-radius:6px}"
  "#page.own.dark{filter:invert(.88) hue-rotate(180deg)}"
  /* The outline of one that was not asked for is the page's, not a picture's. */
  "#page.own.dark:not(.shy) img,#page.own.dark img:not([src^='barua-remote:']){filter:hue-rotate(180deg) invert(1)}"
  "::highlight(barua-found){background-color:#f8e45c;color:#000}"
  "::highlight(barua-here){background-color:#ff7800;color:#000}"
  "#page.ours{color:#2e3436}"
  "#page.ours a:link{color:#0461be}"
  "#page.ours.dark{color:#f6f5f4}"
  "#page.ours.dark a:link{color:#81d0ff}";

char *
barua_web_page_build (const char          *html,
                      const BaruaHtmlLook *look,
                      const GdkRGBA       *paper)
{
  g_autofree char *below = gdk_rgba_to_string (paper);
  g_autofree char *family = g_strdup (look->font_family != NULL ? look->font_family : "sans-serif");

  /* The name stands between quotes inside a style. */
  g_strdelimit (family, "\"\\<>&;{}", ' ');
  return g_strdup_printf ("<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">"
                          "<meta name=\"color-scheme\" content=\"%s\"><meta name=\"referrer\" content=\"no-referrer\">"
                          "<style>%s html{font-family:\"%s\",sans-serif;font-size:%dpx;line-height:1.45;background:%s}</style></head>"
                          "<body><div id=\"page\" class=\"%s%s%s\">%s</div></body></html>",
                          look->pictures ? " barua-remote:" : "", look->dark && !look->has_own_colours ? "dark" : "light", shared_style, family,
                          (int)(look->font_px + 0.5), below, look->has_own_colours ? "own" : "ours", look->dark ? " dark" : "",
                          look->pictures ? "" : " shy", html);
}

gsize
barua_web_page_first_bytes (const char *html,
                            gsize       max)
{
  gsize length = strnlen (html, max + 1);

  if (length <= max)
    return length;
  for (gsize at = max; at > 0; at--)
    if (html[at] == '<')
      return at;
  /* One word longer than all that: whole. */
  return max + strlen (html + max);
}

/* Parts of the message --------------------------------------------------------------------------------------------- */

struct _BaruaHtmlRequest
{
  WebKitURISchemeRequest *request;
};

static void
refuse (WebKitURISchemeRequest *request)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such part");

  webkit_uri_scheme_request_finish_error (request, error);
}

void
barua_web_page_handle_request (WebKitWebView          *view,
                               WebKitURISchemeRequest *request)
{
  const char *uri = webkit_uri_scheme_request_get_uri (request);
  g_autofree char *content_id = NULL;
  gboolean is_remote = g_ascii_strncasecmp (uri, "barua-remote:", 13) == 0 && strlen (uri) <= 4 * BARUA_LIMIT_URL_BYTES;
  GtkWidget *frame = view != NULL ? gtk_widget_get_parent (GTK_WIDGET (view)) : NULL;
  BaruaHtmlRequest *wanted;

  if (g_ascii_strncasecmp (uri, "cid:", 4) == 0)
    content_id = g_uri_unescape_string (uri + 4, NULL);
  if (!is_remote && (content_id == NULL || *content_id == '\0' || strlen (content_id) > BARUA_LIMIT_MESSAGE_ID_BYTES))
    {
      refuse (request);
      return;
    }
  if (!BARUA_IS_WEB_FRAME (frame))
    {
      refuse (request);
      return;
    }
  wanted = g_new0 (BaruaHtmlRequest, 1);
  wanted->request = g_object_ref (request);
  if (is_remote)
    barua_web_frame_want_picture (BARUA_WEB_FRAME (frame), uri, wanted);
  else
    barua_web_frame_want_part (BARUA_WEB_FRAME (frame), content_id, wanted);
}

/* Pictures only: a part that calls itself HTML or SVG must not become a document (H-09). */
static gboolean
is_picture (const char *type)
{
  static const char *const types[] = { "image/png",  "image/jpeg", "image/jpg",  "image/gif",     "image/webp",
                                       "image/avif", "image/bmp",  "image/tiff", "image/x-icon", "image/vnd.microsoft.icon" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

void
barua_web_page_answer (BaruaHtmlRequest *wanted,
                       GBytes           *bytes,
                       const char       *type)
{
  if (bytes == NULL || type == NULL || !is_picture (type))
    refuse (wanted->request);
  else
    {
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

      webkit_uri_scheme_request_finish (wanted->request, stream, (gint64)g_bytes_get_size (bytes), type);
    }
  g_object_unref (wanted->request);
  g_free (wanted);
}
