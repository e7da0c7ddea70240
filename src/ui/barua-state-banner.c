/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-state-banner.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaStateBanner
{
  AdwBin       parent_instance;
  AdwBanner   *banner;
  BaruaEngine *engine;
  GHashTable  *trouble; /* gint64 account -> gint64, seconds since 1970: since when it has been failing */
  gint64       account; /* whose state is shown, 0 for none */
  guint        wait_source;
};

G_DEFINE_FINAL_TYPE (BaruaStateBanner, barua_state_banner, ADW_TYPE_BIN)

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
is_sign_in (BaruaErrorCode code)
{
  return code == BARUA_ERROR_AUTHENTICATION || code == BARUA_ERROR_CREDENTIALS || code == BARUA_ERROR_NO_MECHANISM;
}

/* A server that answers with a no, other than one that does not answer. */
static gboolean
is_refusal (BaruaErrorCode code)
{
  return code == BARUA_ERROR_REFUSED || code == BARUA_ERROR_BUSY || code == BARUA_ERROR_SERVER_REFUSED ||
         code == BARUA_ERROR_NOT_PERMITTED;
}

/* Remembers since when an account has been failing: a try in between, which may fail again, does not end it. */
static gint64
failing_since (BaruaStateBanner  *self,
               const BaruaStatus *status)
{
  gint64 *since = g_hash_table_lookup (self->trouble, &status->account);

  if (status->kind == BARUA_STATUS_CONNECTING)
    return since != NULL ? *since : 0;
  if (status->kind != BARUA_STATUS_WAITING)
    {
      g_hash_table_remove (self->trouble, &status->account);
      return 0;
    }
  if (since == NULL)
    {
      gint64 now = now_seconds ();

      g_hash_table_insert (self->trouble, g_memdup2 (&status->account, sizeof status->account), g_memdup2 (&now, sizeof now));
      return now;
    }
  return *since;
}

static char *
words_of (const BaruaStatus  *status,
          const BaruaAccount *account,
          gint64              since)
{
  g_autofree char *time = since != 0 ? barua_words_time (since) : NULL;

  if (status->kind == BARUA_STATUS_STOPPED && is_sign_in (status->code))
    /* Translators: %s is an address. */
    return g_strdup_printf (_("Sign in to %s again"), account->address);
  if (status->kind == BARUA_STATUS_STOPPED || status->code == BARUA_ERROR_NO_SPACE)
    return barua_words_error (status->code, status->host, account->user);
  if (is_refusal (status->code))
    /* Translators: a server and a time: "posta.example has been refusing since 11:40". */
    return g_strdup_printf (_("%1$s has been refusing since %2$s"), status->host, time);
  /* Translators: a server and a time: "posta.example has not answered since 11:40". */
  return g_strdup_printf (_("%1$s has not answered since %2$s"), status->host, time);
}

static gboolean
waited (gpointer data);

/* Not before it lasted: most of it passes by itself. Returns the seconds that are missing. */
static gint64
missing_seconds (const BaruaStatus *status,
                 gint64             since)
{
  if (status->kind == BARUA_STATUS_STOPPED || status->code == BARUA_ERROR_NO_SPACE)
    return 0;
  return MAX (since + BARUA_BANNER_SECONDS - now_seconds (), 0);
}

