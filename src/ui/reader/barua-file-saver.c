/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-file-saver.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "barua-fiber.h"
#include "barua-text.h"
#include "barua-toasts.h"
#include "barua-window.h"
#include "barua-words.h"

#define SAME_NAMES_MAX 1000u

typedef struct
{
  GWeakRef     parent;
  BaruaMessageSource *source;
  GPtrArray   *wishes; /* BaruaFileWish; section NULL: the whole message */
  GFile       *target; /* a file, or a folder for several */
  gboolean     is_folder;
  gboolean     open;
} Job;

BaruaFileWish *
barua_file_wish_new (const char *section,
                     const char *name)
{
  BaruaFileWish *wish = g_new0 (BaruaFileWish, 1);

  wish->section = g_strdup (section);
  wish->name = barua_text_file_name (name);
  return wish;
}

void
barua_file_wish_free (BaruaFileWish *wish)
{
  g_free (wish->section);
  g_free (wish->name);
  g_free (wish);
}

static Job *
job_new (GtkWidget   *parent,
         BaruaMessageSource *source,
         GPtrArray   *wishes)
{
  Job *job = g_new0 (Job, 1);

  g_weak_ref_init (&job->parent, parent);
  job->source = g_object_ref (source);
  job->wishes = wishes;
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_weak_ref_clear (&job->parent);
  g_object_unref (job->source);
  g_ptr_array_unref (job->wishes);
  g_clear_object (&job->target);
  g_free (job);
}

static void
tell (Job        *job,
      const char *text)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&job->parent);

  if (parent != NULL)
    barua_toasts_tell (parent, text);
}

static void
tell_saved (Job        *job,
            const char *text)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&job->parent);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;

  if (BARUA_IS_WINDOW (root))
    barua_window_add_file_toast (BARUA_WINDOW (root), text, job->target);
  else
    tell (job, text);
}

static void
tell_error (Job          *job,
            const GError *error)
{
  BaruaErrorCode code = BARUA_ERROR_IO;
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    code = BARUA_ERROR_NO_SPACE;
  else if (error->domain == BARUA_ERROR)
    code = barua_error_get_code (error);
  g_message ("a file could not be saved: %s", error->message);
  words = barua_words_error (code, NULL, NULL);
  tell (job, words);
}

/* Programs --------------------------------------------------------------------------------------------------------- */

gboolean
barua_file_saver_may_run (const char *name,
                          const char *type)
{
  static const char *const endings[] = {
    "desktop", "appimage", "exe",  "com", "bat", "cmd", "msi",  "scr",  "pif", "sh",  "bash", "zsh",   "fish",   "csh",     "ksh",
    "py",      "pyc",      "pl",   "rb",  "lua", "js",  "mjs",  "vbs",  "wsf", "ps1", "jar",  "jnlp",  "run",    "bin",     "elf",
    "so",      "deb",      "rpm",  "apk", "snap", "flatpak", "flatpakref", "flatpakrepo", "html", "htm",  "xhtml", "xht", "shtml",
    "mht",     "mhtml",    "svg",  "svgz", "hta", "lnk", "url",  "scf",  "reg", "dll", "app",  "command", "action", "workflow", "iso", "img",
  };
  static const char *const types[] = {
    "application/x-executable", "application/x-desktop",    "application/x-shellscript", "application/x-sharedlib",
    "application/vnd.appimage", "application/x-ms-dos-executable", "application/x-msdownload", "application/java-archive",
    "application/javascript",   "text/javascript",          "text/html",                 "application/xhtml+xml",
    "image/svg+xml",            "text/x-python",            "text/x-shellscript",        "application/x-perl",
    "application/x-msdos-program", "application/hta",
  };
  g_autofree char *safe = barua_text_file_name (name);
  const char *dot = strrchr (safe, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_ascii_strcasecmp (dot + 1, endings[i]) == 0)
      return TRUE;
  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (type, types[i]) == 0)
      return TRUE;
  {
    g_autofree char *guessed = g_content_type_guess (safe, NULL, 0, NULL);

    return g_content_type_can_be_executable (guessed) && !g_content_type_is_a (guessed, "text/plain");
  }
}

/* Writing ---------------------------------------------------------------------------------------------------------- */

