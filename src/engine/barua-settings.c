/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-settings.h"

#include <json-glib/json-glib.h>

static JsonNode *
parse (const char *settings)
{
  JsonNode *node = settings != NULL ? json_from_string (settings, NULL) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return node;
  g_clear_pointer (&node, json_node_unref);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, json_object_new ());
  return node;
}

char *
barua_settings_dup (const char *settings,
                    const char *name)
{
  g_autoptr(JsonNode) root = parse (settings);
  JsonNode *node = json_object_get_member (json_node_get_object (root), name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_dup_string (node);
}

char *
barua_settings_set (const char *settings,
                    const char *name,
                    const char *value)
{
  g_autoptr(JsonNode) root = parse (settings);

  if (value != NULL)
    json_object_set_string_member (json_node_get_object (root), name, value);
  else
    json_object_remove_member (json_node_get_object (root), name);
  return json_to_string (root, FALSE);
}
