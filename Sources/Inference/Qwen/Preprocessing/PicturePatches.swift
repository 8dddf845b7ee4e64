internal import CKernels

/// How many patches a picture or video has each way.
public struct PatchGrid: Sendable, Hashable {
    /// Groups of frames; 1 for a still picture.
    public let time: Int
    /// Rows of patches.
    public let rows: Int
    /// Columns of patches.
    public let columns: Int

    /// Makes a grid.
    public init(time: Int, rows: Int, columns: Int) {
        self.time = time
        self.rows = rows
        self.columns = columns
    }

    /// All patches.
    public var patchCount: Int { time * rows * columns }
    /// The tokens that the patches become.
    public func tokenCount(mergeSize: Int) -> Int { patchCount / (mergeSize * mergeSize) }
}

/// A picture or video as the vision tower takes it.
///
/// Patches come by time, then in squares of `mergeSize` x `mergeSize` that become one token each, squares and
/// patches in a square row by row. The values of a patch are `[channel, frame, row, column]`: the order of the
/// weights of the patch embedding. A still picture fills all frames of its patch with the same pixels.
public struct PicturePatches: Sendable, Equatable {
    /// Patches each way.
    public let grid: PatchGrid
    /// Values of one patch.
    public let patchWidth: Int
    /// `[grid.patchCount, patchWidth]`, normalised.
    public let values: [Float]

    /// Takes values over.
    public init(grid: PatchGrid, patchWidth: Int, values: [Float]) {
        precondition(values.count == grid.patchCount * patchWidth)
        self.grid = grid
        self.patchWidth = patchWidth
        self.values = values
    }

    /// Cuts frames of one size, both sides whole tokens, into patches.
    ///
    /// The last frame stands for those that a patch lacks.
    init(frames: [RGBPicture], settings: PictureSettings) {
        let times = settings.temporalPatchSize
        let (width, height) = (frames[0].width, frames[0].height)
        let side = settings.patchSize
        let grid = PatchGrid(
            time: (frames.count + times - 1) / times,
            rows: height / side,
            columns: width / side
        )
        let strips = grid.rows / settings.mergeSize
        let stripBytes = settings.tokenSide * width * 3
        let stripFloats = settings.mergeSize * grid.columns * settings.patchWidth
        let levels = Self.levels(settings)
        let values = unsafe [Float](
            unsafeUninitializedCapacity: grid.patchCount * settings.patchWidth
        ) { output, filled in
            for slot in 0..<grid.time * times {
                let frame = frames[min(slot, frames.count - 1)]
                unsafe frame.pixels.withUnsafeBufferPointer { pixels in
                    for strip in 0..<strips {
                        let place = (slot / times * strips + strip) * stripFloats
                        unsafe dk_lay_patches(
                            output.baseAddress?.advanced(by: place),
                            pixels.baseAddress?.advanced(by: strip * stripBytes),
                            width,
                            side,
                            settings.mergeSize,
                            times,
                            slot % times,
                            levels
                        )
                    }
                }
            }
            filled = output.count
        }
        self.init(grid: grid, patchWidth: settings.patchWidth, values: values)
    }

    /// What each byte becomes: `[3, 256]`.
    ///
    /// Mean and deviation are scaled to bytes first and all is rounded to 32 bits, as in the reference.
    private static func levels(_ settings: PictureSettings) -> [Float] {
        (0..<3).flatMap { channel in
            let mean = Float(settings.mean[channel]) * 255
            let deviation = Float(settings.standardDeviation[channel]) * 255
            return (0..<256).map { (Float($0) - mean) / deviation }
        }
    }
}
