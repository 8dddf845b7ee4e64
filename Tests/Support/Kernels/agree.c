// Every version of the kernels that the processor can run beside plain C: for processors that only an emulator shows us.
// Prints the worst differences; fails where one is too great, or where a row alone differs from the same row among others.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static uint32_t state = 7;
static bool failed = false;

static float noise(void) {
    state = state * 1664525 + 1013904223;
    return (float)(int32_t)state * 0x1p-31f;
}

static float *floats(size_t count, float scale) {
    float *x = malloc((count + 1) * sizeof *x);
    for (size_t i = 0; i < count; i++) x[i] = noise() * scale;
    return x;
}

static float worst(const float *a, const float *b, size_t count) {
    float greatest = 0;
    for (size_t i = 0; i < count; i++) {
        float difference = fabsf(a[i] - b[i]);
        if (isnan(difference)) return INFINITY;
        if (difference > greatest) greatest = difference;
    }
    return greatest;
}

static void report(const dk_kernels *kernels, const char *what, float difference, float allowed) {
    bool good = difference <= allowed;
    printf("%-12s %-24s %.2g%s\n", kernels->name, what, (double)difference, good ? "" : "  TOO MUCH");
    failed |= !good;
}

static void expect(const dk_kernels *kernels, const char *what, bool holds) {
    if (holds) return;
    printf("%-12s %s: NO\n", kernels->name, what);
    failed = true;
}

static const size_t sizes[] = {0, 1, 2, 3, 5, 7, 8, 15, 17, 33, 64, 65, 127};
enum { size_count = sizeof sizes / sizeof *sizes };

static void products(const dk_kernels *kernels, const dk_kernels *plain) {
    float float_worst = 0, half_worst = 0;
    for (size_t i = 0; i < size_count * size_count; i++) {
        size_t rows = sizes[i % size_count], depth = sizes[i / size_count], columns = sizes[(i * 5 + 3) % size_count];
        float *x = floats(rows * depth, 1), *w = floats(columns * depth, 1);
        float *y = floats(rows * columns, 1), *z = floats(rows * columns, 1), *row = floats(columns, 1);
        uint16_t *halves_x = malloc(rows * depth * 2 + 1), *halves_w = malloc(columns * depth * 2 + 1);
        plain->narrow_bf16(halves_x, x, rows * depth);
        kernels->narrow_bf16(halves_w, w, columns * depth);
        float root = sqrtf((float)depth + 1);
        kernels->matmul_f32(y, columns, x, depth, rows, w, depth, columns, depth);
        plain->matmul_f32(z, columns, x, depth, rows, w, depth, columns, depth);
        float_worst = fmaxf(float_worst, worst(y, z, rows * columns) / root);
        for (size_t r = 0; r < rows; r++) {
            kernels->matmul_f32(row, columns, x + r * depth, depth, 1, w, depth, columns, depth);
            expect(kernels, "a row alone is the same bits", memcmp(row, y + r * columns, columns * sizeof *row) == 0);
        }
        kernels->matmul_bf16(y, columns, halves_x, depth, rows, halves_w, depth, columns, depth);
        plain->matmul_bf16(z, columns, halves_x, depth, rows, halves_w, depth, columns, depth);
        half_worst = fmaxf(half_worst, worst(y, z, rows * columns) / root);
        for (size_t r = 0; r < rows; r++) {
            kernels->matmul_bf16(row, columns, halves_x + r * depth, depth, 1, halves_w, depth, columns, depth);
            expect(kernels, "a row alone is the same bits", memcmp(row, y + r * columns, columns * sizeof *row) == 0);
        }
        free(x), free(w), free(y), free(z), free(row), free(halves_x), free(halves_w);
    }
    report(kernels, "matmul_f32", float_worst, 1e-6f);
    report(kernels, "matmul_bf16", half_worst, 1e-6f);
}

