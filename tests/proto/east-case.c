/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads as much of RON as these files use. */
#include "east-case.h"

#include <string.h>

/* One setting of a file: its key and its value as text. */
typedef struct
{
  char *key;
  char *value;
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->key);
  g_free (setting->value);
  g_free (setting);
}

static void
case_free (gpointer data)
{
  EastCase *self = data;

  g_free (self->name);
  g_free (self->greeting);
  g_free (self->after_greeting);
  g_free (self->starttls);
  g_free (self->after_tls);
  g_free (self->caps);
  g_free (self->caps_tls);
  g_free (self->caps_auth);
  g_free (self->caps_tls_auth);
  g_strfreev (self->ignored);
  g_strfreev (self->ignored_tls);
  g_strfreev (self->hidden);
  g_free (self->override_capability);
  g_free (self->override_login);
  g_free (self->override_authenticate);
  g_free (self->override_select);
  g_free (self->certificate);
  g_free (self);
}

/* The end of the value that begins at @p: the comma, or the closing bracket of what is around it. */
static const char *
skip_value (const char *p)
{
  int depth = 0;

  for (; *p != '\0'; p++)
    {
      if (*p == '"')
        {
          for (p++; *p != '\0' && *p != '"'; p++)
            p += *p == '\\' && p[1] != '\0' ? 1 : 0;
          if (*p == '\0')
            break;
        }
      else if (strchr ("([{", *p) != NULL)
        depth++;
      else if (strchr (")]}", *p) != NULL)
        {
          if (depth-- == 0)
            break;
        }
      else if (*p == ',' && depth == 0)
        break;
    }
  return p;
}

/* "key: value" pairs at the outermost level of @text (which may begin with a bracket). */
static GPtrArray *
read_settings (const char *text)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func (setting_free);
  const char *p = text;

  while (*p != '\0')
    {
      const char *start;

      while (*p != '\0' && !g_ascii_isalpha (*p) && *p != '"')
        p++;
      start = p;
      while (g_ascii_isalnum (*p) || *p == '_' || *p == '"')
        p++;
      if (p > start && (*p == ':' || (*p == ' ' && p[1] == ':')))
        {
          Setting *setting = g_new0 (Setting, 1);
          const char *end;

          setting->key = g_strndup (start, (gsize) (p - start));
          p = strchr (p, ':') + 1;
          end = skip_value (p);
          setting->value = g_strstrip (g_strndup (p, (gsize) (end - p)));
          g_ptr_array_add (settings, setting);
          p = end;
        }
      else if (*p != '\0')
        p++;
    }
  return settings;
}

static const char *
find (GPtrArray  *settings,
      const char *key)
{
  for (guint i = settings->len; i > 0; i--)
    {
      Setting *setting = g_ptr_array_index (settings, i - 1);

      if (strcmp (setting->key, key) == 0)
        return setting->value;
    }
  return NULL;
}

/* The first string in @value, with its escapes resolved; NULL when there is none. */
static char *
first_string (const char *value)
{
  GString *out;
  const char *p = value != NULL ? strchr (value, '"') : NULL;

  if (p == NULL)
    return NULL;
  out = g_string_new (NULL);
  for (p++; *p != '\0' && *p != '"'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        {
          p++;
          g_string_append_c (out, *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p);
        }
      else
        g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}

static char **
all_strings (const char *value)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  while (value != NULL && (value = strchr (value, '"')) != NULL)
    {
      const char *end = strchr (value + 1, '"');

      if (end == NULL)
        break;
      g_strv_builder_take (builder, g_ascii_strdown (value + 1, end - value - 1));
      value = end + 1;
    }
  return g_strv_builder_end (builder);
}

