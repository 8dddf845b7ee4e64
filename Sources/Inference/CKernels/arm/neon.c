#if defined(__aarch64__)
// NEON, which every 64-bit Arm processor has.
#define LANES 4

#include "../packed/neon.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

#define VERSION_NAME "neon"
#define VERSION dk_neon
#include "../vector/version.h"
#endif
