// Bar codes and matrix codes of a grey picture, read by ZXing-C++ behind C functions that no exception leaves.
#ifndef CBARCODES_H
#define CBARCODES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One symbol. The text belongs to the list that it is of.
struct barcodes_symbol {
    /// ZXing's name of the format, such as "EAN-13".
    const char *format;
    /// UTF-8, with its length since it may hold zero bytes.
    const char *text;
    size_t length;
    /// The corners, in pixels.
    int x[4];
    int y[4];
    /// Rows of pixels in which a linear symbol was read; 0 for matrix codes.
    int rows;
    /// Whether it follows GS1's rules for what the text is made of.
    int is_gs1;
};

struct barcodes_list;

/// Reads the symbols of a picture: one byte a pixel, 0 black, rows without gaps.
/// Returns NULL when the library gave up.
struct barcodes_list *barcodes_read(const uint8_t *grey, int width, int height, int limit);
/// Count of symbols.
size_t barcodes_count(const struct barcodes_list *list);
/// One symbol; good until the list is freed.
struct barcodes_symbol barcodes_get(const struct barcodes_list *list, size_t index);
void barcodes_free(struct barcodes_list *list);

#ifdef __cplusplus
}
#endif
#endif
