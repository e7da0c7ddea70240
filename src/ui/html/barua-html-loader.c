/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-html-loader.h"

#include <gmodule.h>

typedef enum
{
  STATE_IDLE,
  STATE_OPENING,
  STATE_READY,
  STATE_BROKEN
} LoaderState;

typedef struct
{
  GWeakRef owner;
  void   (*ready) (const BaruaHtmlApi *api, gpointer owner);
} Waiter;

static LoaderState state;
static const BaruaHtmlApi *html_api;
static char *filter_dir;
static GPtrArray *waiters;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_weak_ref_clear (&waiter->owner);
  g_free (waiter);
}

static void
tell_all (void)
{
  g_autoptr (GPtrArray) now = g_steal_pointer (&waiters);

  for (guint i = 0; now != NULL && i < now->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (now, i);
      g_autoptr (GObject) owner = g_weak_ref_get (&waiter->owner);

      if (owner != NULL)
        waiter->ready (barua_html_loader_get_api (), owner);
    }
}

static void
on_ready (gboolean works,
          gpointer user_data)
{
  state = works ? STATE_READY : STATE_BROKEN;
  if (!works)
    g_warning ("HTML can't be shown: the filter that blocks all loads could not be made");
  tell_all ();
}

/* Beside the program in a build folder, else where it is installed. */
static char *
find_module (void)
{
  const char *own = g_getenv ("BARUA_HTML_VIEW");
  g_autofree char *program = NULL;
  g_autofree char *dir = NULL;
  char *beside;

  if (own != NULL)
    return g_strdup (own);
  program = g_file_read_link ("/proc/self/exe", NULL);
  dir = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  beside = g_build_filename (dir, "..", "ui", "html", "libbarua-html-view.so", NULL);
  if (g_file_test (beside, G_FILE_TEST_EXISTS))
    return beside;
  g_free (beside);
  return g_build_filename (BARUA_PKG_LIB_DIR, "libbarua-html-view.so", NULL);
}

/* Mapping and relocating WebKit takes many milliseconds: not on the main thread. */
static void
open_module (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autofree char *path = find_module ();
  GError *error = NULL;
  GModule *module = g_module_open_full (path, G_MODULE_BIND_LOCAL, &error);

  if (module == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_module_make_resident (module);
  g_task_return_pointer (task, module, NULL);
}

static void
module_opened (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GModule *module = g_task_propagate_pointer (G_TASK (result), &error);
  BaruaHtmlApiFunc get_api = NULL;

  if (module == NULL || !g_module_symbol (module, BARUA_HTML_API_SYMBOL, (gpointer *)&get_api) ||
      get_api ()->version != BARUA_HTML_API_VERSION)
    {
      state = STATE_BROKEN;
      g_message ("HTML is shown as plain text: %s", error != NULL ? error->message : "the view module is of another version");
      tell_all ();
      return;
    }
  html_api = get_api ();
  html_api->prepare (filter_dir, on_ready, NULL);
}

void
barua_html_loader_set_cache_dir (const char *cache_dir)
{
  if (state == STATE_IDLE)
    g_set_str (&filter_dir, cache_dir);
}

void
barua_html_loader_start (void)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (filter_dir != NULL);
  if (state != STATE_IDLE)
    return;
  state = STATE_OPENING;
  task = g_task_new (NULL, NULL, module_opened, NULL);
  g_task_set_name (task, "open-html-view");
  g_task_run_in_thread (task, open_module);
}

const BaruaHtmlApi *
barua_html_loader_get_api (void)
{
  return state == STATE_READY ? html_api : NULL;
}

void
barua_html_loader_when_ready (GObject *owner,
                              void   (*ready) (const BaruaHtmlApi *api, gpointer owner))
{
  Waiter *waiter;

  if (state == STATE_READY || state == STATE_BROKEN)
    {
      ready (barua_html_loader_get_api (), owner);
      return;
    }
  if (waiters == NULL)
    waiters = g_ptr_array_new_with_free_func (waiter_free);
  waiter = g_new0 (Waiter, 1);
  g_weak_ref_init (&waiter->owner, owner);
  waiter->ready = ready;
  g_ptr_array_add (waiters, waiter);
  barua_html_loader_start ();
}
