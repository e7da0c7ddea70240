/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-secret-command.h"

#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-net-error.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char       *command;
  guint       timeout_ms;
  BaruaScope *scope;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->command);
  barua_scope_unref (run->scope);
  g_free (run);
}

void
barua_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  for (volatile char *p = secret; *p != '\0'; p++)
    *p = '\0';
  g_free (secret);
}

static void
on_communicated (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(DexPromise) promise = data;
  g_autoptr(GError) error = NULL;
  GBytes *output = NULL;

  if (g_subprocess_communicate_finish (G_SUBPROCESS (source), result, &output, NULL, &error))
    dex_promise_resolve_boxed (promise, G_TYPE_BYTES, output);
  else
    dex_promise_reject (promise, g_steal_pointer (&error));
}

static DexFuture *
communicate (GSubprocess  *process,
             GCancellable *cancellable)
{
  DexPromise *promise = dex_promise_new ();

  g_subprocess_communicate_async (process, NULL, cancellable, on_communicated, dex_ref (promise));
  return DEX_FUTURE (promise);
}

static DexFuture *
refuse (const char *why)
{
  return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CREDENTIALS, "password command: %s", why);
}

static DexFuture *
take_first_line (GBytes *output)
{
  gsize length;
  const char *data = g_bytes_get_data (output, &length);
  const char *end = length > 0 ? memchr (data, '\n', length) : NULL;

  if (end != NULL)
    length = (gsize) (end - data);
  if (length > 0 && data[length - 1] == '\r')
    length--;
  if (length == 0)
    return refuse ("it printed nothing");
  if (length > BARUA_LIMIT_SECRET_BYTES)
    return refuse ("it printed too much");
  if (!g_utf8_validate_len (data, length, NULL))
    return refuse ("it printed no UTF-8");
  return dex_future_new_take_string (g_strndup (data, length));
}

/* In the child, between fork and exec. */
static void
lead_a_group (gpointer data)
{
  setpgid (0, 0);
}

static GSubprocess *
start (const char  *command,
       GError     **error)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);

  g_subprocess_launcher_set_child_setup (launcher, lead_a_group, NULL, NULL);
  return g_subprocess_launcher_spawn (launcher, error, "/bin/sh", "-c", command, NULL);
}

/* The shell and whatever it started: a child of it would otherwise live on and hold our standard error open. */
static void
end (GSubprocess *process)
{
  const char *pid = g_subprocess_get_identifier (process);

  if (pid != NULL)
    kill (-(pid_t)g_ascii_strtoll (pid, NULL, 10), SIGKILL);
  g_subprocess_force_exit (process);
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaScope) attempt = barua_scope_new (run->scope);
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GBytes) output = NULL;
  g_autoptr(GError) error = NULL;

  process = start (run->command, &error);
  if (process == NULL)
    return refuse ("it can't be started");
  output = dex_await_boxed (barua_scope_first_within (attempt,
                                                      communicate (process, barua_scope_get_cancellable (attempt)),
                                                      run->timeout_ms, "password command"),
                            &error);
  if (output == NULL)
    {
      barua_scope_cancel (attempt);
      end (process);
      return dex_future_new_for_error (barua_net_error_translate (g_steal_pointer (&error), NULL));
    }
  if (!g_subprocess_get_successful (process))
    return refuse ("it failed");
  return take_first_line (output);
}

DexFuture *
barua_secret_command_run (const char *command,
                          guint       timeout_ms,
                          BaruaScope *scope)
{
  Run *run;

  if (command == NULL || *command == '\0')
    return refuse ("there is none");
  run = g_new0 (Run, 1);
  run->command = g_strdup (command);
  run->timeout_ms = timeout_ms > 0 ? timeout_ms : BARUA_TIMEOUT_PASSWORD_COMMAND_SECONDS * 1000;
  run->scope = scope != NULL ? barua_scope_ref (scope) : barua_scope_new (NULL);
  return barua_fiber_start ("password command", run_fiber, run, run_free);
}
