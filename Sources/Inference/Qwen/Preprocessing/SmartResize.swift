/// The size that a picture gets before it is cut into patches: whole tokens, an area within limits, its
/// aspect kept as nearly as that allows.
///
/// Source: `smart_resize` of the image and video processors of Qwen2-VL and Qwen3-VL in Transformers.
/// The order of operations, 64-bit floats and rounding of halves to even are part of the result.
public enum SmartResize {
    /// The longest side may have so many times the length of the other.
    public static let largestAspect = 200

    /// The target size of a still picture.
    ///
    /// Where `fewestPixels` is above `mostPixels`, a caller's budget is below what the model asks for: the budget
    /// wins, and a small picture is enlarged as far as it goes. A very narrow picture keeps one token across and may
    /// then exceed the limit, as in the reference.
    ///
    /// - Parameters:
    ///   - width: Of the picture, from 1.
    ///   - height: Of the picture, from 1.
    ///   - side: Both target sides are multiples of it.
    ///   - fewestPixels: Area below which it is enlarged.
    ///   - mostPixels: Area above which it is made smaller.
    /// - Returns: The target size in pixels.
    /// - Throws: ``PreprocessingFault/tooNarrow(width:height:limit:)``.
    public static func still(
        width: Int,
        height: Int,
        side: Int,
        fewestPixels: Int,
        mostPixels: Int
    ) throws(PreprocessingFault) -> (width: Int, height: Int) {
        try checkAspect(width: width, height: height)
        return fitted(
            width: width,
            height: height,
            side: side,
            fewestPixels: fewestPixels,
            mostPixels: mostPixels,
            frames: 1,
            countedFrames: 1
        )
    }

    /// The target size of a video's frames: the limits hold for the areas of all frames together.
    ///
    /// - Parameters:
    ///   - frames: Of the video, from 1.
    ///   - width: Of each frame.
    ///   - height: Of each frame.
    ///   - temporalSide: Frames in a patch.
    ///   - side: Both target sides are multiples of it.
    ///   - fewestPixels: Volume below which frames are enlarged.
    ///   - mostPixels: Volume above which they are made smaller.
    /// - Returns: The target size of a frame in pixels.
    /// - Throws: ``PreprocessingFault/tooNarrow(width:height:limit:)``.
    public static func video(
        frames: Int,
        width: Int,
        height: Int,
        temporalSide: Int,
        side: Int,
        fewestPixels: Int,
        mostPixels: Int
    ) throws(PreprocessingFault) -> (width: Int, height: Int) {
        var (width, height) = (width, height)
        if height < side || width < side {
            let scale = max(Double(side) / Double(height), Double(side) / Double(width))
            height = Int(Double(height) * scale)
            width = Int(Double(width) * scale)
        }
        try checkAspect(width: width, height: height)
        return fitted(
            width: width,
            height: height,
            side: side,
            fewestPixels: fewestPixels,
            mostPixels: mostPixels,
            frames: frames,
            countedFrames: multiple(of: temporalSide, nearest: frames)
        )
    }

    private static func checkAspect(width: Int, height: Int) throws(PreprocessingFault) {
        let aspect = Double(max(width, height)) / Double(min(width, height))
        guard aspect <= Double(largestAspect) else {
            throw .tooNarrow(width: width, height: height, limit: largestAspect)
        }
    }

    // `countedFrames` are the frames rounded to whole patches; limits are compared with them, but scales computed of `frames`.
    private static func fitted(
        width: Int,
        height: Int,
        side: Int,
        fewestPixels: Int,
        mostPixels: Int,
        frames: Int,
        countedFrames: Int
    ) -> (width: Int, height: Int) {
        let (wide, high) = (Double(width), Double(height))
        let step = Double(side)
        let rounded = (
            width: multiple(of: side, nearest: width), height: multiple(of: side, nearest: height)
        )
        let volume = countedFrames * rounded.height * rounded.width
        if volume > mostPixels || (volume < fewestPixels && fewestPixels > mostPixels) {
            let shrinking = (Double(frames * height * width) / Double(mostPixels)).squareRoot()
            return (
                width: max(side, Int((wide / shrinking / step).rounded(.down)) * side),
                height: max(side, Int((high / shrinking / step).rounded(.down)) * side)
            )
        }
        if volume < fewestPixels {
            let growing = (Double(fewestPixels) / Double(frames * height * width)).squareRoot()
            return (
                width: Int((wide * growing / step).rounded(.up)) * side,
                height: Int((high * growing / step).rounded(.up)) * side
            )
        }
        return rounded
    }

    private static func multiple(of side: Int, nearest length: Int) -> Int {
        Int((Double(length) / Double(side)).rounded(.toNearestOrEven)) * side
    }
}
