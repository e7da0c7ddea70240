/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UID sets of a server: what is read, is written and read again as the same; cut in pieces it is the same. */
#include "barua-imap-uid-set.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(BaruaIdSet) set = NULL;
  g_autoptr(BaruaIdSet) again = NULL;
  g_autoptr(BaruaIdSet) joined = barua_id_set_new ();
  g_autoptr(GPtrArray) pieces = NULL;
  g_autofree char *text = NULL;
  gsize max_bytes;

  if (size < 1)
    return 0;
  max_bytes = 20 + data[0];
  set = barua_imap_uid_set_parse ((BaruaImapSlice) { (const char *) data + 1, size - 1 });
  if (set == NULL)
    return 0;
  text = barua_id_set_to_string (set);
  again = barua_imap_uid_set_parse ((BaruaImapSlice) { text, strlen (text) });
  g_assert_true (again != NULL && barua_id_set_equal (set, again));
  pieces = barua_imap_uid_set_split (set, max_bytes);
  for (guint i = 0; i < pieces->len; i++)
    {
      g_autofree char *piece = barua_id_set_to_string (g_ptr_array_index (pieces, i));

      if (barua_id_set_get_n_ranges (g_ptr_array_index (pieces, i)) > 1)
        g_assert_cmpuint (strlen (piece), <=, max_bytes);
      barua_id_set_add_set (joined, g_ptr_array_index (pieces, i));
    }
  g_assert_true (barua_id_set_equal (set, joined));
  return 0;
}
