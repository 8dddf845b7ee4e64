#if defined(__x86_64__)
// AVX2 with fused multiply-add and f16 conversion (Haswell, Zen and later).
#include <immintrin.h>

#define LANES 8

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "../packed/madd.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "avx2"
#define VERSION dk_avx2
#include "../vector/version.h"

#pragma clang attribute pop
#endif
