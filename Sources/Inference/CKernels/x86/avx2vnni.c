#if defined(__x86_64__)
// AVX2 with products of bytes (Alder Lake, Zen 5 and later).
#include <immintrin.h>

#define LANES 8

#ifndef DOT  // a test may name others that do the same
#define VNNI "avxvnni"
#define DOT _mm256_dpbusd_avx_epi32
#define DOT_WORDS _mm256_dpwssd_avx_epi32
#endif

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c," VNNI))), apply_to = function)

#include "../packed/dot.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "avx2-vnni"
#define VERSION dk_avx2vnni
#include "../vector/version.h"

#pragma clang attribute pop
#endif
