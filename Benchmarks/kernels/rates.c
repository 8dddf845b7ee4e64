// Rates of the kernels on one core, in processor time, so that other programs disturb little: the best of several repetitions.
//
//   rates [all|products|reading|attention|elements|packed|packed-reading|packing] [VERSION]
#include "measure.h"

#ifdef WITH_OPENBLAS
void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                 float beta, float *c, int ldc);
void openblas_set_num_threads(int);
char *openblas_get_corename(void);
#endif

static uint16_t *narrowed(const dk_kernels *kernels, const float *x, size_t count) {
    uint16_t *y = zeroed(count * sizeof *y + 64);
    kernels->narrow_bf16(y, x, count);
    return y;
}

// [in, out] of the layers of a 2B model: its text decoder's, then its vision tower's.
static const size_t shapes[][2] = {{2048, 2048}, {2048, 6144}, {6144, 2048}, {1024, 3072}, {1024, 4096}, {4096, 1024}};
static const size_t row_counts[] = {8, 196, 784, 1280};

static void products(const dk_kernels *kernels) {
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        // Rows of x lie as the engine lays them: not a multiple of 4096 bytes apart, or they contend for the same cache lines.
        size_t depth = shapes[s][0], columns = shapes[s][1], most = 1280, stride = depth + 32;
        float *x = noise(most * stride), *w = noise(columns * depth), *y = zeroed(most * columns * sizeof *y);
        uint16_t *narrow_x = narrowed(kernels, x, most * stride), *narrow_w = narrowed(kernels, w, columns * depth);
        for (size_t i = 0; i < sizeof row_counts / sizeof *row_counts; i++) {
            size_t rows = row_counts[i];
            double work = 2e-9 * (double)rows * (double)columns * (double)depth;
            double f32 = BEST_OF(3, kernels->matmul_f32(y, columns, x, stride, rows, w, depth, columns, depth));
            double bf16 = BEST_OF(3, kernels->matmul_bf16(y, columns, narrow_x, stride, rows, narrow_w, depth, columns, depth));
            printf("%-12s %4zu rows  %4zu -> %4zu   f32 %6.1f   bf16 %6.1f GFLOP/s", kernels->name, rows, depth, columns,
                   work / f32, work / bf16);
#ifdef WITH_OPENBLAS
            double blas = BEST_OF(3, cblas_sgemm(101, 111, 112, (int)rows, (int)columns, (int)depth, 1, x, (int)stride, w,
                                                 (int)depth, 0, y, (int)columns));
            printf("   OpenBLAS (%s) f32 %6.1f", openblas_get_corename(), work / blas);
#endif
            printf("\n");
        }
        free(x), free(w), free(y), free(narrow_x), free(narrow_w);
    }
}

// Weights used once: how fast they come, beside a loop that only reads.
static void reading(const dk_kernels *kernels) {
    size_t depth = 2048, columns = 100000, bytes = columns * depth * sizeof(uint16_t);
    uint16_t *w = zeroed(bytes);
    for (size_t i = 0; i < columns * depth; i++) w[i] = 0x3c00;
    float *wide = noise(8 * depth), *y = zeroed(8 * columns * sizeof *y);
    uint16_t *x = narrowed(kernels, wide, 8 * depth);
    volatile uint64_t sink;
    double plain = BEST_OF(5, {
        uint64_t sums[16] = {0};
        const uint64_t *words = (const uint64_t *)w;
        for (size_t i = 0; i < bytes / 8; i += 16) {
            for (size_t j = 0; j < 16; j++) sums[j] ^= words[i + j];
        }
        for (size_t j = 1; j < 16; j++) sums[0] ^= sums[j];
        sink = sums[0];
    });
    (void)sink;
    printf("%-12s a plain loop reads %.1f GB/s\n", kernels->name, (double)bytes / plain * 1e-9);
    for (size_t rows = 1; rows <= 8; rows *= 2) {
        double bf16 = BEST_OF(5, kernels->matmul_bf16(y, columns, x, depth, rows, w, depth, columns, depth));
        double f32 = BEST_OF(5, kernels->matmul_f32(y, columns, wide, depth, rows, (const float *)w, depth, columns / 2, depth));
        printf("%-12s %zu rows: bf16 weights %.1f GB/s, f32 weights %.1f GB/s\n", kernels->name, rows,
               (double)bytes / bf16 * 1e-9, (double)bytes / f32 * 1e-9);
    }
    free(w), free(wide), free(y), free(x);
}

