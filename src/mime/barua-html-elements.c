/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-elements.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK BARUA_ELEMENT_BLOCK
#define FORMATTING BARUA_ELEMENT_FORMATTING
#define TABLE BARUA_ELEMENT_TABLE
#define CELL (BARUA_ELEMENT_TABLE | BARUA_ELEMENT_CELL)

/* Sorted by name. */
static const BaruaElement elements[] = {
  { "a", FORMATTING, " href name " },
  { "abbr", 0, "" },
  { "acronym", 0, "" },
  { "address", BLOCK, "" },
  { "article", BLOCK, "" },
  { "aside", BLOCK, "" },
  { "b", FORMATTING, "" },
  { "bdi", 0, "" },
  { "bdo", 0, "" },
  { "big", FORMATTING, "" },
  { "blockquote", BLOCK, " type " },
  { "br", BARUA_ELEMENT_VOID, " clear " },
  { "caption", CELL, "" },
  { "center", BLOCK, "" },
  { "cite", 0, "" },
  { "code", FORMATTING, "" },
  { "col", TABLE | BARUA_ELEMENT_VOID, " span " },
  { "colgroup", TABLE, " span " },
  { "dd", BLOCK, "" },
  { "del", 0, "" },
  { "dfn", 0, "" },
  { "dir", BLOCK, "" },
  { "div", BLOCK, "" },
  { "dl", BLOCK, "" },
  { "dt", BLOCK, "" },
  { "em", FORMATTING, "" },
  { "figcaption", BLOCK, "" },
  { "figure", BLOCK, "" },
  { "font", FORMATTING, " color face size " },
  { "footer", BLOCK, "" },
  { "h1", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "h2", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "h3", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "h4", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "h5", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "h6", BLOCK | BARUA_ELEMENT_HEADING, "" },
  { "header", BLOCK, "" },
  { "hr", BLOCK | BARUA_ELEMENT_VOID, " size color noshade " },
  { "i", FORMATTING, "" },
  { "img", BARUA_ELEMENT_VOID, " src alt border hspace vspace " },
  { "ins", 0, "" },
  { "kbd", 0, "" },
  { "li", BLOCK, " type value " },
  { "main", BLOCK, "" },
  { "mark", 0, "" },
  { "nav", BLOCK, "" },
  { "ol", BLOCK, " type start reversed " },
  { "p", BLOCK, "" },
  { "pre", BLOCK, "" },
  { "q", 0, "" },
  { "rp", 0, "" },
  { "rt", 0, "" },
  { "ruby", 0, "" },
  { "s", FORMATTING, "" },
  { "samp", 0, "" },
  { "section", BLOCK, "" },
  { "small", FORMATTING, "" },
  { "span", 0, "" },
  { "strike", FORMATTING, "" },
  { "strong", FORMATTING, "" },
  { "style", 0, "" },
  { "sub", 0, "" },
  { "sup", 0, "" },
  { "table", BLOCK, " border cellpadding cellspacing rules frame background " },
  { "tbody", TABLE, "" },
  { "td", CELL, " colspan rowspan nowrap background " },
  { "tfoot", TABLE, "" },
  { "th", CELL, " colspan rowspan nowrap background " },
  { "thead", TABLE, "" },
  { "time", 0, "" },
  { "tr", TABLE, " background " },
  { "tt", FORMATTING, "" },
  { "u", FORMATTING, "" },
  { "ul", BLOCK, " type " },
  { "var", 0, "" },
  { "wbr", BARUA_ELEMENT_VOID, "" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (elements) <= BARUA_N_ELEMENTS);

static int
compare (const void *name,
         const void *element)
{
  return strcmp (name, ((const BaruaElement *)element)->name);
}

const BaruaElement *
barua_html_element_find (const char *name)
{
  return bsearch (name, elements, G_N_ELEMENTS (elements), sizeof elements[0], compare);
}

guint
barua_html_element_index (const BaruaElement *element)
{
  return (guint)(element - elements);
}

gboolean
barua_html_element_is (const BaruaElement *element,
                       const char         *name)
{
  return element != NULL && strcmp (element->name, name) == 0;
}