/* "ajenda.pdf", "ajenda (2).pdf", ... */
static char *
numbered (const char *name,
          guint       number)
{
  const char *dot = strrchr (name, '.');

  if (number < 2)
    return g_strdup (name);
  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%u)", name, number);
  return g_strdup_printf ("%.*s (%u)%s", (int)(dot - name), name, number, dot);
}

static GBytes *
load_bytes (Job                 *job,
            const BaruaFileWish *wish,
            GError             **error)
{
  DexFuture *future =
      wish->section != NULL
          ? barua_message_source_load_part (job->source, wish->section, NULL)
          : barua_message_source_load_bytes (job->source, NULL);

  return dex_await_boxed (future, error);
}

typedef struct
{
  DexPromise *promise;
  GBytes     *bytes;
  GFile      *file;
  gboolean    may_replace;
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  dex_unref (write->promise);
  g_bytes_unref (write->bytes);
  g_object_unref (write->file);
  g_free (write);
}

/* Disks may stall: on a worker. A new file (O_EXCL) that nobody else may read; one that the person said to replace is replaced
 * whole. */
static void
write_on_worker (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Write *write = task_data;
  g_autoptr (GFileOutputStream) stream = NULL;
  GError *error = NULL;
  gsize size;
  const void *data = g_bytes_get_data (write->bytes, &size);

  if (write->may_replace)
    stream = g_file_replace (write->file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, &error);
  else
    stream = g_file_create (write->file, G_FILE_CREATE_PRIVATE, NULL, &error);
  if (stream == NULL || !g_output_stream_write_all (G_OUTPUT_STREAM (stream), data, size, NULL, NULL, &error) ||
      !g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
}

static void
written (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Write *write = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    dex_promise_resolve_boolean (write->promise, TRUE);
  else
    dex_promise_reject (write->promise, error);
}

static DexFuture *
write_file (GFile    *file,
            GBytes   *bytes,
            gboolean  may_replace)
{
  Write *write = g_new0 (Write, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, written, NULL);

  write->promise = dex_promise_new ();
  write->bytes = g_bytes_ref (bytes);
  write->file = g_object_ref (file);
  write->may_replace = may_replace;
  dex_ref (write->promise);
  g_task_set_name (task, "write-attachment");
  g_task_set_task_data (task, write, write_free);
  g_task_run_in_thread (task, write_on_worker);
  return DEX_FUTURE (write->promise);
}

static gboolean
save_into_folder (Job                 *job,
                  const BaruaFileWish *wish,
                  GBytes              *bytes,
                  GFile              **saved,
                  GError             **error)
{
  for (guint number = 1; number <= SAME_NAMES_MAX; number++)
    {
      g_autofree char *name = numbered (wish->name, number);
      g_autoptr (GFile) file = g_file_get_child (job->target, name);
      g_autoptr (GError) local = NULL;

      if (dex_await (write_file (file, bytes, FALSE), &local))
        {
          *saved = g_steal_pointer (&file);
          return TRUE;
        }
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_EXISTS, "too many files of this name");
  return FALSE;
}

static void
opened (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    g_message ("a file could not be opened: %s", error->message);
}

static void
launch (Job   *job,
        GFile *file)
{
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&job->parent);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;

  gtk_file_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, opened, NULL);
}

static DexFuture *
save_fiber (gpointer data)
{
  Job *job = data;
  g_autofree char *last = NULL;
  g_autofree char *number = NULL;
  g_autofree char *words = NULL;

  for (guint i = 0; i < job->wishes->len; i++)
    {
      const BaruaFileWish *wish = g_ptr_array_index (job->wishes, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = load_bytes (job, wish, &error);
      g_autoptr (GFile) saved = NULL;

      if (bytes != NULL && job->is_folder)
        save_into_folder (job, wish, bytes, &saved, &error);
      else if (bytes != NULL)
        dex_await (write_file (job->target, bytes, TRUE), &error);
      if (error != NULL)
        {
          tell_error (job, error);
          return dex_future_new_true ();
        }
      if (job->open)
        {
          launch (job, saved);
          return dex_future_new_true ();
        }
      g_free (last);
      last = job->is_folder ? g_strdup (wish->name) : g_file_get_basename (job->target);
    }
  number = barua_words_number (job->wishes->len);
  if (job->wishes->len == 1)
    words = g_strdup_printf (_("Saved %s"), last);
  else
    /* Translators: %s is a number. */
    words = g_strdup_printf (ngettext ("Saved %s file", "Saved %s files", job->wishes->len), number);
  tell_saved (job, words);
  return dex_future_new_true ();
}

/* Asking ----------------------------------------------------------------------------------------------------------- */

static void
place_chosen (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr (GError) error = NULL;

  job->target = job->is_folder ? gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error)
                               : gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  if (job->target == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
        g_message ("no place was chosen: %s", error->message);
      job_free (job);
      return;
    }
  barua_fiber_spawn ("ui-save", save_fiber, job, job_free);
}

