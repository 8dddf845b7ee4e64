// One-bit pictures for measuring; letters are never read from them.
#ifndef INK_H
#define INK_H

#include "decoders.h"

// Ink by a threshold that follows the paper around each pixel. NULL: memory was short.
PIX *find_ink(const struct Pix *pix);

#endif
