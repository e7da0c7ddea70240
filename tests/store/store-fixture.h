/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

#include "barua-envelope.h"
#include "barua-store-account.h"
#include "barua-store-check.h"
#include "barua-store-folder.h"
#include "barua-store-message.h"

/* What the store's tests and its benchmark share: a profile in a temporary directory with one account and an inbox, and
 * generated messages, six of ten of them answers. */

typedef struct
{
  char       *dir;
  BaruaStore *store;
  gint64      account;
  gint64      folder;
} Fixture;

/* Takes over what it needs of the arguments; the caller frees the envelope by ingest_clear(). */
static inline BaruaIngest
ingest_make (guint32     uid,
             const char *message_id,
             const char *reference,
             const char *from,
             const char *subject,
             gint64      date)
{
  BaruaEnvelope *envelope = barua_envelope_new ();

  envelope->date = date;
  envelope->from = barua_address_list_new ();
  g_ptr_array_add (envelope->from, barua_address_new ("", from));
  envelope->to = barua_address_list_new ();
  g_ptr_array_add (envelope->to, barua_address_new ("Asha", "asha@posta.example"));
  g_set_str (&envelope->subject, subject);
  g_set_str (&envelope->message_id, message_id);
  if (reference != NULL)
    {
      envelope->references = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (envelope->references, g_strdup (reference));
    }
  return (BaruaIngest){ .uid = uid, .internal_date = date, .size = 10000 + uid, .envelope = envelope };
}

static inline void
ingest_clear (BaruaIngest *item)
{
  barua_envelope_free ((BaruaEnvelope *)item->envelope);
  item->envelope = NULL;
}

/* The i-th of @n generated messages; UIDs and dates rise with i. */
static inline BaruaIngest
ingest_generate (guint i,
                 GRand *rand)
{
  static const char * const words[] = { "meeting", "notes", "budget", "garden", "travel", "report", "invoice", "lunch",
                                        "plan", "review", "launch", "weekend", "photos", "contract", "question", "answer" };
  BaruaEnvelope *envelope = barua_envelope_new ();
  guint person = g_rand_int_range (rand, 0, 2000);
  g_autofree char *name = g_strdup_printf ("Person %u Example", person);
  g_autofree char *address = g_strdup_printf ("person%u@mail%u.example", person, person % 50);

  envelope->date = 1500000000 + (gint64)i * 600;
  envelope->from = barua_address_list_new ();
  g_ptr_array_add (envelope->from, barua_address_new (name, address));
  envelope->to = barua_address_list_new ();
  g_ptr_array_add (envelope->to, barua_address_new ("Asha", "asha@posta.example"));
  g_free (envelope->subject);
  envelope->subject = g_strdup_printf ("%s %s %s %u", words[g_rand_int_range (rand, 0, 16)],
                                       words[g_rand_int_range (rand, 0, 16)], words[g_rand_int_range (rand, 0, 16)], i % 977);
  g_free (envelope->message_id);
  envelope->message_id = g_strdup_printf ("<generated.%u.%08x@mail%u.example>", i, i * 2654435761u, i % 50);
  if (i > 10 && g_rand_int_range (rand, 0, 10) < 6)
    {
      guint k = i - 1 - g_rand_int_range (rand, 0, (gint32)MIN (i - 1, 200));

      envelope->references = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (envelope->references, g_strdup_printf ("<generated.%u.%08x@mail%u.example>", k, k * 2654435761u, k % 50));
    }
  return (BaruaIngest){ .uid = i + 1, .internal_date = envelope->date + 5, .size = 10000, .modseq = 1,
                        .flags = i % 3 == 0 ? 0 : BARUA_FLAG_SEEN, .envelope = envelope };
}

static inline gboolean
fixture_make_account (BaruaStoreConnection  *c,
                      gpointer               data,
                      GError               **error)
{
  Fixture *fixture = data;
  g_autoptr (BaruaStoreAccount) account = barua_store_account_new ();
  g_autoptr (BaruaStoreFolder) folder = barua_store_folder_new ();

  g_set_str (&account->name, "Posta");
  g_set_str (&account->address, "asha@posta.example");
  if (!barua_store_account_save (c, account, error))
    return FALSE;
  folder->account = account->id;
  folder->role = BARUA_ROLE_INBOX;
  g_set_str (&folder->name, "INBOX");
  g_set_str (&folder->shown_name, "Inbox");
  if (!barua_store_folder_save (c, folder, error))
    return FALSE;
  fixture->account = account->id;
  fixture->folder = folder->id;
  return TRUE;
}

static inline void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = barua_store_open (fixture->dir, BARUA_STORE_DEFAULT, NULL, &error);
  g_assert_no_error (error);
}

static inline void
fixture_init (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("barua-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture_open (fixture);
  barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "account", fixture_make_account, fixture, &error);
  g_assert_no_error (error);
}

static inline void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (path);
}

static inline void
fixture_close (Fixture *fixture)
{
  if (fixture->store != NULL)
    barua_store_close (fixture->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&fixture->store, barua_store_unref);
}

static inline void
fixture_clear (Fixture *fixture)
{
  fixture_close (fixture);
  remove_tree (fixture->dir);
  g_clear_pointer (&fixture->dir, g_free);
}

typedef struct
{
  gint64             folder;
  const BaruaIngest *items;
  guint              n;
  gint64            *ids;
  BaruaIngestResult  result;
} IngestCall;

static inline gboolean
fixture_do_ingest (BaruaStoreConnection  *c,
                   gpointer               data,
                   GError               **error)
{
  IngestCall *call = data;

  return barua_store_message_ingest (c, call->folder, call->items, call->n, call->ids, &call->result, error);
}

static inline BaruaIngestResult
fixture_ingest (Fixture           *fixture,
                gint64             folder,
                const BaruaIngest *items,
                guint              n,
                gint64            *ids)
{
  g_autoptr (GError) error = NULL;
  IngestCall call = { folder, items, n, ids, { 0 } };

  barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "ingest", fixture_do_ingest, &call, &error);
  g_assert_no_error (error);
  return call.result;
}

/* @n generated messages, newest first, in portions. */
static inline void
fixture_fill (Fixture *fixture,
              guint    n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree BaruaIngest *items = g_new0 (BaruaIngest, n);

  for (guint i = 0; i < n; i++)
    items[n - 1 - i] = ingest_generate (i, rand);
  for (guint i = 0; i < n; i += 500)
    fixture_ingest (fixture, fixture->folder, items + i, MIN (500, n - i), NULL);
  for (guint i = 0; i < n; i++)
    ingest_clear (&items[i]);
}

static inline gboolean
fixture_do_check (BaruaStoreConnection  *c,
                  gpointer               data,
                  GError               **error)
{
  *(GPtrArray **)data = barua_store_check (c, error);
  return *(GPtrArray **)data != NULL;
}

/* Fails the test for every problem that the store's own check finds. */
static inline void
fixture_assert_sound (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  barua_store_read_now (fixture->store, "check", fixture_do_check, &problems, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", ((BaruaStoreProblem *)g_ptr_array_index (problems, i))->detail);
  g_assert_cmpuint (problems->len, ==, 0);
}