static GtkWindow *
window_of (GtkWidget *parent)
{
  GtkRoot *root = gtk_widget_get_root (parent);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* Where downloads go, else the person's own folder. */
static void
start_in_downloads (GtkFileDialog *dialog)
{
  const char *downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  g_autoptr (GFile) folder = g_file_new_for_path (downloads != NULL ? downloads : g_get_home_dir ());

  gtk_file_dialog_set_initial_folder (dialog, folder);
}

void
barua_file_saver_save (GtkWidget   *parent,
                       BaruaMessageSource *source,
                       const char  *section,
                       const char  *name)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  BaruaFileWish *wish = barua_file_wish_new (section, name);
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);

  g_ptr_array_add (wishes, wish);
  gtk_file_dialog_set_title (dialog, section != NULL ? _("Save Attachment") : _("Save Message"));
  start_in_downloads (dialog);
  gtk_file_dialog_set_initial_name (dialog, wish->name);
  gtk_file_dialog_save (dialog, window_of (parent), NULL, place_chosen, job_new (parent, source, wishes));
}

void
barua_file_saver_save_all (GtkWidget   *parent,
                           BaruaMessageSource *source,
                           GPtrArray   *wishes)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  Job *job = job_new (parent, source, wishes);

  job->is_folder = TRUE;
  start_in_downloads (dialog);
  gtk_file_dialog_set_title (dialog, _("Save All Attachments"));
  gtk_file_dialog_select_folder (dialog, window_of (parent), NULL, place_chosen, job);
}

void
barua_file_saver_open (GtkWidget   *parent,
                       BaruaMessageSource *source,
                       const char  *section,
                       const char  *name,
                       const char  *type)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);
  g_autofree char *above = barua_message_source_dup_folder (source);
  g_autofree char *folder = g_build_filename (above, "XXXXXX", NULL);
  Job *job;

  g_ptr_array_add (wishes, barua_file_wish_new (section, name));
  job = job_new (parent, source, wishes);
  if (barua_file_saver_may_run (name, type))
    {
      tell (job, _("Barua does not open programs. Save it first if you trust the sender."));
      job_free (job);
      return;
    }
  if (g_mkdir_with_parents (above, 0700) != 0 || g_mkdtemp_full (folder, 0700) == NULL)
    {
      g_autofree char *words = barua_words_error (BARUA_ERROR_IO, NULL, NULL);

      tell (job, words);
      job_free (job);
      return;
    }
  job->target = g_file_new_for_path (folder);
  job->is_folder = TRUE;
  job->open = TRUE;
  barua_fiber_spawn ("ui-open", save_fiber, job, job_free);
}

static DexFuture *
copy_fiber (gpointer data)
{
  Job *job = data;
  const BaruaFileWish *wish = g_ptr_array_index (job->wishes, 0);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = load_bytes (job, wish, &error);
  g_autoptr (GFile) saved = NULL;

  if (bytes == NULL || !save_into_folder (job, wish, bytes, &saved, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_take_object (g_steal_pointer (&saved));
}

DexFuture *
barua_file_saver_copy (BaruaMessageSource *source,
                       const char         *section,
                       const char         *name)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);
  g_autofree char *above = barua_message_source_dup_folder (source);
  g_autofree char *folder = g_build_filename (above, "XXXXXX", NULL);
  Job *job;

  g_ptr_array_add (wishes, barua_file_wish_new (section, name));
  job = job_new (NULL, source, wishes);
  if (g_mkdir_with_parents (above, 0700) != 0 || g_mkdtemp_full (folder, 0700) == NULL)
    {
      job_free (job);
      return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_IO, "no folder for the copy");
    }
  job->target = g_file_new_for_path (folder);
  job->is_folder = TRUE;
  return barua_fiber_start ("ui-copy", copy_fiber, job, job_free);
}
