/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-ask-strip.h"

#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-words.h"

struct _BaruaAskStrip
{
  GtkWidget        parent_instance;
  AdwSpinner      *spinner;
  GtkLabel        *words;
  GtkButton       *act;         /* asks, or ends the asking */
  BaruaEngine     *engine;
  BaruaSpineModel *model;       /* weak */
  BaruaListQuery   query;
  BaruaAsked      *asked;       /* the answer; NULL: none yet */
  GCancellable    *cancellable; /* of the question under way; NULL: none is */
  guint            n_done;      /* folders that were asked */
  guint            n_folders;
  gint64           texts_since; /* as the last list knew it: while another one is read the line stays */
};

enum
{
  CHANGED,
  LEAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaAskStrip, barua_ask_strip, GTK_TYPE_WIDGET)

/* What it says ----------------------------------------------------------------------------------------------------- */

static BaruaAskable
get_askable (BaruaAskStrip *self)
{
  return self->engine != NULL && barua_list_query_is_search (&self->query)
             ? barua_engine_get_askable (self->engine, &self->query)
             : BARUA_ASKABLE_NO;
}

static gboolean
found_nothing (BaruaAskStrip *self)
{
  return self->model != NULL && !barua_spine_model_get_loading (self->model) &&
         g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;
}

static char *
words_while_asking (BaruaAskStrip *self)
{
  g_autofree char *done = barua_words_number (self->n_done + 1);
  g_autofree char *total = barua_words_number (self->n_folders);

  if (self->n_folders < 2)
    return g_strdup (_("Asking the server…"));
  /* Translators: numbers: "Asking the server: folder 3 of 12…". */
  return g_strdup_printf (_("Asking the server: folder %1$s of %2$s…"), done, total);
}

/* "Texts since March 2024 are searched ..."; why there is no button. */
static char *
words_before (BaruaAskStrip *self)
{
  g_autofree char *coverage = barua_words_search_coverage (self->texts_since);
  const char *offline = _("The server can’t be asked while offline.");

  if (get_askable (self) != BARUA_ASKABLE_OFFLINE)
    return g_steal_pointer (&coverage);
  if (*coverage == '\0')
    return g_strdup (found_nothing (self) ? offline : "");
  return g_strjoin (" ", coverage, offline, NULL);
}

static char *
make_words (BaruaAskStrip *self)
{
  if (self->cancellable != NULL)
    return words_while_asking (self);
  if (self->asked != NULL)
    return barua_words_asked (self->asked);
  return barua_list_query_is_search (&self->query) ? words_before (self) : g_strdup ("");
}

static void
update (BaruaAskStrip *self)
{
  g_autofree char *words = make_words (self);
  gboolean is_asking = self->cancellable != NULL;
  gboolean has_act = is_asking || barua_ask_strip_can_ask (self);
  gboolean had_focus = gtk_widget_has_focus (GTK_WIDGET (self->act));

  /* Accounts change their state many times a second. */
  if (g_str_equal (words, gtk_label_get_label (self->words)) && gtk_widget_get_visible (GTK_WIDGET (self->act)) == has_act &&
      gtk_widget_get_visible (GTK_WIDGET (self->spinner)) == is_asking)
    return;
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_asking);
  gtk_button_set_label (self->act, is_asking ? _("Cancel") : _("Ask the Server"));
  gtk_widget_set_visible (GTK_WIDGET (self->act), has_act);
  gtk_widget_set_visible (GTK_WIDGET (self), *words != '\0');
  if (had_focus && (!has_act || *words == '\0'))
    g_signal_emit (self, signals[LEAVE], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
loading_changed (BaruaAskStrip *self)
{
  if (!barua_spine_model_get_loading (self->model))
    self->texts_since = barua_spine_model_get_texts_since (self->model);
  update (self);
}

static void
announce (BaruaAskStrip *self)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->words),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* Asking ----------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef      strip;
  GCancellable *cancellable;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_weak_ref_clear (&asking->strip);
  g_object_unref (asking->cancellable);
  g_free (asking);
}

/* The strip, while this is still what it asks; NULL otherwise. */
static BaruaAskStrip *
dup_strip (Asking *asking)
{
  g_autoptr (BaruaAskStrip) self = g_weak_ref_get (&asking->strip);

  return self != NULL && self->cancellable == asking->cancellable ? g_steal_pointer (&self) : NULL;
}

static void
on_progress (guint64  done,
             guint64  total,
             gpointer data)
{
  g_autoptr (BaruaAskStrip) self = dup_strip (data);

  if (self == NULL)
    return;
  self->n_done = (guint)done;
  self->n_folders = (guint)total;
  update (self);
}

static void
take_answer (BaruaAskStrip *self,
             BaruaAsked    *asked)
{
  g_clear_object (&self->cancellable);
  self->asked = barua_asked_ref (asked);
  if (self->model != NULL && !barua_id_set_is_empty (asked->found))
    barua_spine_model_add_found (self->model, asked->found);
  update (self);
  announce (self);
}

