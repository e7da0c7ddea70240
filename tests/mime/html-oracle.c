/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "html-oracle.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <string.h>

static const char allowed_elements[] =
  " html body head a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del "
  "dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt "
  "ruby s samp section small span strike strong style sub sup table tbody td tfoot th thead time tr tt u ul var wbr ";
static const char allowed_attributes[] =
  " align alt background bgcolor border cellpadding cellspacing class clear color colspan dir face frame height hidden href hspace "
  "id lang name noshade nowrap rel reversed rowspan rules size span src start style title type valign value vspace width ";

static gboolean
is_in (const char *list,
       const char *word)
{
  g_autofree char *needle = g_strdup_printf (" %s ", word);

  return strstr (list, needle) != NULL;
}

static gboolean
is_picture (const char *url)
{
  return g_str_has_prefix (url, "barua-remote:") || g_str_has_prefix (url, "cid:") || g_str_has_prefix (url, "data:image/png;base64,") ||
         g_str_has_prefix (url, "data:image/jpeg;base64,") || g_str_has_prefix (url, "data:image/jpg;base64,") ||
         g_str_has_prefix (url, "data:image/gif;base64,") || g_str_has_prefix (url, "data:image/webp;base64,");
}

static gboolean
is_link (const char *url)
{
  return g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://") || g_str_has_prefix (url, "mailto:") ||
         g_str_has_prefix (url, "tel:");
}

/* CSS has no escape, no at-rule but @media, every "url(" is one of ours, and nothing is positioned. */
static gboolean
is_css_clean (const char *css)
{
  static const char * const forbidden[] = { "\\", "<", "://", "/*", "expression(", "@import", "@font", "image-set(", "attr(",
                                            "var(", "{position", ";position" };

  for (const char *p = css; (p = strstr (p, "url(")) != NULL; p += 4)
    if (!g_str_has_prefix (p + 4, "barua-remote:") && !g_str_has_prefix (p + 4, "cid:"))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    if (strstr (css, forbidden[i]) != NULL)
      return FALSE;
  return !g_str_has_prefix (css, "position");
}

static char *
check_attribute (const char *element,
                 const char *name,
                 const char *value)
{
  if (!is_in (allowed_attributes, name))
    return g_strdup_printf ("attribute %s of %s", name, element);
  if (strcmp (name, "href") == 0 && (strcmp (element, "a") != 0 || !is_link (value)))
    return g_strdup_printf ("link %s", value);
  if ((strcmp (name, "src") == 0 || strcmp (name, "background") == 0) && !is_picture (value))
    return g_strdup_printf ("picture %s", value);
  if (strcmp (name, "style") == 0 && !is_css_clean (value))
    return g_strdup_printf ("style %s", value);
  if ((strcmp (name, "id") == 0 || strcmp (name, "name") == 0 || strcmp (name, "class") == 0) &&
      !g_str_has_prefix (value, "barua-"))
    return g_strdup_printf ("%s %s", name, value);
  if (strcmp (name, "href") != 0 && strcmp (name, "title") != 0 && strcmp (name, "alt") != 0 && strcmp (name, "src") != 0 &&
      (strstr (value, "://") != NULL || g_ascii_strncasecmp (value, "javascript", 10) == 0))
    return g_strdup_printf ("%s=%s", name, value);
  return NULL;
}

static char *
check_element (xmlNode *node)
{
  const char *name = (const char *)node->name;

  if (!is_in (allowed_elements, name))
    return g_strdup_printf ("element %s", name);
  for (xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
    {
      xmlChar *value = xmlNodeListGetString (node->doc, attribute->children, 1);
      char *wrong = check_attribute (name, (const char *)attribute->name, value != NULL ? (const char *)value : "");

      xmlFree (value);
      if (wrong != NULL)
        return wrong;
    }
  if (strcmp (name, "style") == 0)
    {
      xmlChar *css = xmlNodeGetContent (node);
      gboolean is_clean = is_css_clean ((const char *)css);
      char *wrong = is_clean ? NULL : g_strdup_printf ("sheet %s", (const char *)css);

      xmlFree (css);
      return wrong;
    }
  return NULL;
}

char *
html_oracle_check (const char *html)
{
  htmlParserCtxt *parser = htmlCreateMemoryParserCtxt (html, (int)strlen (html));
  xmlNode *node;
  xmlDoc *document;
  char *wrong = NULL;

  if (parser == NULL)
    return NULL; /* empty */
  htmlCtxtUseOptions (parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER);
  parser->options |= XML_PARSE_HUGE;
  xmlSwitchEncoding (parser, XML_CHAR_ENCODING_UTF8);
  htmlParseDocument (parser);
  document = parser->myDoc;
  node = document != NULL ? document->children : NULL;
  while (node != NULL && wrong == NULL)
    {
      if (node->type == XML_ELEMENT_NODE)
        wrong = check_element (node);
      else if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
        wrong = g_strdup ("a comment or processing instruction");
      if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        node = node->children;
      else
        {
          while (node != NULL && node->next == NULL)
            node = node->parent;
          node = node != NULL && node->type != XML_HTML_DOCUMENT_NODE && node->type != XML_DOCUMENT_NODE ? node->next : NULL;
        }
    }
  if (document != NULL)
    xmlFreeDoc (document);
  htmlFreeParserCtxt (parser);
  return wrong;
}
