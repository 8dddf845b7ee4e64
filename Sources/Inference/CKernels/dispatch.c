// Which versions this processor can run, asked of it once.
#include <pthread.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "versions.h"

static const dk_kernels *versions[6];
static size_t version_count, vector_lanes = 4;
static pthread_once_t asked = PTHREAD_ONCE_INIT;

static void offer(const dk_kernels *version) { versions[version_count++] = version; }

#if defined(__x86_64__)

// Which registers the system saves when it changes threads (XCR0).
static uint64_t saved_registers(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool has(unsigned bits, unsigned wanted) { return (bits & wanted) == wanted; }

// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapters 14 and 15: what to ask before AVX2 and AVX-512.
static void ask(void) {
    enum { ymm = 0x06, zmm = 0xe6 };
    unsigned a, b, c, d, features7b = 0, features7c = 0, features7a1 = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) && has(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C)) {
        uint64_t saved = saved_registers();
        unsigned subleaves = 0;
        if (__get_cpuid_count(7, 0, &subleaves, &b, &c, &d)) features7b = b, features7c = c;
        if (subleaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) features7a1 = a;
        bool avx2 = (saved & ymm) == ymm && has(features7b, bit_AVX2);
        bool avx512 = avx2 && (saved & zmm) == zmm &&
                      has(features7b, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL);
        vector_lanes = avx512 ? 16 : avx2 ? 8 : 4;
        bool vnni = avx512 && has(features7c, bit_AVX512VNNI);
        if (vnni && has(features7a1, 1u << 5)) offer(&dk_avx512bf16);  // AVX512_BF16
        if (vnni) offer(&dk_avx512vnni);
        if (avx2 && has(features7a1, 1u << 4)) offer(&dk_avx2vnni);  // AVX_VNNI
        if (avx512) offer(&dk_avx512);
        if (avx2) offer(&dk_avx2);
    }
    offer(&dk_portable);
}

#elif defined(__aarch64__)

// Linux' Documentation/arch/arm64/elf_hwcaps.rst: bit 20 of the first word is asimddp, bit 13 of the second i8mm.
static void ask(void) {
#if defined(__linux__)
    bool quads = getauxval(AT_HWCAP) >> 20 & 1;
    if (quads && (getauxval(AT_HWCAP2) >> 13 & 1)) offer(&dk_neoni8mm);
    if (quads) offer(&dk_neondot);
#endif
    // every 64-bit Arm has NEON
    offer(&dk_neon);
    offer(&dk_portable);
}

#else

static void ask(void) { offer(&dk_portable); }

#endif

const dk_kernels *const *dk_available(size_t *count) {
    pthread_once(&asked, ask);
    *count = version_count;
    return versions;
}

size_t dk_vector_lanes(void) {
    pthread_once(&asked, ask);
    return vector_lanes;
}

bool dk_has_native_bf16(const dk_kernels *kernels) {
#if defined(__x86_64__)
    return kernels == &dk_avx512bf16;
#else
    (void)kernels;
    return false;
#endif
}
