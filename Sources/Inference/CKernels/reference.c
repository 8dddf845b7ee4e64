#include "CKernels.h"

size_t dk_attention_scratch(size_t head_dim) { return 4096 + 256 * head_dim; }
