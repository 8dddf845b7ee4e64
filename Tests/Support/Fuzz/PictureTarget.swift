import Imaging
import Qwen

/// Decodes the pages of a picture, with the limits of a worker scaled down, so that memory is the decoders' own doing,
/// and takes them the way to the vision tower.
func readPicture(_ bytes: [UInt8]) {
    let limits = PictureLimits(bytes: 1 << 20, pixels: 4_000_000, pages: 4)
    guard let file = try? PictureFile(bytes: bytes, limits: limits) else { return }
    // The same bytes always go the same way.
    let wideSamples = WideSamples.allCases[bytes.count % WideSamples.allCases.count]
    for page in 0..<file.pageCount {
        do {
            let picture = try file.decode(page: page, wideSamples: wideSamples)
            let (width, height) = (picture.width, picture.height)
            precondition(width > 0 && height > 0 && width * height <= limits.pixels)
            let preprocessor = PicturePreprocessor()
            let size = try preprocessor.targetSize(width: width, height: height, imageTokens: 4)
            let resized = BicubicResize.resized(
                from: (width, height),
                width: size.width,
                height: size.height
            ) { picture.rgbBytes(rows: $0) }
            blackHole &+= try preprocessor.patches(ofResized: resized).values.count
        } catch {
            continue
        }
    }
}
