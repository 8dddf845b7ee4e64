internal import FoundationEssentials

/// What `ffprobe` says of a video: not believed beyond what a video can be.
public struct VideoFacts: Hashable, Sendable {
    /// Frames, from 1; nil where the file does not say.
    public var frameCount: Int?
    /// Frames in a second; nil where the file does not say.
    public var framesPerSecond: Double?
    /// Length in seconds; nil where the file does not say.
    public var seconds: Double?
    /// Pixels of a frame as stored; a phone's video may be shown turned.
    public var width: Int
    /// Rows of a frame as stored.
    public var height: Int

    /// Collects facts.
    public init(
        frameCount: Int?,
        framesPerSecond: Double?,
        seconds: Double?,
        width: Int,
        height: Int
    ) {
        self.frameCount = frameCount
        self.framesPerSecond = framesPerSecond
        self.seconds = seconds
        self.width = width
        self.height = height
    }

    private struct Answer: Decodable {
        struct Stream: Decodable {
            var width: Int?
            var height: Int?
            var nb_frames: String?
            var nb_read_packets: String?
            var avg_frame_rate: String?
            var r_frame_rate: String?
            var duration: String?
        }

        struct Format: Decodable {
            var duration: String?
        }

        var streams: [Stream]?
        var format: Format?
    }

    /// Reads ffprobe's JSON.
    ///
    /// - Parameter json: What it prints of the first video stream and of the file.
    /// - Returns: The facts; nil where there is no video stream with a size.
    public static func parse(_ json: [UInt8]) -> VideoFacts? {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)),
            let stream = answer.streams?.first,
            let width = stream.width, let height = stream.height,
            (1...100_000).contains(width), (1...100_000).contains(height)
        else { return nil }
        return VideoFacts(
            frameCount: count(stream.nb_frames) ?? count(stream.nb_read_packets),
            framesPerSecond: rate(stream.avg_frame_rate) ?? rate(stream.r_frame_rate),
            seconds: length(stream.duration) ?? length(answer.format?.duration),
            width: width,
            height: height
        )
    }

    private static func count(_ text: String?) -> Int? {
        guard let text, let value = Int(text), (1...1_000_000_000).contains(value) else {
            return nil
        }
        return value
    }

    private static func length(_ text: String?) -> Double? {
        guard let text, let value = Double(text), value > 0, value < 1e7 else { return nil }
        return value
    }

    /// A fraction like `30000/1001`.
    private static func rate(_ text: String?) -> Double? {
        guard let parts = text?.split(separator: "/"), parts.count == 2,
            let above = Double(parts[0]), let below = Double(parts[1]), above > 0, below > 0
        else { return nil }
        let rate = above / below
        return (0.001...10_000).contains(rate) ? rate : nil
    }
}