static void
append_capability (GString    *out,
                   const char *item)
{
  static const char * const words[][2] = {
    { "Imap4Rev1", "IMAP4rev1" }, { "StartTls", "STARTTLS" }, { "LoginDisabled", "LOGINDISABLED" },
    { "LoginReferrals", "LOGIN-REFERRALS" }, { "MailboxReferrals", "MAILBOX-REFERRALS" }, { "Idle", "IDLE" },
    { "Auth(Plain)", "AUTH=PLAIN" }, { "Auth(Login)", "AUTH=LOGIN" }, { "Compress", "COMPRESS=DEFLATE" },
  };
  g_autofree char *quoted = first_string (item);

  if (out->len > 0)
    g_string_append_c (out, ' ');
  if (quoted != NULL)
    {
      g_string_append_printf (out, "%s%s", g_str_has_prefix (item, "Auth") ? "AUTH=" : "", quoted);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_str_has_prefix (item, words[i][0]))
        {
          g_string_append (out, words[i][1]);
          return;
        }
    }
  g_string_append (out, item);
}

static char *
read_capabilities (const char *value)
{
  GString *out = g_string_new (NULL);
  const char *p = value != NULL ? strchr (value, '[') : NULL;

  for (p = p != NULL ? p + 1 : ""; *p != '\0' && *p != ']';)
    {
      const char *end = skip_value (p);
      g_autofree char *item = g_strstrip (g_strndup (p, (gsize) (end - p)));

      if (*item != '\0')
        append_capability (out, item);
      p = *end == ',' ? end + 1 : end;
    }
  if (out->len == 0)
    g_string_append (out, "IMAP4rev1");
  return g_string_free (out, FALSE);
}

/* "[CAPABILITY ...] ", "[ALERT] ", ... or "". */
static char *
read_code (const char *value)
{
  g_autofree char *quoted = first_string (value);

  if (value == NULL || g_str_has_prefix (value, "None"))
    return g_strdup ("");
  if (strstr (value, "Capability(") != NULL)
    {
      g_autofree char *caps = read_capabilities (value);

      return g_strdup_printf ("[CAPABILITY %s] ", caps);
    }
  if (strstr (value, "Alert") != NULL)
    return g_strdup ("[ALERT] ");
  if (strstr (value, "BadCharset") != NULL)
    return g_strdup_printf ("[BADCHARSET (%s)] ", quoted);
  if (strstr (value, "Referral") != NULL)
    return g_strdup_printf ("[REFERRAL %s] ", quoted);
  if (strstr (value, "Parse") != NULL)
    return g_strdup ("[PARSE] ");
  g_error ("east: code %s", value);
}

static char *
read_greeting (const char *value,
               gboolean   *is_preauth)
{
  g_autoptr(GPtrArray) parts = read_settings (value + 1 + strcspn (value, "("));
  const char *kind = find (parts, "kind");
  const char *tag = find (parts, "tag");
  g_autofree char *code = read_code (find (parts, "code"));
  g_autofree char *text = first_string (find (parts, "text"));
  g_autofree char *tag_text = first_string (tag);
  const char *word = "OK";

  if (kind != NULL && g_str_has_prefix (kind, "PreAuth"))
    word = "PREAUTH";
  else if (kind != NULL && g_str_has_prefix (kind, "No"))
    word = "NO";
  else if (kind != NULL && g_str_has_prefix (kind, "Bad"))
    word = "BAD";
  else if (kind != NULL && g_str_has_prefix (kind, "Bye"))
    word = "BYE";
  *is_preauth = strcmp (word, "PREAUTH") == 0;
  return g_strdup_printf ("%s %s %s%s\r\n", tag_text != NULL ? tag_text : "*", word, code, text);
}

/* "<tag> NO [REFERRAL ...] text" of an override. */
static char *
read_override (const char *value)
{
  const char *code;
  g_autofree char *code_text = NULL;
  g_autofree char *text = NULL;

  if (value == NULL)
    return NULL;
  code = strstr (value, "code:");
  code_text = read_code (code != NULL ? code + 5 : NULL);
  text = first_string (strstr (value, "text:"));
  return g_strdup_printf ("<tag> NO %s%s\r\n", code_text, text);
}