static void
show_trouble (BaruaStateBanner *self,
              BaruaAccount     *account,
              const BaruaStatus *status,
              gint64            since)
{
  g_autofree char *words = words_of (status, account, since);

  self->account = account->id;
  if (g_strcmp0 (adw_banner_get_title (self->banner), words) == 0 && adw_banner_get_revealed (self->banner))
    return;
  adw_banner_set_title (self->banner, words);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  adw_banner_set_revealed (self->banner, TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* The first account that is stopped, else the first one that has been failing for long enough. */
static void
status_changed (BaruaStateBanner *self)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);
  g_autoptr (BaruaStatus) worst = NULL;
  BaruaAccount *whose = NULL;
  gint64 since_worst = 0, wait = 0;
  gboolean connecting = FALSE;

  for (guint i = 0; i < accounts->len; i++)
    {
      BaruaAccount *account = g_ptr_array_index (accounts, i);
      g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, account->id);
      gint64 since = status != NULL ? failing_since (self, status) : 0;
      gint64 missing = 0;

      connecting |= account->id == self->account && status != NULL && status->kind == BARUA_STATUS_CONNECTING;
      if (status == NULL || (status->kind != BARUA_STATUS_STOPPED && status->kind != BARUA_STATUS_WAITING))
        continue;
      missing = missing_seconds (status, since);
      if (missing > 0)
        wait = wait == 0 ? missing : MIN (wait, missing);
      else if (worst == NULL || (worst->kind != BARUA_STATUS_STOPPED && status->kind == BARUA_STATUS_STOPPED))
        {
          g_clear_pointer (&worst, barua_status_unref);
          worst = g_steal_pointer (&status);
          whose = account;
          since_worst = since;
        }
    }
  g_clear_handle_id (&self->wait_source, g_source_remove);
  if (wait > 0)
    self->wait_source = g_timeout_add_seconds ((guint)wait, waited, self);
  if (worst != NULL)
    show_trouble (self, whose, worst, since_worst);
  else if (!connecting)
    {
      /* One that is not revealed still has a name in the accessibility tree. */
      self->account = 0;
      adw_banner_set_revealed (self->banner, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
    }
}

static gboolean
waited (gpointer data)
{
  BaruaStateBanner *self = data;

  self->wait_source = 0;
  status_changed (self);
  return G_SOURCE_REMOVE;
}

static void
engine_changed (BaruaStateBanner *self,
                BaruaChangeSet   *set)
{
  if (set->accounts->len > 0)
    status_changed (self);
}

/* Details ---------------------------------------------------------------------------------------------------------- */

static void
answered (BaruaStateBanner *self,
          const char       *response)
{
  if (g_str_equal (response, "try") && self->engine != NULL)
    barua_engine_wake (self->engine, self->account);
}

static void
show_details (BaruaStateBanner *self)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);
  g_autoptr (BaruaStatus) status = self->account != 0 ? barua_engine_dup_status (self->engine, self->account) : NULL;
  const char *user = NULL;
  AdwDialog *dialog;
  g_autofree char *sentence = NULL;
  g_autofree char *remedy = NULL;
  g_autofree char *body = NULL;

  if (status == NULL)
    return;
  for (guint i = 0; i < accounts->len; i++)
    if (((BaruaAccount *)g_ptr_array_index (accounts, i))->id == self->account)
      user = ((BaruaAccount *)g_ptr_array_index (accounts, i))->user;
  sentence = barua_words_error (status->code, status->host, user);
  remedy = barua_words_remedy (status->code, status->host, user);
  body = g_strdup_printf ("%s\n\n%s", sentence, remedy);
  /* A heading is not wrapped: it has to be short. */
  dialog = adw_alert_dialog_new (_("Details"), body);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close", _("_Close"), "try", _("_Try Now"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "try", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "try");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_state_banner_dispose (GObject *object)
{
  BaruaStateBanner *self = BARUA_STATE_BANNER (object);

  g_clear_handle_id (&self->wait_source, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_state_banner_parent_class)->dispose (object);
}

static void
barua_state_banner_finalize (GObject *object)
{
  g_hash_table_unref (BARUA_STATE_BANNER (object)->trouble);
  G_OBJECT_CLASS (barua_state_banner_parent_class)->finalize (object);
}

static void
barua_state_banner_class_init (BaruaStateBannerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_state_banner_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_state_banner_finalize;
}

static void
barua_state_banner_init (BaruaStateBanner *self)
{
  self->trouble = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->banner = ADW_BANNER (adw_banner_new (""));
  adw_banner_set_use_markup (self->banner, FALSE);
  adw_banner_set_button_label (self->banner, _("Details"));
  g_signal_connect_object (self->banner, "button-clicked", G_CALLBACK (show_details), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->banner));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
barua_state_banner_set_engine (BaruaStateBanner *self,
                               BaruaEngine      *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (status_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  status_changed (self);
}
