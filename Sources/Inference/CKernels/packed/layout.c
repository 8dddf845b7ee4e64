// Sizes of packed weights, and their way back to floats.
#include "layout.h"

#pragma clang fp contract(off)

size_t dk_packed_block_bytes(dk_packing packing) { return packing == DK_INT4 ? int4_block_bytes : int8_block_bytes; }

size_t dk_packed_bytes(dk_packing packing, size_t outputs, size_t depth) {
    size_t panels = outputs / DK_PANEL + (outputs % DK_PANEL != 0);
    return panels * groups_of(depth) * dk_packed_block_bytes(packing);
}

// One panel of 4 bits as one of 8, and the sums of the sub-blocks of a block of rows.
size_t dk_packed_scratch(size_t depth) {
    return groups_of(depth) * (int8_block_bytes + most_block_rows * sub_blocks * sizeof(int32_t));
}

void dk_unpack_row(float *y, const void *panels, dk_packing packing, size_t output, size_t depth) {
    size_t size = dk_packed_block_bytes(packing), groups = groups_of(depth), column = output % DK_PANEL;
    const uint8_t *block = (const uint8_t *)panels + output / DK_PANEL * groups * size;
    for (size_t g = 0; g < groups; g++, block += size) {
        float scale = block_scale(block, column), rotated[DK_GROUP];
        for (size_t k = 0; k < DK_GROUP; k++) {
            rotated[k] = scale * (float)(packing == DK_INT4 ? int4_weight(block, column, k) : int8_weight(block, column, k));
        }
        transform_group(rotated);
        for (size_t k = 0; k < inputs_of(depth, g); k++) ((any_float *)y)[g * DK_GROUP + k] = rotated[k] * rotation_sign(k);
    }
}
