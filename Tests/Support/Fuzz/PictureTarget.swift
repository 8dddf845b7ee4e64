import Imaging

/// Decodes the pages of a picture, with the limits of a worker scaled down, so that memory is the decoders' own doing.
func readPicture(_ bytes: [UInt8]) {
    let limits = PictureLimits(bytes: 1 << 20, pixels: 4_000_000, pages: 4)
    guard let file = try? PictureFile(bytes: bytes, limits: limits) else { return }
    for page in 0..<file.pageCount {
        do {
            let picture = try file.decode(page: page)
            precondition(picture.width > 0 && picture.height > 0)
            blackHole &+= picture.rgbBytes(rows: 0..<1).count
        } catch {
            continue
        }
    }
}
