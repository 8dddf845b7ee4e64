internal import CPictures

/// One decoded page, owned by this value and freed with it.
///
/// A picture is never changed: each step of preparation makes another. It has 1 bit a pixel, 8-bit grey or colour.
@safe public struct Picture: ~Copyable {
    let pix: OpaquePointer

    /// Whether the file ended early or was damaged on the way; the rows that are missing are white.
    public let isCutShort: Bool
    /// What the decoder complained of and went on.
    public let warnings: [String]
    /// Where this picture's pixels lie on the page it was made from.
    public let placement: PageTransform

    /// Takes over a Leptonica picture.
    init(
        owning pix: OpaquePointer,
        isCutShort: Bool = false,
        warnings: [String] = [],
        placement: PageTransform = .identity
    ) {
        unsafe self.pix = pix
        self.isCutShort = isCutShort
        self.warnings = warnings
        self.placement = placement
    }

    /// Makes a grey picture from its pixels.
    ///
    /// - Parameters:
    ///   - grey: One byte a pixel, 0 black to 255 white, top row first.
    ///   - width: Pixels in a row, from 1.
    ///   - height: Rows, from 1.
    /// - Throws: ``PictureError/outOfMemory``.
    public init(grey: [UInt8], width: Int, height: Int) throws(PictureError) {
        precondition(
            width > 0 && height > 0 && grey.count == width * height,
            "size and pixels disagree"
        )
        let pix = unsafe grey.withUnsafeBufferPointer {
            unsafe pictures_from_grey($0.baseAddress, Int32(width), Int32(height))
        }
        guard let pix = unsafe pix else { throw .outOfMemory }
        unsafe self.init(owning: pix)
    }

    /// Makes a picture from its pixels: grey when none of them has a colour.
    ///
    /// - Parameters:
    ///   - rgb: `[height, width, 3]`: red, green and blue, top row first.
    ///   - width: Pixels in a row, from 1.
    ///   - height: Rows, from 1.
    /// - Throws: ``PictureError/outOfMemory``.
    public init(rgb: [UInt8], width: Int, height: Int) throws(PictureError) {
        precondition(
            width > 0 && height > 0 && rgb.count == width * height * 3,
            "size and pixels disagree"
        )
        let pix = unsafe rgb.withUnsafeBufferPointer {
            unsafe pictures_from_rgb($0.baseAddress, Int32(width), Int32(height))
        }
        guard let pix = unsafe pix else { throw .outOfMemory }
        unsafe self.init(owning: pix)
    }

    deinit { unsafe pictures_destroy(pix) }

    /// Pixels in a row.
    public var width: Int { Int(unsafe pictures_width(pix)) }

    /// Rows of pixels.
    public var height: Int { Int(unsafe pictures_height(pix)) }

    /// 1, 8 or 32.
    public var bitsPerPixel: Int { Int(unsafe pictures_depth(pix)) }

    /// The resolution that the file states, or nil.
    public var dotsPerInch: Int? {
        let dpi = Int(unsafe pictures_dpi(pix))
        return dpi > 0 ? dpi : nil
    }

    /// The colour at a place as `0xRRGGBB`; white outside the picture.
    public func color(x: Int, y: Int) -> UInt32 {
        unsafe pictures_pixel(pix, Int32(clamping: x), Int32(clamping: y))
    }

    /// All pixels as grey, 0 black to 255 white, top row first.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func greyBytes() throws(PictureError) -> [UInt8] {
        var failed: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            failed = unsafe pictures_copy_grey(pix, buffer.baseAddress)
            count = failed == 0 ? buffer.count : 0
        }
        guard failed == 0 else { throw .outOfMemory }
        return bytes
    }

    /// Some rows as red, green and blue, top row first.
    ///
    /// - Parameter rows: Which; all are in the picture.
    /// - Returns: `[rows, width, 3]`.
    public func rgbBytes(rows: Range<Int>) -> [UInt8] {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "rows in the picture")
        let count = rows.count * width * 3
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe pictures_copy_rgb(
                pix,
                Int32(rows.lowerBound),
                Int32(rows.count),
                buffer.baseAddress
            )
            filled = count
        }
    }

    /// All pixels as red, green and blue, top row first.
    ///
    /// - Returns: `[height, width, 3]`.
    public func rgbBytes() -> [UInt8] { rgbBytes(rows: 0..<height) }

    /// Whether both have the same size and colours.
    public func hasSamePixels(as other: borrowing Picture) -> Bool {
        unsafe pictures_same(pix, other.pix) != 0
    }

    /// Lends Leptonica's `PIX *`, for `TessBaseAPISetImage2`.
    ///
    /// The pointer is good until `body` returns; Tesseract copies the picture when it is set. It must not be changed or freed.
    ///
    /// - Parameter body: What to do with the pointer.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @unsafe public borrowing func withPix<Result: ~Copyable, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(pix)
    }

    /// A picture made from this one by a step of preparation.
    ///
    /// - Parameters:
    ///   - pix: What Leptonica made; nil when memory was short.
    ///   - step: From the new picture's pixels back to this one's.
    /// - Returns: The new picture, with this one's warnings.
    /// - Throws: ``PictureError/outOfMemory``.
    func derived(
        _ pix: OpaquePointer?,
        undoing step: PageTransform = .identity
    ) throws(PictureError) -> Picture {
        guard let pix = unsafe pix else { throw .outOfMemory }
        return unsafe Picture(
            owning: pix,
            isCutShort: isCutShort,
            warnings: warnings,
            placement: placement.after(step)
        )
    }
}
