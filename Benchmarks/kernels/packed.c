// Products with packed weights: their rates beside the processor's own limit, measured in the same run by instructions and nothing else.
#include "measure.h"

#if defined(__x86_64__)
// GOP/s of products of bytes (`vpdpbusd`, 512 bits), 16 sums apart; 0 where the processor has none.
__attribute__((target("avx512f,avx512vnni"))) static void dot_loop(long turns) {
    __asm__ volatile(
        "1:\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm0\n vpdpbusd %%zmm30, %%zmm31, %%zmm1\n vpdpbusd %%zmm30, %%zmm31, %%zmm2\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm3\n vpdpbusd %%zmm30, %%zmm31, %%zmm4\n vpdpbusd %%zmm30, %%zmm31, %%zmm5\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm6\n vpdpbusd %%zmm30, %%zmm31, %%zmm7\n vpdpbusd %%zmm30, %%zmm31, %%zmm8\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm9\n vpdpbusd %%zmm30, %%zmm31, %%zmm10\n vpdpbusd %%zmm30, %%zmm31, %%zmm11\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm12\n vpdpbusd %%zmm30, %%zmm31, %%zmm13\n vpdpbusd %%zmm30, %%zmm31, %%zmm14\n"
        "vpdpbusd %%zmm30, %%zmm31, %%zmm15\n"
        "dec %0\n jnz 1b\n"
        : "+r"(turns)
        :
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
          "xmm14", "xmm15", "xmm30", "xmm31", "cc");
}

static double dot_peak(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx512vnni")) return 0;
    return 2e-9 * 1000000 * 16 * 64 / BEST_OF(5, dot_loop(1000000));
}
#else
static double dot_peak(void) { return 0; }
#endif

// Noise as packed weights: any byte is a weight, scales are sane.
static uint8_t *packed_noise(dk_packing packing, size_t blocks) {
    size_t size = dk_packed_block_bytes(packing);
    uint8_t *w = zeroed(blocks * size + 16384);
    uint32_t state = 1;
    for (size_t i = 0; i < blocks * size; i++) w[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    for (size_t b = 0; b < blocks; b++) {
        for (size_t c = 0; c < DK_PANEL; c++) memcpy(w + b * size + 2 * c, (uint16_t[]){0x3c00}, 2);
    }
    return w;
}

static dk_int8_rows quantized_noise(const dk_kernels *kernels, size_t rows, size_t depth) {
    size_t groups = depth / DK_GROUP, stride = depth + 64;
    dk_int8_rows x = {zeroed(rows * stride), stride, zeroed(rows * groups * 4), zeroed(rows * groups * 4), groups};
    float *wide = noise(depth);
    for (size_t r = 0; r < rows; r++) {
        kernels->quantize_row(x.values + r * stride, x.scales + r * groups, x.sums + r * groups, wide, depth);
    }
    free(wide);
    return x;
}

static void free_rows(dk_int8_rows x) { free(x.values), free(x.scales), free(x.sums); }

// The layers of a 2B model; GOP/s, and the share of the processor's own limit.
void packed_products(const dk_kernels *kernels) {
    static const size_t shapes[][2] = {{1024, 3072}, {2048, 2048}, {4096, 1024}, {6144, 2048}}, counts[] = {8, 12, 96, 196, 784, 1280};
    double peak = dot_peak();
    if (peak > 0) printf("%-12s vpdpbusd alone: %.0f GOP/s\n", kernels->name, peak);
    for (size_t i = 0; i < 8; i++) {
        dk_packing packing = i < 4 ? DK_INT8 : DK_INT4;
        size_t depth = shapes[i % 4][0], columns = shapes[i % 4][1], most = 1280;
        uint8_t *w = packed_noise(packing, columns / DK_PANEL * (depth / DK_GROUP));
        dk_int8_rows x = quantized_noise(kernels, most, depth);
        float *y = zeroed(most * (columns + 32) * sizeof *y);
        void *scratch = zeroed(dk_packed_scratch(depth));
        printf("%-12s %s %4zu -> %4zu ", kernels->name, packing == DK_INT8 ? "int8" : "int4", depth, columns);
        for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
            double took = BEST_OF(5, kernels->matmul_packed(y, columns + 32, &x, counts[n], w, packing, columns, depth, scratch));
            double rate = 2e-9 * (double)counts[n] * (double)columns * (double)depth / took;
            printf("  %zu rows %.0f", counts[n], rate);
            if (peak > 0) printf(" (%.0f%%)", 100 * rate / peak);
        }
        printf("  GOP/s\n");
        free(w), free_rows(x), free(y), free(scratch);
    }
}

