internal import Glibc

/// Which frames of a video are shown to the model, and when they were.
///
/// Source: `sample_frames` and `_calculate_timestamps` of the Qwen3-VL processors in Transformers.
public enum VideoFrames {
    /// Frames shown of each second.
    public static let sampledPerSecond = 2.0
    /// The fewest that are shown, where the video has so many.
    public static let fewest = 4
    /// The most that are shown.
    public static let most = 768
    /// Taken for a video that does not say how many frames it has in a second.
    public static let assumedPerSecond = 24.0

    /// The numbers of the frames to show, evenly spread from the first to the last.
    ///
    /// - Parameters:
    ///   - total: Frames of the video, from 1.
    ///   - framesPerSecond: Of the video; nil when not known.
    ///   - sampledPerSecond: Wanted of each second.
    /// - Returns: Frame numbers from 0, ascending.
    public static func sampled(
        total: Int,
        framesPerSecond: Double?,
        sampledPerSecond: Double = VideoFrames.sampledPerSecond
    ) -> [Int] {
        precondition(total > 0)
        let rate = framesPerSecond ?? assumedPerSecond
        let wanted = Double(total) / rate * sampledPerSecond
        let count = min(max(wanted < Double(most) ? Int(wanted) : most, fewest), most, total)
        guard count > 1 else { return [0] }
        let step = Double(total - 1) / Double(count - 1)
        return (0..<count).map { number in
            // The last one is set, not computed.
            number == count - 1
                ? total - 1 : Int((Double(number) * step).rounded(.toNearestOrEven))
        }
    }

    /// The times of the groups of frames that become patches: the middle between a group's first and last.
    ///
    /// - Parameters:
    ///   - frames: Numbers of the shown frames.
    ///   - framesPerSecond: Of the video; nil when not known.
    ///   - temporalPatchSize: Frames in a group; the last frame stands for those that are missing.
    /// - Returns: Seconds from the start.
    public static func timestamps(
        frames: [Int],
        framesPerSecond: Double?,
        temporalPatchSize: Int = 2
    ) -> [Double] {
        let rate = framesPerSecond ?? assumedPerSecond
        return stride(from: 0, to: frames.count, by: temporalPatchSize).map { start in
            let last = min(start + temporalPatchSize, frames.count) - 1
            // A group cut short is filled with the last frame.
            return (Double(frames[start]) / rate + Double(frames[last]) / rate) / 2
        }
    }

    /// A time as it stands in the prompt: `<0.2 seconds>`.
    ///
    /// - Parameter seconds: From the start.
    /// - Returns: The text, with one digit behind the point, rounded as C's `printf` does.
    public static func label(seconds: Double) -> String {
        var digits = [CChar](repeating: 0, count: 320)
        _ = unsafe withVaList([seconds]) { arguments in
            unsafe vsnprintf(&digits, digits.count, "%.1f", arguments)
        }
        let text = digits.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "<\(String(decoding: text, as: UTF8.self)) seconds>"
    }
}
