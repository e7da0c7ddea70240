/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of domains as people read them, and how they can be mistaken for each other (THREATS U-04). Pure, any thread, no network.
 *
 * The tables are our own and small on purpose: GLib knows scripts and normal forms, ICU's confusables are a megabyte of letters
 * that no registry hands out. What is not in them is caught by the rule that only names of one script are shown decoded. */

/* The domain of an addr-spec in lower case, as written; NULL when there is none. (full) */
char     *barua_domain_of_address    (const char *address);
/* The host that @uri leads to, in lower case; NULL when it has none. (full) */
char     *barua_domain_of_uri        (const char *uri);
/* Decoded where every label is of one script and can't be read as Latin, else in its "xn--" form; never NULL. (full) */
char     *barua_domain_shown         (const char *domain);
/* An addr-spec with its domain shown like that; zero-width letters in the local part become U+FFFD. (full) */
char     *barua_domain_address_shown (const char *address);
/* The part that somebody registered: "news.bank.co.uk" gives "bank.co.uk". By a short list of second levels instead of the
 * public suffix list: good enough to tell whether two names belong together, not to hand out cookies. (full) */
char     *barua_domain_registered    (const char *domain);
gboolean  barua_domain_same_owner    (const char *domain,
                                      const char *other);
/* Another owner's name that reads the same at a glance: paypa1.com and paypal.com, rn and m, Cyrillic and Latin letters. */
gboolean  barua_domain_looks_like    (const char *domain,
                                      const char *other);
/* The name that @domain looks like: one of @known (NULL-terminated, may be NULL), else one of those that are imitated most;
 * NULL when it is such a name itself or looks like none. (full) */
char     *barua_domain_imitated      (const char        *domain,
                                      const char *const *known);
/* The domain that a text pretends to be ("https://paypal.com/x", "paypal.com", "me@paypal.com"), in lower case; NULL when it
 * is not written like one. (full) */
char     *barua_domain_in_text       (const char *text);

G_END_DECLS
