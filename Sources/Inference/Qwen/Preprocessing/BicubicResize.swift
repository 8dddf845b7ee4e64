internal import CKernels

/// Bicubic resizing with antialiasing, bit for bit as the reference does it on 8-bit pictures.
///
/// Two passes, widths first, each rounded to 8 bits: text edges overshoot, and what the first pass clamps the
/// second one does not see. Weights are whole numbers of 16 bits, with one precision for the whole axis.
///
/// Source: the antialiased 8-bit kernel of PyTorch's `interpolate` (`UpSampleKernel.cpp`), which follows
/// Pillow's `Resample.c`; the kernel is Keys', "Cubic convolution interpolation", 1981, with a = -0.5.
public enum BicubicResize {
    /// Rows that are asked for at once of a picture that is not in memory as bytes.
    private static let stripHeight = 64

    /// Makes a picture of another size.
    ///
    /// - Parameters:
    ///   - picture: `[height, width, 3]`.
    ///   - width: New width, from 1.
    ///   - height: New height, from 1.
    /// - Returns: The new picture; the same one when its size is the same.
    public static func resized(_ picture: RGBPicture, width: Int, height: Int) -> RGBPicture {
        precondition(width > 0 && height > 0)
        guard width != picture.width || height != picture.height else { return picture }
        var pixels = picture.pixels
        if width != picture.width {
            let axis = ResamplingAxis(from: picture.width, to: width)
            pixels = widened(pixels, of: picture.width, rows: picture.height, to: width, by: axis)
        }
        return RGBPicture(
            width: width,
            height: height,
            pixels: heightened(pixels, of: picture.height, to: height, rowBytes: width * 3)
        )
    }

    /// Makes a picture of another size from rows that are made as they are needed.
    ///
    /// So a large picture need not be in memory a second time: 120 megapixels would be 360 MB.
    ///
    /// - Parameters:
    ///   - source: Size of the picture that there is, from 1 each way.
    ///   - width: New width, from 1.
    ///   - height: New height, from 1.
    ///   - rows: Gives some rows, `[rows, source.width, 3]`; asked for each row once, from top to bottom.
    /// - Returns: The new picture.
    public static func resized(
        from source: (width: Int, height: Int),
        width: Int,
        height: Int,
        rows: (Range<Int>) -> [UInt8]
    ) -> RGBPicture {
        precondition(width > 0 && height > 0 && source.width > 0 && source.height > 0)
        let axis = width == source.width ? nil : ResamplingAxis(from: source.width, to: width)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(source.height * width * 3)
        for top in stride(from: 0, to: source.height, by: stripHeight) {
            let range = top..<min(top + stripHeight, source.height)
            let strip = rows(range)
            precondition(strip.count == range.count * source.width * 3, "rows of the picture")
            pixels +=
                axis.map {
                    widened(strip, of: source.width, rows: range.count, to: width, by: $0)
                } ?? strip
        }
        return RGBPicture(
            width: width,
            height: height,
            pixels: heightened(pixels, of: source.height, to: height, rowBytes: width * 3)
        )
    }

    // MARK: - Passes

    private static func widened(
        _ pixels: [UInt8],
        of width: Int,
        rows: Int,
        to newWidth: Int,
        by axis: ResamplingAxis
    ) -> [UInt8] {
        unsafe pass(axis, bytes: rows * newWidth * 3) { output, resampling in
            unsafe pixels.withUnsafeBufferPointer { input in
                unsafe dk_resample_width(
                    output,
                    newWidth,
                    input.baseAddress,
                    width,
                    rows,
                    resampling
                )
            }
        }
    }

    private static func heightened(
        _ pixels: [UInt8],
        of height: Int,
        to newHeight: Int,
        rowBytes: Int
    ) -> [UInt8] {
        guard newHeight != height else { return pixels }
        let axis = ResamplingAxis(from: height, to: newHeight)
        return unsafe pass(axis, bytes: newHeight * rowBytes) { output, resampling in
            unsafe pixels.withUnsafeBufferPointer { input in
                unsafe dk_resample_height(
                    output,
                    newHeight,
                    input.baseAddress,
                    rowBytes,
                    resampling
                )
            }
        }
    }

    private static func pass(
        _ axis: ResamplingAxis,
        bytes count: Int,
        _ body: (UnsafeMutablePointer<UInt8>?, UnsafePointer<dk_resampling>) -> Void
    ) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            unsafe axis.withResampling { unsafe body(output.baseAddress, $0) }
            filled = count
        }
    }
}
