// The sizes of the stored forms of weights.
#include "versions.h"

size_t dk_block_elements(dk_type type) {
    switch (type) {
    case DK_F32: case DK_F16: case DK_BF16: return 1;
    case DK_Q8_0: case DK_Q4_0: return 32;
    case DK_Q4_K: case DK_Q5_K: case DK_Q6_K: return 256;
    }
    return 1;
}

size_t dk_block_bytes(dk_type type) {
    switch (type) {
    case DK_F32: return 4;
    case DK_F16: case DK_BF16: return 2;
    case DK_Q8_0: return 2 + 32;
    case DK_Q4_0: return 2 + 16;
    case DK_Q4_K: return 2 + 2 + 12 + 128;
    case DK_Q5_K: return 2 + 2 + 12 + 32 + 128;
    case DK_Q6_K: return 128 + 64 + 16 + 2;
    }
    return 0;
}
