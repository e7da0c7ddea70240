/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

/* The remote pictures of one message, fetched by this process, so that the web process needs no network (DESIGN 9, THREATS H-02):
 * only after the person agreed. http and https as written, without cookies, referrer, credentials or questions; certificates
 * must hold. A redirect never leads to another scheme but from http to https. Nothing of this machine or of a network that is nobody
 * else's is ever connected to, but what the person's own network names (docs/decisions/0024). Bounds: BARUA_LIMIT_PICTURE*. What comes
 * is a picture by its own first bytes, or it is refused.
 *
 * One object a message: it remembers what it fetched. Disposing it ends all that is under way. Main thread. */
#define BARUA_TYPE_PICTURE_FETCHER (barua_picture_fetcher_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPictureFetcher, barua_picture_fetcher, BARUA, PICTURE_FETCHER, GObject)

BaruaPictureFetcher *barua_picture_fetcher_new            (void);
/* @url: a http or https URL. Resolves to GBytes. INVALID for what is never fetched, LIMIT, TIMEOUT, CANCELLED, NOT_PERMITTED for
 * what leads inside or elsewhere, PROTOCOL for what is no picture, NOT_FOUND for any other answer. */
DexFuture           *barua_picture_fetcher_load           (BaruaPictureFetcher *self,
                                                           const char          *url) G_GNUC_WARN_UNUSED_RESULT;
/* The person's own servers (names; NULL-terminated, copied): a picture whose name, and that of each redirect to it, has the same owner
 * as one of them may come from an address of a private network (RFC 1918, RFC 4193). */
void                 barua_picture_fetcher_set_own_hosts  (BaruaPictureFetcher *self,
                                                           const char *const   *hosts);
/* For tests: how long one may take, instead of BARUA_TIMEOUT_PICTURE_MS. */
void                 barua_picture_fetcher_set_timeout_ms (BaruaPictureFetcher *self,
                                                           guint                ms);
/* Whether @address is of this machine or of a network that is nobody else's: loopback, private, link-local, shared, none. */
gboolean             barua_picture_fetcher_is_private     (GInetAddress        *address);

G_END_DECLS
