#if defined(__aarch64__)
// NEON with products of bytes (Cortex-A76, Neoverse N1, Apple M1 and later).
#define LANES 4
#define DOT_QUADS

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "../packed/neon.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "neon-dotprod"
#define VERSION dk_neondot
#include "../vector/version.h"

#pragma clang attribute pop
#endif