// What one core does in a loop of nothing but independent products, in GFLOP/s; 0 where we do not know how to ask.
#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f,avx512bf16"))) static double peak_of_pairs(void) {
    __m512 sums[12] = {0};
    __m512bh factor = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    enum { rounds = 2000000 };
    double took = BEST_OF(3, for (int i = 0; i < rounds; i++) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 12; j++) {
            sums[j] = _mm512_dpbf16_ps(sums[j], factor, factor);
            __asm__ volatile("" : "+v"(sums[j]));
        }
    });
    return 12e-9 * 64 * rounds / took;
}

__attribute__((target("avx2,fma"))) static double peak_of_floats(void) {
    __m256 sums[12] = {0}, factor = _mm256_set1_ps(1);
    enum { rounds = 2000000 };
    double took = BEST_OF(3, for (int i = 0; i < rounds; i++) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 12; j++) {
            sums[j] = _mm256_fmadd_ps(sums[j], factor, factor);
            __asm__ volatile("" : "+x"(sums[j]));
        }
    });
    return 12e-9 * 16 * rounds / took;
}

__attribute__((target("avx512f"))) static double peak_of_wide_floats(void) {
    __m512 sums[12] = {0}, factor = _mm512_set1_ps(1);
    enum { rounds = 2000000 };
    double took = BEST_OF(3, for (int i = 0; i < rounds; i++) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 12; j++) {
            sums[j] = _mm512_fmadd_ps(sums[j], factor, factor);
            __asm__ volatile("" : "+v"(sums[j]));
        }
    });
    return 12e-9 * 32 * rounds / took;
}

static double peak(const dk_kernels *kernels, bool pairs) {
    if (pairs && dk_has_native_bf16(kernels)) return peak_of_pairs();
    if (strncmp(kernels->name, "avx512", 6) == 0) return peak_of_wide_floats();
    return strncmp(kernels->name, "avx2", 4) == 0 ? peak_of_floats() : 0;
}
#else
static double peak(const dk_kernels *kernels, bool pairs) {
    (void)kernels, (void)pairs;
    return 0;
}
#endif

// Heads of the vision tower and of the text decoder: many queries, and the few of one token.
static void attention(const dk_kernels *kernels) {
    double peaks[2] = {peak(kernels, false), peak(kernels, true)};
    printf("%-12s products alone: float32 %.0f, bfloat16 %.0f GFLOP/s\n", kernels->name, peaks[0], peaks[1]);
    for (size_t head_dim = 64; head_dim <= 128; head_dim *= 2) {
        size_t keys = 4096, most = 480;
        float *x = noise(keys * head_dim), *out = zeroed(most * head_dim * sizeof *out);
        float *scratch = zeroed(dk_attention_scratch(head_dim) * sizeof *scratch);
        for (dk_tiles format = DK_TILES_F32; format <= DK_TILES_BF16; format++) {
            size_t bytes = keys / DK_TILE_KEYS * dk_tile_bytes(format, head_dim);
            void *tiles = zeroed(bytes);
            const void *block = tiles;
            double written = BEST_OF(3, {
                kernels->write_keys(tiles, format, head_dim, 0, x, head_dim, keys);
                kernels->write_values(tiles, format, head_dim, 0, x, head_dim, keys);
            });
            printf("%-12s heads of %3zu, %s: written %.2f elements a nanosecond; GFLOP/s of", kernels->name, head_dim,
                   format == DK_TILES_F32 ? "float32 " : "bfloat16", 2e-9 * (double)(keys * head_dim) / written);
            static const size_t row_counts[] = {1, 2, 4, 24, 120, 240, 480};
            for (size_t i = 0; i < sizeof row_counts / sizeof *row_counts; i++) {
                size_t rows = row_counts[i];
                dk_attention a = {.q = x, .blocks = &block, .block_keys = keys, .format = format, .out = out, .q_stride = head_dim,
                                  .out_stride = head_dim, .rows = rows, .heads = 1, .keys = keys, .head_dim = head_dim,
                                  .scale = 0.125f, .first_visible = keys};
                double rate = 4e-9 * (double)(rows * keys * head_dim) / BEST_OF(10, kernels->attend(&a, scratch));
                printf("  %zu: %.1f", rows, rate);
                if (rows == 240 && peaks[format] > 0) printf(" (%.0f%%)", 100 * rate / peaks[format]);
            }
            printf("\n");
            free(tiles);
        }
        free(x), free(out), free(scratch);
    }
}