static void attention(const dk_kernels *kernels, const dk_kernels *plain) {
    static const size_t widths[] = {2, 6, 16, 18, 64, 128}, counts[][2] = {{1, 1}, {7, 65}, {33, 64}, {20, 300}, {130, 70}};
    for (dk_tiles format = DK_TILES_F32; format <= DK_TILES_BF16; format++) {
        float greatest = 0;
        for (size_t i = 0; i < 6 * 5 * 2; i++) {
            size_t width = widths[i % 6], rows = counts[i / 6 % 5][0], keys = counts[i / 6 % 5][1];
            size_t bytes = (keys + DK_TILE_KEYS - 1) / DK_TILE_KEYS * dk_tile_bytes(format, width);
            float *q = floats(rows * width, 2), *k = floats(keys * width, 2), *v = floats(keys * width, 1);
            float *y = floats(rows * width, 1), *z = floats(rows * width, 1), *scratch = floats(dk_attention_scratch(width), 1);
            void *tiles = malloc(bytes), *same = malloc(bytes);
            memset(tiles, 0xff, bytes), memset(same, 0xff, bytes);
            kernels->write_keys(tiles, format, width, 0, k, width, keys), plain->write_keys(same, format, width, 0, k, width, keys);
            kernels->write_values(tiles, format, width, 0, v, width, keys), plain->write_values(same, format, width, 0, v, width, keys);
            expect(kernels, "tiles are the same bytes", memcmp(tiles, same, bytes) == 0);
            const void *block = tiles;
            dk_attention a = {.q = q, .blocks = &block, .block_keys = keys, .format = format, .out = y, .q_stride = width,
                              .out_stride = width, .rows = rows, .heads = 1, .keys = keys, .head_dim = width,
                              .scale = 1 / sqrtf((float)width), .first_visible = i < 30 ? keys : 0};
            dk_attention b = a;
            b.out = z;
            kernels->attend(&a, scratch), plain->attend(&b, scratch);
            greatest = fmaxf(greatest, worst(y, z, rows * width));
            if (a.first_visible == 0 && keys > 1) {
                size_t before = rows < keys ? rows : keys - 1;  // queries that do not see the last key
                k[(keys - 1) * width] = v[(keys - 1) * width] = i % 2 ? NAN : INFINITY;
                kernels->write_keys(tiles, format, width, 0, k, width, keys);
                kernels->write_values(tiles, format, width, 0, v, width, keys);
                memcpy(z, y, rows * width * sizeof *y);
                kernels->attend(&a, scratch);
                expect(kernels, "a later key that is no number does not show", memcmp(y, z, before * width * sizeof *y) == 0);
            }
            free(q), free(k), free(v), free(y), free(z), free(scratch), free(tiles), free(same);
        }
        bool rounds = format == DK_TILES_BF16 && dk_has_native_bf16(kernels);
        report(kernels, format == DK_TILES_F32 ? "attend, float tiles" : "attend, bfloat16 tiles", greatest, rounds ? 6e-3f : 4e-6f);
    }
}

static void elements(const dk_kernels *kernels, const dk_kernels *plain) {
    enum { count = 4001, width = 77, rows = 51 };
    float *x = floats(count, 12), *weight = floats(width, 1), *bias = floats(width, 1), *left = floats(count, 1), *right = floats(count, 1);
#define BOTH(what, allowed, ...)                                          \
    do {                                                                  \
        const dk_kernels *k = kernels;                                    \
        float *y = memcpy(left, x, count * sizeof *x);                    \
        __VA_ARGS__;                                                      \
        k = plain, y = memcpy(right, x, count * sizeof *x);               \
        __VA_ARGS__;                                                      \
        report(kernels, what, worst(left, right, count), allowed);        \
    } while (0)
    BOTH("gelu_tanh", 2e-6f, k->gelu_tanh(y, count));
    BOTH("gelu_erf", 2e-6f, k->gelu_erf(y, count));
    BOTH("silu_multiply", 2e-5f, k->silu_multiply(y, x, count));
    BOTH("add", 0, k->add(y, x, count));
    BOTH("add_rows", 0, k->add_rows(y, width, bias, rows, width));
    BOTH("rms_norm", 2e-6f, k->rms_norm(y, width, x, width, weight, rows, width, 1e-6f));
    BOTH("layer_norm", 2e-6f, k->layer_norm(y, width, x, width, weight, bias, rows, width, 1e-6f));
    BOTH("rotate_halves", 4e-6f, k->rotate_halves(y, rows, width, width - 1, weight, bias));
    for (dk_type type = DK_F32; type <= DK_Q6_K; type++) {
        uint8_t *bytes = malloc(4096 + 1);
        for (size_t i = 0; i <= 4096; i++) bytes[i] = (uint8_t)(int)(noise() * 127);
        float a[2560], b[2560];
        size_t some = 4096 / dk_block_bytes(type) * dk_block_elements(type);
        if (some > 2560) some = 2560;
        kernels->widen(a, bytes + 1, type, some), plain->widen(b, bytes + 1, type, some);
        bool same = true;
        for (size_t i = 0; i < some; i++) same &= memcmp(a + i, b + i, 4) == 0 || (isnan(a[i]) && isnan(b[i]));
        expect(kernels, "stored blocks are the same floats", same);
        free(bytes);
    }
    free(x), free(weight), free(bias), free(left), free(right);
}

