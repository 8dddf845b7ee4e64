// The stored forms of weights and their values.
//
// Q8_0, Q4_0 and the K forms are those of llama.cpp (ggml-common.h, ggml-quants.c). Each is little-endian. Every version compiles these
// lines with its own instructions; as no product is fused with a sum, all get the same bits.
#ifndef BLOCKS_H
#define BLOCKS_H

#include "../scalars.h"
#include "../versions.h"

#pragma clang fp contract(off)

// Short loops over bytes: as vectors, not as the many single steps that full unrolling makes of them.
#define AS_VECTORS _Pragma("clang loop vectorize(enable) interleave(disable) unroll(disable)")

static inline float f16_at(const uint8_t *bytes) {
#ifdef LANES  // these instruction sets convert it
    _Float16 value;
    memcpy(&value, bytes, sizeof value);
    return (float)value;
#else
    return float_of_f16((uint16_t)(bytes[0] | bytes[1] << 8));
#endif
}

// f16 d, int8 q[32]: d·q.
static inline void widen_q8_0(float *y, const uint8_t *block) {
    float d = f16_at(block);
    const int8_t *q = (const int8_t *)(block + 2);
    AS_VECTORS for (int i = 0; i < 32; i++) y[i] = d * (float)q[i];
}

// f16 d, 16 bytes with element i in the low and i + 16 in the high nibble: d·(q - 8).
static inline void widen_q4_0(float *y, const uint8_t *block) {
    float d = f16_at(block);
    const uint8_t *q = block + 2;
    AS_VECTORS for (int i = 0; i < 16; i++) {
        y[i] = d * (float)((q[i] & 15) - 8);
        y[i + 16] = d * (float)((q[i] >> 4) - 8);
    }
}

// The 6-bit scale and minimum of sub-block `j` out of 12 bytes.
static inline void scale_and_minimum(const uint8_t *s, int j, int *scale, int *minimum) {
    if (j < 4) {
        *scale = s[j] & 63;
        *minimum = s[j + 4] & 63;
    } else {
        *scale = (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
        *minimum = s[j + 4] >> 4 | (s[j] >> 6) << 4;
    }
}

// f16 d, f16 dmin, 12 bytes of scales and minima, [32 bytes of fifth bits,] 128 bytes of nibbles: d·scale·q - dmin·minimum.
static inline void widen_k(float *y, const uint8_t *block, const uint8_t *fifth, const uint8_t *q) {
    float d = f16_at(block), dmin = f16_at(block + 2);
    for (int j = 0; j < 8; j++) {
        int scale, minimum;
        scale_and_minimum(block + 4, j, &scale, &minimum);
        float step = d * (float)scale, base = dmin * (float)minimum;
        AS_VECTORS for (int i = 0; i < 32; i++) {
            int value = j % 2 == 0 ? q[j / 2 * 32 + i] & 15 : q[j / 2 * 32 + i] >> 4;
            if (fifth) value += (fifth[i] >> j & 1) * 16;
            y[j * 32 + i] = step * (float)value - base;
        }
    }
}

// 128 bytes of low nibbles, 64 bytes of high pairs, int8 scales[16], f16 d; two halves of 128: d·scale·(q - 32).
static inline void widen_q6_k(float *y, const uint8_t *block) {
    float d = f16_at(block + 208);
    for (int half = 0; half < 2; half++) {
        const uint8_t *low = block + half * 64, *high = block + 128 + half * 32;
        const int8_t *scale = (const int8_t *)(block + 192 + half * 8);
        for (int quarter = 0; quarter < 4; quarter++) {
            const uint8_t *nibbles = low + quarter % 2 * 32;
            float first = d * (float)scale[quarter * 2], second = d * (float)scale[quarter * 2 + 1];
            AS_VECTORS for (int i = 0; i < 32; i++) {
                int value = (nibbles[i] >> quarter / 2 * 4 & 15) | (high[i] >> quarter * 2 & 3) << 4;
                y[half * 128 + quarter * 32 + i] = (i < 16 ? first : second) * (float)(value - 32);
            }
        }
    }
}

// How far ahead stored bytes are called for: the processor's own prefetching ends with every page, and one token's weights are read once.
enum { widen_ahead = 8192, line_elements = 32 };

static inline void prefetch_stored(const void *bytes) {
    __builtin_prefetch((const char *)((uintptr_t)bytes + widen_ahead), 0, 2);
}

static inline void widen_blocks(float *y, const void *stored, dk_type type, size_t count) {
    const uint8_t *bytes = stored;
    switch (type) {
    case DK_F32:
        if (count > 0) memcpy(y, bytes, count * sizeof(float));
        return;
    case DK_F16:
        for (; count >= line_elements; count -= line_elements, y += line_elements, bytes += 2 * line_elements) {
            prefetch_stored(bytes);
            for (size_t i = 0; i < line_elements; i++) y[i] = f16_at(bytes + 2 * i);
        }
        for (size_t i = 0; i < count; i++) y[i] = f16_at(bytes + 2 * i);
        return;
    case DK_BF16:
        for (; count >= line_elements; count -= line_elements, y += line_elements, bytes += 2 * line_elements) {
            prefetch_stored(bytes);
            for (size_t i = 0; i < line_elements; i++) y[i] = float_of_bf16(((const any_u16 *)bytes)[i]);
        }
        for (size_t i = 0; i < count; i++) y[i] = float_of_bf16(((const any_u16 *)bytes)[i]);
        return;
    default: break;
    }
    size_t elements = dk_block_elements(type), size = dk_block_bytes(type);
    for (size_t done = 0; done + elements <= count; done += elements, bytes += size, y += elements) {
        for (size_t line = 0; line < size; line += 64) prefetch_stored(bytes + line);
        switch (type) {
        case DK_Q8_0: widen_q8_0(y, bytes); break;
        case DK_Q4_0: widen_q4_0(y, bytes); break;
        case DK_Q4_K: widen_k(y, bytes, NULL, bytes + 16); break;
        case DK_Q5_K: widen_k(y, bytes, bytes + 16, bytes + 48); break;
        case DK_Q6_K: widen_q6_k(y, bytes); break;
        default: return;
        }
    }
}

#endif