static EastCase *
make_case (const char *name,
           GPtrArray  *settings)
{
  EastCase *self = g_new0 (EastCase, 1);
  const char *override = find (settings, "override_response");
  const char *greeting = find (settings, "greeting");

  self->name = g_strdup (name);
  if (override != NULL)
    {
      g_autoptr(GPtrArray) parts = read_settings (override);
      const char *own = find (parts, "\"greeting\"");

      self->greeting = own != NULL ? first_string (own) : NULL;
      self->override_capability = first_string (find (parts, "\"capability\""));
    }
  if (self->greeting == NULL)
    self->greeting = greeting != NULL ? read_greeting (greeting, &self->is_preauth) : g_strdup ("* OK hi\r\n");
  self->after_greeting = first_string (find (settings, "response_after_greeting"));
  self->starttls = first_string (find (settings, "starttls_response"));
  self->no_transition = g_strcmp0 (find (settings, "starttls_transition"), "false") == 0;
  self->after_tls = first_string (find (settings, "response_after_tls"));
  self->caps = read_capabilities (find (settings, "caps"));
  self->caps_tls = read_capabilities (find (settings, "caps_tls"));
  self->caps_auth = read_capabilities (find (settings, "caps_auth"));
  self->caps_tls_auth = read_capabilities (find (settings, "caps_tls_auth"));
  self->ignored = all_strings (find (settings, "ignore_commands"));
  self->ignored_tls = all_strings (find (settings, "ignore_commands_tls"));
  self->hidden = all_strings (find (settings, "hide_commands"));
  self->override_login = read_override (find (settings, "override_login"));
  self->override_authenticate = read_override (find (settings, "override_authenticate"));
  self->override_select = read_override (find (settings, "override_select"));
  self->certificate = first_string (find (settings, "cert"));
  return self;
}

/* Splits a file into what counts and what is commented out. */
static void
split_comments (const char *text,
                GString    *active,
                GString    *comments)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i] + strspn (lines[i], " \t");

      if (g_str_has_prefix (line, "//"))
        g_string_append_printf (comments, "%s\n", line + 2);
      else
        g_string_append_printf (active, "%s\n", line);
    }
}

static gboolean
is_attack_key (const char *key)
{
  static const char * const keys[] = { "starttls_response", "response_after_tls", "ignore_commands_tls", "override_login",
                                       "override_authenticate", "override_select", "greeting", NULL };

  return g_strv_contains (keys, key);
}

/* The settings in the comments, read one by one: prose stands between them. */
static GPtrArray *
read_commented (const char *comments)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (setting_free);
  g_autoptr(GPtrArray) settings = NULL;
  g_autoptr(GString) tail = g_string_new (NULL);
  g_auto(GStrv) lines = g_strsplit (comments, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i] + strspn (lines[i], " \t");
      const char *colon = strchr (line, ':');
      g_autofree char *key = colon != NULL ? g_strndup (line, (gsize) (colon - line)) : NULL;
      g_autofree char *rest = NULL;
      Setting *setting;

      if (key == NULL || !is_attack_key (key))
        continue;
      rest = g_strjoinv ("\n", lines + i);
      setting = g_new0 (Setting, 1);
      setting->key = g_steal_pointer (&key);
      colon = strchr (rest, ':') + 1;
      setting->value = g_strstrip (g_strndup (colon, (gsize) (skip_value (colon) - colon)));
      g_ptr_array_add (found, setting);
    }
  return found;
}

/* Sets of commented settings in which no key stands twice. */
static gboolean
is_sensible (GPtrArray *commented,
             guint      mask)
{
  for (guint i = 0; i < commented->len; i++)
    {
      for (guint k = i + 1; k < commented->len; k++)
        {
          Setting *a = g_ptr_array_index (commented, i);
          Setting *b = g_ptr_array_index (commented, k);

          if ((mask & (1u << i)) != 0 && (mask & (1u << k)) != 0 && strcmp (a->key, b->key) == 0)
            return FALSE;
        }
    }
  return TRUE;
}

