#if defined(__x86_64__)
// AVX-512 as of Skylake-X.
#include <immintrin.h>

#define LANES 16

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c"))), apply_to = function)

#include "../packed/madd.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "avx512"
#define VERSION dk_avx512
#include "../vector/version.h"

#pragma clang attribute pop
#endif