// Products with packed weights: the same bits as plain C.
static void packed_products(const dk_kernels *kernels, const dk_kernels *plain) {
    for (size_t rows = 1; rows <= 40; rows++) {
        size_t depth = (size_t[]){128, 300, 1, 640, 127, 260}[rows % 6], columns = (size_t[]){33, 64, 1, 95, 16}[rows % 5];
        size_t groups = (depth + DK_GROUP - 1) / DK_GROUP, stride = groups * DK_GROUP + 16;
        float *x = floats(rows * depth, 1), *w = floats(columns * depth, 1), *y[2], *scales[2];
        int8_t *values[2];
        int32_t *sums[2];
        x[depth / 2] *= 1000;
        if (rows % 7 == 0) x[0] = NAN;
        for (dk_packing packing = DK_INT8; packing <= DK_INT4; packing++) {
            void *panels = aligned_alloc(64, dk_packed_bytes(packing, columns, depth));
            void *scratch = aligned_alloc(64, dk_packed_scratch(depth));
            dk_pack(panels, packing, w, depth, columns, depth);
            for (int i = 0; i < 2; i++) {
                const dk_kernels *k = i == 0 ? plain : kernels;
                values[i] = calloc(rows, stride), scales[i] = floats(rows * groups, 0), sums[i] = calloc(rows * groups, 4);
                for (size_t r = 0; r < rows; r++) {
                    k->quantize_row(values[i] + r * stride, scales[i] + r * groups, sums[i] + r * groups, x + r * depth, depth);
                }
                y[i] = floats(rows * columns, 0);
                dk_int8_rows quantized = {values[i], stride, scales[i], sums[i], groups};
                k->matmul_packed(y[i], columns, &quantized, rows, panels, packing, columns, depth, scratch);
            }
            bool same = memcmp(values[0], values[1], rows * stride) == 0 && memcmp(sums[0], sums[1], rows * groups * 4) == 0;
            for (size_t j = 0; j < rows * groups; j++) same &= memcmp(scales[0] + j, scales[1] + j, 4) == 0 || isnan(scales[1][j]);
            expect(kernels, "activations in 8 bits are the same bits", same);
            same = true;
            for (size_t j = 0; j < rows * columns; j++) {
                same &= memcmp(y[0] + j, y[1] + j, 4) == 0 || (isnan(y[0][j]) && isnan(y[1][j]));
            }
            expect(kernels, "a packed product is the same bits", same);
            for (int i = 0; i < 2; i++) free(values[i]), free(scales[i]), free(sums[i]), free(y[i]);
            free(panels), free(scratch);
        }
        free(x), free(w);
    }
}

// Source: FNV-1a (Fowler, Noll and Vo).
static uint64_t hash_of(const uint8_t *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

// Packing gives the same bytes on any processor.
static void packed_bytes(void) {
    enum { outputs = 70, depth = 300 };
    static const uint64_t known[] = {[DK_INT8] = 0x6a09027a24116135, [DK_INT4] = 0x3701264d6bc365af};
    state = 7;
    float *w = floats(outputs * depth, 1);
    for (size_t k = 0; k < depth; k++) w[k] *= 0x1p-135f, w[depth + k] = 0, w[2 * depth + k] *= 0x1p-120f;
    w[3 * depth] = NAN;
    for (dk_packing packing = DK_INT8; packing <= DK_INT4; packing++) {
        size_t bytes = dk_packed_bytes(packing, outputs, depth);
        uint8_t *panels = aligned_alloc(64, bytes);
        for (size_t lanes = 4; lanes <= 16; lanes *= 2) {
            dk_pack_by(lanes, panels, packing, w, depth, outputs, depth);
            uint64_t hash = hash_of(panels, bytes);
            if (hash == known[packing]) continue;
            printf("packed to %d bits by %zu floats: %016llx\n", packing == DK_INT4 ? 4 : 8, lanes, (unsigned long long)hash);
            failed = true;
        }
        free(panels);
    }
    free(w);
}

static void compare(const dk_kernels *kernels, const dk_kernels *plain) {
    products(kernels, plain);
    packed_products(kernels, plain);
    attention(kernels, plain);
    elements(kernels, plain);
}

#ifdef ALSO  // a version that this processor runs by other instructions
extern const dk_kernels ALSO;
#endif

int main(void) {
    size_t count;
    const dk_kernels *const *available = dk_available(&count), *plain = available[count - 1];
    for (size_t i = 0; i + 1 < count; i++) {
        compare(available[i], plain);
    }
    packed_bytes();
#ifdef ALSO
    compare(&ALSO, plain);
#endif
    printf(failed ? "FAILED\n" : "%zu versions agree with %s\n", count - 1, plain->name);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