// Weights used once: how fast they come, beside a loop that only reads, which asks for memory as far ahead.
void packed_reading(const dk_kernels *kernels) {
    size_t total = 256 << 20;
    uint64_t *plain = zeroed(total + 16384);
    memset(plain, 1, total);
    volatile uint64_t sink;
    double stream = (double)total * 1e-9 / BEST_OF(5, {
        uint64_t sums[16] = {0};
        for (size_t i = 0; i < total / 8; i += 16) {
            __builtin_prefetch((const char *)(plain + i) + 8192, 0, 3);
            __builtin_prefetch((const char *)(plain + i) + 8256, 0, 3);
            for (size_t j = 0; j < 16; j++) sums[j] ^= plain[i + j];
        }
        for (size_t j = 1; j < 16; j++) sums[0] ^= sums[j];
        sink = sums[0];
    });
    (void)sink;
    free(plain);
    printf("%-12s reading alone: %.1f GB/s\n", kernels->name, stream);
    for (size_t i = 0; i < 4; i++) {
        dk_packing packing = i < 2 ? DK_INT8 : DK_INT4;
        size_t depth = i % 2 == 0 ? 2048 : 6144, groups = depth / DK_GROUP, size = dk_packed_block_bytes(packing);
        size_t panels = total / (groups * size), columns = panels * DK_PANEL;
        uint8_t *w = packed_noise(packing, panels * groups);
        dk_int8_rows x = quantized_noise(kernels, 8, depth);
        float *y = zeroed(8 * columns * sizeof *y);
        void *scratch = zeroed(dk_packed_scratch(depth));
        printf("%-12s %s, depth %zu ", kernels->name, packing == DK_INT8 ? "int8" : "int4", depth);
        for (size_t rows = 1; rows <= 8; rows *= 2) {
            double took = BEST_OF(5, kernels->matmul_packed(y, columns, &x, rows, w, packing, columns, depth, scratch));
            double rate = (double)(panels * groups * size) / took * 1e-9;
            printf("  %zu rows %.1f (%.0f%%)", rows, rate, 100 * rate / stream);
        }
        printf("  GB/s\n");
        free(w), free_rows(x), free(y), free(scratch);
    }
}

void packing(const dk_kernels *kernels) {
    size_t rows = 256, depth = 2048;
    float *w = noise(rows * depth);
    void *panels = zeroed(dk_packed_bytes(DK_INT8, rows, depth));
    for (dk_packing packing = DK_INT8; packing <= DK_INT4; packing++) {
        double took = BEST_OF(3, dk_pack(panels, packing, w, depth, rows, depth));
        printf("packing      %s %.0f million weights a second\n", packing == DK_INT8 ? "int8" : "int4", (double)(rows * depth) / took * 1e-6);
    }
    int8_t *values = zeroed(depth);
    float scales[16];
    int32_t sums[16];
    double took = BEST_OF(20, for (size_t r = 0; r < rows; r++) kernels->quantize_row(values, scales, sums, w + r * depth, depth));
    printf("%-12s quantize_row   %6.2f elements a nanosecond\n", kernels->name, (double)(rows * depth) / took * 1e-9);
    free(w), free(panels), free(values);
}
