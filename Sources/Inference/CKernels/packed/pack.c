// Floats to packed weights: which scales lose least.
//
// A group is turned so that outputs stand beside one another, COLUMNS of them in a vector: each has its own search, and all are searched at
// once. No sum crosses lanes and nothing is fused, so every processor finds the same, whatever registers it has.
#include "../versions.h"
#include "layout.h"

#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"  // all functions that take vectors are inlined

#define INLINE static inline __attribute__((always_inline))

enum { COLUMNS = 16, tops = 6, nears = 4 };
_Static_assert(DK_PANEL % COLUMNS == 0, "a panel is whole vectors");

typedef float lanes __attribute__((ext_vector_type(COLUMNS)));
typedef int32_t ints __attribute__((ext_vector_type(COLUMNS)));
typedef uint32_t bits __attribute__((ext_vector_type(COLUMNS)));
typedef uint16_t halves __attribute__((ext_vector_type(COLUMNS)));
typedef uint8_t small __attribute__((ext_vector_type(COLUMNS)));

INLINE lanes all(float value) { return (lanes)value; }
INLINE lanes choose(ints condition, lanes yes, lanes no) { return condition ? yes : no; }

// Adding 1.5·2²³ rounds to nearest, ties to even.
INLINE lanes nearest(lanes value) { return (value + all(12582912.0f)) - all(12582912.0f); }

INLINE lanes limited(lanes value, float low, float high) {
    value = choose(value < all(low), all(low), value);
    return choose(value > all(high), all(high), value);
}

// Zero for numbers that are subnormal: the inverse of the least of them is infinite, and zero times that is no number.
INLINE lanes inverse_of(lanes value) { return choose(__builtin_elementwise_abs(value) >= all(0x1p-126f), all(1) / value, all(0)); }

INLINE lanes widened(halves half) { return (lanes)(__builtin_convertvector(half, bits) << 16); }

INLINE halves nearest_half(lanes value) {
    bits b = (bits)value;
    return __builtin_convertvector((b + 0x7fff + (b >> 16 & 1)) >> 16, halves);
}

// The least bfloat16 that is not below a number that is at least 0.
INLINE halves half_not_below(lanes value) { return __builtin_convertvector(((bits)value + 0xffff) >> 16, halves); }

// A group of some outputs, rotated, with the rotation's factor.
INLINE void turn_group(lanes *t, const float *w, size_t w_stride, size_t outputs, size_t inputs) {
    memset(t, 0, DK_GROUP * sizeof *t);
    for (size_t c = 0; c < outputs; c++) {
        for (size_t k = 0; k < inputs; k++) ((float *)&t[k])[c] = ((const any_float *)w)[c * w_stride + k] * rotation_sign(k);
    }
    for (size_t h = 1; h < DK_GROUP; h *= 2) {
        for (size_t k = 0; k < DK_GROUP; k++) {
            if (k & h) continue;
            lanes a = t[k], b = t[k + h];
            t[k] = a + b;
            t[k + h] = a - b;
        }
    }
    for (size_t k = 0; k < DK_GROUP; k++) t[k] *= all(1.0f / DK_GROUP);
}

// The greatest of the absolute values of some inputs. Of numbers without a sign bits have the numbers' order; NaN comes after infinity.
INLINE lanes greatest_of(const lanes *t, size_t inputs) {
    bits greatest = {0};
    for (size_t k = 0; k < inputs; k++) {
        bits b = (bits)t[k] & 0x7fffffff;
        greatest = b > greatest ? b : greatest;
    }
    return (lanes)greatest;
}

INLINE ints is_number(lanes greatest) { return (bits)greatest < 0x7f800000; }

INLINE void store_scales(uint8_t *block, size_t first, halves scales, ints number) {
    halves none = (halves)(uint16_t)0x7fc0, kept = __builtin_convertvector(number, halves);
    scales = (scales & kept) | (none & ~kept);
    memcpy(block + 2 * first, &scales, sizeof scales);
}

INLINE void pack_int8(uint8_t *block, size_t first, const lanes *t) {
    lanes greatest = greatest_of(t, DK_GROUP);
    ints number = is_number(greatest);
    halves scales = half_not_below(greatest / all(127));
    store_scales(block, first, scales, number);
    lanes scale = widened(scales);
    ints some = number & (scale > all(0));
    for (size_t k = 0; k < DK_GROUP; k++) {
        lanes q = choose(some, nearest(limited(t[k] / choose(some, scale, all(1)), -127, 127)), all(0));
        small stored = __builtin_convertvector(__builtin_convertvector(q, ints) + 128, small);
        uint8_t *quad = block + scale_bytes + k / quad_inputs * quad_bytes + first * quad_inputs + k % quad_inputs;
        for (size_t c = 0; c < COLUMNS; c++) quad[c * quad_inputs] = stored[c];
    }
}

// What a sub-block loses at a step: the sum of squares.
INLINE lanes loss_of(const lanes *t, lanes step) {
    lanes inverse = inverse_of(step), sum = all(0);
    for (size_t k = 0; k < sub_block; k++) {
        lanes error = t[k] - step * nearest(limited(t[k] * inverse, -8, 7));
        sum += error * error;
    }
    return sum;
}

INLINE lanes loss_of_all(const lanes *t, lanes scale, const lanes *steps) {
    lanes sum = all(0);
    for (size_t j = 0; j < sub_blocks; j++) sum += loss_of(t + j * sub_block, scale * steps[j]);
    return sum;
}