static void elements(const dk_kernels *kernels) {
    size_t rows = 64, width = 2048, count = rows * width;
    float *x = noise(count), *y = noise(count), *weight = noise(width);
    uint16_t *narrow = zeroed(count * sizeof *narrow);
    const struct { const char *name; double took; } times[] = {
        {"rms_norm", BEST_OF(20, kernels->rms_norm(y, width, x, width, weight, rows, width, 1e-6f))},
        {"layer_norm", BEST_OF(20, kernels->layer_norm(y, width, x, width, weight, weight, rows, width, 1e-6f))},
        {"gelu_tanh", BEST_OF(20, kernels->gelu_tanh(y, count))},
        {"gelu_erf", BEST_OF(20, kernels->gelu_erf(y, count))},
        {"silu_multiply", BEST_OF(20, kernels->silu_multiply(y, x, count))},
        {"add", BEST_OF(20, kernels->add(y, x, count))},
        {"narrow_bf16", BEST_OF(20, kernels->narrow_bf16(narrow, x, count))},
        {"widen BF16", BEST_OF(20, kernels->widen(y, narrow, DK_BF16, count))},
        {"widen F16", BEST_OF(20, kernels->widen(y, narrow, DK_F16, count))},
        {"widen Q8_0", BEST_OF(20, kernels->widen(y, x, DK_Q8_0, count))},
        {"widen Q4_0", BEST_OF(20, kernels->widen(y, x, DK_Q4_0, count))},
        {"widen Q4_K", BEST_OF(20, kernels->widen(y, x, DK_Q4_K, count))},
        {"widen Q5_K", BEST_OF(20, kernels->widen(y, x, DK_Q5_K, count))},
        {"widen Q6_K", BEST_OF(20, kernels->widen(y, x, DK_Q6_K, count))},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        printf("%-12s %-14s %6.2f elements a nanosecond\n", kernels->name, times[i].name, (double)count / times[i].took * 1e-9);
    }
    free(x), free(y), free(weight), free(narrow);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "all", *which = count > 2 ? arguments[2] : NULL;
#ifdef WITH_OPENBLAS
    openblas_set_num_threads(1);
#endif
    size_t versions;
    const dk_kernels *const *available = dk_available(&versions);
    const struct { const char *name; void (*run)(const dk_kernels *); } parts[] = {
        {"products", products}, {"reading", reading}, {"attention", attention}, {"elements", elements},
        {"packed", packed_products}, {"packed-reading", packed_reading}, {"packing", packing}};
    for (size_t i = 0; i < versions; i++) {
        if (which ? strcmp(which, available[i]->name) != 0 : i > 0) continue;
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
            if (strcmp(what, "all") == 0 || strcmp(what, parts[p].name) == 0) parts[p].run(available[i]);
        }
    }
}