/* Mechanisms that are commented out in lists, and "kind: No": variants without a setting of their own. */
static void
add_spelled_variants (GPtrArray  *cases,
                      const char *name,
                      GPtrArray  *settings,
                      const char *comments)
{
  g_autoptr(GString) more = g_string_new ("[");
  const char *p = comments;

  if (strstr (comments, "kind: No") != NULL)
    {
      g_autofree char *own = g_strconcat (name, "+no", NULL);
      EastCase *variant = make_case (own, settings);
      char *rest = strchr (variant->greeting, ' ') + 3;
      char *greeting = g_strconcat ("* NO", rest, NULL);

      g_free (variant->greeting);
      variant->greeting = greeting;
      g_ptr_array_add (cases, variant);
    }
  while ((p = strstr (p, "Auth(Other(")) != NULL)
    {
      const char *end = skip_value (p);

      g_string_append_len (more, p, end - p);
      g_string_append_c (more, ',');
      p = end;
    }
  if (more->len > 1)
    {
      g_autofree char *own = g_strconcat (name, "+mechanisms", NULL);
      EastCase *variant = make_case (own, settings);
      g_autofree char *words = NULL;
      g_autofree char *old = variant->caps;
      g_autofree char *old_greeting = variant->greeting;

      g_string_append_c (more, ']');
      words = read_capabilities (more->str);
      variant->caps = g_strdup_printf ("%s %s", old, words);
      variant->greeting = g_strdup_printf ("* OK [CAPABILITY %s] hi\r\n", variant->caps);
      g_ptr_array_add (cases, variant);
    }
}

static void
load_file (GPtrArray  *cases,
           const char *path,
           const char *name)
{
  g_autofree char *text = NULL;
  g_autoptr(GString) active = g_string_new (NULL);
  g_autoptr(GString) comments = g_string_new (NULL);
  g_autoptr(GPtrArray) settings = NULL;
  g_autoptr(GPtrArray) commented = NULL;
  const char *body;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  split_comments (text, active, comments);
  body = strchr (active->str, '(');
  settings = read_settings (body != NULL ? body + 1 : active->str);
  commented = read_commented (comments->str);
  g_ptr_array_add (cases, make_case (name, settings));
  add_spelled_variants (cases, name, settings, comments->str);
  for (guint mask = 1; mask < (1u << commented->len); mask++)
    {
      g_autofree char *own = g_strdup_printf ("%s+%u", name, mask);
      g_autoptr(GPtrArray) all = g_ptr_array_new ();

      if (!is_sensible (commented, mask))
        continue;
      g_ptr_array_extend (all, settings, NULL, NULL);
      for (guint i = 0; i < commented->len; i++)
        {
          if ((mask & (1u << i)) != 0)
            g_ptr_array_add (all, g_ptr_array_index (commented, i));
        }
      g_ptr_array_add (cases, make_case (own, all));
    }
}

static void
load_directory (GPtrArray  *cases,
                const char *directory,
                const char *prefix)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, entry, NULL);
      g_autofree char *name = *prefix != '\0' ? g_build_filename (prefix, entry, NULL) : g_strdup (entry);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        load_directory (cases, path, name);
      else if (g_str_has_suffix (entry, ".ron"))
        load_file (cases, path, name);
    }
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp ((*(EastCase * const *) a)->name, (*(EastCase * const *) b)->name);
}

GPtrArray *
east_cases_load (const char *directory)
{
  GPtrArray *cases;

  if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
    return NULL;
  cases = g_ptr_array_new_with_free_func (case_free);
  load_directory (cases, directory, "");
  g_ptr_array_sort (cases, compare_names);
  return cases;
}