/* The store failed, or the engine ends. */
static void
take_failure (BaruaAskStrip *self,
              const GError  *error)
{
  g_autoptr (BaruaAsked) asked = barua_asked_new ();

  asked->failed = TRUE;
  asked->code = barua_error_get_code (error);
  take_answer (self, asked);
}

static DexFuture *
ask_fiber (gpointer data)
{
  Asking *asking = data;
  g_autoptr (BaruaAskStrip) self = dup_strip (asking);
  g_autoptr (BaruaAsked) asked = NULL;
  g_autoptr (GError) error = NULL;
  DexFuture *future;

  if (self == NULL)
    return dex_future_new_true ();
  future = barua_engine_ask_server (self->engine, &self->query, on_progress, asking, NULL, asking->cancellable);
  g_clear_object (&self);
  asked = dex_await_boxed (future, &error);
  self = dup_strip (asking);
  if (self != NULL && asked != NULL)
    take_answer (self, asked);
  else if (self != NULL)
    take_failure (self, error);
  return dex_future_new_true ();
}

void
barua_ask_strip_ask (BaruaAskStrip *self)
{
  Asking *asking;

  if (!barua_ask_strip_can_ask (self))
    return;
  g_clear_pointer (&self->asked, barua_asked_unref);
  self->cancellable = g_cancellable_new ();
  self->n_done = self->n_folders = 0;
  asking = g_new0 (Asking, 1);
  g_weak_ref_init (&asking->strip, self);
  asking->cancellable = g_object_ref (self->cancellable);
  barua_fiber_spawn ("ui-ask", ask_fiber, asking, asking_free);
  update (self);
  announce (self);
}

/* What is under way is told of no more. */
static void
cancel (BaruaAskStrip *self)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellable);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
act_clicked (BaruaAskStrip *self)
{
  if (self->cancellable == NULL)
    {
      barua_ask_strip_ask (self);
      return;
    }
  cancel (self);
  update (self);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BARUA_ASK_STRIP (widget)->act));
}

static void
forget_model (BaruaAskStrip *self)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_weak_pointer (&self->model);
}

static void
barua_ask_strip_dispose (GObject *object)
{
  BaruaAskStrip *self = BARUA_ASK_STRIP (object);
  GtkWidget *child;

  cancel (self);
  forget_model (self);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_ASK_STRIP);
  /* It knows only children with names. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (barua_ask_strip_parent_class)->dispose (object);
}

static void
barua_ask_strip_finalize (GObject *object)
{
  BaruaAskStrip *self = BARUA_ASK_STRIP (object);

  g_clear_pointer (&self->asked, barua_asked_unref);
  barua_list_query_clear (&self->query);
  G_OBJECT_CLASS (barua_ask_strip_parent_class)->finalize (object);
}

static void
barua_ask_strip_class_init (BaruaAskStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_ask_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_ask_strip_finalize;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-ask-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaAskStrip, spinner);
  gtk_widget_class_bind_template_child (widget_class, BaruaAskStrip, words);
  gtk_widget_class_bind_template_child (widget_class, BaruaAskStrip, act);
  signals[CHANGED] = g_signal_new ("changed", BARUA_TYPE_ASK_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEAVE] = g_signal_new ("leave", BARUA_TYPE_ASK_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_ask_strip_init (BaruaAskStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->act, "clicked", G_CALLBACK (act_clicked), self, G_CONNECT_SWAPPED);
}

void
barua_ask_strip_set_engine (BaruaAskStrip *self,
                            BaruaEngine   *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

/* Whether both ask the same: order and filter are the list's own. */
static gboolean
is_same_question (const BaruaListQuery *a,
                  const BaruaListQuery *b)
{
  return g_strcmp0 (a->text, b->text) == 0 && a->scope == b->scope && a->account == b->account && a->folder == b->folder;
}

void
barua_ask_strip_set_query (BaruaAskStrip        *self,
                           const BaruaListQuery *query)
{
  forget_model (self);
  if (query == NULL || !is_same_question (&self->query, query))
    {
      cancel (self);
      g_clear_pointer (&self->asked, barua_asked_unref);
      barua_list_query_clear (&self->query);
      if (query != NULL)
        barua_list_query_copy (query, &self->query);
    }
  update (self);
}

BaruaIdSet *
barua_ask_strip_get_found (BaruaAskStrip *self)
{
  return self->asked != NULL ? self->asked->found : NULL;
}

void
barua_ask_strip_set_model (BaruaAskStrip   *self,
                           BaruaSpineModel *model)
{
  forget_model (self);
  g_set_weak_pointer (&self->model, model);
  g_signal_connect_object (model, "notify::loading", G_CALLBACK (loading_changed), self, G_CONNECT_SWAPPED);
  update (self);
}

gboolean
barua_ask_strip_can_ask (BaruaAskStrip *self)
{
  return self->cancellable == NULL && (self->asked == NULL || self->asked->failed) && get_askable (self) == BARUA_ASKABLE_YES;
}
