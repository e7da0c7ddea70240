/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server that does what a test tells it, on a thread of its own, on loopback: expects, sends, stalls, cuts, lies. Each
 * connection runs the next script, the last one again and again. Everything a client sends is kept, with what of it was in
 * clear.
 *
 * A script is text, one step a line:
 *   S: TEXT        sends TEXT and CRLF. "$" stands for the tag of the last C: line, "$1" ... "$9" for that of the n-th one of
 *                  the connection, \r \n \0 \" \\ as in C, "\$" for a dollar sign
 *   S+ TEXT        the same without CRLF
 *   C: PATTERN     reads a line; without its tag it must match PATTERN ("*" and "?" as in a shell, without regard to case)
 *   C= PATTERN     reads a line that has no tag (base64, DONE, literals)
 *   C+ N           reads N bytes
 *   TLS            the handshake; the client must begin one
 *   DEFLATE        both directions from here on
 *   FLOOD N        sends N bytes of "x" without a line end
 *   WAIT MS        sleeps
 *   STALL          says nothing until the client hangs up
 *   DRAIN          reads until the client hangs up
 *   CUT            closes the socket without a word (inside TLS: no close_notify)
 *   CLOSE          closes in order
 *   AUTO           from here on behaves like a small server: see barua_scripted_imap_set_auto()
 * Empty lines and lines that begin with "#" are skipped. At the end of the script the connection is closed in order. A step
 * that fails (other line, hung up) ends the script; barua_scripted_imap_get_problem() says why.
 */
typedef struct _BaruaScriptedImap BaruaScriptedImap;
typedef struct _BaruaScriptedConnection BaruaScriptedConnection;

/* In the server's thread, instead of a text script. */
typedef void (*BaruaScriptedFunc) (BaruaScriptedConnection *connection,
                                   gpointer                 data);

/* @certificate: with its key. @implicit: the handshake comes first. Listens at once. */
BaruaScriptedImap *barua_scripted_imap_new         (GTlsCertificate    *certificate,
                                                    gboolean            implicit);
/* Hangs up and waits for the thread. */
void               barua_scripted_imap_free        (BaruaScriptedImap  *self);
guint              barua_scripted_imap_get_port    (BaruaScriptedImap  *self);
void               barua_scripted_imap_add         (BaruaScriptedImap  *self,
                                                    const char         *script);
void               barua_scripted_imap_add_func    (BaruaScriptedImap  *self,
                                                    BaruaScriptedFunc   func,
                                                    gpointer            data);
/* What AUTO answers: capabilities before and after sign-in ("IMAP4rev1 ..."); each command gets OK and what it needs: a
 * mailbox of three messages (UIDs 11, 12, 15). */
void               barua_scripted_imap_set_auto    (BaruaScriptedImap  *self,
                                                    const char         *before,
                                                    const char         *after);

/* Any thread. Owned by the caller. Bytes received in clear, and inside TLS, of all connections together. */
char              *barua_scripted_imap_dup_clear   (BaruaScriptedImap  *self);
char              *barua_scripted_imap_dup_secure  (BaruaScriptedImap  *self);
guint              barua_scripted_imap_get_n_connections (BaruaScriptedImap *self);
/* How many scripts ran to their end. */
guint              barua_scripted_imap_get_n_finished (BaruaScriptedImap *self);
/* NULL when every step of every script went as told. Owned by the caller. */
char              *barua_scripted_imap_dup_problem (BaruaScriptedImap  *self);

/* For functions. TRUE while it works. */
gboolean           barua_scripted_send             (BaruaScriptedConnection *connection,
                                                    const char              *data,
                                                    gssize                   length);
/* Without CRLF; NULL when the client hung up. Owned by the caller. */
char              *barua_scripted_read_line        (BaruaScriptedConnection *connection);
gboolean           barua_scripted_start_tls        (BaruaScriptedConnection *connection);
gboolean           barua_scripted_is_secure        (BaruaScriptedConnection *connection);
void               barua_scripted_cut              (BaruaScriptedConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaScriptedImap, barua_scripted_imap_free)

G_END_DECLS
