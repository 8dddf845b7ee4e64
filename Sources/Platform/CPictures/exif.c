#include "decoders.h"

typedef struct Block {
    const uint8_t *bytes;
    size_t count;
    int big_endian;
} Block;

static uint32_t number(const Block *block, size_t at, int size) {
    uint32_t value = 0;
    for (int i = 0; i < size; i++) {
        uint32_t byte = block->bytes[at + (size_t)(block->big_endian ? i : size - 1 - i)];
        value = value << 8 | byte;
    }
    return value;
}

// An unsigned rational that lies inside the block, else 0.
static double rational(const Block *block, size_t at) {
    if (at > block->count || block->count - at < 8) return 0;
    double denominator = number(block, at + 4, 4);
    return denominator > 0 ? number(block, at, 4) / denominator : 0;
}

Exif exif_read(const uint8_t *bytes, size_t count) {
    Exif exif = {.orientation = 1};
    if (count >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        bytes += 6;
        count -= 6;
    }
    if (count < 8) return exif;
    Block block = {bytes, count, bytes[0] == 'M'};
    if (memcmp(bytes, block.big_endian ? "MM" : "II", 2) != 0) return exif;
    if (number(&block, 2, 2) != 42) return exif;
    size_t directory = number(&block, 4, 4);
    if (directory > count || count - directory < 2) return exif;
    size_t entries = number(&block, directory, 2);
    if ((count - directory - 2) / 12 < entries) entries = (count - directory - 2) / 12;

    double x = 0, y = 0;
    uint32_t unit = 2;  // inches, unless said otherwise
    for (size_t i = 0; i < entries; i++) {
        size_t entry = directory + 2 + i * 12;
        uint32_t tag = number(&block, entry, 2), type = number(&block, entry + 2, 2);
        int one_short = type == 3 && number(&block, entry + 4, 4) == 1;
        uint32_t value = number(&block, entry + 8, 2);
        if (tag == 0x0112 && one_short && value >= 1 && value <= 8) exif.orientation = (int)value;
        if (tag == 0x0128 && one_short) unit = value;
        if (tag == 0x011a && type == 5) x = rational(&block, number(&block, entry + 8, 4));
        if (tag == 0x011b && type == 5) y = rational(&block, number(&block, entry + 8, 4));
    }
    if (unit == 2 || unit == 3) {
        exif.x_dpi = unit == 3 ? x * 2.54 : x;
        exif.y_dpi = unit == 3 ? y * 2.54 : y;
    }
    return exif;
}
