/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdlib.h>

/* g_error() traps, which libFuzzer does not see: the input would not be kept. */
#define fuzz_fail(...)          \
  G_STMT_START                  \
    {                           \
      g_printerr (__VA_ARGS__); \
      abort ();                 \
    }                           \
  G_STMT_END
