// Registers of bytes, 4 · LANES of them, for x86's two widths.
#ifndef PACKED_BYTES_H
#define PACKED_BYTES_H

#include "../vector/vectors.h"

#if LANES == 16
typedef __m512i vbytes;
INLINE vbytes load_bytes(const void *p) { return _mm512_loadu_si512(p); }
INLINE void store_bytes(void *p, vbytes v) { _mm512_storeu_si512(p, v); }
INLINE vbytes every_lane(int32_t value) { return _mm512_set1_epi32(value); }
INLINE vbytes low_nibbles(vbytes v) { return _mm512_and_si512(v, _mm512_set1_epi8(15)); }
INLINE vbytes high_nibbles(vbytes v) { return low_nibbles(_mm512_srli_epi16(v, 4)); }
#else
typedef __m256i vbytes;
INLINE vbytes load_bytes(const void *p) { return _mm256_loadu_si256(p); }
INLINE void store_bytes(void *p, vbytes v) { _mm256_storeu_si256(p, v); }
INLINE vbytes every_lane(int32_t value) { return _mm256_set1_epi32(value); }
INLINE vbytes low_nibbles(vbytes v) { return _mm256_and_si256(v, _mm256_set1_epi8(15)); }
INLINE vbytes high_nibbles(vbytes v) { return low_nibbles(_mm256_srli_epi16(v, 4)); }
#endif

INLINE vbytes quad_everywhere(const void *x) {
    int32_t quad;
    memcpy(&quad, x, sizeof quad);
    return every_lane(quad);
}

#endif
