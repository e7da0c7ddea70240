/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The elements that the sanitiser lets through, and how they nest. */
typedef enum
{
  BARUA_ELEMENT_INLINE     = 0,
  BARUA_ELEMENT_VOID       = 1 << 0, /* no end tag */
  BARUA_ELEMENT_BLOCK      = 1 << 1, /* ends an open <p> */
  BARUA_ELEMENT_FORMATTING = 1 << 2, /* is opened again behind what cut it off */
  BARUA_ELEMENT_TABLE      = 1 << 3, /* tr, td and so on: only inside a table */
  BARUA_ELEMENT_CELL       = 1 << 4, /* td, th, caption: what is open outside is out of reach inside */
  BARUA_ELEMENT_HEADING    = 1 << 5
} BaruaElementFlags;

typedef struct
{
  const char *name;
  guint       flags;
  const char *attributes; /* beside the common ones: " href name " */
} BaruaElement;

#define BARUA_N_ELEMENTS 78u

/* By its name in lower case; NULL when it is not let through. Static. */
const BaruaElement *barua_html_element_find  (const char         *name);
/* 0 ... BARUA_N_ELEMENTS - 1, for arrays. */
guint               barua_html_element_index (const BaruaElement *element);
/* Whether it is the one of that name; FALSE for NULL. */
gboolean            barua_html_element_is    (const BaruaElement *element,
                                              const char         *name);

G_END_DECLS
