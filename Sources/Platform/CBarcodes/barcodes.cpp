// ZXing-C++ 1.4 and later behind C. See the header.
#define ZX_USE_UTF8 1
#include "CBarcodes.h"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/ReadBarcode.h>

#include <string>
#include <utility>
#include <vector>

struct barcodes_list {
    struct symbol {
        std::string format;
        std::string text;
        ZXing::Position position;
        int rows;
        bool is_gs1;
    };
    std::vector<symbol> symbols;
};

namespace {

ZXing::DecodeHints hints(int limit) {
    ZXing::DecodeHints hints;
    hints.setTryHarder(true);
    hints.setTryRotate(true);
    // The library's debug checks end the process when it meets one symbol again in a smaller copy.
    hints.setTryDownscale(false);
    hints.setMaxNumberOfSymbols(static_cast<uint8_t>(limit < 1 ? 1 : limit > 255 ? 255 : limit));
    return hints;
}

bool is_linear(ZXing::BarcodeFormat format) {
    return ZXing::BarcodeFormats(ZXing::BarcodeFormat::LinearCodes).testFlag(format);
}

}  // namespace

struct barcodes_list *barcodes_read(const uint8_t *grey, int width, int height, int limit) {
    if (grey == nullptr || width < 1 || height < 1) return nullptr;
    try {
        const ZXing::ImageView picture(grey, width, height, ZXing::ImageFormat::Lum);
        auto list = new barcodes_list;
        try {
            for (const auto &found : ZXing::ReadBarcodes(picture, hints(limit))) {
                if (!found.isValid()) continue;
                list->symbols.push_back({
                    ZXing::ToString(found.format()),
                    found.text(),
                    found.position(),
                    is_linear(found.format()) ? found.lineCount() : 0,
                    found.contentType() == ZXing::ContentType::GS1,
                });
            }
        } catch (...) {
            delete list;
            throw;
        }
        return list;
    } catch (...) {
        return nullptr;
    }
}

size_t barcodes_count(const struct barcodes_list *list) { return list->symbols.size(); }

struct barcodes_symbol barcodes_get(const struct barcodes_list *list, size_t index) {
    const auto &found = list->symbols[index];
    struct barcodes_symbol symbol = {};
    symbol.format = found.format.c_str();
    symbol.text = found.text.data();
    symbol.length = found.text.size();
    for (int corner = 0; corner < 4; corner++) {
        symbol.x[corner] = found.position[corner].x;
        symbol.y[corner] = found.position[corner].y;
    }
    symbol.rows = found.rows;
    symbol.is_gs1 = found.is_gs1;
    return symbol;
}

void barcodes_free(struct barcodes_list *list) { delete list; }