// The scale that loses least with the steps and numbers that were found, where it still loses less once it is rounded: `scale` otherwise.
INLINE lanes refitted(const lanes *t, lanes scale, const lanes *steps) {
    lanes products = all(0), squares = all(0);
    for (size_t j = 0; j < sub_blocks; j++) {
        lanes inverse = inverse_of(scale * steps[j]);
        for (size_t k = j * sub_block; k < (j + 1) * sub_block; k++) {
            lanes weight = steps[j] * nearest(limited(t[k] * inverse, -8, 7));
            products += t[k] * weight;
            squares += weight * weight;
        }
    }
    lanes refit = widened(nearest_half(choose(squares > all(0), products / squares, scale)));
    return choose(loss_of_all(t, refit, steps) < loss_of_all(t, scale, steps), refit, scale);
}

// With a scale, each sub-block takes the step that loses least of those near its own range over 7.5 levels.
INLINE lanes best_steps(lanes *steps, const lanes *t, lanes scale, const lanes *ideal) {
    lanes total = all(0), inverse = inverse_of(__builtin_elementwise_abs(scale));
    for (size_t j = 0; j < sub_blocks; j++) {
        lanes least = all(0), middle = nearest(ideal[j] * inverse);
        for (int near = 0; near < nears; near++) {
            lanes step = limited(middle + all((float)(near - 2)), 1, 15), loss = loss_of(t + j * sub_block, scale * step);
            ints better = near == 0 ? (ints)(-1) : loss < least;
            steps[j] = choose(better, step, steps[j]);
            least = choose(better, loss, least);
        }
        total += least;
    }
    return total;
}

// Scales that are tried: the group's range over 7.5 levels and 10...15 steps, with either sign, as levels reach from -8 to 7.
INLINE void pack_int4(uint8_t *block, size_t first, const lanes *t) {
    lanes whole = greatest_of(t, DK_GROUP), ideal[sub_blocks], steps[sub_blocks], found[sub_blocks];
    for (size_t j = 0; j < sub_blocks; j++) {
        ideal[j] = greatest_of(t + j * sub_block, sub_block) / all(7.5f);
        steps[j] = found[j] = all(1);
    }
    lanes scale = all(0), least = all(0);
    for (int trial = 0; trial < 2 * tops; trial++) {
        lanes tried = widened(nearest_half(whole / all((trial < tops ? -7.5f : 7.5f) * (float)(10 + trial % tops))));
        lanes loss = best_steps(found, t, tried, ideal);
        ints better = trial == 0 ? (ints)(-1) : loss < least;
        scale = choose(better, tried, scale);
        least = choose(better, loss, least);
        for (size_t j = 0; j < sub_blocks; j++) steps[j] = choose(better, found[j], steps[j]);
    }
    scale = refitted(t, scale, steps);
    ints number = is_number(whole);
    store_scales(block, first, nearest_half(scale), number);
    for (size_t pair = 0; pair < pairs; pair++) {
        small both = {0};
        small nibbles[sub_block] = {0};
        for (size_t high = 0; high < 2; high++) {
            size_t j = pair * 2 + high;
            lanes inverse = inverse_of(scale * steps[j]);
            both |= __builtin_convertvector(__builtin_convertvector(choose(number, steps[j], all(1)), ints) << 4 * (int)high, small);
            for (size_t k = 0; k < sub_block; k++) {
                lanes q = choose(number, nearest(limited(t[j * sub_block + k] * inverse, -8, 7)), all(0));
                nibbles[k] |= __builtin_convertvector((__builtin_convertvector(q, ints) + 8) << 4 * (int)high, small);
            }
        }
        memcpy(block + scale_bytes + pair * DK_PANEL + first, &both, sizeof both);
        for (size_t k = 0; k < sub_block; k++) {
            uint8_t *quads = block + scale_bytes + step_bytes + (pair * pair_quads + k / quad_inputs) * quad_bytes + first * quad_inputs;
            for (size_t c = 0; c < COLUMNS; c++) quads[c * quad_inputs + k % quad_inputs] = nibbles[k][c];
        }
    }
}

// Panels, one block after the other.
INLINE void pack_panels(void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth) {
    size_t size = dk_packed_block_bytes(packing), groups = groups_of(depth);
    uint8_t *block = panels;
    for (size_t panel = 0; panel < outputs; panel += DK_PANEL) {
        for (size_t g = 0; g < groups; g++, block += size) {
            for (size_t first = 0; first < DK_PANEL; first += COLUMNS) {
                size_t output = panel + first, there = outputs <= output ? 0 : outputs - output;
                lanes t[DK_GROUP];
                turn_group(t, w + output * w_stride + g * DK_GROUP, w_stride, there < COLUMNS ? there : COLUMNS, inputs_of(depth, g));
                if (packing == DK_INT4) pack_int4(block, first, t);
                else pack_int8(block, first, t);
            }
        }
    }
}

#define PACKER(name, ...)                                                                                                       \
    __VA_ARGS__ static void name(void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth) { \
        pack_panels(panels, packing, w, w_stride, outputs, depth);                                                              \
    }
PACKER(pack_by_4)
#if defined(__x86_64__)
PACKER(pack_by_8, __attribute__((target("avx2"))))
PACKER(pack_by_16, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#endif

void dk_pack_by(size_t lanes, void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth) {
    size_t widest = dk_vector_lanes();
    switch (lanes < widest ? lanes : widest) {
#if defined(__x86_64__)
    case 16: pack_by_16(panels, packing, w, w_stride, outputs, depth); return;
    case 8: pack_by_8(panels, packing, w, w_stride, outputs, depth); return;
#endif
    default: pack_by_4(panels, packing, w, w_stride, outputs, depth);
    }
}

void dk_pack(void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth) {
    dk_pack_by(SIZE_MAX, panels, packing, w, w_stride, outputs, depth);
}
