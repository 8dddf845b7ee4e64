#if defined(__x86_64__)
// AVX-512 with products of bytes (Cascade Lake, Ice Lake and later).
#include <immintrin.h>

#define LANES 16

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,f16c"))), apply_to = function)

#define DOT _mm512_dpbusd_epi32
#define DOT_WORDS _mm512_dpwssd_epi32

#include "../packed/dot.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "avx512-vnni"
#define VERSION dk_avx512vnni
#include "../vector/version.h"

#pragma clang attribute pop
#endif
