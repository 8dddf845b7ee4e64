#if defined(__aarch64__)
// NEON with products of matrices of bytes (Neoverse V1 and N2, Apple M2 and later).
#define LANES 4
#define DOT_MATRICES

#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

#include "../packed/neon.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "neon-i8mm"
#define VERSION dk_neoni8mm
#include "../vector/version.h"

#pragma clang attribute pop
#endif
