/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-mime-header.h"

G_BEGIN_DECLS

/* Where the parts of a message are: byte ranges, found in one pass and bounded by BARUA_LIMIT_PARTS and
 * BARUA_LIMIT_PART_DEPTH (docs/decisions, "MIME structure"): parts are byte-exact, and a bomb costs no more than its length. */

typedef struct
{
  BaruaPart *part;        /* all but kind and size; owned */
  int        parent;      /* index, -1 for the first */
  gsize      start;       /* of its header */
  gsize      body_start;
  gsize      body_end;    /* without the line end that belongs to the boundary */
  char      *related_start; /* multipart/related: the Content-ID of its root, or NULL */
  gboolean   is_opaque;   /* a multipart or message too deep to be opened */
  gboolean   is_renamed;  /* its file name had to be changed */
} BaruaMimeNode;

typedef struct
{
  GPtrArray *nodes;       /* BaruaMimeNode, depth first, at least one */
  GArray    *fields;      /* BaruaMimeField of the message's own header */
  gboolean   is_refused;  /* no message: one text part with everything in it */
  gboolean   too_many;
  gboolean   too_deep;
  gboolean   missing_boundary;
  gboolean   duplicated;  /* a part with two Content-Types or the like */
} BaruaMimeTree;

/* The tree points into the bytes, which must outlive it. Never NULL. */
BaruaMimeTree *barua_mime_tree_new       (const char    *message,
                                          gsize          length);
/* A tree without bytes, of parts (copied) that a server told. */
BaruaMimeTree *barua_mime_tree_new_parts (GPtrArray     *parts);
void           barua_mime_tree_free      (BaruaMimeTree *self);

gboolean       barua_mime_part_is        (const BaruaPart *part,
                                          const char      *prefix);
/* Fills type, charset, name and so on from the fields of a part's header. */
void           barua_mime_node_read      (BaruaMimeNode *node,
                                          GArray        *fields,
                                          const char    *default_type,
                                          char         **boundary);
BaruaMimeNode *barua_mime_node_new       (int            parent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaMimeTree, barua_mime_tree_free)

G_END_DECLS
