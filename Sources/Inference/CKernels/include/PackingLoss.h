// What packed weights have lost, and what others lose: how a form is chosen for a weight.
#ifndef PACKING_LOSS_H
#define PACKING_LOSS_H

#include "PackedKernels.h"

// The sums of squares of (before - after) and of before, [count]; no finite number where before has others.
void dk_loss(double *loss, double *norm, const float *before, const float *after, size_t count);
// What GGUF's blocks of the same bits lose of a row, Q8_0 or Q4_0: the measure that packed weights are held against.
double dk_block_loss(dk_packing packing, const float *row, size_t count);

#endif
